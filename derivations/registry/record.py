"""What a check found out about one entry, as plain data: a line of the verdict table, and what stands below it.

A record crosses the border of a process and is kept in the cache; an `Entry` with its theorems does neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from derivations.language.entry import Entry
from derivations.registry.lock import Locked, stated
from derivations.registry.refusal import explain
from derivations.registry.verdicts import alarms, judge, opinions


@dataclass(frozen=True)
class Record:
    """One entry after its check.

    steps: the displayed lines that were checked. opinions: SymPy's word on each algebraic step. stated: what the
    lock is asked about. explanation: why the verdict is not the declared one, in lines. alarms: why SymPy disagrees.
    broken: the author's own Python failed.
    """

    id: str
    title: str
    chapter: str
    verdict: str
    declared: str
    steps: int
    axioms: tuple[str, ...]
    opinions: tuple[str, ...]
    milliseconds: float
    stated: Locked
    explanation: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    broken: bool = False

    @property
    def as_declared(self) -> bool:
        """Whether the verdict is the one that the author declares."""
        return self.verdict == self.declared


def examine(entry: Entry, second_opinion: bool = True, traces: Path | None = None) -> Record:
    """Prove an entry, ask SymPy about each algebraic step, and write its proof trace into a folder, if asked to."""
    outcome = judge(entry)
    known = outcome.verdict != "undecided"
    said = opinions(entry) if second_opinion and known else []
    if traces is not None and known:
        from derivations.evidence.trace import write_trace

        write_trace([part.theorem for part in entry.results], traces / f"{entry.id}.jsonl", entry.claimed)
    return Record(
        entry.id, entry.title, entry.chapter, outcome.verdict, entry.declared,
        sum(line.link is not None for part in entry.parts for line in part.lines) if known else 0,
        tuple(entry.axioms) if known else (), tuple(said), entry.milliseconds, stated(entry),
        () if outcome.verdict == entry.declared else tuple(explain(entry, outcome)),
        tuple(alarms(entry)) if said else (), outcome.broken,
    )  # fmt: skip
