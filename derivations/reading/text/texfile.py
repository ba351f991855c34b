"""LaTeX files: their formulas. Comments, verbatim text and definitions hold none; \\input is not followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.reading.text.markdown import Found, _delimited, blank

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_VERBATIM = re.compile(
    r"\\begin\{(verbatim|lstlisting|minted|comment|filecontents\*?|tikzpicture|thebibliography)\*?\}.*?\\end\{\1\*?\}",
    re.DOTALL,
)
_DEFINITION = re.compile(
    r"^[ \t]*\\(?:(?:re)?newcommand|providecommand|def|DeclareMathOperator|DeclarePairedDelimiter|newtheorem)\b[^\n]*$",
    re.MULTILINE,
)


def latex(text: str) -> Iterator[Found]:
    """The formulas of a LaTeX file."""
    text = _COMMENT.sub(lambda m: blank(m[0]), text)
    text = _VERBATIM.sub(lambda m: blank(m[0]), text)
    begin = text.find(r"\begin{document}")
    if begin >= 0:
        text = blank(text[:begin]) + text[begin:]
    text = _DEFINITION.sub(lambda m: blank(m[0]), text)
    yield from _delimited(text)
