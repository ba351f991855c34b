"""`decide` on the mathematics of the field: true identities are proved, their mutants are refuted."""

from collections import Counter

import pytest

from derivations import decide
from tests.decide.identities import identities

CASES = {case.name: case for case in identities()}
# What stays open, and why. A name may leave this table, and none may enter it without a reason.
TRUE_BUT_UNDECIDED: dict[str, str] = {}
FALSE_BUT_UNDECIDED = {
    "function.chain": "the derivative of an opaque function has no numbers",
    "integral.linear": "numbers do not evaluate integrals",
}


@pytest.mark.parametrize("name", CASES)
def test_true_identity(name):
    case = CASES[name]
    verdict = decide(case.lhs, case.rhs, case.domain, case.facts)
    expected = "undecided" if name in TRUE_BUT_UNDECIDED else "proved"
    assert verdict.status == expected, verdict
    assert verdict.owed == () and verdict.witness is None
    assert verdict.points >= 3 or "integral" in name or "function" in name


@pytest.mark.parametrize("name", CASES)
def test_mutant(name):
    case = CASES[name]
    verdict = decide(case.lhs, case.wrong, case.domain, case.facts)
    expected = "undecided" if name in FALSE_BUT_UNDECIDED else "refuted"
    assert verdict.status == expected, verdict
    assert (verdict.witness is None) == (expected == "undecided")


def test_the_sides_may_change_places():
    verdicts = Counter(decide(c.rhs, c.lhs, c.domain, c.facts).status for c in CASES.values())
    assert verdicts == Counter(proved=len(CASES) - len(TRUE_BUT_UNDECIDED), undecided=len(TRUE_BUT_UNDECIDED))


def test_the_list_is_long_enough():
    assert len(CASES) - len(TRUE_BUT_UNDECIDED) >= 52
    assert len(CASES) - len(FALSE_BUT_UNDECIDED) >= 52


def test_the_answer_does_not_depend_on_what_was_asked_before():
    case = CASES["kl.forms"]
    first = decide(case.lhs, case.wrong, case.domain)
    decide(case.lhs, case.rhs, case.domain)
    assert decide(case.lhs, case.wrong, case.domain) == first
