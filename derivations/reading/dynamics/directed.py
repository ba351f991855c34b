"""Flows and equations beside the forward equations that a document has written: which way they run."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivations.kernel.terms import REAL, Term, add, div, neg, num, power, sym
from derivations.reading.dynamics.examples import equal
from derivations.reading.dynamics.scored import is_score
from derivations.reading.dynamics.sde import (
    DOMAINS,
    NEITHER,
    RATE,
    Equation,
    differs,
    letters,
    squared_diffusion,
)
from derivations.reading.dynamics.sde import judge as alone
from derivations.reading.dynamics.updates import LANGEVIN, OTHERWISE
from derivations.reading.notation.coordinates import walk
from derivations.reading.verdict import Judgement

OF_ITSELF = "the forward equation before it has the root of g before its noise"
PRESERVING = re.compile(r"\bVP\b|variance[- ]preserving", re.IGNORECASE)


def judge(e: Equation, forward: Collection[Equation], context: str) -> Judgement:
    """The verdict on an equation, given the forward equations before it and the prose around it."""
    found = alone(e, context)
    if found.message == NEITHER and LANGEVIN.search(context) and not OTHERWISE.search(context):
        said = "the square of the diffusion of Langevin's equation is twice the coefficient of the score"
        return Judgement("refuted", "langevin.stationary", said, witness={"score": "1"}, values=("1", "2"))
    if e.diffusion is None:
        return directed(e, found, forward, context)
    if found.message.startswith(RATE) and not (
        PRESERVING.search(context) or any(_in_its_letters(e, f) for f in forward)
    ):
        return Judgement("undecided", found.formula, "what the forward equation is has not been said")
    if found.verdict == "refuted" and any(_is_reverse(e, f) for f in forward):
        return Judgement("proved", "sde.reverse", "the reverse of the forward equation before it; dt runs backwards")
    if found.verdict == "refuted" and _is_forward(e, forward):
        said = "the forward equation with noise of another strength, which has its marginals"
        return Judgement("proved", "fp.as_continuity", said)
    turned = found.verdict == "proved" and found.formula == "sde.reverse" and e.of("x") != num(0)
    if turned and e.score is not None and equal(e.score, neg(power(e.diffusion, 2)), DOMAINS).status == "proved":
        return _of_a_rate(found, e.of("x"), forward)
    return found


def directed(e: Equation, found: Judgement, forward: Collection[Equation], context: str) -> Judgement:
    """The verdict on a flow, given the forward equations before it: with the opposite sign of their drift it runs back,
    which the text says or which is a mistake. Without a drift of its own it is that of the equation without a drift.
    """
    own = e.of("x")
    if e.score is not None and any(_without_square(f) and _same_drift(e, f) for f in forward):
        return _beside(e, e.score, forward) or Judgement("undecided", found.formula, OF_ITSELF)
    if found.verdict == "undecided" and e.score is not None:
        found = _beside(e, e.score, forward) or found
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


def _beside(e: Equation, score: Term, forward: Collection[Equation]) -> Judgement | None:
    """The verdict on a flow whose diffusion has another letter than g: by the forward equations with its drift, or
    where the score has half the square of one letter and no such equation is there. None where that is open.
    """
    spreads = [s for f in forward if _same_drift(e, f) and (s := squared_diffusion(f)) is not None]
    halves = [equal(score, div(s, -2), DOMAINS) for s in spreads]
    drift = e.of("f", "h", "mu", "b")
    if not spreads and equal(drift, num(1), DOMAINS).status == "proved":
        strengths = [p for p in walk(score) if p.op in ("app", "sym") and p != sym("t", REAL)]
        halves = [equal(score, div(power(p, 2), -2), DOMAINS) for p in strengths]
    if any(h.status == "proved" for h in halves):
        return Judgement("proved", "pfode.fokker_planck", "the probability flow of the forward equation")
    if len(spreads) != 1 or letters(score) != letters(spreads[0]):
        return None
    return differs(halves[0], "pfode.fokker_planck", "the score's coefficient must be -g^2/2")


def _without_square(f: Equation) -> bool:
    """Whether g itself is the variance of the noise in a forward equation, which is written with its root."""
    square = squared_diffusion(f)
    return square is not None and square.op in ("app", "sym") and square.args[0] == "g"


def _in_its_letters(e: Equation, f: Equation) -> bool:
    """Whether a forward equation has a rate in the letters of another equation's."""
    return bool(letters(f.of("x")) & letters(e.of("x")) - {"t"})


def _is_reverse(e: Equation, f: Equation) -> bool:
    """Whether an equation is the reverse of a forward one, in whatever letters that is: its drift less the square of
    its diffusion before the score.
    """
    square, own = squared_diffusion(f), squared_diffusion(e)
    if square is None or own is None or e.score is None or not _same_drift(e, f):
        return False
    return all(equal(a, b, DOMAINS).status == "proved" for a, b in ((own, square), (e.score, neg(square))))


def _is_forward(e: Equation, forward: Collection[Equation]) -> bool:
    """Whether an equation is a forward one with noise of another strength: half of the difference of the squares stands
    before the score. Where no forward equation is there, the other strength is a letter beside the score.
    """
    own = squared_diffusion(e)
    if own is None or e.score is None:
        return False
    squares = [s for f in forward if _same_drift(e, f) and (s := squared_diffusion(f)) is not None]
    if not forward:
        letters_ = [p for p in walk(e.score) if p.op in ("app", "sym") and p not in (sym("t", REAL), e.diffusion)]
        squares = [power(p, 2) for p in letters_]
    halves = [div(add(own, neg(s)), 2) for s in squares if equal(s, own, DOMAINS).status != "proved"]
    return any(equal(e.score, half, DOMAINS).status == "proved" for half in halves)


def _same_drift(e: Equation, other: Equation) -> bool:
    """Whether two equations have the same drift, but for the score of the first."""
    own, its = ({a: c for a, c in q.drift.items() if not is_score(a) and c != num(0)} for q in (e, other))
    return own.keys() == its.keys() and all(equal(c, its[a], DOMAINS).status == "proved" for a, c in own.items())


def _of_a_rate(found: Judgement, own: Term, forward: Collection[Equation]) -> Judgement:
    """The verdict on a flow in a schedule's letter: refuted where every forward equation in it has another rate."""
    alike = [f.of("x") for f in forward if letters(f.of("x")) == letters(own) and letters(own) - {"t"}]
    answers = [equal(own, x, DOMAINS) for x in alike]
    if not answers or any(a.status != "refuted" for a in answers):
        return found
    return differs(answers[0], found.formula, "the forward equation before it has this drift with another factor")


__all__ = ["directed", "judge"]
