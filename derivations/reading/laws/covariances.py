r"""Laws and variances that get their meaning from a Gaussian beside them.

N(x_{t-1}; \mu_q, \Sigma_q(t)) beside a law that is known names its variance, A I = \sigma_q^2(t) I a number, and
KL(q || p_\theta) = KL(N(...) || N(...)) the laws.
"""

from __future__ import annotations

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, is_scalar, mul, num, sqrt
from derivations.reading.equations.choosing import COUNTERS
from derivations.reading.equations.compare import equal
from derivations.reading.equations.equations import Equations
from derivations.reading.equations.naming import is_computed, is_density
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """A name that gets its meaning as the variance of a known law, or at the end of a line; None for the others."""
    if rhs.op == "normal" and is_density(lhs):
        return _of_a_law(notation, lhs, rhs)
    if lhs.op == rhs.op == "app" and lhs.args[0] == rhs.args[0] == "KL" and len(lhs.args) == len(rhs.args) == 3:
        return _of_two_laws(notation, lhs, rhs)
    left, right = (_beside_identity(t) for t in (lhs, rhs))
    return None if left is None or right is None else _named(notation, right, left)


def _of_a_law(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    known = notation.unfolded(lhs)
    if known.op != "normal" or known.args[0] != rhs.args[0]:
        return None
    if equal(notation.unfolded(rhs.args[1]), known.args[1], notation.domains).status != "proved":
        return None
    if rhs.args[2].op in ("app", "sym") and not is_scalar(rhs.args[2]):
        return _named(notation, rhs.args[2], known.args[2])
    deviation, variance = _beside_identity(rhs.args[2]), _beside_identity(known.args[2])
    return None if deviation is None or variance is None else _named(notation, deviation, variance)


def _of_two_laws(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    pairs = list(zip(lhs.args[1:], rhs.args[1:], strict=True))
    if not all(is_density(a) and b.op == "normal" for a, b in pairs):
        return None
    fresh = [(a, b) for a, b in pairs if not notation.knows(a) and a not in notation.stated]
    known = [Equations(notation, set()).judge(a, b, hint=False).verdict for a, b in pairs if (a, b) not in fresh]
    if not fresh or any(v not in ("proved", "definition", "convention") for v in known):
        return None
    for a, b in fresh:
        notation.define(a, b, "")
    return Judgement("definition", message="a law is given its form here")


def _beside_identity(t: Term) -> Term | None:
    """The number v in v I."""
    if t.op != "mul" or t.args[-1].op != "eye" or not all(map(is_scalar, t.args[:-1])):
        return None
    return t.args[0] if len(t.args) == 2 else mul(*t.args[:-1])


def _named(notation: Notation, name: Term, value: Term) -> Judgement | None:
    """Keep the meaning of a name, or of a name that is squared, of which nothing is known yet."""
    squared = name.op == "pow" and name.args[1] == num(2)
    name = name.args[0] if squared else name
    if name.args[:1] and name.args[0] in COUNTERS:
        return None  # a time is no variance that is sought
    if name.op not in ("app", "sym") or is_computed(name) or "(" in name.args[0] or notation.knows(name):
        return None
    notation.define(name, sqrt(value) if squared else value, "")
    return Judgement("definition", message=f"{plain(name)} is given its meaning here")


__all__ = ["judge"]
