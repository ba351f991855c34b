"""An equation of vectors, used from left to right: a factor on the left is divided out, not forgotten."""

import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume
from derivations.kernel.terms import INT, Vec, app, eq, grad, log, lt, ne, norm2, num, sym
from derivations.kernel.theorem import RuleError

d = sym("d", INT)
u, w, c = sym("u", Vec(d)), sym("w", Vec(d)), sym("c")
twice = assume(eq(2 * u, w))


def test_a_factor_is_divided_out():
    assert algebra(u, w / 2, (), (twice,))
    assert algebra(norm2(u), norm2(w) / 4, (), (twice,))


def test_a_factor_is_not_forgotten():
    with pytest.raises(RuleError, match="does not hold"):
        algebra(u, w, (), (twice,))


def test_a_factor_that_may_vanish_is_refused():
    with pytest.raises(RuleError, match="the factor of the vector is not proved to be nonzero"):
        algebra(u, w / c, (), (assume(eq(c * u, w)),))
    assert algebra(u, w / c, (ne(c, num(0)),), (assume(eq(c * u, w)),))


def test_a_gradient_of_a_logarithm_is_solved_for_the_gradient():
    q = app("q", u)
    score = assume(eq(grad(u, log(q)), w))
    assert algebra(grad(u, q), q * w, (lt(0, q),), (score,))
