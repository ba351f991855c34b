"""Documents that state their law anew: what fails by the definitions of another part is asked of its own part alone.

A survey has a chapter on a path from noise to data and another on one from data to noise, with the same letters. A
part that states a state, its kernel or its stochastic equation otherwise than another part is read by itself, and what
it does not refute there is not refuted. The reading counts only where it explains as much of the part as that of the
whole document does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivations.reading import sections
from derivations.reading.dynamics import rates
from derivations.reading.equations.certain import FAR
from derivations.reading.notation.candidates import Read, candidates
from derivations.reading.notation.designs import defines_path
from derivations.reading.notation.notation import SCHEDULE
from derivations.reading.notation.standing import TRUE
from derivations.reading.notation.worlds import World
from derivations.reading.terms.signature import key_of
from derivations.reading.terms.statements import statements
from derivations.reading.text.headings import NONE
from derivations.reading.text.syntax import Item, Row, leaves, show
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.audit import Equation, Reading

STATES = frozenset({"x", "X", "z", "Z", "y", "Y"})
SCORES = frozenset({"nabla", "score", "s_theta"})  # of an equation that runs back
WHY = "it fails by what another part of the document says, and its own part has a law of its own"
Part = tuple[int, ...]  # the places of its formulas in the document


def laws(row: Row) -> Iterator[tuple[str, str]]:
    """What a formula says of the law of the state: of which kind, and how it is written."""
    for s in statements(row):
        if len(s.sides) < 2 or s.relations[0] not in ("=", ":=", "~"):
            continue
        left, right = s.sides[0], s.sides[1]
        names = {key_of(i) for i in leaves(right) if i.kind == "name"} | {i.kind for i in leaves(right)}
        if rates.is_sde(left, right):
            if not names & SCORES:
                yield "equation", show(right)
        elif len(left) in (1, 2) and left[0].kind == "name" and left[0].text in STATES and not left[0].marks:
            moving = {show(i.sub) for i in leaves(right) if i.text in STATES and i.sub} - {"0", "1", "T"}
            if len(right) > 1 and moving <= {f"{show(left[0].sub)} - 1"}:
                yield "step" if moving else "state", show(right)
        elif left and left[0].text in SCHEDULE and (len(left) == 1 or left[1].kind == "bracket"):
            yield show(left), show(right)
        elif len(left) == 2 and left[1].kind == "bracket" and left[1].seps == ("|",) and _is_law(left[0]):
            yield _of_kernel(left[1].cells[1]), f"{show(left)} {show(right)}"


def _is_law(letter: Item) -> bool:
    return letter.text in ("p", "q") and show(letter.sub) != "theta"


def _of_kernel(given: Row) -> str:
    """What a kernel is one of: the marginals, given an end of the path, the steps, or what stands behind its bar."""
    end = show(given[0].sub) in ("", "0", "1") and len(given) <= 2
    return "marginal" if end else "step" if show(given[0].sub).endswith("- 1") else show(given)


@dataclass
class Alone:
    """A part of a document in a notation that may be its own, read as far as it has been needed."""

    reading: Reading
    chapter: bool  # whether it lacks nothing that stands around it: no part of the document is coarser
    equations: list[Equation] = field(default_factory=list)
    at: int = 0  # how many of its formulas have been read

    def better(self, r: Read, found: Judgement, before: Mapping[int, Equation]) -> Judgement | None:
        """The verdict of the part alone, where its reading fits what stands before in the part better than that of the
        whole does, or as well and without accusing. None elsewhere.
        """
        at = next(k for k, other in enumerate(self.reading.reads) if other.formula is r.formula)
        while self.at < at:
            self._next(hints=False)
        mine = [e for e in self.equations if e.formula is not r.formula]
        more = sections.score(mine) - sections.score([before[id(e.formula)] for e in mine if id(e.formula) in before])
        if more < 0:
            return None
        if self.at == at:
            self._next(hints=more >= sections.EVIDENCE or found.verdict == "refuted")
        said = next((e.judgement for e in self.equations if e.formula is r.formula), None)
        if said is None or said.verdict == "refuted" or FAR in said.message:
            return said if said and self.chapter and more >= sections.EVIDENCE else None
        if said.verdict in TRUE or more >= sections.EVIDENCE:
            return said
        if found.verdict != "refuted":
            return None
        return said if said.verdict == "definition" else Judgement("undecided", said.formula, WHY, found.reading)

    def _next(self, hints: bool) -> None:
        """Read one formula more; the nearest true one is looked for only where a verdict may rest on it."""
        for judge in filter(None, (self.reading.judge, self.reading.path, self.reading.levels)):
            judge.hints = hints
        e = self.reading.equation(self.reading.reads[self.at])
        self.equations += [e] if e is not None else []
        self.at += 1


class Restated:
    """The parts of a document, and what those that state a law of their own say alone."""

    def __init__(self, reads: Sequence[Read], open_: Callable[[list[Read], World], Reading]) -> None:
        self.reads, self.open = reads, open_
        self.stated = [set(laws(r.row)) for r in reads]
        partings = list(_partings(reads))
        self.chapters = set(partings[0])
        self.parts = [p for p in dict.fromkeys(p for parting in partings for p in parting) if self._anew(p)]
        self.alone: dict[Part, list[Alone]] = {}

    def _anew(self, part: Part, but: int = -1) -> bool:
        """Whether a part, one formula of it apart, states a law otherwise than what stands outside it."""
        inside = {law for k in part if k != but for law in self.stated[k]}
        outside = {law for k in set(range(len(self.reads))) - set(part) for law in self.stated[k]}
        return any(kind == other and said != law for kind, said in inside - outside for other, law in outside - inside)

    def judged(self, r: Read, found: Judgement, before: Mapping[int, Equation]) -> Judgement:
        """The verdict on a formula that the reading of the whole document refutes, or leaves open; `before` has what
        that reading said.
        """
        at = next((k for k, other in enumerate(self.reads) if other.formula is r.formula), -1)
        for part in self.parts:
            if at in part and self._anew(part, at):
                for alone in self._alone(part):
                    better = alone.better(self.reads[at], found, before)
                    if better is not None:
                        return better
        return found

    def _alone(self, part: Part) -> list[Alone]:
        if part not in self.alone:
            mine = [self.reads[k] for k in part]
            self.alone[part] = [Alone(self.open(mine, w), part in self.chapters) for w in candidates(mine, self.reads)]
        return self.alone[part]


def _partings(reads: Sequence[Read]) -> Iterator[list[Part]]:
    """The ways to part a document: by the headings of each level, and without any where a path is stated anew."""
    numbers = [tuple(r.formula.headings[k] for r in reads) for k in range(len(NONE))]
    headed = [n for n in dict.fromkeys(numbers) if len(set(n)) > 1]
    for number in headed or [_runs(reads)]:
        yield [tuple(k for k, n in enumerate(number) if n == m) for m in sorted(set(number))]


def _runs(reads: Sequence[Read]) -> tuple[int, ...]:
    """For each formula how often the state has been put on another path before it, or by it."""
    paths = [show(r.row) if defines_path(r.row) else "" for r in reads]
    out, standing, run = [], "", 0
    for path in paths:
        run += bool(path and standing and path != standing)
        standing = path or standing
        out.append(run)
    return tuple(out)


__all__ = ["Restated"]
