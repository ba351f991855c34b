"""Rules for orders in a small step: a = O(h^n) as h tends to 0, found by differentiating and carried by arithmetic.

O(h^n) says |a| <= C |h|^n for some C and every h != 0 near 0; at h = 0 itself a may mean nothing. C may depend on
everything that is fixed while h moves: no order here is uniform in anything.
"""

from __future__ import annotations

from derivations.kernel.calculus import Conditions, Opaque, rate
from derivations.kernel.equality import normalizer, refuse_owed, residual
from derivations.kernel.logic import not_free
from derivations.kernel.smooth import functions, is_smooth
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import INT, REAL, Sort, Term, add, bigo, div, mul, ne, neg, num, power, show
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same


def slope_of(t: Term, x: Term, conditions: Conditions, who: str) -> Term:
    """dt/dx for a scalar, vector or matrix, or a refusal."""
    try:
        return rate(t, x, conditions)
    except Opaque as e:
        raise RuleError(f"{who}: no rule differentiates {show(t)} in {show(x)}: {e}") from None


@rule
def taylor(
    h: Term, order: int, body: Term, hypotheses: tuple[Term, ...] = (), using: tuple[Theorem, ...] = ()
) -> Sequent:
    """H, G |- f(h) = O(h^n)  when f is smooth near h = 0 and f, f', .., f^(n-1) are 0 there, given H and the equations
    G.

    That is Taylor's theorem. h may not occur in H or G. Refuses the first derivative that is not 0, with what is left
    of it; an f that no rule differentiates; and what is owed at h = 0.
    """
    goal = bigo(h, num(order), body)
    if type(order) is not int:
        raise RuleError(f"taylor: the order must be a whole number, got {order!r}")
    given = merge(hypotheses, *(t.hypotheses for t in using))
    not_free(h, given, "taylor")
    n = normalizer(hypotheses, using, "taylor")
    conditions: Conditions = []
    slope, here = body, {h: num(0)}
    for k in range(max(order, 1)):
        value = substitute(slope, here)
        zero, left = residual(n, value, value * 0)
        refuse_owed(n, "taylor", f"derivative {k} of {show(body)} at {show(h)} = 0")
        if k < order and not zero:
            raise RuleError(f"taylor: derivative {k} of {show(body)} at {show(h)} = 0 is not 0 but {left[:400]}")
        if k < max(order - 1, 1):
            slope = slope_of(slope, h, conditions, "taylor")
    n.need([(relation, substitute(c, here)) for relation, c in conditions])  # open conditions: they hold nearby too
    refuse_owed(n, "taylor", goal)
    return Sequent(given, goal, dimensions=frozenset(n.sizes), smooth=functions(body))


def order_of(t: Theorem, who: str) -> tuple[Term, int, Term]:
    """(h, n, a) of a theorem a = O(h^n)."""
    if t.conclusion.op != "bigo":
        raise RuleError(f"{who}: needs an order in a small step, got {show(t.conclusion)}")
    h, order, body = t.conclusion.args
    return h, int(order.args[0]), body


def _in_one_step(ts: tuple[Theorem, ...], who: str) -> tuple[Term, list[int], list[Term]]:
    parts = [order_of(t, who) for t in ts]
    h = parts[0][0]
    if any(p[0] != h for p in parts):
        raise RuleError(f"{who}: the steps {', '.join(sorted({show(p[0]) for p in parts}))} are not one")
    return h, [p[1] for p in parts], [p[2] for p in parts]


@rule
def order_sum(*ts: Theorem) -> Sequent:
    """G_i |- a_i = O(h^n_i)  give  G |- a_1 + .. + a_k = O(h^n), n the least of the n_i. Refuses different steps h."""
    h, orders, bodies = _in_one_step(ts, "order_sum")
    return Sequent(merge(*(t.hypotheses for t in ts)), bigo(h, num(min(orders)), add(*bodies)))


@rule
def order_product(*ts: Theorem) -> Sequent:
    """G_i |- a_i = O(h^n_i)  give  G |- a_1 .. a_k = O(h^n), n the sum of the n_i. Refuses different steps h."""
    h, orders, bodies = _in_one_step(ts, "order_product")
    return Sequent(merge(*(t.hypotheses for t in ts)), bigo(h, num(sum(orders)), mul(*bodies)))


@rule
def order_quotient(t: Theorem, power_of_h: int) -> Sequent:
    """G |- a = O(h^n)  gives  G |- a / h^k = O(h^(n-k)), for 0 <= k <= n. Refuses a higher power."""
    h, n, body = order_of(t, "order_quotient")
    if type(power_of_h) is not int or not 0 <= power_of_h <= n:
        raise RuleError(f"order_quotient: a is O({show(h)}^{n}), so it is not divided by {show(h)}^{power_of_h}")
    return Sequent(t.hypotheses, bigo(h, num(n - power_of_h), div(body, power(h, num(power_of_h)))))


@rule
def order_same(t: Theorem, equal: Theorem) -> Sequent:
    """G |- a = O(h^n) and D, h != 0 |- a = b (h not in D)  give  G, D |- b = O(h^n). Refuses another equation."""
    h, n, body = order_of(t, "order_same")
    c = equal.conclusion
    if c.op != "eq" or not same(c.args[0], body):
        raise RuleError(f"order_same: {show(c)} does not start from {show(body)}")
    rest = tuple(x for x in equal.hypotheses if not same(x, ne(h, 0)))
    not_free(h, rest, "order_same")
    return Sequent(merge(t.hypotheses, rest), bigo(h, num(n), c.args[1]))


@rule
def order_through(t: Theorem, near: Theorem, context: Term, hole: Term) -> Sequent:
    """G |- a - b = O(h^n) and D |- b = O(1)  give  G, D |- C[a] - C[b] = O(h^n), for C smooth in hole and h, n >= 1.

    b stays bounded, and so does a; there a smooth C has bounded slopes. `near` is the theorem about b. The difference
    is written as a sum that ends in -b. Refuses a C that may not be smooth everywhere, and another form.
    """
    h, n, body = order_of(t, "order_through")
    _, _, b = order_of(near, "order_through")
    _in_one_step((t, near), "order_through")
    if body.op != "add" or not same(body.args[-1], neg(b)):
        raise RuleError(f"order_through: {show(body)} is not a difference that ends in {show(neg(b))}")
    if n < 1 or hole.op != "sym" or hole.sort != _real(b.sort) or hole.sort[0] not in ("real", "vec") or hole == h:
        raise RuleError(f"order_through: needs an order of at least 1, and a real or vector hole like {show(b)}")
    if not is_smooth(context, frozenset((hole, h))):
        raise RuleError(f"order_through: {show(context)} may not be smooth everywhere in {show(hole)} and {show(h)}")
    ends = [substitute(context, {hole: s}) for s in (add(*body.args[:-1]), b)]
    goal = bigo(h, num(n), add(ends[0], neg(ends[1])))
    return Sequent(merge(t.hypotheses, near.hypotheses), goal, smooth=functions(context))


def _real(sort: Sort) -> Sort:
    return REAL if sort == INT else sort
