r"""Quotients that are written in a line: derivatives dx/dt and \partial p/\partial t as the fractions that they are,
and what stands below a slash without brackets.

|x - m|^2 / 2\sigma^2     a variance with its factor is below the slash as a whole
\beta/2 x                 anything else is as it is written, and may be meant otherwise
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from derivations.reading.terms.calls import is_d
from derivations.reading.text.syntax import Item, Row, show

JOINED = ("joined",)  # marks what was made one denominator here
DEVIATIONS = frozenset({"sigma", "tau", "gamma", "varsigma", "s"})
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


def with_variances(row: Row) -> Row:
    r"""The row with a variance and the number before it as one denominator, a/2\sigma^2 as a over 2\sigma^2."""
    return _joined(row, _is_variance)


def otherwise(row: Row) -> Row | None:
    r"""The row with all that stands right behind a number after a slash as its denominator, or a variance behind one
    beside the fraction; None for a row without such a slash.
    """
    other = _joined(_parted(row), lambda item: True) if not _has_joined(row) else _parted(row)
    return other if other != row else None


def _joined(row: Row, fits: Callable[[Item], bool]) -> Row:
    """The row with a number behind a slash and the factors of a kind behind that as one."""
    row = tuple(replace(i, **_inside(i, lambda r: _joined(r, fits))) for i in row)
    out: list[Item] = []
    k = 0
    while k < len(row):
        end = k + 1
        if k and (row[k - 1].kind, row[k - 1].text, row[k].kind) == ("op", "/", "number") and not row[k].sup:
            while end < len(row) and row[end].kind in ("name", "sqrt") and not is_d(row[end]) and fits(row[end]):
                end += 1
        out.append(Item("bracket", "()", row[k].at, JOINED, (row[k:end],)) if end > k + 1 else row[k])
        k = end
    return tuple(out)


def _parted(row: Row) -> Row:
    """The row without the denominators that were made here."""
    out: list[Item] = []
    for i in row:
        i = replace(i, **_inside(i, _parted))
        out += i.cells[0] if i.marks == JOINED else (i,)
    return tuple(out)


def _has_joined(row: Row) -> bool:
    return any(i.marks == JOINED or any(map(_has_joined, (*i.cells, i.sup))) for i in row)


def _inside(item: Item, change: Callable[[Row], Row]) -> dict[str, Any]:
    """What changes of an item with the rows that are in it: its cells and its power."""
    return {"cells": tuple(map(change, item.cells)), "sup": change(item.sup)}


def _is_variance(item: Item) -> bool:
    return item.text in DEVIATIONS and show(item.sup) == "2"


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
