"""The laws that a document gives to its densities, put into its equations: a divergence between two of them."""

from __future__ import annotations

from derivations.kernel.terms import Term
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import Rule, Unfolder, canonical

STATED = "with the laws that the document gives"


def as_stated(notation: Notation, t: Term) -> Term:
    """The term with the forms put in that the document gives to densities."""
    rules = [Rule(left, right, "", "definition") for left, right in notation.stated.items()]
    return canonical(Unfolder(rules, scores=False)(canonical(t)))


def divergence(notation: Notation, lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The sides of an equation for a divergence with the laws of the document put in; None where it gives no law to
    either density.
    """
    if lhs.op != "app" or lhs.args[0] != "KL" or not any(p in notation.stated for p in lhs.args[1:]):
        return None
    return as_stated(notation, notation.as_defined(lhs)), as_stated(notation, notation.as_defined(rhs))


__all__ = ["STATED", "as_stated", "divergence"]
