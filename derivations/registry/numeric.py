"""The value of a term at a point, as a ball that surely contains it: python-flint's arb, at 200 bits.

It evaluates claims at stored points and looks for numbers at which a refused step fails. It proves nothing.
A vector is a column of balls, a matrix a table of them; the dimension is the value of `d` at the point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat, ctx

from derivations.kernel.definitions import PI, unfold
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import INT, Term, num

PRECISION = 200
LONGEST = 1000  # terms of a sum or product

Value = Any  # arb for a scalar, arb_mat for a vector or matrix
Point = Mapping[Term, Value]


class NoValue(ValueError):
    """The term has no value that can be computed at the point; the message says which part."""


def ball(q: int | Fraction) -> arb:
    """A rational number."""
    return arb(q) if isinstance(q, int) else arb(q.numerator) / arb(q.denominator)


def value(t: Term, point: Point) -> Value:
    """The value of a term at a point. Raises NoValue for a part without one."""
    with_precision = ctx.prec
    ctx.prec = PRECISION
    try:
        return _value(t, point)
    finally:
        ctx.prec = with_precision


def _value(t: Term, point: Point) -> Value:
    if t in point:
        return point[t]
    if t.op in _PLAIN:
        return _PLAIN[t.op](*(_value(a, point) for a in t.args))
    method = _SPECIAL.get(t.op)
    if method is None:
        raise NoValue(f"{t!r} has no value that can be computed")
    return method(t, point)


def _sym(t: Term, point: Point) -> Value:
    if t == PI:
        return arb.pi()
    raise NoValue(f"the point gives no value to {t!r}")


def _app(t: Term, point: Point) -> Value:
    name, *args = t.args
    fixed = Term("app", (name, *(num(_integer(a, point)) if a.sort == INT else a for a in args)), t.sort)
    if fixed in point:
        return point[fixed]
    for key, found in point.items():
        if key.op == "app" and key.args[0] == name and _same_arguments(key.args[1:], args, point):
            return found
    if name in DEFINED:
        params, body = DEFINED[name]
        return _value(substitute(body, dict(zip(params, args, strict=True))), point)
    raise NoValue(f"the point gives no value to {t!r}")


def _same_arguments(given: tuple[Term, ...], wanted: list[Term], point: Point) -> bool:
    return len(given) == len(wanted) and all(
        a == b or (a.sort == b.sort == INT and _integer(a, point) == _integer(b, point))
        for a, b in zip(given, wanted, strict=True)
    )


def _integer(t: Term, point: Point) -> int:
    found = _value(t, point)
    exact = found.unique_fmpz() if isinstance(found, arb) else None
    if exact is None:
        raise NoValue(f"{t!r} is not an integer at the point")
    return int(exact)


def _mul(t: Term, point: Point) -> Value:
    out = _value(t.args[0], point)
    for a in t.args[1:]:
        factor = _value(a, point)
        out = factor * out if isinstance(out, arb) and not isinstance(factor, arb) else out * factor
    return out


def _add(t: Term, point: Point) -> Value:
    out = _value(t.args[0], point)
    for a in t.args[1:]:
        out = out + _value(a, point)
    return out


def _pow(t: Term, point: Point) -> Value:
    base, exponent = (_value(a, point) for a in t.args)
    whole = exponent.unique_fmpz()
    return base ** int(whole) if whole is not None else base**exponent


def _range(t: Term, point: Point) -> list[Value]:
    i, lo, hi, body = t.args
    first, last = _integer(lo, point), _integer(hi, point)
    if last - first > LONGEST:
        raise NoValue(f"{t!r} is too long to be added up")
    return [_value(substitute(body, {i: num(k)}), point) for k in range(first, last + 1)]


def _dimension(t: Term, point: Point) -> int:
    return _integer(t.args[0], point)


def _zeros(n: int) -> arb_mat:
    return arb_mat(n, 1, [arb(0)] * n)


def _identity(n: int) -> arb_mat:
    return arb_mat(n, n, [arb(int(i == j)) for i in range(n) for j in range(n)])


def _total(start: int, join: Callable[[Value, Value], Value]) -> Callable[[Term, Point], Value]:
    def of(t: Term, point: Point) -> Value:
        out = arb(start)
        for term in _range(t, point):
            out = join(out, term)
        return out

    return of


_PLAIN: dict[str, Callable[..., Value]] = {
    "neg": lambda a: a * arb(-1), "div": lambda a, b: a * (1 / b), "exp": lambda a: a.exp(), "log": lambda a: a.log(),
    "sqrt": lambda a: a.sqrt(), "sin": lambda a: a.sin(), "cos": lambda a: a.cos(), "atan": lambda a: a.atan(),
    "inner": lambda u, v: (u.transpose() * v)[0, 0], "norm2": lambda u: (u.transpose() * u)[0, 0],
    "T": lambda m: m.transpose(), "inv": lambda m: m.inv(), "tr": lambda m: m.trace(), "logdet": lambda m: m.det().log(),
}  # fmt: skip
_SPECIAL: dict[str, Callable[[Term, Point], Value]] = {
    "num": lambda t, point: ball(t.args[0]), "sym": _sym, "app": _app, "add": _add, "mul": _mul, "pow": _pow,
    "normal": lambda t, point: _value(unfold(t), point),
    "sum": _total(0, lambda a, b: a + b), "prod": _total(1, lambda a, b: a * b),
    "eye": lambda t, point: _identity(_dimension(t, point)), "zero": lambda t, point: _zeros(_dimension(t, point)),
}  # fmt: skip


def differ(a: Value, b: Value) -> bool:
    """Whether two values are certainly not the same number, vector or matrix."""
    if isinstance(a, arb):
        return not a.overlaps(b)
    return any(not x.overlaps(y) for x, y in zip(a.entries(), b.entries(), strict=True))


def holds(h: Term, point: Point) -> bool | None:
    """Whether a hypothesis certainly holds at the point, certainly fails, or neither can be said."""
    if h.op == "and":
        parts = [holds(p, point) for p in h.args]
        return False if False in parts else None if None in parts else True
    if h.op == "all":
        return _holds_for_all(h, point)
    if h.op not in ("lt", "le", "eq", "ne"):
        return None
    a, b = (value(x, point) for x in h.args)
    if h.op in ("eq", "ne"):
        return (h.op == "ne") if differ(a, b) else None
    return (
        True
        if (a < b or (h.op == "le" and a <= b))
        else False
        if (a > b or (h.op == "lt" and a >= b))
        else None
    )


def _holds_for_all(h: Term, point: Point) -> bool | None:
    """A statement for every index, at those indices at which the point gives a value to a function in it."""
    i, guard, body = h.args
    names = {a.args[0] for a in applications(body) if i in a.free}
    found: list[bool | None] = []
    for key in point:
        if key.op == "app" and key.args[0] in names and len(key.args) == 2:
            at = {i: key.args[1]}
            if guard.op == "true" or holds(substitute(guard, at), point) is not False:
                found.append(holds(substitute(body, at), point))
    return False if False in found else None if None in found else True


def applications(t: Term) -> set[Term]:
    """Every opaque function at its arguments inside a term."""
    here = {t} if t.op == "app" else set()
    return here.union(*(applications(a) for a in t.args if isinstance(a, Term)))


def shown(v: Value) -> str:
    """A value in at most twelve digits, cut where the ball is no longer sure of them."""
    if isinstance(v, arb):
        return v.str(12, radius=False)
    return "(" + ", ".join(shown(x) for x in v.entries()) + ")"


__all__ = ["NoValue", "Point", "applications", "ball", "differ", "holds", "shown", "value"]
