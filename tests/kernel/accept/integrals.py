"""What the rules for integrals prove: for each rule, calls and the theorem that each gives, as text."""

from derivations.kernel.equality import algebra, order
from derivations.kernel.integrals import (
    almost_everywhere,
    dominated_integrable,
    exchange,
    has_integral,
    inner_inside,
    inner_integrable,
    integral_ae,
    integral_below,
    joint_swap,
    no_flux,
    reweighted,
    reweighted_integrable,
    slope_integrable,
    split,
    split_sum,
    tonelli,
    tower,
    under_integral,
    weighted_integrable,
    zero_integral,
)
from derivations.kernel.logic import assume, specialize
from derivations.kernel.terms import (
    aeq,
    app,
    dominated,
    eq,
    exp,
    expect,
    forall,
    integrable,
    integral,
    interval,
    jointly,
    le,
    lt,
    ne,
    num,
    sum_,
    weighted,
)
from tests.kernel.letters import M, N, a, c, f, field, g, i, n, omega, u, x, y, z

HIDDEN, KNOWN = app("X", omega), app("Z", omega)
WEIGHT = weighted(y, exp(y), M)
DOMINATED = dominated(x, y, f(x, y), M)

ACCEPT = {
    "split": [
        (
            lambda: split(integral(x, f(x) + g(x) + 1, M)),
            "integrable(x, M, f(x)), integrable(x, M, g(x)), integrable(x, M, 1) |- int(x, M, (f(x) "
            "+ g(x) + 1)) = (int(x, M, f(x)) + int(x, M, g(x)) + int(x, M, 1))",
        ),
        (
            lambda: split(expect(x, f(x), g(x) - x)),
            "integrable(x, lebesgue(), (f(x)*g(x))), integrable(x, lebesgue(), (f(x)*-x)) |- E(x, "
            "f(x), (g(x) - x)) = (E(x, f(x), g(x)) + E(x, f(x), -x))",
        ),
        (
            lambda: split(integral(x, field(x) + u, M)),
            "integrable(x, M, F(x)), integrable(x, M, u) |- int(x, M, (F(x) + u)) = (int(x, M, F(x)) + int(x, M, u))",
        ),
    ],
    "split_sum": [
        (
            lambda: split_sum(integral(x, sum_(i, 1, n, f(i, x)), M)),
            "all(i, and(1 <= i, i <= n), integrable(x, M, f(i, x))) |- int(x, M, sum(i, 1, n, f(i, "
            "x))) = sum(i, 1, n, int(x, M, f(i, x)))",
        )
    ],
    "exchange": [
        (
            lambda: exchange(integral(x, integral(y, f(x, y), N), M)),
            "jointly(x, M, integrable(y, N, f(x, y))) |- int(x, M, int(y, N, f(x, y))) = int(y, N, int(x, M, f(x, y)))",
        ),
        (
            lambda: exchange(integral(x, expect(y, g(y), f(x, y)))),
            "jointly(x, lebesgue(), integrable(y, lebesgue(), (g(y)*f(x, y)))) |- int(x, lebesgue(), "
            "E(y, g(y), f(x, y))) = int(y, lebesgue(), int(x, lebesgue(), (g(y)*f(x, y))))",
        ),
    ],
    "tonelli": [
        (
            lambda: tonelli(
                x,
                y,
                f(x, y) ** 2,
                specialize(assume(forall(x, integrable(y, f(x, y) ** 2, N))), x),
                assume(integrable(x, integral(y, f(x, y) ** 2, N), M)),
                M,
                N,
            ),
            "all(x, true(), integrable(y, N, (f(x, y)**2))), integrable(x, M, int(y, N, (f(x, "
            "y)**2))) |- jointly(x, M, integrable(y, N, (f(x, y)**2)))",
        )
    ],
    "joint_swap": [
        (
            lambda: joint_swap(assume(jointly(x, y, f(x, y), M, N))),
            "jointly(x, M, integrable(y, N, f(x, y))) |- jointly(y, N, integrable(x, M, f(x, y)))",
        )
    ],
    "no_flux": [
        (
            lambda: no_flux(u, f(u) * u),
            "integrable(u, lebesgue(), divg(u, (f(u)*u), u)), vanishes(u, (f(u)*u)) |- int(u, "
            "lebesgue(), divg(u, (f(u)*u), u)) = 0",
        ),
        (
            lambda: no_flux(x, f(x)),
            "integrable(x, lebesgue(), diff(x, f(x), x)), vanishes(x, f(x)) |- int(x, lebesgue(), "
            "diff(x, f(x), x)) = 0",
        ),
    ],
    "under_integral": [
        (
            lambda: under_integral(x, integral(y, f(x, y), M)),
            "dominated(x, integrable(y, M, f(x, y))) |- diff(x, int(y, M, f(x, y)), x) = int(y, M, "
            "diff(x, f(x, y), x))",
        ),
        (
            lambda: under_integral(u, integral(y, f(u, y), M)),
            "dominated(u, integrable(y, M, f(u, y))) |- grad(u, int(y, M, f(u, y)), u) = int(y, M, "
            "grad(u, f(u, y), u))",
        ),
        (
            lambda: under_integral(x, expect(y, g(y), f(x, y))),
            "dominated(x, integrable(y, lebesgue(), (g(y)*f(x, y)))) |- diff(x, E(y, g(y), f(x, y)), "
            "x) = int(y, lebesgue(), diff(x, (g(y)*f(x, y)), x))",
        ),
    ],
    "dominated_integrable": [
        (
            lambda: dominated_integrable(assume(DOMINATED)),
            "dominated(x, integrable(y, M, f(x, y))) |- integrable(y, M, f(x, y))",
        )
    ],
    "slope_integrable": [
        (
            lambda: slope_integrable(assume(DOMINATED)),
            "dominated(x, integrable(y, M, f(x, y))) |- integrable(y, M, diff(x, f(x, y), x))",
        ),
        (
            lambda: slope_integrable(assume(dominated(u, y, f(u, y), M))),
            "dominated(u, integrable(y, M, f(u, y))) |- integrable(y, M, grad(u, f(u, y), u))",
        ),
    ],
    "inner_inside": [
        (
            lambda: inner_inside(u, integral(x, field(x), M)),
            "integrable(x, M, F(x)) |- inner(u, int(x, M, F(x))) = int(x, M, inner(u, F(x)))",
        )
    ],
    "reweighted": [
        (
            lambda: reweighted(integral(x, f(x), WEIGHT)),
            "|- int(x, weighted(y, exp(y), M), f(x)) = int(x, M, (exp(x)*f(x)))",
        ),
        (
            lambda: reweighted(integral(x, f(x), weighted(x, g(x), M)), (forall(z, lt(0, g(z))),)),
            "all(z, true(), 0 < g(z)) |- int(x, weighted(x, g(x), M), f(x)) = int(x, M, (g(x)*f(x)))",
        ),
    ],
    "reweighted_integrable": [
        (
            lambda: reweighted_integrable(assume(integrable(x, f(x), WEIGHT))),
            "integrable(x, weighted(y, exp(y), M), f(x)) |- integrable(x, M, (exp(x)*f(x)))",
        )
    ],
    "weighted_integrable": [
        (
            lambda: weighted_integrable(assume(integrable(x, exp(x) * f(x), M)), WEIGHT, f(x)),
            "integrable(x, M, (exp(x)*f(x))) |- integrable(x, weighted(y, exp(y), M), f(x))",
        )
    ],
    "inner_integrable": [
        (
            lambda: inner_integrable(u, assume(integrable(x, field(x), M))),
            "integrable(x, M, F(x)) |- integrable(x, M, inner(u, F(x)))",
        )
    ],
    "integral_below": [
        (
            lambda: integral_below(order(le(0, f(x) ** 2)), x, M),
            "integrable(x, M, 0), integrable(x, M, (f(x)**2)) |- int(x, M, 0) <= int(x, M, (f(x)**2))",
        ),
        (
            lambda: integral_below(order(le(x**2, x), (lt(0, x), lt(x, 1))), x, interval(0, 1)),
            "integrable(x, interval(0, 1), (x**2)), integrable(x, interval(0, 1), x) |- int(x, "
            "interval(0, 1), (x**2)) <= int(x, interval(0, 1), x)",
        ),
        (
            lambda: integral_below(order(le(f(x), f(x) + a), (le(0, a),)), x),
            "0 <= a, integrable(x, lebesgue(), f(x)), integrable(x, lebesgue(), (f(x) + a)) |- "
            "int(x, lebesgue(), f(x)) <= int(x, lebesgue(), (f(x) + a))",
        ),
    ],
    "has_integral": [
        (
            lambda: has_integral(assume(eq(integral(x, f(x), M), 1)), order(lt(0, num(1)))),
            "int(x, M, f(x)) = 1 |- integrable(x, M, f(x))",
        ),
        (
            lambda: has_integral(assume(eq(integral(x, f(x), M), c)), assume(ne(c, 0))),
            "int(x, M, f(x)) = c, c != 0 |- integrable(x, M, f(x))",
        ),
    ],
    "zero_integral": [
        (
            lambda: zero_integral(order(le(0, f(x) ** 2)), assume(eq(integral(x, f(x) ** 2, M), 0))),
            "int(x, M, (f(x)**2)) = 0, integrable(x, M, (f(x)**2)) |- aeq(x, M, (f(x)**2), 0)",
        )
    ],
    "almost_everywhere": [
        (
            lambda: almost_everywhere(
                assume(aeq(x, f(x), g(x), M)), algebra(f(x) ** 2, g(x) ** 2, (), (assume(eq(f(x), g(x))),))
            ),
            "aeq(x, M, f(x), g(x)) |- aeq(x, M, (f(x)**2), (g(x)**2))",
        )
    ],
    "integral_ae": [
        (
            lambda: integral_ae(assume(aeq(x, f(x), g(x), M)), x),
            "aeq(x, M, f(x), g(x)) |- int(x, M, f(x)) = int(x, M, g(x))",
        )
    ],
    "tower": [
        (
            lambda: tower(M, omega, y, HIDDEN, app("k", y, KNOWN), f(HIDDEN, KNOWN)),
            "conditional(omega, M, X(omega), int(y, lebesgue(), k(y, Z(omega)))), integrable(omega, "
            "M, f(X(omega), Z(omega))) |- int(omega, M, f(X(omega), Z(omega))) = int(omega, M, "
            "int(y, lebesgue(), (k(y, Z(omega))*f(y, Z(omega)))))",
        ),
        (
            lambda: tower(M, omega, y, HIDDEN, app("k", y), HIDDEN**2 + c),
            "conditional(omega, M, X(omega), int(y, lebesgue(), k(y))), integrable(omega, M, "
            "((X(omega)**2) + c)) |- int(omega, M, ((X(omega)**2) + c)) = int(omega, M, int(y, "
            "lebesgue(), (k(y)*((y**2) + c))))",
        ),
    ],
}
