"""What is established about an entry. A verdict is a word with a reason, never a bool.

proved     the kernel made the theorem, from no axiom
assumed    the kernel made the theorem, and it rests on a named axiom
defined    the entry fixes a meaning, by conservative definitions
refuted    the claim in print fails at a stored point, in ball arithmetic
undecided  none of these; the reason says what is missing
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from derivations.kernel import Theorem
from derivations.language.calculation import DerivationError, Line
from derivations.language.entry import OWNER, Entry, ancestors
from derivations.records.record import AGREES, DISAGREES, NOT_ASKED, VERDICTS

__all__ = [
    "AGREES", "DISAGREES", "NOT_ASKED", "VERDICTS", "Outcome", "alarms", "certificates", "judge", "line_opinion",
    "load_second_opinion", "opinion", "opinions", "own_ancestors", "python_fault",
]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A verdict, the reason when it is undecided, the numbers when it is refuted.

    `broken` says that the author's own Python failed, so that nothing is known about the mathematics.
    """

    verdict: str
    reason: str = ""
    counterexample: Mapping[str, Any] | None = None
    broken: bool = False


_OUTCOMES: WeakKeyDictionary[Entry, Outcome] = WeakKeyDictionary()
_OPINIONS: WeakKeyDictionary[Theorem, tuple[str, str]] = WeakKeyDictionary()


def judge(entry: Entry) -> Outcome:
    """The verdict on an entry; it is derived on the first call."""
    if entry not in _OUTCOMES:
        _OUTCOMES[entry] = _judge(entry)
    return _OUTCOMES[entry]


def _judge(entry: Entry) -> Outcome:
    try:
        axioms = [] if entry.parts is None else entry.axioms
    except DerivationError as error:
        return Outcome("undecided", str(error))
    except Exception as error:
        return Outcome("undecided", f"{entry.id}: {python_fault(error)}", broken=True)
    if entry.kind == "refutation":
        from derivations.registry.refutation import refute

        return refute(entry)
    if axioms or entry.kind == "axiom":
        return Outcome("assumed")
    return Outcome("defined" if entry.kind == "definition" else "proved")


def python_fault(error: BaseException) -> str:
    """One line about an error of the author's own Python, with the place outside this package."""
    frames = traceback.extract_tb(error.__traceback__)
    outside = [f for f in frames if not any(p in f.filename for p in ("derivations/kernel/", "derivations/registry/"))]
    where = f" ({outside[-1].filename}, line {outside[-1].lineno})" if outside else ""
    text = " ".join(str(error).split())
    return f"the Python of the derivation failed with {type(error).__name__}: {text}{where}"


def certificates(entry: Entry) -> list[Theorem]:
    """Every algebraic step of the entry, displayed or not: what the second opinion is asked about."""
    found: dict[int, Theorem] = {}
    for part in entry.parts:
        for theorem in own_ancestors(part.theorem, entry.id):
            if theorem.rule == "algebra":
                found.setdefault(id(theorem), theorem)
    return list(found.values())


def own_ancestors(theorem: Theorem, entry_id: str) -> list[Theorem]:
    """The theorem and what it was made from, without what other entries proved."""
    owned = ancestors(theorem, stop=lambda t: OWNER.get(t, entry_id) != entry_id)
    return [t for t in owned if OWNER.get(t, entry_id) == entry_id]


def load_second_opinion() -> None:
    """Import SymPy, which takes longer than most proofs. Raises ModuleNotFoundError when it is not installed."""
    import_module("derivations.evidence.ring")


def _ask(theorem: Theorem) -> tuple[str, str]:
    """SymPy's opinion on one algebraic step, and why it differs when it does."""
    from derivations.evidence import ring

    found = ring.opinion(theorem)
    return (DISAGREES, found.why) if found.verdict == ring.DISAGREES else (found.verdict, "")


def opinion(theorem: Theorem) -> str:
    """SymPy's opinion on one algebraic step: agrees, not asked (SymPy cannot express it) or DISAGREES."""
    if theorem not in _OPINIONS:
        _OPINIONS[theorem] = _ask(theorem)
    return _OPINIONS[theorem][0]


def alarms(entry: Entry) -> list[str]:
    """Why SymPy disagrees with steps of the entry; empty when it does not, or was not asked."""
    asked = (_OPINIONS.get(theorem, (NOT_ASKED, "")) for theorem in certificates(entry))
    return [why for word, why in asked if word == DISAGREES]


def line_opinion(entry: Entry, line: Line) -> str:
    """The second opinion on what leads to a displayed line; a disagreement anywhere counts."""
    steps = [] if line.link is None else [t for t in own_ancestors(line.link, entry.id) if t.rule == "algebra"]
    said = {opinion(t) for t in steps}
    return DISAGREES if DISAGREES in said else AGREES if AGREES in said else NOT_ASKED


def opinions(entry: Entry) -> list[str]:
    """The second opinion on each algebraic step of the entry."""
    return [opinion(theorem) for theorem in certificates(entry)]
