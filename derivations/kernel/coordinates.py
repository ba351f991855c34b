"""Rules that change variables, and the two integrals that are found by an antiderivative: the bell's and the
arctangent's.
"""

from __future__ import annotations

from derivations.kernel.calculus import Conditions
from derivations.kernel.definitions import PI
from derivations.kernel.equality import refuse_owed, residual
from derivations.kernel.integrals import integral_parts
from derivations.kernel.logic import not_free, varied
from derivations.kernel.normal import Normalizer
from derivations.kernel.series import slope_of
from derivations.kernel.smooth import functions
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import interval_facts
from derivations.kernel.terms import (
    LEBESGUE,
    REAL,
    Term,
    add,
    conj,
    div,
    eq,
    exp,
    integrable,
    integral,
    interval,
    is_scalar,
    le,
    limit,
    logdet,
    lt,
    mul,
    neg,
    norm2,
    num,
    power,
    show,
)  # fmt: skip
from derivations.kernel.theorem import RuleError, Sequent, Theorem, merge, rule, same


@rule
def shift_scale(t: Term, y: Term, scale: Term, shift: Term) -> Sequent:
    """0 < a |- int_R f(x) dx = int_R a f(a y + b) dy. For a vector x: a definite matrix L, and exp(log det L) for a."""
    x, measure, body = integral_parts(t, "shift_scale")
    if measure != LEBESGUE or y.sort != x.sort or (y in t.free and y != x) or {x, y} & (scale.free | shift.free):
        raise RuleError(
            f"shift_scale: {show(y)} must be a new variable like {show(x)}, free of {show(scale)} and {show(shift)}"
        )
    moved = substitute(body, {x: add(mul(scale, y), shift)})
    if is_scalar(x):
        return Sequent((lt(num(0), scale),), eq(t, integral(y, mul(scale, moved))))
    if scale.op != "sym" or scale.sort[-1] != "spd":
        raise RuleError(f"shift_scale: {show(scale)} must be a symbol for a positive definite matrix")
    return Sequent((), eq(t, integral(y, mul(exp(logdet(scale)), moved))))


@rule
def half_line_scale(t: Term, y: Term, scale: Term) -> Sequent:
    """0 < a |- int_0^oo f(x) dx = int_0^oo a f(a y) dy."""
    x, measure, body = integral_parts(t, "half_line_scale")
    if measure != interval(0, "oo") or (y in t.free and y != x) or {x, y} & scale.free:
        raise RuleError(f"half_line_scale: needs an integral over (0, oo) and a new variable, got {show(t)}")
    return Sequent((lt(num(0), scale),), eq(t, integral(y, mul(scale, substitute(body, {x: mul(scale, y)})), measure)))


