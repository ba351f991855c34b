"""The verdict on a formula: one of six words, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VERDICTS = ("refuted", "unread", "undecided", "convention", "proved", "definition")


@dataclass(frozen=True)
class Judgement:
    """The verdict on one statement.

    verdict: proved, convention, refuted, definition, undecided or unread
    formula: the ID in the corpus that it matches, or ""
    message: one sentence: the rule, the reason, the nearest true formula, or the offending token
    reading: the statement as it was read
    witness: a point at which a refuted statement fails, by names; values: both sides there
    """

    verdict: str
    formula: str = ""
    message: str = ""
    reading: str = ""
    witness: Mapping[str, str] = field(default_factory=dict)
    values: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"{self.verdict!r} is no verdict; the verdicts are {', '.join(VERDICTS)}")


def summed(parts: list[Judgement]) -> Judgement:
    """The verdict on a formula of several statements: that of the part that most needs to be looked at."""
    if not parts:
        return Judgement("undecided", message="it states nothing")
    worst = min(parts, key=lambda j: VERDICTS.index(j.verdict))
    reading = "; ".join(j.reading for j in parts if j.reading)
    ids = [j.formula for j in parts if j.formula]
    return Judgement(
        worst.verdict, worst.formula or (ids[0] if ids else ""), worst.message, reading, worst.witness, worst.values
    )
