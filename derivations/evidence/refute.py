"""The search for points: rational points of a domain where facts hold, and one where two sides differ.

The search is deterministic: the same question gives the same points. It begins with small simple numbers, so that
a counterexample can be checked by hand, and goes on over many scales. A fact that fails is met by moving one
coordinate into the interval that the facts leave to it, or to the value that an equation gives it. An opaque
function gets values at the arguments at which it is met; a coordinate is a symbol or such a value, written f(3).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import fmpq

from derivations.evidence.arithmetic import TooWide, Undefined, to_fraction
from derivations.evidence.balls import Comparison, Evaluator, NoOpinion, compare, evaluate, holds
from derivations.evidence.extents import is_impossible
from derivations.kernel.definitions import PI
from derivations.kernel.terms import INT, Term, add, app, is_scalar, neg, show

WORDS = ("unit", "positive", "nonnegative", "real", "integer")
SIMPLE = [fmpq(p, q) for p, q in ((1, 2), (1, 3), (2, 3), (3, 5), (1, 5), (2, 7), (5, 7), (4, 9))]
SCALES = (0, 0, 1, 2, 1, 3, 0, 2, 4, 6)  # of the starts, in turn
ROUNDS, STARTS = 60, 6  # moves of one coordinate before a new start, and starts before giving up on the facts
WORK, DEAF = 100_000, 20_000  # steps of evaluation that a search may take; and without a value of both sides so far


def inside(word: str, q: fmpq) -> bool:
    """Whether a number lies in the domain that the word names."""
    if word == "integer":
        return bool(q.q == 1)
    return word == "real" or bool((q > 0 and (word != "unit" or q < 1)) or (word == "nonnegative" and q == 0))


def draw(word: str, rng: random.Random, scale: int) -> fmpq:
    """A number of the domain that the word names; a larger scale reaches further out."""
    if word == "integer":
        return fmpq(rng.randint(-2 - scale, 4 + 3 * scale))
    if word == "unit":
        return _in_unit(rng, scale)
    size = rng.choice(SIMPLE) * rng.choice((1, 2, 3, 4, 7))
    if scale > 1:
        size *= fmpq(10) ** rng.randint(-scale, scale)
        if word != "positive" and rng.random() < 0.1:
            return fmpq(0)
    return -size if word == "real" and rng.random() < 0.5 else size


def _in_unit(rng: random.Random, scale: int) -> fmpq:
    if scale == 0:
        return rng.choice(SIMPLE)
    if scale == 1:
        return fmpq(rng.randint(1, 96), 97)
    tiny = rng.choice(SIMPLE) / fmpq(10) ** rng.randint(0, scale)
    return tiny if rng.random() < 0.5 else 1 - tiny


@dataclass
class Point:
    """Values of the coordinates: of symbols, and of opaque functions at known arguments, drawn when first asked for."""

    words: Mapping[str, str]
    rng: random.Random
    scale: int
    values: dict[Term, fmpq] = field(default_factory=dict)
    asked: set[Term] = field(default_factory=set)

    def word(self, t: Term) -> str:
        """The domain of a symbol, or of the values of a function."""
        return "integer" if t.sort == INT else self.words.get(t.args[0], "real")

    def move(self, t: Term, to: fmpq | None = None) -> None:
        """Set a coordinate, at random in its domain unless a number of the domain is given."""
        if to is None or not inside(self.word(t), to):
            to = draw(self.word(t), self.rng, self.scale)
        self.values[t] = to

    def table(self, t: Term, arguments: tuple[fmpq, ...]) -> fmpq:
        """The value of an opaque function at known arguments."""
        at = app(t.args[0], *map(to_fraction, arguments), sort=t.sort)
        self.asked.add(at)
        if at not in self.values:
            self.move(at)
        return self.values[at]

    def witness(self) -> dict[str, Fraction]:
        """The point by names."""
        return {show(t): to_fraction(v) for t, v in sorted(self.values.items(), key=lambda pair: show(pair[0]))}


def failing(point: Point, facts: Sequence[Term]) -> list[Term]:
    """The facts that are not certain to hold at the point."""
    out = []
    for fact in facts:
        try:
            if holds(fact, point.values, point.table):
                continue
        except (TooWide, NoOpinion, RecursionError):
            pass
        out.append(fact)
    return out


def meet(point: Point, facts: Sequence[Term], until: float = math.inf) -> bool:
    """Move coordinates until every fact holds at the point; False when that fails, or goes on for too many steps."""
    for _ in range(ROUNDS if facts else 1):
        if Evaluator.taken > until:
            return False
        bad = failing(point, facts)
        if not bad:
            return True
        fact = point.rng.choice(bad)
        point.asked.clear()
        failing(point, [fact])
        movable = sorted((s for s in fact.free | point.asked if s in point.values), key=show)
        if not movable:
            return False
        coordinate = point.rng.choice(movable)
        end = _end(point, coordinate, fact) if fact.op == "eq" else None
        point.move(coordinate, end[0] if end else _between(point, coordinate, facts))
    return False


End = tuple[fmpq, bool]  # an end of an interval, and whether the number must stay strictly inside


def _between(point: Point, coordinate: Term, facts: Sequence[Term]) -> fmpq | None:
    """A value in the interval that the domain and the facts, where they are linear in the coordinate, leave to it.

    When they leave nothing, the facts from above or those from below are dropped: other coordinates must give way.
    """
    word = point.word(coordinate)
    lows: list[End] = [] if word in ("real", "integer") else [(fmpq(0), word != "nonnegative")]
    highs: list[End] = [(fmpq(1), True)] if word == "unit" else []
    domain = len(lows), len(highs)
    for fact in facts:
        end = _end(point, coordinate, fact) if fact.op in ("lt", "le") else None
        if end is not None:
            (lows if end[1] > 0 else highs).append((end[0], fact.op == "lt"))
    some = [(lows, highs[: domain[1]]), (lows[: domain[0]], highs)]
    point.rng.shuffle(some)
    for below, above in [(lows, highs), *some]:
        low = max(below, default=None)
        high = min(above, key=lambda end: (end[0], not end[1]), default=None)
        if low is None or high is None or low[0] < high[0] or (low[0] == high[0] and not (low[1] or high[1])):
            return _choose(point, word, low, high)
    return None


def _end(point: Point, coordinate: Term, fact: Term) -> tuple[fmpq, int] | None:
    """Where the gap of a fact, linear in the coordinate, changes its sign, and the sign of its slope."""
    if coordinate.op == "sym" and coordinate not in fact.free:
        return None
    gap, kept, samples = _gap(fact), point.values[coordinate], []
    try:
        for _ in range(3):
            point.move(coordinate)
            value = evaluate(gap, point.values, point.table)
            if not isinstance(value, fmpq):
                return None
            samples.append((point.values[coordinate], value))
    except (Undefined, TooWide, NoOpinion):
        return None
    finally:
        point.values[coordinate] = kept
    (x, u), (y, v), (z, w) = samples
    if x == y or u == v or (w - u) * (y - x) != (v - u) * (z - x):
        return None
    slope = (v - u) / (y - x)
    return x - u / slope, 1 if slope > 0 else -1


@lru_cache(maxsize=1000)
def _gap(fact: Term) -> Term:
    """Right minus left."""
    return add(fact.args[1], neg(fact.args[0]))


def _choose(point: Point, word: str, low: End | None, high: End | None) -> fmpq | None:
    rng, scale = point.rng, point.scale
    if word == "integer":
        first = None if low is None else low[0].floor() + 1 if low[1] else low[0].ceil()
        last = None if high is None else high[0].ceil() - 1 if high[1] else high[0].floor()
        reach = rng.randint(0, 4 + 3 * scale)
        if first is None:
            return None if last is None else fmpq(last - reach)
        return fmpq(first + reach if last is None else min(first + reach, max(first, last)))
    if low is None:
        return None if high is None else high[0] - draw("positive", rng, scale)
    if high is None:
        return low[0] + draw("positive", rng, scale)
    return low[0] + (high[0] - low[0]) * _in_unit(rng, scale)


@dataclass(frozen=True)
class _Start:
    """Where one start of the search came to: the values that it found, if any, and how many steps that took."""

    values: dict[Term, fmpq] | None
    rng: tuple[Any, ...]
    steps: int


@lru_cache(maxsize=2000)  # a search for a near formula asks thousands of questions under the same facts
def _start(k: int, symbols: tuple[Term, ...], facts: tuple[Term, ...], words: tuple[tuple[str, str], ...]) -> _Start:
    before = Evaluator.taken
    point = Point(dict(words), random.Random(k), SCALES[k % len(SCALES)])
    for s in symbols:
        point.move(s)
    found = meet(point, facts, before + WORK)
    return _Start(point.values if found else None, point.rng.getstate(), Evaluator.taken - before)


def points(
    terms: Sequence[Term], facts: Sequence[Term], words: Mapping[str, str], tries: int, work: float = math.inf
) -> Iterator[Point]:
    """Points of the domain at which the facts certainly hold, of growing scale; at most `tries` starts, and no new one
    after `work` steps of evaluation, those between the points included.

    What a start finds is kept, and counts as many steps when it is asked for again: a clock must not tell them apart.
    """
    names = frozenset().union(*(t.free for t in (*terms, *facts))) - {PI}
    symbols = tuple(sorted((s for s in names if is_scalar(s)), key=show))
    asked = symbols, tuple(facts), tuple(sorted(words.items()))
    if any(is_impossible(fact, asked[2]) for fact in asked[1]):
        return
    found, until = False, Evaluator.taken + work
    for k in range(tries):
        if (k == STARTS and not found) or Evaluator.taken > until:
            return
        before = Evaluator.taken
        start = _start(k, *asked)
        Evaluator.taken = before + start.steps
        if start.values is not None:
            found = True
            point = Point(words, random.Random(), SCALES[k % len(SCALES)], dict(start.values))
            point.rng.setstate(start.rng)
            yield point


@dataclass(frozen=True)
class Examination:
    """What numbers say of an equation: how many points met the facts, at how many the sides agreed, where they differ.

    `witness` is a point at which both sides are defined and differ; `undefined` one at which a side has no value.
    """

    met: int = 0
    equal: int = 0
    witness: dict[str, Fraction] | None = None
    undefined: dict[str, Fraction] | None = None
    comparison: Comparison | None = None
    reason: str = ""


def examine(
    lhs: Term, rhs: Term, facts: Sequence[Term], words: Mapping[str, str], wanted: int, tries: int
) -> Examination:
    """Compare the sides at up to `wanted` points that meet the facts; stop at the first difference, or when that takes
    too many steps, which is earlier where the sides have had no value so far.
    """
    met = equal = 0
    undefined, reason, begun = None, "", Evaluator.taken
    for point in points((lhs, rhs), facts, words, tries, WORK):
        met += 1
        found = compare(lhs, rhs, point.values, point.table)
        if found.opinion == "different":
            return Examination(met, equal, point.witness(), undefined, found)
        if found.opinion == "equal":
            equal += 1
        elif found.opinion == "undefined":
            undefined = undefined or point.witness()
        reason = found.reason or reason
        if met >= wanted or (not equal and undefined is None and Evaluator.taken - begun > DEAF):
            break
    return Examination(met, equal, None, undefined, None, reason)
