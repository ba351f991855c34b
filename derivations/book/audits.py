"""Audits of real documents as parts of a page: `<!-- book: audit NAME -->` shows docs/audits/NAME.json.

Three kinds of results are kept there: a document equation by equation, printed and corrected forms of located faults,
and the figures of planted mistakes. None holds a document's prose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from derivations.book.html import escape, link, loose, mark, table
from derivations.book.model import Book, BookError
from derivations.book.paths import Paths
from derivations.reading import verdict

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "audits"
ORDER = ("undecided", "unread", "refuted", "convention", "proved", "definition")
CAUTION = ("refuted", "unread", "undecided")


def audit(name: str, book: Book, paths: Paths, folder: Path = FOLDER) -> str:
    """The part of a page for one result. Raises BookError when there is none, or it cannot be shown."""
    path = folder / f"{name}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if name == "errata":
            return _errata(data, book, paths)
        return _mutants(data) if "mutants" in data else _document(data, book, paths)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BookError(f"the audit {name!r} cannot be shown: {path}: {type(error).__name__}: {error}") from error


def _document(data: dict[str, Any], book: Book, paths: Paths) -> str:
    counts = data["counts"]
    if not counts["equations"]:
        return "<p>It has no formula: 0 of 0 equations are decided, and that is no pass.</p>"
    said = ", ".join(f"{counts[v]} {v}" for v in ORDER)
    rows = [[str(e["line"]), mark(e["verdict"], e["verdict"]), _formula(e, book, paths)] for e in data["equations"]]
    head = f"<p>{counts['equations']} equations: {said}.</p>"
    return head + table(["line", "verdict", "formula; below it the formula of the book, or why"], rows, "audit")


def _formula(e: dict[str, Any], book: Book, paths: Paths) -> str:
    """The formula as it looks, or as it is written where that was damaged or cannot be set; below it, what is said."""
    why = _why(e, book, paths)
    source = " ".join(e["tex"].split())
    display = e.get("kind", "display") == "display"
    shown = f"<code>{escape(source)}</code>" if e.get("repairs") else loose(source, display)
    return shown + (f'<div class="said">{why}</div>' if why else "")


def _why(e: dict[str, Any], book: Book, paths: Paths) -> str:
    parts = []
    if e["formula"]:
        known = e["formula"] in book.entries
        parts.append(link(paths.formula(e["formula"]), escape(e["formula"])) if known else escape(e["formula"]))
    witness = e.get("witness") or {"at": {}, "left": "", "right": ""}
    failing = witness["at"], (witness["left"], witness["right"])
    if e["verdict"] in CAUTION or e["verdict"] == "convention":
        parts.append(escape(verdict.why(e["message"], *failing)))
    parts.append(escape(verdict.place(*failing)))
    parts += [escape(f"Repaired: {note}.") for note in e.get("repairs", ())]
    return "<br>".join(filter(None, parts))


def _errata(data: list[dict[str, Any]], book: Book, paths: Paths) -> str:
    accepted = ("proved", "definition", "convention")
    mine = [row for row in data if row["id"].startswith("BK")]
    refuted = [row for row in mine if row["printed"]["verdict"] == "refuted"]
    right = [row for row in mine if row["corrected"]["verdict"] in accepted]
    both = [row for row in refuted if row in right]
    missed = ", ".join(f"{row['id']} (line {row['line']})" for row in mine if row not in both)
    head = (
        f"<p>Of the booklet, {len(mine)} faults in {len({row['id'] for row in mine})} mathematical items: "
        f"{len(refuted)} of the {len(mine)} printed forms are refuted, {len(right)} of the {len(mine)} corrected ones "
        f"proved or read as definitions, {len(both)} both. Beyond reach: {escape(missed) or 'none'}.</p>"
    )
    rows = []
    for row in data:
        for form in ("printed", "corrected"):
            e = row[form]
            about = f"{row['id']}, line {row['line']}: {row['about']}"
            first = [escape(about)] if form == "printed" else [""]
            rows.append([*first, form, mark(e["verdict"], e["verdict"]), _formula(e, book, paths)])
    return head + table(["fault", "form", "verdict", "formula; below it why"], rows, "audit")


def _mutants(data: dict[str, Any]) -> str:
    verdicts = data["verdicts"]
    same = verdicts.get("proved", 0) + verdicts.get("convention", 0)
    found, total = verdicts.get("refuted", 0), data["mutants"]
    others = max(total - same, 1)
    head = _originals(data["originals"]) if "originals" in data else f"<p>In {escape(', '.join(data['documents']))}: "
    head += (
        f"{total} mistakes in {data['formulas']} proved formulas, {found} refuted "
        f"({100 * found / max(total, 1):.1f} %). {same} are proved: they say the same as the original, or something "
        f"else that is true. Of the other {total - same}, {100 * found / others:.1f} % are refuted.</p>"
    )
    order = ("refuted", "undecided", "unread", "definition", "convention", "proved")
    rows = [[escape(kind), *(str(count.get(v, 0)) for v in order)] for kind, count in data["kinds"].items()]
    return head + table(["mistake", *order], rows) + _survivors(data["survivors"])


def _originals(data: dict[str, Any]) -> str:
    verdicts = data["verdicts"]
    said = ", ".join(f"{verdicts.get(v, 0)} {v}" for v in ORDER)
    return f"<p>{data['formulas']} formulas of {data['entries']} entries, each entry read as a document: {said}. "


def _survivors(data: list[dict[str, Any]]) -> str:
    """Each planted mistake that was not refuted, behind a summary."""
    rows = []
    for m in sorted(data, key=lambda m: (ORDER.index(m["verdict"]), m["in"])):
        changed = loose(" ".join(m["tex"].split()))
        rows.append([escape(m["in"]), escape(m["kind"]), mark(m["verdict"], m["verdict"]), changed])
    shown = table(["in", "mistake", "verdict", "as it was changed"], rows, "audit")
    return f"<details><summary>The {len(data)} that are not refuted</summary>{shown}</details>"

