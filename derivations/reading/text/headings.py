"""Headings: how many stand before a place in a text, by their level. Formulas under one heading have equal counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivations.reading.text.markdown import blank

LEVELS = 6
NONE = (0,) * LEVELS
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_MARKDOWN = re.compile(r"^(?P<signs>#{1,6})[ \t]+\S|<h(?P<html>[1-6])[\s>]", re.MULTILINE)
_LATEX = re.compile(r"^[^%\n]*?\\(part|chapter|section|subsection|subsubsection)\*?\s*[\[{]", re.MULTILINE)
_DEPTH = {"part": 1, "chapter": 2, "section": 3, "subsection": 4, "subsubsection": 5}


def counts(text: str, places: Iterable[int], before: tuple[int, ...] = NONE) -> list[tuple[int, ...]]:
    """For each place the number of headings before it: those of the first level, those of the first two, and so on."""
    text = _FENCED.sub(lambda m: blank(m[0]), text)
    found = [(m.start(), len(m["signs"] or "") or int(m["html"])) for m in _MARKDOWN.finditer(text)]
    found += [(m.start(1), _DEPTH[m[1]]) for m in _LATEX.finditer(text)]
    return [
        tuple(n + sum(at < place and deep <= level for at, deep in found) for level, n in enumerate(before, 1))
        for place in places
    ]


__all__ = ["NONE", "counts"]
