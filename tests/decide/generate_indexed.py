"""Random pairs with sums and products of symbolic length, values of a function, and facts."""

from __future__ import annotations

import random

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import INT, Term, add, app, div, le, log, lt, mul, neg, num, power, prod_, sqrt, sum_, sym

n, i, j = sym("n", INT), sym("i", INT), sym("j", INT)
a, b, x, s = sym("a"), sym("b"), sym("x"), sym("s")
WORDS = {"n": "integer", "alpha": "unit", "a": "unit", "b": "unit", "s": "positive", "x": "real"}


def alpha(t: Term) -> Term:
    """A value of the function that lies between 0 and 1."""
    return app("alpha", t)


def summand(rng: random.Random) -> Term:
    """A term in the index i."""
    at = alpha(rng.choice([i, i, i + 1]))
    return rng.choice([
        at, i, mul(at, x), log(at), sqrt(at), 1 - at, div(at, 1 - at), power(i, 2), mul(at, i), mul(s, at), power(at, 2),
        mul(alpha(i), alpha(i + 1)),
    ])  # fmt: skip


def factor(rng: random.Random) -> Term:
    """A positive term in the index i."""
    at = alpha(rng.choice([i, i, i + 1]))
    return rng.choice([at, 1 - at, sqrt(at), power(at, 2), div(at, 1 - at), mul(at, s), 1 + at])


def a_sum(rng: random.Random, positive: bool) -> tuple[Term, Term]:
    """A sum and a form that equals it; lengths may be negative unless `positive`."""
    u, v, lo = summand(rng), summand(rng), rng.choice([0, 1, 2])
    k = rng.randint(-2, 3)
    whole = sum_(i, lo, n, u)
    forms = [
        (whole, sum_(i, lo + k, n + k, substitute(u, {i: i - k}))),
        (sum_(i, lo, n, add(u, v)), add(whole, sum_(j, lo, n, substitute(v, {i: j})))),
        (sum_(i, lo, n, mul(s, x, u)), mul(x, whole, s)),
        (sum_(i, lo, n, sum_(j, 1, n, mul(substitute(v, {i: j}), u))), mul(whole, sum_(i, 1, n, v))),
    ]
    if positive:
        forms.append((sum_(i, 1, n, add(x, u)), add(mul(n, x), sum_(i, 1, n, u))))
    return rng.choice(forms)


def a_product(rng: random.Random) -> tuple[Term, Term]:
    """A product and a form that equals it."""
    u, v = factor(rng), factor(rng)
    whole, k = prod_(i, 1, n, u), rng.randint(-2, 3)
    return rng.choice([
        (whole, prod_(i, 1 + k, n + k, substitute(u, {i: i - k}))),
        (prod_(i, 1, n, mul(u, v)), mul(whole, prod_(i, 1, n, v))),
        (prod_(i, 1, n, div(u, v)), div(whole, prod_(i, 1, n, v))),
        (prod_(i, 1, n, power(u, 3)), power(whole, 3)),
        (sqrt(power(whole, 2)), whole),
    ])  # fmt: skip


def under_facts(rng: random.Random) -> tuple[Term, Term, list[Term]]:
    """Two sides that are equal where the facts hold, and in general not."""
    return rng.choice([
        (sqrt(power(a - b, 2)), b - a, [lt(a, b)]), (sqrt(power(x - s, 2)), x - s, [le(s, x)]),
        (log(power(x, 2)), 2 * log(x), [lt(0, x)]), (sqrt(div(b - a, 1 - a)), div(sqrt(b - a), sqrt(1 - a)), [lt(a, b)]),
        (sqrt(1 - power(x, 2)), mul(sqrt(1 - x), sqrt(1 + x)), [lt(x, 1), lt(-1, x)]),
        (sqrt(alpha(n) - a) * sqrt(alpha(n) - a), alpha(n) - a, [lt(a, alpha(n))]),
        (sqrt(power(n - 2, 2)), n - 2, [lt(1, n)]), (sqrt(s - 2 * x) ** 2, s - 2 * x, [lt(x, 0)]),
    ])  # fmt: skip


def indexed_pair(rng: random.Random) -> tuple[str, Term, Term, list[Term]]:
    """(kind, lhs, rhs, facts): "true" by construction where the facts hold, or "edited"."""
    facts: list[Term] = [rng.choice([le(1, n), lt(0, n)])] if rng.random() < 0.5 else []
    which = rng.choice(("sum", "product", "facts"))
    if which == "facts":
        lhs, rhs, facts = under_facts(rng)
    else:
        lhs, rhs = a_sum(rng, bool(facts)) if which == "sum" else a_product(rng)
    kind = rng.choice(("true", "edited"))
    if kind == "edited":
        edits = [
            substitute(rhs, {n: n + 1}),
            substitute(rhs, {s: s + 1, x: -x}),
            mul(2, rhs),
            add(rhs, alpha(n)),
            neg(rhs),
        ]
        rhs = rng.choice(edits)
        if facts and rng.random() < 0.5:
            facts = [rng.choice([lt(b, a), lt(x, s), lt(n, 3), lt(num(0), x)])]
    return (kind, lhs, rhs, facts) if rng.random() < 0.5 else (kind, rhs, lhs, facts)
