"""Two averages over the same draws: they are equal where what is averaged is equal for each draw.

E over x ~ N(m, s^2 I) is E over the noise of x = m + s eps; E over q(x_t | x_0) is over the noise that makes the state,
and E over q(x_t) over the data too. So a loss may be written for the state, for the data and the noise, or for a mean.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, mul, neg, num, sqrt, sym
from derivations.reading.averages.denoised import flat, speaks_of, variable
from derivations.reading.averages.lawful import time_of
from derivations.reading.averages.uptoconstants import UP_TO, unnamed, without
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.equations.equations import UNDECLARED, Equations
from derivations.reading.equations.hints import CLAIM, OTHER, SLIP, nearest
from derivations.reading.equations.naming import is_density
from derivations.reading.equations.told import STATED
from derivations.reading.laws import bayes
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.notation.worlds import CHAINS
from derivations.reading.terms.signature import PARAMETERS, VECTOR
from derivations.reading.verdict import Judgement

ALIKE = "for each draw, and so on average"
DIFFERS = "what is averaged on the two sides differs"
ANY, NOISE, DATA = "any", "noise", "data"
NOISE_NAMES = frozenset({"eps", "z", "xi", "epsilon", "n", "w"})

OF_A_STATE = frozenset({"mu_tilde", "mu_theta", "eps_theta", "x_theta"})

if TYPE_CHECKING:
    from derivations.reading.judge import Judge


def judge(by: Judge, notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation of two averages over the same draws: proved where what is averaged is, refuted where
    that is a slip away from it and both are losses of one network; None elsewhere. A constant may be added.
    """
    free = [without(t) for t in (lhs, rhs)]
    first, second = (_average(unnamed(notation, t)) for t in free)
    if first is None or second is None:
        return None
    eps = _noise(first[1] + second[1], by.noises)
    sides = [_drawn(body, laws, eps) for body, laws in (first, second)]
    if not _same(sides[0][1], sides[1][1]) or sides[0][0] == sides[1][0]:
        return None
    a, b = (_with_arguments(notation, body) for body, _ in sides)
    if free != [lhs, rhs]:
        return _up_to(Equations(notation, by.noises | {str(eps.args[0])}), a, b, by.hints)
    found = by.link(notation, a, b, "=")
    if found.verdict in ("proved", "convention"):
        return replace(found, message=f"{ALIKE}: {found.message}" if found.message else ALIKE)
    if not (_is_loss(a) and _is_loss(b)):
        return None
    if found.verdict == "refuted" and SLIP in found.message:
        return replace(found, message=f"{DIFFERS}: {found.message}")
    undeclared = found.verdict == "undecided" and found.message.endswith(UNDECLARED)
    return _nearly(Equations(notation, by.noises), a, b) if by.hints and undeclared else None


def _nearly(equations: Equations, a: Term, b: Term) -> Judgement | None:
    """The refutation of two losses with one undeclared weight, which a single slip sets apart; None of other ones."""
    answer, id_, _ = equations.decide(a, b)
    left, right = (equations.strangers(side) for side in equations.put_in(a, b)[0])
    near = nearest(a, b, equations.is_true, CLAIM) if answer.status == "refuted" and left == right else ""
    if not near:
        return None
    said = f"{DIFFERS}: {answer.reason}{SLIP}{near}"
    return Judgement("refuted", id_, said, witness=dict(answer.witness or {}), values=answer.values)


def _up_to(equations: Equations, a: Term, b: Term, hint: bool) -> Judgement | None:
    """The verdict on losses that are equal up to a constant, by a divergence between laws that the document gives."""
    if a.op != "app" or a.args[0] != "KL":
        a, b = b, a

    def constant(x: Term, y: Term) -> Answer:
        pair = equations.divergence(x, y)
        if pair is None:
            return Answer("undecided", "")
        gap = add(pair[0], neg(pair[1]))
        networks = {p for p in walk(gap) if _is_network(p) and not is_scalar(p)}
        still = gap
        for p in networks:
            still = replaced(still, p, mul(num(0), p))
        return equal(gap, still, equations.notation.domains) if networks else Answer("undecided", "")

    found = constant(a, b)
    if found.status == "proved":
        return Judgement("proved", "loss.mean", f"{UP_TO}, {STATED}")
    if found.status != "refuted" or not hint or not _is_loss(b):
        return None
    near = nearest(a, b, lambda x, y: constant(x, y).status == "proved", OTHER)
    if not near:
        return None
    said = f"the sides differ by more than a constant: {found.reason}{SLIP}{near}"
    return Judgement("refuted", "loss.mean", said, witness=dict(found.witness or {}), values=found.values)


