r"""What is taken entry by entry: \operatorname{diag}(\sigma^2) is the diagonal matrix of the squares of the entries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import Mat, Term, app
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import Item

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator


def diagonal(el: Elaborator, item: Item, inside: Item) -> Term:
    """A covariance with these entries on its diagonal."""
    el.use(item, inside)
    kept, el.signature = el.signature, replace(el.signature, scalar_world=True)
    entries = el.expr(inside.cells[0])
    el.signature = kept
    return el.raised(app("diag", entries, sort=Mat(DIMENSION, DIMENSION, "spd")), inside)


__all__ = ["diagonal"]
