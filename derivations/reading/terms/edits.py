"""Single changes of a formula as it is written: those that undo the slips of authors.

An index, a bar, a root, a square, a sign, a letter, a factor, a condition of a density, a logarithm. Each change comes
with words like "with t-1 in place of t at alpha"; where several are possible, the likelier come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, islice, pairwise

from derivations.reading.terms.grammar import parse
from derivations.reading.text.lexer import tokenize
from derivations.reading.text.syntax import Item, Row, leaves, show, shown

LETTERS = {"alpha": ("beta", "sigma"), "beta": ("alpha",), "sigma": ("alpha",)}
BARRED = {"alpha": "bar", "beta": "tilde", "mu": "tilde"}
LEVELS = frozenset("alpha sigma".split())
VALUES = frozenset("x y z c empty epsilon".split()) | LEVELS
SCHEDULED = LEVELS | frozenset("beta lambda gamma eta".split())  # nobody writes their value at 0 for that at t
STEPS = frozenset("t s i k n j T N".split())
DENSITIES = frozenset("p q".split())
HALF = r"\frac{1}{2}"
FORGOTTEN = (
    "-",
    HALF,
    "2",
    r"\sqrt{1-\beta_t}",
    r"\sqrt{\alpha_t}",
    r"\sqrt{\bar\alpha_t}",
    r"\beta_t",
    r"\alpha_t",
    r"\sigma_t",
    r"\sqrt{2}",
)
FIRST, LATE = 2, 5  # the rank from which changes are tried after exchanges, of densities and of anything else
FAR = 100_000  # more than the length of a formula
PAIRS = 12  # how many pairs of names are exchanged
SMALL = 4  # numbers up to this one are mistaken for their neighbours
Edit = tuple[int, Row, str]  # a rank, the changed row, what was changed


def edits(row: Row) -> list[Edit]:
    """Every single change of a row, each once, the likelier first."""
    found: dict[Row, Edit] = {row: (0, row, "")}
    for e in sorted(_of_row(row), key=lambda e: e[0]):
        found.setdefault(e[1], e)
    return list(found.values())[1:]


def exchanges(rows: Sequence[Row]) -> Iterator[tuple[tuple[Row, ...], str]]:
    """The rows of a statement with two of their names or densities in each other's places, everywhere or in one row;
    and with the density of a condition before a term.
    """
    names = dict.fromkeys(i for row in rows for i in leaves(row) if i.kind == "name" and _is_value(i))
    calls = list(dict.fromkeys(pair for row in rows for pair in _calls(row)))
    brackets = dict.fromkeys(bracket for _, bracket in calls)
    alike = ((a, b) for a, b in combinations(brackets, 2) if _may_stand_for(a, b))
    pairs = ((a, b) for a, b in combinations(names, 2) if (a.text in LEVELS) == (b.text in LEVELS))
    for a, b in (*islice(pairs, PAIRS), *islice(alike, PAIRS)):
        said = f"with {shown(a)} and {shown(b)} exchanged"
        yield tuple(_exchanged(row, a, b) for row in rows), said
        for k, row in enumerate(rows):
            for changed, words in (
                (_exchanged(row, a, b), said),
                (_exchanged(row, a, b, both=False), f"with {shown(b)} in place of {shown(a)}"),
                (_exchanged(row, b, a, both=False), f"with {shown(a)} in place of {shown(b)}"),
            ):
                if changed != row:
                    yield (*rows[:k], changed, *rows[k + 1 :]), words
    for name, bracket in calls:
        for given in bracket.cells[1:] if bracket.seps[:1] == ("|",) else ():
            density = tuple(_placed(i, bracket.at) for i in (name, replace(bracket, cells=(given,), seps=())))
            for at in _starts(rows[-1]):
                yield (*rows[:-1], (*rows[-1][:at], *density, *rows[-1][at:])), f"with a factor {_said(*density)}"


def _calls(row: Row) -> Iterator[tuple[Item, Item]]:
    """The densities in a row: their letters and their brackets."""
    for a, b in pairwise(row):
        if a.kind == "name" and a.text in DENSITIES and b.kind == "bracket":
            yield a, b
    for i in row:
        for part in (*i.cells, i.sub, i.sup):
            yield from _calls(part)


def _may_stand_for(a: Item, b: Item) -> bool:
    """Whether a density may be taken for another: of as many variables, and of a chain or not as the other; or with a
    condition for one without, (z | x) for (z).
    """
    chains = [":" in show((i,)) for i in (a, b)]
    if len(a.cells) == len(b.cells):
        return chains[0] == chains[1]
    plain, given = sorted((a, b), key=lambda i: len(i.cells))
    return not plain.seps and given.seps[:1] == ("|",) and show(plain.cells[0]) == show(given.cells[0])


def _is_value(item: Item) -> bool:
    return item.text in VALUES and not item.sup


def _exchanged(row: Row, a: Item, b: Item, both: bool = True) -> Row:
    """A row with b in the places of a, and where `both` are meant with a in those of b."""
    out = []
    for i in row:
        other = b if _alike(i, a) else a if both and _alike(i, b) else None
        same = other and _placed(other, i.at)
        cells = tuple(_exchanged(c, a, b, both) for c in i.cells)
        sub, sup = _exchanged(i.sub, a, b, both), _exchanged(i.sup, a, b, both)
        out.append(same or replace(i, cells=cells, sub=sub, sup=sup))
    return tuple(out)


def _placed(item: Item, at: int) -> Item:
    """A copy of an item and of all in it, for another place: each item has a place that no other one has."""
    cells = tuple(tuple(_placed(i, at) for i in cell) for cell in item.cells)
    sub, sup = (tuple(_placed(i, at) for i in row) for row in (item.sub, item.sup))
    return replace(item, at=item.at + FAR * (at + 1), cells=cells, sub=sub, sup=sup)


def _said(*items: Item) -> str:
    """Items in words, of which 1/2 is one."""
    return re.sub(r"frac\((\w+), (\w+)\)", r"\1/\2", show(items))[:40]


def _alike(i: Item, j: Item) -> bool:
    return i.kind == j.kind and shown(i) == shown(j)


def _of_row(row: Row) -> Iterator[Edit]:
    for k, item in enumerate(row):
        before, after = row[:k], row[k + 1 :]
        for rank, items, words in _of_item(item, after):
            yield rank, (*before, *items, *after), words
        yield from _beside(row, k)
    for at in _starts(row):
        first = f" before {_said(row[at])}"
        yield 2, (*row[:at], *_factors()["-"], *row[at:]), f"with the opposite sign{first}"
        for tex, factor in _factors().items():
            if tex != "-":
                rank = 2 if tex in ("2", HALF) else 6
                yield rank, (*row[:at], *factor, *row[at:]), f"with a factor {_said(*factor)}{first}"


@cache
def _factors() -> dict[str, Row]:
    """What is forgotten at the beginning of a term: a sign, a number, a level of the schedule."""
    return {tex: tuple(_placed(i, -2) for i in parse(tokenize(tex))) for tex in FORGOTTEN}


def _starts(row: Row) -> list[int]:
    """Where the terms of a row begin, behind their signs."""
    return [k for k in range(len(row)) if row[k].kind not in ("op", "text") and _begins(row, k)]


def _begins(row: Row, k: int) -> bool:
    return k == 0 or (row[k - 1].kind == "op" and row[k - 1].text in "+-")


def _beside(row: Row, k: int) -> Iterator[Edit]:
    """Changes of an item that its neighbours allow: one fewer factor, another sign, a logarithm behind a gradient."""
    item, rest = row[k], (*row[:k], *row[k + 1 :])
    if len(row) == 3 and k == 1 and (item.kind, item.text) == ("op", "-"):
        yield 3, row[::-1], f"with {_said(*row[::-1])} in place of {_said(*row)}"
    if item.kind == "op" and item.text in "+-":
        other = "-" if item.text == "+" else "+"
        yield 2, (*row[:k], replace(item, text=other), *row[k + 1 :]), f"with the opposite sign before {_next(row, k)}"
        if k == 0:
            yield 2, rest, f"with the opposite sign before {_next(row, k)}"
    if item.kind == "func" and item.text == "log":
        yield 5, rest, "without the logarithm"
    if (item.kind, item.text) == ("func", "exp") and k + 1 < len(row) and _is_sum(row[k + 1]):
        turned = replace(row[k + 1], cells=((Item("op", "-", item.at), _placed(row[k + 1], -3)),))
        yield 3, (*row[: k + 1], turned, *row[k + 2 :]), "with the opposite sign of the exponent"
    value, after = row[k : k + 2], row[k + 2 :]
    pair = [i.kind for i in value] == ["name", "bracket"] or (item.text == "Delta" and len(value) == 2)
    if pair and not any(i.sup for i in value):  # the value of a function, or a step Delta t
        squared = replace(row[k + 1], sup=(Item("number", "2", item.at),))
        yield 3, (*row[:k], Item("sqrt", "", item.at, cells=(value,)), *after), f"with a root over {_said(*value)}"
        yield 3, (*row[:k], item, squared, *after), f"with the square of {_said(*value)}"
    called = k + 1 < len(row) and row[k + 1].kind == "bracket" and item.kind in ("name", "func")
    if item.kind in ("name", "number", "frac", "sqrt", "bracket") and len(row) > 1 and not called:
        argument = k > 0 and item.kind == "bracket" and row[k - 1].kind in ("name", "func")
        if not argument:
            yield 2 if show((item,)) == "frac(1, 2)" else 5, rest, f"without the {_said(item)}"
    measured = item.text in (*DENSITIES, "bb E") if item.kind == "name" else item.kind == "frac"
    moved = item.kind == "name" and k > 0 and row[k - 1].text == "d" and row[k - 1].kind == "name"
    if (measured or moved) and not (k and row[k - 1].kind == "func"):
        logged = (*row[:k], Item("func", "log", item.at), *row[k:])
        yield 5, logged, f"with a logarithm before {_said(item)}"


def _is_sum(item: Item) -> bool:
    """Whether an item is a bracket around several terms."""
    return item.kind == "bracket" and len(item.cells) == 1 and len(_starts(item.cells[0])) > 1


def _next(row: Row, k: int) -> str:
    return shown(row[k + 1])[:40] if k + 1 < len(row) else "the end"


def _of_item(item: Item, after: Row) -> Iterator[tuple[int, Row, str]]:
    """The changes of one item, and of one inside it."""
    yield from ((rank, (changed,), words) for rank, changed, words in _scripts(item, after))
    yield from ((rank, (changed,), words) for rank, changed, words in _letters(item))
    if item.kind == "sqrt":
        group = Item("bracket", "()", item.at, cells=(item.cells[0],), sup=item.sup)
        yield 3, (group,), f"without the root over {_said(*item.cells[0])}"
    if item.kind == "number" and item.text.isdigit() and int(item.text) <= SMALL:
        for other in (int(item.text) - 1, int(item.text) + 1):
            if other >= 0:
                yield 3, (replace(item, text=str(other)),), f"with {other} in place of {item.text}"
    if item.kind == "frac" and not item.sup:
        yield 3, (replace(item, cells=item.cells[::-1]),), f"with {_said(item)} upside down"
        yield 4, item.cells[0], f"without the denominator of {_said(item)}"
        for c, cell in enumerate(item.cells):
            rooted = (Item("sqrt", "", item.at, cells=(cell,)),)
            both = (*item.cells[:c], rooted, *item.cells[c + 1 :])
            yield 3, (replace(item, cells=both),), f"with a root over {_said(*cell)}"
    plain = item.kind == "frac" and all(len(cell) == 1 and cell[0].kind == "number" for cell in item.cells)
    for c, cell in enumerate(item.cells):
        for rank, changed, words in _of_row(cell):
            if plain and words.startswith("with a factor"):
                continue
            yield rank, (replace(item, cells=(*item.cells[:c], changed, *item.cells[c + 1 :])),), words
    if item.kind == "big":
        ranged = any(i.kind == "rel" for i in item.sub)  # of an index, which keeps its name
        for _, below, words in () if ranged else _of_row(item.sub):
            yield 2, (replace(item, sub=below),), words
        for k, part in enumerate(item.sub if ranged else ()):
            for _, number, words in _of_item(part, ()) if part.kind == "number" else ():
                yield 2, (replace(item, sub=(*item.sub[:k], *number, *item.sub[k + 1 :])),), words
        for end in ("0", "1", "t"):
            limit = (Item("name" if end == "t" else "number", end, item.at),)
            said = f"with {end} in place of {{}} at {item.text}"
            if len(item.sub) == 1:
                yield 4, (replace(item, sub=limit),), said.format(show(item.sub))
            if len(item.sup) == 1:
                yield 4, (replace(item, sup=limit),), said.format(show(item.sup))
    powers = item.kind in ("name", "bracket", "frac") and (len(item.sup) > 1 or item.text == "e")
    for rank, changed, words in _of_row(item.sup) if powers else ():
        yield rank, (replace(item, sup=changed),), words
    yield from _turned_time(item)


def _turned_time(item: Item) -> Iterator[Edit]:
    """1 - t for t as a factor, and the other way round."""
    plain = item.text == "t" and not (item.sub or item.sup or item.marks)
    if item.kind == "name" and plain:
        left = (Item("number", "1", item.at), Item("op", "-", item.at), item)
        yield 5, (Item("bracket", "()", item.at, cells=(left,)),), "with 1 - t in place of t"
    if item.kind == "bracket" and len(item.cells) == 1 and show(item.cells[0]) == "1 - t":
        yield 4, (replace(item.cells[0][2], sup=item.sup),), "with t in place of 1 - t"


def _scripts(item: Item, after: Row) -> Iterator[tuple[int, Item, str]]:
    """Another step below a name, another power above it, a root over it."""
    if item.kind == "name" and item.sub:
        here = shown(item.bare())
        for sub in _steps(item.sub):
            if (item.text in SCHEDULED or "dot" in item.marks) and show(sub) == "0":
                continue
            yield 1, replace(item, sub=sub), f"with {show(sub)} in place of {show(item.sub)} at {here}"
    if item.kind == "name" and not item.sub and item.text in ("x", "z"):
        for step in ("t", "0"):
            kind = "name" if step == "t" else "number"
            yield 5, replace(item, sub=(Item(kind, step, item.at),)), f"with {item.text}_{step} in place of {item.text}"
    grouped = item.kind in ("name", "bracket", "frac")
    two = (Item("number", "2", item.at),)
    if show(item.sup) == "2":
        yield 3, replace(item, sup=()), f"without the square of {_said(replace(item, sup=()))}"
    elif grouped and not item.sup and not (after[:1] and after[0].kind == "bracket"):
        said = shown(item)[:40]
        yield 3, replace(item, sup=two), f"with the square of {said}"
        yield 3, Item("sqrt", "", item.at, cells=((item,),)), f"with a root over {said}"


def _steps(sub: Row) -> Iterator[Row]:
    """Other steps for the one of a name: a neighbour of it, or the data's."""
    first = sub[0]
    one, minus, zero = (Item(k, x, first.at) for k, x in (("number", "1"), ("op", "-"), ("number", "0")))
    if len(sub) == 1 and first.kind == "name" and first.text in STEPS:
        yield from ((first, minus, one), (zero,), (first, replace(minus, text="+"), one))
        yield from ((replace(first, text="t"),),) if first.text in ("T", "N") else ()
    if len(sub) == 1 and first.text == "0":
        t = Item("name", "t", first.at)
        yield from ((t,), (t, minus, one))
    if len(sub) == 3 and sub[1].kind == "op" and sub[2].text == "1":
        yield from ((first,), (zero,))
    if len(sub) == 3 and sub[1].text == ":" and first.text in ("0", "1"):
        yield from (((zero if first.text == "1" else one), *sub[1:]), (first,))


