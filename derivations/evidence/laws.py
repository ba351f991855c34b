"""The laws of a model: points with weights over which an integral is a sum, and functions that are drawn.

On a finite model Lebesgue measure counts the points. On R^d it is a grid that follows the Gaussian factor of the
integrand; the value of such a sum is a ball as wide as the sum may err.
A law that nothing is said of has three atoms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence import spaces
from derivations.evidence.arithmetic import ONE, Jet, Value
from derivations.evidence.balls import NoOpinion
from derivations.evidence.models import FINITE, Model
from derivations.kernel.terms import INT, LEBESGUE, MEASURE, Term, is_scalar, show

if TYPE_CHECKING:
    from derivations.evidence.evaluation import Evaluator

Points = list[tuple[Any, Value]]
ATOMS = 3
LEGENDRE = 12  # points in an interval
MAX_PATHS = 3000


class Law:
    """A measure; a subclass says what its points are, and whether they are a grid for something continuous."""

    def rough(self, ev: Evaluator) -> bool:
        """Whether a sum over the points only comes close to the integral."""
        return False

    def points(self, ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
        """Values for x and their weights; a grid is laid by the shape, a factor of the integrand.

        `inside` says how many integrals are nested in what is to be summed.
        """
        raise NotImplementedError


class Lebesgue(Law):
    """Counting measure on a finite model, a grid on R^d."""

    def rough(self, ev: Evaluator) -> bool:
        """On R^d."""
        return ev.model.kind != FINITE

    def points(self, ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
        if ev.model.kind == FINITE:
            return [(p[0] if is_scalar(x) else p, ONE) for p in ev.model.points]
        from derivations.evidence.grids import grid  # which asks what laws are

        return grid(ev, x, shape, inside)


@dataclass
class Interval(Law):
    """Lebesgue measure between two numbers: the points of Gauss and Legendre, exact for polynomials of degree 23."""

    low: Value
    high: Value

    def rough(self, ev: Evaluator) -> bool:
        """Close to the integral, not equal to it."""
        ev.error = 1e-6
        return True

    def points(self, ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
        half = numbers.mul(fmpq(1, 2), numbers.add(self.high, numbers.neg(self.low)))
        middle = numbers.mul(fmpq(1, 2), numbers.add(self.high, self.low))
        out: Points = []
        if numbers.near(half) < 0:
            return out  # turned around it has no points, and no opinion comes of it
        for k in range(LEGENDRE):
            node, weight = arb.legendre_p_root(LEGENDRE, k, True)
            out.append((numbers.add(middle, numbers.mul(half, node)), numbers.mul(half, weight)))
        return out


@dataclass
class Atoms(Law):
    """Finitely many points with rational weights that add up to one, told by the name of the law."""

    key: tuple[Any, ...]

    def points(self, ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
        return [(self._place(ev, x, k), weight) for k, weight in enumerate(self.weights(ev.model))]

    def weights(self, model: Model) -> list[fmpq]:
        """The weights of the atoms."""
        sizes = [1 + model.number("weight", *self.key, k) % 4 for k in range(ATOMS)]
        return [fmpq(s, sum(sizes)) for s in sizes]

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

    def points(self, ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
        def weighed() -> Points:
            base = self.base.points(ev, self.variable, self.weight, inside)
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

    def points(self, ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
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
            w = told.args[0]
            longer = [
                ev.within_all({**bindings, w: path}, partial(_extended, ev, told, path, weight))
                for path, weight in paths
            ]
            paths = [extended for some in longer for extended in some]
            if len(paths) > MAX_PATHS:
                raise NoOpinion("a path with too many outcomes")
        return paths


def _extended(ev: Evaluator, told: Term, path: Path, weight: Value) -> Points:
    """A path with each value of one more variable."""
    w, _, hidden, (y, _, density) = *told.args[:3], told.args[3].args
    name = (hidden.args[0], *(ev(a) for a in hidden.args[1:] if a != w))
    out: Points = []
    for value, mass in ev.measure(LEBESGUE).points(ev, y, density):
        whole = numbers.mul(weight, numbers.mul(mass, ev.within(y, value, density)))
        out.append((Path({**path.values, name: value}), whole))
    return out


def parts(ev: Evaluator, name: str) -> Iterator[tuple[dict[Term, Any], Term]]:
    """What is said of the parts of a law: for the values of an index, the largest first."""
    for whole in ev.model.sequences[name]:
        if whole.op != "all":
            yield {}, whole
            continue
        i, guard, told = whole.args
        for k in range(ev.model.step + 2, -2, -1):
            if ev.within_all({i: fmpq(k)}, partial(ev.truth, guard)):
                yield {i: fmpq(k)}, told


def summed(total: Any, error: float) -> Any:
    """A sum over a grid as a ball that holds the integral."""
    if isinstance(total, tuple):
        return tuple(summed(part, error) for part in total)
    if isinstance(total, Jet):
        return Jet(total.level, summed(total.value, error), summed(total.slope, error))
    return numbers.add(total, arb(0, error * (1 + abs(float(numbers.ball(total))))))


def law(ev: Evaluator, t: Term) -> Law:
    """The law that a measure names."""
    t = ev.model.laws.get(t, t)
    if t == LEBESGUE:
        return Lebesgue()
    if t.op == "interval":
        if any(isinstance(end, str) for end in t.args):
            raise NoOpinion(f"a model does not integrate over {show(t)[:80]}")
        return Interval(*(ev(end) for end in t.args))
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
    return linear(ev, name, places, fixed, size)


def _density(ev: Evaluator, name: str, places: list[Any], fixed: list[str]) -> Value:
    """A probability density in the first place, given the others."""
    model, first, others = ev.model, places[0], places[1:]
    name = "" if model.plain else name
    if model.kind == FINITE:
        among = [p if isinstance(first, tuple) else p[0] for p in model.points]
        sizes = {p: 1 + model.number(name, *fixed, str(others), str(p)) % 5 for p in among}
        own = 1 + model.number(name, *fixed, str(others), str(first)) % 5
        return fmpq(own, sum(sizes.values()))
    here = as_tuple(first)
    mean = linear(ev, name, others, fixed, len(here))
    spread = variance(model, name, fixed)
    gap = spaces.plus(here, spaces.minus(mean))
    scale = numbers.power(numbers.mul(numbers.mul(fmpq(2), spread), arb.pi()), fmpq(len(here)))
    height = numbers.inverse(numbers.root(scale, 2))
    return numbers.mul(height, numbers.exp(numbers.mul(numbers.inverse(fmpq(-2) * spread), spaces.dot(gap, gap))))


def linear(ev: Evaluator, name: str, places: list[Any], fixed: list[str], size: int) -> tuple[Value, ...]:
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


def as_tuple(value: Any) -> tuple[Value, ...]:
    """A number as a vector of one component."""
    return value if isinstance(value, tuple) else (value,)
