"""A dimension is at least 1, also in a theorem that no longer shows the space it came from."""

import pytest

from derivations.kernel.decay import same_integrand
from derivations.kernel.equality import algebra, chain, convert, order, symmetric
from derivations.kernel.integrals import almost_everywhere, integral_below, tonelli, zero_integral
from derivations.kernel.logic import (
    assume,
    conjoin,
    conjunct,
    define,
    generalize,
    induction,
    instantiate,
    instantiate_function,
    specialize,
)
from derivations.kernel.series import taylor
from derivations.kernel.sums import sum_below, under
from derivations.kernel.terms import (
    INT,
    MEASURE,
    Mat,
    TermError,
    Vec,
    aeq,
    app,
    diag,
    eq,
    exp,
    eye,
    forall,
    inner,
    integrable,
    integral,
    le,
    lt,
    mul,
    norm2,
    num,
    sum_,
    sym,
    trace,
)
from derivations.kernel.theorem import RuleError

d, m, n, i = (sym(s, INT) for s in "dmni")
u, h = sym("u", Vec(d)), sym("h")
ONES = trace(diag(i, num(1), d))
SIZE = chain(symmetric(algebra(trace(eye(d)), d)), assume(eq(trace(eye(d)), app("f"))))
# |- d = f(), where nothing shows any more that d is a dimension


def test_the_space_is_forgotten_but_not_that_it_has_a_dimension():
    assert d in SIZE.dimensions
    with pytest.raises(RuleError, match="d is a dimension, and -1 is not one: it may be less than 1"):
        instantiate(SIZE, ((d, num(-1)),))
    with pytest.raises(RuleError, match=r"d is a dimension, and \(m - 1\) is not one"):
        instantiate(SIZE, ((d, m - 1),))


def test_a_dimension_may_become_a_sum_or_a_product_of_dimensions():
    moved = instantiate(SIZE, ((d, 2 * m + n),))
    assert {m, n} <= moved.dimensions
    with pytest.raises(RuleError, match="m is a dimension, and 0 is not one"):
        instantiate(moved, ((m, num(0)),))


def test_for_every_dimension_says_at_least_1():
    with pytest.raises(RuleError, match="d is a dimension; the guard must say 1 <= d"):
        generalize(algebra(trace(eye(d)), d), d)
    every = generalize(algebra(trace(eye(d)), d), d, le(1, d))
    assert specialize(every, num(3)).conclusion == eq(trace(eye(num(3))), num(3))
    with pytest.raises(RuleError, match="0 is outside the range"):
        specialize(every, num(0))
    with pytest.raises(TermError, match="a dimension is made of positive integers"):
        specialize(every, -m)


def test_no_induction_runs_over_spaces():
    p = le(0, norm2(sym("x", Vec(n))))
    step = assume(forall(n, le(0, app("q", n))))
    with pytest.raises(RuleError, match="n is a dimension, and no induction runs over spaces"):
        induction(order(p), step, n, num(1))


def test_no_sum_runs_over_spaces():
    with pytest.raises(TermError, match="the bound variable n is a dimension"):
        algebra(sum_(n, 0, m, trace(eye(n))), sum_(n, 0, m, n))


def test_a_definition_is_not_unfolded_at_what_is_no_dimension():
    size = define("test.size", (n,), trace(eye(n)))
    assert algebra(app("test.size", m), m, (), (size,))
    with pytest.raises(RuleError, match="does not hold"):
        algebra(app("test.size", -m), -m, (), (size,))
    with pytest.raises(RuleError, match="does not hold"):  # i may be -5
        algebra(sum_(i, m, d, app("test.size", i)), sum_(i, m, d, i), (), (size,))


@pytest.mark.parametrize("prove", [
    lambda size: algebra(app("test.size", m), m, (), (size,)),
    lambda size: order(le(app("test.size", m), m), (), (size,)),
    lambda size: convert(assume(lt(app("test.size", m), i)), lt(m, i), (), (size,)),
    lambda size: taylor(h, 1, (app("test.size", m) - m) * exp(h), (), (size,)),
])  # fmt: skip
def test_where_a_definition_was_unfolded_is_a_dimension(prove):
    """size(m) = m holds where m is at least 1, and says nothing of -3."""
    proved = prove(define("test.size", (n,), trace(eye(n))))
    assert m in proved.dimensions
    with pytest.raises(RuleError, match="m is a dimension, and -3 is not one"):
        instantiate(proved, ((m, num(-3)),))


@pytest.mark.parametrize("dim", [-d, d - 1, num(0), sym("r"), app("k", sort=INT), d**2], ids=str)
def test_a_space_has_a_dimension(dim):
    with pytest.raises(TermError, match="a dimension is made of positive integers and integer symbols"):
        algebra(norm2(sym("x", Vec(dim))), num(0))


