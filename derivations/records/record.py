"""What a check found out about one entry: a line of the verdict table, and what stands below it.

A record crosses the border of a process and is kept in the cache; an `Entry` with its theorems does neither.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from derivations.records.lock import Locked

VERDICTS = ("undecided", "refuted", "assumed", "proved", "defined")
AGREES, NOT_ASKED, DISAGREES = "agrees", "not asked", "DISAGREES"


@dataclass(frozen=True)
class Head:
    """An entry before its check: who it is, and what its author declares."""

    id: str
    title: str
    chapter: str
    declared: str
    revision: int


@dataclass(frozen=True)
class Record:
    """One entry after its check.

    digest, sorts: the hashes of the statement and of what its letters are; empty when there is none. steps: the
    displayed lines that were checked. opinions: SymPy's word on each algebraic step. explanation: why the verdict is
    not the declared one, in lines. alarms: why SymPy disagrees. broken: the author's own Python failed.
    """

    head: Head
    verdict: str
    digest: str = ""
    sorts: str = ""
    steps: int = 0
    axioms: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    milliseconds: float = 0.0
    explanation: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    broken: bool = False

    @property
    def id(self) -> str:
        """The ID."""
        return self.head.id

    @property
    def as_declared(self) -> bool:
        """Whether the verdict is the one that the author declares."""
        return self.verdict == self.head.declared

    @property
    def stated(self) -> Locked:
        """What the lock is asked about."""
        return Locked(self.id, self.head.revision, self.digest, self.sorts)

    @property
    def result(self) -> tuple[Any, ...]:
        """What two checks of one entry must have in common, SymPy's opinion and the time apart."""
        return self.head, self.verdict, self.digest, self.sorts, self.steps, self.axioms

    def plain(self) -> dict[str, Any]:
        """The record as data that JSON can hold."""
        return asdict(self)


def read(data: dict[str, Any]) -> Record:
    """The record from its data. Raises TypeError, or KeyError, for something else."""
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    values["head"] = Head(**data["head"])
    return Record(**values)
