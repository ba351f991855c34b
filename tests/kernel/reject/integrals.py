"""What the rules for integrals refuse: for each rule and each way to fail, a call and the refusal's words."""

from derivations.kernel.decay import gaussian_integrable
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
from derivations.kernel.logic import assume, specialize, weaken
from derivations.kernel.terms import (
    MEASURE,
    aeq,
    app,
    diff,
    eq,
    exp,
    forall,
    integrable,
    integral,
    interval,
    jointly,
    le,
    lt,
    ne,
    norm2,
    num,
    sqrt,
    sum_,
    weighted,
)
from tests.kernel.letters import A, M, N, a, c, f, field, g, i, n, omega, u, x, y

HIDDEN = app("X", omega)
SEEN = app("h", omega, x)
MOVING = app("K", x, sort=MEASURE)
PROPER = assume(integrable(x, f(x), M))
WEIGHT = weighted(y, exp(y), M)
ODD = x * exp(-(1 * x**2))
SILENT = assume(integrable(x, integral(x, ODD), interval(0, "oo")))  # what is 0 is integrable everywhere


def both(body, first=M, second=N):
    """body is integrable in y for every x, and its integral in x: as tonelli wants it."""
    inside = specialize(assume(forall(x, integrable(y, body, second))), x)
    return inside, assume(integrable(x, integral(y, body, second), first)), first, second


def beyond(body):
    """body is integrable in y for every x, and its integral in x beyond y, another y, for every such y."""
    inside, _, _, second = both(body)
    far = specialize(assume(forall(a, integrable(x, integral(y, body, second), interval(a, "oo")))), y)
    return inside, far, interval(y, "oo"), second


