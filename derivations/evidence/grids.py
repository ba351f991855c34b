"""Grids for integrals over R^d: laid by the Gaussian factors of the integrand, in units of their deviations.

For functions that decay like a Gaussian a sum over such a grid errs by less than `GRIDS` says.
"""

from __future__ import annotations

from functools import partial
from itertools import product as tuples
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence import spaces
from derivations.evidence.arithmetic import Value
from derivations.evidence.balls import NoOpinion
from derivations.evidence.laws import Points, as_tuple, linear, variance
from derivations.kernel.decay import factors
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import expand_function
from derivations.kernel.terms import INT, Term, is_scalar

if TYPE_CHECKING:
    from derivations.evidence.evaluation import Evaluator

# dimensions in all -> spacing in standard deviations, steps to each side, and what a sum may err by, relative above 1
GRIDS = {1: (0.5, 17, 1e-6), 2: (0.6, 11, 1e-5), 3: (0.9, 6, 1e-4), 4: (1.4, 3, 2e-3)}
WIDE = 0.25  # the spacing on the line where no Gaussian factor tells the scale
FLAT = 1e-9  # a determinant of precisions below which they tell nothing


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
    return as_tuple(ev(factor.args[0] - factor.args[1]))


def _gap_of_drawn(ev: Evaluator, factor: Term) -> tuple[Value, ...]:
    name, fixed, places = _drawn_as(ev, factor)
    first = as_tuple(places[0])
    gap: tuple[Value, ...] = spaces.plus(first, spaces.minus(linear(ev, name, places[1:], fixed, len(first))))
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
