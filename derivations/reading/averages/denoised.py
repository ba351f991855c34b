"""Losses against the score of noisy data given clean data, as losses against the score of the noisy data.

E |u(y) + c grad log q(y|x)|^2 over x and y is E |u(y) + c grad log q(y)|^2 and what is free of u: given y, the mean of
the one score is the other. That is dsm.equivalence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, mul, norm2, num, power
from derivations.reading.equations.naming import is_density
from derivations.reading.laws import bayes
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.text.syntax import UnreadError

ID = "dsm.equivalence"


@dataclass(frozen=True)
class Slope:
    """The gradient of a log-density at a point: the gradient, and owner, variable and conditions of the density."""

    term: Term
    density: Term
    owner: str
    variable: tuple[Term, ...]
    given: tuple[tuple[Term, ...], ...]


def marginal(t: Term, sides: tuple[Term, Term]) -> Term:
    """The term with each loss against a conditional score as one against the score of its variable alone, where the
    equation names that; what is free of the network is left out.
    """
    if t.op == "app" and t.args[0] == "E":
        body, laws = _flat(t)
        found = _rewritten(body, laws, sides)
        if found is not None:
            return found
    args = tuple(marginal(a, sides) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def _flat(t: Term) -> tuple[Term, list[Term]]:
    """What is averaged, and under which laws, the nested ones too."""
    body, laws = t.args[1], list(t.args[2:])
    while body.op == "app" and body.args[0] == "E":
        laws += body.args[2:]
        body = body.args[1]
    return body, laws


def _rewritten(body: Term, laws: list[Term], sides: tuple[Term, Term]) -> Term | None:
    factors = list(body.args) if body.op == "mul" else [body]
    squares = [f for f in factors if f.op == "norm2" or (f.op == "pow" and f.args[1] == num(2))]
    if len(squares) != 1:
        return None
    try:
        inside = parts(squares[0].args[0])
    except UnreadError:
        return None
    kernels = [s for p in inside for s in _slopes(p) if s.given and s.term == p]
    if len(kernels) != 1:
        return None
    kernel = kernels[0]
    clean = {v[0] for v in kernel.given}
    alone = [s for side in sides for p in walk(side) for s in _slopes(p) if _is_marginal(s, kernel)]
    rest = [p for p in inside if p != kernel.term] + [f for f in factors if f is not squares[0]]
    if len(kernel.given) != 1 or not alone or any(clean & set(walk(p)) for p in rest):
        return None
    noisy = alone[0]
    if not _is_joint(laws, kernel, clean):
        return None
    terms = [mul(c, noisy.term if p == kernel.term else p) for p, c in inside.items()]
    whole = add(*terms) if len(terms) > 1 else terms[0]
    square = power(whole, 2) if is_scalar(whole) else norm2(whole)
    weights = [f for f in factors if f is not squares[0]]
    return app("E", mul(*weights, square) if weights else square, noisy.density)


def _slopes(t: Term) -> Iterator[Slope]:
    """The term as the gradient of a log-density, or nothing."""
    if t.op == "grad":
        bound, body, at = t.args
    elif t.op == "diff":
        at, body = t.args[0], t.args[1]
        bound = at
    else:
        return
    if body.op != "log" or not is_density(body.args[0]):
        return
    density = replaced(body.args[0], bound, at) if bound != at else body.args[0]
    found = bayes.split(density)
    if found is not None and len(found[1]) == 1 and found[1][0][0] == at:
        yield Slope(t, density, found[0], found[1][0], tuple(found[2]))


def _is_marginal(s: Slope, kernel: Slope) -> bool:
    return not s.given and (s.owner, s.variable) == (kernel.owner, kernel.variable)


def _is_joint(laws: list[Term], kernel: Slope, clean: set[Term]) -> bool:
    """Whether the laws are of the clean and the noisy data: the kernel beside a law of the clean data, their joint
    density, or their bare names.
    """
    if kernel.density in laws and len(laws) == 2:
        other = laws[1 - laws.index(kernel.density)]
        found = bayes.split(other) if is_density(other) else None
        return found is not None and [v[0] for v in found[1]] == list(clean) and not found[2]
    if len(laws) == 1 and is_density(laws[0]):
        found = bayes.split(laws[0])
        names = {v[0] for v in found[1]} if found is not None and not found[2] else set()
        return found is not None and found[0] == kernel.owner and names == {kernel.variable[0], *clean}
    return {str(law.args[0]) for law in laws} == {f"law {_spelled(v)}" for v in (kernel.variable[0], *clean)}


def _spelled(t: Term) -> str:
    """A state as it is written under an expectation sign."""
    index = t.args[1].args[0] if t.op == "app" and len(t.args) == 2 and t.args[1].op in ("num", "sym") else ""
    return f"{t.args[0]}_{{{index}}}" if t.op == "app" else str(t.args[0])


__all__ = ["ID", "marginal"]
