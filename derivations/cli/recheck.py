"""A few of the entries that were proved before, proved again: a check of the cache itself.

One in a hundred is drawn, at least one, among those whose proof is short enough not to be waited for: theirs and that
of everything they rest on. SymPy is not asked. What differs is an alarm.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from derivations.cli.prover import Checked, Prover
from derivations.cli.request import Item
from derivations.records.record import Record

SHARE = 0.01
SHORT = 60.0  # milliseconds of proving, with everything below


@dataclass
class Recheck:
    """Which entries were proved again, and what is wrong with the cache."""

    names: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """A sentence about it."""
        if not self.names:
            return "none was proved again."
        verb = "was" if len(self.names) == 1 else "were"
        return f"{', '.join(self.names)} {verb} proved again as a test of that."


def recheck(items: Sequence[Item], done: Sequence[Checked]) -> Recheck:
    """Prove some of the kept entries again, and compare."""
    kept = {item.id: (item, c) for item, c in zip(items, done, strict=True) if c.kept}
    out = Recheck()
    short = [name for name in kept if _cost(name, kept) <= SHORT]
    with Prover(second_opinion=False) as prover:
        for name in random.sample(short, min(len(short), math.ceil(SHARE * len(kept)))):
            item, before = kept[name]
            out.names.append(name)
            out.wrong += _differs(before.record, prover.prove(item).record)
    return out


def _differs(before: Record, made: Record) -> list[str]:
    """What to say of an entry that was proved again, if anything."""
    if made.result == before.result:
        return []
    return [
        f"ALARM: {made.id}: the cache holds {before.verdict} with the statement {before.digest},\n"
        f"  but proved now it is {made.verdict} with the statement {made.digest or 'none'}.\n"
        "  The cache is forgotten. Run `derive check --fresh`, and report this."
    ]


def _cost(name: str, kept: dict[str, tuple[Item, Checked]]) -> float:
    """Milliseconds that the entry and everything it rests on took to prove; without end when that is not known."""
    waiting, seen, cost = [name], set[str](), 0.0
    while waiting:
        used = waiting.pop()
        if used in seen:
            continue
        seen.add(used)
        report = kept[used][1].report if used in kept else None
        if report is None:
            return math.inf
        cost += kept[used][1].record.milliseconds
        waiting += report["uses"]
    return cost
