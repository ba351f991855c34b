"""Denoising score matching: why a network may learn the score of noisy data from the scores of the noise."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.probability import a, bias_variance, y
from derivations.chapters.scores.about import chapter
from derivations.chapters.scores.marginal import (
    bayes_rule,
    clean,
    data,
    k,
    noisy_data,
    noisy_positive,
    positive,
    posterior_average,
    posterior_expectation,
    posterior_law,
    q,
    score,
    smooth,
)  # fmt: skip
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand, sum_integrable
from derivations.kernel.equality import (
    algebra,
    chain,
    combine,
    congruence,
    constant_dropped,
    convert,
    symmetric,
    unfolded,
)
from derivations.kernel.integrals import (
    exchange,
    joint_swap,
    reweighted_integrable,
    slope_integrable,
    split,
    tonelli,
    weighted_integrable,
)  # fmt: skip
from derivations.kernel.logic import (
    assume,
    cut,
    generalize,
    instantiate,
    instantiate_function,
    specialize,
    table,
    weaken,
)
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    LEBESGUE,
    Term,
    Vec,
    eq,
    expect,
    forall,
    grad,
    integrable,
    integral,
    log,
    norm2,
    num,
    weighted,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.notation import d, opaque, scalar, theta, x_0, x_t

half = num(Fraction(1, 2))
network = opaque("s_theta", r"\mathbf{{s}}_\theta({0})", Vec(d))(x_t, theta)
pull = grad(x_t, log(k))
error, variance = norm2(network - pull), norm2(pull - score)
doubt = integral(x_0, variance, clean)
explicit = half * expect(x_t, q, norm2(network - score))
denoising = half * integral(x_0, expect(x_t, k, error), data)
constant = half * expect(x_t, q, doubt)
finite_variance = forall(x_t, integrable(x_0, variance, clean))
finite_error, finite_doubt = integrable(x_t, q * norm2(network - score)), integrable(x_t, q * doubt)
A, B, C = scalar("A"), scalar("B"), scalar("C")
some_of, arrow_of = opaque("n_of", "n({0},{1})"), opaque("v_of", r"\mathbf{{v}}({0},{1})", Vec(d))

chapter.prose(r"""
A network cannot be fitted to the score of noisy data: nobody has it. It can be fitted to the score of the noise of one draw, which is
a formula. The first fit is *explicit*, the second is *denoising* score matching.
""")


@chapter.theorem("dsm.equivalence", "Denoising score matching learns the score", given=(
    *noisy_data, (bayes_rule, "Bayes' rule"),
    (finite_variance, "the pulls on a noisy point have a finite variance"),
    (finite_error, "the explicit loss is finite"),
    (finite_doubt, "the variance is finite on average")),
    sources=("Vincent 2011",))  # fmt: skip
def equivalence(sheet: Calculation) -> None:
    r"""The two losses differ by a number that no network changes: how much the pulls on one noisy point vary. So both have the same
    gradients and the same minimiser. This is exact for every amount of noise, not a limit for little noise."""
    sheet.settle(*_conditions())
    sheet.start(integral(x_0, error, clean))
    sheet.to(norm2(network - score) + doubt, by=[_at_point("split"), symmetric(posterior_expectation.theorem)],
             because="At one noisy point: squared bias plus variance. The mean of the pulls is the score.")  # fmt: skip
    pointwise = sheet.qed("pointwise", lemma=True)
    swap, per_point, averaged = exchange(denoising.args[1]), _per_point(error), expect(x_t, q, integral(x_0, error, clean))
    sheet.settle(_jointly(sheet, pointwise, per_point))
    sheet.start(denoising)
    sheet.to(half * swap.conclusion.args[1], by=swap, because="Nothing here is negative, so the order of integration does not matter.")
    rearranged = chain(under(swap.conclusion.args[1], per_point), symmetric(unfolded(averaged)))
    sheet.to(half * averaged, by=rearranged, because="Draw the noisy point first, then the clean one, given the noisy one.")
    total = expect(x_t, q, norm2(network - score) + doubt)
    sheet.to(half * total, by=under(averaged, pointwise), because="Squared bias plus variance, at every noisy point.")
    parts = split(total)
    sheet.to(half * parts.conclusion.args[1], by=parts, because="Both parts are finite.")
    sheet.to(explicit + constant, by=instantiate(algebra(half * (A + B), half * A + half * B), table({A: explicit.args[1], B: constant.args[1]})))
    both = sheet.qed("denoising", lemma=True)
    sheet.start(explicit).to(denoising - constant, by=_solved(both), because="Solve for the explicit loss.",
                             asks="Is the last term really a constant?", answer="The network does not occur in it. It does depend on the noise.")  # fmt: skip
    sheet.qed("explicit")
    sheet.fact(constant_dropped(both, theta, constant), "gradient", "Up to a constant in the parameters, the two losses are one.")


def _solved(both: Theorem) -> Theorem:
    """D = E + C gives E = D - C."""
    given = assume(eq(C, A + B))
    letters = combine(eq(A, C - B), (given,), (num(-1),))
    return cut(instantiate(letters, table({A: explicit, B: constant, C: denoising})), both)


def _at_point(label: str) -> Theorem:
    """A part of bias and variance, for the pulls on one noisy point under the law of the clean one."""
    t = instantiate_function(bias_variance.part(label), "X_of", (y,), substitute(pull, {x_0: y}))
    return instantiate(instantiate_function(t, "any_law", (), clean), table({a: network}))


def _conditions() -> list[Theorem]:
    """At every noisy point the law of the clean one has mass one, and the pulls have a mean and a variance."""
    everywhere = generalize(noisy_positive.theorem, x_t)
    signs = (positive, everywhere.conclusion)
    slope = free_integrable(slope_integrable(assume(smooth)), 1 / q)
    weight = same_integrand(slope, algebra(1 / q * grad(x_t, k), k / q * pull, signs))
    moved = weighted_integrable(weight, weighted(x_0, k / q, data), pull, signs)
    pulls_have_mean = cut(convert(moved, integrable(x_0, pull, clean), (), (assume(bayes_rule),)), everywhere)
    to_mean = congruence(norm2(pull - a), a, posterior_expectation.theorem)
    vary = same_integrand(specialize(assume(finite_variance), x_t), to_mean)
    return [posterior_law.theorem, pulls_have_mean, vary]


def _per_point(body: Term) -> Theorem:
    """E over the data of q(x_t | x_0) times the body = q(x_t) times E over q(x_0 | x_t) of the body."""
    n = some_of(x_t, x_0)
    weighed = posterior_average(n)
    factor = algebra(integral(x_0, k * n, data), q * weighed.conclusion.args[1], (), (noisy_positive.theorem,))
    t = chain(factor, congruence(q * A, A, symmetric(weighed)))
    return instantiate_function(t, "n_of", (x_t, x_0), body)


def _jointly(sheet: Calculation, pointwise: Theorem, per_point: Theorem) -> Theorem:
    """The squared error is integrable over the clean and the noisy point together."""
    f = k * norm2(arrow_of(x_t, x_0))
    inside = specialize(assume(forall(x_t, integrable(x_0, f, data))), x_t)
    outside = weaken(assume(integrable(x_t, integral(x_0, f, data))), positive)
    both = joint_swap(tonelli(x_t, x_0, f, inside, outside, LEBESGUE, data))
    both = instantiate_function(both, "v_of", (x_t, x_0), network - pull)
    return cut(cut(both, generalize(_inside(sheet), x_t)), _outside(pointwise, per_point))


def _inside(sheet: Calculation) -> Theorem:
    """q(x_t | x_0) times the squared error is integrable over the data, at every noisy point."""
    everywhere, n = generalize(noisy_positive.theorem, x_t), some_of(x_t, x_0)
    signs = (positive, everywhere.conclusion)
    weight = weighted(x_0, k / q, data)
    finite = convert(assume(integrable(x_0, n, clean)), integrable(x_0, n, weight), signs, (assume(bayes_rule),))
    moved = free_integrable(reweighted_integrable(finite, signs), q)
    moved = cut(same_integrand(moved, algebra(q * (k / q) * n, k * n, signs)), everywhere)
    return cut(instantiate_function(moved, "n_of", (x_t, x_0), error), sheet.close(_at_point("finite")))


def _outside(pointwise: Theorem, per_point: Theorem) -> Theorem:
    """Its average over the data is integrable over the noisy point."""
    parts = sum_integrable(assume(finite_error), assume(finite_doubt))
    whole = instantiate(algebra(C * A + C * B, C * (A + B)), table({A: norm2(network - score), B: doubt, C: q}))
    back = chain(whole, congruence(q * A, A, symmetric(pointwise)), symmetric(per_point))
    return same_integrand(parts, back)
