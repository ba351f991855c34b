"""What is drawn from a law: x ~ N(m, C), chains of laws, and a law that is named and written out at once.

x ~ N(x; m, C)            the law of x, compared with what is known of it
z ~ q(z | x) = N(z; m, C) a name for a draw, and an equation of densities
a e_1 + b e_2 ~ N(0, A) + N(0, B) ~ N(0, C)    laws of independent terms add up
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, add, app, is_scalar, num, sym, zero
from derivations.reading.averages import tweedie
from derivations.reading.equations import naming
from derivations.reading.equations.choosing import names_in
from derivations.reading.equations.compare import equal
from derivations.reading.laws import laws
from derivations.reading.notation import levels
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.standing import named
from derivations.reading.terms import operators
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.terms.statements import Statement
from derivations.reading.text.syntax import Row, UnreadError, leaves
from derivations.reading.verdict import Judgement, summed

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

GAUSSIAN = ("cal N", "N")


def judge(by: Judge, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """The verdict on a statement with ~ in it, alone or beside =."""
    if len(s.sides) == 2 and any(i.kind == "matrix" for side in s.sides for i in leaves(side)):
        return Judgement("definition", message="the law of a column", reading=s.text)
    if set(s.relations) == {"~"} and len(s.sides) == 2:
        try:
            return _drawn(by, s, names)
        except UnreadError as reason:
            if by.signature.scalar_world or "kinds" not in reason.reason:
                raise
        flat = replace(by, notation=by.notation.flat(), signature=replace(by.signature, scalar_world=True))
        return _drawn(flat, s, names)
    if set(s.relations) == {"~"}:
        return _chain(by, s, names)
    parts = _split(s)
    if parts is None:
        said = f"a relation that is not decided: {' '.join(sorted(set(s.relations)))}"
        return Judgement("undecided", message=said, reading=s.text)
    return summed([by.statement(part, names, display) for part in parts])


def _split(s: Statement) -> list[Statement] | None:
    """x ~ q = N(m, C) as x ~ q and q = N(m, C), z = m + e ~ N(m, C) as z = m + e and z ~ N(m, C), and both; None for
    others.
    """
    if s.relations[-1] == "~" and not set(s.relations[:-1]) - {"=", ":="}:
        ends = (s.sides[0], s.sides[-1])
        return [Statement(s.sides[:-1], s.relations[:-1]), Statement(ends, ("~",))]
    at = s.relations.index("~")
    if set(s.relations[:at] + s.relations[at + 1 :]) - {"=", ":="}:
        return None
    state = [Statement(s.sides[: at + 1], s.relations[:at])] if at else []
    drawn = Statement((s.sides[0], s.sides[at + 1]), ("~",))
    return [*state, drawn, Statement(s.sides[at + 1 :], s.relations[at + 1 :])]


def _drawn(by: Judge, s: Statement, names: frozenset[str]) -> Judgement:
    """x ~ law: a law that is known is compared, any other one is the meaning of the name."""
    meaning = Judgement("definition", message="the law of a name", reading=s.text)
    left, right = s.sides
    if not left or not right:
        return Judgement("undecided", message="a chain of laws", reading=s.text)
    if right[0].text not in GAUSSIAN or len(right) != 2:
        return meaning
    law = by.term(right, names)
    bar = next((k for k, i in enumerate(left) if i.kind == "sep"), len(left))
    value = by.term(left[:bar], names)
    if value.op == "app" and "(" in value.args[0]:
        return replace(named(by.link(by.notation, value, law, "=")), reading=s.text)
    if len(law.args) != 3:
        raise UnreadError("a normal law without its variance", s.text[:60])
    tweedie.learn(by.notation, value, *law.args[1:])
    spread = _number(law.args[2]) if law.args[1] in (num(0), zero(DIMENSION)) else None
    if spread is not None:
        by.notation.places.spreads[value] = spread
    if value.op != "app" or value.args[0] != "x" or len(value.args) != 2:
        return meaning
    parts_ = (p for a in law.args[1:] if isinstance(a, Term) for p in walk(a))
    given = list(dict.fromkeys(p for p in parts_ if p.op == "app" and p.args[0] == "x" and len(p.args) == 2))
    if not given:
        _learn(by.notation, value, operators.gaussian(value, *law.args[1:]))
        return meaning
    if len(given) > 1 and (len(given) > 2 or value in given or num(0) not in (p.args[1] for p in given)):
        return meaning
    given.sort(key=lambda p: p.args[1] == num(0))
    conditions = [a for p in given for a in (p, p.args[1])]
    density = app("q(x|x)" if len(given) == 1 else "q(x|x,x)", value, value.args[1], *conditions)
    return replace(named(by.link(by.notation, density, law, "=")), reading=s.text)


def _learn(notation: Notation, state: Term, law: Term) -> None:
    """Keep the law of a state, and where it is one given the data x, the density of the state given these."""
    data = sym("x", state.sort)
    levels.learn(notation, app("q(x|x)", state, state.args[1], data), law)
    densities = [app(f"{owner}(x|x)", state, state.args[1], data) for owner in "pq"]
    if data in law.args[1].free and not any(notation.has_rule(d) or d in notation.stated for d in densities):
        for density in densities:
            notation.define(density, law, "")


# ---- chains of laws


def _chain(by: Judge, s: Statement, names: frozenset[str]) -> Judgement:
    """Every law of the chain against the next one: sums of Gaussian laws, and sums of noises."""
    terms = [_read(by, side, names) for side in s.sides]
    found = [None if t is None else _moments(t, by.noises) for t in terms]
    known = [m for m in found if m is not None]
    if len(known) < len(found):
        return Judgement("undecided", message="a chain of laws", reading=s.text)
    for k, (a, b) in enumerate(pairwise(known)):
        for what, x, y in zip(("means", "variances"), a, b, strict=True):
            x, y = (by.notation.unfolded(t) for t in naming.alike(x, y))
            answer = equal(x, y, by.notation.domains)
            if answer.status == "proved":
                continue
            said = f"step {k + 1} of {len(known) - 1}: the {what} differ"
            if answer.status == "undecided" or not names_in(y) <= names_in(x):
                return Judgement("undecided", message=said, reading=s.text)
            return Judgement("refuted", "", said, s.text, dict(answer.witness or {}), answer.values)
    return Judgement("proved", message="laws of independent Gaussian terms add up", reading=s.text)


def _read(by: Judge, row: Row, names: frozenset[str]) -> Term | None:
    try:
        return by.term(row, names)
    except UnreadError:
        return None


def _moments(t: Term, noises: Collection[str]) -> tuple[Term, Term] | None:
    """The mean and the variance of each coordinate of a Gaussian law; None for anything else."""
    if t.op == "add" and all(a.op == "app" and a.args[0] == "law N" for a in t.args):
        parts = [_moments(a, noises) for a in t.args]
        whole = [p for p in parts if p is not None]
        return (add(*(m for m, _ in whole)), add(*(c for _, c in whole))) if len(whole) == len(parts) else None
    if t.op == "app" and t.args[0] == "law N":
        spread = _number(t.args[2])
        return None if spread is None else (t.args[1], spread)
    if is_scalar(t) or t.sort[0] != "vec":
        return None
    try:
        mean, variance, count = laws.mean_and_variance(t, noises)
    except UnreadError:
        return None
    return (mean, variance) if count else None


def _number(spread: Term) -> Term | None:
    """c of c I; None for another covariance."""
    whole = levels.variance(spread)
    if whole is not None:
        return whole
    if spread.op == "add":
        parts = [p for a in spread.args if (p := _number(a)) is not None]
        return add(*parts) if len(parts) == len(spread.args) else None
    return None


__all__ = ["judge"]
