"""The witness of an entry: the simplest model in which its hypotheses hold, for a reader.

Here the model is made, and only what costs nothing is checked: the ranges of the letters. That every hypothesis holds
in it is what `sanity` checks.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.evidence import description
from derivations.evidence.conditions import FAILS, settle
from derivations.evidence.models import FINITE, NUMBERS, Model, build
from derivations.kernel import Theorem
from derivations.language.calculation import Part
from derivations.language.entry import Entry
from derivations.registry.trials import described, plan, prepared


@dataclass(frozen=True)
class Example:
    """The model in words, and what the letters, functions and laws of the statement stand for in it."""

    name: str
    model: str
    values: dict[str, str]


def example(entry: Entry) -> Example | None:
    """The witness of an entry that is not undecided; None where it only fixes a meaning."""
    part = stated(entry)
    if part is None:
        return None
    theorem = part.theorem
    for kind, dimension, step, seed in plan(theorem.hypotheses, theorem.conclusion):
        model = prepared(build(kind, theorem.hypotheses, dimension, step, seed, entry.witness), theorem)
        if not _out_of_range(theorem, model):
            said = description.values((*theorem.hypotheses, theorem.conclusion), model)
            return Example(described(model), _in_words(model), said)
    return None


def stated(entry: Entry) -> Part | None:
    """The first part of the statement that says more than what something means."""
    return next((part for part in entry.results if part.theorem.rule != "define"), None)


def _out_of_range(theorem: Theorem, model: Model) -> bool:
    simple = [h for h in theorem.hypotheses if h.op in ("lt", "le", "ne") and h.size < 12]
    return any(settle(h, model).word == FAILS for h in simple)


def _in_words(model: Model) -> str:
    if model.kind == FINITE:
        places = ", ".join(str(p[0]) for p in model.points)
        return f"a finite model: the points {places}, each of Lebesgue measure 1"
    if model.kind == NUMBERS:
        return "numbers, and vectors and matrices of numbers" if model.dimensions else "numbers"
    where = "the line" if model.dimension == 1 else f"R^{model.dimension}"
    return f"a linear-Gaussian model on {where}"
