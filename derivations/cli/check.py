"""`derive check`: prove entries, print the verdict table, and say what is not as declared."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivations.cli.terminal import VERDICT, cut, paint, progress, width
from derivations.language.calculation import DerivationError
from derivations.language.entry import Entry
from derivations.registry import corpus, entries, find, judge, lock
from derivations.registry.refusal import explain
from derivations.registry.userfile import UserFileError, load_file
from derivations.registry.verdicts import AGREES, DISAGREES, VERDICTS, Outcome, opinions


@dataclass
class Request:
    """What is to be checked: entries in order, chapter titles, and which of the entries are the user's own."""

    entries: list[Entry] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    whole: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    entry: Entry
    outcome: Outcome
    opinions: list[str]

    @property
    def steps(self) -> int:
        """How many displayed steps were checked; none of an undecided entry."""
        known = self.outcome.verdict != "undecided"
        return sum(line.link is not None for part in self.entry.parts for line in part.lines) if known else 0

    @property
    def axioms(self) -> list[str]:
        """The named axioms."""
        return self.entry.axioms if self.outcome.verdict != "undecided" else []

    @property
    def as_declared(self) -> bool:
        """Whether the verdict is the one that the author declares."""
        return self.outcome.verdict == self.entry.declared


def run(what: list[str], as_json: bool = False, second_opinion: bool = True) -> int:
    """Check IDs and files, or the corpus when there are none, and return the exit code."""
    begin = time.perf_counter()
    try:
        request = resolve(what)
    except DerivationError as error:
        print(f"derive: refused while the file was read: {error}", file=sys.stderr)
        return 1
    rows = [_row(e, second_opinion) for e in progress(request.entries, len(request.entries), "proving")]
    problems = find_problems(request, rows)
    if as_json:
        print(json.dumps(data(request, rows, problems, second_opinion), indent=1, ensure_ascii=False))
    else:
        print_table(request, rows, second_opinion)
        print_problems(rows, problems)
        print_totals(rows, problems, second_opinion, time.perf_counter() - begin)
        print_unlocked(request)
    if any(row.outcome.broken and row.entry.id in request.own for row in rows):
        return 2
    return 1 if problems else 0


def resolve(what: list[str]) -> Request:
    """The entries that were asked for. Raises UnknownID or UserFileError for what cannot be found."""
    request = Request(whole=not what)
    if request.whole:
        request.entries = list(entries().values())
        request.titles = {chapter.key: chapter.title for chapter in corpus()}
    for name in what:
        if name.endswith(".py") or "/" in name:
            _own(request, Path(name))
        else:
            request.entries.append(find(name))
    unique = {entry.id: entry for entry in request.entries}
    if len(unique) < len(request.entries) and request.own:
        seen = Counter(entry.id for entry in request.entries)
        twice = next(name for name, number in seen.items() if number > 1)
        raise UserFileError(
            f"the ID {twice} is asked for twice, from different places; give one of them another ID"
        )
    request.entries = list(unique.values())
    return request


def _own(request: Request, path: Path) -> None:
    chapter = load_file(path)
    book = entries()
    for entry in chapter.entries:
        if entry.id in book:
            raise UserFileError(
                f"{path}: the ID {entry.id} belongs to the book; give your entry another, as in my.{entry.id}"
            )
        request.own.add(entry.id)
    request.entries += chapter.entries
    request.titles[chapter.key] = f"{chapter.title} ({path})"


def _row(entry: Entry, second_opinion: bool) -> Row:
    outcome = judge(entry)
    asked = second_opinion and outcome.verdict != "undecided"
    return Row(entry, outcome, opinions(entry) if asked else [])


def find_problems(request: Request, rows: list[Row]) -> list[str]:
    """Why the check fails, a text each; empty when everything is as declared."""
    found = [_undeclared(row) for row in rows if not row.as_declared]
    found += [_alarm(row) for row in rows if DISAGREES in row.opinions]
    ours = [row.entry for row in rows if row.entry.id not in request.own]
    found += (
        [f"formulas.lock: {text}" for text in lock.problems(ours, lock.read(), request.whole)] if ours else []
    )
    if not rows:
        found.append("there is nothing to check: 0 proved out of 0 is a failure, not a success")
    return found


def _undeclared(row: Row) -> str:
    head = f"{row.entry.id}: declared {row.entry.declared}, and it is {row.outcome.verdict}"
    return "\n".join([head, *explain(row.entry, row.outcome)])


