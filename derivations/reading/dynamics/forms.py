"""A stochastic equation in several forms, dx = ... = ...: the first is judged, and the others must be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.kernel.terms import is_scalar, num, power
from derivations.reading.dynamics import rates, sde
from derivations.reading.equations.compare import equal
from derivations.reading.terms.elaborate import Elaborator
from derivations.reading.terms.statements import Statement
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.judge import Judge


def is_chain(s: Statement) -> bool:
    """Whether a differential is set equal to several things with differentials in them."""
    return (
        len(s.sides) > 2 and set(s.relations) <= {"=", "~~"} and all(rates.is_sde(s.sides[0], x) for x in s.sides[1:])
    )


def judge(of: Judge, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """The verdict on the first form, and on whether the others say the same; what is only near says nothing."""
    first = of.statement(Statement(s.sides[:2], s.relations[:1]), names, display)
    if first.verdict in ("refuted", "unread"):
        return first
    found = []
    for side in s.sides[1:]:
        el = Elaborator(of.signature, names)
        found.append(sde.read(el, s.sides[0], side))
        el.settle((*s.sides[0], *side), once=False)
    for k in range(1, len(found)):
        if s.relations[k] == "=":
            answer = _same(found[k - 1], found[k], of)
            if answer is not None:
                said = f"step {k + 1} of {len(found)}: {answer.message}"
                return Judgement(answer.verdict, first.formula, said, s.text, answer.witness, answer.values)
    return Judgement(first.verdict, first.formula, first.message, s.text)


def _same(a: sde.Equation, b: sde.Equation, of: Judge) -> Judgement | None:
    """Why two forms are not the same; None where they are. Noises of two sources do not add up like numbers."""
    domains = of.notation.domains
    for atom in {**a.drift, **b.drift}:
        answer = equal(a.drift.get(atom, num(0)), b.drift.get(atom, num(0)), domains)
        if answer.status == "refuted" and set(a.drift) | {num(1)} == set(b.drift) | {num(1)}:
            return Judgement(
                "refuted", "", "the drifts differ", witness=dict(answer.witness or {}), values=answer.values
            )
        if answer.status != "proved":
            return Judgement("undecided", message="the drifts are not shown to be the same")
    if a.diffusion is None and b.diffusion is None:
        return None
    one = a.diffusion is not None and b.diffusion is not None and a.noises == b.noises == 1
    if not one or not (is_scalar(a.diffusion) and is_scalar(b.diffusion)):  # type: ignore[arg-type]
        return Judgement("undecided", message="the noise is split, or left out")
    answer = equal(power(a.diffusion, 2), power(b.diffusion, 2), domains)  # type: ignore[arg-type]
    if answer.status == "refuted":
        return Judgement("refuted", "", "the noises differ", witness=dict(answer.witness or {}), values=answer.values)
    return (
        None if answer.status == "proved" else Judgement("undecided", message="the noises are not shown to be the same")
    )


__all__ = ["is_chain", "judge"]
