"""What the grammar makes of a formula: rows of items, before anything is known of their meaning.

A row is a tuple of items in the order of the page. An item is a leaf (a name, a number, an operator, a relation, a
separator, words) or has cells, which are rows: a fraction, a root, a bracket. Any item may carry scripts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


class UnreadError(ValueError):
    """A formula that cannot be read: why, and the token at which reading stopped."""

    def __init__(self, reason: str, token: str = "", at: int = -1) -> None:
        self.reason, self.token, self.at = reason, token, at
        super().__init__(f"{reason}: {token}" if token else reason)


@dataclass(frozen=True)
class Item:
    """One item of a row.

    kind: name, number, op, rel, sep, text, big, func, nabla, frac, sqrt, bracket, group, accent, cases
    text: the canonical spelling, like "alpha" or "cal N"; of a bracket its two ends
    marks: accents from the inside out, like ("bar",); "bold" among them for a bold letter
    cells, seps: the rows inside, and the separators between those of a bracket
    sub, sup: the scripts; primes: how many
    at: the position in the source
    """

    kind: str
    text: str
    at: int
    marks: tuple[str, ...] = ()
    cells: tuple[tuple[Item, ...], ...] = ()
    seps: tuple[str, ...] = ()
    sub: tuple[Item, ...] = ()
    sup: tuple[Item, ...] = ()
    primes: int = 0

    def bare(self) -> Item:
        """The item without its scripts."""
        return replace(self, sub=(), sup=(), primes=0)


Row = tuple[Item, ...]


def leaves(row: Row) -> Iterator[Item]:
    """Every item in the row and inside its items, the outer one first."""
    for item in row:
        yield item
        for part in (*item.cells, item.sub, item.sup):
            yield from leaves(part)


def show(row: Row) -> str:
    """The row as plain text, for messages."""
    return " ".join(shown(item) for item in row)


def shown(item: Item) -> str:
    """One item as plain text."""
    accents = [m for m in item.marks if m != "bold"]
    out = "".join(f"{m}(" for m in reversed(accents)) + item.text + ")" * len(accents)
    if item.kind == "bracket":
        inside = "".join(show(c) + (f" {s} " if s else "") for c, s in zip(item.cells, (*item.seps, ""), strict=True))
        out = item.text[0] + inside + item.text[-1]
    elif item.cells:
        out = f"{item.kind}(" + ", ".join(show(c) for c in item.cells) + ")"
    out += "'" * item.primes
    out += f"_{{{show(item.sub)}}}" if item.sub else ""
    return out + (f"^{{{show(item.sup)}}}" if item.sup else "")
