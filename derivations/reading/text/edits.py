"""Single changes of a formula as it is written: those that undo the slips of authors.

An index, a bar, a root, a square, a sign, a letter, a factor, a condition of a density, a logarithm. Each change comes
with words like "with t-1 in place of t at alpha"; where several are possible, the likelier come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derivations.reading.text.syntax import Item, Row, show, shown

LETTERS = {"alpha": ("beta", "sigma"), "beta": ("alpha",), "sigma": ("alpha",)}
BARRED = {"alpha": "bar", "beta": "tilde", "mu": "tilde"}
STEPS = frozenset("t s i k n j T N".split())
DENSITIES = frozenset("p q".split())
SMALL = 4  # numbers up to this one are mistaken for their neighbours
Edit = tuple[int, Row, str]  # a rank, the changed row, what was changed


def edits(row: Row) -> list[Edit]:
    """Every single change of a row, the likelier first."""
    found = [(rank, changed, words) for rank, changed, words in _of_row(row) if changed != row]
    return sorted(found, key=lambda e: e[0])


def _of_row(row: Row) -> Iterator[Edit]:
    for k, item in enumerate(row):
        before, after = row[:k], row[k + 1 :]
        for rank, items, words in _of_item(item, after):
            yield rank, (*before, *items, *after), words
        yield from _beside(row, k)
    for at in _starts(row):
        for sign in ("-",) if at == 0 or row[at - 1].kind == "rel" else ():
            if row[at].text not in ("-", "+"):
                yield 2, (*row[:at], Item("op", sign, row[at].at), *row[at:]), "with the opposite sign"
        place = row[at].at if at < len(row) else -1
        half = Item("frac", "", place, cells=((Item("number", "1", place),), (Item("number", "2", place),)))
        first = f" before {shown(row[at])[:40]}"
        yield 4, (*row[:at], half, *row[at:]), f"with a factor 1/2{first}"
        yield 4, (*row[:at], Item("number", "2", place), *row[at:]), f"with a factor 2{first}"


def _starts(row: Row) -> list[int]:
    """Where the terms of a row begin, behind their signs."""
    return [k for k in range(len(row)) if row[k].kind not in ("op", "rel", "sep", "text") and _begins(row, k)]


def _begins(row: Row, k: int) -> bool:
    return k == 0 or row[k - 1].kind in ("rel", "sep") or (row[k - 1].kind == "op" and row[k - 1].text in "+-")


def _beside(row: Row, k: int) -> Iterator[Edit]:
    """Changes of an item that its neighbours allow: one fewer factor, another sign, a logarithm behind a gradient."""
    item, rest = row[k], (*row[:k], *row[k + 1 :])
    if item.kind == "op" and item.text in "+-":
        other = "-" if item.text == "+" else "+"
        yield 2, (*row[:k], replace(item, text=other), *row[k + 1 :]), f"with the opposite sign before {_next(row, k)}"
        if k == 0 or row[k - 1].kind == "rel":
            yield 2, rest, f"with the opposite sign before {_next(row, k)}"
    if item.kind == "func" and item.text == "log":
        yield 5, rest, "without the logarithm"
    value, after = row[k : k + 2], row[k + 2 :]
    if [i.kind for i in value] == ["name", "bracket"] and not any(i.sup for i in value):  # the value of a function
        squared = replace(row[k + 1], sup=(Item("number", "2", item.at),))
        yield 3, (*row[:k], Item("sqrt", "", item.at, cells=(value,)), *after), f"with a root over {show(value)[:40]}"
        yield 3, (*row[:k], item, squared, *after), f"with the square of {show(value)[:40]}"
    called = k + 1 < len(row) and row[k + 1].kind == "bracket" and item.kind in ("name", "func")
    if item.kind in ("name", "number", "frac", "sqrt", "bracket") and len(row) > 1 and not called:
        argument = k > 0 and item.kind == "bracket" and row[k - 1].kind in ("name", "func")
        if not argument:
            yield 5, rest, f"without the {shown(item)[:40]}"
    if item.kind == "nabla" and k + 1 < len(row) and row[k + 1].kind == "name" and row[k + 1].text in DENSITIES:
        yield 5, (*row[: k + 1], Item("func", "log", item.at), *row[k + 1 :]), "with a logarithm behind the gradient"


def _next(row: Row, k: int) -> str:
    return shown(row[k + 1])[:40] if k + 1 < len(row) else "the end"


def _of_item(item: Item, after: Row) -> Iterator[tuple[int, Row, str]]:
    """The changes of one item, and of one inside it."""
    yield from ((rank, (changed,), words) for rank, changed, words in _scripts(item, after))
    yield from ((rank, (changed,), words) for rank, changed, words in _letters(item))
    if item.kind == "sqrt":
        group = Item("bracket", "()", item.at, cells=(item.cells[0],), sup=item.sup)
        yield 3, (group,), f"without the root over {show(item.cells[0])[:40]}"
    if item.kind == "number" and item.text.isdigit() and int(item.text) <= SMALL:
        for other in (int(item.text) - 1, int(item.text) + 1):
            if other >= 0:
                yield 4, (replace(item, text=str(other)),), f"with {other} in place of {item.text}"
    if item.kind == "frac" and not item.sup:
        yield 5, (replace(item, cells=item.cells[::-1]),), f"with {shown(item)[:40]} upside down"
    for c, cell in enumerate(item.cells):
        for rank, changed, words in _of_row(cell):
            yield rank, (replace(item, cells=(*item.cells[:c], changed, *item.cells[c + 1 :])),), words
    if item.kind == "big":
        for rank, changed, words in _of_row(item.sub):
            yield rank, (replace(item, sub=changed),), words


def _scripts(item: Item, after: Row) -> Iterator[tuple[int, Item, str]]:
    """Another step below a name, another power above it, a root over it."""
    if item.kind == "name" and item.sub:
        here = shown(item.bare())
        for sub in _steps(item.sub):
            yield 1, replace(item, sub=sub), f"with {show(sub)} in place of {show(item.sub)} at {here}"
    if item.kind == "name" and not item.sub and item.text in ("x", "z"):
        for step in ("t", "0"):
            kind = "name" if step == "t" else "number"
            yield 5, replace(item, sub=(Item(kind, step, item.at),)), f"with {item.text}_{step} in place of {item.text}"
    grouped = item.kind in ("name", "bracket", "frac")
    two = (Item("number", "2", item.at),)
    if item.sup == two:
        yield 3, replace(item, sup=()), f"without the square of {shown(replace(item, sup=()))[:40]}"
    elif grouped and not item.sup and not (after[:1] and after[0].kind == "bracket"):
        said = shown(item)[:40]
        yield 3, replace(item, sup=two), f"with the square of {said}"
        yield 3, Item("sqrt", "", item.at, cells=((item,),)), f"with a root over {said}"


def _steps(sub: Row) -> Iterator[Row]:
    """Other steps for the one of a name: a neighbour of it, or the data's."""
    first = sub[0]
    if len(sub) == 1 and first.kind == "name" and first.text in STEPS:
        one = Item("number", "1", first.at)
        yield (first, Item("op", "-", first.at), one)
        yield (Item("number", "0", first.at),)
        yield (first, Item("op", "+", first.at), one)
    if len(sub) == 1 and first.text == "0":
        yield (Item("name", "t", first.at),)
    if len(sub) == 3 and sub[1].kind == "op" and sub[2].text == "1":
        yield (first,)


def _letters(item: Item) -> Iterator[tuple[int, Item, str]]:
    """Another letter of the schedule, a bar more or less, a condition of a density more or less."""
    if item.kind == "name":
        said = shown(item)
        for other in LETTERS.get(item.text, ()):
            changed = replace(item, text=other)
            yield 2, changed, f"with {shown(changed)} in place of {said}"
        bar = BARRED.get(item.text)
        if bar is not None:
            marks = tuple(m for m in item.marks if m != bar) if bar in item.marks else (bar, *item.marks)
            changed = replace(item, marks=marks)
            yield 1, changed, f"with {shown(changed)} in place of {said}"
    if item.kind == "bracket" and "|" in item.seps:
        data = Item("name", "x", item.at, sub=(Item("number", "0", item.at),))
        more = replace(item, cells=(*item.cells, (data,)), seps=(*item.seps, ","))
        yield 4, more, f"with {shown(more)[:40]} in place of {shown(item)[:40]}"
        if item.seps[-1] == ",":
            fewer = replace(item, cells=item.cells[:-1], seps=item.seps[:-1])
            yield 4, fewer, f"with {shown(fewer)[:40]} in place of {shown(item)[:40]}"


__all__ = ["Edit", "edits"]
