"""The value of a term in a model: a number, a vector or a matrix.

Integrals, expectations and divergences are sums over the points of a law. Derivatives are jets. A function has the
value that a hypothesis gives it, or that the author gives, or its definition, and otherwise one that is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence import balls, laws, spaces
from derivations.evidence.arithmetic import ONE, ZERO, Jet, Value
from derivations.evidence.balls import NoOpinion
from derivations.evidence.models import FINITE, Model, Rule, nested, smooth_definition
from derivations.kernel.definitions import PI
from derivations.kernel.logic import DEFINED
from derivations.kernel.terms import INT, LEBESGUE, MEASURE, REAL, Sort, Term, is_scalar, log, show

BITS = 128
MAX_STEPS = {1: 900_000, 2: 100_000, 3: 100_000}  # by dimension
MEMOIZED = {"app", "int", "E", "KL", "sum", "prod", "inv", "logdet", "grad", "normal"}


class Evaluator(balls.Evaluator):
    """Evaluation in a model; `scope` holds the values of bound variables."""

    def __init__(self, model: Model) -> None:
        super().__init__({})
        self.model = model
        self.depth = 0
        self.loose: set[Term] = set()  # the bound variables whose values cannot be told from others: jets, wide balls
        self.error = 0.0  # what a sum over the last grid may err by
        self.nesting = 0  # how many integrals over R^d are being summed around this place

    def __call__(self, t: Term) -> Any:
        """The value of a term. Raises NoOpinion, Undefined or TooWide."""
        rule = RULES.get(t.op)
        self.model.steps += 1
        if spent(self.model):
            raise NoOpinion("too many terms to add up")
        if rule is None:
            raise NoOpinion(f"a model does not evaluate {show(t)[:80]}")
        if t.op not in MEMOIZED or not self.loose.isdisjoint(t.free):
            return rule(self, t)
        key = (t, *(v for v in self.scope.items() if v[0] in t.free))
        known = self.model.kept.get(key)
        if known is None:
            known = self.model.kept[key] = rule(self, t)
        return known

    # ---- letters and functions

    def symbol(self, t: Term) -> Any:
        """A bound variable's value, the value that the model gives to a letter, or one that is drawn."""
        if t in self.scope:
            return self.scope[t]
        if t == PI:
            return arb.pi()
        name = t.args[0]
        if name in self.model.chosen:
            return self(self.model.chosen[name][1])
        key = ("letter", t)
        if key not in self.model.kept:
            self.model.kept[key] = self._letter(t)
        return self.model.kept[key]

    def _letter(self, t: Term) -> Any:
        for rule in self.model.rules.get(t.args[0], []):
            if not rule.variables:
                value = self(rule.right)
                value = spaces.eliminated(value)[0] if rule.left.op == "inv" else value
                if t.sort[-1] == "spd" and not spaces.definite(value):
                    raise NoOpinion(f"{show(t)} would not be positive definite")
                return value
        return self.drawn(t)

    def drawn(self, t: Term) -> Any:
        """A value for a letter, from its name."""
        model, name = self.model, t.args[0]
        if t.sort == INT:
            return fmpq(model.dimension if t in t.dims or name in model.dimensions else model.step)
        if t.sort == REAL:
            return model.rational(model.words.get(name, "real"), name)
        if t.sort[0] == "vec":
            if model.kind == FINITE:
                return model.points[model.number(name) % model.size]
            return tuple(model.rational("real", name, k) / 2 for k in range(self.size(t.sort[1])))
        if t.sort[0] == "mat":
            return self.drawn_matrix(t.sort, name)
        raise NoOpinion(f"{show(t)} has no value in a model")

    def drawn_matrix(self, sort: Sort, *key: object) -> Any:
        """A matrix of this sort, from a key; positive definite where the sort says so."""
        rows, columns = self.size(sort[1]), self.size(sort[2])
        if self.model.plain and sort[3] == "spd":
            return spaces.unit(rows)
        drawn = tuple(tuple(self.model.rational("real", *key, r, c) / 2 for c in range(columns)) for r in range(rows))
        if sort[3] != "spd":
            return drawn
        square = spaces.product(drawn, spaces.transposed(drawn))
        return spaces.plus(square, spaces.scaled(fmpq(2, 3), spaces.unit(rows)))

    def size(self, dimension: Term) -> int:
        """A dimension as a number."""
        value = self(dimension)
        if not isinstance(value, fmpq) or value.q != 1 or value < 1:
            raise NoOpinion(f"{show(dimension)} is no dimension here")
        return int(value.p)

    def application(self, t: Term) -> Any:
        """An unspecified or defined function at the values of its arguments."""
        name, values = t.args[0], [self(a) for a in t.args[1:]]
        told = [v.at(name, values) for v in values if isinstance(v, laws.Path)]
        if told and told[0] is not None:
            return told[0]
        for rule in self.model.rules.get(name, []):
            found = self._bindings(rule, values)
            if found is not None:
                return self.inside(found, rule.right)
        if name in self.model.chosen:
            params, body = self.model.chosen[name]
            return self.inside(dict(zip(params, values, strict=True)), body)
        if name in DEFINED and not (self.model.kind == FINITE and smooth_definition(name)):
            params, body = DEFINED[name]
            return self.inside(dict(zip(params, values, strict=True)), body)
        return laws.draw(self, t, values)

    def _bindings(self, rule: Rule, values: list[Any]) -> dict[Term, Any] | None:
        """The values of a rule's variables at which its left side is this application; None when there are none."""
        patterns = rule.left.args[1:]
        found = {p: v for p, v in zip(patterns, values, strict=True) if p in rule.variables}
        others = [(p, v) for p, v in zip(patterns, values, strict=True) if p not in rule.variables]

        def fits() -> bool:
            same = all(self(p) == v for p, v in others)
            return same and all(self.truth(g) for g in rule.guards)

        return found if self.within_all(found, fits) else None

    def truth(self, guard: Term) -> bool:
        """Whether a guard holds: a relation between numbers, or several. Raises NoOpinion for another formula."""
        if guard.op == "true":
            return True
        if guard.op == "and":
            return all(map(self.truth, guard.args))
        if guard.op not in ("lt", "le", "eq", "ne") or not is_scalar(guard.args[0]):
            raise NoOpinion(f"a model does not judge the guard {show(guard)[:80]}")
        s = numbers.sign(numbers.add(self(guard.args[1]), numbers.neg(self(guard.args[0]))))
        return {"lt": s > 0, "le": s >= 0, "eq": s == 0, "ne": s != 0}[guard.op]

    def eliminated(self, t: Term, value: Any) -> Any:
        """The inverse and the determinant of a matrix, kept where no bound variable changes it."""
        if self.scope.keys() & t.free:
            return spaces.eliminated(value)
        key = ("eliminated", t)
        if key not in self.model.kept:
            self.model.kept[key] = spaces.eliminated(value)
        return self.model.kept[key]

    # ---- scopes

    def inside(self, bindings: dict[Term, Any], body: Term) -> Any:
        """The body with these variables bound."""
        return self.within_all(bindings, lambda: self.measure(body) if body.sort == MEASURE else self(body))

    def within(self, variable: Term, value: Any, body: Term) -> Any:
        """The body with its bound variable at this value."""
        return self.within_all({variable: value}, lambda: self(body))

    def within_all(self, bindings: dict[Term, Any], question: Callable[[], Any]) -> Any:
        """The answer to a question with these variables bound."""
        self.depth += 1
        if self.depth > 200:
            raise NoOpinion("the hypotheses define a function by itself")
        outer, loose = {v: self.scope.get(v) for v in bindings}, self.loose
        self.scope.update(bindings)
        self.loose = loose - bindings.keys() | {v for v, value in bindings.items() if not _comes_again(value)}
        try:
            return question()
        finally:
            self.depth -= 1
            self.loose = loose
            for v, kept in outer.items():
                if kept is None:
                    del self.scope[v]
                else:
                    self.scope[v] = kept

    # ---- integrals and derivatives

    def measure(self, t: Term) -> laws.Law:
        """The points and weights of a measure, as far as they are known without an integrand."""
        return laws.law(self, t)

    def integral(self, x: Term, measure: Term, body: Term, density: Term | None = None) -> Any:
        """The sum of the body, times a density, over the points of a law.

        Where the weight is 0 the body need not have a value, as in 0 log 0.
        """
        law, total = self.measure(measure), None
        rough = law.rough(self)
        points = law.points(self, x, body if density is None else density, nested(body))
        error = self.error
        self.nesting += rough
        try:
            for value, weight in points:
                mass = weight if density is None else numbers.mul(weight, self.within(x, value, density))
                if isinstance(mass, fmpq) and mass == 0:
                    continue
                part = spaces.scaled(mass, self.within(x, value, body))
                total = part if total is None else spaces.plus(total, part)
        finally:
            self.nesting -= rough
        if total is None:
            raise NoOpinion("a law without mass")
        return laws.summed(total, error) if rough else total

    def derivative(self, t: Term) -> Any:
        """A derivative in a scalar, of a number, a vector or a matrix."""
        variable, body, at = t.args
        where = self(at)
        self.level += 1
        level = self.level
        try:
            value = self.within(variable, Jet(level, where, ONE), body)
        finally:
            self.level -= 1
        return _slope(value, level)

    def slopes(self, x: Term, body: Term, at: tuple[Value, ...]) -> list[Any]:
        """The derivative of the body in each component of x."""
        out = []
        for k in range(len(at)):
            self.level += 1
            level = self.level
            moved = tuple(Jet(level, v, ONE) if j == k else v for j, v in enumerate(at))
            try:
                value = self.within(x, moved, body)
            finally:
                self.level -= 1
            out.append(_slope(value, level))
        return out


