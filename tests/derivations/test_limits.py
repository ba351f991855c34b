"""`derive check` under limits: an entry that takes too much is undecided, and nothing else is lost."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from derivations.cli import check, request
from derivations.cli.prover import Prover
from derivations.cli.recheck import Recheck
from derivations.kernel.terms import sym
from derivations.records import store
from derivations.worker import Limits, client

from .conftest import chapter

HEAD = '''\
from derivations.kernel.terms import *
from derivations.language.entry import Chapter

chapter = Chapter("mine", "My chapter", "The aim in short.", "The aim in the long run.")
a, b = sym("a"), sym("b")


@chapter.theorem("mine.first", "A square")
def first(sheet):
    """An aim."""
    sheet.start((a + b) ** 2).to(a**2 + 2 * a * b + b**2)
    sheet.qed()


@chapter.theorem("mine.hard", "A hard one")
def hard(sheet):
    """An aim."""
    %s
    sheet.start(a + b).to(b + a)
    sheet.qed()


@chapter.theorem("mine.after", "What rests on the hard one")
def after(sheet):
    """An aim."""
    sheet.start(a + b).to(b + a, by=hard.theorem)
    sheet.qed()


@chapter.theorem("mine.last", "A sum")
def last(sheet):
    """An aim."""
    sheet.start(first.theorem.conclusion.args[0] - a**2).to(2 * a * b + b**2)
    sheet.qed()
'''
TIME = r"took more than (0.5 s|4 s of wall clock)"  # on a busy machine the clock may be the first
FEW = ("--limit-seconds", "0.5", "--limit-mb", "300")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the memory of a process is limited on Linux only")
TOWER = "n = (9).__pow__(9**9)"  # a tower of powers that no cap sees, and nothing interrupts
HARD = {
    "a tower of powers in Python": (TOWER, TIME),
    "memory of Python": pytest.param("n = bytearray(2**33)", "mine.hard: too large: memory ran out", marks=linux),
    "memory of FLINT": pytest.param("from flint import fmpz; n = fmpz(2) ** (2**33)", "took more than 300 MB", marks=linux),
    "an end of the process": ("import os; os._exit(3)", "the worker ended with exit code 3, and nothing is known of this entry."),
    "a crash": ("import os; os.abort()", "took more than 300 MB .SIGABRT."),
    "a segmentation fault": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "the worker ended with SIGSEGV, and nothing"),
    "waiting": ("import time; time.sleep(100)", "took more than 4 s of wall clock"),
}


@pytest.fixture
def mine(tmp_path, derive):
    """Check a file whose second entry does this first."""

    def check(hard, *options, text=HEAD):
        (tmp_path / "notes.py").write_text(text % hard)
        return derive("check", str(tmp_path / "notes.py"), "--no-second-opinion", *options)

    return check


def rows(run):
    return {line.split()[0].lstrip("!") or line.split()[1]: line for line in run.out.splitlines() if " mine." in line[:8]}


@pytest.mark.parametrize(("hard", "reason"), HARD.values(), ids=HARD)
def test_what_takes_too_much_costs_itself_and_what_rests_on_it(mine, hard, reason):
    run = mine(hard, *FEW)
    assert run.code == 1, run.out + run.err
    assert re.search(rf"mine.hard: declared proved, and it is undecided\n +(too large: )?{reason}", run.out)
    assert "mine.after: declared proved, and it is undecided\n  It rests on mine.hard, which does not go" in run.out
    assert "2 undecided, 0 refuted, 0 assumed, 2 proved, 0 defined." in run.out
    assert "2 of 4 as declared; 2 steps" in run.out


TOO_LARGE = {
    "a product of 100000 factors": ("mul(*[a] * 10**5)", "mine.hard: too large: a term of 100001 nodes"),
    "a power in a step": ("sheet.start(power(num(9), power(num(9), num(9)))).to(1)", "mine.hard, step 1: too large: a power 387420489"),
    "a tower of powers": ("n = 9**9**9", "mine.hard: too large: a number of about 1,549,681,956 bits in line 18; the cap is"),
    "a tower in a step": ("sheet.start(num(9**9**9)).to(1)", "mine.hard: too large: a number of about 1,549,681,956 bits"),
    "a tower below one": ("n = 9**-(9**9)", "mine.hard: too large: a number of about 1,549,681,956 bits in line 18"),
    "a tower of fractions": ("from fractions import Fraction; n = Fraction(9, 8)**9**9", "mine.hard: too large: a number of about"),
    "a tower by name": ("n = pow(9, 9**9)", "mine.hard: too large: pow makes a number of about 1,549,681,956 bits"),
    "a tower by assignment": ("n = 9; n **= 9; n **= n", "mine.hard: too large: a number of about 11,235,194,181 bits"),
    "a tower of squares": ("n = 3\n    for _ in range(60): n *= n", "mine.hard: too large: a number of about 415,490 bits in line 19"),
    "a far shift": ("n = 1 << 10**12", "mine.hard: too large: a number of about 1,000,000,000,001 bits in line 18"),
    "deep recursion": ("deep = lambda: deep(); deep()", "mine.hard: too large: maximum recursion depth"),
}  # fmt: skip


@pytest.mark.parametrize(("hard", "reason"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_told_by_the_caps(mine, hard, reason):
    """No limit of time or memory is met."""
    run = mine(hard)
    assert run.code == 1
    assert reason in run.out and "It rests on mine.hard, which does not go through" in run.out
    assert "2 of 4 as declared" in run.out


def test_json_says_so_too(mine):
    found = json.loads(mine(TOWER, "--json", *FEW).out)
    hard = next(entry for entry in found["entries"] if entry["id"] == "mine.hard")
    assert hard["verdict"] == "undecided"
    assert re.fullmatch(f"too large: {TIME}. Divide it, or allow more with --limit-seconds.", hard["reason"])
    assert [entry["verdict"] for entry in found["entries"]] == ["proved", "undecided", "undecided", "proved"]
    assert found["totals"]["undecided"] == 2


def test_a_file_that_cannot_be_read_in_time(mine):
    run = mine(TOWER, *FEW, text="%s")
    assert run.code == 2
    assert re.search(f"undecided: reading it {TIME}; nothing of it was checked", run.err) and not run.out


def test_a_file_that_is_too_large_to_read(mine):
    run = mine("n = 9**9**9", text="%s")
    assert run.code == 2 and not run.out
    assert "notes.py: undecided: too large: a number of about 1,549,681,956 bits in line 1; the cap" in run.err


def test_a_file_that_cannot_be_read_costs_no_other(tmp_path, derive):
    for name, text in {"large": "n = 9**9**9", "broken": "n = (", "good": HEAD % "pass"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    run = derive("check", *(str(tmp_path / f"{name}.py") for name in ("large", "good", "broken")), "--no-second-opinion")
    assert run.code == 2 and "4 of 4 as declared" in run.out and "Not everything is as declared." in run.out
    assert "large.py: undecided: too large" in run.out and "broken.py, line 1: this is not Python" in run.out


def test_the_cap_changes_no_other_arithmetic(mine):
    """Lists in place, floats, remainders, powers of 0 and 1, terms: as Python has them."""
    kept = """
    values = held = [1]
    values *= 2
    n = 3
    n <<= 2
    sheet.n = 2
    sheet.n **= 3
    found = (held, n, sheet.n, 2**10, 2.5**2, 2 * "ab", pow(3, 4, 5), 2**-1, (-1) ** 10**30, 0 ** 9**20, True * 3)
    assert found == ([1, 1], 12, 8, 1024, 6.25, "abab", 1, 0.5, 1, 0, 3), found
    assert power(a, 3) == a**3 and mul(a, b) == a * b"""
    run = mine(kept)
    assert run.code == 0 and "4 of 4 as declared" in run.out, run.out


def test_a_cycle_of_proofs_ends(mine):
    run = mine("after.theorem")
    ended = ("too large: maximum recursion depth", "It rests on mine.after, which does not go through")
    assert run.code == 1 and "2 undecided" in run.out and any(words in run.out for words in ended), run.out


def test_the_book_under_limits(derive, monkeypatch):
    monkeypatch.setattr(client, "FORKS", False)  # a copy of this process may have the proofs already
    run = derive("check", "conv.ddim", "gauss.normalization", "--limit-seconds", "60", "--no-second-opinion")
    assert run.code == 0 and "2 of 2 as declared" in run.out
    run = derive("check", "gauss.normalization", "conv.ddpm", "--limit-seconds", "0.001", "--no-second-opinion")
    assert run.code == 1
    said = r"gauss.normalization: declared proved, and it is undecided\n  too large: took more than (0.001|2.004) s"
    assert re.search(said, run.out)


def spin():
    while True:
        pass


def eat():
    kept = []
    while True:
        kept.append(bytearray(2**24))


def end():
    os._exit(3)


def of_the_book(*hard):
    """A chapter of the book with an entry for each of these, between good ones and with one that rests on the first."""
    made = chapter()
    a, b = sym("a"), sym("b")

    def good(name):
        @made.theorem(f"demo.good{name}", "A sum")
        def author(sheet):
            """An aim."""
            sheet.start(a + b).to(b + a)
            sheet.qed()

    for k, function in enumerate(hard):
        good(k)

        @made.theorem(f"demo.hard{k}", "A hard one")
        def author(sheet, function=function):
            """An aim."""
            function()

    @made.theorem("demo.after", "What rests on the first")
    def after(sheet):
        """An aim."""
        sheet.start(a + b).to(b + a, by=made.entries[1].theorem)
        sheet.qed()

    good("last")
    return made


@linux
def test_entries_of_the_book_are_always_under_limits(derive, monkeypatch):
    """One loops for ever, one eats memory, one ends its process: the others keep their verdicts."""
    monkeypatch.setattr(request, "book", lambda store: [request.live(of_the_book(spin, eat, end))])
    monkeypatch.setattr(client, "Limits", lambda: Limits(2, 300))
    run = derive("check")
    assert run.code == 1 and run.err.replace("\n", "") == ""
    rows = [line for line in run.out.splitlines() if line[2:].startswith("demo.") and "declared" not in line]
    verdict = {line.split()[0 if line[0] == " " else 1]: line for line in rows if ":" not in line}
    found = {name: "undecided" in line and line.startswith("! ") for name, line in verdict.items()}
    assert found == {
        "demo.good0": False, "demo.hard0": True, "demo.good1": False, "demo.hard1": True, "demo.good2": False,
        "demo.hard2": True, "demo.after": True, "demo.goodlast": False,
    }  # fmt: skip
    assert all("proved" in line for name, line in verdict.items() if not found[name])
    said = " ".join(run.out.split())
    time = r"took more than (2 s|10 s of wall clock)"
    assert re.search(rf"demo.hard0: declared proved, and it is undecided too large: {time}.", said)
    assert "demo.hard1: declared proved, and it is undecided demo.hard1: too large: memory ran out" in said
    assert "demo.hard2: declared proved, and it is undecided the worker ended with exit code 3, and nothing is" in said
    assert "demo.after: declared proved, and it is undecided It rests on demo.hard0, which does not go through" in said
    assert "4 undecided, 0 refuted, 0 assumed, 4 proved, 0 defined. 4 of 8 as declared; 4 steps" in said
    assert [path.name for path in store.FOLDER.glob("*.json")] == [], "the chapter of a test is of no module"


def test_what_was_proved_before_a_limit_is_kept(derive, monkeypatch):
    """An entry of the book that takes too long today is tried again tomorrow, and it alone."""
    real = Prover.prove
    proved = []

    def prove(self, item):
        proved.append(item.id)
        self.worker.limits = Limits(0.001) if item.id == "gauss.normalization" else Limits()
        return real(self, item)

    conventions, gaussian = (request._section(name, None) for name in ("conventions", "gaussian"))
    monkeypatch.setattr(client, "FORKS", False)  # a copy of this process may have the proofs already
    monkeypatch.setattr(Prover, "prove", prove)
    monkeypatch.setattr(check, "recheck", lambda items, done: Recheck())
    monkeypatch.setattr(request, "book", lambda store: [conventions, gaussian])
    run = derive("check", "--no-second-opinion")
    assert run.code == 1 and "gauss.normalization: declared proved, and it is undecided" in run.out
    undecided = int(re.search(r"(\d+) undecided", run.out)[1])
    assert 1 <= undecided < len(gaussian.items)
    proved.clear()
    monkeypatch.setattr(Prover, "prove", lambda self, item: proved.append(item.id) or real(self, item))
    run = derive("check", "--no-second-opinion")
    assert run.code == 0 and len(proved) == undecided and "gauss.normalization" in proved


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no groups of processes")
@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interruption_ends_the_command_and_its_worker(tmp_path, whole_group):
    """As Ctrl-C in a terminal does it, and as another program does."""
    hard = "import os, sys; print('pid', os.getpid(), file=sys.stderr, flush=True)\n    while True: pass"
    (tmp_path / "notes.py").write_text(HEAD % hard)
    command = [sys.executable, "-m", "derivations", "check", str(tmp_path / "notes.py"), "--no-second-opinion"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    worker = int(run.stderr.readline().split()[1])
    assert worker != run.pid
    os.killpg(run.pid, signal.SIGINT) if whole_group else os.kill(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (130, "", "")
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.parametrize(("option", "value"), [("--limit-seconds", "0"), ("--limit-mb", "-1"), ("--limit-seconds", "nan")])
def test_a_limit_that_is_none(derive, option, value):
    run = derive("check", "conv.ddim", option, value)
    assert run.code == 2 and "must be a positive number, got " in run.err


def test_what_a_file_prints_does_not_disturb_json(mine):
    found = json.loads(mine("print('hello')", "--json").out)
    assert found["ok"] is True
