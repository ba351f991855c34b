r"""The law of the state that a document states itself, q(x_t|x_0) = N(x_t; a x_0, b^2 I).

Where the notation knows no levels of signal and noise, these are a and b: the score is (a E[x_0|x_t] - x_t)/b^2, and
the mean of the noise is (x_t - a E[x_0|x_t])/b (score.tweedie, score.eps). x_t = a x_0 + b eps is for `averages.paths`.
"""

from __future__ import annotations

from derivations.kernel.terms import REAL, Term, add, app, div, is_scalar, lt, mul, neg, num, power, sqrt, sym
from derivations.reading.laws.laws import parts
from derivations.reading.notation.arguments import DATA
from derivations.reading.notation.notation import NOISE, Notation
from derivations.reading.text.syntax import UnreadError

TIME = sym("t", REAL)
FOLLOWS = ("score.tweedie", "score.eps")  # what follows from the law of a state


def learn(notation: Notation, lhs: Term, rhs: Term) -> None:
    """Keep what a law says of the state, if it is that of the state at the time t, given the data."""
    if notation.world.state is not None or notation.world.name not in ("plain", "sde"):
        return
    if lhs == app(DATA, TIME, sort=lhs.sort):  # a path of its own: which of the two processes is meant, is not said
        notation.forget(app("score", lhs, TIME, sort=lhs.sort))
        notation.forget(app("E|", sym(NOISE, lhs.sort), lhs, sort=lhs.sort))
    found = _levels(lhs, rhs)
    if found is None or any(r.left == found[0] for r in notation.own):
        return
    state, data, a, b = found
    for left in [r.left for r in notation.own if r.id in FOLLOWS]:
        notation.forget(left)  # what followed from a law that the document gave before
    mean = app("E|", data, state, sort=state.sort)
    gap = add(state, neg(mul(a, mean)))
    notation.granted.append(lt(num(0), b))
    slope = neg(mul(div(num(1), power(b, 2)), gap))
    notation.define(app("score", state, TIME, sort=state.sort), slope, FOLLOWS[0])
    notation.define(app("E|", sym(NOISE, state.sort), state, sort=state.sort), mul(div(num(1), b), gap), FOLLOWS[1])


def isotropic(covariance: Term) -> Term | None:
    """The number v of a covariance v I; None for another one."""
    if covariance.op != "mul":
        return num(1) if covariance.op == "eye" else None
    factors = [a for a in covariance.args if a.op != "eye"]
    if not factors or len(factors) + 1 != len(covariance.args) or not all(map(is_scalar, factors)):
        return None
    return mul(*factors) if len(factors) > 1 else factors[0]


def variance(covariance: Term) -> Term | None:
    """The same, and the variance of one coordinate as it is."""
    return covariance if is_scalar(covariance) else isotropic(covariance)


def _levels(lhs: Term, law: Term) -> tuple[Term, Term, Term, Term] | None:
    """The state at t, the data, and their levels of signal and noise."""
    if lhs.op != "app" or "|" not in str(lhs.args[0]) or law.op != "normal" or law.args[0] != lhs.args[1]:
        return None
    state, mean, spread = law.args
    v = isotropic(spread)
    if state != app(DATA, TIME, sort=state.sort) or is_scalar(state) or v is None:
        return None
    b = v.args[0] if v.op == "pow" and v.args[1] == num(2) else sqrt(v)
    try:
        found = parts(mean)
    except UnreadError:
        return None
    known = [p for p in found if p in (app(DATA, num(0), sort=state.sort), sym(DATA, state.sort))]
    if len(found) != 1 or not known or not is_scalar(b) or TIME not in found[known[0]].free | b.free:
        return None
    return state, known[0], found[known[0]], b


__all__ = ["isotropic", "learn", "variance"]
