"""The book's own pages, read as a stranger's: every formula that a hand-written page claims is audited.

Formulas that come from the corpus are not on these pages; what is, must be true, or a definition, or be listed as open.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from derivations.book.html import escape, table
from derivations.book.model import Book, BookError
from derivations.book.paths import Paths
from derivations.reading import Audit, audit_file

FOLDER = Path(__file__).resolve().parents[2] / "docs"


@cache
def audited(folder: Path = FOLDER) -> tuple[Audit, ...]:
    """The audits of every hand-written page that has an equation."""
    found = [audit_file(path) for path in sorted(folder.rglob("*.md"))]
    return tuple(a for a in found if a.equations)


def coverage(book: Book, paths: Paths, folder: Path = FOLDER) -> str:
    """How many equations of the pages are decided, and which are not.

    Raises BookError when an equation is refuted or cannot be read, and when there is none: 0 of 0 is no result.
    """
    audits = audited(folder)
    equations = [(Path(a.file), e) for a in audits for e in a.equations]
    if not equations:
        raise BookError(f"there is no equation on the pages of {folder}: 0 decided out of 0 is a failure")
    for path, e in equations:
        if e.judgement.verdict in ("refuted", "unread"):
            where = f"{path}, line {e.formula.line}"
            raise BookError(f"{where}: {e.judgement.verdict}: {e.formula.tex}: {e.judgement.message}")
    undecided = [(path, e) for path, e in equations if e.judgement.verdict == "undecided"]
    decided = len(equations) - len(undecided)
    total = f"{decided} of {len(equations)} equations"
    said = f"<p>{total} on {len(audits)} hand-written pages are decided, none is unread.</p>"
    rows = [
        [escape(path.name), str(e.formula.line), f"<code>{escape(e.formula.tex)}</code>", escape(e.judgement.message)]
        for path, e in undecided
    ]
    return said + (table(["page", "line", "undecided", "why"], rows) if rows else "")
