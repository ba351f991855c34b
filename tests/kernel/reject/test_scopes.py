"""Bound and free variables of one name, and what a rule may use of a variable that it binds."""

import pytest

from derivations.kernel.coordinates import antiderivative, even
from derivations.kernel.equality import algebra, order
from derivations.kernel.integrals import joint_swap, tonelli, tower
from derivations.kernel.logic import assume, generalize, instantiate, specialize
from derivations.kernel.sums import log_product, under
from derivations.kernel.terms import (
    INT,
    MEASURE,
    app,
    forall,
    integrable,
    integral,
    interval,
    jointly,
    le,
    lt,
    num,
    power,
    prod_,
    sqrt,
    sum_,
    sym,
)
from derivations.kernel.theorem import RuleError

x, y, w = sym("x"), sym("y"), sym("w")
i, j, n = sym("i", INT), sym("j", INT), sym("n", INT)
M, N = sym("M", MEASURE), sym("N", MEASURE)
hidden = app("X", w)


def test_the_end_of_a_sum_speaks_of_another_i():
    """sum_{i=2i+1}^n: the i of the end is outside, so 2i+1 <= i says nothing of the index."""
    root = algebra(sqrt(i**2), -i, (le(2 * i + 1, i),))
    with pytest.raises(RuleError, match="under: i occurs free in the hypothesis"):
        under(sum_(i, 2 * i + 1, n, sqrt(i**2)), root)


def test_a_guard_speaks_of_another_y():
    """For all x, where 0 < y, for all y, 0 < f: the y of the guard is outside, and may be -2; f may then be -1."""
    inside = forall(y, lt(0, app("f", x, y)))
    with pytest.raises(RuleError, match="order: no certificate for 0 < f"):
        order(lt(0, app("f", num(1), num(2))), (forall(x, inside, lt(0, y)),))
    assert order(lt(0, app("f", num(1), num(2))), (forall(x, inside, lt(0, y)), lt(0, y)))
    assert order(lt(0, app("f", num(1), num(2))), (forall(x, inside, lt(0, x)),))


def test_a_step_from_one_number_to_the_next_does_not_go_down_without_end():
    step = forall(n, lt(0, app("f", n)), lt(0, app("f", n - 1)))
    assert order(lt(0, app("f", num(3))), (step, lt(0, app("f", num(2)))))
    with pytest.raises(RuleError, match="order: no certificate for 0 < f"):
        order(lt(0, app("f", num(3))), (step,))


def test_so_does_the_end_of_an_interval():
    root = algebra(sqrt(x**2), -x, (lt(2 * x + 1, x),))
    with pytest.raises(RuleError, match="under: x occurs free in the hypothesis"):
        under(integral(x, sqrt(x**2), interval(2 * x + 1, num(1))), root)


def test_the_end_of_a_product_too():
    with pytest.raises(RuleError, match="log_product: i occurs free"):
        log_product(prod_(i, 1 - i, n, i + 1))


def test_a_fact_about_a_free_symbol_is_not_one_about_the_bound_variable():
    with pytest.raises(RuleError, match="antiderivative: x occurs free"):
        antiderivative(integral(x, sqrt(x**2), interval(-1, 1)), x**2 / 2, num(0), num(0), (le(0, x),))
    with pytest.raises(RuleError, match="even: x occurs free"):
        even(integral(x, sqrt(x**2)), (le(0, x),))
    with pytest.raises(RuleError, match="log_product: i occurs free"):
        log_product(prod_(i, -2, n, i), (lt(0, i),))
    with pytest.raises(RuleError, match="generalize: x occurs free"):
        generalize(algebra(sqrt(x**2), x, (le(0, x),)), x)


def test_a_sign_at_some_points_does_not_make_an_iterated_integral_joint():
    f = app("f", x, y)
    inside = specialize(assume(forall(x, integrable(y, f, N))), x)
    outside = assume(integrable(x, integral(y, f, N), M))
    with pytest.raises(RuleError, match="is not proved to be >= 0"):
        tonelli(x, y, f, inside, outside, M, N)


def test_measures_that_depend_on_each_other_do_not_change_places():
    kernel = app("K", x, sort=MEASURE)
    with pytest.raises(RuleError, match="joint_swap: the measures of x and y are not independent"):
        joint_swap(assume(jointly(x, y, x * y, M, kernel)))
    with pytest.raises(RuleError, match="joint_swap: the measures of x and x are not independent"):
        joint_swap(assume(jointly(x, x, x, M, N)))


