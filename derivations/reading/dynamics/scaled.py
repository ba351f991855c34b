r"""The flow of a scaled state x = s(t) y, of which y has the density p(y; \sigma(t)):
dx/dt = (\dot s/s) x - s^2 \dot\sigma\sigma \nabla_x\log p(x/s; \sigma).

The argument x/s of the density says that the state is scaled. It is refuted where one coefficient is as it should be.
"""

from __future__ import annotations

from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, power
from derivations.reading.averages import paths
from derivations.reading.dynamics.rates import TIME, slope
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

FLOW = "pfode.fokker_planck"
SAID = "the probability flow of a state that is scaled"
BARE = "the rate of the scale stands without the state, and a number is added to a vector"
OTHER = "the flow of a scaled state has another coefficient: {}"


def judge(notation: Notation, e: Equation) -> Judgement | None:
    """The verdict on such a flow; None for another equation."""
    drift = {a: c for a, c in e.drift.items() if c != num(0)}
    found = [(a, scale) for a in drift if (scale := _scale(a)) is not None]
    if e.diffusion is not None or len(found) != 1:
        return None
    (score, (s, sigma)), rest = found[0], [a for a in drift if a != found[0][0]]
    states = [a for a in rest if a in (e.variable, e.state)]
    if len(states) != len([a for a in rest if a != num(1)]) or len(rest) > 1:
        return None
    rate, pull = div(slope(s), s), neg(mul(power(s, 2), slope(sigma), sigma))
    own = add(num(0), *(drift[a] for a in rest))
    answers = [_same(notation, own, rate), _same(notation, drift[score], pull)]
    if all(a.status == "proved" for a in answers):
        if states:
            return Judgement("proved", FLOW, SAID)
        return Judgement("refuted", FLOW, BARE, witness={"x": "2", "the rate": "1"}, values=("1", "2"))
    wrong = next((a for a in answers if a.status == "refuted"), None)
    if wrong is None or not states or not any(a.status == "proved" for a in answers):
        return None
    said = OTHER.format(wrong.reason)
    return Judgement("refuted", FLOW, said, witness=dict(wrong.witness or {}), values=wrong.values)


def _scale(a: Term) -> tuple[Term, Term] | None:
    """The scale and the level of the score of a scaled density, s(t) and sigma(t) of grad log p(x/s(t); sigma(t))."""
    if a.op != "grad" or a.args[1].op != "log" or a.args[1].args[0].op != "app":
        return None
    density = a.args[1].args[0]
    at, *others = density.args[1:]
    functions = [p for p in others if p.op == "app" and len(p.args) == 2 and p.args[1] == TIME and is_scalar(p)]
    if at.op != "div" or len(functions) != 1 or at.args[1].op != "app" or at.args[1].args[1:] != (TIME,):
        return None
    state = app("x", TIME, sort=at.sort)
    return (at.args[1], functions[0]) if at.args[0] in (a.args[0], a.args[2], state) else None


def _same(notation: Notation, a: Term, b: Term) -> Answer:
    return equal(*paths.in_names(a, b), {**notation.domains, "s": "positive", "sigma": "positive"})


__all__ = ["judge"]
