"""Small pieces of HTML that every page shares: text, formulas, links, tables."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from functools import cache

from markdown import Markdown
from mkdocs_autorefs import AutorefsExtension

from derivations.book.mathmark import MathExtension, placeholder
from derivations.book.model import BookError

_LINK = re.compile(r'<a [^>]*href="(?!https?://|#|mailto:)([^"]*)"')


def escape(text: str) -> str:
    """Plain text as HTML, safe inside attributes too."""
    return html.escape(text, quote=True)


def tex(source: str, display: bool = False) -> str:
    """A formula; it is rendered when the page is finished."""
    return placeholder(source, display)


def loose(source: str, display: bool = False) -> str:
    """A formula from elsewhere; one that cannot be set is shown as it is written."""
    return placeholder(source, display, loose=True)


@cache
def _markdown() -> Markdown:
    return Markdown(
        extensions=[MathExtension(), AutorefsExtension(), "fenced_code", "tables", "sane_lists", "smarty"],
        extension_configs={"smarty": {"smart_dashes": False, "smart_ellipses": False}},
    )


def block(markdown: str, where: str) -> str:
    """An author's Markdown as paragraphs.

    Args:
        markdown: the text, with `$...$` for mathematics and `[text][id]` for a link to another formula.
        where: what to name in an error.

    Raises:
        BookError: the text links to a file. A chapter and a formula's own page lie in different folders, so
            that only a link by ID works in both.
    """
    rendered = _markdown().reset().convert(markdown.strip())
    if match := _LINK.search(rendered):
        raise BookError(f"{where}: the text links to {match[1]!r}; link to an ID instead: [text][posterior.mean]")
    return rendered


def inline(markdown: str, where: str) -> str:
    """An author's Markdown of one paragraph, without the paragraph around it."""
    rendered = block(markdown, where)
    match = re.fullmatch(r"<p>(.*)</p>", rendered, re.DOTALL)
    return match[1] if match and "<p>" not in match[1] else rendered


def link(href: str, text: str, css: str = "") -> str:
    """A link; `text` is HTML already."""
    chosen = f' class="{css}"' if css else ""
    return f'<a{chosen} href="{escape(href)}">{text}</a>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], css: str = "") -> str:
    """A table of HTML cells, in a box of its own that scrolls when the page is narrow."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="wide"><table class="{css}"><thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'
    )


def mark(verdict: str, text: str) -> str:
    """A verdict as a coloured word; the word says everything that the colour says."""
    return f'<span class="verdict-word {verdict}">{escape(text)}</span>'
