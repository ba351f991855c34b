"""Solvers: every hypothesis is needed; a step of another order, or with a wrong weight, is refused."""

import pytest

from derivations.chapters import solvers
from derivations.chapters.solvers import (
    Z,
    alpha,
    ddim,
    exact_solution,
    flow,
    growth,
    guess,
    h,
    half,
    lam,
    noise,
    rest,
    s,
    scaled,
    start,
    stop,
    t,
    tau,
    variation_of_constants,
    velocity,
    x,
)
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume, specialize
from derivations.kernel.series import order_same, order_sum, taylor
from derivations.kernel.terms import exp, integral, interval
from derivations.registry import judge
from tests.chapters.checks import hypotheses, needs, refused

HERE, NOW = velocity(x(t), t), specialize(assume(flow), t)
ON = specialize(assume(scaled), lam)


@pytest.mark.parametrize("entry", solvers.chapter.entries, ids=lambda e: e.id)
def test_verdicts_are_what_the_chapter_declares(entry):
    assert judge(entry).verdict == entry.declared
    assert entry.axioms == []


@pytest.mark.parametrize(("entry", "k"), hypotheses(solvers.chapter))
def test_no_hypothesis_can_be_left_out(entry, k):
    needs(entry, k)


def test_mutants_of_the_exact_solution():
    inside = integral(tau, exp(-tau) * noise(tau), interval(start, stop))
    ratio = alpha(stop) / alpha(start)
    for wrong in (
        ratio * x(start) + alpha(stop) * inside,
        ratio * x(start) - inside,
        ratio * x(start) - alpha(start) * inside,
        x(start) / ratio - alpha(stop) * inside,
        ratio * x(start) - alpha(stop) * integral(tau, exp(tau) * noise(tau), interval(start, stop)),
    ):
        refused(exact_solution, "", wrong)
    part = integral(tau, growth(tau, t) * rest(tau), interval(s, t))
    for wrong in (growth(t, s) * x(s) + part, growth(s, t) * x(s) - part, growth(s, t) * (x(s) + part), x(s) + part):
        refused(variation_of_constants, "", wrong)


@pytest.mark.parametrize("weight", [0, half / 2, 2, -1], ids=str)
def test_a_wrong_weight_of_the_velocity_has_no_order(weight):
    with pytest.raises(RuleError, match=r"derivative 1 of .* is not 0"):
        taylor(h, 2, x(t + h) - x(t) - weight * h * HERE, (), (NOW,))


def test_euler_is_not_of_order_two():
    with pytest.raises(RuleError, match=r"derivative 2 of .* is not 0"):
        taylor(h, 3, x(t + h) - x(t) - h * HERE, (), (NOW,))


def test_for_another_equation_there_is_no_order():
    with pytest.raises(RuleError, match=r"derivative 1 of .* is not 0"):
        taylor(h, 2, x(t + h) - x(t) - h * velocity(x(t), t))


HEUN = solvers.heun_order.parts[0].theorem, solvers.heun_order.parts[1].theorem


@pytest.mark.parametrize(
    "step",
    [
        h / 2 * (HERE + velocity(x(t) + h / 2 * HERE, t + h)),  # half of Euler's step
        h / 2 * (HERE + velocity(x(t) + h * HERE, t)),  # the time forgotten
        h * velocity(x(t) + h * HERE, t + h),  # the second velocity alone
        h / 2 * HERE + h * velocity(x(t) + h * HERE, t + h),
    ],
    ids=["half a step", "time forgotten", "second alone", "wrong weights"],
)
def test_wrong_second_stages_do_not_follow_from_the_two_series(step):
    both = order_sum(HEUN[0], solvers.order_product(taylor(h, 1, -h / 2), HEUN[1]))
    with pytest.raises(RuleError, match="does not hold"):
        order_same(both, algebra(both.conclusion.args[2], x(t + h) - x(t) - step))


def test_mutants_of_the_weights():
    entry = solvers.phi_recursion
    for part, wrong in (
        ("phi 1", [h**2 * solvers.phi_1, solvers.phi_1, exp(h) - h]),
        ("phi 2", [h * solvers.phi_2, h**2 * solvers.phi_1, h**2 * (solvers.phi_1 + 1) / h]),
        ("phi 3", [h**3 * solvers.phi_2, h**2 * solvers.phi_3, h**3 * (solvers.phi_2 - 1) / h]),
    ):
        for mutant in wrong:
            refused(entry, part, mutant)


def test_one_ddim_step_has_order_one_only():
    body = Z(lam + h) - ddim(Z(lam), lam, h, guess(Z(lam), lam))
    assert taylor(h, 2, body, (), (ON,)).conclusion.op == "bigo"
    with pytest.raises(RuleError, match=r"derivative 2 of .* is not 0"):
        taylor(h, 3, body, (), (ON,))


def test_a_ddim_step_of_twice_the_length_has_none():
    """What a sampler does when it takes log(alpha^2/sigma^2) for lambda."""
    with pytest.raises(RuleError, match=r"derivative 1 of .* is not 0"):
        taylor(h, 2, Z(lam + h) - ddim(Z(lam), lam, 2 * h, guess(Z(lam), lam)), (), (ON,))


def test_the_test_equation_tells_the_orders_apart():
    series = exp(lam * h)
    for order in (1, 2, 3):
        cut = sum((lam**k * h**k / [1, 1, 2, 6][k] for k in range(1, order + 1)), 1)
        assert taylor(h, order + 1, series - cut).conclusion.args[1].args[0] == order + 1
        with pytest.raises(RuleError, match=f"derivative {order + 1} of"):
            taylor(h, order + 2, series - cut)
