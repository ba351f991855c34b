r"""The coefficients of the linear forward equation dx = f(t) x dt + g(t) dw whose state is alpha_t x_0 + sigma_t eps:
f = d log(alpha)/dt and g^2 = d(sigma^2)/dt - 2 f sigma^2, in any form.

Where a document states the levels and the equation, both follow; a slip in either is no choice.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from derivations.kernel.terms import REAL, Term, TermError, add, app, div, is_scalar, log, mul, neg, num, power
from derivations.reading.dynamics.rates import TIME, slope
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations import fields
from derivations.reading.equations.compare import equal
from derivations.reading.equations.hints import SLIP
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, state_coefficients
from derivations.reading.notation.unfolding import Rule, Unfolder, canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

DRIFT, DIFFUSION, ID = "f", "g", "sde.fg_from_kernel"
TURNED = "with the opposite sign"
SENTENCE = 100  # how much of the words before tells what is named
SNR = re.compile(r"\blog(?:arithmic)?[- ]?\s*(?:SNR|signal)|signal[- ]to[- ]noise|对数信噪比", re.IGNORECASE)
MINUS = re.compile(r"negative|minus|inverse|noise[- ]to[- ]signal|负", re.IGNORECASE)
SAID = "the equation whose state has the levels of signal and noise that the document states"
OTHER = "the state of the forward equation has other levels with it than the document states"


def judge(notation: Notation, lhs: Term, rhs: Term, forward: Collection[Equation]) -> Judgement | None:
    """The verdict on f(t) = ..., g(t) = ... or g(t)^2 = ...; None for another equation, and where the document has no
    linear equation with these, or no levels.
    """
    squared = lhs.op == "pow" and lhs.args[1] == num(2)
    name = lhs.args[0] if squared else lhs
    if name.op not in ("app", "sym") or name.args[0] not in (DRIFT, DIFFUSION) or not is_scalar(rhs):
        return None
    own, notation = notation, notation.unchosen() or notation
    if not own.told or own.world.name != "levels" or not _is_linear(forward) or _is_settled(notation, rhs):
        return None
    levels = state_coefficients(notation.world.name)
    if levels is None or (squared and name.args[0] == DRIFT):
        return None
    signal, noise = (notation.unfolded(c) for c in levels)
    drift = div(slope(signal), signal)
    wanted = drift
    if name.args[0] == DIFFUSION:
        wanted = add(slope(power(noise, 2)), neg(mul(num(2), drift, power(noise, 2))))
        rhs = rhs if squared else power(rhs, 2)
    for p in {p for p in walk(rhs) if p.op in ("app", "sym") and p.args[0] == DRIFT and is_scalar(p)}:
        rhs = replaced(rhs, p, drift)
    try:
        value = notation.unfolded(canonical(rhs))
        if any(p.op in ("app", "sym") and p.args[0] in (DRIFT, DIFFUSION) for p in walk(value)):
            return None
        answer = equal(wanted, value, notation.domains, notation.conditions())
        if answer.status != "proved" and _holds_for_a_kind(notation, wanted, value):
            return None
        if answer.status != "proved":
            model = fields.Instance((wanted, value), notation.domains)
            sides = [model.value(t) for t in (wanted, value)]
            answer = equal(sides[0], sides[1], notation.domains, notation.conditions())
            if answer.status == "proved":
                return None
    except (UnreadError, TermError, ValueError, fields.Beyond):
        return None
    if answer.status == "proved":
        own.define(name, drift if name.args[0] == DRIFT else Term("sqrt", (wanted,), REAL), "")
        return Judgement("proved", ID, SAID)
    if answer.status == "refuted":
        witness = {**model.described, **(answer.witness or {})}
        return Judgement("refuted", ID, f"{OTHER}: {answer.reason}", "", witness, answer.values)
    return None


def log_snr(notation: Notation, lhs: Term, rhs: Term, context: str) -> Judgement | None:
    """The refutation of a log-SNR, so called by the words before it, that is minus one; None for another equation."""
    levels = state_coefficients(notation.world.name)
    sentence = context.rstrip()[-SENTENCE:]
    called = SNR.search(sentence) and not MINUS.search(sentence)
    if levels is None or not called or lhs.op not in ("app", "sym") or lhs.args[0] not in ("lambda", "gamma", "ell"):
        return None
    loose = notation.unchosen() or notation
    try:
        ratio = loose.unfolded(div(power(levels[0], 2), power(levels[1], 2)))
        value = loose.unfolded(canonical(rhs))
    except UnreadError:
        return None
    for k in (1, 2):
        minus = neg(div(log(ratio), num(k)))
        if equal(value, minus, loose.domains, loose.conditions()).status == "proved":
            answer = equal(value, neg(minus), loose.domains, loose.conditions())
            if answer.status == "refuted":
                said = f"it falls as the signal grows, and is minus a log-SNR: {answer.reason}{SLIP}{TURNED}"
                at = dict(answer.witness or {})
                return Judgement("refuted", "conv.log_snr", said, witness=at, values=answer.values)
    return None


def _holds_for_a_kind(notation: Notation, wanted: Term, own: Term) -> bool:
    """Whether it holds where the variance is preserved, or where nothing of the signal is lost, as words may say."""
    spread = power(app("sigma", TIME), 2)
    preserved, exploding = Term("sqrt", (add(num(1), neg(spread)),), REAL), num(1)
    told = any(p.op == "app" and p.args[0] == "alpha" for p in walk(own))
    for signal in (preserved,) if told else (preserved, exploding):
        rule = Unfolder([Rule(app("alpha", TIME), signal, "")], scores=False)
        pair = [canonical(rule(t)) for t in (wanted, own)]
        if equal(pair[0], pair[1], {**notation.domains, "sigma": "unit"}).status == "proved":
            return True
    return False


def _is_linear(forward: Collection[Equation]) -> bool:
    """Whether the document has written dx = f(t) x dt + g(t) dw, and no other forward equation."""
    known = [e for e in forward if e.diffusion is not None]
    for e in known:
        moving = [c for c in e.drift.values() if c != num(0)]
        rate = next((p for c in moving for p in walk(c) if p.op in ("app", "sym") and p.args[0] == DRIFT), None)
        if e.diffusion is None or e.diffusion.args[0] != DIFFUSION or rate is None or len(moving) != 1:
            return False
        if equal(moving[0], rate, {}).status != "proved":
            return False
    return bool(known)


def _is_settled(notation: Notation, rhs: Term) -> bool:
    """Whether a side is about something else than the levels: it names neither, nor what is made of them."""
    own = notation.unfolded(rhs)
    names = {p.args[0] for p in walk(own) if p.op == "app"}
    return not names & {"alpha", "sigma"} or bool(names - {"alpha", "sigma", DRIFT, DIFFUSION, "diff"})


__all__ = ["judge", "log_snr"]
