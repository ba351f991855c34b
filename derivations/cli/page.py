"""A report as a page of plain text."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from derivations.cli.prose import prose
from derivations.cli.terminal import VERDICT, paint, width


def page(report: dict[str, Any]) -> Iterator[str]:
    """The lines of the page: what the formula assumes and states, every step, and what it rests on."""
    verdict = paint(report["verdict"], VERDICT[report["verdict"]])
    declared = f" (declared {report['declared']})" if report["declared"] != report["verdict"] else ""
    yield f"{paint(report['id'], 'bold')}  {prose(report['title'])}"
    yield f"{report['kind']}, revision {report['revision']}: {verdict}{declared}"
    if report["aim"]:
        yield ""
        yield from wrapped(prose(report["aim"]))
    if report["hypotheses"]:
        yield "\nGiven"
        for row in report["hypotheses"]:
            yield from wrapped(row["plain"] + (f"   ({prose(row['text'])})" if row["text"] else ""), "  ", "    ")
    yield "\nClaimed in print, and false" if report["kind"] == "refutation" else "\nStatement"
    for said in report["statement"]["plain"]:
        yield from wrapped(said, "  ", "    ")
    yield from _counterexample(report)
    yield "\nWhat is true instead" if report["kind"] == "refutation" else "\nSteps"
    for step in report["steps"]:
        yield from _step(step)
    yield ""
    yield from _facts(report)


def _counterexample(report: dict[str, Any]) -> Iterator[str]:
    found = report["counterexample"]
    if found is not None:
        point = ", ".join(f"{name} = {value}" for name, value in found["at"].items())
        said = f"At {point or 'every point'} the left side is {found['lhs']}, the right side {found['rhs']}."
        yield from wrapped(said, "  ", "    ")


def _step(step: dict[str, Any]) -> Iterator[str]:
    yield from wrapped(step["plain"], f"  {step['n']:>2}  ", "        ")
    if step["rule"]:
        by = step["rule"] + (f"; {', '.join(step['uses'])}" if step["uses"] else "")
        yield from wrapped(f"[{by}] {prose(step['because'])}".rstrip(), "        ")
    elif step["because"]:
        yield from wrapped(prose(step["because"]), "        ")
    if step["asks"]:
        yield from wrapped(f"? {prose(step['asks'])}", "        ", "          ")
    if step["answer"]:
        yield from wrapped(f"! {prose(step['answer'])}", "        ", "          ")
    if step["sympy"] == "DISAGREES":
        yield paint("        SymPy disagrees with this step: do not rely on it.", "red")


def _facts(report: dict[str, Any]) -> Iterator[str]:
    rows = {
        "Uses": ", ".join(report["uses"]),
        "Axioms": ", ".join(report["axioms"]) or "none",
        "Bounds": report["certificates"],
        "Witness": _witness(report),
        "Sources": "; ".join(report["sources"]),
        "In code": report["twin"] or (f"none: {report['no_twin']}" if report["no_twin"] else ""),
        "Notes": prose(report["notes"]),
    }
    for name, value in rows.items():
        yield from wrapped(value, f"{name:<9}", " " * 9)


def _witness(report: dict[str, Any]) -> str:
    """The model in which every hypothesis holds, and its values."""
    if not report["witness_model"]:
        return ""
    values = "; ".join(f"{name} = {value}" for name, value in report["witness"].items())
    return f"every hypothesis holds in {report['witness_model']}" + (f": {values}" if values else "")


def wrapped(said: str, first: str = "", later: str | None = None) -> list[str]:
    """The text in lines of the terminal's width; nothing for an empty text."""
    return textwrap.wrap(
        said, width(sys.stdout), initial_indent=first, subsequent_indent=first if later is None else later,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
