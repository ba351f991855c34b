"""What the tests of several chapters ask: that no hypothesis can be left out, and that a mutant is refused."""

import pytest

from derivations.kernel import RuleError
from derivations.kernel.equality import algebra
from derivations.kernel.terms import TermError
from derivations.language.calculation import Calculation, DerivationError
from derivations.registry.verdicts import judge

MISSING = (
    r"rests on what is not given|owes|does not hold|is not among the hypotheses|is not 0|no certificate|"
    r"not proved to be"
)


def hypotheses(chapter):
    """Every entry of a chapter with each of its hypotheses, as parameters of a test."""
    return [pytest.param(e, k, id=f"{e.id}-{k}") for e in chapter.entries for k in range(len(e.given))]


def needs(entry, k):
    """The proof is refused without hypothesis number k."""
    with pytest.raises((DerivationError, RuleError), match=MISSING):
        entry.author(Calculation(entry.id, entry.given[:k] + entry.given[k + 1 :]))


def refused(entry, part, mutant, *facts):
    """The last line of a part is not the mutant, whatever facts may be used."""
    lines = next(p for p in entry.parts if p.label == part).lines
    with pytest.raises((DerivationError, TermError), match=r"does not hold"):
        Calculation(entry.id, entry.given).start(lines[-1].term).to(mutant, by=facts)


def as_declared(entry):
    """The verdict is what the chapter declares, and no axiom is behind it."""
    assert judge(entry).verdict == entry.declared
    assert entry.axioms == []


def unequal(left, wrong, *given):
    """The two sides are not equal under the hypotheses."""
    with pytest.raises(RuleError, match="does not hold"):
        algebra(left, wrong, given)
