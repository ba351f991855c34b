"""The left sides of differential equations, dx and dx/dt, and equations that are written in the time that is left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from derivations.kernel.terms import REAL, Term, is_scalar, num, sym
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.signature import key_of
from derivations.reading.text.syntax import Item, Row

TIMES = frozenset({"t", "s", "tau", "u"})
ENDS = frozenset({"T"})
TIME, MOMENT = sym("t", REAL), sym("∂u", REAL)  # a moment is what derivatives in the time are read with


def slope(c: Term) -> Term:
    """The derivative of a coefficient in the time t."""
    c = c.args[1] if c.op == "mul" and c.args[0] == num(1) and len(c.args) == 2 else c
    return Term("diff", (MOMENT, replaced(c, TIME, MOMENT), TIME), REAL) if TIME in c.free else num(0)


def since_the_start(terms: Collection[Term]) -> Term | None:
    """The time 1 - tau or T - tau, where no time stands in terms but in this; None elsewhere."""
    parts = [p for t in terms for p in walk(t)]
    left = {p for p in parts if is_left(p)}
    if len(left) != 1:
        return None
    time = left.pop()
    own = next(iter(s for s in time.free if s.args[0] in TIMES))
    return time if sum(p == own for p in parts) == sum(p == time for p in parts) else None


def is_left(t: Term) -> bool:
    """Whether a term is the time that is left, 1 - tau or T - tau."""
    if t.op != "add" or len(t.args) != 2:
        return False
    end, passed = t.args
    known = end.op == "num" or (end.op == "sym" and end.args[0] in ENDS)
    turned = passed.op == "neg" and passed.args[0].op == "sym" and passed.args[0].args[0] in TIMES
    return is_scalar(t) and known and turned


def differential(row: Row) -> Item | None:
    """The x of a left side `dx`, or None."""
    if len(row) == 2 and row[0].kind == "name" and row[0].text == "d" and not row[0].sub and row[1].kind == "name":
        return row[1]
    if len(row) == 3 and row[1].kind == "name" and row[0].text == "d" and row[2].kind == "bracket":
        return row[1]
    return None


def is_sde(left: Row, right: Row) -> bool:
    """Whether an equation is one between differentials."""
    return differential(left) is not None and any(i.kind == "name" and i.text == "d" for i in right)


def flow_variable(left: Row) -> Row | None:
    """The x of a left side dx/dt, or None; the rest of it is d and dt."""
    if len(left) == 1 and left[0].kind == "frac" and not left[0].sup:
        top, bottom = left[0].cells
        if (
            len(top) >= 2
            and top[0].text == "d"
            and len(bottom) == 2
            and bottom[0].text == "d"
            and key_of(bottom[1]) in TIMES
        ):
            return top[1:] if len(top) == 2 or (len(top) == 3 and top[2].kind == "bracket") else None
    if len(left) in (2, 3) and left[0].kind == "frac" and [i.text for i in left[0].cells[0]] == ["d"]:
        bottom, timed_ = left[0].cells[1], len(left) == 2 or left[2].kind == "bracket"
        if len(bottom) == 2 and bottom[0].text == "d" and key_of(bottom[1]) in TIMES and left[1].kind == "name":
            return left[1:] if timed_ else None
    if len(left) == 1 and left[0].kind == "name" and "dot" in left[0].marks:
        return (replace(left[0], marks=tuple(m for m in left[0].marks if m != "dot")),)
    return None


__all__ = ["MOMENT", "TIME", "TIMES", "differential", "flow_variable", "is_left", "is_sde", "since_the_start", "slope"]
