"""The law of a linear stochastic equation given its start: dx = (f x + b) dt + g dw has the mean m(t) and the variance
v(t), of every coordinate, where m(0) = x(0), m' = f m + b, v(0) = 0 and v' = 2 f v + g^2.

It is written as p(x(t) | x(0)) = N(c x(0), v I), or as x(t) = c x(0) + sqrt(v) eps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derivations.formats.plain import plain
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, TermError, add, diff, is_scalar, mul, num, power
from derivations.reading.dynamics import affine
from derivations.reading.dynamics.affine import STATES, Condition, Linear, T, linear
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.laws.gaussians import multiple
from derivations.reading.laws.laws import is_noise, parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, squares
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

RESTS_ON = "sde.linear_moments"
SOLVED = "the law of a linear stochastic equation before: m(0) = x_0, m' = f m + b, v(0) = 0, v' = 2 f v + g^2"
FIRST = "the variance does not begin at 0"
AT_ZERO = SOLVED + ", where {} is taken to be 0"


def judge(
    notation: Notation, lhs: Term, rhs: Term, before: Collection[Equation], noises: Collection[str]
) -> Judgement | None:
    """The verdict on the law of a linear equation before it, whatever the document says of all equations beside it,
    dx = f(x, t) dt + g(t) dw; None where it is open. It is false only where it is made of the very quantities of an
    equation: another law may be one of another equation.
    """
    law = _law(lhs, notation.as_defined(rhs), noises)
    failed: list[tuple[Linear, Answer, str]] = []
    for e in (e for equation in reversed(list(before)) for e in linear(equation)) if law is not None else ():
        assert law is not None
        try:
            answer, said = affine.first_open(_conditions(e, *law), notation.domains)
        except (TermError, UnreadError):
            continue
        level = _level(law[1], notation) if said == FIRST and e.names else None
        if level is not None:
            return Judgement("convention", RESTS_ON, AT_ZERO.format(plain(substitute(level, {T: num(0)}))))
        if answer.status == "proved" and e.names:  # a path without a schedule may be one of another design
            return Judgement("proved", RESTS_ON, SOLVED)
        failed.append((e, answer, said))
    used = affine.names(*law[:2]) if law is not None else set[str]()
    return affine.refuted(failed, used, notation.places, RESTS_ON) if failed and used else None


def _conditions(e: Linear, mean: Term, v: Term, start: Term) -> Iterator[Condition]:
    """What the mean and the variance of every coordinate must satisfy."""
    g2, v = squares(canonical(power(e.g, 2))), squares(canonical(v))
    yield from e.mean(mean, start)
    yield diff(T, v), add(mul(num(2), e.f, v), g2), "the variance does not solve its equation"
    yield substitute(v, {T: num(0)}), num(0), FIRST


def _level(v: Term, notation: Notation) -> Term | None:
    """The level by its name of which a variance is the square, and of which nothing more is known: where it explodes,
    many leave its beginning out. None of another variance.
    """
    found = {p for p in walk(v) if p.op == "app" and p.args[1:] == (T,) and is_scalar(p)}
    level = found.pop() if len(found) == 1 else None
    if level is None or notation.has_rule(level):
        return None
    return level if equal(v, power(level, 2), notation.domains).status == "proved" else None


def _law(lhs: Term, rhs: Term, noises: Collection[str]) -> tuple[Term, Term, Term] | None:
    """The mean and the variance, as functions of t, and the start; None for another equation."""
    if lhs.op == "app" and lhs.args[0] in ("p(x|x)", "q(x|x)") and rhs.op == "normal":
        state = lhs.args[1]
        starts = [a for a in lhs.args[2:] if a != num(0) and _is_start(a)]
        if lhs.args[-1] != num(0) or T not in lhs.args or not starts or rhs.args[0] != state:
            return None
        return _timed(rhs.args[1], rhs.args[2] if is_scalar(rhs.args[2]) else multiple(rhs.args[2]), starts[0])
    if lhs.op != "app" or lhs.args[0] not in STATES or lhs.args[1:] != (T,) or is_scalar(lhs):
        return None
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    drawn = [a for a in found if is_noise(a, noises) or is_noise(a, ("z",))]
    starts = [a for a in found if _is_start(a)]
    if len(drawn) != 1 or len(starts) != 1:
        return None
    rest = [mul(c, a) for a, c in found.items() if a not in drawn]
    return _timed(add(*rest) if len(rest) > 1 else rest[0], power(found[drawn[0]], 2), starts[0])


def _timed(mean: Term, v: Term | None, start: Term) -> tuple[Term, Term, Term] | None:
    if v is None or start not in walk(mean):
        return None
    timed = all(s == T or s.args[0] not in ("s", "i", "k") for s in mean.free | v.free)
    return (mean, v, start) if timed else None


def _is_start(t: Term) -> bool:
    return t.op == "app" and t.args[0] in STATES and t.args[1:] == (num(0),)


__all__ = ["judge"]
