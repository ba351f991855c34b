"""Inequalities by z3, the last resort: z3 gives no proof that anyone can check, so its word is an axiom of its own.

`by_z3` hands over a theorem that rests on the axiom `z3.` and a digest of the statement; whatever is built on it is
*assumed*, and says so. z3 is the extra `smt`; nothing else of the project needs it, and without it only this module
refuses. Never use it where `order` or `by_squares` does.

Every function that z3 does not know, and every term that it does not read, becomes an unknown number, one for each
term: what is proved of all numbers holds for these. A quotient by 0 and the root of a negative number are unknown too.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derivations.errors import RequestError
from derivations.kernel import RuleError, Theorem
from derivations.kernel.definitions import PI
from derivations.kernel.logic import axiom, specialize
from derivations.kernel.substitution import alpha
from derivations.kernel.terms import INT, REAL, TRUE, Term, conj, forall, is_scalar, show, sym

PREFIX = "z3."
MILLISECONDS = 5000


class NoSolver(RequestError, ImportError):
    """z3 is not installed."""


@dataclass(frozen=True)
class Answer:
    """What z3 says: "proved", "refuted" with the values at which the goal fails, or "unknown" with its reason."""

    word: str
    why: str = ""


@dataclass
class Translation:
    """Terms as z3's numbers: one constant for each term that z3 does not read, never one for two of them."""

    z3: Any
    constants: dict[Term, Any] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)

    def number(self, t: Term) -> Any:
        """A scalar term."""
        if t.op == "num":
            q: Fraction = t.args[0]
            return self.z3.RealVal(f"{q.numerator}/{q.denominator}")
        if t.op in _READ:
            return _READ[t.op](*(self.number(a) for a in t.args))
        if t.op == "pow" and t.args[1].op == "num" and t.args[1].sort == INT and abs(t.args[1].args[0]) <= 12:
            return self.power(self.number(t.args[0]), int(t.args[1].args[0]))
        if t.op == "sqrt":
            return self.root(t)
        return self.constant(t)

    def power(self, base: Any, k: int) -> Any:
        """A power, written out."""
        out = self.z3.RealVal(1)
        for _ in range(abs(k)):
            out = out * base
        return self.z3.RealVal(1) / out if k < 0 else out

    def root(self, t: Term) -> Any:
        """y >= 0 with y^2 = r where r >= 0; elsewhere nothing is known of y."""
        y, r = self.constant(t), self.number(t.args[0])
        self.facts.append(self.z3.Implies(r >= 0, self.z3.And(y >= 0, y * y == r)))
        return y

    def constant(self, t: Term) -> Any:
        """The unknown number that the term is; an exponential is positive."""
        key = alpha(t)
        if key not in self.constants:
            self.constants[key] = self.z3.Real(f"c{len(self.constants)}")
            if t.op == "exp":
                self.facts.append(self.constants[key] > 0)
        return self.constants[key]

    def formula(self, t: Term) -> Any:
        """A formula about scalars. Raises RuleError for another one."""
        if t.op == "and":
            return self.z3.And(*(self.formula(a) for a in t.args))
        if t.op not in _RELATIONS or not is_scalar(t.args[0]):
            raise RuleError(f"z3 reads <, <=, = and != of numbers, not {show(t)}")
        return _RELATIONS[t.op](*(self.number(a) for a in t.args))


_READ: dict[str, Callable[..., Any]] = {
    "add": lambda *a: sum(a[1:], a[0]), "neg": lambda a: -a, "div": lambda a, b: a / b,
    "mul": lambda *a: a[0] if len(a) == 1 else a[0] * _READ["mul"](*a[1:]),
}  # fmt: skip
_RELATIONS: dict[str, Callable[..., Any]] = {
    "lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
}  # fmt: skip


def _solver() -> Any:
    try:
        return importlib.import_module("z3")
    except ImportError:
        raise NoSolver("z3 is not installed; it is the extra `smt`: pip install 'exegesis[smt]'") from None


def ask(goal: Term, hypotheses: tuple[Term, ...] = (), milliseconds: int = MILLISECONDS) -> Answer:
    """z3's opinion on H |- goal, for formulas about scalars. Raises NoSolver, or RuleError for another formula."""
    z3 = _solver()
    reading = Translation(z3)
    assumed = [reading.formula(h) for h in hypotheses]
    claim = reading.formula(goal)
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    solver.add(*assumed, *reading.facts, z3.Not(claim))
    word = str(solver.check())
    if word == "unsat":
        return Answer("proved")
    if word == "sat":
        model, names = solver.model(), {str(c): show(t) for t, c in reading.constants.items()}
        return Answer("refuted", ", ".join(f"{names[str(v)]} = {model[v]}" for v in model.decls() if str(v) in names))
    return Answer("unknown", solver.reason_unknown())


def by_z3(goal: Term, hypotheses: tuple[Term, ...] = (), milliseconds: int = MILLISECONDS) -> Theorem:
    """H |- goal on z3's word: the theorem rests on an axiom named after the statement.

    Raises RuleError when z3 refutes the goal, with its model, or does not know; NoSolver without z3.
    """
    answer = ask(goal, hypotheses, milliseconds)
    if answer.word != "proved":
        raise RuleError(f"by_z3: {show(goal)} is {answer.word}" + (f": {answer.why}" if answer.why else ""))
    free = sorted((s for s in goal.free - {PI} if s.sort == REAL), key=show)
    variable = free[0] if free else sym("unused")
    statement = forall(variable, goal, conj(*hypotheses) if hypotheses else TRUE)
    sorts = sorted(str((s, s.sort)) for s in statement.free)
    digest = hashlib.sha256(repr((statement, sorts)).encode()).hexdigest()[:12]
    return specialize(axiom(PREFIX + digest, statement), variable)
