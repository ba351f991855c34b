"""The trial of one mutant: it stands in the place of what the author wrote, and everything else stays.

    refuted      the kernel refuses it, and at a point that is named it fails in numbers
    refused      the kernel refuses it, and numbers have no opinion
    equivalent   the kernel accepts it, and proves that it equals what the author wrote: no mistake was made
    survived     the kernel accepts it, and it is something else: a hole
    crashed      the kernel neither accepts nor refuses it, but falls over

A line of a calculation is tried by the step that leads to it (a first line by the step that leaves it), a statement
by conversion from its theorem. Numbers are asked about a mutant that is accepted, too: about what it lets pass, the
kernel is not believed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derivations.formats.plain import plain
from derivations.kernel import RuleError, Theorem
from derivations.kernel.equality import algebra, chain, convert, symmetric
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import Term, TermError
from derivations.language.calculation import By, as_written, connect
from derivations.registry.verdicts import DISAGREES, NOT_ASKED, opinion
from derivations.registry.witness import Search

OUTCOMES = ("refuted", "refused", "equivalent", "survived", "crashed")
REFUSALS = (RuleError, TermError, TooLarge)
ROOM = 200  # characters of the kernel's words that are kept
POINTS = 4  # points at which numbers are asked; a wrong formula fails at nearly every one


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: one of OUTCOMES, and the numbers, the kernel's words, or what was proved of it."""

    outcome: str
    why: str


@dataclass(frozen=True)
class Step:
    """Two neighbouring lines of a calculation and how the author gets from one to the other; one line is mutated."""

    before: Term
    after: Term
    by: By
    given: tuple[Term, ...]
    first: bool = False  # the mutated line is `before`

    @property
    def original(self) -> Term:
        """The line that is mutated."""
        return self.before if self.first else self.after

    def _lines(self, mutant: Term) -> tuple[Term, Term]:
        return (mutant, self.after) if self.first else (self.before, mutant)

    def prove(self, line: Term) -> Theorem:
        """The step with another line in the place of the mutated one. Raises one of REFUSALS."""
        before, after = self._lines(line)
        return as_written(connect(before, after, self.by, self.given), before, after)

    def equal(self, mutant: Term, accepted: Theorem) -> Theorem:
        """The line = the mutant: by algebra, or from the step with each of them. Raises one of REFUSALS."""
        try:
            return algebra(self.original, mutant, self.given, self._facts)
        except REFUSALS:
            link = self.prove(self.original)
            return chain(accepted, symmetric(link)) if self.first else chain(symmetric(link), accepted)

    def numbers(self, mutant: Term) -> dict[str, Any] | None:
        """A point at which the mutated step fails; None where numbers find none, or the step is no equation."""
        if any(fact.conclusion.op not in ("eq", "all") for fact in self._facts):
            return None
        before, after = self._lines(mutant)
        return self._search.witness(before, after, POINTS)

    @property
    def _facts(self) -> tuple[Theorem, ...]:
        return () if self.by is None else (self.by,) if isinstance(self.by, Theorem) else tuple(self.by)

    @cached_property
    def _search(self) -> Search:
        return Search(self.given, self._facts)


@dataclass(frozen=True)
class Statement:
    """The conclusion of a theorem; the whole formula is mutated."""

    theorem: Theorem
    given: tuple[Term, ...]

    @property
    def original(self) -> Term:
        """The formula that is mutated."""
        return self.theorem.conclusion

    def prove(self, formula: Term) -> Theorem:
        """Another formula by conversion from the theorem. Raises one of REFUSALS."""
        return convert(self.theorem, formula, self.given)

    def equal(self, mutant: Term, accepted: Theorem) -> Theorem:
        """The original formula back from the other one. Raises one of REFUSALS."""
        return convert(accepted, self.original, self.given)

    def numbers(self, mutant: Term) -> dict[str, Any] | None:
        """A point at which the hypotheses hold and the mutant fails; None where numbers find none."""
        guards, formula = _opened(mutant)
        if formula.op not in ("eq", "lt", "le") or guards != _opened(self.original)[0]:
            return None
        lhs, rhs = formula.args
        return self._search.witness(lhs, rhs, POINTS, formula.op)

    @cached_property
    def _search(self) -> Search:
        return Search((*self.given, *self.theorem.hypotheses, *_opened(self.original)[0]))


def _opened(formula: Term) -> tuple[tuple[Term, ...], Term]:
    """What a formula is under its quantifiers, and their guards."""
    guards: tuple[Term, ...] = ()
    while formula.op == "all":
        _, guard, formula = formula.args
        guards += () if guard.op == "true" else (guard,)
    return guards, formula


def tried(target: Step | Statement, mutant: Term) -> Verdict:
    """What becomes of a mutant."""
    found = target.numbers(mutant)
    at = ", ".join(f"{name} = {number}" for name, number in found["at"].items()) if found else ""
    try:
        accepted = target.prove(mutant)
    except REFUSALS as refusal:
        words = " ".join(str(refusal).split())[:ROOM]
        return Verdict("refuted", f"at {at or 'every point'}") if found else Verdict("refused", words)
    except Exception as error:  # whatever it is, it is a fault of the kernel, and is listed
        return Verdict("crashed", f"{type(error).__name__}: {error}"[:ROOM])
    if found:
        return Verdict("survived", f"the kernel accepts it, and it fails at {at or 'every point'}")
    try:
        proof = target.equal(mutant, accepted)
    except REFUSALS as refusal:
        return Verdict("survived", f"the kernel accepts it, and does not prove it equal: {refusal}")
    said = opinion(proof) if proof.rule == "algebra" else NOT_ASKED
    if said == DISAGREES:
        return Verdict("survived", "the kernel proves it equal, and SymPy disagrees")
    given = "; ".join(map(plain, proof.hypotheses)) or "nothing"
    return Verdict("equivalent", f"proved equal by {proof.rule}, SymPy {said}; given {given}")
