r"""Laws as measures: \int f(z) p(dz|x) is \int f(z) p(z|x) dz, and p(dx|z) = q(dx) an equation of their densities."""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.text.syntax import Item, Row

PLACES = 50_000_000  # beyond every position of a formula


def as_densities(row: Row) -> Row:
    """The formula with densities in the place of measures; the same formula without such."""
    out: list[Item] = []
    due: list[Row] = []  # the differentials of the integrals that are open
    opened = 0
    for item in row:
        inside = tuple(as_densities(c) for c in item.cells)
        item = item if inside == item.cells else replace(item, cells=inside)
        ends = item.kind in ("rel", "text") or (item.kind == "op" and item.text in "+-")
        if ends and due:
            out += [i for pair in due for i in pair]
            due, opened = [], 0
        opened += item.kind == "big" and item.text == "int"
        measured = _measured(out[-1], item) if out else None
        if measured is not None:
            if opened > len(due):
                due.append(_differential(item))
            item = measured
        out.append(item)
    return (*out, *(i for pair in due for i in pair)) if out != list(row) or due else row


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
