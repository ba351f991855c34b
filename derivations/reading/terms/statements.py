"""A formula as statements: clauses, chains of relations, line by line.

A line that begins with a relation or an operator goes on with the line before, but for an equation that begins with a
minus. A clause is what stands between commas and wide spaces; a clause without a relation belongs to its neighbour or
says nothing by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from derivations.reading.terms.signature import is_index
from derivations.reading.text.syntax import Item, Row, leaves, show

SUPPOSED = re.compile(r"\W*(?:if|when|provided|assum(?:e|ing)|suppos(?:e|ing)|given that)\b")
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


def without_set(s: Statement) -> Statement:
    r"""The statement without the set that its last side is said to be in, as in r := a / b \in (0, 1)."""
    listed = any(len(side) == 1 and side[0].kind == "bracket" for side in s.sides[:-1])
    if s.relations[-1:] != ("in",) or not set(s.relations) & {"=", ":="} or listed:
        return s
    return Statement(s.sides[:-1], s.relations[:-1])


def statements(row: Row) -> list[Statement]:
    """The statements of a formula, in order."""
    out = []
    for clause in (part for c in clauses(row) for part in _inferences(c)):
        sides: list[list[Item]] = [[]]
        relations: list[str] = []
        for item in clause:
            if item.kind == "rel":
                sides.append([])
                relations.append(item.text)
            else:
                sides[-1].append(item)
        if len(sides) > 2 and not sides[-1]:  # a = b = stands before words, or before a formula of its own
            sides, relations = sides[:-1], relations[:-1]
        found = _without_dots(Statement(tuple(tuple(s) for s in sides), tuple(relations)))
        out += _one_by_one(found) or [found]
    return out


def _one_by_one(s: Statement) -> list[Statement]:
    """What (a, b) = (c, d) says, one after the other; nothing of another statement."""
    lists = [side[0] for side in s.sides if len(side) == 1 and side[0].kind == "bracket" and side[0].text == "()"]
    plain = all(set(i.seps) == {","} and not i.sub and not i.sup for i in lists)
    if len(lists) < 2 or len(lists) != len(s.sides) or set(s.relations) - {"=", ":="} or not plain:
        return []
    columns = list(zip(*(i.cells for i in lists), strict=False))
    return [Statement(c, s.relations) for c in columns] if len({len(i.cells) for i in lists}) == 1 else []


def _inferences(row: Row) -> list[Row]:
    """The parts of a clause between its arrows of inference: a = b => c = d states both."""
    out: list[list[Item]] = [[]]
    for item in row:
        if item.kind == "rel" and item.text in INFERRING:
            out.append([])
        else:
            out[-1].append(item)
    return [tuple(part) for part in out if part]


INFERRING = frozenset({"=>", "<=>"})


def infers(row: Row) -> bool:
    """Whether something stands before an arrow of inference, so that what stands behind it may hold only then."""
    at = next((k for k, i in enumerate(row) if i.kind == "rel" and i.text in INFERRING), 0)
    return any(i.kind not in ("sep", "text") for i in row[:at])


def conditional(item: Item) -> bool:
    """Whether words make what stands before them hold under a condition only."""
    return item.kind == "text" and SUPPOSED.match(item.text) is not None


def _without_dots(s: Statement) -> Statement:
    """A chain without the sides that are dots alone: a = ... = c says a = c."""
    kept = [k for k, side in enumerate(s.sides) if not k or len(side) != 1 or side[0].kind != "dots"]
    if len(kept) < 3 and len(kept) != len(s.sides) and len(s.sides) < 3:
        return s
    return Statement(tuple(s.sides[k] for k in kept), tuple(s.relations[k - 1] for k in kept[1:]))


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
    return _joined([tuple(c) for c in out if any(i.kind != "dots" for i in c) or (c and len(out) == 1)])


def _separates(item: Item) -> bool:
    return bool(item.text.strip(" .,;:()"))


def lines(row: Row) -> list[list[Item]]:
    """The lines of an aligned formula, each joined with those that go on with it."""
    raw: list[list[Item]] = [[]]
    for item in _without_brackets(_without_titles(row)):
        if item.kind == "sep" and item.text == "line":
            raw.append([])
        else:
            raw[-1].append(item)
    out: list[list[Item]] = []
    for line in raw:
        bare = [i for i in line if not (i.kind == "sep" and i.text in ("&", "quad"))]
        while bare and bare[0].kind == "text":
            bare = bare[1:]
        if not bare or (out and all(i.kind == "dots" for i in bare)):
            continue
        before = [i for i in out[-1] if i.kind not in ("sep", "text")] if out else []
        begins = bare[0].kind in ("rel", "op") and not (before and _is_negative(line, before))
        goes_on = begins or (before and before[-1].kind in ("op", "rel"))
        if out and goes_on:
            chain, note = _noted(out[-1])
            while chain and chain[-1].kind in ("sep", "text"):
                chain.pop()
            if chain and _repeated(chain[-1], bare[0]):
                chain.pop()
            out[-1] = [*chain, *_columns(bare), *note]
        else:
            out.append(_columns(line))
    return out


def _is_negative(line: list[Item], before: list[Item]) -> bool:
    r"""Whether a line begins an equation with its minus: a = b \\ -c = d, where no sign & puts it below b."""
    minus = (line[0].kind, line[0].text) == ("op", "-")
    return minus and all(any(i.kind == "rel" for i in part) for part in (line, before)) and before[-1].kind != "op"


def gone_on(row: Row) -> Row | None:
    """A formula of which each line that begins with a minus goes on with the line before; None without such a line."""
    breaks = [
        k
        for k, (end, minus) in enumerate(pairwise(row))
        if (end.kind, end.text, minus.kind, minus.text) == ("sep", "line", "op", "-") and row[k - 1].kind != "op"
    ]
    return tuple(i for k, i in enumerate(row) if k not in breaks) if breaks else None


def _repeated(last: Item, first: Item) -> bool:
    """Whether a line begins with the sign at which the line before was broken, as Russian typesetting has it."""
    return first.kind in ("rel", "op") and (last.kind, last.text) == (first.kind, first.text)


def _without_titles(row: Row) -> Row:
    """The items without what a line calls its equation behind a dash: dx = f dt + g dw - SDE."""
    titled = [
        k
        for k, (dash, title) in enumerate(pairwise(row))
        if (dash.kind, dash.text) == ("op", "-")
        and title.kind in ("text", "name")
        and TITLE.search(title.text)
        and all(i.kind == "sep" for i in row[k + 2 : k + 3])
    ]
    return tuple(i for k, i in enumerate(row) if k not in titled and k - 1 not in titled)


TITLE = re.compile(r"(?:^|\s)(?:[SOP]DE|equation|process)s?$")


def _without_brackets(row: Row) -> list[Item]:
    """The items with what stands in brackets behind a wide space, and has a relation, as a note of its own; and so
    what is drawn in brackets at the end of a line: x + e (e ~ N(0, I)).
    """
    out: list[Item] = []
    for at, item in enumerate(row):
        spaced = bool(out) and (out[-1].kind, out[-1].text) == ("sep", "quad") and item.kind == "bracket"
        inside = [i.text for c in item.cells for i in c if i.kind == "rel"]
        drawn = bool(out) and inside == ["~"] and all(i.kind in ("sep", "text") for i in row[at + 1 : at + 2])
        if (spaced or drawn) and item.text == "()" and not item.sup and inside:
            if spaced:
                out.pop()
            out.append(Item("sep", "column", item.at))
            for k, cell in enumerate(item.cells):
                out += [Item("sep", ",", item.at), *cell] if k else cell
        else:
            out.append(item)
    return out


def _columns(line: list[Item]) -> list[Item]:
    """A line with the sign between its columns, behind a whole side, as a separator of clauses."""
    out: list[Item] = []
    for k, item in enumerate(line):
        side = next((i.kind for i in reversed(out) if i.kind != "sep"), "")
        after = next((i.kind for i in line[k + 1 :] if i.kind != "sep"), "")
        new = any(i.kind == "rel" for i in out) and side not in ("rel", "op") and after not in ("rel", "op", "")
        out.append(replace(item, text="column") if item.kind == "sep" and item.text == "&" and new else item)
    return out


def _noted(line: list[Item]) -> tuple[list[Item], list[Item]]:
    """A line as its chain of relations, and the note in the column or behind the words beside it."""
    at = next((k for k, i in enumerate(line) if any(j.kind == "rel" for j in line[:k]) and _begins_note(i)), len(line))
    note = line[at:]
    return line[:at], [Item("sep", "column", note[0].at), *note] if note else []


def _begins_note(item: Item) -> bool:
    return (item.kind == "sep" and item.text == "column") or (item.kind == "text" and _separates(item))


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


def _is_omission(row: Row, k: int) -> bool:
    """Whether dots are a side of their own."""
    beside = (row[k - 1 : k] if k else (), row[k + 1 : k + 2])
    return bool(beside[0]) and all(not b or b[0].kind in ("rel", "sep") for b in beside)


def integers(row: Row) -> frozenset[str]:
    """The names that are integers in a formula: what sums and products run over, with dots or without, and where they
    end.
    """
    found: set[str] = set()
    omitted = [i for k, i in enumerate(row) if i.kind == "dots" and _is_omission(row, k)]  # a = ... = c
    if sum(i.kind == "dots" for i in leaves(row)) > len(omitted):
        found |= {i.text for item in leaves(row) if is_index(item.sub) for i in item.sub if i.kind == "name"}
    for item in leaves(row):
        if item.kind == "big" and item.text in ("sum", "prod"):
            for i in leaves((*item.sub, *item.sup)):
                if i.kind == "name":
                    found.add(i.text)
    return frozenset(found)


def claims(row: Row) -> bool:
    """Whether a formula has a relation outside its brackets; one in a system behind a brace counts."""
    return any(i.kind == "rel" or (i.kind == "cases" and claims(i.cells[0])) for i in row)
