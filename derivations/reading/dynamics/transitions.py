"""Transition kernels of the linear equations of continuous time: the law of x(t) given x(0)."""

from __future__ import annotations

from derivations.kernel.terms import (
    REAL,
    Term,
    add,
    app,
    div,
    exp,
    eye,
    integral,
    interval,
    is_scalar,
    mul,
    neg,
    num,
    power,
    sym,
)
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.verdict import Judgement

DOMAINS = {"beta": "positive"}


def judge(lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on p(x(t) | x(0)) = N(...) written with the integral of beta; None for any other equation."""
    named = lhs.op == "app" and lhs.args[0] in ("p(x|x)", "q(x|x)") and len(lhs.args) == 5
    if not named or rhs.op != "normal" or lhs.args[4] != num(0) or is_scalar(rhs.args[0]):
        return None
    time = lhs.args[2]
    if not any(p.op == "int" and any(q.op == "app" and q.args[0] == "beta" for q in walk(p)) for p in walk(rhs)):
        return None
    s = sym("s", REAL)
    total = integral(s, app("beta", s), interval(num(0), time))
    mean, cov = rhs.args[1:]
    shrunk = mul(exp(neg(mul(div(1, 2), total))), lhs.args[3])
    kept = add(num(1), neg(exp(neg(total))))
    first = equal(mean, shrunk, DOMAINS)
    if first.status != "proved":
        return _told(first, "sde.vp", "the mean differs from that of the variance preserving equation")
    for id_, spread in (("sde.vp", kept), ("sde.subvp", power(kept, 2))):
        if equal(cov, mul(spread, eye(DIMENSION)), DOMAINS).status == "proved":
            return Judgement("proved", id_, "the transition kernel of the linear equation")
    said = "the variance is neither that of the variance preserving equation nor of the sub-VP one"
    return _told(equal(cov, mul(kept, eye(DIMENSION)), DOMAINS), "sde.vp", said)


def _told(a: Answer, id_: str, message: str) -> Judgement:
    if a.status != "refuted":
        return Judgement("undecided", id_, a.reason)
    return Judgement("refuted", id_, message, witness=dict(a.witness or {}), values=a.values)
