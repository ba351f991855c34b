"""Ten notes in ten dialects, written before the reader was tuned: nobody is accused falsely, mistakes are found."""

from collections import Counter

import pytest

from tests.reading.marked import NOTES, audited

FILES = sorted(NOTES.iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_true_formula_is_refuted(path):
    _, found = audited(path)
    assert [e.formula.tex for false, verdict, e in found if verdict == "refuted" and not false] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_planted_mistake_is_proved(path):
    _, found = audited(path)
    assert [e.formula.tex for false, verdict, e in found if false and verdict in ("proved", "convention")] == []


def test_most_is_read_and_decided_and_most_mistakes_are_found():
    """The floors are what the reader reaches; they may only rise."""
    true, false = Counter(), Counter()
    for path in FILES:
        for planted, verdict, _ in audited(path)[1]:
            (false if planted else true)[verdict] += 1
    total = true.total() + false.total()
    assert total >= 130
    assert (true + false)["unread"] <= 2
    assert true["undecided"] <= 7
    assert false["refuted"] >= 38, false


def test_a_refutation_carries_its_witness_and_both_values():
    for path in FILES:
        for _, verdict, e in audited(path)[1]:
            if verdict == "refuted":
                assert e.judgement.witness and e.judgement.values, e.formula.tex
