"""Terms and formulas as one line of plain text for a terminal, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derivations.kernel.terms import INT, Term, is_scalar
from derivations.language.calculation import Part
from derivations.language.entry import Entry
from derivations.language.notation import TABLE

ADD, MUL, NEG, POW, ATOM = 1, 2, 3, 4, 5
RELATION = {"eq": "=", "ne": "!=", "lt": "<", "le": "<="}
CONDITION = {
    "integrable": "is integrable over", "jointly": "is jointly integrable over",
    "dominated": "has a derivative dominated in", "vanishes": "vanishes at infinity in",
}  # fmt: skip
SYMBOLS = {row.term: row.ascii for row in TABLE if row.term.op == "sym"}


def plain(t: Any, level: int = 0) -> str:
    """The text of a term or formula, or of a plain number; `level` is the precedence of what surrounds it."""
    if not isinstance(t, Term):
        return str(t)
    text, mine = _PRINT.get(t.op, _call)(t)
    return f"({text})" if mine < level else text


def under(entry: Entry, part: Part) -> str:
    """The conditions under which a part of a statement stands, as the end of its line; mostly empty."""
    conditions = "; ".join(map(plain, entry.conditions(part)))
    return f", if {conditions}" if conditions else ""


def _number(t: Term) -> tuple[str, int]:
    q: Fraction = t.args[0]
    return str(q), ATOM if q >= 0 and q.denominator == 1 else (MUL if q > 0 else ADD)


def _symbol(t: Term) -> tuple[str, int]:
    return SYMBOLS.get(t, t.args[0]), ATOM


def _add(t: Term) -> tuple[str, int]:
    out = plain(t.args[0], ADD)
    for a in t.args[1:]:
        if a.op == "neg":
            out += " - " + plain(a.args[0], MUL)
        elif a.op == "num" and a.args[0] < 0:
            out += f" - {-a.args[0]}"
        else:
            out += " + " + plain(a, ADD)
    return out, ADD


def _mul(t: Term) -> tuple[str, int]:
    first, *rest = t.args
    signed = first.op == "num" and first.args[0] < 0  # a leading minus needs no brackets of its own
    head = plain(first) if signed else plain(first, MUL)
    return "*".join([head, *(plain(a, NEG) for a in rest)]), ADD if signed else MUL


def _div(t: Term) -> tuple[str, int]:
    return f"{plain(t.args[0], MUL)}/{plain(t.args[1], POW)}", MUL


def _pow(t: Term) -> tuple[str, int]:
    return f"{plain(t.args[0], ATOM)}^{plain(t.args[1], ATOM)}", POW


def _app(t: Term) -> tuple[str, int]:
    name, *args = t.args
    if not args:
        return name, ATOM
    if all(a.sort == INT for a in args):
        return f"{name}[{','.join(map(_tight, args))}]", ATOM
    return f"{name}({', '.join(plain(a) for a in args)})", ATOM


def _tight(t: Term) -> str:
    """An index or a bound, without spaces."""
    return plain(t).replace(" ", "")


def _call(t: Term) -> tuple[str, int]:
    return f"{t.op}({', '.join(plain(a) for a in t.args)})", ATOM


def _big(word: str) -> Callable[[Term], tuple[str, int]]:
    def text(t: Term) -> tuple[str, int]:
        i, lo, hi, body = t.args
        return f"{word}_({plain(i)}={_tight(lo)}..{_tight(hi)}) {plain(body, MUL)}", ADD

    return text


def _integral(t: Term) -> tuple[str, int]:
    x, measure, body = t.args
    if measure.op == "app":
        return f"E_{plain(measure)}[{plain(body)}]", ATOM
    ends = f"_({plain(measure.args[0])}..{plain(measure.args[1])})" if measure.op == "interval" else ""
    return f"int{ends} {plain(body, MUL)} d{plain(x)}", MUL


def _derivative(t: Term) -> tuple[str, int]:
    x, body, at = t.args
    head = {"grad": "grad", "divg": "div", "jac": "jac", "diff": "d/d"}[t.op]
    where = f" at {plain(at)}" if at != x else ""
    return (f"{head}{'' if t.op == 'diff' else '_'}{plain(x)} {plain(body, MUL)}{where}"), MUL


def _relation(t: Term) -> tuple[str, int]:
    return f"{plain(t.args[0])} {RELATION[t.op]} {plain(t.args[1])}", 0


def _and(t: Term) -> tuple[str, int]:
    a, *rest = t.args
    if len(rest) == 1 and all(p.op in ("lt", "le") for p in t.args) and a.args[1] == rest[0].args[0]:
        return f"{plain(a)} {RELATION[rest[0].op]} {plain(rest[0].args[1])}", 0
    return ", ".join(plain(p) for p in t.args), 0


def _forall(t: Term) -> tuple[str, int]:
    x, guard, body = t.args
    if guard.op == "true":
        return f"{plain(body)} for every {plain(x)}", 0
    shown = f"{plain(x)} >= {plain(guard.args[0])}" if guard.op == "le" and guard.args[1] == x else plain(guard)
    if guard.op in ("eq", "ne"):
        shown = f"{plain(x)} with {shown}"
    return f"{plain(body)} for every {shown}", 0


def _condition(t: Term) -> tuple[str, int]:
    x, body = t.args[0], t.args[-1]
    if body.op == "integrable":
        return f"{plain(body.args[-1])} {CONDITION[t.op]} {plain(x)}, {plain(body.args[0])}", 0
    words = CONDITION[t.op] if t.op != "vanishes" or is_scalar(x) else "has no flux at infinity in"
    return f"{plain(body)} {words} {plain(x)}", 0


def _conditional(t: Term) -> tuple[str, int]:
    _, measure, hidden, density = t.args
    y, _, k = density.args
    return f"{plain(hidden)} has the conditional density {plain(k)} in {plain(y)} under {plain(measure)}", 0


def _limit(t: Term) -> tuple[str, int]:
    x, end, body, value = t.args
    return f"{plain(body)} tends to {plain(value)} as {plain(x)} tends to {plain(end)}", 0


def _order(t: Term) -> tuple[str, int]:
    h, order, body = t.args
    power = {0: "1", 1: plain(h)}.get(order.args[0], f"{plain(h)}^{order.args[0]}")
    return f"{plain(body)} = O({power})", 0


_PRINT: dict[str, Callable[[Term], tuple[str, int]]] = {
    "num": _number, "sym": _symbol, "add": _add, "neg": lambda t: ("-" + plain(t.args[0], MUL), ADD),
    "mul": _mul,
    "div": _div, "pow": _pow, "app": _app, "sum": _big("sum"), "prod": _big("prod"), "int": _integral,
    "E": lambda t: (f"E_{plain(t.args[1])}[{plain(t.args[2])}]", ATOM),
    "KL": lambda t: (f"KL({plain(t.args[1])} || {plain(t.args[2])})", ATOM),
    "diff": _derivative, "grad": _derivative, "divg": _derivative, "jac": _derivative,
    "inner": lambda t: (f"<{plain(t.args[0])}, {plain(t.args[1])}>", ATOM),
    "norm2": lambda t: (f"|{plain(t.args[0])}|^2", POW),
    "normal": lambda t: (f"N({plain(t.args[0])}; {plain(t.args[1])}, {plain(t.args[2])})", ATOM),
    "T": lambda t: (f"{plain(t.args[0], ATOM)}^T", POW),
    "inv": lambda t: (f"{plain(t.args[0], ATOM)}^-1", POW),
    "eye": lambda t: ("I", ATOM), "zero": lambda t: ("0", ATOM),
    "eq": _relation, "ne": _relation, "lt": _relation, "le": _relation, "and": _and, "all": _forall,
    "eqmod": lambda t: (f"{plain(t.args[1])} =_{plain(t.args[0])} {plain(t.args[2])}", 0),
    "aeq": lambda t: (f"{plain(t.args[2])} = {plain(t.args[3])} for almost every {plain(t.args[0])}", 0),
    "limit": _limit, "bigo": _order,
    "integrable": _condition, "jointly": _condition, "dominated": _condition, "vanishes": _condition,
    "conditional": _conditional,
}  # fmt: skip
