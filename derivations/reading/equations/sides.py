"""The sides of an equation as terms, of kinds that fit each other: in vectors, or else all as numbers."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, TermError, is_scalar, num
from derivations.reading.equations import naming
from derivations.reading.laws.laws import mean_and_variance
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import head
from derivations.reading.terms import operators
from derivations.reading.terms.calls import summands
from derivations.reading.terms.signature import DENSITIES, key_of
from derivations.reading.terms.statements import Statement
from derivations.reading.text.syntax import Row, UnreadError, leaves

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

POTENTIALS = frozenset({"phi", "Phi", "psi", "Psi", "U", "V", "E"})
MEASURES = frozenset({"rho"})  # whose values are numbers
ORDERS = frozenset({"<", "<=", ">", ">="})
MATRIX = re.compile(r"[A-WZ](_\w+)?|Sigma|Lambda|Gamma")


def read(by: Judge, s: Statement, names: frozenset[str]) -> tuple[list[Term], Notation]:
    """The sides as terms, and the notation to judge them in: vectors as vectors, or all as numbers when that is the
    only way to read them. Raises UnreadError.
    """
    measured = _measured(by, s) - by.signature.vectors
    by.signature.vectors |= measured
    try:
        return _read(by, s, names)
    except (UnreadError, TermError):
        by.signature.vectors -= measured
        by.signature.doubts |= {"measured"} if measured else set()
        return _read(by, s, names)
    finally:
        by.signature.vectors -= measured


def _measured(by: Judge, s: Statement) -> set[str]:
    """The letters of which an inequality takes norms and inner products, and of which nothing is said: vectors there,
    for |a|^2 |b|^2 <= <a, b>^2 holds of numbers.
    """
    if by.signature.scalar_world or not set(s.relations) & ORDERS:
        return set()
    parts = [part for c in _of_norms(s) for _, part in summands(c) if part and part[0].kind == "name"]
    if any(len(p) > 1 and p[1].kind == "name" and MATRIX.fullmatch(key_of(p[0])) for p in parts):
        by.signature.doubts |= {"measured"}  # A in |A x| is read as a number
    return {key_of(p[0]) for p in parts if all(i.kind == "bracket" for i in p[1:])} - by.signature.scalars


def _of_norms(s: Statement) -> list[Row]:
    """What norms with double bars and inner products are of."""
    brackets = [i for side in s.sides for i in leaves(side) if i.kind == "bracket"]
    return [c for i in brackets if i.text == "NN" or (i.text == "<>" and len(i.cells) == 2) for c in i.cells]


def _read(by: Judge, s: Statement, names: frozenset[str]) -> tuple[list[Term], Notation]:
    """The sides as `read` reads them, each name of its own kind. Raises UnreadError."""
    left = s.sides[0]
    if len(left) == 2 and left[0].kind == "name" and left[1].kind == "bracket" and left[0].text not in DENSITIES:
        by.signature.functions.add(key_of(left[0]))
    try:
        terms = [by.term(side, names) for side in s.sides]
        for t in terms:  # a name of which nothing is known is of the kind of what it is equal to
            other = next((u for u in terms if is_scalar(u) != is_scalar(t)), None)
            if other is not None and is_scalar(t) and _unknown(by.notation, t):
                by.signature.vectors.add(t.args[0])
                terms = [by.term(side, names) for side in s.sides]
        potentials = _potentials(terms)
        if potentials:
            by.signature.scalars |= potentials
            terms = [by.term(side, names) for side in s.sides]
        flat = None if by.signature.scalar_world else _in_one_dimension(by, s, names, terms)
        return flat or (_at_their_point(terms, by.noises), by.notation)
    except UnreadError as reason:
        if by.signature.scalar_world or ("kinds" not in reason.reason and "vector" not in reason.reason):
            raise
        try:
            return _flat(by, s, names)
        except UnreadError:
            return _with_sums(by, s, names, reason), by.notation


def _flat(by: Judge, s: Statement, names: frozenset[str]) -> tuple[list[Term], Notation]:
    """The sides with every vector as a number. Raises UnreadError."""
    by.signature.doubts |= {"measured"} if set(s.relations) & ORDERS and _of_norms(s) else set()
    flat = replace(by, notation=by.notation.flat(), signature=replace(by.signature, scalar_world=True))
    return _at_their_point([flat.term(side, names) for side in s.sides], by.noises), flat.notation


def _in_one_dimension(
    by: Judge, s: Statement, names: frozenset[str], terms: list[Term]
) -> tuple[list[Term], Notation] | None:
    """The sides as numbers where they speak of a density that the document gives in one dimension alone, or None."""
    said = {head(p) for t in terms for p in walk(t) if naming.is_density(p)}
    vectors, flat = ({r.head for r in own} for own in (by.notation.own, by.notation.flat_own))
    bold = any("bold" in i.marks for side in s.sides for i in leaves(side))
    if bold or not said & (flat - vectors):
        return None
    try:
        return _flat(by, s, names)
    except UnreadError:
        return None


def _at_their_point(terms: list[Term], noises: Collection[str]) -> list[Term]:
    """The sides with a Gaussian law behind a density as the density of that law: p(x) = N(m, v); so with what is drawn,
    behind the density of a state given the data: q(x_t|x_0) = a x_0 + b eps. Raises UnreadError.
    """
    out: list[Term] = []
    x: Term | None = None
    if len(terms) == 2 and terms[0].op == "app" and terms[0].args[0] == "law N" and naming.is_density(terms[1]):
        terms = terms[::-1]  # N(m, v) = p(x)
    for t in terms:
        if t.op == "app" and "(" in t.args[0] and len(t.args) > 1:
            x = t.args[1]
        at_point = x is not None and t.op == "app" and t.args[0] == "law N"
        drawn = None if x is None or is_scalar(t) or is_scalar(x) or t.sort[0] != "vec" else _law(terms[0], t, noises)
        if drawn is not None:
            out.append(drawn)
            continue
        try:
            out.append(operators.gaussian(x, *t.args[1:]) if x is not None and at_point else t)
        except TermError as reason:
            raise UnreadError(f"the kinds do not fit: {reason}", "a Gaussian law") from None
    return out


def _law(density: Term, t: Term, noises: Collection[str]) -> Term | None:
    """The density of a state given the data, of what is made of these and of noise; None of anything else."""
    data = density.args[3:] if density.op == "app" and density.args[0] in ("q(x|x)", "p(x|x)") else ()
    if len(data) != 2 or data[1] != num(0):
        return None
    try:
        mean, v, count = mean_and_variance(t, noises)
    except UnreadError:
        return None
    return operators.gaussian(density.args[1], mean, v) if count else None


def _with_sums(by: Judge, s: Statement, names: frozenset[str], reason: UnreadError) -> list[Term]:
    """The sides with sums of vectors as opaque ones. Raises the reason why they are not read where that is another."""
    opaque = replace(by, signature=replace(by.signature, vector_sums=True))
    try:
        return [opaque.term(side, names) for side in s.sides]
    except UnreadError:
        raise reason from None


def _potentials(terms: list[Term]) -> set[str]:
    """The potential of which a vector with a name is the gradient: its values are numbers."""
    slopes = [t for t in terms if t.op == "app" and t.args[0] == "jacobian" and t.args[1].op == "app"]
    named = [t for t in terms if t.op in ("app", "sym") and t.sort[0] == "vec" and not naming.is_computed(t)]
    return {str(t.args[1].args[0]) for t in slopes} & POTENTIALS if len(terms) == 2 and named else set()


def _unknown(notation: Notation, t: Term) -> bool:
    named = t.op in ("app", "sym") and not naming.is_computed(t) and t.args[0] not in MEASURES
    return named and not notation.knows(t) and "(" not in t.args[0]


def bounded(notation: Notation, terms: list[Term], relations: tuple[str, ...]) -> list[tuple[Term, Term, str]]:
    """The links of a chain. In a >= L = b, where L is a name that gets its meaning there, the bound is b."""
    links = list(zip(terms, terms[1:], relations, strict=False))
    for k, (a, b, relation) in enumerate(links[:-1]):
        new = b.op in ("sym", "app") and naming.may_name(b, ()) and not naming.is_density(b) and not notation.knows(b)
        if relation in ("<=", ">=", "<", ">") and links[k + 1][2] in ("=", ":=") and new:
            links[k] = (a, links[k + 1][1], relation)
    return links


__all__ = ["bounded", "read"]
