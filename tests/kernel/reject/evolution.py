"""What the fundamental theorem refuses: a pole, a corner or an edge somewhere on the interval, and ends that move."""

from derivations.kernel.evolution import fundamental
from derivations.kernel.terms import LEBESGUE, integral, interval, inv, log, logdet, lt, num, prod_, sqrt, sum_
from tests.kernel.letters import A, S, a, b, f, i, n, x, y

REJECT = {
    "fundamental": [
        (lambda: fundamental(x, -1 / x, num(-1), num(1)), "fundamental: the slope of .* between -1 and 1 owes x != 0"),
        (lambda: fundamental(x, -1 / x, num(0), num(1)), "owes x != 0"),
        (lambda: fundamental(x, log(x), num(0), num(1)), "owes x > 0"),
        (lambda: fundamental(x, log(x), a, b, (lt(0, b),)), "owes x > 0"),
        (lambda: fundamental(x, sqrt(x**2), num(-1), num(1)), "owes"),
        (lambda: fundamental(x, sqrt(x), num(0), num(1)), "owes x > 0"),
        (lambda: fundamental(x, sum_(i, 1, 3, 1 / (x - i)), num(0), num(5)), "owes"),
        (lambda: fundamental(x, inv(S + x * A), num(0), num(1)), "is positive definite"),
        (lambda: fundamental(x, logdet(x * S), num(-1), num(1)), "is positive definite"),
        (lambda: fundamental(x, -1 / x, num(-1), num(1), (lt(0, x),)), "fundamental: x occurs free in the hypothesis 0 < x"),
        (lambda: fundamental(x, f(x), x, b), "fundamental: the ends x and b depend on x"),
        (lambda: fundamental(x, f(x), a, f(x)), "depend on x"),
        (lambda: fundamental(x, prod_(i, 1, n, f(i, x)), a, b), "fundamental: no rule differentiates .* in x"),
        (lambda: fundamental(x, integral(y, f(y), interval(x, 1)), num(0), num(1)), "more moves than its upper end"),
        (lambda: fundamental(x, integral(y, f(x, y), interval(-1, x)), num(0), num(1)), "more moves than its upper end"),
        (lambda: fundamental(x, integral(y, f(y), interval(0, x)), num(0), num(1)), "owes x > 0"),
        (lambda: fundamental(x, integral(y, sqrt(y), interval(-1, x)), num(0), num(1)), "may not have a smooth integrand"),
        (lambda: fundamental(x, integral(y, f(x, y), LEBESGUE), num(0), num(1)), "two ends"),
        (lambda: fundamental(i, f(i), num(0), num(1)), "no rule differentiates|the variable must be real"),
    ]
}  # fmt: skip
