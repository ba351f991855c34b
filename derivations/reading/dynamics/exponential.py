r"""Steps of exponential integrators, with e^h for h = \lambda_t - \lambda_s: what a network that does not change makes.

x_t = (\alpha_t/\alpha_s) x_s - \sigma_t (e^h - 1) \epsilon_\theta(x_s, s), and steps of higher order, in which the
network stands at several points. If it has one value at all of them, each must be the exact step of first order: so the
weights of a step are judged together. Where a document does not say what h is, it is the step in the half log-SNR.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from fractions import Fraction

from derivations.kernel.terms import Term, add, app, div, is_scalar, log, mul, neg, num
from derivations.reading.dynamics import moments
from derivations.reading.equations.equations import Equations
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import Unfolder, canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

LENGTH, RATIO = "h", "r"  # of the step, and of a part of it, or of the step before
RATIOS = (Fraction(2, 5), Fraction(7, 9))
STATES = ("x", "x_tilde", "x_hat")
NETWORKS = {"eps_theta": "eps_theta", "eps_hat_theta": "eps_theta", "x_theta": "x_theta", "x_hat_theta": "x_theta"}
EXACT = "exact where the network does not change"
INEXACT = "where the network does not change, this step is not the exact one"


def judge(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The verdict on a step with a network at several points, or with a length that nothing is said of; None for
    another equation.
    """
    if not _is_state(lhs) or notation.world.name != "levels":
        return None
    frozen = _frozen(lhs, rhs)
    if frozen is not None:
        told = Unfolder([r for r in notation.own if r.left.args[0] == "lambda"], scores=False)
        solved = Equations(notation, set(noises)).judge(lhs, canonical(told(canonical(frozen))), hint=False)
        if solved.verdict != "refuted":
            return None
        return replace(solved, message=f"{INEXACT}: {solved.message}")
    try:
        merged = _merged(lhs, notation.as_defined(rhs))
    except UnreadError:
        return None
    if merged is None:
        return None
    whole, several, before = merged
    ended = moments.to_its_end(notation, lhs.args[1], before, whole)
    if ended is None:
        return Judgement("undecided", "ddim.step", "where this step of an exponential integrator ends is not said")
    moved, whole = ended != whole, ended
    lengths = {p for p in walk(whole) if p.op in ("app", "sym") and p.args[0] == LENGTH and not notation.has_rule(p)}
    if not (several or lengths or moved):
        return None
    found = [_summed(n, lhs, whole, noises) for n in _senses(notation, lengths, lhs, before)]
    if found[0].verdict == "proved" and several:
        return Judgement("definition", "em.scheme", f"a step of an exponential integrator, {EXACT}", checked=True)
    if found[0].verdict == "proved":
        said = found[0].message if moved else "h is the step in the half log-SNR, from the state before"
        return Judgement("proved", found[0].formula, said)
    if found[-1].verdict == "proved":
        return Judgement(
            "undecided", found[-1].formula, "it holds where h is the half log-SNR before less the one after"
        )
    if all(j.verdict == "refuted" for j in found):
        j = found[0]
        said = f"{INEXACT}: {j.message}" if several else j.message
        return Judgement("refuted", j.formula, said, witness=j.witness, values=j.values)
    return None


def _frozen(lhs: Term, rhs: Term) -> Term | None:
    """An exact solution with one value of the network under its integral over the log-SNR; None for another side."""
    wholes = {p for p in walk(rhs) if p.op == "app" and p.args[0] == "integral[]" and len(p.args) == 5}
    states = {p for p in walk(rhs) if _is_state(p) and p.args[0] == lhs.args[0] and p != lhs}
    if len(wholes) != 1 or len(states) != 1:
        return None
    (whole,), (state,) = wholes, states
    body, variable, lo, hi = whole.args[1:]
    factors = list(body.args) if body.op == "mul" else []
    nets = [a for a in factors if a.op == "app" and a.args[0] in NETWORKS]
    rest = [a for a in factors if a not in nets]
    if len(nets) != 1 or len(rest) != 1 or rest[0].op != "exp":
        return None
    sign = {variable: 1, neg(variable): -1}.get(rest[0].args[0])
    if sign is None:
        return None
    ends = [Term("exp", (replaced(rest[0].args[0], variable, end),), rest[0].sort) for end in (hi, lo)]
    network = app(NETWORKS[str(nets[0].args[0])], state, state.args[1], sort=lhs.sort)
    return replaced(rhs, whole, mul(num(sign), add(ends[0], neg(ends[1])), network))


def _summed(notation: Notation, lhs: Term, whole: Term, noises: Collection[str]) -> Judgement:
    """The verdict on a step for some values of the ratio r, of which a consistent one is free."""
    ratios = {p for p in walk(whole) if p.op in ("app", "sym") and p.args[0] == RATIO}
    found = []
    for value in RATIOS if ratios else RATIOS[:1]:
        side = whole
        for r in ratios:
            side = replaced(side, r, num(value))
        found.append(Equations(notation, set(noises)).judge(lhs, side, hint=False))
    return found[0] if len({j.verdict for j in found}) == 1 else Judgement("undecided")


def _is_state(t: Term) -> bool:
    return t.op == "app" and t.args[0] in STATES and len(t.args) == 2 and not is_scalar(t)


def _merged(lhs: Term, rhs: Term) -> tuple[Term, bool, Term] | None:
    """A step with all of its networks as one at the state before, whether there were several points, and the time of
    that state; None for what is no such step.
    """
    found = parts(rhs)
    states = [a for a in found if _is_state(a) and a.args[0] == lhs.args[0]]
    nets = [a for a in found if a.op == "app" and a.args[0] in NETWORKS]
    if len(states) != 1 or states[0] == lhs or not nets or len(found) != 1 + len(nets):
        return None
    kinds = {NETWORKS[a.args[0]] for a in nets}
    if len(kinds) != 1 or not any(p.op == "exp" for a in nets for p in walk(found[a])):
        return None
    state, time = states[0], states[0].args[1]
    network = app(kinds.pop(), state, time, sort=lhs.sort)
    total = add(num(0), *(found[a] for a in nets))
    return add(mul(found[state], state), mul(total, network)), nets != [network], time


def _senses(notation: Notation, lengths: set[Term], lhs: Term, before: Term) -> Iterator[Notation]:
    """The notation, and where the length of the step is not said, with it as the step in the log-SNR, up or down."""
    if not lengths:
        yield notation
        return
    now = lhs.args[1]
    rises = log(div(mul(app("alpha", now), app("sigma", before)), mul(app("sigma", now), app("alpha", before))))
    for value in (rises, neg(rises)):
        out = notation.apart()
        for h in lengths:
            out.define(h, value, "")
        yield out


__all__ = ["judge"]