def _alarm(row: Row) -> str:
    wrong = row.opinions.count(DISAGREES)
    steps = "one algebraic step" if wrong == 1 else f"{wrong} algebraic steps"
    return (
        f"ALARM: {row.entry.id}: the kernel and SymPy disagree about {steps}. One of the two is wrong: do not rely on\n"
        "  this formula or on anything that uses it. Please report it, with the output of\n"
        f"  derive check {row.entry.id} --json"
    )


def data(request: Request, rows: list[Row], problems: list[str], second_opinion: bool) -> dict[str, Any]:
    """Everything about a check, for `--json`."""
    from derivations.registry import report

    return {
        "ok": not problems,
        "totals": totals(rows),
        "problems": problems,
        "entries": [report(row.entry, second_opinion, used_by=request.whole) for row in rows],
    }


def totals(rows: list[Row]) -> dict[str, int]:
    """How many entries have each verdict, undecided first; then how many there are and how many are as declared."""
    count = Counter(row.outcome.verdict for row in rows)
    counted = {verdict: count[verdict] for verdict in VERDICTS}
    return {**counted, "entries": len(rows), "as_declared": sum(row.as_declared for row in rows)}


def print_table(request: Request, rows: list[Row], second_opinion: bool) -> None:
    """The verdict table, by chapter."""
    longest = max((len(row.entry.id) for row in rows), default=2)
    ids = min(max(longest, 12), 30)
    room = max(width(sys.stdout) - ids - 43, 10)
    head = (
        f"{'ID':<{ids}}  {'title':<{room}} {'verdict':<9} {'SymPy':>7} {'steps':>5} {'axioms':>6} {'ms':>7}"
    )
    print(paint(head, "bold"))
    chapter = ""
    for row in rows:
        if row.entry.chapter != chapter and row.entry.chapter in request.titles:
            chapter = row.entry.chapter
            print(f"\n{paint(request.titles[chapter], 'bold')}")
        print(_line(row, ids, room, second_opinion))


def _line(row: Row, ids: int, room: int, second_opinion: bool) -> str:
    entry, verdict = row.entry, row.outcome.verdict
    agreed = f"{row.opinions.count(AGREES)}/{len(row.opinions)}" if row.opinions else "-"
    second = "ALARM" if DISAGREES in row.opinions else agreed
    words = paint(f"{verdict:<9}", VERDICT[verdict])
    mark = "" if row.as_declared else paint(f"  expected {entry.declared}", "red")
    numbers = f"{second:>7} {row.steps:>5} {len(row.axioms):>6} {entry.milliseconds:>7.1f}"
    return f"{cut(entry.id, ids):<{ids}}  {cut(entry.title, room):<{room}} {words} {numbers}{mark}"


def print_problems(rows: list[Row], problems: list[str]) -> None:
    """Why the check fails."""
    for text in problems:
        print(f"\n{paint(text, 'red')}")


def print_totals(rows: list[Row], problems: list[str], second_opinion: bool, seconds: float) -> None:
    """The headline numbers, undecided first, and the axioms by name."""
    count = totals(rows)
    print("\n" + ", ".join(paint(f"{count[v]} {v}", VERDICT[v] if count[v] else "") for v in VERDICTS) + ".")
    said = Counter(word for row in rows for word in row.opinions)
    second = (
        f"SymPy agrees with {said[AGREES]} of {sum(said.values())} algebraic steps"
        + (
            f" and DISAGREES with {said[DISAGREES]}."
            if said[DISAGREES]
            else ", and was not asked about the rest."
        )
        if second_opinion
        else "SymPy was not asked."
    )
    steps = sum(row.steps for row in rows)
    print(
        f"{count['as_declared']} of {count['entries']} as declared; {steps} steps in {seconds:.2f} s. {second}"
    )
    for name in sorted({name for row in rows for name in row.axioms}):
        carried = [row.entry.id for row in rows if name in row.axioms]
        print(f"Axiom {name}: carried by {', '.join(carried)}.")
    verdict = (
        ("Not everything is as declared.", "red") if problems else ("Everything is as declared.", "green")
    )
    print(paint(*verdict))


def print_unlocked(request: Request) -> None:
    """Remind of entries that are not published yet."""
    ours: Iterable[Entry] = (e for e in request.entries if e.id not in request.own)
    fresh = lock.unlocked(ours, lock.read())
    if fresh:
        names = cut(", ".join(e.id for e in fresh), 200)
        print(f"Not in formulas.lock yet: {names}. `derive lock` publishes.")
