"""`derive audit`: read documents of other people, and say of every equation whether it is true."""

from __future__ import annotations

import sys
from pathlib import Path

from derivations.cli.page import wrapped
from derivations.cli.terminal import cut, paint, progress, width
from derivations.errors import RequestError
from derivations.reading.audit import Audit, Equation, audit_text
from derivations.reading.guarded import audit_guarded
from derivations.reading.notation.declaration import notation_of
from derivations.reading.notation.worlds import WORLDS
from derivations.reading.output import FORMS
from derivations.reading.text import documents

COLOURS = {
    "refuted": "red",
    "unread": "yellow",
    "undecided": "yellow",
    "convention": "blue",
    "proved": "green",
    "definition": "faint",
}
LEVELS = {"refuted": ("refuted",), "unread": ("refuted", "unread"), "undecided": ("refuted", "unread", "undecided")}


def run(files: list[str], notation: str, form: str, fail_on: str, empty: bool = False) -> int:
    """Audit files, print the result in a form, and return the exit code."""
    settings = notation_of(notation)
    named = [Path(name) for name in files]
    found = [p for path in named for p in (documents.inside(path) if path.is_dir() else [path])]
    audits = [audit_guarded(path, settings) for path in progress(found, len(found), "reading")]
    audits = [a for a, path in zip(audits, found, strict=True) if path in named or a.equations]
    if not audits:
        if empty:
            return 0
        raise RequestError(f"{', '.join(files)}: there is no formula in any document here")
    if form in FORMS:
        print(FORMS[form](audits))
    else:
        for a in audits:
            print_audit(a)
    return verdict(audits, fail_on, empty)


def verdict(audits: list[Audit], fail_on: str, empty: bool = False) -> int:
    """0, or 1 when there is what the command shall fail on, or nothing at all, unless that is allowed."""
    counts = [a.counts for a in audits]
    if not any(a.equations for a in audits):
        return int(not empty)
    return int(any(c[v] for c in counts for v in LEVELS[fail_on]))


def print_audit(a: Audit) -> None:
    """Print one audit for people."""
    print(paint(a.file, "bold") + f"   read as: {WORLDS[a.notation].title}")
    notation = a.notation
    for e in a.equations:
        if (e.notation or a.notation) != notation:
            notation = e.notation or a.notation
            print(f"        from here on read as: {WORLDS[notation].title}")
        print_equation(e)
    print()
    print_totals(a)


def print_equation(e: Equation) -> None:
    """Print one equation: where it stands, what it says, the verdict, and why."""
    j, f = e.judgement, e.formula
    place = f"cell {f.cell}, {f.line}" if f.cell is not None else str(f.line)
    room = width(sys.stdout) - 24
    shown = cut(" ".join(f.tex.split()), room)
    print(f"{place:>6}  {paint(f'{j.verdict:<10}', COLOURS[j.verdict])}  {shown}")
    pad = " " * 20
    for note in e.repairs:
        print(f"{pad}{paint('repaired: ' + note, 'faint')}")
    for note in e.lints:
        for line in wrapped(f"lint: {note}", pad, pad + "  "):
            print(line)
    if j.verdict in ("proved", "convention", "definition"):
        if j.formula:
            print(f"{pad}{paint(j.formula, 'faint')}")
        return
    for line in (*wrapped(j.why, pad, pad), *wrapped(j.place, pad, pad + "  ")):
        print(line)


def print_totals(a: Audit) -> None:
    """Print how many equations have each verdict."""
    parts = [paint(f"{n} {v}", COLOURS[v] if n else "faint") for v, n in a.counts.items()]
    print(f"{len(a.equations)} equations: " + ", ".join(parts))
    if not a.equations:
        print(paint("There is nothing to audit: 0 proved out of 0 is a failure, not a success.", "red"))


def run_decide(tex: str, notation: str, as_json: bool) -> int:
    """Judge one formula, print the verdict, and return the exit code."""
    found = audit_text(f"$$\n{tex}\n$$\n", notation=notation_of(notation), name="formula")
    if as_json:
        print(FORMS["json"]([found]))
    elif not found.equations:
        print("there is no formula to decide; write LaTeX without dollars, like '\\\\alpha_t = 1-\\\\beta_t'")
        return 2
    else:
        for e in found.equations:
            j = e.judgement
            print(f"{paint(j.verdict, COLOURS[j.verdict])}{f'  {j.formula}' if j.formula else ''}")
            for text in (f"read as {j.reading}", j.why, j.place):
                for line in wrapped(text, "  ", "    "):
                    print(line)
    return verdict([found], "refuted")
