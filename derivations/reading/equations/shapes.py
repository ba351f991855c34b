r"""Equations that say something by their shape alone: D = \{a, b\} names a set, p_1 = f_\# p_0 carries a density.

Their sides are no terms of the kernel, and nothing is decided of them: they give a name its meaning.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.terms.signature import DENSITIES
from derivations.reading.terms.statements import Statement
from derivations.reading.text.syntax import Row, show
from derivations.reading.verdict import Judgement

INFINITE = frozenset({"infinity", "+ infinity", "- infinity"})
CARRIED = frozenset({"*", "sharp"})
MEASURES = DENSITIES | {"rho", "pi", "mu", "nu", "gamma"}


def is_sequence(row: Row) -> bool:
    """Whether a row of equal things is written with dots, s_1/s_2 = ... = s_{L-1}/s_L: a condition on a sequence."""
    cut = [k for k, i in enumerate(row) if i.kind in ("rel", "sep", "text")]
    for k, item in enumerate(row):
        if item.kind == "dots" and {k - 1, k + 1} <= set(cut) and row[k - 1].text == row[k + 1].text == "=":
            start = max((c for c in cut if c < k - 1), default=-1) + 1
            end = min((c for c in cut if c > k + 1), default=len(row))
            before, behind = row[start : k - 1], row[k + 2 : end]
            return before != behind and show(_bare(before)) == show(_bare(behind)) != ""
    return False


def _bare(row: Row) -> Row:
    """The row without its indices."""
    return tuple(replace(i, sub=(), cells=tuple(_bare(c) for c in i.cells)) for i in row)


def judge(s: Statement) -> Judgement | None:
    """The definition that an equation is by its shape; None for any other statement."""
    if len(s.sides) != 2 or s.relations[0] not in ("=", ":="):
        return None
    left, right = s.sides
    if show(right) in INFINITE:
        return Judgement("undecided", message="whether a value is infinite is not judged", reading=s.text)
    if show(right) == "?":
        return Judgement("undecided", message="it asks, and says nothing", reading=s.text)
    for law, other in ((left, right), (right, left)):
        if len(law) == 2 and law[0].text == "Law" and law[1].kind == "bracket" and len(other) == 1:
            return Judgement("definition", message="the law of a name", reading=s.text)
    named = len(left) == 1 and left[0].kind == "name"
    for is_so, said in ((_is_set, "a set"), (_is_tuple, "a list"), (_is_product, "a product of measures")):
        if named and is_so(right):
            return Judgement("definition", message=said, reading=s.text)
    if _is_density(left) and _is_convolved(right):
        return Judgement("definition", message="the density of a sum: a convolution", reading=s.text)
    for carried, other in ((right, left), (left, right)):
        if _is_carried(carried) and (_is_density(other) or (len(other) == 1 and other[0].kind == "name")):
            return Judgement("definition", message="the density that a map makes of another one", reading=s.text)
    return None


def _is_set(row: Row) -> bool:
    """Whether a side is a list in braces, or the one of its elements that have a property."""
    if len(row) != 1 or row[0].kind != "bracket" or row[0].text != "{}":
        return False
    return len(row[0].cells) > 1 or bool(row[0].sub) or any(i.kind == "rel" for c in row[0].cells for i in c)


def _is_tuple(row: Row) -> bool:
    """Whether a side is a list in brackets, as in z = (x_0, x_1)."""
    bracket = row[0] if len(row) == 1 and row[0].kind == "bracket" else None
    plain = bracket is not None and bracket.text in ("()", "[]") and not bracket.sub and not bracket.sup
    return plain and bracket is not None and len(bracket.cells) > 1 and set(bracket.seps) == {","}


def _is_product(row: Row) -> bool:
    """Whether a side is the product of measures that are named."""
    return len(row) == 3 and row[1].text == "otimes" and row[0].kind == row[2].kind == "name"


def _is_carried(row: Row) -> bool:
    """Whether a side is a map with * or # below it, and a density or a measure."""
    first = row[0] if row else None
    marked = first is not None and first.kind in ("name", "bracket") and show(first.sub) in CARRIED
    measure = len(row) == 2 and row[1].kind == "name" and first is not None and show(first.sub) == "sharp"
    return marked and (measure or _is_density(row[1:]))


def _is_convolved(row: Row) -> bool:
    """Whether a side is a density or a measure that a map makes, and the law of what is added, with the sign of a
    convolution between.
    """
    at = next((k for k, i in enumerate(row) if i.kind == "op"), 0)
    sign = row[at] if at and row[at].text in ("otimes", "*") else None
    law = len(row) == at + 3 and row[at + 1].text in ("cal N", "N") and row[at + 2].kind == "bracket"
    whole = law and len(row[-1].cells) == 2
    named = len(row) == at + 2 and row[at + 1].kind == "name" and row[at + 1].text in MEASURES
    return sign is not None and (whole or named) and (_is_density(row[:at]) or _is_carried(row[:at]))


def _is_density(row: Row) -> bool:
    """Whether a side is the name of a density, with or without its arguments."""
    named = bool(row) and row[0].kind == "name" and row[0].text in MEASURES
    return named and (len(row) == 1 or (len(row) == 2 and row[1].kind == "bracket"))


__all__ = ["is_sequence", "judge"]
