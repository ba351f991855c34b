r"""Times between two others that are told by their log-SNR: \lambda_u = (\lambda_s + \lambda_t)/2, u = t_\lambda(...).

A step of an exponential integrator to such a time has e^{h/2} in it, for h the whole step: what the length of the step
is follows from where it ends. Where a document does not say that, no such step is judged.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.terms import Term, add, app, div, is_scalar, log, mul, neg, num, sym
from derivations.reading.equations.compare import equal
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement

LOG_SNR, INVERSE = "lambda", "t_lambda"
LEVELS = (LOG_SNR, "alpha", "sigma")
PARTS = (1, -1, Fraction(1, 2), Fraction(-1, 2), 2, -2)  # of a step: those that a slip makes of it too


def learn(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """Keep the log-SNR of a time that is chosen between others; None for another equation."""
    inverse = rhs.op in ("app", "mul") and len(rhs.args) == 2 and rhs.args[0] in (INVERSE, sym(INVERSE))
    if inverse and lhs.op in ("sym", "app"):
        time, level = lhs, rhs.args[1]
    elif lhs.op == "app" and lhs.args[0] == LOG_SNR and len(lhs.args) == 2:
        time, level = lhs.args[1], rhs
    else:
        return None
    others = {p.args[1] for p in walk(level) if p.op == "app" and p.args[0] == LOG_SNR and len(p.args) == 2}
    made = all(p.op in ("add", "neg", "mul", "div", "num", "sym", "app") for p in walk(level))
    if not made or not is_scalar(level) or not others or level.op == "app":
        return None
    if any(time in o.free | {o} for o in others) or (time.op != "sym" and not inverse):
        return None
    notation.moments[time] = level
    return Judgement("definition", message="a time that is chosen by its log-SNR")


def to_its_end(notation: Notation, time: Term, before: Term, whole: Term) -> Term | None:
    """A step to a time, with the length of the step in the place of what the document says that it is; None where it
    does not say where the step ends.
    """
    powers = {p for p in walk(whole) if p.op == "exp"}
    ends = {q.args[1] for p in powers for q in walk(p) if q.op == "app" and q.args[0] in LEVELS and len(q.args) == 2}
    if not ends or ends <= {time, before}:
        return whole
    if time not in notation.moments:
        return None
    levels = [app(name, at, sort=("real",)) for at in (time, before) for name in LEVELS[1:]]
    length = log(div(mul(levels[0], levels[3]), mul(levels[1], levels[2])))
    start = log(div(levels[2], levels[3]))
    said = notation.as_defined(add(notation.moments[time], neg(app(LOG_SNR, before, sort=("real",)))))
    said = replaced(said, app(LOG_SNR, before, sort=("real",)), start)
    for p in powers:
        same = (k for k in PARTS if equal(p.args[0], mul(num(k), said), notation.domains).status == "proved")
        part = next(same, None)
        if part is None:
            return None
        whole = replaced(whole, p, Term("exp", (mul(num(part), length),), p.sort))
    return whole


__all__ = ["learn", "to_its_end"]