def spent(model: Model) -> bool:
    """Whether as many terms were evaluated in the model as may be."""
    return model.steps > MAX_STEPS[model.dimension]


def _comes_again(value: Any) -> bool:
    """Whether a value can be told from others, so that what was found for it can be kept: no jet, no wide ball."""
    if isinstance(value, tuple):
        return all(map(_comes_again, value))
    return isinstance(value, (fmpq, laws.Path)) or (isinstance(value, arb) and value.is_exact())


def _slope(value: Any, level: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_slope(v, level) for v in value)
    return value.slope if isinstance(value, Jet) and value.level == level else ZERO


def _components(ev: Evaluator, t: Term) -> Any:
    i, body = t.args
    entries = [ev.within(i, fmpq(k), body) for k in range(1, ev.size(t.sort[1]) + 1)]
    if t.op == "comps":
        return tuple(entries)
    return tuple(tuple(e if j == k else ZERO for j in range(len(entries))) for k, e in enumerate(entries))


def _normal(ev: Evaluator, t: Term) -> Any:
    """The Gaussian density, of a number or of a vector."""
    x, mean, cov = (ev(a) for a in t.args)
    gap = spaces.plus(x, spaces.minus(mean))
    if is_scalar(t.args[0]):
        square, determinant, size = numbers.mul(numbers.mul(gap, gap), numbers.inverse(cov)), cov, 1
    else:
        inverse, determinant = ev.eliminated(t.args[2], cov)
        square, size = spaces.dot(gap, spaces.product(inverse, gap)), len(gap)
    scale = numbers.mul(determinant, numbers.power(numbers.mul(fmpq(2), arb.pi()), fmpq(size)))
    return numbers.mul(numbers.exp(numbers.mul(fmpq(-1, 2), square)), numbers.inverse(numbers.root(scale, 2)))


