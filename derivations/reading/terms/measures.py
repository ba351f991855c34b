r"""Laws as measures: \int f(z) p(dz|x) is \int f(z) p(z|x) dz, and p(dx|z) = q(dx) an equation of their densities."""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.text.syntax import Item, Row

PATHS, TIMES = frozenset("x y z w X Y Z W B".split()), frozenset({"t", "s", "tau"})
ENDS = frozenset({*(("op", sign) for sign in "+-"), *(("sep", sign) for sign in (".", ",", ";", "line", "quad", "&"))})
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
            due.append((d, replace(item.cells[0][0], at=PLACES + item.cells[0][0].at)))
        measured = _measured(out[-1], item) if out else None
        if measured is not None:
            if opened > len(due):
                due.append(_differential(item))
            item = measured
        out.append(item)
    return (*out, *(i for pair in due for i in pair)) if out != list(row) or due else row


def _is_measure(before: list[Item], bracket: Item) -> bool:
    """Whether a bracket ends d mu(x), behind what is integrated; a path like x(t) is none."""
    if len(before) < 2 or bracket.kind != "bracket" or bracket.text != "()" or len(bracket.cells) != 1:
        return False
    d, name = before[-2:]
    over = bracket.cells[0]
    plain = d.kind == name.kind == "name" and d.text == "d" and not d.sub and name.text not in PATHS
    return plain and len(over) == 1 and over[0].kind == "name" and not over[0].sub and over[0].text not in TIMES


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
    d, x = bracket.cells[0]
    return (d, replace(x, at=PLACES + x.at, sub=tuple(replace(i, at=PLACES + i.at) for i in x.sub)))


__all__ = ["as_densities"]
