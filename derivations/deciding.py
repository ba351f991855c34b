"""`decide`: is lhs = rhs on a domain? The kernel proves, numbers refute, and each is held against the other.

Semantics. Symbols are real numbers in the domain that is declared for their names. Sums and products run over
integers and are empty when the upper end is below the lower one. An integral that does not converge is 0. An
opaque function is any real function, smooth where it is differentiated. Both sides must be defined everywhere in
the domain: x/x = 1 is not proved for a real x, since it owes x != 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, NoReturn

from derivations.evidence.refute import Examination, examine
from derivations.evidence.replay import read_nodes
from derivations.evidence.trace import TraceError, term_nodes
from derivations.kernel.equality import difference
from derivations.kernel.normal import Normalizer
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import Term, TermError, show
from derivations.language.question import Question, ask
from derivations.language.sympy_reading import Unread
from derivations.worker import Limit, Limits, Worker

DIGITS = "integer string conversion"  # what Python says of a number that is too long to be written
SUPPORT, SEARCH = 3, 48  # points at which a proof is checked, and at which a counterexample is looked for


class Alarm(Exception):
    """The kernel proved what numbers refute: one of them is wrong. Believe neither, and report it.

    `witness` is the point; `lhs` and `rhs` are what the two sides are there.
    """

    def __init__(self, equation: str, witness: Mapping[str, Fraction], lhs: str, rhs: str) -> None:
        self.equation, self.witness, self.lhs, self.rhs = equation, dict(witness), lhs, rhs
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


def decide(
    lhs: Any, rhs: Any, domain: Mapping[str, str] | None = None, facts: Iterable[Any] = (), limits: Limits | None = None
) -> Verdict:
    """Decide lhs = rhs for all values of the symbols in their domains at which the facts hold.

    lhs, rhs: SymPy expressions, terms of the kernel, ints or Fractions.
    domain: for each name "unit" (0,1), "positive" (0,oo), "nonnegative" [0,oo), "real" or "integer"; it overrides
        what SymPy assumes. An opaque function may be declared too: then its values lie there.
    facts: expressions known to be > 0, or relations.
    limits: what the decision may take, as in Limits(seconds=5, megabytes=1024); it is then made in a process of its
        own, which stays for the next one, and "undecided: took more than 5 s" is an answer. Without limits it is made
        here, and ends by the kernel's caps on size.

    "proved" comes from the kernel alone, with nothing owed, when no point that was tried speaks against it and
    some point satisfies the facts that it needs. "refuted" comes with a point at which both sides are defined and
    balls exclude that they are equal. Raises ValueError on misuse, and `Alarm` when kernel and numbers contradict
    each other; never on mathematics.
    """
    try:
        question = ask(lhs, rhs, domain, facts)
        return _bounded(question) if limits is None else _answer_apart(question, limits)
    except TraceError as reason:
        return Verdict("undecided", f"too large: {reason}")
    except Unread as reason:
        return Verdict("undecided", f"unread: {reason}")
    except TooLarge as reason:
        return Verdict("undecided", f"too large: {reason}")
    except (RecursionError, MemoryError):
        return Verdict("undecided", "too large: nested too deeply")


_worker = Worker()


def _answer_apart(q: Question, limits: Limits) -> Verdict:
    """The answer of the worker, or the limit that it met."""
    nodes = term_nodes([q.lhs, q.rhs, *q.facts])
    found = _worker.submit("derivations.deciding:answer_plain", nodes, dict(q.words), limits=limits)
    if isinstance(found, Limit):
        return Verdict("undecided", found.reason)
    if "equation" in found:
        witness = {name: Fraction(value) for name, value in found["witness"].items()}
        raise Alarm(found["equation"], witness, found["lhs"], found["rhs"])
    at = None if found["at"] is None else tuple((name, Fraction(value)) for name, value in found["at"])
    return Verdict(found["status"], found["reason"], tuple(found["owed"]), found["points"], at)


def answer_plain(nodes: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """What the worker does: the question and its answer, or alarm, as plain data."""
    lhs, rhs, *facts = read_nodes(nodes)
    try:
        verdict = _bounded(Question(lhs, rhs, tuple(facts), words))
    except Alarm as alarm:
        witness = {name: str(value) for name, value in alarm.witness.items()}
        return {"equation": alarm.equation, "witness": witness, "lhs": alarm.lhs, "rhs": alarm.rhs}
    at = None if verdict.at is None else [(name, str(value)) for name, value in verdict.at]
    return {**asdict(verdict), "at": at}


def _bounded(q: Question) -> Verdict:
    """The answer, or that a cap of the kernel was met on the way to it."""
    try:
        return _answer(q)
    except TooLarge as reason:
        return Verdict("undecided", f"too large: {reason}")
    except TermError as reason:  # the sides are terms: what cannot be one was made on the way, and outgrew the caps
        return Verdict("undecided", str(reason))
    except RecursionError:
        return Verdict("undecided", "too large: nested too deeply")
    except ValueError as reason:
        if DIGITS not in str(reason):
            raise
        return Verdict("undecided", "too large: a number of thousands of digits")


def _answer(q: Question) -> Verdict:
    found = _kernel(q)
    if not found.proved:
        verdict = _refuted(q, found)
        if verdict.status != "undecided" or not found.owed or not _kernel(q, absolute=True).proved:
            return verdict
    seen = _supported(q)
    if seen.undefined is not None:
        at = ", ".join(f"{name} = {value}" for name, value in seen.undefined.items()) or "every point"
        return Verdict("undecided", f"a side has no value at {at}: {seen.reason}", points=seen.equal)
    if seen.met:
        return Verdict("proved", "the normal forms agree", points=seen.equal)
    without = replace(q, facts=())
    if q.facts and not _kernel(without).proved:
        return Verdict("undecided", "no point was found that satisfies the facts; from false facts anything follows")
    return Verdict("proved", "the normal forms agree, without the facts", points=_supported(without).equal)


@dataclass(frozen=True)
class _Found:
    """Whether the kernel proves the equation, what it is owed, and what is left of the difference, told when asked."""

    proved: bool
    owed: tuple[str, ...]
    left: Callable[[], str]


def _kernel(q: Question, absolute: bool = False) -> _Found:
    """What the kernel finds.

    With absolute values the root of a square is always defined; without, the sign that it needs is named.
    """
    n = Normalizer([*q.hypotheses, *q.facts], absolute=absolute, defined=True)
    try:
        left = difference(n, q.lhs, q.rhs)
    except ZeroDivisionError:  # only facts that contradict each other lead here
        return _Found(False, tuple(n.owed), lambda: "a division by 0")
    return _Found(not left and not n.owed, tuple(n.owed), lambda: n.texts(left))


def _supported(q: Question) -> Examination:
    """What numbers say of an equation that the kernel has proved. Raises `Alarm` when they contradict it."""
    seen = examine(q.lhs, q.rhs, q.facts, q.words, SUPPORT, tries=10 * SUPPORT)
    if seen.witness is not None and seen.comparison is not None:
        raise Alarm(_equation(q), seen.witness, seen.comparison.lhs, seen.comparison.rhs)
    # The divergence of a field is taken as it comes, whether or not the field has a value there.
    if seen.undefined is not None and not _differentiates(q):
        raise Alarm(_equation(q), seen.undefined, "or the other one undefined", seen.reason)
    return seen


def _equation(q: Question) -> str:
    return f"{show(q.lhs)} = {show(q.rhs)}"


def _differentiates(q: Question) -> bool:
    """Whether a derivative, gradient or the like stands in a side."""
    stack, seen = [q.lhs, q.rhs], set[int]()
    while stack:
        t = stack.pop()
        if t.op in ("diff", "grad", "divg", "jac"):
            return True
        if id(t) not in seen:
            seen.add(id(t))
            stack.extend(a for a in t.args if isinstance(a, Term))
    return False


def _refuted(q: Question, found: _Found) -> Verdict:
    """A counterexample, or why the equation stays undecided."""
    owed = found.owed
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
    left = found.left()[:300]
    return Verdict("undecided", f"left minus right is not proved to be 0: {left}; {numbers}", (), seen.equal)
