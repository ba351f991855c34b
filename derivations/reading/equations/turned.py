"""Quantities that a document has with another sign or on another scale than most: the velocity sigma x_0 - alpha eps, a
ratio of amplitudes as SNR, a network s_theta that gives minus the noise. What is said of them is said of these.
"""

from __future__ import annotations

import re

from derivations.formats.plain import plain
from derivations.kernel.terms import REAL, Term, add, app, is_scalar, mul, neg, num, power, sym
from derivations.reading.equations.compare import equal
from derivations.reading.laws.laws import parts
from derivations.reading.notation.arguments import DATA
from derivations.reading.notation.notation import NOISE, Notation, state_coefficients
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

AMPLITUDES = re.compile(r"amplitud|deviation|[ée]cart|abweichung|振幅|标准差|標準偏差", re.IGNORECASE)
SCORE, PREDICTED = "s_theta", "eps_theta"


def defined(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The definition of such a quantity, kept for the rest of the document; None for another equation."""
    levels = _levels(notation, lhs)
    if levels is None or any(r.left == lhs for r in notation.own):
        return None
    if _velocity(notation, lhs, rhs, levels) or _amplitudes(notation, lhs, rhs, levels) or _scaled(lhs, rhs):
        notation.define(lhs, rhs, "", first=True)
        return Judgement("definition", message=f"{plain(lhs)} is given its meaning here, with another sign or scale")
    return None


def learn(notation: Notation, lhs: Term, rhs: Term) -> None:
    """Note that a network is trained to give the score times the level of the noise."""
    levels = _levels(notation, lhs)
    if levels is None or lhs.op != "app" or lhs.args[0] != SCORE or len(lhs.args) < 3:
        return
    try:
        made = parts(rhs)
    except UnreadError:
        return
    score = [a for a in made if a.op == "grad" and a.args[1].op == "log"]
    if len(made) == len(score) == 1 and _same(notation, made[score[0]], levels[1]):
        notation.define(lhs, neg(app(PREDICTED, *lhs.args[1:], sort=lhs.sort)), "", first=True)


def _levels(notation: Notation, t: Term) -> tuple[Term, Term] | None:
    """The levels of data and noise at the time of a name; None where the notation has none."""
    levels = state_coefficients(notation.world.name)
    if levels is None or t.op not in ("app", "sym"):
        return None
    times = [a for a in t.args[1:] if isinstance(a, Term) and is_scalar(a)] if t.op == "app" else []
    at = times[-1] if times else sym("t", REAL)
    a, b = (canonical(replaced(c, sym("t", REAL), at)) for c in levels)
    return a, b


def _same(notation: Notation, a: Term, b: Term) -> bool:
    return equal(notation.unfolded(a), notation.unfolded(b), notation.domains).status == "proved"


def _velocity(notation: Notation, lhs: Term, rhs: Term, levels: tuple[Term, Term]) -> bool:
    """Whether v is set equal to sigma x_0 - alpha eps."""
    if lhs.args[0] != "v" or is_scalar(lhs):
        return False
    data, noise = app(DATA, num(0), sort=lhs.sort), sym(NOISE, lhs.sort)
    return _same(notation, rhs, add(mul(levels[1], data), neg(mul(levels[0], noise))))


def _amplitudes(notation: Notation, lhs: Term, rhs: Term, levels: tuple[Term, Term]) -> bool:
    """Whether SNR is set equal to the quotient of the levels, and not of their squares, where words before say so."""
    here = notation.places.here
    if lhs.args[0] != "SNR" or rhs.op != "div" or here is None or not AMPLITUDES.search(here.before):
        return False
    return _same(notation, mul(rhs, levels[1]), levels[0]) and _same(notation, lhs, power(rhs, 2))


def _scaled(lhs: Term, rhs: Term) -> bool:
    """Whether s_theta is set equal to minus the predicted noise at the same state and time."""
    called = lhs.op == "app" and lhs.args[0] == SCORE and len(lhs.args) > 2
    return called and rhs == neg(app(PREDICTED, *lhs.args[1:], sort=lhs.sort))


__all__ = ["defined", "learn"]
