"""What letters that fail to fit may mean instead: no equation is called false where one of these is open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derivations.kernel.terms import Term, is_scalar, num
from derivations.reading.equations.choosing import names_in
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation

RUNNING = frozenset({"t", "s", "k", "i", "n", "tau", "r", "u"})
LETTERS = ("x", "y", "z")
APART = "the two sides are at different times, and how these hang together is not said"
ITSELF = "a name is set equal to a multiple of itself, as where it is put in for another"
TWICE = "a letter stands alone and with the index 0, and may mean the data both times"
CONSTANT = "a letter with the index 0 may be a constant, and no value of the function that goes by the letter"


def unclear(notation: Notation, sides: Sequence[Term]) -> str:
    """What the letters of a chain of equations may mean, so that it says nothing false; "" where nothing is open."""
    for a, b in pairwise(sides):
        if _times(a) and _times(b) and not _times(a) & _times(b):
            return APART
        if a.op == "sym" and b.op == "mul" and b.args.count(a) == 1 and len(b.args) == 2:
            return ITSELF
    if any(_is_data_twice(letter, sides) for letter in LETTERS):
        return TWICE
    return CONSTANT if _has_constant(notation, sides) else ""


def _times(t: Term) -> set[str]:
    """The letters of running times and steps in a term."""
    return {str(p.args[0]) for p in t.free if p.op == "sym"} & RUNNING


def _is_data_twice(letter: str, sides: Sequence[Term]) -> bool:
    """Whether a letter stands alone in an equation, and with the index 0."""
    parts = [p for t in sides for p in walk(t) if not is_scalar(p) and p.op in ("sym", "app") and p.args[0] == letter]
    alone = any(p.op == "sym" and any(p in t.free for t in sides) for p in parts)
    return alone and any(p.op == "app" and p.args[1:] == (num(0),) for p in parts)


def _has_constant(notation: Notation, sides: Sequence[Term]) -> bool:
    """Whether a number like sigma_0 stands in an equation that holds at all times t, and the document defines
    sigma_t.
    """
    parts = [p for t in sides for p in walk(t) if p.op == "app" and len(p.args) == 2 and is_scalar(p)]
    own = {r.left.args[0] for r in notation.own if r.left.op == "app" and len(r.left.args) == 2}
    return any(p.args[1] == num(0) and p.args[0] in own for p in parts) and any("t" in names_in(t) for t in sides)


__all__ = ["unclear"]
