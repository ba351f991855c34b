r"""Products of powers of densities, as guidance makes them: p(x | y)^{1+w} / p(x)^w \propto p(x) p(y | x)^{1+w}.

By Bayes' rule each is a product of powers of joint densities. Two are proportional in x where the powers of all that
speaks of x agree; for all densities, only there.
"""

from __future__ import annotations

from derivations.kernel.terms import Term, add, is_scalar, mul, neg, num
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws import bayes, densities
from derivations.reading.notation.coordinates import walk
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

Joint = tuple[str, frozenset[Term]]  # the owner and the variables of a joint density
ID = "cfg.tilted_density"


class NoProduct(Exception):
    """The term is no product of powers of densities."""


def judge(lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on lhs proportional to rhs, both products of powers of densities of one owner, one power at least a
    weight; None for any other.
    """
    if any(map(densities.has_tilted, (lhs, rhs))) or len({_labels(t) for t in (lhs, rhs)}) > 1:
        return None
    weighed = any(p.op == "pow" and p.args[1].op != "num" for t in (lhs, rhs) for p in walk(t))
    try:
        if not weighed:
            return None
        gap: dict[Joint, Term] = {}
        _collect(lhs, num(1), gap)
        _collect(rhs, num(-1), gap)
        x = _variable(lhs, rhs)
    except (NoProduct, UnreadError):
        return None
    if x is None or len({owner for owner, _ in gap}) != 1:
        return None
    answers = [equal(c, num(0), {}) for (_, names), c in sorted(gap.items(), key=repr) if x in names]
    if all(a.status == "proved" for a in answers):
        return Judgement("proved", ID, "by Bayes' rule, up to what is free of the variable")
    wrong = next((a for a in answers if a.status == "refuted"), None)
    if wrong is None:
        return None
    said = "by Bayes' rule the powers of one density differ: in its logarithm, "
    return Judgement("refuted", ID, said + wrong.reason, witness=dict(wrong.witness or {}), values=wrong.values)


def _labels(t: Term) -> frozenset[Term]:
    """The numbers with which a side marks its densities: those of a p_T(x) and of a p(x) are two."""
    marked = (p for p in walk(t) if is_density(p))
    return frozenset(a for p in marked for a in p.args[1:] if isinstance(a, Term) and is_scalar(a))


def _collect(t: Term, power: Term, gap: dict[Joint, Term]) -> None:
    """Add the powers of the joint densities in a product. Raises NoProduct."""
    if t.op in ("mul", "div"):
        for k, a in enumerate(t.args):
            _collect(a, neg(power) if t.op == "div" and k else power, gap)
        return
    if t.op == "pow":
        _collect(t.args[0], mul(power, t.args[1]), gap)
        return
    parts = bayes.split(t)
    if parts is None:
        raise NoProduct
    owner, above, below = parts
    for sign, group in ((power, [*above, *below]), (neg(power), below)):
        names = frozenset(v[0] for v in group)
        if names:
            gap[owner, names] = add(gap[owner, names], sign) if (owner, names) in gap else sign


def _variable(lhs: Term, rhs: Term) -> Term | None:
    """The state of which the densities are: the one letter x, at one time."""
    found = {p for t in (lhs, rhs) for p in walk(t) if p.op in ("app", "sym") and p.args[0] in ("x", "z")}
    found = {p for p in found if not is_scalar(p) or p.op == "sym"}
    return found.pop() if len(found) == 1 else None


__all__ = ["judge"]
