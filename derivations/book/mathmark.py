r"""Mathematics in Markdown: `$...$` in a line, `$$...$$` on a line of its own.

A Markdown extension for `mkdocs.yml` (`derivations.book.mathmark`). It replaces a formula by a placeholder
that holds the LaTeX source, so that the search index and the table of contents see the source; `expand` swaps
the placeholders for rendered formulas once a page is finished. A dollar sign that is not mathematics is
written `\$`.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as etree
from collections.abc import Callable
from typing import Any

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from derivations.book.tex import TexError

INLINE = r"(?<![\\$])\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\d$])"
DISPLAY = r"(?<![\\$])\$\$((?:\\.|[^\\$])+?)\$\$"
_PLACEHOLDER = re.compile(r'<span class="tex( display)?( loose)?">([^<]*)</span>')


def placeholder(source: str, display: bool = False, loose: bool = False) -> str:
    """The HTML that stands for a formula until `expand` renders it; equal to what the extension writes.

    A loose formula may fail: it is then shown as it is written.
    """
    kind = "tex" + (" display" if display else "") + (" loose" if loose else "")
    return f'<span class="{kind}">{html.escape(source.strip(), quote=False)}</span>'


def expand(page: str, render: Callable[[str, bool], str]) -> str:
    """Swap every placeholder of a finished page for its formula.

    Args:
        page: HTML with placeholders.
        render: from LaTeX and "is it a display?" to HTML.

    Raises:
        TexError: a formula cannot be read.
    """

    def swap(match: re.Match[str]) -> str:
        source, display = html.unescape(match[3]), match[1] is not None
        kind = "math display" if display else "math"
        try:
            return f'<span class="{kind}">{render(source, display)}</span>'
        except TexError:
            if match[2] is None:
                raise
            return f"<code>{match[3]}</code>"

    return _PLACEHOLDER.sub(swap, page)


def plain(markdown: str) -> str:
    """A title without its dollar signs and Markdown, for places that take text only."""
    return re.sub(r"(?<!\\)[$`*]", "", markdown).replace(r"\$", "$")


def element(source: str, display: bool) -> etree.Element:
    """The placeholder as an element of Markdown's tree."""
    span = etree.Element("span", {"class": "tex display" if display else "tex"})
    # Nothing inside a formula is Markdown: an AtomicString is left alone by every later pattern.
    span.text = AtomicString(source.strip())
    return span


class _Inline(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, display: bool) -> None:
        super().__init__(pattern, md)
        self.display = display

    def handleMatch(self, m: re.Match[str], data: str) -> Any:
        return element(m[1], self.display), m.start(0), m.end(0)


class _Dollar(InlineProcessor):
    r"""`\$` is a dollar sign."""

    def handleMatch(self, m: re.Match[str], data: str) -> Any:
        return "$", m.start(0), m.end(0)


class _Block(BlockProcessor):
    """A block that is one display and nothing else becomes a paragraph-level element, not a paragraph."""

    PATTERN = re.compile(rf"\s*{DISPLAY}\s*\Z", re.DOTALL)

    def test(self, parent: etree.Element, block: str) -> bool:
        return bool(self.PATTERN.match(block))

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        match = self.PATTERN.match(blocks.pop(0))
        assert match is not None
        etree.SubElement(parent, "div", {"class": "equation"}).append(element(match[1], True))


class MathExtension(Extension):
    """Reads `$...$`, `$$...$$` and `\\$`; code spans and code blocks stay as they are."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the patterns: after code spans (190), before escapes (180) and emphasis."""
        md.parser.blockprocessors.register(_Block(md.parser), "exegesis-display", 60)
        md.inlinePatterns.register(_Inline(DISPLAY, md, True), "exegesis-display", 187)
        md.inlinePatterns.register(_Inline(INLINE, md, False), "exegesis-inline", 186)
        md.inlinePatterns.register(_Dollar(r"\\\$", md), "exegesis-dollar", 185)


def makeExtension(**options: Any) -> MathExtension:
    """What Markdown calls to make the extension."""
    return MathExtension(**options)


__all__ = ["MathExtension", "element", "expand", "makeExtension", "placeholder", "plain"]
