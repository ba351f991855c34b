"""What each rule of the kernel does, in one sentence; how it fails stands in the rule's own docstring."""

from __future__ import annotations

from derivations.kernel import RULES

SENTENCES = {
    "algebra": "Both sides have one normal form, given the hypotheses and facts: the exact zero test.",
    "rewriting": "Parts of the line are replaced by what earlier results say they equal.",
    "order": "The sign of the difference has a certificate: every term of it is provably of one sign.",
    "combine": "A sum of proved inequalities with nonnegative weights.",
    "chain": "Relations are joined end to end.",
    "symmetric": "An equation is read from right to left.",
    "congruence": "A part of the line is replaced by something that it equals.",
    "convert": "Every part is replaced by an equal one, and the statement stays what it was.",
    "constant_dropped": "What does not depend on the variable is dropped: equal up to a constant.",
    "log_bound": "The logarithm lies below its tangent at 1: log u ≤ u − 1.",
    "log_bound_equality": "The logarithm meets its tangent at 1 only.",
    "positive_root": "Of a nonnegative number, the nonnegative root is the square root.",
    "from_logs": "Positive quantities with equal logarithms are equal.",
    "inverse_from": "A matrix that gives the identity when multiplied is the inverse.",
    "determinant_lemma": "The determinant of a sum, from the determinants of its two Schur complements.",
    "unfolded": "A Gaussian density, an expectation or a KL divergence is written out by its definition.",
    "assume": "A hypothesis is taken as given; it stays in front of everything that is derived from it.",
    "weaken": "A hypothesis is added; what held without it holds with it.",
    "cut": "A hypothesis that is itself proved need not be assumed.",
    "conjunct": "One part of a statement that has several.",
    "conjoin": "Several statements are put together.",
    "instantiate": "Letters are replaced by expressions, hypotheses included.",
    "instantiate_function": "An unspecified function is replaced by a given one.",
    "generalize": "What is proved for an arbitrary value holds for every value.",
    "specialize": "What holds for every value holds for this one.",
    "cases": "Proved when equal and proved when smaller: proved when not larger.",
    "induction": "True at the start, and handed on from each step to the next: true at every step.",
    "define": "A new name for an expression; a definition can be undone, so it adds no assumption.",
    "axiom": "Taken on trust under a name that everything built on it carries.",
    "gaussian_integrable": "A polynomial times a Gaussian is integrable.",
    "gaussian_against": "A bounded Gaussian factor keeps an integrable function integrable.",
    "gaussian_vanishes": "A polynomial times a Gaussian vanishes at infinity.",
    "gaussian_dominated": "The derivatives of a Gaussian are bounded, so one integrable function dominates.",
    "free_integrable": "A factor that does not depend on the variable does not matter for integrability.",
    "sum_integrable": "The sum of two integrable functions is integrable.",
    "same_integrand": "A function equal to an integrable one is integrable.",
    "split": "The integral of a sum is the sum of the integrals, when both exist.",
    "split_sum": "The integral of a finite sum is the sum of the integrals, when each exists.",
    "dominated_integrable": "Domination includes that the integrand is integrable, at every point.",
    "slope_integrable": "Domination includes that the slope of the integrand is integrable, at every point.",
    "inner_integrable": "The inner product of an integrable vector with a fixed one is integrable.",
    "reweighted": "An integral against a weighted measure is that of the weighted function.",
    "reweighted_integrable": "Integrable against a weighted measure: weighted, it is integrable against the other.",
    "weighted_integrable": "Integrable when weighted: it is integrable against the weighted measure.",
    "has_integral": "An integral that is not zero exists: what is not integrable has integral 0 by convention.",
    "exchange": "Two integrations change places (Fubini): the integrand is integrable in both together.",
    "tonelli": "Nonnegative, and the iterated integral is finite: integrable in both variables together.",
    "joint_swap": "Integrability in two variables together does not depend on their order.",
    "shift_scale": "A linear change of variables, with the factor that it brings.",
    "half_line_scale": "A change of scale on the half line, with the factor that it brings.",
    "even": "The integral of an even function is twice that over the half line.",
    "antiderivative": "The integral is the difference of an antiderivative, checked by differentiating it.",
    "limit_atan": "The arctangent tends to π/2.",
    "limit_gaussian": "A Gaussian tends to zero.",
    "taylor": "Smooth, and zero with its first derivatives at step zero: by Taylor's theorem it is of that order.",
    "order_sum": "A sum is of the lowest order of its terms.",
    "order_product": "The orders of factors add up.",
    "order_quotient": "Dividing by the step lowers the order by one.",
    "order_same": "A function equal to one of some order, away from step zero, is of that order.",
    "order_through": "A smooth function of close values has close values: the order of the difference is kept.",
    "fundamental": "The integral of a slope is the difference at the ends: the fundamental theorem of the calculus.",
    "limit_value": "Where a function is smooth, its limit is its value.",
    "limit_through": "A smooth function of what converges converges to its value at the limits.",
    "limit_same": "Functions that are equal near the end have the same limit.",
    "limit_reciprocal": "One over x tends to zero.",
    "limit_exponential": "An exponential with a negative rate tends to zero.",
    "limit_order": "What is of the order of the step, or higher, tends to zero with it.",
    "product_of_lines": "A Gaussian in |x|² is a product over the coordinates, and so is its integral.",
    "definite_root": "A positive definite matrix is the square of one.",
    "no_flux": "The integral of a divergence is zero when the flux of the field through large spheres tends to 0.",
    "under_integral": "The derivative moves under the integral; an integrable function dominates it.",
    "inner_inside": "The inner product with a fixed vector moves under the integral.",
    "integral_below": "Integration keeps an inequality.",
    "zero_integral": "A nonnegative function with integral zero is zero almost everywhere.",
    "almost_everywhere": "What follows from an equation at each point follows almost everywhere.",
    "integral_ae": "Functions equal almost everywhere have the same integral.",
    "tower": "The expectation is taken in two stages: first given the other variables, then over them.",
    "peel_last": "The last term of a sum or product is taken off; there must be one.",
    "peel_first": "The first term of a sum or product is taken off; there must be one.",
    "empty": "An empty sum is 0, an empty product is 1.",
    "telescope": "Neighbouring terms cancel; the two ends remain.",
    "log_product": "The logarithm of a product of positive factors is the sum of their logarithms.",
    "under": "Equals are replaced under a sum, an integral, an expectation or a derivative.",
    "sum_below": "A sum keeps an inequality that holds term by term.",
}  # fmt: skip

# Rules of logic, algebra and finite sums; every other rule is a fact about integrals or limits, as these few are.
ELEMENTARY = tuple(f"derivations.kernel.{room}" for room in ("logic", "equality", "sums"))
ANALYTIC = ("log_bound", "log_bound_equality")


def sentence(rule: str) -> str:
    """One sentence on what a rule does; for a rule without one, its inference figure."""
    return SENTENCES.get(rule) or next(iter((figure(rule)).splitlines()), "")


def figure(rule: str) -> str:
    """The inference figure of a rule, from its docstring."""
    return (RULES[rule].__doc__ or "").strip() if rule in RULES else ""


def of_analysis(rules: list[str]) -> list[str]:
    """Those of the rules that state a fact of analysis."""
    return [
        name for name in rules if name in RULES and (name in ANALYTIC or RULES[name].__module__ not in ELEMENTARY)
    ]
