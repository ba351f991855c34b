"""What the rules for orders in a small step refuse: for each rule and each way to fail, a call and the refusal's words.

Each of these would prove something false, or something of which the kernel knows nothing.
"""

from fractions import Fraction

from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume
from derivations.kernel.series import (
    order_product,
    order_quotient,
    order_same,
    order_sum,
    order_through,
    taylor,
)
from derivations.kernel.terms import (
    LEBESGUE,
    bigo,
    eq,
    exp,
    integral,
    inv,
    le,
    log,
    logdet,
    lt,
    ne,
    norm2,
    num,
    prod_,
    sqrt,
    sym,
)
from tests.kernel.accept.series import FIRST, HERE, SECOND, curve, h, time
from tests.kernel.letters import A, B, S, a, f, field, g, i, k, n, u, x

other = sym("k")
FREE = assume(bigo(x, 1, f(x, h)))

REJECT = {
    "taylor": [
        (lambda: taylor(h, 1, 1 + h), "taylor: derivative 0 of \\(1 \\+ h\\) at h = 0 is not 0 but 1"),
        (lambda: taylor(h, 3, exp(a * h) - 1 - a * h), "derivative 2 of .* at h = 0 is not 0 but a\\^2"),
        (lambda: taylor(h, 3, exp(h) - 1 - h - h**2), "derivative 2 of .* is not 0 but -1"),
        (lambda: taylor(h, 2, norm2(u + h * u) - norm2(u)), "derivative 1 of .* is not 0 but 2\\*inner\\(u, u\\)"),
        (
            lambda: taylor(h, 3, curve(time + h) - curve(time) - h * field(curve(time), time), (), (HERE,)),
            "derivative 2 of .* at h = 0 is not 0",
        ),
        (lambda: taylor(h, 2, curve(time + h) - curve(time) - h * field(curve(time), time)), "derivative 1 of .* is not 0"),
        (lambda: taylor(h, 1, sqrt(h)), "taylor: bigo\\(h, 1, sqrt\\(h\\)\\) owes 0 > 0"),
        (lambda: taylor(h, 1, sqrt(h**2)), "owes 0 > 0 \\(for a derivative\\)"),
        (lambda: taylor(h, 0, 1 / h), "derivative 0 of \\(1/h\\) at h = 0 owes 0 != 0"),
        (lambda: taylor(h, 0, log(h)), "owes 0 > 0"),
        (lambda: taylor(h, 0, log(a + h)), "owes a > 0"),
        (lambda: taylor(h, 1, (exp(h) - 1) / h - 1), "owes 0 != 0"),
        (lambda: taylor(h, 0, logdet(S + h * A) - logdet(h * S)), "owes"),
        (lambda: taylor(h, 1, h - a, (), (assume(eq(h, a)),)), "taylor: h occurs free in the hypothesis h = a"),
        (lambda: taylor(h, 1, sqrt(h) * 0 + h, (lt(0, h),)), "taylor: h occurs free in the hypothesis 0 < h"),
        (lambda: taylor(h, 1, h * prod_(i, 1, n, f(i, h))), "no rule differentiates .* in h"),
        (lambda: taylor(h, 1, integral(x, f(x, h), LEBESGUE) * h), "no rule differentiates .* in h"),
        (lambda: taylor(h, -1, h), "a whole order of at least 0"),
        (lambda: taylor(h, Fraction(1, 2), h), "taylor: the order must be a whole number, got Fraction|a whole order"),
        (lambda: taylor(h, Fraction(2), h), "taylor: the order must be a whole number"),
        (lambda: taylor(k, 1, f(k)), "bigo: a real variable and a whole order"),
        (lambda: taylor(h, 1, lt(0, h)), "bigo: needs a number, a vector or a matrix"),
    ],
    "order_sum": [
        (lambda: order_sum(FIRST, algebra(x, x)), "order_sum: needs an order in a small step, got x = x"),
        (lambda: order_sum(FIRST, taylor(other, 1, other)), "order_sum: the steps h, k are not one"),
        (lambda: order_sum(FIRST, assume(bigo(h, 1, field(h)))), "different sorts"),
        (lambda: order_sum(), "order_sum: needs at least one theorem"),
    ],
    "order_product": [
        (lambda: order_product(FIRST, algebra(x, x)), "order_product: needs an order in a small step"),
        (lambda: order_product(FIRST, taylor(other, 1, other)), "order_product: the steps h, k are not one"),
        (lambda: order_product(assume(bigo(h, 1, field(h))), assume(bigo(h, 1, field(h)))), "do not fit"),
    ],
    "order_quotient": [
        (lambda: order_quotient(SECOND, 3), "order_quotient: a is O\\(h\\^2\\), so it is not divided by h\\^3"),
        (lambda: order_quotient(SECOND, -1), "so it is not divided by h\\^-1"),
        (lambda: order_quotient(SECOND, Fraction(1, 2)), "so it is not divided by h\\^1/2"),
        (lambda: order_quotient(algebra(x, x), 1), "order_quotient: needs an order in a small step"),
    ],
    "order_same": [
        (lambda: order_same(FIRST, algebra(h, h)), "order_same: h = h does not start from \\(h\\*f\\(h\\)\\)"),
        (lambda: order_same(FIRST, assume(eq(h * f(h), num(1)))), "h occurs free in the hypothesis \\(h\\*f\\(h\\)\\) = 1"),
        (lambda: order_same(taylor(h, 1, h), algebra(h, sqrt(h**2), (le(0, h),))), "h occurs free in the hypothesis 0 <= h"),
        (lambda: order_same(taylor(h, 1, h), algebra(h, h * x / x, (ne(x, 0), ne(h, 1)))), "h occurs free in the hypothesis h != 1"),
        (lambda: order_same(FIRST, assume(lt(h * f(h), 1))), "does not start from"),
        (lambda: order_same(algebra(x, x), algebra(x, x)), "order_same: needs an order in a small step"),
    ],
    "order_through": [
        (lambda: order_through(SECOND, taylor(h, 0, g(h)), exp(x), x), "is not a difference that ends in -g\\(h\\)"),
        (
            lambda: order_through(assume(bigo(h, 1, f(h) - h)), taylor(h, 0, h), sqrt(x), x),
            "order_through: sqrt\\(x\\) may not be smooth everywhere in x and h",
        ),
        (lambda: order_through(assume(bigo(h, 1, f(h) - h)), taylor(h, 0, h), 1 / x, x), "may not be smooth everywhere"),
        (lambda: order_through(assume(bigo(h, 1, f(h) - h)), taylor(h, 0, h), x / h, x), "may not be smooth everywhere"),
        (lambda: order_through(assume(bigo(h, 0, f(h) - h)), taylor(h, 0, h), exp(x), x), "an order of at least 1"),
        (lambda: order_through(assume(bigo(h, 1, f(h) - h)), taylor(h, 0, h), exp(h), h), "a real or vector hole like h"),
        (lambda: order_through(assume(bigo(h, 1, f(h) - h)), taylor(h, 0, h), norm2(u), u), "a real or vector hole like h"),
        (
            lambda: order_through(assume(bigo(h, 1, A - h * A)), assume(bigo(h, 0, h * A)), inv(B), B),
            "a real or vector hole like \\(h\\*A\\)",
        ),
        (lambda: order_through(assume(bigo(h, 1, f(h) * -g(h))), taylor(h, 0, g(h)), exp(x), x), "is not a difference"),
        (lambda: order_through(assume(bigo(h, 1, f(h) - h)), taylor(h, 0, h), exp(x), x + 1), "a real or vector hole like h"),
        (lambda: order_through(assume(bigo(h, 1, f(h) - 1 / h)), assume(bigo(other, 0, 1 / h)), exp(x), x), "the steps h, k are not one"),
    ],
}  # fmt: skip
