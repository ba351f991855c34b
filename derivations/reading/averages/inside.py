r"""Means of scores of known densities: in E[\nabla\log p(x_t|x) | x_t] the gradient is what it is for the known law."""

from __future__ import annotations

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, div, is_scalar, mul, neg, num, sym
from derivations.reading.averages import conditional
from derivations.reading.equations.compare import equal
from derivations.reading.notation import levels
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

ID = "score.posterior_expectation"
SAID = "the gradient under the mean is that of the law which was stated before"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation of means given a value, of gradients of known densities; None for another equation."""
    if is_scalar(lhs) or is_scalar(rhs) or len(conditional.conditions(lhs, rhs)) != 1:
        return None
    if not any(map(_of_gradients, (*walk(lhs), *walk(rhs)))):
        return None
    try:
        sides = [conditional.opened(canonical(_known(notation, t))) for t in (lhs, rhs)]
        sides = [conditional.opened(notation.unfolded(t)) for t in sides]
    except UnreadError:
        return None
    means = {p for t in sides for p in walk(t) if p.op == "app" and p.args[0] == conditional.GIVEN}
    named = {sym(f"mean {k + 1}", p.sort): p for k, p in enumerate(sorted(means, key=repr))}
    for name, p in named.items():
        sides = [replaced(t, p, name) for t in sides]
    if any(p.op in ("grad", "app") and not is_scalar(p) and len(p.args) > 2 for t in sides for p in walk(t)):
        return None
    answer = equal(sides[0], sides[1], notation.domains, notation.conditions())
    if answer.status == "proved":
        return Judgement("proved", ID, SAID)
    both = all(any(p in walk(t) for p in named) for t in sides)
    if answer.status == "refuted" and len(named) == 1 and both:  # two hang together, and the data may have a known law
        return Judgement("refuted", ID, answer.reason, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _of_gradients(t: Term) -> bool:
    return t.op == "app" and t.args[0] == conditional.GIVEN and any(p.op == "grad" for p in walk(t.args[1]))


def _known(notation: Notation, t: Term) -> Term:
    """The term with scores of known Gaussian densities written out under its means. Raises UnreadError."""
    args = tuple(_known(notation, a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if not _of_gradients(t):
        return t
    body = t.args[1]
    for p in [p for p in walk(body) if p.op == "grad"]:
        body = replaced(body, p, _score(notation, p))
    return rebuild(t, (t.args[0], body, *t.args[2:]))


def _score(notation: Notation, gradient: Term) -> Term:
    bound, body, at = gradient.args
    law = notation.unfolded(replaced(body.args[0], bound, at)) if body.op == "log" else body
    variance = levels.isotropic(law.args[2]) if law.op == "normal" and law.args[0] == at else None
    if variance is None or at in law.args[1].free:
        raise UnreadError("a gradient of what is not known")
    return mul(div(num(1), variance), add(law.args[1], neg(at)))


__all__ = ["judge"]
