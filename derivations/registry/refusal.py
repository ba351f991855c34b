"""Why a derivation does not go through, for the person who has to repair it: which step, what was expected,
what was got, what is left over, numbers at which it fails, and what to try."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Any

from derivations.formats.plain import plain
from derivations.kernel import RuleError, Theorem
from derivations.kernel.terms import Like, Term, TermError, lift
from derivations.language.calculation import By, Calculation, DerivationError
from derivations.language.entry import Entry
from derivations.registry.verdicts import Outcome
from derivations.registry.witness import witness

ROOM = 96
TOO_LARGE = ": too large: "
LEFT_OVER, OWES = "left minus right leaves ", " owes "
ADVICE = {
    "wrong": "The residual is what is off: look there for the sign, the index or the coefficient.",
    "open": "The lines may be equal, and the step lack a fact: pass the theorem that states it, "
    "by=(fact,). Otherwise the residual is what is off.",
    "owed": "Add the condition to the entry's given=(...), or pass a theorem that proves it, by=(fact,).",
    "rewrite": "Compare the fact with the line: the part that it replaces must stand in the line as it is "
    "written. Add a line in between that brings it into that form.",
    "given": "Add it to the entry's given=(...), or call sheet.settle(...) with a theorem that proves it.",
    "large": "Divide the step: name a part of it by a definition, or prove a lemma about that part.",
    "other": "The message says what the rule expected; entries with that rule are examples.",
}


@dataclass(frozen=True)
class Attempt:
    """A step that an author tried."""

    number: int
    before: Term
    after: Term
    by: By
    given: tuple[Term, ...]


class Recorder(Calculation):
    """A working sheet that remembers the step at which it is refused."""

    attempt: Attempt | None = None

    def to(self, term: Like, by: By = None, because: str = "", asks: str = "", answer: str = "") -> Calculation:
        """The next line, remembered until the kernel has accepted it."""
        if self.lines:
            self.attempt = Attempt(len(self.lines), self.lines[-1].term, lift(term), by, self.given)
        super().to(term, by, because, asks, answer)
        self.attempt = None
        return self


def explain(entry: Entry, outcome: Outcome) -> list[str]:
    """Lines, indented by two, that say why an entry's verdict is not the declared one."""
    if outcome.verdict != "undecided":
        return _unexpected(entry, outcome)
    if outcome.broken or entry.kind == "refutation":
        return _block("", outcome.reason)
    culprit = _named(outcome.reason)
    if culprit and culprit != entry.id:
        return _block("", f"It rests on {culprit}, which does not go through: mend that first.")
    if TOO_LARGE in outcome.reason:
        return [*_block("", outcome.reason), *_block("try", ADVICE["large"])]
    sheet = Recorder(entry.id, entry.given)
    try:
        entry.author(sheet)
    except (DerivationError, RuleError, TermError) as error:
        return _refused(entry, sheet.attempt, error)
    return _block("", outcome.reason)


def _unexpected(entry: Entry, outcome: Outcome) -> list[str]:
    if outcome.verdict == "assumed":
        return _block("", f'It rests on {", ".join(entry.axioms)}. If that is meant, write declared="assumed".')
    return _block("", f"If that is right, write declared={outcome.verdict!r} in the entry.".replace("'", '"'))


def _named(reason: str) -> str:
    """The entry that a message of a derivation begins with."""
    found = re.match(r"([\w.]+)(?:, step \d+)?: ", reason)
    return found[1] if found else ""


def _refused(entry: Entry, attempt: Attempt | None, error: Exception) -> list[str]:
    said = str(error)
    if attempt is None:
        text = said.removeprefix(f"{entry.id}: ")
        kind = "given" if "rests on what is not given" in said else "owed" if OWES in said else "other"
        return [*_block("refused", text), *_block("try", ADVICE[kind])]
    said = said.rpartition("\n  ")[2]
    rows = [
        f"  step {attempt.number} is refused",
        *_block("from", plain(attempt.before)),
        *_block("to", plain(attempt.after)),
        *_block("by", _reason(attempt.by)),
        *_block("expected", _expected(attempt)),
    ]
    if LEFT_OVER in said:
        rows += _block("got", "a line whose difference from it is not zero")
        rows += _block("residual", _tidy(said.rpartition(LEFT_OVER)[2]))
        found = witness(attempt.before, attempt.after, attempt.given, _facts(attempt.by))
        rows += _block("witness", _numbers(found) if found else "no numbers were found at which the two lines differ")
        return rows + _block("try", ADVICE["wrong" if found else "open"])
    if OWES in said:
        rows += _block("got", "a line that is allowed only under a condition")
        rows += _block("owed", _tidy(said.rpartition(OWES)[2].partition(". Add the hypothesis")[0]))
        return rows + _block("try", ADVICE["owed"])
    rows += _block("got", _tidy(said))
    return rows + _block(
        "try", ADVICE["rewrite" if "nothing to rewrite" in said or said.startswith("chain:") else "other"]
    )


def _tidy(said: str) -> str:
    """The kernel's text of a term, without brackets inside brackets: alpha((t - 1)) is alpha(t - 1)."""
    return re.sub(r"\(\(([^()]*)\)\)", r"(\1)", said)


def _expected(attempt: Attempt) -> str:
    facts = _facts(attempt.by)
    if any(fact.conclusion.op in ("le", "lt") for fact in facts) and not isinstance(attempt.by, tuple):
        return "a line that the inequality leads to, by algebra"
    return "a line equal to the one before it"


def _facts(by: By) -> tuple[Theorem, ...]:
    if by is None:
        return ()
    return tuple(by) if isinstance(by, (tuple, list)) else (by,)


def _reason(by: By) -> str:
    facts = _facts(by)
    if not facts:
        return "algebra alone"
    rule = "algebra with" if isinstance(by, tuple) else "rewriting with"
    return f"{rule} " + "; ".join(plain(t.conclusion) for t in facts)


def _numbers(found: dict[str, Any]) -> str:
    point = ", ".join(f"{name} = {number}" for name, number in found["at"].items())
    return f"at {point or 'every point'}: the line before is {found['lhs']}, this line is {found['rhs']}"


def _block(label: str, said: str) -> list[str]:
    first = f"    {label:<9} " if label else "  "
    return textwrap.wrap(said, ROOM, initial_indent=first, subsequent_indent=" " * len(first),
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
