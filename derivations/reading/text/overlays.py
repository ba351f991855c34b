r"""Slides: \uncover<2->{a}, \alert<3>{b} and marks for boxes show what stands in their braces, sooner or later.

What stands on the slide at the end is read. Of \only and \alt, which put one thing in the place of another, one is read
where there is no other; a formula with several of them stays unread.
"""

from __future__ import annotations

from derivations.reading.text.lexer import Token
from derivations.reading.text.syntax import UnreadError

SHOWN = frozenset(
    "uncover only onslide visible alert structure action highlight hlmath tikzmarknode eqnmarkbox eqnmark".split()
)
NAMED = frozenset({"tikzmarknode", "eqnmarkbox", "eqnmark"})  # these have a name in braces before what they show
GONE = frozenset({"pause", "tikzmark", "invisible"})  # what these have in braces is not on the slide
SPECIFIED = SHOWN | GONE | {"color", "textcolor", "colorbox", "item", "textbf", "boldsymbol"}
MOST = 16  # tokens of a specification


def settled(tokens: list[Token]) -> list[Token]:
    """The tokens of a formula without the overlays of slides. Raises UnreadError where one replaces another."""
    if not any(_name(t) in SPECIFIED for t in tokens):
        return tokens
    if sum(_name(t) in ("only", "alt") for t in tokens) > 1:
        raise UnreadError("slides that replace one another", r"\only")
    out: list[Token] = []
    closed: list[int] = []  # the braces that end what is shown
    k = 0
    while k < len(tokens):
        name = _name(tokens[k])
        if k in closed:
            closed.remove(k)
        elif name not in SPECIFIED:
            out.append(tokens[k])
        else:
            end = _specification(tokens, k + 1)
            if name in GONE:
                end = _closing(tokens, end) + 1 if name != "pause" and _is(tokens, end, "{") else end
            elif name in SHOWN:
                end = _shown(tokens, end, name, closed)
            else:
                out.append(tokens[k])
            k = end
            continue
        k += 1
    return out


def _shown(tokens: list[Token], k: int, name: str, closed: list[int]) -> int:
    """Where what a command shows begins; the brace that ends it is noted."""
    while _is(tokens, k, "["):
        k = next((j for j in range(k, len(tokens)) if tokens[j].text == "]"), len(tokens) - 1) + 1
    if name in NAMED and _is(tokens, k, "{"):
        k = _closing(tokens, k) + 1
    if not _is(tokens, k, "{"):
        return k
    end = _closing(tokens, k)
    if _is(tokens, end + 1, "_") or _is(tokens, end + 1, "^"):
        return k  # the braces carry a script
    closed.append(end)
    return k + 1


def _specification(tokens: list[Token], k: int) -> int:
    """Where the tokens behind <2-> begin; k itself where there is no such."""
    if not _is(tokens, k, "<"):
        return k
    for j in range(k + 1, min(k + MOST, len(tokens))):
        if tokens[j].text == ">":
            return j + 1
        if tokens[j].kind not in ("number", "letter") and tokens[j].text not in ("-", ",", "+", ".", "|", ":", "@"):
            return k
    return k


def _closing(tokens: list[Token], start: int) -> int:
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k].text == "{") - (tokens[k].text == "}")
        if depth == 0:
            return k
    raise UnreadError("a brace is not closed", tokens[start].text, tokens[start].at)


def _is(tokens: list[Token], k: int, text: str) -> bool:
    return k < len(tokens) and tokens[k].text == text


def _name(t: Token) -> str:
    return t.text[1:] if t.kind == "command" else ""


__all__ = ["settled"]
