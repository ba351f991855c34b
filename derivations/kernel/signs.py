"""Signs of polynomials, proved from facts by certificates that anyone can re-check.

A certificate is a substitution after which every coefficient has one sign: a bounded generator a in (lo, hi) becomes
(lo + hi u)/(1 + u), one bounded on one side becomes lo + u or hi - u, with u >= 0; a fact that is linear in a generator
eliminates it. Generators without bounds may occur in even powers only. No numbers are sampled here.

    ("number",) ("zero",)                    nothing is to be shown
    ("fact", fact)                           the polynomial is a positive multiple of this fact
    ("coefficients", lifts, bounds)          atoms as powers of their roots, then the bounds put in
    ("after", place, fact, slack, inner)     the generator at the place eliminated, then the inner certificate
    ("parts",)                               the sign of a product, from the signs of its parts
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

from flint import fmpq, fmpz

from derivations.kernel.field import Element, Field
from derivations.kernel.polynomials import Poly, fraction, poly_key, terms

Certificate = tuple[Any, ...]
PARTS: Certificate = ("parts",)


class Fact(NamedTuple):
    """poly > 0 (strict) or poly >= 0; when it is linear in one generator alone, an end of it: its place, 1 for a lower
    and -1 for an upper end, and its value.
    """

    poly: Poly
    strict: bool
    end: tuple[int, int, Fraction] | None = None
    key: object = None
    places: frozenset[int] = frozenset()  # of the generators in it


class Sign(NamedTuple):
    """A proved sign: +1 or -1, strict or not, and its certificate, which says that value * polynomial >= 0."""

    value: int
    strict: bool
    certificate: Certificate


OF_ONE = Sign(1, True, ("number",))


class Bounds(NamedTuple):
    """Constant bounds of a generator; None where there is none."""

    lo: Fraction | None = None
    hi: Fraction | None = None
    lo_strict: bool = False
    hi_strict: bool = False


class Signs:
    """The facts of one decision, and the signs that follow from them."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.facts: list[Fact] = []
        self.integers: set[int] = set()  # places of integer generators
        self.pi: int | None = None  # the place of pi
        self._cache: dict[tuple[object, int], Sign | None] = {}
        self._bounds: dict[tuple[int, int], Bounds] = {}
        self._versions = count(1)
        self._version = 0  # names the present facts: what was found under a version holds whenever that is in force

    def assume(self, poly: Poly, strict: bool) -> None:
        """Add the fact poly > 0 or poly >= 0. An integer fact p > 0 is kept as p - 1 >= 0."""
        f = self.field
        poly = f.up(poly)
        places = f.places_in(poly)
        if strict and places and places <= self.integers and all(c.q == 1 for c in poly.coeffs()):
            poly, strict = poly - 1, False
        if places:
            key = poly_key(poly)
            if any(k.key == key and k.strict >= strict for k in self.facts):
                return
            end = _end(poly, min(places)) if len(places) == 1 and poly.total_degree() == 1 else None
            self.facts.append(Fact(poly, strict, end, key, places))
            self._version = next(self._versions)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Facts assumed inside are forgotten at the end."""
        kept, version = list(self.facts), self._version
        try:
            yield
        finally:
            self.facts, self._version = kept, version

    def sign(self, poly: Poly) -> Sign | None:
        """The sign of the polynomial on every point that satisfies the facts, or None when no certificate was found."""
        if poly.is_one():  # most denominators are
            return OF_ONE
        poly = self.field.up(poly)
        if poly.is_zero():
            return Sign(1, False, ("zero",))
        if poly.total_degree() == 0:
            return Sign(1 if poly.leading_coefficient() > 0 else -1, True, ("number",))
        key = (poly_key(poly), self._version)
        if key not in self._cache:
            self._cache[key] = self._search(poly)
        return self._cache[key]

    def nonzero(self, poly: Poly) -> bool:
        """Whether the polynomial is proved not to vanish."""
        s = self.sign(poly)
        return s is not None and s.strict

    def _stated(self, poly: Poly) -> Sign | None:
        """The sign of a polynomial that is a multiple of a fact."""
        poly = self.field.up(poly)
        for fact in self.facts:
            if fact.end is None and len(fact.poly) == len(poly):
                known = self.field.up(fact.poly)
                scale = poly.leading_coefficient() / known.leading_coefficient()
                if known * scale == poly:
                    return Sign(1 if scale > 0 else -1, fact.strict, ("fact", fact))
        return None

    def _search(self, poly: Poly) -> Sign | None:
        stated = self._stated(poly)
        if stated is not None and stated.strict:
            return stated
        sides = ((1, poly), (-1, -poly))
        for depth in (0, 1, 2):
            for value, side in sides:
                found = self._by_facts(side, depth) if depth else self._coefficients(side)
                if found:
                    return Sign(value, found[0], found[1])
        return None

    def _positive(self, p: Poly, depth: int) -> tuple[bool, Certificate] | None:
        """(strict, certificate) when p >= 0 follows, with at most `depth` facts used beyond the bounds."""
        return self._coefficients(p) or (self._by_facts(p, depth) if depth else None)

    def _by_facts(self, p: Poly, depth: int) -> tuple[bool, Certificate] | None:
        p = self.field.up(p)  # what was tried before may have brought generators
        mine = self.field.places_in(p)
        for fact in self.facts:
            if fact.end is not None or fact.places.isdisjoint(mine):
                continue
            poly = self.field.up(fact.poly)
            stated = self._stated(p) if len(p) == len(poly) else None
            if stated is not None and stated.value > 0:
                return stated.strict, stated.certificate
            found = self._eliminate(p, poly, fact.strict, depth)
            if found:
                return found
        return None

    def _eliminate(self, p: Poly, fact: Poly, strict: bool, depth: int) -> tuple[bool, Certificate] | None:
        """Use fact = c g + rest > 0, c a number, by g := (slack - rest)/c."""
        f = self.field
        for place in f.places_in(fact) & f.places_in(p):
            if fact.degrees()[place] != 1:
                continue
            g = f._gens[place]
            c = fact.derivative(place)
            if not c.is_constant():
                continue
            slack = f.generator(("slack", depth, place), "atom", ("slack", depth, place))
            p, fact, g, c = f.up(p), f.up(fact), f._gens[place], f.up(c)
            rest = fact - c * g
            with self.scope():
                self.facts = [k for k in self.facts if len(k.poly) != len(fact) or f.up(k.poly) != fact]
                self._version = next(self._versions)
                self.assume(slack, strict)
                found = self._positive(_replace(f, p, place, (slack - rest) / fraction_poly(c)), depth - 1)
            if found:
                return found[0], ("after", place, fact, slack, found[1])
        return None

    def bounds(self, place: int) -> Bounds:
        """The constant bounds of a generator from its kind and from the facts in it alone."""
        key = (place, self._version)
        if key not in self._bounds:
            self._bounds[key] = self._find_bounds(place)
        return self._bounds[key]

    def _at_zero(self, place: int) -> Bounds:
        """Bounds that are enough for a monomial: that an exponential or a root is positive says all about its sign."""
        g = self.field.generators[place]
        if g.kind == "exp":
            return Bounds(Fraction(0), None, True)
        if g.kind == "root" and not g.data[1].is_constant():
            s = self.sign(self.field.roots[place][1])
            if s is not None and s.strict and s.value > 0:
                return Bounds(Fraction(0), None, True)
        return self.bounds(place)

    def _find_bounds(self, place: int) -> Bounds:
        by_kind = self._bounds_of_kind(place)
        lo, hi, lo_strict, hi_strict = by_kind.lo, by_kind.hi, by_kind.lo_strict, by_kind.hi_strict
        for fact in self.facts:
            if fact.end is None or fact.end[0] != place:
                continue
            _, side, at = fact.end
            if side > 0 and (lo is None or at > lo or (at == lo and fact.strict)):
                lo, lo_strict = at, fact.strict
            if side < 0 and (hi is None or at < hi or (at == hi and fact.strict)):
                hi, hi_strict = at, fact.strict
        return Bounds(lo, hi, lo_strict, hi_strict)

    def _bounds_of_kind(self, place: int) -> Bounds:
        if place == self.pi:
            return Bounds(Fraction(3), Fraction(4), True, True)
        kind = self.field.generators[place].kind
        if kind == "exp":
            return self._exp_bounds(place)
        if kind == "root":
            return self._root_bounds(place)
        if kind == "log":
            return self._log_bounds(place)
        if kind in ("cos", "sin") and self._first_turn(place):
            turned = self._quotient(self.field.generators[place].data) if kind == "cos" else None
            return Bounds(Fraction(0), Fraction(1), True, turned is not None and turned.strict)
        return Bounds()

    def _quotient(self, e: Element) -> Sign | None:
        """The sign of a fraction, from those of its numerator and denominator."""
        above, below = self.sign(e.num), self.sign(e.den)
        if above is None or below is None or not below.strict:
            return None
        return Sign(above.value * below.value, above.strict, PARTS)

    def _exp_bounds(self, place: int) -> Bounds:
        s = self._quotient(self.field.generators[place].data)
        if s is not None and s.value > 0:
            return Bounds(Fraction(1), None, s.strict)
        if s is not None:
            return Bounds(Fraction(0), Fraction(1), True, s.strict)
        return Bounds(Fraction(0), None, True)

    def _log_bounds(self, place: int) -> Bounds:
        s = self.sign(self.field.up(self.field.generators[place].data) - 1)
        if s is None:
            return Bounds()
        return Bounds(Fraction(0), None, s.strict) if s.value > 0 else Bounds(None, Fraction(0), False, s.strict)

    def _first_turn(self, place: int) -> bool:
        """Whether a sine is positive since its angle is in (0, pi), or a cosine since its is in (-pi/2, pi/2)."""
        f = self.field
        g = f.generators[place]
        if self.pi is None:
            return False
        pi = f.poly(f._gens[self.pi])
        if g.kind == "cos":
            pi = f.mul(f.constant(Fraction(1, 2)), pi)
        ends = [f.add(pi, f.neg(g.data)), g.data if g.kind == "sin" else f.add(pi, g.data)]
        return all(s is not None and s.strict and s.value > 0 for s in map(self._quotient, ends))

    def _root_bounds(self, place: int) -> Bounds:
        n, radicand = self.field.roots[place]
        if radicand.is_constant():  # the root of a prime is no rational number: both ends are strict
            floor = int(fmpz(int(fraction(radicand)) << (32 * n)).root(n))
            return Bounds(Fraction(floor, 1 << 32), Fraction(floor + 1, 1 << 32), True, True)
        s = self.sign(radicand)
        lo_strict = s is not None and s.strict and s.value > 0
        below = self.sign(1 - self.field.up(radicand))
        if below is not None and below.value > 0:
            return Bounds(Fraction(0), Fraction(1), lo_strict, below.strict)
        if below is not None and below.value < 0:
            return Bounds(Fraction(1), None, below.strict)
        return Bounds(Fraction(0), None, lo_strict)

    def _coefficients(self, p: Poly) -> tuple[bool, Certificate] | None:
        """Strictness and certificate when p >= 0 shows in the signs of its coefficients, bounds put in; else None."""
        f = self.field
        p = f.up(p)
        lifts = self._lifts(p)
        p = self.lifted(p, lifts)
        strict_places, free, weak = set(), set(), False
        used: dict[int, Bounds] = {}
        find = self._at_zero if len(p) == 1 else self.bounds
        for place in sorted(f.places_in(p)):
            b = used[place] = find(place)
            p, ok = self._shift(f.up(p), place, b)  # bounds may have brought generators
            if b.lo is None and b.hi is None:
                free.add(place)
            elif ok:
                strict_places.add(place)
            weak = weak or (b.lo is not None and b.hi is not None and not b.lo_strict and not b.hi_strict)
        strict = False
        if any(c.p < 0 for c in p.coeffs()):
            return None
        for mono in p.monoms():
            if any(mono[k] % 2 for k in free):
                return None
            strict = strict or all(e == 0 or k in strict_places for k, e in enumerate(mono))
        return strict and not weak, ("coefficients", lifts, used)

    def lifted(self, p: Poly, lifts: dict[int, int] | None = None) -> Poly:
        """Write an atom a as g**n where p contains a root g of a itself, so that both move together."""
        f = self.field
        for place, atom in (self._lifts(p) if lifts is None else lifts).items():
            p = _replace(f, p, atom, f._gens[place] ** f.roots[place][0])
        return p

    def _lifts(self, p: Poly) -> dict[int, int]:
        """The roots in p of atoms in p, and these atoms, in the order in which they are to be put in."""
        if not self.field.roots_of_atoms or p.is_zero():
            return {}
        inside, out = set(self.field.places_in(p)), {}
        for place, atom in self.field.roots_of_atoms.items():
            if place in inside and atom in inside:
                out[place] = atom
                inside.discard(atom)
        return out

    def _shift(self, p: Poly, place: int, b: Bounds) -> tuple[Poly, bool]:
        """p in terms of u >= 0 for the generator at this place, and whether u > 0 there."""
        f = self.field
        u = f._gens[place]
        if b.lo is not None and b.hi is not None:
            lo, hi = f.constant(b.lo).num, f.constant(b.hi).num
            if not b.hi_strict and b.lo_strict:
                return _replace(f, p, place, hi + lo * u, 1 + u), False
            return _replace(f, p, place, lo + hi * u, 1 + u), b.lo_strict
        if b.lo is not None:
            return (p if b.lo == 0 else _replace(f, p, place, f.constant(b.lo).num + u)), b.lo_strict
        if b.hi is not None:
            return _replace(f, p, place, f.constant(b.hi).num - u), b.hi_strict
        return p, False


def _end(poly: Poly, place: int) -> tuple[int, int, Fraction]:
    """The end that slope g + rest >= 0 is of g: g >= -rest/slope for a positive slope, else g <= -rest/slope."""
    slope, *rest = poly.coeffs()
    at = -rest[0] / slope if rest else fmpq(0)
    return place, 1 if slope > 0 else -1, Fraction(int(at.p), int(at.q))


def fraction_poly(c: Poly) -> object:
    """A constant polynomial as a flint rational."""
    return c.leading_coefficient()


def _replace(f: Field, p: Poly, place: int, num: Poly, den: Poly | None = None) -> Poly:
    """p with the generator replaced by num/den, times den**degree."""
    slope = p.derivative(place)
    if slope.is_zero():
        return p
    if slope.derivative(place).is_zero():  # nearly all are linear in it, and this is faster
        rest = p - slope * f._gens[place]
        return (rest if den is None else rest * den) + slope * num
    parts: dict[int, dict[tuple[int, ...], Any]] = {}
    for mono, c in terms(p):
        parts.setdefault(mono[place], {})[mono[:place] + (0,) + mono[place + 1 :]] = c
    top = max(parts, default=0)
    out = f.ctx.constant(0)
    for e, part in parts.items():
        piece = f.ctx.from_dict(part) * num**e
        out += piece if den is None else piece * den ** (top - e)
    return out
