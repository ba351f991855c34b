"""Signs whose certificates are checked, as they are found, on SymPy's polynomial ring.

The kernel searches; here its certificate is only followed. Bounds are put in again and the coefficients looked at, a
fact is multiplied by a number, an eliminated generator is put in by its own equation. Each end of a bound is traced to
a fact that says it, or to what the generator is: an exponential, a root, a logarithm, a sine or cosine in its first
turn, pi. Taken from the kernel as they are: which hypotheses became facts, and how deep a search went.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derivations.evidence.ring_table import Poly, Table
from derivations.kernel.field import Element, Field
from derivations.kernel.signs import Bounds, Certificate, Fact, Sign, Signs

Ends = tuple[Fraction | None, bool]


class SignDisagreement(ArithmeticError):
    """A certificate that does not show the sign which the kernel read off it."""


class WatchedSigns(Signs):
    """Signs of a field, each checked again when it is new. Raises SignDisagreement."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._table: Table | None = None
        self._confirmed: dict[int, tuple[Any, Sign]] = {}  # by identity, which stands as long as the sign is kept

    def sign(self, poly: Any) -> Sign | None:
        """The kernel's answer, once its certificate is followed."""
        found = super().sign(poly)
        if found is not None and id(found) not in self._confirmed and found.certificate[0] not in ("zero", "number"):
            self._confirmed[id(found)] = poly, found  # before it is followed: its bounds lead to other signs
            self._confirm(poly, found)
        return found

    @property
    def confirmed(self) -> list[tuple[Any, Sign]]:
        """The polynomials and their signs, in the order in which they were found."""
        return list(self._confirmed.values())

    def _confirm(self, poly: Any, sign: Sign) -> None:
        table = self._wide_enough()
        p = self._read(table, poly)
        claimed = p if sign.value > 0 else -p
        strict = self._follow(table, claimed, sign.certificate, self.facts)
        if strict is None or (sign.strict and not strict):
            relation = ">" if sign.strict else ">="
            raise SignDisagreement(f"no certificate that {sign.value} * ({self.field.up(poly)}) {relation} 0")

    def _wide_enough(self) -> Table:
        size = len(self.field.generators)
        if self._table is None or size > self._table.size:
            self._table = Table(self.field, 16 * (size // 12 + 1))
        self._table.sync()
        return self._table

    def _read(self, table: Table, poly: Any) -> Poly:
        return table.poly(self.field.up(poly))

    def _follow(self, table: Table, p: Poly, certificate: Certificate, facts: Sequence[Fact]) -> bool | None:
        """Whether p > 0 (True) or only p >= 0 (False) follows by the certificate; None when it does not."""
        kind, *rest = certificate
        if kind == "fact":
            return self._multiple_of(table, p, rest[0], facts)
        if kind == "after":
            return self._after(table, p, facts, *rest)
        if kind == "coefficients":
            return self._coefficients_of(table, p, facts, *rest)
        return None

    def _multiple_of(self, table: Table, p: Poly, fact: Fact, facts: Sequence[Fact]) -> bool | None:
        known = self._read(table, fact.poly)
        if fact not in facts or not p or p.LM != known.LM:
            return None
        scale = p.LC / known.LC
        return fact.strict if scale > 0 and known * scale == p else None

    def _after(
        self, table: Table, p: Poly, facts: Sequence[Fact], place: int, used: Any, slack: Any, inner: Certificate
    ) -> bool | None:
        """Put g = (slack - rest)/c into p, for a fact c g + rest > 0 that then says slack > 0."""
        fact, g, s = self._read(table, used), table.ring.gens[place], self._read(table, slack)
        stated = [k for k in facts if self._read(table, k.poly) == fact]
        c = fact.diff(g)
        if not stated or not c.is_ground or not c:
            return None
        strict = any(k.strict for k in stated)
        p = substituted(table, p, place, (s - (fact - c * g)) * (1 / c.LC), table.unit)
        new = Fact(slack, strict, None, None, self.field.places_in(self.field.up(slack)))
        return self._follow(table, p, inner, [*(k for k in facts if k not in stated), new])

    def _coefficients_of(
        self, table: Table, p: Poly, facts: Sequence[Fact], lifts: dict[int, int], bounds: dict[int, Bounds]
    ) -> bool | None:
        one, gens = table.unit, table.ring.gens
        for root, atom in lifts.items():
            n, radicand = table.relations[root]
            if radicand != gens[atom]:
                return None
            p = substituted(table, p, atom, power(table, gens[root], n), one)
        inside = {k for mono in p for k, e in enumerate(mono) if e}
        if not inside <= bounds.keys():
            return None
        strict, free, weak = set(), set(), False
        for place in inside:
            b, u = bounds[place], gens[place]
            if not self._ends_hold(table, place, b, facts):
                return None
            if b.lo is not None and b.hi is not None:
                falling = b.lo_strict and not b.hi_strict  # u runs from the end that belongs to the interval
                first, last = (b.hi, b.lo) if falling else (b.lo, b.hi)
                p = substituted(table, p, place, number(table, first) + number(table, last) * u, one + u)
                weak = weak or not (b.lo_strict or b.hi_strict)
                positive = b.lo_strict and b.hi_strict
            elif b.lo is not None:
                p = substituted(table, p, place, number(table, b.lo) + u, one) if b.lo else p
                positive = b.lo_strict
            elif b.hi is not None:
                p, positive = substituted(table, p, place, number(table, b.hi) - u, one), b.hi_strict
            else:
                free.add(place)
                continue
            if positive:
                strict.add(place)
        if any(c < 0 or any(mono[k] % 2 for k in free) for mono, c in p.items()):
            return None
        return not weak and any(all(k in strict for k, e in enumerate(mono) if e) for mono in p)

    # ---- where the ends of a bound come from

    def _ends_hold(self, table: Table, place: int, b: Bounds, facts: Sequence[Fact]) -> bool:
        low = b.lo is None or self._end_holds(table, place, b.lo, b.lo_strict, 1, facts)
        return low and (b.hi is None or self._end_holds(table, place, b.hi, b.hi_strict, -1, facts))

    def _end_holds(
        self, table: Table, place: int, end: Fraction, strict: bool, side: int, facts: Sequence[Fact]
    ) -> bool:
        """Whether side * (g - end) > 0, or >= 0, for the generator g at the place: by one fact, or by what g is."""
        gap = table.ring.gens[place] - number(table, end)
        wanted = gap if side > 0 else -gap
        for fact in facts:
            if fact.places == {place} and (fact.strict or not strict):
                known = self._read(table, fact.poly)
                scale = known.LC / wanted.LC if known and known.LM == wanted.LM else 0
                if scale > 0 and known == wanted * scale:
                    return True
        return self._by_kind(place, end, strict, side)

    def _by_kind(self, place: int, end: Fraction, strict: bool, side: int) -> bool:
        g = self.field.generators[place]
        if place == self.pi:
            return end == (3 if side > 0 else 4)
        if g.kind == "exp":
            return (end == 0 and side > 0) or (end == 1 and self._says(g.data, side, strict))
        if g.kind == "log":
            argument = self.field.up(g.data)
            return end == 0 and self._says(self.field.poly(argument - 1), side, strict)
        if g.kind == "root":
            return self._root_end(g.data[0], self.field.up(g.data[1]), end, strict, side)
        if g.kind in ("cos", "sin") and self._in_first_turn(place):
            if end == 1 and side < 0 and strict and g.kind == "cos":
                return self._says(g.data, 1, True) or self._says(g.data, -1, True)
            return (end == 0 and side > 0) or (end == 1 and side < 0 and not strict)
        return False

    def _root_end(self, n: int, radicand: Any, end: Fraction, strict: bool, side: int) -> bool:
        if radicand.is_constant():
            c = radicand.leading_coefficient()
            gap = (Fraction(int(c.p), int(c.q)) - end**n) * side
            return end >= 0 and (gap > 0 or (gap == 0 and not strict))
        if end == 0:
            return side > 0 and (not strict or self._says(self.field.poly(radicand), 1, True))
        return end == 1 and self._says(self.field.poly(radicand - 1), side, strict)

    def _in_first_turn(self, place: int) -> bool:
        """Whether the angle of a sine lies in (0, pi), or that of a cosine in (-pi/2, pi/2)."""
        f, g = self.field, self.field.generators[place]
        if self.pi is None:
            return False
        pi = f.poly(f._gens[self.pi])
        last = pi if g.kind == "sin" else f.mul(f.constant(Fraction(1, 2)), pi)
        first = g.data if g.kind == "sin" else f.add(g.data, last)
        return self._says(f.add(last, f.neg(g.data)), 1, True) and self._says(first, 1, True)

    def _says(self, e: Element, value: int, strict: bool) -> bool:
        """Whether the signs of numerator and denominator, each confirmed itself, give this sign."""
        above, below = self.sign(e.num), self.sign(e.den)
        if above is None or below is None or not below.strict or (strict and not above.strict):
            return False
        return above.value * below.value == value or (not strict and above.certificate == ("zero",))


def number(table: Table, q: Fraction) -> Poly:
    """A rational number as a polynomial."""
    return table.constant(q)[0]


def substituted(table: Table, p: Poly, place: int, top: Poly, bottom: Poly) -> Poly:
    """p with the generator at the place replaced by top/bottom, times a power of bottom that clears it."""
    degree = max((mono[place] for mono in p), default=0)
    pieces: dict[int, dict[tuple[int, ...], Any]] = {}
    for mono, c in p.items():
        pieces.setdefault(mono[place], {})[(*mono[:place], 0, *mono[place + 1 :])] = c
    out = table.ring.zero
    for k, piece in pieces.items():
        part = table.times(table.make(piece), power(table, top, k))
        out = out + table.times(part, power(table, bottom, degree - k))
    return out


def power(table: Table, p: Poly, k: int) -> Poly:
    """p**k, by products: SymPy's own powers take their coefficients from another domain."""
    out = table.unit
    for _ in range(k):
        out = table.times(out, p)
    return out
