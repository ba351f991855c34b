"""Where the values of a term lie: never too narrow, and narrow enough to see that a fact is met nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.evidence.arithmetic import TooWide, Undefined, rational
from derivations.evidence.balls import evaluate, holds
from derivations.evidence.extents import extent, is_impossible
from derivations.kernel.terms import INT, add, div, eq, exp, le, lt, mul, ne, neg, num, power, sqrt, sym

NAMES = {"a": "unit", "b": "unit", "s": "positive", "r": "nonnegative", "x": "real"}
WORDS = tuple(sorted(NAMES.items()))
a, b, s, r, x = SYMBOLS = [sym(name) for name in NAMES]
VALUES = {
    "unit": st.fractions(0, 1, max_denominator=50).filter(lambda q: 0 < q < 1),
    "positive": st.fractions(0, 50, max_denominator=50).filter(lambda q: q > 0),
    "nonnegative": st.fractions(0, 50, max_denominator=50), "real": st.fractions(-50, 50, max_denominator=50),
}  # fmt: skip
POINTS = st.fixed_dictionaries({sym(n): VALUES[w].map(rational) for n, w in NAMES.items()})
TERMS = st.recursive(
    st.sampled_from(SYMBOLS) | st.fractions(-2, 2, max_denominator=3).map(num),
    lambda t: st.one_of(
        st.builds(add, t, t), st.builds(mul, t, t), st.builds(div, t, t), st.builds(neg, t), st.builds(sqrt, t),
        st.builds(exp, t), st.builds(power, t, st.integers(1, 4)),
    ),
    max_leaves=7,
)  # fmt: skip


@given(TERMS, POINTS)
def test_no_value_lies_outside(t, point):
    try:
        value = evaluate(t, point)
    except (Undefined, TooWide):
        return
    where = extent(t, NAMES)
    for end, belongs, side in ((where.low, where.has_low, 1), (where.high, where.has_high, -1)):
        gap = None if end is None else (value - end) * side
        assert gap is None or gap > 0 or (gap == 0 and belongs) or not (gap < 0 or gap == 0)


@given(TERMS, TERMS, st.sampled_from([lt, le, eq, ne]), POINTS)
def test_what_is_impossible_holds_at_no_point(u, v, relation, point):
    fact = relation(u, v)
    try:
        met = holds(fact, point)
    except TooWide:
        return
    assert not (met and is_impossible(fact, WORDS))


NOWHERE = [
    le(0, -1 - a), le(0, neg(a)), lt(0, mul(a, b, -1 - mul(a, b))), le(0, div(mul(a, 1 - mul(a, b)), neg(b))),
    lt(2, add(a, b)), le(2, add(a, b)), lt(0, neg(r)), eq(s, neg(b)), eq(0, exp(x)), le(1, sqrt(a)),
    lt(power(x, 2), 0), ne(num(0), mul(2, 0)),
]  # fmt: skip
SOMEWHERE = [
    le(0, 1 - a), lt(0, a - b), le(0, neg(r)), le(0, x), lt(0, 1 - s), eq(a, b), eq(r, 0), ne(a, b), le(1, sqrt(s)),
    lt(power(x, 3), 0), lt(div(1, x), 0), lt(div(1, r), div(1, 100)), le(1, div(1, a)), lt(mul(x, x), 1),
]  # fmt: skip


@pytest.mark.parametrize("fact", NOWHERE, ids=repr)
def test_what_is_met_nowhere_is_seen(fact):
    assert is_impossible(fact, WORDS)


@pytest.mark.parametrize("fact", SOMEWHERE, ids=repr)
def test_what_is_met_somewhere_is_possible(fact):
    assert not is_impossible(fact, WORDS)


def test_an_integer_is_of_no_interval():
    assert extent(sym("a", INT), NAMES).low is None
