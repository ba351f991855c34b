"""Densities by name, like q(x_t | x_0): the owner, the shape of the variables, then every variable with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.kernel.terms import REAL, Term, app, is_scalar, sym
from derivations.reading.dynamics import rates
from derivations.reading.terms.brackets import OPEN
from derivations.reading.terms.signature import VECTOR
from derivations.reading.text.syntax import Item, Row, show

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator


def _open_variable(el: Elaborator, cell: Row, indices: tuple[Term, ...], nxt: Item) -> Term:
    """The variable that p_t(. | z) leaves open, as the state x; as x_t where x is given, as in p_t(. | x_0 = x)."""
    el.use_all(cell)
    sort = REAL if el.signature.scalar_world else VECTOR
    given = any(show(c).split("=")[-1].strip() == "x" for c in nxt.cells)
    return app("x", indices[0], sort=sort) if given else sym("x", sort)


def density(el: Elaborator, owner: str, indices: tuple[Term, ...], nxt: Item) -> Term:
    """q(x_t | x_0): the owner, the shape, then every variable with its time."""
    el.use(nxt)
    shape, arguments, bar = "", [], False
    times: list[Term] = []
    for cell, sep in zip(nxt.cells, ("", *nxt.seps), strict=True):
        if sep in ("|", "||") and not bar:
            shape, bar = shape + "|", True
        if sep == ";" and len(cell) == 1 and cell[0].text in ("theta", "phi"):
            el.use_all(cell)
            continue
        t = el.argument(cell, sep) if show(cell) != OPEN or not indices else _open_variable(el, cell, indices, nxt)
        letter = t.args[0] if t.op in ("sym", "app") else "*"
        shape += ("," if shape and shape[-1] not in "|" else "") + letter
        arguments.append(t)
        if t.op == "app" and len(t.args) == 2 and is_scalar(t.args[1]):
            arguments.append(t.args[1])
            times.append(t.args[1])
    fixed = bool(indices) and indices[0].op in ("num", "add", "sym") and arguments[0].op == "sym"  # p_t(x | x_1)
    fixed = fixed and (indices[0].op == "num" or indices[0] not in times)  # which p_t(y | x_t) has
    if indices and (fixed or not times):
        arguments += indices
        shape += "@"
    elif indices and rates.is_left(indices[0]):  # p_{T-t}(y_t) is what p_{T-t} is at the point y_t
        arguments = [indices[0] if a in times and indices[0].free >= a.free else a for a in arguments]
    return app(f"{owner}({shape})", *arguments)


__all__ = ["density"]
