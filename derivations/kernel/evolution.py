"""Rules for what evolves in time: the fundamental theorem of the calculus, by which a solution of an equation is found
and shown to be the only one.

The other half of that theorem, the slope of an integral at its upper end, is a rule of the calculus itself.
"""

from __future__ import annotations

from derivations.kernel.calculus import Conditions
from derivations.kernel.coordinates import in_order
from derivations.kernel.equality import normalizer, refuse_owed, residual
from derivations.kernel.logic import not_free
from derivations.kernel.series import slope_of
from derivations.kernel.smooth import functions
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, add, conj, diff, eq, integrable, integral, interval, le, neg, show
from derivations.kernel.theorem import RuleError, Sequent, merge, rule


@rule
def fundamental(x: Term, big: Term, lo: Term, hi: Term, hypotheses: tuple[Term, ...] = ()) -> Sequent:
    """H, lo <= hi |- int_lo^hi F'(x) dx = F(hi) - F(lo), and F' is integrable there, for F smooth on [lo, hi].

    F may be a scalar, a vector or a matrix. H may not mention x; lo <= x <= hi may be used. lo <= hi is dropped where
    it follows from H. Refuses an F that no rule differentiates, and what is owed somewhere on the interval.
    """
    not_free(x, hypotheses, "fundamental")
    if x in lo.free | hi.free:
        raise RuleError(f"fundamental: the ends {show(lo)} and {show(hi)} depend on {show(x)}")
    conditions: Conditions = []
    slope = slope_of(big, x, conditions, "fundamental")
    facts = (le(lo, x), le(x, hi))
    for near in (facts[:1], facts[1:], facts):  # one end alone is less to search with, and often enough
        n = normalizer((*hypotheses, *near), (), "fundamental")
        n.need(conditions)
        residual(n, slope, slope * 0)  # what stands under a fraction in it is owed too
        if not n.owed:
            break
    refuse_owed(n, "fundamental", f"the slope of {show(big)} between {show(lo)} and {show(hi)}")
    measure = interval(lo, hi)
    ends = add(substitute(big, {x: hi}), neg(substitute(big, {x: lo})))
    goal = conj(eq(integral(x, diff(x, big), measure), ends), integrable(x, diff(x, big), measure))
    return Sequent(merge(hypotheses, in_order(lo, hi, hypotheses)), goal, smooth=functions(big))
