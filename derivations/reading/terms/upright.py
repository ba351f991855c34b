"""Upright words in a formula: which of them are names, and which are prose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.reading.text import layout
from derivations.reading.text.letters import RELATIONS, SIZES, WIDE

if TYPE_CHECKING:
    from derivations.reading.terms.grammar import Parser

PROSE = layout.PROSE | {"as", "given", "let", "is"}
OPERATED = frozenset("tr Tr trace div Var Cov Std KL diag".split())  # upright, they are names whatever follows
CONSTANT_WORDS = frozenset({"const", "constant"})
CLOSED = (")", "]", "}", "rbrace", "rbrack", "right", *SIZES)  # what a sum in brackets ends with
EQUATING = frozenset({"approx", "triangleq", "equiv", "coloneqq", "ge", "geq", "le", "leq"})


def names(parser: Parser, word: str) -> bool:
    """Whether upright words are a name: of a function, with a script, in capitals, or alone before a relation."""
    before = parser.tokens[parser.k - 2].text if parser.k > 1 else ""
    alone = before in ("", "&", r"\\", "{", "(", "[", ",", "+", "-", *WIDE) or before.lstrip("\\") in RELATIONS
    ends = parser.text() in ("=", ")", "&", ",") or parser.text().lstrip("\\") in EQUATING
    plain = word.replace("_", "").isalnum() and word.isascii() and word[0].isalpha()
    if word in OPERATED or _titles(parser, word, before):
        return True
    if not plain or (word.lower() in PROSE and not word.isupper()):
        return False
    return parser.text() in ("(", "_", "^") or (word.isupper() and len(word) > 1) or (alone and ends)


def _titles(parser: Parser, word: str, before: str) -> bool:
    """Whether upright words are a whole side, or a term of one like a constant: a quantity by its title."""
    words = word.replace("-", " ").split()
    if not words or len(words) > 3 or any(w.lower() in PROSE or not w.isalnum() or not w.isascii() for w in words):
        return False
    after = parser.text().lstrip("\\").rstrip("*")
    related = before.lstrip("\\") in RELATIONS
    left = before in ("", "&", r"\\", *WIDE) and (after in RELATIONS or (after == "&" and _relates(parser, 1)))
    ended = after in ("", "quad", "qquad", ",", ".", "end", "}", "label", "tag") or parser.text() == r"\\"
    added = before in ("+", "-") and word.lower() in CONSTANT_WORDS
    return left or (ended and related) or (added and (ended or after in CLOSED))


def _relates(parser: Parser, ahead: int) -> bool:
    return parser.text(ahead).lstrip("\\") in RELATIONS


__all__ = ["names"]
