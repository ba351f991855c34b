"""Sums over a symbolic range and integrals of polynomials: closed forms that the kernel checks.

A sum is compared by induction on its last index: the equation holds at the first one, and both sides grow alike. An
integral of a polynomial is replaced by its antiderivative, whose derivative the kernel compares with the integrand.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import INT, Term, add, diff, div, mul, neg, num, power
from derivations.reading.coordinates import walk

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
    growth = [add(_next(t, n), neg(t)) for t in (lhs, rhs)]
    return equal(growth[0], growth[1])


def _next(t: Term, n: Term) -> Term:
    """The term at n + 1, its sums written as the sum up to n and one more term."""
    if t.op == "sum" and t.args[2] == n:
        return add(t, substitute(t.args[3], {t.args[0]: add(n, 1)}))
    if t == n:
        return add(n, 1)
    return rebuild(t, tuple(_next(a, n) if isinstance(a, Term) else a for a in t.args))


def integrated(t: Term, equal: Equal) -> Term:
    """The term with integrals of polynomials over intervals carried out."""
    args = tuple(integrated(a, equal) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "int" or t.args[1].op != "interval" or any(isinstance(e, str) for e in t.args[1].args):
        return t
    x, measure, body = t.args
    found = _polynomial(body, x)
    if found is None:
        return t
    anti = add(num(0), *(mul(div(c, k + 1), power(x, k + 1)) for k, c in found.items()))
    if not equal(diff(x, anti), body):
        return t
    lo, hi = measure.args
    return add(substitute(anti, {x: hi}), neg(substitute(anti, {x: lo})))


def _polynomial(t: Term, x: Term) -> dict[int, Term] | None:
    """The coefficients of a polynomial in x by degree; None when it is none."""
    if x not in t.free:
        return {0: t}
    if t == x:
        return {1: num(1)}
    if t.op == "add":
        parts = [_polynomial(a, x) for a in t.args]
        out: dict[int, Term] = {}
        for part in parts:
            if part is None:
                return None
            for k, c in part.items():
                out[k] = add(out[k], c) if k in out else c
        return out
    if t.op == "neg":
        inside = _polynomial(t.args[0], x)
        return None if inside is None else {k: neg(c) for k, c in inside.items()}
    if t.op == "mul":
        return _product([_polynomial(a, x) for a in t.args])
    if t.op == "div" and x not in t.args[1].free:
        above = _polynomial(t.args[0], x)
        return None if above is None else {k: div(c, t.args[1]) for k, c in above.items()}
    exponent = t.args[1].args[0] if t.op == "pow" and t.args[1].op == "num" else 0
    if exponent in range(1, MAX_DEGREE + 1):
        return _product([_polynomial(t.args[0], x)] * int(exponent))
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
