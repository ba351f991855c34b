"""What the rules for sums and products refuse: for each rule and each way to fail, a call and the refusal's words."""

from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import assume, weaken
from derivations.kernel.sums import empty, log_product, peel_first, peel_last, sum_below, telescope, under
from derivations.kernel.terms import (
    diff,
    eq,
    eye,
    forall,
    grad,
    integrable,
    integral,
    interval,
    le,
    lt,
    norm2,
    num,
    prod_,
    sqrt,
    sum_,
    trace,
)
from tests.kernel.letters import M, a, f, g, i, k, n, u, x, y

SUM = sum_(i, 1, n, f(i))
SAME = algebra(x * f(x), f(x) * x)
SIZED = assume(forall(n, eq(f(n), trace(eye(n)))))

REJECT = {
    "peel_last": [(lambda: peel_last(integral(x, f(x))), "peel_last: needs a sum or a product, got int")],
    "peel_first": [(lambda: peel_first(f(i)), "peel_first: needs a sum or a product, got f\\(i\\)")],
    "empty": [
        (lambda: empty(f(i)), "empty: needs a sum or a product"),
    ],
    "telescope": [
        (lambda: telescope(x, num(1), n, f(x)), "telescope: x is not an integer symbol"),
        (lambda: telescope(i, num(1), x, f(i)), "i has sort"),
    ],
    "log_product": [
        (lambda: log_product(SUM), "log_product: needs a product, got sum"),
        (lambda: log_product(prod_(i, 1, n, f(i))), "log_product: the factor f\\(i\\) is not proved positive"),
        (lambda: log_product(prod_(i, 0, n, i)), "log_product: the factor i is not proved positive"),
        (lambda: log_product(prod_(i, 0, n, 1 / i)), "log_product: .* owes i != 0"),
        (lambda: log_product(prod_(i, -1, n, i), (lt(0, i),)), "log_product: i occurs free in the hypothesis 0 < i"),
        (lambda: log_product(prod_(i, 1, n, f(i)), (forall(k, lt(0, f(k)), lt(1, k)),)), "is not proved positive"),
    ],
    "under": [
        (lambda: under(f(x), SAME), "under: f\\(x\\) is not a binder"),
        (lambda: under(integrable(x, x * f(x)), SAME), "is not a binder"),
        (lambda: under(integral(x, x, M), assume(lt(x, y))), "under: needs an equation, got x < y"),
        (lambda: under(integral(x, g(x), M), SAME), "is not a body of int"),
        (lambda: under(integral(x, x, M), assume(eq(x, y))), "under: x occurs free in the hypothesis x = y"),
        (lambda: under(sum_(i, 0, n, sqrt(i**2)), algebra(sqrt(i**2), i, (le(1, i),))), "i occurs free .* 1 <= i"),
        (
            lambda: under(integral(x, sqrt(x**2)), algebra(sqrt(x**2), x, (lt(0, x),))),
            "x occurs free in the hypothesis 0 < x",
        ),
        (
            lambda: under(integral(x, sqrt(x**2), interval(-1, 1)), algebra(sqrt(x**2), x, (lt(0, x),))),
            "x occurs free in the hypothesis 0 < x",
        ),
        (lambda: under(diff(x, sqrt(x**2), a), algebra(sqrt(x**2), x, (lt(0, x),))), "x occurs free"),
        (lambda: under(diff(x, x, num(1)), assume(eq(x, num(1)))), "under: x occurs free in the hypothesis x = 1"),
        (lambda: under(sum_(k, -5, -5, f(k)), algebra(f(k), k, (), (SIZED,))), "under: k is a dimension, and what"),
        (
            lambda: under(grad(u, norm2(u)), weaken(algebra(norm2(u), norm2(u) + 0), lt(0, norm2(u)))),
            "u occurs free",
        ),
    ],
    "sum_below": [
        (lambda: sum_below(prod_(i, 1, n, f(i)), assume(le(f(i), 1))), "sum_below: needs body <= something"),
        (lambda: sum_below(SUM, assume(lt(f(i), 1))), "sum_below: needs body <= something"),
        (lambda: sum_below(SUM, assume(le(g(i), 1))), "sum_below: needs body <= something"),
        (lambda: sum_below(SUM, assume(le(f(i), 1))), "sum_below: i occurs free in the hypothesis f\\(i\\) <= 1"),
        (lambda: sum_below(sum_(i, 0, n, 1 / i), order(le(1 / i, 1), (le(1, i),))), "i occurs free"),
        (lambda: sum_below(integral(x, f(x)), assume(le(f(x), 1))), "sum_below: needs a sum or a product"),
        (lambda: sum_below(sum_(k, -5, -5, f(k)), order(le(f(k), k), (), (SIZED,))), "sum_below: k is a dimension"),
    ],
}
