"""What is under an expectation sign: the laws of what is averaged, as densities where they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import REAL, Term, sym
from derivations.reading.terms import operators
from derivations.reading.terms.brackets import OPEN
from derivations.reading.text.syntax import Item, Row, show

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

ENDS = (",", ";", "line", "&")


def laws(el: Elaborator, row: Row) -> list[Term]:
    """The laws in a row, each a density or the text of what the author wrote; p(x) q(y|x) are two."""
    cells: list[list[Item]] = [[]]
    for i in row:
        if i.kind == "sep" and i.text in ENDS:
            cells.append([])
        else:
            cells[-1].append(i)
    return [_law(el, part) for cell in cells if cell for part in _factors(tuple(cell))]


def _factors(cell: Row) -> Iterator[Row]:
    """The densities of a product of densities, one by one, or the row as it is."""
    pairs = [cell[k : k + 2] for k in range(0, len(cell), 2)]
    dense = [len(p) == 2 and p[0].text in ("p", "q") and p[1].kind == "bracket" for p in pairs]
    yield from pairs if len(pairs) > 1 and all(dense) else (cell,)


def _law(el: Elaborator, cell: Row) -> Term:
    """What is under an expectation sign: a density where one is written, else the words as they are."""
    at = next((j for j, i in enumerate(cell) if i.kind == "rel" and i.text == "~"), None)
    source = cell if at is None else cell[at + 1 :]
    if len(source) == 2 and source[0].kind == "name" and source[1].kind == "bracket" and source[0].text in ("p", "q"):
        if at is not None:
            dots = [i for c in source[1].cells for i in c if i.text == OPEN]
            el.use(*dots)  # the variable is read in their place
            el.use_all(cell[at : at + 1] if dots else cell[: at + 1])
            cells = tuple(cell[:at] if show(c) == OPEN else c for c in source[1].cells)
            source = (source[0], replace(source[1], cells=cells))
        return el.expr(source)
    gaussian = _gaussian(el, cell, source)
    if gaussian is not None:
        return gaussian
    el.use_all(cell)
    return sym("law " + show(cell).replace(" ", ""), REAL)


def _gaussian(el: Elaborator, cell: Row, source: Row) -> Term | None:
    """N(x; m, C), or x ~ N(m, C), under an expectation sign; None for anything else."""
    if len(source) != 2 or source[0].text not in ("cal N", "N") or source[1].kind != "bracket":
        return None
    if len(source[1].cells) == 3 and source is cell:
        return el.expr(source)
    if len(source[1].cells) != 2 or len(cell) < 4:
        return None
    el.use(cell[-3])
    x, law = el.expr(cell[:-3]), el.expr(source)
    return operators.fits(lambda: operators.gaussian(x, law.args[1], law.args[2]))


__all__ = ["laws"]
