r"""The divergence and the Laplacian by name, div(p v) and \Delta(g^2 p), and densities without arguments in them.

In \partial_t p = -\nabla\cdot(f p) the letter p is the density p(x, t): nothing else has a divergence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term
from derivations.reading.terms import binders, gradients
from derivations.reading.terms.signature import is_index
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

GIVEN = 30_000_000  # where brackets begin that a document leaves out, behind its functions of the state
DENSITIES = frozenset({"p", "q", "rho", "P"})
VARIABLES = frozenset({"x", "X", "z", "y"})
FLOWS = frozenset({"psi", "phi", "Phi", "X", "gamma", "g"})
DRIFTS = frozenset({"u", "v", "f", "b"})
TILDES = frozenset({"tilde"})
MEASURES = frozenset({"mu", "nu", "pi", "rho"})  # laws as measures, where they change in time and are carried
FIELDS = DENSITIES | DRIFTS


def begins(item: Item, rest: Row) -> bool:
    """Whether a divergence or a Laplacian of the rest begins here."""
    if item.kind != "name" or not rest or item.marks:
        return False
    below = len(item.sub) == 1 and item.sub[0].text in VARIABLES
    bracket = rest[0].kind == "bracket" and len(rest[0].cells) == 1
    if item.text == "div":
        return bracket and (below or not item.sub)
    if item.text != "Delta" or (item.sub and not below):
        return False
    dense = rest[0].kind == "name" and rest[0].text in DENSITIES and len(rest) > 1 and rest[1].kind == "bracket"
    inside = bracket and any(_is_called(i, after, MEASURES) for i, after in _followed(rest[0].cells[0]))
    inside = inside or (rest[0].text in MEASURES and len(rest) > 1 and _is_given(rest[1]))
    given = rest[0].kind == "name" and len(rest) > 1 and rest[1].kind == "bracket" and rest[1].at >= GIVEN
    return dense or given or inside or (rest[0].kind == "func" and rest[0].text == "log") or (below and bracket)


def value(el: Elaborator, item: Item, rest: Row) -> Term:
    """div of the bracket, times what follows; the Laplacian of the rest."""
    el.use(item)
    if item.text == "div":
        body = el.expr(rest[0].cells[0])
        el.use(rest[0])
        at = el.expr(item.sub) if item.sub else gradients.variable_of(body, el.signature)
        if len(rest) > 1 and _is_point(rest[1]):
            raise UnreadError("a divergence at a point, of what has not that argument", show(rest), item.at)
        found = el.raised(binders.divergence_of(el, at, body), rest[0])
        return el.multiplied([found, el.product(rest[1:])]) if rest[1:] else found
    body = el.product(rest)
    at = el.expr(item.sub) if item.sub else gradients.variable_of(body, el.signature)
    return binders.divergence_of(el, at, binders.derivative(el, at, body, item))


# ---- densities without arguments


def with_arguments(row: Row) -> Row:
    """The formula with p as p(x, t) and p_t as p_t(x) throughout, and the drift f beside it as f(x, t), where it has a
    divergence or a Laplacian, or the gradient of that density; div(p_t u_t)(x) as div(p_t(x) u_t(x)), and so at the
    point psi_t(x); any other formula as it is.
    """
    row = _at_a_point(row)
    dense = DENSITIES | carried(row)
    pairs = [pair for part in _parts(row) for pair in _followed(part)]
    bare = any(_is_bare(i, after, dense) for i, after in pairs)
    if not bare or not (_has_divergence(row) or _has_slope(row)):
        return row
    known = {(i.text, show(i.sub)): after for i, after in pairs if _is_called(i, after, dense)}
    return _written(row, known, dense, _has_divergence(row))


def carried(row: Row) -> frozenset[str]:
    r"""The letters of measures of which a formula takes the rate in time, beside a divergence or a Laplacian, as in
    \partial_t \mu_t + div(\mu_t v_t) = 0: each stands for its density.
    """
    if not _has_divergence(row):
        return frozenset()
    rated = {i.text for part in _parts(row) for before, i in pairwise(part) if _is_rate(before)}
    above = [i.cells[0] for i in leaves(row) if i.kind == "frac" and _is_in_time(i)]
    return MEASURES & (rated | {c[1].text for c in above if len(c) > 1})


def _is_rate(item: Item) -> bool:
    r"""Whether an item is \partial_t or d/dt."""
    timed = item.kind == "nabla" and item.text == "partial" and [i.text for i in item.sub] == ["t"]
    return timed or (item.kind == "frac" and _is_in_time(item) and len(item.cells[0]) == 1)


def _is_in_time(item: Item) -> bool:
    """Whether a fraction is a derivative in time."""
    return show(item.cells[1]) in ("d t", "partial t") and show(item.cells[0][:1]) in ("d", "partial")


def _at_a_point(row: Row) -> Row:
    out: list[Item] = []
    skipped = 0
    for k, item in enumerate(row):
        if skipped:
            skipped -= 1
            continue
        if _is_divergence(item) and k + 1 < len(row) and _is_point(row[k + 1]):
            out.append(replace(item, cells=(_placed(item.cells[0], row[k + 1]),)))
            skipped = 1
            continue
        out.append(item)
        dotted = k > 0 and (item.kind, item.text, row[k - 1].text) == ("op", "*", "nabla")
        if (item.text == "div" or dotted) and len(row) > k + 2 and _is_of_fields(row[k + 1]) and _is_point(row[k + 2]):
            inside, point = row[k + 1 : k + 3]
            out.append(replace(inside, cells=(_placed(inside.cells[0], point),)))
            skipped = 2
    return tuple(out)


def _placed(row: Row, point: Item) -> Row:
    """A row with its fields and densities at a point, also those in a bracket."""
    out: list[Item] = []
    for item in row:
        if item.kind == "bracket":
            item = replace(item, cells=tuple(_placed(c, point) for c in item.cells))
        out += [item, _moved(point, item.at)] if item.text in FIELDS else [item]
    return tuple(out)


def _moved(item: Item, at: int) -> Item:
    """A copy of what the author wrote, with places of its own beyond those of the formula."""
    cells = tuple(tuple(_moved(i, at) for i in c) for c in item.cells)
    sub = tuple(_moved(i, at) for i in item.sub)
    return replace(item, at=3 * GIVEN + 10_000 * at + item.at, cells=cells, sub=sub)


def _is_divergence(item: Item) -> bool:
    """Whether a bracket holds the divergence of a field without its argument: (div u_t)."""
    inside = item.cells[0] if item.kind == "bracket" and len(item.cells) == 1 else ()
    begins = [i.text for i in inside[:2]] == ["nabla", "*"] and len(inside) == 3
    return begins and inside[2].kind == "name" and inside[2].text in DRIFTS


def _is_of_fields(item: Item) -> bool:
    """Whether a bracket has products of densities, fields and gradients in it, without their arguments."""
    inside = item.cells[0] if item.kind == "bracket" and len(item.cells) == 1 else ()
    return bool(inside) and all(i.kind in PLACED or (i.text == "[]" and _is_of_fields(i)) for i in inside)


PLACED = frozenset({"name", "op", "nabla", "frac", "func", "number"})


def _is_point(item: Item) -> bool:
    """Whether a bracket holds a state, or a flow of one: (x), (x_t), (psi_t(x))."""
    inside = item.cells[0] if item.kind == "bracket" and len(item.cells) == 1 else ()
    if len(inside) == 2 and inside[0].text in FLOWS and inside[1].kind == "bracket":
        return True
    return len(inside) == 1 and inside[0].text in VARIABLES


def _is_given(bracket: Item) -> bool:
    """Whether a bracket is none of the author's."""
    return bracket.kind == "bracket" and bracket.at < 0


