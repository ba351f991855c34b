"""Formulas whose kinds do not fit as they were read: with one name as a number that was taken for a vector, or the
other way round.

Letters have the kinds of the field: u is a velocity and h(x) a field. An author may write u for a number, and h(x) for
a loss. Where the kinds of a formula do not fit, and they do with one of its names as the other kind, it is read so; a
name that is so given its meaning, and has not been used before, keeps its kind. Nothing is called false in such a
reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.reading.notation.standing import TRUE
from derivations.reading.terms.calls import label_above, label_below
from derivations.reading.terms.signature import FIELDS, INDICES, VECTORS, Signature, is_index, key_of
from derivations.reading.text.syntax import Item, Row, leaves
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

UNFIT = ("kinds do not fit", "a product of two vectors", "two sides are of different kinds", "a definition does")
TRIED = 6  # how many names are tried
CERTAIN = frozenset({"x", "eps"})  # the state and the noise are vectors in every document
NUMBERS = INDICES | frozenset("d e p q E N P R pi".split())  # and these are none in any
OPEN = "its kinds fit with {} as a {}, and then it fails"


def judged(judge: Judge, found: Judgement, row: Row, display: bool, context: str) -> Judgement:
    """The verdict on a formula whose kinds do not fit, with another kind for one of its names; else as it is."""
    if found.verdict not in ("unread", "undecided") or not any(u in found.message for u in UNFIT):
        return found
    open_ = found
    for key, vector in _candidates(judge.signature, row)[:TRIED]:
        other = judge.apart()
        _declare(other.signature, key, vector)
        said = other.as_read(row, display, context)
        if said.verdict == "unread" or any(u in said.message for u in UNFIT):
            continue
        if said.verdict == "definition" and key.split("_")[0] in judge.seen:
            return said  # it has been of another kind before, and may be again
        if said.verdict == "definition":
            _declare(judge.signature, key, vector)
            return judge.as_read(row, display, context)
        if said.verdict in TRUE:
            return said
        if open_ is found:
            why = OPEN.format(key, "vector" if vector else "number") if said.verdict == "refuted" else ""
            open_ = Judgement("undecided", said.formula, f"{why}: {said.message}".removeprefix(": "), said.reading)
    return open_


def _declare(signature: Signature, key: str, vector: bool) -> None:
    """Let a name be a vector, or a number."""
    signature.vectors.discard(key)
    signature.scalars.discard(key)
    signature.matrices.discard(key)
    (signature.vectors if vector else signature.scalars).add(key)


def _candidates(signature: Signature, row: Row) -> list[tuple[str, bool]]:
    """The plain names of a formula, and whether each may be a vector where it was none, in their order."""
    out: dict[tuple[str, bool], None] = {}
    for item in leaves(row):
        plain = item.kind == "name" and "bold" not in item.marks
        if plain and (len(item.text) == 1 or item.text in VECTORS | FIELDS):
            key = key_of(item) + _labels(item)
            letter = key.split("_")[0]
            taken = key not in signature.scalars and (key in signature.vectors or letter in VECTORS | FIELDS)
            if letter not in CERTAIN and (taken or letter not in NUMBERS):
                out.setdefault((key, not taken))
    return list(out)


def _labels(item: Item) -> str:
    """What the scripts of a name add to its key."""
    above = label_above(item)
    return ("_" + above if above else "") + (label_below(item, item.sub) if item.sub and not is_index(item.sub) else "")


__all__ = ["judged"]
