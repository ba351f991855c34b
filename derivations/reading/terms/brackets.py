"""Brackets and bars: what is enclosed, and whether a bar separates or encloses."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.reading.terms import listed
from derivations.reading.text.letters import CLOSING, OPENING, SEPARATORS
from derivations.reading.text.lexer import Token
from derivations.reading.text.syntax import Item, Row, UnreadError

if TYPE_CHECKING:
    from derivations.reading.terms.grammar import Parser

OPEN = "·"  # what is left open in a density
PAIRS = {"(": ")]", "[": "])", "{": "}", "<": ">", "f": "f", "c": "c", "N": "N", "|": "|"}


def bar(parser: Parser, t: Token) -> Item:
    """A separator; or the opening bar of an absolute value or a norm, when an unmatched one follows."""
    kind = SEPARATORS[t.text]
    if kind == ":" and parser.text() == "=":
        parser.k += 1
        return Item("rel", ":=", t.at)
    if kind == "bar" and parser.text() in ("|", r"\vert") and parser.tokens[parser.k].at == t.at + 1:
        parser.k += 1
        kind = "BAR"
    if kind == "|" and parser.text() == r"\mid":
        parser.k += 1
        kind = "||"
    if kind not in ("bar", "BAR"):
        return Item("sep", kind, t.at)
    closing = _matching_bar(parser, kind)
    if closing is None:
        return Item("sep", "|" if kind == "bar" else "||", t.at)
    row = parser.row(lambda u: parser.k >= closing)
    parser.k = closing + (2 if kind == "BAR" and parser.text() == "|" else 1)
    return Item("bracket", "||" if kind == "bar" else "NN", t.at, cells=(row,))


def kept_together(before: list[Item], inside: list[Item], at: int) -> list[Item]:
    r"""What braces enclose: behind a function it is what the function is of, as in \log{(a)/(b)}."""
    whole = before and before[-1].kind == "func" and any(i.kind == "op" for i in inside[1:])
    return [Item("group", "{}", at, cells=(tuple(inside),))] if whole else inside


def _matching_bar(parser: Parser, kind: str) -> int | None:
    """Where the bar that closes this one stands, if the bars on this level pair up."""
    depth, found, k = 0, [], parser.k
    while k < len(parser.tokens):
        text = parser.tokens[k].text
        if text in OPENING or text in ("{", r"\begin"):
            depth += 1
        elif text in CLOSING or text in ("}", r"\end"):
            depth -= 1
            if depth < 0:
                break
        elif depth == 0:
            if text in (r"\\", "&", r"\quad", r"\qquad"):
                break
            is_bar = SEPARATORS.get(text) == "bar"
            pair = is_bar and k + 1 < len(parser.tokens) and parser.tokens[k + 1].text == text
            if kind == "BAR" and (SEPARATORS.get(text) == "BAR" or pair):
                found.append(k)
                k += pair
            elif kind == "bar" and is_bar:
                if pair:
                    k += 1
                else:
                    found.append(k)
        k += 1
    return found[0] if len(found) % 2 == 1 else None


def bracket(parser: Parser, t: Token, opened: str) -> Item:
    """A bracket with its cells, and the separators between them."""
    cells: list[Row] = []
    seps: list[str] = []
    while True:
        row: list[Item] = []
        while True:
            row += parser.row(lambda u: u.text in (r"\\", "&"))
            if parser.text() not in (r"\\", "&"):
                break
            parser.k += 1  # a bracket goes on over the end of a line
        parts, between = split(tuple(row))
        cells += parts
        seps += between
        closed = CLOSING.get(parser.text())
        if closed is None or closed not in PAIRS[opened]:
            raise parser.stuck(f"the bracket {t.text} at {t.at} is not closed before")
        parser.k += 1
        cells, seps = listed.ranged([_placeholder(c) for c in cells], seps)
        return Item("bracket", opened + closed, t.at, cells=tuple(cells), seps=tuple(seps))


def _placeholder(row: Row) -> Row:
    r"""A cell that is a dot alone, as in q(\cdot | x), as the name of what is left open."""
    alone = len(row) == 1 and row[0].kind == "op" and row[0].text == "*"
    words = len(row) == 1 and row[0].kind == "text" and row[0].text.replace("_", "").isalnum()
    return (replace(row[0], kind="name", text=OPEN if alone else row[0].text),) if alone or words else row


def split(row: Row) -> tuple[list[Row], list[str]]:
    """The cells of a row and the separators between them; wide spaces separate nothing in a bracket."""
    cells: list[list[Item]] = [[]]
    seps: list[str] = []
    for item in row:
        if item.kind == "sep" and item.text not in ("quad", "."):
            cells.append([])
            seps.append(item.text)
        elif item.kind != "sep":
            cells[-1].append(item)
    return [tuple(c) for c in cells], seps


def unclosed(tex: str) -> UnreadError | None:
    """The reason why a formula with more brackets of one side cannot be read; None where both sides have as many. Those
    of an interval may differ in kind, so that only their number counts.
    """
    bare = re.sub(r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*\.", "", tex)
    opened, closed = (sum(bare.count(c) for c in pair) for pair in ("([", ")]"))
    if opened == closed:
        return None
    many = abs(opened - closed)
    what = "never closed" if opened > closed else "closed and never opened"
    return UnreadError(f"{many} bracket{'s' if many > 1 else ''} {what}")
