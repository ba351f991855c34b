"""One step of the sampler, and a claim about it that is false."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.conventions import schedule_facts
from derivations.chapters.gaussian.moments import gaussian_law, law
from derivations.chapters.posterior.about import chapter
from derivations.chapters.posterior.losses import eps_hat, sigma2
from derivations.chapters.posterior.reverse_step import MU_TILDE, mu_tilde, weak_facts
from derivations.kernel.logic import assume, generalize, specialize
from derivations.kernel.terms import exp, inner, integral, le, lt, normal, num, sqrt, weighted, zero
from derivations.language.calculation import Calculation
from derivations.language.entry import Claim
from derivations.language.notation import I, alpha, alpha_bar, beta, d, scalar, schedule, t, u, vector, x_t

half = num(Fraction(1, 2))
z = vector("z")
estimate = (x_t - sqrt(1 - alpha_bar(t)) * eps_hat) / sqrt(alpha_bar(t))
mean = (x_t - beta(t) / sqrt(1 - alpha_bar(t)) * eps_hat) / sqrt(alpha(t))
unit = gaussian_law(z, ((z, law("z")),), u, zero(d), I)


@chapter.theorem("ddpm.sampling_step", "One step of the sampler", sources=("DDPM, algorithm 2",),
                 given=(schedule, le(1, t), lt(0, sigma2), (unit, r"$z$ is standard Gaussian")), witness={law("z"): weighted(z, normal(z, zero(d), I))},
                 notes=r"At $t=1$ no noise is added: the posterior variance is zero there (posterior.degenerate_t1).")  # fmt: skip
def sampling_step(sheet: Calculation) -> None:
    r"""Estimate the data from the predicted noise, put the estimate into the posterior mean, and add noise of the model's variance.
    Short run: the update that every sampler of this kind executes. Long run: its law is the model's reverse step."""
    sheet.start(mu_tilde(x_t, estimate))
    sheet.to(mean, by=(MU_TILDE, *weak_facts()), because="The posterior mean from the noise, with the network's noise.")
    sheet.qed("mean")
    draw = mean + sqrt(sigma2) * z
    sheet.settle(*weak_facts())
    inside = specialize(assume(unit), sqrt(sigma2) * u)
    facts = weak_facts()
    sheet.start(integral(z, exp(inner(u, draw)), law("z")))
    sheet.to(exp(inner(u, mean)) * inside.conclusion.args[0], by=facts, because="The mean is not random.")
    sheet.to(exp(inner(u, mean)) * inside.conclusion.args[1], by=[inside], because="The law of standard noise.")
    sheet.to(exp(inner(u, mean) + half * inner(u, sigma2 * u)), by=facts,
             because=r"So the update has the law $\mathcal{N}(\mu_\theta,\sigma_t^2 I)$.")  # fmt: skip
    sheet.qed("law", then=lambda th: generalize(th, u))


a, b = scalar("alpha_t"), scalar("abar_prev", r"\bar\alpha_{t-1}")


# the coefficient of the predicted noise: DDPM without its noise, and DDIM
_ddpm = -((1 - a) / sqrt(1 - a * b)) / sqrt(a)
_ddim = sqrt(1 - b) - sqrt(b) * sqrt(1 - a * b) / sqrt(a * b)


@chapter.refutation(
    "ddpm.sigma_zero_not_ddim", r"Dropping DDPM's noise does not give DDIM", given=(schedule, le(2, t)),
    sources=("a claim met in tutorials; DDIM, equation (12), has another coefficient",),
    claim=Claim(_ddpm, _ddim, {a: Fraction(1, 2), b: Fraction(1, 2)}),
)  # fmt: skip
def sigma_zero_not_ddim(sheet: Calculation) -> None:
    r"""It is often said that DDPM's update with $\sigma_t=0$ is DDIM's deterministic update. It is not: the two differ by a multiple of
    the predicted noise that is zero only if $\beta_t=0$. Without its noise DDPM shrinks the data; DDIM was derived to keep the marginals."""
    facts = schedule_facts()
    ddim = sqrt(alpha_bar(t - 1)) * estimate + sqrt(1 - alpha_bar(t - 1)) * eps_hat
    ratio = alpha(t) * (1 - alpha_bar(t - 1)) / (1 - alpha_bar(t))
    sheet.start(mean - ddim)
    sheet.to(-(sqrt(1 - alpha_bar(t - 1)) * (1 - sqrt(ratio)) * eps_hat), by=facts, because="The data estimate cancels; what is left is noise.",
             asks="Can the bracket be zero?", answer=r"Only if $\alpha_t(1-\bar\alpha_{t-1})=1-\bar\alpha_t$, that is $\alpha_t=1$.")  # fmt: skip
    sheet.qed("difference")
