"""The angle phi of a path z_phi = cos(phi) x + sin(phi) eps, where networks have the letter for their parameters.

In a document that takes its sine and its cosine, and gives no network phi, the letter is read as the name `angle`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from derivations.reading.text.syntax import Item, Row, leaves

LETTER, NAME = "phi", "angle"
FUNCTIONS = frozenset({"cos", "sin"})


def is_angle(rows: Collection[Row]) -> bool:
    """Whether a document takes the sine and the cosine of phi, and nowhere calls a function with phi below it."""
    pairs = [p for row in rows for part in _parts(row) for p in pairwise(part)]
    turned = {a.text for a, b in pairs if a.kind == "func" and any(i.text == LETTER for i in (b, *_inside(b)))}
    called = any(b.kind == "bracket" and any(i.text == LETTER for i in a.sub) for a, b in pairs if a.kind == "name")
    return turned >= FUNCTIONS and not called


def named(row: Row) -> Row:
    """The formula with the angle by its name."""
    return tuple(_named(i) for i in row)


def _named(item: Item) -> Item:
    cells, sub, sup = tuple(map(named, item.cells)), named(item.sub), named(item.sup)
    text = NAME if item.kind == "name" and item.text == LETTER else item.text
    return replace(item, text=text, cells=cells, sub=sub, sup=sup)


def _inside(item: Item) -> Row:
    return item.cells[0] if item.kind == "bracket" and len(item.cells) == 1 else ()


def _parts(row: Row) -> list[Row]:
    return [row, *(c for i in leaves(row) for c in i.cells)]


__all__ = ["is_angle", "named"]
