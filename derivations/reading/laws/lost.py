"""What an author has lost beside a density: its logarithm, or the states on which it is conditioned."""

from __future__ import annotations

from collections.abc import Callable

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, log, mul
from derivations.reading.equations import naming
from derivations.reading.equations.compare import equal
from derivations.reading.equations.equations import DEFINITIONS
from derivations.reading.laws import densities
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement

Link = Callable[[Term, Term], Judgement]  # the verdict on an equation


def judge(notation: Notation, lhs: Term, rhs: Term, link: Link) -> Judgement | None:
    """The verdict on a name that an equation would define, where it is a density that has lost something; else None."""
    if naming.is_density(lhs) and any(p.op == "log" for p in walk(rhs)):
        found = logarithm(lhs, rhs, link)
        if found is not None:
            return found
    loose = naming.loose_states(lhs, rhs)
    return condition(notation, lhs, rhs, loose, link) if loose else None


def logarithm(lhs: Term, rhs: Term, link: Link) -> Judgement | None:
    """The refutation of a density set equal to what its logarithm is; None for another equation."""
    found = link(log(lhs), rhs)
    if found.verdict not in ("proved", "convention") and not (found.verdict == "definition" and found.formula):
        return None
    said = "the right side is the logarithm of the left side"
    return Judgement("refuted", found.formula, said, witness={plain(lhs): "1"}, values=("1", "0"))


def condition(notation: Notation, lhs: Term, rhs: Term, loose: list[Term], link: Link) -> Judgement:
    """The verdict on a density that is set equal to one that depends on more states: false when it is known to be the
    one under these conditions.
    """
    said = f"the right side depends on {', '.join(map(plain, loose))}, which the left side does not name"
    whole = densities.with_conditions(lhs, loose)
    found = link(whole, rhs) if whole is not None and notation.has_rule(whole) else None
    mean = notation.unfolded(rhs.args[1])
    moved = equal(mean, replaced(mean, loose[0], mul(2, loose[0])), notation.domains)
    known = found is not None and (found.verdict in ("proved", "convention") or found.formula in DEFINITIONS)
    if found is None or not known or moved.status != "refuted":
        return Judgement("undecided", message=said)
    said = f"{said}; it is true given {', '.join(map(plain, loose))}"
    return Judgement("refuted", found.formula, said, witness=dict(moved.witness or {}), values=moved.values)


__all__ = ["condition", "judge", "logarithm"]
