"""Sums over a symbolic range and integrals of polynomials: closed forms that the kernel checks.

A sum is compared by induction on its last index: the equation holds at the first one, and both sides grow alike. An
integral of a polynomial is replaced by its antiderivative, whose derivative the kernel compares with the integrand.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import INT, Term, add, diff, div, mul, neg, num, power
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import split_index

MAX_DEGREE = 12
Equal = Callable[[Term, Term], bool]


def by_induction(lhs: Term, rhs: Term, equal: Equal) -> bool:
    """Whether lhs = rhs for every last index n of its sums, by induction on n."""
    sums = [p for t in (lhs, rhs) for p in walk(t) if p.op == "sum"]
    ends = {p.args[2] for p in sums}
    if len(ends) != 1:
        return False
    n = ends.pop()
    starts = {p.args[1] for p in sums}
    if n.op != "sym" or n.sort != INT or len(starts) != 1:
        return False
    first = starts.pop()
    if n in first.free or not equal(*(substitute(t, {n: first}) for t in (lhs, rhs))):
        return False
    try:
        left, right = (_next(t, n, first) for t in (lhs, rhs))
    except NoStep:
        return False
    if equal(add(left, neg(lhs)), add(right, neg(rhs))):
        return True
    for side, other, grown, wanted in ((lhs, rhs, left, right), (rhs, lhs, right, left)):
        if side.op == "sum" and equal(_put(grown, side, other), wanted):
            return True
    return False


class NoStep(Exception):
    """A sum or a product that does not grow by one term when n does."""


def _next(t: Term, n: Term, first: Term, inside: Term | None = None) -> Term:
    """The term at n + 1, its sums and products up to n + 1 written as those up to n and one more term; `inside` is the
    index of the sum around it, which is at most n. Raises NoStep.
    """
    if n not in t.free:
        return t
    if t.op not in ("sum", "prod"):
        return (
            add(n, 1)
            if t == n
            else rebuild(t, tuple(_next(a, n, first, inside) if isinstance(a, Term) else a for a in t.args))
        )
    i, lo, hi, body = t.args
    if hi != n or not _begins_in_time(lo, first, inside):
        raise NoStep
    last = _peeled(substitute(substitute(body, {n: add(n, 1)}), {i: add(n, 1)}), n)
    grown = _next(body, n, first, i)
    if t.op == "prod":
        return mul(rebuild(t, (i, lo, hi, grown)), last)
    factors = [f for a in (grown.args if grown.op == "mul" else (grown,)) for f in (a.args if a.op == "mul" else (a,))]
    kept = [f for f in factors if i not in f.free and n in f.free]
    rest = [f for f in factors if i in f.free or n not in f.free]
    return add(
        mul(*kept, rebuild(t, (i, lo, hi, mul(*rest) if rest else num(1)))) if kept else rebuild(t, (i, lo, hi, grown)),
        last,
    )


def _peeled(t: Term, n: Term) -> Term:
    """The term with products from 1 up to n + 1 written as those up to n and one more factor."""
    args = tuple(_peeled(a, n) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "prod" or t.args[1] != num(1):
        return t
    i, lo, hi, body = t.args
    parts = split_index(hi)
    if parts is None or parts[0] is None or parts[0].args != n.args or n in body.free:
        return t
    if parts[1] == 0:
        return rebuild(t, (i, lo, n, body))
    return mul(rebuild(t, (i, lo, n, body)), substitute(body, {i: add(n, 1)})) if parts[1] == 1 else t


def _begins_in_time(lo: Term, first: Term, inside: Term | None) -> bool:
    """Whether a range from lo has its last index n + 1 in it, for every n from the first on."""
    if lo.op == "num":
        return first.op == "num" and bool(lo.args[0] <= first.args[0] + 1)
    base, offset = split_index(lo) or (None, Fraction(2))
    return inside is not None and base is not None and base.args[0] == inside.args[0] and offset <= 1


def _put(t: Term, old: Term, new: Term) -> Term:
    return new if t == old else rebuild(t, tuple(_put(a, old, new) if isinstance(a, Term) else a for a in t.args))


def integrated(t: Term, equal: Equal) -> Term:
    """The term with integrals of polynomials over intervals carried out."""
    args = tuple(integrated(a, equal) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "int" or t.args[1].op != "interval" or any(isinstance(e, str) for e in t.args[1].args):
        return t
    x, measure, body = t.args
    found = polynomial(body, x)
    if found is None:
        return t
    anti = add(num(0), *(mul(div(c, k + 1), power(x, k + 1)) for k, c in found.items()))
    if not equal(diff(x, anti), body):
        return t
    lo, hi = measure.args
    return add(substitute(anti, {x: hi}), neg(substitute(anti, {x: lo})))


def polynomial(t: Term, x: Term) -> dict[int, Term] | None:
    """The coefficients of a polynomial in x by degree; None when it is none."""
    if x not in t.free:
        return {0: t}
    if t == x:
        return {1: num(1)}
    if t.op == "add":
        parts = [polynomial(a, x) for a in t.args]
        out: dict[int, Term] = {}
        for part in parts:
            if part is None:
                return None
            for k, c in part.items():
                out[k] = add(out[k], c) if k in out else c
        return out
    if t.op == "neg":
        inside = polynomial(t.args[0], x)
        return None if inside is None else {k: neg(c) for k, c in inside.items()}
    if t.op == "mul":
        return _product([polynomial(a, x) for a in t.args])
    if t.op == "div" and x not in t.args[1].free:
        above = polynomial(t.args[0], x)
        return None if above is None else {k: div(c, t.args[1]) for k, c in above.items()}
    exponent = t.args[1].args[0] if t.op == "pow" and t.args[1].op == "num" else 0
    if exponent in range(1, MAX_DEGREE + 1):
        return _product([polynomial(t.args[0], x)] * int(exponent))
    return None


def _product(parts: list[dict[int, Term] | None]) -> dict[int, Term] | None:
    out: dict[int, Term] = {0: num(1)}
    for part in parts:
        if part is None:
            return None
        grown: dict[int, Term] = {}
        for j, a in out.items():
            for k, b in part.items():
                c = mul(a, b)
                grown[j + k] = add(grown[j + k], c) if j + k in grown else c
        out = grown
        if max(out) > MAX_DEGREE:
            return None
    return out
