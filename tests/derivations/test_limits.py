"""`derive check` under limits: an entry that takes too much is undecided, and nothing else is lost."""

import json
import re
import sys

import pytest

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
HARD = {
    "a tower of powers in Python": ("n = 9**9**9", TIME),
    "memory of Python": pytest.param("n = bytearray(2**33)", "mine.hard: too large: memory ran out", marks=linux),
    "memory of FLINT": pytest.param("from flint import fmpz; n = fmpz(2) ** (2**33)", "took more than 300 MB", marks=linux),
    "an end of the process": ("import os; os._exit(3)", "the worker ended with exit code 3"),
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
    found = json.loads(mine("n = 9**9**9", "--json", *FEW).out)
    hard = next(entry for entry in found["entries"] if entry["id"] == "mine.hard")
    assert hard["verdict"] == "undecided"
    assert re.fullmatch(f"too large: {TIME}. Divide it, or allow more with --limit-seconds.", hard["reason"])
    assert [entry["verdict"] for entry in found["entries"]] == ["proved", "undecided", "undecided", "proved"]
    assert found["totals"]["undecided"] == 2


def test_a_file_that_cannot_be_read_in_time(mine):
    run = mine("n = 9**9**9", *FEW, text="%s")
    assert run.code == 2
    assert re.search(f"undecided: reading it {TIME}; nothing of it was checked", run.err) and not run.out


def test_a_cycle_of_proofs_ends(mine):
    run = mine("after.theorem")
    assert run.code == 1 and "too large: maximum recursion depth" in run.out


def test_the_book_under_limits(derive):
    run = derive("check", "conv.ddim", "gauss.normalization", "--limit-seconds", "60", "--no-second-opinion")
    assert run.code == 0 and "2 of 2 as declared" in run.out
    run = derive("check", "gauss.normalization", "conv.ddpm", "--limit-seconds", "0.001", "--no-second-opinion")
    assert run.code == 1
    said = r"gauss.normalization: declared proved, and it is undecided\n  too large: took more than (0.001|2.004) s"
    assert re.search(said, run.out)


@pytest.mark.parametrize(("option", "value"), [("--limit-seconds", "0"), ("--limit-mb", "-1"), ("--limit-seconds", "nan")])
def test_a_limit_that_is_none(derive, option, value):
    run = derive("check", "conv.ddim", option, value)
    assert run.code == 2 and "must be a positive number, got " in run.err


def test_what_a_file_prints_does_not_disturb_json(mine):
    found = json.loads(mine("print('hello')", "--json").out)
    assert found["ok"] is True
