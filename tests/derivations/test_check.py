"""`derive check`: the table, the totals, the exit code, and that it fails when it should."""

import json

import pytest

from derivations.cli import request
from derivations.records import lock
from derivations.registry import corpus, entries, verdicts
from derivations.registry.verdicts import AGREES, DISAGREES
from derivations.worker.process import FORKS

from .conftest import square


@pytest.fixture
def asked(monkeypatch):
    """SymPy agrees with everything, at once."""
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: (AGREES, ""))
    monkeypatch.setattr(verdicts, "_OPINIONS", {})


def of(monkeypatch, *chapters):
    """Make these chapters the corpus of `derive check`."""
    if not FORKS:
        pytest.skip("a worker that is no copy of this process does not know the chapters of a test")
    monkeypatch.setattr(request, "book", lambda store: [request.live(chapter) for chapter in chapters])


def test_the_whole_corpus(derive, asked):
    run = derive("check")
    assert run.code == 0, run.out + run.err
    lines = run.out.splitlines()
    assert lines[0].split() == ["ID", "title", "verdict", "SymPy", "steps", "axioms", "ms"]
    assert max(map(len, lines)) <= 100
    for chapter in corpus():
        assert chapter.title in lines
    for name in entries():
        assert any(line.startswith(f"  {name} ") for line in lines), f"{name} is not in the table"
    number = len(entries())
    assert any(line.startswith(f"{number} of {number} as declared; ") for line in lines)
    assert any(line.startswith("0 undecided, ") for line in lines), "the totals begin with undecided"
    assert "Everything is as declared." in lines
    assert run.err == ""


def test_one_formula(derive, asked):
    run = derive("check", "conv.alpha_bar_step")
    assert run.code == 0
    assert "conv.alpha_bar_step The signal share, one step at a time" in run.out
    assert "1 of 1 as declared; 4 steps in " in run.out
    assert "conv.ddpm " not in run.out.partition("Not published")[0]


def test_the_same_formula_twice_is_one_line(derive, asked):
    assert "1 of 1 as declared" in derive("check", "conv.ddpm", "conv.ddpm").out


def test_json_holds_every_report(derive, asked):
    run = derive("check", "conv.ddpm", "conv.ddim", "--json")
    found = json.loads(run.out)
    assert run.code == 0 and found["ok"] is True and found["problems"] == []
    assert [e["id"] for e in found["entries"]] == ["conv.ddpm", "conv.ddim"]
    assert next(iter(found["totals"])) == "undecided"
    assert found["totals"]["proved"] == 1 and found["totals"]["defined"] == 1


def test_without_a_second_opinion(derive, monkeypatch):
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: pytest.fail("SymPy was asked"))
    run = derive("check", "conv.cfg_w", "--no-second-opinion")
    assert run.code == 0 and "SymPy was not asked." in run.out


def test_nothing_to_check_is_a_failure(derive, monkeypatch):
    of(monkeypatch)
    run = derive("check")
    assert run.code == 1
    assert "there is nothing to check: 0 proved out of 0 is a failure, not a success" in run.out


def test_a_wrong_derivation_fails(derive, monkeypatch, asked):
    of(monkeypatch, square(wrong=True))
    run = derive("check")
    assert run.code == 1
    assert "! demo.square" in run.out
    assert "demo.square: declared proved, and it is undecided" in run.out
    assert "1 undecided, 0 refuted, 0 assumed, 0 proved, 0 defined." in run.out
    assert "0 of 1 as declared; 0 steps" in run.out
    assert "Not everything is as declared." in run.out


def test_a_verdict_better_than_declared_fails_too(derive, monkeypatch, asked):
    of(monkeypatch, square(declared="assumed"))
    run = derive("check")
    assert run.code == 1
    assert "demo.square: declared assumed, and it is proved" in run.out
    assert 'If that is right, write declared="proved" in the entry.' in run.out


def test_a_disagreement_is_an_alarm(derive, monkeypatch):
    monkeypatch.setattr(verdicts, "_OPINIONS", {})
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: (DISAGREES, "the residual is b"))
    of(monkeypatch, square("demo.alarm"))
    run = derive("check")
    assert run.code == 1
    assert "ALARM: demo.alarm: the kernel and SymPy disagree about one algebraic step." in run.out
    assert "rely neither on this formula nor on what uses it" in run.out
    assert "  SymPy: the residual is b" in run.out
    assert "SymPy agrees with 0 of 1 algebraic steps and DISAGREES with 1." in run.out
    assert " ALARM " in next(line for line in run.out.splitlines() if line.startswith("  demo.alarm"))


def test_new_entries_are_announced_and_do_not_fail(derive, monkeypatch, asked):
    of(monkeypatch, square())
    run = derive("check")
    assert run.code == 0
    assert "Not published in formulas.lock yet: 1 (demo.square). `derive lock` publishes." in run.out


def test_a_changed_statement_fails(derive, monkeypatch, asked):
    lock.LOCK.write_text("demo.square 1 0123456789abcdef\n")
    of(monkeypatch, square())
    run = derive("check")
    assert run.code == 1
    assert "formulas.lock: demo.square: the statement changed, and the revision did not" in run.out


def test_a_vanished_id_fails_the_whole_check_only(derive, monkeypatch, asked):
    lock.LOCK.write_text("demo.gone 1 0123456789abcdef\n")
    of(monkeypatch, square())
    run = derive("check")
    assert run.code == 1
    assert "formulas.lock: demo.gone: published, and gone from the corpus" in run.out
    assert derive("check", "conv.ddpm").code == 0


def test_a_damaged_lock_is_bad_input(derive, asked):
    lock.LOCK.write_text("conv.ddpm first 0123456789abcdef\n")
    run = derive("check", "conv.ddpm")
    assert run.code == 2
    assert "formulas.lock, line 1: expected 'ID revision hash sorts', got 'conv.ddpm first" in run.err


def test_an_unknown_id(derive):
    run = derive("check", "conv.ddmp")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("derive: no formula has the ID 'conv.ddmp'; did you mean conv.ddpm, ")
