"""Inequalities by sums of squares: the squares are found here, and the kernel checks that they add up.

b - a = sum of w (q^2 g), with w >= 0, q a polynomial and g a product of facts that are not negative (or 1). Every q^2 g
>= 0 has a sign certificate, and `combine` tests that the sum is b - a. Nothing found here is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mat

from derivations.evidence.gram import affine, flint, semidefinite, squares_of
from derivations.kernel import RuleError, Theorem
from derivations.kernel.equality import combine, order
from derivations.kernel.logic import instantiate, table
from derivations.kernel.normal import Normalizer
from derivations.kernel.polynomials import Poly, TooLarge
from derivations.kernel.terms import Term, add, exp, is_scalar, le, log, lt, mul, neg, norm2, num, power, show, sym

MAX_MONOMIALS = 14
MARGINS = (Fraction(1), Fraction(1, 10), Fraction(1, 100), Fraction(1, 10**4))
Mono = tuple[int, ...]


class NoSquares(RuleError):
    """No sum of squares was found; there may be one, and the inequality may be true without one."""


def by_squares(goal: Term, hypotheses: tuple[Term, ...] = ()) -> Theorem:
    """H |- a <= b or a < b by a sum of squares, perhaps times hypotheses that are inequalities of scalars.

    Raises NoSquares when none is found, RuleError when the goal owes something.
    """
    if goal.op not in ("le", "lt"):
        raise RuleError(f"by_squares: needs < or <=, got {show(goal)}")
    n = Normalizer(hypotheses)
    gap = n.scalar(add(goal.args[1], neg(goal.args[0])))
    if n.owed:
        raise RuleError(f"by_squares: {show(goal)} owes " + "; ".join(n.owed))
    below = n.signs.sign(gap.den)
    if below is None or not below.strict:
        raise NoSquares(f"the sign of the denominator of {show(goal)} is open")
    lengths = _lengths(n, gap.num * below.value) if goal.op == "le" and gap.den.is_one() else None
    if lengths is not None:
        return _assemble(goal, hypotheses, lengths, num(1))
    top = n.signs.lifted(gap.num) * below.value  # atoms as the squares of their roots
    facts = list(_facts(n, hypotheses))
    margins = MARGINS if goal.op == "lt" else (Fraction(0),)
    for margin in margins:
        found = _search(n, top - flint(margin), facts)
        if found is not None:
            over = _term(n, gap.den * below.value)
            return _assemble(goal, hypotheses, [*found, *([(margin, num(1))] if margin else [])], over)
    raise NoSquares(f"no sum of squares was found for {show(goal)}")


def _lengths(n: Normalizer, top: Poly) -> list[tuple[Fraction, Term]] | None:
    """A form in vectors, with numbers for coefficients, as a sum of squared lengths; None for anything else."""
    pairs: dict[tuple[Term, Term], fmpq] = {}
    for mono, c in top.to_dict().items():
        places = [k for k, e in enumerate(mono) if e]
        data = n.field.generators[places[0]].data if len(places) == 1 and mono[places[0]] == 1 else None
        if not isinstance(data, Term) or data.op != "inner":
            return None
        pairs[data.args] = c
    vectors = list(dict.fromkeys(v for pair in pairs for v in pair))
    form = fmpq_mat(len(vectors), len(vectors))
    for (u, v), c in pairs.items():
        i, j = vectors.index(u), vectors.index(v)
        form[i, j] += c / 2
        form[j, i] += c / 2
    found = squares_of(form)
    if found is None:
        return None
    return [(w, norm2(add(*[mul(num(q), v) for q, v in zip(row, vectors, strict=True) if q]))) for w, row in found]


def _facts(n: Normalizer, hypotheses: Iterable[Term]) -> Iterator[tuple[Poly, Term]]:
    """1, the inequalities among the hypotheses, and products of two of them: what is not negative."""
    yield n.field.ctx.constant(1), num(1)
    single = []
    for h in hypotheses:
        if h.op in ("lt", "le") and is_scalar(h.args[0]):
            gap = add(h.args[1], neg(h.args[0]))
            e = n.scalar(gap)
            if e.den.is_one() and n.field.places_in(e.num):
                single.append((e.num, gap))
    yield from single
    for (p, s), (q, t) in combinations(single, 2):
        yield n.field.up(p) * n.field.up(q), mul(s, t)


def _search(n: Normalizer, top: Poly, facts: list[tuple[Poly, Term]]) -> list[tuple[Fraction, Term]] | None:
    """(w, q^2 g) with sum w q^2 g = top: with no fact first, then with all of them."""
    f = n.field
    for chosen in (facts[:1], facts) if len(facts) > 1 else (facts[:1],):
        bases = [_basis(f.up(top), f.up(g)) for g, _ in chosen]
        if sum(map(len, bases)) > MAX_MONOMIALS:
            bases, chosen = bases[:1], chosen[:1]
        solved = _gram(f.up(top), [(f.up(g), basis) for (g, _), basis in zip(chosen, bases, strict=True) if basis])
        if solved is not None:
            used = [(t, basis) for (_, t), basis in zip(chosen, bases, strict=True) if basis]
            return [
                (w, _times(power(_polynomial(n, v, basis), 2), t))
                for (t, basis), gram in zip(used, solved, strict=True)
                for w, v in squares_of(gram) or ()
            ]
    return None


def _times(square: Term, fact: Term) -> Term:
    """q^2 g, without factors that are 1."""
    parts = [p for p in (square, fact) if p not in (num(1), power(num(1), 2))]
    return mul(*parts) if parts else num(1)


def _basis(top: Poly, g: Poly) -> list[Mono]:
    """The monomials of which the q in q^2 g may consist, by degrees: in each generator, and in all."""
    room = [max(a - b, 0) // 2 for a, b in zip(top.degrees(), g.degrees(), strict=True)]
    most = max(top.total_degree() - g.total_degree(), 0) // 2
    least = (min((sum(m) for m in top.to_dict()), default=0) + 1) // 2 if g.is_one() else 0
    if any(b > a for a, b in zip(top.degrees(), g.degrees(), strict=True)):
        return []
    out: list[Mono] = [()]
    for degree in room:
        out = [(*m, e) for m in out for e in range(degree + 1) if sum(m) + e <= most]
        if len(out) > 200:
            return []
    out = [m for m in out if sum(m) >= least]
    return _diagonal(out, top) if g.is_one() else out


def _diagonal(basis: list[Mono], top: Poly) -> list[Mono]:
    """Without monomials whose square neither stands in the polynomial nor comes from two others: they weigh nothing."""
    present = set(top.to_dict())
    while True:
        pairs = {_plus(a, b) for a, b in combinations(basis, 2)}
        kept = [m for m in basis if _plus(m, m) in present or _plus(m, m) in pairs]
        if len(kept) == len(basis):
            return basis
        basis = kept


def _plus(a: Mono, b: Mono) -> Mono:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _gram(top: Poly, blocks: list[tuple[Poly, list[Mono]]]) -> Any:
    """Positive semidefinite matrices, one for each g, with sum over g of g m^T G m = top; None when none was found."""
    unknowns = [(k, i, j) for k, (_, basis) in enumerate(blocks) for i in range(len(basis)) for j in range(i + 1)]
    if not unknowns:
        return None
    coefficients: dict[Mono, list[fmpq]] = {m: [fmpq(0)] * len(unknowns) + [c] for m, c in top.to_dict().items()}
    for column, (k, i, j) in enumerate(unknowns):
        g, basis = blocks[k]
        for m, c in g.to_dict().items():
            place = _plus(m, _plus(basis[i], basis[j]))
            row = coefficients.setdefault(place, [fmpq(0)] * (len(unknowns) + 1))
            row[column] += c * (1 if i == j else 2)
    solved = affine(list(coefficients.values()), len(unknowns))
    if solved is None:
        return None
    start, moves = solved
    families = [
        [_symmetric(values, unknowns, k, len(basis)) for values in (start, *moves)]
        for k, (_, basis) in enumerate(blocks)
    ]
    return semidefinite(families)


def _symmetric(values: list[Fraction], unknowns: list[tuple[int, int, int]], block: int, size: int) -> fmpq_mat:
    out = fmpq_mat(size, size)
    for q, (k, i, j) in zip(values, unknowns, strict=True):
        if k == block:
            out[i, j] = out[j, i] = flint(q)
    return out


def _assemble(goal: Term, hypotheses: tuple[Term, ...], found: list[tuple[Fraction, Term]], over: Term) -> Theorem:
    """The kernel's proof: each part has a sign, and with the weights they add up."""
    parts, weights = [], []
    for w, body in found:
        parts.append(_not_negative(body, hypotheses, goal.op == "lt" and body == num(1)))
        weights.append(num(w) if over == num(1) else num(w) / over)
    try:
        return combine(goal, tuple(parts), tuple(weights), hypotheses)
    except (RuleError, TooLarge) as e:
        raise NoSquares(f"the squares that were found do not add up: {e}") from None


