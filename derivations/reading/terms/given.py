r"""What a state is given, written beside it: x_t | x_0, x_1 = \alpha_t x_0 + \sigma_t x_1, and x_t | x_0 = N(m, C).

The condition says what is fixed, and no more: the equation is one of the state, and a law is what it is drawn from.
So it is with the parameters of a model among the conditions, p(x | y, \theta), in a formula that has them nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise

from derivations.reading.terms.signature import DENSITIES, PARAMETERS
from derivations.reading.text.letters import GREEK
from derivations.reading.text.syntax import Item, Row, leaves, show

OWNED = 80_000_000  # beyond every position of a formula
BOUNDS = frozenset({",", "line", "&", "quad", ";"})
LAWS = frozenset({"cal N", "cal U"})
NOISES = frozenset({"epsilon", "varepsilon", "xi", "zeta"})  # which are drawn
LABELS = frozenset({"sigma", "eta", "gamma", "lambda", "alpha", "beta", "omega", "w"})  # of laws with a choice in them


def without_conditions(row: Row) -> Row:
    """The formula with conditions left out behind a name that an equation is about; X_t | X_0 = x_0 ~ N(m, C) is what
    X_t is drawn from, given x_0.
    """
    out = row = _with_values(row)
    for k in range(len(row) - 1, -1, -1):
        end = _condition(row, k)
        if end is not None:
            law = len(row) > end + 1 and row[end + 1].text in LAWS
            out = (*out[: k + 1], replace(row[end], text="~") if law else row[end], *out[end + 1 :])
    return out


def without_parameters(row: Row) -> Row:
    """The formula without the parameters of models among what its densities are given, where they stand nowhere else
    but below a letter: there they may be what is drawn, or what a gradient is taken in.
    """
    found = {i.text for i in _conditions(row) if _is_parameter(i)}
    outside = {i.text for i in _bare(_stripped(row, found)) if i.text in found}
    return _stripped(row, found - outside) if found - outside else row


def with_semicolons(row: Row) -> Row:
    r"""The formula with p(x; \sigma) for the p(x, \sigma) beside a p(x; \sigma): a parameter both times."""
    pairs = [(name, i) for part in _rows(row) for name, i in pairwise(part) if _is_density(name, i)]
    fixed = {tuple(map(show, i.cells)) for _, i in pairs if i.seps == (";",)}
    return _separated(row, fixed) if fixed else row


def _separated(row: Row, fixed: Collection[tuple[str, ...]]) -> Row:
    """A row whose densities have a semicolon between these arguments."""
    out: list[Item] = []
    for k, item in enumerate(row):
        item = replace(item, cells=tuple(_separated(c, fixed) for c in item.cells)) if item.cells else item
        joint = k and _is_density(row[k - 1], item) and item.seps == (",",)
        out.append(replace(item, seps=(";",)) if joint and tuple(map(show, item.cells)) in fixed else item)
    return tuple(out)


def as_parameters(row: Row) -> Row | None:
    r"""The formula without the Greek letters that some of its densities are given, wherever densities have them, as in
    p(y | x, \lambda) and p(y, \lambda): they may be parameters, which are written here and left out there. None for a
    formula without such.
    """
    found = {i.text for i in _conditions(row) if i.text in GREEK and not i.sub and not i.sup} - NOISES
    return _stripped(row, found, joint=True) if found else None


def of_one_law(row: Row) -> Row | None:
    r"""The formula without the label that all of its densities have, as in q_\sigma(x_t | x_0): what holds of every law
    holds of that one. None for a formula without such.
    """
    names = [row_[k] for row_ in _rows(row) for k, after in enumerate(row_[1:]) if _is_density(row_[k], after)]
    labels = {(i.text, i.sub[0].text if len(i.sub) == 1 and not i.sub[0].sub else "") for i in names}
    if len(labels) != 1 or labels.pop()[1] not in LABELS:
        return None
    return _unlabelled(row)


def without_fixed(row: Row) -> Row | None:
    r"""The formula without what all its densities have behind a semicolon, as in p(y; \sigma^2) = \int p(y | x;
    \sigma^2) p(x) dx: one law is spoken of. None for a formula without such, or with several, or with a derivative.
    """
    found = [(name, i) for part in _rows(row) for name, i in pairwise(part) if _is_density(name, i) and ";" in i.seps]
    fixed = {show(i.cells[-1]) for _, i in found}
    letters = {i.text for _, b in found for i in leaves(b.cells[-1]) if i.kind == "name"}
    moved = {j.text for part in _rows(row) for i in part if i.kind == "nabla" for j in leaves(i.sub)}
    moved |= {j.text for i in leaves(row) if i.kind == "frac" for j in leaves(i.cells[1]) if i.cells[0][:1] and
              i.cells[0][0].text in ("d", "partial")}  # fmt: skip
    whole = all(i.seps[-1] == ";" and i.seps.count(";") == 1 for _, i in found)
    if len(fixed) != 1 or letters & moved or not whole:
        return None
    return _without_last(row)


def _without_last(row: Row) -> Row:
    """A row whose densities have nothing behind a semicolon."""
    out: list[Item] = []
    for k, item in enumerate(row):
        item = replace(item, cells=tuple(map(_without_last, item.cells))) if item.cells else item
        if k and item.kind == "bracket" and _is_density(row[k - 1], item) and item.seps[-1:] == (";",):
            item = replace(item, cells=item.cells[:-1], seps=item.seps[:-1])
        out.append(item)
    return tuple(out)


def with_owners(row: Row) -> Row | None:
    r"""The formula with E_{x | y} as the mean over the density of x given y that belongs to those of the formula. None
    for a formula without such, or with densities of several owners.
    """
    names = {(i.text, show(i.sub)): i for part in _rows(row) for i, after in pairwise(part) if _is_density(i, after)}
    if len(names) != 1:
        return None
    out = _owned(row, next(iter(names.values())))
    return out if out != row else None


def _owned(row: Row, owner: Item) -> Row:
    """A row with E_{x | y} as the mean over this owner's density."""
    out: list[Item] = []
    for item in row:
        item = replace(item, cells=tuple(_owned(c, owner) for c in item.cells)) if item.cells else item
        if item.text == "bb E" and [i.text for i in item.sub if i.kind == "sep"] == ["|"]:
            at = next(k for k, i in enumerate(item.sub) if i.kind == "sep")
            inside = Item("bracket", "()", item.at, cells=(item.sub[:at], item.sub[at + 1 :]), seps=("|",))
            label = tuple(replace(i, at=2 * OWNED + item.at + i.at) for i in owner.sub)
            item = replace(item, sub=(replace(owner, at=OWNED + item.at, sub=label), inside))
        out.append(item)
    return tuple(out)


