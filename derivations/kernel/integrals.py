"""Rules for integrals. No integral is computed: it is split, exchanged, substituted, or recognised by its
antiderivative.

What analysis demands (integrability, domination, vanishing at infinity) becomes a hypothesis; `decay` discharges it
for Gaussians.
"""

from __future__ import annotations

from derivations.kernel.equality import refuse_owed
from derivations.kernel.logic import not_free
from derivations.kernel.normal import Normalizer
from derivations.kernel.smooth import is_smooth
from derivations.kernel.substitution import rebuild, seen, substitute
from derivations.kernel.sums import interval_facts
from derivations.kernel.terms import (
    BINDERS,
    LEBESGUE,
    REAL,
    Term,
    add,
    aeq,
    conditional_density,
    conj,
    diff,
    divergence,
    dominated,
    eq,
    forall,
    grad,
    inner,
    integrable,
    integral,
    is_scalar,
    jointly,
    le,
    lt,
    mul,
    ne,
    num,
    show,
    sum_,
    vanishes,
)  # fmt: skip
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same


def integral_parts(t: Term, who: str) -> tuple[Term, Term, Term]:
    """(variable, measure, body) of an integral or an expectation."""
    if t.op == "E":
        return t.args[0], LEBESGUE, mul(t.args[1], t.args[2])
    if t.op != "int":
        raise RuleError(f"{who}: needs an integral or an expectation, got {show(t)}")
    return t.args


def _like(t: Term, body: Term) -> Term:
    """The same integral or expectation of another body."""
    return Term(t.op, (*t.args[:2], body), REAL if is_scalar(body) else body.sort)


@rule
def split(t: Term) -> Sequent:
    """f, g integrable |- int (f + g) = int f + int g, for integrals and for expectations (there p f, p g
    integrable).
    """
    x, measure, _ = integral_parts(t, "split")
    if t.args[2].op != "add":
        raise RuleError(f"split: the body {show(t.args[2])} is not a sum")
    parts = t.args[2].args
    owed = tuple(integrable(x, mul(t.args[1], p) if t.op == "E" else p, measure) for p in parts)
    return Sequent(owed, eq(t, add(*[_like(t, p) for p in parts])))


@rule
def split_sum(t: Term) -> Sequent:
    """f_i integrable for every i in lo..hi |- int sum_i f_i = sum_i int f_i. Refuses a range that depends on the
    variable or on the index.
    """
    x, measure, body = integral_parts(t, "split_sum")
    if body.op != "sum" or x in body.args[1].free | body.args[2].free:
        raise RuleError(f"split_sum: needs a sum over a range free of {show(x)}, got {show(body)}")
    i, lo, hi, f = body.args
    if i in measure.free | lo.free | hi.free or i == x:
        raise RuleError(f"split_sum: the measure or the range depends on {show(i)}")
    owed = forall(i, integrable(x, f, measure), conj(le(lo, i), le(i, hi)))
    return Sequent((owed,), eq(t, sum_(i, lo, hi, integral(x, f, measure))))


@rule
def exchange(t: Term) -> Sequent:
    """f jointly integrable |- int_x int_y f = int_y int_x f (Fubini). Refuses where y's measure depends on x."""
    x, mx, body = integral_parts(t, "exchange")
    y, my, f = integral_parts(body, "exchange")
    if x in my.free or y in mx.free or x == y:
        raise RuleError(f"exchange: the measures of {show(x)} and {show(y)} are not independent")
    return Sequent((jointly(x, y, f, mx, my),), eq(t, integral(y, integral(x, f, mx), my)))