def _fold(combine: Callable[[Any, Any], Any]) -> Callable[[Evaluator, Term], Any]:
    def rule(ev: Evaluator, t: Term) -> Any:
        out = ev(t.args[0])
        for a in t.args[1:]:
            out = combine(out, ev(a))
        return out

    return rule


def _trace(a: Any) -> Value:
    out: Value = ZERO
    for k, row in enumerate(a):
        out = numbers.add(out, row[k])
    return out


def _total(parts: Iterable[tuple[Any, int]]) -> Value:
    out: Value = ZERO
    for slope, k in parts:
        out = numbers.add(out, slope[k])
    return out


RULES: dict[str, Callable[[Any, Term], Any]] = {
    **balls.RULES,
    "diff": Evaluator.derivative, "sym": Evaluator.symbol, "app": Evaluator.application, "normal": _normal,
    "add": _fold(spaces.plus), "mul": _fold(spaces.product), "neg": lambda ev, t: spaces.minus(ev(t.args[0])),
    "div": lambda ev, t: spaces.scaled(numbers.inverse(ev(t.args[1])), ev(t.args[0])),
    "inner": lambda ev, t: spaces.dot(ev(t.args[0]), ev(t.args[1])),
    "norm2": lambda ev, t: spaces.dot(*[ev(t.args[0])] * 2),
    "T": lambda ev, t: spaces.transposed(ev(t.args[0])), "inv": lambda ev, t: spaces.eliminated(ev(t.args[0]))[0],
    "tr": lambda ev, t: _trace(ev(t.args[0])),
    "logdet": lambda ev, t: numbers.log(spaces.eliminated(ev(t.args[0]))[1]),
    "eye": lambda ev, t: spaces.unit(ev.size(t.args[0])), "zero": lambda ev, t: (ZERO,) * ev.size(t.args[0]),
    "comps": _components, "diag": _components,
    "int": lambda ev, t: ev.integral(*t.args),
    "E": lambda ev, t: ev.integral(t.args[0], LEBESGUE, t.args[2], t.args[1]),
    "KL": lambda ev, t: ev.integral(t.args[0], LEBESGUE, log(t.args[1]) - log(t.args[2]), t.args[1]),
    "jac": lambda ev, t: spaces.transposed(tuple(ev.slopes(t.args[0], t.args[1], ev(t.args[2])))),
    "grad": lambda ev, t: tuple(ev.slopes(t.args[0], t.args[1], ev(t.args[2]))),
    "divg": lambda ev, t: _total((s, k) for k, s in enumerate(ev.slopes(t.args[0], t.args[1], ev(t.args[2])))),
}  # fmt: skip


def evaluate(t: Term, model: Model) -> Any:
    """The value of a term in a model. Raises NoOpinion, Undefined or TooWide."""
    with balls.precision(BITS):
        return Evaluator(model)(t)
