"""Polynomials in lengths, inner products and means over the field of the kernel, and the signs of them.

    ("s", t)        a number t whose sign is not known
    ("g", u, v)     the inner product of two vectors that are no combinations of others
    ("n", k)        the k-th length, a number that is not negative
    ("m", k)        the k-th mean of a monomial: an expectation, or an integral over time

A vector is a combination of such ones, so that an inner product is a sum of ("g", u, v), in every dimension.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from derivations.kernel.field import Element
from derivations.kernel.normal import Normalizer
from derivations.kernel.signs import Sign
from derivations.kernel.terms import Term, le, sym

Item = tuple[Any, ...]
Mono = tuple[Item, ...]  # sorted, with repetitions
Poly = dict[Mono, Element]
Combination = dict[Any, Poly]  # of vectors, or of monomials of numbers
Functional = tuple[Any, ...]  # ("E", *laws), ("E|", *conditions), or ("int", low, high)

MAX_TERMS, MAX_POWER = 120, 4


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
class Algebra:
    """Arithmetic of the polynomials of one inequality, and the decision that knows the signs of their coefficients."""

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

    def number(self, parts: Combination) -> Poly:
        """A combination of monomials as a number."""
        return self.plus(*(self.times(c, {mono: self.n.field.one}) for mono, c in parts.items()))

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
            positive = self.is_positive(i)  # this makes symbols too, of what is averaged
            s = sym(f"item {len(self.symbols)}")
            if positive:
                self.n.assume(le(0, s))
            self.symbols[i] = self.n.scalar(s)
        return self.symbols[i]

    def is_positive(self, i: Item) -> bool:
        """Whether an item is never negative."""
        if i[0] == "m":
            _, mono, c = self.means[i[1]]
            s = self.sign({mono: c})
            return s is not None and s.value > 0
        if i[0] == "s":
            s = self.n.sign_of(self.n.scalar(i[1]))
            return s is not None and s.value > 0
        return i[0] == "n" or (i[0] == "g" and i[1] == i[2])

    def sign(self, p: Poly) -> Sign | None:
        """The sign of a polynomial that the signs of its items show, or None."""
        return self.n.sign_of(self.element(p))
