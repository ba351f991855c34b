"""Bounds of a model with a latent variable, in a document that has a chain beside it: there the data x is its x_0.

Where no other state of the chain and no sum over steps stands in a formula, x_0 is any variable, and finite models know
it as that.
"""

from __future__ import annotations

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, num, sym
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import walk

LETTER = "x"


def untimed(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides with x for x_0, where that is the only state of the chain in them and a latent stands beside it."""
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    states = {p for p in parts if p.op == "app" and p.args[0] == LETTER and len(p.args) == 2}
    others = {p for p in parts if p.op == "sym" and p.sort[0] == "vec" and p.args[0] != LETTER}
    ranges = any(p.op in ("sum", "prod") or (p.op == "sym" and ":" in str(p.args[0])) for p in parts)
    if len(states) != 1 or not others or ranges or next(iter(states)).args[1] != num(0):
        return lhs, rhs
    (state,) = states
    return _put(lhs, state), _put(rhs, state)


def _put(t: Term, state: Term) -> Term:
    if t == state:
        return sym(LETTER, state.sort)
    args = list(t.args)
    if is_density(t):  # a state in a density is followed by its time
        args = [a for k, a in enumerate(args) if not (a == num(0) and args[k - 1] == state)]
    new = tuple(_put(a, state) if isinstance(a, Term) else a for a in args)
    return Term("app", new, t.sort) if is_density(t) else rebuild(t, new)


__all__ = ["untimed"]
