"""Sums, products and integrals for the second opinion: what moved out is put back, and the body looked at again.

The bodies are evaluated by the watched normalizer itself, under the name that the kernel gave to the bound variable, so
that every step inside them is checked too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction
from math import lcm, prod
from typing import TYPE_CHECKING, Any

from derivations.evidence.ring_table import Frac, Table
from derivations.kernel import radicals
from derivations.kernel.binders import _assume_interval, _shifted, _split_factors
from derivations.kernel.field import Element
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, add, exp, is_scalar, neg, num, prod_, show, sum_

if TYPE_CHECKING:
    from derivations.evidence.ring_check import Witness


def _kept(w: Witness, t: Term, key: tuple[Any, ...], x: Term) -> Iterator[Frac]:
    """What stands under a symbol of the kernel, with its bound variable named x.

    The kernel may keep a body under another name than x, when an inner binder has moved out of it.
    """
    kept = w.table.from_key(key[-1])
    yield kept
    e = Element(*(w.table.back(p) for p in kept))
    for y in sorted(w.free_in(e.num, e.den) - {x}, key=show):
        if y.args[0].startswith("#") and y.sort == x.sort and y not in w._active:
            with w.bound(t) as (_, args), w.apart() as owed:
                if t.op == "int":
                    _assume_interval(w, x, args[1])
                else:
                    w.assume_range(x, args[1], args[2])
                moved = w.transport(e, y, x)
            if not owed:
                yield w.table.fraction(moved)


def _end(w: Witness, t: Term) -> Hashable:
    """The key of the last index, as the kernel's symbols carry it."""
    return w.field.key(w.scalar(t.args[2]))


def _concrete(w: Witness, t: Term) -> list[Frac] | None:
    i, lo, hi, body = t.args
    count = w.table.rational(w.value(add(hi, neg(lo), num(1))))
    if count is None or count > 64:
        return None
    steps = [w.scalar(substitute(body, {i: add(lo, num(k))})) for k in range(max(0, int(count)))]
    return [w.table.fraction(e) for e in steps]


def sum_fits(w: Witness, t: Term, e: Element) -> bool:
    """Whether the kernel's value of a sum is linear in its body, monomial by monomial."""
    terms = _concrete(w, t)
    if terms is not None:
        return w.table.equal(w.table.fraction(e), w.table.sum(terms))
    t = _shifted(t)
    top, count = _end(w, t), w.scalar(add(t.args[2], num(1)))
    i, body = w.scope_of(t)
    total = _total(w, t, _pieces(w, w.rational(body), i), i, top, count)
    return total is not None and w.table.equal(w.table.fraction(e), total)


def _pieces(w: Witness, body: Element, i: Term) -> list[tuple[Frac, Frac]]:
    """The body as a sum of (free of the index) times (one monomial in the index)."""
    table = w.table
    whole, den = table.fraction(body)
    outer_den, inner_den = (table.poly(p) for p in _split_factors(w, w.field.up(body.den), i))
    if outer_den * inner_den != den:
        w.disagree(i, "the factors of a denominator do not give the denominator")
    moving = {k for k in range(len(w.field.generators)) if i in w.free_of(k)}
    quotient, rest = table.divided(whole, inner_den)
    out = []
    for part, under in ((quotient, table.unit), (rest, inner_den)):
        groups: dict[tuple[int, ...], dict[tuple[int, ...], object]] = {}
        for mono, c in part.items():
            inside = tuple(x if k in moving else 0 for k, x in enumerate(mono))
            groups.setdefault(inside, {})[tuple(x - y for x, y in zip(mono, inside, strict=True))] = c
        for inside, outside in groups.items():
            out.append(((table.make(outside), outer_den), (table.make({inside: table.ring.domain.one}), under)))
    return out


def _total(w: Witness, t: Term, pieces: list[tuple[Frac, Frac]], i: Term, top: object, count: Element) -> Frac | None:
    """The sum of the pieces, each with the symbol that the kernel keeps for it; None when there is none."""
    table, parts = w.table, []
    sign = w.sign_of(count)
    whole = sign is not None and (sign.value > 0 or table.is_zero(table.fraction(count)))
    for outer, inner in pieces:
        if table.rational(inner) is not None and whole:
            parts.append(table.mul(table.mul(outer, inner), table.fraction(count)))
            continue
        value = _symbol_of(w, t, "sum", top, inner, i) or _log_of_product(w, t, top, inner, i)
        if value is None:
            return None
        parts.append(table.mul(outer, value))
    return table.sum(parts)


def _symbol_of(w: Witness, t: Term, kind: str, top: object, inner: Frac, i: Term) -> Frac | None:
    """The value of the symbol under which the kernel keeps the sum or product of `inner`."""
    for key, value in _symbols(w, kind, top):
        if any(w.table.equal(kept, inner) for kept in _kept(w, t, key, i)):
            return value
    return None


