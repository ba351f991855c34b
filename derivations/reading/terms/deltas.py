"""What a Delta is: a number that is the size of a step, or a difference, or a Laplacian."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.reading.terms import differential
from derivations.reading.text.syntax import Row, UnreadError, shown

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

TIMES = frozenset("t s T n k i j h tau".split())  # Delta t is a step of size Delta

OPERANDS = frozenset({"name", "bracket", "func", "big", "frac", "nabla"})


def is_step(row: Row) -> bool:
    """Whether a Delta stands alone in a formula, as in O(Delta^2): then it is a number, the size of a step."""
    for k, item in enumerate(row):
        alone = item.sup or k + 1 == len(row) or row[k + 1].kind not in OPERANDS
        if (item.text == "Delta" and not item.sub and alone) or any(map(is_step, (*item.cells, item.sub, item.sup))):
            return True
    return False


def differences(el: Elaborator, row: Row, k: int) -> Row:
    """The row with a Delta at k joined to the name behind it: Delta p is a difference or a Laplacian, no product.

    Raises UnreadError for a Delta of more than a name: which of the two it is cannot be told, nor in what.
    """
    item, rest = row[k], row[k + 1 : k + 3]
    if item.kind != "name" or item.text != "Delta" or item.sub or item.sup or not rest:
        return row
    nxt = rest[0]
    if el.signature.step and not (nxt.kind == "name" and nxt.text in differential.DENSITIES):
        return row  # the size of a step, and a factor but before a density
    if differential.begins(item, row[k + 1 :]):
        return row  # the Laplacian of a density, which is read as a whole elsewhere
    called = len(rest) > 1 and rest[1].kind == "bracket" and rest[1].text[0] in "(["
    if nxt.kind == "name" and not called:
        if nxt.text in TIMES:
            return row
        el.use(item)
        return (*row[:k], replace(nxt, marks=(*nxt.marks, "Delta")), *row[k + 2 :])
    if nxt.kind in OPERANDS:
        raise UnreadError("a difference or a Laplacian of more than a name", shown(item), item.at)
    return row
