"""Letters that may stand for fields, and are numbers in a document: D in sqrt(2 D), the strength of a diffusion."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derivations.reading.text.syntax import Item, Row, leaves

LETTERS = frozenset({"D", "G", "F", "h"})


def constants(rows: Collection[Row]) -> set[str]:
    """The letters among these that stand in a product under a root or below a fraction, and nowhere have arguments, a
    label or an accent.
    """
    found: set[str] = set()
    others: set[str] = set()
    for row in rows:
        for part in _parts(row):
            others |= {i.text for k, i in enumerate(part) if _is_field(i, part[k + 1 : k + 2])}
            for i in part:
                inside = i.cells[:1] if i.kind == "sqrt" else i.cells[1:] if i.kind == "frac" else ()
                found |= {j.text for cell in inside if _is_product(cell) for j in cell if j.text in LETTERS}
    return found - others


def _parts(row: Row) -> Iterator[Row]:
    """A row and all rows in it."""
    yield row
    for i in leaves(row):
        yield from (*i.cells, i.sub, i.sup)


def _is_field(item: Item, after: Row) -> bool:
    called = bool(after) and after[0].kind == "bracket"
    return item.kind == "name" and item.text in LETTERS and bool(item.marks or item.sub or called)


def _is_product(cell: Row) -> bool:
    """Whether a row is a product of numbers and names that have nothing beside them."""
    return all(i.kind in ("number", "name") or (i.kind, i.text) == ("op", "*") for i in cell)


__all__ = ["constants"]
