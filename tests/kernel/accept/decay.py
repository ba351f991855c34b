"""What the rules for Gaussians discharge: for each rule, calls and the theorem that each gives, as text."""

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
from derivations.kernel.terms import divergence, exp, eye, inner, integrable, interval, log, lt, mul, norm2, normal, num
from tests.kernel.letters import M, S, a, b, c, f, field, g, mu, s, u, v, x, y
from tests.kernel.letters import d as dim

BELL = normal(x, b, s)
CLOUD = normal(u, mu, S)
KNOWN = assume(integrable(x, f(x), M))

ACCEPT = {
    "gaussian_integrable": [
        (
            lambda: gaussian_integrable(x, (x**2 - 3 * x) / a * BELL, (lt(0, s), lt(0, a))),
            "0 < s, 0 < a |- integrable(x, lebesgue(), ((((x**2) - (3*x))/a)*normal(x, b, s)))",
        ),
        (
            lambda: gaussian_integrable(u, inner(u, v) * CLOUD * (u - mu)),
            "|- integrable(u, lebesgue(), (inner(u, v)*normal(u, mu, S)*(u - mu)))",
        ),
        (
            lambda: gaussian_integrable(x, exp(-(c * x**2)) * x, (lt(0, c),), interval(0, "oo")),
            "0 < c |- integrable(x, interval(0, oo), (exp(-(c*(x**2)))*x))",
        ),
        (
            lambda: gaussian_integrable(u, norm2(u) * exp(-(2 * norm2(u)))),
            "|- integrable(u, lebesgue(), (norm2(u)*exp(-(2*norm2(u)))))",
        ),
        (
            lambda: gaussian_integrable(x, BELL * x + BELL, (lt(0, s),)),
            "0 < s |- integrable(x, lebesgue(), ((normal(x, b, s)*x) + normal(x, b, s)))",
        ),
        (
            lambda: gaussian_integrable(u, normal(v, mul(S, u), eye(dim)) * log(CLOUD)),
            "|- integrable(u, lebesgue(), (normal(v, (S*u), eye(d))*log(normal(u, mu, S))))",
        ),
        (
            lambda: gaussian_integrable(u, divergence(u, CLOUD * u)),
            "|- integrable(u, lebesgue(), divg(u, (normal(u, mu, S)*u), u))",
        ),
    ],
    "gaussian_against": [
        (
            lambda: gaussian_against(x, x * BELL * f(x), KNOWN, (lt(0, s),)),
            "integrable(x, M, f(x)), 0 < s |- integrable(x, M, (x*normal(x, b, s)*f(x)))",
        ),
        (
            lambda: gaussian_against(x, x * BELL, assume(integrable(x, num(1), M)), (lt(0, s),)),
            "integrable(x, M, 1), 0 < s |- integrable(x, M, (x*normal(x, b, s)))",
        ),
    ],
    "gaussian_vanishes": [
        (lambda: gaussian_vanishes(u, inner(u, v) * CLOUD * u), "|- vanishes(u, (inner(u, v)*normal(u, mu, S)*u))"),
        (lambda: gaussian_vanishes(x, x**3 * BELL, (lt(0, s),)), "0 < s |- vanishes(x, ((x**3)*normal(x, b, s)))"),
    ],
    "gaussian_dominated": [
        (
            lambda: gaussian_dominated(x, normal(x, y, num(1)) * g(y), assume(integrable(y, g(y), M))),
            "integrable(y, M, g(y)) |- dominated(x, integrable(y, M, (normal(x, y, 1)*g(y))))",
        ),
        (
            lambda: gaussian_dominated(u, normal(u, v, S), assume(integrable(v, num(1), M))),
            "integrable(v, M, 1) |- dominated(u, integrable(v, M, normal(u, v, S)))",
        ),
    ],
    "free_integrable": [
        (lambda: free_integrable(KNOWN, a * g(y)), "integrable(x, M, f(x)) |- integrable(x, M, (a*g(y)*f(x)))")
    ],
    "sum_integrable": [
        (
            lambda: sum_integrable(KNOWN, assume(integrable(x, g(x), M))),
            "integrable(x, M, f(x)), integrable(x, M, g(x)) |- integrable(x, M, (f(x) + g(x)))",
        ),
        (
            lambda: sum_integrable(assume(integrable(x, field(x), M)), assume(integrable(x, u, M))),
            "integrable(x, M, F(x)), integrable(x, M, u) |- integrable(x, M, (F(x) + u))",
        ),
    ],
    "same_integrand": [
        (
            lambda: same_integrand(assume(integrable(x, 2 * f(x), M)), algebra(2 * f(x), f(x) + f(x))),
            "integrable(x, M, (2*f(x))) |- integrable(x, M, (f(x) + f(x)))",
        )
    ],
}
