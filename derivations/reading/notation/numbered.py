"""Numbers above a letter that count: alpha^1 and alpha^2 are two letters where a document writes alpha^1 anywhere,
which no one writes for a power.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from derivations.reading.terms.signature import key_of
from derivations.reading.text.syntax import Item, Row, leaves

SPACES = frozenset({"R", "C", "S", "T", "I", "e", "L", "H", "W"})  # the line R^1, and spaces of functions like C^1


def counted(rows: Collection[Row]) -> frozenset[str]:
    """The letters that have a 1 above them somewhere."""
    named = (i for row in rows for i in leaves(row) if i.kind == "name" and i.text not in SPACES)
    return frozenset(key_of(i) for i in named if "bb" not in i.marks and _number(i) == "1")


def relabelled(row: Row, letters: frozenset[str]) -> Row:
    """The formula with the numbers above these letters as labels, as in alpha^{(1)}."""
    return tuple(_labelled(row, letters)) if letters else row


def _labelled(row: Row, letters: frozenset[str]) -> Iterator[Item]:
    for i in row:
        cells = tuple(relabelled(c, letters) for c in i.cells)
        sub, sup = relabelled(i.sub, letters), relabelled(i.sup, letters)
        if i.kind == "name" and key_of(i) in letters and _number(i):
            sup = (Item("bracket", "()", sup[0].at, cells=(sup,)),)
        yield replace(i, cells=cells, sub=sub, sup=sup)


def _number(item: Item) -> str:
    """The number above a letter; nothing without one."""
    return item.sup[0].text if len(item.sup) == 1 and item.sup[0].kind == "number" and not item.sup[0].sup else ""


__all__ = ["counted", "relabelled"]
