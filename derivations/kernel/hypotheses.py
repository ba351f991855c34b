"""Hypotheses as facts, equations as replacements, universal statements at the arguments that occur."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from derivations.kernel import linear
from derivations.kernel.atoms import Atoms
from derivations.kernel.field import Element
from derivations.kernel.forms import is_dimension
from derivations.kernel.state import Vector
from derivations.kernel.substitution import fresh, sizes_in, substitute
from derivations.kernel.terms import INT, MEASURE, REAL, TRUE, Term, is_scalar, le, show, sym

DEEPEST = 6  # universal hypotheses used within one another


class EquationError(ValueError):
    """An equation that cannot be used from left to right."""


class Hypotheses(Atoms):
    """How a decision uses what it is given."""

    def _assume_all(self, hypotheses: list[Term]) -> None:
        """Use every hypothesis; one that owes something may be settled by a later one, so go round until none is."""
        self._universals = [h for h in hypotheses if h.op == "all"]
        waiting = [part for h in hypotheses for part in _conjuncts(h)]
        while waiting:
            left = [h for h in waiting if not self.assume(h)]
            if len(left) == len(waiting):
                return  # a hypothesis that still owes something is no fact
            waiting = left

    def assume(self, h: Term) -> bool:
        """Use a hypothesis about scalars as a fact about signs; False when it owes something, and then it is no
        fact.
        """
        if h.op == "and":
            return all([self.assume(part) for part in h.args])  # noqa: C419 - every part is to be used
        if h.op not in ("lt", "le", "ne") or not is_scalar(h.args[0]):
            return True
        with self.apart() as owed:
            gap = self._gap(h)
        if owed:
            return False
        if h.op == "ne":
            self.signs.assume(self.field.reduce(gap.num**2), True)
            self._nonzero.append(gap.num)
            return True
        den = self.signs.sign(gap.den)
        if den is None or not den.strict:
            return False
        self.signs.assume(gap.num * den.value, h.op == "lt")
        return True

    def _gap(self, formula: Term) -> Element:
        """Right minus left."""
        right, left = self.whole.scalar(formula.args[1]), self.whole.scalar(formula.args[0])
        return self.field.add(right, self.field.neg(left))

    def assume_range(self, i: Term, lo: Term, hi: Term) -> None:
        """Use lo <= i <= hi."""
        self.assume(le(lo, i))
        self.assume(le(i, hi))

    def holds(self, formula: Term) -> bool:
        """Whether a formula about scalars (lt, le, eq, ne, and) follows from the facts."""
        if formula.op == "and":
            return all(self.holds(a) for a in formula.args)
        if formula.op == "true" or (
            formula.op == "lt"
            and formula.args[0].op == "num"
            and formula.args[0].args[0] == 0
            and self.whole.positive(formula.args[1])
        ):
            return True
        if formula.op not in ("lt", "le", "eq", "ne") or not is_scalar(formula.args[0]):
            return False  # vectors and matrices do not commute: their equations are not for this arithmetic
        gap = self._gap(formula)
        if formula.op == "eq":
            return self.field.is_zero(gap)
        if formula.op == "ne":
            return self.nonzero(gap.num)
        s = self.sign_of(gap)
        return s is not None and (s.value > 0 or gap.num.is_zero()) and (formula.op == "le" or s.strict)

    # ---- equations, from left to right

    def _orient(self, equation: Term) -> None:
        """Use left = right from left to right; the left side must be one atom (or one word of matrices)."""
        if equation.op == "all":
            self._orient_function(equation)
            return
        left, right = equation.args
        if left.sort == MEASURE:
            raise EquationError(
                f"cannot use {show(equation)}: name a measure by an equation for all values of a variable"
            )
        if is_scalar(left):
            if left.op == "app" and left.sort == right.sort and not _applications(right, left.args[0]):
                self._function_rules.append(
                    ((), left, right)
                )  # unfolded where it is met, so that its logarithm stays cheap
                self._cache.clear()
                return
            key, value = self._solved(self.whole.scalar(left), self.whole.scalar(right), equation)
            self._scalar_rules[key] = value
        elif left.sort[0] == "vec":
            atom, target = self._solved_vector(
                linear.vector(self.whole, left), linear.vector(self.whole, right), equation
            )
            self._vector_rules[atom] = target
        else:
            m = linear.matrix(self.whole, right)
            words = linear.matrix(self.whole, left)
            if (
                len(words) != 1
                or not next(iter(words))
                or not self.field.is_zero(self.field.add(next(iter(words.values())), self.field.constant(-1)))
            ):
                raise EquationError(
                    f"cannot use {show(equation)} from left to right: the left side is not one word of matrices"
                )
            self.word_rules.append((next(iter(words)), m))
        self._cache.clear()

    def _solved(self, e: Element, value: Element, equation: Term) -> tuple[Hashable, Element]:
        """The atom that an equation e = value replaces, and by what: e is the atom, or an integral times a nonzero
        factor.
        """
        f = self.field
        e = Element(f.up(e.num), f.up(e.den))
        names = {v: k for k, v in f.places.items()}
        places = [p for p in f.places_in(e.num) if f.generators[p].kind == "atom"]
        if e.den.is_one() and len(places) == 1 and e.num == f._gens[places[0]]:
            return names[places[0]], value
        places = [p for p in places if _is_integral(names[p])]
        if len(places) != 1 or len(e.num) != 1 or e.num.degrees()[places[0]] != 1:
            raise EquationError(f"cannot use {show(equation)} from left to right: the left side is not one atom")
        rest = f.make(e.num / f._gens[places[0]], e.den)
        if not all(self.nonzero(p) for p, _ in rest.num.factor()[1]):
            raise EquationError(f"cannot use {show(equation)}: the factor of the integral is not proved to be nonzero")
        return names[places[0]], f.mul(value, f.invert(rest))

    def _solved_vector(self, v: Vector, value: Vector, equation: Term) -> tuple[Hashable, Vector]:
        """The vector that an equation v = value replaces, and by what: v is the vector, or a nonzero factor times
        it.
        """
        f = self.field
        if len(v) != 1 or next(iter(v))[0]:
            raise EquationError(f"cannot use {show(equation)} from left to right: the left side is not one vector")
        (((_, atom), factor),) = v.items()
        if not all(self.nonzero(p) for p, _ in factor.num.factor()[1]):
            raise EquationError(f"cannot use {show(equation)}: the factor of the vector is not proved to be nonzero")
        return atom, {k: f.mul(e, f.invert(factor)) for k, e in value.items()}

    def _orient_function(self, equation: Term) -> None:
        """Use: for all x.., f(x..) = right, to unfold every application of f."""
        variables, guards, equation = _prefix(equation)
        left, right = equation.args
        rest = [a for a in left.args[1:] if a not in variables]
        plain = (
            left.op == "app"
            and all(left.args.count(x) == 1 for x in variables)
            and not any(a.free & set(variables) for a in rest)
        )
        if not plain or any(g != TRUE for g in guards):
            raise EquationError(
                f"cannot unfold {show(equation)}: the left side must be a function of the quantified variables, "
                "each once, without guard"
            )
        if _applications(right, left.args[0]):
            raise EquationError(f"cannot unfold {show(equation)}: the right side mentions {left.args[0]} again")
        self._function_rules.append((tuple(variables), left, right))
        self._cache.clear()

    def _unfold(self, t: Term) -> Term | None:
        """The right side of the rule that unfolds this application, or None."""
        for variables, left, right in self._function_rules:
            if left.args[0] != t.args[0] or len(left.args) != len(t.args) or left.sort != t.sort:
                continue
            if not all(_fits(p, a) for p, a in zip(left.args[1:], t.args[1:], strict=True) if p in variables):
                continue
            at = {p: a for p, a in zip(left.args[1:], t.args[1:], strict=True) if p in variables}
            sizes = [a for p, a in at.items() if p in right.dims]
            symbols = {s for a in sizes for s in a.free}
            if not all(map(is_dimension, sizes)) or any(s.args[0].startswith("#") for s in symbols):
                continue
            rest = [(p, a) for p, a in zip(left.args[1:], t.args[1:], strict=True) if p not in variables]
            if all(self.key(p) == self.key(a) for p, a in rest):
                self.sizes |= symbols
                return substitute(right, at)
        return None

    # ---- universal statements

    def _instantiate(self, t: Term) -> None:
        """Use universal hypotheses whose body speaks of this application. Using one may call for others, not for ever:
        one from n - 1 to n would go down without end.
        """
        if self._deep < DEEPEST:
            self._deep += 1
            try:
                self._use_universals(t)
            finally:
                self._deep -= 1

    def _use_universals(self, t: Term) -> None:
        for number, h in enumerate(self._universals):
            variables, guards, body = _prefix(h)
            for pattern in _applications(body, t.args[0]):
                at = {p: a for p, a in zip(pattern.args[1:], t.args[1:], strict=False) if p in variables}
                if (
                    len(at) < len(variables)
                    or len(pattern.args) != len(t.args)
                    or not all(_fits(p, a) for p, a in at.items())
                ):
                    continue
                mark = (tuple(self.key(a) for a in at.values()), number)
                if mark in self._instantiated:
                    continue
                if any(
                    self.key(substitute(p, at)) != self.key(a)
                    for p, a in zip(pattern.args[1:], t.args[1:], strict=True)
                ):
                    continue
                self._instantiated.add(mark)
                sizes = [le(1, p) for p in at if p in sizes_in((*guards, body))]
                inside = False
                with self.apart():  # what is said for all dimensions d is said where 1 <= d
                    inside = all(self.holds(substitute(g, at)) for g in (*guards, *sizes))
                if inside:
                    self.assume(substitute(body, at))


def _is_integral(key: Hashable) -> bool:
    """Whether a generator's key is that of an integral."""
    return isinstance(key, tuple) and key[0] == "int"


def _conjuncts(h: Term) -> list[Term]:
    return [c for a in h.args for c in _conjuncts(a)] if h.op == "and" else [h]


def _fits(var: Term, value: Term) -> bool:
    """Whether the value may stand for the variable."""
    return var.sort == value.sort or (var.sort == REAL and value.sort == INT)


def _prefix(h: Term) -> tuple[list[Term], list[Term], Term]:
    """The variables, the guards and the body of a universal formula. A variable of which an earlier guard speaks gets
    another name: the guard means one outside.
    """
    variables: list[Term] = []
    guards: list[Term] = []
    while h.op == "all":
        x, guard, h = h.args
        outside = frozenset().union(*(g.free for g in guards))
        if x in outside:
            new = sym(fresh(x.args[0], {s.args[0] for s in outside | guard.free | h.free}), x.sort)
            guard, h, x = substitute(guard, {x: new}), substitute(h, {x: new}), new
        variables.append(x)
        guards.append(guard)
    return variables, guards, h


@lru_cache(maxsize=10_000)
def _applications(t: Term, name: str) -> tuple[Term, ...]:
    here = (t,) if t.op == "app" and t.args[0] == name else ()
    return here + tuple(s for a in t.args if isinstance(a, Term) for s in _applications(a, name))
