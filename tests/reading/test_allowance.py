"""What one formula may take: past it, comparisons are open with the reason, and the next formula has its own."""

import pytest

from derivations.evidence.balls import Evaluator
from derivations.reading import audit_text
from derivations.reading.equations import allowance, compare

WEIGHTS = (
    r"\log \sum_{k=1}^K w_k e^{a_k} = c + \log \sum_{k=1}^K e^{\log w_k + a_k - c}"
    r" = b + \log \sum_{k=1}^K e^{\log w_k + a_k - b}"
)
TEXT = f"$${WEIGHTS}$$\n\n$$1 + 1 = 2$$"


@pytest.fixture(autouse=True)
def forgotten():
    """What was decided with more steps is not known here."""
    compare._equal.cache_clear()
    compare._agrees.cache_clear()


def judged(monkeypatch, steps):
    """The judgements on both formulas, and the steps that they took."""
    monkeypatch.setattr(allowance, "STEPS", steps)
    begun = Evaluator.taken
    found = [e.judgement for e in audit_text(TEXT, notation="plain").equations]
    return found, Evaluator.taken - begun


def test_a_formula_that_takes_too_much_is_open_and_the_next_one_is_not(monkeypatch):
    (first, second), taken = judged(monkeypatch, 1_000)
    assert (first.verdict, second.verdict) == ("undecided", "proved")
    assert allowance.SPENT in first.message and taken < 150_000


def test_without_an_allowance_it_takes_more(monkeypatch):
    (first, _), taken = judged(monkeypatch, 10**9)
    assert first.verdict == "proved" and taken > 150_000


def test_what_is_judged_on_the_way_to_a_formula_shares_its_allowance(monkeypatch):
    monkeypatch.setattr(allowance, "STEPS", 5)
    with allowance.of_a_formula():
        monkeypatch.setattr(Evaluator, "taken", Evaluator.taken + 6)
        with allowance.of_a_formula():
            assert allowance.spent()
            assert compare.equal(compare.num(1), compare.num(1), {}).reason == allowance.SPENT
    assert not allowance.spent()
    assert compare.equal(compare.num(1), compare.num(1), {}).status == "proved"
