"""Where the values of a term lie when each symbol is anywhere in its domain, by interval arithmetic.

It spares a search for points: a fact that fails all over the domain, as 0 <= -1 - a for a in (0, 1), is met nowhere.
The interval may be too wide, for it does not see that two parts move together; it is never too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import NamedTuple

from flint import fmpq

from derivations.kernel.terms import INT, Term

ZERO, ONE = fmpq(0), fmpq(1)


class Extent(NamedTuple):
    """An interval: its ends, None where it is unbounded, and whether each end belongs to it."""

    low: fmpq | None = None
    high: fmpq | None = None
    has_low: bool = False
    has_high: bool = False

    def __neg__(self) -> Extent:
        return Extent(
            None if self.high is None else -self.high, None if self.low is None else -self.low,
            self.has_high, self.has_low,
        )  # fmt: skip

    @property
    def is_nonnegative(self) -> bool:
        """Whether no value is below 0."""
        return self.low is not None and self.low >= 0

    @property
    def is_negative(self) -> bool:
        """Whether every value is below 0."""
        return self.high is not None and (self.high < 0 or (self.high == 0 and not self.has_high))


LINE, HALF, POSITIVE = Extent(), Extent(ZERO, None, True), Extent(ZERO)
WORDS = {"unit": Extent(ZERO, ONE), "positive": POSITIVE, "nonnegative": HALF}


def _plus(a: Extent, b: Extent) -> Extent:
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Extent(low, high, a.has_low and b.has_low, a.has_high and b.has_high)


def _times(a: Extent, b: Extent) -> Extent:
    if not a.is_nonnegative and (-a).is_nonnegative:
        return -_times(-a, b)
    if not b.is_nonnegative and (-b).is_nonnegative:
        return -_times(a, -b)
    if not (a.is_nonnegative and b.is_nonnegative):
        return LINE
    assert a.low is not None and b.low is not None
    zero = (a.low == 0 and a.has_low) or (b.low == 0 and b.has_low)  # a value 0 of one is a value of the product
    low, has_low = a.low * b.low, zero or (a.has_low and b.has_low)
    if a.high is None or b.high is None:
        return Extent(low, None, has_low)
    high = a.high * b.high
    return Extent(low, high, has_low, (a.has_high and b.has_high) or (high == 0 and zero))


def _inverse(a: Extent) -> Extent:
    """Of the values but 0: there an inverse has no value."""
    if not a.is_nonnegative and (-a).is_nonnegative:
        return -_inverse(-a)
    if not a.is_nonnegative:
        return LINE
    assert a.low is not None
    low, has_low = (ZERO, False) if a.high is None or a.high == 0 else (1 / a.high, a.has_high)
    return Extent(low, None if a.low == 0 else 1 / a.low, has_low, a.low != 0 and a.has_low)


def _power(base: Extent, exponent: Term) -> Extent:
    n = exponent.args[0] if exponent.op == "num" else None
    if n is None or n.denominator != 1 or not 0 < n <= 8:
        return HALF if base.is_nonnegative else LINE
    out = base
    for _ in range(int(n) - 1):
        out = _times(out, base)
    return HALF if n % 2 == 0 and out == LINE else out


def _root(a: Extent) -> Extent:
    """Of the values that have one."""
    inside = a.high is not None and a.high <= 1
    positive = a.low is not None and (a.low > 0 or (a.low == 0 and not a.has_low))
    return Extent(ZERO, ONE if inside else None, not positive, inside and a.high == 1 and a.has_high)


def extent(t: Term, words: Mapping[str, str]) -> Extent:
    """Where the values of a scalar lie; `words` gives the domain of a symbol, or of the values of a function."""
    if t.op == "num":
        value = fmpq(t.args[0].numerator, t.args[0].denominator)
        return Extent(value, value, True, True)
    if t.op in ("sym", "app"):
        return LINE if t.sort == INT else WORDS.get(words.get(t.args[0], "real"), LINE)
    if t.op in ("add", "mul"):
        return reduce(_plus if t.op == "add" else _times, (extent(a, words) for a in t.args))
    if t.op == "neg":
        return -extent(t.args[0], words)
    if t.op == "div":
        return _times(extent(t.args[0], words), _inverse(extent(t.args[1], words)))
    if t.op == "pow":
        return _power(extent(t.args[0], words), t.args[1])
    if t.op == "sqrt":
        return _root(extent(t.args[0], words))
    return POSITIVE if t.op == "exp" else LINE


@lru_cache(maxsize=5000)
def is_impossible(fact: Term, words: tuple[tuple[str, str], ...]) -> bool:
    """Whether a relation (lt, le, eq or ne) between scalars certainly holds nowhere in the domain."""
    known = dict(words)
    gap = _plus(extent(fact.args[1], known), -extent(fact.args[0], known))
    if fact.op == "lt":
        return (-gap).is_nonnegative
    if fact.op == "le":
        return gap.is_negative
    if fact.op == "eq":
        return gap.is_negative or (-gap).is_negative
    return gap.is_nonnegative and (-gap).is_nonnegative