@rule
def even(t: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """H |- int_R f = 2 int_0^oo f  when H gives f(-x) = f(x) (x not in H). Refuses a body that is not even."""
    x, measure, body = integral_parts(t, "even")
    not_free(x, hypotheses, "even")
    n = Normalizer(hypotheses)
    zero, left = residual(n, body, substitute(body, {x: neg(x)}))
    refuse_owed(n, "even", body)
    if measure != LEBESGUE or not is_scalar(x) or not zero:
        raise RuleError(f"even: {show(body)} is not an even function on the line: {left}")
    return Sequent(hypotheses, eq(t, mul(2, integral(x, body, interval(0, "oo")))))


@rule
def antiderivative(
    t: Term, big: Term, top: Theorem | Term, bottom: Theorem | Term, hypotheses: tuple[Term, ...] = ()
) -> Sequent:
    """F' = f >= 0 on (lo, hi), and the limits of F at the ends, give: f is integrable there and int f = F(hi) - F(lo).

    An end is given as a theorem on the limit of F there, or, where F is defined and continuous, as the term F(end).
    Refuses when F' - f is not zero, or the sign of f is open. Inside the interval lo < x < hi may be used, and
    nothing else of x. Between two finite ends the theorem is about lo <= hi: an empty interval has integral 0.
    Refuses an F that no rule differentiates: it may jump where its slope says nothing.
    """
    x, measure, f = integral_parts(t, "antiderivative")
    not_free(x, hypotheses, "antiderivative")
    if measure.op != "interval":
        raise RuleError(f"antiderivative: needs an integral over an interval, got {show(t)}")
    n = Normalizer((*hypotheses, *interval_facts(x, measure)))
    conditions: Conditions = []
    slope = slope_of(big, x, conditions, "antiderivative")
    n.need(conditions)
    zero, left = residual(n, slope, f)
    positive = n.holds(le(num(0), f))
    refuse_owed(n, "antiderivative", big)
    if not zero or not positive:
        raise RuleError(f"antiderivative: the derivative of {show(big)} is not {show(f)} >= 0: {left}")
    ends, given = [], []
    for end, value in zip(measure.args, (bottom, top), strict=True):
        ends.append(_end(x, big, end, value, hypotheses))
        given += list(value.hypotheses) if isinstance(value, Theorem) else []
    facts = conj(eq(t, add(ends[1], neg(ends[0]))), integrable(x, f, measure))
    lo, hi = measure.args
    return Sequent(merge(hypotheses, tuple(given), in_order(lo, hi, hypotheses)), facts, smooth=functions(big))


def in_order(lo: Term | str, hi: Term | str, hypotheses: tuple[Term, ...]) -> tuple[Term, ...]:
    """lo <= hi for two finite ends, unless it follows."""
    if not isinstance(lo, Term) or not isinstance(hi, Term):
        return ()
    n = Normalizer(hypotheses)
    return () if n.holds(le(lo, hi)) and not n.owed else (le(lo, hi),)


def _end(x: Term, big: Term, end: Term | str, value: Theorem | Term, hypotheses: tuple[Term, ...]) -> Term:
    if isinstance(value, Theorem):
        c = value.conclusion
        if c.op != "limit" or not same(c, limit(x, end, big, c.args[3])):
            raise RuleError(f"antiderivative: needs the limit of {show(big)} at {end}, got {show(c)}")
        return c.args[3]
    if not isinstance(end, Term):
        raise RuleError(f"antiderivative: the end {end} needs a theorem on the limit of {show(big)}")
    n = Normalizer(hypotheses)
    n.scalar(substitute(big, {x: end}))
    refuse_owed(n, "antiderivative", f"{show(big)} at {show(end)}")  # defined at the end, so continuous there
    return substitute(big, {x: end})


@rule
def limit_atan(x: Term) -> Sequent:
    """|- atan(x) tends to pi/2 as x tends to oo: this is how the kernel knows pi."""
    return Sequent((), limit(x, "oo", Term("atan", (x,), REAL), div(PI, 2)))


@rule
def limit_gaussian(x: Term, factor: Term, rate: Term) -> Sequent:
    """0 < c |- k exp(-c x^2) tends to 0 as x tends to oo, for k and c free of x."""
    if x in factor.free | rate.free:
        raise RuleError(f"limit_gaussian: {show(factor)} and {show(rate)} must be free of {show(x)}")
    return Sequent((lt(num(0), rate),), limit(x, "oo", mul(factor, exp(neg(mul(rate, power(x, 2))))), num(0)))


@rule
def product_of_lines(x: Term, u: Term, rate: Term) -> Sequent:
    """|- int_{R^d} exp(-c |x|^2) dx = (int_R exp(-c u^2) du)^d, as d log: Fubini over the d coordinates, 0 < c."""
    if x.sort[0] != "vec" or not is_scalar(u) or {x, u} & rate.free:
        raise RuleError("product_of_lines: needs a vector and a scalar symbol, and a rate free of both")
    line = integral(u, exp(neg(mul(rate, power(u, 2)))))
    return Sequent((lt(num(0), rate),), eq(integral(x, exp(neg(mul(rate, norm2(x))))), power(line, x.sort[1])))


@rule
def definite_root(t: Theorem, root: Term, square: Term) -> Sequent:
    """G, S = L L |- A  gives  G |- A: a positive definite S has a positive definite root. Refuses L free in G, S or
    A, and an equality up to a constant, which may be another one for each L.
    """
    h = eq(square, mul(root, root))
    if (
        root.op != "sym"
        or root.sort[:1] != ("mat",)
        or root.sort[3] != "spd"
        or square.op != "sym"
        or square.sort[3] != "spd"
    ):
        raise RuleError("definite_root: needs two symbols for positive definite matrices")
    rest = tuple(x for x in t.hypotheses if not same(x, h))
    not_free(root, (*rest, t.conclusion), "definite_root")
    if varied(t.conclusion):
        raise RuleError(f"definite_root: the constant in {show(t.conclusion)} may depend on {show(root)}")
    return Sequent(rest, t.conclusion)
