"""Values with a guarantee: they enclose the truth, know what is undefined, and say nothing when they are too wide."""

import random
from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import TooWide, Undefined, rational, to_fraction
from derivations.evidence.balls import NoOpinion, compare, evaluate, holds
from derivations.kernel.definitions import PI
from derivations.kernel.terms import (
    INT,
    Vec,
    add,
    app,
    diff,
    exp,
    function,
    integral,
    le,
    log,
    lt,
    mul,
    ne,
    neg,
    norm2,
    normal,
    num,
    power,
    prod_,
    sqrt,
    sum_,
    sym,
)  # fmt: skip
from tests.decide import reference
from tests.decide.generate import WORDS, a_positive, a_real

x, y, i, n = sym("x"), sym("y"), sym("i", INT), sym("n", INT)


def f(*args):
    return app("f", *args)


def at(t, **values):
    return evaluate(t, {sym(k, INT if k == "n" else x.sort): rational(v) for k, v in values.items()})


@given(st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_ball_contains_what_another_library_computes(rng):
    rng = random.Random(rng.randint(0, 10**9))
    t = rng.choice([a_real, a_positive])(rng, rng.randint(1, 3))
    words = {"unit": Fraction(rng.randint(1, 96), 97), "positive": Fraction(rng.randint(1, 99), 7)}
    point = {name: words.get(word, Fraction(rng.randint(-30, 30), 7)) for name, word in WORDS.items()}
    with mpmath.workdps(60):
        expected = reference.value(t, {k: mpmath.mpf(v.numerator) / v.denominator for k, v in point.items()})
        if abs(expected) > mpmath.mpf(10) ** 30:
            return
    try:
        value = evaluate(t, {sym(k): rational(v) for k, v in point.items()})
    except TooWide:
        return
    with ctx.workprec(256), mpmath.workdps(60):
        middle = arb(mpmath.nstr(expected, 55))
        assert abs(numbers.ball(value) - middle) < arb("1e-40") * (1 + abs(middle))


def test_rationals_stay_exact():
    assert at(x / 3 + mul(2, x), x=Fraction(3, 5)) == fmpq(7, 5)
    assert at(sqrt(x), x=Fraction(9, 25)) == fmpq(3, 5)
    assert at(power(x, Fraction(-2, 3)), x=Fraction(8, 27)) == fmpq(9, 4)
    assert at(add(exp(neg(x)), log(add(1, x)), function("sin", x), function("cos", x)), x=0) == 2
    assert at(power(x, 0), x=0) == 1 and at(sqrt(x), x=0) == 0


def test_long_rationals_become_balls():
    assert isinstance(at(power(x, 5000), x=3), arb) and isinstance(at(power(x, 50), x=3), fmpq)


@pytest.mark.parametrize("exponent", [2**62, 3**50, -(3**50), Fraction(1, 3**50), Fraction(2**70 + 1, 3**50)])
def test_an_exponent_may_be_larger_than_a_machine_word(exponent):
    value = evaluate(power(num(Fraction(3, 2)), num(exponent)), {})
    true = exponent * Fraction(str(mpmath.log(mpmath.mpf(3) / 2)))
    assert abs(float(value.log()) / float(true) - 1) < 1e-12
    with pytest.raises(TooWide, match="a large power of a number that is not positive"):
        evaluate(power(num(-1), num(exponent)), {})


def test_a_power_of_0_whose_exponent_is_a_third_in_disguise_is_not_said_to_be_undefined():
    """It is 0, and the kernel proves that: an alarm was raised."""
    with pytest.raises(TooWide, match="a fraction where the base is 0"):
        evaluate(power(num(0), sqrt(num(2)) * sqrt(num(2)) / 6), {})


@pytest.mark.parametrize("t, message", [
    (1 / (x - 1), "a division by 0"), (log(x - 1), "the logarithm"), (log(-x), "the logarithm"),
    (power(x - 1, -2), "by 0"),
    (sqrt(-x), "a root"), (power(-x, Fraction(1, 3)), "a root"), (power(-x, PI), "the logarithm"),
    (diff(y, sqrt(y), x - 1), "the derivative of a root at 0"), (1 / (sum_(i, 1, 0, i)), "a division by 0"),
])  # fmt: skip
def test_what_is_undefined_is_known_to_be(t, message):
    with pytest.raises(Undefined, match=message):
        at(t, x=1)


@pytest.mark.parametrize("t", [
    1 / (sqrt(x) ** 2 - x), log(exp(log(x)) - x), sqrt(sqrt(x) ** 2 - x), power(-x, exp(log(num(2)))),
])  # fmt: skip
def test_what_may_be_undefined_is_too_wide(t):
    with pytest.raises(TooWide):
        at(t, x=2)
    assert compare(t, num(0), {x: fmpq(2)}).opinion == "none"


@pytest.mark.parametrize(
    "t", [integral(x, x), f(x), norm2(sym("v", Vec(n))), sum_(i, 1, n, i), y, sum_(i, 0, 10**9, i)]
)
def test_no_opinion(t):
    with pytest.raises(NoOpinion):
        at(t, x=1)


def test_sums_and_products_run_over_their_terms():
    assert at(sum_(i, 1, n, i**2), n=4) == 30 and at(prod_(i, 1, n, i), n=5) == 120
    assert at(sum_(i, 1, n, i), n=-3) == 0 and at(prod_(i, 5, n, i), n=4) == 1
    assert at(sum_(i, 1, n, sum_(i, 1, i, i)), n=3) == 1 + 3 + 6  # the inner index hides the outer one
    assert at(diff(x, sum_(i, 0, n, power(x, i))), x=2, n=3) == 1 + 4 + 12


def test_derivatives_are_exact_jets():
    assert at(diff(x, x**3), x=2) == 12 and at(diff(x, diff(x, x**3)), x=2) == 12
    assert at(diff(y, x * y**2, x + 1), x=2) == 12  # 2 x y at y = x + 1
    assert at(diff(x, diff(y, x * y**2, x + 1)), x=2) == 2 * 3 + 2 * 2
    assert at(diff(x, y**2), x=2, y=1) == 0
    assert at(diff(x, x / (1 + x)), x=1) == fmpq(1, 4)
    slope = at(diff(x, log(normal(x, num(0), y))), x=3, y=2)
    with ctx.workprec(256):
        assert abs(slope + fmpq(3, 2)) < arb("1e-60")


@pytest.mark.parametrize("name", ["exp", "log", "sin", "cos", "sqrt", "atan"])
def test_the_slope_of_every_function(name):
    t = function(name, x)
    slope, step = at(diff(x, t), x=Fraction(3, 7)), Fraction(1, 10**20)
    ahead, behind = (at(t, x=Fraction(3, 7) + h) for h in (step, -step))
    with ctx.workprec(256):
        assert abs((ahead - behind) / rational(2 * step) - slope) < arb("1e-30")


def test_opaque_functions_take_values_from_a_table():
    def table(t, arguments):
        return arguments[0] + 1

    assert evaluate(sum_(i, 1, 3, f(i)), {}, table) == 9
    with pytest.raises(NoOpinion):
        evaluate(f(sqrt(num(2))), {}, table)


def test_small_differences_are_seen():
    tiny = power(10, -30)
    assert compare(exp(tiny), add(1, tiny), {}).opinion == "different"
    assert compare(sqrt(num(2)) * sqrt(num(2)), num(2), {}).opinion == "equal"


def test_more_bits_decide_what_fewer_do_not():
    assert compare(function("sin", exp(num(1000))), num(0), {}).opinion == "different"


def test_a_wide_ball_around_zero_is_no_support():
    wild = function("sin", exp(exp(exp(num(3)))))
    found = compare(wild, num(0), {})
    assert found.opinion == "none" and found.reason


def test_comparisons():
    p = {x: fmpq(2)}
    assert compare(x + 1, num(3), p).opinion == "equal" and compare(x, num(3), p).opinion == "different"
    assert compare(1 / (x - 2), x, p).opinion == "undefined" and compare(f(x), f(x), p).opinion == "none"
    assert compare(exp(x), num(7), p).lhs == "7.38905609893"
    assert holds(lt(1, x), p) and not holds(lt(x, 2), p) and holds(le(x, 2), p) and holds(ne(x, 3), p)
    assert not holds(lt(0, log(x - 2)), p)  # undefined is not certain


def test_fractions_there_and_back():
    assert to_fraction(rational(Fraction(-22, 7))) == Fraction(-22, 7)
