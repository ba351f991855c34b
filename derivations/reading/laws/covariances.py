r"""Laws and variances that get their meaning from a Gaussian beside them.

N(x_{t-1}; \mu_q, \Sigma_q(t)) beside a law that is known names its mean and its variance, A I = \sigma_q^2(t) I a
number, and KL(q || p_\theta) = KL(N(...) || N(...)) the laws.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, is_scalar, mul, num, sqrt
from derivations.reading.equations.choosing import COUNTERS
from derivations.reading.equations.compare import equal
from derivations.reading.equations.equations import Equations
from derivations.reading.equations.naming import is_computed, is_density
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

BAYES = 2  # so many states has the law of a state given another one, of which an author may speak in general
CHOSEN = "sigma"  # the deviation that DDIM chooses: beside it the mean need not be that of Bayes' rule


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
    mean, spread = rhs.args[1:]
    found = notation.unfolder(num(0)).find(lhs)
    id_ = found[0].id if found is not None else ""  # what a law has by a theorem nobody is free to choose
    states = [a for a in lhs.args[1:] if not is_scalar(a)]
    fresh = _is_fresh(notation, mean) and not is_scalar(mean) and len(states) > BAYES
    if not fresh and equal(notation.unfolded(mean), known.args[1], notation.domains).status != "proved":
        return None
    deviation, variance = _beside_identity(spread), _beside_identity(known.args[2])
    if spread.op in ("app", "sym") and not is_scalar(spread):
        said = _named(notation, spread, known.args[2], id_)
    else:
        said = None if deviation is None or variance is None else _named(notation, deviation, variance, id_)
    if not fresh or (deviation is not None and _bare(deviation).args[0] == CHOSEN):
        return said
    if said is None and equal(notation.unfolded(spread), known.args[2], notation.domains).status != "proved":
        return None
    mine = _named(notation, mean, known.args[1], id_)
    both = f"{plain(mean)} and {plain(_bare(spread if deviation is None else deviation))} are given their meaning here"
    return mine if said is None or mine is None else replace(mine, message=both)


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


def _named(notation: Notation, name: Term, value: Term, id_: str = "") -> Judgement | None:
    """Keep the meaning of a name, or of a name that is squared, of which nothing is known yet."""
    bare = _bare(name)
    if not _is_fresh(notation, bare) or bare in walk(value):
        return None
    notation.define(bare, value if bare == name else sqrt(value), id_)
    return Judgement("definition", message=f"{plain(bare)} is given its meaning here")


def _bare(t: Term) -> Term:
    """A name, of its square."""
    return t.args[0] if t.op == "pow" and t.args[1] == num(2) else t


def _is_fresh(notation: Notation, t: Term) -> bool:
    """Whether a term is a name of which nothing is known yet."""
    named = t.op in ("app", "sym") and not is_computed(t) and "(" not in t.args[0]
    return named and t.args[0] not in COUNTERS and not notation.knows(t)  # a time is no variance that is sought


__all__ = ["judge"]
