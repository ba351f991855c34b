"""Displays that go on with the one before: a formula that begins with a relation has as its left the last side before.

$$ a = b $$
$$ = c $$        says b = c
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derivations.reading.terms.signature import is_index
from derivations.reading.terms.statements import statements
from derivations.reading.text.syntax import Item, Row

RESUMED = "it follows from what stands before the line that does not"
LEADING = frozenset({"=", "<=", ">=", "~~", "prop", "<", ">", ":="})
APART = 1_000_000  # beyond every position of a formula, so that no item of one is taken for an item of the other


@dataclass
class Tails:
    """The last side of the display before, and of the formula of any kind before, for one that goes on with it; and
    the side from which a line of the display's chain does not follow, if there is such a line.
    """

    sides: dict[str, Row] = field(default_factory=dict)
    sound: Row = ()

    def begin(self, row: Row, display: bool) -> None:
        """Keep the last side of a formula that goes on with none."""
        self.note(row, display)
        self.sound = () if display else self.sound

    def note(self, row: Row, display: bool) -> None:
        """Keep the last side of a formula, also behind lines that are left out."""
        if only_dots(row):
            return
        last = tail(row)
        if display:
            self.sides = {"display": last, "inline": last}
        elif last:
            self.sides["inline"] = last


def goes_on(row: Row) -> bool:
    """Whether a formula begins with a relation."""
    first = next((i for i in row if not (i.kind == "sep" and i.text in ("&", "quad", "line"))), None)
    return first is not None and first.kind == "rel" and first.text in LEADING


def tail(row: Row) -> Row:
    """The last side of a formula that ends in a relation's right side, or the state that all its sides are equal to;
    nothing without one.
    """
    found = [s for s in statements(row) if s.relations]
    if found and is_state(found[-1].sides[0]) and set(found[-1].relations) <= {"=", ":="}:
        return found[-1].sides[0]
    last = found[-1].sides[-1] if found else ()
    return () if any(i.kind == "dots" for i in last) else last


def is_state(side: Row) -> bool:
    """Whether a side is a state alone, as x_t: what goes on speaks of it too."""
    return len(side) == 1 and side[0].kind == "name" and side[0].text in ("x", "z") and is_index(side[0].sub)


def only_dots(row: Row) -> bool:
    """Whether a formula is dots alone, for lines that are left out."""
    return all(i.kind in ("dots", "sep") for i in row)


def joined(before: Row, row: Row) -> Row:
    """The formula with the side before it put in front."""
    return (*(_moved(i) for i in before), *row)


def _moved(item: Item) -> Item:
    cells = tuple(tuple(_moved(i) for i in c) for c in item.cells)
    sub, sup = (tuple(_moved(i) for i in part) for part in (item.sub, item.sup))
    return replace(item, at=item.at + APART, cells=cells, sub=sub, sup=sup)


def adjacent(before: str) -> bool:
    """Whether nothing but another display stands before a formula."""
    return bool(re.search(r"(\$\$|\\\]|\\end\{\w+\*?\}|```)\s*$", before))


def apart(before: str) -> bool:
    """Whether words or the edge of a cell stand between a formula in a line and the one before: then these words are
    what it says something of.
    """
    gap = re.split(r"\$|\\\)", re.sub(r"(?:\$|\\\()\s*$", "", before))[-1]
    words = re.findall(r"[^\W\d_]+", re.sub(r"</?\w+[^>]*>", "|", gap))
    return "|" in gap or "<t" in gap or any(w.lower() not in JOINING for w in words)


JOINING = frozenset(
    "and so thus hence therefore which is or i e that then also et und also donc y 即 故 因此 从而 所以".split()
)


def without_beginning(row: Row) -> Row:
    """A formula from the side behind its first relation on, when what it goes on from was not read."""
    at = next(k for k, i in enumerate(row) if i.kind == "rel")
    return row[at + 1 :]


__all__ = ["Tails", "adjacent", "apart", "goes_on", "joined", "tail", "without_beginning"]
