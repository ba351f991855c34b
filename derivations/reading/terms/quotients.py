r"""Derivatives that are written in a line, dx/dt and \partial p/\partial t, as the fractions that they are."""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.terms.calls import is_d
from derivations.reading.text.syntax import Item, Row

VARIABLES = frozenset("t s u tau x y z lambda sigma theta".split())  # by what one differentiates


def as_fractions(row: Row) -> Row:
    """The row with every quotient of two differentials as a fraction, inside brackets and fractions too."""
    row = tuple(replace(i, cells=tuple(map(as_fractions, i.cells))) if i.cells else i for i in row)
    out: list[Item] = []
    k = 0
    while k < len(row):
        slash = _slash(row, k)
        if slash:
            top, bottom = row[k:slash], row[slash + 1 : slash + 3]
            out.append(replace(row[slash], kind="frac", text="", cells=(top, bottom)))
        else:
            out.append(row[k])
        k = slash + 3 if slash else k + 1
    return tuple(out)


def _slash(row: Row, k: int) -> int:
    """Where the slash of the quotient that begins here stands; 0 where none begins."""
    if not _differential(row[k]):
        return 0
    end = k + 1
    while end + 1 < len(row) and row[end].kind == "func":  # d log f/dt
        end += 1
    if row[end : end + 1] and row[end].kind in ("name", "bracket", "frac", "sqrt"):
        named = row[end].kind == "name"
        end += 1
        end += named and end < len(row) and row[end].kind == "bracket" and row[end].text == "()"
    over, below = row[end : end + 1], row[end + 1 : end + 3]
    divided = bool(over) and (over[0].kind, over[0].text) == ("op", "/") and len(below) == 2
    if not divided or not _differential(below[0]) or below[0].kind != row[k].kind:
        return 0
    return end if below[1].kind == "name" and below[1].text in VARIABLES and not below[1].marks else 0


def _differential(item: Item) -> bool:
    """Whether an item is a d or a curved d with nothing on it."""
    curved = item.kind == "nabla" and item.text == "partial"
    return (is_d(item) or curved) and not item.sub and not item.sup and not item.primes
