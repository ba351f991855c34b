"""The Kullback-Leibler divergence of two Gaussians: where every loss of a diffusion model comes from."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.gaussian.about import chapter
from derivations.chapters.gaussian.moments import M, a, moments, mu, normalization_at, x
from derivations.chapters.gaussian.moments import S as S_symbol
from derivations.kernel.equality import algebra
from derivations.kernel.integrals import split
from derivations.kernel.logic import instantiate, table, weaken
from derivations.kernel.terms import div, expect, eye, inner, inv, kl, log, logdet, lt, norm2, normal, num, trace
from derivations.language.calculation import Calculation
from derivations.language.notation import d, definite, scalar, vector

half = num(Fraction(1, 2))
mu_0, mu_1 = vector("mu_0"), vector("mu_1")
S_0, S_1 = definite("Sigma_0"), definite("Sigma_1")
p, q = normal(x, mu_0, S_0), normal(x, mu_1, S_1)
closed = half * (trace(inv(S_1) * S_0) + inner(mu_0 - mu_1, inv(S_1) * (mu_0 - mu_1)) - d + logdet(S_1) - logdet(S_0))

chapter.prose(r"""
How far is one Gaussian from another? The divergence below is the price in nats of coding draws of the first with a code made for
the second. In a diffusion model both are one-step posteriors, and the price is a squared distance of means.
""")


@chapter.theorem("gauss.kl", "The divergence of two Gaussians", sources=("Kingma and Welling 2014, appendix B (a special case)",))
def kl_general(sheet: Calculation) -> None:
    r"""Four terms: how wide the first is in units of the second, how far apart the means are, the dimension, and the ratio of volumes.
    Short run: a closed form. Long run: with equal covariances only the second term is left, and it becomes the training loss."""
    gap, shift = x - mu_0, mu_0 - mu_1
    constant = half * (inner(shift, inv(S_1) * shift) + logdet(S_1) - logdet(S_0))
    own, other, cross = inner(gap, inv(S_0) * gap), inner(gap, inv(S_1) * gap), inner(inv(S_1) * shift, gap)
    ratio = constant - half * own + half * other + cross
    sheet.start(kl(x, p, q))
    sheet.to(expect(x, p, log(div(p, q))), because="This is the definition.")
    sheet.to(expect(x, p, ratio), because=r"The log-ratio is a difference of two quadratic forms. Expand the second one around $\mu_0$.",
             asks="Why around the first mean?", answer="The expectation is taken under the first density; around its own mean the linear term averages to zero.")  # fmt: skip
    parts = split(expect(x, p, ratio))
    sheet.to(parts.conclusion.args[1], by=parts, because="Each term is a polynomial times a Gaussian, so it is integrable.")

    def moment(label: str, form: dict) -> object:
        return instantiate(moments.part(label), table({mu: mu_0, S_symbol: S_0} | form))

    facts = (
        normalization_at(mu_0, S_0), moment("quadratic", {M: inv(S_0)}), moment("quadratic", {M: inv(S_1)}), moment("mean", {a: inv(S_1) * shift}),
    )  # fmt: skip
    sheet.to(constant - half * d + half * trace(inv(S_1) * S_0), by=facts,  # type: ignore[arg-type]
             because=r"A quadratic form averages to a trace, a linear one to zero; $\operatorname{tr}(\Sigma_0^{-1}\Sigma_0)=d$.")  # fmt: skip
    sheet.to(closed)
    sheet.qed()


v = scalar("sigma2", r"\sigma^2")


@chapter.theorem("gauss.kl_same_cov", "With equal covariances, only the means count", given=(lt(0, v),), sources=("DDPM, equation (8)",))
def kl_same_cov(sheet: Calculation) -> None:
    r"""If both Gaussians have the covariance $\sigma^2 I$, the divergence is a squared distance. This is why training a diffusion
    model is regression."""
    general = instantiate(weaken(kl_general.theorem, lt(0, v)), table({S_0: v * eye(d), S_1: v * eye(d)}))
    sheet.start(kl(x, normal(x, mu_0, v * eye(d)), normal(x, mu_1, v * eye(d))))
    sheet.to(general.conclusion.args[1], by=general, because="The general formula with both covariances equal.")
    sheet.to(norm2(mu_0 - mu_1) / (2 * v), because="The trace is $d$ and cancels, and so do the determinants.",
             asks="Does the dimension matter?", answer="It cancels. Only the distance of the means is left, in units of the noise.")  # fmt: skip
    sheet.qed()


__all__ = ["algebra"]
