"""Editing the book, end to end, in a copy of the package: what is proved again, what is refused, what comes back."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from derivations.records.keys import PACKAGE


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package that has been checked once."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(PACKAGE, folder / "derivations", ignore=shutil.ignore_patterns("__pycache__"))
    assert derive(folder, "check").returncode == 0
    return folder


def derive(folder, *words):
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"}
    command = [sys.executable, "-P", "-m", "derivations", *words, "--no-second-opinion"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def edit(folder, name, old, new, times=None):
    path = folder / "derivations" / "chapters" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1 and (times or text.count(old)) == 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_flipped_sign_makes_every_dependent_stale_and_back(copy):
    """alpha_t = 1 - beta_t becomes 1 + beta_t: what rests on it is undecided, or its statement changed."""
    edges = json.loads(derive_graph(copy))["edges"]
    direct = {(e["from"], e["to"]) for e in edges}
    edit(copy, "conventions.py", 'define("alpha", (t,), 1 - beta(t))', 'define("alpha", (t,), 1 + beta(t))')
    run = derive(copy, "check")
    assert run.returncode == 1
    kept = int(re.search(r"(\d+) of \d+ were proved before", run.stdout)[1])
    found = {e["id"]: e for e in json.loads(derive(copy, "check", "--json").stdout)["entries"]}
    chapters = {entry["chapter"] for entry in found.values() if entry["verdict"] == "undecided"}
    assert chapters and chapters <= {"conventions", "forward", "posterior", "levels", "ddim"}
    assert "formulas.lock: conv.ddpm: the statement changed, and the revision did not" in run.stdout
    assert found["forward.marginal"]["verdict"] == "undecided", "it rests on the range of alpha"
    touched = ("conventions", "forward", "posterior", "levels", "ddim")
    untouched = [name for name, entry in found.items() if entry["chapter"] not in touched]
    assert kept == len(untouched) and all(found[name]["verdict"] != "undecided" for name in untouched)
    assert all(not (a in untouched and b not in untouched) for a, b in direct), "none of them rests on a changed one"
    edit(copy, "conventions.py", 'define("alpha", (t,), 1 + beta(t))', 'define("alpha", (t,), 1 - beta(t))')
    assert derive(copy, "check").returncode == 0


def proved_again(folder):
    """The entries that a check proves, and the exit code."""
    program = (
        "import sys\nfrom derivations.cli import check, main, prover, recheck\nreal = prover.Prover.prove\n"
        "check.recheck = lambda items, done: recheck.Recheck()\n"
        "prover.Prover.prove = lambda self, item: print('proves', item.id, file=sys.stderr) or real(self, item)\n"
        "sys.exit(main(['check', '--no-second-opinion']))"
    )
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-P", "-c", program]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return re.findall(r"^proves (.*)$", run.stderr, re.M), run


def test_a_changed_proof_leaves_its_siblings_fresh(copy):
    """And a changed helper does not; what is undecided is tried again until it is not."""
    assert proved_again(copy)[0] == []
    edit(copy, "conventions.py", "An empty product is $1$, and nothing", "An empty product is one, and nothing")
    names, run = proved_again(copy)
    assert run.returncode == 0 and "conv.alpha_bar_zero" in names
    siblings = {"conv.log_snr", "conv.cfg_w", "conv.alpha_bar_step", "conv.ddpm"}
    assert siblings <= set(run.stdout.split()) and not siblings & set(names)
    assert proved_again(copy)[0] == []
    edit(copy, "guidance.py", "\n\n\n@chapter.theorem", "\n\n\n# A helper is changed.\n\n\n@chapter.theorem", 1)
    names, run = proved_again(copy)
    assert run.returncode == 0 and names and all(name.startswith("cfg.") for name in names)


def test_a_proof_that_breaks_is_tried_again_and_the_others_are_kept(copy):
    edit(copy, "conventions.py", "sheet.to(alpha(t) * alpha_bar(t - 1))", "sheet.to(beta(t) * alpha_bar(t - 1))")
    first, run = proved_again(copy)
    assert run.returncode == 1 and "conv.alpha_bar_step" in first and "conv.ddpm" not in first
    again, run = proved_again(copy)
    assert run.returncode == 1 and "conv.alpha_bar_step" in again and set(again) <= set(first)
    assert len(again) == int(re.search(r"(\d+) undecided", run.stdout)[1]), "only what is undecided"
    edit(copy, "conventions.py", "sheet.to(beta(t) * alpha_bar(t - 1))", "sheet.to(alpha(t) * alpha_bar(t - 1))")
    assert proved_again(copy)[1].returncode == 0


def derive_graph(folder):
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-P", "-m", "derivations", "graph", "--format", "json"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


def test_without_the_cache_the_digests_are_the_same(copy):
    def digests():
        folder = copy / "derivations" / "__pycache__" / "records"
        kept = {path.stem: json.loads(path.read_text())["body"] for path in folder.glob("*.*.json")}
        return folder, {name: (body["record"]["digest"], body["record"]["sorts"]) for name, body in kept.items()}

    folder, before = digests()
    assert len(before) > 50
    shutil.rmtree(folder)
    assert derive(copy, "check").returncode == 0
    assert digests()[1] == before
