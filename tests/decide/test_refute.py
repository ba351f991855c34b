"""The search for points: in the domain, where the facts hold, the same every time, and simple first."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evidence import refute
from derivations.evidence.arithmetic import rational, to_fraction
from derivations.evidence.balls import Evaluator, holds
from derivations.evidence.refute import WORDS, Point, draw, examine, inside, points
from derivations.kernel.terms import (
    INT,
    Term,
    add,
    app,
    eq,
    exp,
    function,
    le,
    lt,
    mul,
    ne,
    neg,
    num,
    power,
    sqrt,
    sum_,
    sym,
)

NAMES = {"a": "unit", "b": "unit", "s": "positive", "r": "nonnegative", "x": "real", "n": "integer"}
SYMBOLS = [sym(name, INT if word == "integer" else ("real",)) for name, word in NAMES.items()]
a, b, s, r, x, n = SYMBOLS
INSIDE = {
    "unit": lambda q: 0 < q < 1, "positive": lambda q: q > 0, "nonnegative": lambda q: q >= 0,
    "real": lambda q: True, "integer": lambda q: q.denominator == 1,
}  # fmt: skip


@given(st.sampled_from(WORDS), st.fractions(-3, 3, max_denominator=4))
def test_inside(word, q):
    assert inside(word, rational(q)) == INSIDE[word](q)


@given(st.sampled_from(WORDS), st.randoms(use_true_random=False), st.integers(0, 6))
def test_numbers_lie_in_their_domain(word, rng, scale):
    assert INSIDE[word](to_fraction(draw(word, rng, scale)))


def found(facts, count=20, terms=tuple(SYMBOLS)):
    return list(points(terms, facts, NAMES, count))


FACTS = {
    "an order of noise levels": [lt(a, b), lt(0, add(b, neg(mul(2, a))))],
    "a variance that is left": [lt(0, add(1, neg(a), neg(mul(s, s)))), lt(a, b)],
    "a step after the first": [le(2, n), lt(n, 5)],
    "a narrow gap": [lt(x, add(s, num(Fraction(1, 10**6)))), lt(s, x)],
    "a number that is not another": [ne(x, s), ne(a, b)],
    "a positive sine": [lt(0, function("sin", x)), lt(function("sin", x), num(Fraction(1, 10)))],
    "a far corner": [lt(10**6, x), lt(x, s), lt(power(10, 7), s)],
    "a value of a function": [lt(app("f", n), app("f", add(n, 1))), lt(0, app("f", n))],
}


@pytest.mark.parametrize("name", FACTS)
def test_points_meet_the_facts(name):
    facts = FACTS[name]
    met = found(facts)
    assert len(met) >= 5
    for point in met:
        assert all(holds(fact, point.values, point.table) for fact in facts)
        assert all(INSIDE[word](point.witness()[name]) for name, word in NAMES.items())


@given(st.lists(st.tuples(st.sampled_from(SYMBOLS[:5]), st.sampled_from(SYMBOLS[:5])), min_size=1, max_size=5))
@settings(max_examples=60)
def test_any_order_that_can_be_met_is_met(pairs):
    rank = {t: k for k, t in enumerate(SYMBOLS)}
    facts = [lt(u, v) for u, v in pairs if rank[u] < rank[v]]
    assert found(facts, 12)


@pytest.mark.parametrize("facts", [[lt(a, 0)], [lt(x, s), lt(s, x)], [lt(2, n), lt(n, 3)], [lt(power(x, 2), -1)]])
def test_where_nothing_meets_the_facts_there_is_no_point(facts):
    assert found(facts, 100) == []


def test_an_equation_gives_a_coordinate_its_value():
    """Drawn at random, a product would never be 6/7; and one equation may wait for another."""
    facts = [eq(mul(s, x), num(Fraction(6, 7))), eq(add(r, x), mul(3, s)), lt(a, b)]
    met = found(facts, 10)
    assert len(met) >= 5
    assert all(holds(fact, point.values, point.table) for point in met for fact in facts)
    assert len(found([eq(app("alpha", n), mul(a, app("alpha", n - 1)))], 4)) == 4


def test_the_same_question_gives_the_same_points():
    first, second = ([p.witness() for p in found(FACTS["a variance that is left"])] for _ in range(2))
    assert first == second and len({tuple(w.values()) for w in first}) == len(first)


def test_simple_numbers_come_first_and_many_scales_follow():
    seen = [p.witness() for p in found([], 40)]
    assert max(q.denominator for q in seen[0].values()) < 10
    sizes = [w["s"] for w in seen]
    assert min(sizes) < Fraction(1, 1000) and max(sizes) > 1000
    assert any(w["a"] < Fraction(1, 100) for w in seen) and any(w["a"] > Fraction(99, 100) for w in seen)
    assert any(w["r"] == 0 for w in seen) and any(w["x"] < 0 for w in seen)


def test_examine_counts_what_it_saw():
    same = examine(sqrt(s) * sqrt(s), s, (), NAMES, 5, 5)
    assert (same.met, same.equal, same.witness, same.undefined) == (5, 5, None, None)
    other = examine(x * x, x, (), NAMES, 5, 5)
    assert other.witness is not None and other.comparison.opinion == "different" and other.equal == 0
    hidden = examine(exp(x), exp(x) + app("f", exp(s)), (), NAMES, 2, 2)
    assert hidden.met == 2 and hidden.equal == 0 and "f is any function" in hidden.reason
    pole = examine(1 / (x - x), x, (), NAMES, 3, 3)
    assert pole.undefined is not None and pole.witness is None and "a division by 0" in pole.reason


def test_a_point_says_where_a_function_was_asked():
    f = app("f", n)
    (point,) = points((f,), [lt(f, sum_(n, 1, 2, app("f", n)))], {"n": "integer", "f": "unit"}, 1)
    assert isinstance(point, Point) and isinstance(f, Term)
    names = set(point.witness())
    assert {"n", "f(1)", "f(2)"} <= names and all(0 < q < 1 for name, q in point.witness().items() if name[0] == "f")


def searched(monkeypatch, work, deaf, hidden=False):
    """A search that asks for a double sum at every point, and the steps that it took."""
    monkeypatch.setattr(refute, "WORK", work)
    monkeypatch.setattr(refute, "DEAF", deaf)
    i, k = sym("i", INT), sym("k", INT)
    long = sum_(i, 1, 12, sum_(k, 1, 12, mul(app("f", i), app("f", k))))
    side = app("g", exp(s)) if hidden else long
    begun = Evaluator.taken
    return examine(side, side, [le(0, long)], {**NAMES, "f": "positive"}, 48, 96), Evaluator.taken - begun


def test_a_search_ends_when_it_has_taken_enough_steps(monkeypatch):
    one = 12 * 12 * 20  # at most, for a sum
    found, taken = searched(monkeypatch, 10_000, 2_000)
    assert 1 <= found.met == found.equal < 48 and taken < 10_000 + 4 * one
    hidden, fewer = searched(monkeypatch, 10_000, 2_000, hidden=True)
    assert hidden.equal == 0 and 1 <= hidden.met < 48 and fewer < 2_000 + 4 * one
    assert searched(monkeypatch, 10**9, 10**9)[1] > 10 * 10_000
