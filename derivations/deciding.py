"""`decide`: is lhs = rhs on a domain? The kernel proves, numbers refute, and each is held against the other.

Semantics. Symbols are real numbers in the domain that is declared for their names. Sums and products run over
integers and are empty when the upper end is below the lower one. An integral that does not converge is 0. An
opaque function is any real function, smooth where it is differentiated. Both sides must be defined everywhere in
the domain: x/x = 1 is not proved for a real x, since it owes x != 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NoReturn

from derivations.evidence.refute import Examination, examine
from derivations.kernel.equality import residual
from derivations.kernel.field import TooLarge
from derivations.kernel.normal import Normalizer
from derivations.kernel.terms import show
from derivations.language.question import Question, ask
from derivations.language.sympy_reading import Unread

SUPPORT, SEARCH = 3, 48  # points at which a proof is checked, and at which a counterexample is looked for


class Alarm(Exception):
    """The kernel proved what numbers refute: one of them is wrong. Believe neither, and report it.

    `witness` is the point; `lhs` and `rhs` are what the two sides are there.
    """

    def __init__(self, equation: str, witness: Mapping[str, Fraction], lhs: str, rhs: str) -> None:
        self.witness, self.lhs, self.rhs = dict(witness), lhs, rhs
        at = ", ".join(f"{k} = {v}" for k, v in witness.items()) or "every point"
        super().__init__(
            f"the kernel proved {equation}, but at {at} the left side is {lhs} and the right side is {rhs}: "
            "the kernel or the ball arithmetic is wrong; please report this equation"
        )


@dataclass(frozen=True)
class Verdict:
    """The answer to one question. It is no bool: there are three answers.

    status: "proved", "refuted" or "undecided"
    reason: one sentence that says why
    owed: the sign and range conditions that are missing, when that is the reason
    points: the number of points at which balls agreed; 0 where numbers have no opinion, as of integrals
    at: the counterexample as pairs; `witness` gives it as a dictionary
    """

    status: str
    reason: str = ""
    owed: tuple[str, ...] = ()
    points: int = 0
    at: tuple[tuple[str, Fraction], ...] | None = None

    @property
    def witness(self) -> dict[str, Fraction] | None:
        """The point {name: rational} at which the two sides provably differ, when refuted."""
        return None if self.at is None else dict(self.at)

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict is no bool, since there are three answers; write verdict.status == 'proved'")

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}" if self.reason else self.status


def decide(lhs: Any, rhs: Any, domain: Mapping[str, str] | None = None, facts: Iterable[Any] = ()) -> Verdict:
    """Decide lhs = rhs for all values of the symbols in their domains at which the facts hold.

    lhs, rhs: SymPy expressions, terms of the kernel, ints or Fractions.
    domain: for each name "unit" (0,1), "positive" (0,oo), "nonnegative" [0,oo), "real" or "integer"; it overrides
        what SymPy assumes. An opaque function may be declared too: then its values lie there.
    facts: expressions known to be > 0, or relations.

    "proved" comes from the kernel alone, with nothing owed, when no point that was tried speaks against it and
    some point satisfies the facts that it needs. "refuted" comes with a point at which both sides are defined and
    balls exclude that they are equal. Raises ValueError on misuse, and `Alarm` when kernel and numbers contradict
    each other; never on mathematics.
    """
    try:
        return _answer(ask(lhs, rhs, domain, facts))
    except Unread as reason:
        return Verdict("undecided", f"unread: {reason}")
    except TooLarge as reason:
        return Verdict("undecided", f"too large: {reason}")
    except (RecursionError, MemoryError):
        return Verdict("undecided", "too large: nested too deeply")


def _answer(q: Question) -> Verdict:
    proved, owed, left = _kernel(q)
    if not proved:
        verdict = _refuted(q, owed, left)
        if verdict.status != "undecided" or not owed or not _kernel(q, absolute=True)[0]:
            return verdict
    seen = _supported(q)
    if seen.met:
        return Verdict("proved", "the normal forms agree", points=seen.equal)
    without = replace(q, facts=())
    if q.facts and not _kernel(without)[0]:
        return Verdict("undecided", "no point was found that satisfies the facts; from false facts anything follows")
    return Verdict("proved", "the normal forms agree, without the facts", points=_supported(without).equal)


def _kernel(q: Question, absolute: bool = False) -> tuple[bool, tuple[str, ...], str]:
    """Whether the kernel proves the equation; what it is owed; what is left of the difference.

    With absolute values the root of a square is always defined; without, the sign that it needs is named.
    """
    n = Normalizer([*q.hypotheses, *q.facts], absolute=absolute)
    try:
        zero, left = residual(n, q.lhs, q.rhs)
    except ZeroDivisionError:  # only facts that contradict each other lead here
        return False, tuple(n.owed), "a division by 0"
    return zero and not n.owed, tuple(n.owed), left


def _supported(q: Question) -> Examination:
    """What numbers say of an equation that the kernel has proved. Raises `Alarm` when they contradict it."""
    seen = examine(q.lhs, q.rhs, q.facts, q.words, SUPPORT, tries=10 * SUPPORT)
    equation = f"{show(q.lhs)} = {show(q.rhs)}"
    if seen.witness is not None and seen.comparison is not None:
        raise Alarm(equation, seen.witness, seen.comparison.lhs, seen.comparison.rhs)
    if seen.undefined is not None:
        raise Alarm(equation, seen.undefined, "or the other one undefined", seen.reason)
    return seen


def _refuted(q: Question, owed: tuple[str, ...], left: str) -> Verdict:
    """A counterexample, or why the equation stays undecided."""
    seen = examine(q.lhs, q.rhs, q.facts, q.words, SEARCH, tries=2 * SEARCH)
    if seen.witness is not None and seen.comparison is not None:
        values = f"the left side is {seen.comparison.lhs}, the right side is {seen.comparison.rhs}"
        return Verdict("refuted", values, points=seen.equal, at=tuple(seen.witness.items()))
    if q.facts and not seen.met:
        return Verdict("undecided", "no point was found that satisfies the facts", owed)
    if owed:
        return Verdict("undecided", f"not known: {'; '.join(owed)}", owed, seen.equal)
    numbers = f"the sides agree at {seen.equal} points"
    if not seen.equal:
        numbers = f"numbers have no opinion: {seen.reason}"
    return Verdict("undecided", f"left minus right is not proved to be 0: {left[:300]}; {numbers}", (), seen.equal)
