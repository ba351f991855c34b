"""The score of noisy data, for any law of the data and any smooth noise."""

from __future__ import annotations

from derivations.chapters.scores.about import chapter
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, congruence, order, symmetric
from derivations.kernel.integrals import (
    almost_everywhere,
    dominated_integrable,
    integral_ae,
    reweighted,
    under_integral,
    zero_integral,
)
from derivations.kernel.logic import assume, cases, cut, generalize, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    MEASURE,
    Term,
    app,
    dominated,
    eq,
    forall,
    grad,
    integral,
    le,
    log,
    lt,
    num,
    sym,
    weighted,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.latex import declare_function
from derivations.language.notation import opaque, x_0, x_t

declare_function("p_data", r"p(\mathbf{{x}}_{{0}})")
data = app("p_data", sort=MEASURE)
kernel, marginal = opaque("q_kernel", r"q({0}\mid {1})"), opaque("q_noisy", "q({0})")
posterior = opaque("q_clean", r"q(\mathbf{{x}}_{{0}}\mid {0})", MEASURE)
k, q, clean = kernel(x_t, x_0), marginal(x_t), posterior(x_t)
score = grad(x_t, log(q))

positive = forall(x_t, forall(x_0, lt(0, k)))
unit = eq(integral(x_0, 1, data), 1)
smooth = dominated(x_t, x_0, k, data)
marginal_rule = forall(x_t, eq(q, integral(x_0, k, data)))
bayes_rule = forall(x_t, eq(clean, weighted(x_0, k / q, data)))
noisy_data = (
    (unit, "the data have a probability law; nothing else is asked of it"), (positive, ""), (smooth, ""),
    (marginal_rule, "the density of noisy data"),
)  # fmt: skip

chapter.prose(r"""
Noise turns a data point $\mathbf{x}_0$ into $\mathbf{x}_t$, with a density $q(\mathbf{x}_t\mid\mathbf{x}_0)$ that we chose ourselves. The
data have a law $p(\mathbf{x}_0)$ about which we know nothing: it may have a density, sit on a surface, or be a list of pictures. Noisy
data have the density $q(\mathbf{x}_t)$, an average. Which $\mathbf{x}_0$ was it, given $\mathbf{x}_t$? That is the law
$q(\mathbf{x}_0\mid\mathbf{x}_t)$, by Bayes' rule.
""")


@chapter.theorem("score.noisy_positive", "Noisy data have a positive density everywhere", given=noisy_data, no_twin="it says a sign, and no number")
def noisy_positive(sheet: Calculation) -> None:
    r"""A score is the gradient of a logarithm, so the density must be positive. Data alone may leave most of space empty; noise
    reaches everywhere."""
    sign, here = assume(positive), integral(x_0, k, data)
    zero = assume(eq(here, 0))
    sheet.settle(dominated_integrable(assume(smooth)))
    given = sheet.given
    sheet.given = (*given, zero.conclusion)
    nowhere = sheet.fact(zero_integral(order(le(0, k), (positive,)), zero), "nowhere",
                         "Suppose the average of a function that is never negative is zero. Then the function is zero almost everywhere.", lemma=True)  # fmt: skip
    one = chain(
        algebra(num(1), k / k, (), (sign,)), congruence(sym("u") / k, sym("u"), assume(eq(k, 0))), algebra(num(0) / k, num(0), (), (sign,)),
    )  # fmt: skip
    nothing = integral_ae(almost_everywhere(nowhere, one), x_0)
    sheet.start(num(1)).to(integral(x_0, 1, data), by=symmetric(assume(unit)), because="The law of the data has total mass one.")
    sheet.to(nothing.conclusion.args[1], by=nothing, because="But where a positive number is zero, one is zero.").to(0)
    false = sheet.qed("absurd", lemma=True)
    sheet.given = given
    above = cut(chain(order(lt(0, num(1))), false, symmetric(zero)), symmetric(assume(eq(0, here))))
    inside = cut(cases(above, assume(lt(0, here)), num(0), here), order(le(0, here), (positive,)))
    sheet.fact(chain(inside, symmetric(specialize(assume(marginal_rule), x_t))), "positive", "So the average is not zero. It is not negative either.")


def posterior_average(body: Term) -> Theorem:
    """E over q(x_0 | x_t) of the body = E over the data of Bayes' weight times the body."""
    place, everywhere = sym("law", MEASURE), generalize(noisy_positive.theorem, x_t)
    named = congruence(integral(x_0, body, place), place, specialize(assume(bayes_rule), x_t))
    moved = reweighted(named.conclusion.args[1], (positive, everywhere.conclusion))
    return cut(chain(named, moved), everywhere)


@chapter.theorem("score.posterior_law", "The law of the clean point has total mass one", given=(*noisy_data, (bayes_rule, "Bayes' rule")),
                 no_twin="the number is one")  # fmt: skip
def posterior_law(sheet: Calculation) -> None:
    r"""Bayes' rule divides by the density of the noisy point. That is exactly what makes the total mass one."""
    weighed, weights = posterior_average(num(1)), integral(x_0, k / q, data)
    weighed = chain(weighed, algebra(weighed.conclusion.args[1], weights, (), (noisy_positive.theorem,)))
    sheet.start(integral(x_0, 1, clean))
    sheet.to(weights, by=weighed, because="This is Bayes' rule.")
    sheet.to(integral(x_0, k, data) / q, by=(noisy_positive.theorem,), because=r"$\mathbf{x}_t$ is fixed, and so is its density.")
    sheet.to(q / q, by=[symmetric(specialize(assume(marginal_rule), x_t))]).to(1, by=(noisy_positive.theorem,))
    sheet.qed()


@chapter.theorem("score.posterior_expectation", "The score of noisy data is an average of scores of the noise",
                 given=(*noisy_data, (bayes_rule, "Bayes' rule")),
                 sources=("Vincent 2011",))  # fmt: skip
def posterior_expectation(sheet: Calculation) -> None:
    r"""Each $\mathbf{x}_0$ that could have made $\mathbf{x}_t$ pulls in its own direction. The score is the average pull, under the law of
    $\mathbf{x}_0$ *given* $\mathbf{x}_t$, not under the law of the data. Long run: this is why a network can learn it by regression."""
    sign = noisy_positive.theorem
    pull = grad(x_t, log(k))
    averaged = integral(x_0, k, data)
    slope = under(grad(x_t, q), specialize(assume(marginal_rule), x_t))
    sheet.start(score)
    sheet.to(grad(x_t, q) / q, by=(sign,), because="The derivative of a logarithm.",
             asks="May we divide?", answer="Yes: noise reaches everywhere, so the density is positive.")  # fmt: skip
    sheet.to(grad(x_t, averaged) / q, by=[slope], because="The density of noisy data is an average over the data.")
    sheet.to(integral(x_0, grad(x_t, k), data) / q, by=[under_integral(x_t, averaged)], because="Differentiate under the integral.",
             asks="Is that allowed?", answer="It is where the slopes are dominated by one integrable function. For Gaussian noise they are.")  # fmt: skip
    sheet.to(integral(x_0, k / q * pull, data), by=(sign,), because=r"$\nabla q=q\,\nabla\log q$, now for the noise.")
    sheet.to(integral(x_0, pull, clean), by=symmetric(posterior_average(pull)), because="The weight is Bayes' rule.",
             asks=r"Why not the average over the data?", answer="The weight would be missing: a data point far away pulls hard, but it is not a likely origin.")  # fmt: skip
    sheet.qed()
