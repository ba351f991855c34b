"""How a density moves: the continuity equation of a field, and the Fokker-Planck equation of the equation before it.

Both say dp/dt = - div(F p) + c div(grad p). Without the last term the field F is what carries the density, and the
equation says so. With it, F must be the drift and c half the square of the diffusion of an equation that the document
has written before; without one, nothing is claimed here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derivations.kernel.terms import Term, add, div, is_scalar, mul, neg, num, power
from derivations.reading.binders import replaced
from derivations.reading.choosing import names_in
from derivations.reading.compare import equal
from derivations.reading.coordinates import walk
from derivations.reading.laws import parts
from derivations.reading.naming import is_density
from derivations.reading.sde import Equation
from derivations.reading.syntax import UnreadError
from derivations.reading.unfolding import canonical
from derivations.reading.verdict import Judgement


class NoTransportError(Exception):
    """The right side is not made of a divergence of a field times the density, and of its Laplacian."""


def judge(lhs: Term, rhs: Term, before: Collection[Equation], domains: Mapping[str, str]) -> Judgement | None:
    """The verdict on dp/dt = ...; None for another equation, and where nothing is known of drift and diffusion."""
    if lhs.op != "diff" or not is_density(lhs.args[1]):
        return None
    try:
        field, spread = _moved(rhs, lhs.args[1])
    except (NoTransportError, UnreadError):
        return None
    if spread is None:
        single = field is not None and field.op == "app" and lhs.args[1] not in walk(field)
        return Judgement("definition", message="the continuity equation of a field") if single else None
    for equation in reversed(list(before)):
        found = _of(equation, field, spread, domains)
        if found is not None:
            return found
    return None


def _moved(rhs: Term, density: Term) -> tuple[Term | None, Term | None]:
    """The field of the divergence, with the sign that makes it - div(F p), and the coefficient of the Laplacian."""
    fields: list[Term] = []
    spreads: list[Term] = []
    for term in rhs.args if rhs.op == "add" else (rhs,):
        sign, term = (num(-1), term.args[0]) if term.op == "neg" else (num(1), term)
        factors = list(term.args) if term.op == "mul" else [term]
        found = [f for f in factors if f.op == "divg"]
        rest = [f for f in factors if f.op != "divg"]
        if len(found) != 1 or not all(map(is_scalar, rest)):
            raise NoTransportError
        variable, body, at = found[0].args
        here = replaced(density, at, variable)
        outside = mul(sign, *rest)
        if body.op == "grad" and body.args[1] == here:
            spreads.append(outside)
            continue
        inside = list(body.args) if body.op == "mul" else [body]
        if inside.count(here) != 1:
            raise NoTransportError
        inside.remove(here)
        fields.append(replaced(mul(neg(outside), *inside) if outside != num(-1) else mul(*inside), variable, at))
    return (add(*fields) if fields else None), (add(*spreads) if spreads else None)


def _of(equation: Equation, field: Term | None, spread: Term, domains: Mapping[str, str]) -> Judgement | None:
    """The verdict against one equation dx = f dt + g dw; None when its drift is another one."""
    if equation.diffusion is None or not is_scalar(equation.diffusion):
        return None
    drift = {a: c for a, c in equation.drift.items() if a != num(1)}
    own = {} if field is None else parts(canonical(field))
    if set(own) != {canonical(a) for a in drift}:
        return None
    for atom, c in drift.items():
        answer = equal(own[canonical(atom)], c, domains)
        if answer.status != "proved":
            return None
    square = power(equation.diffusion, 2)
    answer = equal(spread, div(square, num(2)), domains)
    if answer.status == "proved":
        return Judgement("proved", "fp.adjoint", "the Fokker-Planck equation of the stochastic equation before")
    forwards = not any(p == num(-1) for p in walk(spread))  # and no equation that runs back in time
    if answer.status == "refuted" and forwards and names_in(spread) == names_in(square):
        said = "the coefficient of the Laplacian must be half the square of the diffusion"
        return Judgement("refuted", "fp.adjoint", said, witness=dict(answer.witness or {}), values=answer.values)
    return None


__all__ = ["judge"]
