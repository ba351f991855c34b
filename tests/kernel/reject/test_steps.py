"""Attacks on what is proved about small steps, limits and solutions: carried to where it is false, it is refused."""

import pytest

from derivations.kernel.equality import algebra, chain, order
from derivations.kernel.evolution import fundamental
from derivations.kernel.limits import limit_order, limit_value
from derivations.kernel.logic import (
    assume,
    conjunct,
    cut,
    define,
    generalize,
    instantiate,
    instantiate_function,
    specialize,
    table,
)
from derivations.kernel.series import order_quotient, order_same, order_sum, taylor
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Vec,
    app,
    bigo,
    diff,
    divergence,
    eq,
    exp,
    forall,
    grad,
    integral,
    interval,
    jacobian,
    le,
    log,
    lt,
    ne,
    norm2,
    num,
    power,
    sqrt,
    sym,
    trace,
)
from derivations.kernel.theorem import RuleError
from tests.kernel.letters import A, a, d, f, field, u, v, x, y

h = sym("h")
CORNER, ROOT = sqrt(x**2), power(x, num(1) / 3)


def test_an_order_of_a_smooth_function_is_not_one_of_a_function_with_a_corner():
    """f(h) - f(0) = O(h) for smooth f; for the third root of h it is false."""
    step = taylor(h, 1, f(h) - f(num(0)))
    assert step.smooth == {"f"}
    for body in (CORNER, ROOT, log(x), 1 / x):
        with pytest.raises(RuleError, match="may not be differentiable"):
            instantiate_function(step, "f", (x,), body)
    assert instantiate_function(step, "f", (x,), exp(x)).conclusion == taylor(h, 1, exp(h) - exp(num(0))).conclusion


def test_what_follows_from_an_order_remembers_that_the_function_is_smooth():
    step = limit_order(order_sum(taylor(h, 1, f(h) - f(num(0))), taylor(h, 1, h)))
    with pytest.raises(RuleError, match="may not be differentiable"):
        instantiate_function(step, "f", (x,), CORNER)


def test_a_parameter_cannot_be_put_at_the_edge():
    step = taylor(h, 1, log(a + h) - log(a), (lt(0, a),))
    with pytest.raises(RuleError, match="becomes 0 < 0, which is false"):
        instantiate(step, table({a: num(0)}))
    pole = limit_value(x, a, 1 / x, (ne(a, 0),))
    with pytest.raises(RuleError, match="becomes 0 != 0, which is false"):
        instantiate(pole, table({a: num(0)}))


def test_a_parameter_cannot_be_made_to_depend_on_the_step():
    """a - a = O(h^5) at every a; at a = 1/h the step of the statement is another h."""
    step = instantiate(taylor(h, 1, a * h), table({a: 1 / h}))
    assert str(step.conclusion) == "bigo(h', 1, ((1/h)*h'))"


def test_the_step_of_an_order_is_no_free_variable():
    step = taylor(h, 2, exp(h) - 1 - h)
    assert instantiate(step, table({h: num(7)})).conclusion == step.conclusion
    assert generalize(step, h).conclusion.args[2] == step.conclusion


def test_an_order_does_not_become_an_equation():
    with pytest.raises(RuleError, match="is not a link"):
        chain(taylor(h, 2, exp(h) - 1 - h), taylor(h, 2, h**2))


def test_a_removable_hole_is_not_filled():
    """(e^h - 1)/h tends to 1; at h = 0 itself nothing is said."""
    lowered = order_quotient(taylor(h, 2, exp(h) - 1 - h), 1)
    flat = order_same(lowered, algebra((exp(h) - 1 - h) / h**1, (exp(h) - 1) / h - 1, (ne(h, 0),)))
    assert flat.hypotheses == () and limit_order(flat).conclusion.op == "limit"
    with pytest.raises(RuleError, match="owes 0 != 0"):
        limit_value(h, num(0), (exp(h) - 1) / h)


def test_an_equation_at_one_time_is_none_at_every_time():
    """x'(t) = 0 at t only does not make x'' vanish there."""
    still = assume(eq(diff(y, f(y), a), 0))
    assert taylor(h, 2, f(a + h) - f(a), (), (still,)).hypotheses == still.hypotheses
    with pytest.raises(RuleError, match=r"derivative 2 of .* is not 0"):
        taylor(h, 3, f(a + h) - f(a), (), (still,))


