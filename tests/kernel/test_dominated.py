"""Domination: what it says of the integrand, and that nothing weaker says it."""

import pytest

from derivations.kernel.integrals import dominated_integrable, inner_integrable, slope_integrable, under_integral
from derivations.kernel.logic import assume
from derivations.kernel.terms import INT, Vec, app, diff, dominated, eq, inner, integrable, integral, sym
from derivations.kernel.theorem import RuleError

x, y = sym("x"), sym("y")
f = app("f", x, y)


def test_a_dominated_integrand_is_integrable():
    assert dominated_integrable(assume(dominated(x, y, f))).conclusion == integrable(y, f)


def test_and_so_is_its_slope():
    assert slope_integrable(assume(dominated(x, y, f))).conclusion == integrable(y, diff(x, f))
    with pytest.raises(RuleError, match="needs a domination"):
        slope_integrable(assume(integrable(y, f)))


def test_an_inner_product_with_a_fixed_vector_is_integrable():
    d = sym("d", INT)
    u, field = sym("u", Vec(d)), app("F", y, sort=Vec(d))
    assert inner_integrable(u, assume(integrable(y, field))).conclusion == integrable(y, inner(u, field))
    moving = app("G", y, sort=Vec(d))
    for vector, given in ((moving, integrable(y, field)), (u, integrable(y, f))):
        with pytest.raises(RuleError, match="needs an integrable vector and a fixed one"):
            inner_integrable(vector, assume(given))


def test_an_integrable_slope_says_nothing_of_the_integrand():
    with pytest.raises(RuleError, match="needs a domination"):
        dominated_integrable(assume(integrable(y, diff(x, f))))


def test_a_derivative_moves_under_the_integral_with_the_hypothesis():
    theorem = under_integral(x, integral(y, f))
    assert theorem.hypotheses == (dominated(x, y, f),)
    assert theorem.conclusion == eq(diff(x, integral(y, f)), integral(y, diff(x, f)))
