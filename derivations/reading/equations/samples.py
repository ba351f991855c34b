"""The values of two sides at a few points, in floating point and in one dimension: a sieve, and never a verdict.

Every name is a quadratic function of its own, whatever is known of it. So what agrees here is worth a proof, and what
does not may still be true by what is known. Where nothing more is known than that some names are in the unit interval,
what differs is false, and a search for something true need not ask for more.
"""

from __future__ import annotations

import cmath
import random
from collections.abc import Callable, Collection

from derivations.kernel.terms import INT, Term
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms.signature import DIMENSION

POINTS, CLOSE = 2, 1e-9
MOST = 12  # terms of a sum
LEAST = 1e-6  # two values that differ by so much of their size differ whatever was lost by rounding
STEP = 1e-30  # the imaginary step of a derivative: Im f(x + ih) / h, without cancellation
DERIVED = frozenset({"diff", "grad", "divg"})
Value = complex | float


class Beyond(Exception):
    """The term has something in it that has no value here."""


class Samples:
    """A few points, the same for every formula that is looked at; values of parts are kept."""

    def __init__(self) -> None:
        self.points = [_Point(seed) for seed in range(POINTS)]

    def agree(self, lhs: Term, rhs: Term) -> bool:
        """Whether both sides have values, and the same ones."""
        try:
            return all(_close(p.value(lhs, p.kept), p.value(rhs, p.kept)) for p in self.points)
        except (Beyond, ZeroDivisionError, OverflowError, ValueError):
            return False


def differ(lhs: Term, rhs: Term, units: Collection[str]) -> bool:
    """Whether two sides have real values that are not the same ones, where the names in `units` are between 0 and 1."""
    try:
        points = [_Real(seed, units) for seed in range(POINTS)]
        return any(_apart(p.value(lhs, p.kept), p.value(rhs, p.kept)) for p in points)
    except (Beyond, ZeroDivisionError, OverflowError, ValueError):
        return False


class _Point:
    """A value for every name."""

    def __init__(self, seed: int) -> None:
        self.seed, self.kept = seed, dict[Term, Value]()

    def value(self, t: Term, at: dict[Term, Value]) -> Value:
        """The value of a term, where `at` says what parts of it have."""
        found = at.get(t)
        if found is None:
            found = at[t] = self._new(t, at)
        return found

    def _new(self, t: Term, at: dict[Term, Value]) -> Value:
        if t.op == "num":
            return float(t.args[0])
        if t.op in ("eye", "zero"):
            return 1.0 if t.op == "eye" else 0.0
        if t.op in ("sym", "app"):
            return self._named(t, [self.value(a, at) for a in t.args[1:] if isinstance(a, Term)])
        if t.op in DERIVED:
            step = {t.args[0]: self.value(t.args[2], at) + STEP * 1j}
            return complex(self.value(t.args[1], step)).imag / STEP
        if t.op not in VALUES:
            raise Beyond
        return VALUES[t.op](*(self.value(a, at) for a in t.args))

    def _named(self, t: Term, arguments: list[Value]) -> Value:
        if t.args[0] == "pi":
            return cmath.pi
        rng = random.Random(f"{self.seed} {t.args[0]}")
        value: Value = rng.uniform(0.2, 0.9)
        for u in arguments:
            value += rng.uniform(0.1, 0.4) * u + rng.uniform(0.1, 0.4) * u * u
        return value


class _Real(_Point):
    """A value for every name, between 0 and 1 for the units; roots and logarithms are those of positive numbers, and
    sums and products have few terms.
    """

    def __init__(self, seed: int, units: Collection[str]) -> None:
        super().__init__(seed)
        self.units = units

    def _new(self, t: Term, at: dict[Term, Value]) -> Value:
        if t == DIMENSION or (t.op in DERIVED and any(p.op in DERIVED for p in walk(t.args[1]))):
            raise Beyond  # in one dimension there is no other, and a step in a step is no derivative
        if t.op == "sym" and t.sort == INT:
            return float(random.Random(f"{self.seed} {t.args[0]}").randint(3, 6))
        if t.op in COLLECTED:
            low, high = (self.value(end, at) for end in t.args[1:3])
            if isinstance(low, complex) or isinstance(high, complex) or not low <= high < low + MOST:
                raise Beyond
            return COLLECTED[t.op](*(self.value(t.args[3], {t.args[0]: k}) for k in _steps(low, high)))
        if t.op == "normal":
            return _density(*(self.value(a, at) for a in t.args))
        of_positive = t.op in ("sqrt", "log") or (t.op == "pow" and t.args[1].op != "num")
        if of_positive and complex(self.value(t.args[0], at)).real <= 0:
            raise Beyond
        return super()._new(t, at)

    def _named(self, t: Term, arguments: list[Value]) -> Value:
        value = super()._named(t, arguments)
        return 1 / (1 + cmath.exp(-value)) if t.args[0] in self.units else value


def _steps(low: float, high: float) -> list[float]:
    """The steps from one to another. Raises Beyond where these are no integers."""
    if not (low.is_integer() and high.is_integer()):
        raise Beyond
    return [low + k for k in range(int(high - low) + 1)]


def _density(x: Value, mean: Value, variance: Value) -> Value:
    """The density of a Gaussian. Raises Beyond where the variance is not positive."""
    if complex(variance).real <= 0:
        raise Beyond
    return cmath.exp(-((x - mean) ** 2) / (2 * variance)) / cmath.sqrt(2 * cmath.pi * variance)


def _apart(a: Value, b: Value) -> bool:
    return abs(a - b) > LEAST * (abs(a) + abs(b) + LEAST)


def _close(a: Value, b: Value) -> bool:
    return abs(a - b) <= CLOSE * (abs(a) + abs(b) + CLOSE)


def _product(*factors: Value) -> Value:
    out: Value = 1.0
    for f in factors:
        out *= f
    return out


VALUES: dict[str, Callable[..., Value]] = {
    "add": lambda *terms: sum(terms), "mul": _product, "neg": lambda a: -a, "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b, "sqrt": cmath.sqrt, "exp": cmath.exp, "log": cmath.log, "inner": lambda a, b: a * b,
    "norm2": lambda a: a * a, "T": lambda a: a, "tr": lambda a: a, "inv": lambda a: 1 / a,
}  # fmt: skip
COLLECTED: dict[str, Callable[..., Value]] = {"sum": VALUES["add"], "prod": _product}


__all__ = ["Samples", "differ"]
