r"""Thin spaces that lost their backslash: p(z),p(x|z) for p(z)\,p(x|z), KL(q,|,p) for KL(q\,|\,p), x!\log for x\!\log.

Many texts went through a programme that takes \, for an escaped comma. A comma that stands for a space has no space
behind it, and what follows it, up to the next comma, states nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LOST = re.compile(r",\s*\|\s*,|;;|,;|;=:?;|;:?=;")
RELATED = re.compile(
    r"[=<>~:]|\\(?:approx|sim|simeq|in|notin|le|ge|leq|geq|leqslant|geqslant|to|rightarrow|mapsto|propto|ne|neq|equiv|"
    r"coloneqq|triangleq|ll|gg|subset|perp|Rightarrow|implies|forall|exists|dots|ldots|cdots|text|mathrm|quad|qquad)\b"
)
BACKED = re.compile(r"(?<!\\)!(?=\\(?:log|ln|left|big|Big|bigl|Bigl|biggl|cdot|nabla|mathcal|frac)\b)")
CLOSERS = (")", "]", "}")
DOTS = re.compile(r"\\(?:dots|ldots|cdots)|\.\.\.")
END = re.compile(r"\\qquad|\\quad|\\\\|&")


def restored(tex: str) -> str:
    """The formula with the backslashes that are known to be lost; itself when none is."""
    tex = BACKED.sub("", tex)
    if LOST.search(tex):
        tex = re.sub(r",\s*\|\s*,", lambda m: r"\,\|\,", tex)
        tex = re.sub(r";(:?=:?);", r"\1", tex.replace(";;", ";"))
        wide = tex.replace(",;", "\0")
        return re.sub(r"(?<!\\),(?=[^\s,])", lambda m: r"\,", wide).replace("\0", ", ")
    found = [] if DOTS.search(tex) else [at for at in _commas(tex) if _states_nothing(tex, at)]
    if any(tex[at - 1] in CLOSERS for at in found):
        for at in reversed(found):
            tex = tex[:at] + r"\," + tex[at + 1 :]
    return tex


def _states_nothing(tex: str, at: int) -> bool:
    """Whether what stands behind a comma, up to the next one, is no statement, and what stands before it is one."""
    rest = END.split(tex[at + 1 :])[0]
    rest = rest[: next(_commas(rest, True), len(rest))]
    before, behind = RELATED.search(_bare(tex[:at])), RELATED.search(_bare(rest))
    return bool(re.match(r"[A-Za-z\\(\[]", rest)) and before is not None and behind is None


def _commas(tex: str, spaced: bool = False) -> Iterator[int]:
    """The commas outside all brackets; without those that have a space behind them, unless these are wanted too."""
    depth = 0
    for k, c in enumerate(tex):
        escaped = k > 0 and tex[k - 1] == "\\"
        depth += tex.startswith(r"\langle", k) - tex.startswith(r"\rangle", k)
        if c in "([{" and not (escaped and c != "{"):
            depth += 1
        elif c in ")]}" and not (escaped and c != "}"):
            depth -= 1
        elif c == "," and depth == 0 and not escaped and (spaced or not tex[k + 1 : k + 2].isspace()):
            yield k


def _bare(tex: str) -> str:
    """The text without what stands in brackets."""
    before = ""
    while before != tex:
        before, tex = tex, re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", "", tex)
    return tex


__all__ = ["restored"]
