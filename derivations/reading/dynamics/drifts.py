"""Letters of drifts that are numbers: f, h, F, G or u before the state, when a document gives them the time and nothing
else: f(t) x, h_t x. One that is ever given a state, as in f(x, t), is a vector.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from derivations.reading.terms.brackets import OPEN
from derivations.reading.terms.calls import timed
from derivations.reading.terms.signature import is_index
from derivations.reading.text.syntax import Item, Row, leaves, show

LETTERS = frozenset({"f", "h", "F", "G"})
STATES = frozenset({"x", "X", "z", "y"})


def numbers(rows: Collection[Row]) -> set[str]:
    """The letters among these that are functions of the time alone and stand before a state, or in an exponent."""
    before_state: set[str] = set()
    exponents: set[str] = set()
    others: set[str] = set()
    for row in rows:
        for part in _rows(row):
            for k, item in enumerate(part):
                if item.text == "e" and item.sup:
                    exponents |= {i.text for i in item.sup if i.kind == "name" and i.text in LETTERS}
                if item.kind != "name" or item.text not in LETTERS or "bold" in item.marks:
                    continue
                after = part[k + 1] if k + 1 < len(part) else None
                called = after is not None and after.kind == "bracket" and after.text == "()"
                if called and after is not None and not (timed(after) or _is_open(after) or _bound(after, part)):
                    others.add(item.text)
                following = part[k + 2] if called and k + 2 < len(part) else after
                if (called or is_index(item.sub)) and following is not None and following.text in STATES:
                    before_state.add(item.text)
    return (before_state | exponents) - others


def _is_open(bracket: Item) -> bool:
    """Whether a bracket leaves open what is given, as in f(.)."""
    return len(bracket.cells) == 1 and show(bracket.cells[0]) == OPEN


def _bound(bracket: Item, part: Row) -> bool:
    """Whether a bracket holds one letter over which this part is integrated between limits, as in f(xi) d xi."""
    given = bracket.cells[0] if len(bracket.cells) == 1 else ()
    limits = any(i.kind == "big" and i.text == "int" and i.sub and i.sup for i in part)
    ends = {b.text for a, b in pairwise(part) if a.kind == "name" and a.text == "d" and b.kind == "name"}
    return limits and len(given) == 1 and given[0].text in ends and not given[0].marks


def in_continuous_time(row: Row) -> bool:
    """Whether alpha or beta is a function of the time in brackets, as in alpha(t)."""
    pairs = [(i, part[k + 1]) for part in _rows(row) for k, i in enumerate(part[:-1])]
    return any(i.text in ("alpha", "beta") and not i.marks and not i.sub and timed(after) for i, after in pairs)


def in_steps(row: Row) -> bool:
    """Whether alpha or beta has an index, as in alpha_t, or is a product over the steps."""
    found = [i for i in leaves(row) if i.text in ("alpha", "beta")]
    return any(is_index(i.sub) for i in found)


def _rows(row: Row) -> list[Row]:
    """A row and the rows inside it."""
    return [row, *(cell for i in leaves(row) for cell in i.cells)]


__all__ = ["numbers"]
