"""The questions that SymPy's own functions are asked about the corpus, and its answers as they were recorded.

`scripts/ask_sympy.py` asks them all and writes `docs/sympy.json`; a worker with a limit asks each of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flint import fmpq

from derivations.evidence.models import GAUSSIAN, Model, build, operators
from derivations.evidence.opinions import ask
from derivations.formats.plain import plain
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import expand_function
from derivations.kernel.terms import Term, is_scalar
from derivations.language.entry import Entry
from derivations.registry.corpus import entries, find
from derivations.registry.one_dimension import one_dimensional

RECORD = Path(__file__).resolve().parents[2] / "docs" / "sympy.json"
CALCULUS = {"int", "E", "KL", "sum", "prod", "diff", "grad", "divg", "normal"}


@dataclass(frozen=True)
class Question:
    """One equation of an entry, by its place among the entry's results, and a function of SymPy's."""

    id: str
    part: int
    method: str

    @property
    def key(self) -> str:
        """The name of the question in the record."""
        return f"{self.id} {self.part} {self.method}"


def questions() -> Iterator[Question]:
    """Every question about the corpus that can be asked in scalars."""
    for entry in entries().values():
        if entry.kind == "definition":
            continue
        for k, part in enumerate(entry.results):
            if part.theorem.rule == "define" or sides(entry, k) is None:
                continue
            found = operators(part.theorem.conclusion)
            for method in ("simplify", "equals", *(["doit"] if found & CALCULUS else [])):
                yield Question(entry.id, k, method)


def sides(entry: Entry, part: int) -> tuple[Term, Term] | None:
    """The two sides at d = 1 with what is defined written out.

    None for what is no equation between numbers, and for what rests on more than ranges of letters: SymPy cannot be
    told an equation or a condition, and would be blamed for what it does not know.
    """
    theorem = entry.results[part].theorem
    conclusion = theorem.conclusion
    if conclusion.op != "eq" or conclusion.args[0].sort == ("measure",) or not all(map(_is_range, theorem.hypotheses)):
        return None
    for name in [n for n in sorted(DEFINED) if n in _functions(conclusion)] * 3:
        conclusion = expand_function(conclusion, name, *DEFINED[name])
    try:
        at_one = one_dimensional(conclusion)
    except ValueError:
        return None
    left, right = at_one.args
    return (left, right) if is_scalar(left) and is_scalar(right) else None


def _is_range(h: Term) -> bool:
    """Whether a hypothesis bounds a letter, or a function, by a number."""
    while h.op == "all":
        h = h.args[2]
    if h.op == "and":
        return all(map(_is_range, h.args))
    sides = {a.op for a in h.args if isinstance(a, Term)}
    return h.op in ("lt", "le", "ne") and "num" in sides and len(sides & {"sym", "app"}) == 1


def _functions(t: Term) -> set[str]:
    here = {t.args[0]} if t.op == "app" else set()
    inside = here.union(*(_functions(a) for a in t.args if isinstance(a, Term)))
    return inside.union(*(_functions(DEFINED[name][1]) for name in inside if name in DEFINED))


def ask_plain(entry_id: str, part: int, method: str) -> dict[str, str]:
    """Ask one question; what a worker is asked."""
    entry = find(entry_id)
    found = sides(entry, part)
    if found is None:
        raise ValueError(f"{entry_id}, part {part}: no equation between numbers")
    model = build(GAUSSIAN, entry.results[part].theorem.hypotheses, 1, 2)
    free = entry.results[part].theorem.conclusion.free
    # at d = 1 a definite matrix is a positive number
    model.words |= {s.args[0]: "positive" for s in free if s.sort[-1] == "spd"}
    word, said = ask(*found, model.words, _point(found, model), method)
    return {"word": word, "said": said, "equation": plain(entry.results[part].theorem.conclusion)}


def _point(pair: tuple[Term, Term], model: Model) -> dict[str, str]:
    """Rational values for the letters, as texts."""
    from derivations.evidence.evaluation import evaluate

    letters = [s for s in pair[0].free | pair[1].free if s.args[0] != "pi" and is_scalar(s)]
    values = {s.args[0]: evaluate(s, model) for s in letters}
    return {name: str(v) for name, v in values.items() if isinstance(v, fmpq)}


def record() -> Mapping[str, Any]:
    """The answers as they were recorded, with SymPy's version; empty where the record is not at hand."""
    if not RECORD.is_file():
        return {}
    found: Mapping[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found
