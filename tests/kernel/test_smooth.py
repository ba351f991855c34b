"""Opaque and defined functions stand for smooth ones: what may not be differentiable is not put in their place."""

import pytest

from derivations.kernel import RuleError
from derivations.kernel.equality import algebra
from derivations.kernel.logic import define, instantiate_function
from derivations.kernel.terms import app, diff, div, log, lt, power, sqrt, sym

x = sym("x")


def test_a_product_rule_is_not_instantiated_at_a_corner() -> None:
    f = app("corner_f", x)
    rule = algebra(diff(x, f * f), 2 * f * diff(x, f))
    with pytest.raises(RuleError, match=r"corner_f is differentiated, and .* may not be differentiable"):
        instantiate_function(rule, "corner_f", (x,), sqrt(power(x, 2)))
    smooth = instantiate_function(rule, "corner_f", (x,), power(x, 3))
    assert smooth.conclusion == algebra(diff(x, x**3 * x**3), 2 * x**3 * diff(x, x**3)).conclusion


def test_without_a_derivative_any_body_will_do() -> None:
    f = app("plain_f", x)
    square = algebra((f + 1) ** 2, f**2 + 2 * f + 1)
    assert instantiate_function(square, "plain_f", (x,), sqrt(power(x, 2)))


@pytest.mark.parametrize("body", [sqrt(power(x, 2)), log(x), div(1, x), diff(x, sqrt(power(x, 2)))])
def test_a_definition_with_a_corner_is_refused(body: object) -> None:
    with pytest.raises(RuleError, match="may not be differentiable everywhere in the arguments of corner_def"):
        define("corner_def", (x,), body)


def test_a_slope_of_a_smooth_function_is_smooth() -> None:
    assert define("slope_def", (x,), diff(x, app("any_g", x))).smooth == {"any_g"}


def test_a_root_of_a_constant_is_no_corner() -> None:
    a = sym("a", ("int",))
    assert define("rooted", (a, x), sqrt(app("positive_seq", a)) * x)
    assert lt(0, x)
