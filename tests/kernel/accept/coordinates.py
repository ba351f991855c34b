"""What the rules for changes of variables and limits prove: calls and the theorem that each gives, as text."""

from derivations.kernel.coordinates import (
    antiderivative,
    definite_root,
    even,
    half_line_scale,
    limit_atan,
    limit_gaussian,
    product_of_lines,
    shift_scale,
)
from derivations.kernel.equality import algebra
from derivations.kernel.logic import weaken
from derivations.kernel.terms import eq, exp, expect, integral, interval, lt, mul, norm2, num
from tests.kernel.letters import L, S, a, b, c, f, field, g, mu, u, v, x, y

LINE = interval(0, "oo")

ACCEPT = {
    "shift_scale": [
        (
            lambda: shift_scale(integral(x, f(x)), y, a, b),
            "0 < a |- int(x, lebesgue(), f(x)) = int(y, lebesgue(), (a*f(((a*y) + b))))",
        ),
        (
            lambda: shift_scale(integral(x, field(x)), x, a, num(0)),
            "0 < a |- int(x, lebesgue(), F(x)) = int(x, lebesgue(), (a*F(((a*x) + 0))))",
        ),
        (
            lambda: shift_scale(integral(u, f(u)), v, L, mu),
            "|- int(u, lebesgue(), f(u)) = int(v, lebesgue(), (exp(logdet(L))*f(((L*v) + mu))))",
        ),
        (
            lambda: shift_scale(expect(x, f(x), g(x)), y, a, b),
            "0 < a |- E(x, f(x), g(x)) = int(y, lebesgue(), (a*f(((a*y) + b))*g(((a*y) + b))))",
        ),
    ],
    "half_line_scale": [
        (
            lambda: half_line_scale(integral(x, f(x), LINE), y, a),
            "0 < a |- int(x, interval(0, oo), f(x)) = int(y, interval(0, oo), (a*f((a*y))))",
        )
    ],
    "even": [
        (
            lambda: even(integral(x, exp(-(x**2)))),
            "|- int(x, lebesgue(), exp(-(x**2))) = (2*int(x, interval(0, oo), exp(-(x**2))))",
        ),
        (
            lambda: even(integral(x, f(x**2) * a)),
            "|- int(x, lebesgue(), (f((x**2))*a)) = (2*int(x, interval(0, oo), (f((x**2))*a)))",
        ),
        (lambda: even(integral(x, x**2), (lt(0, a),)), "0 < a |- int(x, lebesgue(), (x**2)) = (2*int(x, interval(0, oo), (x**2)))"),
    ],
    "antiderivative": [
        (
            lambda: antiderivative(integral(x, 3 * x**2, interval(0, a)), x**3, num(0), num(0)),
            "0 <= a |- and(int(x, interval(0, a), (3*(x**2))) = ((a**3) - (0**3)), integrable(x, "
            "interval(0, a), (3*(x**2))))",
        ),
        (
            lambda: antiderivative(
                integral(x, x * exp(-(1 * x**2)), LINE),
                num(-1) / 2 * exp(-(1 * x**2)),
                limit_gaussian(x, num(-1) / 2, num(1)),
                num(0),
            ),
            "0 < 1 |- and(int(x, interval(0, oo), (x*exp(-(1*(x**2))))) = (0 - "
            "((-1/2)*exp(-(1*(0**2))))), integrable(x, interval(0, oo), (x*exp(-(1*(x**2))))))",
        ),
    ],
    "limit_atan": [(lambda: limit_atan(x), "|- limit(x, oo, atan(x), (pi/2))")],
    "limit_gaussian": [(lambda: limit_gaussian(x, a, c), "0 < c |- limit(x, oo, (a*exp(-(c*(x**2)))), 0)")],
    "product_of_lines": [
        (
            lambda: product_of_lines(u, x, c),
            "0 < c |- int(u, lebesgue(), exp(-(c*norm2(u)))) = (int(x, lebesgue(), exp(-(c*(x**2))))**d)",
        )
    ],
    "definite_root": [
        (
            lambda: definite_root(weaken(algebra(norm2(mul(S, u)), norm2(mul(S, u))), eq(S, mul(L, L))), L, S),
            "|- norm2((S*u)) = norm2((S*u))",
        ),
        (lambda: definite_root(weaken(algebra(x, x), lt(0, x), eq(S, mul(L, L))), L, S), "0 < x |- x = x"),
    ],
}
