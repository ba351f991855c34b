r"""Lists, products and sums with dots: x_0, \dots, x_T is the range x_{0:T}, \alpha_t\cdots\alpha_1 one product.

What stands before and behind the dots must be one thing at two indices; the steps before them say which way they go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import INT, Term, is_scalar, prod_, sum_, sym
from derivations.reading.notation.unfolding import join_index, split_index
from derivations.reading.terms.signature import is_index
from derivations.reading.text.syntax import Item, Row, UnreadError, show

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

OMITTED = "something is left out, and what it is is not said"
Index = tuple[Term | None, Fraction]


# ---- lists of states


def ranged(cells: list[Row], seps: list[str]) -> tuple[list[Row], list[str]]:
    """The cells of a bracket with a_1, ..., a_n as the one cell a_{1:n}, and the separators between them."""
    at = next((k for k, c in enumerate(cells) if any(i.kind == "dots" for i in c)), None)
    if at is None:
        return cells, seps
    spread = [tuple(i for i in cells[at] if i.kind != "dots")]
    if len(cells[at]) == 1 and 0 < at < len(cells) - 1 and seps[at - 1] == seps[at] == ",":
        first, last = at - 1, at + 1
        spread = [cells[first], cells[last]]
    elif len(cells[at]) == 3 and cells[at][1].kind == "dots":
        first = last = at
        spread = [cells[at][:1], cells[at][2:]]
    if len(spread) != 2 or not _same_letter(*spread):
        return cells, seps
    begin = spread[0]
    while first > 0 and seps[first - 1] == "," and _follows(cells[first - 1], begin):
        first -= 1
        begin = cells[first]
    whole = _range(begin[0], spread[1][0])
    return [*cells[:first], (whole,), *cells[last + 1 :]], [*seps[:first], *seps[last:]]


def differentials(row: Row) -> Row:
    """A row with dx_1 ... dx_n as d x_{1:n}."""
    for k in range(2, len(row) - 2):
        a, b = row[k - 1], row[k + 2]
        ds = row[k - 2], row[k + 1]
        if row[k].kind == "dots" and all(i.text == "d" and not i.sub for i in ds) and _same_letter((a,), (b,)):
            return (*row[: k - 1], _range(a, b), *row[k + 3 :])
    return row


def _same_letter(a: Row, b: Row) -> bool:
    return (
        len(a) == len(b) == 1
        and a[0].kind == b[0].kind == "name"
        and (a[0].text, a[0].marks, a[0].sup) == (b[0].text, b[0].marks, b[0].sup)
        and is_index(a[0].sub)
        and is_index(b[0].sub)
    )


def _follows(a: Row, b: Row) -> bool:
    """Whether two cells are one letter at neighbouring numbers, like x_0 and x_1."""
    if not _same_letter(a, b):
        return False
    low, high = show(a[0].sub), show(b[0].sub)
    if low.isdigit() and high.isdigit():
        return int(high) - int(low) == 1
    return high != low and high in (f"{low} + 1", low.replace("+ 1", "+ 2"))


def _range(first: Item, last: Item) -> Item:
    """x_{1:T}, the lower index first."""
    low, high = (last, first) if show(last.sub).isdigit() and not show(first.sub).isdigit() else (first, last)
    return replace(low, sub=(*low.sub, Item("sep", ":", low.at), *high.sub))


# ---- sums


def terms(el: Elaborator, parts: Sequence[tuple[Item | None, Row]]) -> list[Term]:
    """The terms of a sum, those around dots as one sum over a range: L_T + L_{T-1} + ... + L_0."""
    out: list[Term] = []
    k = 0
    while k < len(parts):
        sign, part = parts[k]
        dots = len(part) == 1 and part[0].kind == "dots" and k + 1 < len(parts)
        if not dots or not out or any(s is not None and s.text == "-" for s, _ in parts[k - 1 : k + 2]):
            out.append(el.signed(sign, part))
            k += 1
            continue
        el.use(part[0])
        out[-1:] = _closed(out, el.signed(*parts[k + 1]), part[0].at, show(parts[k + 1][1]))
        if len(out) > 1:
            el.signature.doubts.add("listed")
        k += 2
    return out


def _closed(before: list[Term], last: Term, at: int, text: str) -> list[Term]:
    """The sum that ends with the last term; takes away the terms before that are in it, but for one."""
    if not is_scalar(last):
        raise UnreadError("a sum of vectors", text[:60], at)
    first, step = _beginning(before)
    whole = _over(before[first], last, step, sum_)
    if whole is None:
        raise UnreadError("dots between terms that are not one thing at two indices", text[:60], at)
    del before[first + 1 :]
    return [whole]


# ---- products


def product(el: Elaborator, factors: list[Term], row: Row, k: int) -> tuple[list[Term], int]:
    """The factors before the dots at k and the one behind them as one product; and where the row goes on."""
    dots = row[k]
    if len(row) == 1:
        raise UnreadError(OMITTED, show(row), dots.at)
    k += 1
    while k < len(row) and row[k].kind == "op" and row[k].text == "*":
        el.use(row[k])
        k += 1
    if not factors or factors[-1].op in ("num", "sym") or k >= len(row) or row[k].kind not in ("name", "bracket"):
        raise UnreadError("dots that are no range", show(row)[:60], dots.at)
    last, k = el.factor(row, k)
    el.use(dots)
    first, step = _beginning(factors)
    whole = _over(factors[first], last, step)
    if whole is None:
        raise UnreadError("dots between factors that are not one thing at two indices", show(row)[:60], dots.at)
    return [*factors[:first], whole], k


def _beginning(terms: Sequence[Term]) -> tuple[int, Fraction | None]:
    """Where those begin that go on to the dots in steps of 1, and the step; None where the last two are no such."""
    first = len(terms) - 1
    step = _apart(terms[first - 1], terms[first]) if first else None
    while first and step is not None and abs(step) == 1 and _apart(terms[first - 1], terms[first]) == step:
        first -= 1
    return first, step


def _apart(a: Term, b: Term) -> Fraction | None:
    """By how much every index of b is beyond that of a; None when they differ in anything else."""
    found = _differing(a, b)
    if not found:
        return None
    gaps = {y[1] - x[1] if x[0] == y[0] else None for x, y in found}
    return gaps.pop() if len(gaps) == 1 else None


def _differing(a: Term, b: Term) -> list[tuple[Index, Index]] | None:
    """The indices in which two terms differ, in pairs; None when they differ in anything else."""
    if a == b:
        return []
    if is_scalar(a) and is_scalar(b) and a.op in ("sym", "num", "add") and b.op in ("sym", "num", "add"):
        x, y = split_index(a), split_index(b)
        return None if x is None or y is None else [(x, y)]
    if a.op != b.op or len(a.args) != len(b.args) or a.op not in ("app", "add", "mul", "div", "sqrt", "pow", "neg"):
        return None
    out: list[tuple[Index, Index]] = []
    for x, y in zip(a.args, b.args, strict=True):
        part = _differing(x, y) if isinstance(x, Term) and isinstance(y, Term) else ([] if x == y else None)
        if part is None:
            return None
        out += part
    return out


def _over(first: Term, last: Term, step: Fraction | None, make: Callable[..., Term] = prod_) -> Term | None:
    """The product or sum from one factor or term to another, over every index between."""
    found = _differing(first, last)
    if not found:
        return None
    b, c = found[0]
    same_base = all(x[0] == b[0] and y[0] == c[0] and x[1] - b[1] == y[1] - c[1] for x, y in found)
    if not same_base or ((b[0] is None) == (c[0] is None) and step not in (1, -1)):
        return None
    up = step == 1 if step in (1, -1) else b[0] is None
    low, high = (b, c) if up else (c, b)
    name = next(n for n in ("i", "j", "k", "n", "m") if sym(n, INT) not in first.free | last.free)
    index = sym(name, INT)
    body = _at(first, {x: join_index(index, x[1] - b[1]) for x, _ in found}, dict(found))
    shift = high[1] if high[0] is not None else Fraction(0)
    moved = _shifted(body, index, -shift)
    first, last = (join_index(None if x[0] is None else sym(x[0].args[0], INT), x[1] - shift) for x in (low, high))
    return make(index, first, last, moved)


def _at(t: Term, table: dict[Index, Term], other: dict[Index, Index]) -> Term:
    """The factor with every index that moves replaced."""
    if is_scalar(t) and t.op in ("sym", "num", "add"):
        parts = split_index(t)
        if parts is not None and parts in other and other[parts] != parts:
            return table[parts]
        return t
    return rebuild(t, tuple(_at(a, table, other) if isinstance(a, Term) else a for a in t.args))


def _shifted(t: Term, index: Term, by: Fraction) -> Term:
    """The body with its index moved, so that the last index of the product is a plain name."""
    if is_scalar(t) and t.op in ("sym", "num", "add"):
        parts = split_index(t)
        if parts is not None and parts[0] is not None and parts[0].args[0] == index.args[0]:
            return join_index(index, parts[1] - by)
        return t
    return rebuild(t, tuple(_shifted(a, index, by) if isinstance(a, Term) else a for a in t.args))


__all__ = ["OMITTED", "differentials", "product", "ranged", "terms"]
