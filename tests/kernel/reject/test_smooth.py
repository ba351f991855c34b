"""A function that was differentiated in a proof stays a smooth one, though the theorem shows no derivative any more."""

import pytest

from derivations.kernel.equality import algebra, chain, symmetric
from derivations.kernel.logic import assume, define, instantiate, instantiate_function, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import app, diff, eq, forall, log, num, sqrt, sym
from derivations.kernel.theorem import RuleError

x, y = sym("x"), sym("y")
f = app("smooth.f", x)
CUBE = forall(x, eq(app("smooth.f", x) ** 3, x))
AT_ZERO = assume(eq(app("smooth.f", num(0)), 0))


def impossible():
    """A smooth inverse of x^3 that is 0 at 0 would have 3 f(0)^2 f'(0) = 1: no such f, and the theorem says so."""
    slope = under(diff(x, f**3), specialize(assume(CUBE), x))
    both = chain(symmetric(algebra(diff(x, f**3), 3 * f**2 * diff(x, f))), slope, algebra(diff(x, x), num(1)))
    at_zero = instantiate(both, ((x, num(0)),))
    return chain(symmetric(algebra(at_zero.conclusion.args[0], num(0), (), (AT_ZERO,))), at_zero)


def test_the_theorem_shows_no_derivative_but_remembers_it():
    theorem = impossible()
    assert str(theorem).endswith("|- 0 = 1") and "diff" not in str(theorem)
    assert theorem.smooth == {"smooth.f"}
    with pytest.raises(RuleError, match=r"smooth.f is differentiated, and sqrt\(\(y\*\*2\)\) may not be"):
        instantiate_function(theorem, "smooth.f", (y,), sqrt(y**2))


def test_what_takes_its_place_is_remembered_too():
    theorem = instantiate_function(impossible(), "smooth.f", (y,), app("smooth.g", y) + y)
    assert "smooth.g" in theorem.smooth
    with pytest.raises(RuleError, match=r"smooth\.g is differentiated"):
        instantiate_function(theorem, "smooth.g", (y,), log(y))


def test_so_is_what_a_definition_rests_on():
    """Only the derivative of h was written; it is one of k too."""
    define("smooth.h", (x,), app("smooth.k", x) ** 3)
    slope = diff(x, app("smooth.h", x))
    shown = chain(algebra(num(0), slope * 0), algebra(slope * 0, num(0)))
    assert shown.conclusion == eq(num(0), num(0)) and shown.smooth == {"smooth.h"}
    with pytest.raises(RuleError, match=r"smooth\.k is differentiated"):
        instantiate_function(shown, "smooth.k", (y,), sqrt(y**2))


def test_a_function_that_was_never_differentiated_may_have_corners():
    assert instantiate_function(algebra(f + f, 2 * f), "smooth.f", (y,), sqrt(y**2))
