r"""Columns and matrices written out: their equation is the system of the equations of their entries.

`[a; b] = [[p, q], [r, s]] [c; d]` says `a = p c + q d` and `b = r c + s d`.

Products, sums, numbers in front, transposes and the inverses of matrices of two rows are carried out on the rows of the
page, so that every entry is then read and judged as any other formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from derivations.reading.terms.statements import Statement, statements
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show

Matrix = list[list[Row]]
APART = 10_000_000  # beyond every position of a formula and of the one before it
MOST = 4  # rows and columns
TURNED = frozenset({"top", "T", "prime"})


class NoMatrixError(Exception):
    """The side is not made of matrices that are written out."""


def system(row: Row) -> Row:
    """The formula with every equation of matrices as those of their entries; the same formula without such.

    Raises UnreadError when the matrices do not fit.
    """
    if not any(i.kind == "matrix" for i in row):
        return row
    found = statements(row)
    if any(s.relations and not set(s.relations) <= {"=", ":="} for s in found):
        return row
    try:
        lines = [line for s in found for line in _entries(s)]
    except NoMatrixError:
        return row
    out: list[Item] = []
    places = count(APART)
    for line in lines:
        out += [Item("sep", "line", line[0].at)] if out else []
        out += [_moved(i, places) for i in line]
    return tuple(out)


def _entries(s: Statement) -> list[Row]:
    """The equations of the entries of one statement, or the statement itself."""
    if not any(i.kind == "matrix" for side in s.sides for i in side):
        return [_chain(list(s.sides), s.relations)]
    sides = [_value(side) for side in s.sides]
    shapes = {(len(m), len(m[0])) for m in sides}
    if len(shapes) != 1:
        raise UnreadError("matrices of different shapes are set equal", s.text[:60])
    ((rows, columns),) = shapes
    return [_chain([m[i][j] for m in sides], s.relations) for i in range(rows) for j in range(columns)]


def _chain(sides: list[Row], relations: tuple[str, ...]) -> Row:
    out = list(sides[0])
    for relation, side in zip(relations, sides[1:], strict=True):
        out += [Item("rel", relation, side[0].at if side else 0), *side]
    return tuple(out)


# ---- sides as matrices


def _value(row: Row) -> Matrix:
    """A sum of products of matrices. Raises NoMatrixError."""
    total: Matrix | None = None
    sign: Item | None = None
    part: list[Item] = []
    for item in (*row, Item("op", "+", 0)):
        if item.kind != "op" or item.text not in "+-":
            part.append(item)
            continue
        if part:
            total = _sum(total, _product(tuple(part)), sign)
        sign, part = item, []
    if total is None:
        raise NoMatrixError
    return total


def _sum(total: Matrix | None, m: Matrix, sign: Item | None) -> Matrix:
    lead = (sign,) if sign is not None and (total is not None or sign.text == "-") else ()
    if total is None:
        return [[(*lead, *_enclosed(e)) if lead else e for e in r] for r in m]
    if (len(total), len(total[0])) != (len(m), len(m[0])):
        raise UnreadError("matrices of different shapes are added")
    return [[(*a, *lead, *_enclosed(b)) for a, b in zip(r, q, strict=True)] for r, q in zip(total, m, strict=True)]


def _product(part: Row) -> Matrix:
    factors = [i for i in part if not (i.kind == "op" and i.text == "*") and i.kind not in ("sep", "text")]
    known = [k for k, i in enumerate(factors) if i.kind == "matrix"]
    if not known:
        raise NoMatrixError
    numbers = tuple(factors[: known[0]])
    if any(i.kind != "matrix" for i in factors[known[0] :]) or any(i.kind in ("op", "matrix") for i in numbers):
        raise NoMatrixError
    value = _written(factors[known[0]])
    for item in factors[known[0] + 1 :]:
        value = _times(value, _written(item))
    return [[(*numbers, *_enclosed(e)) if numbers else e for e in r] for r in value]


def _times(a: Matrix, b: Matrix) -> Matrix:
    if len(a[0]) != len(b):
        raise UnreadError("matrices that do not fit are multiplied")
    plus = Item("op", "+", a[0][0][0].at)
    out: Matrix = []
    for r in a:
        out.append([])
        for j in range(len(b[0])):
            terms = [(*_enclosed(r[k]), *_enclosed(b[k][j])) for k in range(len(b))]
            entry: Row = terms[0]
            for t in terms[1:]:
                entry = (*entry, plus, *t)
            out[-1].append(entry)
    return out


def _written(item: Item) -> Matrix:
    """The entries of a matrix, turned or inverted as its superscript says."""
    rows: Matrix = [[]]
    for part, sep in _parts(item.cells[0]):
        if part or sep != "line":
            rows[-1].append(part)
        if sep == "line":
            rows.append([])
    rows = [r for r in rows if r]
    plain = rows and all(len(r) == len(rows[0]) for r in rows) and all(e for r in rows for e in r)
    dots = any(i.kind == "dots" for r in rows for e in r for i in leaves(e))
    if not plain or dots or item.sub or len(rows) > MOST or len(rows[0]) > MOST:
        raise NoMatrixError
    if not item.sup:
        return rows
    if len(item.sup) == 1 and item.sup[0].text in TURNED:
        return [list(column) for column in zip(*rows, strict=True)]
    if show(item.sup) == "- 1" and len(rows) == len(rows[0]) == 2:
        return _inverse(rows)
    raise NoMatrixError


def _inverse(m: Matrix) -> Matrix:
    (a, b), (c, d) = m
    minus = Item("op", "-", a[0].at)
    bottom = (*_enclosed(a), *_enclosed(d), minus, *_enclosed(b), *_enclosed(c))

    def over(row: Row) -> Row:
        return (Item("frac", "", a[0].at, cells=(row, bottom)),)

    return [[over(d), over((minus, *_enclosed(b)))], [over((minus, *_enclosed(c))), over(a)]]


def _parts(row: Row) -> list[tuple[Row, str]]:
    """The parts of a row with the separator behind each."""
    out: list[tuple[Row, str]] = []
    part: list[Item] = []
    for item in row:
        if item.kind == "sep" and item.text in ("line", "&"):
            out.append((tuple(part), item.text))
            part = []
        elif item.kind == "sep":
            raise NoMatrixError
        else:
            part.append(item)
    return [*out, (tuple(part), "line")]


def _enclosed(row: Row) -> Row:
    """A row in brackets; one plain item needs none."""
    if len(row) == 1 and row[0].kind in ("name", "frac", "sqrt"):
        return row
    return (Item("bracket", "()", row[0].at, cells=(row,)),)


# ---- copies


def _moved(item: Item, places: Iterator[int]) -> Item:
    """A copy of an item, with places of its own, since an entry stands in several equations."""
    at = next(places)
    cells = tuple(tuple(_moved(i, places) for i in c) for c in item.cells)
    sub, sup = (tuple(_moved(i, places) for i in part) for part in (item.sub, item.sup))
    return replace(item, at=at, cells=cells, sub=sub, sup=sup)


__all__ = ["system"]
