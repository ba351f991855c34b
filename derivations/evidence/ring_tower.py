"""Exponentials, logarithms, angles and derivatives over the table of generators, by other means than the kernel's."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING

from derivations.evidence.ring_table import Frac, Poly, Table
from derivations.kernel.field import Element
from derivations.kernel.terms import Term

if TYPE_CHECKING:
    from derivations.evidence.ring_check import Witness


def exponential(table: Table, exponent: Frac, result: Frac) -> bool:
    """Whether exp(exponent) = result, both sides positive.

    The powers of exponential generators are read off the result; what they leave of the exponent must be a rational
    combination of logarithm generators. Then a common power of both sides is compared.
    """
    powers = _contents(table, result)
    units = {place: table.fraction(table.field.generators[place].data) for place in powers}
    parts = [table.mul(table.constant(-k), units[place]) for place, k in powers.items()]
    logs = _logarithms(table, table.sum([exponent, *parts]))
    if logs is None:
        return False
    n = lcm(*(q.denominator for q in (*powers.values(), *logs.values())))
    right = table.constant(1)
    for place, k in powers.items():
        right = table.mul(right, table.power(table.generator(place), int(k * n)))
    for place, q in logs.items():
        argument = table.poly(table.field.generators[place].data), table.unit
        right = table.mul(right, table.power(argument, int(q * n)))
    return table.equal(table.power(result, n), right)


def _contents(table: Table, result: Frac) -> dict[int, Fraction]:
    """The powers of exponential generators that divide the fraction, those of their roots counted in."""
    bases = {g.place: _under_roots(table, g.place) for g in table.field.generators if g.kind in ("exp", "root")}
    found: dict[int, Fraction] = {}
    for p, sign in ((result[0], 1), (result[1], -1)):
        least: dict[int, Fraction] = {}
        for number, mono in enumerate(p):
            powers: dict[int, Fraction] = {}
            for place, base in bases.items():
                if base is not None and mono[place]:
                    powers[base[0]] = powers.get(base[0], Fraction(0)) + mono[place] * base[1]
            if not number:
                least = powers
            least = {b: min(k, powers[b]) for b, k in least.items() if b in powers}
        for b, k in least.items():
            found[b] = found.get(b, Fraction(0)) + sign * k
    return {place: k for place, k in found.items() if k}


def _under_roots(table: Table, place: int) -> tuple[int, Fraction] | None:
    """The exponential generator of which this one is a root, and the power; None for other generators."""
    power = Fraction(1)
    while table.field.generators[place].kind == "root":
        n, radicand = table.relations[place]
        if len(radicand) != 1 or sum(radicand.LM) != 1 or radicand.LC != 1:
            return None
        place, power = radicand.LM.index(1), power / n
    return (place, power) if table.field.generators[place].kind == "exp" else None


def _logarithms(table: Table, rest: Frac) -> dict[int, Fraction] | None:
    """The fraction as a rational combination of logarithm generators, or None."""
    num, den = table.reduce(rest[0]), table.reduce(rest[1])
    found: dict[int, Fraction] = {}
    mono, lead = den.LM, den.LC
    for g in table.field.generators:
        if g.kind == "log":
            c = num.get((*mono[: g.place], mono[g.place] + 1, *mono[g.place + 1 :]))
            if c:
                q = c / lead
                found[g.place] = Fraction(int(q.numerator), int(q.denominator))
    total = table.sum([table.mul(table.constant(q), table.generator(place)) for place, q in found.items()])
    return found if table.equal(rest, total) else None


def cosine_and_sine(table: Table, angle: Frac) -> tuple[Frac, Frac] | None:
    """The cosine and the sine of an angle whose parts, or else the whole, are multiples of generators' angles."""
    num, den = angle
    cosine, sine = table.constant(1), table.constant(0)
    for mono, c in num.items():
        part = _multiple_of_generators(table, (table.make({mono: c}), den))
        if part is None:
            return _multiple_of_generators(table, angle)
        u, v = part
        cosine, sine = (
            table.add(table.mul(cosine, u), table.neg(table.mul(sine, v))),
            table.add(table.mul(sine, u), table.mul(cosine, v)),
        )
    return cosine, sine


def _multiple_of_generators(table: Table, angle: Frac) -> tuple[Frac, Frac] | None:
    """The cosine and the sine of a whole multiple of a generator's angle, the newest that fits."""
    for cosine, sine in reversed(list(pairwise(table.field.generators))):
        if (cosine.kind, sine.kind) == ("cos", "sin"):
            times = table.ratio(angle, table.fraction(cosine.data))
            if times is not None and times.denominator == 1:
                pair = table.generator(cosine.place), table.generator(sine.place)
                return table.multiple(pair, int(times))
    return None


def derivative(w: Witness, e: Element, x: Term) -> Frac | None:
    """The derivative in the symbol x, by the chain rule over generators; None where an opaque thing depends on x."""
    table = w.table
    done: dict[int, Frac | None] = {}

    def of_poly(p: Poly) -> Frac | None:
        parts = []
        for place in {k for mono in p for k, exponent in enumerate(mono) if exponent}:
            slope = of_generator(place)
            if slope is None:
                return None
            parts.append(table.mul((p.diff(table.ring.gens[place]), table.unit), slope))
        return table.sum(parts)

    def of_fraction(f: Frac) -> Frac | None:
        top, bottom = of_poly(f[0]), of_poly(f[1])
        if top is None or bottom is None:
            return None
        whole = table.mul(f, bottom)
        return table.mul(table.add(top, table.neg(whole)), (table.unit, f[1]))

    def of_generator(place: int) -> Frac | None:
        if place not in done:
            done[place] = _slope(place)
        return done[place]

    def _slope(place: int) -> Frac | None:
        g = table.field.generators[place]
        if x not in w.free_of(place):
            return table.constant(0)
        if g.kind == "atom":
            return table.constant(1) if g.data == x else None
        if g.kind in ("root", "log"):
            n, p = table.relations[place] if g.kind == "root" else (0, table.poly(g.data))
            slope = of_poly(p)
            scale = table.constant(n)[0] * table.ring.gens[place] ** (n - 1) if g.kind == "root" else p
            return None if slope is None else table.mul(slope, (table.unit, scale))
        slope = of_fraction(table.fraction(g.data))
        if slope is None:
            return None
        if g.kind == "exp":
            return table.mul(slope, table.generator(place))
        other = next(
            h.place
            for h in table.field.generators
            if h.kind == ("sin" if g.kind == "cos" else "cos")
            and table.equal(table.fraction(h.data), table.fraction(g.data))
        )
        out = table.mul(slope, table.generator(other))
        return table.neg(out) if g.kind == "cos" else out

    return of_fraction(table.fraction(e))
