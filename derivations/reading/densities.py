"""Equations of densities: of two or three variables by their definition, of a chain as those of a Markov chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivations.kernel.terms import Term
from derivations.reading import bounds, naming
from derivations.reading.compare import Answer
from derivations.reading.coordinates import walk


def under_binder(terms: Iterable[Term]) -> bool:
    """Whether a sum or product runs over densities that have no form: they are no independent functions."""
    binders = (p for t in terms for p in walk(t) if p.op in ("sum", "prod"))
    return any(naming.is_density(q) for p in binders for q in walk(p))


def verdict(lhs: Term, rhs: Term, by_numbers: Answer) -> Answer | None:
    """The answer on an equation of densities; None when it is open. Those of three states, and sums over steps, are of
    a Markov chain, which numbers for every joint density do not know.
    """
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    states = {p for p in parts if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    chain = len(states) > 2 or any(p.op in ("sum", "prod", "int") for p in parts)
    found = bounds.judge(lhs, rhs, "=") if chain else None
    if found is not None and found.verdict in ("proved", "refuted"):
        return Answer(found.verdict, found.message, dict(found.witness), found.values)
    both = all(any(naming.is_density(p) for p in walk(t)) for t in (lhs, rhs))
    if by_numbers.status == "refuted" and both and not chain:  # grad log p(x) = -x is a property of one density
        return replace(by_numbers, reason="by the definition of conditional densities the two sides differ")
    return None
