"""Rules for finite sums and products, and for equality under any binder."""

from __future__ import annotations

from derivations.kernel.equality import refuse_owed
from derivations.kernel.logic import not_free
from derivations.kernel.normal import Normalizer
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    BINDERS,
    INT,
    Term,
    add,
    eq,
    le,
    log,
    lt,
    mul,
    neg,
    num,
    prod_,
    show,
    sum_,
)  # fmt: skip
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same


def _range(t: Term, who: str) -> tuple[Term, Term, Term, Term]:
    if t.op not in ("sum", "prod"):
        raise RuleError(f"{who}: needs a sum or a product, got {show(t)}")
    return t.args


@rule
def peel_last(t: Term) -> Sequent:
    """lo <= hi |- sum_{lo}^{hi} f = sum_{lo}^{hi-1} f + f(hi), and the same for products. Refuses another term."""
    i, lo, hi, body = _range(t, "peel_last")
    last = substitute(body, {i: hi})
    rest = (sum_ if t.op == "sum" else prod_)(i, lo, hi - 1, body)
    return Sequent((le(lo, hi),), eq(t, add(rest, last) if t.op == "sum" else mul(rest, last)))


@rule
def peel_first(t: Term) -> Sequent:
    """lo <= hi |- sum_{lo}^{hi} f = f(lo) + sum_{lo+1}^{hi} f, and the same for products. Refuses another term."""
    i, lo, hi, body = _range(t, "peel_first")
    first = substitute(body, {i: lo})
    rest = (sum_ if t.op == "sum" else prod_)(i, lo + 1, hi, body)
    return Sequent((le(lo, hi),), eq(t, add(first, rest) if t.op == "sum" else mul(first, rest)))


@rule
def empty(t: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """hi < lo |- sum_{lo}^{hi} f = 0 and prod_{lo}^{hi} f = 1. The hypothesis is dropped where it is arithmetic."""
    _, lo, hi, _ = _range(t, "empty")
    n = Normalizer(hypotheses)
    extra = () if n.holds(lt(hi, lo)) and not n.owed else (lt(hi, lo),)
    return Sequent(merge(hypotheses, extra), eq(t, num(0 if t.op == "sum" else 1)))


@rule
def telescope(i: Term, lo: Term, hi: Term, g: Term) -> Sequent:
    """lo <= hi + 1 |- sum_{i=lo}^{hi} (g(i) - g(i-1)) = g(hi) - g(lo-1)."""
    if i.sort != INT:
        raise RuleError(f"telescope: {show(i)} is not an integer symbol")
    step = add(g, neg(substitute(g, {i: i - 1})))
    ends = add(substitute(g, {i: hi}), neg(substitute(g, {i: lo - 1})))
    return Sequent((le(lo, hi + 1),), eq(sum_(i, lo, hi, step), ends))


@rule
def log_product(t: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """H |- log prod f = sum log f, when every factor is proved positive (i not in H). Refuses with the factor whose
    sign is open.
    """
    i, lo, hi, body = _range(t, "log_product")
    not_free(i, (*hypotheses, le(lo, hi)), "log_product")
    if t.op != "prod":
        raise RuleError(f"log_product: needs a product, got {show(t)}")
    n = Normalizer((*hypotheses, le(lo, i), le(i, hi)))
    positive = n.holds(lt(0, body))
    refuse_owed(n, "log_product", t)
    if not positive:
        raise RuleError(f"log_product: the factor {show(body)} is not proved positive")
    return Sequent(hypotheses, eq(log(t), sum_(i, lo, hi, log(body))))


@rule
def under(binder: Term, t: Theorem) -> Sequent:
    """G |- a = b  gives  G |- B x. a = B x. b, for a binder B (sum, prod, int, E, KL, diff, grad, divg, comps, diag).

    `binder` is the left side; its body is a. Refuses when x is free in G, except that a sum or product may use
    lo <= x and x <= hi, and an integral over an interval lo < x and x < hi; derivatives may use nothing of x.
    """
    if binder.op not in BINDERS or binder.sort == ("bool",):
        raise RuleError(f"under: {show(binder)} is not a binder")
    if t.conclusion.op != "eq":
        raise RuleError(f"under: needs an equation, got {show(t.conclusion)}")
    x, a, b = binder.args[0], *t.conclusion.args
    places = [k for k in BINDERS[binder.op] if same(binder.args[k], a)]
    if not places:
        raise RuleError(f"under: {show(a)} is not a body of {show(binder)}")
    rest = tuple(h for h in t.hypotheses if not any(same(h, r) for r in _inside(binder)))
    not_free(x, rest, "under", t)
    k = places[-1]
    return Sequent(rest, eq(binder, Term(binder.op, (*binder.args[:k], b, *binder.args[k + 1 :]), binder.sort)))


def _inside(binder: Term) -> tuple[Term, ...]:
    """What holds of the bound variable inside the binder. An end that mentions x means another x, outside."""
    x = binder.args[0]
    if binder.op in ("sum", "prod"):
        found = [le(binder.args[1], x), le(x, binder.args[2])]
        return tuple(h for end, h in zip(binder.args[1:3], found, strict=True) if x not in end.free)
    return interval_facts(x, binder.args[1]) if binder.op == "int" else ()


def interval_facts(x: Term, measure: Term) -> tuple[Term, ...]:
    """lo < x and x < hi, for Lebesgue measure on an interval whose ends do not mention x."""
    if measure.op != "interval" or x in measure.free:
        return ()
    lo, hi = measure.args
    return ((lt(lo, x),) if isinstance(lo, Term) else ()) + ((lt(x, hi),) if isinstance(hi, Term) else ())


@rule
def sum_below(binder: Term, t: Theorem) -> Sequent:
    """G |- a <= b  gives  G |- sum a <= sum b; inside, lo <= i and i <= hi may be used. Refuses when i is free in G."""
    i, _, _, body = _range(binder, "sum_below")
    if binder.op != "sum" or t.conclusion.op != "le" or not same(t.conclusion.args[0], body):
        raise RuleError(f"sum_below: needs body <= something for {show(binder)}, got {show(t.conclusion)}")
    rest = tuple(h for h in t.hypotheses if not any(same(h, r) for r in _inside(binder)))
    not_free(i, rest, "sum_below", t)
    return Sequent(rest, le(binder, sum_(i, binder.args[1], binder.args[2], t.conclusion.args[1])))
