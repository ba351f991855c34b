"""Who checks an entry for `derive check`: the cache, or a worker under limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

from derivations.records import record
from derivations.records.record import Head, Record
from derivations.worker import Limit, Limits, Worker

if TYPE_CHECKING:
    from derivations.cli.request import Item
    from derivations.records.store import Store


@dataclass(frozen=True)
class Opened:
    """A file of derivations: its chapter, whether it is the user's own, and its entries."""

    chapter: str
    title: str
    own: bool
    heads: list[Head]


@dataclass(frozen=True)
class Checked:
    """An entry after its check: the record, the report if it was asked for, and whether both were kept from before."""

    record: Record
    report: dict[str, Any] | None
    kept: bool = False


class Prover:
    """Checks entries one by one, in a worker under limits that is replaced after it met one.

    Args:
        store: the cache; without it everything is proved now.
        second_opinion: ask SymPy about each algebraic step.
        traces: the folder for proof traces.
        full: make reports too.
        limits: for each entry; without, the usual ones.
    """

    def __init__(
        self, store: Store | None = None, second_opinion: bool = True, traces: str | None = None, full: bool = False,
        limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self.store, self.second_opinion, self.traces, self.full = store, second_opinion, traces, full
        self.worker = Worker(limits, fork=True)
        self.given_up: dict[str, str] = {}

    def __enter__(self) -> Prover:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.worker.close()

    def submit(self, function: str, *arguments: Any) -> Any:
        """What the worker answers. A worker that is a copy of this process begins with all that checks need."""
        if self.worker.forks:
            from derivations.registry.examine import prepare

            prepare(self.second_opinion)
        return self.worker.submit(function, *arguments)

    def hold(self, items: Iterable[Item]) -> None:
        """Have the entries at hand that were found already."""
        known = [item.entry for item in items if item.entry is not None]
        if known:
            from derivations.registry.examine import hold

            hold(known)

    def open(self, path: str) -> Opened:
        """Read a file of derivations. Raises UserFileError, or Refused."""
        found = self.submit("derivations.registry.examine:open_plain", path)
        if isinstance(found, Limit):
            from derivations.registry.userfile import UserFileError

            raise UserFileError(f"{path}: undecided: reading it {found.reason}; nothing of it was checked")
        heads = [Head(**head) for head in found["heads"]]
        return Opened(found["chapter"], found["title"], found["own"], heads)

    def check(self, item: Item) -> Checked:
        """Check one entry, or find that it was checked before."""
        kept = self.store.get(item.id, self.second_opinion) if self.store is not None and item.module else None
        if kept is not None:
            made = kept.record if self.second_opinion else replace(kept.record, opinions=())
            return Checked(made, kept.report, True)
        return self.prove(item)

    def prove(self, item: Item) -> Checked:
        """Check one entry now; a limit costs this entry, and what rests on it."""
        found = self.submit(
            "derivations.registry.examine:check_plain",
            item.path, item.id, self.given_up, self.second_opinion, self.traces, self.full,
        )  # fmt: skip
        if not isinstance(found, Limit):
            return Checked(record.read(found["record"]), found["report"])
        self.given_up[item.id] = found.reason
        return Checked(Record(self._head(item), "undecided", explanation=_limited(found)), None)

    def _head(self, item: Item) -> Head:
        if item.head is not None:
            return item.head
        from derivations.registry import find
        from derivations.registry.examine import head

        return head(item.entry or find(item.id))


def _limited(found: Limit) -> tuple[str, ...]:
    """Why an entry that met a limit is undecided, in lines."""
    if found.kind == "crash":
        return (f"  {found.reason}, and nothing is known of this entry.",)
    more = "--limit-mb" if found.kind == "memory" else "--limit-seconds"
    return (f"  too large: {found.reason}.", f"  Divide it, or allow more with {more}.")
