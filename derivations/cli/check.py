"""`derive check`: prove entries, print the verdict table, and say what is not as declared."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivations.cli import strict
from derivations.cli.page import wrapped
from derivations.cli.prover import Checked, Prover
from derivations.cli.recheck import Recheck, recheck
from derivations.cli.request import Request, resolve
from derivations.cli.table import print_table, print_totals, totals
from derivations.cli.terminal import cut, paint, progress
from derivations.errors import RequestError
from derivations.records import lock
from derivations.records.record import DISAGREES, Record
from derivations.records.store import Store
from derivations.worker import Limits


@dataclass(frozen=True)
class Options:
    """How to check.

    fresh: prove everything now, whatever the cache holds. limits: of each entry; without, the usual ones. traces: the
    folder for proof traces, which are written by fresh proofs. strict: look at the sanity of every entry too.
    """

    as_json: bool = False
    second_opinion: bool = True
    fresh: bool = False
    limits: Limits | None = None
    traces: Path | None = None
    strict: bool = False


def run(what: list[str], options: Options | None = None) -> int:
    """Check IDs and files, or the corpus when there are none, and return the exit code."""
    options = options or Options()
    begin = time.perf_counter()
    if options.traces is not None:
        make_folder(options.traces)
    whole, full = not what, not what or options.as_json
    store = Store() if whole else None
    known = None if options.fresh or options.traces is not None or options.limits is not None else store
    traces = str(options.traces) if options.traces is not None else None
    with Prover(known, options.second_opinion, traces, full, options.limits) as prover:
        request = resolve(what, prover, known)
        prover.hold(request.items)
        done = [prover.check(item) for item in progress(request.items, len(request.items), "proving")]
        sane = strict.examine(request.items, prover) if options.strict else []
    again = recheck(request.items, done)
    problems = [*find_problems(request, [c.record for c in done], again), *strict.problems(sane)]
    if options.as_json:
        print(json.dumps(data(request, done, problems, sane), indent=1, ensure_ascii=False))
    else:
        _print(request, done, problems, sane, again, options, time.perf_counter() - begin)
    if store is not None:
        _keep(store, request, done, again, options.second_opinion)
    if any(c.record.broken and c.record.id in request.own for c in done):
        return 2
    if request.unread:
        return max(error.exit_code for error in request.unread)
    return 1 if problems else 0


def make_folder(folder: Path) -> None:
    """The folder for traces. Raises RequestError when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"--trace {folder}: cannot make this folder: {error.strerror}") from None


def _keep(store: Store, request: Request, done: list[Checked], again: Recheck, second_opinion: bool) -> None:
    """Put into the cache what is fresh; forget everything when the cache was found to be wrong."""
    if again.wrong:
        store.clear()
        return
    fresh = [(item, c) for item, c in zip(request.items, done, strict=True) if item.module and not c.kept]
    if not fresh or not store.unchanged():
        return
    for item, c in fresh:
        if c.report is not None:
            store.put(item.module, c.record, c.report, second_opinion)
    sections = [s for s in request.sections if s.module]
    store.put_contents((s.module, s.chapter, s.title, [item.id for item in s.items]) for s in sections)


def find_problems(request: Request, rows: list[Record], again: Recheck) -> list[str]:
    """Why the check fails, a text each; empty when everything is as declared."""
    found = [str(error) for error in request.unread]
    found += [_undeclared(row) for row in rows if not row.as_declared]
    found += [_alarm(row) for row in rows if DISAGREES in row.opinions]
    found += again.wrong
    published = [row.stated for row in rows if row.id not in request.own]
    if published:
        found += [f"formulas.lock: {text}" for text in lock.problems(published, lock.read(), request.whole)]
    if not rows:
        found.append("there is nothing to check: 0 proved out of 0 is a failure, not a success")
    return found


def _undeclared(row: Record) -> str:
    head = f"{row.id}: declared {row.head.declared}, and it is {row.verdict}"
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


def data(
    request: Request, done: list[Checked], problems: list[str], sane: list[strict.Report] | None = None
) -> dict[str, Any]:
    """Everything about a check, for `--json`; with the sanity reports, if there are any."""
    reports = [c.report or _bare(c.record) for c in done]
    if request.whole:
        users: dict[str, list[str]] = {report["id"]: [] for report in reports}
        for report in reports:
            for used in report["uses"]:
                users.setdefault(used, []).append(report["id"])
        reports = [{**report, "used_by": users[report["id"]]} for report in reports]
    found = {"ok": not problems, "totals": totals([c.record for c in done]), "problems": problems, "entries": reports}
    return {**found, "sanity": {"totals": strict.totals(sane), "entries": sane}} if sane else found


def _bare(row: Record) -> dict[str, Any]:
    """What stands for the report of an entry that met a limit."""
    known = {"id": row.id, "title": row.head.title, "chapter": row.head.chapter, "declared": row.head.declared}
    return {**known, "verdict": row.verdict, "reason": " ".join(" ".join(row.explanation).split()), "uses": []}


def _print(
    request: Request, done: list[Checked], problems: list[str], sane: list[strict.Report], again: Recheck,
    options: Options, seconds: float,
) -> None:  # fmt: skip
    rows = [c.record for c in done]
    print_table(rows, request.titles)
    if sane:
        strict.print_sanity(sane)
    for text in problems:
        print(f"\n{paint(text, 'red')}")
    print_totals(rows, options.second_opinion, seconds)
    kept = sum(c.kept for c in done)
    if kept:
        said = f"{kept} of {len(done)} were proved before, from the same sources; {again.said} --fresh proves all."
        print("\n".join(wrapped(said)))
    print_outlook(request, rows, problems)
    if options.traces is not None:
        written = sum(row.verdict != "undecided" for row in rows)
        folder = options.traces
        print(f"{written} proof traces are in {folder}; `derive replay {folder}` does the proofs again.")


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
