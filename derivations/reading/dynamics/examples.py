"""Equality of functions of time with their derivatives: what holds for every schedule holds for 1 + t."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, is_scalar
from derivations.reading.equations import compare
from derivations.reading.equations.compare import Answer
from derivations.reading.notation.coordinates import walk

SCHEDULES = frozenset({"sigma", "beta", "g", "alpha", "s"})


def equal(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Answer:
    """Decide lhs = rhs; where a schedule is differentiated and that is open, refute it by the schedule 1 + t."""
    answer = compare.equal(lhs, rhs, domains)
    moving = {q.args[0] for t in (lhs, rhs) for p in walk(t) if p.op == "diff" for q in walk(p) if _is_schedule(q)}
    if answer.status != "undecided" or not moving:
        return answer
    seen = compare.equal(_example(lhs), _example(rhs), {**domains, "t": "positive"})
    if seen.status != "refuted":
        return answer
    names = {f"{name}(t)": "1 + t" for name in sorted(map(str, moving))}
    return replace(seen, witness={**names, **(seen.witness or {})})


def _is_schedule(t: Term) -> bool:
    return t.op == "app" and t.args[0] in SCHEDULES and len(t.args) == 2 and is_scalar(t)


def _example(t: Term) -> Term:
    args = tuple(_example(a) if isinstance(a, Term) else a for a in t.args)
    return add(1, args[1]) if _is_schedule(t) else rebuild(t, args)


__all__ = ["equal"]
