"""The value of a term at a rational point, in ball arithmetic: evidence for or against an equation, never a proof.

Sums and products run over their terms, derivatives are jets. Of integrals, vectors and matrices there is no opinion,
and an opaque function has only the values that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

from flint import arb, ctx, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO, Jet, TooWide, Undefined, Value
from derivations.kernel.definitions import PI, unfold
from derivations.kernel.terms import Term, is_scalar, show

PRECISIONS = (256, 1024, 4096)
NARROW = {bits: arb(2) ** (-bits // 2) for bits in PRECISIONS}  # how wide a ball around 0 may be, beside the sides
MAX_STEPS = 100_000
DIGITS = 12  # of a number that is written out, all of them certain
Table = Callable[[Term, tuple[fmpq, ...]], fmpq]  # the application, its arguments -> its value
_precision = Lock()  # flint has one precision for all threads


class precision:
    """So many bits for every ball inside a `with`; one thread at a time."""

    __slots__ = ("before", "bits")

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        _precision.acquire()
        self.before, ctx.prec = ctx.prec, self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before
        _precision.release()


class NoOpinion(Exception):
    """This term has no value here that numbers could tell; the message says why."""


@dataclass(frozen=True)
class Comparison:
    """What balls say of lhs = rhs at a point.

    opinion: "equal" (the difference is 0 or a narrow ball around it), "different" (the ball excludes 0),
    "undefined" (one side has no real value, provably), or "none" with the reason. The two values are written out when
    they differ.
    """

    opinion: str
    reason: str = ""
    lhs: str = ""
    rhs: str = ""


class Evaluator:
    """Evaluation of terms at one point, within a budget of steps."""

    taken: ClassVar[int] = 0  # steps of all evaluations so far: a clock that runs alike on every machine

    def __init__(self, point: Mapping[Term, fmpq], table: Table | None = None) -> None:
        self.scope: dict[Term, Value] = dict(point)
        self.table = table
        self.steps = 0
        self.level = 0

    def __call__(self, t: Term) -> Value:
        """The value of a scalar term."""
        self.steps += 1
        Evaluator.taken += 1
        if self.steps > MAX_STEPS:
            raise NoOpinion("too many terms to add up")
        rule = RULES.get(t.op)
        if rule is None:
            raise NoOpinion(f"numbers do not evaluate {show(t)[:80]}")
        return rule(self, t)

    def symbol(self, t: Term) -> Value:
        """The value of a symbol at the point."""
        value = self.scope.get(t)
        if value is not None:
            return value
        if t == PI:
            return arb.pi()
        raise NoOpinion(f"no value is given for {show(t)}")

    def total(self, t: Term) -> Value:
        """A finite sum or product over integers that are known."""
        i, lo, hi, body = t.args
        first, last = self(lo), self(hi)
        if not isinstance(first, fmpq) or not isinstance(last, fmpq) or first.q != 1 or last.q != 1:
            raise NoOpinion(f"the range of {show(t)[:80]} does not begin and end at known integers")
        if last - first > MAX_STEPS:
            raise NoOpinion("too many terms to add up")
        combine, unit = (numbers.add, ZERO) if t.op == "sum" else (numbers.mul, ONE)
        out: Value = unit
        for k in range(int(first.p), int(last.p) + 1):
            out = combine(out, self.within(i, fmpq(k), body))
        return out

    def within(self, variable: Term, value: Value, body: Term) -> Value:
        """The body with its bound variable at this value."""
        outer = self.scope.get(variable)
        self.scope[variable] = value
        try:
            return self(body)
        finally:
            if outer is None:
                del self.scope[variable]
            else:
                self.scope[variable] = outer

    def derivative(self, t: Term) -> Value:
        """A derivative in a scalar, by a jet."""
        variable, body, at = t.args
        where = self(at)
        self.level += 1
        try:
            out = self.within(variable, Jet(self.level, where, ONE), body)
        finally:
            self.level -= 1
        return out.slope if isinstance(out, Jet) and out.level == self.level + 1 else ZERO

    def application(self, t: Term) -> Value:
        """An opaque function, when a table gives its value."""
        values = [self(a) for a in t.args[1:] if is_scalar(a)]
        known = tuple(v for v in values if isinstance(v, fmpq))
        if self.table is None or len(known) != len(t.args) - 1:
            raise NoOpinion(f"{t.args[0]} is any function, and has no value at {show(t)[:80]}")
        return self.table(t, known)


def _fold(combine: Callable[[Value, Value], Value]) -> Callable[[Evaluator, Term], Value]:
    def rule(ev: Evaluator, t: Term) -> Value:
        out = ev(t.args[0])
        for a in t.args[1:]:
            out = combine(out, ev(a))
        return out

    return rule


def _unary(function: Callable[[Value], Value]) -> Callable[[Evaluator, Term], Value]:
    return lambda ev, t: function(ev(t.args[0]))


RULES: dict[str, Callable[[Evaluator, Term], Value]] = {
    "num": lambda ev, t: numbers.rational(t.args[0]), "sym": Evaluator.symbol, "app": Evaluator.application,
    "add": _fold(numbers.add), "mul": _fold(numbers.mul), "neg": _unary(numbers.neg),
    "div": lambda ev, t: numbers.mul(ev(t.args[0]), numbers.inverse(ev(t.args[1]))),
    "pow": lambda ev, t: numbers.power(ev(t.args[0]), ev(t.args[1])),
    "sqrt": lambda ev, t: numbers.root(ev(t.args[0]), 2),
    "exp": _unary(numbers.exp), "log": _unary(numbers.log), "sin": _unary(numbers.sin),
    "cos": _unary(numbers.cos), "atan": _unary(numbers.atan),
    "sum": Evaluator.total, "prod": Evaluator.total, "diff": Evaluator.derivative,
    "normal": lambda ev, t: ev(unfold(t)),
}  # fmt: skip


def evaluates(t: Term) -> bool:
    """Whether the term has a value in numbers at some point: no part of it is an integral, a vector or a matrix."""
    return t.op in RULES and all(evaluates(a) for a in t.args if isinstance(a, Term))


def evaluate(t: Term, point: Mapping[Term, fmpq], table: Table | None = None, bits: int = 256) -> Value:
    """A scalar term at a point, as an exact rational or a ball.

    `point` gives a rational to every free symbol, `table` values to opaque functions. Raises `Undefined`,
    `TooWide` or `NoOpinion`.
    """
    with precision(bits):
        return Evaluator(point, table)(t)


def at_some_precision(question: Callable[[int], Any]) -> Any:
    """The first answer that is not `TooWide`, as the number of bits grows."""
    for bits in PRECISIONS[:-1]:
        try:
            return question(bits)
        except TooWide:
            continue
    return question(PRECISIONS[-1])


def holds(formula: Term, point: Mapping[Term, fmpq], table: Table | None = None) -> bool:
    """Whether a relation (lt, le, eq or ne) between scalars holds at the point, certainly.

    False when it certainly fails, or a side is undefined. Raises `TooWide` or `NoOpinion` where that is open.
    """
    a, b = formula.args

    def question(bits: int) -> int:
        with precision(bits):
            ev = Evaluator(point, table)
            return numbers.sign(numbers.add(ev(b), numbers.neg(ev(a))))

    try:
        s = at_some_precision(question)
    except Undefined:
        return False
    return bool({"lt": s > 0, "le": s >= 0, "eq": s == 0, "ne": s != 0}[formula.op])


def compare(lhs: Term, rhs: Term, point: Mapping[Term, fmpq], table: Table | None = None) -> Comparison:
    """What balls say of lhs = rhs at a point. A ball around 0 counts as equal only when it is narrow."""

    def question(bits: int) -> Comparison:
        with precision(bits):
            ev = Evaluator(point, table)
            a, b = ev(lhs), ev(rhs)
            gap = numbers.add(a, numbers.neg(b))
            if isinstance(gap, Jet) or isinstance(a, Jet) or isinstance(b, Jet):
                raise NoOpinion("a derivative outside its variable")
            if isinstance(gap, fmpq):
                return Comparison("equal") if gap == 0 else Comparison("different", "", _text(a), _text(b))
            if not gap.contains(0):
                return Comparison("different", "", _text(a), _text(b))
            size = arb(1) + abs(numbers.ball(a)) + abs(numbers.ball(b))
            if not gap.rad() < size.upper() * NARROW[bits]:
                raise TooWide("the difference is a wide ball around 0")
            return Comparison("equal")

    try:
        out: Comparison = at_some_precision(question)
        return out
    except Undefined as reason:
        return Comparison("undefined", str(reason))
    except (TooWide, NoOpinion) as reason:
        return Comparison("none", str(reason))
    except RecursionError:
        return Comparison("none", "too deep")


def _text(v: Value) -> str:
    return v.str(DIGITS, radius=False) if isinstance(v, arb) else str(v)
