"""What the site is made of: generated pages, parts of hand-written pages, the navigation, the manifest.

A hand-written page asks for a generated part with a comment on a line of its own: `<!-- book: totals -->`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from derivations.book import audits, figure, opinions, ownpages, reference, results, trust
from derivations.book.chapter import chapter_markdown, formula_markdown
from derivations.book.mathmark import plain
from derivations.book.model import Book, BookError
from derivations.book.paths import Paths, chapter_page, formula_page, step_anchor

PARTS: Mapping[str, Callable[[Book, Paths], str]] = {
    "believed": trust.believed,
    "chapters": reference.chapters,
    "corpora": trust.corpora,
    "coverage": reference.coverage,
    "formulas": reference.formulas,
    "graph": reference.graph,
    "graph text": reference.graph_text,
    "kernel parts": trust.kernel_parts,
    "kernel rules": reference.kernel_rules,
    "ledger": trust.ledger,
    "measured": trust.measured,
    "not believed": trust.not_believed,
    "notation": reference.notation,
    "open questions": reference.open_questions,
    "own pages": ownpages.coverage,
    "picture": figure.picture,
    "refuted": reference.refuted,
    "replayed": trust.replayed,
    "rules": reference.rules,
    "sympy counted": opinions.counted,
    "sympy unsettled": opinions.unsettled,
    "sympy wrong": opinions.wrong,
    "tests": trust.tests,
    "totals": reference.totals,
    "verdicts": reference.verdicts,
}
_PART = re.compile(r"^<!-- *book: *(.*?) *-->$", re.MULTILINE)


def pages(book: Book) -> dict[str, str]:
    """Every generated page of mathematics: address of the Markdown file, and its text."""
    made = {_source(chapter_page(c.key)): chapter_markdown(book, c) for c in book.chapters}
    made |= {_source(formula_page(e.id)): formula_markdown(book, e) for e in book.entries.values()}
    return made


def api_pages(root: Path, packages: list[str], without: list[str]) -> dict[str, str]:
    """One page per public module: address of the Markdown file, and its text.

    Modules are found as files and read by mkdocstrings without being imported, so that no page needs PyTorch.

    Args:
        root: the folder that holds the packages.
        packages: names of the packages.
        without: modules to leave out, with everything below them.
    """
    names = [name for package in packages for name in _modules(root, package)]
    kept = [n for n in names if not any(n == left or n.startswith(f"{left}.") for left in without)]
    return {f"api/{name}.md": f"# {name}\n\n::: {name}\n" for name in kept}


def _modules(root: Path, package: str) -> list[str]:
    names = []
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in parts) and path.read_text(encoding="utf-8").strip():
            names.append(".".join(parts))
    return sorted(set(names))


def fill(markdown: str, book: Book, page: str) -> str:
    """Replace the comments of a hand-written page by generated parts.

    Args:
        markdown: the page's text.
        page: the page's address in the built site, such as `trust.html`.

    Raises:
        BookError: the page asks for a part that does not exist.
    """

    def part(match: re.Match[str]) -> str:
        paths = Paths(book, page)
        if match[1].startswith("results "):
            return results.results(match[1].removeprefix("results "), paths.root)
        if match[1].startswith("audit "):
            return audits.audit(match[1].removeprefix("audit "), book, paths)
        if match[1] not in PARTS:
            known = f"{', '.join(PARTS)}, results NAME, audit NAME"
            raise BookError(f"{page}: there is no part {match[1]!r}; there are: {known}")
        return PARTS[match[1]](book, paths)

    return _PART.sub(part, markdown)


def navigation(nav: Any, book: Book, api: Mapping[str, str]) -> Any:
    """Put the chapters where the navigation says `chapters`, and the API pages where it says `api`."""
    if isinstance(nav, list):
        return [navigation(item, book, api) for item in nav]
    if isinstance(nav, dict):
        return {title: navigation(item, book, api) for title, item in nav.items()}
    if nav == "chapters":
        return [{plain(f"{i}. {c.title}"): _source(chapter_page(c.key))} for i, c in enumerate(book.chapters, 1)]
    if nav == "api":
        return _tree([page.removeprefix("api/").removesuffix(".md") for page in api], "")
    return nav


def _tree(modules: list[str], above: str) -> list[Any]:
    """Modules as a nested navigation: a package is a section that opens with the package itself."""
    made: list[Any] = []
    short = {name: name.removeprefix(above) for name in modules}
    for head in dict.fromkeys(name.split(".")[0] for name in short.values()):
        whole = above + head
        inside = [name for name in modules if name.startswith(f"{whole}.")]
        own = [{head: f"api/{whole}.md"}] if whole in modules else []
        made += [{head: own + _tree(inside, f"{whole}.")}] if inside else own
    return made


def inventory(book: Book) -> list[tuple[str, str, str, str]]:
    """What other projects may cite: name, role, address and title of every formula and every step."""
    rows = []
    for entry in book.entries.values():
        page = formula_page(entry.id)
        rows.append((entry.id, "formula", page, plain(entry.title)))
        for step in entry.steps:
            anchor = step_anchor(entry.id, step.n)
            rows.append((anchor, "step", f"{page}#{anchor}", f"{plain(entry.title)}, step {step.n}"))
    return rows


def manifest(book: Book) -> str:
    """The whole corpus as JSON: every report as the registry gives it, with the addresses of its pages."""
    entries = []
    for chapter in book.chapters:
        for entry in chapter.entries:
            where = {"page": formula_page(entry.id), "in_chapter": f"{chapter_page(chapter.key)}#{entry.id}"}
            entries.append({**entry.report, "chapter": chapter.key, **where})
    chapters = [{"key": c.key, "title": c.title, "page": chapter_page(c.key)} for c in book.chapters]
    data = {"format": 1, "chapters": chapters, "formulas": entries, "axioms": list(book.ledger)}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _source(page: str) -> str:
    return page.removesuffix(".html") + ".md"