def _not_negative(body: Term, hypotheses: tuple[Term, ...], strict: bool) -> Theorem:
    """0 <= body or 0 < body by its sign; a length is expanded into inner products, so it is put in afterwards."""
    if body.op != "norm2":
        return order((lt if strict else le)(num(0), body), hypotheses)
    v = sym("a vector", body.args[0].sort)
    return instantiate(order(le(num(0), norm2(v))), table({v: body.args[0]}))


def _polynomial(n: Normalizer, v: list[Fraction], basis: list[Mono]) -> Term:
    parts = {m: flint(q) for q, m in zip(v, basis, strict=True) if q}
    return _term(n, n.field.ctx.from_dict({m + (0,) * (n.field.ctx.nvars() - len(m)): q for m, q in parts.items()}))


def _term(n: Normalizer, p: Poly) -> Term:
    """A polynomial in the generators as a term."""
    p = n.field.up(p)
    parts = []
    for mono, c in p.to_dict().items():
        factors = [power(_generator(n, k), int(e)) if e > 1 else _generator(n, k) for k, e in enumerate(mono) if e]
        q = Fraction(int(c.p), int(c.q))
        parts.append(mul(num(q), *factors) if q != 1 or not factors else mul(*factors))
    return add(*parts) if parts else num(0)


def _generator(n: Normalizer, place: int) -> Term:
    g = n.field.generators[place]
    if g.kind == "atom" and isinstance(g.data, Term):
        return g.data
    if g.kind == "root":
        return power(_term(n, g.data[1]), num(Fraction(1, g.data[0])))
    if g.kind == "log":
        return log(_term(n, g.data))
    if g.kind == "exp":
        return exp(_term(n, g.data.num) / _term(n, g.data.den))
    raise NoSquares("an angle in an inequality")
