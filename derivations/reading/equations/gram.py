"""Sums of squares and of lengths that are never negative, whatever the vectors are and in every dimension.

A quadratic form in vectors is never negative when its matrix of coefficients is positive semidefinite, which exact
elimination shows; for the product of two lengths the inner product of the two stands, of either sign, by Cauchy and
Schwarz. A sum of lengths is never negative when each that is subtracted is a combination of others, by the triangle
inequality. A convex function of a mean is at most the mean of the function, by Jensen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

from derivations.kernel import radicals
from derivations.kernel.field import Element
from derivations.kernel.polynomials import terms
from derivations.kernel.terms import num
from derivations.reading.equations import triangles
from derivations.reading.equations.algebra import Functional, Item, Length, Mono, Opaque, Poly
from derivations.reading.equations.lengths import Scene

MAX_ITEMS, MAX_PAIRS, MAX_CASES = 8, 3, 2
MEAN = ", in the mean"
CAUCHY = "by the Cauchy-Schwarz inequality"
HALF = num(Fraction(1, 2))
ONE: Item = ("1",)
Matrix = dict[tuple[Item, Item], Element]


def never_negative(scene: Scene, p: Poly, cases: int = MAX_CASES) -> str:
    """Why a polynomial is never negative, by what was shown; "" where that is not shown. Raises Opaque."""
    if _is_signed(scene, p):
        return "by the signs of its terms"
    crossed = [mono for mono in p if [i[0] for i in mono] == ["n", "n"] and _in_a_mean(scene, mono)]
    for trial in _without_products(scene, p, crossed[:MAX_PAIRS]):
        found = _in_the_mean(scene, trial)
        if found:
            return CAUCHY + MEAN if crossed else found
    for part in _factored(scene, p):
        found = _in_the_mean(scene, part)
        if found:
            return found
    return _in_each_case(scene, p, cases, never_negative)


def _is_signed(scene: Scene, p: Poly) -> bool:
    s = scene.sign(p)
    return not p or (s is not None and s.value > 0)


def _in_a_mean(scene: Scene, mono: Mono) -> bool:
    """Whether a product of lengths is one of square roots of means."""
    return all(isinstance(scene.lengths[i[1]].space, tuple) for i in mono)


def _in_each_case(scene: Scene, p: Poly, cases: int, shown: Callable[[Scene, Poly, int], str]) -> str:
    """Why p is never negative, whether a number whose absolute value stands in it is positive or negative."""
    inside = sorted({i for mono in p for i in mono if i[0] == "n" and scene.lengths[i[1]].space == "numbers"})
    if not inside or not cases:
        return ""
    number = scene.number(scene.lengths[inside[0][1]].parts or {})
    why = ""
    for value in (number, scene.minus({}, number)):
        case = scene.plus(*(_put(scene, mono, c, inside[0], value) for mono, c in p.items()))
        why = shown(scene, case, cases - 1)
        if not why:
            return ""
    return why


def _put(scene: Scene, mono: Mono, c: Element, item: Item, value: Poly) -> Poly:
    out = scene.constant(c)
    for i in mono:
        out = scene.times(out, value if i == item else {(i,): scene.n.field.one})
    return out


def _factored(scene: Scene, p: Poly) -> Iterator[Poly]:
    """What is left of a polynomial without its factors of known sign, with the sign of those."""
    e = scene.element(p)
    den = scene.n.sign_of(scene.n.field.make(e.den, e.den * 0 + 1))
    if den is None or not den.strict:
        return
    c, factors = radicals.factors(scene.n, e.num)
    sign, open_ = (1 if c > 0 else -1) * den.value, []
    for factor, k in factors:
        s = scene.n.signs.sign(factor)
        if s is not None:
            sign *= s.value**k
        elif k % 2:
            open_.append(factor)
    if len(open_) != 1 or (len(factors) == 1 and e.den.is_constant()):
        return
    yield _as_poly(scene, open_[0] * sign)


def _as_poly(scene: Scene, num: object) -> Poly:
    """A polynomial of the field in the items of the scene."""
    f = scene.n.field
    num = f.up(num)
    places: dict[int, Item] = {}
    for i, e in scene.symbols.items():
        inside = f.places_in(f.up(e.num))
        places |= {next(iter(inside)): i} if len(inside) == 1 else {}
    out = []
    for exponents, c in terms(num):
        mono = [i for k, i in places.items() for _ in range(exponents[k])]
        rest = tuple(0 if k in places else x for k, x in enumerate(exponents))
        one = scene.constant(f.poly(f.monomial(rest) * c))
        for i in mono:
            one = scene.times(one, {(i,): f.one})
        out.append(one)
    return scene.plus(*out)


# ---- means


def _in_the_mean(scene: Scene, p: Poly) -> str:
    """Why a sum of means of polynomials and of what stands outside is never negative: part by part, or by Jensen."""
    blocks = _blocks(scene, p)
    if blocks is None:
        return ""
    outer = blocks.pop(None, {})
    if not blocks:
        return _pointwise(scene, outer)
    why = [never_negative(scene, b) for b in blocks.values()]
    outside = _pointwise(scene, outer) if outer else ""
    if all(why) and (outside or not outer):
        return (outside or why[0]).removesuffix(MEAN) + MEAN
    below = [outer]
    for by, b in blocks.items():
        found = None if by is None else _of_the_mean(scene, by, b)
        if found is None:
            return ""
        below.append(found)
    why = [_pointwise(scene, scene.plus(*below))]
    return f"by Jensen's inequality, and {why[0]}" if why[0] else ""


def _blocks(scene: Scene, p: Poly) -> dict[Functional | None, Poly] | None:
    """What is averaged by each mean, and under None what stands outside; None where it is more than a sum of both, or
    where a coefficient outside of a mean may look like another one inside.
    """
    f, out = scene.n.field, dict[Functional | None, list[Poly]]()
    moving, outer = set[Functional](), list[tuple[Functional, Element]]()
    for mono, c in p.items():
        means = [scene.means[i[1]] for i in mono if i[0] == "m"]
        if len(means) == 1 and len(mono) == 1:
            by, inner, e = means[0]
            moving |= {by} if f.rational_value(e) is None else set()
            outer.append((by, c))
            out.setdefault(by, []).append({inner: f.mul(c, e)})
        elif all(len(inner) == 1 for _, inner, _ in means):
            out.setdefault(None, []).append({mono: c})  # of the mean of a number
        else:
            return None
    if any(by in moving and not scene.is_constant(by, c) for by, c in outer):
        return None
    return {by: scene.plus(*parts) for by, parts in out.items()}


def _of_the_mean(scene: Scene, by: Functional, p: Poly) -> Poly | None:
    """A convex function at the mean, which is at most its mean; None where it is not shown to be convex."""
    f, mass = scene.n.field, scene.mass(by)
    if set(mass) != {()} or not (s := scene.n.sign_of(mass[()])) or not s.strict or s.value < 0:
        return None
    if not all(scene.is_constant(by, c) for c in p.values()):
        return None
    if all(len(mono) == 1 and mono[0][0] == "n" for mono in p):  # a sum of lengths
        if not all((s := scene.n.sign_of(c)) and s.value > 0 for c in p.values()):
            return None
        return scene.plus(*(scene.times({(): c}, _mean_length(scene, by, mono[0])) for mono, c in p.items()))
    means = {scene.means[i[1]][1][0] for i in _means(scene) if scene.means[i[1]][0] == by}
    rooted = _with_roots(scene, p, {i for i in means if i[0] == "n"})
    matrix = _matrix(scene, rooted)
    if matrix is None or not _is_psd(scene, matrix):
        return None
    at = scene.plus(*(scene.times({(): c}, _mean_pair(scene, by, pair)) for pair, c in _pairs(scene, rooted)))
    return scene.times(at, {(): f.invert(mass[()])})


def _means(scene: Scene) -> list[Item]:
    return [("m", k) for k, (_, mono, _) in enumerate(scene.means) if len(mono) == 1]


def _mean_length(scene: Scene, by: Functional, i: Item) -> Poly:
    """|E u| for |u|. Raises Opaque for a length that has no mean."""
    k = scene.lengths[i[1]]
    if k.parts is None or isinstance(k.space, tuple):
        raise Opaque("a length of which the square alone is known")
    if k.space is None:
        return scene.length(None, scene.vector_mean(by, k.parts))
    return scene.absolute(scene.mean(by, scene.number(k.parts)))


def _with_roots(scene: Scene, p: Poly, lengths: set[Item]) -> Poly:
    """The polynomial with |u|^2 as a product of lengths, for those whose mean is spoken of: as a formal square."""
    out: dict[Mono, Element] = dict(p)
    for i in lengths:
        square = scene.lengths[i[1]].square
        if len(square) == 1 and (mono := next(iter(square))) in out and scene.n.field.rational_value(square[mono]) == 1:
            out[i, i] = out.pop(mono)
    return out


def _pairs(scene: Scene, p: Poly) -> Iterator[tuple[tuple[Item, Item], Element]]:
    """The monomials of a quadratic form as pairs of what is multiplied."""
    for mono, c in p.items():
        if len(mono) == 1 and mono[0][0] == "g":
            yield (("v", mono[0][1]), ("v", mono[0][2])), c
        else:
            both = [*mono, ONE, ONE]
            yield (both[0], both[1]), c


def _mean_pair(scene: Scene, by: Functional, pair: tuple[Item, Item]) -> Poly:
    """The product of the means of two vectors or numbers."""
    one = scene.n.field.one
    if pair[0][0] == "v":
        u, v = (scene.vector_mean(by, {i[1]: {(): one}}) for i in pair)
        return scene.product(u, v)
    a, b = (scene.mass(by) if i == ONE else scene.mean(by, {(i,): one}) for i in pair)
    return scene.times(a, b)


# ---- at every point


def _pointwise(scene: Scene, p: Poly, cases: int = MAX_CASES) -> str:
    """Why a polynomial without means is never negative; "" where that is not shown."""
    if _is_signed(scene, p):
        return "by the signs of its terms"
    if triangles.holds(scene, p):
        return "by the triangle inequality"
    lengths = sorted({i for mono in p for i in mono if i[0] == "n"})
    crossed = [mono for mono in p if [i[0] for i in mono] == ["n", "n"]]
    for trial in _without_products(scene, p, crossed[:MAX_PAIRS]):
        for share in _shares(scene, trial, lengths):
            matrix = _matrix(scene, share)
            if matrix is not None and _is_psd(scene, matrix):
                return CAUCHY if crossed else "as a sum of squares"
    return _in_each_case(scene, p, cases, _pointwise)


def _without_products(scene: Scene, p: Poly, crossed: list[Mono]) -> Iterator[Poly]:
    """The form with products of lengths that are added bounded from below by inner products of either sign."""
    ways = []
    for mono in crossed:
        s = scene.n.sign_of(p[mono])
        below = _between(scene, *(scene.lengths[i[1]] for i in mono)) if s is not None and s.value > 0 else []
        ways.append([*below, None])
    for chosen in product(*ways):
        out = p
        for mono, by in zip(crossed, chosen, strict=True):
            if by is not None:
                rest = {m: c for m, c in out.items() if m != mono}
                out = scene.plus(rest, scene.times({(): p[mono]}, by))
        yield out


def _between(scene: Scene, a: Length, b: Length) -> list[Poly]:
    """What the product of two lengths is at least: the inner product, of either sign, or the mean of a product."""
    if a.space != b.space or a.parts is None or b.parts is None:
        return []
    inner = scene.between(a.space, a.parts, b.parts)
    out = [inner, scene.minus({}, inner)]
    by = scene.mean_of(a.space)
    if by is not None:
        of_vectors = a.space == by
        u, v = (scene.length(None, p) if of_vectors else scene.absolute(scene.number(p)) for p in (a.parts, b.parts))
        out.append(scene.mean(by, scene.times(u, v)))
    return out


def _shares(scene: Scene, p: Poly, lengths: list[Item]) -> Iterator[Poly]:
    """The form with the squares of vectors whose length stands in it as squares of that length: none, all, or half."""
    inside = [i for i in lengths if any(i in mono for mono in p)]
    if not inside:
        yield p
        return
    f = scene.n.field
    for share in (f.one, f.mul(f.one, scene.n.scalar(HALF))):
        out: dict[Mono, Element] = dict(p)
        for i in inside:
            square = scene.lengths[i[1]].square
            mono = next((m for m in square if m in p and (len(m) == 1 or m[0] == m[1])), None)
            if mono is None:
                continue
            by = f.mul(f.mul(p[mono], f.invert(square[mono])), share)
            out = dict(scene.minus(out, scene.times({(): by}, square)))
            out[i, i] = by
        yield out


def _matrix(scene: Scene, p: Poly) -> Matrix | None:
    """The symmetric matrix of a quadratic form; None for anything else."""
    out: Matrix = {}
    f = scene.n.field
    if any(sum(2 if i[0] == "g" else 1 for i in mono) > 2 for mono in p):
        return None
    for (a, b), c in _pairs(scene, p):
        if a == b:
            out[a, a] = f.add(out.get((a, a), f.zero), c)
            continue
        half = f.mul(c, scene.n.scalar(HALF))
        for pair in ((a, b), (b, a)):
            out[pair] = f.add(out.get(pair, f.zero), half)
    return out if len({a for a, _ in out}) <= MAX_ITEMS else None


def _is_psd(scene: Scene, m: Matrix) -> bool:
    """Whether a symmetric matrix is positive semidefinite, by elimination with pivots of known sign."""
    f, n = scene.n.field, scene.n
    m = {k: e for k, e in m.items() if not f.is_zero(e)}
    while m:
        left = {a for a, _ in m}
        signs = {a: n.sign_of(m[a, a]) for a in left if (a, a) in m}
        if len(signs) < len(left) or any(s is not None and s.value < 0 for s in signs.values()):
            return False  # a 0 on the diagonal beside other entries
        alone = [a for a in left if all(b == a for c, b in m if c == a)]
        strict = [a for a, s in signs.items() if s is not None and s.strict]
        if alone:
            if any(signs[a] is None for a in alone):
                return False
            m = {k: e for k, e in m.items() if k[0] not in alone}
            continue
        if not strict:
            return False
        at = min(strict, key=lambda a: (f.rational_value(m[a, a]) is None, repr(a)))
        by = f.invert(m[at, at])
        row = {b: e for (a, b), e in m.items() if a == at and b != at}
        m = {k: e for k, e in m.items() if at not in k}
        for a, x in row.items():
            for b, y in row.items():
                e = f.add(m.get((a, b), f.zero), f.neg(f.mul(f.mul(x, y), by)))
                m[a, b] = e
        m = {k: e for k, e in m.items() if not f.is_zero(e)}
    return True
