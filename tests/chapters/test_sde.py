"""Noise in continuous time: every hypothesis is needed, wrong levels are refused, and limits are those of the levels."""

import pytest

from derivations.chapters import sde
from derivations.chapters.sde import B, Delta, F, beta, f, g, half, m, p, rate, sigma, t, tau
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume, specialize
from derivations.kernel.series import taylor
from derivations.kernel.terms import diff, exp, integral, interval, le, log, lt, num, sqrt
from derivations.language.notation import vector, x_0
from derivations.registry import find, judge
from tests.chapters.checks import hypotheses, needs, refused

CLOCK = specialize(assume(sde.total), t)


@pytest.mark.parametrize("entry", sde.chapter.entries, ids=lambda e: e.id)
def test_verdicts_are_what_the_chapter_declares(entry):
    assert judge(entry).verdict == entry.declared
    assert entry.axioms == []


@pytest.mark.parametrize(("entry", "k"), hypotheses(sde.chapter))
def test_no_hypothesis_can_be_left_out(entry, k):
    needs(entry, k)


def test_mutants_of_the_levels():
    wrong = {
        ("sde.vp", "mean"): [exp(-B(t)) * x_0, exp(half * B(t)) * x_0, x_0, exp(-half * beta(t)) * x_0],
        ("sde.vp", "variance"): [1 - exp(-half * B(t)), exp(-B(t)), 1 + exp(-B(t)), (1 - exp(-B(t))) ** 2, 1 - exp(-2 * B(t))],
        ("sde.subvp", "variance"): [1 - exp(-B(t)), (1 - exp(-half * B(t))) ** 2, (1 - exp(-B(t))) / 2],
        ("sde.ve", ""): [sde.variance(t), sde.variance(0) - sde.variance(t), 2 * (sde.variance(t) - sde.variance(0))],
        ("sde.kernel_from_fg", "mean"): [exp(-F(t)) * m(0), exp(2 * F(t)) * m(0), exp(F(t)) * m(t)],
        ("sde.kernel_from_fg", "variance"): [exp(F(t)) * p(0), exp(2 * F(t)) * p(0)],
        ("sde.fg_from_kernel", "diffusion"): [
            2 * sigma(t) ** 2 * diff(t, log(sde.alpha(t) / sigma(t))), -sigma(t) ** 2 * diff(t, log(sde.alpha(t) / sigma(t))),
        ],
    }  # fmt: skip
    for (name, part), mutants in wrong.items():
        for mutant in mutants:
            refused(find(name), part, mutant)


def test_wrong_levels_do_not_solve_the_equations():
    """Put into the equation of the variance, a wrong level leaves something over."""
    right = 1 - exp(-B(t))
    assert algebra(diff(t, right), -(beta(t) * right) + beta(t), (), (CLOCK,))
    for wrong in (1 - exp(-half * B(t)), 1 - exp(-2 * B(t)), exp(-B(t)) - 1, right**2):
        with pytest.raises(RuleError, match="does not hold"):
            algebra(diff(t, wrong), -(beta(t) * wrong) + beta(t), (), (CLOCK,))


def test_without_the_initial_variance_the_solution_is_another_one():
    """P = 1 solves the equation too: it is the start that decides."""
    assert algebra(diff(t, 0 * t + num(1)), -(beta(t) * num(1)) + beta(t))
    assert find("sde.vp").part("variance").hypotheses.count(sde.from_zero) == 1


def test_at_time_zero_the_integral_has_no_slope():
    noise = integral(tau, g(tau) ** 2, interval(0, t))
    for facts in ((), (le(0, t),)):
        with pytest.raises(RuleError, match="owes time > 0"):
            algebra(diff(t, noise), g(t) ** 2, facts)
    assert algebra(diff(t, noise), g(t) ** 2, (lt(0, t),))
    assert lt(0, t) in find("sde.linear_moments").part("variance").hypotheses
    assert f(t).op == "app"


def test_the_drift_of_a_short_step_keeps_its_factor():
    """The mean -beta/2 without x, and other slips, are wrong in the first order."""
    x = vector("x")
    shrink = sqrt(1 - rate * Delta) * x
    for wrong in (x - rate * Delta * x, x + half * rate * Delta * x, x - half * rate * Delta * vector("e"), x):
        with pytest.raises(RuleError, match=r"derivative 1 of .* is not 0"):
            taylor(Delta, 2, shrink - wrong)
    with pytest.raises(RuleError, match=r"derivative 2 of .* is not 0"):
        taylor(Delta, 3, shrink - (x - half * rate * Delta * x))
