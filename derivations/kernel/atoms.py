"""Atoms: what the arithmetic takes as it is. Their keys are canonical; bound variables in them can be renamed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from derivations.kernel import linear, radicals
from derivations.kernel.binders import integral_atom
from derivations.kernel.calculus import gradient, opaque_slope, vector_derivative
from derivations.kernel.definitions import unfold
from derivations.kernel.field import Element, Generator
from derivations.kernel.polynomials import Poly, terms
from derivations.kernel.smooth import functions
from derivations.kernel.state import LetterInfo, Rebuild, State, Vector
from derivations.kernel.substitution import height, sizes_in, structural_level, substitute
from derivations.kernel.terms import BINDERS, INT, MEASURE, TRUE, Sort, Term, is_scalar, sym


class Atoms(State):
    """Atoms of scalars and vectors, their keys, and the scope of a bound variable."""

    def symbol(
        self,
        key: Hashable,
        term: Term,
        names: frozenset[Term] | None = None,
        level: int | None = None,
        rebuild: Rebuild | None = None,
        over: Term = TRUE,
        inside: tuple[Term, Element] | None = None,
    ) -> Element:
        """The atom with this key, or what an equation says it equals.

        `names` are the symbols and `level` the binders in its key. `rebuild` makes the atom anew with a bound variable
        renamed, `over` is the last index or the measure that it then takes, `inside` is the variable that it binds and
        what it was made of; without them the term itself says what the atom is.
        """
        if key in self._scalar_rules:
            return self._scalar_rules[key]
        g = self.field.generator(key, "atom", term)
        place = self.field.places[key]
        known, names = self._free.get(place), term.free if names is None else names
        if known is None or not names <= known:
            self._free[place] = names if known is None else known | names
            self._free_below.clear()
        self._levels[place] = height(term) if level is None else level
        if rebuild is not None:
            self._keep_rebuild(place, rebuild, over)
        elif self.field.generators[place].data != term:
            self._told_twice(place, term)
        if inside is not None and self._rebuild[place][0] is rebuild:
            self._inside[place] = inside
        if term.sort == INT:  # for ever: the sort of a symbol or a function is a part of its key
            self.signs.integers.add(place)
        return self.field.poly(g)

    def _told_twice(self, place: int, term: Term) -> None:
        """Two terms have led to one atom. One whose value rests on a sign may lead elsewhere under other facts: then
        it does not say what the atom is, and the other one must; if neither can, bound variables keep their names.
        """
        g = self.field.generators[place]
        if not self._means_the_same(g.data):
            if self._means_the_same(term):
                self.field.generators[place] = Generator(g.place, g.kind, term)
            else:
                self.stuck.add(place)

    def _keep_rebuild(self, place: int, rebuild: Rebuild, over: Term) -> None:
        """How to make a sum, product or integral anew. Where two ranges have led to one atom, as for `_told_twice`."""
        _, before = self._rebuild.get(place, (rebuild, over))
        if before == over or self._means_the_same(over):
            self._rebuild[place] = rebuild, over
        elif not self._means_the_same(before):
            self.stuck.add(place)

    def _means_the_same(self, t: Term) -> bool:
        """Whether the term has the same normal form under all facts, with what its functions are unfolded to."""
        unfolded = {left.args[0] for _, left, _ in self._function_rules}
        return sign_free(t) and unfolded.isdisjoint(functions(t))

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

    def free_in(self, *polys: Poly) -> frozenset[Term]:
        """The symbols on which the polynomials depend."""
        return frozenset().union(*map(self.free_of, self.field.places_in(*polys)))

    def free_of(self, place: int) -> frozenset[Term]:
        """The symbols on which the generator at this place depends."""
        g = self.field.generators[place]
        if g.kind == "atom":
            return self._free.get(place, frozenset())
        if place not in self._free_below:
            inside = self.field.poly(g.data[1]) if g.kind == "root" else g.data
            inside = inside if isinstance(inside, Element) else self.field.poly(inside)
            self._free_below[place] = self.free_in(*self.field.parts(inside))
        return self._free_below[place]

    # ---- renaming a bound variable

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
        with self.inside(var):
            yield var, args

    @contextmanager
    def inside(self, var: Term) -> Iterator[None]:
        """The scope of a bound variable, whose name no other takes in it. What was settled outside holds inside; facts
        and values that are found inside are forgotten at the end, and so is what a letter or a vector was called there.
        """
        kept, cache, known = set(self._instantiated), self._cache, list(self._nonzero)
        letters, vectors = dict(self.letters), dict(self.vectors)
        self._cache = dict(cache)
        self._active.append(var)
        try:
            with self.signs.scope():
                yield
        finally:
            self._active.pop()
            self._instantiated, self._cache = kept, cache
            self._nonzero[:] = known
            self._forget_letters(letters)
            self._forget_vectors(vectors)

    def _forget_letters(self, before: dict[Hashable, LetterInfo]) -> None:
        """A diagonal matrix that facts inside made definite is not so outside, until that is proved there; and what a
        letter was called before it is called again: its term inside may mean the same under the facts there only.
        """
        for key, known in self.letters.items():
            if known.term.op == "diag":
                self.letters[key] = LetterInfo(known.term, False)
        self.letters.update(before)

    def _forget_vectors(self, before: dict[Hashable, Term]) -> None:
        """The same for vectors."""
        self.vectors.update(before)

    def movable(self, e: Element, old: Term, level: int, around: tuple[Term, ...] = ()) -> bool:
        """Whether every generator of e that depends on the bound variable can be made again, under the name of this
        level.

        `around` are the variables of the atoms in which e stands. An atom inside that binds one of them again, or one
        in whose scope all this stands, or the new name, is not made anew: what is known of the one would be taken for
        a fact about the other.
        """
        for place in self.field.places_in(self.field.up(e.num), self.field.up(e.den)):
            g = self.field.generators[place]
            if place in self.stuck and old in self._free[place]:
                return False
            if place in self._inside and old in self._free[place]:
                x, inner = self._inside[place]
                again = x in around or x in self._active or x.args[0].rstrip("'") == f"#{level}"
                if again or not self.movable(inner, old, level, (*around, x)):
                    return False
            if isinstance(g.data, Element) and not self.movable(g.data, old, level, around):
                return False
            if g.kind in ("root", "log") and not self.movable(
                self.field.poly(g.data[1] if g.kind == "root" else g.data), old, level, around
            ):
                return False
        return True

    def transport(self, e: Element, old: Term, new: Term) -> Element:
        """e with the bound variable `old` named `new`: every generator that depends on it is made again."""
        f = self.field
        made: dict[int, Element] = {}

        def move(p: Poly) -> Element:
            summands = []
            for mono, c in terms(f.up(p)):
                out = f.poly(f.ctx.constant(c))
                for place, k in enumerate(mono):
                    if k:
                        out = f.mul(out, f.power(self._moved(place, old, new, made), k))
                summands.append(out)
            return f.sum(summands)

        num = move(e.num)
        return num if f.up(e.den).is_one() else f.mul(num, f.invert(move(e.den)))

    def _moved(self, place: int, old: Term, new: Term, made: dict[int, Element]) -> Element:
        if place not in made:
            f, g = self.field, self.field.generators[place]
            if old not in self.free_of(place):
                out: Element | None = f.poly(f._gens[place])
            elif g.kind == "atom":
                again = self._rebuild.get(place)
                out = again[0](old, new) if again else self.whole.scalar(substitute(g.data, {old: new}))
            elif g.kind == "root":
                out = radicals.nth_root(self.whole, self.transport(f.poly(f.up(g.data[1])), old, new), g.data[0])
            elif g.kind == "log":
                out = radicals.log(self.whole, self.transport(f.poly(f.up(g.data)), old, new))
            elif g.kind == "exp":
                out = radicals.exp(self.whole, self.transport(g.data, old, new))
            else:
                out = radicals.cos_sin(self.whole, self.transport(g.data, old, new))[g.kind == "sin"]
            made[place] = f.zero if out is None else out  # what is missing is owed
        return made[place]

    # ---- keys

    def atom_key(self, t: Term) -> Hashable:
        """A canonical key of a term that is an atom: its operator, its sort and the keys of its arguments."""
        if t.op in BINDERS:
            with self.bound(t) as (x, args):
                role = x.args[0] if any(self._depends(a, x) for a in args[1:]) else ""  # which symbol inside is bound
                sorts = self.sort_key(t.sort), self.sort_key(x.sort)
                spaces = x in sizes_in(args)  # for all d >= 1, where d is a dimension: not for all whole numbers
                return (t.op, *sorts, role, spaces, *(self.key(a) for a in args[1:]))
        if t.op == "sym" and not t.args[0].startswith("#"):  # x in R^(1+1) and x in R^2 are two variables
            return (t.op, t.sort, t.args[0])
        return (t.op, self.sort_key(t.sort), *(self.key(a) for a in t.args))

    def _depends(self, t: Any, x: Term) -> bool:
        """Whether the value of an argument may depend on x: 0 * x does not."""
        if not isinstance(t, Term) or x not in t.free:
            return False
        if is_scalar(t):
            return x in self.free_in(*self.field.parts(self.whole.scalar(t)))
        return t.sort[0] != "vec" or bool(linear.vector(self.whole, t))

    def sort_key(self, sort: Sort) -> Hashable:
        """A canonical key of a sort: two spaces are one only when their dimensions are proved equal."""
        return sort if len(sort) == 1 else tuple(self.key(part) for part in sort)

    def key(self, t: Any) -> Hashable:
        """A canonical key of any argument: equal keys mean equal values."""
        if not isinstance(t, Term):
            return t
        if is_scalar(t):
            return ("scalar", self.field.key(self.whole.scalar(t)))
        if t.sort[0] == "vec":
            return (self.sort_key(t.sort), self.vector_key(linear.vector(self.whole, t)))
        if t.sort[0] == "mat":
            return (self.sort_key(t.sort[:3]), self.matrix_key(linear.matrix(self.whole, t)))
        meaning = self.whole._unfold(t) if t.sort == MEASURE and t.op == "app" else None
        return self.atom_key(t) if meaning is None else self.key(meaning)

    def vector_key(self, v: Vector) -> Hashable:
        """A canonical key of a vector."""
        return tuple(sorted(((k, self.field.key(e)) for k, e in v.items()), key=repr))

    matrix_key: Callable[..., Hashable] = vector_key

    def vector_atom(self, t: Term) -> Vector:
        """A vector that is not a combination: a symbol, an opaque function, a gradient, an integral."""
        if t.op in ("E", "KL"):
            return linear.vector(self.whole, unfold(t))
        if t.op == "app" and self._function_rules:
            unfolded = self.whole._unfold(t)
            if unfolded is not None:
                return linear.vector(self.whole, unfolded)
        if t.op in ("grad", "diff") and not opaque_slope(t):
            out = self.whole._calculus(t, gradient if t.op == "grad" else vector_derivative)
            if out is not None:
                return linear.vector(self.whole, out)
        if t.op == "int":
            return integral_atom(self.whole, t)
        return self.vector_symbol(self.atom_key(t), t)

    def vector_symbol(self, key: Hashable, t: Term) -> Vector:
        """The vector atom with this key, or what an equation says it equals."""
        if key in self._vector_rules:
            return self._vector_rules[key]
        self.vectors[key] = t
        return {((), key): self.field.one}


SIGN_FREE = frozenset({
    "num", "sym", "app", "add", "neg", "mul", "div", "exp", "sin", "cos", "atan", "inner", "norm2", "tr", "T", "eye",
    "inv", "zero", "comps", "lebesgue", "interval", "weighted",
})  # fmt: skip


def sign_free(t: Term) -> bool:
    """Whether the normal form of the term is the same under all facts: no root, logarithm or diagonal matrix in it."""
    return t.op in SIGN_FREE and all(sign_free(a) for a in t.args if isinstance(a, Term))
