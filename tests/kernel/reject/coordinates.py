"""What the rules for changes of variables and limits refuse: a call and the refusal's words for each way to fail."""

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
from derivations.kernel.equality import algebra, constant_dropped
from derivations.kernel.logic import assume, weaken
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    app,
    diff,
    eq,
    exp,
    forall,
    integral,
    interval,
    inv,
    le,
    limit,
    log,
    lt,
    mul,
    norm2,
    num,
    sqrt,
)
from tests.kernel.letters import A, L, M, S, a, b, c, f, mu, n, u, v, x, y, z

LINE = interval(0, "oo")
LIMIT = assume(limit(x, "oo", f(x), 1))
F = integral(y, app("g", x, y))
JUMP = diff(x, F) + f(x) - f(x)
RISING = (forall(z, le(0, diff(x, F, z) + 0 * f(z))),)


def at(t, value):
    """A term at a number."""
    return substitute(t, {x: num(value)})



REJECT = {
    "shift_scale": [
        (lambda: shift_scale(f(x), y, a, b), "shift_scale: needs an integral or an expectation"),
        (lambda: shift_scale(integral(x, f(x), M), y, a, b), "y must be a new variable like x"),
        (lambda: shift_scale(integral(x, f(x), LINE), y, a, b), "y must be a new variable like x"),
        (lambda: shift_scale(integral(x, f(x)), u, a, b), "u must be a new variable like x"),
        (lambda: shift_scale(integral(x, f(x, y)), y, a, b), "y must be a new variable like x"),
        (lambda: shift_scale(integral(x, f(x)), y, y, b), "free of y and b"),
        (lambda: shift_scale(integral(x, f(x)), y, a, x), "free of a and x"),
        (lambda: shift_scale(integral(u, f(u)), v, A, u - u), "must be a new variable|must be a symbol"),
        (lambda: shift_scale(integral(u, f(u)), v, A, b * mu), "A must be a symbol for a positive definite"),
        (lambda: shift_scale(integral(u, f(u)), v, S + S, mu), "must be a symbol for a positive definite"),
        (lambda: shift_scale(integral(u, f(u)), v, a, mu), "a must be a symbol for a positive definite"),
        (lambda: shift_scale(integral(u, f(u)), v, inv(S), mu), "must be a symbol for a positive definite"),
    ],
    "half_line_scale": [
        (lambda: half_line_scale(integral(x, f(x)), y, a), "needs an integral over \\(0, oo\\) and a new variable"),
        (lambda: half_line_scale(integral(x, f(x, y), LINE), y, a), "and a new variable"),
        (lambda: half_line_scale(integral(x, f(x), LINE), y, y), "and a new variable"),
        (lambda: half_line_scale(f(x), y, a), "half_line_scale: needs an integral or an expectation"),
    ],
    "even": [
        (lambda: even(f(x)), "even: needs an integral or an expectation"),
        (lambda: even(integral(x, x)), "even: x is not an even function on the line"),
        (lambda: even(integral(x, f(x))), "is not an even function on the line"),
        (lambda: even(integral(x, x**2, LINE)), "is not an even function on the line"),
        (lambda: even(integral(u, norm2(u))), "is not an even function on the line"),
        (lambda: even(integral(x, sqrt(x**2)), (le(0, x),)), "even: x occurs free in the hypothesis"),
        (lambda: even(integral(x, 1 / x**2)), "even: .* owes x != 0"),
    ],
    "antiderivative": [
        (lambda: antiderivative(integral(x, f(x)), f(x), num(0), num(0)), "needs an integral over an interval"),
        (lambda: antiderivative(f(x), f(x), num(0), num(0)), "antiderivative: needs an integral"),
        (
            lambda: antiderivative(integral(x, x, interval(0, 1)), x**2, num(1), num(0)),
            "the derivative of \\(x\\*\\*2\\) is not x >= 0",
        ),
        (
            lambda: antiderivative(integral(x, x, interval(-1, 1)), x**2 / 2, num(1), num(1)),
            "the derivative of .* is not x >= 0",
        ),
        (
            lambda: antiderivative(integral(x, x, interval(-1, 1)), x**2 / 2, num(1), num(1), (lt(0, x),)),
            "antiderivative: x occurs free in the hypothesis",
        ),
        (
            lambda: antiderivative(integral(x, 1 / x**2, interval(-1, 1)), -1 / x, num(1), num(1)),
            "antiderivative: .* owes x != 0",
        ),
        (
            lambda: antiderivative(integral(x, 1 / x, interval(0, 1)), log(x), num(1), num(1)),
            "antiderivative: log\\(x\\) at 0 owes",
        ),
        (
            lambda: antiderivative(integral(x, exp(-x), LINE), -exp(-x), num(0), num(0)),
            "the end oo needs a theorem on the limit",
        ),
        (
            lambda: antiderivative(integral(x, exp(-x), LINE), -exp(-x), LIMIT, num(0)),
            "needs the limit of .* at oo, got limit",
        ),
        (
            lambda: antiderivative(integral(x, exp(-x), LINE), -exp(-x), assume(lt(0, x)), num(0)),
            "needs the limit of .* at oo, got 0 < x",
        ),
        (  # a jump of F, whose slope is 0 elsewhere: x -> int g(x, y) dy for a bump that comes in from infinity
            lambda: antiderivative(integral(x, JUMP, interval(0, 1)), F, at(F, 1), at(F, 0), RISING),
            "antiderivative: no rule differentiates int\\(y, lebesgue\\(\\), g\\(x, y\\)\\) in x",
        ),
    ],
    "limit_atan": [
        (lambda: limit_atan(n), "a real variable tends to a number, oo or -oo; got n"),
        (lambda: limit_atan(x + 1), "the bound variable must be a symbol"),
    ],
    "limit_gaussian": [
        (lambda: limit_gaussian(x, x, c), "limit_gaussian: x and c must be free of x"),
        (lambda: limit_gaussian(x, a, x**2), "must be free of x"),
    ],
    "product_of_lines": [
        (lambda: product_of_lines(x, y, c), "needs a vector and a scalar symbol, and a rate free of both"),
        (lambda: product_of_lines(u, v, c), "needs a vector and a scalar symbol"),
        (lambda: product_of_lines(u, x, x), "a rate free of both"),
        (lambda: product_of_lines(u, x, norm2(u)), "a rate free of both"),
        (lambda: product_of_lines(u, n, c), "must be a real number or a vector"),
    ],
    "definite_root": [
        (lambda: definite_root(algebra(x, x), A, S), "needs two symbols for positive definite matrices"),
        (lambda: definite_root(algebra(x, x), L, S + S), "needs two symbols for positive definite matrices"),
        (
            lambda: definite_root(weaken(algebra(L, L), eq(S, mul(L, L))), L, S),
            "definite_root: L occurs free in the hypothesis L = L",
        ),
        (
            lambda: definite_root(weaken(algebra(x, x), eq(S, mul(L, L)), eq(L, S)), L, S),
            "definite_root: L occurs free in the hypothesis L = S",
        ),
        (
            lambda: definite_root(
                constant_dropped(algebra(S, 0 * S + L * L, (), (assume(eq(S, L * L)),)), S, L * L), L, S),
            "definite_root: the constant in .* may depend on L",
        ),
        (lambda: definite_root(algebra(x, x), inv(L), S), "needs two symbols for positive definite matrices"),
        (lambda: definite_root(algebra(x, x), L, inv(S)), "needs two symbols for positive definite matrices"),
        (lambda: definite_root(algebra(x, x), L, A), "needs two symbols for positive definite matrices"),
        (lambda: definite_root(algebra(x, x), x, y), "needs two symbols for positive definite matrices"),
    ],
}
