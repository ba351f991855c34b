"""A statement about vectors of R^d as its case d = 2, in the coordinates: where it fails, the statement fails.

What holds in one dimension need not hold in two: <x, y>^2 = |x|^2 |y|^2 does for numbers. Vectors become pairs of
numbers; a function of vectors becomes a function of their coordinates, one for each coordinate of its value.
"""

from __future__ import annotations

from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import Term, add, app, is_scalar, mul, neg, num, power, sym

Pair = tuple[Term, Term]


class NoCoordinates(ValueError):
    """The term has parts that are not written in coordinates here: matrices, integrals, gradients."""


def two_dimensional(t: Term) -> tuple[Term, ...]:
    """The term at d = 2: itself for a number, two coordinates for a vector. Raises NoCoordinates."""
    sizes = {p for p in t.dims if p.op == "sym"}
    parts = (_number(t),) if is_scalar(t) else _pair(t)
    return tuple(substitute(part, {size: num(2) for size in sizes}) for part in parts)


def _number(t: Term) -> Term:
    if t.op == "inner":
        return _dot(_pair(t.args[0]), _pair(t.args[1]))
    if t.op == "norm2":
        return add(*[power(a, 2) for a in _pair(t.args[0])])
    if t.op == "app":
        return app(t.args[0], *_flat(t.args[1:]), sort=t.sort)
    if any(isinstance(a, Term) and not is_scalar(a) for a in t.args) or t.op in ("diff", "int", "tr", "logdet"):
        raise NoCoordinates(f"{t.op} is not written in coordinates")
    args = tuple(_number(a) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def _pair(t: Term) -> Pair:
    if t.op == "sym" and t.sort[0] == "vec":
        return sym(f"{t.args[0]}_1"), sym(f"{t.args[0]}_2")
    if t.op == "app" and t.sort[0] == "vec":
        first, second = (app(f"{t.args[0]}_{k}", *_flat(t.args[1:])) for k in (1, 2))
        return first, second
    if t.op == "zero":
        return num(0), num(0)
    if t.op == "neg":
        first, second = _pair(t.args[0])
        return neg(first), neg(second)
    if t.op == "add":
        pairs = [_pair(a) for a in t.args]
        return add(*[p[0] for p in pairs]), add(*[p[1] for p in pairs])
    if t.op == "div":
        first, second = _pair(t.args[0])
        return first / _number(t.args[1]), second / _number(t.args[1])
    if t.op == "mul":
        vectors = [a for a in t.args if not is_scalar(a) and a.op != "eye"]
        if len(vectors) == 1:
            first, second = _pair(vectors[0])
            scale = [_number(a) for a in t.args if is_scalar(a)]
            return mul(*scale, first), mul(*scale, second)
    raise NoCoordinates(f"{t.op} is not written in coordinates")


def _flat(args: tuple[Term, ...]) -> list[Term]:
    """The arguments of a function, vectors as their coordinates."""
    return [part for a in args for part in ((_number(a),) if is_scalar(a) else _pair(a))]


def _dot(u: Pair, v: Pair) -> Term:
    return add(mul(u[0], v[0]), mul(u[1], v[1]))
