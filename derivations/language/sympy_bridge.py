"""SymPy expressions to terms, and terms to SymPy expressions, by one table.

A symbol is its name: two SymPy symbols of one name are one symbol here, and what SymPy assumes of them is not
read. What SymPy did while the expression was built cannot be undone: sqrt(x**2) of a symbol declared positive
is x before we see it. Nothing is evaluated on either way.

Sums and products follow the kernel's convention, empty when the upper end is below the lower one; a reversed
range (hi < lo - 1) means something else in SymPy. Integrals are read over the line, a half-line or an
interval with numbers as ends; a derivative is one in a real symbol. SymPy is imported by the first call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from derivations.kernel.definitions import PI, unfold
from derivations.kernel.terms import (
    INT,
    LEBESGUE,
    REAL,
    Term,
    add,
    div,
    eq,
    exp,
    function,
    le,
    lt,
    ne,
    power,
    prod_,
    show,
    sqrt,
    sum_,
)
from derivations.language import sympy_reading as read
from derivations.language.sympy_reading import Known, Read, Reader, Unread

Write = Callable[["Writer", Term], Any]


def is_sympy(value: object) -> bool:
    """Whether the value is a SymPy object. Does not import SymPy."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, sympy.Basic)


def to_term(expression: Any, integers: Collection[str] = (), known: Known | None = None) -> Term:
    """A SymPy expression as a term; `integers` names the symbols and functions that stand for integers.

    `known` is filled with what was read, so that a part that several expressions share is read once.

    Raises `Unread` for what the kernel does not know (Piecewise, I, oo, matrices), `TooLarge` beyond the
    caps, ValueError for a floating-point number or a reserved name.
    """
    return Reader(_readers(), integers, known).term(expression)


def to_formula(relation: Any, integers: Collection[str] = (), known: Known | None = None) -> Term:
    """A SymPy relation (<, <=, >, >=, =, !=) as a formula; `known` is as in `to_term`. Raises as `to_term` does."""
    import sympy

    made = _relations().get(type(relation))
    if made is None:
        raise Unread(f"not a relation between two expressions: {read.text(relation)}")
    sides = relation.lhs, relation.rhs
    if isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)):
        sides = sides[1], sides[0]
    return made(to_term(sides[0], integers, known), to_term(sides[1], integers, known))


def to_sympy(term: Term, symbols: Mapping[str, Any] | None = None) -> Any:
    """A scalar term or a relation as a SymPy expression that is not evaluated.

    Symbols become real (or integer) SymPy symbols; `symbols` may name others. N, E and KL are written out.
    Raises `Unread` for vectors, matrices and measures.
    """
    return Writer(symbols or {})(term)


class Writer:
    """Writes terms as SymPy expressions, without evaluation as far as SymPy allows."""

    def __init__(self, symbols: Mapping[str, Any]) -> None:
        self.symbols = symbols

    def __call__(self, t: Term) -> Any:
        """The SymPy expression of a term."""
        write = _writers().get(t.op)
        if write is None:
            raise Unread(f"{t.op} has no form in SymPy: {show(t)[:80]}")
        return write(self, t)

    def symbol(self, t: Term) -> Any:
        """The constant pi, the caller's symbol of this name, or a real (or integer) one."""
        import sympy

        if t == PI:
            return sympy.pi
        if t.sort not in (REAL, INT):
            raise Unread(f"{show(t)} is a {t.sort[0]}: SymPy has no vectors or matrices of any dimension")
        given = self.symbols.get(t.args[0])
        if given is not None:
            return given
        return sympy.Symbol(t.args[0], integer=True) if t.sort == INT else sympy.Symbol(t.args[0], real=True)

    def integral(self, t: Term) -> Any:
        """An integral over the line or an interval."""
        import sympy

        x, measure, body = t.args
        if measure != LEBESGUE and measure.op != "interval":
            raise Unread(f"an integral against {show(measure)} has no form in SymPy")
        ends = ("-oo", "oo") if measure == LEBESGUE else measure.args
        lo, hi = ({"oo": sympy.oo, "-oo": -sympy.oo}[e] if isinstance(e, str) else self(e) for e in ends)
        return sympy.Integral(self(body), (self(x), lo, hi))

    def derivative(self, t: Term) -> Any:
        """A derivative, at its variable or at another point."""
        import sympy

        x, body, at = t.args
        out = sympy.Derivative(self(body), self(x), evaluate=False)
        return out if at == x else sympy.Subs(out, self(x), self(at))


