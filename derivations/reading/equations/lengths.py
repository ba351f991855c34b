"""The sides of an inequality in lengths, inner products and means, in every dimension.

A mean is an expectation or an integral over time. It is linear and monotone, and what stands outside of it too, and is
none of its variables, is a constant of it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from derivations.kernel.field import Element
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, add, app, is_scalar, mul, neg, num, sym
from derivations.reading.equations.algebra import (
    MAX_POWER,
    Algebra,
    Combination,
    Functional,
    Item,
    Length,
    Mono,
    Opaque,
    Poly,
)
from derivations.reading.notation.coordinates import walk

TIME = sym("time of an integral")
MEANS = frozenset({"E", "E|"})
INTEGRAL = "integral[]"
COEFFICIENTS = frozenset(
    "alpha alpha_bar beta gamma delta varepsilon eta kappa lambda mu nu rho sigma tau "
    "c h m ell C L M K B G T N n d".split()
)  # numbers that an author may take out of a mean
Space = Any  # None, "numbers", a functional, or (functional, "numbers")


@dataclass
class Scene(Algebra):
    """How the terms of one inequality become polynomials."""

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
            one: Poly = {(i,): self.n.field.one}
            known = self.sign(one)
            value = self.length("numbers", self._parts(one)) if known is None else one
            out = self.times(out, value if known is None or known.value > 0 else self.minus({}, value))
        return out

    def root(self, t: Term) -> Poly | None:
        """The root of a product of squares and of means of squares; None for anything else."""
        if t.op == "mul":
            whole = self.constant(self.n.field.one)
            for one in map(self.root, t.args):
                if one is None:
                    return None
                whole = self.times(whole, one)
            return whole
        if t.op == "norm2":
            return self.length(None, self.vector(t.args[0]))
        p = self.poly(t)
        if len(p) != 1:
            return None
        ((mono, c),) = p.items()
        q = self.n.field.rational_value(c)
        r = Fraction(isqrt(q.numerator), isqrt(q.denominator)) if q is not None and q > 0 else Fraction(0)
        if r**2 != q:
            return None
        out = self.constant(self.n.field.constant(r))
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
        by, inner, c = self.means[i[1]]
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

    def length(self, space: Space, parts: Combination) -> Poly:
        """|u|, where the first coefficient is taken out. Raises Opaque."""
        parts = {k: c for k, c in parts.items() if c}
        if not parts:
            return {}
        first = parts[min(parts, key=repr)]
        outer = self.constant(self.n.field.one)
        if set(first) == {()} and self._comes_out(space, first[()]):
            outer, by = self._positive(first[()]), self.constant(self.n.field.invert(first[()]))
            parts = {k: self.times(c, by) for k, c in parts.items()}
        elif len(parts) == 1 and space is None:
            outer, parts = self.absolute(first), {k: self.constant(self.n.field.one) for k in parts}
        return self.times(outer, self._kept(Length(space, parts, self.between(space, parts, parts))))

    def _comes_out(self, space: Space, c: Element) -> bool:
        """Whether a coefficient may be taken out of a length: a number of known sign that nothing is averaged over."""
        s = self.n.sign_of(c)
        return s is not None and self.n.nonzero(c.num) and self.scales(space, c)

    def scales(self, space: Space, c: Element) -> bool:
        """Whether a coefficient is the same for all that the length of a space averages over."""
        by = self.mean_of(space)
        return by is None or self.is_constant(by, c)

    def mean_of(self, space: Space) -> Functional | None:
        """The mean by which a space measures; None for vectors and for numbers."""
        if not isinstance(space, tuple):
            return None
        by: Functional = space[0] if space[-1] == "numbers" else space
        return by

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

    def between(self, space: Space, u: Combination, v: Combination) -> Poly:
        """The inner product of two vectors of one space."""
        if space is None:
            return self.product(u, v)
        if space == "numbers":
            return self.times(self.number(u), self.number(v))
        by = self.mean_of(space) or ()
        inside = space[-1] == "numbers"
        return self.mean(by, self.times(self.number(u), self.number(v)) if inside else self.product(u, v))

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
                out = {mul(a, k): c for k, c in out.items()}
        return out

    # ---- means

    def mean(self, by: Functional, p: Poly) -> Poly:
        """The mean of a number: linear, and of constants what they are. Raises Opaque."""
        return self.plus(*(self._mean(by, mono, c) for mono, c in p.items()))

    def _mean(self, by: Functional, mono: Mono, c: Element) -> Poly:
        f = self.n.field
        fixed = tuple(i for i in mono if self.is_fixed(by, i))
        loose = tuple(i for i in mono if i not in fixed)
        outer = {fixed: c} if self.is_constant(by, c) else {fixed: f.one}
        inner = f.one if self.is_constant(by, c) else c
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
        return self.constant(self.n.field.one) if by[0] != "int" else self.poly(add(by[2], neg(by[1])))

    def vector_mean(self, by: Functional, u: Combination) -> Combination:
        """The mean of a vector. Raises Opaque."""
        f, out = self.n.field, list[Combination]()
        for k, c in u.items():
            for mono, e in c.items():
                if not self.is_constant(by, e) or not all(self.is_fixed(by, i) for i in mono):
                    raise Opaque("a coefficient that moves with what is averaged")
                if self._is_still(by, k):
                    out.append({k: self.times({mono: e}, self.mass(by))})
                else:
                    out.append({app("mean", k, *by[1:], sym(str(by[0])), sort=k.sort): {mono: e}})
        return self.total(out) if f else {}

    def is_fixed(self, by: Functional, i: Item) -> bool:
        """Whether an item is surely a constant of a mean."""
        if i[0] == "s":
            return self._is_still(by, i[1])
        if i[0] == "g":
            return all(self._is_still(by, v) for v in i[1:])
        if i[0] == "m":
            return self.means[i[1]][0] == by
        k = self.lengths[i[1]]
        return all(self.is_fixed(by, j) for mono in k.square for j in mono) and all(
            self.is_constant(by, c) for c in k.square.values()
        )

    def _is_still(self, by: Functional, t: Hashable) -> bool:
        """Whether a name is that of a coefficient, stands outside of all means too, and is no variable of this one; a
        mean of the same kind is a constant of it.

        A vector, or a number like X, is never taken for a constant: |X|^2 <= E|X|^2 is no truth about one.
        """
        if not isinstance(t, Term):
            return False
        if t.op == "app" and t.args[0] == "mean":
            return (str(t.args[-1].args[0]), *t.args[2:-1]) == by
        if t.op not in ("sym", "app") or t.args[0] not in COEFFICIENTS or len(t.args) > 2 or t not in self.outside:
            return False
        letters = {n for law in by[1:] for n in _letters(law)}
        return TIME not in t.free if by[0] == "int" else not letters & _letters(t)

    def is_constant(self, by: Functional, c: Element) -> bool:
        """Whether a coefficient is surely a constant of a mean."""
        places = self.n.field.places_in(*self.n.field.parts(c))
        return all(self._is_still_place(by, p) for p in places)

    def _is_still_place(self, by: Functional, place: int) -> bool:
        data = self.n.field.generators[place].data
        if isinstance(data, Term):
            return data.args[0] == "pi" or self._is_still(by, data)
        if isinstance(data, Element):
            return self.is_constant(by, data)
        radicand = data[1] if isinstance(data, tuple) else data
        return all(self._is_still_place(by, p) for p in self.n.field.places_in(radicand))


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
    if variable.op != "sym" or not is_scalar(variable):
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
