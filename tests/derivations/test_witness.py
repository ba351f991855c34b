"""Searching numbers for one pair of lines after another, under the same hypotheses."""

import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.logic import assume
from derivations.kernel.terms import INT, app, eq, integrable, integral, lt, num, sqrt, sym
from derivations.registry import witness as module
from derivations.registry.witness import Search, witness

a, b, x, t = sym("a"), sym("b"), sym("x"), sym("t", INT)


def test_one_search_answers_as_many_do():
    given = (lt(0, a), lt(b, a))
    search = Search(given)
    for before, after in [(a, 2 * a), (sqrt(a**2), a), (a + b, a - b), (sqrt(b**2), b), (a, a)]:
        assert search.witness(before, after) == witness(before, after, given)


def test_an_inequality_is_refuted_where_it_fails():
    search = Search((lt(0, a), lt(a, 1)))
    assert search.witness(a, a**2, relation="le")["at"]
    assert search.witness(a, a, relation="lt") and search.witness(a, a, relation="le") is None
    assert search.witness(a**2, a, relation="lt") is None
    assert search.witness(1 / (a - a), a, relation="le") is None, "where a side has no value nothing fails"


def test_points_are_drawn_once_for_the_same_letters(monkeypatch):
    drawn, real = [], module.points
    monkeypatch.setattr(module, "points", lambda *args: drawn.append(args) or real(*args))
    search = Search((lt(0, a),))
    for factor in range(2, 6):
        assert search.witness(a, factor * a)
    assert len(drawn) == 1


def test_where_no_point_meets_the_hypotheses_no_further_search_is_made(monkeypatch):
    search = Search((lt(a, 0), lt(0, a)))
    assert search.witness(a, b) is None and search.hopeless
    monkeypatch.setattr(module, "points", None)
    assert search.witness(a, 2 * b) is None


def test_what_numbers_cannot_evaluate_is_not_searched(monkeypatch):
    monkeypatch.setattr(module, "points", None)
    assert Search(()).witness(integral(x, app("f", x)), num(1)) is None


def test_a_hypothesis_that_numbers_cannot_judge_silences_its_letters():
    search = Search((integrable(x, app("f", x)),))
    assert search.witness(app("f", a), num(1)) is None
    assert search.witness(a, b)["at"]


@pytest.mark.parametrize("fact", [assume(eq(app("g", t), 2 * app("g", t - 1))), algebra(a, a)])
def test_equations_are_met(fact):
    found = witness(app("g", t), 3 * app("g", t - 1), (lt(0, app("g", t)),), (fact,))
    assert found and found["lhs"] != found["rhs"]


def test_the_smallest_numbers_are_small_on_both_sides_of_zero():
    a, b = sym("a"), sym("b")
    found = witness((a + b) ** 2, a**2 + b**2, ())
    assert found["at"] == {"a": "-2", "b": "-1"} and (found["lhs"], found["rhs"]) == ("9", "5")
