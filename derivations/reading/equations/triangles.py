"""Sums of lengths that are never negative by the triangle inequality: |u| <= |a| |v| + |b| |w| where u = a v + b w."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from derivations.kernel.field import Element
from derivations.reading.equations.algebra import Combination, Length, Poly
from derivations.reading.equations.lengths import Scene

MAX_LENGTHS = 6


def holds(scene: Scene, p: Poly) -> bool:
    """Whether a sum of multiples of lengths, and of numbers, is never negative by the triangle inequality."""
    if not all(len(mono) <= 1 and all(i[0] in "ns" for i in mono) for mono in p):
        return False
    added: list[tuple[Length, Element]] = []
    taken: list[tuple[Length, Element]] = []
    f = scene.n.field
    for mono, c in p.items():
        s = scene.n.sign_of(c)
        if not mono or mono[0][0] == "s":
            continue
        if s is None:
            return False
        length = scene.lengths[mono[0][1]]
        (added if s.value > 0 else taken).append((length, c if s.value > 0 else f.neg(c)))
    loose = {mono: c for mono, c in p.items() if not mono or mono[0][0] == "s"}
    if loose:
        parts = {mono: scene.constant(c) for mono, c in loose.items()}
        taken.append((Length("numbers", parts, {}), f.one))
    if not added or not taken or len(added) > MAX_LENGTHS:
        return False
    left: list[Element] | None = [c for _, c in added]
    for length, c in taken:
        left = None if left is None else _less(scene, left, [k for k, _ in added], length, c)
    return left is not None


def _less(scene: Scene, have: list[Element], lengths: list[Length], of: Length, c: Element) -> list[Element] | None:
    """What is left of multiples of lengths when c times one that is a combination of them is taken away."""
    f, n = scene.n.field, scene.n
    parts = {k: a.parts for k, a in enumerate(lengths) if a.space == of.space and a.parts is not None}
    for count in range(1, len(parts) + 1):
        for chosen in combinations(parts, count):
            found = _solved(scene, [parts[k] for k in chosen], of.parts)
            if found is None:
                continue
            left = list(have)
            for k, e in zip(chosen, found, strict=True):
                s = n.sign_of(e)
                if s is None or not scene.scales(of.space, e):
                    break
                e = e if s.value > 0 else f.neg(e)
                left[k] = f.add(left[k], f.neg(f.mul(e, c)))
                s = n.sign_of(left[k])
                if not f.is_zero(left[k]) and (s is None or s.value < 0):
                    break
            else:
                return left
    return None


def _solved(scene: Scene, of: list[Combination], target: Combination | None) -> list[Element] | None:
    """The coefficients with which vectors sum up to the target; None where there are none, or more than one."""
    f = scene.n.field
    keys: list[Any] = sorted({k for u in (*of, target or {}) for k in u}, key=repr)
    rows = []
    for k in keys:
        entries = [u.get(k, {}) for u in (*of, target or {})]
        if any(set(e) - {()} for e in entries):
            return None
        rows.append([e.get((), f.zero) for e in entries])
    at = 0
    for column in range(len(of)):
        pivot = next((r for r in range(at, len(rows)) if scene.n.nonzero(rows[r][column].num)), None)
        if pivot is None:
            return None
        rows[at], rows[pivot] = rows[pivot], rows[at]
        by = f.invert(rows[at][column])
        rows[at] = [f.mul(e, by) for e in rows[at]]
        for r, row in enumerate(rows):
            if r != at and not f.is_zero(row[column]):
                rows[r] = [f.add(e, f.neg(f.mul(row[column], x))) for e, x in zip(row, rows[at], strict=True)]
        at += 1
    if not all(f.is_zero(row[-1]) for row in rows[at:]):
        return None
    return [rows[k][-1] for k in range(len(of))]
