"""A chapter as a page, and a formula as a page of its own: Markdown, with the entries as finished HTML."""

from __future__ import annotations

import json

from derivations.book.entry import entry_html
from derivations.book.html import block, escape, link, mark
from derivations.book.mathmark import plain
from derivations.book.model import Book, Chapter, Entry, Prose
from derivations.book.paths import Paths, chapter_page, formula_page
from derivations.book.svg import ancestor_graph
from derivations.book.words import VERDICT


def chapter_markdown(book: Book, chapter: Chapter) -> str:
    """A chapter: its aims, what it holds, then prose and formulas in reading order."""
    paths = Paths(book, chapter_page(chapter.key))
    number = book.chapters.index(chapter) + 1
    parts = [
        _front(plain(f"{number}. {chapter.title}")),
        f"# {number}. {chapter.title}",
        _aims(chapter),
        _contents(chapter),
    ]
    for item in chapter.blocks:
        if isinstance(item, Prose):
            parts.append(item.markdown)
        else:
            parts.append(f"## {item.title} {{ #{item.id} }}")
            parts.append(entry_html(book, item, paths))
    return "\n\n".join(part for part in parts if part) + "\n"


def formula_markdown(book: Book, entry: Entry) -> str:
    """A formula's own page, at its permanent address: the whole entry, and a picture of what it rests on."""
    paths = Paths(book, formula_page(entry.id))
    chapter = book.chapter_of(entry.id)
    place = link(paths.reading(entry.id), f"chapter {book.chapters.index(chapter) + 1}, {escape(plain(chapter.title))}")
    parts = [
        # A chapter already holds the same text: one of the two is enough in the search results.
        _front(f"{plain(entry.title)} ({entry.id})", search=False),
        f"# {entry.title} {{ #formula }}",
        f'<p class="place">In the book: {place}.</p>',
        entry_html(book, entry, paths),
    ]
    if picture := ancestor_graph(book, entry.id, paths):
        parts += ["## What it rests on { #ancestors }", picture]
    return "\n\n".join(parts) + "\n"


def _front(title: str, search: bool = True) -> str:
    hidden = "search:\n  boost: 2\n" if search else "search:\n  exclude: true\n"
    return f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\nhide:\n  - toc\n{hidden}---"


def _aims(chapter: Chapter) -> str:
    rows = [("In the short run", chapter.aim_short), ("In the long run", chapter.aim_long)]
    inside = "".join(
        f'<p class="label">{name}</p>{block(text, f"chapter {chapter.key}")}' for name, text in rows if text
    )
    return f'<div class="aims">{inside}</div>' if inside else ""


def _contents(chapter: Chapter) -> str:
    rows = "".join(
        f'<li><a href="#{entry.id}">{escape(plain(entry.title))}</a> '
        f"{mark(entry.verdict, VERDICT[entry.verdict][0].lower())}</li>"
        for entry in chapter.entries
    )
    label = "Formulas of this chapter"
    return f'<nav class="contents" aria-label="{label}" data-search-exclude><ul>{rows}</ul></nav>'