def _is_called(item: Item, after: Item | None, letters: Collection[str] = ()) -> bool:
    dense = item.kind == "name" and item.text in DENSITIES.union(letters) and set(item.marks) <= TILDES
    called = after is not None and after.kind == "bracket" and not _is_factor(after)
    return dense and called and after is not None and set(after.seps) <= {","}


def _followed(row: Row) -> list[tuple[Item, Item | None]]:
    return [(i, row[k + 1] if k + 1 < len(row) else None) for k, i in enumerate(row)]


def _is_bare(item: Item, after: Item | None, letters: Collection[str] = DENSITIES) -> bool:
    known = item.kind == "name" and item.text in letters and set(item.marks) <= TILDES and not item.sup
    timed = not item.sub or (is_index(item.sub) and show(item.sub) == "t")
    called = after is not None and after.kind == "bracket" and after.text == "()" and not _is_factor(after)
    return known and timed and not called


def _is_factor(bracket: Item) -> bool:
    """Whether a bracket has a gradient in it, and is no list of arguments: p (f - g^2 grad log p)."""
    return len(bracket.cells) == 1 and any(i.kind == "nabla" for i in leaves(bracket.cells[0]))


def _carries(item: Item, after: Item | None, letters: Collection[str]) -> bool:
    """Whether an item is a field without arguments, alone in its term or before the density that it carries."""
    plain = set(item.marks) <= {"bold"} | TILDES and not item.sup and not item.primes
    field = item.kind == "name" and item.text in DRIFTS and plain
    dense = after is None or after.kind in ("op", "sep", "rel") or (after.kind == "name" and after.text in letters)
    return field and dense and (not item.sub or (is_index(item.sub) and show(item.sub) == "t"))


