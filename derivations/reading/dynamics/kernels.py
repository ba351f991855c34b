"""The law of a linear stochastic equation given its start: dx = f x dt + g dw has the mean c(t) x(0) and the variance
v(t), of every coordinate, where c(0) = 1, c' = f c, v(0) = 0 and v' = 2 f v + g^2.

It is written as p(x(t) | x(0)) = N(c x(0), v I), or as x(t) = c x(0) + sqrt(v) eps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, TermError, add, diff, is_scalar, mul, num, power
from derivations.reading.dynamics.examples import equal
from derivations.reading.dynamics.sde import Equation
from derivations.reading.dynamics.solutions import T, linear
from derivations.reading.laws.gaussians import multiple
from derivations.reading.laws.laws import is_noise, parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import canonical, squares
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SOLVED = "the law of the linear stochastic equation before: c(0) = 1, c' = f c, v(0) = 0, v' = 2 f v + g^2"
STATES = ("x", "X", "z", "y")


def judge(
    lhs: Term, rhs: Term, before: Collection[Equation], noises: Collection[str], domains: Mapping[str, str]
) -> Judgement | None:
    """The verdict on the law of the one linear equation of a document, whatever it says of all equations beside it,
    dx = f(x, t) dt + g(t) dw; None where it is open. It is false only where it
    is made of the very functions of that equation: another law may be one of another equation.
    """
    law = _law(lhs, rhs, noises)
    found = [pair for equation in before for pair in linear(equation)] if law is not None else []
    if law is None or len(found) != 1:
        return None
    (c, v), (f, g) = law, found[0]
    v, g2 = squares(canonical(v)), squares(canonical(power(g, 2)))
    if not (_names(f) | _names(g)):
        return None  # a path without a schedule may be one of another design
    try:
        conditions = [
            (substitute(c, {T: num(0)}), num(1), "c(0) is not 1"),
            (diff(T, c), mul(f, c), "the mean does not solve its equation"),
            (substitute(v, {T: num(0)}), num(0), "the variance does not begin at 0"),
            (diff(T, v), add(mul(num(2), f, v), g2), "the variance does not solve its equation"),
        ]
        answers = [(equal(a, b, domains), said) for a, b, said in conditions]
    except TermError:
        return None
    if all(a.status == "proved" for a, _ in answers):
        return Judgement("proved", "sde.linear_moments", SOLVED)
    wrong = next(((a, said) for a, said in answers if a.status == "refuted"), None)
    if wrong is None or _names(c) | _names(v) != _names(f) | _names(g):
        return None
    answer, said = wrong
    return Judgement("refuted", "sde.linear_moments", said, witness=dict(answer.witness or {}), values=answer.values)


def _law(lhs: Term, rhs: Term, noises: Collection[str]) -> tuple[Term, Term] | None:
    """The coefficient of the start in the mean, and the variance, as functions of t; None for another equation."""
    density = lhs.op == "app" and lhs.args[0] in ("p(x|x)", "q(x|x)") and rhs.op == "normal"
    if density:
        state = lhs.args[1]
        if lhs.args[-1] != num(0) or T not in lhs.args or not any(_is_start(a) for a in lhs.args[2:] if a != num(0)):
            return None
        if rhs.args[0] != state:
            return None
        return _coefficients(rhs.args[1], multiple(rhs.args[2]))
    if lhs.op != "app" or lhs.args[0] not in STATES or lhs.args[1:] != (T,) or is_scalar(lhs):
        return None
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    drawn = [a for a in found if is_noise(a, noises) or is_noise(a, ("z",))]
    if len(found) != 2 or len(drawn) != 1:
        return None
    (start,) = (a for a in found if a not in drawn)
    return _coefficients(mul(found[start], start), power(found[drawn[0]], 2))


def _coefficients(mean: Term, v: Term | None) -> tuple[Term, Term] | None:
    try:
        found = parts(mean)
    except UnreadError:
        return None
    if v is None or len(found) != 1 or not all(map(_is_start, found)):
        return None
    (c,) = found.values()
    timed = all(s == T or s.args[0] not in ("s", "i", "k") for s in (c.free | v.free))
    return (c, v) if timed else None


def _is_start(t: Term) -> bool:
    return t.op == "app" and t.args[0] in STATES and t.args[1:] == (num(0),)


def _names(t: Term) -> set[str]:
    """The functions of a term."""
    return {str(p.args[0]) for p in walk(t) if p.op == "app"}


__all__ = ["judge"]
