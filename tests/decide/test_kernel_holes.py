"""False statements that the kernel once accepted, each with the reason for which it is refused now."""

from fractions import Fraction

import pytest

from derivations.kernel import RuleError, logic
from derivations.kernel.equality import algebra, order
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.sums import empty
from derivations.kernel.terms import (
    INT,
    Term,
    app,
    diff,
    eq,
    exp,
    forall,
    integral,
    interval,
    le,
    log,
    lt,
    mul,
    ne,
    num,
    sqrt,
    sum_,
    sym,
)  # fmt: skip

x, y, n, i = sym("x"), sym("y"), sym("n", INT), sym("i", INT)

q = sym("q")
FALLING = sum_(i, 0, n, -i / (sqrt(x) + 2))  # negative for n > 0


def f(*args):
    return app("f", *args)


def nested_radicals():
    """(a + g) g1^2 / (a + g) = g1^2 + psi with psi > 0: the cube root g1 is 1 + sqrt 2, the root g is 2 + sqrt 2."""
    q = sqrt(num(2))
    g1 = (7 + 5 * q) ** Fraction(1, 3)
    a, g = 2 + q, sqrt(5 + 3 * q + g1)
    psi = g1**2 + g1 * (1 + q) + (1 + q) ** 2
    return g1**2 * (a + g) / (a + g), g1**2 + psi


FALSE = {
    "a hypothesis over an unproved root is no fact about the rest": (
        sqrt(y**2), y, (lt(0, sqrt(x) + y),), (), "y >= 0"),
    "what a hypothesis owes is owed later too": (sqrt(x), num(0), (lt(sqrt(x), 5),), (), "x >= 0"),
    "1/x > 0 does not make x differ from 0": (x * (1 / x), num(1), (lt(0, 1 / x),), (), "x != 0"),
    "an equation owes what its right side owes": (y, num(0), (), (eq(y, sqrt(x)),), "x >= 0"),
    "f(x, x) = 0 says nothing of f(1, 2)": (
        f(1, 2), num(0), (), (forall(x, eq(f(x, x), num(0))),), "each once"),
    "the x of f(x, x + 1) is bound": (
        f(5, x + 1), num(0), (), (forall(x, eq(f(x, x + 1), num(0))),), "each once"),
    "a rule for integers is none for halves": (
        f(Fraction(1, 2)), num(0), (), (forall(i, eq(f(i), num(0))),), "does not hold"),
    "a rule that unfolds into itself": (
        f(x), num(0), (), (forall(x, eq(f(x), f(x + 1))),), "mentions f again"),
    "a condition under a sum is not about the free i": (
        diff(x, sum_(i, 1, n, log(-(x * i)))), n / x, (lt(0, x), lt(i, 0), lt(0, n)), (), "> 0"),
    "a guard that owes a root does not hold": (
        sqrt(f(1) ** 2), f(1), (forall(x, lt(0, f(x)), lt(0, 1 + sqrt(app("q", x)))), lt(f(1), 5)), (),
        "f(1) >= 0"),
    "at x = 0 the integral says nothing of q": (
        integral(y, y / x, interval(0, x)), q, (), (eq(integral(y, y, interval(0, x)), x * q),), "x != 0"),
    "the root of a negative sum": (
        sqrt(FALLING) ** 2, FALLING, (le(4, x), le(sqrt(x), 2), lt(0, n)), (), ">= 0"),
    "dependent radicals make zero divisors": (*nested_radicals(), (), (), "does not hold"),
}  # fmt: skip


UNORDERED = {
    "cleared of roots, a denominator vanishes at x = 4": (
        le(0, FALLING), (le(4, x), le(sqrt(x), 2), lt(0, n)), "no certificate"),
    "what differs from 0 may be 0 after roots are cleared": (
        ne((sqrt(x) - 2) * sum_(i, 0, n, i), 0), (le(0, x), ne(FALLING, 0)), "no certificate"),
    "a root from an empty interval is no fact outside": (
        le(0, x + integral(y, y * sqrt(x), interval(0, x))), (), "x >= 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNORDERED)
def test_a_false_order_is_refused(name):
    goal, hypotheses, reason = UNORDERED[name]
    with pytest.raises(RuleError) as refused:
        order(goal, hypotheses)
    assert reason in str(refused.value)


def test_roots_that_do_not_depend_on_the_index_still_move_out():
    assert algebra(FALLING, -sum_(i, 0, n, i) / (sqrt(x) + 2), (le(0, x),))
    assert algebra(integral(y, y / x, interval(0, x)), integral(y, y, interval(0, x)) / x, (lt(0, x),))


@pytest.mark.parametrize("name", FALSE)
def test_a_false_equation_is_refused(name):
    lhs, rhs, hypotheses, using, reason = FALSE[name]
    with pytest.raises(RuleError) as refused:
        algebra(lhs, rhs, hypotheses, tuple(logic.assume(h) for h in using))
    assert reason in str(refused.value)


def test_a_range_that_owes_a_root_is_not_empty():
    k = app("k", sqrt(x), sort=INT)
    t = sum_(i, 0, app("k", 0, sort=INT) * -1 + k - 1, f(i))
    assert empty(t).hypotheses == (lt(t.args[2], t.args[1]),)


def test_a_later_hypothesis_settles_an_earlier_one():
    assert algebra(sqrt(y**2), y, (lt(sqrt(x), y), lt(0, x)))


def test_the_field_may_grow_while_an_exponent_or_an_angle_is_opened():
    s = [sym(f"s{k}") for k in range(14)]
    logs = sum((log(a) for a in s), num(0))
    assert algebra(exp(logs / 2), mul(*[sqrt(a) for a in s]), tuple(lt(0, a) for a in s))
    assert algebra(Term("cos", (sum(s, num(0)),), x.sort), Term("cos", (sum(s[::-1], num(0)),), x.sort))


def test_powers_of_powers_end_as_too_large():
    with pytest.raises(TooLarge, match="large numbers"):
        algebra((num(2) ** 20_000) ** 20_000, num(0))


def test_independent_radicals_are_still_rationalised():
    a = sym("a")
    assert algebra(f(1 / (1 + sqrt(a))), f((1 - sqrt(a)) / (1 - a)), (lt(0, a), lt(a, 1)))
    assert algebra(f(1 / (sqrt(num(2)) + sqrt(num(3)))), f(sqrt(num(3)) - sqrt(num(2))))
