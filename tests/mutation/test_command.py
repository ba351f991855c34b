"""`derive mutate`: what it prints, its exit codes, and how it goes on after it was killed."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from derivations.cli import main
from derivations.cli import mutate as command
from derivations.mutation.campaign import Job, run

WRONG = '''
    from derivations.kernel.terms import lt, sqrt, sym
    from derivations.language import Chapter

    a, b = sym("a"), sym("b")
    chapter = Chapter("mine", "Mine", "Short.", "Long.")


    @chapter.theorem("mine.root", "A root", given=(lt(0, a),))
    def root(sheet):
        """A root."""
        sheet.start(sqrt(a**2) + b)
        sheet.to(LINE)
        sheet.qed()
'''


def file_with(tmp_path, line):
    path = tmp_path / "mine.py"
    path.write_text(textwrap.dedent(WRONG).replace("LINE", line))
    return str(path)


class Serial:
    """An executor that does the work when it is asked for the result, in this process."""

    def __init__(self, *args):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def submit(self, function, job):
        from concurrent.futures import Future

        future = Future()
        future.set_result(function(job))
        return future


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """No processes and no colours."""
    monkeypatch.setattr(command, "executor", Serial)
    monkeypatch.setenv("NO_COLOR", "1")


def derive(capsys, *arguments):
    """Code, stdout and stderr; the seconds that it took are left out."""
    code = main(["mutate", *arguments])
    out, err = capsys.readouterr()
    return code, re.sub(r"\d+ s of computing", "0 s of computing", out), err


def test_the_figures_are_printed_with_their_denominators(tmp_path, capsys):
    code, out, err = derive(capsys, file_with(tmp_path, "a + b"))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["edit", "mutants", "refuted", "refused", "equivalent", "survived", "crashed"]
    assert "1 entry, 2 lines, 1 statement; 0 s of computing." in lines
    assert lines[-2:] == [
        "52 of 52 mutants are refuted or refused (100.000 %): 52 refuted by numbers too, 0 by the kernel alone.",
        "0 of 52 are proved equivalent, 0 of 52 survived, 0 of 52 made the kernel crash.",
    ]


def test_a_survivor_is_listed_and_fails(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("derivations.kernel.equality.residual", lambda n, a, b: (True, ""))
    code, out, _ = derive(capsys, file_with(tmp_path, "a + b"))
    assert code == 1
    assert "SURVIVED: the kernel lets these pass, and they are not equivalent" in out
    shown = out[out.index("  mine.root, part 1, line 1: sign\n") :].splitlines()
    assert shown[1:4] == [
        "    original a + b",
        "    mutant   -(a + b)",
        "    why      the kernel accepts it, and it fails at a = 4/3, b = -2",
    ]


def test_of_one_entry_many_may_be_equivalent(capsys):
    code, out, _ = derive(capsys, "conv.alpha_bar_zero")
    assert code == 0 and "Equivalent: the kernel proves that nothing changed (12)" in out
    at = out.index("  conv.alpha_bar_zero, part 1, line 1: schedule\n")
    assert "    mutant   prod_(s=1..0) alpha_bar[s]\n    why      proved equal by " in out[at : at + 300]


def test_json_holds_the_same_figures(tmp_path, capsys):
    code, out, _ = derive(capsys, file_with(tmp_path, "a + b"), "--json")
    figures = json.loads(out)
    assert code == 0 and figures["mutants"] == 52 == sum(figures["outcomes"].values())
    assert figures["survived"] == figures["crashed"] == []
    assert set(figures["versions"]) == {"python", "python-flint", "sympy"}


def test_the_file_of_results_is_gone_on_from(tmp_path, capsys, monkeypatch):
    path, out = file_with(tmp_path, "a + b"), tmp_path / "out.jsonl"
    first = derive(capsys, path, "--out", str(out))
    lines = out.read_text().splitlines(keepends=True)
    assert len(lines) == 4
    out.write_text("".join(lines[:2]) + lines[2][:30])
    lost = {json.loads(line)["line"] for line in lines[2:]}
    tried = []
    monkeypatch.setattr("derivations.mutation.campaign.run", lambda job: tried.append(job.line) or run(job))
    assert derive(capsys, path, "--out", str(out)) == first
    assert set(tried) == lost and len(tried) == 2 and len(out.read_text().splitlines()) == 4
    assert derive(capsys, path, "--out", str(out)) == first and len(tried) == 2


def test_results_of_other_sources_are_not_mixed_in(tmp_path, capsys):
    out = tmp_path / "out.jsonl"
    assert derive(capsys, file_with(tmp_path, "a + b"), "--out", str(out))[0] == 0
    code, _, err = derive(capsys, file_with(tmp_path, "b + a"), "--out", str(out))
    assert code == 2
    assert err.startswith(f"derive: {out} holds results of something else (sources differs); name another file")


def test_what_is_not_derived_cannot_be_mutated(tmp_path, capsys):
    code, _, err = derive(capsys, file_with(tmp_path, "a - b"))
    assert code == 1
    assert "mine.root, step 1: from" in err and "mine.root is not derived, so there is nothing to mutate" in err


@pytest.mark.parametrize(("arguments", "text"), [
    (["no.such"], "no formula has the ID 'no.such'"),
    (["absent.py"], "there is no file absent.py"),
    (["conv.ddim", "--workers", "0"], "expected a number of processes, 1 or more, got '0'"),
    (["conv.ddim", "--workers", "two"], "expected a number of processes, 1 or more, got 'two'"),
    (["conv.ddim", "--out", "absent/out.jsonl"], "absent/out.jsonl cannot be written: No such file or directory"),
])  # fmt: skip
def test_a_bad_request_is_one_message(capsys, arguments, text):
    code, out, err = derive(capsys, *arguments)
    assert code == 2 and text in err and out == "" and "Traceback" not in err


def test_a_worker_that_dies_loses_nothing(tmp_path, capsys, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    def die(todo, pool):
        yield run(todo[0])
        raise BrokenProcessPool

    path, out = file_with(tmp_path, "a + b"), tmp_path / "out.jsonl"
    monkeypatch.setattr(command, "campaign", die)
    code, _, err = derive(capsys, path, "--out", str(out))
    assert code == 1
    assert "a worker died" in err and f"2 of 3 lines and statements are not tried; {out} keeps the others" in err
    assert "with --out FILE nothing is lost" in derive(capsys, path)[2]


def test_a_killed_command_goes_on(tmp_path):
    """The real command on real processes: it is killed after its first results, and another one does the rest."""
    out = tmp_path / "out.jsonl"
    go = [sys.executable, "-m", "derivations", "mutate", "conv.ddim", "posterior.mean", "--workers", "1", "--out", str(out)]
    first = subprocess.Popen(go, stdout=subprocess.DEVNULL, start_new_session=True)
    while not out.exists() or out.read_bytes().count(b"\n") < 3:
        assert first.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    kept = out.read_bytes()
    kept = kept[: kept.rfind(b"\n") + 1]
    second = subprocess.run(go, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    assert out.read_bytes().startswith(kept)
    rows = [json.loads(line) for line in out.read_text().splitlines()[1:]]
    places = [Job(row["entry"], row["part"], row["line"]) for row in rows]
    assert len(set(places)) == len(places) and "2 entries" in second.stdout
