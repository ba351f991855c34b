r"""Euler's steps along a field by which the state moves, x_{t+h} = x_t + h v(x_t, t)."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivations.kernel.terms import Term, add, is_scalar, neg, num
from derivations.reading.dynamics import fields, velocities
from derivations.reading.equations.compare import equal
from derivations.reading.equations.hints import SLIP
from derivations.reading.laws.laws import parts
from derivations.reading.notation.notation import Notation
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

BACK = re.compile(r"revers|backward|逆|反向", re.IGNORECASE)
AGAINST = (
    "the time goes one way and the state the other: the step must have the sign in which the time moves"
    f"{SLIP}with the opposite sign of the step"
)


def judge(
    notation: Notation, lhs: Term, rhs: Term, context: str, noises: Collection[str] = ()
) -> Judgement | None:
    """The verdict on a step whose length is the time that passes; None for another equation."""
    if lhs.op != "app" or is_scalar(lhs) or len(lhs.args) != 2 or not is_scalar(lhs.args[1]):
        return None
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    states = [a for a in found if a.op == "app" and a.args[0] == lhs.args[0] and len(a.args) == 2]
    moved = [a for a in found if a not in states]
    if len(states) != 1 or len(moved) != 1 or found[states[0]] != num(1) or states[0] == lhs:
        return None
    (state,), (field,) = states, moved
    if field.op != "app" or state not in field.args or not fields.moves(notation, str(field.args[0])):
        return None
    passed = add(lhs.args[1], neg(state.args[1]))
    if not any(s.args[0] not in ("t", "s", "k", "i", "n") for s in passed.free):
        return None  # a step to the next of a grid
    if equal(found[field], passed, {}).status == "proved":
        return Judgement("definition", "em.scheme", "a step of Euler's method", checked=True)
    turned = equal(found[field], neg(passed), {})
    if turned.status != "proved" or BACK.search(context) or velocities.turned(notation, noises):
        return None
    if not fields.told(notation, str(field.args[0])):
        notation.fields.add(f"-{field.args[0]}")
        return None
    answer = equal(found[field], passed, {})
    if answer.status != "refuted":
        return None
    return Judgement("refuted", "em.scheme", AGAINST, witness=dict(answer.witness or {}), values=answer.values)


__all__ = ["judge"]
