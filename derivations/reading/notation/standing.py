"""What the book itself proves: a match with an ID that is no entry of the corpus, or not a proved one, is no proof.

The registry is asked, so that a chapter that is added makes its IDs count without a change here.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from derivations.errors import Refused
from derivations.reading.verdict import Judgement
from derivations.registry import entries
from derivations.registry import judge as verdict_on

STANDING = frozenset({"proved", "defined"})
TRUE = frozenset({"proved", "convention"})


@cache
def standing(entry_id: str) -> str:
    """The corpus's verdict on an ID, or "absent" when no entry has it."""
    try:
        entry = entries().get(entry_id)
        return "absent" if entry is None else verdict_on(entry).verdict
    except Refused:
        return "undecided"


def holds(entry_id: str) -> bool:
    """Whether an ID may stand behind a proof: none is needed, or the book proves or defines it."""
    return not entry_id or standing(entry_id) in STANDING


def matched(judgement: Judgement) -> Judgement:
    """A verdict that rests on an ID alone, by the likeness of the shapes: proved only if the book proves that ID."""
    if judgement.verdict not in TRUE or holds(judgement.formula):
        return judgement
    said = f"matches {judgement.formula}, which the book does not prove yet: {judgement.message}"
    return replace(judgement, verdict="undecided", message=said)


def named(judgement: Judgement) -> Judgement:
    """A verdict that the kernel gave on what was written; it names an ID only if the book has it."""
    if judgement.verdict not in TRUE or holds(judgement.formula):
        return judgement
    return replace(judgement, formula="")


__all__ = ["TRUE", "holds", "matched", "named", "standing"]
