"""What was proved before: when it counts, when it does not, and that a wrong cache is noticed."""

import json
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from derivations.cli import check, recheck
from derivations.cli.prover import Prover
from derivations.records import keys, store
from derivations.records.keys import PACKAGE, Sources
from derivations.records.store import Store
from derivations.registry import corpus, entries, find, verdicts
from derivations.registry import report as registry_report
from derivations.registry.verdicts import AGREES, DISAGREES

CHAPTERS = ["conventions", "gaussian", "latent", "forward", "posterior", "scores", "continuous"]


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """SymPy agrees with everything, at once."""
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: (AGREES, ""))
    monkeypatch.setattr(verdicts, "_OPINIONS", {})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A cache that a check of the whole corpus has filled."""
    folder = tmp_path_factory.mktemp("cache") / "records"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "FOLDER", folder)
        patch.setattr(verdicts, "_ask", lambda theorem: (AGREES, ""))
        patch.setattr(verdicts, "_OPINIONS", {})
        assert check.run([]) == 0
    return folder


@pytest.fixture
def filled(whole, monkeypatch, tmp_path):
    """A copy of it, in use."""
    folder = tmp_path / "filled"
    shutil.copytree(whole, folder)
    monkeypatch.setattr(store, "FOLDER", folder)
    return folder


@pytest.fixture
def none_again(monkeypatch):
    """Nothing is proved again as a test."""
    monkeypatch.setattr(check, "recheck", lambda items, done: recheck.Recheck())


@pytest.fixture
def proved(monkeypatch):
    """The IDs of what is proved, in order."""
    names, real = [], Prover.prove
    monkeypatch.setattr(Prover, "prove", lambda self, item: names.append(item.id) or real(self, item))
    return names


def table(run):
    """The rows of the verdict table, without the time."""
    return [line.split()[:-1] for line in run.out.splitlines() if line.startswith("  ") and "." in line.split()[0]]


def edited(tmp_path, name, old, new):
    """A copy of the package with one change in it, as sources."""
    package = tmp_path / "derivations"
    if not package.exists():
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    path = package / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Sources(package)


def stale(made):
    """The chapters whose keys are no longer those of this checkout."""
    now = Sources().chapters
    return [name for name in CHAPTERS if made.chapters[name] != now[name]]


# ---- keys


def test_the_chapters_that_a_change_makes_stale(tmp_path):
    assert list(Sources().chapters) == [c.module for c in store.CONTENTS]
    assert stale(edited(tmp_path, "chapters/scores/tweedie.py", '"""', '""" ')) == ["scores"]


@pytest.mark.parametrize(("name", "old", "new", "expected"), [
    ("chapters/conventions.py", "1 - beta(t)", "1 + beta(t)", ["conventions", "forward", "posterior"]),
    ("chapters/gaussian/integral.py", '"""', '""" ', ["gaussian", "latent", "forward", "posterior", "continuous"]),
    ("chapters/gaussian/__init__.py", '"""', '""" ', ["gaussian"]),
    ("kernel/signs.py", '"""', '""" ', CHAPTERS),
    ("evidence/ring.py", '"""', '""" ', CHAPTERS),
    ("language/latex.py", '"""', '""" ', CHAPTERS),
    ("formats/twins.json", "{", "{ ", CHAPTERS),
    ("chapters/__init__.py", '"""', '""" ', CHAPTERS),
    ("cli/table.py", '"""', '""" ', []),
    ("book/trust.py", '"""', '""" ', []),
    ("chapters/scores/about.py", '"""', 'import importlib\n"""', ["scores"]),
])  # fmt: skip
def test_a_change_makes_stale_what_can_see_it(tmp_path, name, old, new, expected):
    assert stale(edited(tmp_path, name, old, new)) == expected


def test_a_chapter_that_may_import_anything_depends_on_everything(tmp_path):
    hidden = edited(tmp_path, "chapters/scores/about.py", '"""', 'import importlib\n"""')
    before = hidden.chapters["scores"]
    after = edited(tmp_path, "chapters/forward.py", '"""', '""" ')
    assert after.chapters["scores"] != before
    assert after.chapters["latent"] == Sources().chapters["latent"]


def test_every_import_between_chapters_is_seen():
    """What Python has loaded for a chapter alone lies in its key, packages' own files apart."""
    program = (
        "import sys; from importlib import import_module; import_module(f'derivations.chapters.{sys.argv[1]}')\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('derivations.chapters.')))"
    )
    sources = Sources()
    for module in CHAPTERS:
        run = subprocess.run([sys.executable, "-c", program, module], capture_output=True, text=True, check=True)
        loaded = {Path(name).relative_to(PACKAGE).as_posix() for name in run.stdout.split()}
        own = {name for name in loaded if module in Path(name).parts[1:2] or name == f"chapters/{module}.py"}
        seen = sources._seen_by(module)
        assert own and own <= seen
        assert {name for name in loaded if "__init__" not in name} - seen <= _siblings(loaded)