def _log_of_product(w: Witness, t: Term, top: object, inner: Frac, i: Term) -> Frac | None:
    """The sum of log f as log of the product of f, for an `inner` that is the logarithm of f."""
    table = w.table
    if inner[1] != table.unit or len(inner[0]) != 1 or sum(inner[0].LM) != 1 or inner[0].LC != 1:
        return None
    g = w.field.generators[inner[0].LM.index(1)]
    if g.kind != "log":
        return None
    product = _symbol_of(w, t, "prod", top, (table.poly(w.field.up(g.data)), table.unit), i)
    return None if product is None else logarithm(w, product)


def logarithm(w: Witness, f: Frac) -> Frac | None:
    """The kernel's logarithm of a fraction, when its exponential is the fraction again; else None."""
    e = radicals.log(w, Element(*(w.table.back(p) for p in f)))
    if e is None or not w.exponential(w.table.fraction(e), f):
        return None
    return w.table.fraction(e)


def _symbols(w: Witness, *head: object) -> list[tuple[tuple[object, ...], Frac]]:
    """The symbols that the kernel keeps under these heads, with their values."""
    return [(key, w.symbol_value(*key)) for key, _ in w.table.places(*head)]


def product_fits(w: Witness, t: Term, e: Element) -> bool:
    """Whether the factors under the kernel's product symbols multiply to the body."""
    terms = _concrete(w, t)
    if terms is not None:
        out = w.table.constant(1)
        for value in terms:
            out = w.table.mul(out, value)
        return w.table.equal(w.table.fraction(e), out)
    t = _shifted(t)
    opened = _opened(t)
    if opened is not None:
        return w.table.equal(w.table.fraction(e), w.value(opened))
    top = _end(w, t)
    if any(key[1] == top for key in w._scalar_rules if isinstance(key, tuple) and key[0] == "prod"):
        return True  # an equation names a product; its value is what the equation says
    table = w.table
    inner = {place: table.from_key(key[-1]) for key, place in table.places("prod", top)}
    powers: dict[int, Fraction] = {}
    rest = table.fraction(e)
    for p, sign in zip(rest, (1, -1), strict=True):
        if len(p) != 1:
            return False
        for place, k in enumerate(p.LM):
            base, order = _base(table, place)
            if k and base in inner:
                powers[base] = powers.get(base, Fraction(0)) + Fraction(sign * k, order)
                rest = table.mul(rest, table.power(table.generator(place), -sign * k))
    n = lcm(*(q.denominator for q in powers.values()))  # a root of a product is compared in its n-th power
    fixed = table.power(table.fraction(w.scope_of(t)[1]), n)
    for place, q in powers.items():
        fixed = table.mul(fixed, table.power(inner[place], -int(q * n)))
    return _is_power(w, t, table.power(rest, n), fixed)


def _is_power(w: Witness, t: Term, value: Frac, fixed: Frac) -> bool:
    """Whether value = fixed**count, for the factors that did not go under a symbol: they are free of the index."""
    table = w.table
    if table.equal(fixed, table.constant(1)):
        return table.equal(value, fixed)
    e = w.field.make(*map(table.back, fixed))  # without the common factors of numerator and denominator
    if not table.equal(table.fraction(e), fixed) or w.scope_of(t)[0] in w.free_in(e.num, e.den):
        return False
    log_of_fixed, count = logarithm(w, table.fraction(e)), w.value(add(t.args[2], num(1)))
    return log_of_fixed is not None and w.exponential(w.table.mul(count, log_of_fixed), value)


def _opened(t: Term) -> Term | None:
    """A product with exponentials among its factors, as a product without them times one exponential of a sum."""
    i, lo, hi, body = t.args
    factors = list(body.args) if body.op == "mul" else [body]
    above = [f.args[0] for f in factors if f.op == "exp"]
    below = [f for f in factors if f.op != "exp"]
    if not above:
        return None
    return exp(sum_(i, lo, hi, sum(above, start=num(0)))) * prod_(i, lo, hi, prod(below, start=num(1)))


def _base(table: Table, place: int) -> tuple[int, int]:
    """The generator of which this one is a root, and the order of the root; itself and 1 for other generators."""
    order = 1
    while place in table.relations and len(table.relations[place][1]) == 1:
        n, radicand = table.relations[place]
        ((mono, c),) = radicand.items()
        if c != 1 or sum(mono) != 1:
            break
        place, order = mono.index(1), order * n
    return place, order


def integral_fits(w: Witness, t: Term, e: Element) -> bool:
    """Whether body * symbol = value * what stands under the symbol, for a symbol of this measure."""
    if not is_scalar(t):
        return True
    head = ("int", w.key(t.args[1]), w.sort_key(t.args[0].sort))
    x, body = w.scope_of(t)
    table = w.table
    value, inside = table.fraction(e), table.fraction(body)
    if table.is_zero(inside):
        return table.is_zero(value)
    if x in w.free_in(w.field.up(e.num), w.field.up(e.den)):
        w.disagree(t, "the bound variable is left in the value of an integral")
    for key, symbol in _symbols(w, *head):
        left = table.mul(inside, symbol)
        if any(table.equal(left, table.mul(value, kept)) for kept in _kept(w, t, key, x)):
            return True
    return False
