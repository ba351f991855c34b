r"""Integrals over laws that are written as measures: \int f(x) p(dx) is \int f(x) p(x) dx."""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.text.syntax import Item, Row

LAWS = frozenset({"p", "q", "pi", "rho"})


def written_out(row: Row) -> Row:
    """What stands behind a sign of integration, with p(x) dx for p(dx); with dx in front where that law comes first."""
    k = next((k for k in range(len(row) - 1) if row[k].text in LAWS and _over(row[k + 1])), None)
    if k is None:
        return row
    bracket = row[k + 1]
    d, x = bracket.cells[0]
    law = (row[k], replace(bracket, cells=((x,), *bracket.cells[1:])))
    over = (d, _copy(x))
    first = k == 0 and len(row) > 2
    return (*over, *law, *row[2:]) if first else (*row[:k], *law, *over, *row[k + 2 :])


def _over(item: Item) -> bool:
    """Whether a bracket begins with a differential."""
    inside = item.cells[0] if item.kind == "bracket" and item.cells else ()
    return len(inside) == 2 and [i.kind for i in inside] == ["name"] * 2 and inside[0].text == "d" and not inside[0].sub


def _copy(item: Item) -> Item:
    """The item once more, at a place of its own."""
    return replace(item, at=-2 - item.at, sub=tuple(map(_copy, item.sub)))


__all__ = ["written_out"]
