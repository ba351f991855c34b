"""Documents made to mislead: for every true formula a false one beside it that differs by little.

Behind a comment `false` stands what is false. Nobody is accused falsely, nothing false is proved, and nothing false is
waved through as the definition of a name.
"""

from collections import Counter

import pytest

from derivations.reading.notation import standing
from tests.reading.asked import meets
from tests.reading.marked import ADVERSARIAL, audited

FILES = sorted(ADVERSARIAL.iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_true_formula_is_refuted(path):
    found = audited(path)[1]
    assert [e.formula.tex for false, verdict, e in found if verdict == "refuted" and not false] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_nothing_false_is_proved_or_called_a_definition(path):
    found = audited(path)[1]
    passed = [(verdict, e.formula.tex) for false, verdict, e in found if false and verdict in PASSED]
    assert passed == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_judgement_names_an_unknown_id_as_proved(path):
    named = [
        (e.formula.line, e.judgement.formula)
        for _, verdict, e in audited(path)[1]
        if verdict in ("proved", "convention")
    ]
    assert [(line, id_) for line, id_ in named if not standing.holds(id_)] == []


PASSED = ("proved", "convention", "definition")


def test_there_is_much_of_both_kinds_and_most_mistakes_are_found():
    """The floors are what the judge reaches; they may only rise. Some fail, and are no slip away from what is true."""
    true, false, fails = Counter(), Counter(), 0
    for path in FILES:
        for planted, verdict, e in audited(path)[1]:
            if e.formula.kind == "display":
                (false if planted else true)[verdict] += 1
                fails += planted and meets(e.judgement, "false")
    assert len(FILES) >= 19 and true.total() >= 161 and false.total() >= 161
    assert false["refuted"] >= 106 and fails >= 133, (fails, false)
    assert true["proved"] + true["convention"] + true["definition"] >= 120, true
