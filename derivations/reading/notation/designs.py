"""What a formula shows of the design of its document: a path between two ends, steps by factors, levels of noise."""

from __future__ import annotations

from itertools import pairwise

from derivations.reading.notation.worlds import World
from derivations.reading.terms.signature import is_index, key_of
from derivations.reading.terms.statements import statements
from derivations.reading.text.syntax import Row, leaves, show

PATH_NAMES = frozenset({"x", "X", "z", "Z", "epsilon", "t"})
STATES = ("x", "X", "z", "Z")
LEVEL_NAMES = frozenset({"alpha", "sigma", "x", "X", "z", "eps", "t", "cal N", "N", "I"})


def defines_path(row: Row) -> bool:
    """Whether a formula makes the state of its ends and of the time alone, as flow matching does."""
    for s in statements(row):
        if s.relations != ("=",) or len(s.sides[0]) != 1 or show(s.sides[0][0].sub) != "t":
            continue
        rows = [s.sides[1], *(c for b in s.sides[1] if b.kind == "bracket" for c in b.cells)]
        bare = {i.text for row_ in rows for i in row_ if i.kind == "name" and not i.sub}
        names = {i.text for i in leaves(s.sides[1]) if i.kind == "name"}
        if "t" in bare and names <= PATH_NAMES and s.sides[0][0].text in STATES:
            return True
    return False


def joins_ends(row: Row) -> bool:
    """Whether a formula makes the state at t of the states at 0 and at 1, as in X_t = alpha_t X_1 + sigma_t X_0."""
    for s in statements(row):
        if len(s.sides) < 2 or len(s.sides[0]) != 1 or show(s.sides[0][0].sub) != "t":
            continue
        letter = s.sides[0][0].text
        if letter in STATES and {"0", "1"} <= {show(i.sub) for i in leaves(s.sides[1]) if i.text == letter}:
            return True
    return False


def steps_by_factors(row: Row) -> bool:
    """Whether a formula makes a state of the one before and of noise, x_t = alpha_t x_{t-1} + beta_t eps, or says that
    alpha_t is the root of 1 - beta_t^2.
    """
    for s in statements(row):
        if any(_is_alpha(left) and _is_its_root(right, show(left[0].sub)) for left, right in pairwise(s.sides)):
            return True
        for left, right in pairwise(s.sides):
            names = [key_of(i) for i in right if i.kind == "name"]
            alone = len(left) == 1 and left[0].text in ("x", "z", "X") and all(i.kind in ("name", "op") for i in right)
            before = f"{show(left[0].sub)} - 1" if alone else ""
            if alone and names[:2] == ["alpha", key_of(left[0])] and "beta" in names and len(names) == 4:
                return show(right[1].sub) == before and show(right[0].sub) == show(left[0].sub)
    return False


def _is_alpha(side: Row) -> bool:
    return len(side) == 1 and key_of(side[0]) == "alpha" and is_index(side[0].sub) and not side[0].sup


def _is_its_root(side: Row, index: str) -> bool:
    return len(side) == 1 and side[0].kind == "sqrt" and show(side[0].cells[0]) == f"1 - beta_{{{index}}}^{{2}}"


def defines_levels(row: Row) -> bool:
    """Whether a formula makes the state of a signal level alpha_t and a noise level sigma_t."""
    for s in statements(row):
        if s.relations not in (("=",), (":=",), ("~",)) or len(s.sides[0]) not in (1, 2):
            continue
        names = {key_of(i) for i in leaves(s.sides[1]) if i.kind == "name"}
        roots = [i.cells[0] for i in leaves(s.sides[1]) if i.kind == "sqrt"]
        rooted = any(j.text == "alpha" for cell in roots for j in leaves(cell))
        stated = s.sides[0][0].text in ("x", "X", "z", "q", "p")
        if stated and {"alpha", "sigma"} <= names <= LEVEL_NAMES and not rooted:
            return True
    return False


def conventional(row: Row, world: World) -> bool:
    """Whether a formula, true in a notation that is not the book's, uses what is different there."""
    if world.usual:
        return False
    names = {i.text for i in leaves(row) if i.kind == "name"}
    if world.deviation:
        return bool(names & {"cal N", "N"})
    return bool(names & world.unlike)


def title(world: World) -> str:
    """What a notation is called beside a formula that is true in it."""
    said = "N(mean, deviation), with a standard deviation where the book has a variance"
    return said if world.deviation else world.title


__all__ = ["conventional", "defines_levels", "defines_path", "joins_ends", "steps_by_factors", "title"]
