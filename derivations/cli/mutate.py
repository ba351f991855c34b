"""`derive mutate`: make every single-edit mutant of steps and statements, and see that each is noticed."""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

from derivations.cli.terminal import paint, progress
from derivations.errors import Refused
from derivations.language.calculation import DerivationError
from derivations.language.entry import Entry
from derivations.mutation.campaign import Job, campaign, jobs
from derivations.mutation.cluster import executor
from derivations.mutation.results import Results
from derivations.mutation.summary import DEMANDED, passes, stopped, summary
from derivations.mutation.trial import OUTCOMES
from derivations.records.keys import Sources
from derivations.registry import entries, find
from derivations.registry.userfile import load_file

FORMAT = "exegesis mutation 1"


def run(
    what: list[str],
    out: Path | None = None,
    as_json: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> int:
    """Try the mutants of IDs and files, or of the corpus when there are none, and return the exit code."""
    every = _jobs(what)
    results = Results(out, {"format": FORMAT, "sources": _sources(every)})
    done = {_job(row) for row in results.rows}
    todo = [job for job in every if job not in done]
    try:
        _finish(todo, results, workers, scheduler)
    except BrokenExecutor:
        left = len(done) + len(todo) - len(results.rows)
        again = f"{out} keeps the others: the same command goes on" if out else "with --out FILE nothing is lost"
        raise Refused(f"a worker died, for want of memory perhaps; {left} of {len(every)} lines and statements "
                      f"are not tried; {again}") from None  # fmt: skip
    asked = set(every)
    figures = summary(row for row in results.rows if _job(row) in asked)
    good = passes(figures, 0 if what else DEMANDED)  # one entry may have many that are equivalent
    print(json.dumps(figures, indent=1, ensure_ascii=False) if as_json else "\n".join(page(figures, good)))
    return 0 if good else 1


def _finish(todo: list[Job], results: Results, workers: int | None, scheduler: str | None) -> None:
    if todo:
        with executor(workers, scheduler) as pool:
            for row in progress(campaign(todo, pool), len(todo), "mutating"):
                results.add(row)


def _jobs(what: list[str]) -> list[Job]:
    found: list[Job] = []
    for file, entry in _entries(what):
        try:
            found += jobs([entry], file)
        except DerivationError as error:
            raise Refused(f"{error}\n{entry.id} is not derived, so there is nothing to mutate") from None
    return list(dict.fromkeys(found))


def _entries(what: list[str]) -> Iterator[tuple[str, Entry]]:
    """The entries that were asked for, and the file of each that is not of the book."""
    if not what:
        yield from (("", entry) for entry in entries().values())
    for name in what:
        if name.endswith(".py") or "/" in name:
            yield from ((str(Path(name).resolve()), entry) for entry in load_file(Path(name)).entries)
        else:
            yield "", find(name)


def _job(row: dict[str, Any]) -> Job:
    return Job(row["entry"], row["part"], row["line"], row["file"])


def _sources(every: Iterable[Job]) -> str:
    """The hash of all that the results depend on: the package, its chapters, and the files of the user's own."""
    digest = hashlib.sha256(json.dumps(Sources().chapters, sort_keys=True).encode())
    for file in sorted({job.file for job in every if job.file}):
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def page(figures: dict[str, Any], good: bool) -> Iterator[str]:
    """The figures for people: a table by edit, what is equivalent, what survived, and the headline."""
    yield paint(f"{'edit':<14} {'mutants':>8} " + " ".join(f"{word:>10}" for word in OUTCOMES), "bold")
    for name, row in figures["edits"].items():
        yield f"{name:<14} {sum(row.values()):>8} " + " ".join(f"{row[word]:>10}" for word in OUTCOMES)
    yield from _listed(figures["equivalent"], "Equivalent: the kernel proves that nothing changed")
    yield from _listed(figures["survived"], "SURVIVED: the kernel lets these pass, and they are not equivalent")
    yield from _listed(figures["crashed"], "CRASHED: the kernel falls over, and that is no refusal")
    total, noticed = figures["mutants"], stopped(figures)
    yield ""
    places = (counted_as(figures[name], name) for name in ("entries", "lines", "statements"))
    yield f"{', '.join(places)}; {figures['seconds']:.0f} s of computing."
    counted = figures["outcomes"]
    share = f"{noticed} of {total} mutants are refuted or refused ({percent(noticed, total)})"
    said = f"{share}: {counted['refuted']} refuted by numbers too, {counted['refused']} by the kernel alone."
    yield paint(said, "green" if good else "red")
    rest = {"equivalent": "are proved equivalent", "survived": "survived", "crashed": "made the kernel crash"}
    yield ", ".join(f"{counted[word]} of {total} {said}" for word, said in rest.items()) + "."
    if not total:
        yield paint("Nothing was mutated: 0 of 0 is a failure, not a success.", "red")


def counted_as(number: int, plural: str) -> str:
    """A number with its noun."""
    one = {"entries": "entry", "lines": "line", "statements": "statement"}
    return f"{number} {one[plural] if number == 1 else plural}"


def percent(part: int, whole: int) -> str:
    """A share, rounded down, so that it never looks better than it is."""
    return f"{100000 * part // whole / 1000:.3f} %" if whole else "0 of 0"


def _listed(rows: list[dict[str, Any]], title: str) -> Iterator[str]:
    if rows:
        yield ""
        yield paint(f"{title} ({len(rows)})", "bold")
    for row in rows:
        where = f"line {row['line']}" if row["line"] >= 0 else "the statement"
        yield f"  {row['entry']}, part {row['part'] + 1}, {where}: {row['edit']}"
        for label in ("original", "mutant", "why"):
            yield from textwrap.wrap(row[label], 96, initial_indent=f"    {label:<9}", subsequent_indent=" " * 13)
