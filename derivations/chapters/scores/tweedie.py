"""Gaussian noise: the score is the expected noise, and it tells the expected clean point."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.scores.about import chapter
from derivations.chapters.scores.marginal import (
    bayes_rule,
    clean,
    data,
    marginal_rule,
    noisy_positive,
    posterior_expectation,
    posterior_law,
    q,
    score,
    unit,
)  # fmt: skip
from derivations.kernel import Theorem
from derivations.kernel.decay import gaussian_against, gaussian_dominated
from derivations.kernel.equality import algebra, convert, order
from derivations.kernel.integrals import has_integral, split, weighted_integrable
from derivations.kernel.logic import assume, cut, generalize, instantiate, instantiate_function, table
from derivations.kernel.substitution import expand_function, substitute
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Term,
    Vec,
    diff,
    eq,
    exp,
    forall,
    grad,
    integrable,
    integral,
    log,
    lt,
    ne,
    normal,
    num,
    weighted,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Claim
from derivations.language.notation import I, d, opaque, scalar, x_0, x_t

half = num(Fraction(1, 2))
alpha, sigma = scalar("alpha"), scalar("sigma")
noise_density = normal(x_t, alpha * x_0, sigma**2 * I)
noise = opaque("noise", r"\boldsymbol{{\epsilon}}", Vec(d))(x_t, x_0)
named_noise = forall(x_t, forall(x_0, eq(noise, (x_t - alpha * x_0) / sigma)))


def gaussian(formula: Term) -> Term:
    """The formula with Gaussian noise in place of the unspecified one."""
    return expand_function(formula, "q_kernel", (x_t, x_0), noise_density)


def with_gaussian_noise(t: Theorem) -> Theorem:
    """A theorem on smooth noise, for Gaussian noise. `settled` proves what it asks of the noise."""
    return instantiate_function(t, "q_kernel", (x_t, x_0), noise_density)


whole = has_integral(assume(unit), order(lt(0, num(1))))


def settled() -> tuple[Theorem, Theorem]:
    """Gaussian noise has a positive density and dominated slopes."""
    given = (lt(0, sigma),)
    everywhere = generalize(generalize(order(lt(0, noise_density), given), x_0), x_t)
    return everywhere, gaussian_dominated(x_t, noise_density, whole, given)


gaussian_data = (
    (lt(0, sigma), ""), (unit, "the data have a probability law; nothing else is asked of it"),
    (gaussian(marginal_rule), "the density of noisy data"), (gaussian(bayes_rule), "Bayes' rule"),
)  # fmt: skip

chapter.prose(r"""
From here on the noise is Gaussian: $\mathbf{x}_t=\alpha\,\mathbf{x}_0+\sigma\,\boldsymbol{\epsilon}$ with a standard Gaussian $\boldsymbol{\epsilon}$, so
$q(\mathbf{x}_t\mid\mathbf{x}_0)=\mathcal{N}(\mathbf{x}_t;\alpha\mathbf{x}_0,\sigma^2\mathbf{I})$. What analysis demands is then proved, and not assumed: a Gaussian has
bounded slopes, whatever the law of the data.
""")


@chapter.theorem("score.eps", "The score is the expected noise", given=(*gaussian_data, (named_noise, "the noise that leads from one to the other")))
def eps(sheet: Calculation) -> None:
    r"""The score of noisy data points against the noise, scaled by its size: minus the noise that is to be expected in
    $\mathbf{x}_t$, over $\sigma$. Long run: a network that predicts the noise is a network that predicts the score."""
    sheet.settle(*settled())
    pull = grad(x_t, log(noise_density))
    sheet.start(score)
    sheet.to(integral(x_0, pull, clean), by=with_gaussian_noise(posterior_expectation.theorem), because="The score is an average over the clean points that may have been the origin.")
    arrow = algebra(pull, -((x_t - alpha * x_0) / sigma**2), (lt(0, sigma),))
    sheet.to(integral(x_0, arrow.conclusion.args[1], clean), by=under(integral(x_0, pull, clean), arrow), because="The score of a Gaussian points to its mean.")
    sheet.to(integral(x_0, -(noise / sigma), clean), by=(assume(named_noise),), because=r"$\mathbf{x}_t-\alpha\mathbf{x}_0$ is $\sigma$ times the noise.")
    sheet.to(-(integral(x_0, noise, clean) / sigma), asks="May we drop the expectation?",
             answer="No. The noise is not known, given the noisy point alone; see the next refutation.")  # fmt: skip
    sheet.qed()


chapter.prose(r"""
Solve the same line for the clean point, and it says what $\mathbf{x}_0$ is to be expected. It needs no law of the data, only the score of
the noisy data. Robbins published it in 1956 and credits Tweedie.
""")

expected = integral(x_0, x_0, clean)


@chapter.theorem("score.tweedie", "Tweedie's formula", given=((ne(alpha, 0), ""), *gaussian_data), sources=("Robbins 1956", "Efron 2011"))
def tweedie(sheet: Calculation) -> None:
    r"""The best guess of the clean point is the noisy point, moved along the score, and scaled back. Short run: whoever knows the
    score can denoise, and whoever can denoise knows the score. Long run: networks may predict either."""
    positive = sheet.settle(*settled()).close(with_gaussian_noise(noisy_positive.theorem))
    sheet.settle(positive, *_finite(positive))
    noiseless = (x_t - alpha * x_0) / sigma
    named = generalize(generalize(algebra(noiseless, noiseless, (lt(0, sigma),)), x_0), x_t)
    sheet.settle(named)
    gap = integral(x_0, x_t + -(alpha * x_0), clean)
    sheet.start(score)
    sheet.to(-(integral(x_0, noiseless, clean) / sigma), by=instantiate_function(eps.theorem, "noise", (x_t, x_0), noiseless),
             because="The score is the expected noise.")  # fmt: skip
    sheet.to(-(gap / sigma**2), because=r"The noise is $(\mathbf{x}_t-\alpha\mathbf{x}_0)/\sigma$.")
    parts = split(gap)
    sheet.to(-(parts.conclusion.args[1] / sigma**2), by=[parts], because="Both averages exist: a Gaussian outweighs any power of the distance.",
             asks="Even if the data have no mean?", answer="Even then. Given one noisy point, far away origins are too improbable to matter.")  # fmt: skip
    sheet.to(-((x_t - alpha * expected) / sigma**2), by=(with_gaussian_noise(posterior_law.theorem),), because=r"$\mathbf{x}_t$ is given, so its average is itself.")
    arrow = sheet.qed("arrow", lemma=True)
    sheet.start(expected)
    sheet.to(num(1) / alpha * (x_t + sigma**2 * score), by=(arrow, positive), because="Solve for the expected clean point.",
             asks=r"Where is $\alpha\ne0$ used?", answer="We divide by it. Without signal the noisy point says nothing about the clean one.")  # fmt: skip
    sheet.qed()


def _finite(positive: Theorem) -> list[Theorem]:
    """x_t and -alpha x_0 are integrable against the law of the clean point."""
    weight, signs = noise_density / q, (lt(0, sigma), lt(0, q), ne(alpha, 0))
    out = []
    for f in (x_t, -(alpha * x_0)):
        inside = gaussian_against(x_0, weight * f, whole, signs)
        moved = weighted_integrable(inside, weighted(x_0, weight, data), f, signs)
        moved = convert(moved, integrable(x_0, f, clean), (), (assume(gaussian(bayes_rule)),))
        out.append(cut(moved, positive))
    return out


spot = scalar("x")
near, far = normal(spot, alpha, sigma**2), normal(spot, -alpha, sigma**2)
share = 1 / (1 + exp(-2 * alpha * spot / sigma**2))
to_near, to_far = -((spot - alpha) / sigma**2), -((spot + alpha) / sigma**2)
averaged = share * to_near + (1 - share) * to_far


@chapter.refutation("score.not_conditional", "The score is not the noise of one draw", given=((lt(0, sigma), ""),),
                    claim=Claim(averaged, to_near, {spot: 0, alpha: 1, sigma: 1}))  # fmt: skip
def not_conditional(sheet: Calculation) -> None:
    r"""In print: $\nabla\log q(\mathbf{x}_t)=-\boldsymbol{\epsilon}/\sigma$, with the noise of the draw at hand and without an expectation. Take two data
    points on the line, $1$ and $-1$, each as likely as the other. Half way between them the score is zero, whatever the draw."""
    mixture = half * near + half * far
    sheet.start(diff(spot, log(mixture)))
    sheet.to((near * to_near + far * to_far) / (near + far), because="The derivative of a logarithm, and of each bell.")
    sheet.to(averaged, because="Divide by the first bell: its share is how probable the point $1$ is as the origin, given $x$.",
             asks=r"Where is the $-\epsilon/\sigma$ of the print?", answer="It is one of the two arrows. The score is their average.")  # fmt: skip
    sheet.qed("average")
    zero = instantiate(sheet.parts[-1].theorem, table({spot: num(0)}))
    sheet.start(zero.conclusion.args[0]).to(0, by=zero, because="Half way, both arrows are equally long, and opposite.")
    sheet.qed("middle")
    sheet.start(substitute(to_near, {spot: num(0)})).to(alpha / sigma**2, because="The arrow of the print does not vanish there.")
    sheet.qed("arrow")
