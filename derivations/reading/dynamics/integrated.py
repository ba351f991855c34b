"""A stochastic equation that a document has written, in its integral form: x_t = x_0 + int_0^t f ds + int_0^t g dw_s.

What stands under the integrals must be the drift and the diffusion of the equation, at the time over which they run. An
integral of g(t) dw_s is another one: of g(t) = t up to t = 1 it has the variance 1, and of g(s) = s it has 1/3.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from derivations.kernel.terms import REAL, Term, add, app, is_scalar, mul, num, sym
from derivations.reading.dynamics.affine import names
from derivations.reading.dynamics.rates import TIMES
from derivations.reading.dynamics.sde import WIENER, Equation
from derivations.reading.equations.compare import equal
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement
from derivations.registry.one_dimension import one_dimensional

SAID = "the stochastic equation before, integrated"
UNMOVED = "the noise of each moment comes with the diffusion of the last one, and not with that of its own time"
OTHER = "the integral form of the stochastic equation before has another {}: {}"
X, NOW = sym("x", REAL), sym("t", REAL)


@dataclass(frozen=True)
class Form:
    """What stands under the integrals over time and over the noise, at the state x and the time t; and whether what is
    before the noise stands still.
    """

    drift: Term
    diffusion: Term
    still: bool


def judge(notation: Notation, lhs: Term, rhs: Term, before: Collection[Equation]) -> Judgement | None:
    """The verdict on the integral form of the last stochastic equation before it; None for another equation."""
    found = _form(lhs, rhs)
    if found is None or not before:
        return None
    e = list(before)[-1]
    try:
        drift, diffusion = _written(e)
    except (ValueError, TypeError):
        return None
    letter = str((e.state or e.variable).args[0]).lower()
    if letter != str(lhs.args[0]).lower() or (len(before) > 1 and not notation.places.is_near(e.place)):
        return None
    pairs = (("drift", drift, found.drift), ("diffusion", diffusion, found.diffusion))
    answers = [(what, equal(a, b, notation.domains), names(a) == names(b)) for what, a, b in pairs]
    if all(answer.status == "proved" for _, answer, _ in answers):
        if not found.still:
            return Judgement("proved", "", SAID)
        return Judgement("refuted", "", UNMOVED, witness={"g(t)": "t", "t": "1"}, values=("1/3", "1"))
    for what, answer, same in answers:
        if answer.status == "refuted" and same and not found.still:
            said = OTHER.format(what, answer.reason)
            return Judgement("refuted", "", said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _form(lhs: Term, rhs: Term) -> Form | None:
    if lhs.op != "app" or len(lhs.args) != 2 or rhs.op != "add" or lhs.args[1].op != "sym":
        return None
    letter, end = str(lhs.args[0]), lhs.args[1]
    starts = [t for t in rhs.args if t.op == "app" and t.args[0] == letter and len(t.args) == 2]
    if len(starts) != 1:
        return None
    drifts, noises, still = list[Term](), list[Term](), False
    for term in (t for t in rhs.args if t is not starts[0]):
        part = _under(term, starts[0].args[1], end)
        if part is None:
            return None
        body, s, drawn = part
        if drawn and s not in body.free and end in body.free:
            still, s = True, end
        elif end in body.free:
            return None
        body = replaced(replaced(one_dimensional(body), app(letter, s, sort=REAL), X), s, NOW)
        (noises if drawn else drifts).append(body)
    return Form(add(num(0), *drifts), noises[0], still) if len(noises) == 1 else None


def _under(term: Term, begin: Term, end: Term) -> tuple[Term, Term, bool] | None:
    """What stands under an integral from one time to another, with its factors; over which time; whether over noise."""
    signed, inner = (num(-1), term.args[0]) if term.op == "neg" else (num(1), term)
    factors = list(inner.args) if inner.op == "mul" else [inner]
    whole = [p for p in factors if p.op == "int" or (p.op == "app" and p.args[0] == "integral[]")]
    if len(whole) != 1:
        return None
    rest = [p for p in factors if p is not whole[0]]
    if whole[0].op == "int":
        (s, _, body), limits = whole[0].args, tuple(whole[0].args[1].args)
    else:
        body, s, *ends = whole[0].args[1:]
        limits = tuple(ends)
    if limits != (begin, end):
        return None
    drawn = s.op == "app" and s.args[0] in WIENER and len(s.args) == 2 and "_" not in s.args[0]
    s = s.args[1] if drawn else s
    if s.op != "sym" or (len(rest) > 1 and not all(map(is_scalar, rest))):
        return None
    return mul(signed, *rest, body) if rest or term.op == "neg" else body, s, drawn


def _written(e: Equation) -> tuple[Term, Term]:
    """The drift and the diffusion as the document writes them, of numbers, at the state x and the time t."""
    assert e.diffusion is not None
    total = add(num(0), *(mul(c, one_dimensional(a)) for a, c in e.drift.items() if c != num(0)))
    terms = [total, one_dimensional(e.diffusion)]
    state = one_dimensional(e.state or e.variable)
    times = {s for t in terms for s in t.free if s.args[0] in TIMES}
    for old, new in ((state, X), (sym(str(state.args[0]), REAL), X), *((s, NOW) for s in times)):
        terms = [replaced(t, old, new) for t in terms]
    return terms[0], terms[1]


__all__ = ["judge"]
