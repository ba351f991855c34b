"""Numbers at which a refused step fails: a rational point at which the hypotheses hold and the two lines
differ.

Vectors are tried in one dimension. A defined function has the values that its definition gives, an
unspecified function of steps a number of its own at each step. Where a hypothesis about the same letters
cannot be judged by numbers (integrability, a law), no witness is claimed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from flint import fmpq

from derivations.evidence import balls
from derivations.evidence.arithmetic import TooWide, rational, to_fraction
from derivations.evidence.refute import Point, points
from derivations.formats.plain import plain
from derivations.kernel import Theorem
from derivations.kernel.logic import DEFINED
from derivations.kernel.substitution import expand_function
from derivations.kernel.terms import BOOL, INT, Term, app, le, num
from derivations.registry.one_dimension import one_dimensional
from derivations.registry.refutation import shown

TRIES = 40
ZERO, ONE = num(0), num(1)


def witness(before: Term, after: Term, given: Iterable[Term], facts: Iterable[Theorem] = ()) -> dict[str, Any] | None:
    """A point at which the hypotheses hold and the two lines certainly differ; None when none was found."""
    return Search(given, facts).witness(before, after)


class Search:
    """The search for such points under the same hypotheses and facts, for one pair of lines after the other.

    When no point was found that meets the hypotheses, no further search is made.
    """

    def __init__(self, given: Iterable[Term], facts: Iterable[Theorem] = ()) -> None:
        theorems = list(facts)
        assumed = [*given, *(t.conclusion for t in theorems), *(h for t in theorems for h in t.hypotheses)]
        self.words: dict[str, str] = {}
        self.conditions: list[Term] = []
        self.unjudged: set[str] = set()  # letters of hypotheses that numbers cannot judge
        self.hopeless = False
        self._found: dict[Hashable, list[Point]] = {}
        try:
            hypotheses = [part for h in assumed for part in _parts(_meaning(h))]
        except ValueError:
            hypotheses, self.hopeless = [], True
        for h in hypotheses:
            if h.op in ("lt", "le", "ne", "eq"):
                self.conditions.append(h)
            elif not _range(h, self.words) and not _trivial(h):
                self.unjudged |= _letters(h)

    def witness(self, before: Term, after: Term, tries: int = TRIES, relation: str = "eq") -> dict[str, Any] | None:
        """The point with the smallest numbers among those that so many tries find; None when they find none.

        At the point the relation of the two lines (eq, lt or le) certainly fails, and both are defined.
        """
        if self.hopeless:
            return None
        try:
            lhs, rhs = _meaning(before), _meaning(after)
        except ValueError:
            return None
        if not (balls.evaluates(lhs) and balls.evaluates(rhs)) or (_letters(lhs) | _letters(rhs)) & self.unjudged:
            return None
        steps = [s for s in lhs.free | rhs.free if s.sort == INT]
        met = 0
        for last in (1, 2, 3, None) if steps else (None,):  # few steps are easier to follow by hand
            few = [le(s, last) for s in steps] if last else []
            differing = []
            for point in self._points(lhs.free | rhs.free, few, tries):
                met += 1
                at = _numbers(relation, lhs, rhs, point)
                if at is not None:
                    differing.append(at)
            if differing:
                at = min(differing, key=lambda at: sum(abs(q.numerator) + q.denominator for q in at.values()))
                return _shown(lhs, rhs, at)
        self.hopeless = not met
        return None

    def _points(self, letters: frozenset[Term], few: list[Term], tries: int) -> list[Point]:
        """Points that meet the hypotheses; the same for each pair of lines with these letters."""
        key = (letters, *few, tries)
        if key not in self._found:
            terms = sorted(letters, key=repr)
            self._found[key] = list(points(terms, self.conditions + few, self.words, tries))
        return self._found[key]


def _numbers(relation: str, lhs: Term, rhs: Term, point: Point) -> dict[Term, Fraction] | None:
    """The values of the letters and functions at a point where the relation certainly fails, or None."""
    point.asked.clear()
    if not _fails(relation, lhs, rhs, point):
        return None
    named = (lhs.free | rhs.free | point.asked) & point.values.keys()
    return {t: to_fraction(point.values[t]) for t in sorted(named, key=lambda t: (t.op != "sym", repr(t)))}


def _fails(relation: str, lhs: Term, rhs: Term, point: Point) -> bool:
    opinion = balls.compare(lhs, rhs, point.values, point.table).opinion
    if relation == "eq" or opinion in ("undefined", "none"):
        return opinion == "different"
    try:
        return not balls.holds(Term(relation, (lhs, rhs), BOOL), point.values, point.table)
    except (balls.NoOpinion, TooWide):
        return False


def _shown(lhs: Term, rhs: Term, at: dict[Term, Fraction]) -> dict[str, Any]:
    """The point and the two values for a reader."""
    values = {t: rational(q) for t, q in at.items()}

    def table(t: Term, arguments: tuple[fmpq, ...]) -> fmpq:
        return values[app(t.args[0], *map(to_fraction, arguments), sort=t.sort)]

    left, right = (shown(t, values, table) for t in (lhs, rhs))
    return {"at": {plain(t): str(q) for t, q in at.items()}, "lhs": left, "rhs": right}


def _parts(h: Term) -> Iterator[Term]:
    """The parts of a conjunction, also under a quantifier."""
    if h.op == "and":
        for part in h.args:
            yield from _parts(part)
    elif h.op == "all":
        i, guard, body = h.args
        yield from (Term("all", (i, guard, part), h.sort) for part in _parts(body))
    else:
        yield h


def _range(h: Term, words: dict[str, str]) -> bool:
    """Read 0 < f(s), 0 <= f(s) or f(s) < 1 for every step as a range of f; False for another formula.

    The words are narrower than the formulas where only one of two bounds is given, which a witness may be.
    """
    if h.op != "all" or h.args[0].sort != INT or h.args[2].op not in ("lt", "le"):
        return False
    i, _, body = h.args
    low, high = body.args
    value = high if low == ZERO else low if high == ONE else None
    if value is None or value.op != "app" or value.args[1:] != (i,):
        return False
    name = value.args[0]
    words[name] = "unit" if high == ONE or words.get(name) == "unit" else "positive"
    return True


def _trivial(h: Term) -> bool:
    """Whether a formula says t = t, as a definition does once it is written out."""
    return _trivial(h.args[2]) if h.op == "all" else h.op == "eq" and h.args[0] == h.args[1]


def _meaning(t: Term) -> Term:
    """The term in one dimension, with every defined function replaced by what it stands for."""
    while defined := sorted(name for name in _functions(t) if name in DEFINED):
        for name in defined:
            t = expand_function(t, name, *DEFINED[name])
    return one_dimensional(t)


def _functions(t: Term) -> set[str]:
    here = {t.args[0]} if t.op == "app" else set()
    return here.union(*(_functions(a) for a in t.args if isinstance(a, Term)))


def _letters(t: Term) -> set[str]:
    """The names of the free symbols and of the functions of a term."""
    return _functions(t) | {s.args[0] for s in t.free}