def test_the_tower_leaves_an_expectation_inside_alone():
    """(E X)^2 is a number; to put y in its place would prove (E X)^2 = E X^2."""
    mean = integral(w, hidden, M)
    theorem = tower(M, w, y, hidden, app("k", y), power(mean, 2))
    assert theorem.conclusion.args[1] == integral(w, integral(y, app("k", y) * power(mean, 2)), M)


def test_the_tower_does_not_average_over_what_the_density_is_not_given():
    """Given h(w, x) at one x, the law of X is k; under an integral over x the test sees h(w, .) whole."""
    density = app("k", y, app("h", w, x))
    with pytest.raises(RuleError, match="sees more of w than"):
        tower(M, w, y, hidden, density, integral(x, app("h", w, x) * hidden))
    assert tower(M, w, y, hidden, density, app("h", w, x) * hidden)
    with pytest.raises(RuleError, match="sees more of w than"):
        tower(M, w, y, hidden, app("k", y), hidden * app("Z", w))
    with pytest.raises(RuleError, match="sees more of w than"):
        tower(M, w, y, hidden, app("k", y, hidden), hidden)
    with pytest.raises(RuleError, match="must be a new variable"):
        tower(M, w, y, hidden, app("k", y), hidden * y)


def test_the_tower_does_not_rename_a_bound_variable_of_the_hidden_one():
    """Given h(w), w has the density k; int h dN is a number, and the h(w) under an integral over y would not be."""
    number = integral(w, app("h", w), N)
    theorem = tower(M, w, y, w, app("k", y, app("h", w)), app("g", w) * number)
    inside = app("k", y, app("h", w)) * app("g", y) * number
    assert theorem.conclusion.args[1] == integral(w, integral(y, inside), M)


def test_the_tower_does_not_touch_another_variable_of_the_hidden_one():
    part = app("X", w, x)
    with pytest.raises(RuleError, match="sees more of w than"):
        tower(M, w, y, part, app("k", y, x), integral(x, part**2))


def test_a_value_settled_in_one_range_is_not_used_in_another():
    """An inner integral moves out, and the others are named anew: sqrt(x^2) is x in one of them and -x in the other."""
    a, b = app("a", sqrt(x**2), y), app("b", sqrt(x**2), y)
    free = integral(x, integral(w, app("f", x, w)))
    both = integral(y, integral(x, a, interval(0, 1)) * integral(x, b, interval(-1, 0)) * free)

    def apart(inside):
        return free * integral(y, integral(x, app("a", x, y), interval(0, 1)) * integral(x, inside, interval(-1, 0)))

    assert algebra(both, apart(app("b", -x, y)))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(both, apart(app("b", x, y)))


def test_an_empty_interval_has_no_negative_integral():
    theorem = antiderivative(integral(x, 3 * x**2, interval(0, y)), x**3, num(0), num(0))
    assert theorem.hypotheses == (le(0, y),)
    with pytest.raises(RuleError, match="becomes 0 <= -1, which is false"):
        instantiate(theorem, ((y, num(-1)),))
    assert not antiderivative(integral(x, 3 * x**2, interval(0, 1)), x**3, num(0), num(0)).hypotheses


def test_a_symbol_is_what_its_key_says_and_not_what_was_written_first():
    """f(sqrt(x^2)) is f(x) for 0 < x; renamed where x < 0 it would have become f(-x)."""
    first = integral(x, app("f", sqrt(x**2)) * integral(y, app("q", x, y)), interval(0, 1))
    constant = integral(y, app("k", y))

    def second(argument, outside, inside):
        return outside * integral(x, app("f", argument) * app("g", x) * inside, interval(-1, 0))

    whole = first + second(x, num(1), constant)
    assert algebra(whole, first + second(x, constant, num(1)))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(whole, first + second(-x, constant, num(1)))


def test_a_hypothesis_that_owes_leaves_no_symbol_behind():
    """The root was 0 while its sign was owed, and f(0) was remembered as f(sqrt(i + c))."""
    total, c = sum_(j, 0, n, app("h", j)), sym("c")
    late = le(0, sum_(i, 0, n, sum_(j, 0, n, app("f", sqrt(i + c)) * app("h", j))))
    left = sum_(i, 0, n, app("f", num(0)) * app("g", i) * total)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(left, total * sum_(i, 0, n, app("f", sqrt(i + c)) * app("g", i)), (late, le(0, c)))
    assert algebra(left, total * app("f", num(0)) * sum_(i, 0, n, app("g", i)), (late, le(0, c)))
