"""What a document says of its names: `x, y in R^d` are vectors, `a in R` a number, `0 < a < 1` and `a > 0` ranges.

A name that is declared so stands for any value there, so that an equation about it is a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from derivations.kernel.terms import Term, is_scalar, le, lt, ne
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.worlds import COMMON_DOMAINS
from derivations.reading.terms.signature import INDICES, is_index, key_of, label
from derivations.reading.terms.statements import Statement, statements
from derivations.reading.text.syntax import Item, Row, show

POSITIVE = {(">", "0"): "positive", (">=", "0"): "nonnegative"}


def declared(found: list[Statement]) -> Iterator[tuple[str, str]]:
    """The names that the clauses of a formula declare, each "vector", "real", "positive", "nonnegative" or "unit"."""
    waiting: list[Item] = []
    for s in found:
        s = _turned(s)
        names = [*waiting, *_names(s.sides[0])]
        if not s.relations:
            waiting = names
            continue
        word = _word(s)
        if word:
            yield from ((_key(i), _of_square(i, word)) for i in names or _names(s.sides[1]))
        waiting = []


def _turned(s: Statement) -> Statement:
    """0 < a as a > 0."""
    turned = {"<": ">", "<=": ">="}.get(s.relations[0], "") if len(s.sides) == 2 else ""
    if not turned or show(s.sides[0]) != "0":
        return s
    return replace(s, sides=(s.sides[1], s.sides[0]), relations=(turned,))


def _names(row: Row) -> list[Item]:
    """The one name of a side, with an index or a label, or its square; nothing for anything else."""
    return list(row) if len(row) == 1 and row[0].kind == "name" and show(row[0].sup) in ("", "2") else []


def _key(item: Item) -> str:
    return key_of(item) + ("" if not item.sub or is_index(item.sub) else "_" + label(item.sub))


def _of_square(item: Item, word: str) -> str:
    """What is said of a name whose square is said to be positive: it is a number, where it is usual a positive one."""
    return COMMON_DOMAINS.get(_key(item), "real") if item.sup and word in ("positive", "nonnegative") else word


def _word(s: Statement) -> str:
    right = s.sides[-1]
    if s.relations == ("in",) and len(right) == 1 and right[0].text == "bb R":
        sup = right[0].sup
        return "real" if not sup else "vector" if len(sup) == 1 and sup[0].kind == "name" else ""
    if s.relations == ("in",) and len(right) == 1 and right[0].kind == "bracket":
        return _of_interval(s.sides[0], right[0])
    last = right[0].text if len(right) == 1 and right[0].kind == "number" else ""
    if len(s.sides) == 2:
        return POSITIVE.get((s.relations[0], last), "")
    first = s.sides[0][0].text if len(s.sides[0]) == 1 else ""
    return "unit" if s.relations == ("<", "<") and (first, last) == ("0", "1") and _names(s.sides[1]) else ""


def _of_interval(left: Row, interval: Item) -> str:
    """What an interval from 0 says of names; of the time without its ends, at which quotients by it have no value."""
    ends = [show(c) for c in interval.cells]
    if ends[:1] != ["0"] or len(ends) != 2 or set(interval.seps) != {","} or interval.sup:
        return ""
    time = show(left) == "t"
    if ends[1] == "1" and (interval.text == "()" or time):
        return "unit"
    return "positive" if interval.text[0] == "(" or time else "nonnegative"


def grant(notation: Notation, sides: list[Term], relations: tuple[str, ...]) -> bool:
    """Keep an inequality between quantities, like sigma^2 <= 1 - alpha_bar_t, for whose names any numbers may stand
    where it holds; False for one between other things.
    """
    if not all(map(is_scalar, sides)) or any(_is_computed(p) for t in sides for p in walk(t)):
        return False
    for a, b, relation in zip(sides, sides[1:], relations, strict=False):
        low, high = (b, a) if relation in (">", ">=") else (a, b)
        fact = {"!=": ne, "<=": le, ">=": le}.get(relation, lt)(low, high)
        other = (lt if fact.op == "le" else le)(high, low)
        if other in notation.granted:  # two cases, neither of which holds throughout
            notation.granted.remove(other)
        elif fact not in notation.granted:
            notation.granted.append(fact)
    for s in (s for t in sides for s in t.free if s.args[0] not in {*INDICES, *notation.world.domains}):
        notation.ranges.setdefault(str(s.args[0]), "real")
    return True


def _is_computed(t: Term) -> bool:
    """Whether a part of an inequality is more than arithmetic of names, with or without an index."""
    if t.op == "app":
        return len(t.args) != 2
    return t.op not in ("sym", "num", "add", "mul", "neg", "div", "pow", "sqrt")


def same_names(a: Term, b: Term) -> bool:
    """Whether two sides are about the same quantities, and neither is a bare one: then `=` claims an identity."""
    return a.op not in ("sym", "app") and b.op not in ("sym", "app") and _quantities(a) == _quantities(b)


def expands(a: Term, b: Term) -> bool:
    """Whether a function of a sum is set equal to another sum of the same numbers, as in exp(a + b) = exp a + exp b."""
    inside = a.args[1] if a.op == "div" else a.args[0] if a.op in ("exp", "pow", "sqrt", "log") else None
    return isinstance(inside, Term) and inside.op == "add" and b.op == "add" and same_names(a, b)


def _quantities(t: Term) -> set[Term]:
    if t.op in ("sym", "app"):
        return set() if t.op == "sym" and t.args[0] in ("d", "pi") else {t}
    return {
        s
        for s in set().union(*(_quantities(a) for a in t.args if isinstance(a, Term)), set())
        if s in t.free or s.op == "app"
    }


def logged(notation: Notation, t: Term) -> None:
    """Note that what a definition takes the logarithm of is positive."""
    for p in walk(t):
        name = str(p.args[0].args[0]) if p.op == "log" and p.args[0].op in ("app", "sym") else ""
        if name and "(" not in name and is_scalar(p.args[0]) and name not in notation.world.domains:
            notation.ranges.setdefault(name, "positive")


def noise(s: Statement) -> set[str]:
    """The name that eps ~ N(0, I) makes a noise of; some write that eps is in N(0, I)."""
    if (
        s.relations not in (("~",), ("in",))
        or len(s.sides[0]) != 1
        or not STANDARD.fullmatch(show(s.sides[1]).replace(" ", ""))
    ):
        return set()
    item = s.sides[0][0]
    if item.text == "z" and item.sub and item.sub[0].text in "tikns" and is_index(item.sub):
        return {"z"}  # z_t is drawn anew at every step
    if item.text.lower() in ("x", "z") and item.sub:  # an end of a path
        return {f"{item.text.lower()}_{show(item.sub)}"} if item.sub[0].kind == "number" else set()
    return {key_of(item)}


def ends(rows: Iterable[Row]) -> set[str]:
    """The ends of paths, like x_0, that some formula draws from N(0, I) and none from anything else."""
    drawn = [s for row in rows for s in statements(row) if s.relations == ("~",) and len(s.sides[0]) == 1]
    others = {show(s.sides[0]) for s in drawn if not noise(s)}
    return {name for s in drawn if show(s.sides[0]) not in others for name in noise(s) if "_" in name}


def standard(s: Statement) -> bool:
    """Whether what is drawn is a vector: its covariance is written as the identity."""
    return len(s.sides) == 2 and not show(s.sides[1]).replace(" ", "").endswith("1)")


STANDARD = re.compile(r"(?:cal)?N\(0,(?:1|I|Id|I_\{?[dnD]\}?)\)")


__all__ = ["declared", "expands", "same_names"]