def _with_arguments(notation: Notation, t: Term) -> Term:
    """The term with mu_tilde and a network at the state, where a chain's document leaves out what they are of."""
    if notation.world.name not in CHAINS:
        return t
    t = rebuild(t, tuple(_with_arguments(notation, a) if isinstance(a, Term) else a for a in t.args))
    if t.op not in ("app", "sym") or is_scalar(t) or t.args[0] not in OF_A_STATE or len(t.args) > 2:
        return t
    step = t.args[1] if len(t.args) == 2 else sym("t")
    state, data = (app("x", at, sort=t.sort) for at in (step, num(0)))
    made = (step, state, data) if t.args[0] == "mu_tilde" else (state, step)
    return app(str(t.args[0]), *made, sort=t.sort)


def _average(t: Term) -> tuple[Term, list[Term]] | None:
    """What a side averages, a factor before it included, and under which laws; None of another side."""
    factors = list(t.args) if t.op == "mul" else [t]
    found = [f for f in factors if f.op == "app" and f.args[0] == "E"]
    if len(found) != 1 or not is_scalar(t):
        return None
    body, laws = flat(found[0])
    rest = [f for f in factors if f is not found[0]]
    return (mul(*rest, body) if rest else body), laws


def _noise(laws: list[Term], noises: Collection[str]) -> Term:
    """The noise that the laws speak of, or eps."""
    found = [law.args[0] for law in laws if law.op == "normal" and str(law.args[0].args[0]) in {*noises, *NOISE_NAMES}]
    return found[0] if found else sym("eps", VECTOR)


def _drawn(body: Term, laws: list[Term], eps: Term) -> tuple[Term, frozenset[str] | None]:
    """What is averaged, with x = m + s eps for x ~ N(m, s^2 I), and what is drawn; None of laws that are not known."""
    kinds: set[str] = set()
    for law in laws or [sym("law q")]:
        if law.op == "normal" and law.args[0] != eps:
            x, mean, covariance = law.args
            variance = isotropic(covariance)
            if variance is None or eps in set(walk(body)):
                return body, None
            body = replaced(body, x, add(mean, mul(sqrt(variance), eps)))
        one = _kinds(law)
        if one is None:
            return body, None
        kinds |= one
    return body, frozenset(kinds)


def _kinds(law: Term) -> set[str] | None:
    """What a law draws: a time by its name, data, noise or both; None of another one."""
    at = time_of(law)
    if at is not None:
        return {f"time {at.args[0]}"}
    if law.op == "normal":
        return {NOISE}
    if is_density(law):
        found = bayes.split(law)
        if found is None or found[0] != "q" or len(found[1]) != 1:
            return {f"as {law!r}"}
        (state, *_), given = found[1][0], found[2]
        if _is_data(state):
            return None if given else {DATA}
        return {NOISE} if [_is_data(g[0]) for g in given] == [True] else None if given else {NOISE, DATA}
    name = variable(law)
    if name is None or (name == "" and law.args[0] != "law q"):
        return None
    return (
        {ANY} if name in ("", "q") else {DATA} if name in ("x_0", "x") else {NOISE} if name in NAMED else {f"as {name}"}
    )


NAMED = frozenset({"x_t", "eps", "epsilon"})


def _is_data(t: Term) -> bool:
    at = t.args[1] if t.op == "app" and len(t.args) == 2 else None
    return at is not None and at.op == "num" and at.args[0] == 0


def _same(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return one is not None and other is not None and (one == other or ANY in one | other)


def _is_loss(body: Term) -> bool:
    """Whether a term is a weight times the square of a difference from a network."""
    factors = list(body.args) if body.op in ("mul", "div") else [body]
    squares = [f for f in factors if f.op == "norm2" and speaks_of(PARAMETERS, f)]
    rest = [p for f in factors if f not in squares for p in walk(f)]
    return len(squares) == 1 and all(is_scalar(p) for p in rest) and not any(map(_is_network, rest))


def _is_network(t: Term) -> bool:
    return t.op in ("app", "sym") and speaks_of(PARAMETERS, t)


__all__ = ["judge"]
