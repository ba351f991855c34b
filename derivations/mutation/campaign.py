"""A campaign: every mutant of every displayed line and every statement is tried, on any executor.

The unit of work is one line or statement with all its mutants. A worker derives the entry, and what it rests on, once,
and keeps it; then only the one step is done again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from derivations.formats.plain import plain
from derivations.language.entry import Entry
from derivations.mutation.edits import mutants
from derivations.mutation.trial import Statement, Step, tried
from derivations.registry import entries
from derivations.registry.userfile import load_file

STATEMENT = -1


@dataclass(frozen=True)
class Job:
    """One line of a part of an entry, or its statement (line -1); `file` is "" for an entry of the book."""

    entry: str
    part: int
    line: int
    file: str = ""


def jobs(chosen: Iterable[Entry], file: str = "") -> list[Job]:
    """What there is to try: each line of each calculation, and each statement. The entries are derived now."""
    found = []
    for entry in chosen:
        for k, part in enumerate(entry.parts):
            lines = range(len(part.lines)) if len(part.lines) > 1 else ()
            found += [Job(entry.id, k, n, file) for n in lines] + [Job(entry.id, k, STATEMENT, file)]
    return found


def campaign(todo: Iterable[Job], executor: Executor) -> Iterator[dict[str, Any]]:
    """The results of the jobs as they come in. When it is left early, what has not begun is given up."""
    futures = [executor.submit(run, job) for job in todo]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def run(job: Job) -> dict[str, Any]:
    """Try every mutant of one line or statement; the result is plain data."""
    begin = time.process_time()
    target = _target(job)
    rows = []
    for mutant in mutants(target.original):
        verdict = tried(target, mutant.term)
        rows.append({"edit": mutant.edit, "mutant": plain(mutant.term), "outcome": verdict.outcome, "why": verdict.why})
    return {
        "entry": job.entry, "part": job.part, "line": job.line, "file": job.file,
        "original": plain(target.original), "mutants": rows,
        "seconds": round(time.process_time() - begin, 3),
    }  # fmt: skip


def _target(job: Job) -> Step | Statement:
    entry = _entry(job.file, job.entry)
    part = entry.parts[job.part]
    if job.line == STATEMENT:
        return Statement(part.theorem, entry.given)
    n = max(job.line, 1)
    before, after = part.lines[n - 1 : n + 1]
    return Step(before.term, after.term, after.by, entry.given, first=job.line == 0)


@cache
def _entry(file: str, entry_id: str) -> Entry:
    """The entry in this process, which keeps what it has derived.

    For an entry of the book the whole book is read: numbers open the definitions that a process knows, and all
    processes are to know the same.
    """
    return next(e for e in _own(file) if e.id == entry_id) if file else entries()[entry_id]


@cache
def _own(file: str) -> list[Entry]:
    return load_file(Path(file)).entries