@rule
def tonelli(
    x: Term, y: Term, f: Term, inside: Theorem, outside: Theorem, mx: Term = LEBESGUE, my: Term = LEBESGUE
) -> Sequent:
    """f >= 0, f integrable in y for every x, and int f dy integrable in x, give: f is jointly integrable (measures are
    sigma-finite).

    The sign of f must follow from hypotheses without x and y. Refuses others, an open sign, one variable for both, and
    a measure of x that depends on y.
    """
    if not same(inside.conclusion, integrable(y, f, my)) or not same(
        outside.conclusion, integrable(x, integral(y, f, my), mx)
    ):
        raise RuleError(
            f"tonelli: needs {show(integrable(y, f, my))} and {show(integrable(x, integral(y, f, my), mx))}"
        )
    if y in mx.free or x == y:
        raise RuleError(f"tonelli: the measure of {show(x)} depends on {show(y)}, or they are one variable")
    rest = tuple(h for h in inside.hypotheses if not any(same(h, r) for r in interval_facts(x, mx)))
    for v in (x, y):
        not_free(v, (*rest, *outside.hypotheses), "tonelli", inside, outside)
    n = Normalizer((*rest, *outside.hypotheses, *interval_facts(x, mx), *interval_facts(y, my)))
    if not n.holds(le(num(0), f)):
        raise RuleError(f"tonelli: {show(f)} is not proved to be >= 0")
    refuse_owed(n, "tonelli", f)
    return Sequent(merge(rest, outside.hypotheses), jointly(x, y, f, mx, my))


@rule
def joint_swap(t: Theorem) -> Sequent:
    """Jointly integrable over x and y is jointly integrable over y and x. Refuses a measure that depends on the other
    variable.
    """
    if t.conclusion.op != "jointly":
        raise RuleError(f"joint_swap: needs a joint integrability, got {show(t.conclusion)}")
    x, mx, (y, my, f) = t.conclusion.args[0], t.conclusion.args[1], t.conclusion.args[2].args
    if x in my.free or y in mx.free or x == y:
        raise RuleError(f"joint_swap: the measures of {show(x)} and {show(y)} are not independent")
    return Sequent(t.hypotheses, jointly(y, x, f, my, mx))


@rule
def no_flux(x: Term, field: Term) -> Sequent:
    """div F integrable, F vanishing at infinity |- int div F dx = 0 (the divergence theorem); on the line int F' = 0.

    Refuses an F that may not be differentiable everywhere: a jump or a pole inside is a source.
    """
    if not is_smooth(field, frozenset((x,))):
        raise RuleError(f"no_flux: {show(field)} may not be differentiable at every {show(x)}")
    d = diff(x, field) if is_scalar(x) else divergence(x, field)
    return Sequent((integrable(x, d), vanishes(x, field)), eq(integral(x, d), num(0)))


@rule
def under_integral(x: Term, t: Term) -> Sequent:
    """f dominated |- grad_x int f dy = int grad_x f dy: differentiation under the integral sign."""
    y, measure, f = integral_parts(t, "under_integral")
    if x in measure.free or x == y:
        raise RuleError(f"under_integral: the measure depends on {show(x)}")
    d = diff if is_scalar(x) else grad
    return Sequent((dominated(x, y, f, measure),), eq(d(x, t), integral(y, d(x, f), measure)))


@rule
def dominated_integrable(t: Theorem) -> Sequent:
    """G |- f dominated in x  gives  G |- f is integrable over y, at every x. Refuses another condition."""
    if t.conclusion.op != "dominated":
        raise RuleError(f"dominated_integrable: needs a domination, got {show(t.conclusion)}")
    return Sequent(t.hypotheses, t.conclusion.args[1])


@rule
def slope_integrable(t: Theorem) -> Sequent:
    """G |- f dominated in x  gives  G |- the x-derivative of f is integrable over y, at every x. Refuses another
    condition.
    """
    if t.conclusion.op != "dominated":
        raise RuleError(f"slope_integrable: needs a domination, got {show(t.conclusion)}")
    x, (y, measure, f) = t.conclusion.args[0], t.conclusion.args[1].args
    return Sequent(t.hypotheses, integrable(y, (diff if is_scalar(x) else grad)(x, f), measure))


@rule
def inner_inside(u: Term, t: Term) -> Sequent:
    """F integrable |- <u, int F> = int <u, F>, for a vector u free of the variable."""
    x, measure, body = integral_parts(t, "inner_inside")
    if x in u.free:
        raise RuleError(f"inner_inside: {show(u)} depends on {show(x)}")
    return Sequent(
        (integrable(x, body, measure),), eq(inner(u, integral(x, body, measure)), integral(x, inner(u, body), measure))
    )


