"""Rules for limits of a real variable: where a function is continuous, through continuous functions, at infinity.

No limit is computed. A value is put in where a function is smooth; 1/x and e^(-cx) are known to vanish; the rest is
algebra and composition. Near the end means: close to a number and different from it, or beyond some number.
"""

from __future__ import annotations

from derivations.kernel.calculus import Conditions
from derivations.kernel.equality import normalizer, refuse_owed, residual
from derivations.kernel.logic import not_free
from derivations.kernel.series import order_of, slope_of
from derivations.kernel.smooth import functions
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    REAL,
    Term,
    div,
    exp,
    is_scalar,
    limit,
    lt,
    mul,
    ne,
    neg,
    num,
    show,
)
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same


def _continuous(context: Term, at: dict[Term, Term], hypotheses: tuple[Term, ...], who: str) -> Term:
    """The value of the context at a point at which it is smooth in the symbols that are replaced; or a refusal."""
    n = normalizer(hypotheses, (), who)
    value = substitute(context, at)
    for x in at:
        conditions: Conditions = []
        slope_of(context, x, conditions, who)
        n.need([(relation, substitute(c, at)) for relation, c in conditions])
    residual(n, value, num(0))
    refuse_owed(n, who, f"{show(context)} at {', '.join(f'{show(x)} = {show(v)}' for x, v in at.items())}")
    return value


@rule
def limit_value(x: Term, end: Term, body: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """H |- f(x) tends to f(a) as x tends to a, for f smooth at a (x not in H, a).

    Refuses what is owed at a, and an f that no rule differentiates.
    """
    not_free(x, hypotheses, "limit_value")
    if x in end.free or not is_scalar(body):
        raise RuleError(f"limit_value: needs a scalar and an end free of {show(x)}, got {show(body)} and {show(end)}")
    value = _continuous(body, {x: end}, hypotheses, "limit_value")
    return Sequent(hypotheses, limit(x, end, body, value), smooth=functions(body))


def _limit(t: Theorem, who: str) -> tuple[Term, Term | str, Term, Term]:
    if t.conclusion.op != "limit":
        raise RuleError(f"{who}: needs a limit, got {show(t.conclusion)}")
    x, end, body, value = t.conclusion.args
    return x, end, body, value


@rule
def limit_through(
    context: Term, holes: tuple[Term, ...], limits: tuple[Theorem, ...], hypotheses: tuple[Term, ...] = ()
) -> Sequent:
    """G_i |- a_i tends to v_i, and H |- C is smooth at v  give  G, H |- C[a_1 .. a_k] tends to C[v_1 .. v_k].

    One variable and one end; C and H are free of the variable. Sums, products and quotients are cases. Refuses what is
    owed at v.
    """
    if not limits or len(holes) != len(limits) or len(set(holes)) < len(holes):
        raise RuleError(f"limit_through: {len(holes)} holes for {len(limits)} limits")
    x, end, _, _ = _limit(limits[0], "limit_through")
    for t, hole in zip(limits, holes, strict=True):
        y, other, _, _ = _limit(t, "limit_through")
        if y != x or (other != end if isinstance(end, str) else not same(limit(x, end, 0, 0), limit(x, other, 0, 0))):
            raise RuleError(f"limit_through: {show(limits[0].conclusion)} and {show(t.conclusion)} have other ends")
        if hole.op != "sym" or hole.sort != REAL or x in context.free - set(holes):
            raise RuleError(f"limit_through: needs real holes and a context free of {show(x)}, got {show(context)}")
    not_free(x, hypotheses, "limit_through")
    values = {hole: t.conclusion.args[3] for hole, t in zip(holes, limits, strict=True)}
    bodies = {hole: t.conclusion.args[2] for hole, t in zip(holes, limits, strict=True)}
    value = _continuous(context, values, hypotheses, "limit_through")
    given = merge(*(t.hypotheses for t in limits), hypotheses)
    return Sequent(given, limit(x, end, substitute(context, bodies), value), smooth=functions(context))


@rule
def limit_same(t: Theorem, equal: Theorem) -> Sequent:
    """G |- a tends to v as x tends to e, and D, x near e |- a = b  give  G, D |- b tends to v. D |- v = w gives a to w.

    Near e may be used as x != e for a number e, c < x for oo, x < c for -oo, with any c free of x. Refuses x in D
    otherwise, and another equation.
    """
    x, end, body, value = _limit(t, "limit_same")
    c = equal.conclusion
    if c.op != "eq" or not (same(c.args[0], body) or same(c.args[0], value)):
        raise RuleError(f"limit_same: {show(c)} does not start from {show(body)}, nor from {show(value)}")
    of_body = same(c.args[0], body)
    rest = tuple(h for h in equal.hypotheses if not (of_body and _near(h, x, end)))
    not_free(x, rest, "limit_same")
    ends = (c.args[1], value) if of_body else (body, c.args[1])
    return Sequent(merge(t.hypotheses, rest), limit(x, end, *ends))


def _near(h: Term, x: Term, end: Term | str) -> bool:
    """Whether the formula holds near the end, whatever else is true."""
    if isinstance(end, Term):
        return x not in end.free and same(h, ne(x, end))  # an end that mentions x means another x, outside
    low, high = h.args if h.op in ("lt", "le") else (x, x)
    return (low == x and x not in high.free) if end == "-oo" else (high == x and x not in low.free)


@rule
def limit_reciprocal(x: Term) -> Sequent:
    """|- 1/x tends to 0 as x tends to oo."""
    return Sequent((), limit(x, "oo", div(1, x), num(0)))


@rule
def limit_exponential(x: Term, factor: Term, rate: Term) -> Sequent:
    """0 < c |- k exp(-c x) tends to 0 as x tends to oo, for k and c free of x."""
    if x in factor.free | rate.free:
        raise RuleError(f"limit_exponential: {show(factor)} and {show(rate)} must be free of {show(x)}")
    return Sequent((lt(num(0), rate),), limit(x, "oo", mul(factor, exp(neg(mul(rate, x)))), num(0)))


@rule
def limit_order(t: Theorem) -> Sequent:
    """G |- a = O(h^n), n >= 1, gives  G |- a tends to 0 as h tends to 0. Refuses the order 0, and a vector."""
    h, n, body = order_of(t, "limit_order")
    if n < 1 or not is_scalar(body):
        raise RuleError(f"limit_order: needs a scalar of order at least 1, got {show(t.conclusion)}")
    return Sequent(t.hypotheses, limit(h, num(0), body, num(0)))
