"""The laws of a model: points with weights over which an integral is a sum, and functions that are drawn.

On a finite model Lebesgue measure counts the points. On R^d it is a grid that follows the Gaussian factor of the
integrand; for functions that decay like a Gaussian such a sum errs by less than `GRIDS` says, and its value
is a ball that wide.
A law that nothing is said of has three atoms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
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
# dimensions in all -> spacing in standard deviations, steps to each side, and what a sum may err by, relative above 1
GRIDS = {1: (0.5, 17, 1e-6), 2: (0.6, 11, 1e-5), 3: (0.9, 6, 1e-4), 4: (1.4, 3, 2e-3)}
WIDE = 0.25  # the spacing on the line where no Gaussian factor tells the scale
FLAT = 1e-9  # a determinant of precisions below which they tell nothing
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
    here = _tuple(first)
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


def grid(ev: Evaluator, x: Term, shape: Term, inside: int = 0) -> Points:
    """A grid over R^d, laid along the Gaussian factors of the shape, wide where there is none."""
    size = 1 if is_scalar(x) else ev.size(x.sort[1])
    spacing, steps, ev.error = _fineness(size * (ev.nesting + 1 + inside))
    laid = _laid(ev, x, shape, size)
    if laid is None:
        spacing, steps, ev.error = (WIDE, 40, 1e-6) if size == 1 and not ev.nesting else (spacing, steps, 1e-3)
    centre, lower = laid or ([0.0] * size, [[float(r == c) for c in range(size)] for r in range(size)])
    volume = spacing**size
    for k in range(size):
        volume *= lower[k][k]
    out: Points = []
    for z in tuples(range(-steps, steps + 1), repeat=size):
        place = [centre[r] + sum(lower[r][c] * spacing * z[c] for c in range(r + 1)) for r in range(size)]
        out.append((arb(place[0]) if is_scalar(x) else tuple(map(arb, place)), arb(volume)))
    return out


def _fineness(dimensions: int) -> tuple[float, int, float]:
    """The grid for so many dimensions in all, nested integrals included."""
    if dimensions not in GRIDS:
        raise NoOpinion(f"integrals over {dimensions} dimensions at once are too many")
    return GRIDS[dimensions]


def _laid(ev: Evaluator, x: Term, body: Term, size: int) -> tuple[list[float], list[list[float]]] | None:
    """The mean of the product of the Gaussian factors in x, and a root of its covariance; None where none tells it."""
    precision = pull = None
    for factor in _factors(ev, body):
        found = _gaussian(ev, x, factor, size)
        if found is not None:
            precision = found[0] if precision is None else spaces.plus(precision, found[0])
            pull = found[1] if pull is None else spaces.plus(pull, found[1])
    if precision is None or abs(numbers.near(spaces.eliminated(precision)[1])) < FLAT:
        return None
    covariance = spaces.eliminated(precision)[0]
    return [numbers.near(v) for v in spaces.product(covariance, pull)], spaces.root(covariance)


def _factors(ev: Evaluator, body: Term) -> list[Term]:
    """The factors of a product, with what the author and definitions put in the place of a function."""
    if not is_scalar(body):
        return _factors(ev, body.args[0]) if body.op == "mul" and is_scalar(body.args[0]) else []
    out: list[Term] = []
    for factor in factors(body):
        meaning = _meaning(ev, factor.args[0]) if factor.op == "app" else None
        if meaning is None:
            out.append(factor)
        else:
            out += _factors(ev, expand_function(factor, factor.args[0], *meaning))
    return out


def _meaning(ev: Evaluator, name: str) -> tuple[tuple[Term, ...], Term] | None:
    """The variables and the body of a function that is given by a formula; None for one that is drawn."""
    rules = ev.model.rules.get(name, [])
    if len(rules) == 1 and not rules[0].guards and set(rules[0].left.args[1:]) <= set(rules[0].variables):
        return rules[0].left.args[1:], rules[0].right
    return {**DEFINED, **ev.model.chosen}.get(name)


def _gaussian(ev: Evaluator, x: Term, factor: Term, size: int) -> tuple[Any, Any] | None:
    """The precision of a Gaussian factor in x, and the precision times its mean; None for another factor."""
    rules = ev.model.rules.get(factor.args[0], []) if factor.op == "app" else []
    drawn = factor.op == "app" and is_scalar(factor) and all(rule.right.op == "num" for rule in rules)
    if x not in factor.free or not (drawn or (factor.op == "normal" and x not in factor.args[2].free)):
        return None

    def gap(*place: fmpq) -> tuple[Value, ...]:
        """What the factor is a Gaussian of, around 0."""
        bound = {x: place[0] if is_scalar(x) else place}
        return ev.within_all(bound, partial(_gap_of_drawn if drawn else _gap_of_normal, ev, factor))

    start = gap(*[fmpq(0)] * size)
    ends = [gap(*[fmpq(j == k) for j in range(size)]) for k in range(size)]
    slopes = tuple(spaces.plus(end, spaces.minus(start)) for end in ends)
    spread = _variance_of_drawn(ev, factor, len(start)) if drawn else ev(factor.args[2])
    inverse = spaces.eliminated(spread if isinstance(spread, tuple) else ((spread,),))[0]
    weighed = spaces.product(slopes, inverse)
    return spaces.product(weighed, spaces.transposed(slopes)), spaces.minus(spaces.product(weighed, start))


def _gap_of_normal(ev: Evaluator, factor: Term) -> tuple[Value, ...]:
    return _tuple(ev(factor.args[0] - factor.args[1]))


def _gap_of_drawn(ev: Evaluator, factor: Term) -> tuple[Value, ...]:
    name, fixed, places = _drawn_as(ev, factor)
    first = _tuple(places[0])
    gap: tuple[Value, ...] = spaces.plus(first, spaces.minus(_linear(ev, name, places[1:], fixed, len(first))))
    return gap


def _variance_of_drawn(ev: Evaluator, factor: Term, size: int) -> Any:
    name, fixed, _ = _drawn_as(ev, factor, indices=True)
    return spaces.scaled(variance(ev.model, name, fixed), spaces.unit(size))


def _drawn_as(ev: Evaluator, factor: Term, indices: bool = False) -> tuple[str, list[str], list[Any]]:
    """The name under which a density is drawn, its indices, and (unless only these are asked for) its places."""
    arguments = factor.args[1:]
    fixed = [str(ev(a)) for a in arguments if a.sort == INT]
    places = [] if indices else [ev(a) for a in arguments if a.sort != INT]
    return "" if ev.model.plain else factor.args[0], fixed, places


def _tuple(value: Any) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)