def _sin(u: Term) -> Term:
    return function("sin", u)


def _cos(u: Term) -> Term:
    return function("cos", u)


@cache
def _table() -> list[tuple[str, Any, Read | None, Write | None]]:
    """The one table: operator of the kernel, SymPy class, how it is read, how it is written.

    A row without an operator is read only, a row without a class is written only.
    """
    import sympy as sp

    def call(make: Any) -> Write:
        return lambda w, t: make(*map(w, t.args), evaluate=False)

    def ranged(make: Any) -> Write:
        return lambda w, t: make(w(t.args[3]), (w(t.args[0]), w(t.args[1]), w(t.args[2])))

    def fraction(w: Writer, t: Term) -> Any:
        return sp.Mul(w(t.args[0]), sp.Pow(w(t.args[1]), sp.S.NegativeOne, evaluate=False), evaluate=False)

    return [
        ("num", None, None, lambda w, t: sp.Rational(t.args[0].numerator, t.args[0].denominator)),
        *(("", type(q), read.number, None) for q in map(sp.Rational, ("0", "1", "-1", "1/2", "2", "2/3"))),
        ("sym", sp.Symbol, read.symbol, Writer.symbol),
        ("", sp.Dummy, read.symbol, None),
        ("", type(sp.pi), lambda r, e, scope: PI, None),
        ("", type(sp.E), lambda r, e, scope: exp(1), None),
        ("app", None, None, lambda w, t: sp.Function(t.args[0])(*map(w, t.args[1:]))),
        ("", sp.Indexed, read.indexed, None),
        ("add", sp.Add, read.simple(add), call(sp.Add)),
        ("mul", sp.Mul, read.product, call(sp.Mul)),
        ("neg", None, None, lambda w, t: sp.Mul(sp.S.NegativeOne, w(t.args[0]), evaluate=False)),
        ("div", None, None, fraction),
        ("pow", sp.Pow, read.raised, call(sp.Pow)),
        ("sqrt", None, None, lambda w, t: sp.Pow(w(t.args[0]), sp.S.Half, evaluate=False)),
        ("exp", sp.exp, read.simple(exp), call(sp.exp)),
        *((f, getattr(sp, f), read.simple(lambda u, f=f: function(f, u)), call(getattr(sp, f)))
          for f in ("log", "sin", "cos", "atan")),
        ("", sp.Abs, read.simple(lambda u: sqrt(power(u, 2))), None),
        ("", sp.tan, read.simple(lambda u: div(_sin(u), _cos(u))), None),
        ("", sp.cot, read.simple(lambda u: div(_cos(u), _sin(u))), None),
        ("", sp.sec, read.simple(lambda u: div(1, _cos(u))), None),
        ("", sp.csc, read.simple(lambda u: div(1, _sin(u))), None),
        *(("", getattr(sp, f), read.simple(getattr(read, f)), None) for f in ("sinh", "cosh", "tanh")),
        ("sum", sp.Sum, read.over_range(sum_), ranged(sp.Sum)),
        ("prod", sp.Product, read.over_range(prod_), ranged(sp.Product)),
        ("int", sp.Integral, read.over_line, Writer.integral),
        ("diff", sp.Derivative, read.derivative, Writer.derivative),
        ("", sp.Subs, read.at_point, None),
        *((op, None, None, lambda w, t: w(unfold(t))) for op in ("normal", "E", "KL")),
        *((op, None, None, call(getattr(sp, op.capitalize()))) for op in ("eq", "ne", "lt", "le")),
    ]  # fmt: skip


@cache
def _readers() -> dict[Any, Read]:
    return {made: rule for _, made, rule, _ in _table() if made is not None and rule is not None}


@cache
def _writers() -> dict[str, Write]:
    return {op: rule for op, _, _, rule in _table() if op and rule is not None}


@cache
def _relations() -> dict[Any, Callable[[Term, Term], Term]]:
    import sympy as sp

    return {sp.Eq: eq, sp.Ne: ne, sp.Lt: lt, sp.Le: le, sp.Gt: lt, sp.Ge: le}


__all__ = ["Unread", "is_sympy", "to_formula", "to_sympy", "to_term"]
