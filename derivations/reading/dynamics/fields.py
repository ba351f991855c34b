r"""Flows and the fields by which they move: d/dt \psi_t(x) = u_t(\psi_t(x)), and what follows for the density.

A field is known to move the state by the equation that says so, or by its letter, as v and u are velocities everywhere.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.terms import Term, app, is_scalar, num
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations import naming
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

FLOWS = frozenset({"psi", "phi", "Psi", "Phi", "X", "varphi"})
WITNESS = {"the field": "x", "the density at t = 0": "N(0, 1)", "x": "0", "t": "0"}  # it spreads, at the rate 1
ELSEWHERE = "a flow moves by the field at the point where it is, and here it is taken where the flow began"
LIMITS = "the state moves by this field from the other moment to this one: the limits of the integral are exchanged"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on the rate of a flow that is set equal to a field, or on where it leads; None for another one."""
    led = _between(notation, lhs, rhs)
    if led is not None:
        return led
    if naming.is_flow(lhs, rhs):
        notation.fields.add(str(rhs.args[0]))
        known = naming.all_known(notation.has_rule, lhs, rhs)
        return None if known else Judgement("definition", message="a flow is given its field")
    moved = lhs.args[1] if lhs.op == "app" and lhs.args[0] == "rate" and len(lhs.args) > 1 else None
    if moved is None or moved.op != "app" or moved.args[0] not in FLOWS or notation.has_rule(moved):
        return None
    starts = [a for a in moved.args[1:] if not is_scalar(a) and a.op == "sym"]
    field = rhs.op == "app" and str(rhs.args[0]).split("_")[0] in naming.VELOCITIES and not is_scalar(rhs)
    given = [a for a in rhs.args[1:] if isinstance(a, Term) and not is_scalar(a)] if field else []
    if len(starts) != 1 or given != starts or notation.has_rule(rhs):
        return None
    witness = {"the field": "x", "the flow": "2 x"}
    return Judgement("refuted", message=ELSEWHERE, witness=witness, values=("2 x", "x"))


def _between(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """x_a = x_b + int_c^d f(x_t, t) dt where the document says that the state moves by f: c must be b, and d be a. None
    for another equation.
    """
    if lhs.op != "app" or len(lhs.args) != 2 or is_scalar(lhs) or rhs.op != "add" or len(rhs.args) != 2:
        return None
    start, moved = rhs.args
    sign, whole = (-1, moved.args[0]) if moved.op == "neg" else (1, moved)
    state = start.op == "app" and len(start.args) == 2 and start.args[0] == lhs.args[0]
    if not state or whole.op != "app" or whole.args[0] != "integral[]":
        return None
    field, time, first, last = whole.args[1:]
    here = app(str(lhs.args[0]), time, sort=lhs.sort)
    if field.op != "app" or here not in field.args or not told(notation, str(field.args[0])):
        return None
    ends = [_spelled(a) for a in (start.args[1], lhs.args[1])]
    limits = [_spelled(a) for a in (first, last)][::sign]
    if limits == ends:
        return Judgement("proved", message=f"the state moves by {field.args[0]}")
    if limits != ends[::-1] or ends[0] == ends[1]:
        return None
    witness = {"the field": "1", **{n: "1" for n in ends if n.isalpha()}}
    low, high = (Fraction(1) if n.isalpha() else Fraction(n) for n in ends)
    return Judgement("refuted", message=LIMITS, witness=witness, values=(str(high - low), str(low - high)))


def _spelled(t: Term) -> str:
    """A moment, as it is written: a number or a letter."""
    return str(t.args[0]) if t.op in ("num", "sym") else repr(t)


def note(notation: Notation, equation: Equation) -> None:
    """Keep the field by which a state moves, dx/dt = v(x, t), or that it does not, dx/dt = -v(x, t)."""
    moving = [(a, c) for a, c in equation.drift.items() if c != num(0)]
    if len(moving) == 1 and moving[0][0].op == "app" and not naming.is_computed(moving[0][0]):
        (atom, c) = moving[0]
        name = str(atom.args[0])
        notation.fields.add(name if c == num(1) and len(atom.args) > 2 else f"-{name}")


def moves(notation: Notation, name: str) -> bool:
    """Whether a field by this name moves the state; a velocity by its letter where none points against the time."""
    against = any(f.startswith("-") and f[1:].split("_")[0] in naming.VELOCITIES for f in notation.fields)
    known = name in notation.fields or (name.split("_")[0] in naming.VELOCITIES and not against)
    return known and f"-{name}" not in notation.fields


def told(notation: Notation, name: str) -> bool:
    """Whether the document has said that a field by this name moves the state: who writes v for a velocity may mean the
    one towards the data, against the time.
    """
    return name in notation.fields and f"-{name}" not in notation.fields


__all__ = ["WITNESS", "judge", "moves", "note", "told"]