def test_an_equation_in_the_step_is_none_at_step_zero():
    with pytest.raises(RuleError, match="h occurs free in the hypothesis"):
        taylor(h, 1, f(h), (), (assume(eq(f(h), h)),))
    everywhere = specialize(assume(forall(x, eq(f(x), x))), h)
    with pytest.raises(RuleError, match=r"derivative 0 of .* is not 0"):  # an equation at h says nothing at 0
        taylor(h, 1, f(h), (), (everywhere,))


def test_an_integral_over_an_interval_turned_around_is_not_minus_the_integral():
    """Between two ends out of order an integral is 0 here, so lo <= hi stays in front."""
    backwards = fundamental(x, f(x), a, sym("b"))
    with pytest.raises(RuleError, match="becomes 1 <= 0, which is false"):
        instantiate(backwards, table({a: num(1), sym("b"): num(0)}))


def test_the_slope_at_the_upper_end_needs_room_below():
    moving = integral(y, f(y), interval(0, x))
    assert algebra(diff(x, moving), f(x), (lt(0, x),)).hypotheses == (lt(0, x),)
    for facts in ((), (le(0, x),), (ne(x, 0),), (lt(x, 0),)):
        with pytest.raises(RuleError, match="owes x > 0"):
            algebra(diff(x, moving), f(x), facts)
    with pytest.raises(RuleError, match="becomes 0 < 0, which is false"):
        instantiate(algebra(diff(x, moving), f(x), (lt(0, x),)), table({x: num(0)}))


def test_an_integrand_with_a_corner_has_no_slope_by_rule():
    for body in (sqrt(y**2), 1 / y, log(y), app("g", y) / y):
        with pytest.raises(RuleError, match=r"does not hold|owes"):
            algebra(diff(x, integral(y, body, interval(0, x))), body * 0 + sqrt(x**2), (lt(0, x),))


def test_an_integrand_stays_smooth():
    slope = algebra(diff(x, integral(y, f(y), interval(0, x))), f(x), (lt(0, x),))
    assert slope.smooth == {"f"}
    with pytest.raises(RuleError, match="may not be differentiable"):
        instantiate_function(slope, "f", (x,), CORNER)


def test_the_bound_variable_of_an_integral_may_be_called_like_the_end():
    assert algebra(diff(x, integral(x, f(x), interval(0, x))), f(x), (lt(0, x),))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(diff(x, integral(y, f(x, y), interval(0, x))), f(x, x), (lt(0, x),))


def test_a_defined_function_with_a_corner_does_not_exist():
    with pytest.raises(RuleError, match="may not be differentiable"):
        define("steps.corner", (x,), CORNER)


def test_a_jacobian_does_not_commute_and_is_not_symmetric():
    here = jacobian(u, field(u))
    for wrong in ((A @ here, here @ A), (here.T, here)):
        with pytest.raises(RuleError, match="does not hold"):
            algebra(*wrong)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(grad(u, norm2(field(u))), 2 * (here @ field(u)))
    assert algebra(grad(u, norm2(field(u))), 2 * (here.T @ field(u)))


def test_a_trace_of_a_jacobian_is_a_divergence_at_the_same_point():
    G = app("G", v, sort=Vec(d))
    assert algebra(trace(jacobian(v, G, u)), divergence(v, G, u))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(trace(jacobian(v, G, u)), divergence(v, G, 2 * u))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(divergence(u, app("G", A @ u, sort=Vec(d))), divergence(v, G, A @ u))


def test_a_field_whose_jacobian_was_taken_stays_smooth():
    theorem = algebra(trace(jacobian(u, field(u))), divergence(u, field(u)))
    with pytest.raises(RuleError, match="may not be differentiable"):
        instantiate_function(theorem, "F", (u,), sqrt(norm2(u)) * u)


def test_a_slope_of_zero_under_a_hypothesis_about_the_variable_is_no_constant():
    """0 < x |- f'(x) = 0 must not make f constant on the whole line."""
    halfway = cut(algebra(diff(x, f(x)), num(0), (), (assume(eq(diff(x, f(x)), 0)),)), assume(eq(diff(x, f(x)), 0)))
    with pytest.raises(RuleError, match="under: x occurs free in the hypothesis"):
        under(conjunct(fundamental(x, f(x), num(-1), num(1)), 0).conclusion.args[0], halfway)


def test_an_order_is_an_order_of_numbers():
    assert order(lt(0, x**2 + 1)).conclusion.op == "lt"
    with pytest.raises(RuleError, match="order: needs <, <= or !="):
        order(bigo(h, 1, h))
