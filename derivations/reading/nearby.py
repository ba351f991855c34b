"""What a refutation rests on: a formula that is called false is a slip away from a true one.

A formula may fail because it was misread, or because its author means something else by its letters, and a false
accusation is worse than an open question. What an author got wrong is, nearly always, one sign of a true formula. So a
statement that fails is called false where one change of it, as it is written, makes it true; any other is left open,
with the numbers that speak against it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from derivations.reading.equations.certain import FAR
from derivations.reading.equations.equations import DEFINITIONS
from derivations.reading.equations.hints import SLIP
from derivations.reading.notation.standing import TRUE
from derivations.reading.terms.statements import Statement
from derivations.reading.text.edits import edits
from derivations.reading.text.syntax import leaves
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.judge import Judge

MOST = 240  # how many changes are tried
WORK = 12_000  # how many signs are judged in all: of a formula far longer than in the field fewer changes are tried


def confirmed(judge: Judge, found: Judgement, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """A refutation with the nearest true statement; open where there is none. Other verdicts as they are."""
    if found.verdict != "refuted" or SLIP in found.message or found.message.startswith(FAR):
        return found
    words = nearest(judge, s, names, display)
    if words:
        return replace(found, message=f"{found.message}{SLIP}{words}")
    return Judgement("undecided", found.formula, f"{FAR}: {found.message}", found.reading)


def nearest(judge: Judge, s: Statement, names: frozenset[str], display: bool) -> str:
    """What change of a statement makes it true, in words; "" where none of those that are tried does."""
    s = _wrong_link(judge, s, names, display)
    size = sum(1 for side in s.sides for _ in leaves(side))
    found = [(*e, k) for k in reversed(range(len(s.sides))) for e in edits(s.sides[k])]
    found.sort(key=lambda e: e[0])
    for _, side, words, k in islice(found, min(MOST, WORK // max(size, 1))):
        changed = Statement((*s.sides[:k], side, *s.sides[k + 1 :]), s.relations)
        if _is_true(_quick(judge, changed, names, display)):
            return words
    return ""


def _quick(judge: Judge, s: Statement, names: frozenset[str], display: bool) -> Judgement:
    """The verdict on a statement as if it stood here, without a search for what is near it."""
    other = judge.apart()
    other.hints = other.explain = False
    return other.statement(s, names, display)


def _is_true(found: Judgement) -> bool:
    """Whether a statement is true, or is what the book takes for a definition."""
    return found.verdict in TRUE or (found.verdict == "definition" and found.formula in DEFINITIONS)


def _wrong_link(judge: Judge, s: Statement, names: frozenset[str], display: bool) -> Statement:
    """Of a chain the first link that fails by itself; the statement where none does, or it has one link only."""
    links = [Statement(s.sides[k : k + 2], s.relations[k : k + 1]) for k in range(len(s.relations))]
    wrong = (one for one in links if _quick(judge, one, names, display).verdict == "refuted")
    return next(wrong, s) if len(links) > 1 else s


__all__ = ["confirmed", "nearest"]
