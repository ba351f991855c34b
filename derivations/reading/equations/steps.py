"""Whether an equation is a step of a scheme: a state that is made of states of other steps, and of no chain's law."""

from __future__ import annotations

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.equations import doubts, naming
from derivations.reading.equations.equations import Equations
from derivations.reading.laws import laws
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import split_index
from derivations.reading.text.syntax import UnreadError


def of_a_scheme(by: Equations, lhs: Term, rhs: Term) -> bool:
    """Whether a state is set equal to states of other steps, in a notation that has no law of the state."""
    own = _by_a_step(by, lhs, rhs) or _of_another_design(by, lhs, rhs)
    if (
        (by.notation.world.state is not None and not own)
        or lhs.op != "app"
        or len(lhs.args) != 2
        or is_scalar(lhs)
        or naming.is_computed(lhs)
        or by.notation.ends()
    ):
        return False
    return any(p.op == "app" and p.args[0] == lhs.args[0] and len(p.args) == 2 for p in walk(rhs))


def _by_a_step(by: Equations, lhs: Term, rhs: Term) -> bool:
    """Whether a state is a step of time later, at t + h or t + dt, and made of fields that have no meaning here."""
    timed = lhs.op == "app" and len(lhs.args) == 2 and split_index(lhs.args[1]) is None
    return timed and not doubts.speaks_of_schedule(by.notation, rhs) and by.has_strangers(lhs, rhs)


def _of_another_design(by: Equations, lhs: Term, rhs: Term) -> bool:
    """Whether a state is an earlier one and noise, by a level sigma and nothing of the schedule, where a chain shrinks
    its states: x_i = x_{i-1} + sqrt(sigma_i^2 - sigma_{i-1}^2) z.
    """
    if "sigma" in by.notation.world.free or doubts.speaks_of_schedule(by.notation, rhs) or is_scalar(rhs):
        return False
    try:
        found = laws.parts(rhs)
    except UnreadError:
        return False
    drawn = [a for a in found if laws.is_noise(a, by.noises | {"z"})]
    states = [a for a in found if a.op == "app" and a.args[0] == lhs.args[0]]
    level = any(p.op == "app" and p.args[0] == "sigma" for a in drawn for p in walk(found[a]))
    return len(drawn) == len(states) == 1 and len(found) == 2 and level


__all__ = ["of_a_scheme"]
