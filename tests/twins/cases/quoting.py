"""Quoting a theorem of the corpus: its conclusion, its hypotheses, and their parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derivations.kernel.terms import Term
from derivations.registry import find


def stated(id: str, label: str = "") -> Term:
    """What an entry states: the conclusion of one of its parts, with "for all" in front taken off."""
    return _instance(_theorem(id, label).conclusion)


def hypothesis(id: str, label: str, number: int = 0) -> Term:
    """The hypothesis of that number among the equations that a part assumes."""
    return [h for h in _theorem(id, label).hypotheses if h.op == "eq"][number]


def meanings(id: str, label: str = "") -> dict[str, tuple[tuple[Term, ...], Term]]:
    """What the hypotheses say functions are: name to (parameters, term)."""
    equations = [_instance(h) for h in _theorem(id, label).hypotheses]
    return {
        h.args[0].args[0]: (h.args[0].args[1:], h.args[1]) for h in equations if h.op == "eq" and h.args[0].op == "app"
    }


def part_of(term: Term, op: str) -> Term:
    """The first subterm with this operator, from the left. Raises LookupError when there is none."""
    return _first((t for t in subterms(term) if t.op == op), op)


def letter(term: Term, name: str) -> Term:
    """The variable of this name, bound or free. Raises LookupError when there is none."""
    return _first((t for t in subterms(term) if t.op == "sym" and t.args[0] == name), name)


def subterms(term: Term) -> Iterator[Term]:
    """The term and all its parts, from the left."""
    yield term
    for a in term.args:
        if isinstance(a, Term):
            yield from subterms(a)


def _theorem(id: str, label: str) -> Any:
    entry = find(id)
    return entry.part(label) if label else entry.theorem


def _instance(formula: Term) -> Term:
    while formula.op == "all":
        formula = formula.args[2]
    return formula


def _first(found: Iterator[Term], name: str) -> Term:
    for t in found:
        return t
    raise LookupError(f"there is no {name} in the term")
