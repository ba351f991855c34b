"""Flows and equations beside the forward equations that a document has written: which way they run."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivations.kernel.terms import Term, div, neg, num
from derivations.reading.dynamics.examples import equal
from derivations.reading.dynamics.sde import DOMAINS, Equation, differs, letters, squared_diffusion
from derivations.reading.dynamics.sde import judge as alone
from derivations.reading.verdict import Judgement


def judge(e: Equation, forward: Collection[Equation], context: str) -> Judgement:
    """The verdict on an equation, given the forward equations before it and the prose around it."""
    found = alone(e, context)
    return directed(e, found, forward, context) if e.diffusion is None else found


def directed(e: Equation, found: Judgement, forward: Collection[Equation], context: str) -> Judgement:
    """The verdict on a flow, given the forward equations before it: with the opposite sign of their drift it runs back,
    which the text says or which is a mistake. Without a drift of its own it is that of the equation without a drift.
    """
    own = e.of("x")
    if found.verdict == "undecided" and e.diffusion is None and e.score is not None and len(e.drift) == 1:
        spreads = [squared_diffusion(f) for f in forward if not f.drift or f.drift == {num(1): num(0)}]
        if len(spreads) == len(forward) == 1 and spreads[0] is not None:
            half = equal(e.score, div(spreads[0], -2), DOMAINS)
            if half.status == "proved":
                return Judgement("proved", "pfode.fokker_planck", "the probability flow of the forward equation")
            if letters(e.score) != letters(spreads[0]):
                return found
            return differs(half, "pfode.fokker_planck", "the score's coefficient must be -g^2/2")
    if found.verdict != "proved" or own == num(0):
        return found
    answers = [
        equal(own, f.of("x"), DOMAINS) for f in forward if equal(own, neg(f.of("x")), DOMAINS).status == "proved"
    ]
    answer = next((a for a in answers if a.status == "refuted"), None)
    if answer is None:
        return _of_a_rate(found, own, forward)
    if re.search(r"revers|backward|T\s*-\s*t|逆|反向", context, re.IGNORECASE):
        return Judgement("convention", found.formula, "the probability flow, with time run backwards")
    said = "the forward equation before it has this drift with the opposite sign"
    return Judgement("refuted", found.formula, said, witness=dict(answer.witness or {}), values=answer.values)


def _of_a_rate(found: Judgement, own: Term, forward: Collection[Equation]) -> Judgement:
    """The verdict on a flow in a schedule's letter: refuted where every forward equation in it has another rate."""
    alike = [f.of("x") for f in forward if letters(f.of("x")) == letters(own) and letters(own) - {"t"}]
    answers = [equal(own, x, DOMAINS) for x in alike]
    if not answers or any(a.status != "refuted" for a in answers):
        return found
    return differs(answers[0], found.formula, "the forward equation before it has this drift with another factor")


__all__ = ["directed", "judge"]
