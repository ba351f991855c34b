"""The verdict on a formula: one of six words, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

SIDES = "the left side is {}, the right side is {}"  # as `decide` says it
SHOWN, NUMBERS = 12, 4  # how many entries of a witness are printed, and how many numbers make a table
VERDICTS = ("refuted", "unread", "undecided", "convention", "proved", "definition")


@dataclass(frozen=True)
class Judgement:
    """The verdict on one statement.

    verdict: proved, convention, refuted, definition, undecided or unread
    formula: the ID in the corpus that it matches, or ""
    message: one sentence: the rule, the reason, the nearest true formula, or the offending token
    reading: the statement as it was read
    witness: a point at which a refuted statement fails, by names; values: both sides there
    checked: whether a definition is more than a name: it was found to have the form that it must have
    """

    verdict: str
    formula: str = ""
    message: str = ""
    reading: str = ""
    witness: Mapping[str, str] = field(default_factory=dict)
    values: tuple[str, str] | None = None
    checked: bool = False

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"{self.verdict!r} is no verdict; the verdicts are {', '.join(VERDICTS)}")

    @property
    def why(self) -> str:
        """The message without the two values, where `place` has them; empty when it says nothing else."""
        return why(self.message, self.witness, self.values)

    @property
    def place(self) -> str:
        """Where a refuted statement fails, and what both sides are there; empty without a witness."""
        return place(self.witness, self.values)


def why(message: str, witness: Mapping[str, str], values: tuple[str, str] | None) -> str:
    """A message without the two values, where the witness is told with them."""
    if not witness or not values:
        return message
    return message.replace(SIDES.format(*values), "").replace(": ;", ";").strip("; ").removesuffix(":")


def place(witness: Mapping[str, str], values: tuple[str, str] | None) -> str:
    """A witness in one line, with what both sides are there; whole tables are left to the data."""
    if not witness:
        return ""
    left, right = values or ("", "")
    sides = f"left {left}" + (f", right {right}" if right else "")
    shown = [f"{k} = {v}" for k, v in witness.items() if not _is_table(v)][:SHOWN]
    more = ", and so on" if len(shown) < len(witness) else ""
    return f"at {', '.join(shown)}{more}: {sides}"


def _is_table(value: str) -> bool:
    """Whether an entry of a witness is a table of many numbers."""
    return value.count(" ") >= NUMBERS and all(c in "0123456789/ -" for c in value)


def summed(parts: list[Judgement]) -> Judgement:
    """The verdict on a formula of several statements: that of the part that most needs to be looked at."""
    if not parts:
        return Judgement("undecided", message="it states nothing")
    worst = min(parts, key=lambda j: VERDICTS.index(j.verdict))
    reading = "; ".join(j.reading for j in parts if j.reading)
    ids = [j.formula for j in parts if j.formula]
    return replace(worst, formula=worst.formula or (ids[0] if ids else ""), reading=reading)
