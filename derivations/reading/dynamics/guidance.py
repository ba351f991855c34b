"""Guidance: one network with and without its condition, mixed. The weights add up to 1, whatever the scale.

Where the condition says nothing the two estimates are equal, and the guided estimate must be that estimate.
"""

from __future__ import annotations

from derivations.kernel.terms import Term, add, num
from derivations.reading.equations.compare import equal
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

MEETS = frozenset({"w", "s", "gamma", "omega", "lambda", "k", "g", "w_cfg", "s_cfg", "kappa", "eta"})


def judge(lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on a guided estimate; None when the equation is not about one."""
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    calls = [a for a in found if a.op == "app" and len(a.args) > 2]
    if len(found) != 2 or len(calls) != 2 or calls[0].args[0] != calls[1].args[0]:
        return None
    names = {p.args[0] for c in found.values() for p in walk(c) if p.op in ("app", "sym")}
    conditioned = len(calls[0].args) != len(calls[1].args) or calls[0].args[1] == calls[1].args[1]
    if not names or not names <= MEETS or not conditioned or lhs in calls:
        return None
    answer = equal(add(*found.values()), num(1), {})
    if answer.status == "proved":
        return Judgement("convention", "conv.cfg_w", _which(found, calls))
    if answer.status == "refuted":
        said = (
            "the weights of the two estimates do not add up to 1: "
            "where they agree, the guided one would differ from both"
        )
        return Judgement("refuted", "conv.cfg_w", said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _which(found: dict[Term, Term], calls: list[Term]) -> str:
    """Which scale is meant: the one that is 1 without guidance, or the one that is 0."""
    weights = list(found.values())
    scales = [p for p in walk(add(*weights)) if p.op == "sym"]
    if any(equal(w, s, {}).status == "proved" for w in weights for s in scales):
        return "the guidance scale that is 1 without guidance (one more than the scale of Ho and Salimans)"
    return "the guidance scale that is 0 without guidance, as Ho and Salimans write it"
