"""The normal form of a term: an element of the tower, with what it owes.

One `Normalizer` serves one decision. Hypotheses become facts about signs; equations replace atoms by what they equal.
Sums are linear and are shifted to start at 0; products split into factors; an integral gives up the factors that do
not depend on its variable and is otherwise an atom: it is never split here, since splitting owes integrability.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from derivations.kernel import linear, radicals
from derivations.kernel.binders import integral_atom, product_atom, sum_atom
from derivations.kernel.calculus import Conditions, Opaque, derivative, div_field, gradient, opaque_slope
from derivations.kernel.definitions import PI, log_normal, unfold
from derivations.kernel.field import Element, Field, Generator, Poly
from derivations.kernel.forms import is_dimension
from derivations.kernel.signs import Sign, Signs
from derivations.kernel.substitution import height, structural_level, substitute
from derivations.kernel.terms import BINDERS, INT, MEASURE, REAL, TRUE, Sort, Term, add, eq, is_scalar, le, neg, num, show, sym


Rebuild = Callable[[Term, Term], Element]


class EquationError(ValueError):
    """An equation that cannot be used from left to right."""


class Normalizer:
    """Facts, equations, generators and obligations of one decision."""

    def __init__(self, hypotheses: Iterable[Term] = (), equations: Iterable[Term] = ()) -> None:
        self.field = Field()
        self.signs = Signs(self.field)
        self.field.nonzero = self.nonzero
        self.owed: dict[str, None] = {}
        self.letters: dict[Hashable, linear.LetterInfo] = {}
        self.vectors: dict[Hashable, Term] = {}
        self.word_rules: list[tuple[linear.Word, linear.Matrix]] = []
        self._scalar_rules: dict[Hashable, Element] = {}
        self._vector_rules: dict[Hashable, linear.Vector] = {}
        self._function_rules: list[tuple[tuple[Term, ...], Term, Term]] = []
        self._universals: list[Term] = []
        self._instantiated: set[tuple[Hashable, int]] = set()
        self._free: dict[int, frozenset[Term]] = {}
        self._levels: dict[int, int] = {}
        self._rebuild: dict[int, Rebuild] = {}
        self.stuck: set[int] = set()  # atoms that contain a vector integral: their bound variables keep their names
        self._active: list[Term] = []
        self._cache: ChainMap[Term, Element] = ChainMap()
        hypotheses = list(hypotheses)
        self._assume_all(hypotheses)
        for equation in equations:
            self._orient(equation)
        if self._scalar_rules or self._vector_rules or self.word_rules or self._function_rules:
            self._cache.clear()
            self._assume_all(hypotheses)

    # ---- hypotheses and equations

    def _assume_all(self, hypotheses: list[Term]) -> None:
        """Use every hypothesis; one that owes something may be settled by a later one, so go round until none is."""
        pi = self.scalar(PI)
        self.signs.pi = min(self.field.places_in(pi.num))
        self.signs.assume(pi.num - 3, True)
        self.signs.assume(4 - pi.num, True)
        self._universals = [h for h in hypotheses if h.op == "all"]
        waiting = [part for h in hypotheses for part in _conjuncts(h)]
        while waiting:
            left = [h for h in waiting if not self.assume(h)]
            if len(left) == len(waiting):
                return  # a hypothesis that still owes something is no fact
            waiting = left

    def assume(self, h: Term) -> bool:
        """Use a hypothesis about scalars as a fact about signs; False when it owes something, and then it is no fact."""
        if h.op == "and":
            return all([self.assume(part) for part in h.args])
        if h.op not in ("lt", "le", "ne") or not is_scalar(h.args[0]):
            return True
        with self.apart() as owed:
            gap = self.scalar(add(h.args[1], neg(h.args[0])))
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

    @contextmanager
    def apart(self) -> Iterator[dict[str, None]]:
        """What is owed inside is kept apart; when there is any, nothing that was normalised inside is remembered."""
        kept, known = self.owed, len(self._cache)
        owed: dict[str, None] = {}
        self.owed = owed
        try:
            yield owed
        finally:
            self.owed = kept
            while owed and len(self._cache) > known:
                self._cache.popitem()  # the newest first

    @property
    def _nonzero(self) -> list[Poly]:
        return self.__dict__.setdefault("_nonzero_polys", [])  # type: ignore[no-any-return]

    def assume_range(self, i: Term, lo: Term, hi: Term) -> None:
        """Use lo <= i <= hi."""
        self.assume(le(lo, i))
        self.assume(le(i, hi))

    def _orient(self, equation: Term) -> None:
        """Use left = right from left to right; the left side must be one atom (or one word of matrices)."""
        if equation.op == "all":
            self._orient_function(equation)
            return
        left, right = equation.args
        if left.sort == MEASURE:
            raise EquationError(f"cannot use {show(equation)}: name a measure by an equation for all values of a variable")
        if is_scalar(left):
            if left.op == "app" and left.sort == right.sort and not _applications(right, left.args[0]):
                self._function_rules.append(((), left, right))  # unfolded where it is met, so that its logarithm stays cheap
                self._cache.clear()
                return
            key, value = self._solved(self.scalar(left), self.scalar(right), equation)
            self._scalar_rules[key] = value
        elif left.sort[0] == "vec":
            atom, target = self._solved_vector(linear.vector(self, left), linear.vector(self, right), equation)
            self._vector_rules[atom] = target
        else:
            m = linear.matrix(self, right)
            words = linear.matrix(self, left)
            if len(words) != 1 or not next(iter(words)) or not self.field.is_zero(self.field.add(next(iter(words.values())), self.field.constant(-1))):
                raise EquationError(f"cannot use {show(equation)} from left to right: the left side is not one word of matrices")
            self.word_rules.append((next(iter(words)), m))
        self._cache.clear()

    def _solved(self, e: Element, value: Element, equation: Term) -> tuple[Hashable, Element]:
        """The atom that an equation e = value replaces, and by what: e is the atom, or an integral times a nonzero factor."""
        f = self.field
        e = Element(f.up(e.num), f.up(e.den))
        names = {v: k for k, v in f.places.items()}
        places = [p for p in f.places_in(e.num) if f.generators[p].kind == "atom"]
        if e.den.is_one() and len(places) == 1 and e.num == f._gens[places[0]]:
            return names[places[0]], value
        places = [p for p in places if isinstance(names[p], tuple) and names[p][0] == "int"]
        if len(places) != 1 or len(e.num) != 1 or e.num.degrees()[places[0]] != 1:
            raise EquationError(f"cannot use {show(equation)} from left to right: the left side is not one atom")
        rest = f.make(e.num / f._gens[places[0]], e.den)
        if not all(self.nonzero(p) for p, _ in rest.num.factor()[1]):
            raise EquationError(f"cannot use {show(equation)}: the factor of the integral is not proved to be nonzero")
        return names[places[0]], f.mul(value, f.invert(rest))

    def _solved_vector(self, v: linear.Vector, value: linear.Vector, equation: Term) -> tuple[Hashable, linear.Vector]:
        """The vector that an equation v = value replaces, and by what: v is the vector, or a nonzero factor times it."""
        f = self.field
        if len(v) != 1 or next(iter(v))[0]:
            raise EquationError(f"cannot use {show(equation)} from left to right: the left side is not one vector")
        ((_, atom), factor), = v.items()
        if not all(self.nonzero(p) for p, _ in factor.num.factor()[1]):
            raise EquationError(f"cannot use {show(equation)}: the factor of the vector is not proved to be nonzero")
        return atom, {k: f.mul(e, f.invert(factor)) for k, e in value.items()}

    def _orient_function(self, equation: Term) -> None:
        """Use: for all x.., f(x..) = right, to unfold every application of f."""
        variables, guards, equation = _prefix(equation)
        left, right = equation.args
        rest = [a for a in left.args[1:] if a not in variables]
        plain = left.op == "app" and all(left.args.count(x) == 1 for x in variables) and not any(a.free & set(variables) for a in rest)
        if not plain or any(g != TRUE for g in guards):
            raise EquationError(f"cannot unfold {show(equation)}: the left side must be a function of the quantified variables, each once, without guard")
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
            if not all(is_dimension(a) for p, a in at.items() if p in right.dims):
                continue
            rest = [(p, a) for p, a in zip(left.args[1:], t.args[1:], strict=True) if p not in variables]
            if all(self.key(p) == self.key(a) for p, a in rest):
                return substitute(right, at)
        return None

    # ---- obligations

    def owe(self, poly: Poly, relation: str, what: str) -> None:
        """Note that poly `relation` 0 is not proved."""
        self.owed.setdefault(f"{self.text(poly)} {relation} 0 (for {what})")

    def owe_text(self, text: str, what: str) -> None:
        """Note an obligation in words."""
        self.owed.setdefault(f"{text} (for {what})")

    def text(self, poly: Poly) -> str:
        """A polynomial in the author's names."""
        return re.sub(r"\bg(\d+)\b", lambda m: self._name(self.field.generators[int(m[1])]), str(poly))

    def _name(self, g: Generator) -> str:
        return show(g.data) if isinstance(g.data, Term) else self._inner_text(g.kind, g.data)

    def _inner_text(self, kind: str, data: Any) -> str:
        if kind == "root":
            return f"root{data[0]}({self.text(data[1])})"
        if kind == "log":
            return f"log({self.text(data)})"
        if isinstance(data, Element):
            return f"{kind}(({self.text(data.num)})/({self.text(data.den)}))"
        return str(data)

    def inverse(self, e: Element, what: str) -> Element:
        """1/e; owes that no factor of e vanishes."""
        f = self.field
        if f.is_zero(e):
            self.owe_text(f"{what} != 0", "a division")
            return f.zero
        if not self.nonzero(e.num):
            for factor, _ in radicals.factors(self, e.num)[1]:
                if not self.nonzero(factor):
                    self.owe(factor, "!=", "a division")
        return f.invert(e)

    def nonzero(self, poly: Poly) -> bool:
        """Whether poly is proved not to vanish: by its sign, or factor by factor, or by a hypothesis."""
        if self.signs.nonzero(poly):
            return True
        poly = self.field.up(poly)
        given = [self.field.up(p) for p in self._nonzero]
        return any(p.leading_coefficient() * poly == poly.leading_coefficient() * p for p in given)

    def sign_of(self, e: Element) -> Sign | None:
        """The proved sign of an element, factor by factor."""
        value, strict = 1, True
        for poly in (e.num, e.den):
            whole = self.signs.sign(poly)
            if whole is not None:
                value, strict = value * whole.value, strict and whole.strict
                continue
            c, factors = radicals.factors(self, poly)
            value *= 1 if c > 0 else -1
            for factor, k in factors:
                if k % 2 == 0:
                    strict = strict and self.nonzero(factor)
                    continue
                s = self.signs.sign(factor)
                if s is None:
                    return None
                value, strict = value * s.value, strict and s.strict
        return Sign(value, strict, "factor by factor")

    def log(self, e: Element) -> Element:
        """log e, or 0 with the obligation recorded."""
        out = radicals.log(self, e)
        return self.field.zero if out is None else out

    def log_term(self, t: Term) -> Element:
        """log of a term; of a product of positive factors, term by term, so that exponentials are never expanded."""
        if t.op == "exp":
            return self.scalar(t.args[0])
        if t.op == "normal":
            return self.scalar(log_normal(*t.args))
        if t.op in ("mul", "div") and all(self.positive(a) for a in t.args):
            parts = [self.log_term(a) for a in t.args]
            return self.field.sum(parts if t.op == "mul" else [parts[0], self.field.neg(parts[1])])
        unfolded = self._unfold(t) if t.op == "app" else None
        return self.log(self.scalar(t)) if unfolded is None else self.log_term(unfolded)

    def positive(self, t: Term) -> bool:
        """Whether a term is proved positive: an exponential or a Gaussian density is, a product of such, or by its sign."""
        if t.op in ("exp", "normal"):
            return True
        if t.op in ("mul", "div") and all(self.positive(a) for a in t.args):
            return True
        unfolded = self._unfold(t) if t.op == "app" else None
        if unfolded is not None:
            return self.positive(unfolded)
        s = self.sign_of(self.scalar(t))
        return s is not None and s.strict and s.value > 0

    # ---- atoms

    def symbol(
        self, key: Hashable, term: Term, names: frozenset[Term] | None = None, level: int | None = None, rebuild: Rebuild | None = None
    ) -> Element:
        """The atom with this key, or what an equation says it equals.

        `names` are the symbols and `level` the binders in its key. `rebuild` makes the atom anew with a bound variable
        renamed; without it the term itself says what the atom is.
        """
        if key in self._scalar_rules:
            return self._scalar_rules[key]
        g = self.field.generator(key, "atom", term)
        place = self.field.places[key]
        self._free[place] = self._free.get(place, frozenset()) | (term.free if names is None else names)
        self._levels[place] = height(term) if level is None else level
        if rebuild is not None:
            self._rebuild[place] = rebuild
        if term.sort == INT:
            self.signs.integers.add(place)
        return self.field.poly(g)

    def level_of(self, *polys: Poly) -> int:
        """The deepest nesting of binders in the atoms of the polynomials."""
        out = 0
        for place in self.field.places_in(*polys):
            g = self.field.generators[place]
            if g.kind == "atom":
                out = max(out, self._levels.get(place, 0))
            elif isinstance(g.data, Element):
                out = max(out, self.level_of(self.field.up(g.data.num), self.field.up(g.data.den)))
            else:
                out = max(out, self.level_of(self.field.up(g.data[1] if g.kind == "root" else g.data)))
        return out

    def movable(self, e: Element, old: Term) -> bool:
        """Whether every generator of e that depends on the bound variable can be made again under another name."""
        for place in self.field.places_in(self.field.up(e.num), self.field.up(e.den)):
            g = self.field.generators[place]
            if place in self.stuck and old in self._free[place]:
                return False
            if isinstance(g.data, Element) and not self.movable(g.data, old):
                return False
            if g.kind in ("root", "log") and not self.movable(self.field.poly(g.data[1] if g.kind == "root" else g.data), old):
                return False
        return True

    def transport(self, e: Element, old: Term, new: Term) -> Element:
        """e with the bound variable `old` named `new`: every generator that depends on it is made again."""
        f = self.field
        made: dict[int, Element] = {}

        def move(p: Poly) -> Element:
            terms = []
            for mono, c in f.up(p).to_dict().items():
                out = f.poly(f.ctx.constant(c))
                for place, k in enumerate(mono):
                    if k:
                        out = f.mul(out, f.power(self._moved(place, old, new, made), k))
                terms.append(out)
            return f.sum(terms)

        num = move(e.num)
        return num if f.up(e.den).is_one() else f.mul(num, f.invert(move(e.den)))

    def _moved(self, place: int, old: Term, new: Term, made: dict[int, Element]) -> Element:
        if place not in made:
            f, g = self.field, self.field.generators[place]
            if old not in self.free_in(f._gens[place]):
                out: Element | None = f.poly(f._gens[place])
            elif g.kind == "atom":
                rebuild = self._rebuild.get(place)
                out = rebuild(old, new) if rebuild else self.scalar(substitute(g.data, {old: new}))
            elif g.kind == "root":
                out = radicals.nth_root(self, self.transport(f.poly(f.up(g.data[1])), old, new), g.data[0])
            elif g.kind == "log":
                out = radicals.log(self, self.transport(f.poly(f.up(g.data)), old, new))
            elif g.kind == "exp":
                out = radicals.exp(self, self.transport(g.data, old, new))
            else:
                out = radicals.cos_sin(self, self.transport(g.data, old, new))[g.kind == "sin"]
            made[place] = f.zero if out is None else out  # what is missing is owed
        return made[place]

    def free_in(self, *polys: Poly) -> frozenset[Term]:
        """The symbols on which the polynomials depend."""
        out: frozenset[Term] = frozenset()
        for place in self.field.places_in(*polys):
            g = self.field.generators[place]
            if g.kind == "atom":
                out |= self._free.get(place, frozenset())
            elif isinstance(g.data, Element):
                out |= self.free_in(self.field.up(g.data.num), self.field.up(g.data.den))
            else:
                out |= self.free_in(self.field.up(g.data[1] if g.kind == "root" else g.data))
        return out

    def atom_key(self, t: Term) -> Hashable:
        """A canonical key of a term that is an atom: its operator, its sort and the keys of its arguments."""
        if t.op in BINDERS:
            with self.bound(t) as (x, args):
                return (t.op, self.sort_key(t.sort), self.sort_key(x.sort), *(self.key(a) for a in args[1:]))
        if t.op == "sym" and not t.args[0].startswith("#"):  # x in R^(1+1) and x in R^2 are two variables
            return (t.op, t.sort, t.args[0])
        return (t.op, self.sort_key(t.sort), *(self.key(a) for a in t.args))

    def sort_key(self, sort: Sort) -> Hashable:
        """A canonical key of a sort: two spaces are one only when their dimensions are proved equal."""
        return tuple(self.key(part) for part in sort)

    def key(self, t: Any) -> Hashable:
        """A canonical key of any argument: equal keys mean equal values."""
        if not isinstance(t, Term):
            return t  # type: ignore[no-any-return]
        if is_scalar(t):
            return ("scalar", self.field.key(self.scalar(t)))
        if t.sort[0] == "vec":
            return (self.sort_key(t.sort), self.vector_key(linear.vector(self, t)))
        if t.sort[0] == "mat":
            return (self.sort_key(t.sort[:3]), self.matrix_key(linear.matrix(self, t)))
        meaning = self._unfold(t) if t.sort == MEASURE and t.op == "app" else None
        return self.atom_key(t) if meaning is None else self.key(meaning)

    def vector_key(self, v: linear.Vector) -> Hashable:
        """A canonical key of a vector."""
        return tuple(sorted(((k, self.field.key(e)) for k, e in v.items()), key=repr))

    matrix_key: Callable[..., Hashable] = vector_key

    def vector_atom(self, t: Term) -> linear.Vector:
        """A vector that is not a combination: a symbol, an opaque function, a gradient, an integral."""
        if t.op in ("E", "KL"):
            return linear.vector(self, unfold(t))
        if t.op == "app" and self._function_rules:
            unfolded = self._unfold(t)
            if unfolded is not None:
                return linear.vector(self, unfolded)
        if t.op == "grad" and not opaque_slope(t):
            out = self._calculus(t, gradient)
            if out is not None:
                return linear.vector(self, out)
        if t.op == "int":
            return integral_atom(self, t)
        return self.vector_symbol(self.atom_key(t), t)

    def vector_symbol(self, key: Hashable, t: Term) -> linear.Vector:
        """The vector atom with this key, or what an equation says it equals."""
        if key in self._vector_rules:
            return self._vector_rules[key]
        self.vectors[key] = t
        return {((), key): self.field.one}

    # ---- binders

    @contextmanager
    def bound(self, t: Term, level: int | None = None) -> Iterator[tuple[Term, tuple[Any, ...]]]:
        """The bound variable under a canonical name, and the arguments in it; facts made inside are forgotten."""
        name = f"#{structural_level(t) if level is None else level}"
        while any(v.args[0] == name for v in self._active):
            name += "'"
        var = sym(name, t.args[0].sort)
        args = (var,) + tuple(
            (substitute(a, {t.args[0]: var}) if k in BINDERS[t.op] and isinstance(a, Term) else a)
            for k, a in enumerate(t.args[1:], 1)
        )
        self._active.append(var)
        kept, cache, known = set(self._instantiated), self._cache, list(self._nonzero)
        self._cache = ChainMap({}, *cache.maps)  # what was settled outside holds inside; what is settled inside stays there
        try:
            with self.signs.scope():
                yield var, args
        finally:
            self._active.pop()
            self._instantiated, self._cache = kept, cache
            self._nonzero[:] = known

    def _instantiate(self, t: Term) -> None:
        """Use universal hypotheses whose body speaks of this application."""
        for number, h in enumerate(self._universals):
            variables, guards, body = _prefix(h)
            for pattern in _applications(body, t.args[0]):
                at = {p: a for p, a in zip(pattern.args[1:], t.args[1:], strict=False) if p in variables}
                if len(at) < len(variables) or len(pattern.args) != len(t.args) or not all(_fits(p, a) for p, a in at.items()):
                    continue
                mark = (tuple(self.key(a) for a in at.values()), number)
                if mark in self._instantiated:
                    continue
                if any(self.key(substitute(p, at)) != self.key(a) for p, a in zip(pattern.args[1:], t.args[1:], strict=True)):
                    continue
                self._instantiated.add(mark)
                with self.apart() as owed:
                    inside = all(self.holds(substitute(g, at)) for g in guards)
                if inside and not owed:
                    self.assume(substitute(body, at))

    def holds(self, formula: Term) -> bool:
        """Whether a formula about scalars (lt, le, eq, ne, and) follows from the facts."""
        if formula.op == "and":
            return all(self.holds(a) for a in formula.args)
        if formula.op == "true" or (formula.op == "lt" and formula.args[0].op == "num" and formula.args[0].args[0] == 0 and self.positive(formula.args[1])):
            return True
        if formula.op not in ("lt", "le", "eq", "ne") or not is_scalar(formula.args[0]):
            return False  # vectors and matrices do not commute: their equations are not for this arithmetic
        gap = self.scalar(add(formula.args[1], neg(formula.args[0])))
        if formula.op == "eq":
            return self.field.is_zero(gap)
        if formula.op == "ne":
            return self.nonzero(gap.num)
        s = self.sign_of(gap)
        return s is not None and (s.value > 0 or gap.num.is_zero()) and (formula.op == "le" or s.strict)

    # ---- scalars

    def scalar(self, t: Term) -> Element:
        """The normal form of a scalar term."""
        hit = self._cache.get(t)
        if hit is None:
            hit = self._cache[t] = self._scalar(t)
        return hit

    def _scalar(self, t: Term) -> Element:
        f = self.field
        if t.op == "num":
            return f.constant(t.args[0])
        if t.op == "sym":
            return self.symbol(("sym", t.args[0], t.sort), t)
        if t.op == "add":
            return f.sum([self.scalar(a) for a in t.args])
        if t.op == "neg":
            return f.neg(self.scalar(t.args[0]))
        if t.op == "mul":
            out = f.one
            for a in t.args:
                out = f.mul(out, self.scalar(a))
            return out
        if t.op == "div":
            return f.mul(self.scalar(t.args[0]), self.inverse(self.scalar(t.args[1]), show(t.args[1])))
        return _TABLE[t.op](self, t) if t.op in _TABLE else self._atom(t)

    def _atom(self, t: Term) -> Element:
        if t.op == "app" and self._function_rules:
            unfolded = self._unfold(t)
            if unfolded is not None:
                return self.scalar(unfolded)
        out = self.symbol(self.atom_key(t), t)
        if t.op == "app":
            self._instantiate(t)
        return out

    def power(self, t: Term) -> Element:
        """A power: an integer exponent is arithmetic, a rational one a root, any other exp(e log b)."""
        base, e = self.scalar(t.args[0]), self.scalar(t.args[1])
        q = self.field.rational_value(e)
        if q is None:
            return radicals.exp(self, self.field.mul(e, self.log(base)))
        if q < 0:
            base, q = self.inverse(base, show(t.args[0])), -q
        if q.denominator > 1:
            root = radicals.nth_root(self, base, q.denominator)
            base = self.field.zero if root is None else root
        return self.field.power(base, q.numerator)

    def square_root(self, t: Term) -> Element:
        """A square root, or 0 with the obligation recorded."""
        out = radicals.nth_root(self, self.scalar(t.args[0]), 2, "a square root")
        return self.field.zero if out is None else out

    def trigonometric(self, t: Term) -> Element:
        """A cosine or a sine."""
        return radicals.cos_sin(self, self.scalar(t.args[0]))[0 if t.op == "cos" else 1]

    def differential(self, t: Term) -> Element:
        """A derivative or a divergence: computed where the rules reach, an atom where they do not."""
        if not opaque_slope(t):
            out = self._calculus(t, derivative if t.op == "diff" else div_field)
            if out is not None:
                return self.scalar(out)
        return self._atom(t)

    def _calculus(self, t: Term, rule: Callable[[Term, Term, Conditions], Term]) -> Term | None:
        """The derivative of the body, at the point, with the conditions of the rules as obligations."""
        x, body, at = t.args
        conditions: Conditions = []
        try:
            out = substitute(rule(body, x, conditions), {x: at})
        except Opaque:
            return None
        for relation, term in conditions:
            e = self.scalar(substitute(term, {x: at}))
            s = self.sign_of(e)
            if relation == "gt" and not (s is not None and s.strict and s.value > 0):
                self.owe(e.num * e.den, ">", "a derivative")
            elif relation == "ne" and not self.nonzero(e.num):
                self.owe(e.num, "!=", "a derivative")
        return out


