"""`derive check`: prove entries, print the verdict table, and say what is not as declared."""

from __future__ import annotations

import gc
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivations.cli import cache
from derivations.cli.page import wrapped
from derivations.cli.table import print_table, print_totals, totals
from derivations.cli.terminal import cut, paint, progress
from derivations.errors import RequestError
from derivations.language.entry import Chapter, Entry
from derivations.registry import corpus, entries, find, lock, report
from derivations.registry.record import Record, examine
from derivations.registry.userfile import UserFileError, load_file
from derivations.registry.verdicts import DISAGREES, load_second_opinion


@dataclass
class Request:
    """What is to be checked: entries in order, chapter titles, and which entries are the user's own."""

    entries: list[Entry] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    whole: bool = False

    def add(self, chapter: Chapter, title: str) -> None:
        """Ask for every entry of a chapter."""
        self.entries += chapter.entries
        self.titles[chapter.key] = title


def run(
    what: list[str], as_json: bool = False, second_opinion: bool = True, traces: Path | None = None
) -> int:
    """Check IDs and files, or the corpus when there are none, and return the exit code."""
    begin = time.perf_counter()
    request = resolve(what)
    if traces is not None:
        make_folder(traces)
    if second_opinion:
        load_second_opinion()
    gc.freeze()  # what is loaded stays: without this the collector looks at all of it again and again
    total = len(request.entries)
    rows = [examine(e, second_opinion, traces) for e in progress(request.entries, total, "proving")]
    problems = find_problems(request, rows)
    if as_json:
        print(json.dumps(data(request, rows, problems, second_opinion), indent=1, ensure_ascii=False))
    else:
        print_table(rows, request.titles)
        for text in problems:
            print(f"\n{paint(text, 'red')}")
        print_totals(rows, second_opinion, time.perf_counter() - begin)
        print_outlook(request, rows, problems)
        if traces is not None:
            written = sum(row.verdict != "undecided" for row in rows)
            print(f"{written} proof traces are in {traces}; `derive replay {traces}` does the proofs again.")
    if request.whole:
        shown = {row.id for row in rows if row.as_declared}
        cache.write([report(entry, second_opinion) for entry in request.entries if entry.id in shown])
    if any(row.broken and row.id in request.own for row in rows):
        return 2
    return 1 if problems else 0


def make_folder(folder: Path) -> None:
    """The folder for traces. Raises RequestError when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"--trace {folder}: cannot make this folder: {error.strerror}") from None


def resolve(what: list[str]) -> Request:
    """The entries that were asked for, each once. Raises UnknownID, or UserFileError for a file."""
    request = Request(whole=not what)
    if request.whole:
        for chapter in corpus():
            request.add(chapter, chapter.title)
    for name in what:
        if name.endswith(".py") or "/" in name:
            _own(request, Path(name))
        else:
            request.entries.append(find(name))
    request.entries = list(dict.fromkeys(request.entries))
    return request


def _own(request: Request, path: Path) -> None:
    """Ask for the entries of a file; a file of the corpus itself means its chapter."""
    chapter = load_file(path)
    known = {**entries(), **{entry.id: entry for entry in request.entries}}
    for entry in chapter.entries:
        if known.get(entry.id, entry) is not entry:
            where = "to the book" if entry.id in entries() else "to another file of this command"
            raise UserFileError(
                f"{path}: the ID {entry.id} belongs {where}; give this entry another, as in mine.{entry.id}"
            )
    request.own |= {entry.id for entry in chapter.entries if entry.id not in entries()}
    request.add(chapter, f"{chapter.title} ({path})")


def find_problems(request: Request, rows: list[Record]) -> list[str]:
    """Why the check fails, a text each; empty when everything is as declared."""
    found = [_undeclared(row) for row in rows if not row.as_declared]
    found += [_alarm(row) for row in rows if DISAGREES in row.opinions]
    published = [row.stated for row in rows if row.id not in request.own]
    if published:
        found += [f"formulas.lock: {text}" for text in lock.problems(published, lock.read(), request.whole)]
    if not rows:
        found.append("there is nothing to check: 0 proved out of 0 is a failure, not a success")
    return found


def _undeclared(row: Record) -> str:
    head = f"{row.id}: declared {row.declared}, and it is {row.verdict}"
    return "\n".join([head, *row.explanation])


def _alarm(row: Record) -> str:
    steps = "one algebraic step" if len(row.alarms) == 1 else f"{len(row.alarms)} algebraic steps"
    return "\n".join(
        [
            f"ALARM: {row.id}: the kernel and SymPy disagree about {steps}.",
            "  One of the two is wrong: rely neither on this formula nor on what uses it. Report it, with",
            f"  derive check {row.id} --json",
            *(line for text in row.alarms for line in wrapped(f"SymPy: {text}", "  ", "    ")),
        ]
    )


def data(request: Request, rows: list[Record], problems: list[str], second_opinion: bool) -> dict[str, Any]:
    """Everything about a check, for `--json`."""
    return {
        "ok": not problems,
        "totals": totals(rows),
        "problems": problems,
        "entries": [report(entry, second_opinion, used_by=request.whole) for entry in request.entries],
    }


def print_outlook(request: Request, rows: list[Record], problems: list[str]) -> None:
    """Print whether all is as declared, and which entries are not published yet."""
    if problems:
        print(paint("Not everything is as declared.", "red"))
    else:
        print(paint("Everything is as declared.", "green"))
    fresh = lock.unlocked((row.stated for row in rows if row.id not in request.own), lock.read())
    if fresh:
        names = cut(", ".join(e.id for e in fresh), 120)
        said = f"Not published in formulas.lock yet: {len(fresh)} ({names}). `derive lock` publishes."
        print("\n".join(wrapped(said)))
