r"""Formulas by cases: a value for each condition, or a system of equations behind one brace.

\begin{cases} a & c \\ b & d \end{cases}   behind a relation, says its left side = a if c, and = b if d
\begin{cases} x = a \\ y = b \end{cases}   by itself, says both
a \pm b = c                                says a + b = c and a - b = c
"""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.judge import Judge
from derivations.reading.terms import moments
from derivations.reading.terms.statements import conditional
from derivations.reading.text.syntax import Item, Row, leaves
from derivations.reading.verdict import Judgement, summed

DOUBLE = {"pm": "+-", "mp": "-+"}
ONCE = "it is said of one moment, and may be a choice"
UNDER = frozenset({"if", "for", "when", "where", "with"})  # words before a condition


def judged(judge: Judge, row: Row, display: bool, context: str) -> Judgement:
    """The verdict on a formula, each of its branches under its condition.

    What a branch defines has that meaning under its condition alone: no formula behind it may rest on it.
    """
    parts = [part for signed in signs(row) for part in branches(signed)]
    if len(parts) == 1:
        return judge.formula(parts[0], display, context)
    apart = judge.apart()
    return summed([apart.formula(part, display, context) for part in parts])


def signs(row: Row) -> list[Row]:
    """A formula with a double sign as the one with the upper signs and the one with the lower; itself without one."""
    if not any(i.kind == "op" and i.text in DOUBLE for i in leaves(row)):
        return [row]
    return [_with_sign(row, k) for k in (0, 1)]


def _with_sign(row: Row, k: int) -> Row:
    out = []
    for i in row:
        text = DOUBLE[i.text][k] if i.kind == "op" and i.text in DOUBLE else i.text
        out.append(replace(i, text=text, cells=tuple(_with_sign(c, k) for c in i.cells)))
    return tuple(out)


def at_a_moment(judge: Judge, row: Row, value: tuple[Item, Item], display: bool) -> Judgement:
    """The verdict on a formula at a value of one of its names. What it says it says of that moment alone, so that
    nothing is learnt of it.
    """
    anyway = judged(judge.apart(), row, display, "")
    if anyway.verdict in ("proved", "unread") or moments.moves(row, value[0]):
        return anyway if anyway.verdict != "refuted" else Judgement("undecided", anyway.formula, ONCE, anyway.reading)
    found = judged(judge.apart(), moments.at(row, *value), display, "")
    if found.verdict == "definition" and moments.names_a_state(moments.at(row, *value)):
        return Judgement("undecided", found.formula, ONCE, found.reading)
    if found.verdict not in ("proved", "refuted"):
        return found
    return replace(found, message=f"at {value[0].text} = {value[1].text}: {found.message}")


def branches(row: Row) -> list[Row]:
    """The formulas that a formula with one brace of cases states; itself alone when it has none, or another form."""
    at = next((k for k, i in enumerate(row) if i.kind == "cases" and not i.sub and not i.sup), None)
    if at is None:
        return [row]
    before, inside, after = row[:at], row[at].cells[0], row[at + 1 :]
    lines = [line for line in _split(inside, "line") if line]
    if not any(i.kind == "rel" for i in before):
        system = lines and all(any(i.kind == "rel" for i in line) for line in lines)
        return [(*before, *inside, *after)] if system and not before else [row]
    if before[-1].kind != "rel" or any(i.kind not in ("sep", "text") for i in after):
        return [row]
    out = []
    for line in lines:
        value, *condition = (_without_commas(part) for part in _split(line, "&") if part)
        if len(condition) != 1 or not value or not condition[0] or any(i.kind in ("rel", "sep") for i in value):
            return [row]
        out.append((*before, *value, *_under(condition[0])))
    return out or [row]


def _split(row: Row, mark: str) -> list[Row]:
    """The parts between separators."""
    out: list[list[Item]] = [[]]
    for item in row:
        if item.kind == "sep" and item.text == mark:
            out.append([])
        else:
            out[-1].append(item)
    return [tuple(part) for part in out]


def _without_commas(row: Row) -> Row:
    """A row without separators at its ends."""
    kept = [k for k, i in enumerate(row) if i.kind != "sep"]
    return row[kept[0] : kept[-1] + 1] if kept else ()


def _under(condition: Row) -> Row:
    """A condition behind the word "if"."""
    first = condition[0]
    if conditional(first):
        return condition
    rest = condition[1:] if first.kind == "text" and first.text.strip(" ,:") in UNDER else condition
    return (Item("text", "if", first.at), *rest)


__all__ = ["at_a_moment", "branches", "judged"]
