"""Who checks an entry for `derive check`: the cache, this process, or a worker under limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """Checks entries one by one; a file of the user's is always checked in the worker.

    Args:
        store: the cache; without it everything is proved now.
        second_opinion: ask SymPy about each algebraic step.
        traces: the folder for proof traces.
        full: make reports too.
        limits: check the entries of the book in the worker too, under these; without, files have the usual ones.
    """

    def __init__(
        self, store: Store | None = None, second_opinion: bool = True, traces: str | None = None, full: bool = False,
        limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self.store, self.second_opinion, self.traces, self.full = store, second_opinion, traces, full
        self.apart = limits is not None
        self.worker = Worker(limits)
        self.given_up: dict[str, str] = {}

    def open(self, path: str) -> Opened:
        """Read a file of derivations. Raises UserFileError, or Refused."""
        found = self.worker.submit("derivations.registry.examine:open_plain", path)
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
        return self._apart(item) if item.path or self.apart else self.here(item)

    def here(self, item: Item) -> Checked:
        """Check an entry of the book in this process, now."""
        from derivations.registry import find, report
        from derivations.registry.examine import examine

        entry = item.entry or find(item.id)
        made = examine(entry, self.second_opinion, self.traces)
        return Checked(made, report(entry, self.second_opinion, used_by=False) if self.full else None)

    def _apart(self, item: Item) -> Checked:
        """Check an entry in the worker; a limit costs this entry, and what rests on it."""
        found = self.worker.submit(
            "derivations.registry.examine:check_plain",
            item.path, item.id, self.given_up, self.second_opinion, self.traces, self.full,
        )  # fmt: skip
        if not isinstance(found, Limit):
            return Checked(record.read(found["record"]), found["report"])
        self.given_up[item.id] = found.reason
        more = "--limit-mb" if found.kind == "memory" else "--limit-seconds"
        said = (f"  too large: {found.reason}.", f"  Divide it, or allow more with {more}.")
        return Checked(Record(self._head(item), "undecided", explanation=said), None)

    def _head(self, item: Item) -> Head:
        if item.head is not None:
            return item.head
        from derivations.registry import find
        from derivations.registry.examine import head

        return head(item.entry or find(item.id))
