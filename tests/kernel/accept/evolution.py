"""What the fundamental theorem proves: calls and the theorem that each gives, as text."""

from derivations.kernel.evolution import fundamental
from derivations.kernel.terms import Mat, app, exp, integral, interval, log, lt, num
from tests.kernel.letters import a, b, d, f, field, x, y

matrix = app("P", x, sort=Mat(d, d))

ACCEPT = {
    "fundamental": [
        (
            lambda: fundamental(x, f(x), a, b),
            "a <= b |- and(int(x, interval(a, b), diff(x, f(x), x)) = (f(b) - f(a)), "
            "integrable(x, interval(a, b), diff(x, f(x), x)))",
        ),
        (
            lambda: fundamental(x, exp(-x) * field(x), num(0), num(1)),
            "|- and(int(x, interval(0, 1), diff(x, (exp(-x)*F(x)), x)) = ((exp(-1)*F(1)) - (exp(-0)*F(0))), "
            "integrable(x, interval(0, 1), diff(x, (exp(-x)*F(x)), x)))",
        ),
        (
            lambda: fundamental(x, matrix, num(0), num(1)),
            "|- and(int(x, interval(0, 1), diff(x, P(x), x)) = (P(1) - P(0)), integrable(x, interval(0, 1), diff(x, P(x), x)))",
        ),
        (
            lambda: fundamental(x, log(x), num(1), b, (lt(1, b),)),
            "1 < b |- and(int(x, interval(1, b), diff(x, log(x), x)) = (log(b) - log(1)), "
            "integrable(x, interval(1, b), diff(x, log(x), x)))",
        ),
        (
            lambda: fundamental(x, integral(y, f(y), interval(-1, x)), num(0), num(1)),
            "|- and(int(x, interval(0, 1), diff(x, int(y, interval(-1, x), f(y)), x)) = (int(y, interval(-1, 1), f(y)) - "
            "int(y, interval(-1, 0), f(y))), integrable(x, interval(0, 1), diff(x, int(y, interval(-1, x), f(y)), x)))",
        ),
    ]
}  # fmt: skip
