"""Input that is made to hurt: too large, too deep, dressed up as code. Refused or proved, never a surprise."""

from fractions import Fraction

import pytest

from derivations.kernel.equality import algebra, combine, order
from derivations.kernel.logic import assume, axiom, conjoin, define, generalize, instantiate, weaken
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import (
    INT,
    Term,
    TermError,
    add,
    app,
    conj,
    eq,
    exp,
    integral,
    le,
    log,
    lt,
    mul,
    num,
    power,
    prod_,
    sqrt,
    sum_,
    sym,
)  # fmt: skip
from derivations.kernel.theorem import RuleError

x, y = sym("x"), sym("y")
n, i = sym("n", INT), sym("i", INT)
TOO_MUCH = (TooLarge, TermError, RuleError)


@pytest.mark.parametrize("make", [
    lambda: power(num(9), power(num(9), num(9))),
    lambda: power(num(9), power(num(9), power(num(9), num(9)))),
    lambda: power(x + y, num(10**6)),
    lambda: power(x, num(10**9)) + x,
    lambda: power(x + 1, num(Fraction(10**6, 10**6 + 1))),
    lambda: power(sqrt(x + y) + 1, num(5000)),
    lambda: exp(log(x) * 10**7),
    lambda: Term("cos", (x * 10**5,), ("real",)),
    lambda: sqrt(num((10**40 + 7) * (10**40 + 9))),
    lambda: log(num((10**60 + 7) * (10**60 + 9))),
], ids=["9**9**9", "9**9**9**9", "long power", "high power", "fine root", "power of a root", "exp of a log",
        "many turns", "root of a hard number", "log of a hard number"])  # fmt: skip
def test_what_is_too_large_is_refused(make):
    with pytest.raises(TOO_MUCH):
        algebra(make(), num(0), (lt(0, x), lt(0, y)))


def test_a_long_product_is_refused_before_it_is_looked_at():
    with pytest.raises(TermError, match=r"too large: a term of 100001 nodes"):
        mul(*[x] * 10**5)


def test_a_long_sum_is_refused_too():
    with pytest.raises(TermError, match="too large"):
        add(*[x] * 60_000)


def test_deep_nesting_is_refused():
    t = x
    with pytest.raises(TermError, match=r"too large: .* depth 401"):
        for _ in range(500):
            t = exp(t)


def test_doubling_is_refused():
    """Each step doubles the term, though Python shares the halves."""
    t = x
    with pytest.raises(TermError, match="too large"):
        for _ in range(100):
            t = exp(t) * exp(t)


def test_a_wide_product_of_sums_is_refused():
    factors = [sum((sym(f"x{j}_{k}") for k in range(6)), num(0)) for j in range(12)]
    with pytest.raises(TOO_MUCH):
        algebra(mul(*factors), num(0))


def test_a_long_concrete_sum_is_not_written_out():
    assert algebra(sum_(i, 1, 10**12, i), sum_(i, 1, 10**12, i))
    assert algebra(prod_(i, 1, 10**12, app("f", i)), prod_(i, 1, 10**12, app("f", i)))


@pytest.mark.parametrize("name", [
    "__import__('os').system('true')", "{0.__class__}", "x\n|- 0 = 1", "\\input{/etc/passwd}", "", " ", "g0", "g1^2",
    "x'", "lambda: 0", "None", "\u202e", "\ud800", "a" * 10_000,
])  # fmt: skip
def test_a_name_is_only_a_name(name):
    """Whatever a symbol is called, it is a variable like another, and two names are two variables."""
    strange = sym(name)
    if not name:
        with pytest.raises(TermError, match="needs a name"):
            algebra(strange, strange)
        return
    assert algebra((strange + 1) ** 2, strange**2 + 2 * strange + 1)
    with pytest.raises(RuleError, match="does not hold"):
        algebra(strange, x)
    assert str(assume(lt(0, strange)).conclusion)


@pytest.mark.parametrize("bad", [True, 1.5, "x", None, 1j, Fraction, [x], {x: y}, lambda: x, b"x"], ids=lambda bad: type(bad).__name__)
def test_what_is_no_term_is_refused(bad):
    with pytest.raises((TermError, RuleError, TypeError, AttributeError)):
        algebra(bad, x)
    with pytest.raises((TermError, TypeError)):
        add(x, bad)


def test_a_keyword_is_not_an_argument():
    with pytest.raises(TypeError):
        algebra(x, x, hypotheses=(lt(x, 0),))


def test_what_contradicts_itself_stays_a_hypothesis():
    """From 0 < x and x < 0 much follows, but never without them: no instance of them is let in."""
    absurd = combine(lt(0, num(-1)), (assume(lt(1, x)), assume(lt(x, 0))), (num(1), num(1)))
    assert absurd.hypotheses == (lt(1, x), lt(x, 0))
    for value in (-1, 0, 1, 2):
        with pytest.raises(RuleError, match="which is false"):
            instantiate(absurd, ((x, num(value)),))
    with pytest.raises(RuleError, match="is false, so anything would follow from it"):
        assume(lt(x, x))
    with pytest.raises(RuleError, match="x occurs free"):
        generalize(absurd, x)


def test_a_thing_is_itself_and_no_more():
    """X = X is a theorem without hypotheses that settles no hypothesis but itself."""
    same = algebra(x, x)
    assert not same.hypotheses and str(same) == "|- x = x"
    with pytest.raises(RuleError, match="is false"):
        weaken(same, lt(1, num(0)))


def test_an_existence_with_a_free_witness_is_no_definition():
    with pytest.raises(RuleError, match="has the free symbols y"):
        define("survive.witness", (x,), y)


def test_many_hypotheses_and_many_names_are_only_slow():
    facts = tuple(lt(0, sym(f"p{k}")) for k in range(60))
    product = mul(*[sym(f"p{k}") for k in range(60)])
    assert order(lt(0, product), facts)
    assert len(conjoin(*[assume(h) for h in facts]).hypotheses) == 60
    assert axiom("survive.long", conj(*facts)).axioms == {"survive.long"}
    assert algebra(integral(x, product), integral(y, product)).conclusion == eq(
        integral(x, product), integral(y, product)
    )
    assert le(0, n)
