"""Values at points of the plane, in rational numbers: where an inequality between norms fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, product
from math import isqrt, prod

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.notation.coordinates import pretty

Vector = tuple[Fraction, ...]

MAX_POINTS, MAX_POWER = 216, 8


def points(names: list[Term], known: Mapping[str, str]) -> Iterator[dict[Term, Vector]]:
    """Points in the plane at which lengths are rational more often than not; a number has one coordinate."""
    plane = [(Fraction(x), Fraction(y)) for x, y in ((3, 4), (4, -3), (-3, -4), (3, 0), (0, 4), (-8, 6))]
    for chosen in islice(product(plane, repeat=len(names)), MAX_POINTS):
        values: dict[Term, Vector] = {}
        for s, (x, y) in zip(names, chosen, strict=True):
            positive = known.get(str(s.args[0]), "real") in ("positive", "nonnegative")
            unit = known.get(str(s.args[0])) == "unit"
            value = Fraction(1, 2 + abs(int(x))) if unit else abs(x) + abs(y) if positive else x
            values[s] = (value,) if is_scalar(s) else (x, y)
        yield values


def value(t: Term, values: Mapping[Term, Vector]) -> Fraction | None:
    """What a number is at a point; None where it is not rational, or not defined."""
    found = _at(t, values)
    return None if found is None or len(found) != 1 else found[0]


def _at(t: Term, values: Mapping[Term, Vector]) -> Vector | None:
    """What a term is at a point, as its coordinates; None where they are not rational."""
    if t in values:
        return values[t]
    if t.op == "num":
        return (t.args[0],)
    parts = [_at(a, values) for a in t.args if isinstance(a, Term)]
    if any(p is None for p in parts):
        return None
    known: list[Vector] = [p for p in parts if p is not None]
    if t.op == "add":
        return tuple(map(sum, zip(*known, strict=True)))  # type: ignore[arg-type]
    if t.op == "neg":
        return tuple(-x for x in known[0])
    if t.op == "mul":
        scale = prod((p[0] for p, a in zip(known, t.args, strict=True) if is_scalar(a)), start=Fraction(1))
        vector = next((p for p, a in zip(known, t.args, strict=True) if not is_scalar(a)), (Fraction(1),))
        return tuple(scale * x for x in vector)
    if t.op == "div":
        return tuple(x / known[1][0] for x in known[0]) if known[1][0] else None
    if t.op in ("inner", "norm2"):
        return (sum((x * y for x, y in zip(known[0], known[-1], strict=True)), start=Fraction(0)),)
    if t.op == "pow" and known[1][0].denominator == 1 and 0 < known[1][0] <= MAX_POWER:
        return (known[0][0] ** int(known[1][0]),)
    return _root_of(known[0][0]) if t.op == "sqrt" else None


def _root_of(q: Fraction) -> Vector | None:
    """The root of a number; None where it is not rational."""
    if q < 0:
        return None
    a, b = isqrt(q.numerator), isqrt(q.denominator)
    return (Fraction(a, b),) if a * a == q.numerator and b * b == q.denominator else None


def title(s: Term) -> str:
    """A name as it stands in a witness."""
    return pretty(str(s.args[0]))


def written(v: Vector) -> str:
    """A number or a vector as it stands in a witness."""
    return str(v[0]) if len(v) == 1 else f"({', '.join(map(str, v))})"
