"""Derivatives of what is not written as a function of their variable: they are not taken for 0.

In `d/dt (u v) = u dv/dt` the letters u and v stand for functions of t. Read as numbers they would make both sides 0,
and every equation between such derivatives true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.kernel.definitions import PI
from derivations.kernel.terms import INT, Term
from derivations.reading.equations.naming import STATES
from derivations.reading.notation.coordinates import walk

DENSITY = re.compile(r"[pq](_\w+)?|rho")
FUNCTIONS = frozenset({"f", "F", "h", "phi", "psi", "Phi", "Psi"})  # letters that are functions wherever x is about


def unwritten(*terms: Term) -> str:
    """Why no derivative in the terms may be carried out; "" when all may."""
    for p in (p for t in terms for p in walk(t) if p.op in ("diff", "grad", "divg")):
        name = next(_loose(p.args[1], p.args[0], p.args[0] in p.args[1].free), None)
        if p.args[1].op == "sym" and p.args[1].args[0] in STATES and p.args[1] != p.args[0]:
            name = p.args[1].args[0]  # dx/dt, of a solution
        if name is not None:
            variable = str(p.args[0].args[0]).lstrip("∂")
            return f"{name} is not written as a function of {variable}, and its derivative is taken"
    return ""


def _loose(t: Term, variable: Term, inside: bool) -> Iterator[str]:
    """The names that may depend on the variable and do not say so; beside the variable itself, densities and
    functions alone.
    """
    if t.op == "app" and "(" in t.args[0]:
        return  # a density with its arguments
    name = str(t.args[0]) if t.op in ("sym", "app") else ""
    settled = t == PI or t.sort == INT or t in t.dims or name.lstrip("∂") in STATES or variable in t.free
    settled = settled or name[:1] == "Z"  # what normalises a density
    moves = DENSITY.fullmatch(name) or (name in FUNCTIONS and t.op == "sym")
    if name and not settled and (moves or not inside):
        yield name
    for a in t.args:
        if isinstance(a, Term) and t.op != "sym":
            yield from _loose(a, variable, inside)


__all__ = ["unwritten"]
