"""What letters that fail to fit may mean instead: no equation is called false where one of these is open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from derivations.kernel.terms import Term, is_scalar, num
from derivations.reading.equations.choosing import names_in
from derivations.reading.laws.bayes import split
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.text.syntax import UnreadError

RUNNING = frozenset({"t", "s", "k", "i", "n", "tau", "r", "u"})
LETTERS = frozenset({"x", "y", "z"})
KNOWN = RUNNING | LETTERS | {"eps", "T", "N", "d", "pi", "rate"}
ONE_NAME = (
    r"with (?P<x>[xyz])_(?:\{t\}|t) in place of (?P=x)\b(?!_)",
    r"with (?P<x>[xyz]) in place of (?P=x)_(?:\{t\}|t)\b",
    r"with (?P<x>[xyz])_(?:\{0\}|0) in place of (?P=x)\b(?!_)",
    r"with (?P<x>[xyz]) in place of (?P=x)_(?:\{0\}|0)",
    r"with (?P<x>[xyz]) and (?P=x)_(?:\{0\}|0) exchanged",
    r"with (?P<x>[xyz])_(?:\{0\}|0) and (?P=x) exchanged",
)
FROM_ONE = r"with (?P<x>[xyz])_(?:\{0\}|0) in place of (?P=x)_(?:\{1\}|1)(?!\d)"
ENDS_EXCHANGED = r"with (?:[xyz]_\{?[01]\}? and [xyz]_\{?[01]\}?|(?:alpha|sigma)_\S+ and (?:alpha|sigma)_\S+) exchanged"
DATA_AT_ONE = "the data may be those at 1 here, as of a path that ends in them"
APART = "the two sides are at different times, and how these hang together is not said"
ITSELF = "a name is set equal to a multiple of itself, as where it is put in for another"
OF_ITSELF = "one side is a part of the other, as where what is guided keeps its name"
POINT = "a density of the data is given the data, and may be that of a point"
TWICE = "a letter stands alone and with an index, and may mean one thing both times"
CONSTANT = "a letter with the index 0 may be a constant, and no value of the function that goes by the letter"


def unclear(notation: Notation, sides: Sequence[Term]) -> str:
    """What the letters of a chain of equations may mean, so that it says nothing false; "" where nothing is open."""
    for a, b in pairwise(sides):
        if _times(a) and _times(b) and not _times(a) & _times(b) and _has_state(a) and _has_state(b):
            return APART
        if a.op == "sym" and b.op == "mul" and b.args.count(a) == 1 and len(b.args) == 2:
            return ITSELF
        if _is_changed(a, b) or _is_changed(b, a):
            return OF_ITSELF
    if any(_is_point(p) for t in sides for p in walk(t)):
        return POINT
    return CONSTANT if _has_constant(notation, sides) else ""


def is_of_one_name(change: str) -> bool:
    """Whether a change makes one name of the data, or of the state, with and without its index: x_0 in place of x."""
    return any(re.search(pattern, change) for pattern in ONE_NAME)


def is_of_the_end(change: str, sides: Sequence[Term]) -> bool:
    """Whether a change puts the data at 0 in the place of those at 1, where an equation has none at 0; or exchanges the
    two ends of a path, or what stands before them.
    """
    states = {p.args[1] for t in sides for p in walk(t) if p.op == "app" and p.args[0] in LETTERS and len(p.args) == 2}
    if num(0) not in states:
        return num(1) in states and re.search(FROM_ONE, change) is not None
    return num(1) in states and re.search(ENDS_EXCHANGED, change) is not None


def is_data_twice(sides: Sequence[Term]) -> bool:
    """Whether a letter stands alone in an equation, and with the index 0."""
    parts = [p for t in sides for p in walk(t) if not is_scalar(p) and p.op in ("sym", "app")]
    alone = {p.args[0] for p in parts if p.op == "sym" and any(p in t.free for t in sides)}
    return any(p.op == "app" and p.args[0] in alone & LETTERS and p.args[1:] == (num(0),) for p in parts)


def _is_changed(a: Term, b: Term) -> bool:
    """Whether a predictor, a log-density or a score is set equal to a sum in which it stands itself with a weight."""
    scored = a.op == "log" or (a.op == "grad" and a.args[1].op == "log")
    made = scored or (a.op == "app" and len(a.args) > 2)
    return made and b.op == "add" and a in walk(b) and a not in b.args


def _is_point(t: Term) -> bool:
    """Whether a density of the data is given the data, as q(x_0 | x_1, x_0) in the first term of a bound."""
    try:
        found = split(t)
    except UnreadError:
        return False
    twice = set() if found is None else set(found[1]) & set(found[2])
    return any(v[0].args[1:] == (num(0),) for v in twice)


def _times(t: Term) -> set[str]:
    """The letters of running times and steps in a term."""
    return {str(p.args[0]) for p in t.free if p.op == "sym"} & RUNNING


def _has_state(t: Term) -> bool:
    """Whether a term has a vector at a time in it."""
    return any(p.op == "app" and not is_scalar(p) for p in walk(t))


def _has_constant(notation: Notation, sides: Sequence[Term]) -> bool:
    """Whether a number like sigma_0 stands in an equation that holds at all times t, and the document defines
    sigma_t.
    """
    parts = [p for t in sides for p in walk(t) if p.op == "app" and len(p.args) == 2 and is_scalar(p)]
    own = {r.left.args[0] for r in notation.own if r.left.op == "app" and len(r.left.args) == 2}
    return any(p.args[1] == num(0) and p.args[0] in own for p in parts) and any("t" in names_in(t) for t in sides)


__all__ = ["TWICE", "is_data_twice", "is_of_one_name", "unclear"]
