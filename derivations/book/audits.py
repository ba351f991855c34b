"""Audits of real documents as parts of a page: `<!-- book: audit NAME -->` shows docs/audits/NAME.json.

Three kinds of results are kept there: a document equation by equation, printed and corrected forms of located faults,
and the figures of planted mistakes. None holds a document's prose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from derivations.book.html import escape, link, mark, table
from derivations.book.model import Book, BookError
from derivations.book.paths import Paths

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
        return _mutants(data) if name == "mutants" else _document(data, book, paths)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BookError(f"the audit {name!r} cannot be shown: {path}: {type(error).__name__}: {error}") from error


def _document(data: dict[str, Any], book: Book, paths: Paths) -> str:
    counts = data["counts"]
    said = ", ".join(
        f"{counts[v]} {v}" for v in ("undecided", "unread", "refuted", "convention", "proved", "definition")
    )
    rows = [[str(e["line"]), mark(e["verdict"], e["verdict"]), _formula(e, book, paths)] for e in data["equations"]]
    head = f"<p>{counts['equations']} equations: {said}.</p>"
    return head + table(["line", "verdict", "formula; below it the formula of the book, or why"], rows, "audit")


def _formula(e: dict[str, Any], book: Book, paths: Paths) -> str:
    why = _why(e, book, paths)
    return f"<code>{escape(' '.join(e['tex'].split()))}</code>" + (f'<div class="said">{why}</div>' if why else "")


def _why(e: dict[str, Any], book: Book, paths: Paths) -> str:
    parts = []
    if e["formula"]:
        known = e["formula"] in book.entries
        parts.append(link(paths.formula(e["formula"]), escape(e["formula"])) if known else escape(e["formula"]))
    if e["verdict"] in CAUTION or (e["verdict"] == "convention" and e["message"]):
        parts.append(escape(e["message"]))
    if e.get("witness"):
        at = ", ".join(f"{k} = {v}" for k, v in e["witness"]["at"].items())
        sides = f"left {e['witness']['left']}" + (f", right {e['witness']['right']}" if e["witness"]["right"] else "")
        parts.append(escape(f"At {at}: {sides}."))
    parts += [escape(f"Repaired: {note}.") for note in e.get("repairs", ())]
    return "<br>".join(parts)


def _errata(data: list[dict[str, Any]], book: Book, paths: Paths) -> str:
    refuted = sum(row["printed"]["verdict"] == "refuted" for row in data)
    proved = sum(row["corrected"]["verdict"] in ("proved", "definition", "convention") for row in data)
    head = f"<p>{len(data)} forms: {refuted} of the printed ones refuted, {proved} of the corrected ones proved.</p>"
    rows = []
    for row in data:
        for form in ("printed", "corrected"):
            e = row[form]
            first = [escape(f"{row['id']}: {row['about']}")] if form == "printed" else [""]
            rows.append([*first, form, mark(e["verdict"], e["verdict"]), _formula(e, book, paths)])
    return head + table(["fault", "form", "verdict", "formula; below it why"], rows, "audit")


def _mutants(data: dict[str, Any]) -> str:
    verdicts = data["verdicts"]
    same = verdicts.get("proved", 0) + verdicts.get("convention", 0)
    found = verdicts.get("refuted", 0)
    where = escape(", ".join(data["documents"]))
    others = data["mutants"] - same
    head = (
        f"<p>{data['mutants']} mistakes in {data['formulas']} proved formulas of {where}: "
        f"{found} refuted. {same} say the same as the original, or something else that is true. "
        f"Of the other {others}, {100 * found / max(others, 1):.1f} % are refuted.</p>"
    )
    order = ("refuted", "undecided", "unread", "definition", "convention", "proved")
    rows = [[escape(kind), *(str(count.get(v, 0)) for v in order)] for kind, count in data["kinds"].items()]
    return head + table(["mistake", *order], rows)
