"""Steps of numerical schemes: x_{t+h} or x_{t-h} from x_t, by the drift and the noise of a differential equation.

A step that only follows a field is a definition, whatever path its state is on: the scheme is no identity. One with the
score in it is Euler's and Maruyama's for a reverse equation or a probability flow, and is judged as that equation is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, power, sqrt, sym
from derivations.reading.dynamics import sde
from derivations.reading.dynamics.scored import is_score
from derivations.reading.equations.compare import equal
from derivations.reading.laws.laws import is_noise, parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced, split_index
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

BACK = "the step leads back in time, so that dt is minus its length: the drift has the opposite sign"
STARTED = "the step begins at x_0, and its field is that at x_t: with a field v = 1 and steps of 1 it stays at 1"
SPREAD = "the noise of a step must be scaled with the root of its length"


@dataclass(frozen=True)
class Step:
    """A step of this length from a state at a time: what its state, its fields and its noise are multiplied by."""

    length: Term
    backward: bool
    state: Term
    of_state: Term
    fields: dict[Term, Term]
    noise: Term | None


def step(lhs: Term, rhs: Term, noises: Collection[str]) -> Step | None:
    """The step that an equation describes; None when it is none, or when its length is a number."""
    if lhs.op != "app" or len(lhs.args) != 2 or is_scalar(lhs) or split_index(lhs.args[1]) is not None:
        return None
    moved = _moved(lhs.args[1])
    if moved is None:
        return None
    time, length, backward = moved
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    state = next((a for a in found if a.op == "app" and a.args == (lhs.args[0], time)), None)
    if state is None:
        return None
    drawn = [a for a in found if is_noise(a, noises)]
    fields = {a: c for a, c in found.items() if a != state and a not in drawn}
    if len(drawn) > 1 or not any(_is_field(a, lhs) for a in fields):
        return None
    return Step(length, backward, state, found[state], fields, found[drawn[0]] if drawn else None)


def by_increments(lhs: Term, rhs: Term, noises: Collection[str]) -> tuple[Term, Term]:
    """x_{t+h} - x_t = a as x_{t+h} = x_t + a, and the increment w_{t+h} - w_t of a Wiener process as sqrt(h) times a
    noise; another equation as it is.
    """
    first, last = lhs.args if lhs.op == "add" and len(lhs.args) == 2 else (lhs, None)
    moved = _moved(first.args[1]) if first.op == "app" and len(first.args) == 2 else None
    if moved is None or moved[2] or is_scalar(first):
        return lhs, rhs
    time, length, _ = moved
    if last is not None and last == neg(app(first.args[0], time, sort=first.sort)):
        lhs, rhs = first, add(last.args[0], rhs)
    try:
        found = parts(rhs)
    except UnreadError:
        return lhs, rhs
    ends = [a for a in found if a.op == "app" and a.args[0] in MOTIONS and a.args[1:] == (first.args[1],)]
    starts = [a for a in found if ends and a == app(ends[0].args[0], time, sort=ends[0].sort)]
    if len(ends) != 1 or len(starts) != 1 or any(is_noise(a, noises) for a in found):
        return lhs, rhs
    if equal(found[starts[0]], neg(found[ends[0]]), sde.DOMAINS).status != "proved":
        return lhs, rhs
    drawn = mul(found[ends[0]], sqrt(length), sym("eps", lhs.sort))
    rest = [mul(c, a) for a, c in found.items() if a not in (ends[0], starts[0])]
    return lhs, add(*rest, drawn)


def from_the_start(lhs: Term, rhs: Term, noises: Collection[str]) -> bool:
    """Whether a step to t + h or t + 1 begins at the state of time 0, and its fields are those at time t: with a field
    that is 1 everywhere, x_t = t, it leads to h.
    """
    if lhs.op != "app" or len(lhs.args) != 2 or is_scalar(lhs):
        return False
    whole, moved = split_index(lhs.args[1]), _moved(lhs.args[1])
    time = whole[0] if whole is not None and whole[1] == 1 else moved[0] if moved and not moved[2] else None
    try:
        found = parts(rhs) if time is not None else {}
    except UnreadError:
        return False
    start = app(lhs.args[0], num(0), sort=lhs.sort)
    rest = {a: c for a, c in found.items() if a != start and not is_noise(a, noises)}
    taken = all(any(p.op == "app" and p.args == (lhs.args[0], time) for p in walk(a) if p != a) for a in rest)
    rates = [_per_length(c, moved[1]) if moved else c for c in rest.values()]
    still = [r is not None and equal(r, replaced(r, time, num(1)), LENGTHS).status == "proved" for r in rates if time]
    return start in found and equal(found[start], num(1), {}).status == "proved" and bool(rest) and taken and all(still)


def _moved(index: Term) -> tuple[Term, Term, bool] | None:
    """The time, the length and whether it is taken off, of t + h and t - h."""
    if index.op != "add" or len(index.args) != 2:
        return None
    time, change = index.args
    if time.op != "sym":
        time, change = change, time
    backward = change.op == "neg"
    length = change.args[0] if backward else change
    small = length.op == "sym" or (length.op == "mul" and len(length.args) == 2 and length.args[0] == sym("Delta"))
    return (time, length, backward) if time.op == "sym" and small else None


def _is_field(a: Term, state: Term) -> bool:
    """Whether an atom of a step is a field: no state at a fixed time."""
    return not (a.op == "app" and a.args[0] == state.args[0] and len(a.args) == 2)


def _per_length(c: Term, length: Term, degree: int = 1) -> Term | None:
    """A coefficient divided by the length of the step, or by its power; None when it is not proportional to that."""
    small = length if length.op == "sym" else length.args[0]
    unit = num(1) if length.op == "sym" else div(num(1), length.args[1])
    rate = replaced(c, small, unit)
    return rate if equal(c, mul(rate, power(length, degree)), sde.DOMAINS | LENGTHS).status == "proved" else None


def judge(lhs: Term, rhs: Term, noises: Collection[str], forward: Collection[sde.Equation]) -> Judgement | None:
    """The verdict on a step; None for another equation. Refuted only where the forward equation stands before it."""
    lhs, rhs = by_increments(lhs, rhs, noises)
    if from_the_start(lhs, rhs, noises):
        return Judgement("refuted", "em.scheme", STARTED, witness={"t": "1", "v": "1"}, values=("2", "1"))
    s = step(lhs, rhs, noises)
    if s is None:
        return None
    scheme = Judgement("definition", "em.scheme", "a step of a scheme")
    rates = {a: _per_length(c, s.length) for a, c in s.fields.items()}
    own = _per_length(add(s.of_state, num(-1)), s.length)
    if own is None or any(r is None for r in rates.values()):
        return scheme if not any(is_score(a) for a in s.fields) else None
    drift = {sde.plain_atom(a, s.state): r for a, r in rates.items() if r is not None}
    if equal(own, num(0), sde.DOMAINS | LENGTHS).status != "proved":
        drift[sym("x", lhs.sort)] = own
    if not any(is_score(a) for a in drift):
        wrong = None if s.noise is None else _too_much(s)
        return scheme if wrong is None else wrong if forward else Judgement("undecided", "em.scheme", SPREAD)
    spread = None
    if s.noise is not None:
        spread = _per_length(power(s.noise, 2), s.length)
        if spread is None:
            return _too_much(s) if forward else None
    return _as_equation(s, drift, spread, bool(forward) and not _has_a_scale(drift, spread, forward))


def _has_a_scale(drift: dict[Term, Term], spread: Term | None, forward: Collection[sde.Equation]) -> bool:
    """Whether the noise of a step has a scale of its own, like a temperature: nothing else speaks of it."""
    known = [*drift.values(), *(c for e in forward for c in (*e.drift.values(), e.diffusion) if c is not None)]
    told = {"t"}.union(*map(sde.letters, known))
    return spread is not None and not sde.letters(spread) <= told


def _too_much(s: Step) -> Judgement | None:
    assert s.noise is not None
    rate = _per_length(s.noise, s.length)
    if rate is None:
        return None
    answer = equal(power(s.noise, 2), mul(power(rate, 2), s.length), sde.DOMAINS | LENGTHS)
    if answer.status != "refuted":
        return None
    return Judgement("refuted", "em.scheme", SPREAD, witness=dict(answer.witness or {}), values=answer.values)


def _as_equation(s: Step, drift: dict[Term, Term], spread: Term | None, told: bool) -> Judgement:
    """The verdict on the differential equation that a step discretises, in the direction of its time."""
    noise = None if spread is None else sqrt(spread)
    along = {a: neg(c) for a, c in drift.items()} if s.backward else drift
    variable = sym("x", s.state.sort)
    found = sde.judge(sde.Equation(variable, along, noise, s.backward), "")
    other = sde.judge(sde.Equation(variable, {a: neg(c) for a, c in along.items()}, noise, True), "")
    if found.verdict == "proved" and not (s.backward and _turned(along)):
        return found
    if other.verdict == "proved" and found.message != sde.NEITHER:
        if not s.backward:
            return other
        f = next((c for a, c in drift.items() if a.args[0] in sde.DRIFTS), add(num(0), *drift.values()))
        answer = equal(f, neg(f), sde.DOMAINS | LENGTHS)
        if told and answer.status == "refuted":
            return Judgement("refuted", other.formula, BACK, witness=dict(answer.witness or {}), values=answer.values)
    if told and (found.verdict, other.verdict) == ("refuted", "refuted"):
        return found
    return Judgement("undecided", found.formula, "which equation this step discretises is not known")


def _turned(drift: dict[Term, Term]) -> bool:
    """Whether the named drift of a forward equation has the opposite sign."""
    named = [c for a, c in drift.items() if a.op in ("app", "sym") and a.args[0] in sde.DRIFTS]
    own = [c for a, c in drift.items() if a.op == "sym" and a.args[0] == "x"]
    inside = [c for c in own if any(p.op == "app" and p.args[0] in sde.DRIFTS for p in walk(c))]
    turned = [c for c in named if equal(c, num(-1), sde.DOMAINS).status == "proved"]
    return bool(turned) or any(sde.runs_back(c) for c in inside)


MOTIONS = frozenset({"w", "W", "B", "w_bar", "W_bar", "B_bar"})  # whose increments are noise
LENGTHS = {"Delta": "positive", "h": "positive", "t": "positive"}

__all__ = ["Step", "judge", "step"]
