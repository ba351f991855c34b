"""One part of a Gaussian vector given the other: both definitions are needed, and wrong gains and spreads are refused."""

import pytest

from derivations.chapters.gaussian import conditioning
from derivations.chapters.gaussian.conditioning import C_x, S_x, S_xy, S_y, mu, nu, u, w, x, y
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra
from derivations.kernel.logic import instantiate, table
from derivations.kernel.terms import eye, inner, inv, log, normal, num
from derivations.language.notation import d, m
from derivations.registry import find, judge
from tests.chapters.checks import needs

ENTRY = find("gauss.conditioning")
FACTS = conditioning._swaps()


def test_it_is_proved_from_no_axiom_and_no_rule_of_its_own():
    assert judge(ENTRY).verdict == "proved" and ENTRY.axioms == []
    assert "determinant_lemma" in ENTRY.rules


@pytest.mark.parametrize("k", [0, 1])
def test_no_hypothesis_can_be_left_out(k):
    needs(ENTRY, k)


@pytest.mark.parametrize(
    "wrong",
    [
        normal(x, mu - S_xy * inv(S_y) * (y - nu), C_x) * normal(y, nu, S_y),
        normal(x, mu + S_xy * inv(S_y) * y, C_x) * normal(y, nu, S_y),
        normal(x, mu + S_xy * inv(S_y) * (y - nu), S_x) * normal(y, nu, S_y),
        normal(x, mu, C_x) * normal(y, nu, S_y),
    ],
    ids=["sign of the gain", "mean forgotten", "spread not reduced", "no gain"],
)
def test_mutants_are_refused(wrong):
    right = ENTRY.part("either way").conclusion.args[1]
    with pytest.raises(RuleError, match="does not hold"):
        algebra(log(right), log(wrong), (), FACTS)


def test_the_joint_law_has_the_cross_covariance_once_for_each_order():
    exponent = ENTRY.part("law").conclusion.args[2].args[2].args[1].args[0]
    good = inner(u, mu) + inner(w, nu) + (inner(u, S_x * u) + 2 * inner(u, S_xy * w) + inner(w, S_y * w)) / 2
    assert algebra(exponent, good)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(exponent, good - inner(u, S_xy * w) / 2)


def test_without_correlation_the_parts_are_independent():
    nothing = instantiate(ENTRY.part("either way"), table({S_xy: 0 * S_xy, C_x: S_x, conditioning.C_y: S_y}))
    assert algebra(nothing.conclusion.args[0], normal(y, nu, S_y) * normal(x, mu, S_x))


def test_in_one_dimension_it_is_the_regression_line():
    line = instantiate(ENTRY.part("either way"), table({d: num(1), m: num(1)}))
    assert line.conclusion.args[0].op == "mul"
    with pytest.raises(RuleError, match="positive definite"):
        instantiate(ENTRY.part("either way"), table({C_x: S_x - 2 * eye(d)}))