def _letters(item: Item) -> Iterator[tuple[int, Item, str]]:
    """Another letter of the schedule, a bar more or less, a condition of a density more or less."""
    if item.kind == "name":
        said = shown(item)
        for other in LETTERS.get(item.text, ()):
            changed = replace(item, text=other)
            yield 2, changed, f"with {_said(changed)} in place of {said}"
        bar = BARRED.get(item.text)
        if bar is not None:
            marks = tuple(m for m in item.marks if m != bar) if bar in item.marks else (bar, *item.marks)
            changed = replace(item, marks=marks)
            yield 1, changed, f"with {_said(changed)} in place of {said}"
    if item.kind == "bracket" and item.seps == ("||",):
        yield 1, replace(item, cells=item.cells[::-1]), "with the two laws exchanged"
    if item.kind == "bracket" and set(item.seps) <= {"|", ",", ";"}:
        for changed in _given(item):
            yield 1, changed, f"with {_said(changed)} in place of {_said(item)}"


def _given(item: Item) -> Iterator[Item]:
    """The bracket of a density with a condition more or less, or turned around; that of a function at another time."""
    cells, seps = item.cells, item.seps
    t = Item("name", "t", item.at)
    zero, minus, one = (Item(k, x, item.at) for k, x in (("number", "0"), ("op", "-"), ("number", "1")))
    states = [cell for cell in cells if [i.text for i in cell] == ["x"]]
    if states:
        stepped = any(cell[0].sub for cell in states)
        for sub in ((zero,), (t,), (t, minus, one)) if stepped else ((zero,),):
            more = (Item("name", "x", item.at, sub=sub),)
            if all(show(more) != show(cell) for cell in cells):
                yield replace(item, cells=(*cells, more), seps=(*seps, "," if "|" in seps else "|"))
    if "|" in seps:
        if len(cells) == 2:
            yield replace(item, cells=cells[::-1])
        yield replace(item, cells=cells[:-1], seps=seps[:-1])
    elif len(cells) == 2 and not any(len(cell) == 1 and cell[0].text in STEPS for cell in cells):
        yield from (replace(item, cells=(cell,), seps=()) for cell in cells)
    if len(cells) == 1 and len(cells[0]) == 1 and cells[0][0].text in ("0", "1", "t"):
        yield from (replace(item, cells=((other,),)) for other in (t, zero) if other.text != cells[0][0].text)


__all__ = ["DENSITIES", "FIRST", "LATE", "STEPS", "Edit", "edits", "exchanges"]
