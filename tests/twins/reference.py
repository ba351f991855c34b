"""The value of a theorem at numbers: kernel terms with vectors, matrices and Gaussian integrals, in ball arithmetic.

Scalars are exact rationals, balls or jets of `derivations.evidence.arithmetic`; vectors and matrices are lists of
them. A symbol has the value that it is given, a function the rule that it is given or the definition that the corpus
gave it. Integrals are exact Gaussian facts, each of which checks that it applies:

- the logarithm of a Gaussian is a quadratic form, which finitely many of its values determine, and so is a log-ratio;
- the average of a polynomial of degree 5 or less under a Gaussian is a sum over three nodes per axis;
- against a measure on finitely many points an integral is a sum.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import ONE, ZERO, Jet
from derivations.kernel.definitions import PI, log_normal
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, is_scalar, log, show
from flint import arb, fmpq

Value = Any  # fmpq, arb or Jet; a list of them (a vector); a list of lists (a matrix)
HALF = fmpq(1, 2)


class NoReference(Exception):
    """The term has no value here; the message says why."""


@dataclass(frozen=True)
class Finite:
    """A measure on finitely many points, as pairs of a weight and a point."""

    atoms: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True)
class Normal:
    """The law N(mean, cov)."""

    mean: Value
    cov: Value


@lru_cache(maxsize=10_000)
def _log_normal(density: Term) -> Term:
    return log_normal(*density.args)


@lru_cache(maxsize=10_000)
def _filled(params: tuple[Term, ...], body: Term, arguments: tuple[Term, ...]) -> Term:
    return substitute(body, dict(zip(params, arguments, strict=True)))


def scale(k: Value, v: Value) -> Value:
    """A number times a number, a vector or a matrix."""
    return [scale(k, x) for x in v] if isinstance(v, list) else numbers.mul(k, v)


def plus(a: Value, b: Value) -> Value:
    """A sum of two numbers, vectors or matrices."""
    if isinstance(a, list):
        return [plus(x, y) for x, y in zip(a, b, strict=True)]
    return numbers.add(a, b)


def dot(u: list[Value], v: list[Value]) -> Value:
    """The inner product of two vectors."""
    out = ZERO
    for x, y in zip(u, v, strict=True):
        out = numbers.add(out, numbers.mul(x, y))
    return out


def times(a: Value, b: Value) -> Value:
    """A product: a number or a matrix, times a number, a vector or a matrix."""
    if not isinstance(a, list):
        return scale(a, b)
    if not isinstance(b, list):
        return scale(b, a)
    if not isinstance(b[0], list):
        return [dot(row, b) for row in a]
    return [[dot(row, column) for column in zip(*b, strict=True)] for row in a]


def identity(n: int) -> list[list[Value]]:
    """The identity matrix."""
    return [[ONE if i == j else ZERO for j in range(n)] for i in range(n)]


def eliminate(a: list[list[Value]]) -> tuple[list[list[Value]], list[Value]]:
    """(inverse, pivots) of a square matrix whose leading minors are not zero, as those of a definite one."""
    n = len(a)
    rows, pivots = [[*row, *unit] for row, unit in zip(a, identity(n), strict=True)], []
    for k in range(n):
        pivots.append(rows[k][k])
        rows[k] = scale(numbers.inverse(rows[k][k]), rows[k])
        for i in range(n):
            if i != k:
                rows[i] = plus(rows[i], scale(numbers.neg(rows[i][k]), rows[k]))
    return [row[n:] for row in rows], pivots


def cholesky(a: list[list[Value]]) -> list[list[Value]]:
    """The lower triangular factor of a symmetric positive definite matrix."""
    n = len(a)
    low = [[ZERO] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = numbers.add(a[i][j], numbers.neg(dot(low[i][:j], low[j][:j])))
            low[i][j] = numbers.root(rest, 2) if i == j else numbers.mul(rest, numbers.inverse(low[j][j]))
    return low


def agree(a: Value, b: Value) -> bool:
    """Whether two values overlap, as balls much narrower than they are large."""
    if isinstance(a, list):
        return len(a) == len(b) and all(agree(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Jet) or isinstance(b, Jet):
        level = max(v.level for v in (a, b) if isinstance(v, Jet))
        pairs = [(v.value, v.slope) if isinstance(v, Jet) and v.level == level else (v, ZERO) for v in (a, b)]
        return all(agree(x, y) for x, y in zip(*pairs, strict=True))
    gap = numbers.ball(numbers.add(a, numbers.neg(b)))
    size = arb(1) + abs(numbers.ball(a)) + abs(numbers.ball(b))
    return bool(gap.contains(0)) and bool(gap.rad() < size * arb(2) ** -100)


def quadratic(f: Callable[[list[Value]], Value], n: int) -> tuple[Value, list[Value], list[list[Value]]]:
    """(c, b, A) with f(x) = c + <b, x> + <x, A x> / 2 on R^n. Raises NoReference when f is not quadratic."""

    def at(*unit: int) -> list[Value]:
        x = [ZERO] * n
        for k in unit:
            x[abs(k) - 1] = numbers.add(x[abs(k) - 1], ONE if k > 0 else fmpq(-1))
        return x

    c = f(at())
    if isinstance(c, list):
        raise NoReference("a vector is not a quadratic form")
    up, down = [f(at(k + 1)) for k in range(n)], [f(at(-k - 1)) for k in range(n)]
    b = [scale(HALF, plus(u, numbers.neg(v))) for u, v in zip(up, down, strict=True)]
    A = [[ZERO] * n for _ in range(n)]
    for i in range(n):
        A[i][i] = plus(plus(up[i], down[i]), scale(fmpq(-2), c))
        for j in range(i):
            both = plus(plus(f(at(i + 1, j + 1)), c), numbers.neg(plus(up[i], up[j])))
            A[i][j] = A[j][i] = both
    x = [fmpq(3 * k + 5, 2 * k + 3) for k in range(n)]
    if not agree(f(x), plus(plus(c, dot(b, x)), scale(HALF, dot(x, times(A, x))))):
        raise NoReference("the logarithm of this function is not a quadratic form")
    return c, b, A


def bell(
    f: Callable[[list[Value]], Value], n: int
) -> tuple[Value, list[Value], list[list[Value]]]:
    """(log mass, mean, cov) of the function whose logarithm is the quadratic f."""
    c, b, A = quadratic(f, n)
    cov, pivots = eliminate(scale(fmpq(-1), A))
    mean = times(cov, b)
    log_mass = plus(c, scale(HALF, dot(b, mean)))
    for p in pivots:
        log_mass = plus(log_mass, scale(HALF, numbers.log(numbers.mul(scale(fmpq(2), arb.pi()), numbers.inverse(p)))))
    return log_mass, mean, cov


def _nodes(order: int) -> list[tuple[Value, Value]]:
    """Gauss-Hermite nodes (weight, z) for the standard normal law: exact to degree 2 order - 1."""
    if order == 3:
        root = arb(3).sqrt()
        return [(fmpq(1, 6), -root), (fmpq(2, 3), ZERO), (fmpq(1, 6), root)]
    six = arb(6).sqrt()
    pairs = [((3 + six) / 12, (3 - six).sqrt()), ((3 - six) / 12, (3 + six).sqrt())]
    return [(w, s) for w, z in pairs for s in (-z, z)]


def polynomial_average(f: Callable[[list[Value]], Value], mean: list[Value], cov: list[list[Value]]) -> Value:
    """The average under N(mean, cov) of a polynomial of degree 5 or less. Raises NoReference for anything else."""
    low = cholesky(cov)

    def by(order: int) -> Value:
        out: Value = None
        for grid in itertools.product(_nodes(order), repeat=len(mean)):
            weight = ONE
            for w, _ in grid:
                weight = numbers.mul(weight, w)
            term = scale(weight, f(plus(mean, times(low, [z for _, z in grid]))))
            out = term if out is None else plus(out, term)
        return out

    value = by(3)
    if not agree(value, by(4)):
        raise NoReference("what is averaged is not a polynomial of degree 5 or less")
    return value


def quadratic_average(f: Callable[[list[Value]], Value], mean: list[Value], cov: list[list[Value]]) -> Value:
    """The average of c + <b, x> + <x, A x> / 2: its value at the mean, plus half the trace of A cov."""
    c, b, A = quadratic(f, len(mean))
    spread = [dot(A[k], [row[k] for row in cov]) for k in range(len(mean))]
    return plus(plus(c, dot(b, mean)), scale(HALF, plus(dot(mean, times(A, mean)), dot(spread, [ONE] * len(mean)))))


def exponential_average(f: Callable[[list[Value]], Value], mean: list[Value], cov: list[list[Value]]) -> Value:
    """The average of the exponential of a quadratic form: the mass of one more Gaussian."""
    log_density = log_bell(mean, cov)
    return numbers.exp(bell(lambda v: plus(numbers.log(f(v)), log_density(v)), len(mean))[0])


def log_bell(mean: list[Value], cov: list[list[Value]]) -> Callable[[list[Value]], Value]:
    """The logarithm of the density of N(mean, cov)."""
    precision, pivots = eliminate(cov)
    log_det = ZERO
    for p in pivots:
        log_det = plus(log_det, numbers.log(numbers.mul(scale(fmpq(2), arb.pi()), p)))

    def log_density(v: list[Value]) -> Value:
        gap = plus(v, scale(fmpq(-1), mean))
        return scale(-HALF, plus(dot(gap, times(precision, gap)), log_det))

    return log_density


def coordinates(law: Normal) -> tuple[list[Value], list[list[Value]]]:
    """(mean, covariance) of a Gaussian law as a vector and a matrix, on the line too."""
    return (law.mean, law.cov) if isinstance(law.mean, list) else ([law.mean], [[law.cov]])


def _is_law_of(x: Term, density: Term) -> bool:
    """Whether the density is a Gaussian in x, with a mean and a covariance that do not depend on x."""
    return density.op == "normal" and density.args[0] == x and x not in (density.args[1].free | density.args[2].free)


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

    def within(self, bound: Mapping[Term, Value], body: Term, alone: bool = False) -> Value:
        """The body with variables bound; `alone` hides every variable that is bound outside."""
        outer = self.scope
        self.scope = {**(self.root if alone else outer), **bound}
        try:
            return self(body)
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

    def along(self, x: Term, body: Term) -> tuple[Callable[[list[Value]], Value], int]:
        """(body as a function of the coordinates of x, how many those are)."""
        if is_scalar(x):
            return (lambda v: self.within({x: v[0]}, body)), 1
        return (lambda v: self.within({x: v}, body)), self.integer(x.sort[1])

    def integral(self, t: Term) -> Value:
        """An integral: a sum over points, or the mass of a Gaussian."""
        x, measure, body = t.args
        if measure.op == "lebesgue" and x in self.ranges:
            return self._sum(x, [(ONE, v) for v in self.ranges[x]], body)
        if measure.op == "lebesgue":
            f, n = self.along(x, body)
            return numbers.exp(bell(lambda v: numbers.log(f(v)), n)[0])
        law = self.measure(measure)
        return self._sum(x, law.atoms, body) if isinstance(law, Finite) else self.average(x, law, body)

    def measure(self, t: Term) -> Finite | Normal:
        """A measure: one that is given, a function with a measure as its value, or one with a weight."""
        if t in self.measures:
            return self.measures[t]
        if t.op == "weighted":
            x, weight, base = t.args
            law = self.measure(base)
            if isinstance(law, Finite):
                return Finite(tuple((times(w, self.within({x: v}, weight)), v) for w, v in law.atoms))
            mean, cov = coordinates(law)
            f, density = self.along(x, weight)[0], log_bell(mean, cov)
            log_mass, mean, cov = bell(lambda v: plus(numbers.log(f(v)), density(v)), len(mean))
            if agree(log_mass, ZERO):
                return Normal(mean, cov)
        if t.op == "app" and t.args[0] in self.functions:
            params, body = self.functions[t.args[0]]
            bound = dict(zip(params, [self(a) for a in t.args[1:]], strict=True))
            outer, self.scope = self.scope, {**self.root, **bound}
            try:
                return self.measure(body)
            finally:
                self.scope = outer
        raise NoReference(f"no measure is given for {show(t)}")

    def _sum(self, x: Term, atoms: Iterable[tuple[Value, Value]], body: Term) -> Value:
        out: Value = None
        for w, v in atoms:
            term = scale(w, self.within({x: v}, body))
            out = term if out is None else plus(out, term)
        return out

    def average(self, x: Term, law: Normal, body: Term) -> Value:
        """The average of a polynomial, or of the exponential of a quadratic form, under a Gaussian law."""
        f, _ = self.along(x, body)
        mean, cov = coordinates(law)
        ways = [quadratic_average, polynomial_average, exponential_average]
        for way in reversed(ways) if body.op in ("normal", "exp") else ways:
            try:
                return way(f, mean, cov)
            except (NoReference, numbers.Undefined):
                continue
        raise NoReference(f"the average of {show(body)[:200]} is not one that is known exactly")

    def gaussian(self, x: Term, density: Term) -> Normal:
        """The law of x that has this density: its mean and covariance. Raises NoReference when it is not Gaussian."""
        density = self.unfolded(density)
        if _is_law_of(x, density):
            return Normal(self(density.args[1]), self(density.args[2]))
        f, n = self.along(x, density)
        log_mass, mean, cov = bell(lambda v: numbers.log(f(v)), n)
        if not agree(log_mass, ZERO):
            raise NoReference(f"{show(density)[:100]} has not the mass 1")
        return Normal(mean[0], cov[0][0]) if is_scalar(x) else Normal(mean, cov)

    def log_density(self, x: Term, density: Term) -> Callable[[list[Value]], Value]:
        """The logarithm of a density as a function of the coordinates of x; mean and covariance are computed once."""
        density = self.unfolded(density)
        if not _is_law_of(x, density):
            f, _ = self.along(x, density)
            return lambda v: numbers.log(f(v))
        return log_bell(*coordinates(Normal(self(density.args[1]), self(density.args[2]))))

    def expectation(self, t: Term) -> Value:
        """An expectation under a density."""
        x, density, body = t.args
        if x in self.ranges:
            return self._sum(x, [(self.within({x: v}, density), v) for v in self.ranges[x]], body)
        return self.average(x, self.gaussian(x, density), body)

    def divergence(self, t: Term) -> Value:
        """A Kullback-Leibler divergence, as the expectation of the log-ratio."""
        x, p, q = t.args
        if x in self.ranges:
            return self._finite_divergence(x, p, q)
        mean, cov = coordinates(self.gaussian(x, p))
        above, below = self.log_density(x, p), self.log_density(x, q)
        return quadratic_average(lambda v: plus(above(v), numbers.neg(below(v))), mean, cov)

    def _finite_divergence(self, x: Term, p: Term, q: Term) -> Value:
        out = ZERO
        for v in self.ranges[x]:
            a, b = self.within({x: v}, p), self.within({x: v}, q)
            if numbers.sign(a):
                out = plus(out, numbers.mul(a, numbers.log(numbers.mul(a, numbers.inverse(b)))))
        return out

    def logarithm(self, t: Term) -> Value:
        """A logarithm; that of a Gaussian density, or of a quotient of them, without the exponential."""
        t = self.unfolded(t.args[0])
        if t in self.instead:
            return numbers.log(self.instead[t])
        if t.op == "normal":
            return self(_log_normal(t))
        if t.op == "div" and {a.op for a in t.args} <= {"normal", "app"}:
            return plus(self(log(t.args[0])), scale(fmpq(-1), self(log(t.args[1]))))
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
    "add": _fold(plus), "mul": _fold(times), "neg": _of(lambda v: scale(fmpq(-1), v)),
    "div": lambda ev, t: scale(numbers.inverse(ev(t.args[1])), ev(t.args[0])),
    "pow": lambda ev, t: _power(ev(t.args[0]), ev(t.args[1])),
    "sqrt": _of(lambda v: numbers.root(v, 2)), "exp": _of(numbers.exp), "log": Reference.logarithm,
    "inner": lambda ev, t: dot(ev(t.args[0]), ev(t.args[1])), "norm2": _of(_norm2),
    "T": _of(lambda a: [list(column) for column in zip(*a, strict=True)]), "inv": _of(lambda a: eliminate(a)[0]),
    "eye": lambda ev, t: identity(ev.integer(t.args[0])), "zero": lambda ev, t: [ZERO] * ev.integer(t.args[0]),
    "tr": Reference.trace, "logdet": Reference.logdet, "comps": Reference.entries, "diag": Reference.entries,
    "sum": Reference.total, "prod": Reference.total, "diff": Reference.gradient, "grad": Reference.gradient,
    "normal": lambda ev, t: numbers.exp(ev(_log_normal(t))),
    "int": Reference.integral, "E": Reference.expectation, "KL": Reference.divergence,
}  # fmt: skip