def test_matrices_of_sizes_that_do_not_fit_are_refused():
    a = sym("A", Mat(d, m))
    with pytest.raises(TermError, match="do not fit"):
        mul(a, sym("x", Vec(d)))
    with pytest.raises(TermError, match="different dimensions"):
        inner(mul(a, sym("x", Vec(m))), sym("x", Vec(m)))
    assert ONES.dims == {d}


def test_a_vector_of_one_space_is_in_no_other():
    """For all d, n(u) = d said of a u that is fixed outside: of a v in its place it would say 1 = n(v) = 2."""
    size = specialize(define("reject.space", (u,), d), u)
    with pytest.raises(TermError, match="d is the dimension of u, which is fixed outside"):
        generalize(size, d, le(1, d))
    with pytest.raises(TermError, match="d is the dimension of u, which is fixed outside"):
        assume(forall(d, lt(0, norm2(u)), le(1, d)))
    assert generalize(generalize(size, u), d, le(1, d))


def test_what_is_said_for_all_dimensions_is_said_from_1_on():
    """f(d) = d - 1 for d >= 1, and f(0) = 5, obey the hypothesis: f(0) < 0 does not follow."""
    below = forall(d, lt(app("f", d), trace(eye(d))))
    for at in (n, num(0)):
        with pytest.raises(RuleError, match=r"order: no certificate for f\(.\) < .: the sign of"):
            order(lt(app("f", at), at), (below,))
    assert order(lt(app("f", n), n), (below, le(1, n))).hypotheses == (below, le(1, n))


@pytest.mark.parametrize(("before", "after"), [(trace(eye(d)), d), (d, trace(eye(d)))], ids=["to", "fro"])
def test_for_all_dimensions_is_not_rewritten_as_for_all_whole_numbers(before, after):
    """f(d) = tr I_d for all d does not say that f(-1) = -1."""
    every = assume(forall(d, eq(app("f", d), before)))
    with pytest.raises(RuleError, match=r"convert: .* differ in more than rewriting"):
        convert(every, forall(d, eq(app("f", d), after)))


def test_for_all_whole_numbers_does_not_become_for_all_dimensions():
    """g(d) < tr I_d <= d for all d does not say that g(-1) < -1."""
    below = [forall(n, lt(app("g", n), app("f", n))), forall(n, le(app("f", n), n))]
    proved = order(lt(app("g", num(-1)), -1), tuple(below))
    with pytest.raises(TermError, match="f cannot be replaced: n would be a dimension, and no longer any number"):
        instantiate_function(proved, "f", (n,), trace(eye(n)))
    assert instantiate_function(proved, "f", (n,), n).conclusion == proved.conclusion


SIZED = assume(forall(n, eq(app("f", n), trace(eye(n)))))  # f may be 0 at -5, as sum_{i=1}^n 1 is
COUNT = sym("M", MEASURE)


@pytest.mark.parametrize("bind", [
    lambda: under(sum_(m, -5, -5, app("f", m)), algebra(app("f", m), m, (), (SIZED,))),
    lambda: under(integral(m, app("f", m), COUNT), algebra(app("f", m), m, (), (SIZED,))),
    lambda: sum_below(sum_(m, -5, -5, app("f", m)), order(le(app("f", m), m), (), (SIZED,))),
    lambda: integral_below(order(le(app("f", m), m), (), (SIZED,)), m, COUNT),
    lambda: zero_integral(
        order(le(0, app("f", m) - m), (), (SIZED,)), assume(eq(integral(m, app("f", m) - m, COUNT), num(0)))
    ),
    lambda: almost_everywhere(assume(aeq(m, app("g", m), num(0), COUNT)), algebra(app("f", m), m, (), (SIZED,))),
    lambda: same_integrand(assume(integrable(m, app("f", m), COUNT)), algebra(app("f", m), m, (), (SIZED,))),
    lambda: tonelli(m, h, app("g", h), _inside(), assume(integrable(m, integral(h, app("g", h)), COUNT)), COUNT),
], ids="sum integral sum_below integral_below zero_integral almost_everywhere same_integrand tonelli".split())  # fmt: skip
def test_what_holds_in_a_space_is_not_said_of_every_whole_number(bind):
    """f(m) = m, proved where m is a dimension, is summed over m = -5: 0 = -5 followed."""
    with pytest.raises(RuleError, match="m is a dimension, and what holds from 1 on may not hold elsewhere"):
        bind()


def _inside():
    """G |- g(h) is integrable over h, of which m is a dimension somewhere."""
    here = algebra(app("f", m), m, (), (SIZED,))
    return conjunct(conjoin(assume(integrable(h, app("g", h))), here), 0)
