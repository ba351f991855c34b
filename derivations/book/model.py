"""The corpus as plain, checked data: what every page of the book is made from.

`load` reads any module that offers `corpus()`, `report(entry)`, `notation()` and `ledger()`; the book reads
`derivations.registry`, the tests read a fixture. Everything that could break a page later (a missing field,
an unknown verdict, a reference to an ID that does not exist) is refused here, with the ID of the entry at
fault.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.book import graph

VERDICTS = ("undecided", "refuted", "assumed", "proved", "defined")
KINDS = ("theorem", "definition", "refutation", "axiom")
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")


class BookError(Exception):
    """The corpus cannot be turned into a book; the message names the entry and what to change."""


@dataclass(frozen=True)
class Step:
    """One displayed line of a derivation; `n` is 0 for the expression it starts from."""

    n: int
    tex: str
    relation: str
    rule: str
    rule_text: str
    because: str
    asks: str
    answer: str
    uses: tuple[str, ...]
    sympy: str


@dataclass(frozen=True)
class Entry:
    """One formula with everything that the book says about it. Texts are Markdown with `$...$`."""

    id: str
    revision: int
    title: str
    chapter: str
    kind: str
    verdict: str
    declared: str
    reason: str
    aim: str
    hypotheses: tuple[Mapping[str, str], ...]
    statement: Mapping[str, str]
    steps: tuple[Step, ...]
    axioms: tuple[str, ...]
    uses: tuple[str, ...]
    used_by: tuple[str, ...]
    sources: tuple[str, ...]
    notes: str
    witness: Mapping[str, str]
    counterexample: Mapping[str, Any] | None
    formats: Mapping[str, str]
    twin: str
    no_twin: str
    milliseconds: float
    report: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Prose:
    """Markdown between two entries of a chapter."""

    markdown: str


@dataclass(frozen=True)
class Chapter:
    """One chapter: its aims and its blocks, in reading order."""

    key: str
    title: str
    aim_short: str
    aim_long: str
    blocks: tuple[Prose | Entry, ...]

    @property
    def entries(self) -> list[Entry]:
        """The entries of the chapter, in reading order."""
        return [block for block in self.blocks if isinstance(block, Entry)]


@dataclass(frozen=True)
class Book:
    """The whole corpus. `notation` and `ledger` are the registry's rows, unchanged."""

    chapters: tuple[Chapter, ...]
    notation: tuple[Mapping[str, str], ...]
    ledger: tuple[Mapping[str, Any], ...]

    @property
    def entries(self) -> dict[str, Entry]:
        """Every entry by ID, in reading order."""
        return {entry.id: entry for chapter in self.chapters for entry in chapter.entries}

    def chapter_of(self, entry_id: str) -> Chapter:
        """The chapter in which an entry stands."""
        return next(c for c in self.chapters if any(e.id == entry_id for e in c.entries))

    def ancestors(self, entry_id: str) -> list[str]:
        """Everything that an entry rests on, directly or not, in reading order; without the entry itself."""
        entries, found, pending = self.entries, set[str](), list(self.entries[entry_id].uses)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending.extend(entries[name].uses)
        return [name for name in entries if name in found]


def load(source: str = "derivations.registry") -> Book:
    """Read and check the corpus of a module.

    Args:
        source: dotted name of a module that offers `corpus()`, `report(entry)`, `notation()` and `ledger()`.

    Raises:
        BookError: the module cannot be imported, or its data cannot be shown.
    """
    try:
        module = importlib.import_module(source)
    except ImportError as error:
        raise BookError(f"the book reads its corpus from {source!r}, which cannot be imported: {error}") from error
    book = Book(
        chapters=tuple(_chapter(chapter, module.report) for chapter in module.corpus()),
        notation=tuple(module.notation()),
        ledger=tuple(module.ledger()),
    )
    _check(book)
    return book


def _chapter(chapter: Any, report: Callable[[Any], Mapping[str, Any]]) -> Chapter:
    blocks = [
        Prose(block.markdown) if hasattr(block, "markdown") else _entry(report(block), chapter.key)
        for block in chapter.blocks
    ]
    return Chapter(chapter.key, chapter.title, chapter.aim_short, chapter.aim_long, tuple(blocks))


def _entry(report: Mapping[str, Any], chapter: str) -> Entry:
    missing = [name for name in Entry.__dataclass_fields__ if name != "report" and name not in report]
    if missing:
        raise BookError(f"{report.get('id', 'an entry')}: its report lacks {', '.join(missing)}")
    steps = tuple(_step(report["id"], step) for step in report["steps"])
    values = {name: report[name] for name in Entry.__dataclass_fields__ if name != "report"}
    for name in ("hypotheses", "axioms", "uses", "used_by", "sources"):
        values[name] = tuple(values[name])
    return Entry(**{**values, "chapter": chapter, "steps": steps, "report": report})


def _step(entry_id: str, step: Mapping[str, Any]) -> Step:
    missing = [name for name in Step.__dataclass_fields__ if name not in step]
    if missing:
        raise BookError(f"{entry_id}: step {step.get('n', '?')} of its report lacks {', '.join(missing)}")
    values = {name: step[name] for name in Step.__dataclass_fields__}
    return Step(**{**values, "uses": tuple(step["uses"])})


def _check(book: Book) -> None:
    if not book.entries:
        raise BookError("the corpus has no entries: a book of 0 proved formulas out of 0 is not built")
    _refuse_duplicates("chapter key", [chapter.key for chapter in book.chapters])
    _refuse_duplicates("ID", [entry.id for chapter in book.chapters for entry in chapter.entries])
    for entry in book.entries.values():
        if not _ID.fullmatch(entry.id):
            raise BookError(f"{entry.id!r} is not an ID: write lower-case words joined by dots, as in posterior.mean")
    axioms = {row["name"] for row in book.ledger}
    for entry in book.entries.values():
        _check_entry(entry, set(book.entries), axioms)
    try:
        graph.order({entry.id: entry.uses for entry in book.entries.values()})
    except ValueError as error:
        raise BookError(f"the corpus has {error}") from error


def _check_entry(entry: Entry, known: set[str], axioms: set[str]) -> None:
    if entry.verdict not in VERDICTS:
        raise BookError(f"{entry.id}: unknown verdict {entry.verdict!r}; known: {', '.join(VERDICTS)}")
    if entry.kind not in KINDS:
        raise BookError(f"{entry.id}: unknown kind {entry.kind!r}; known: {', '.join(KINDS)}")
    named = [*entry.uses, *entry.used_by, *(name for step in entry.steps for name in step.uses)]
    unknown = sorted(set(named) - known)
    if unknown:
        raise BookError(f"{entry.id}: refers to {', '.join(unknown)}, which the corpus does not hold")
    unlisted = sorted(set(entry.axioms) - axioms)
    if unlisted:
        raise BookError(f"{entry.id}: rests on {', '.join(unlisted)}, which the ledger of axioms does not hold")
    numbers = [step.n for step in entry.steps]
    if numbers != list(range(len(numbers))):
        raise BookError(f"{entry.id}: its steps are numbered {numbers}; expected 0, 1, 2, ... without a gap")


def _refuse_duplicates(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BookError(f"two entries share the {what} {name!r}; each must have its own")
        seen.add(name)
