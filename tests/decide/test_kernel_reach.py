"""What the zero test settles beyond arithmetic: angles, signs of exponentials, nested roots, second derivatives."""

from fractions import Fraction

import pytest

from derivations.kernel import RuleError
from derivations.kernel.definitions import PI
from derivations.kernel.equality import algebra, order
from derivations.kernel.terms import Term, app, diff, exp, function, log, lt, mul, num, sqrt, sym

x, y, t, a, b = sym("x"), sym("y"), sym("t"), sym("a"), sym("b")
UNIT = (lt(0, t), lt(t, 1))
POSITIVE = (lt(0, a), lt(0, b))


def sin(u: Term) -> Term:
    return function("sin", u)


def cos(u: Term) -> Term:
    return function("cos", u)


def f(u: Term) -> Term:
    return app("f", u)


@pytest.mark.parametrize("whole, part", [(1, 2), (2, 1), (1, 3), (Fraction(1, 2), Fraction(1, 3))])
def test_angles_in_any_order_of_fineness(whole, part):
    u, v = x * num(Fraction(whole)), x * num(Fraction(part))
    assert algebra(cos(u) * cos(v) - sin(u) * sin(v), cos(u + v))
    assert algebra(cos(u + v), cos(u) * cos(v) - sin(u) * sin(v))


def test_the_cosine_schedule_needs_no_facts_about_its_angle():
    u = PI * t / 2
    assert algebra(sqrt(1 - cos(u) ** 2), sin(u), UNIT)
    assert algebra(log(cos(u) ** 2 / (1 - cos(u) ** 2)), 2 * log(cos(u)) - 2 * log(sin(u)), UNIT)
    with pytest.raises(RuleError, match="sin"):
        algebra(sqrt(1 - cos(2 * PI * t) ** 2), sin(2 * PI * t), UNIT)


def test_exponentials_know_on_which_side_of_1_they_are():
    assert order(lt(num(1), exp(a * b)), POSITIVE)
    assert order(lt(exp(-a), num(1)), POSITIVE)
    with pytest.raises(RuleError, match="no certificate"):
        order(lt(num(1), exp(a - b)), POSITIVE)


NESTED = [
    (sqrt(3 + 2 * sqrt(num(2))), 1 + sqrt(num(2))),
    (sqrt(3 - 2 * sqrt(num(2))), sqrt(num(2)) - 1),
    (sqrt(5 + 2 * sqrt(num(6))), sqrt(num(2)) + sqrt(num(3))),
    (sqrt(a + b + 2 * sqrt(a * b)), sqrt(a) + sqrt(b)),
    (sqrt(a + 1 - 2 * sqrt(a)) ** 2, (sqrt(a) - 1) ** 2),
    (sqrt(2 * a + 1 + 2 * sqrt(a**2 + a)), sqrt(a) + sqrt(a + 1)),
]


@pytest.mark.parametrize("nested, plain", NESTED[:4] + NESTED[5:])
def test_nested_roots_are_taken_apart(nested, plain):
    assert algebra(nested, plain, POSITIVE)


def test_a_nested_root_of_open_sign_is_owed():
    with pytest.raises(RuleError, match="owes"):
        algebra(*NESTED[4], POSITIVE)
    with pytest.raises(RuleError):
        algebra(sqrt(a + b - 2 * sqrt(a * b)), sqrt(a) - sqrt(b), POSITIVE)


def test_derivatives_of_derivatives():
    gaussian = exp(-(x**2) / (2 * a)) / sqrt(2 * PI * a)
    assert algebra(diff(a, gaussian), diff(x, diff(x, gaussian)) / 2, POSITIVE)
    assert algebra(diff(x, diff(x, x * f(x))), 2 * diff(x, f(x)) + x * diff(x, diff(x, f(x))))
    inner = diff(y, diff(y, f(y)), x**2)
    assert algebra(diff(x, diff(y, f(y), x**2)), mul(2, x, inner))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(diff(x, diff(x, f(x))), diff(x, f(x)))
