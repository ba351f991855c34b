"""Entries and chapters: what the corpus is made of. An entry is proved when it is asked for, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from derivations.evidence.seal import sorts_hash, statement_hash
from derivations.kernel import RuleError, Theorem
from derivations.kernel.logic import ground_false, instantiate, table
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.substitution import alpha
from derivations.kernel.terms import Like, Term, TermError, show
from derivations.kernel.theorem import premises, same
from derivations.language.calculation import Calculation, DerivationError, Part, Reached

OWNER: WeakKeyDictionary[Theorem, str] = WeakKeyDictionary()  # theorem -> the entry that proved it

Author = Callable[[Calculation], Any]


@dataclass(frozen=True)
class Prose:
    """A paragraph of the chapter, in Markdown."""

    markdown: str


@dataclass(frozen=True)
class Claim:
    """A false equation found in print, and a point at which it fails."""

    lhs: Term
    rhs: Term
    at: Mapping[Term, Like]


@dataclass(eq=False)
class Entry:
    """One result: who it is, what it assumes, and the function that derives it."""

    id: str
    title: str
    chapter: str
    kind: str
    author: Author
    aim: str
    given: tuple[Term, ...] = ()
    words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    declared: str = "proved"
    revision: int = 1
    notes: str = ""
    no_twin: str = ""
    witness: Mapping[Term, Like] = field(default_factory=dict)
    claim: Claim | None = None
    defines: tuple[Theorem, ...] = ()  # definitions that are made here; others may use them before the entry is derived
    _parts: list[Part] | None = None
    _begun: list[Part] = field(default_factory=list)  # the first parts, as far as others needed them
    milliseconds: float = 0.0

    @property
    def parts(self) -> list[Part]:
        """What the entry proves, derived on first use. Raises DerivationError when a step is refused."""
        if self._parts is None:
            begin = time.perf_counter()
            self._parts = self._derive()
            self.milliseconds = 1000 * (time.perf_counter() - begin)
        return self._parts

    def _derive(self, until: Callable[[Part], bool] | None = None) -> list[Part]:
        sheet = Calculation(self.id, self.given, until)
        try:
            if until is None:
                _refuse_false(self.given)
            self.author(sheet)
        except Reached:
            pass
        except (RuleError, TermError) as e:
            raise DerivationError(f"{self.id}: {e}") from None
        except (TooLarge, RecursionError, MemoryError) as e:
            at = f", step {len(sheet.lines)}" if sheet.lines else ""
            said = str(e) or "memory ran out"
            raise DerivationError(f"{self.id}{at}: too large: {said}") from None
        if not sheet.parts:
            raise DerivationError(f"{self.id}: the entry proves nothing")
        for part in sheet.parts:
            OWNER[part.theorem] = self.id
        return sheet.parts

    def _first(self, wanted: Callable[[Part], bool]) -> Theorem | None:
        """The first such part. While nobody needs the whole entry, what its author derives later is left out; who asks
        twice gets the whole, so that no entry is begun three times.
        """
        if self._parts is None and not any(map(wanted, self._begun)):
            if self._begun:
                return next((p.theorem for p in self.parts if wanted(p)), None)
            self._begun = self._derive(wanted)
        return next((p.theorem for p in self._parts or self._begun if wanted(p)), None)

    @property
    def theorem(self) -> Theorem:
        """The entry's theorem; the first, when its statement has several."""
        found = self._first(lambda p: not p.lemma)
        if found is None:
            raise DerivationError(f"{self.id}: the entry proves lemmas only")
        return found

    @property
    def results(self) -> list[Part]:
        """The parts that make up the statement: all but the lemmas on the way."""
        return [p for p in self.parts if not p.lemma]

    def part(self, label: str) -> Theorem:
        """The part with this label. Raises DerivationError when there is none."""
        found = self._first(lambda p: p.label == label)
        if found is None:
            raise DerivationError(f"{self.id} has no part {label!r}")
        return found

    def at(self, pairs: Mapping[Term, Like], label: str = "") -> Theorem:
        """The theorem with symbols instantiated."""
        return instantiate(self.part(label) if label else self.theorem, table(dict(pairs)))

    def conditions(self, part: Part) -> list[Term]:
        """What a part of the statement assumes beyond what the entry and its first part do: it holds if these do."""
        usual = (*self.given, *self.theorem.hypotheses)
        return [h for h in part.theorem.hypotheses if not any(same(h, g) for g in usual)]

    @property
    def axioms(self) -> list[str]:
        """The named axioms on which any part rests, transitively."""
        return sorted(frozenset().union(*(p.theorem.axioms for p in self.parts)))

    @property
    def rules(self) -> list[str]:
        """The kernel rules that any part uses, transitively."""
        return sorted({t.rule for p in self.parts for t in ancestors(p.theorem)})

    @property
    def uses(self) -> list[str]:
        """The entries on which this one rests directly."""
        found: dict[str, None] = {}
        for p in self.parts:
            for t in ancestors(p.theorem, stop=lambda t: OWNER.get(t, self.id) != self.id):
                owner = OWNER.get(t)
                if owner and owner != self.id:
                    found.setdefault(owner)
        return list(found)

    def report(self) -> dict[str, Any]:
        """The entry as plain data, for the book; see `derivations.registry.report`."""
        from derivations.registry.report import report

        return report(self)

    @property
    def claimed(self) -> str:
        """The false claim as text, up to bound names; empty for an entry that refutes nothing."""
        return f"{show(alpha(self.claim.lhs))} = {show(alpha(self.claim.rhs))}" if self.claim else ""

    def digest(self) -> str:
        """The hash of the statement: hypotheses and conclusions, up to bound names."""
        return statement_hash((p.theorem for p in self.results), self.claimed)

    def sorts(self) -> str:
        """The hash of what the letters of the statement are."""
        return sorts_hash(p.theorem for p in self.results)


