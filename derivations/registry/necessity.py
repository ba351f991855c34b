"""Is every hypothesis needed? Each is dropped in turn, and the author's derivation is run again without it.

The kernel must refuse: then the hypothesis is needed by this proof. Where the derivation still goes through, the
hypothesis is redundant. An error of the author's own Python says nothing about the mathematics, and is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.formats.plain import plain
from derivations.kernel import RuleError
from derivations.kernel.terms import Term, TermError
from derivations.language.calculation import Calculation, DerivationError
from derivations.language.entry import Entry

NEEDED, REDUNDANT, BROKEN = "needed", "redundant", "broken"


@dataclass(frozen=True)
class Dropped:
    """A hypothesis that was dropped: the word, and what the kernel said."""

    hypothesis: Term
    word: str
    why: str = ""

    @property
    def text(self) -> str:
        """The hypothesis for a reader."""
        return plain(self.hypothesis)


def drop_each(entry: Entry) -> list[Dropped]:
    """Every hypothesis of the entry, dropped in turn."""
    return [_dropped(entry, k) for k in range(len(entry.given))]


def _dropped(entry: Entry, k: int) -> Dropped:
    fewer = entry.given[:k] + entry.given[k + 1 :]
    try:
        entry.author(Calculation(entry.id, fewer))
    except (DerivationError, RuleError, TermError) as refusal:
        return Dropped(entry.given[k], NEEDED, " ".join(str(refusal).split())[:300])
    except Exception as error:
        return Dropped(entry.given[k], BROKEN, f"{type(error).__name__}: {error}")
    return Dropped(entry.given[k], REDUNDANT)
