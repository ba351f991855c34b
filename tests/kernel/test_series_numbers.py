"""Orders and limits against numbers: what `taylor` proves is the order that one sees, and no order above it is proved."""

import mpmath
import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.limits import limit_order, limit_value
from derivations.kernel.series import order_quotient, taylor
from derivations.kernel.terms import exp, log, num, sqrt, sym
from derivations.kernel.theorem import RuleError

h = sym("h")
half = num(1) / 2
# a term in h, the same function in numbers, and the order of its zero at h = 0
SMALL = {
    "exp - 1": (exp(h) - 1, lambda x: mpmath.expm1(x), 1),
    "exp - 1 - h": (exp(h) - 1 - h, lambda x: mpmath.expm1(x) - x, 2),
    "root": (sqrt(1 + h) - 1 - h / 2, lambda x: mpmath.sqrt(1 + x) - 1 - x / 2, 2),
    "log": (log(1 + h) - h + half * h**2, lambda x: mpmath.log1p(x) - x + x**2 / 2, 3),
    "quotient": (1 / (1 - h) - 1 - h, lambda x: 1 / (1 - x) - 1 - x, 2),
    "bell": (exp(-(h**2)) - 1 + h**2, lambda x: mpmath.expm1(-(x**2)) + x**2, 4),
    "power": ((1 + h) ** 3 - 1 - 3 * h, lambda x: (1 + x) ** 3 - 1 - 3 * x, 2),
    "even in disguise": (exp(h) + exp(-h) - 2, lambda x: mpmath.expm1(x) + mpmath.expm1(-x), 2),
}
PAIRS = [(a, b) for a in SMALL for b in SMALL if a < b]


def seen(value, order):
    """The function over h^order for smaller and smaller h, in 60 digits."""
    with mpmath.workdps(60):
        return [abs(value(mpmath.mpf(10) ** -k) / mpmath.mpf(10) ** (-k * order)) for k in (4, 6, 8)]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_order_that_is_proved_is_the_order_that_one_sees(a, b):
    (first, f, i), (second, g, j) = SMALL[a], SMALL[b]
    for body, value, order in (
        (first * second, lambda x: f(x) * g(x), i + j),
        (first + 5 * second, lambda x: f(x) + 5 * g(x), min(i, j)),
    ):
        if order > 5:
            continue  # the seventh derivative of a product is a term beyond the cap
        proved = [n for n in range(order + 2) if attempt(body, n)]
        at_most = seen(value, order)
        assert max(at_most) < 100, "the number of the table is not too large"
        assert proved == list(range(order + 1)) or (at_most[-1] < 1e-3 and order in proved), "none above it, and all below"
        if proved[-1] == order:
            assert at_most[-1] > 1e-3, "and what one sees does not vanish faster"


def attempt(body, order):
    try:
        taylor(h, order, body)
    except RuleError as refusal:
        assert "is not 0 but" in str(refusal)
        return False
    return True


@pytest.mark.parametrize("name", SMALL)
def test_limits_are_what_one_sees(name):
    body, value, order = SMALL[name]
    lowered = order_quotient(taylor(h, order, body), order - 1)
    assert limit_order(lowered).conclusion.args[3] == num(0)
    with mpmath.workdps(60):
        x = mpmath.mpf(10) ** -9
        assert abs(value(x) / x ** (order - 1)) < 1e-8
    here = limit_value(h, num(0), body)
    assert algebra(here.conclusion.args[3], num(0)).conclusion.args[1] == num(0)
