"""What the kinds of the two sides of an equation settle: a setting, a transition, a joint density."""

from __future__ import annotations

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.dynamics import transitions
from derivations.reading.equations import asymptotics, naming
from derivations.reading.laws import bounds
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.standing import matched
from derivations.reading.verdict import Judgement


def settled(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """What the kinds of the two sides settle: a setting, a transition, densities; None when they do not."""
    defining = relation in ("=", ":=")
    named_ = is_scalar(lhs) and naming.may_name(lhs, ()) and "(" not in lhs.args[0]
    if defining and named_ and naming.is_number(rhs):
        return Judgement("definition", message="a setting")
    written = asymptotics.judge(lhs, rhs, notation.domains) if defining else None
    if written is not None:
        return written
    kernel = transitions.judge(lhs, rhs)
    if kernel is not None:
        return matched(kernel)
    if defining and naming.of_densities(lhs, rhs):
        found = bounds.judge(lhs, rhs, relation)
        if found is not None and found.verdict == "proved" and any(p.op == "prod" for p in walk(rhs)):
            return Judgement("definition", "conv.ddpm", "the joint density of a Markov chain")
        if found is not None and found.verdict in ("proved", "refuted"):
            return found
    return None
