"""SymPy in and out: round trips, what is read how, and what is refused."""

import random
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.evidence.balls import compare
from derivations.evidence.refute import points
from derivations.kernel import terms
from derivations.kernel.definitions import PI
from derivations.kernel.normal import Normalizer
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.substitution import alpha
from derivations.kernel.terms import INT, Term, Vec, app, diff, exp, interval, lt, normal, num, sqrt, sum_, sym
from derivations.language.sympy_bridge import Unread, is_sympy, to_formula, to_sympy, to_term
from tests.decide.generate import POSITIVE, UNIT, WORDS, a_positive, a_real

x, y, i, n = sp.symbols("x y i n")
tx, ty, ti, tn = sym("x"), sym("y"), sym("i", INT), sym("n", INT)
f = sp.Function("f")
DOMAIN = [lt(0, s) for s in UNIT + POSITIVE] + [lt(s, 1) for s in UNIT]


def equal(a: Term, b: Term) -> bool:
    """Whether two terms are equal on the domain of the generated terms, by the normal form or by numbers."""
    n = Normalizer(DOMAIN, absolute=True)
    if n.field.is_zero(n.field.add(n.scalar(a), n.field.neg(n.scalar(b)))) and not n.owed:
        return True
    found = [compare(a, b, p.values).opinion for p in points((a, b), (), WORDS, 6)]
    return set(found) == {"equal"}


@given(st.randoms(use_true_random=False), st.integers(1, 3))
@settings(max_examples=150)
def test_a_term_comes_back_from_sympy_with_the_same_value(rng, depth):
    t = rng.choice([a_real, a_positive])(random.Random(rng.randint(0, 10**9)), depth)
    assert equal(to_term(to_sympy(t)), t)


