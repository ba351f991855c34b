"""What is said of one moment: behind "At t = 0:" a formula is about that value of t, and gives no name its meaning."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from derivations.reading.terms.statements import statements
from derivations.reading.text.syntax import Item, Row, leaves, show

_WORDS = "at|when|for|if|where|bei|für|wenn|pour|quand|cuando|para|en|con|при"
_BEFORE = rf"(?:\b(?:{_WORDS})\b(?:\s+(?:time|step|zeit))?\s*|[当在令对若]\s*)"
_VALUE = r"(?:\$|\\\()\s*(?P<tex>\\?[A-Za-z]+\s*=\s*[^$=<>,;\\]{1,12}|\\?[A-Za-z]+\s*=\s*\\[A-Za-z]+\s*)(?:\$|\\\))"
_ALONE = rf"(?:^|\n)\s*(?:[-*+•]|\d+\.)\s*{_VALUE.replace('P<tex>', 'P<alone>')}\s*(?=[:：])"
MOMENT = re.compile(
    rf"(?:{_BEFORE}{_VALUE}\s*(?:时|時|のとき|では|에서|일 때)?|{_ALONE})"
    r"\s*(?:\*\*)?[:：,，、]?\s*(?:we have|one has|this is|so|gilt|on a|有)?\s*"
    r"(?:\$[^$\n]+\$\s*(?:,|;|and|und|et|，|、)\s*){0,3}(?:\$\$?|\\\(|\\\[)?\s*$",
    re.IGNORECASE,
)


def condition(before: str) -> str:
    """The equation right before a formula that names the moment which the formula is about; "" without one."""
    found = MOMENT.search(before[-120:])
    return (found["tex"] or found["alone"]) if found else ""


def moment(row: Row) -> tuple[Item, Item] | None:
    """The name and its value in an equation between a bare name and a bare name or number; None for another one."""
    found = statements(row)
    if len(found) != 1 or found[0].relations != ("=",) or any(len(side) != 1 for side in found[0].sides):
        return None
    name, value = found[0].sides[0][0], found[0].sides[1][0]
    plain = name.kind == "name" and not (name.marks or name.sub or name.sup or name.primes)
    return (name, value) if plain and value.kind in ("name", "number") and not value.sup else None


def moves(row: Row, name: Item) -> bool:
    """Whether a formula has a rate of change in the name, or a sum or an integral over it: no value takes its place."""
    items = list(leaves(row))
    bound = (j for i in items if i.kind == "big" for j in leaves(i.sub))
    after = (b for a, b in pairwise(items) if a.text in ("d", "partial") and not a.sub)
    under = (j for i in items if i.text in ("partial", "nabla") for j in leaves(i.sub))
    return any(i.text == name.text for i in (*bound, *after, *under))


def names_a_state(row: Row) -> bool:
    """Whether a formula sets a state at a fixed time, like x_1, equal to something else."""
    found = statements(row)
    first = found[0].sides[0] if found and found[0].relations else ()
    state = len(first) == 1 and first[0].text in ("x", "y", "z") and first[0].sub
    return bool(state) and show(first) != show(found[0].sides[1])


def at(row: Row, name: Item, value: Item) -> Row:
    """The formula with the value in the place of the name, in its scripts and brackets too."""
    return tuple(_put(i, name, value) for i in row)


def _put(item: Item, name: Item, value: Item) -> Item:
    if item.kind == "name" and item.text == name.text and not item.marks and not item.sub:
        item = replace(value, at=item.at, sup=item.sup, primes=item.primes)
    cells = tuple(at(c, name, value) for c in item.cells)
    return replace(item, cells=cells, sub=at(item.sub, name, value), sup=at(item.sup, name, value))


__all__ = ["at", "condition", "moment", "moves", "names_a_state"]
