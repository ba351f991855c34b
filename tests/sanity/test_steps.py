"""Orders, limits and integrals over an interval in the numbers of a model: what is true holds, what is false fails."""

import pytest

from derivations.evidence.conditions import FAILS, HOLDS, settle
from derivations.evidence.models import NUMBERS, build
from derivations.evidence.perturb import edits
from derivations.kernel.terms import (
    bigo,
    diff,
    eq,
    exp,
    integral,
    interval,
    jacobian,
    limit,
    log,
    mul,
    norm2,
    num,
    sqrt,
    sym,
    trace,
)
from tests.kernel.letters import A, B, d, u, x

h, t = sym("h"), sym("t")
half = num(1) / 2
TRUE = {
    "an order": bigo(h, 3, exp(h) - 1 - h - half * h**2),
    "an order of a root": bigo(h, 2, sqrt(1 - h) - 1 + half * h),
    "an order that is higher": bigo(h, 1, h**3),
    "an order of a vector": bigo(h, 2, exp(h) * u - (1 + h) * u),
    "an order of 0": bigo(h, 0, 1 + h),
    "a limit at a number": limit(h, 0, (exp(h) - 1) / h, 1),
    "a limit at infinity": limit(t, "oo", exp(-t), 0),
    "a slow limit": limit(t, "oo", (2 * t + 1) / t, 2),
    "a limit at minus infinity": limit(t, "-oo", exp(t), 0),
    "an integral": eq(integral(x, exp(x), interval(0, 1)), exp(num(1)) - 1),
    "an integral of a logarithm": eq(integral(x, log(x), interval(1, 2)), 2 * log(num(2)) - 1),
    "an integral with a moving end": eq(diff(t, integral(x, exp(x), interval(-9, t))), exp(t)),
    "the slope of a curve": eq(diff(t, exp(2 * t) * u), 2 * exp(2 * t) * u),
    "a Jacobian": eq(jacobian(u, mul(A, B, u) + u), A @ B + jacobian(u, u)),
    "the trace of one": eq(trace(jacobian(u, norm2(u) * u)), (d + 2) * norm2(u)),
}
FALSE = {
    "an order too high": bigo(h, 3, exp(h) - 1 - h),
    "an order of a wrong series": bigo(h, 2, sqrt(1 - h) - 1 + h),
    "an order where something is left": bigo(h, 1, 1 + h),
    "a pole": bigo(h, 0, 1 / h),
    "an order of a vector too high": bigo(h, 3, exp(h) * u - (1 + h) * u),
    "a wrong limit": limit(h, 0, (exp(h) - 1) / h, 2),
    "a limit that is not there": limit(t, "oo", t, 0),
    "a limit on one side only": limit(h, 0, sqrt(h**2) / h, 1),
    "a wrong integral": eq(integral(x, exp(x), interval(0, 1)), exp(num(1))),
    "a slope with the wrong rate": eq(diff(t, exp(2 * t) * u), exp(2 * t) * u),
    "a Jacobian turned over": eq(jacobian(u, mul(A, B, u)), B @ A),
}


def judged(formula, dimension=2):
    model = build(NUMBERS, (), dimension, 1, 3, {})
    model.dimensions.add("d")
    return settle(formula, model)


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_holds(name):
    finding = judged(TRUE[name])
    assert finding.word == HOLDS, finding.why


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_fails(name):
    finding = judged(FALSE[name])
    assert finding.word == FAILS and finding.why


@pytest.mark.parametrize("name", ["an order", "a limit at a number", "a limit at infinity"])
def test_edits_of_orders_and_limits_fail(name):
    changed = [judged(edit.formula).word for edit in edits(TRUE[name])]
    assert changed and set(changed) == {FAILS}


def test_between_ends_out_of_order_nothing_is_integrated():
    """The kernel's convention: an empty interval has integral 0."""
    assert judged(eq(integral(x, exp(x), interval(1, 0)), num(0))).word != FAILS
