"""Audits for other programs: JSON, annotations of GitHub, SARIF, and a page of HTML with verdicts in the margin."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from derivations.reading.audit import Audit, Equation
from derivations.reading.notation.worlds import WORLDS

LEVELS = {"refuted": "error", "unread": "warning", "undecided": "note"}
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(audits: Sequence[Audit]) -> str:
    """One document as an object, several as a list."""
    data = [a.data() for a in audits]
    return json.dumps(data[0] if len(data) == 1 else data, indent=1, ensure_ascii=False)


def as_github(audits: Sequence[Audit]) -> str:
    """Workflow commands: an error for what is refuted, a warning for what is unread."""
    out = []
    for a in audits:
        for e in a.equations:
            level = {"refuted": "error", "unread": "warning"}.get(e.judgement.verdict)
            if level:
                place = f"file={_property(a.file)},line={e.formula.line},title=derive audit%3A {e.judgement.verdict}"
                out.append(f"::{level} {place}::{_data(sentence(e))}")
        counts = ", ".join(f"{n} {v}" for v, n in a.counts.items())
        out.append(f"::notice file={_property(a.file)}::{_data(f'{len(a.equations)} equations: {counts}')}")
    return "\n".join(out)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sentence(e: Equation) -> str:
    """What is said of an equation in one line: the formula, why, and where it fails."""
    return ": ".join(filter(None, (" ".join(e.formula.tex.split()), _why(e))))


def as_sarif(audits: Sequence[Audit]) -> str:
    """A log in the Static Analysis Results Interchange Format 2.1.0, for code scanning."""
    rules = [{"id": v, "shortDescription": {"text": f"an equation that is {v}"}} for v in LEVELS]
    results = [_result(a, e) for a in audits for e in a.equations if e.judgement.verdict in LEVELS]
    driver = {"name": "derive audit", "rules": rules}
    log = {"$schema": SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, indent=1, ensure_ascii=False)


def _result(a: Audit, e: Equation) -> dict[str, Any]:
    region = {"startLine": e.formula.line}
    place = {"physicalLocation": {"artifactLocation": {"uri": quote(a.file.replace("\\", "/"))}, "region": region}}
    return {
        "ruleId": e.judgement.verdict, "level": LEVELS[e.judgement.verdict],
        "message": {"text": sentence(e)}, "locations": [place],
    }  # fmt: skip


STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;overflow-wrap:anywhere} a{color:inherit}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
.line{display:grid;grid-template-columns:3rem minmax(0,1fr) 22rem;column-gap:1rem}
.line:target{background:#8882}
.line>span{color:#888;text-align:right} aside{font-size:.85rem;border-left:.25rem solid #bbb;padding-left:.6rem}
.refuted{border-color:#c62828} .proved{border-color:#2e7d32} .convention{border-color:#1565c0}
.unread,.undecided{border-color:#f9a825}
@media (prefers-color-scheme:dark){body{background:#111;color:#ddd}}
@media (max-width:50rem){.line{grid-template-columns:2rem minmax(0,1fr)}.line>div{grid-column:2}}
"""


def as_html(audits: Sequence[Audit]) -> str:
    """A page that shows every document line by line, with the verdicts in its margin. It loads nothing."""
    body = "\n".join(_document(a) for a in audits)
    title = escape(", ".join(a.file for a in audits))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>derive audit: {title}</title>'
        f"<style>{STYLE}</style><body>{body}</body></html>"
    )


def _document(a: Audit) -> str:
    counts = ", ".join(f"{n} {v}" for v, n in a.counts.items())
    head = f"<h1>{escape(a.file)}</h1><p>{len(a.equations)} equations: {counts}.</p>"
    head += f"<p>Read as: {escape(WORLDS[a.notation].title)}.</p>{_first(a)}"
    notes: dict[int, list[Equation]] = {}
    for e in a.equations:
        notes.setdefault(0 if e.formula.cell is not None else e.formula.line, []).append(e)
    rows = [] if 0 not in notes else [_row("", "", notes[0])]
    for number, line in enumerate(a.text.split("\n"), 1):
        rows.append(_row(str(number), line, notes.get(number, [])))
    return head + "\n".join(rows)


def _first(a: Audit) -> str:
    """What is refuted and what is unread, before the document, with the lines where they are."""
    found = [e for v in ("refuted", "unread") for e in a.equations if e.judgement.verdict == v]
    items = "".join(f"<li><b>{e.judgement.verdict}</b> {_place(e)}: {escape(_why(e))}</li>" for e in found)
    return f"<ul>{items}</ul>" if items else ""


def _why(e: Equation) -> str:
    """What is said of an equation that stands beside it: why, and where it fails."""
    return "; lint: ".join((": ".join(filter(None, (e.judgement.why, e.judgement.place))), *e.lints))


def _place(e: Equation) -> str:
    f = e.formula
    return f"cell {f.cell}, line {f.line}" if f.cell is not None else f'<a href="#L{f.line}">line {f.line}</a>'


def _row(number: str, line: str, notes: Sequence[Equation]) -> str:
    margin = "".join(_note(e) for e in notes)
    name = f' id="L{number}"' if number else ""
    return f'<div class="line"{name}><span>{number}</span><pre>{escape(line)}</pre><div>{margin}</div></div>'


def _note(e: Equation) -> str:
    j = e.judgement
    why = escape(_why(e) if j.verdict in LEVELS else j.formula or j.message)
    return f'<aside class="{j.verdict}"><b>{j.verdict}</b> {why}</aside>'


FORMS: dict[str, Callable[[Sequence[Audit]], str]] = {
    "json": as_json, "github": as_github, "sarif": as_sarif, "html": as_html,
}  # fmt: skip
