r"""The data by the name x in a formula about a chain: log p(x) >= E_{q(x_{1:T}|x_0)}[...] means p(x_0).

It is so where the chain x_0, x_1, ... stands in the formula, and x without an index only as all that a density is of.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.terms.signature import DENSITIES
from derivations.reading.text.syntax import Item, Row, leaves, show

LETTERS = ("x", "z")


def with_data(row: Row) -> Row:
    """The formula with x_0 for such an x; itself where there is none."""
    for letter in LETTERS:
        if _is_chain(row, letter) and 0 < _bare(row, letter) == _alone(row, letter):
            row = _indexed(row, letter)
    return row


def _is_chain(row: Row, letter: str) -> bool:
    """Whether x_0 and a later state, or a range of states, are named."""
    scripts = {show(i.sub).replace(" ", "") for i in leaves(row) if i.kind == "name" and i.text == letter and i.sub}
    ranges = scripts & {"0:T", "1:T"}
    return "0:T" in ranges or ("0" in scripts and bool(scripts & {"1", "t", "T", "1:T"}))


def _bare(row: Row, letter: str) -> int:
    return sum(i.kind == "name" and i.text == letter and not (i.sub or i.sup or i.primes) for i in leaves(row))


def _alone(row: Row, letter: str) -> int:
    """How often the letter, without an index, is all that a density is of."""
    inside = [part for i in leaves(row) for part in (*i.cells, i.sub, i.sup)]
    return sum(_is_of(part[k : k + 2], letter) for part in (row, *inside) for k in range(len(part) - 1))


def _is_of(pair: Row, letter: str) -> bool:
    name, bracket = pair
    if name.kind != "name" or name.text not in DENSITIES or bracket.kind != "bracket" or len(bracket.cells) != 1:
        return False
    cell = bracket.cells[0]
    return len(cell) == 1 and _bare(cell, letter) == 1


def _indexed(row: Row, letter: str) -> Row:
    out = []
    for i in row:
        bare = i.kind == "name" and i.text == letter and not (i.sub or i.sup or i.primes)
        sub = (Item("number", "0", i.at),) if bare else _indexed(i.sub, letter)
        out.append(replace(i, cells=tuple(_indexed(c, letter) for c in i.cells), sub=sub, sup=_indexed(i.sup, letter)))
    return tuple(out)


__all__ = ["with_data"]
