"""The kernel's generators as relations over SymPy's polynomial ring, and fractions of its polynomials.

Coefficients are SymPy's own Python rationals. FLINT appears only where a polynomial of the kernel is read off, term by
term. Relations are taken from what a generator is declared to be (g**n = radicand, s**2 = 1 - c**2), not from the
kernel's table of reductions.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import fmpq
from sympy.external.pythonmpq import PythonMPQ
from sympy.polys.domains.pythonrationalfield import PythonRationalField
from sympy.polys.orderings import lex
from sympy.polys.rings import PolyRing

from derivations.kernel.field import Element, Field, Generator
from derivations.kernel.polynomials import terms as kernel_terms

Poly = Any  # sympy.polys.rings.PolyElement
Frac = tuple[Poly, Poly]
RATIONALS = PythonRationalField()


@lru_cache(maxsize=32)
def _ring(size: int) -> PolyRing:
    """The ring in so many generators; making one costs more than most steps."""
    return PolyRing([f"g{k}" for k in range(size)], RATIONALS, lex)


class TableFull(Exception):
    """The field has more generators than the ring: what is being checked begins again with a larger one."""


class Table:
    """A ring over the generators that a field has so far, and their relations. Its size is fixed from the start."""

    def __init__(self, field: Field, size: int) -> None:
        self.field = field
        self.size = size
        self.ring = _ring(size)
        self.relations: dict[int, tuple[int, Poly]] = {}
        self._read: dict[int, tuple[Any, Poly]] = {}  # by identity, with what keeps it from being given away
        self._known = 0
        self.unit: Poly = self.ring.one  # the ring makes a new one each time; that it is this one, is seen at once
        self._numbers: dict[Fraction | int, Frac] = {1: (self.unit, self.unit)}
        self.generators = [(g, self.unit) for g in self.ring.gens]

    def sync(self) -> None:
        """Take notice of generators that were made since the last look. Raises TableFull."""
        generators = self.field.generators
        if len(generators) == self._known:
            return
        if len(generators) > self.size:
            raise TableFull
        first, self._known = self._known, len(generators)
        for g in generators[first:]:
            if g.kind == "root":
                n, radicand = g.data
                self.relations[g.place] = n, self.poly(radicand)
            elif g.kind == "sin":
                cosine = next(c for c in generators if c.kind == "cos" and self._same(c, g))
                self.relations[g.place] = 2, self.unit - self.ring.gens[cosine.place] ** 2
                self._relate_multiples(cosine, g)

    def _relate_multiples(self, cosine: Generator, sine: Generator) -> None:
        """The generators of multiples of an angle, made before those of the angle itself, in terms of these."""
        unit = self.generator(cosine.place), self.generator(sine.place)
        for g in self.field.generators[: cosine.place]:
            if g.kind not in ("cos", "sin"):
                continue
            times = self.ratio(self.fraction(g.data), self.fraction(cosine.data))
            if times is not None and times > 1 and times.denominator == 1:
                self.relations.pop(g.place, None)  # what comes last is used first
                self.relations[g.place] = 1, self.multiple(unit, int(times))[g.kind == "sin"][0]

    def _same(self, a: Generator, b: Generator) -> bool:
        return self.equal(self.fraction(a.data), self.fraction(b.data))

    def ratio(self, a: Frac, b: Frac) -> Fraction | None:
        """The rational number a/b, or None when it is none."""
        (p, q), (r, s) = a, b
        left, right = self.reduce(p * s), self.reduce(r * q)
        if not left or not right:
            return None
        k = left.LC / right.LC
        return Fraction(int(k.numerator), int(k.denominator)) if left == right * k else None

    def multiple(self, pair: tuple[Frac, Frac], times: int) -> tuple[Frac, Frac]:
        """The cosine and the sine of a multiple of an angle, from those of the angle."""
        u, v = pair[0], self.neg(pair[1]) if times < 0 else pair[1]
        cosine, sine = self.constant(1), self.constant(0)
        for _ in range(abs(times)):
            cosine, sine = (
                self.add(self.mul(cosine, u), self.neg(self.mul(sine, v))),
                self.add(self.mul(sine, u), self.mul(cosine, v)),
            )
        return cosine, sine

    # ---- reading the kernel's polynomials

    def poly(self, p: Any) -> Poly:
        """A polynomial of the kernel, read off term by term."""
        if p.is_one():
            return self.unit
        hit = self._read.get(id(p))
        if hit is not None:
            return hit[1]
        size, new, zeros = self.size, PythonMPQ._new, self.ring.zero_monom
        terms = {}
        for mono, c in kernel_terms(p):
            terms[(*map(int, mono[:size]), *zeros[len(mono):])] = new(int(c.p), int(c.q))
        out = self.make(terms)
        self._read[id(p)] = p, out
        return out

    def make(self, terms: dict[tuple[int, ...], Any]) -> Poly:
        """The polynomial with these terms, whose coefficients are known to be of the ring."""
        return self.ring.dtype(terms)

    def adopt(self, f: Frac) -> Frac:
        """A fraction over a smaller ring of the same generators."""
        if f[0].ring is self.ring:
            return f
        num, den = ({mono + (0,) * (self.size - len(mono)): c for mono, c in p.items()} for p in f)
        return self.make(num), self.make(den)

    def fraction(self, e: Element) -> Frac:
        """An element of the kernel's tower."""
        return self.poly(e.num), self.poly(e.den)

    def from_key(self, key: tuple[str, str]) -> Frac:
        """The fraction that a key of the field spells out: the canonical texts of two polynomials."""
        return self._poly_of(key[0]), self._poly_of(key[1])

    def _poly_of(self, text: str) -> Poly:
        terms: dict[tuple[int, ...], Any] = {}
        for term in text.replace(" - ", " + -").split(" + ") if text != "0" else ():
            mono, value = [0] * self.size, RATIONALS(-1 if term.startswith("-") else 1, 1)
            for factor in term.removeprefix("-").split("*"):
                name, _, exponent = factor.partition("^")
                if name.startswith("g"):
                    mono[int(name[1:])] += int(exponent or 1)
                else:
                    over, _, under = name.partition("/")
                    value *= RATIONALS(int(over), int(under or 1))
            terms[tuple(mono)] = value
        return self.make(terms)

    def back(self, p: Poly) -> Any:
        """The polynomial as the kernel has it."""
        size = self.field.ctx.nvars()
        terms = {}
        for mono, c in p.items():
            padded = (mono + (0,) * size)[:size]
            terms[padded] = fmpq(int(c.numerator), int(c.denominator))
        return self.field.ctx.from_dict(terms)

    def generator(self, place: int) -> Frac:
        """A generator as a fraction."""
        return self.generators[place]

    def constant(self, q: Fraction | int) -> Frac:
        """A rational number as a fraction."""
        hit = self._numbers.get(q)
        if hit is None:
            terms = {self.ring.zero_monom: RATIONALS(q.numerator, q.denominator)} if q else {}
            hit = self._numbers[q] = self.make(terms), self.unit
        return hit

    # ---- arithmetic

    def reduce(self, p: Poly) -> Poly:
        """p modulo every relation, newest generator first."""
        for place, (n, radicand) in reversed(self.relations.items()):
            while any(mono[place] >= n for mono in p):
                low, high = {}, {}
                for mono, c in p.items():
                    if mono[place] < n:
                        low[mono] = c
                    else:
                        high[(*mono[:place], mono[place] - n, *mono[place + 1 :])] = c
                p = self.make(low) + self.times(self.make(high), radicand)
        return p

    def times(self, p: Poly, q: Poly) -> Poly:
        """p q, not reduced. Most factors have one term, and a product by one term is a shift."""
        if p is self.unit or q is self.unit:
            return q if p is self.unit else p
        if len(p) == 1:
            return q.mul_term(*p.items())
        return p.mul_term(*q.items()) if len(q) == 1 else p * q

    def product(self, p: Poly, q: Poly) -> Poly:
        """p q modulo every relation."""
        if p is self.unit or q is self.unit:
            return q if p is self.unit else p
        return self.reduce(self.times(p, q))

    def add(self, a: Frac, b: Frac) -> Frac:
        """a + b."""
        if a[1] is b[1] or a[1] == b[1]:
            return a[0] + b[0], a[1]
        return self.reduce(self.times(a[0], b[1]) + self.times(b[0], a[1])), self.product(a[1], b[1])

    def mul(self, a: Frac, b: Frac) -> Frac:
        """a b."""
        return self.product(a[0], b[0]), self.product(a[1], b[1])

    def neg(self, a: Frac) -> Frac:
        """-a."""
        return -a[0], a[1]

    def inverse(self, a: Frac) -> Frac:
        """1/a, for an a that does not vanish."""
        return a[1], a[0]

    def divided(self, p: Poly, q: Poly) -> tuple[Poly, Poly]:
        """The quotient and the rest of a polynomial, whose terms the leading term of q does not divide."""
        quotient, rest = self.ring.zero, self.ring.zero
        while p:
            mono, c = p.LM, p.LC
            step = tuple(x - y for x, y in zip(mono, q.LM, strict=True))
            if min(step) < 0:
                term = self.make({mono: c})
                rest, p = rest + term, p - term
            else:
                term = self.make({step: c / q.LC})
                quotient, p = quotient + term, p - term * q
        return quotient, rest

    def power(self, a: Frac, k: int) -> Frac:
        """a**k for an integer k."""
        if k < 0:
            a, k = self.inverse(a), -k
        out = self.constant(1)
        while k:
            if k & 1:
                out = self.mul(out, a)
            k >>= 1
            if k:
                a = self.mul(a, a)
        return out

    def sum(self, parts: Iterable[Frac]) -> Frac:
        """The sum; parts over one denominator are added first."""
        groups: list[Frac] = []
        for num, den in parts:
            for k, (total, under) in enumerate(groups):
                if under is den or under == den:
                    groups[k] = total + num, under
                    break
            else:
                groups.append((num, den))
        out = groups[0] if groups else self.constant(0)
        for group in groups[1:]:
            out = self.add(out, group)
        return out

    def multiply(self, parts: list[Frac]) -> Frac:
        """The product, from left to right."""
        out = parts[0]
        for p in parts[1:]:
            out = self.mul(out, p)
        return out

    def is_zero(self, a: Frac) -> bool:
        """Whether the numerator is 0 modulo the relations."""
        return not self.reduce(a[0])

    def equal(self, a: Frac, b: Frac) -> bool:
        """Whether a = b: the denominators do not vanish, so the crosswise products decide."""
        if a[1] is b[1] or a[1] == b[1]:
            return a[0] is b[0] or a[0] == b[0] or not self.reduce(a[0] - b[0])
        return not self.reduce(self.times(a[0], b[1]) - self.times(b[0], a[1]))

    def rational(self, a: Frac) -> Fraction | None:
        """The number that a is, or None."""
        if not all(p.is_ground for p in a):
            return None
        over, under = a[0].LC, a[1].LC
        return Fraction(int(over.numerator), int(over.denominator)) / Fraction(
            int(under.numerator), int(under.denominator)
        )

    def places(self, *keys: Hashable) -> list[tuple[Any, int]]:
        """The keys of the field's generators that begin with these parts, with their places."""
        found = []
        for key, place in self.field.places.items():
            if isinstance(key, tuple) and key[: len(keys)] == keys:
                found.append((key, place))
        return found