REJECT = {
    "split": [
        (lambda: split(f(x)), "split: needs an integral or an expectation, got f\\(x\\)"),
        (lambda: split(integral(x, f(x), M)), "split: the body f\\(x\\) is not a sum"),
    ],
    "split_sum": [
        (lambda: split_sum(integral(x, f(x), M)), "split_sum: needs a sum over a range free of x"),
        (lambda: split_sum(integral(x, sum_(i, 1, app("N", x, sort=i.sort), f(i)), M)), "a range free of x"),
        (
            lambda: split_sum(integral(x, sum_(i, 1, n, f(i, x)), app("K", i, sort=MEASURE))),
            "split_sum: the measure or the range depends on i",
        ),
        (lambda: split_sum(integral(x, sum_(i, 2 * i, 9, f(i, x)), M)), "the measure or the range depends on i"),
        (lambda: split_sum(integral(x, sum_(i, 0, 2 * i, f(i, x)), M)), "the measure or the range depends on i"),
        (
            lambda: split_sum(integral(i, sum_(i, 1, n, f(i)), M)),
            "split_sum: the measure or the range depends on i",
        ),
    ],
    "exchange": [
        (lambda: exchange(integral(x, f(x), M)), "exchange: needs an integral or an expectation, got f\\(x\\)"),
        (lambda: exchange(integral(x, integral(y, f(x, y), MOVING), M)), "the measures of x and y are not independent"),
        (lambda: exchange(integral(x, integral(x, f(x), N), M)), "the measures of x and x are not independent"),
        (
            lambda: exchange(integral(x, integral(y, f(x, y), N), app("K", y, sort=MEASURE))),
            "the measures of x and y are not independent",
        ),
    ],
    "tonelli": [
        (lambda: tonelli(x, y, f(x, y), PROPER, PROPER, M, N), "tonelli: needs integrable"),
        (lambda: tonelli(x, y, f(x, y), *both(f(x, y))), "tonelli: f\\(x, y\\) is not proved to be >= 0"),
        (
            lambda: tonelli(x, y, g(x, y) ** 2, assume(integrable(y, g(x, y) ** 2, N)), both(g(x, y) ** 2)[1], M, N),
            "tonelli: x occurs free in the hypothesis",
        ),
        (
            lambda: tonelli(x, y, x**2, both(x**2)[0], weaken(both(x**2)[1], lt(0, y)), M, N),
            "tonelli: y occurs free in the hypothesis 0 < y",
        ),
        (  # an odd function of one variable, and x > 0 said of the other
            lambda: tonelli(x, x, ODD, gaussian_integrable(x, ODD), SILENT, interval(0, "oo")),
            "tonelli: .* or they are one variable",
        ),
        (lambda: tonelli(x, y, 1 / x**2, *both(1 / x**2)), "tonelli: .* owes x != 0"),
        (
            lambda: tonelli(x, y, (x - y) * g(x, y) ** 2, *beyond((x - y) * g(x, y) ** 2)),
            "the measure of x depends on y",
        ),
        (lambda: tonelli(x, y, f(x, y), both(f(x, y))[0], PROPER, M, N), "tonelli: needs integrable"),
        (lambda: tonelli(x, y, f(x, y), PROPER, both(f(x, y))[1], M, N), "tonelli: needs integrable"),
    ],
    "joint_swap": [
        (lambda: joint_swap(PROPER), "joint_swap: needs a joint integrability"),
        (lambda: joint_swap(assume(jointly(x, y, f(x, y), M, MOVING))), "are not independent"),
        (lambda: joint_swap(assume(jointly(x, x, f(x), M, N))), "are not independent"),
        (lambda: joint_swap(assume(jointly(x, y, f(x, y), app("K", y, sort=MEASURE), N))), "are not independent"),
    ],
    "no_flux": [
        (lambda: no_flux(u, f(u)), "divg: needs a vec"),
        (lambda: no_flux(x, field(x)), "vanishes: F\\(x\\) is not a field on the space of x"),
        (lambda: no_flux(n, f(n)), "diff: the variable must be real"),
        (lambda: no_flux(x, x / sqrt(x**2) * exp(-(x**2))), r"no_flux: .* may not be differentiable at every x"),
        (lambda: no_flux(u, exp(-norm2(u)) / norm2(u) * u), r"no_flux: .* may not be differentiable at every u"),
        (lambda: no_flux(x, diff(x, sqrt(x**2) * exp(-(x**2)))), r"no_flux: .* may not be differentiable at every x"),
        (lambda: no_flux(x, f(x * A) * exp(-(x**2))), r"no_flux: .* may not be differentiable at every x"),
        (lambda: no_flux(x, f(MOVING) * exp(-(x**2))), r"no_flux: .* may not be differentiable at every x"),
        (lambda: no_flux(x, integral(y, f(x, y), M)), r"no_flux: .* may not be differentiable at every x"),
    ],
    "under_integral": [
        (lambda: under_integral(x, f(x)), "under_integral: needs an integral or an expectation"),
        (lambda: under_integral(x, integral(y, f(x, y), MOVING)), "under_integral: the measure depends on x"),
        (lambda: under_integral(x, integral(x, f(x), M)), "under_integral: the measure depends on x"),
    ],
    "dominated_integrable": [(lambda: dominated_integrable(PROPER), "dominated_integrable: needs a domination")],
    "slope_integrable": [(lambda: slope_integrable(PROPER), "slope_integrable: needs a domination")],
    "inner_inside": [
        (lambda: inner_inside(u, f(x)), "inner_inside: needs an integral or an expectation"),
        (lambda: inner_inside(field(x), integral(x, field(x), M)), "inner_inside: F\\(x\\) depends on x"),
        (lambda: inner_inside(u, integral(x, f(x), M)), "inner: needs a vec"),
    ],
    "reweighted": [
        (lambda: reweighted(f(x)), "reweighted: needs an integral or an expectation"),
        (lambda: reweighted(integral(x, f(x), M)), "M is not a weighted measure of x"),
        (lambda: reweighted(integral(x, f(x), weighted(u, f(u), M))), "is not a weighted measure of x"),
        (lambda: reweighted(integral(x, f(x), weighted(y, f(x, y), M))), "is not a weighted measure of x"),
        (lambda: reweighted(integral(x, f(x), weighted(x, x, M))), "the weight x is not proved to be >= 0"),
        (lambda: reweighted(integral(x, f(x), weighted(x, x, M)), (lt(0, x),)), "x occurs free in the hypothesis"),
        (lambda: reweighted(integral(x, f(x), weighted(x, 1 / x**2, M))), "owes x != 0"),
    ],
    "reweighted_integrable": [
        (lambda: reweighted_integrable(assume(lt(0, x))), "reweighted_integrable: needs an integrability"),
        (lambda: reweighted_integrable(PROPER), "M is not a weighted measure of x"),
        (
            lambda: reweighted_integrable(assume(integrable(x, f(x), weighted(x, x, M)))),
            "the weight x is not proved to be >= 0",
        ),
    ],
    "weighted_integrable": [
        (lambda: weighted_integrable(assume(lt(0, x)), WEIGHT, f(x)), "needs an integrability"),
        (lambda: weighted_integrable(PROPER, M, f(x)), "M is not a weighted measure of x"),
        (lambda: weighted_integrable(PROPER, WEIGHT, f(x)), "weighted_integrable: needs integrable\\(x, M, \\(exp"),
        (
            lambda: weighted_integrable(assume(integrable(x, x * f(x), M)), weighted(x, x, M), f(x)),
            "the weight x is not proved to be >= 0",
        ),
    ],
    "inner_integrable": [
        (lambda: inner_integrable(u, PROPER), "needs an integrable vector and a fixed one"),
        (lambda: inner_integrable(u, assume(lt(0, x))), "needs an integrable vector and a fixed one"),
        (lambda: inner_integrable(field(x), assume(integrable(x, field(x), M))), "and a fixed one"),
    ],
    "integral_below": [
        (lambda: integral_below(assume(lt(f(x), g(x))), x), "integral_below: needs an inequality <="),
        (lambda: integral_below(assume(le(f(x), g(x))), x), "integral_below: x occurs free in the hypothesis"),
        (
            lambda: integral_below(order(le(x**2, x), (lt(0, x), lt(x, 1))), x, interval(0, 2)),
            "integral_below: x occurs free in the hypothesis x < 1",
        ),
    ],
    "has_integral": [
        (lambda: has_integral(assume(eq(f(x), 1)), order(lt(0, num(1)))), "needs an integral or an expectation"),
        (
            lambda: has_integral(assume(eq(integral(x, f(x), M), c)), assume(le(0, c))),
            "has_integral: needs int f = c and c != 0",
        ),
        (
            lambda: has_integral(assume(eq(integral(x, f(x), M), c)), assume(ne(a, 0))),
            "has_integral: needs int f = c and c != 0",
        ),
        (
            lambda: has_integral(assume(lt(integral(x, f(x), M), c)), assume(lt(0, c))),
            "has_integral: needs int f = c and c != 0",
        ),
    ],
    "zero_integral": [
        (
            lambda: zero_integral(assume(le(0, g(x))), assume(eq(integral(x, f(x), M), 0))),
            "zero_integral: needs 0 <= f\\(x\\) and int = 0",
        ),
        (
            lambda: zero_integral(order(le(0, f(x) ** 2)), assume(eq(integral(x, f(x) ** 2, M), 1))),
            "zero_integral: needs 0 <= .* and int = 0",
        ),
        (
            lambda: zero_integral(order(le(0, f(x) ** 2)), assume(le(integral(x, f(x) ** 2, M), 0))),
            "zero_integral: needs 0 <= .* and int = 0",
        ),
        (
            lambda: zero_integral(assume(le(0, f(x))), assume(eq(integral(x, f(x), M), 0))),
            "zero_integral: x occurs free in the hypothesis",
        ),
        (lambda: zero_integral(order(le(0, f(x) ** 2)), assume(eq(f(x), 0))), "needs an integral or an expectation"),
    ],
    "almost_everywhere": [
        (lambda: almost_everywhere(PROPER, algebra(x, x)), "needs an equality almost everywhere"),
        (
            lambda: almost_everywhere(assume(aeq(x, f(x), g(x), M)), assume(lt(f(x), 1))),
            "x occurs free in the hypothesis f\\(x\\) < 1",
        ),
        (
            lambda: almost_everywhere(assume(aeq(x, f(x), g(x), M)), order(le(0, f(x) ** 2))),
            "almost_everywhere: needs an equation",
        ),
    ],
    "integral_ae": [(lambda: integral_ae(PROPER, x), "integral_ae: needs an equality almost everywhere")],
    "tower": [
        (lambda: tower(M, omega, y, HIDDEN, app("k", y), HIDDEN * y), "tower: y must be a new variable"),
        (lambda: tower(M, omega, u, HIDDEN, app("k", u), HIDDEN), "tower: u must be a new variable of the sort of"),
        (lambda: tower(M, omega, y, HIDDEN, app("k", y), integral(y, f(y)) * HIDDEN), "y must be a new variable"),
        (lambda: tower(M, omega, y, HIDDEN, app("k", y), HIDDEN * app("Z", omega)), "sees more of omega than"),
        (lambda: tower(M, omega, y, HIDDEN, app("k", y, HIDDEN), HIDDEN), "sees more of omega than"),
        (lambda: tower(M, omega, y, HIDDEN, app("k", y), HIDDEN * omega), "sees more of omega than"),
        (lambda: tower(M, omega, y, HIDDEN, SEEN, integral(x, SEEN) * HIDDEN), "sees more of omega than"),
    ],
}
