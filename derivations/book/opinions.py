"""What SymPy's own functions say of the formulas of this book, as it was recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from derivations.book.html import escape, link, table
from derivations.book.model import Book
from derivations.book.paths import Paths
from derivations.evidence.opinions import AGREES, DENIES, METHODS, OPEN, RAISES, SLOW, UNSAID
from derivations.registry.questions import record

WORDS = (DENIES, RAISES, OPEN, SLOW, AGREES, UNSAID)
ABSENT = "<p>The answers are not part of this installation; they are in the repository.</p>"


def counted(book: Book, paths: Paths) -> str:
    """How often each function gave each answer, disagreement first."""
    kept = record()
    if not kept:
        return ABSENT
    count = Counter((key.split()[-1], row["word"]) for key, row in kept["answers"].items())
    rows = [
        [f"<code>{method}</code>", *(str(count[method, word]) for word in WORDS), str(len(_asked(kept, method)))]
        for method in METHODS
    ]
    said = f"<p>Asked of SymPy {escape(kept['sympy'])}, with {kept['seconds']} seconds for each question.</p>"
    return said + table(["Function", *WORDS, "questions"], rows)


def _asked(kept: Mapping[str, Any], method: str) -> list[str]:
    return [key for key in kept["answers"] if key.endswith(f" {method}")]


def wrong(book: Book, paths: Paths) -> str:
    """Every proved equation that a function of SymPy's denies or breaks off at, and what it said."""
    return _listed(book, paths, (DENIES, RAISES), "SymPy denies none of them.")


def unsettled(book: Book, paths: Paths) -> str:
    """Every proved equation that a function of SymPy's could not settle."""
    return _listed(book, paths, (OPEN,), "SymPy settles all of them.")


def _listed(book: Book, paths: Paths, words: tuple[str, ...], none: str) -> str:
    kept = record()
    if not kept:
        return ABSENT
    rows = [_row(book, paths, key, row) for key, row in kept["answers"].items() if row["word"] in words]
    return table(["Formula", "Proved", "Function", "What it said"], rows) if rows else f"<p>{none}</p>"


def _row(book: Book, paths: Paths, key: str, row: Mapping[str, Any]) -> list[str]:
    name, _, method = key.split()
    shown = link(paths.formula(name), escape(name), "entry-id") if name in book.entries else escape(name)
    said = f"<code>{escape(row['said'])}</code>"
    return [shown, f"<code>{escape(row['equation'])}</code>", f"<code>{escape(method)}</code>", said]