@given(st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_second_journey_changes_nothing(rng):
    once = to_term(to_sympy(a_real(random.Random(rng.randint(0, 10**9)), 3)))
    assert to_term(to_sympy(once)) == once


KEPT = [
    sp.sqrt(x), x / y, -x, 1 / sp.sqrt(x), x**-3, x ** sp.Rational(3, 4), x**y, sp.E * sp.exp(-x), sp.pi * x, sp.log(x),
    sp.sin(x) * sp.cos(y), sp.atan(x), f(x, y), sp.Sum(f(i), (i, 1, 5)), sp.Product(i + x, (i, 1, 3)),
    sp.Integral(sp.exp(-(x**2)), (x, -sp.oo, sp.oo)), sp.Integral(f(x), (x, 0, sp.oo)), sp.Integral(f(x), (x, 0, 1)),
    sp.Derivative(f(x), x), sp.Derivative(f(x, y), x, (y, 2)), sp.diff(f(x**2), x), sp.Rational(-7, 3) * x + 2,
]  # fmt: skip


@pytest.mark.parametrize("expression", KEPT, ids=str)
def test_an_expression_comes_back_as_it_was(expression):
    back = to_sympy(to_term(expression), {"x": x, "y": y})
    assert alpha(to_term(back)) == alpha(to_term(expression))


@pytest.mark.parametrize("expression, term", [
    (1 / (x * sp.sqrt(y)), num(1) / (tx * sqrt(ty))), (-x / 2, num(Fraction(-1, 2)) * tx), (sp.E, exp(num(1))),
    (sp.Abs(x), sqrt(tx**2)), (sp.tan(x), terms.function("sin", tx) / terms.function("cos", tx)), (sp.pi, PI),
    (sp.cosh(x), (exp(tx) + exp(-tx)) / 2), (sp.IndexedBase("a")[x], app("a", tx)), (sp.Dummy("x"), tx),
    (sp.Subs(sp.Derivative(f(x), x), x, 0), diff(tx, app("f", tx), num(0))),
    (sp.Integral(f(x), (x, 0, sp.oo)), terms.integral(tx, app("f", tx), interval(0, "oo"))),
])  # fmt: skip
def test_how_it_is_read(expression, term):
    assert to_term(expression) == term


def test_of_several_ranges_the_first_is_the_innermost():
    triangle = sp.Sum(f(i, n), (i, 1, n), (n, 1, 4))
    assert to_term(triangle) == sum_(tn, 1, 4, sum_(ti, 1, tn, app("f", ti, tn)))


def test_a_bound_name_hides_a_free_one():
    t = to_term(sp.Sum(i * x, (i, 1, n)) + i, {"n"})
    assert t.free == {tx, tn, sym("i")}


def test_a_dummy_is_not_mistaken_for_a_symbol_of_its_name():
    slope = sp.diff(f(x * y, y), x)  # SymPy writes it with a Dummy named xi_1
    hidden = slope.subs(y, sp.Symbol("xi_1"))
    t = to_term(hidden)
    assert sym("xi_1") in t.free and len(t.free) == 2
    assert alpha(t) == alpha(to_term(slope.subs(y, sp.Symbol("other")))) or sym("other") not in t.free


def test_relations():
    assert to_formula(x < y) == lt(tx, ty) and to_formula(x > y) == lt(ty, tx)
    assert to_formula(sp.Ge(x, 1)) == terms.le(num(1), tx) and to_formula(sp.Ne(x, y)) == terms.ne(tx, ty)
    assert to_sympy(lt(tx, ty), {"x": x, "y": y}) == sp.Lt(x, y)
    with pytest.raises(Unread, match="not a relation between two expressions"):
        to_formula(sp.And(x < y, y < 1))


def test_names_that_stand_for_integers():
    assert to_term(f(n), {"n", "f"}).sort == INT and to_term(f(n), {"f"}).args[1].sort != INT
    with pytest.raises(Unread, match=r"index and its ends must be integers.*declare the ends 'integer' in Sum"):
        to_term(sp.Sum(f(i), (i, 1, n)))


def test_definitions_are_written_out():
    density = to_sympy(normal(tx, num(0), num(1)), {"x": x})
    assert sp.integrate(density, (x, -sp.oo, sp.oo)) == 1


@pytest.mark.parametrize("expression, message", [
    (sp.Piecewise((x, x > 0), (0, True)), "Piecewise has no meaning here"), (sp.I, "ImaginaryUnit has no meaning"),
    (sp.Max(x, y), "Max has no meaning"), (sp.Matrix([x]).as_immutable(), "Matrix has no meaning"),
    (sp.Integral(x, x), "without two ends"), (sp.Integral(f(x), (x, 1, 0)), "write the ends in increasing order"),
    (sp.Integral(f(x), (x, 0, y)), "an integral whose ends are not numbers"),
    (sp.Integral(f(x), (x, 1)), "without two ends"),
    (sp.Derivative(f(n), n), "one in a real symbol"), (sp.Derivative(f(x), (x, n)), "one in a real symbol"),
    (sp.Symbol("A", commutative=False), "A does not commute"),
    (sp.Function("F", commutative=False)(x), r"F\(x\) does not commute"),
    (sp.Derivative(f(x), (x, 13)), "at most 12 times"), (sp.Wild("w"), "Wild has no meaning"), (sp.true, "no meaning"),
])  # fmt: skip
def test_what_cannot_be_read_is_named(expression, message):
    with pytest.raises(Unread, match=message):
        to_term(expression, {"n"})


@pytest.mark.parametrize("term, message", [
    (terms.norm2(sym("v", Vec(tn))), "norm2 has no form in SymPy"), (sym("v", Vec(tn)), "v is a vec"),
    (terms.integral(tx, tx, terms.weighted(ty, ty)), "an integral against"),
])  # fmt: skip
def test_what_cannot_be_written_is_named(term, message):
    with pytest.raises(Unread, match=message):
        to_sympy(term)


def test_sizes_are_capped_before_anything_is_read():
    deep = x
    for _ in range(200):
        deep = sp.sin(deep, evaluate=False)
    for big in (deep, sp.Mul(*[x] * 30_000, evaluate=False), sp.Integer(1 << 9_000)):
        with pytest.raises(TooLarge):
            to_term(big)
    assert to_term(sp.Pow(sp.Integer(9), sp.Pow(9, 9, evaluate=False), evaluate=False)) == num(9) ** (num(9) ** 9)


def test_what_is_sympy():
    assert is_sympy(x) and is_sympy(sp.true) and not is_sympy(tx) and not is_sympy("x") and not is_sympy(1)
