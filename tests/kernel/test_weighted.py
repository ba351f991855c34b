"""A measure with a density: the weight moves into the integrand, once it is proved not to be negative."""

import pytest

from derivations.kernel.equality import algebra, convert
from derivations.kernel.integrals import reweighted, reweighted_integrable, weighted_integrable
from derivations.kernel.logic import assume
from derivations.kernel.terms import (
    INT,
    MEASURE,
    Vec,
    app,
    eq,
    forall,
    integrable,
    integral,
    le,
    lt,
    mul,
    sym,
    weighted,
)
from derivations.kernel.theorem import RuleError

d = sym("d", INT)
x, y, z = sym("x", Vec(d)), sym("y", Vec(d)), sym("z", Vec(d))
P, K = app("P", sort=MEASURE), app("K", y, sort=MEASURE)
w, f = app("w", x), app("f", x)
POSITIVE = forall(x, lt(0, w))


def test_the_weight_moves_into_the_integral():
    theorem = reweighted(integral(x, f, weighted(x, w, P)), (POSITIVE,))
    assert theorem.conclusion.args[1] == integral(x, mul(w, f), P)


def test_the_name_of_the_weight_s_variable_does_not_matter():
    theorem = reweighted(integral(z, app("f", z), weighted(x, w, P)), (POSITIVE,))
    assert algebra(theorem.conclusion.args[1], integral(x, w * f, P))


def test_a_weight_of_open_sign_is_refused():
    with pytest.raises(RuleError, match="not proved to be >= 0"):
        reweighted(integral(x, f, weighted(x, w, P)))


def test_a_sign_at_one_point_is_not_a_sign_everywhere():
    with pytest.raises(RuleError, match="x occurs free in the hypothesis"):
        reweighted(integral(x, f, weighted(x, w, P)), (le(0, w),))


def test_a_measure_without_a_weight_is_refused():
    with pytest.raises(RuleError, match="is not a weighted measure"):
        reweighted(integral(x, f, P), (POSITIVE,))


def test_integrability_moves_with_the_weight():
    theorem = reweighted_integrable(assume(integrable(x, f, weighted(x, w, P))), (POSITIVE,))
    assert theorem.conclusion == integrable(x, mul(w, f), P)
    with pytest.raises(RuleError, match="not proved to be >= 0"):
        reweighted_integrable(assume(integrable(x, f, weighted(x, w, P))))


def test_and_back():
    under = weighted(x, w, P)
    theorem = weighted_integrable(assume(integrable(x, mul(w, f), P)), under, f, (POSITIVE,))
    assert theorem.conclusion == integrable(x, f, under)
    with pytest.raises(RuleError, match="weighted_integrable: needs"):
        weighted_integrable(assume(integrable(x, f, P)), under, f, (POSITIVE,))
    with pytest.raises(RuleError, match="not proved to be >= 0"):
        weighted_integrable(assume(integrable(x, mul(w, f), P)), under, f)


def test_a_named_measure_is_what_its_equation_says():
    weight = app("w", x, y)
    naming = assume(forall(y, eq(K, weighted(x, weight, P))))
    assert algebra(integral(x, f, K), integral(z, app("f", z), weighted(x, weight, P)), (), (naming,))
    assert convert(assume(integrable(x, f, K)), integrable(x, f, weighted(x, weight, P)), (), (naming,))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(integral(x, f, K), integral(x, f, weighted(x, app("v", x, y), P)), (), (naming,))


def test_an_equation_at_one_point_names_no_measure():
    with pytest.raises(RuleError, match="name a measure by an equation for all values"):
        algebra(integral(x, f, K), integral(x, f, P), (), (assume(eq(K, P)),))
