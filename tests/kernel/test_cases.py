"""Two cases of an inequality, and what a nonzero integral says of its integrand."""

import pytest

from derivations.kernel.equality import order, symmetric
from derivations.kernel.integrals import has_integral
from derivations.kernel.logic import assume, cases
from derivations.kernel.terms import app, eq, integrable, integral, le, lt, num, sym
from derivations.kernel.theorem import RuleError

a, b, x = sym("a"), sym("b"), sym("x")
EQUAL = order(le(0, a**3), (), (symmetric(assume(eq(0, a))),))
LESS = order(le(0, a**3), (lt(0, a),))


def test_both_cases_give_the_weak_inequality():
    assert cases(EQUAL, LESS, num(0), a).hypotheses == (le(0, a),)


def test_one_case_is_not_enough():
    with pytest.raises(RuleError, match="0 = a is not among the hypotheses"):
        cases(LESS, LESS, num(0), a)


def test_the_cases_must_be_those_of_one_pair():
    with pytest.raises(RuleError, match="0 = b is not among the hypotheses"):
        cases(EQUAL, LESS, num(0), b)


def test_both_cases_must_prove_the_same():
    with pytest.raises(RuleError, match="prove different things"):
        cases(EQUAL, order(lt(0, a**3), (lt(0, a),)), num(0), a)


def test_a_nonzero_integral_belongs_to_an_integrable_function():
    total = assume(eq(integral(x, app("p", x)), 1))
    assert has_integral(total, order(lt(0, num(1)))).conclusion == integrable(x, app("p", x))


def test_an_integral_that_may_be_zero_says_nothing():
    total = assume(eq(integral(x, app("p", x)), a))
    with pytest.raises(RuleError, match="needs int f = c and c != 0"):
        has_integral(total, assume(le(0, a)))
