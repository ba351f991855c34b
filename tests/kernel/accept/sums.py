"""What the rules for sums and products prove: for each rule, calls and the theorem that each gives, as text."""

from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import assume
from derivations.kernel.sums import empty, log_product, peel_first, peel_last, sum_below, telescope, under
from derivations.kernel.terms import (
    comps,
    diag,
    diff,
    divergence,
    eq,
    exp,
    expect,
    forall,
    grad,
    integral,
    interval,
    kl,
    le,
    lt,
    norm2,
    num,
    prod_,
    sqrt,
    sum_,
)
from tests.kernel.letters import M, a, d, f, field, g, i, k, n, u, x, y

SUM = sum_(i, 1, n, f(i))
SAME = algebra(x * f(x), f(x) * x)
ROOT = algebra(sqrt(x**2), x, (lt(0, x),))

ACCEPT = {
    "peel_last": [
        (lambda: peel_last(SUM), "1 <= n |- sum(i, 1, n, f(i)) = (sum(i, 1, (n - 1), f(i)) + f(n))"),
        (
            lambda: peel_last(prod_(i, 0, n, i + a)),
            "0 <= n |- prod(i, 0, n, (i + a)) = (prod(i, 0, (n - 1), (i + a))*(n + a))",
        ),
        (lambda: peel_last(sum_(i, 1, i, f(i))), "1 <= i |- sum(i, 1, i, f(i)) = (sum(i, 1, (i - 1), f(i)) + f(i))"),
    ],
    "peel_first": [
        (lambda: peel_first(SUM), "1 <= n |- sum(i, 1, n, f(i)) = (f(1) + sum(i, (1 + 1), n, f(i)))"),
        (
            lambda: peel_first(prod_(i, 0, n, i + a)),
            "0 <= n |- prod(i, 0, n, (i + a)) = ((0 + a)*prod(i, (0 + 1), n, (i + a)))",
        ),
    ],
    "empty": [
        (lambda: empty(SUM), "n < 1 |- sum(i, 1, n, f(i)) = 0"),
        (lambda: empty(sum_(i, 3, 2, f(i))), "|- sum(i, 3, 2, f(i)) = 0"),
        (lambda: empty(prod_(i, n + 1, n, f(i))), "|- prod(i, (n + 1), n, f(i)) = 1"),
        (lambda: empty(SUM, (le(n, 0),)), "n <= 0 |- sum(i, 1, n, f(i)) = 0"),
        (lambda: empty(SUM, (le(n, 1),)), "n <= 1, n < 1 |- sum(i, 1, n, f(i)) = 0"),
    ],
    "telescope": [
        (
            lambda: telescope(i, num(1), n, f(i) * i),
            "1 <= (n + 1) |- sum(i, 1, n, ((f(i)*i) - (f((i - 1))*(i - 1)))) = ((f(n)*n) - (f((1 - 1))*(1 - 1)))",
        )
    ],
    "log_product": [
        (
            lambda: log_product(prod_(i, 1, n, i * exp(a))),
            "|- log(prod(i, 1, n, (i*exp(a)))) = sum(i, 1, n, log((i*exp(a))))",
        ),
        (
            lambda: log_product(prod_(i, 1, n, f(i)), (forall(k, lt(0, f(k))),)),
            "all(k, true(), 0 < f(k)) |- log(prod(i, 1, n, f(i))) = sum(i, 1, n, log(f(i)))",
        ),
    ],
    "under": [
        (
            lambda: under(sum_(i, 1, n, sqrt(i**2)), algebra(sqrt(i**2), i, (le(1, i),))),
            "|- sum(i, 1, n, sqrt((i**2))) = sum(i, 1, n, i)",
        ),
        (
            lambda: under(prod_(i, 1, n, i + i), algebra(i + i, 2 * i)),
            "|- prod(i, 1, n, (i + i)) = prod(i, 1, n, (2*i))",
        ),
        (lambda: under(integral(x, x * f(x), M), SAME), "|- int(x, M, (x*f(x))) = int(x, M, (f(x)*x))"),
        (
            lambda: under(integral(x, sqrt(x**2), interval(0, 1)), ROOT),
            "|- int(x, interval(0, 1), sqrt((x**2))) = int(x, interval(0, 1), x)",
        ),
        (lambda: under(expect(x, g(x), x * f(x)), SAME), "|- E(x, g(x), (x*f(x))) = E(x, g(x), (f(x)*x))"),
        (lambda: under(kl(x, x * f(x), g(x)), SAME), "|- KL(x, (x*f(x)), g(x)) = KL(x, (f(x)*x), g(x))"),
        (lambda: under(diff(x, x * f(x), a), SAME), "|- diff(x, (x*f(x)), a) = diff(x, (f(x)*x), a)"),
        (
            lambda: under(grad(u, norm2(u + u)), algebra(norm2(u + u), 4 * norm2(u))),
            "|- grad(u, norm2((u + u)), u) = grad(u, (4*norm2(u)), u)",
        ),
        (
            lambda: under(divergence(u, field(u) * 2), algebra(field(u) * 2, 2 * field(u))),
            "|- divg(u, (F(u)*2), u) = divg(u, (2*F(u)), u)",
        ),
        (lambda: under(comps(i, i + i, d), algebra(i + i, 2 * i)), "|- comps(i, (i + i)) = comps(i, (2*i))"),
        (lambda: under(diag(i, i + i, d), algebra(i + i, 2 * i)), "|- diag(i, (i + i)) = diag(i, (2*i))"),
        (lambda: under(sum_(i, 1, n, y), assume(eq(y, a))), "y = a |- sum(i, 1, n, y) = sum(i, 1, n, a)"),
    ],
    "sum_below": [
        (
            lambda: sum_below(sum_(i, 1, n, 1 / i), order(le(1 / i, 1), (le(1, i),))),
            "|- sum(i, 1, n, (1/i)) <= sum(i, 1, n, 1)",
        ),
        (
            lambda: sum_below(sum_(i, 1, n, f(i)), order(le(f(i), f(i) + x), (le(0, x),))),
            "0 <= x |- sum(i, 1, n, f(i)) <= sum(i, 1, n, (f(i) + x))",
        ),
    ],
}
