"""`derive check --strict`: the sanity of every entry, as a table, as problems, and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from derivations.cli.page import wrapped
from derivations.cli.terminal import cut, paint, progress
from derivations.worker import Limit

if TYPE_CHECKING:
    from derivations.cli.prover import Prover
    from derivations.cli.request import Item

Report = dict[str, Any]


def examine(items: list[Item], prover: Prover) -> list[Report]:
    """The sanity report of every entry, from the worker."""
    return [_report(item, prover) for item in progress(items, len(items), "trying")]


def _report(item: Item, prover: Prover) -> Report:
    found = prover.submit("derivations.registry.examine:sanity_plain", item.path, item.id, prover.given_up)
    if not isinstance(found, Limit):
        report: Report = found
        return report
    said = f"not checked: trying it {found.reason}; allow more with --limit-seconds or --limit-mb"
    return {"id": item.id, "witness": "", "parts": [], "hypotheses": [], "problems": [said], "notes": []}


def totals(reports: list[Report]) -> dict[str, int]:
    """The figures of many reports."""
    from derivations.registry import sanity

    return sanity.totals(reports)


def problems(reports: Iterable[Report]) -> list[str]:
    """What must be repaired, a text each: which entry, which check, and the numbers."""
    return [_problem(report["id"], text) for report in reports for text in report["problems"]]


def _problem(entry_id: str, text: str) -> str:
    return "\n".join([f"{entry_id}: sanity", *wrapped(text, "  ", "    ")])


def print_sanity(reports: list[Report]) -> None:
    """Print a line for each entry, then the notes and the figures."""
    ids = max((len(r["id"]) for r in reports), default=12)
    columns = f"{'models hold':>11} {'finite':>6} {'needed':>8} {'edits':>7}  witness"
    print("\n" + paint(f"  {'sanity':<{ids}} {columns}", "bold"))
    for report in reports:
        print(_line(report, ids))
    for report in reports:
        for note in report["notes"]:
            print("\n".join(wrapped(f"{report['id']}: {note}", "  ", "    ")))
    print()
    for said in figures(reports):
        print("\n".join(wrapped(said)))


def _line(report: Report, ids: int) -> str:
    n = totals([report])
    mark = paint("! ", "red") if report["problems"] else "  "
    if not report["parts"]:
        return f"{mark}{report['id']:<{ids}} {'undecided':>11}"
    if not n["statements"]:
        return f"{mark}{report['id']:<{ids}} {'by definition':>11}"
    held, needed = f"{n['held']}/{n['models']}", f"{n['needed']}/{n['hypotheses']}"
    edits = f"{n['refuted']}/{n['edits'] - n['same']}"
    numbers = f"{held:>11} {n['finite']:>6} {needed:>8} {edits:>7}"
    return f"{mark}{report['id']:<{ids}} {numbers}  {cut(report['witness'], 60)}"


def figures(reports: list[Report]) -> Iterator[str]:
    """The figures, each with its denominator, undecided first."""
    n = totals(reports)
    yield f"{n['not_checked']} of {n['statements']} statements not checked; {n['witnessed']} have a witness."
    yield (
        f"{n['held']} of {n['models']} trials hold, {n['failed']} fail, "
        f"{n['models'] - n['held'] - n['failed']} are open; {n['finite']} of them in finite models."
    )
    yield (
        f"{n['needed']} of {n['hypotheses']} hypotheses are needed, {n['redundant']} redundant. "
        f"Of {n['counterexamples']} a counterexample shows it; of the others, that the proof is refused."
    )
    edits = n["edits"] - n["same"]
    yield f"{n['refuted']} of {edits} edits of conclusions are refuted; {n['same']} more change nothing."
