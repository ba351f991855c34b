r"""Functions of the state without their arguments: a document that writes \varphi_t(x) anywhere means it by \varphi_t
where something is differentiated in the state, as in \Delta\varphi_t. What is defined by such a function is one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derivations.reading.terms.differential import GIVEN
from derivations.reading.terms.signature import is_index
from derivations.reading.terms.statements import statements
from derivations.reading.text.syntax import Item, Row, leaves, show

STATES = frozenset({"x", "X"})
APART = frozenset({"x", "X", "t", "d", "E", "N", "cal N", "p", "q", "P", "e", "exp", "SNR"})
CARRIED = frozenset({"rho", "p", "q", "mu", "nu", "pi"})
Key = tuple[str, tuple[str, ...], str, str]
Models = Mapping[Key, tuple[str, ...]]


def written(rows: Sequence[Row]) -> list[Row]:
    """The formulas of a document with the arguments of its functions where something is differentiated in the state."""
    models = _models(rows)
    if not models:
        return list(rows)
    under = {_key(i) for row in rows if _differentiates(row) for i in _operands(row)}
    values = {i.text for row in rows for i in _chosen(row)}
    models = {k: m for k, m in models.items() if k in under and k[0] not in values}
    out: list[Row] = []
    for row in rows:
        made = _defined(row, models) if models else None
        if made is not None and made in under:
            inside = [m for i, _ in _bare(row) if (m := models.get(_key(i))) is not None]
            models[made] = inside[0]
            out.append(_with_arguments(row, models))
        else:
            out.append(_with_arguments(row, models) if models and _differentiates(row) else row)
    return out


def _models(rows: Sequence[Row]) -> dict[Key, tuple[str, ...]]:
    """The functions that are given the state, and the time or not, with the letters in their order."""
    found: dict[Key, set[tuple[str, ...]]] = {}
    for row in rows:
        for name, after in _pairs(row):
            given = _given(after) if after is not None and after.at >= 0 else None
            if name.kind == "name" and name.text not in APART and given is not None:
                found.setdefault(_key(name), set()).add(given)
    return {k: next(iter(ways)) for k, ways in found.items() if len(ways) == 1}


def _given(bracket: Item) -> tuple[str, ...] | None:
    """The letters x and t in a bracket, in their order; None where it holds anything else."""
    if bracket.kind != "bracket" or bracket.text != "()" or set(bracket.seps) - {","}:
        return None
    if any(len(c) != 1 or c[0].kind != "name" or c[0].sup or set(c[0].marks) - {"bold"} for c in bracket.cells):
        return None
    letters = tuple("x" if c[0].text in STATES and show(c[0].sub) in ("", "t") else c[0].text for c in bracket.cells)
    return letters if letters in (("x",), ("x", "t"), ("t", "x")) else None


def _key(item: Item) -> Key:
    return item.text, tuple(m for m in item.marks if m != "dot"), show(item.sub), show(item.sup)


def _pairs(row: Row) -> Iterator[tuple[Item, Item | None]]:
    for part in (row, *(c for i in leaves(row) for c in i.cells)):
        for k, i in enumerate(part):
            yield i, part[k + 1] if k + 1 < len(part) else None


def _bare(row: Row) -> Iterator[tuple[Item, Item | None]]:
    """The names of a formula that are given nothing, or only what the reader gave them."""
    for name, after in _pairs(row):
        called = after is not None and after.kind == "bracket" and after.text[0] in "([" and after.at >= 0
        if name.kind == "name" and not called:
            yield name, after


def _operands(row: Row) -> Iterator[Item]:
    """The bare names that stand behind a derivative, up to the next sign."""
    for part in (row, *(c for i in leaves(row) for c in i.cells)):
        for k, item in enumerate(part):
            if item.kind != "nabla" and item.text not in ("div", "Delta"):
                continue
            rest = part[k + 1 :]
            ends = (j for j, i in enumerate(rest) if j and (i.kind in ("rel", "sep") or i.text in ("+", "-", "=")))
            yield from (i for i, _ in _bare(rest[: next(ends, len(rest))]))


def _chosen(row: Row) -> Iterator[Item]:
    """The names of a formula that are drawn from a law, or given a number or a range: these are no functions."""
    for s in statements(row):
        number = len(s.sides[-1]) == 1 and s.sides[-1][0].kind == "number"
        given = number and set(s.relations) <= {"=", ">", ">=", "<", "<="}
        sides = s.sides if given else s.sides[:1] if "~" in s.relations else ()
        yield from (side[0] for side in sides if len(side) == 1 and side[0].kind == "name" and not side[0].sub)


def _differentiates(row: Row) -> bool:
    r"""Whether a formula has \nabla, a Laplacian or a divergence in it, in the state. With a rate and no density in it
    it asks for a function, and says nothing of one that is known.
    """
    if _asks(row):
        return False
    for i, after in _pairs(row):
        if i.kind == "nabla" and i.text == "nabla" and (not i.sub or show(i.sub) in ("x", "x_{t}")):
            return True
        if i.text == "div" or (i.text == "Delta" and not i.sub and after is not None and after.kind == "name"):
            return True
    return False


def _asks(row: Row) -> bool:
    items = list(leaves(row))
    rate = any(i.kind == "nabla" and i.text == "partial" and show(i.sub) == "t" for i in items)
    rate = rate or any(i.kind == "frac" and i.cells[1] and show(i.cells[1][1:]) == "t" for i in items)
    return rate and not any(i.kind == "name" and i.text in CARRIED for i in items)


def _defined(row: Row, models: Models) -> Key | None:
    """The bare name that a formula sets equal to something made of these functions, without arguments of its own."""
    found = statements(row)
    if len(found) != 1 or found[0].relations not in (("=",), (":=",)):
        return None
    left, right = found[0].sides
    name = left[0] if len(left) == 1 and left[0].kind == "name" else None
    timed = name is not None and (not name.sub or is_index(name.sub))
    given = any(_given(after) is not None for _, after in _pairs(right) if after is not None)
    if name is None or not timed or given or name.text in APART or _key(name) in models:
        return None
    return _key(name) if any(_key(i) in models for i, _ in _bare(right)) else None


def _with_arguments(row: Row, models: Models) -> Row:
    out: list[Item] = []
    skipped = False
    for k, item in enumerate(row):
        if skipped:
            skipped = False
            continue
        after = row[k + 1] if k + 1 < len(row) else None
        cells = tuple(_with_arguments(c, models) for c in item.cells)
        model = models.get(_key(item)) if item.kind == "name" else None
        called = after is not None and after.kind == "bracket" and after.text[0] in "(["
        if model is None or (called and after is not None and after.at >= 0):
            out.append(replace(item, cells=cells) if cells != item.cells else item)
            continue
        power = replace(item, sup=()) if item.sup and item.sup[0].kind == "number" else item
        out += [power, _bracket(model, item)]
        skipped = called
    return tuple(out)


def _bracket(letters: tuple[str, ...], item: Item) -> Item:
    at = GIVEN + 10 * item.at
    cells = tuple((Item("name", letter, at + k + 1),) for k, letter in enumerate(letters))
    return Item("bracket", "()", at, cells=cells, seps=(",",) * (len(letters) - 1))


__all__ = ["written"]
