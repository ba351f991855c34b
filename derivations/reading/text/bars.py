r"""Tokens of tables and of bars: arrays in brackets as matrices, \left. F \right|_a^b as (F) at a and b."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derivations.reading.text.letters import CLOSING, OPENING, SIZES
from derivations.reading.text.lexer import Token

AT = r"\evaluated"  # the bar behind what is evaluated
BARS = frozenset({"|", r"\vert", r"\rvert", r"\middle|", r"\mid"})
EQUAL = ("=", ":=", r"\coloneqq", r"\triangleq", r"\equiv", r"\sim")
POWERED = ((r"\parallel", r"\|", "^_"), (r"\mid", "|", "^"))  # signs of norms before a power, and what they are
BRACKETS = {"(": ")", "[": "]", r"\lbrack": r"\rbrack", r"\lparen": r"\rparen"}


def marked(tokens: list[Token]) -> list[Token]:
    """The tokens with arrays in brackets as matrices, and with bars of evaluation marked as such."""
    tokens = _powered(tokens)
    if not any(t.text in BARS or t.text == r"\begin" for t in tokens):
        return tokens
    return _barred(_opened(_arrays(_doubled(tokens))))


def _doubled(tokens: list[Token]) -> list[Token]:
    r"""\left|\left| x \right|\right|, \big|\big| x \big|\big|, \vert\vert x \vert\vert: one double bar at each end."""
    out: list[Token] = []
    for t in tokens:
        if t.text == r"\vert" and out and (out[-1].text, out[-1].at + 5) == (t.text, t.at):
            out[-1] = replace(t, kind="command", text=r"\|")
            continue
        beside = t.text == "|" and [u.text for u in out[-2:]] in ([r"\left", "|"], [r"\right", "|"])
        if beside and out[-1].at + 1 == t.at:  # \left|| x \right||
            out[-1] = replace(t, kind="command", text=r"\|")
            continue
        sized = t.text in BARS and bool(out) and out[-1].text[1:] in SIZES
        if sized and [u.text for u in out[-3:]] == [out[-1].text, t.text, out[-1].text]:
            out[-2:] = [replace(t, kind="command", text=r"\|")]
        else:
            out.append(t)
    return out


def _powered(tokens: list[Token]) -> list[Token]:
    r"""\parallel x \parallel^2 and \mid x \mid^2 as norms: a power stands behind the second."""
    out = list(tokens)
    for sign, norm, behind in POWERED:
        for first, second in pairwise(k for k, t in enumerate(tokens) if t.text == sign):
            if tokens[second + 1 : second + 2] and tokens[second + 1].text in behind:
                out[first], out[second] = (replace(tokens[k], kind="symbol", text=norm) for k in (first, second))
    return out


def pairs(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    r"""The places of every \left and of the \right that closes it, the inner ones first."""
    opened: list[int] = []
    for k, t in enumerate(tokens):
        if t.text == r"\left":
            opened.append(k)
        elif t.text == r"\right" and opened:
            yield opened.pop(), k


def _word(tokens: list[Token], k: int) -> tuple[str, int]:
    """The letters of the brace group at k, and where it ends."""
    if k >= len(tokens) or tokens[k].text != "{":
        return "", k
    end = k + 1
    while end < len(tokens) and tokens[end].text != "}":
        end += 1
    return "".join(t.text for t in tokens[k + 1 : end]), end + 1


def _arrays(tokens: list[Token]) -> list[Token]:
    """A bracket around one whole array is a matrix."""
    out = list(tokens)
    for k in range(len(out) - 1, -1, -1):
        name, inside = _word(out, k + 1) if out[k].text == r"\begin" else ("", 0)
        if name != "array" or not k or out[k - 1].text not in BRACKETS:
            continue
        end = _ended(out, k)
        sized = end is not None and end < len(out) and out[end].text[1:] in SIZES
        close = None if end is None else end + sized
        if end is None or close is None or close >= len(out) or out[close].text != BRACKETS[out[k - 1].text]:
            continue
        _, columns = _word(out, inside)
        name_ = [replace(out[k], kind="letter", text=c) for c in "pmatrix"]
        brace = [replace(out[k], kind="symbol", text=c) for c in "{}"]
        named = [brace[0], *name_, brace[1]]
        last = next(j for j in range(end - 1, k, -1) if out[j].text == r"\end")
        start = k - 1 - (k > 1 and out[k - 2].text[1:] in SIZES)
        body = out[columns:last]
        out[start : close + 1] = [out[k], *named, *body, out[last], *named]
    return out


def braced(tokens: list[Token]) -> list[Token]:
    r"""An array or a matrix behind a sign of equality and one brace as formulas by cases."""
    out = list(tokens)
    for k in range(len(out) - 1, 1, -1):
        name, inside = _word(out, k + 1) if out[k].text == r"\begin" else ("", 0)
        before = [t.text for t in out[max(k - 3, 0) : k] if t.text[1:] not in SIZES]
        end = _ended(out, k) if name in ("array", "matrix") and before[-1:] == [r"\{"] else None
        if end is None or before[-2:-1] not in [[sign] for sign in EQUAL]:
            continue
        last = next(j for j in range(end - 1, k, -1) if out[j].text == r"\end")
        body = out[_word(out, inside)[1] if name == "array" else inside : last]
        sized = [t.text for t in out[end : end + 2]] == [r"\right", "."]
        if not any(t.text == "&" for t in body) or (end < len(out) and not sized):
            continue
        braces = [replace(out[k], kind="symbol", text=c) for c in "{}"]
        named = [braces[0], *(replace(out[k], kind="letter", text=c) for c in "cases"), braces[1]]
        start = k - 1 - (out[k - 2].text[1:] in SIZES)
        out[start : end + 2 * sized] = [out[k], *named, *body, out[last], *named]
    return out


def _ended(tokens: list[Token], begin: int) -> int | None:
    """Behind the end of the environment that begins here; None when it has none."""
    depth = 0
    for k in range(begin, len(tokens)):
        depth += (tokens[k].text == r"\begin") - (tokens[k].text == r"\end")
        if depth == 0:
            return _word(tokens, k + 1)[1]
    return None


def _opened(tokens: list[Token]) -> list[Token]:
    r"""\left. F \right| as ( F ) and the mark, where a script stands on the bar."""
    out = list(tokens)
    for start, k in pairs(tokens):
        t, ends = tokens[k], [u.text for u in (*tokens[start + 1 : start + 2], *tokens[k + 1 : k + 3])]
        if len(ends) == 3 and ends[0] == "." and ends[1] in BARS and ends[2] in ("_", "^"):
            out[start], out[start + 1] = replace(t, text=""), replace(tokens[start + 1], text="(")
            out[k], out[k + 1] = replace(t, kind="symbol", text=")"), replace(t, text=AT)
    return [t for t in out if t.text]


def _barred(tokens: list[Token]) -> list[Token]:
    r"""F \big|_{t=0} and F|_{t=0} with the mark for the bar: a relation stands below it."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        sized = bool(out) and out[-1].text[1:] in SIZES and out[-1].text not in (r"\left", r"\middle")
        scripted = t.text in BARS and tokens[k + 1 : k + 2] and tokens[k + 1].text == "_"
        alone = sized and not any(u.text in BARS for u in tokens[:k])  # and no norm that is closed here
        if scripted and (_equates(tokens, k + 2) or alone):
            if sized:
                out.pop()
            out.append(replace(t, kind="command", text=AT))
        else:
            out.append(t)
    return out


def _equates(tokens: list[Token], k: int) -> bool:
    """Whether the brace group at k has an equality in it, outside brackets."""
    depth = 0
    for t in tokens[k:]:
        depth += (t.text == "{" or t.text in OPENING) - (t.text == "}" or t.text in CLOSING)
        if depth == 1 and t.text == "=":
            return True
        if depth <= 0:
            return False
    return False


__all__ = ["AT", "braced", "marked", "pairs"]
