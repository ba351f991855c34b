"""Normal forms of sums, products and integrals: what does not depend on the bound variable moves out."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derivations.kernel import linear, radicals
from derivations.kernel.field import Element
from derivations.kernel.polynomials import Poly, factored, terms
from derivations.kernel.state import Vector, Word
from derivations.kernel.substitution import structural_level, substitute
from derivations.kernel.terms import INT, Term, add, exp, is_scalar, mul, neg, num, prod_, sum_, sym

if TYPE_CHECKING:
    from derivations.kernel.normal import Normalizer

MAX_EXPANDED = 64


def _shifted(t: Term) -> Term:
    """The same sum or product with its index running from 0."""
    i, lo, hi, body = t.args
    if lo == num(0):
        return t
    j = sym(i.args[0], INT)
    make = sum_ if t.op == "sum" else prod_
    k = sym(i.args[0] + "'", INT)
    while k in body.free | lo.free | hi.free:
        k = sym(k.args[0] + "'", INT)
    return make(k, 0, add(hi, neg(lo)), substitute(body, {j: add(k, lo)}))


def _concrete(n: Normalizer, t: Term) -> list[Element] | None:
    """The terms of a sum or product over a known, short range; None when the range is symbolic or long."""
    i, lo, hi, body = t.args
    count = n.field.rational_value(n.scalar(add(hi, neg(lo), num(1))))
    if count is None or count > MAX_EXPANDED:
        return None
    return [n.scalar(substitute(body, {i: add(lo, num(k))})) for k in range(max(0, int(count)))]


def sum_atom(n: Normalizer, t: Term) -> Element:
    """A finite sum: linear, monomial by monomial, with what is free of the index in front."""
    f = n.field
    terms = _concrete(n, t)
    if terms is not None:
        return f.sum(terms)
    t = _shifted(t)
    count = n.scalar(add(t.args[2], num(1)))
    keys, index, level = _summands(n, t)
    top = t.args[2]
    out = []
    for outer, inner, positive in keys:
        n.settle(outer)
        if n.field.rational_value(inner) is not None and _nonnegative(n, count):
            out.append(f.mul(f.mul(outer, inner), count))
            continue
        atom = _sum_of_logs(n, t, inner, index) or sum_symbol(n, t, top, inner, index, level)
        if positive and len(atom.num) == 1:
            n.signs.assume(atom.num * atom.den, False)
        out.append(f.mul(outer, atom))
    return f.sum(out)


def _sum_of_logs(n: Normalizer, t: Term, inner: Element, k: Term) -> Element | None:
    """The sum of the logarithms of something positive as the logarithm of its product; None for another sum."""
    f = n.field
    place = radicals.pure_log(f, inner)
    if place is None:
        return None
    product = product_symbol(n, t, t.args[2], f.poly(f.up(f.generators[place].data)), k)
    n.signs.assume(product.num * product.den, True)
    return radicals.log(n, product)


def sum_symbol(n: Normalizer, t: Term, top: Term, inner: Element, k: Term, level: int) -> Element:
    """The atom sum_{k=0}^{top} inner; `t` is how messages show it."""
    f = n.field

    def rebuild(old: Term, new: Term) -> Element:
        last = substitute(top, {old: new})
        with n.inside(k):
            n.assume_range(k, num(0), last)
            moved = n.transport(inner, old, new)
        return sum_symbol(n, t, last, moved, k, level)

    role, names, above = _scope(n, inner, k, level)
    key = ("sum", f.key(n.scalar(top)), role, f.key(inner))
    return n.symbol(key, t, names | top.free, above, rebuild, top, (k, inner))


def _scope(n: Normalizer, inner: Element, x: Term, level: int) -> tuple[str, frozenset[Term], int]:
    """Of what stands in the scope of x: the name of x where it occurs, as a part of the key (it says which of the
    symbols inside is bound); the other symbols; and a level above that of x and of every name bound inside.
    """
    polys = n.field.parts(inner)
    free = n.free_in(*polys)
    return x.args[0] if x in free else "", free - {x}, 1 + max(level, n.level_of(*polys))


def _summands(n: Normalizer, t: Term) -> tuple[list[tuple[Element, Element, bool]], Term, int]:
    """The summands (free of the index, in the index, whether that is >= 0), the index, and its level."""
    f, level = n.field, structural_level(t)
    with n.bound(t, level) as (i, args):
        n.assume_range(i, args[1], args[2])
        pieces = _monomials(n, _cleared(n, n.scalar(args[3]), i), i)
        needed = max((n.level_of(f.up(e.num), f.up(e.den)) for _, e in pieces), default=0)
        if needed >= level or not all(n.movable(e, i, needed) for _, e in pieces):
            return [(outer, e, _weak_sign(n, e)) for outer, e in pieces], i, level
    with n.bound(t, needed) as (k, args):  # an inner binder that moved out leaves no trace in the name
        n.assume_range(k, args[1], args[2])
        pieces = [(outer, n.transport(e, i, k)) for outer, e in pieces]
        return [(outer, e, _weak_sign(n, e)) for outer, e in pieces], k, needed


def _weak_sign(n: Normalizer, e: Element) -> bool:
    s = n.sign_of(e)
    return s is not None and s.value > 0


def _nonnegative(n: Normalizer, e: Element) -> bool:
    s = n.sign_of(e)
    return s is not None and (s.value > 0 or e.num.is_zero())


def _monomials(n: Normalizer, e: Element, i: Term) -> list[tuple[Element, Element]]:
    """e as a sum of (free of i) x (in i), grouped by what depends on i."""
    f = n.field
    outer_den, inner_den = _split_factors(n, f.up(e.den), i)
    moving = {p for p in f.places_in(f.up(e.num)) if i in n.free_of(p)}
    whole, rest = divmod(f.up(e.num), inner_den)  # the whole part must not depend on how the fraction is written
    out = []
    for part, under in ((whole, f.ctx.constant(1)), (rest, inner_den)):
        groups: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for mono, c in terms(part):
            inner = tuple(x if k in moving else 0 for k, x in enumerate(mono))
            outer = tuple(0 if k in moving else x for k, x in enumerate(mono))
            groups.setdefault(inner, {})[outer] = c
        for inner, coefficients in groups.items():
            out.append((f.make(f.ctx.from_dict(coefficients), outer_den), f.make(f.ctx.from_dict({inner: 1}), under)))
    return out


def _cleared(n: Normalizer, e: Element, i: Term) -> Element:
    """e with roots cleared from its denominator, unless that brings a factor that may vanish and would move out."""
    out = n.field.rational(e)
    safe = not n.doubtful(_split_factors(n, n.field.up(out.den), i)[0])
    return out if safe else n.field.rational(e, conjugates=False)


def _split_factors(n: Normalizer, p: Poly, i: Term) -> tuple[Poly, Poly]:
    """A polynomial as (factors free of i) times (factors in i)."""
    outer, inner = n.field.ctx.constant(1), n.field.ctx.constant(1)
    if p.is_one():
        return outer, inner
    c, factors = factored(p)
    for q, k in factors:
        if i in n.free_in(q):
            inner *= q ** int(k)
        else:
            outer *= q ** int(k)
    return outer * c, inner


def product_atom(n: Normalizer, t: Term) -> Element:
    """A finite product: one atom for each irreducible factor of the body; positive when the factor is."""
    f = n.field
    terms = _concrete(n, t)
    if terms is not None:
        out = f.one
        for e in terms:
            out = f.mul(out, e)
        return out
    t = _shifted(t)
    opened = _exponentials_out(t)
    if opened is not None:
        return n.scalar(opened)
    with n.bound(t) as (i, args):
        n.assume_range(i, args[1], args[2])
        e = n.scalar(args[3])
        parts = [(e.num, 1, 1, False)] if e.num.is_zero() else _positive_factors(n, e)
    out, count = f.one, n.scalar(add(t.args[2], num(1)))
    for poly, k, root, positive in parts:
        if positive and i not in n.free_in(f.up(poly)) and _nonnegative(n, count):
            logarithm = n.log(f.poly(f.up(poly)))
            out = f.mul(out, radicals.exp(n, f.mul(f.mul(f.constant(Fraction(k, root)), count), logarithm)))
            continue
        atom = product_symbol(n, t, t.args[2], f.poly(f.up(poly)), i)
        if positive:
            n.signs.assume(atom.num * atom.den, True)
        power = f.power(atom, k) if k > 0 or positive else n.inverse(f.power(atom, -k), "a product")
        whole = power if root == 1 else radicals.nth_root(n, power, root)
        out = f.mul(out, f.zero if whole is None else whole)
    return out


def _exponentials_out(t: Term) -> Term | None:
    """prod_i f exp(u) as prod_i f times exp(sum_i u); None when no factor of the body is an exponential."""
    i, lo, hi, body = t.args
    factors = body.args if body.op == "mul" else (body,)
    exponents = [a.args[0] for a in factors if a.op == "exp"]
    if not exponents:
        return None
    rest = [a for a in factors if a.op != "exp"]
    return mul(prod_(i, lo, hi, mul(num(1), *rest)), exp(sum_(i, lo, hi, add(num(0), *exponents))))


def _positive_factors(n: Normalizer, e: Element) -> list[tuple[Poly, int, int, bool]]:
    """The factors of e as (polynomial, power, order of a root, whether it is proved positive), turned positive.

    The root of something positive stands as a root of a power, so that the root of a product is the product of roots.
    """
    f = n.field
    c_num, above = factored(f.up(e.num))
    c_den, below = factored(f.up(e.den))
    c, out = c_num / c_den, []
    for poly, k in [(p, int(k)) for p, k in above] + [(p, -int(k)) for p, k in below]:
        s = n.signs.sign(poly)
        if s is not None and s.strict and s.value < 0:
            poly, c = -poly, -c if k % 2 else c
        base, order = radicals.under_roots(f, poly)
        inside = n.signs.sign(base)
        if inside is None or not inside.strict or inside.value < 0:
            base, order = poly, 1
        out.append((base, k, order, s is not None and s.strict))
    return out if c == 1 else [(f.ctx.constant(c), 1, 1, c > 0), *out]


def product_symbol(n: Normalizer, t: Term, top: Term, inner: Element, i: Term) -> Element:
    """The atom prod_{i=0}^{top} inner; `t` is how messages show it."""
    f = n.field

    def rebuild(old: Term, new: Term) -> Element:
        last = substitute(top, {old: new})
        with n.inside(i):
            n.assume_range(i, num(0), last)
            moved = n.transport(inner, old, new)
        return product_symbol(n, t, last, moved, i)

    role, names, level = _scope(n, inner, i, structural_level(t))
    key = ("prod", f.key(n.scalar(top)), role, f.key(inner))
    return n.symbol(key, t, names | top.free, level, rebuild, top, (i, inner))


def integral_atom(n: Normalizer, t: Term) -> Any:
    """An integral: factors free of the variable move out; the rest is one atom, never split."""
    return _scalar_integral(n, t) if is_scalar(t.args[2]) else _vector_integral(n, t)


def _scalar_integral(n: Normalizer, t: Term) -> Element:
    f = n.field
    level = structural_level(t)
    with n.bound(t, level) as (x, args):
        _assume_interval(n, x, args[1])
        outer, inner = _content(n, _cleared(n, n.scalar(args[2]), x), x)
        needed = n.level_of(f.up(inner.num), f.up(inner.den))
        needed = needed if needed < level and n.movable(inner, x, needed) else level
        positive = _cheap_sign(n, inner)
    if needed < level:  # an inner integral that moved out leaves no trace in the name
        with n.bound(t, needed) as (y, args):
            _assume_interval(n, y, args[1])
            sign, inner = _content(n, n.transport(inner, x, y), y)
            outer, x, positive = f.mul(outer, sign), y, _cheap_sign(n, inner)
    n.settle(outer)
    if inner.num.is_zero():
        return f.zero
    atom = integral_symbol(n, t, t.args[1], inner, x, needed)
    if positive:
        n.signs.assume(atom.num * atom.den, False)
    return f.mul(outer, atom)


def _cheap_sign(n: Normalizer, e: Element) -> bool:
    """Whether e is proved >= 0; a sum of terms of one sign is rare, and costs a search, so it is not asked about."""
    return len(e.num) == 1 and _weak_sign(n, e)


def integral_symbol(n: Normalizer, t: Term, measure: Term, inner: Element, y: Term, level: int) -> Element:
    """The atom int inner d(measure) over y; `t` is how messages show it."""
    f = n.field

    def rebuild(old: Term, new: Term) -> Element:
        over = substitute(measure, {old: new})
        with n.inside(y):
            _assume_interval(n, y, over)
            moved = n.transport(inner, old, new)
        return integral_symbol(n, t, over, moved, y, level)

    role, names, above = _scope(n, inner, y, level)
    key = ("int", n.key(measure), n.sort_key(y.sort), role, f.key(inner))
    return n.symbol(key, t, names | measure.free, above, rebuild, measure, (y, inner))


def _assume_interval(n: Normalizer, x: Term, measure: Term) -> None:
    """Inside an interval the variable lies strictly between the ends: the ends have measure 0."""
    if measure.op == "interval":
        lo, hi = measure.args
        if isinstance(lo, Term):
            n.assume(Term("lt", (lo, x), ("bool",)))
        if isinstance(hi, Term):
            n.assume(Term("lt", (x, hi), ("bool",)))


def _content(n: Normalizer, e: Element, x: Term) -> tuple[Element, Element]:
    """e as (free of x) times (a primitive element in x)."""
    f = n.field
    num_, den = f.up(e.num), f.up(e.den)
    if num_.is_zero():
        return f.one, f.zero
    outer_den, inner_den = _split_factors(n, den, x)
    outer_num, inner_num = _split_factors(n, num_, x)
    return f.make(outer_num, outer_den), f.make(inner_num, inner_den)


def _vector_content(n: Normalizer, v: Vector, x: Term) -> tuple[Element, Vector]:
    """v as (a factor free of x) times (a vector whose coefficients share none, the first of them with leading number
    1).
    """
    f = n.field
    outers = [_content(n, e, x)[0] for e in v.values()]
    top, bottom = f.up(outers[0].num), f.up(outers[0].den)
    for e in outers[1:]:
        top, den = top.gcd(f.up(e.num)), f.up(e.den)
        bottom = bottom * (den / bottom.gcd(den))
    common = f.make(top, bottom)
    first = f.make(f.up(v[min(v, key=repr)].num) * f.up(common.den), f.up(v[min(v, key=repr)].den) * f.up(common.num))
    common = f.mul(common, f.poly(f.ctx.constant(first.num.leading_coefficient())))
    return common, {k: f.make(f.up(e.num) * f.up(common.den), f.up(e.den) * f.up(common.num)) for k, e in v.items()}


def _vector_integral(n: Normalizer, t: Term) -> Vector:
    f = n.field
    measure = n.key(t.args[1])
    with n.bound(t) as (x, args):
        _assume_interval(n, x, args[1])
        v = linear.vector(n, args[2])
        fixed, outer, inner = False, f.one, f.one
        word: Word = ()
        atom: Hashable = None
        if len(v) == 1 and all(x not in n.letters[k].term.free for (letters, _) in v for k, _, _ in letters):
            (((word, atom), e),) = v.items()
            outer, inner = _content(n, e, x)
            fixed = x not in n.vectors[atom].free
            if not fixed and not linear.invertible(n, word):  # A v may be integrable where v is not
                word, atom = (), None
                outer, v = _vector_content(n, v, x)
        elif v:
            outer, v = _vector_content(n, v, x)
        role = x.args[0] if x in args[2].free else ""
        key = ("int", measure, n.sort_key(x.sort), role, f.key(inner), n.vector_key(v) if atom is None else atom)
    n.settle(outer)
    if not v:
        return {}
    if fixed:  # the integral of a scalar times a fixed vector
        scalar = integral_symbol(n, t, t.args[1], inner, x, structural_level(t))
        return {(word, atom): f.mul(outer, scalar)}
    (((_, name), one),) = n.vector_symbol(key, t).items() if key not in n._vector_rules else [((None, None), None)]
    if one is None:
        return {(linear.reduce_word(n, word + w), a): f.mul(outer, e) for (w, a), e in n._vector_rules[key].items()}
    return {(word, name): outer}
