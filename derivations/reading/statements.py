"""A formula as statements: clauses, chains of relations, line by line.

A line that begins with a relation or an operator goes on with the line before. A clause is what stands between commas
and wide spaces; a clause without a relation belongs to its neighbour or says nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.reading.syntax import Item, Row, leaves, show

CLAUSE_WORDS = ("where", "with", "for", "and", "if", "when", "or", "so", "then", "hence", "thus", "therefore", "as")


@dataclass(frozen=True)
class Statement:
    """One clause: its sides from left to right and the relations between them."""

    sides: tuple[Row, ...]
    relations: tuple[str, ...]

    @property
    def text(self) -> str:
        """The statement as plain text."""
        out = show(self.sides[0])
        for relation, side in zip(self.relations, self.sides[1:], strict=True):
            out += f" {relation} {show(side)}"
        return out


def statements(row: Row) -> list[Statement]:
    """The statements of a formula, in order."""
    out = []
    for clause in clauses(row):
        sides: list[list[Item]] = [[]]
        relations: list[str] = []
        for item in clause:
            if item.kind == "rel":
                sides.append([])
                relations.append(item.text)
            else:
                sides[-1].append(item)
        out.append(Statement(tuple(tuple(s) for s in sides), tuple(relations)))
    return out


def clauses(row: Row) -> list[Row]:
    """The clauses of a formula: lines joined where one goes on, then split at commas, spaces and words."""
    out: list[list[Item]] = [[]]
    for line in lines(row):
        if out[-1]:
            out.append([])
        for item in line:
            if item.kind == "sep" and item.text == "|":
                out[-1].append(item)
            elif item.kind == "sep" and item.text != "&":
                out.append([])
            elif item.kind == "text":
                if _separates(item):
                    out.append([])
            elif item.kind != "sep":
                out[-1].append(item)
    return _joined([tuple(c) for c in out if c])


def _separates(item: Item) -> bool:
    return bool(item.text.strip(" .,;:()"))


def lines(row: Row) -> list[list[Item]]:
    """The lines of an aligned formula, each joined with those that go on with it."""
    raw: list[list[Item]] = [[]]
    for item in row:
        if item.kind == "sep" and item.text == "line":
            raw.append([])
        else:
            raw[-1].append(item)
    out: list[list[Item]] = []
    for line in raw:
        bare = [i for i in line if not (i.kind == "sep" and i.text in ("&", "quad"))]
        while bare and bare[0].kind == "text":
            bare = bare[1:]
        if not bare:
            continue
        before = [i for i in out[-1] if i.kind not in ("sep", "text")] if out else []
        goes_on = bare[0].kind in ("rel", "op") or (before and before[-1].kind in ("op", "rel"))
        if out and goes_on:
            while out[-1] and out[-1][-1].kind in ("sep", "text"):
                out[-1].pop()
            out[-1] += bare
        else:
            out.append(list(line))
    return out


def _joined(parts: list[Row]) -> list[Row]:
    """Clauses without a relation put where they belong: a list of names before a relation, or a chain that begins
    with its relation.
    """
    out: list[Row] = []
    for part in parts:
        if (part[0].kind == "rel" and out and any(i.kind == "rel" for i in out[-1])) or (part[0].kind == "rel" and out):
            out[-1] = (*out[-1], *part)
        else:
            out.append(part)
    return out


def integers(row: Row) -> frozenset[str]:
    """The names that are integers in a formula: what sums and products run over, and where they end."""
    found: set[str] = set()
    for item in leaves(row):
        if item.kind == "big" and item.text in ("sum", "prod"):
            for i in leaves((*item.sub, *item.sup)):
                if i.kind == "name":
                    found.add(i.text)
    return frozenset(found)


def claims(row: Row) -> bool:
    """Whether a formula has a relation outside its brackets."""
    return any(i.kind == "rel" for i in row)
