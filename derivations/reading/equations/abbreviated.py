r"""Names that are shortened: mu for mu(x_0, t), g for g_t, x for x_t; and a \lambda_t not said to be the log-SNR.

Who writes a name in two ways means one thing by it more often than two. What holds then is not called false.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace

from derivations.kernel.terms import Term, app, div, is_scalar, log, mul, num, sym
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import STATES, Notation, current_index
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.terms.signature import INDICES, is_index
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show

SAME = "it holds where one name with its index or arguments and without them means one thing"
RATIO = "it holds where lambda is the logarithm of the ratio of the levels"
LEVELS = frozenset({"alpha", "sigma"})


def ways(notation: Notation, lhs: Term, rhs: Term) -> Iterator[tuple[str, Term, Term]]:
    """An equation with what is known put in, and with its shortened names written out: why, and its sides."""
    unfold = notation.unfolder(current_index((lhs, rhs)))
    try:
        a, b = (canonical(unfold(t)) for t in (lhs, rhs))
    except UnreadError:
        return
    parts = {p for t in (a, b) for p in walk(t)}
    full = _written_out(parts) | {p: canonical(unfold(q)) for p, q in _given(notation, a.free | b.free).items()}
    if full:
        x, y = a, b
        for short, long in full.items():
            x, y = (canonical(replaced(t, short, long)) for t in (x, y))
        yield SAME, x, y
    levels = {str(p.args[0]) for p in parts if p.op == "app" and len(p.args) == 2}
    ratios = [p for p in parts if p.op == "app" and p.args[0] == "lambda" and len(p.args) == 2 and is_scalar(p)]
    if ratios and levels >= LEVELS:
        for factor in (1, 2):
            x, y = a, b
            for p in sorted(ratios, key=repr):
                alpha, sigma = (app(name, p.args[1]) for name in ("alpha", "sigma"))
                x, y = (replaced(t, p, mul(num(factor), log(div(alpha, sigma)))) for t in (x, y))
            yield RATIO, canonical(x), canonical(y)


def _written_out(parts: set[Term]) -> dict[Term, Term]:
    """The bare names beside which one function of the same name and sort stands, each with it."""
    out = {}
    for p in parts:
        if p.op == "sym" and p.args[0] not in INDICES:
            named = [q for q in parts if q.op == "app" and q.args[0] == p.args[0] and q.sort == p.sort]
            long = [q for q in named if p not in q.free]
            if len(long) == 1:
                out[p] = long[0]
    return out


def _given(notation: Notation, names: Set[Term]) -> dict[Term, Term]:
    """The bare names to which the document gives a meaning as functions of the time, each with it."""
    own = {r.left.args[0] for r in notation.own if r.left.op == "app" and len(r.left.args) == 2}
    bare = [p for p in names if p.op == "sym" and p.args[0] in own and not notation.has_rule(p)]
    return {p: app(p.args[0], sym("t"), sort=p.sort) for p in bare}


def indexed(row: Row) -> Row | None:
    """A formula with x_t for x, where x stands in it without an index and with only one that moves; None where not."""
    for letter in STATES:
        found = [i for i in leaves(row) if i.kind == "name" and i.text.lower() == letter]
        moving = {show(i.sub): i.sub for i in found if is_index(i.sub) and not show(i.sub).isdigit()}
        if len(moving) == 1 and any(_is_bare(i) for i in found):
            return _with_index(row, letter, *moving.values())
    return None


def _is_bare(item: Item) -> bool:
    accents = [m for m in item.marks if m != "bold"]
    return not (item.sub or item.sup or item.primes or accents)


def _with_index(row: Row, letter: str, index: Row) -> Row:
    out = []
    for i in row:
        bare = i.kind == "name" and i.text.lower() == letter and _is_bare(i)
        cells, sup = tuple(_with_index(c, letter, index) for c in i.cells), _with_index(i.sup, letter, index)
        sub = _moved(index, i.at) if bare else _with_index(i.sub, letter, index)
        out.append(replace(i, cells=cells, sup=sup, sub=sub))
    return tuple(out)


def _moved(index: Row, at: int) -> Row:
    """A copy of an index that belongs to the name at a place: no item of it is taken for one of the first."""
    return tuple(replace(j, at=-2 - at, sub=_moved(j.sub, at)) for j in index)


__all__ = ["indexed", "ways"]