def _siblings(loaded):
    """Files that are loaded only because the `__init__` of their chapter loads the whole chapter."""
    packages = {Path(name).parent for name in loaded if name.endswith("__init__.py")}
    return {name for name in loaded if Path(name).parent in packages}


def test_another_library_is_another_key(monkeypatch):
    before = Sources().base
    monkeypatch.setattr(keys, "_library", lambda name: b"another")
    assert Sources().base != before
    assert keys._library("sympy") and not keys.find_spec("no_such_library")


# ---- derive check


def test_the_second_check_proves_nothing_and_says_the_same(derive, filled, none_again, proved):
    fresh = derive("check", "--fresh")
    assert proved == list(entries())
    run = derive("check")
    assert proved == list(entries()), "an entry was proved again"
    assert run.code == 0 and table(run) == table(fresh) and len(table(run)) == len(entries())
    number = len(entries())
    assert f"{number} of {number} were proved before, from the same sources; none was proved again." in run.out
    assert "were proved before" not in fresh.out


LOADED = """
import sys
from derivations.cli import check, main, recheck
from derivations.records import store
from pathlib import Path
store.FOLDER = Path(sys.argv[1])
if sys.argv[2] == "check":
    check.recheck = lambda items, done: recheck.Recheck()
code = main(sys.argv[2:])
loaded = {name.split(".")[0] for name in sys.modules} | {".".join(name.split(".")[:2]) for name in sys.modules}
watched = {"sympy", "numpy", "torch", "flint", "derivations.kernel", "derivations.language"}
print(code, *sorted(loaded & watched), file=sys.stderr)
"""


def loaded(folder, *command):
    run = subprocess.run([sys.executable, "-c", LOADED, str(folder), *command], capture_output=True, text=True, check=True)
    return run.stderr.split()


def test_a_known_answer_loads_no_kernel(filled, tmp_path):
    assert loaded(filled, "check") == ["0"]
    assert loaded(filled, "show", "conv.cfg_w") == ["0"]
    assert loaded(tmp_path / "empty", "show", "conv.cfg_w") == ["0", "derivations.kernel", "derivations.language", "flint"]


def test_without_the_cache_every_digest_is_the_same(derive, filled, none_again):
    kept = {name: Store().get(name).record.digest for name in entries()}
    shutil.rmtree(filled)
    assert derive("check").code == 0
    assert {name: Store().get(name).record.digest for name in entries()} == kept


def test_naming_an_id_proves_it(derive, filled, proved):
    run = derive("check", "conv.ddim")
    assert run.code == 0 and proved == ["conv.ddim"] and "proved before" not in run.out


