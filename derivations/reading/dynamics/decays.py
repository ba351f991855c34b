r"""Levels in continuous time: \bar\alpha_t = exp(-\int_0^t \beta ds), the squared decay of dx = -\beta x dt/2 + ..."""

from __future__ import annotations

from collections.abc import Collection

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import REAL, Term, exp, integral, interval, mul, num
from derivations.reading.dynamics.affine import T, linear
from derivations.reading.dynamics.sde import Equation
from derivations.reading.dynamics.solutions import S
from derivations.reading.equations.compare import equal
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

SQUARED = "the squared decay of the linear stochastic equation before"


def judge(notation: Notation, lhs: Term, rhs: Term, before: Collection[Equation]) -> Judgement | None:
    """The verdict on alpha_bar(t) as the exponential of an integral over time; None for another equation."""
    named = lhs.op == "app" and lhs.args == ("alpha_bar", T)
    if not named or rhs.op != "exp" or not any(p.op == "int" and p.sort == REAL for p in walk(rhs)):
        return None
    decaying = [e.f for equation in reversed(list(before)) for e in linear(equation) if e.f != num(0) and not e.b]
    for f in decaying:
        decay = integral(S, substitute(f, {T: S}), interval(num(0), T))
        if equal(rhs, exp(mul(num(2), decay)), notation.domains).status == "proved":
            return Judgement("proved", "", SQUARED)
        if equal(rhs, exp(decay), notation.domains).status == "proved":
            notation.define(lhs, rhs, "")
            return Judgement("definition", "", "the decay of the linear stochastic equation before", checked=True)
    if decaying:
        return Judgement("undecided", "", "neither the decay of the linear stochastic equation before, nor its square")
    return Judgement("definition", "", "a level in continuous time is given its meaning")


__all__ = ["judge"]
