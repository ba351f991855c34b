"""What the rules for limits prove: for each rule, calls and the theorem that each gives, as text."""

from derivations.kernel.equality import algebra
from derivations.kernel.limits import (
    limit_exponential,
    limit_order,
    limit_reciprocal,
    limit_same,
    limit_through,
    limit_value,
)
from derivations.kernel.logic import assume
from derivations.kernel.series import order_quotient, order_same, taylor
from derivations.kernel.terms import bigo, exp, limit, lt, ne, num, sqrt
from tests.kernel.letters import a, b, c, f, g, x, y, z

DECAY, INVERSE = limit_exponential(x, a, c), limit_reciprocal(x)


def slope_of_exp():
    """(e^x - 1)/x - 1 = O(x)."""
    quotient = order_quotient(taylor(x, 2, exp(x) - 1 - x), 1)
    return order_same(quotient, algebra((exp(x) - 1 - x) / x**1, (exp(x) - 1) / x - 1, (ne(x, 0),)))


ACCEPT = {
    "limit_value": [
        (lambda: limit_value(x, num(0), exp(x) / (1 + x)), "|- limit(x, 0, (exp(x)/(1 + x)), (exp(0)/(1 + 0)))"),
        (lambda: limit_value(x, a, sqrt(x) * f(x), (lt(0, a),)), "0 < a |- limit(x, a, (sqrt(x)*f(x)), (sqrt(a)*f(a)))"),
    ],
    "limit_through": [
        (lambda: limit_through(sqrt(1 - y), (y,), (DECAY,)), "0 < c |- limit(x, oo, sqrt((1 - (a*exp(-(c*x))))), sqrt((1 - 0)))"),
        (
            lambda: limit_through((2 + y) / (3 - z), (y, z), (INVERSE, limit_reciprocal(x))),
            "|- limit(x, oo, ((2 + (1/x))/(3 - (1/x))), ((2 + 0)/(3 - 0)))",
        ),
        (
            lambda: limit_through(y / z, (y, z), (assume(limit(x, b, f(x), a)), limit_value(x, b, exp(x)))),
            "limit(x, b, f(x), a) |- limit(x, b, (f(x)/exp(x)), (a/exp(b)))",
        ),
    ],
    "limit_same": [
        (
            lambda: limit_same(assume(limit(x, "oo", f(x), a - a)), algebra(a - a, num(0))),
            "limit(x, oo, f(x), (a - a)) |- limit(x, oo, f(x), 0)",
        ),
        (
            lambda: limit_same(assume(limit(x, b, f(x), a)), algebra(a, a * c / c, (ne(c, 0),))),
            "limit(x, b, f(x), a), c != 0 |- limit(x, b, f(x), ((a*c)/c))",
        ),
        (
            lambda: limit_same(limit_through(2 + y, (y,), (INVERSE,)), algebra(2 + 1 / x, (2 * x + 1) / x, (lt(0, x),))),
            "|- limit(x, oo, (((2*x) + 1)/x), (2 + 0))",
        ),
        (
            lambda: limit_same(limit_value(x, num(1), x + 1), algebra(x + 1, (x**2 - 1) / (x - 1), (ne(x, 1),))),
            "|- limit(x, 1, (((x**2) - 1)/(x - 1)), (1 + 1))",
        ),
        (
            lambda: limit_same(assume(limit(x, "-oo", f(x), a)), algebra(f(x), f(x) * sqrt(x**2) / -x, (lt(x, 0),))),
            "limit(x, -oo, f(x), a) |- limit(x, -oo, ((f(x)*sqrt((x**2)))/-x), a)",
        ),
    ],
    "limit_reciprocal": [(lambda: limit_reciprocal(x), "|- limit(x, oo, (1/x), 0)")],
    "limit_exponential": [(lambda: limit_exponential(x, a, c), "0 < c |- limit(x, oo, (a*exp(-(c*x))), 0)")],
    "limit_order": [
        (lambda: limit_order(slope_of_exp()), "|- limit(x, 0, (((exp(x) - 1)/x) - 1), 0)"),
        (lambda: limit_order(assume(bigo(x, 2, g(x)))), "bigo(x, 2, g(x)) |- limit(x, 0, g(x), 0)"),
    ],
}  # fmt: skip
