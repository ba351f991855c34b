"""What the rules for limits refuse: for each rule and each way to fail, a call and the refusal's words."""

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
from derivations.kernel.series import taylor
from derivations.kernel.terms import bigo, eq, exp, integral, limit, log, lt, ne, num, prod_, sqrt
from tests.kernel.accept.limits import DECAY, INVERSE
from tests.kernel.letters import M, a, b, c, f, field, i, n, u, x, y, z

ONE = limit_value(x, num(1), x + 1)

REJECT = {
    "limit_value": [
        (lambda: limit_value(x, num(0), 1 / x), "limit_value: \\(1/x\\) at x = 0 owes 0 != 0"),
        (lambda: limit_value(x, num(0), (exp(x) - 1) / x), "owes 0 != 0"),
        (lambda: limit_value(x, num(0), sqrt(x)), "owes 0 > 0"),
        (lambda: limit_value(x, num(0), log(x)), "owes 0 > 0"),
        (lambda: limit_value(x, a, 1 / x), "owes a != 0"),
        (lambda: limit_value(x, a, sqrt(x), (lt(0, x),)), "limit_value: x occurs free in the hypothesis 0 < x"),
        (lambda: limit_value(x, x, f(x)), "an end free of x, got f\\(x\\) and x"),
        (lambda: limit_value(x, a, field(x)), "needs a scalar and an end free of x"),
        (lambda: limit_value(x, a, prod_(i, 1, n, f(i, x))), "no rule differentiates .* in x"),
        (lambda: limit_value(x, a, integral(y, f(x, y), M)), "no rule differentiates .* in x"),
        (lambda: limit_value(n, num(0), f(n)), "no rule differentiates|a real variable tends to"),
    ],
    "limit_through": [
        (lambda: limit_through(1 / y, (y,), (DECAY,)), "limit_through: \\(1/y\\) at y = 0 owes 0 != 0"),
        (lambda: limit_through(sqrt(y), (y,), (DECAY,)), "at y = 0 owes 0 > 0"),
        (lambda: limit_through(log(y), (y,), (INVERSE,)), "at y = 0 owes 0 > 0"),
        (lambda: limit_through(z / y, (y, z), (INVERSE, INVERSE)), "at y = 0, z = 0 owes 0 != 0"),
        (lambda: limit_through(x * y, (y,), (INVERSE,)), "a context free of x, got \\(x\\*y\\)"),
        (lambda: limit_through(y + z, (y, z), (INVERSE, ONE)), "have other ends"),
        (lambda: limit_through(y + z, (y, z), (ONE, limit_value(x, num(2), x))), "have other ends"),
        (lambda: limit_through(y + z, (y, z), (INVERSE, limit_reciprocal(b))), "have other ends"),
        (lambda: limit_through(y, (), ()), "limit_through: 0 holes for 0 limits"),
        (lambda: limit_through(y, (y, y), (INVERSE, INVERSE)), "limit_through: 2 holes for 2 limits"),
        (lambda: limit_through(y, (y,), (algebra(x, x),)), "limit_through: needs a limit, got x = x"),
        (lambda: limit_through(y, (y,), (INVERSE, INVERSE)), "limit_through: 1 holes for 2 limits"),
        (lambda: limit_through(y, (y + 1,), (INVERSE,)), "needs real holes"),
        (lambda: limit_through(f(u), (u,), (INVERSE,)), "needs real holes"),
        (lambda: limit_through(y / x, (y,), (assume(limit(z, "oo", f(z), a)),), (lt(0, z), ne(x, 0))), "z occurs free in the hypothesis"),
    ],
    "limit_same": [
        (lambda: limit_same(assume(limit(x, "oo", f(x), a)), assume(eq(a, x))), "x occurs free in the hypothesis a = x"),
        (
            lambda: limit_same(assume(limit(x, "oo", f(x), a)), algebra(a, sqrt(x**2) + a - x, (lt(0, x),))),
            "x occurs free in the hypothesis 0 < x",
        ),
        (lambda: limit_same(INVERSE, algebra(x, x)), "limit_same: x = x does not start from \\(1/x\\)"),
        (lambda: limit_same(INVERSE, assume(eq(1 / x, num(1)))), "x occurs free in the hypothesis \\(1/x\\) = 1"),
        (lambda: limit_same(limit_value(x, num(0), x), algebra(x, sqrt(x**2), (lt(0, x),))), "x occurs free in the hypothesis 0 < x"),
        (lambda: limit_same(ONE, algebra(x + 1, x + 1 + (x - 2) * 0 / (x - 2), (ne(x, 2),))), "x occurs free in the hypothesis x != 2"),
        (lambda: limit_same(INVERSE, algebra(1 / x, -1 / sqrt(x**2), (lt(x, 0),))), "x occurs free in the hypothesis x < 0"),
        (
            lambda: limit_same(assume(limit(x, "oo", f(x), 0)), algebra(f(x), sqrt(f(x) ** 2), (lt(0, x), lt(0, f(x))))),
            "x occurs free in the hypothesis 0 < f\\(x\\)",
        ),
        (
            lambda: limit_same(assume(limit(x, "oo", x - f(x), 0)), algebra(x - f(x), sqrt((x - f(x)) ** 2), (lt(f(x), x),))),
            "x occurs free in the hypothesis f\\(x\\) < x",
        ),
        (
            lambda: limit_same(assume(limit(x, x + c, 1, 1)), algebra(num(1), c / c, (ne(x, x + c),))),
            "x occurs free in the hypothesis x != ",
        ),
        (lambda: limit_same(INVERSE, assume(lt(1 / x, y))), "does not start from \\(1/x\\)"),
        (lambda: limit_same(algebra(x, x), algebra(x, x)), "limit_same: needs a limit, got x = x"),
    ],
    "limit_reciprocal": [
        (lambda: limit_reciprocal(n), "a real variable tends to a number, oo or -oo; got n"),
        (lambda: limit_reciprocal(x + 1), "the bound variable must be a symbol"),
    ],
    "limit_exponential": [
        (lambda: limit_exponential(x, x, c), "limit_exponential: x and c must be free of x"),
        (lambda: limit_exponential(x, a, x**2), "must be free of x"),
    ],
    "limit_order": [
        (lambda: limit_order(taylor(x, 0, exp(x))), "limit_order: needs a scalar of order at least 1"),
        (lambda: limit_order(assume(bigo(x, 1, field(x)))), "needs a scalar of order at least 1"),
        (lambda: limit_order(algebra(x, x)), "limit_order: needs an order in a small step, got x = x"),
    ],
}  # fmt: skip
