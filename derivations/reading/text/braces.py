r"""Braces that group nothing: one too many, or those of a colour, that a bracket crosses: {\mathcal{N}(x;} m, v)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.reading.text.lexer import Token

SIGNS = ("=", "+", "-", ",", "&", "(", "{", r"\\", r"\propto", r"\sim", r"\approx", r"\cdot")


def uncrossed(tokens: list[Token]) -> list[Token]:
    """The tokens without the braces of a group that closes before a bracket in it; an argument of a command is none."""
    dropped: set[int] = set()
    opened: list[int] = []
    for k, t in enumerate(tokens):
        last = tokens[opened[-1]].text if opened else ""
        if t.text in ("{", "(", "["):
            opened.append(k)
        elif (t.text == "}" and last == "{") or (t.text in (")", "]") and last in ("(", "[")):
            opened.pop()
        elif t.text == "}":
            brace = next((j for j in reversed(opened) if tokens[j].text == "{"), None)
            if brace is not None and (brace == 0 or tokens[brace - 1].text in SIGNS):
                dropped |= {brace, k}
                opened.remove(brace)
    return [t for k, t in enumerate(tokens) if k not in dropped]


def without_stray(tex: str) -> str:
    """The text with a space for a closing brace that nothing opens, where it is the only one out of place."""
    depth, stray = 0, []
    for k, c in enumerate(tex):
        if c in "{}" and (k == 0 or tex[k - 1] != "\\"):
            depth += 1 if c == "{" else -1
            if depth < 0:
                stray.append(k)
                depth = 0
    return tex[: stray[0]] + " " + tex[stray[0] + 1 :] if len(stray) == 1 and depth == 0 else tex


__all__ = ["uncrossed", "without_stray"]