def _conjuncts(h: Term) -> list[Term]:
    return [c for a in h.args for c in _conjuncts(a)] if h.op == "and" else [h]


def _fits(var: Term, value: Term) -> bool:
    """Whether the value may stand for the variable."""
    return var.sort == value.sort or (var.sort == REAL and value.sort == INT)


def _prefix(h: Term) -> tuple[list[Term], list[Term], Term]:
    """The variables, the guards and the body of a universal formula."""
    variables, guards = [], []
    while h.op == "all":
        x, guard, h = h.args
        variables.append(x)
        guards.append(guard)
    return variables, guards, h


def _applications(t: Term, name: str) -> list[Term]:
    here = [t] if t.op == "app" and t.args[0] == name else []
    return here + [s for a in t.args if isinstance(a, Term) for s in _applications(a, name)]


def _two_vectors(n: Normalizer, t: Term) -> Element:
    u = linear.vector(n, t.args[0])
    return linear.inner_product(n, u, u if t.op == "norm2" else linear.vector(n, t.args[1]))


_TABLE: dict[str, Callable[[Normalizer, Term], Element]] = {
    "pow": Normalizer.power, "sqrt": Normalizer.square_root, "cos": Normalizer.trigonometric, "sin": Normalizer.trigonometric,
    "exp": lambda n, t: radicals.exp(n, n.scalar(t.args[0])), "log": lambda n, t: n.log_term(t.args[0]),
    "inner": _two_vectors, "norm2": _two_vectors, "tr": linear.trace, "logdet": linear.logdet,
    "atan": lambda n, t: n.field.zero if n.field.is_zero(n.scalar(t.args[0])) else n._atom(t),
    "sum": sum_atom, "prod": product_atom, "int": integral_atom,
    "diff": Normalizer.differential, "divg": Normalizer.differential,
    "normal": lambda n, t: n.scalar(unfold(t)), "E": lambda n, t: n.scalar(unfold(t)), "KL": lambda n, t: n.scalar(unfold(t)),
}  # fmt: skip

__all__ = ["EquationError", "Normalizer", "eq", "num"]