def _parts(row: Row) -> list[Row]:
    return [row, *(c for i in leaves(row) for c in i.cells)]


def _has_slope(row: Row) -> bool:
    """Whether a density without arguments stands behind a gradient."""
    for part in _parts(row):
        for k, i in enumerate(part):
            behind = part[k + 1 : k + 3]
            if (i.kind, i.text) == ("nabla", "nabla") and behind and _is_bare(behind[0], (*behind[1:], None)[0]):
                return True
    return False


def _has_divergence(row: Row) -> bool:
    for part in _parts(row):
        for i, after in _followed(part):
            if i.kind == "nabla" and i.text == "nabla" and (show(i.sup) == "2" or (after and after.text == "*")):
                return True
            if i.kind == "name" and i.text in ("div", "Delta"):
                return True
    return False


def _written(row: Row, known: Mapping[tuple[str, str], Item | None], letters: Collection[str], moved: bool) -> Row:
    """The row with arguments behind every bare density: as they are written elsewhere in it, or x and the time."""
    out: list[Item] = []
    for item, after in _followed(row):
        cells = tuple(_written(c, known, letters, moved) for c in item.cells)
        out.append(replace(item, cells=cells) if cells != item.cells else item)
        if _is_bare(item, after, letters) or (moved and _carries(item, after, letters)):
            model = known.get((item.text, show(item.sub)))
            out.append(_copied(model, item.at) if model is not None else _usual(item))
    return tuple(out)


def _usual(item: Item) -> Item:
    x, t = (Item("name", letter, -1 - item.at) for letter in "xt")
    cells = ((x,),) if item.sub else ((x,), (t,))
    return Item("bracket", "()", -1 - item.at, cells=cells, seps=() if item.sub else (",",))


def _copied(item: Item, at: int) -> Item:
    """A copy of a bracket with places of its own."""
    cells = tuple(tuple(_copied(i, at) for i in c) for c in item.cells)
    sub = tuple(_copied(i, at) for i in item.sub)
    return replace(item, at=-1 - at - 10_000 * (item.at + 1), cells=cells, sub=sub)


__all__ = ["begins", "value", "with_arguments"]
