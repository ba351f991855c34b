r"""Functions that are written without what they are of, with it: a formula at a point says the same.

\psi_{t+h} = \psi_h \circ \psi_t     \psi_{t+h}(x) = \psi_h(\psi_t(x))
(f \circ g)(y)                       f(g(y))
(\sigma^2)'(t)                       d/dt (\sigma(t)^2)
\partial f^{-1} / \partial y         the derivative of f^{-1}(y)
(\partial g / \partial t)(t, y)      the rate of g at (t, y)
\partial_t f_t(\psi_t(x))            the rate of f at that point, where d/dt f_t(\psi_t(x)) stands beside it
(d/dh)|_{h=0} \psi_h(x)              (d/dh \psi_h(x))|_{h=0}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derivations.reading.equations.inverses import FUNCTIONS
from derivations.reading.text.syntax import Item, Row, leaves, show

PLACES = 70_000_000  # beyond every position of a formula
DENSITIES = frozenset({"rho", "p", "q"})
POINTS = frozenset({"x", "y", "z"})
BETWEEN = frozenset({"rel", "sep", "text"})


def at_points(row: Row) -> Row:
    """The formula with every function at a point; the same formula without such."""
    row = tuple(replace(i, cells=tuple(map(at_points, i.cells))) if i.cells else i for i in row)
    if any((i.kind, i.text) == ("op", "circ") for i in leaves(row)):
        row = _applied(_whole_sides(row))
    return _with_bars_behind(_of_inverses(_rates(_primed(_at_rest(row)))))


# ---- compositions


def _run(row: Row, k: int) -> int:
    """Where the composition f \\circ g \\circ h that begins at k ends; k where none begins."""
    end = k
    while end < len(row) and row[end].kind == "name":
        if row[end + 1 : end + 2] and (row[end + 1].kind, row[end + 1].text) == ("op", "circ"):
            end += 2
        else:
            return end + 1 if end > k else k
    return k


def _applied(row: Row) -> Row:
    """f \\circ g before a bracket, and (f \\circ g) before one, as one function of another."""
    out: list[Item] = []
    k = 0
    while k < len(row):
        end = _run(row, k)
        inside = row[k].cells[0] if row[k].kind == "bracket" and len(row[k].cells) == 1 else ()
        if inside and not row[k].sup and _run(inside, 0) == len(inside) and _is_call(row[k + 1 : k + 2]):
            out += _nested(inside[::2], row[k + 1])
            k += 2
        elif end > k and _is_call(row[end : end + 1]):
            out += _nested(row[k:end:2], row[end])
            k = end + 1
        else:
            out += row[k : max(end, k + 1)]
            k = max(end, k + 1)
    return tuple(out)


def _is_call(after: Row) -> bool:
    return bool(after) and after[0].kind == "bracket" and after[0].text == "()" and not after[0].sup


def _nested(names: Sequence[Item], argument: Item) -> Row:
    """f(g(y)) of the names f, g and the bracket (y)."""
    out: Row = (names[-1], argument)
    for name in names[-2::-1]:
        out = (name, Item("bracket", "()", PLACES + name.at, cells=(out,)))
    return out


def _whole_sides(row: Row) -> Row:
    """An equation of functions as one at the point x: each side is a function by its name, or composed of such."""
    out: list[Item] = []
    for clause in _clauses(row):
        sides = _sides(clause)
        whole = [s for s in sides if s and _run(s, 0) == len(s)]
        named = [s for s in sides if len(s) == 1 and s[0].kind == "name"]
        if len(sides) > 1 and whole and len(whole) + len(named) == len(sides):
            for k, item in enumerate(clause):
                out.append(item)
                ends = k + 1 == len(clause) or clause[k + 1].kind in BETWEEN
                if item.kind == "name" and ends:
                    point = Item("name", "x", PLACES + item.at)
                    out.append(Item("bracket", "()", 2 * PLACES + item.at, cells=((point,),)))
        else:
            out += clause
    return tuple(out)


def _clauses(row: Row) -> list[list[Item]]:
    out: list[list[Item]] = [[]]
    for k, item in enumerate(row):
        ends = item.kind in ("sep", "text") and any(i.kind == "rel" for i in out[-1])
        if ends and not (row[k + 1 : k + 2] and row[k + 1].kind == "rel"):
            out.append([])
        out[-1].append(item)
    return out


def _sides(clause: Sequence[Item]) -> list[Row]:
    out: list[list[Item]] = [[]]
    for item in clause:
        if item.kind == "rel":
            out.append([])
        elif item.kind not in ("sep", "text"):
            out[-1].append(item)
    return [tuple(s) for s in out]


# ---- derivatives


def _primed(row: Row) -> Row:
    """(F)'(t) as d/dt (F(t)), where every name in F is a function."""
    out: list[Item] = []
    k = 0
    while k < len(row):
        point = row[k + 1].cells[0] if _is_call(row[k + 1 : k + 2]) and len(row[k + 1].cells) == 1 else ()
        inside = row[k].cells[0] if row[k].kind == "bracket" and len(row[k].cells) == 1 else ()
        plain = all(i.kind in ("name", "number", "op", "func", "frac") for i in inside) and row[k].text == "()"
        if row[k].primes == 1 and inside and plain and len(point) == 1 and point[0].kind == "name":
            d = Item("name", "d", PLACES + row[k].at)
            below = (replace(d, at=2 * PLACES + row[k].at), _again(point[0], 3 * PLACES + row[k].at))
            out.append(Item("frac", "", PLACES + row[k].at, cells=((d,), below)))
            out.append(replace(row[k], primes=0, cells=(_of(inside, row[k + 1]),)))
            k += 2
        else:
            out.append(row[k])
            k += 1
    return tuple(out)


