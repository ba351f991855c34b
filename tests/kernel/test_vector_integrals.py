"""Integrals of vectors: a factor that all parts share moves out, and nothing else."""

import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.terms import INT, MEASURE, Mat, Vec, app, integral, lt, sym
from derivations.kernel.theorem import RuleError

d = sym("d", INT)
x, u, w = sym("x", Vec(d)), sym("u", Vec(d)), sym("w", Vec(d))
a, b, c = sym("a"), sym("b"), sym("c")
A, S, L = sym("A", Mat(d, d)), sym("S", Mat(d, d, "spd")), sym("L", Mat(d, d, "spd"))
P = app("P", sort=MEASURE)


def average(body):
    """The integral over x."""
    return integral(x, body, P)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (average((u - a * x) / c), average(u - a * x) / c),
        (average(-2 * u + 2 * a * x), -2 * average(u - a * x)),
        (average(a * b * u + a * c * x), a * average(b * u + c * x)),
        (average(u / (a * c) + x / (b * c)), average(b * u + a * x) / (a * b * c)),
        (average(S * L * x), S * L * average(x)),  # what is invertible may move out
        (average(a * A * u), a * A * average(u)),
        (average(app("f", x) * u - app("f", x) * x), -average(app("f", x) * (x - u))),
    ],
)
def test_a_shared_factor_moves_out(left, right):
    assert algebra(left, right, (lt(0, a), lt(0, b), lt(0, c)))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (average(u - a * x), average(u - x) * a),
        (average(u - a * x), -average(u + a * x)),
        (average(2 * u + 2 * x), average(u + x)),
        (average(u + x), average(u) + average(x)),
        (average(u + w + x), average(u + x) + w),
        (average(A * x), A * average(x)),  # A x may have a mean where x has none
        (average(A * S * x), A * average(S * x)),
    ],
)
def test_nothing_else_does(left, right):
    with pytest.raises(RuleError, match="does not hold"):
        algebra(left, right)
