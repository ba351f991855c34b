"""LaTeX files: their formulas. Comments, verbatim text and definitions hold none; \\input is not followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.reading.text.macros import declared
from derivations.reading.text.markdown import ENVIRONMENTS, Found, _delimited, blank

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_VERBATIM = re.compile(
    r"\\begin\{(verbatim|lstlisting|minted|comment|filecontents\*?|tikzpicture|thebibliography)\*?\}.*?\\end\{\1\*?\}",
    re.DOTALL,
)
_DEFINITION = re.compile(
    r"^[ \t]*\\(?:(?:re)?newcommand|providecommand|def|DeclareMathOperator|DeclarePairedDelimiter|newtheorem)\b[^\n]*$",
    re.MULTILINE,
)


_ENVIRONMENT = re.compile(
    r"\\(?:re)?newenvironment\*?\s*\{(?P<name>\w+)\}[^{\n]*\{[^{}\n]*\\begin\{(?:" + ENVIRONMENTS + r")\*?\}"
)


def _own(text: str) -> re.Pattern[str] | None:
    r"""What stands in an environment that the author made of a display, or between macros like \be and \ee."""
    named = [m["name"] for m in _ENVIRONMENT.finditer(text)]
    found = {name: macro.body.strip() for name, macro in declared(text).items()}
    opens = [n for n, body in found.items() if re.match(r"\\begin\{(?:" + ENVIRONMENTS + r")\*?\}", body)]
    closes = [n for n, body in found.items() if re.match(r"\\end\{(?:" + ENVIRONMENTS + r")\*?\}", body)]
    ways = [rf"\\begin\{{{n}\}}(?P<{n}>.+?)\\end\{{{n}\}}" for n in named if n.isidentifier()]
    if opens and closes:
        ways.append(rf"\\(?:{'|'.join(opens)})(?![A-Za-z])(?P<own_>.+?)\\(?:{'|'.join(closes)})(?![A-Za-z])")
    return re.compile("|".join(ways), re.DOTALL) if ways else None


def latex(text: str) -> Iterator[Found]:
    """The formulas of a LaTeX file."""
    text = _COMMENT.sub(lambda m: blank(m[0]), text)
    text = _VERBATIM.sub(lambda m: blank(m[0]), text)
    own = _own(text)
    begin = text.find(r"\begin{document}")
    if begin >= 0:
        text = blank(text[:begin]) + text[begin:]
    text = _DEFINITION.sub(lambda m: blank(m[0]), text)
    for m in own.finditer(text) if own is not None else ():
        name = str(m.lastgroup)
        yield Found(m.start(), m.end(), m.start(name), m[name], "display")
        text = text[: m.start()] + blank(m[0]) + text[m.end() :]
    yield from _delimited(text)