def _at_rest(row: Row) -> Row:
    r"""\partial_t f_t(\psi_t(x)) beside d/dt f_t(\psi_t(x)): the rate at the point, as if this did not move."""
    whole = [i for i in row if i.kind == "frac" and [show(c) for c in i.cells] == ["d", "d t"]]
    moment = next((s for s in ("s", "tau", "r") if all(i.text != s for i in leaves(row))), "")
    if not whole or not moment:
        return row
    out = list(row)
    for k in range(len(row) - 3, -1, -1):
        start = k + 1 + (row[k + 1].text == "log")
        name, point = row[start : start + 2] if len(row) > start + 1 else (row[k], row[k])
        curved = (row[k].text, show(row[k].sub)) == ("partial", "t") and show(name.sub) == "t"
        if curved and _is_call((point,)) and len(point.cells) == 1 and len(point.cells[0]) == 2:
            now = (replace(name.sub[0], text=moment),)
            bar = Item("at", "|", PLACES + row[k].at, sub=(*_row_of(moment, row[k].at), *_again_all(row[k].sub)))
            behind = [replace(name, sub=now), point, bar]
            out[k : start + 2] = [replace(row[k], sub=_moved(now)), *row[k + 1 : start], *behind]
    return tuple(out)


def _row_of(moment: str, at: int) -> Row:
    """The beginning `s =` of what stands below a bar."""
    return (Item("name", moment, 2 * PLACES + at), Item("rel", "=", 2 * PLACES + at))


def _again_all(row: Row, by: int = 3 * PLACES) -> Row:
    return tuple(_again(i, by) for i in row)


def _moved(row: Row) -> Row:
    return _again_all(row, 5 * PLACES)


def _rates(row: Row) -> Row:
    """(\\partial g/\\partial t)(t, y) as the rate of g, in its first argument, at (t, y); that of a density p at the
    variables (x, t) as the derivative of p(x, t).
    """
    out: list[Item] = []
    skipped = -1
    for k, item in enumerate(row):
        if k == skipped:
            continue
        top, bottom = item.cells if item.kind == "frac" else ((), ())
        curved = [r[0].text == "partial" for r in (top, bottom) if len(r) == 2]
        if len(curved) == 2 and all(curved) and top[1].text in FUNCTIONS | DENSITIES and _is_call(row[k + 1 : k + 2]):
            times = {show(top[1].sub), *(show(c) for c in row[k + 1].cells[:1])}
            named = [show(c) for c in row[k + 1].cells if len(c) == 1 and c[0].kind == "name"]
            if top[1].text in DENSITIES and show(bottom[1:]) in named[1:] and set(row[k + 1].seps) == {","}:
                out.append(replace(item, cells=((*top, row[k + 1]), bottom)))  # of p(x, t), with its arguments behind
                skipped = k + 1
                continue
            if show(bottom[1:]) in times and row[k + 1].cells[0] and row[k + 1].cells[0][0].kind == "name":
                item = replace(top[1], marks=(*top[1].marks, "dot"))
        out.append(item)
    return tuple(out)


def _of(row: Row, argument: Item) -> Row:
    """A row with the argument behind every name."""
    out: list[Item] = []
    for item in row:
        out.append(replace(item, cells=tuple(_of(c, argument) for c in item.cells)) if item.cells else item)
        if item.kind == "name":
            out.append(_again(argument, 4 * PLACES + 1_000 * item.at))
    return tuple(out)


def _of_inverses(row: Row) -> Row:
    """The Jacobian of f^{-1}, or of a function in a determinant, with the point at which its derivative is taken."""
    out: list[Item] = []
    for k, item in enumerate(row):
        top, bottom = item.cells if item.kind == "frac" else ((), ())
        curved = [r[0].kind == "nabla" and r[0].text == "partial" for r in (top, bottom) if len(r) == 2]
        if len(curved) == 2 and all(curved) and bottom[1].text in POINTS and top[1].text in FUNCTIONS:
            behind = k > 0 and row[k - 1].kind == "func" and row[k - 1].text == "det"
            if behind or show(top[1].sup) == "- 1":
                point = Item("bracket", "()", PLACES + item.at, cells=((_again(bottom[1], 2 * PLACES + item.at),),))
                item = replace(item, cells=((*top, point), bottom))
        out.append(item)
    return tuple(out)


def _with_bars_behind(row: Row) -> Row:
    """(d/dh)|_{h=0} F as d/dh F |_{h=0}, up to the next sign."""
    for k in range(len(row) - 2, 0, -1):
        before = row[k - 1]
        if before.kind == "bracket" and len(before.cells) == 1 and len(before.cells[0]) == 1:
            before = before.cells[0][0]
        if row[k].kind != "at" or not _is_bare(before):
            continue
        ends = (j for j, i in enumerate(row) if j > k and (i.kind in BETWEEN or (i.kind == "op" and i.text in "+-")))
        end = next(ends, len(row))
        row = (*row[: k - 1], before, *row[k + 1 : end], row[k], *row[end:])
    return row


def _is_bare(item: Item) -> bool:
    """Whether an item is d/dh, with nothing above its line."""
    signs = [[i.text for i in c[:1]] for c in item.cells]
    return item.kind == "frac" and signs in ([["d"]] * 2, [["partial"]] * 2) and len(item.cells[0]) == 1


def _again(item: Item, by: int) -> Item:
    """A copy with places of its own."""
    cells = tuple(tuple(_again(i, by) for i in c) for c in item.cells)
    sub, sup = (tuple(_again(i, by) for i in part) for part in (item.sub, item.sup))
    return replace(item, at=item.at + by, cells=cells, sub=sub, sup=sup)


__all__ = ["at_points"]
