"""What the rules for Gaussians refuse: for each rule and each way to fail, a call and the refusal's words."""

from derivations.kernel.decay import (
    free_integrable,
    gaussian_against,
    gaussian_dominated,
    gaussian_integrable,
    gaussian_vanishes,
    same_integrand,
    sum_integrable,
)
from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume
from derivations.kernel.terms import LEBESGUE, aeq, eq, exp, integrable, log, lt, ne, normal, num, sqrt, weighted
from tests.kernel.letters import M, N, S, a, b, c, f, field, g, mu, s, u, v, x, y

BELL = normal(x, b, s)
WIDTH = (lt(0, s),)
KNOWN = assume(integrable(x, f(x), M))

REJECT = {
    "gaussian_integrable": [
        (lambda: gaussian_integrable(x, BELL, WIDTH, M), "M is not Lebesgue measure; see gaussian_against"),
        (lambda: gaussian_integrable(x, BELL), "no factor .* is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, x**2), "no factor .* is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, normal(0 * x, b, s), (*WIDTH, ne(b, 1))), "is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, normal(x, x**2, s), WIDTH), "is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, normal(x, b, 1 + x**2)), "is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, exp(-(c * x**2))), "is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, exp(c * x**2), (lt(0, c),)), "is proved to be a Gaussian in x"),
        (lambda: gaussian_integrable(x, exp(x) * BELL, WIDTH), "the factor exp\\(x\\) is not a polynomial in x"),
        (lambda: gaussian_integrable(x, f(x) * BELL, WIDTH), "the factor f\\(x\\) is not a polynomial in x"),
        (lambda: gaussian_integrable(x, BELL / x, WIDTH), "is not a polynomial in x"),
        (lambda: gaussian_integrable(x, BELL * sqrt(x**2), WIDTH), "is not a polynomial in x"),
        (lambda: gaussian_integrable(x, BELL * log(x**2), WIDTH), "is not a polynomial in x"),
        (lambda: gaussian_integrable(x, BELL + x, WIDTH), "no factor of x is proved to be a Gaussian"),
        (
            lambda: gaussian_integrable(x, normal(x + sqrt(x**2), num(0), num(1)), (lt(0, x),)),
            "gaussian_integrable: x occurs free in the hypothesis 0 < x",
        ),
        (lambda: gaussian_integrable(x, x / a * BELL, WIDTH), "owes a != 0"),
        (lambda: gaussian_integrable(u, normal(u, mu, S) * (u + v / a)), "owes a != 0"),
        (lambda: gaussian_integrable(u, normal(u, mu, S) * ((S + log(c * normal(u, mu, S)) * S) * v)), "owes c > 0"),
    ],
    "gaussian_against": [
        (lambda: gaussian_against(x, BELL, assume(lt(0, x))), "gaussian_against: needs integrability over x"),
        (lambda: gaussian_against(y, BELL, KNOWN), "gaussian_against: needs integrability over y"),
        (lambda: gaussian_against(x, BELL * g(x), KNOWN, WIDTH), "f\\(x\\) is not a factor of"),
        (lambda: gaussian_against(x, x * f(x), KNOWN, WIDTH), "no factor .* is proved to be a Gaussian in x"),
        (lambda: gaussian_against(x, exp(x) * BELL * f(x), KNOWN, WIDTH), "is not a polynomial in x"),
        (
            lambda: gaussian_against(x, f(x) * normal(x + sqrt(x**2), num(0), num(1)), KNOWN, (lt(0, x),)),
            "gaussian_against: x occurs free in the hypothesis 0 < x",
        ),
        (lambda: gaussian_against(x, BELL * f(x) * f(x), KNOWN, WIDTH), "f\\(x\\) is not a polynomial in x"),
        (lambda: gaussian_against(x, BELL * g(x), assume(aeq(x, f(x), g(x), M)), WIDTH), "needs integrability over x"),
    ],
    "gaussian_vanishes": [
        (lambda: gaussian_vanishes(u, u), "no factor of u is proved to be a Gaussian in u"),
        (lambda: gaussian_vanishes(u, normal(u, mu, S) * field(u)), "F\\(u\\) is not a polynomial in u"),
        (lambda: gaussian_vanishes(x, BELL * 1), "is proved to be a Gaussian in x; owed"),
        (
            lambda: gaussian_vanishes(x, normal(x + sqrt(x**2), num(0), num(1)), (lt(0, x),)),
            "gaussian_vanishes: x occurs free in the hypothesis 0 < x",
        ),
        (lambda: gaussian_vanishes(u, normal(u, mu, S)), "is not a field on the space of u"),
    ],
    "gaussian_dominated": [
        (lambda: gaussian_dominated(x, BELL, assume(lt(0, x))), "gaussian_dominated: needs an integrability"),
        (
            lambda: gaussian_dominated(x, normal(x * y, b, num(1)) * g(y), over_y(), (lt(0, y),)),
            "gaussian_dominated: y occurs free in the hypothesis 0 < y",
        ),
        (
            lambda: gaussian_dominated(x, normal(x * y, b, num(1)) * g(y), over_y(), (lt(0, a),)),
            "is not one Gaussian kernel in x times g\\(y\\)",
        ),
        (
            lambda: gaussian_dominated(x, normal(x + sqrt(x**2), y, num(1)) * g(y), over_y(), (lt(0, x),)),
            "gaussian_dominated: x occurs free in the hypothesis 0 < x",
        ),
        (
            lambda: gaussian_dominated(x, normal(x + y + sqrt(y**2), b, num(1)), over_one(), (lt(0, y),)),
            "gaussian_dominated: y occurs free in the hypothesis 0 < y",
        ),
        (
            lambda: gaussian_dominated(x, normal(x, y, num(1)), assume(integrable(y, num(1), weighted(y, exp(-x * y**2))))),
            "is not one Gaussian kernel in x times 1",
        ),
        (lambda: gaussian_dominated(x, normal(x, y, y**2 + 1) * g(y), over_y()), "is not one Gaussian kernel in x"),
        (lambda: gaussian_dominated(x, normal(x**2, y, num(1)) * g(y), over_y()), "is not one Gaussian kernel in x"),
        (lambda: gaussian_dominated(x, g(y), over_y()), "is not one Gaussian kernel in x"),
        (lambda: gaussian_dominated(x, normal(x, b, num(1)), over_y()), "is not one Gaussian kernel in x times g\\(y\\)"),
        (
            lambda: gaussian_dominated(x, normal(x, y, num(1)) * x * g(y), over_y()),
            "has a further factor that sees x or y",
        ),
        (
            lambda: gaussian_dominated(x, normal(x, y, num(1)) * g(y) * f(y), over_y()),
            "has a further factor that sees x or y",
        ),
        (
            lambda: gaussian_dominated(x, normal(x, y, num(1)) * g(x), assume(integrable(y, g(x), M))),
            "is not one Gaussian kernel in x",
        ),
        (
            lambda: gaussian_dominated(x, normal(x, y, num(1)) * normal(x, y, num(2)), over_one()),
            "is not one Gaussian kernel in x",
        ),
        (lambda: gaussian_dominated(x, normal(x, y, 1 + sqrt(a)) * g(y), over_y()), "gaussian_dominated: .* owes a >= 0"),
    ],
    "free_integrable": [
        (lambda: free_integrable(assume(lt(0, x)), a), "needs an integrability and a scalar free of its variable"),
        (lambda: free_integrable(KNOWN, x), "a scalar free of its variable"),
        (lambda: free_integrable(KNOWN, u), "a scalar free of its variable"),
    ],
    "sum_integrable": [
        (lambda: sum_integrable(KNOWN, assume(lt(0, x))), "do not fit together"),
        (lambda: sum_integrable(KNOWN, assume(integrable(x, g(x), N))), "do not fit together"),
        (lambda: sum_integrable(KNOWN, assume(integrable(x, g(x), LEBESGUE))), "do not fit together"),
        (lambda: sum_integrable(KNOWN, assume(integrable(y, g(y), M))), "do not fit together"),
        (lambda: sum_integrable(KNOWN, assume(integrable(x, field(x), M))), "different sorts"),
        (lambda: sum_integrable(), "sum_integrable: needs at least one theorem"),
        (lambda: sum_integrable(KNOWN, assume(aeq(x, g(x), f(x), M))), "do not fit together"),
    ],
    "same_integrand": [
        (lambda: same_integrand(assume(lt(0, x)), algebra(x, x)), "does not start from the integrand"),
        (lambda: same_integrand(KNOWN, algebra(g(x), g(x))), "does not start from the integrand of"),
        (lambda: same_integrand(KNOWN, assume(lt(f(x), g(x)))), "does not start from the integrand"),
        (lambda: same_integrand(KNOWN, assume(eq(f(x), g(x)))), "same_integrand: x occurs free in the hypothesis"),
    ],
}


def over_y():
    """g is integrable over y."""
    return assume(integrable(y, g(y), M))


def over_one():
    """1 is integrable over y: a finite measure."""
    return assume(integrable(y, num(1), M))
