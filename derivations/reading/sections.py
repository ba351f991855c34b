"""Documents that change their notation from one chapter to the next: each chapter in the notation that fits it.

A chapter is what stands under one of the coarsest headings that part the document. It gets a notation of its own only
where that of the document leaves something in it unexplained, and another one refutes no more and explains two formulas
more: one formula may be a mistake. A chapter whose names do not speak of the document's notation goes on in that of the
chapter before it, where that explains as much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivations.reading.equations.equations import DEFINITIONS
from derivations.reading.notation.candidates import Read, candidates
from derivations.reading.notation.worlds import World
from derivations.reading.text.documents import Formula
from derivations.reading.text.headings import NONE

if TYPE_CHECKING:
    from derivations.reading.audit import Equation


EVIDENCE = 2  # how many formulas more a notation must explain to be that of a chapter


@dataclass(frozen=True)
class Sections:
    """The level of the headings that part a document, and by their number the notations that are not the document's."""

    level: int = 0
    worlds: Mapping[int, World] = field(default_factory=dict)

    def world(self, formula: Formula) -> World | None:
        """The notation of the chapter in which a formula stands; None for that of the document."""
        return self.worlds.get(formula.headings[self.level]) if self.worlds else None


WHOLE = Sections()  # of a document in one notation


def accepted(equations: Sequence[Equation]) -> int:
    """How many equations a notation explains: what it proves, and what it recognises as a definition of the field."""
    verdicts = [(e.judgement.verdict, e.judgement.formula in DEFINITIONS) for e in equations]
    return sum(v in ("proved", "convention") or (v == "definition" and known) for v, known in verdicts)


def refuted(equations: Sequence[Equation]) -> int:
    """How many equations a notation refutes."""
    return sum(e.judgement.verdict == "refuted" for e in equations)


def score(equations: Sequence[Equation]) -> int:
    """How well a notation fits: what it explains counts twice as much as what it refutes."""
    return 2 * accepted(equations) - refuted(equations)


def apart(
    reads: Sequence[Read],
    chosen: World,
    whole: Sequence[Equation],
    attempt: Callable[[list[Read], World], Sequence[Equation]],
) -> Sections:
    """The chapters that are better read in another notation than the chosen one, in which `whole` was judged."""
    places = [r.formula.headings for r in reads]
    level = next((k for k in range(len(NONE)) if len({p[k] for p in places}) > 1), None)
    if level is None:
        return WHOLE
    parts = {n: [r for r in reads if r.formula.headings[level] == n] for n in sorted({p[level] for p in places})}
    judged = {n: [e for e in whole if e.formula.headings[level] == n] for n in parts}
    worlds: dict[int, World] = {}
    for number, part in parts.items():
        before, fitting = judged[number], candidates(part)
        last = worlds.get(number - 1)
        if last is not None and last in fitting and chosen.name not in {w.name for w in fitting}:
            joined = [r for n, other in parts.items() if worlds.get(n) == last for r in other]
            found = [e for e in attempt([*joined, *part], last) if e.formula.headings[level] == number]
            if score(found) >= score(before):
                worlds[number] = last
                continue
        if not any(e.judgement.verdict in ("refuted", "undecided") for e in before):
            continue
        needed = accepted(before) + EVIDENCE
        for world in fitting:
            found = list(attempt(part, world)) if world != chosen else []
            if accepted(found) >= needed and refuted(found) <= refuted(before):
                worlds[number], needed = world, accepted(found) + 1
    return Sections(level, worlds)


__all__ = ["WHOLE", "Sections", "apart", "refuted", "score"]
