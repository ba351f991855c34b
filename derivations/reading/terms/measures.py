r"""Laws as measures: \int f(z) p(dz|x) is \int f(z) p(z|x) dz, and p(dx|z) = q(dx) an equation of their densities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, app
from derivations.reading.text.syntax import Item, Row

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

PATHS, TIMES = frozenset("x y z w X Y Z W B".split()), frozenset({"t", "s", "tau"})
ENDS = frozenset({*(("op", sign) for sign in "+-"), *(("sep", sign) for sign in (".", ",", ";", "line", "quad", "&"))})
LAWS = frozenset({"P", "Q", "bb P", "bb Q", "bb W", "mu", "nu", "pi", "rho", "cal N", "N"})
QUOTIENT = "density"  # of one law with respect to another
PLACES = 50_000_000  # beyond every position of a formula


def as_densities(row: Row) -> Row:
    """The formula with densities in the place of measures; the same formula without such."""
    out: list[Item] = []
    due: list[Row] = []  # the differentials of the integrals that are open
    opened = 0
    for item in row:
        inside = tuple(as_densities(c) for c in item.cells)
        item = item if inside == item.cells else replace(item, cells=inside)
        ends = item.kind in ("rel", "text") or (item.kind, item.text) in ENDS
        if ends and due:
            out += [i for pair in due for i in pair]
            due, opened = [], 0
        opened += item.kind == "big" and item.text == "int"
        if opened and _is_measure(out, item):
            d, name = out[-2:]
            out[-2:] = [name]
            due.append(_again(d, item.cells[0][0]))
        measured = _measured(out[-1], item) if out else None
        if measured is not None:
            if opened > len(due):
                due.append(_differential(item))
            item = measured
        out.append(item)
    return (*out, *(i for pair in due for i in pair)) if out != list(row) or due else row


def is_quotient(item: Item) -> bool:
    """Whether a fraction is the density of one law with respect to another, as dQ/dP."""
    halves = [c for c in item.cells if len(c) > 1 and c[0].text == "d" and c[0].kind == "name" and not c[0].sub]
    return len(halves) == 2 and all(c[1].kind == "name" and c[1].text in LAWS for c in halves)


def quotient(el: Elaborator, item: Item, rest: Row) -> Term:
    """The density dQ/dP, at the point in brackets where one follows, times the rest."""
    el.use(item, item.cells[0][0], item.cells[1][0])
    top, bottom = (el.expr(c[1:]) for c in item.cells)
    point = [r for r in rest[:1] if r.kind == "bracket" and r.text == "()" and len(r.cells) == 1]
    el.use(*point)
    found = el.raised(app(QUOTIENT, top, bottom, *(el.expr(r.cells[0]) for r in point)), point[0] if point else item)
    return el.multiplied([found, el.product(rest[len(point) :])]) if rest[len(point) :] else found


def _is_measure(before: list[Item], bracket: Item) -> bool:
    """Whether a bracket ends d mu(x) or d mu(x | z), behind what is integrated; a path like x(t) is none."""
    given = bracket.kind == "bracket" and bracket.seps[:1] == ("|",)
    if len(before) < 2 or bracket.kind != "bracket" or bracket.text != "()" or not (given or len(bracket.cells) == 1):
        return False
    d, name = before[-2:]
    over = bracket.cells[0]
    plain = d.kind == name.kind == "name" and d.text == "d" and not d.sub and name.text not in PATHS
    bare = len(over) == 1 and over[0].kind == "name" and (given or not over[0].sub)
    return plain and bare and over[0].text not in TIMES


def _measured(name: Item, bracket: Item) -> Item | None:
    """The bracket of p(dx|z) as that of p(x|z); None for another one."""
    if name.kind != "name" or bracket.kind != "bracket" or bracket.text not in ("()", "[]"):
        return None
    first = bracket.cells[0]
    if len(first) != 2 or first[0].text != "d" or first[0].kind != "name" or first[0].sub or first[1].kind != "name":
        return None
    return replace(bracket, cells=(first[1:], *bracket.cells[1:]))


def _differential(bracket: Item) -> Row:
    """The d x of a bracket (dx|z), with places of its own."""
    return _again(*bracket.cells[0])


def _again(d: Item, x: Item) -> Row:
    """The differential of a variable, with places of its own."""
    return (d, replace(x, at=PLACES + x.at, sub=tuple(replace(i, at=PLACES + i.at) for i in x.sub)))


__all__ = ["QUOTIENT", "as_densities", "is_quotient", "quotient"]
