"""Documents: from a file to located formulas. Markdown in its dialects, notebooks, LaTeX, reStructuredText, Python.

Nothing is executed and no other file is read. What is not shown to a reader (code, HTML comments) holds no formulas.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tokenize as python_tokens
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from derivations.errors import RequestError
from derivations.reading.text.headings import NONE, counts
from derivations.reading.text.macros import Macro, declared
from derivations.reading.text.markdown import Found, blank, markdown, restructured
from derivations.reading.text.plaintext import formulas
from derivations.reading.text.texfile import latex

MAX_BYTES = 8_000_000
STANDARD_INPUT = "-"
SUFFIXES = (".md", ".markdown", ".ipynb", ".tex", ".ltx", ".rst", ".py", ".html")


@dataclass(frozen=True)
class Formula:
    """A located formula: its first line (1-based), its text, "display" or "inline", repairs, the prose around it, and
    how many headings stand before it.
    """

    line: int
    tex: str
    kind: str
    repairs: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    cell: int | None = None
    headings: tuple[int, ...] = NONE


@dataclass
class Document:
    """A document: its name, its formulas in order, the macros it declares, its text and its front matter."""

    name: str
    text: str
    formulas: list[Formula] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)
    front: str = ""


def load(path: Path) -> Document:
    """Read a file. Raises RequestError when it cannot be read as text."""
    try:
        if str(path) == STANDARD_INPUT:
            return document(decoded(sys.stdin.buffer.read(MAX_BYTES + 1)), "<standard input>")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RequestError(f"{path}: {size} bytes; a document has at most {MAX_BYTES}")
        text = decoded(path.read_bytes())
    except OSError as error:
        raise RequestError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8 and try again") from None
    return document(text, str(path), path.suffix.lower())


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-8, or UTF-16 where a mark at the beginning says so. Raises UnicodeDecodeError."""
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if marked else "utf-8-sig")


def inside(folder: Path) -> list[Path]:
    """The documents in a folder and in those inside it, hidden ones left out, in order."""
    found = (p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts))


def document(text: str, name: str = "<text>", suffix: str = ".md") -> Document:
    """A text as a document, by the suffix of its name."""
    text = text.replace("\r\n", "\n")
    if suffix == ".ipynb":
        return _notebook(text, name)
    if suffix == ".py":
        return _python(text, name)
    front, body_start = _front_matter(text) if suffix not in (".tex", ".rst") else ("", 0)
    masked = re.sub(r"[^\n]", " ", text[:body_start]) + text[body_start:]
    readers: dict[str, Callable[[str], Iterator[Found]]] = {".tex": latex, ".ltx": latex, ".rst": restructured}
    found = readers.get(suffix, markdown)(masked)
    return Document(name, text, _located(text, found), declared(text), front)


def _located(text: str, found: Iterator[Found], first: int = 1, under: tuple[int, ...] = NONE) -> list[Formula]:
    starts = [0]
    for m in re.finditer("\n", text):
        starts.append(m.end())
    out = []
    items = sorted(found, key=lambda f: f.start)
    for f, above in zip(items, counts(text, [f.start for f in items], under), strict=True):
        tex = f.tex.strip(" \n")  # a TAB may be what is left of a command
        lead = len(f.tex) - len(f.tex.lstrip(" \n"))
        line = _line(starts, f.inside + lead)
        out.append(
            Formula(
                line + first - 1,
                tex,
                f.kind,
                f.repairs,
                text[max(0, f.start - 400) : f.start],
                text[f.end : f.end + 240],
                headings=above,
            )
        )
    return out


def _line(starts: list[int], at: int) -> int:
    from bisect import bisect_right

    return bisect_right(starts, at)


def _front_matter(text: str) -> tuple[str, int]:
    m = re.match(r"---\s*\n(.*?\n)(?:---|\.\.\.)\s*(?:\n|$)", text, re.DOTALL)
    return (m[1], m.end()) if m else ("", 0)


def _notebook(text: str, name: str) -> Document:
    """The Markdown cells of a Jupyter notebook; the line is the line in the cell."""
    try:
        cells = json.loads(text)["cells"]
        sources = [(k, c["source"] if isinstance(c["source"], str) else "".join(c["source"]))
                   for k, c in enumerate(cells, 1) if c.get("cell_type") == "markdown"]  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RequestError(f"{name}: is not a Jupyter notebook: {type(error).__name__}: {error}") from None
    out, under = Document(name, text), NONE
    for k, source in sources:
        source = source.replace("\r\n", "\n")
        out.formulas += [replace(f, cell=k) for f in _located(source, markdown(source), 1, under)]
        (under,) = counts(source, [len(source)], under)
        out.macros |= declared(source)
    return out


def _python(text: str, name: str) -> Document:
    """The strings and comments of a Python file, which is tokenized and never run."""
    out = Document(name, text)
    comments: list[python_tokens.TokenInfo] = []
    try:
        for token in python_tokens.generate_tokens(io.StringIO(text).readline):
            if token.type in (python_tokens.NL, python_tokens.INDENT, python_tokens.DEDENT):
                continue
            if comments and (token.type != python_tokens.COMMENT or token.start[0] != comments[-1].start[0] + 1):
                out.formulas += _in_comments(comments)
                comments = []
            if token.type == python_tokens.COMMENT:
                comments.append(token)
            elif token.type == python_tokens.STRING:
                out.formulas += _in_string(token)
    except (python_tokens.TokenError, SyntaxError) as error:
        raise RequestError(f"{name}: is not Python that can be tokenized: {error}") from None
    return out


def _in_string(token: python_tokens.TokenInfo) -> list[Formula]:
    """The formulas of a string: LaTeX in its delimiters, and in plain text where it is written as a docstring is."""
    text = token.string
    marked = list(restructured(text)) if "\\" in text or "$" in text or ":math:" in text else []
    if "r" not in text[: text.find(text[-1])].lower():
        marked = [replace(f, tex=_unescaped(f.tex)) for f in marked]
    for f in marked:
        text = text[: f.start] + blank(text[f.start : f.end]) + text[f.end :]
    plain = formulas(re.sub("\"{3}|'{3}", "   ", text)) if text.lstrip("rRuU")[:3] in ('"""', "'''") else ()
    return _located(token.string, iter([*marked, *plain]), token.start[0])


def _unescaped(tex: str) -> str:
    r"""A formula in a string without an r before it: \\alpha is \alpha there, and four backslashes end a row. Two
    before a space or the end of a line, or before one letter alone, are an author's end of a row.
    """
    if not re.search(r"\\\\[A-Za-z]{2}", tex):
        return tex
    return re.sub(r"\\\\(?:(\\\\)|(?=[A-Za-z]{2}|[^\sA-Za-z\\]))", lambda m: "\\\\" if m[1] else "\\", tex)


def _in_comments(comments: list[python_tokens.TokenInfo]) -> list[Formula]:
    """The formulas in a run of comments, one under the other: LaTeX in dollars, and in plain text."""
    text = "\n".join(c.string for c in comments)
    marked = [replace(f, tex=re.sub(r"(?m)^\s*#+", "", f.tex)) for f in markdown(text)] if "$" in text else []
    for f in marked:
        text = text[: f.start] + blank(text[f.start : f.end]) + text[f.end :]
    whole = "\n".join(c.string for c in comments)
    return _located(whole, iter([*marked, *formulas(text)]), comments[0].start[0])
