"""Checking one entry: what comes out is plain data, here or from a worker."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from derivations.errors import RequestError
from derivations.language.calculation import Calculation, DerivationError
from derivations.language.entry import Chapter, Entry
from derivations.records.record import Head, Record
from derivations.registry.corpus import entries, find
from derivations.registry.report import report
from derivations.registry.userfile import UserFileError, load_file, taken
from derivations.registry.verdicts import Outcome, alarms, judge, load_second_opinion, opinions


def head(entry: Entry) -> Head:
    """What is known of an entry before it is proved."""
    return Head(entry.id, entry.title, entry.chapter, entry.declared, entry.revision)


@cache
def prepare(second_opinion: bool) -> None:
    """Load what all checks of a process need, and have the collector leave it alone: it stays.

    What a proof makes is freed by counting references, but for a few cycles.
    """
    if second_opinion:
        load_second_opinion()
    gc.freeze()


def examine(entry: Entry, second_opinion: bool = True, traces: str | None = None) -> Record:
    """Prove an entry, ask SymPy about each algebraic step, and write its proof trace into a folder, if asked to."""
    prepare(second_opinion)
    outcome = judge(entry)
    if outcome.verdict == "undecided":
        return Record(head(entry), "undecided", explanation=_why(entry, outcome), broken=outcome.broken)
    said = opinions(entry) if second_opinion else []
    if traces is not None:
        _write_trace(entry, Path(traces) / f"{entry.id}.jsonl")
    return Record(
        head(entry), outcome.verdict, entry.digest(), entry.sorts(),
        sum(line.link is not None for part in entry.parts for line in part.lines),
        tuple(entry.axioms), tuple(said), entry.milliseconds,
        () if outcome.verdict == entry.declared else _why(entry, outcome), tuple(alarms(entry)),
    )  # fmt: skip


def _write_trace(entry: Entry, path: Path) -> None:
    """Write the proof down. Raises RequestError when that cannot be done."""
    from derivations.evidence.trace import TraceError, write_trace

    try:
        write_trace([part.theorem for part in entry.results], path, entry.claimed)
    except TraceError as error:
        raise RequestError(f"{entry.id}: its proof cannot be written down: {error}") from None
    except OSError as error:
        raise RequestError(f"{path}: the proof cannot be written: {error.strerror}") from None


def _why(entry: Entry, outcome: Outcome) -> tuple[str, ...]:
    from derivations.registry.refusal import explain

    return tuple(explain(entry, outcome))


def open_file(path: str) -> tuple[Chapter, bool]:
    """The chapter of a file, and whether it is the user's own. Raises UserFileError, also for an ID of the book."""
    chapter = load_file(Path(path))
    book = entries()
    for entry in chapter.entries:
        if book.get(entry.id, entry) is not entry:
            raise UserFileError(taken(path, entry.id, "to the book"))
    return chapter, not any(entry.id in book for entry in chapter.entries)


# ---- what a worker is asked: plain data in and out

_opened: dict[str, Chapter] = {}
_held: dict[str, Entry] = {}


def hold(known: Iterable[Entry]) -> None:
    """Have the entries at hand, also in the copies of this process: they need not be looked for."""
    _held.update((entry.id, entry) for entry in known)


def _entry(path: str, entry_id: str) -> Entry:
    """The entry of a file, or of the book when there is no path. Raises UnknownID."""
    if path and path not in _opened:
        open_plain(path)
    known = {entry.id: entry for chapter in _opened.values() for entry in chapter.entries}
    return known.get(entry_id) or _held.get(entry_id) or find(entry_id)


def open_plain(path: str) -> dict[str, Any]:
    """The chapter of a file: its key and title, whether it is the user's own, and what is known of its entries."""
    _opened[path], own = open_file(path)
    heads = [asdict(head(entry)) for entry in _opened[path].entries]
    return {"chapter": _opened[path].key, "title": _opened[path].title, "own": own, "heads": heads}


def check_plain(
    path: str, entry_id: str, given_up: dict[str, str], second_opinion: bool, traces: str | None, full: bool
) -> dict[str, Any]:
    """The record of an entry of a file, or of the book when there is no path, and on demand its report.

    given_up: entries at which a limit was met, and which; they are not tried again by what rests on them.
    """
    for name, reason in given_up.items():
        _give_up(_entry(path, name), reason)
    entry = _entry(path, entry_id)
    made = examine(entry, second_opinion, traces)
    return {"record": made.plain(), "report": report(entry, second_opinion, used_by=False) if full else None}


def _give_up(entry: Entry, reason: str) -> None:
    """Have the entry refuse at once, with this reason."""

    def refuse(sheet: Calculation) -> None:
        raise DerivationError(f"{entry.id}: {reason}")

    entry.author = refuse


def sanity_plain(path: str, entry_id: str, given_up: dict[str, str]) -> dict[str, Any]:
    """The sanity of an entry of a file, or of the book when there is no path; see `check_plain`."""
    from derivations.registry.sanity import sanity

    for name, reason in given_up.items():
        _give_up(_entry(path, name), reason)
    return sanity(_entry(path, entry_id)).plain()