def _refuse_false(given: Iterable[Term]) -> None:
    """Refuse a hypothesis that is false as it stands, though the proof may not use it."""
    for h in given:
        if ground_false(h):
            raise RuleError(f"the hypothesis {show(h)} is false, so anything would follow from it")


def ancestors(theorem: Theorem, stop: Callable[[Theorem], bool] = lambda t: False) -> Iterator[Theorem]:
    """The theorem and everything that it was made from, each once; below a theorem that stops, nothing."""
    seen, stack = set(), [theorem]
    while stack:
        t = stack.pop()
        if id(t) in seen:
            continue
        seen.add(id(t))
        yield t
        if not stop(t):
            stack.extend(premises(t.arguments))


@dataclass
class Chapter:
    """A chapter: its aims, and prose and entries in reading order."""

    key: str
    title: str
    aim_short: str
    aim_long: str
    blocks: list[Prose | Entry] = field(default_factory=list)

    def prose(self, markdown: str) -> None:
        """A paragraph at this place."""
        self.blocks.append(Prose(markdown.strip()))

    def theorem(self, id: str, title: str, **details: Any) -> Callable[[Author], Entry]:
        """An entry that is proved by the function below it; the function's docstring is the aim."""
        return self._entry("theorem", id, title, "proved", details)

    def definition(self, id: str, title: str, **details: Any) -> Callable[[Author], Entry]:
        """An entry that fixes a meaning."""
        return self._entry("definition", id, title, "defined", details)

    def refutation(self, id: str, title: str, **details: Any) -> Callable[[Author], Entry]:
        """A claim found in print that is false: the function proves how far it is off, `claim` is refuted by
        numbers.
        """
        return self._entry("refutation", id, title, "refuted", details)

    def _entry(
        self, kind: str, id: str, title: str, declared: str, details: dict[str, Any]
    ) -> Callable[[Author], Entry]:
        given = details.pop("given", ())
        pairs = [g if isinstance(g, tuple) else (g, "") for g in given]
        details.setdefault("declared", declared)

        def keep(author: Author) -> Entry:
            aim = " ".join((author.__doc__ or "").split())
            formulas, words = tuple(g for g, _ in pairs), tuple(w for _, w in pairs)
            entry = Entry(id, title, self.key, kind, author, aim, formulas, words, **details)
            if any(e.id == id for e in self.entries):
                raise DerivationError(f"the ID {id} is used twice in the chapter {self.key}")
            OWNER.update(dict.fromkeys(entry.defines, id))
            self.blocks.append(entry)
            return entry

        return keep

    @property
    def entries(self) -> list[Entry]:
        """The entries in reading order."""
        return [b for b in self.blocks if isinstance(b, Entry)]
