"""Roots, logarithms, exponentials and angles of elements, as generators of the tower.

One root generator per irreducible factor (and per prime number), one log per factor, one exp per element of a Q-basis
of exponents, one (cos, sin) pair per unit of angle. Each function says what it owes; `ctx.owe` records what is not
proved.
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat

from derivations.kernel.field import Element, Field
from derivations.kernel.polynomials import Poly, TooLarge, factored, poly_key, terms

if TYPE_CHECKING:
    from derivations.kernel.normal import Normalizer

MAX_ANGLES = 6  # an angle of more summands is not opened

Factors = list[tuple[Poly, int]]


def primes(q: fmpq) -> list[tuple[int, int]]:
    """A positive rational as primes with integer exponents."""
    if q == 1:
        return []
    if q.height_bits() > 128:
        raise TooLarge("a number of more than 128 bits to be factored")
    return [(int(p), int(k)) for p, k in q.p.factor()] + [(int(p), -int(k)) for p, k in q.q.factor()]


def factors(ctx: Normalizer, p: Poly) -> tuple[fmpq, Factors]:
    """A polynomial as a rational times powers of irreducible ones, as far as the relations of the field allow it.

    What is irreducible as a polynomial may split where an atom is the square of a root, x - 4 sqrt(x) + 4; and
    (1 - cos)(1 + cos) is put back together as a squared sine.
    """
    f = ctx.field
    p = f.up(p)
    if p.is_one():
        return fmpq(1), []
    c, found = factored(p)
    out: Factors = []
    for poly, k in found:
        lifted = ctx.signs.lifted(poly)
        if lifted is poly:
            out.append((poly, int(k)))
            continue
        scale, parts = factored(lifted)
        c *= scale ** int(k)
        out += [(f.reduce(q), int(k) * int(n)) for q, n in parts]
    return _with_sines(f, c, out)


def _with_sines(f: Field, c: fmpq, found: Factors) -> tuple[fmpq, Factors]:
    for place, g in enumerate(f.generators if len(found) > 1 else ()):
        if g.kind == "sin" and len(found) > 1 and place not in f.aliases:
            cosine = f._gens[min(f.places_in(f.roots[place][1]))]  # the relation is s^2 = 1 - c^2
            pair = [(q, q[0] == p) for p in (1 - cosine, 1 + cosine) for q in found if q[0] in (p, -p)]
            if len(pair) == 2 and pair[0][0][1] == pair[1][0][1]:
                k = pair[0][0][1]
                c = -c if k * sum(not same for _, same in pair) % 2 else c
                found = [q for q in found if q not in (pair[0][0], pair[1][0])] + [(f._gens[place], 2 * k)]
    return c, found


def signed_factors(ctx: Normalizer, e: Element, need_strict: bool, what: str) -> tuple[fmpq, Factors] | None:
    """e as a positive rational times irreducible polynomials, each of proved sign and turned positive.

    None, with the obligation recorded, when a sign is missing or the product is negative.
    """
    c_num, above = factors(ctx, e.num)
    c_den, below = factors(ctx, e.den)
    c = c_num / c_den
    out: Factors = []
    for poly, k in above + [(p, -k) for p, k in below]:
        s = ctx.signs.sign(poly)
        if s is None and ctx.absolute and k % 2 == 0 and (ctx.nonzero(poly) or not need_strict):
            out.append((ctx.field.absolute(ctx.field.up(poly)), k))
            continue
        if s is None or (need_strict and not s.strict):
            ctx.owe(poly, ">" if need_strict else ">=", what)
            return None
        if s.value < 0:
            poly, c = -poly, -c if k % 2 else c
        out.append((poly, k))
    if c < 0:
        ctx.owe(e.num * e.den, ">" if need_strict else ">=", what)
        return None
    return c, out


def nth_root(ctx: Normalizer, e: Element, n: int, what: str = "a root") -> Element | None:
    """The real n-th root of an element proved not to be negative."""
    f = ctx.field
    if f.is_zero(e):
        return f.zero
    parts = signed_factors(ctx, e, False, what)
    if parts is None:
        return None
    exponents: dict[Hashable, tuple[Poly, Fraction]] = {}
    for poly, k in [(f.ctx.constant(p), k) for p, k in primes(parts[0])] + parts[1]:
        base, path = under_roots(f, f.up(poly))
        key, q = poly_key(base), Fraction(k, path * n)
        exponents[key] = base, exponents[key][1] + q if key in exponents else q
    out = f.one
    for base, q in exponents.values():
        plain = _denested(ctx, f.up(base)) if q.denominator == 2 else None
        if plain is None:
            out = f.mul(out, _factor_root(f, f.up(base), q.numerator, q.denominator))
        else:
            out = f.mul(out, f.power(plain, q.numerator))
    return out


def under_roots(f: Field, poly: Poly) -> tuple[Poly, int]:
    """(p, m) when the polynomial is a generator that is the m-th root of p; else itself and 1."""
    m = 1
    while poly.total_degree() == 1 and len(poly) == 1:
        place = min(f.places_in(poly))
        if f.generators[place].kind != "root" or place in f.absolutes or poly != f._gens[place]:
            break
        n, radicand = f.roots[place]
        poly, m = f.up(radicand), m * n
    return poly, m


def _denested(ctx: Normalizer, poly: Poly) -> Element | None:
    """sqrt(A + B g) = sqrt((A + D)/2) + sqrt((A - D)/2), with D^2 = A^2 - (B g)^2 a square; minus for B g < 0."""
    f = ctx.field
    roots = [k for k in f.places_in(poly) if f.generators[k].kind == "root"]
    if not roots:
        return None
    nested = {m: c for m, c in terms(poly) if any(m[k] for k in roots)}
    b = f.ctx.from_dict(nested)
    a, square = poly - b, f.reduce(b * b)
    if len({tuple(m[k] for k in roots) for m in nested}) != 1 or f.places_in(square) & set(roots) or a * a == square:
        return None
    c, parts = (a * a - square).factor()
    d = f.poly(f.ctx.constant(1))
    for p, k in [*primes(c), *parts] if c > 0 else [(0, 1)]:
        if int(k) % 2:
            return None
        d = f.mul(d, f.power(f.constant(p) if isinstance(p, int) else f.poly(p), int(k) // 2))
    sign = ctx.signs.sign(b)
    halves = [f.mul(f.constant(Fraction(1, 2)), f.add(f.poly(a), e)) for e in (d, f.neg(d))]
    if sign is None or not all(_at_least_zero(ctx, e.num) for e in (halves if sign.value > 0 else [*halves, d])):
        return None
    with ctx.apart() as owed:
        first, second = (nth_root(ctx, e, 2) for e in halves)
    if owed or first is None or second is None:
        return None
    return f.add(first, second if sign.value > 0 else f.neg(second))


def _at_least_zero(ctx: Normalizer, p: Poly) -> bool:
    s = ctx.signs.sign(p)
    return s is not None and (s.value > 0 or p.is_zero())


def _factor_root(f: Field, poly: Poly, k: int, n: int) -> Element:
    """poly**(k/n), in lowest terms. For a base that does not vanish k/n is split into fractions over powers of one
    prime each, so that sixth, square and cube roots are made of the same generators.
    """
    found = primes(fmpq(n))
    parts = [(k % n, found)]
    if len(found) > 1 and f.nonzero(poly):
        parts = [(k * pow(n // p**m, -1, p**m) % p**m, [(p, m)]) for p, m in found]
    whole = (k - sum(top * (n // prod(p**m for p, m in below)) for top, below in parts)) // n
    out = f.power(f.poly(poly), whole) if whole else f.one
    for top, below in parts:
        g = poly
        for p in [p for p, m in below for _ in range(m)]:
            g = f.root(p, f.up(g))
        if top:
            out = f.mul(out, f.power(f.poly(g), top))
    return out


def log(ctx: Normalizer, e: Element) -> Element | None:
    """The logarithm of an element proved positive, as a sum over its factors."""
    f = ctx.field
    if f.is_zero(e):
        ctx.owe(e.num, ">", "a logarithm")
        return None
    parts = signed_factors(ctx, e, True, "a logarithm")
    if parts is None:
        return None
    logs = [
        f.mul(f.constant(k), f.poly(f.generator(("log", p), "log", f.ctx.constant(p)))) for p, k in primes(parts[0])
    ]
    logs += [f.mul(f.constant(k), _factor_log(ctx, poly)) for poly, k in parts[1]]
    return f.sum(logs)


def _factor_log(ctx: Normalizer, poly: Poly) -> Element:
    f = ctx.field
    poly = f.up(poly)
    places = f.places_in(poly)
    if len(places) == 1 and poly == f._gens[next(iter(places))]:
        g = f.generators[next(iter(places))]
        if g.kind == "exp":
            return g.data
        if g.kind == "root" and g.place not in f.absolutes:
            n, radicand = g.data
            inner = log(ctx, f.poly(f.up(radicand)))
            if inner is not None:
                return f.mul(f.constant(Fraction(1, n)), inner)
    return f.poly(f.generator(("log", poly_key(poly)), "log", poly))


def exp(ctx: Normalizer, e: Element) -> Element:
    """The exponential: rational multiples of logs become powers, the rest products over a Q-basis of exponents."""
    f = ctx.field
    e = f.rational(e)
    out = f.one
    logs = [place for place, g in enumerate(f.generators) if g.kind == "log"]
    groups: dict[frozenset[str], dict[tuple[int, ...], fmpq]] = {}
    for mono, c in terms(f.up(e.num)):
        within = any(mono[k] for k in logs if k < len(mono))
        place = pure_log(f, f.make(f.monomial(mono), f.up(e.den))) if within else None
        if place is not None:
            q = Fraction(int(c.p), int(c.q))
            root = nth_root(ctx, f.power(f.poly(f.up(f.generators[place].data)), q.numerator), q.denominator)
            if root is not None:
                out = f.mul(out, root)
                continue
        groups.setdefault(_bound_in(ctx, mono), {})[mono] = c
    for group in groups.values():  # what depends on a bound variable is kept apart, so that the rest can move out
        part = f.make(f.ctx.from_dict(_widened(group, f)), f.up(e.den))
        lead = f.up(part.num).leading_coefficient()
        out = f.mul(out, _exp_piece(ctx, Fraction(int(lead.p), int(lead.q)), Element(part.num / lead, part.den)))
    return out


def _bound_in(ctx: Normalizer, mono: tuple[int, ...]) -> frozenset[str]:
    """The names of the bound variables on which a monomial depends."""
    free = (ctx.free_of(k) for k, e in enumerate(mono) if e)
    return frozenset(s.args[0] for symbols in free for s in symbols if s.args[0].startswith("#"))


def _widened(group: dict[tuple[int, ...], fmpq], f: Field) -> dict[tuple[int, ...], fmpq]:
    """The monomials with exponents for generators that were made in the meantime."""
    size = f.ctx.nvars()
    return {mono + (0,) * (size - len(mono)): c for mono, c in group.items()}


def pure_log(f: Field, unit: Element) -> int | None:
    """The place of the log generator that the element is, or None."""
    if not f.up(unit.den).is_one():
        return None
    place = next(iter(f.places_in(unit.num)), None)
    if place is None or f.generators[place].kind != "log" or f.up(unit.num) != f._gens[place]:
        return None
    return place


def _exp_piece(ctx: Normalizer, q: Fraction, unit: Element) -> Element:
    f = ctx.field
    key = ("exp", f.key(unit))
    if key in f.places:
        return _rational_power(f, f._gens[f.places[key]], q)
    basis = [(k, g.data) for k, g in enumerate(f.generators) if g.kind == "exp"]
    relation = _in_span(f, unit, [b for _, b in basis])
    if relation is None:
        return _rational_power(f, f.generator(key, "exp", unit), q)
    out = f.one
    for (place, _), r in zip(basis, relation, strict=True):
        if r:
            out = f.mul(out, _rational_power(f, f._gens[place], q * r))
    return out


def _rational_power(f: Field, g: Poly, q: Fraction) -> Element:
    return _factor_root(f, g, q.numerator, q.denominator)


def _in_span(f: Field, e: Element, basis: list[Element]) -> list[Fraction] | None:
    """Rational coefficients that combine the basis to e, or None."""
    if not f.places_in(f.up(e.num), f.up(e.den)) <= f.places_in(*(f.up(p) for b in basis for p in (b.num, b.den))):
        return None  # it contains a generator that is in none of them
    den = f.up(e.den)
    for b in basis:
        bd = f.up(b.den)
        den = den * (bd / den.gcd(bd))
    columns = [f.reduce(f.up(b.num) * (den / f.up(b.den))).to_dict() for b in [*basis, e]]
    rows = sorted({m for c in columns for m in c})
    matrix = fmpq_mat(len(rows), len(columns), [c.get(m, fmpq(0)) for m in rows for c in columns])
    reduced, rank = matrix.rref()
    out, last = [Fraction(0)] * len(basis), len(basis)
    for i in range(rank):
        pivot = next(j for j in range(last + 1) if reduced[i, j] != 0)
        if pivot == last:
            return None
        value: Any = reduced[i, last]
        out[pivot] = Fraction(int(value.p), int(value.q))
    return out


def cos_sin(ctx: Normalizer, angle: Element) -> tuple[Element, Element]:
    """The cosine and the sine of an angle, by the addition theorem over its monomials."""
    f = ctx.field
    angle = f.rational(angle)
    c, s = f.one, f.zero
    if len(angle.num) > MAX_ANGLES:
        lead = angle.num.leading_coefficient()
        unit, times = _angle_unit(f, Element(angle.num / lead, angle.den), Fraction(int(lead.p), int(lead.q)))
        return _multiple(f, *unit, times)
    for mono, v in terms(f.up(angle.num)):
        unit, times = _angle_unit(f, f.make(f.monomial(mono), f.up(angle.den)), Fraction(int(v.p), int(v.q)))
        ck, sk = _multiple(f, *unit, times)
        c, s = f.add(f.mul(c, ck), f.neg(f.mul(s, sk))), f.add(f.mul(s, ck), f.mul(c, sk))
    return c, s


def _angle_unit(f: Field, whole: Element, q: Fraction) -> tuple[tuple[Element, Element], int]:
    """(cos, sin) of a part of `whole` as generators, and how many times the part goes into q whole.

    When a finer part is needed than before, the generators of the coarser one become multiples of the new ones.
    """
    key = f.key(whole)
    before = f.angles.get(key)
    part = f.angles[key] = abs(q) if before is None else before / (q / before).denominator
    unit = f.mul(f.constant(part), whole)
    cu = f.generator(("cos", key, part), "cos", unit)
    su = f.generator(("sin", key, part), "sin", unit)
    pair = f.poly(f.up(cu)), f.poly(su)
    if before != part:
        f.relate(f.places["sin", key, part], 2, 1 - pair[0].num ** 2)
    if before not in (None, part):
        for kind, e in zip(("cos", "sin"), _multiple(f, *pair, int(before / part)), strict=True):
            f.aliases[f.places[kind, key, before]] = e.num
    return pair, int(q / part)


def _multiple(f: Field, c: Element, s: Element, k: int) -> tuple[Element, Element]:
    if abs(k) > 64:
        raise TooLarge(f"an angle times {k}")
    if k < 0:
        s, k = f.neg(s), -k
    cc, ss = f.one, f.zero
    for _ in range(k):
        cc, ss = f.add(f.mul(cc, c), f.neg(f.mul(ss, s))), f.add(f.mul(ss, c), f.mul(cc, s))
    return cc, ss