def test_only_a_changed_chapter_and_its_dependents_are_proved(derive, filled, none_again, monkeypatch, proved):
    """As after an edit in `forward`: its key and that of `posterior` are new."""
    real = Sources.key
    monkeypatch.setattr(Sources, "key", lambda self, k: real(self, k) + "!" * (k in ("forward", "posterior")))
    run = derive("check")
    expected = [e.id for chapter in corpus() if chapter.key in ("forward", "posterior") for e in chapter.entries]
    assert run.code == 0 and proved == expected
    assert f"{len(entries()) - len(expected)} of {len(entries())} were proved before" in run.out
    assert "were proved before" in derive("check").out and proved == expected


def test_json_from_the_cache_is_the_same(derive, filled, none_again):
    def told(*options):
        found = json.loads(derive("check", "--json", *options).out)
        for entry in found["entries"]:
            del entry["milliseconds"]
        return found

    kept, fresh = told(), told("--fresh")
    assert kept == fresh
    step = next(e for e in kept["entries"] if e["id"] == "conv.alpha_bar_step")
    assert step["used_by"][:2] == ["conv.alpha_bar_range", "conv.ddim"]


def test_what_sympy_was_not_asked_about_is_asked(derive, filled, none_again):
    shutil.rmtree(filled)
    derive("check", "--no-second-opinion")
    assert "were proved before" not in derive("check").out
    assert "were proved before" in derive("check").out
    run = derive("check", "--no-second-opinion")
    assert "were proved before" in run.out and "SymPy was not asked." in run.out


def tamper(folder, name, seal=True, **values):
    """Change a record; with a seal that fits, as somebody does who knows how."""
    path = folder / f"{name}.json"
    kept = json.loads(path.read_text())
    kept["body"]["record"].update(values)
    if seal:
        kept["seal"] = store._seal(name, kept["body"])
    path.write_text(json.dumps(kept))


def test_an_entry_is_proved_again_and_what_differs_is_an_alarm(derive, filled, monkeypatch):
    monkeypatch.setattr(random, "sample", lambda names, k: ["conv.ddim"][:k])
    assert "conv.ddim was proved again as a test of that." in " ".join(derive("check").out.split())
    tamper(filled, "conv.ddim", digest="0" * 16)
    run = derive("check")
    assert run.code == 1
    assert "ALARM: conv.ddim: the cache holds proved with the statement 0000000000000000," in run.out
    assert f"but proved now it is proved with the statement {find('conv.ddim').digest()}." in run.out
    assert "Not everything is as declared." in run.out
    assert not filled.exists(), "a cache that is wrong is forgotten"
    assert derive("check").code == 0


def test_only_short_proofs_are_proved_again(derive, filled, monkeypatch):
    monkeypatch.setattr(recheck, "SHORT", 0.0)
    tamper(filled, "conv.ddpm", milliseconds=0.0)
    assert "conv.ddpm was proved again" in " ".join(derive("check").out.split())
    tamper(filled, "conv.ddpm", milliseconds=1e6)
    assert "none was proved again" in derive("check").out


def test_each_one_in_a_hundred(monkeypatch):
    drawn = []
    monkeypatch.setattr(random, "sample", lambda names, k: drawn.append(k) or [])
    monkeypatch.setattr(recheck, "_cost", lambda name, kept: 0.0)
    for number in (0, 1, 100, 101, 1000):
        items = [check.resolve.__globals__["Item"](f"a.{k}") for k in range(number)]
        recheck.recheck(items, [recheck.Checked(None, None, True) for _ in items])
    assert drawn == [0, 1, 1, 2, 10]


@pytest.mark.parametrize("content", [
    b"", b"[]", b"{", b"\xff\xfe", b'{"seal": 1}', b'{"seal": 1, "body": []}', b'{"seal": 1, "body": {"key": "k"}}', b"[" * 100_000,
])  # fmt: skip
def test_a_damaged_file_is_no_file(derive, filled, none_again, content):
    for name in ("conv.cfg_w", store.TABLE):
        (filled / f"{name}.json").write_bytes(content)
    number = len(entries())
    run = derive("check")
    assert run.code == 0 and f"{number - 1} of {number} were proved before" in run.out
    (filled / "conv.cfg_w.json").write_bytes(content)
    assert derive("show", "conv.cfg_w").code == 0


