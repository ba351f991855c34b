"""The laws of a model: points with weights over which an integral is a sum, and functions that are drawn.

On a finite model Lebesgue measure counts the points. On R^d it is a grid that follows the Gaussian factor of the
integrand; for functions that decay like a Gaussian such a sum errs by less than `ERROR`, and its value is a ball that wide.
A law that nothing is said of has three atoms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as tuples
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence import spaces
from derivations.evidence.arithmetic import ONE, Jet, Value
from derivations.evidence.balls import NoOpinion
from derivations.evidence.models import FINITE, Model
from derivations.kernel.decay import factors
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import expand_function
from derivations.kernel.terms import INT, LEBESGUE, MEASURE, Term, is_scalar, show

if TYPE_CHECKING:
    from derivations.evidence.evaluation import Evaluator

Points = list[tuple[Any, Value]]
GRIDS = {1: (0.5, 17), 2: (0.6, 11), 3: (0.9, 6), 4: (1.2, 4)}  # spacing in standard deviations, steps to each side
WIDE = 1.0  # the standard deviation where no Gaussian factor tells it
ATOMS = 3
ERROR = 1e-4  # of a sum over a grid, relative to its size where that is above 1


class Law:
    """A measure; a subclass says what its points are, and whether they are a grid for something continuous."""

    def rough(self, ev: Evaluator) -> bool:
        """Whether a sum over the points only comes close to the integral."""
        return False

    def points(self, ev: Evaluator, x: Term, body: Term) -> Points:
        """Values for x and their weights; a grid is laid by the integrand."""
        raise NotImplementedError


class Lebesgue(Law):
    """Counting measure on a finite model, a grid on R^d."""

    def rough(self, ev: Evaluator) -> bool:
        """On R^d."""
        return ev.model.kind != FINITE

    def points(self, ev: Evaluator, x: Term, body: Term) -> Points:
        if ev.model.kind == FINITE:
            return [(p[0] if is_scalar(x) else p, ONE) for p in ev.model.points]
        return grid(ev, x, body)


@dataclass
class Atoms(Law):
    """Finitely many points with rational weights that add up to one, told by the name of the law."""

    key: tuple[Any, ...]

    def points(self, ev: Evaluator, x: Term, body: Term) -> Points:
        model = ev.model
        sizes = [1 + model.number("weight", *self.key, k) % 4 for k in range(ATOMS)]
        return [(self._place(ev, x, k), fmpq(s, sum(sizes))) for k, s in enumerate(sizes)]

    def _place(self, ev: Evaluator, x: Term, k: int) -> Any:
        model = ev.model
        if is_scalar(x):
            return model.rational("real", "place", *self.key, k) + fmpq(k)
        if model.kind == FINITE:
            return model.points[k % model.size]
        return tuple(model.rational("real", "place", *self.key, k, j) for j in range(ev.size(x.sort[1])))


@dataclass
class Weighted(Law):
    """A law with a density with respect to another, the free symbols of the density at their present values."""

    variable: Term
    weight: Term
    base: Law
    scope: dict[Term, Any]

    def rough(self, ev: Evaluator) -> bool:
        """As its base."""
        return self.base.rough(ev)

    def points(self, ev: Evaluator, x: Term, body: Term) -> Points:
        def weighed() -> Points:
            base = self.base.points(ev, self.variable, self.weight)
            return [(v, numbers.mul(w, ev.within(self.variable, v, self.weight))) for v, w in base]

        found: Points = ev.within_all(self.scope, weighed)
        return found


@dataclass(eq=False)
class Path:
    """One outcome of a law of several variables: the values of functions at it, by name and other arguments."""

    values: dict[tuple[Any, ...], Any]

    def at(self, name: str, arguments: list[Any]) -> Any:
        """The value of a function of the outcome; None where the law does not tell it."""
        return self.values.get((name, *(a for a in arguments if not isinstance(a, Path))))


@dataclass
class Sequence(Law):
    """The law of a path that is told part by part: the last variable, then each variable given those told before."""

    name: str

    def rough(self, ev: Evaluator) -> bool:
        """On R^d."""
        return ev.model.kind != FINITE

    def points(self, ev: Evaluator, x: Term, body: Term) -> Points:
        key = ("paths", self.name)
        if key not in ev.model.kept:
            ev.model.kept[key] = self._paths(ev)
        found: Points = ev.model.kept[key]
        return found

    def _paths(self, ev: Evaluator) -> Points:
        """Every outcome; each variable counts as nested in all others, and the grid is coarser for it."""
        outside, ev.nesting = ev.nesting, sum(1 for _ in parts(ev, self.name))
        try:
            return self._joined(ev)
        finally:
            ev.nesting = outside

    def _joined(self, ev: Evaluator) -> Points:
        paths: Points = [(Path({}), ONE)]
        for bindings, told in parts(ev, self.name):
            w, _, hidden, density = told.args
            longer: Points = []
            for path, weight in paths:
                def extended(path: Path = path, weight: Value = weight) -> Points:
                    index = [ev(a) for a in hidden.args[1:] if a != w]
                    y, _, p = density.args
                    more = ev.measure(LEBESGUE).points(ev, y, p)
                    return [
                        (Path({**path.values, (hidden.args[0], *index): v}), numbers.mul(weight, numbers.mul(m, ev.within(y, v, p))))
                        for v, m in more
                    ]  # fmt: skip

                longer += ev.within_all({**bindings, w: path}, extended)
            paths = longer
            if len(paths) > 3000:
                raise NoOpinion("a path with too many outcomes")
        return paths


def parts(ev: Evaluator, name: str) -> Iterator[tuple[dict[Term, Any], Term]]:
    """What is said of the parts of a law: for the values of an index, the largest first."""
    for whole in ev.model.sequences[name]:
        if whole.op != "all":
            yield {}, whole
            continue
        i, guard, told = whole.args
        for k in range(ev.model.step + 2, -2, -1):
            if ev.within_all({i: fmpq(k)}, lambda guard=guard: ev.truth(guard)):
                yield {i: fmpq(k)}, told


def summed(total: Any) -> Any:
    """A sum over a grid as a ball that holds the integral."""
    if isinstance(total, tuple):
        return tuple(map(summed, total))
    if isinstance(total, Jet):
        return Jet(total.level, summed(total.value), summed(total.slope))
    return numbers.add(total, arb(0, ERROR * (1 + abs(float(numbers.ball(total))))))


def law(ev: Evaluator, t: Term) -> Law:
    """The law that a measure names."""
    t = ev.model.laws.get(t, t)
    if t == LEBESGUE:
        return Lebesgue()
    if t.op == "weighted":
        x, weight, base = t.args
        return Weighted(x, weight, law(ev, base), {s: v for s, v in ev.scope.items() if s in t.free})
    if t.op not in ("app", "sym"):
        raise NoOpinion(f"a model does not integrate against {show(t)[:80]}")
    name = t.args[0]
    if name in ev.model.sequences:
        return Sequence(name)
    if t.op == "app":
        found = ev.application(t)
        if isinstance(found, Law):
            return found
    return Atoms((name,))


def draw(ev: Evaluator, t: Term, values: list[Any]) -> Any:
    """A value for an unspecified function, from its name and arguments.

    A number that depends on points is a density in the first of them; a vector is a table on a finite model, and linear
    in its arguments on R^d.
    """
    model, name = ev.model, t.args[0]
    if t.sort == MEASURE:
        return Atoms((name, *map(str, values)))
    values = [v for v in values if not isinstance(v, Path)]  # what the law of a path does not tell is the same for all
    continuous = [k for k, v in enumerate(values) if t.args[1:][k].sort != INT]
    fixed = [str(v) for k, v in enumerate(values) if k not in continuous]
    if is_scalar(t):
        if not continuous:
            return model.rational(model.words.get(name, "unit"), name, *fixed)
        return _density(ev, name, [values[k] for k in continuous], fixed)
    if t.sort[0] != "vec":
        return ev.drawn_matrix(t.sort, name, *fixed)
    size = ev.size(t.sort[1])
    places = [values[k] for k in continuous]
    if model.kind == FINITE:
        return tuple(model.rational("real", name, *fixed, *map(str, places), k) for k in range(size))
    return _linear(ev, name, places, fixed, size)


def _density(ev: Evaluator, name: str, places: list[Any], fixed: list[str]) -> Value:
    """A probability density in the first place, given the others."""
    model, first, others = ev.model, places[0], places[1:]
    name = "" if model.plain else name
    if model.kind == FINITE:
        among = [p if isinstance(first, tuple) else p[0] for p in model.points]
        sizes = {p: 1 + model.number(name, *fixed, str(others), str(p)) % 5 for p in among}
        own = 1 + model.number(name, *fixed, str(others), str(first)) % 5
        return fmpq(own, sum(sizes.values()))
    here = first if isinstance(first, tuple) else (first,)
    mean = _linear(ev, name, others, fixed, len(here))
    spread = variance(model, name, fixed)
    gap = spaces.plus(here, spaces.minus(mean))
    scale = numbers.power(numbers.mul(numbers.mul(fmpq(2), spread), arb.pi()), fmpq(len(here)))
    height = numbers.inverse(numbers.root(scale, 2))
    return numbers.mul(height, numbers.exp(numbers.mul(numbers.inverse(fmpq(-2) * spread), spaces.dot(gap, gap))))


def _linear(ev: Evaluator, name: str, places: list[Any], fixed: list[str], size: int) -> tuple[Value, ...]:
    """A vector that is linear in the places, plus a constant."""
    constant, slopes = coefficients(ev.model, name, len(places), fixed, size)
    out: Any = constant
    for slope, place in zip(slopes, places, strict=True):
        same = place if isinstance(place, tuple) and len(place) == size else _spread(place, size)
        out = spaces.plus(out, spaces.scaled(slope, same))
    found: tuple[Value, ...] = out
    return found


def variance(model: Model, name: str, fixed: list[str]) -> fmpq:
    """The variance of a density that is drawn."""
    return fmpq(2 + model.number(name, "variance", *fixed) % 3, 3)


def coefficients(
    model: Model, name: str, many: int, fixed: list[str], size: int
) -> tuple[tuple[fmpq, ...], tuple[fmpq, ...]]:
    """The constant of a linear function that is drawn, and its slope in each of its places."""
    constant = tuple(model.rational("real", name, "constant", *fixed, k) / 2 for k in range(size))
    return constant, tuple(model.rational("real", name, "slope", *fixed, j) / 3 for j in range(many))


def _spread(place: Any, size: int) -> tuple[Value, ...]:
    """A number, or a vector of another dimension, as a vector: its first component everywhere."""
    return (place[0] if isinstance(place, tuple) else place,) * size


def grid(ev: Evaluator, x: Term, body: Term) -> Points:
    """A grid over R^d, laid along the Gaussian factors of the body, wide where there is none."""
    size = 1 if is_scalar(x) else ev.size(x.sort[1])
    spacing, steps = _fineness(size * (ev.nesting + 1) + size * _nested(body))
    centre, lower = _laid(ev, x, body, size)
    volume = spacing**size
    for k in range(size):
        volume *= lower[k][k]
    out: Points = []
    for z in tuples(range(-steps, steps + 1), repeat=size):
        place = [centre[r] + sum(lower[r][c] * spacing * z[c] for c in range(r + 1)) for r in range(size)]
        out.append((arb(place[0]) if is_scalar(x) else tuple(map(arb, place)), arb(volume)))
    return out


def _fineness(dimensions: int) -> tuple[float, int]:
    """The spacing and the steps to each side of a grid, for so many dimensions in all, nested integrals included."""
    if dimensions not in GRIDS:
        raise NoOpinion(f"integrals over {dimensions} dimensions at once are too many")
    return GRIDS[dimensions]


def _nested(body: Term) -> int:
    """How many integrals over Lebesgue measure are nested in the body, as it is written."""
    inner = max((_nested(a) for a in body.args if isinstance(a, Term)), default=0)
    return inner + (body.op in ("E", "KL") or (body.op == "int" and body.args[1] == LEBESGUE))


def _laid(ev: Evaluator, x: Term, body: Term, size: int) -> tuple[list[float], list[list[float]]]:
    """The mean of the product of the Gaussian factors in x, and a root of its covariance."""
    precision: Any = None
    for factor in _factors(ev, body):
        found = _gaussian(ev, x, factor, size)
        if found is not None:
            precision, pull = found if precision is None else (spaces.plus(precision, found[0]), spaces.plus(pull, found[1]))
    if precision is None or numbers.ball(spaces.eliminated(precision)[1]).contains(0):
        return [0.0] * size, [[WIDE * (r == c) for c in range(size)] for r in range(size)]
    covariance = spaces.eliminated(precision)[0]
    return [float(numbers.ball(v)) for v in spaces.product(covariance, pull)], spaces.root(covariance)


def _factors(ev: Evaluator, body: Term) -> list[Term]:
    """The factors of a product, with what the author and definitions put in the place of a function."""
    if not is_scalar(body):
        return _factors(ev, body.args[0]) if body.op == "mul" and is_scalar(body.args[0]) else []
    out: list[Term] = []
    for factor in factors(body):
        meaning = {**DEFINED, **ev.model.chosen}.get(factor.args[0]) if factor.op == "app" else None
        if meaning is None:
            out.append(factor)
        else:
            out += _factors(ev, expand_function(factor, factor.args[0], *meaning))
    return out


def _gaussian(ev: Evaluator, x: Term, factor: Term, size: int) -> tuple[Any, Any] | None:
    """The precision of a Gaussian factor in x, and the precision times its mean; None for another factor."""
    if factor.op != "normal" or x not in factor.free or x in factor.args[2].free:
        return None
    at, mean, cov = factor.args

    def gap(*place: fmpq) -> tuple[Value, ...]:
        value = ev.within(x, place[0] if is_scalar(x) else place, at - mean)
        return value if isinstance(value, tuple) else (value,)

    def axis(k: int) -> list[fmpq]:
        return [fmpq(j == k) for j in range(size)]

    start = gap(*[fmpq(0)] * size)
    columns = [spaces.plus(gap(*axis(k)), spaces.minus(start)) for k in range(size)]
    spread = ev(cov)
    inverse = spaces.eliminated(spread if isinstance(spread, tuple) else ((spread,),))[0]
    weighed = spaces.product(tuple(columns), inverse)
    return spaces.product(weighed, spaces.transposed(tuple(columns))), spaces.minus(spaces.product(weighed, start))
