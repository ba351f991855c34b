"""Normal forms: numbers times logarithms of joint densities, each under a law or under none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derivations.kernel.terms import INT, Term, sym

Variable = tuple[str, Term | None, Fraction]  # the letter, the base of its index ("" for none), the offset
Variables = frozenset[Variable]
RANGE_BASE = sym("range", INT)


class NotLinear(Exception):
    """The expression is not linear in log-densities; the message says why."""


@dataclass(frozen=True)
class Law:
    """What an expectation is taken under: the owner, its variables (None: all of them), its conditions."""

    owner: str
    above: Variables | None
    below: Variables


@dataclass(frozen=True)
class Atom:
    """log p(variables), or "inside" a sum over the steps; under a law of an owner given conditions, or under none."""

    owner: str
    variables: Variables
    law: tuple[str, Variables] | None = None
    summed: bool = False


Form = dict[Atom, Fraction]


def plus(*forms: tuple[Form, Fraction]) -> Form:
    """A linear combination of normal forms."""
    out: Form = {}
    for form, c in forms:
        for atom, k in form.items():
            out[atom] = out.get(atom, Fraction(0)) + c * k
    return {a: k for a, k in out.items() if k}


DATA: Variables = frozenset({("x·", None, Fraction(0))})
RANDOM_DATA: Variables = frozenset({("data", None, Fraction(0))})
