"""Files of the repository that the book shows: what each says it is, its latest figure, and its text.

These are the tests of the checker, the corpora that they are made of, and the campaigns of which the trust page gives
figures. A file that is named and does not exist stops the build. Where the repository is not at hand, as in an
installed package, nothing is shown.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from derivations.book.html import block, escape, inline, link
from derivations.book.model import BookError
from derivations.book.paths import Paths

ROOT = Path(__file__).resolve().parents[2]
MEASURED, RUN = ROOT / "docs" / "measured.json", ROOT / "docs" / "tests.json"
ELSEWHERE = ("tests/diffusion/", "tests/project/")  # tests that are not about the checker
# What tests are made of, besides themselves: folders and files.
CORPORA = (
    "tests/kernel/accept", "tests/kernel/reject", "tests/kernel/survive/verdicts.py", "tests/kernel/rule_mutants.py",
    "tests/kernel/finite_models.py", "tests/decide/hostile.py", "tests/decide/identities.py",
    "tests/decide/questions.py", "tests/reading/adversarial", "tests/reading/notes", "tests/twins/mutation.py",
)  # fmt: skip
COMMANDS = {"derive mutate": "tests/mutation/measure.py"}  # what keeps the figure of a command of the package
LANGUAGES = {".py": "python", ".md": "markdown", ".tex": "latex", ".ipynb": "json"}
HEAD = """\
---
title: "{name}"
template: shown.html
search:
  exclude: true
---

# {short}"""
pages_made: set[str] = set()  # the names of the files that the present build shows


def measured() -> dict[str, dict[str, str]]:
    """The latest figures of the long campaigns, by name; none where the repository is not at hand."""
    return dict(json.loads(MEASURED.read_text(encoding="utf-8"))) if MEASURED.is_file() else {}


def runs() -> dict[str, dict[str, Any]]:
    """What came out when each file of tests was last run for the record."""
    return dict(json.loads(RUN.read_text(encoding="utf-8"))) if RUN.is_file() else {}


def tests() -> list[str]:
    """The tests of the checker that say what they show."""
    found = (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").rglob("test_*.py")))
    return [name for name in found if not name.startswith(ELSEWHERE) and docstring(name)]


def corpora() -> list[str]:
    """The files of the corpora. Raises BookError when one that is named does not exist."""
    if not (ROOT / "tests").is_dir():
        return []
    found: list[str] = []
    for named in CORPORA:
        path = ROOT / named
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        files = [p for p in inside if p.suffix in LANGUAGES and not p.name.startswith(("test_", "__"))]
        if not files or not all(p.is_file() for p in files):
            raise BookError(f"the trust page names {named}, and there is no such file, nor a folder with one to show")
        found += [p.relative_to(ROOT).as_posix() for p in files]
    return found


def campaign(row: dict[str, str]) -> str:
    """The file that a figure was measured with; empty for a command of the package. Raises BookError if it is gone."""
    module = re.search(r"python -m ([\w.]+)", row["command"])
    script = re.search(r"python ([\w/]+\.py)", row["command"])
    name = module[1].replace(".", "/") + ".py" if module else script[1] if script else COMMANDS.get(row["command"], "")
    if name and not (ROOT / name).is_file():
        raise BookError(f"the figure of {row['command']!r} names {name}, and there is no such file")
    return name


def names() -> list[str]:
    """Every file that is shown."""
    if not (ROOT / "tests").is_dir():
        return []
    return list(dict.fromkeys([*tests(), *corpora(), *filter(None, map(campaign, measured().values()))]))


def pages(asked: bool) -> dict[str, str]:
    """The page of each file of this build: the address of the Markdown file, and its text; none unless asked for."""
    pages_made.clear()  # one process may build several sites: a build must not link what another one made
    if asked:
        pages_made.update(names())
    return {f"{name}.md": _page(name) for name in sorted(pages_made)}


def to(name: str, paths: Paths, label: str = "") -> str:
    """A file's name, as a link where the book shows the file."""
    said = f"<code>{escape(label or name)}</code>"
    return link(paths.to(f"{name}.html"), said) if name in pages_made else said


@cache
def docstring(name: str) -> str:
    """What a module says it is; empty for one that says nothing, and for what is no module."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "") if name.endswith(".py") else ""


def said(name: str) -> str:
    """The first paragraph of it."""
    return inline(" ".join(docstring(name).split("\n\n")[0].split()), name) if docstring(name) else ""


def figure(name: str) -> str:
    """The latest figure of a file of tests with its date; empty for one that has none."""
    row = runs().get(name)
    if row is None:
        return ""
    total = row["passed"] + row["failed"] + row["skipped"]
    skipped = f", {row['skipped']} skipped" if row["skipped"] else ""
    changed = "" if row["hash"] == digest(name) else "; the file has changed since"
    return f"{row['passed']} of {total} passed{skipped}, {row['on']}{changed}"


def digest(name: str) -> str:
    """The hash of a file's text."""
    return hashlib.sha256((ROOT / name).read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


def _page(name: str) -> str:
    up, text = "../" * name.count("/"), (ROOT / name).read_text(encoding="utf-8")
    figures = [f"{figure(name)}."] if figure(name) else []
    figures += [
        f"{row['figure']}. Measured {row['on']} with `{row['command']}`."
        for row in measured().values()
        if campaign(row) == name
    ]
    fence = "~" * (3 + max((len(run) for run in re.findall("~+", text)), default=0))
    parts = [
        HEAD.format(name=name, short=name.rpartition("/")[2]),
        *([block(docstring(name), name)] if docstring(name) else []),
        *(f"<p>{inline(text, name)}</p>" for text in figures),
        f"<p><code>{escape(name)}</code>, {len(text.splitlines()):,} lines, as it was when this book was built. "
        f"What it is for is told on the page {link(up + 'trust.html', 'Trust')}.</p>",
        f"{fence} {LANGUAGES[Path(name).suffix]}\n{text.rstrip()}\n{fence}",
    ]
    return "\n\n".join(parts) + "\n"
