r"""An upright or slanted E that stands for an expectation: below it is a law, as in E_{p_t(x)} \|v_t(x)\|^2."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from derivations.reading.terms.signature import DENSITIES
from derivations.reading.text.syntax import Item, Row, leaves

EXPECTATION = "bb E"


def as_expectations(row: Row) -> Row:
    """The formula with the sign of the expectation for an E with a law below it; the same formula without such."""
    if not any(map(_averages, leaves(row))):
        return row
    return tuple(_written(i) for i in row)


def _written(item: Item) -> Item:
    item = replace(item, cells=tuple(as_expectations(c) for c in item.cells), sup=as_expectations(item.sup))
    return replace(item, text=EXPECTATION) if _averages(item) else item


def _averages(item: Item) -> bool:
    """Whether an item is an E with a density with its arguments, or what is drawn from a law, below it."""
    if item.kind != "name" or item.text != "E" or item.marks or item.sup:
        return False
    called = any(a.text in DENSITIES and b.kind == "bracket" and b.text == "()" for a, b in pairwise(item.sub))
    return called or any(i.kind == "rel" and i.text == "~" for i in item.sub)


__all__ = ["as_expectations"]
