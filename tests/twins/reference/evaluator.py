"""The evaluator: the value of a kernel term at numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO, Jet
from derivations.kernel.definitions import PI, log_normal
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, log, show
from tests.twins.reference.gaussians import NoReference
from tests.twins.reference.integrals import divergence, expectation, integral
from tests.twins.reference.linear import MINUS, Value, dot, eliminate, identity, plus, scale, times


@lru_cache(maxsize=10_000)
def _log_normal(density: Term) -> Term:
    return log_normal(*density.args)


@lru_cache(maxsize=10_000)
def _filled(params: tuple[Term, ...], body: Term, arguments: tuple[Term, ...]) -> Term:
    return substitute(body, dict(zip(params, arguments, strict=True)))


class Reference:
    """The evaluator: values of symbols, rules of functions, measures, and the finite ranges of variables.

    `functions` maps a name to a Python rule, or to (parameters, term) that defines it; `measures` maps a measure
    term to `Finite` or `Normal`; `ranges` maps an integration variable to the points over which Lebesgue integrals
    in it are sums; `instead` gives a value to a whole subterm.
    """

    def __init__(
        self,
        values: Mapping[Term, Value],
        functions: Mapping[str, Any] | None = None,
        measures: Mapping[Term, Any] | None = None,
        ranges: Mapping[Term, Iterable[Value]] | None = None,
        instead: Mapping[Term, Value] | None = None,
    ) -> None:
        self.root = {PI: arb.pi(), **values}
        self.scope = dict(self.root)
        self.functions, self.measures = dict(functions or {}), dict(measures or {})
        self.ranges, self.instead = dict(ranges or {}), dict(instead or {})
        self.known: dict[Any, Value] = {}  # functions of steps, such as alpha_bar
        self.level = 0

    def __call__(self, t: Term) -> Value:
        """The value of a term. Raises NoReference when it has none here."""
        if t in self.instead:
            return self.instead[t]
        rule = _RULES.get(t.op)
        if rule is None:
            raise NoReference(f"there is no rule for {show(t)[:200]}")
        return rule(self, t)

    def let(self, values: Mapping[Term, Value]) -> None:
        """Give further symbols a value, or the same ones another."""
        self.root.update(values)
        self.scope.update(values)

    def within(
        self, bound: Mapping[Term, Value], body: Term, alone: bool = False, rule: Callable[[Reference, Term], Any] | None = None
    ) -> Any:
        """What the rule (by default: the value) says of the body with variables bound.

        `alone` hides every variable that is bound outside.
        """
        outer = self.scope
        self.scope = {**(self.root if alone else outer), **bound}
        try:
            return rule(self, body) if rule else self(body)
        finally:
            self.scope = outer

    def symbol(self, t: Term) -> Value:
        """The value of a symbol."""
        if t not in self.scope:
            raise NoReference(f"no value is given for {show(t)} of sort {t.sort}")
        return self.scope[t]

    def application(self, t: Term) -> Value:
        """A function of the corpus or of the point."""
        name, arguments = t.args[0], [self(a) for a in t.args[1:]]
        meaning = self.functions.get(name) or DEFINED.get(name)
        if meaning is None:
            raise NoReference(f"no rule is given for the function {name}")
        if callable(meaning):
            return meaning(*arguments)
        params, body = meaning
        of_steps = all(isinstance(a, fmpq) for a in arguments)
        key = (name, *((int(a.p), int(a.q)) for a in arguments)) if of_steps else None
        if key in self.known:
            return self.known[key]
        value = self.within(dict(zip(params, arguments, strict=True)), body, alone=True)
        if of_steps:
            self.known[key] = value
        return value

    def unfolded(self, density: Term) -> Term:
        """A density that a function gives, as the term that the function stands for."""
        while density.op == "app":
            meaning = self.functions.get(density.args[0]) or DEFINED.get(density.args[0])
            if not isinstance(meaning, tuple):
                break
            density = _filled(*meaning, density.args[1:])
        return density

    def integer(self, t: Term) -> int:
        """An integer term as a Python integer."""
        v = self(t)
        if not isinstance(v, fmpq) or v.q != 1:
            raise NoReference(f"{show(t)} is not a known integer")
        return int(v.p)

    def total(self, t: Term) -> Value:
        """A sum or product over a range of integers."""
        i, lo, hi, body = t.args
        combine, out = (numbers.add, ZERO) if t.op == "sum" else (numbers.mul, ONE)
        for k in range(self.integer(lo), self.integer(hi) + 1):
            out = combine(out, self.within({i: fmpq(k)}, body))
        return out

    def entries(self, t: Term) -> Value:
        """A vector by its components, or a diagonal matrix."""
        i, body = t.args
        n = self.integer(t.sort[1])
        out = [self.within({i: fmpq(k)}, body) for k in range(1, n + 1)]
        return out if t.op == "comps" else [scale(v, unit) for v, unit in zip(out, identity(n), strict=True)]

    def gradient(self, t: Term) -> Value:
        """A derivative in a number or in each coordinate of a vector, by jets."""
        variable, body, at = t.args
        where = self(at)
        if not isinstance(where, list):
            return self._slope(variable, body, where, None)
        return [self._slope(variable, body, where, k) for k in range(len(where))]

    def _slope(self, variable: Term, body: Term, where: Value, k: int | None) -> Value:
        self.level += 1
        try:
            if k is None:
                value: Value = Jet(self.level, where, ONE)
            else:
                value = [Jet(self.level, v, ONE) if i == k else v for i, v in enumerate(where)]
            out = self.within({variable: value}, body)
        finally:
            self.level -= 1
        return out.slope if isinstance(out, Jet) and out.level == self.level + 1 else ZERO

    def logarithm(self, t: Term) -> Value:
        """A logarithm; that of a Gaussian density, or of a quotient of them, without the exponential."""
        t = self.unfolded(t.args[0])
        if t in self.instead:
            return numbers.log(self.instead[t])
        if t.op == "normal":
            return self(_log_normal(t))
        if t.op == "div" and {a.op for a in t.args} <= {"normal", "app"}:
            return plus(self(log(t.args[0])), scale(MINUS, self(log(t.args[1]))))
        return numbers.log(self(t))

    def logdet(self, t: Term) -> Value:
        """The logarithm of the determinant of a definite matrix."""
        out = ZERO
        for p in eliminate(self(t.args[0]))[1]:
            out = plus(out, numbers.log(p))
        return out

    def trace(self, t: Term) -> Value:
        """The trace."""
        a = self(t.args[0])
        return dot([a[k][k] for k in range(len(a))], [ONE] * len(a))

    def addends(self, t: Term) -> list[Value]:
        """The values of the terms of a sum."""
        return [self(a) for a in t.args] if t.op == "add" else [self(t)]


def _fold(combine: Callable[[Value, Value], Value]) -> Callable[[Reference, Term], Value]:
    def rule(ev: Reference, t: Term) -> Value:
        out = ev(t.args[0])
        for a in t.args[1:]:
            out = combine(out, ev(a))
        return out

    return rule


def _of(function: Callable[[Value], Value]) -> Callable[[Reference, Term], Value]:
    return lambda ev, t: function(ev(t.args[0]))


def _power(a: Value, e: Value) -> Value:
    # By products, because a ball around 0 has a square, but no logarithm.
    if isinstance(e, fmpq) and e.q == 1 and 0 <= e <= 8:
        out = ONE
        for _ in range(int(e.p)):
            out = numbers.mul(out, a)
        return out
    return numbers.power(a, e)


def _norm2(v: list[Value]) -> Value:
    return dot(v, v)


_RULES: dict[str, Callable[[Reference, Term], Value]] = {
    "num": lambda ev, t: numbers.rational(t.args[0]), "sym": Reference.symbol, "app": Reference.application,
    "add": _fold(plus), "mul": _fold(times), "neg": _of(lambda v: scale(MINUS, v)),
    "div": lambda ev, t: scale(numbers.inverse(ev(t.args[1])), ev(t.args[0])),
    "pow": lambda ev, t: _power(ev(t.args[0]), ev(t.args[1])),
    "sqrt": _of(lambda v: numbers.root(v, 2)), "exp": _of(numbers.exp), "log": Reference.logarithm,
    "inner": lambda ev, t: dot(ev(t.args[0]), ev(t.args[1])), "norm2": _of(_norm2),
    "T": _of(lambda a: [list(column) for column in zip(*a, strict=True)]), "inv": _of(lambda a: eliminate(a)[0]),
    "eye": lambda ev, t: identity(ev.integer(t.args[0])), "zero": lambda ev, t: [ZERO] * ev.integer(t.args[0]),
    "tr": Reference.trace, "logdet": Reference.logdet, "comps": Reference.entries, "diag": Reference.entries,
    "sum": Reference.total, "prod": Reference.total, "diff": Reference.gradient, "grad": Reference.gradient,
    "normal": lambda ev, t: numbers.exp(ev(_log_normal(t))),
    "int": integral, "E": expectation, "KL": divergence,
}  # fmt: skip
