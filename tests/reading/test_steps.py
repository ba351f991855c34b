"""Sums over steps and chains of densities: a schedule hangs together, and so do the states of a Markov chain."""

import pytest

from derivations.deciding import decide
from derivations.kernel.terms import INT, REAL, add, app, div, mul, num, sum_, sym
from derivations.reading.equations.series import by_induction
from derivations.reading.notation.coordinates import bound_schedule, whole
from tests.reading.asked import verdict


@pytest.mark.parametrize(
    "true, false",
    [
        (r"\sum_{i=1}^t (1-\alpha_i)\prod_{s=i+1}^t \alpha_s = 1-\bar\alpha_t", r"\sum_{i=1}^t (1-\alpha_i)\prod_{s=i}^t \alpha_s = 1-\bar\alpha_t"),
        (r"\sum_{t=1}^T \log\frac{\bar\alpha_t}{\bar\alpha_{t-1}} = \log\bar\alpha_T", r"\sum_{t=2}^T \log\frac{\bar\alpha_t}{\bar\alpha_{t-1}} = \log\bar\alpha_T"),
        (r"\sum_{i=1}^t (\bar\alpha_{i-1}-\bar\alpha_i) = 1-\bar\alpha_t", r"\sum_{i=1}^t (\bar\alpha_{i-1}-\bar\alpha_i) = 1-\bar\alpha_{t-1}"),
        (r"\sum_{t=1}^T \beta_t = T-\sum_{t=1}^T \alpha_t", r"\sum_{t=1}^T \beta_t = T-1-\sum_{t=1}^T \alpha_t"),
        (r"\sum_{i=1}^n (a_i-a_{i-1}) = a_n-a_0", r"\sum_{i=1}^n (a_i-a_{i-1}) = a_n-a_1"),
    ],
)  # fmt: skip
def test_a_schedule_under_a_sum_hangs_together_with_the_one_outside(true, false):
    assert (verdict(true), verdict(false)) == ("proved", "refuted")


def test_a_first_term_may_be_split_off_and_is_the_same_number():
    assert verdict(r"\sum_{t=1}^T \alpha_t = \alpha_1+\sum_{t=2}^T \alpha_t") != "refuted"
    assert verdict(r"\sum_{t=1}^T \alpha_t = \alpha_2+\sum_{t=2}^T \alpha_t") == "refuted"


@pytest.mark.parametrize(
    "true, false",
    [
        (r"\sum_{t=2}^T \log\frac{q(x_t\mid x_0)}{q(x_{t-1}\mid x_0)} = \log\frac{q(x_T\mid x_0)}{q(x_1\mid x_0)}",
         r"\sum_{t=2}^T \log\frac{q(x_t\mid x_0)}{q(x_{t-1}\mid x_0)} = \log\frac{q(x_T\mid x_0)}{q(x_2\mid x_0)}"),
        (r"\frac{q(x_0,x_{t-1},x_t)}{q(x_0,x_{t-1})} = q(x_t\mid x_{t-1})", r"\frac{q(x_0,x_{t-1},x_t)}{q(x_0,x_{t-1})} = q(x_t\mid x_0)"),
        (r"q(x_t\mid x_{t-1}) = \frac{q(x_{t-1}\mid x_t,x_0)q(x_t\mid x_0)}{q(x_{t-1}\mid x_0)}",
         r"q(x_t\mid x_{t-1}) = \frac{q(x_{t-1}\mid x_t,x_0)q(x_{t-1}\mid x_0)}{q(x_t\mid x_0)}"),
    ],
)  # fmt: skip
def test_densities_of_a_chain_are_judged_as_those_of_a_chain(true, false):
    assert (verdict(true), verdict(false)) == ("proved", "refuted")


def test_a_sum_over_the_steps_is_refuted_by_a_chain_where_it_does_not_telescope():
    right = r" = \log\frac{q(x_t\mid x_0)}{q(x_1\mid x_0)}"
    assert verdict(r"\sum_{s=2}^t \log\frac{q(x_s\mid x_0)}{q(x_s\mid x_{s-1})}" + right) == "refuted"
    assert verdict(r"\sum_{s=2}^t \log\frac{q(x_s\mid x_0)}{q(x_{s-1}\mid x_0)}" + right) != "refuted"


def test_a_divergence_that_is_zero_may_be_a_condition():
    assert verdict(r"D_{KL}(p(x)\|q(x)) = 0") == "undecided"


def test_the_last_index_inside_a_sum_grows_with_it():
    n, i = sym("n", INT), sym("i", INT)
    false = add(1, div(mul(add(n, -1), n, add(n, 1)), 3))  # what it would be if n inside the sum stood still
    domain = {"n": "integer", "i": "integer"}
    assert not by_induction(
        sum_(i, num(1), n, mul(i, n)), false, lambda a, b: decide(a, b, domain=domain).status == "proved"
    )


def test_an_index_is_of_one_sort_everywhere():
    t, inside = sym("t", INT), app("alpha", add(sym("t", REAL), num(-1)))
    (found,) = whole(sum_(t, num(1), sym("T", INT), inside))
    assert found.free == {sym("T", INT)}
    assert not bound_schedule(found) and bound_schedule(found, app("alpha_bar", sym("T", INT)))
