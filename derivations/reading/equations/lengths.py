"""Norms, inner products and means as polynomials over the field of the kernel: what an inequality between them is made of.

    ("s", t)        a number t whose sign is not known
    ("g", u, v)     the inner product of two vectors that are no combinations of others
    ("n", k)        the k-th length, a number that is not negative
    ("m", k)        the k-th mean of a monomial: an expectation, or an integral over time

Vectors are combinations of such ones, so that an inner product is a sum of ("g", u, v), in every dimension. A mean is
linear and monotone; what stands outside of it too, and is none of its variables, is a constant of it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from derivations.kernel.field import Element
from derivations.kernel.normal import Normalizer
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, add, app, is_scalar, le, mul, neg, num, sym
from derivations.reading.notation.coordinates import walk

Item = tuple[Hashable, ...]
Mono = tuple[Item, ...]  # sorted, with repetitions
Poly = dict[Mono, Element]
Combination = dict[Hashable, Poly]  # of vectors, or of monomials of numbers
Functional = tuple[Hashable, ...]  # ("E", *laws), ("E|", *conditions), or ("int", low, high)

MAX_TERMS, MAX_POWER = 120, 4
TIME = sym("time of an integral")
MEANS = frozenset({"E", "E|"})
INTEGRAL = "integral[]"


class Opaque(ValueError):
    """An inequality that is too large, or made of other things than norms, inner products, means and numbers."""


@dataclass(frozen=True)
class Length:
    """|u| in a space: of vectors, of numbers, or of random vectors with the mean of a square; of another root the
    square alone is known.
    """

    space: Hashable
    parts: Combination | None
    square: Poly


@dataclass
class Scene:
    """The lengths and means that one inequality speaks of, and the decision that knows the signs of its coefficients."""

    n: Normalizer
    outside: frozenset[Term] = frozenset()  # the names that stand outside of all means
    lengths: list[Length] = field(default_factory=list)
    means: list[tuple[Functional, Mono, Element]] = field(default_factory=list)
    symbols: dict[Item, Element] = field(default_factory=dict)

    # ---- polynomials

    def constant(self, e: Element) -> Poly:
        """A coefficient alone."""
        return {} if self.n.field.is_zero(e) else {(): e}

    def plus(self, *polys: Poly) -> Poly:
        """A sum. Raises Opaque when it is too large."""
        f, out = self.n.field, dict[Mono, Element]()
        for p in polys:
            for mono, c in p.items():
                out[mono] = f.add(out[mono], c) if mono in out else c
        out = {mono: c for mono, c in out.items() if not f.is_zero(c)}
        if len(out) > MAX_TERMS:
            raise Opaque("too many terms")
        return out

    def minus(self, a: Poly, b: Poly) -> Poly:
        """A difference."""
        return self.plus(a, {mono: self.n.field.neg(c) for mono, c in b.items()})

    def times(self, a: Poly, b: Poly) -> Poly:
        """A product, in which the square of a length is what it is. Raises Opaque when it is too large."""
        if len(a) * len(b) > 4 * MAX_TERMS:
            raise Opaque("too many terms")
        f = self.n.field
        parts = [self._product(m, k, f.mul(c, e)) for m, c in a.items() for k, e in b.items()]
        return self.plus(*parts)

    def _product(self, a: Mono, b: Mono, c: Element) -> Poly:
        if not a or not b:
            return {a or b: c}
        mono = list(a + b)
        twice = next((i for i in mono if i[0] == "n" and mono.count(i) > 1), None)
        if twice is None:
            return {tuple(sorted(mono, key=repr)): c}
        for _ in range(2):
            mono.remove(twice)
        return self.times({tuple(sorted(mono, key=repr)): c}, self.lengths[twice[1]].square)

    # ---- numbers

    def poly(self, t: Term) -> Poly:
        """A number as a polynomial. Raises Opaque."""
        if t.op == "add":
            return self.plus(*map(self.poly, t.args))
        if t.op == "neg":
            return self.minus({}, self.poly(t.args[0]))
        if t.op == "mul" and all(map(is_scalar, t.args)):
            out = self.constant(self.n.field.one)
            for a in t.args:
                out = self.times(out, self.poly(a))
            return out
        if t.op == "div":
            below = self.poly(t.args[1])
            if set(below) == {()}:
                return self.times(self.poly(t.args[0]), {(): self.n.inverse(below[()], t.args[1])})
            return self._number(t)
        return self._power(t) if t.op in ("pow", "sqrt") else self._atom(t)

    def _power(self, t: Term) -> Poly:
        if t.op == "sqrt":
            return self._root(t)
        exponent = t.args[1]
        if exponent.op != "num" or exponent.args[0].denominator != 1 or not 0 < exponent.args[0] <= MAX_POWER:
            return self._number(t)
        base = out = self.poly(t.args[0])
        for _ in range(int(exponent.args[0]) - 1):
            out = self.times(out, base)
        return out

    def _atom(self, t: Term) -> Poly:
        if t.op == "inner":
            return self.product(self.vector(t.args[0]), self.vector(t.args[1]))
        if t.op == "norm2":
            u = self.vector(t.args[0])
            return self.product(u, u)
        if t.op == "app" and t.args[0] in MEANS:
            return self.mean((t.args[0], *t.args[2:]), self.poly(t.args[1]))
        over = integrated(t)
        return self._number(t) if over is None else self.mean(over[1], self.poly(over[0]))

    def _number(self, t: Term) -> Poly:
        """A number of which no more than a sign may be known."""
        if any(p.op == "app" and p.args[0] == "row" for p in walk(t)):
            raise Opaque("a vector that is turned")
        e = self.n.scalar(t)
        named = t.op in ("sym", "app") and self.n.field.rational_value(e) is None
        s = self.n.sign_of(e) if named else None
        return {(("s", t),): self.n.field.one} if named and not (s and s.strict) else self.constant(e)

    # ---- lengths

    def _root(self, t: Term) -> Poly:
        """A root: the length of a vector, of a number, in the mean, or of which the square alone is known."""
        inside = t.args[0]
        if inside.op == "norm2":
            return self.length(None, self.vector(inside.args[0]))
        if inside.op == "pow" and inside.args[1] == num(2):
            return self.absolute(self.poly(inside.args[0]))
        if inside.op == "app" and inside.args[0] in MEANS:
            space: Functional = (inside.args[0], *inside.args[2:])
            body = inside.args[1]
            if body.op == "norm2":
                return self.length(space, self.vector(body.args[0]))
            if body.op == "pow" and body.args[1] == num(2):
                return self.length((space, "numbers"), self._parts(self.poly(body.args[0])))
        if inside.op == "mul":
            signs = [self.sign(self.poly(a)) for a in inside.args]
            if all(s is not None and s.value > 0 for s in signs):
                out = self.constant(self.n.field.one)
                for a in inside.args:
                    out = self.times(out, self.poly(Term("sqrt", (a,), t.sort)))
                return out
        square = self.poly(inside)
        if set(square) <= {()}:
            return self._number(t)
        s = self.sign(square)
        if s is None or s.value < 0:
            return self._number(t)
        return self._kept(Length(None, None, square))

    def absolute(self, p: Poly) -> Poly:
        """|s| of a number: of a product the product of the absolute values."""
        s = self.sign(p)
        if s is not None and (s.value > 0 or not p):
            return p
        if s is not None:
            return self.minus({}, p)
        if len(p) > 1:
            return self.length("numbers", self._parts(p))
        ((mono, c),) = p.items()
        out = self._positive(c)
        for i in mono:
            one = {(i,): self.n.field.one}
            known = self.sign(one)
            out = self.times(
                out, one if known is not None else self.length("numbers", {(i,): self.constant(self.n.field.one)})
            )
        return out

    def root(self, p: Poly) -> Poly | None:
        """The root of a product of squares and of means of squares; None for anything else."""
        if len(p) != 1:
            return None
        ((mono, c),) = p.items()
        s, q = self.n.sign_of(c), self.n.field.rational_value(c)
        roots = [isqrt(k) for k in (q.numerator, q.denominator)] if q is not None and q > 0 else []
        if s is None or s.value < 0 or not roots or Fraction(roots[0], roots[1]) ** 2 != q:
            return None
        out = self.constant(self.n.field.constant(Fraction(*roots)))
        for i in dict.fromkeys(mono):
            one = self._root_of(i, mono.count(i))
            if one is None:
                return None
            out = self.times(out, one)
        return out

    def _root_of(self, i: Item, count: int) -> Poly | None:
        """The root of a power of an item."""
        one = self.constant(self.n.field.one)
        if i[0] == "g" and i[1] == i[2] and count == 1:
            return self.length(None, {i[1]: one})
        if count == 2:
            return self.absolute({(i,): self.n.field.one})
        if i[0] != "m" or count != 1:
            return None
        by, inner, c = self.means[i[1]]  # type: ignore[index]
        if self.n.field.rational_value(c) != 1 or by[0] == "int":
            return None
        if len(inner) == 1 and inner[0][0] == "g" and inner[0][1] == inner[0][2]:
            return self.length(by, {inner[0][1]: one})
        if len(inner) == 2 and inner[0] == inner[1]:
            return self.length((by, "numbers"), {inner[:1]: one})
        return None

    def _positive(self, c: Element) -> Poly:
        """|c| of a coefficient."""
        s = self.n.sign_of(c)
        if s is None:
            raise Opaque("a coefficient of open sign")
        return {(): c if s.value > 0 else self.n.field.neg(c)}

    def _parts(self, p: Poly) -> Combination:
        """A number as a combination of monomials."""
        return {mono: self.constant(c) for mono, c in p.items()}

    def length(self, space: Hashable, parts: Combination) -> Poly:
        """|u|, where the first coefficient is taken out. Raises Opaque."""
        parts = {k: c for k, c in parts.items() if c}
        if not parts:
            return {}
        first = parts[min(parts, key=repr)]
        outer = self.constant(self.n.field.one)
        if set(first) == {()} and self.n.sign_of(first[()]) is not None and self.n.nonzero(first[()].num):
            outer, by = self._positive(first[()]), self.constant(self.n.field.invert(first[()]))
            parts = {k: self.times(c, by) for k, c in parts.items()}
        elif len(parts) == 1 and space is None:
            outer, parts = self.absolute(first), {k: self.constant(self.n.field.one) for k in parts}
        return self.times(outer, self._kept(Length(space, parts, self._square(space, parts))))

    def _kept(self, new: Length) -> Poly:
        keys = [self._key(k) for k in self.lengths]
        if self._key(new) not in keys:
            self.lengths.append(new)
            keys.append(self._key(new))
        return {(("n", keys.index(self._key(new))),): self.n.field.one}

    def _key(self, k: Length) -> Hashable:
        f = self.n.field
        made = k.parts if k.parts is not None else {(): k.square}
        return k.space, frozenset((b, frozenset((m, f.key(c)) for m, c in p.items())) for b, p in made.items())

    def _square(self, space: Hashable, parts: Combination) -> Poly:
        return self.between(space, parts, parts)

    def between(self, space: Hashable, u: Combination, v: Combination) -> Poly:
        """The inner product of two vectors of one space."""
        if space is None:
            return self.product(u, v)
        if space == "numbers":
            return self.times(self.number(u), self.number(v))
        if isinstance(space, tuple) and space[-1] == "numbers":
            return self.mean(space[0], self.times(self.number(u), self.number(v)))
        return self.mean(space, self.product(u, v))  # type: ignore[arg-type]

    def number(self, parts: Combination) -> Poly:
        """A combination of monomials as a number."""
        return self.plus(*(self.times(c, {mono: self.n.field.one}) for mono, c in parts.items()))  # type: ignore[dict-item]

    # ---- vectors

    def vector(self, t: Term) -> Combination:
        """A vector as a combination of others. Raises Opaque."""
        if t.op == "zero":
            return {}
        if t.op == "add":
            return self.total([self.vector(a) for a in t.args])
        if t.op == "neg":
            return {k: self.minus({}, c) for k, c in self.vector(t.args[0]).items()}
        if t.op == "div":
            return self.scaled(self.vector(t.args[0]), self.poly(Term("div", (num(1), t.args[1]), ("real",))))
        if t.op == "mul":
            return self._multiple(t)
        if t.op == "app" and t.args[0] in MEANS:
            return self.vector_mean((t.args[0], *t.args[2:]), self.vector(t.args[1]))
        over = integrated(t)
        if over is not None:
            return self.vector_mean(over[1], self.vector(over[0]))
        return {t: self.constant(self.n.field.one)}

    def _multiple(self, t: Term) -> Combination:
        """A product of numbers, matrices and a vector; a matrix times a vector is another vector."""
        out = self.vector(t.args[-1]) if t.args[-1].sort[0] == "vec" else None
        rest = t.args[:-1]
        if out is None:
            at = next(k for k, a in enumerate(t.args) if a.sort[0] == "vec")
            out, rest = self.vector(t.args[at]), (*t.args[:at], *t.args[at + 1 :])
        for a in reversed(rest):
            if is_scalar(a):
                out = self.scaled(out, self.poly(a))
            elif a.op != "eye":
                out = {mul(a, k): c for k, c in out.items()}  # type: ignore[arg-type]
        return out

    def total(self, parts: Iterable[Combination]) -> Combination:
        """A sum of vectors."""
        out: Combination = {}
        for part in parts:
            for k, c in part.items():
                out[k] = self.plus(out.get(k, {}), c)
        return {k: c for k, c in out.items() if c}

    def scaled(self, u: Combination, by: Poly) -> Combination:
        """A multiple of a vector."""
        return {k: self.times(c, by) for k, c in u.items()}

    def product(self, u: Combination, v: Combination) -> Poly:
        """The inner product of two vectors. Raises Opaque when it is too large."""
        one = self.n.field.one
        gram = [
            self.times(self.times(c, e), {(("g", *sorted((a, b), key=repr)),): one})
            for a, c in u.items()
            for b, e in v.items()
        ]
        return self.plus(*gram)

    # ---- means

    def mean(self, by: Functional, p: Poly) -> Poly:
        """The mean of a number: linear, and of constants what they are. Raises Opaque."""
        return self.plus(*(self._mean(by, mono, c) for mono, c in p.items()))

    def _mean(self, by: Functional, mono: Mono, c: Element) -> Poly:
        f = self.n.field
        fixed = tuple(i for i in mono if self.is_fixed(by, i))
        loose = tuple(i for i in mono if i not in fixed)
        outer = {fixed: c} if self._is_constant(by, c) else {fixed: f.one}
        inner = f.one if self._is_constant(by, c) else c
        if f.rational_value(inner) == 1 and not loose:
            return self.times(outer, self.mass(by))
        if f.rational_value(inner) == 1 and len(loose) == 1 and loose[0][0] == "g":
            u, v = loose[0][1:]
            still = [w for w in (u, v) if self._is_still(by, w)]
            if len(still) == 1:
                other = self.vector_mean(by, {v if still[0] == u else u: self.constant(f.one)})
                return self.times(outer, self.product({still[0]: self.constant(f.one)}, other))
        keys = [(b, m, f.key(k)) for b, m, k in self.means]
        new = (by, loose, f.key(inner))
        if new not in keys:
            self.means.append((by, loose, inner))
            keys.append(new)
        return self.times(outer, {(("m", keys.index(new)),): f.one})

    def mass(self, by: Functional) -> Poly:
        """The mean of 1: 1, or the length of the interval, which runs upwards."""
        return self.constant(self.n.field.one) if by[0] != "int" else self.poly(add(by[2], neg(by[1])))  # type: ignore[arg-type]

    def vector_mean(self, by: Functional, u: Combination) -> Combination:
        """The mean of a vector. Raises Opaque."""
        f, out = self.n.field, list[Combination]()
        for k, c in u.items():
            for mono, e in c.items():
                if not self._is_constant(by, e) or not all(self.is_fixed(by, i) for i in mono):
                    raise Opaque("a coefficient that moves with what is averaged")
                if self._is_still(by, k):
                    out.append({k: self.times({mono: e}, self.mass(by))})
                else:
                    out.append({app("mean", k, *by[1:], sym(str(by[0])), sort=k.sort): {mono: e}})  # type: ignore[attr-defined, arg-type]
        return self.total(out) if f else {}

    def is_fixed(self, by: Functional, i: Item) -> bool:
        """Whether an item is surely a constant of a mean."""
        if i[0] == "s":
            return self._is_still(by, i[1])
        if i[0] == "g":
            return all(self._is_still(by, v) for v in i[1:])
        if i[0] == "m":
            return self.means[i[1]][0] == by  # type: ignore[index]
        k = self.lengths[i[1]]  # type: ignore[index]
        return all(self.is_fixed(by, j) for mono in k.square for j in mono) and all(
            self._is_constant(by, c) for c in k.square.values()
        )

    def _is_still(self, by: Functional, t: Hashable) -> bool:
        """Whether a name stands outside of all means too, and is no variable of this one; a mean of the same kind is a
        constant of it.
        """
        assert isinstance(t, Term)
        if t.op == "app" and t.args[0] == "mean":
            return (str(t.args[-1].args[0]), *t.args[2:-1]) == by
        if t.op == "num":
            return True
        if by[0] == "int":
            return t in self.outside and TIME not in t.free
        letters = {n for law in by[1:] for n in _letters(law)}
        return t in self.outside and not letters & {n for n in _letters(t)}

    def _is_constant(self, by: Functional, c: Element) -> bool:
        places = self.n.field.places_in(*self.n.field.parts(c))
        return all(self._is_still_place(by, p) for p in places)

    def _is_still_place(self, by: Functional, place: int) -> bool:
        data = self.n.field.generators[place].data
        if isinstance(data, Term):
            return data.args[0] == "pi" or self._is_still(by, data)
        if isinstance(data, Element):
            return self._is_constant(by, data)
        radicand = data[1] if isinstance(data, tuple) else data
        return all(self._is_still_place(by, p) for p in self.n.field.places_in(radicand))

    # ---- signs

    def element(self, p: Poly) -> Element:
        """The polynomial in the field, a symbol for every item; those that are not negative are known to be none."""
        f, parts = self.n.field, []
        for mono, c in p.items():
            for i in mono:
                c = f.mul(c, self._symbol(i))
            parts.append(c)
        return f.sum(parts)

    def _symbol(self, i: Item) -> Element:
        if i not in self.symbols:
            s = sym(f"item {len(self.symbols)}")
            if self.is_positive(i):
                self.n.assume(le(0, s))
            self.symbols[i] = self.n.scalar(s)
        return self.symbols[i]

    def is_positive(self, i: Item) -> bool:
        """Whether an item is never negative."""
        if i[0] == "m":
            _, mono, c = self.means[i[1]]  # type: ignore[index]
            s = self.sign({mono: c})
            return s is not None and s.value > 0
        if i[0] == "s":
            s = self.n.sign_of(self.n.scalar(i[1]))  # type: ignore[arg-type]
            return s is not None and s.value > 0
        return i[0] == "n" or (i[0] == "g" and i[1] == i[2])

    def sign(self, p: Poly):  # type: ignore[no-untyped-def]
        """The sign of a polynomial that the signs of its items show, or None."""
        return self.n.sign_of(self.element(p))


def integrated(t: Term) -> tuple[Term, Functional] | None:
    """What an integral over time is of, and its functional; None for anything else. Raises Opaque for one inside of
    another.
    """
    if t.op == "int" and t.args[1].op == "interval":
        variable, ends, body = t.args[0], t.args[1].args, t.args[2]
    elif t.op == "app" and t.args[0] == INTEGRAL and len(t.args) == 5:
        variable, ends, body = t.args[2], t.args[3:], t.args[1]
    else:
        return None
    if TIME in body.free:
        raise Opaque("an integral inside of another")
    return substitute(body, {variable: TIME}), ("int", *ends)


def _letters(t: Hashable) -> set[str]:
    """The letters of a law or of a name: those of "law x_{0}~q" are x and q."""
    if not isinstance(t, Term):
        return set()
    names = {str(p.args[0]).removeprefix("∂") for p in walk(t) if p.op in ("sym", "app")}
    written = {w for n in names for w in re.findall(r"[^\W\d_]+", n)}
    return names | written | ({"eps"} if written & {"epsilon", "varepsilon"} else set())
