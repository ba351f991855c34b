"""Whether a formula holds in a model, in words: holds, fails (with numbers), or open (with the reason).

On exact rationals an equation holds or fails exactly. Logarithms and roots are balls, of a width of 1e-30 or less where
no integral over R^d was a sum over a grid. Two balls that do not meet are different; two that meet count as equal when
both are narrow, and leave the question open when one is wide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

from flint import arb, fmpq

from derivations.evidence import arithmetic as numbers
from derivations.evidence import balls, laws, spaces
from derivations.evidence.arithmetic import Jet, Number, TooWide, Undefined, Value
from derivations.evidence.balls import NoOpinion
from derivations.evidence.evaluation import BITS, Evaluator
from derivations.evidence.models import FINITE, Model
from derivations.kernel.terms import INT, LEBESGUE, MEASURE, TRUE, Term, is_scalar, show

HOLDS, FAILS, OPEN = "holds", "fails", "open"
NARROW = 1e-2  # relative: the width of a ball around 0 that counts as 0
ROUGH = 1e-3  # relative: what a sum over the grid of a path may err by
SETTLED = 1e-1  # relative: the change of a sum over a grid, as the grid widens, that counts as none
SMALL = 1e-4  # a flux that counts as none
SAMPLES = 3  # points of R^d at which a statement for all points is tried
NEARER = (60, 400)  # places on the way to infinity; the squares of their inverses on the way to a number
FAR = 40  # how far out a field must have vanished


@dataclass(frozen=True)
class Finding:
    """A word on a formula, and why: the numbers where it fails, the reason where it is open.

    `undefined` says that it fails because a part of it has no value.
    """

    word: str
    why: str = ""
    undefined: bool = False


def settle(formula: Term, model: Model) -> Finding:
    """Whether the formula holds in the model."""
    model.steps = 0
    with balls.precision(BITS):
        return _settled(Evaluator(model), formula)


def _settled(ev: Evaluator, formula: Term) -> Finding:
    judge = _JUDGES.get(formula.op)
    if judge is None:
        return Finding(OPEN, f"no model judges {show(formula)[:80]}")
    try:
        return judge(ev, formula)
    except Undefined as error:
        return Finding(FAILS, f"{error} in {show(formula)[:80]}", undefined=True)
    except (NoOpinion, TooWide, RecursionError, OverflowError) as error:
        return Finding(OPEN, str(error) or type(error).__name__)


def _all_of(findings: Iterator[Finding]) -> Finding:
    """The first failure, else the first open question, else that all hold."""
    found = Finding(HOLDS)
    for f in findings:
        if f.word == FAILS:
            return f
        if f.word == OPEN:
            found = f
    return found


def _and(ev: Evaluator, t: Term) -> Finding:
    return _all_of(_settled(ev, part) for part in t.args)


def _forall(ev: Evaluator, t: Term) -> Finding:
    x, guard, body = t.args

    def cases() -> Iterator[Finding]:
        for value in instances(ev, x):
            yield ev.within_all({x: value}, lambda: _guarded(ev, guard, body))

    found = _all_of(cases())
    return found


def _guarded(ev: Evaluator, guard: Term, body: Term) -> Finding:
    if guard != TRUE and _settled(ev, guard).word == FAILS:
        return Finding(HOLDS)
    return _settled(ev, body)


def instances(ev: Evaluator, x: Term) -> list[Any]:
    """The values at which a statement for all x is tried: all points of a finite model, a few of R^d."""
    model = ev.model
    if x.sort == INT:
        return [fmpq(k) for k in range(-1, model.step + 3)]
    if model.kind == FINITE:
        return [p[0] if is_scalar(x) else p for p in model.points]
    size = 1 if is_scalar(x) else ev.size(x.sort[1])
    drawn = [tuple(model.rational("real", "sample", x.args[0], n, k) / 2 for k in range(size)) for n in range(SAMPLES)]
    return [p[0] if is_scalar(x) else p for p in drawn]


# ---- relations


def _relation(ev: Evaluator, t: Term) -> Finding:
    if t.args[0].sort == MEASURE:
        return _same_law(ev, t)
    left, right = (ev(a) for a in t.args[-2:])
    return _compared(ev, t.op, left, right)


def _same_law(ev: Evaluator, t: Term) -> Finding:
    """Two measures, one of which is written with its density, have the same points and weights."""
    written = next((a for a in t.args if a.op == "weighted"), None)
    if written is None:
        raise NoOpinion(f"a model does not judge {show(t)[:80]}")
    x, weight, _ = written.args
    left, right = (ev.measure(a).points(ev, x, weight) for a in t.args)
    return _all_of(_compared(ev, "eq", a, b) for a, b in zip(left, right, strict=True))


def _compared(ev: Evaluator, op: str, left: Any, right: Any) -> Finding:
    """Whether left op right, component by component."""
    word = HOLDS
    for a, b in zip(_flat(left), _flat(right), strict=True):
        word = _word(op, a, b)
        if word != HOLDS and (op != "ne" or not isinstance(left, tuple)):
            break
    said = f"the left side is {text(left)}, the right side {text(right)}"
    return Finding(word, said if word != HOLDS else "")


def _word(op: str, a: Value, b: Value) -> str:
    if isinstance(a, Jet) or isinstance(b, Jet):
        raise NoOpinion("a derivative outside its variable")
    gap = numbers.difference(b, a)
    sign = _sign(gap, a, b)
    if sign is None:
        return OPEN
    return HOLDS if {"eq": sign == 0, "ne": sign != 0, "lt": sign > 0, "le": sign >= 0}[op] else FAILS


def _sign(gap: Number, a: Number, b: Number) -> int | None:
    """The sign of a difference; 0 for a narrow ball around 0, None where that is open."""
    if isinstance(gap, fmpq):
        return (gap > 0) - (gap < 0)
    size = 1 + _magnitude(a) + _magnitude(b)
    if not gap.contains(0):
        return 1 if gap > 0 else -1
    return 0 if float(gap.rad()) < NARROW * size else None


def _flat(value: Any) -> list[Value]:
    return [v for part in value for v in _flat(part)] if isinstance(value, tuple) else [value]


def text(value: Any) -> str:
    """A value for a reader: rationals as they are, balls in eight digits."""
    if isinstance(value, tuple):
        return text(value[0]) if len(value) == 1 else "(" + ", ".join(map(text, value)) + ")"
    if isinstance(value, laws.Path):
        return "a path"
    return value.str(8, radius=False) if isinstance(value, arb) else str(value)


def _up_to_constant(ev: Evaluator, t: Term) -> Finding:
    """a = b + C with C free of theta: the difference is the same when theta is drawn anew."""
    theta, a, b = t.args
    gaps = []
    for anew in range(2):
        key = ("drawn anew", theta.args[0], anew)
        if key not in ev.model.kept:
            ev.model.kept[key] = replace(ev.model, kept={}, again={**ev.model.again, theta.args[0]: anew})
        other = Evaluator(ev.model.kept[key])
        gaps.append(spaces.plus(other(a), spaces.minus(other(b))))
    return _compared(ev, "eq", *gaps)


def _almost_everywhere(ev: Evaluator, t: Term) -> Finding:
    x, _, a, b = t.args
    return _all_of(_compared(ev, "eq", ev.within(x, v, a), ev.within(x, v, b)) for v in instances(ev, x))


# ---- conditions of analysis


def _integrable(ev: Evaluator, t: Term) -> Finding:
    """A finite sum always exists; on R^d the sum of |f| over a grid must not grow when the grid is widened."""
    x, measure, body = t.args
    if not _unbounded(ev, measure):
        ev.integral(x, measure, body)
        return Finding(HOLDS)
    size = 1 if is_scalar(x) else ev.size(x.sort[1])
    totals = []
    for reach in (1.0, 1.4):
        total = 0.0
        for place, weight in ev.measure(measure).points(ev, x, body):
            wide = spaces.scaled(fmpq(int(reach * 10), 10), place)
            total += _magnitude(ev.within(x, wide, body)) * numbers.near(weight) * reach**size
        totals.append(total)
    settled = abs(totals[1] - totals[0]) < SETTLED * (1 + totals[0])
    said = f"its sum goes from {totals[0]:.6g} to {totals[1]:.6g} as the grid widens"
    return Finding(HOLDS) if settled else Finding(OPEN, said)


def _magnitude(value: Any) -> float:
    return max(abs(numbers.near(v)) for v in _flat(value))


def _unbounded(ev: Evaluator, measure: Term) -> bool:
    return ev.model.kind != FINITE and measure == LEBESGUE


def _dominated(ev: Evaluator, t: Term) -> Finding:
    """Over finitely many atoms a differentiable integrand is dominated: its slope is computed at every instance."""
    x, inside = t.args
    y, measure, body = inside.args
    if measure == LEBESGUE and ev.model.kind != FINITE:
        return Finding(OPEN, "a slope that is dominated over R^d cannot be told by numbers")
    for value in instances(ev, x):
        for place, _ in ev.measure(measure).points(ev, y, body):
            point = value if isinstance(value, tuple) else (value,)
            if not is_scalar(x):
                ev.within_all({y: place}, partial(ev.slopes, x, body, point))
    return Finding(HOLDS)


def _vanishes(ev: Evaluator, t: Term) -> Finding:
    """The flux through a sphere far away is nothing, along each axis."""
    x, flow = t.args
    size = 1 if is_scalar(x) else ev.size(x.sort[1])
    for k in range(size):
        for side in (FAR, -FAR):
            place = tuple(fmpq(side if j == k else 0) for j in range(size))
            flux = _magnitude(ev.within(x, place[0] if is_scalar(x) else place, flow)) * float(FAR) ** (size - 1)
            if flux > SMALL:
                return Finding(OPEN, f"at the distance {FAR} the flux is still {flux:.3g}")
    return Finding(HOLDS)


def _limit(ev: Evaluator, t: Term) -> Finding:
    """The body comes closer to the value, at a number from both sides: at a second place the gap is half of that at the
    first, and small.
    """
    x, end, body, value = t.args
    aim = ev(value)

    def gap(k: int) -> float:
        far, step = fmpq(NEARER[k]), fmpq(1, NEARER[k] ** 2)
        if isinstance(end, str):
            places: list[Value] = [{"oo": far, "-oo": -far}[end]]
        else:
            places = [numbers.add(ev(end), step), numbers.add(ev(end), -step)]
        gaps = [numbers.add(ev.within(x, place, body), numbers.neg(aim)) for place in places]
        return max(abs(numbers.near(g)) for g in gaps)

    first, second = gap(0), gap(1)
    closer = second <= max(first / 2, SMALL) and second < SETTLED * (1 + abs(numbers.near(aim)))
    said = f"the gap is {first:.3g} near the end, and {second:.3g} nearer"
    return Finding(HOLDS) if closer else Finding(FAILS, said)


def _order(ev: Evaluator, t: Term) -> Finding:
    """The body over the power of the step stays bounded as the step, to both sides, is divided by sixteen, twice."""
    h, order, body = t.args
    sizes = []
    for step in (fmpq(1, 64 * 16**k) for k in range(3)):
        size = max(_magnitude(ev.within(h, side, body)) for side in (step, -step))
        sizes.append(size / float(step) ** int(order.args[0]))
    bounded = all(later <= 4 * before + SMALL for before, later in pairwise(sizes))
    said = f"over the power of the step it is {sizes[0]:.3g}, then {sizes[1]:.3g}, then {sizes[2]:.3g}"
    return Finding(HOLDS) if bounded else Finding(FAILS, said)


def _conditional(ev: Evaluator, t: Term) -> Finding:
    """Test functions of the hidden variable have the mean that its density says, weighed by whatever is given."""
    w, measure, hidden, inside = t.args
    y, _, density = inside.args
    law = ev.measure(measure)
    paths, rough = law.points(ev, w, hidden), law.rough(ev)
    seen = [a for a in _seen(density, w) if a != hidden]

    def average(value: Callable[[], Value], given: Term | None) -> Value:
        total: Value = fmpq(0)
        for path, weight in paths:
            mass = weight if given is None else numbers.mul(weight, _first(ev.within(w, path, given)))
            total = numbers.add(total, numbers.mul(mass, ev.within_all({w: path}, value)))
        return laws.summed(total, ROUGH) if rough else total

    def cases() -> Iterator[Finding]:
        for test in _TESTS:
            here, told = partial(_tested, ev, hidden, test), partial(_mean, ev, y, density, test)
            for given in (None, *seen):
                yield _compared(ev, "eq", average(here, given), average(told, given))

    return _all_of(cases())


def _tested(ev: Evaluator, hidden: Term, test: Callable[[Value], Value]) -> Value:
    return test(_first(ev(hidden)))


def _mean(ev: Evaluator, y: Term, density: Term, test: Callable[[Value], Value]) -> Value:
    """The mean of a test function of the first component of y under a density."""
    total: Value = fmpq(0)
    for value, weight in ev.measure(LEBESGUE).points(ev, y, density):
        mass = numbers.mul(weight, ev.within(y, value, density))
        total = numbers.add(total, numbers.mul(mass, test(_first(value))))
    return total


_TESTS: tuple[Callable[[Value], Value], ...] = (lambda v: fmpq(1), lambda v: v, lambda v: numbers.mul(v, v))


def _first(value: Any) -> Value:
    return value[0] if isinstance(value, tuple) else value


def _seen(t: Term, w: Term) -> list[Term]:
    """The functions of w on which a term depends."""
    if t.op == "app" and w in t.args:
        return [t]
    return list(dict.fromkeys(s for a in t.args if isinstance(a, Term) and w in a.free for s in _seen(a, w)))


_JUDGES: dict[str, Callable[[Evaluator, Term], Finding]] = {
    "true": lambda ev, t: Finding(HOLDS), "and": _and, "all": _forall,
    "lt": _relation, "le": _relation, "eq": _relation, "ne": _relation, "eqmod": _up_to_constant,
    "aeq": _almost_everywhere, "integrable": _integrable, "dominated": _dominated, "vanishes": _vanishes,
    "limit": _limit, "bigo": _order, "conditional": _conditional, "jointly": lambda ev, t: _settled(ev, t.args[2]),
}  # fmt: skip
