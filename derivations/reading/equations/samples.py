"""The values of two sides at a few points, in floating point and in one dimension: a sieve, and never a verdict.

Every name is a quadratic function of its own, whatever is known of it. So what agrees here is worth a proof, and what
does not may still be true by what is known.
"""

from __future__ import annotations

import cmath
import random
from collections.abc import Callable

from derivations.kernel.terms import Term

POINTS, CLOSE = 2, 1e-9
STEP = 1e-30  # the imaginary step of a derivative: Im f(x + ih) / h, without cancellation
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
        if t.op in ("diff", "grad", "divg"):
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


__all__ = ["Samples"]