def _rows(row: Row) -> Iterator[Row]:
    yield row
    for item in row:
        for cell in item.cells:
            yield from _rows(cell)


def _is_density(item: Item, after: Item) -> bool:
    return item.text in DENSITIES and not item.marks and after.kind == "bracket"


def _unlabelled(row: Row) -> Row:
    """A row whose densities have no labels."""
    out: list[Item] = []
    for item, after in zip(row, (*row[1:], None), strict=True):
        item = replace(item, cells=tuple(map(_unlabelled, item.cells))) if item.cells else item
        named = after is not None and _is_density(item, after)
        out.append(replace(item, sub=()) if named else item)
    return tuple(out)


def _conditions(row: Row) -> Iterator[Item]:
    """The items that densities are given, of a row and of what is in it."""
    for k, item in enumerate(row):
        if item.kind == "bracket" and "|" in item.seps and k and row[k - 1].text in DENSITIES:
            for cell in item.cells[item.seps.index("|") + 1 :]:
                yield from cell
        for cell in item.cells:
            yield from _conditions(cell)


def _bare(row: Row) -> Iterator[Item]:
    """The items of a row and of what is in it, but not what stands below or above a letter."""
    for item in row:
        yield item
        for cell in item.cells:
            yield from _bare(cell)


def _is_parameter(item: Item) -> bool:
    return item.kind == "name" and item.text in PARAMETERS and not item.sub and not item.sup


def _stripped(row: Row, letters: Collection[str], joint: bool = False) -> Row:
    """A row whose densities are given these letters no more; nor have joint densities them beside a variable."""
    out: list[Item] = []
    for k, item in enumerate(row):
        inside = tuple(_stripped(cell, letters, joint) for cell in item.cells)
        item = replace(item, cells=inside) if inside else item
        if item.kind == "bracket" and item.seps and k and row[k - 1].text in DENSITIES:
            given = "|" in item.seps
            item = _given_less(item, letters) if given else _without(item, letters) if joint else item
        out.append(item)
    return tuple(out)


def _without(density: Item, letters: Collection[str]) -> Item:
    """The arguments of a joint density without these letters behind the first one."""
    kept = [(sep, cell) for sep, cell in zip(density.seps, density.cells[1:], strict=True)
            if len(cell) != 1 or cell[0].text not in letters]  # fmt: skip
    return replace(density, cells=(density.cells[0], *(c for _, c in kept)), seps=tuple(s for s, _ in kept))


def _given_less(density: Item, letters: Collection[str]) -> Item:
    """The arguments of a density without these letters behind the bar, and without a bar before nothing."""
    at = density.seps.index("|") + 1
    cells, seps = list(density.cells[:at]), list(density.seps[: at - 1])
    for sep, cell in zip(density.seps[at - 1 :], density.cells[at:], strict=True):
        if len(cell) == 1 and cell[0].text in letters and not cell[0].sub and not cell[0].sup:
            continue
        seps.append("|" if len(cells) == at else sep)
        cells.append(cell)
    return replace(density, cells=tuple(cells), seps=tuple(seps))


def _with_values(row: Row) -> Row:
    """The formula with x_0 alone for the condition X_0 = x_0 before a sign of drawing."""
    for k in range(len(row) - 5, -1, -1):
        signs = [(i.kind, i.text) for i in row[k + 1 : k + 6 : 2]]
        letters = row[k : k + 5 : 2]
        same = len(letters) == 3 and letters[1].text.lower() == letters[2].text.lower() and letters[0].kind == "name"
        if same and signs[:3] == [("sep", "|"), ("rel", "="), ("rel", "~")]:
            row = (*row[: k + 2], *row[k + 4 :])
    return row


def _condition(row: Row, k: int) -> int | None:
    """Where the relation behind a name and its condition stands, for a name at the beginning of a clause; None else."""
    before = row[k - 1] if k else None
    begins = before is None or before.kind == "text" or (before.kind == "sep" and before.text in BOUNDS)
    barred = len(row) > k + 2 and row[k].kind == "name" and row[k + 1].kind == "sep" and row[k + 1].text == "|"
    if not begins or not barred:
        return None
    at = k + 2
    while at < len(row) and row[at].kind == "name":
        if at + 1 < len(row) and row[at + 1].kind == "rel":
            several = at > k + 2  # of one condition the law is read with it
            return at + 1 if row[at + 1].text == "=" or (row[at + 1].text == "~" and several) else None
        if at + 1 >= len(row) or row[at + 1].kind != "sep" or row[at + 1].text != ",":
            return None
        at += 2
    return None


__all__ = [
    "as_parameters",
    "of_one_law",
    "with_owners",
    "with_semicolons",
    "without_conditions",
    "without_fixed",
    "without_parameters",
]
