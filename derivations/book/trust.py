"""The trust page: what must be believed, by size; which axioms carry what; how the checker is tested."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from derivations.book import shown
from derivations.book.html import escape, inline, link, table, tex
from derivations.book.model import Book
from derivations.book.paths import Paths

PACKAGE = Path(__file__).resolve().parent.parent


# What a verdict rests on, folder by folder; the page puts them in the order of their size.
OWN = {
    "kernel": ("The kernel", "It alone makes theorems. If it is wrong, a verdict can be wrong."),
    "evidence": (
        "The evidence",
        "It compares the two sides of a false claim at a point, with a rigorous bound on the error: refutations rest "
        "on it, proofs do not.",
    ),
    "language": (
        "The language",
        "It prints a checked statement as the formula that you read, and turns what an author writes into calls of "
        "the kernel. If the printing is wrong, you do not read what was checked.",
    ),
    "formats": (
        "The formats",
        "They print a checked statement as plain text, Python or SymPy. If one is wrong, you do not copy what was "
        "checked.",
    ),
    "registry": ("The registry", "It carries the verdict from the theorem to this page."),
    "records": (
        "The records",
        "They say which verdicts of an earlier run still hold, for `derive check` and `derive show`. This book does "
        "not read them, nor does `--fresh`.",
    ),
    "worker": ("The worker", "It carries each verdict from the process that proves, under limits, to the table."),
}  # fmt: skip
READER = ("evidence/replay.py", "evidence/seal.py")


def believed(book: Book, paths: Paths) -> str:
    """What must be right for a verdict to be right: our parts by lines of code, then what others wrote."""
    sized = sorted(((lines_of_code(PACKAGE / folder), *said) for folder, said in OWN.items()), reverse=True)
    rows = [[name, f"{lines:,}", inline(why, name)] for lines, name, why in sized]
    rows += [
        [
            f"python-flint {_version('python-flint')} and the FLINT library",
            "not counted",
            "Exact polynomials and rationals for the kernel's zero test, and the balls (numbers with a "
            "rigorous bound on their error) that refute a claim.",
        ],
        [
            "Python itself",
            "not counted",
            "It runs the kernel, and it cannot stop a program that is determined to cheat.",
        ],
    ]
    return table(["What", "Lines of code", "Why"], rows, "believed")


def replayed(book: Book, paths: Paths) -> str:
    """The shorter list, for who replays the proof traces."""
    reader = sum(lines_of_code(PACKAGE / name) for name in READER)
    kernel = lines_of_code(PACKAGE / "kernel")
    return (
        f"<p>The {kernel:,} lines of the kernel and the {reader:,} lines of the reader are enough for who replays the "
        "proofs.</p>"
    )


def kernel_parts(book: Book, paths: Paths) -> str:
    """The modules of the kernel, the largest first, each in the words of its own first sentence."""
    rows = []
    for path in (PACKAGE / "kernel").glob("*.py"):
        said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
        if path.stem != "__init__":
            rows.append((lines_of_code(path), path.stem, said))
    rows.sort(reverse=True)
    shown = [[f"<code>{escape(name)}</code>", f"{n:,}", inline(" ".join(said.split()), name)] for n, name, said in rows]
    return table(["Module", "Lines of code", "What it is"], shown, "kernel")


def not_believed(book: Book, paths: Paths) -> str:
    """What a verdict does not rest on."""
    rows = [
        [
            f"SymPy {_version('sympy')}",
            "A second opinion on every algebraic step. It can raise an alarm; it can prove nothing.",
        ],
        [
            f"The chapters ({lines_of_code(PACKAGE / 'chapters'):,} lines of code)",
            "They ask the kernel for theorems. A wrong proof is refused, and a hypothesis too many is shown.",
        ],
        ["The models in `diffusion`".replace("`", ""), "They never see the theorems. Tests compare the two."],
        [
            f"This book ({lines_of_code(PACKAGE / 'book'):,} lines of code) and KaTeX",
            "They show what was checked. A fault here can spoil a page, not a verdict.",
        ],
    ]
    return table(["What", "Its part"], rows)


def measured(book: Book, paths: Paths) -> str:
    """The latest figures of the long campaigns, from the file in which they are kept."""
    kept = shown.measured()
    if not kept:
        return "<p>The figures are not part of this installation; they are in the repository.</p>"
    rows = [[_tried(name, row, paths), _came_out(name, row)] for name, row in kept.items()]
    return table(["What was tried", "What came out, when, with what, and how to measure it again"], rows, "measured")


def _tried(name: str, row: Mapping[str, str], paths: Paths) -> str:
    """What was tried, and the file in which that is written down."""
    file = shown.campaign(dict(row))
    return inline(row["what"], name) + (f"<br>{shown.to(file, paths, file.rpartition('/')[2])}" if file else "")


def _came_out(name: str, row: Mapping[str, str]) -> str:
    figure, made = inline(row["figure"], name), inline(f"{row['on']}, {row['with']}", name)
    return f'{figure}<br><span class="said">{made}: <code>{escape(row["command"])}</code></span>'


def ledger(book: Book, paths: Paths) -> str:
    """Every axiom: what it says, why it is one, and everything that rests on it, directly or not."""
    if not book.ledger:
        return "<p>The ledger is empty: no formula of this book rests on an axiom.</p>"
    return "\n\n".join(_axiom(book, row, paths) for row in book.ledger)


def _axiom(book: Book, row: Mapping[str, Any], paths: Paths) -> str:
    name = row["name"]
    users = [entry.id for entry in book.entries.values() if name in entry.axioms]
    parts = [f"### {name.replace('_', ' ')} {{ #axiom.{name} }}"]
    if row.get("statement_tex"):
        parts.append(f'<div class="statement">{tex(row["statement_tex"], display=True)}</div>')
    if row.get("why"):
        parts.append(f"<p>{inline(row['why'], f'axiom {name}')}</p>")
    if row.get("source"):
        parts.append(f'<p class="said">Source: {inline(row["source"], f"axiom {name}")}</p>')
    named = ", ".join(link(paths.formula(user), escape(user), "entry-id") for user in users)
    parts.append(f"<p>Carried by {named}.</p>" if named else "<p>Nothing in the book rests on it.</p>")
    return "\n\n".join(parts)


def tests(book: Book, paths: Paths) -> str:
    """The tests of the checker, in the words of their own files; empty where the tests are not installed."""
    rows = [
        [shown.to(name, paths, name.removeprefix("tests/")), shown.figure(name) or "not recorded", shown.said(name)]
        for name in shown.tests()
    ]
    if not rows:
        return (
            "<p>The tests are not part of this installation; they are in the repository, under <code>tests/</code>.</p>"
        )
    return table(["File", "Latest run", "What it shows"], rows, "tests")


def corpora(book: Book, paths: Paths) -> str:
    """What the tests are made of; empty where the tests are not installed."""
    rows = [
        [shown.to(name, paths, name.removeprefix("tests/")), shown.said(name) or "A document."]
        for name in shown.corpora()
    ]
    return table(["File", "What it is"], rows, "tests") if rows else ""


def lines_of_code(path: Path) -> int:
    """Lines of Python in a module or folder that hold code: no blank lines, comments or docstrings."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return sum(_code_lines(file.read_text(encoding="utf-8")) for file in files if file.is_file())


def _code_lines(source: str) -> int:
    skipped = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
        tokenize.ENCODING,
    )
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - _docstring_lines(source))


def _docstring_lines(source: str) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
