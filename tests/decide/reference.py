"""The value of a scalar term in mpmath's floating point: a second evaluator, without code in common with the balls.

An opaque function is a Python function of integers in the point.
"""

from __future__ import annotations

from typing import Any

import mpmath as mp

from derivations.kernel.terms import Term


class NoValue(ArithmeticError):
    """There is no real value."""


def value(t: Term, point: dict[str, Any]) -> Any:
    """The value at a point, by names."""
    if t.op == "app":
        return point[t.args[0]](*(int(value(u, point)) for u in t.args[1:]))
    a = [value(u, point) for u in t.args] if t.op not in ("num", "sym", "sum", "prod") else []
    if t.op == "num":
        return mp.mpf(t.args[0].numerator) / t.args[0].denominator
    if t.op == "sym":
        return mp.pi if t.args[0] == "pi" else point[t.args[0]]
    if t.op == "add":
        return mp.fsum(a)
    if t.op == "mul":
        return mp.fprod(a)
    if t.op == "neg":
        return -a[0]
    if t.op == "div":
        return a[0] / _nonzero(a[1])
    if t.op == "pow":
        return _power(*a)
    if t.op == "sqrt":
        return _power(a[0], mp.mpf(0.5))
    if t.op == "log":
        if a[0] <= 0:
            raise NoValue
        return mp.log(a[0])
    if t.op in ("exp", "sin", "cos", "atan"):
        return getattr(mp, t.op)(a[0])
    if t.op in ("sum", "prod"):
        i, lo, hi, body = t.args
        ends = int(value(lo, point)), int(value(hi, point))
        parts = [value(body, {**point, i.args[0]: mp.mpf(k)}) for k in range(ends[0], ends[1] + 1)]
        return mp.fsum(parts) if t.op == "sum" else mp.fprod(parts)
    raise NotImplementedError(t.op)


def _nonzero(x: Any) -> Any:
    if x == 0:
        raise NoValue
    return x


def _power(b: Any, e: Any) -> Any:
    whole = mp.nint(e)
    if abs(e - whole) < mp.mpf(10) ** (-mp.mp.dps // 2) and abs(whole) < 10_000:
        return b ** int(whole) if whole >= 0 else 1 / _nonzero(b) ** int(-whole)
    if -(mp.mpf(10) ** (-mp.mp.dps // 2)) < b < 0:  # log(7/5*5/7) is 0, and a little less in floating point
        b = mp.mpf(0)
    if b < 0 or (b == 0 and e < 0):
        raise NoValue
    return mp.mpf(0) if b == 0 else b**e
