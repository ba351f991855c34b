"""The tower: a field over Q in which equality is polynomial arithmetic.

A `Field` holds generators. An opaque atom is free; a root obeys g^n = r; a sine obeys s^2 = 1 - c^2; logs and exps
are free. An `Element` is a fraction of polynomials in them. Every relation is a true identity wherever the signs that
were proved hold, so a numerator that reduces to 0 proves equality; a numerator that does not reduce to 0 proves
nothing.

That argument needs care with what a fraction is multiplied by. Nested radicals may depend on each other, as in
sqrt(5 + 2 sqrt 6) = sqrt 2 + sqrt 3, and then the ring has zero divisors. A fraction may be expanded by a factor that
is proved not to vanish, or by one from the part of the tower that is an integral domain (`independent`): there the
factor is no zero divisor, even in the whole ring, since every later relation is monic.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction
from itertools import compress, count
from math import comb, gcd, prod
from typing import Any, NamedTuple

from flint import fmpq, fmpq_mpoly

from derivations.kernel.polynomials import (
    LONG,
    MAX_BITS,
    MAX_DEGREE,
    Poly,
    TooLarge,
    bits,
    cancelled,
    fraction,
    poly_key,
    refuse_large,
    ring,
    small,
    terms,
)

MAX_TERMS = 20_000
FIRST_SIZE = 12  # generators of the first ring
SHORT = 64  # terms of a polynomial that may be remembered
MAX_GENERATORS = 768  # twelve, doubled six times
NOWHERE: frozenset[int] = frozenset()


class Generator(NamedTuple):
    """One generator: its place, its kind (atom, root, log, exp, cos, sin) and what defines it.

    data: for an atom its key; for a root (n, radicand); for a log its argument; for exp, cos, sin the exponent or
    angle.
    """

    place: int
    kind: str
    data: Any


class Element:
    """A fraction num/den of polynomials in the generators of one field."""

    __slots__ = ("den", "num")

    def __init__(self, num: Poly, den: Poly) -> None:
        self.num, self.den = num, den


class Field:
    """Generators and exact arithmetic. Signs and obligations are the business of `signs` and `normal`."""

    def __init__(self) -> None:
        self.generators: list[Generator] = []
        self.places: dict[Hashable, int] = {}
        self.roots: dict[int, tuple[int, Poly]] = {}  # place -> (n, radicand): g**n = radicand
        self._root_places: list[int] = []  # their places, oldest first
        self.roots_of_atoms: dict[int, int] = {}  # place of a root -> place of the generator whose root it is
        self.nonzero: Callable[[Poly], bool] = lambda p: False  # whether a polynomial is proved not to vanish
        self._tree: dict[int, tuple[Hashable, int]] = {}  # independent root -> (its base, the degree of the path to it)
        self._degree: dict[Hashable, int] = {}  # base -> the degree of all its independent roots together
        self.angles: dict[Hashable, Fraction] = {}  # angle -> the part of it whose cosine and sine are generators
        self.absolutes: set[int] = set()  # the places of absolute values
        self.aliases: dict[int, Poly] = {}  # place -> what the generator is in terms of newer ones
        self._seen: dict[int, tuple[Poly, frozenset[int]]] = {}  # by identity: the places in a polynomial
        self._keys: dict[int, tuple[Element, Hashable]] = {}  # by identity: the key of an element
        self._size = 0
        self._grow(FIRST_SIZE)

    def _grow(self, size: int) -> None:
        self._size = size
        self.ctx, self._gens, self._one, self._zero = ring(size)
        self.one, self.zero = Element(self._one, self._one), Element(self._zero, self._one)
        self.roots = {k: (n, self.up(r)) for k, (n, r) in self.roots.items()}
        self.aliases = {k: self.up(p) for k, p in self.aliases.items()}
        self.generators = [Generator(g.place, g.kind, self._up_data(g.data)) for g in self.generators]

    def _up_data(self, data: Any) -> Any:
        if isinstance(data, Element):
            return Element(self.up(data.num), self.up(data.den))
        if isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], int):
            return data[0], self.up(data[1])
        return self.up(data) if isinstance(data, fmpq_mpoly) else data

    def generator(self, key: Hashable, kind: str, data: Any) -> Poly:
        """The generator with this key, made when it is new."""
        place = self.places.get(key)
        if place is None:
            place = len(self.generators)
            if place >= MAX_GENERATORS:
                raise TooLarge(f"more than {MAX_GENERATORS} symbols, roots, logarithms and the like")
            if place >= self._size:
                self._grow(2 * self._size)
            self.generators.append(Generator(place, kind, data))
            self.places[key] = place
        return self._gens[place]

    def up(self, p: Poly) -> Poly:
        """p in the current context: the field may have grown since p was made."""
        if self._size == FIRST_SIZE or p.context() is self.ctx:
            return p
        if len(p) == 1:  # nearly all are, and this is faster
            return self.monomial(p.monomial(0)) * p.leading_coefficient()
        return p.project_to_context(self.ctx)

    def parts(self, e: Element) -> tuple[Poly, Poly]:
        """Numerator and denominator in the current context, where the element keeps them from then on."""
        if self._size > FIRST_SIZE:
            if e.num.context() is not self.ctx:
                e.num = self.up(e.num)
            if e.den.context() is not self.ctx:
                e.den = self.up(e.den)
        return e.num, e.den

    def root(self, n: int, radicand: Poly) -> Poly:
        """The generator g with g**n = radicand, an irreducible polynomial or a prime, proved not negative."""
        key = ("root", n, poly_key(radicand))
        new = key not in self.places
        g = self.generator(key, "root", (n, radicand))
        if new:
            self.relate(self.places[key], n, radicand)
            self._note_independence(self.places[key], n, radicand)
        return g

    def absolute(self, p: Poly) -> Poly:
        """The generator |p|, the root of p^2, for a polynomial whose sign is open."""
        p = p if p.leading_coefficient() > 0 else -p
        key = ("abs", poly_key(p))
        new = key not in self.places
        g = self.generator(key, "root", (2, self.reduce(p * p)))
        if new:
            self.absolutes.add(self.places[key])
            self.relate(self.places[key], 2, self.reduce(p * p))
        return g

    def relate(self, place: int, n: int, value: Poly) -> None:
        """From now on the generator g at this place, newer than those in the value, obeys g**n = value."""
        self.roots[place] = (n, value)
        self._root_places = sorted(self.roots)
        if len(value) == 1 and value.total_degree() == 1 and value.leading_coefficient() == 1:
            self.roots_of_atoms[place] = next(iter(self.places_in(value)))

    def _note_independence(self, place: int, n: int, radicand: Poly) -> None:
        """Note whether x^n - radicand (n prime) is irreducible over the independent part of the tower.

        The base of a root is a prime number or an irreducible polynomial in free generators. It ramifies in the
        extension by its own roots only, so Eisenstein's criterion applies when its valuation is prime to n.
        """
        inside = self.places_in(radicand)
        under = next(iter(inside)) if len(inside) == 1 and radicand == self._gens[min(inside)] else None
        if under in self._tree:
            base, path = self._tree[under]
        elif all(self.generators[k].kind in ("atom", "log", "exp") for k in inside):
            base, path = poly_key(radicand / radicand.leading_coefficient()) if inside else poly_key(radicand), 1
        else:
            return
        degree = self._degree.get(base, 1)
        if gcd(degree // path, n) == 1:
            self._tree[place] = base, path * n
            self._degree[base] = degree * n

    def independent(self, p: Poly) -> bool:
        """Whether p lies in the part of the tower that is known to be an integral domain."""
        return all(k in self._tree for k in self.places_in(p) if self.generators[k].kind == "root")

    def monomial(self, exponents: tuple[int, ...]) -> Poly:
        """The monomial with these exponents, which may date from when the field had fewer generators."""
        return self.ctx.from_dict({exponents + (0,) * (self._size - len(exponents)): fmpq(1)})

    def constant(self, q: Fraction | int) -> Element:
        """A rational number."""
        return Element(self.ctx.constant(fmpq(q.numerator, q.denominator)), self._one)

    def poly(self, p: Poly) -> Element:
        """A polynomial as an element."""
        return Element(p, self._one)

    def reduce(self, p: Poly) -> Poly:
        """p modulo g**n = radicand for every root, newest first."""
        if self._size > FIRST_SIZE:
            p = self.up(p)
        if len(p) > MAX_TERMS:
            raise TooLarge(f"a polynomial of {len(p)} terms (cap {MAX_TERMS})")
        if not self.roots or (p.total_degree() < 2 and not self.aliases):
            return p
        degrees = p.degrees()
        for place, q in self.aliases.items():
            if degrees[place] > 0:
                p = self._compose(p, place, q)
                degrees = p.degrees()
        for place in reversed(self._root_places):
            n, radicand = self.roots[place]
            if degrees[place] >= n:
                p = self._reduce_one(p, place, n, self.up(radicand))
                degrees = p.degrees()
        return p

    def _compose(self, p: Poly, place: int, q: Poly) -> Poly:
        """p with the generator at this place replaced by the polynomial q."""
        parts: dict[int, dict[tuple[int, ...], Any]] = {}
        for mono, c in terms(p):
            parts.setdefault(mono[place], {})[mono[:place] + (0,) + mono[place + 1 :]] = c
        return sum((self.ctx.from_dict(part) * q**k for k, part in parts.items()), self._zero)

    def _reduce_one(self, p: Poly, place: int, n: int, radicand: Poly) -> Poly:
        while p.degrees()[place] >= n:
            parts: dict[int, dict[tuple[int, ...], Any]] = {}
            for mono, c in terms(p):
                k, rest = divmod(mono[place], n)
                parts.setdefault(k, {})[mono[:place] + (rest,) + mono[place + 1 :]] = c
            p = sum((self.ctx.from_dict(part) * radicand**k for k, part in parts.items()), self._zero)
        return p

    def make(self, num: Poly, den: Poly) -> Element:
        """num/den, reduced and with the common factor removed. den is known not to vanish."""
        num = self.reduce(num)
        if den.is_one() and small(num):
            return Element(num, self._one)
        den = self.reduce(den)
        if den.is_zero():
            raise ZeroDivisionError("a denominator that was proved not to vanish is 0: the facts contradict each other")
        if num.is_zero():
            return self.zero
        if den.total_degree() > 0:
            g = num.gcd(den)
            if not g.is_one():
                num, den = num / g, den / g
        c = den.leading_coefficient()
        if not (small(num) and small(den)):
            raise TooLarge(f"a coefficient of more than {MAX_BITS} bits")
        return Element(num, den) if c == 1 else Element(num / c, den / c)

    def add(self, a: Element, b: Element) -> Element:
        """a + b."""
        (an, ad), (bn, bd) = self.parts(a), self.parts(b)
        if ad == bd:
            return Element(an + bn, ad) if ad.is_one() else self.make(an + bn, ad)
        if len(an) * len(bd) > LONG or len(bn) * len(ad) > LONG or len(ad) * len(bd) > LONG:
            refuse_large(MAX_DEGREE // 2, (an, bd), (bn, ad), (ad, bd))
        return self.make(an * bd + bn * ad, ad * bd)

    def sum(self, elements: Iterable[Element]) -> Element:
        """The sum of the elements; those of one denominator are added first."""
        groups: dict[Hashable, tuple[Poly, Poly]] = {}  # by denominator
        for e in elements:
            num, den = self.parts(e)
            key = None if den.is_one() else poly_key(den)
            groups[key] = (groups[key][0] + num, den) if key in groups else (num, den)
        total = None
        for num, den in groups.values():
            part = self.make(num, den)
            total = part if total is None else self.add(total, part)
        return self.zero if total is None else total

    def neg(self, a: Element) -> Element:
        """-a."""
        return Element(-a.num, a.den)

    def mul(self, a: Element, b: Element) -> Element:
        """a b."""
        if a is self.one or b is self.one:
            return b if a is self.one else a
        (an, ad), (bn, bd) = self.parts(a), self.parts(b)
        if len(an) * len(bn) > LONG or len(ad) * len(bd) > LONG:
            refuse_large(MAX_DEGREE, (an, bn), (ad, bd))  # before anything is made of them
            (an, bd), (bn, ad) = cancelled(an, bd), cancelled(bn, ad)  # what cancels is easier to see in the factors
        return self.make(an * bn, ad if bd.is_one() else bd if ad.is_one() else ad * bd)

    def invert(self, a: Element) -> Element:
        """1/a, for an element proved not to be zero, with the roots moved out of the denominator."""
        return self.rational(self.make(a.den, a.num), conjugates=False)

    def rational(self, a: Element, conjugates: bool = True) -> Element:
        """The same element with square roots cleared from its denominator, newest first, where that is sound.

        Without conjugates only roots that are factors of the denominator are cleared: the new denominator then
        vanishes nowhere where the old one does not.
        """
        num, den = self.parts(a)
        if den.is_constant():
            return a
        degrees = den.degrees()
        for place in reversed(self._root_places):
            if degrees[place] == 0:
                continue
            n, _ = self.roots[place]
            num, den = self.up(num), self.up(den)  # to ask whether a factor vanishes may make generators
            parts: dict[int, dict[tuple[int, ...], Any]] = {}
            for mono, c in terms(den):
                parts.setdefault(mono[place], {})[mono[:place] + (0,) + mono[place + 1 :]] = c
            g = self._gens[place]
            if len(parts) == 1:  # c g^k: multiply by g^(n-k), which vanishes only where the denominator does
                factor = g ** (n - next(iter(parts)))
            elif n == 2 and conjugates:
                factor = self.ctx.from_dict(parts[0]) - self.ctx.from_dict(parts[1]) * g
                if not self.independent(den) and not self.nonzero(factor):
                    continue
            else:
                continue  # only the zero test of an atom's key is weaker
            e = self.make(num * factor, den * factor)
            num, den = e.num, e.den
            degrees = den.degrees()
        return Element(num, den)

    def power(self, a: Element, k: int) -> Element:
        """a**k for an integer k; a is proved not to be zero when k < 0."""
        if k == 1:
            return a
        if k < 0:
            a, k = self.invert(a), -k
        if k * max(len(a.num), len(a.den)) > MAX_TERMS or (
            k > 1 and k * max(a.num.total_degree(), a.den.total_degree()) > 2000
        ):
            raise TooLarge(f"a power {k} of a polynomial of {len(a.num)} terms")
        if k > 2 and max(self._predicted(a.num, k), self._predicted(a.den, k)) > 10 * MAX_TERMS:
            raise TooLarge(f"a power {k} of a polynomial of {len(a.num)} terms")
        if k > 64 and k * max(bits(a.num), bits(a.den)) > MAX_BITS:
            raise TooLarge(f"a power {k} of large numbers")
        num, den = self.parts(a)
        return self.make(num**k, den**k)

    def _predicted(self, p: Poly, k: int) -> int:
        """At most so many terms has p**k: by the number of products, and by the degrees."""
        return min(comb(k + len(p) - 1, k), prod(k * max(d, 0) + 1 for d in p.degrees()))

    def is_zero(self, a: Element) -> bool:
        """Whether the numerator reduces to 0, which proves that the element is 0."""
        return bool(self.reduce(self.parts(a)[0]).is_zero())

    def key(self, a: Element) -> Hashable:
        """A hashable canonical form: equal keys mean equal elements."""
        if id(a) in self._keys and not self.aliases:
            return self._keys[id(a)][1]
        num, den = self.parts(self.rational(a))
        found = poly_key(self.reduce(num)), poly_key(den)
        if a.den.is_one() and len(num) <= SHORT:  # else roots are cleared from it, by what is known so far
            self._keys[id(a)] = a, found
        return found

    def places_in(self, *polys: Poly) -> frozenset[int]:
        """The places of the generators that occur."""
        if len(polys) != 1:
            return NOWHERE.union(*map(self.places_in, polys))
        (p,) = polys
        if p.is_one() or p.is_zero():  # the degrees of 0 are -1
            return NOWHERE
        if id(p) in self._seen:
            return self._seen[id(p)][1]
        places = frozenset(compress(count(), p.degrees()))
        if len(p) <= SHORT:
            self._seen[id(p)] = p, places
        return places

    def rational_value(self, a: Element) -> Fraction | None:
        """The rational number that a is, or None."""
        if not (a.num.is_constant() and a.den.is_constant()):
            return None
        return fraction(a.num) / fraction(a.den)
