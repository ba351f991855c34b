"""Documents that change their notation from one chapter to the next: each chapter in the notation that fits it.

A chapter is what stands under one of the coarsest headings that part the document. It gets a notation of its own only
where that of the document leaves something in it unexplained, and another one refutes no more and explains two formulas
more, for one formula may be a mistake; or where it is accused in a notation of which it does not speak, or of several
faults, and in another one of none. A chapter whose names do not speak of the document's notation goes on in that of
the chapter before it, where that explains as much.
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


LONG = 3  # how many formulas make a chapter that may speak another language
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


def _chapters(reads: Sequence[Read]) -> tuple[int | None, dict[int, list[Read]]]:
    """The level of the headings that part a document, None without any, and its chapters by their number."""
    places = [r.formula.headings for r in reads]
    level = next((k for k in range(len(NONE)) if len({p[k] for p in places}) > 1), None)
    if level is None:
        return None, {}
    return level, {n: [r for r in reads if r.formula.headings[level] == n] for n in sorted({p[level] for p in places})}


def strange(reads: Sequence[Read], chosen: World) -> bool:
    """Whether a chapter of some length does not speak of the notation that is chosen for the document."""
    _, parts = _chapters(reads)
    long = [part for part in parts.values() if len(part) >= LONG]
    return any(chosen.name not in {w.name for w in candidates(part)} for part in long)


def _accused(before: Sequence[Equation], found: Sequence[Equation], fits: bool) -> bool:
    """Whether a chapter is accused in a notation of which it does not speak, or of more than one fault, and in another
    notation, which explains as much, of none.
    """
    faults = refuted(before)
    return bool(found) and faults > (1 if fits else 0) and not refuted(found) and accepted(found) >= accepted(before)


def apart(
    reads: Sequence[Read],
    chosen: World,
    whole: Sequence[Equation],
    attempt: Callable[[list[Read], World], Sequence[Equation]],
) -> Sections:
    """The chapters that are better read in another notation than the chosen one, in which `whole` was judged."""
    level, parts = _chapters(reads)
    if level is None:
        return WHOLE
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
            elif number not in worlds and _accused(before, found, chosen.name in {w.name for w in fitting}):
                worlds[number] = world
    return Sections(level, worlds)


__all__ = ["WHOLE", "Sections", "apart", "refuted", "score", "strange"]
