r"""Where a sum or a product begins and ends: \sum_{s=1}^t, \sum_{t>1}, \prod_{s\le t}, and \sum_k without an end.

Without a first value the index counts from 1. A sum without a last one ends at a number of which nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.kernel.terms import INT, Term, add, num, sym
from derivations.reading.terms.signature import INDICES, key_of
from derivations.reading.text.syntax import Item, Row, UnreadError, show

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

WITHOUT_END = sym("infinity", INT)  # in the place of the last value of a series
DIMENSIONS = frozenset({"D", "J"})
PARTS = frozenset({"A", "B", "D", "V", "U", "C", "K"})  # sets by name, over which an integral is taken
LAST = "last "  # the number of terms of a sum that does not say it: "last k"


def ends(el: Elaborator, item: Item) -> tuple[Term, Term, Term]:
    """The index of a sum or a product, its first and its last value. Raises UnreadError for another range."""
    unknown = UnreadError("a range that does not begin with an index and its first value", show(item.sub), item.at)
    below = item.sub
    if not below or below[0].kind != "name" or below[0].sub or key_of(below[0]) not in INDICES:
        raise unknown
    el.use(below[0])
    index = sym(key_of(below[0]), INT)
    if len(below) == 1:
        return index, num(1), el.expr(item.sup) if item.sup else sym(LAST + str(index.args[0]), INT)
    relation = below[1]
    if relation.kind != "rel" or (item.sup and relation.text in ("<", "<=")):
        raise unknown
    el.use(relation)
    end = el.expr(below[2:])
    if relation.text in ("<", "<="):
        return index, num(1), _next(end, -1) if relation.text == "<" else end
    if relation.text not in ("=", ">", ">="):
        raise unknown
    last = sym("T" if relation.text != "=" else LAST + str(index.args[0]), INT)
    return index, _next(end, 1) if relation.text == ">" else end, _last(el, item.sup) if item.sup else last


def over_values(item: Item) -> Row | None:
    r"""The variable of a sum over the values of a state, as in \sum_z and \sum_{x\in\mathcal X}; None over an index."""
    below = item.sub
    if item.text != "sum" or item.sup or not below or below[0].kind != "name":
        return None
    state = bool(below[0].sub) or "bold" in below[0].marks or key_of(below[0]) not in INDICES
    return below[:1] if state and (len(below) == 1 or below[1].text in ("in", "!=")) else None


def _next(end: Term, by: int) -> Term:
    return num(end.args[0] + by) if end.op == "num" else add(end, by)


def _last(el: Elaborator, row: Row) -> Term:
    """The last value of an index; a plain D or J is the number of coordinates."""
    sized = len(row) == 1 and row[0].text in DIMENSIONS - el.signature.sizes
    if sized and not row[0].sub and not row[0].marks:
        el.use(row[0])
        return sym(row[0].text, INT)
    if show(row) in ("infinity", "+ infinity"):
        el.use_all(row)
        return WITHOUT_END
    return el.expr(row)


def over_a_part(domain: Row) -> bool:
    """Whether an integral is taken over a part of the space: a set with a name, or where something holds."""
    compared = any(i.kind == "rel" and i.text not in ("in", "=") for i in domain)
    return compared or (domain[0].kind == "name" and domain[0].text in PARTS)


__all__ = ["LAST", "WITHOUT_END", "ends", "over_a_part", "over_values"]