@pytest.mark.parametrize("values", [{"verdict": "assumed"}, {"digest": ""}, {"steps": 10**6}])
def test_a_file_that_was_changed_is_no_file(filled, values):
    assert Store().get("conv.ddim") is not None
    tamper(filled, "conv.ddim", seal=False, **values)
    assert Store().get("conv.ddim") is None


def test_a_file_of_another_entry_is_no_file(filled):
    shutil.copy(filled / "conv.ddpm.json", filled / "conv.ddim.json")
    assert Store().get("conv.ddim") is None


def test_a_record_of_another_form_is_no_record(filled):
    tamper(filled, "conv.ddim", surprise=1)
    assert Store().get("conv.ddim") is None


def test_a_cache_that_cannot_be_written_does_not_matter(derive, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(store, "FOLDER", tmp_path / "file" / "records")
    assert derive("show", "conv.cfg_w").code == 0


def test_a_read_only_package_keeps_its_cache_with_the_user(monkeypatch, tmp_path):
    monkeypatch.setattr(store, "FOLDER", None)
    assert store.home() == PACKAGE / "__pycache__" / "records"
    monkeypatch.setattr(store.os, "access", lambda path, mode: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.home().parent == tmp_path / "exegesis"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert store.home().is_relative_to(Path("~/.cache").expanduser())


def test_writers_do_not_disturb_each_other(filled):
    """Readers see a whole file or none, while many write it."""
    kept = Store().get("conv.ddim")
    made = Store()

    def write(_):
        made.put("conventions", kept.record, kept.report, True)
        return made.get("conv.ddim")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(64))) == [kept] * 64
    assert [path.name for path in filled.iterdir() if path.suffix != ".json"] == []


def test_what_is_not_worth_it_is_not_kept(filled):
    from dataclasses import replace

    kept, made = Store().get("conv.ddim"), Store()
    for bad in (
        replace(kept.record, verdict="undecided"),
        replace(kept.record, verdict="refuted"),
        replace(kept.record, opinions=(AGREES, DISAGREES)),
        replace(kept.record, verdict="undecided", head=replace(kept.record.head, declared="undecided")),
    ):
        made.clear()
        made.put("conventions", bad, kept.report, True)
        assert made.get("conv.ddim") is None


def test_nothing_is_kept_when_the_sources_changed_meanwhile(derive, monkeypatch):
    monkeypatch.setattr(Store, "unchanged", lambda self: False)
    derive("show", "conv.cfg_w")
    derive("check", "--no-second-opinion")
    assert not store.FOLDER.exists()
    made = Store()
    monkeypatch.undo()
    assert made.unchanged()
    made.sources.files["kernel/field.py"] += b"#"
    assert not made.unchanged()


# ---- derive show


def test_a_report_is_kept_and_only_proved_again_when_fresh(derive, monkeypatch):
    first = derive("show", "conv.cfg_w").out
    assert [path.name for path in store.FOLDER.iterdir()] == ["conv.cfg_w.json"]
    proved = []
    monkeypatch.setattr("derivations.registry.report", lambda *x, **y: proved.append(x) or registry_report(*x, **y))
    assert derive("show", "conv.cfg_w").out == first and not proved
    assert derive("show", "conv.cfg_w", "--fresh").out == first and len(proved) == 1
    monkeypatch.setattr(Sources, "key", lambda self, module: "another version")
    assert derive("show", "conv.cfg_w").out == first and len(proved) == 2


def test_what_a_check_has_found_is_not_replaced_by_less(derive, filled):
    derive("show", "conv.cfg_w", "--fresh")
    assert Store().get("conv.cfg_w", asked=True) is not None
