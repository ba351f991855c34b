"""Integration by parts over the whole space: the integral of c div F is minus that of <grad c, F>.

The boundary terms are taken to vanish, and the integrals to exist.
"""

from __future__ import annotations

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, diff, grad, inner, is_scalar, mul, neg, num
from derivations.reading.averages.lawful import BY_PARTS
from derivations.reading.equations.compare import equal
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement

OPPOSITE = "by parts, the sides are one another's negative"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation of two integrals over one variable, one of them with a divergence: proved by parts, or
    refuted where only the sign is wrong. None of another one, and where nothing is shown.
    """
    left, right = _integral(lhs), _integral(rhs)
    if left is None or right is None or left[1] != right[1]:
        return None
    x, domains = left[1], notation.domains
    pairs = [(_moved(left[0], x), right[0]), (left[0], _moved(right[0], x))]
    pairs = [pair for pair in pairs if pair != (left[0], right[0])]
    if any(equal(a, b, domains).status == "proved" for a, b in pairs):
        return Judgement("proved", message=BY_PARTS)
    if not any(equal(a, neg(b), domains).status == "proved" for a, b in pairs):
        return None
    return Judgement("refuted", message=OPPOSITE, witness={"the right side": "1"}, values=("-1", "1"))


def _integral(t: Term) -> tuple[Term, Term] | None:
    """What a side integrates over the whole space, a number before it included, and over which variable."""
    if t.op == "neg":
        found = _integral(t.args[0])
        return None if found is None else (neg(found[0]), found[1])
    if t.op == "mul" and len(t.args) == 2 and t.args[0].op == "num":
        found = _integral(t.args[1])
        return None if found is None else (mul(t.args[0], found[0]), found[1])
    if t.op == "app" and t.args[0] == "integral":
        return t.args[1], t.args[2]
    return (t.args[2], t.args[0]) if t.op == "int" and t.args[1].op == "lebesgue" else None


def _moved(t: Term, x: Term) -> Term:
    """What is integrated with each c div F in it as -<grad c, F>."""
    if t.op in ("add", "neg"):
        return rebuild(t, tuple(_moved(a, x) for a in t.args))
    factors = list(t.args) if t.op == "mul" else [t]
    found = [f for f in factors if _is_divergence(f, x)]
    if len(found) != 1:
        return t
    bound, field, at = found[0].args
    rest = [f for f in factors if f is not found[0]]
    c = mul(*rest) if len(rest) > 1 else rest[0] if rest else num(1)
    field = replaced(field, bound, at)
    if not is_scalar(c):
        return t
    if x not in set(walk(c)):
        return num(0)
    if is_scalar(x):
        return neg(mul(diff(bound, replaced(c, at, bound), at), field))
    return neg(inner(grad(bound, replaced(c, at, bound), at), field))


def _is_divergence(t: Term, x: Term) -> bool:
    """Whether a term is the divergence of a field at the variable, in one dimension the derivative of a function."""
    return t.op in ("divg", "diff") and t.args[2] == x and (t.op == "divg" or is_scalar(x))


__all__ = ["judge"]
