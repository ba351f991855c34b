"""Preconditioning: every hypothesis is needed by its proof, and other numbers do not meet the demands."""

import pytest

from derivations.chapters.preconditioning import (
    alpha,
    best,
    c,
    chapter,
    edm_size,
    edm_skip,
    least,
    missed,
    positive,
    scaled,
    sigma,
    size,
    wide,
)
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import instantiate, table
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import le, num, sqrt
from derivations.language.notation import eps, x_0
from tests.chapters.checks import unequal

ENTRIES = {e.id: e for e in chapter.entries}


@pytest.mark.parametrize("wrong", [wide**2 / size, alpha * wide / size, alpha * sigma**2 / size, 1 / alpha, num(0), num(1)],
                         ids=["no alpha", "no square", "noise for data", "undo the signal", "none", "all"])  # fmt: skip
def test_another_share_amplifies_more(wrong):
    """The variance that is missed is the least one plus something; with another share it is not the least."""
    given = (*positive, le(1, 2 * alpha))
    assert algebra(missed(wrong), size * (wrong - best) ** 2 + least, given)
    unequal(missed(wrong), least, *given)


def test_the_least_is_the_least():
    parabola = ENTRIES["edm.general_precond"].part("skip")
    assert order(le(least, parabola.conclusion.args[1]), positive)
    with pytest.raises(RuleError, match="no certificate"):
        order(le(2 * least, parabola.conclusion.args[1]), positive)
    there = instantiate(parabola, table({c: best}))
    assert algebra(there.conclusion.args[1], least, positive)


@pytest.mark.parametrize("label, wrong", [
    ("input", [1 / size, 1 / sqrt(alpha**2 + sigma**2), 1 / sqrt(wide**2 + sigma**2)]),
    ("output", [sigma * wide / size, sigma / sqrt(size), sigma * wide * sqrt(size), alpha * sigma * wide / sqrt(size)]),
    ("weight", [(sigma * wide) ** 2 / size, size / (sigma * wide), sqrt(size) / (sigma * wide)]),
])  # fmt: skip
def test_mutants_of_the_general_numbers(label, wrong):
    right = ENTRIES["edm.general_precond"].part(label).conclusion.args[1]
    for other in wrong:
        unequal(right, other, *positive)


def test_edm_has_the_numbers_of_signal_level_one():
    for label in ("input", "output", "weight"):
        general, edm = (ENTRIES[id].part(label).conclusion for id in ("edm.general_precond", "edm.preconditioning"))
        assert general.args[0] == edm.args[0]
        assert algebra(substitute(general.args[1], {alpha: num(1)}), edm.args[1], positive)
    assert algebra(substitute(best, {alpha: num(1)}), edm_skip, positive)


def test_mutants_of_edms_numbers():
    output = ENTRIES["edm.preconditioning"].part("output").conclusion.args[1]
    for wrong in (sigma * wide / edm_size, sigma**2 * wide / sqrt(edm_size), wide / sqrt(edm_size), sigma * wide / sqrt(sigma + wide)):
        unequal(output, wrong, *positive)
    unequal(edm_skip, sigma**2 / edm_size, *positive)


def test_the_network_does_not_say_v_but_its_negative():
    said = ENTRIES["edm.precond_is_v"].part("v").conclusion.args[1]
    unequal(said, alpha * eps - sigma * x_0)
    unequal(scaled, -(alpha * eps - sigma * x_0), *positive)  # for data of another variance it is another sum
