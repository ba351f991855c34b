"""Ways in which a checker of such mathematics has once been made to prove something false, each tried here."""

import pytest

from derivations.kernel.coordinates import even
from derivations.kernel.decay import gaussian_integrable, gaussian_vanishes
from derivations.kernel.equality import algebra, order
from derivations.kernel.logic import assume, define, generalize, instantiate, specialize, weaken
from derivations.kernel.sums import empty, peel_first, peel_last, telescope
from derivations.kernel.terms import (
    INT,
    TermError,
    Vec,
    app,
    conj,
    diff,
    eq,
    exp,
    expect,
    forall,
    inner,
    integral,
    le,
    lt,
    ne,
    norm2,
    normal,
    num,
    prod_,
    sqrt,
    sum_,
    sym,
)  # fmt: skip
from derivations.kernel.theorem import RuleError
from tests.kernel.letters import M, N, d, f, i, n, u, v, x, y


def alpha_bar(at):
    """A schedule's value."""
    return app("alpha_bar", at)


s = sym("s", INT)
SCHEDULE = forall(s, conj(lt(0, alpha_bar(s)), lt(alpha_bar(s), 1)), le(1, s))
BELL = normal(x, y, num(1))

REFUSED = {
    "x/x is cancelled": (lambda: algebra(x / x, num(1)), "owes x != 0"),
    "and then put at the pole": (
        lambda: instantiate(algebra(x / x, num(1), (ne(x, 0),)), ((x, num(0)),)), "becomes 0 != 0, which is false"),
    "a removable pole": (lambda: algebra((x**2 - 1) / (x - 1), x + 1), "owes x - 1 != 0"),
    "a positive symbol becomes negative": (
        lambda: instantiate(algebra(sqrt(x**2), x, (lt(0, x),)), ((x, num(-1)),)), "becomes 0 < -1, which is false"),
    "a Gaussian with the mean x^2": (
        lambda: gaussian_integrable(x, normal(x, x**2, num(1))), "is proved to be a Gaussian in x"),
    "a Gaussian with a spread that depends on x": (
        lambda: gaussian_integrable(x, normal(x, y, exp(x))), "is proved to be a Gaussian in x"),
    "and one that vanishes": (lambda: gaussian_vanishes(x, normal(x, y, 1 + x**2)), "is proved to be a Gaussian in x"),
    "one measure for another": (lambda: algebra(integral(x, f(x), M), integral(x, f(x), N)), "does not hold"),
    "one law for another": (
        lambda: algebra(expect(x, BELL, f(x)), expect(x, normal(x, y, num(2)), f(x))), "does not hold"),
    "the schedule at 0": (lambda: order(lt(alpha_bar(0), 1), (SCHEDULE,)), "no certificate for alpha_bar\\(0\\) < 1"),
    "the schedule before any step": (
        lambda: specialize(assume(SCHEDULE), num(0)), "0 is outside the range 1 <= s"),
    "a division by 1 - alpha_bar at a step that may be 0": (
        lambda: algebra((1 - alpha_bar(n)) / (1 - alpha_bar(n)), num(1), (SCHEDULE, le(0, n))), "owes alpha_bar\\(n\\) - 1"),
    "vectors as commuting scalars": (lambda: algebra(inner(u, v) ** 2, norm2(u) * norm2(v)), "does not hold"),
    "a false hypothesis": (lambda: assume(lt(num(2), num(1))), "is false, so anything would follow from it"),
    "a hypothesis that becomes false": (
        lambda: weaken(algebra(x, x), lt(sqrt(num(2)), num(1))), "is false, so anything would follow from it"),
    "a sum shorter than empty": (lambda: algebra(sum_(i, 1, -3, f(i)), -f(num(-1))), "does not hold"),
    "a sum of a constant over any range": (lambda: algebra(sum_(i, 1, n, num(1)), n), "does not hold"),
    "a bound variable is generalized": (
        lambda: generalize(order(lt(0, x + 1), (lt(0, x),)), x), "x occurs free in the hypothesis 0 < x"),
    "a function that is not even": (lambda: even(integral(x, f(x))), "is not an even function"),
    "an existence with a free witness": (lambda: define("holes.witness", (x,), y), "has the free symbols y"),
    "the same name for two things": (
        lambda: (define("holes.twice", (x,), x), define("holes.twice", (x,), 2 * x)), "is defined already, as x"),
}  # fmt: skip


@pytest.mark.parametrize("hole", REFUSED)
def test_a_known_hole_is_closed(hole):
    attempt, reason = REFUSED[hole]
    with pytest.raises((RuleError, TermError), match=reason):
        attempt()


def test_a_derivative_binds_its_variable():
    """d/dx (x y) at y := x is the slope of x y, and never that of x^2."""
    slope = algebra(diff(x, x * y), y)
    at = instantiate(slope, ((y, x),)).conclusion
    assert at.args[1] == x and at.args[0].args[0] != x
    with pytest.raises(RuleError, match="does not hold"):
        algebra(at.args[0], 2 * x)
    inside = instantiate(algebra(diff(x, x * f(y)), f(y)), ((y, x + 1),)).conclusion
    assert inside.args[0].args[0] not in (x + 1).free


def test_an_empty_sum_is_nothing_and_an_empty_product_is_one():
    assert empty(sum_(i, 1, 0, f(i))).conclusion == eq(sum_(i, 1, 0, f(i)), num(0))
    assert empty(prod_(i, 1, 0, f(i))).conclusion == eq(prod_(i, 1, 0, f(i)), num(1))
    assert empty(sum_(i, 1, -3, f(i))).conclusion.args[1] == num(0)


@pytest.mark.parametrize("rule", [peel_last, peel_first])
def test_what_may_be_empty_has_a_first_and_last_term_by_hypothesis_only(rule):
    theorem = rule(sum_(i, 1, n, f(i)))
    assert theorem.hypotheses == (le(1, n),)
    with pytest.raises(RuleError, match="becomes 1 <= 0, which is false"):
        instantiate(theorem, ((n, num(0)),))


def test_telescoping_stops_at_empty():
    theorem = telescope(i, num(1), n, f(i))
    assert instantiate(theorem, ((n, num(0)),)).conclusion.args[0].op == "sum"
    with pytest.raises(RuleError, match="which is false"):
        instantiate(theorem, ((n, num(-1)),))


def test_letters_of_one_name_and_two_sorts_are_two():
    assert sym("x", Vec(d)) != x and sym("x", INT) != x
    with pytest.raises(RuleError, match="does not hold"):
        algebra(norm2(sym("x", Vec(d))), x**2)