@rule
def reweighted(t: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """H |- int f d(w M) = int w f dM, for a weight w proved >= 0 (x not in H). Refuses a measure without a weight."""
    x, measure, body = integral_parts(t, "reweighted")
    weight, base = _weight(x, measure, hypotheses, "reweighted")
    return Sequent(hypotheses, eq(t, integral(x, mul(weight, body), base)))


@rule
def reweighted_integrable(t: Theorem, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """G |- f integrable against w M, and H |- w >= 0 (x not in H)  give  G, H |- w f integrable against M."""
    if t.conclusion.op != "integrable":
        raise RuleError(f"reweighted_integrable: needs an integrability, got {show(t.conclusion)}")
    x, measure, body = t.conclusion.args
    weight, base = _weight(x, measure, hypotheses, "reweighted_integrable")
    return Sequent(merge(t.hypotheses, hypotheses), integrable(x, mul(weight, body), base))


@rule
def weighted_integrable(t: Theorem, measure: Term, f: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """G |- w f integrable against M, and H |- w >= 0 (x not in H)  give  G, H |- f integrable against w M, the given
    measure.
    """
    if t.conclusion.op != "integrable":
        raise RuleError(f"weighted_integrable: needs an integrability, got {show(t.conclusion)}")
    x = t.conclusion.args[0]
    weight, base = _weight(x, measure, hypotheses, "weighted_integrable")
    if not same(t.conclusion, integrable(x, mul(weight, f), base)):
        raise RuleError(
            f"weighted_integrable: needs {show(integrable(x, mul(weight, f), base))}, got {show(t.conclusion)}"
        )
    return Sequent(merge(t.hypotheses, hypotheses), integrable(x, f, measure))


def _weight(x: Term, measure: Term, hypotheses: tuple[Term, ...], who: str) -> tuple[Term, Term]:
    """The weight of a weighted measure as a term in x, proved >= 0, and the measure underneath."""
    if measure.op != "weighted" or measure.args[0].sort != x.sort or x in measure.free:
        raise RuleError(f"{who}: {show(measure)} is not a weighted measure of {show(x)}")
    y, w, base = measure.args
    weight, n = substitute(w, {y: x}), Normalizer(hypotheses)
    not_free(x, hypotheses, who)
    if not n.holds(le(num(0), weight)):
        raise RuleError(f"{who}: the weight {show(weight)} is not proved to be >= 0")
    refuse_owed(n, who, weight)
    return weight, base


@rule
def inner_integrable(u: Term, t: Theorem) -> Sequent:
    """G |- F integrable over x  gives  G |- <u, F> integrable over x, for a vector u free of x. Refuses a scalar F."""
    if t.conclusion.op != "integrable" or t.conclusion.args[2].sort != u.sort or t.conclusion.args[0] in u.free:
        raise RuleError(
            f"inner_integrable: needs an integrable vector and a fixed one, got {show(t.conclusion)} and {show(u)}"
        )
    x, measure, field = t.conclusion.args
    return Sequent(t.hypotheses, integrable(x, inner(u, field), measure))


@rule
def integral_below(t: Theorem, x: Term, measure: Term = LEBESGUE) -> Sequent:
    """G |- a <= b (x not in G) gives  G, a and b integrable |- int a <= int b."""
    if t.conclusion.op != "le":
        raise RuleError(f"integral_below: needs an inequality <=, got {show(t.conclusion)}")
    rest = tuple(h for h in t.hypotheses if not any(same(h, r) for r in interval_facts(x, measure)))
    not_free(x, rest, "integral_below", t)
    a, b = t.conclusion.args
    owed = (integrable(x, a, measure), integrable(x, b, measure))
    return Sequent(merge(rest, owed), le(integral(x, a, measure), integral(x, b, measure)))


@rule
def has_integral(t: Theorem, nonzero: Theorem) -> Sequent:
    """G |- int f = c and D |- c != 0 (or 0 < c)  give  G, D |- f is integrable: an f that is not has integral 0 by
    convention.
    """
    x, measure, f = integral_parts(t.conclusion.args[0], "has_integral")
    value, c = t.conclusion.args[1], nonzero.conclusion
    if t.conclusion.op != "eq" or not (same(c, lt(num(0), value)) or same(c, ne(value, 0))):
        raise RuleError(f"has_integral: needs int f = c and c != 0, got {show(t.conclusion)} and {show(c)}")
    return Sequent(merge(t.hypotheses, nonzero.hypotheses), integrable(x, f, measure))


@rule
def zero_integral(t: Theorem, zero: Theorem) -> Sequent:
    """G |- 0 <= f (x not in G) and D |- int f = 0  give  G, D, f integrable |- f = 0 for almost every x."""
    x, measure, f = integral_parts(zero.conclusion.args[0], "zero_integral")
    if not same(t.conclusion, le(num(0), f)) or zero.conclusion.op != "eq" or zero.conclusion.args[1] != num(0):
        raise RuleError(
            f"zero_integral: needs 0 <= {show(f)} and int = 0, got {show(t.conclusion)} and {show(zero.conclusion)}"
        )
    not_free(x, t.hypotheses, "zero_integral", t)
    return Sequent(merge(t.hypotheses, zero.hypotheses, (integrable(x, f, measure),)), aeq(x, f, num(0), measure))


@rule
def almost_everywhere(t: Theorem, pointwise: Theorem) -> Sequent:
    """G |- a = b for almost every x, and D, a = b |- c = d (x not in D), give  G, D |- c = d for almost every x."""
    if t.conclusion.op != "aeq":
        raise RuleError(f"almost_everywhere: needs an equality almost everywhere, got {show(t.conclusion)}")
    x, measure, a, b = t.conclusion.args
    rest = tuple(h for h in pointwise.hypotheses if not same(h, eq(a, b)))
    not_free(x, rest, "almost_everywhere", pointwise)
    if pointwise.conclusion.op != "eq":
        raise RuleError(f"almost_everywhere: needs an equation, got {show(pointwise.conclusion)}")
    return Sequent(
        merge(t.hypotheses, rest), aeq(x, pointwise.conclusion.args[0], pointwise.conclusion.args[1], measure)
    )


@rule
def integral_ae(t: Theorem, x: Term) -> Sequent:
    """G |- a = b for almost every x  gives  G |- int a = int b."""
    if t.conclusion.op != "aeq":
        raise RuleError(f"integral_ae: needs an equality almost everywhere, got {show(t.conclusion)}")
    v, measure, a, b = t.conclusion.args
    return Sequent(t.hypotheses, eq(integral(v, a, measure), integral(v, b, measure)))


@rule
def tower(measure: Term, w: Term, y: Term, hidden: Term, density: Term, test: Term) -> Sequent:
    """`hidden` has density k, g integrable |- int g(hidden, Z) dM(w) = int [int k(y, Z) g(y, Z) dy] dM(w).

    The first hypothesis is the definition of a conditional density (`conditional_density`). Refuses a g that sees
    more of w than `hidden` and what the density sees.
    """
    taken = {s.args[0] for s in test.free | _bound_names(test)}
    if y.args[0] in taken or y.sort != hidden.sort:
        raise RuleError(f"tower: {show(y)} must be a new variable of the sort of {show(hidden)}")
    lifted = _replace_term(test, hidden, y)
    given_to_it = seen(density, w)
    shown = seen(lifted, w)
    known = {t for t, bound in given_to_it if not bound}
    if {t for t, _ in shown} - known or any(bound for _, bound in shown) or hidden in known:
        raise RuleError(
            f"tower: {show(test)} sees more of {show(w)} than {show(hidden)} and what {show(density)} is given"
        )
    given = (conditional_density(w, measure, hidden, y, density), integrable(w, test, measure))
    return Sequent(given, eq(integral(w, test, measure), integral(w, integral(y, mul(density, lifted)), measure)))


def _bound_names(t: Term) -> frozenset[Term]:
    here = frozenset((t.args[0],)) if t.op in BINDERS else frozenset()
    return here.union(*(_bound_names(a) for a in t.args if isinstance(a, Term)))


def _replace_term(t: Term, old: Term, new: Term) -> Term:
    """t with `new` for `old`, except where a binder makes a variable of `old` its own."""
    if t == old:
        return new
    hidden = (0, *BINDERS[t.op]) if t.op in BINDERS and t.args[0] in old.free else ()
    return rebuild(t, tuple(
        (_replace_term(a, old, new) if isinstance(a, Term) and k not in hidden else a) for k, a in enumerate(t.args)
    ))  # fmt: skip
