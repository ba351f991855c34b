"""From divergences to regression: the loss, its weights, and the loss that everybody trains."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.conventions import schedule_facts
from derivations.chapters.forward import data
from derivations.chapters.gaussian.divergence import S_0, S_1, kl_general, mu_0, mu_1
from derivations.chapters.posterior.about import chapter
from derivations.chapters.posterior.bound import Q, along, w
from derivations.chapters.posterior.reverse_step import BETA_TILDE, MU_TILDE, beta_tilde, mu_tilde
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand
from derivations.kernel.equality import algebra, constant_dropped, order
from derivations.kernel.integrals import split
from derivations.kernel.logic import assume, define, instantiate, table, weaken
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Term,
    Vec,
    eq,
    expect,
    integrable,
    integral,
    kl,
    le,
    log,
    lt,
    norm2,
    normal,
    num,
    sqrt,
    sum_,
    zero,
)
from derivations.language.calculation import Calculation
from derivations.language.notation import (
    I,
    T,
    alpha,
    alpha_bar,
    beta,
    d,
    eps,
    eps_theta,
    opaque,
    scalar,
    schedule,
    t,
    vector,
    x,
    x_0,
    x_t,
)

half = num(Fraction(1, 2))
sigma2 = scalar("sigma_t2", r"\sigma_t^2")
mu_theta = opaque("mu_theta", r"\boldsymbol{{\mu}}_\theta({0},{1})", Vec(d))
x0_hat = vector("x_0hat", r"\hat{\mathbf{x}}_0")
eps_hat = eps_theta(x_t, t)

chapter.prose(r"""
With Gaussian reverse steps of a fixed variance, each divergence of the bound is a squared distance of means. What the network is
asked to output (the mean, the data or the noise) only changes the weight in front.
""")


@chapter.theorem(
    "loss.mean", "Each step of the bound is a regression", sources=("DDPM, equation (8)",),
    given=(schedule, le(2, t), lt(0, sigma2),
           (integrable(w, norm2(mu_tilde(along(t, w), x_0) - mu_theta(along(t, w), t)) / (2 * sigma2), Q), "the squared error has an expectation"),
           (eq(integral(w, num(1), Q), num(1)), "the law of the path is a probability"), integrable(w, num(1), Q)),
)  # fmt: skip
def loss_mean(sheet: Calculation) -> None:
    r"""If the model's reverse step has the variance $\sigma_t^2$, the divergence from the posterior is a squared distance of means plus a
    constant. The constant does not depend on the network, so it is dropped in training; it is not zero, and belongs to the bound."""
    facts = (BETA_TILDE, *schedule_facts())
    state = along(t, w)
    posterior, model = normal(x, mu_tilde(state, x_0), beta_tilde(t) * I), normal(x, mu_theta(state, t), sigma2 * I)
    positive = order(lt(0, beta_tilde(t)), sheet.given[:2], facts)
    general = weaken(kl_general.theorem, positive.conclusion, lt(0, sigma2))
    at = instantiate(general, table({mu_0: mu_tilde(state, x_0), mu_1: mu_theta(state, t), S_0: beta_tilde(t) * I, S_1: sigma2 * I}))
    distance = norm2(mu_tilde(state, x_0) - mu_theta(state, t)) / (2 * sigma2)
    constant = half * d * (beta_tilde(t) / sigma2 - 1 + log(sigma2 / beta_tilde(t)))
    sheet.settle(positive)
    sheet.start(kl(x, posterior, model))
    sheet.to(at.conclusion.args[1], by=at, because="The divergence of two Gaussians.")
    sheet.to(distance + constant, by=(positive, *facts[1:]), because="Collect what does not depend on the network's mean.",
             asks="When is the constant zero?", answer=r"For $\sigma_t^2=\tilde\beta_t$: then the model's variance is right.")  # fmt: skip
    pointwise = sheet.qed("given both ends", lemma=True)
    total = integral(w, kl(x, posterior, model), Q)
    pieces = split(integral(w, distance + constant, Q))
    sheet.settle(_constant_integrable(constant, (positive, *facts[1:]), sheet.given))
    sheet.start(total).to(integral(w, distance + constant, Q), by=under(total, pointwise))
    sheet.to(pieces.conclusion.args[1], by=pieces)
    sheet.to(integral(w, distance, Q) + constant, by=(assume(eq(integral(w, num(1), Q), num(1))), positive, *facts[1:]))
    sheet.qed("with its constant")
    sheet.fact(constant_dropped(sheet.parts[-1].theorem, mu_theta(state, t), constant), "up to a constant",
               r"The constant is $\frac d2\left(\tilde\beta_t/\sigma_t^2-1+\log(\sigma_t^2/\tilde\beta_t)\right)$, free of the network.")  # fmt: skip


def _constant_integrable(constant: Term, facts: tuple[Theorem, ...], given: tuple[Term, ...]) -> Theorem:
    """A constant is integrable against the law of the path."""
    scaled = free_integrable(assume(integrable(w, num(1), Q)), constant)
    return same_integrand(scaled, algebra(constant * num(1), constant, given[:3], facts))


def _eps_mean(noise: Term) -> Term:
    return (x_t - beta(t) / sqrt(1 - alpha_bar(t)) * noise) / sqrt(alpha(t))


@chapter.theorem("loss.eps_weight", "The weight of the noise error", given=(schedule, le(2, t), lt(0, sigma2)), sources=("DDPM, equation (12)",))
def eps_weight(sheet: Calculation) -> None:
    r"""Let the network predict the noise. The distance of means becomes the distance of noises, times a weight that depends on the
    schedule only. Two common choices of the variance simplify it."""
    facts = schedule_facts()
    weight = beta(t) ** 2 / (2 * sigma2 * alpha(t) * (1 - alpha_bar(t)))
    sheet.start(norm2(_eps_mean(eps) - _eps_mean(eps_hat)) / (2 * sigma2))
    sheet.to(weight * norm2(eps - eps_hat), by=facts, because=r"The two means differ in the noise only, by the factor $\beta_t/\sqrt{\alpha_t(1-\bar\alpha_t)}$.")
    sheet.qed("weight")
    tilde = (1 - alpha_bar(t - 1)) / (1 - alpha_bar(t)) * beta(t)
    sheet.start(beta(t) ** 2 / (2 * tilde * alpha(t) * (1 - alpha_bar(t))))
    sheet.to(beta(t) / (2 * alpha(t) * (1 - alpha_bar(t - 1))), by=facts, because=r"For $\sigma_t^2=\tilde\beta_t$.")
    sheet.qed("posterior variance")
    sheet.start(beta(t) ** 2 / (2 * beta(t) * alpha(t) * (1 - alpha_bar(t))))
    sheet.to(beta(t) / (2 * alpha(t) * (1 - alpha_bar(t))), by=facts, because=r"For $\sigma_t^2=\beta_t$.")
    sheet.qed("step variance")


@chapter.theorem("loss.x0_weight", "The weight of the data error is a drop in signal-to-noise", given=(schedule, le(2, t), lt(0, sigma2)),
                 sources=("LUO22, equations (99) to (110)",))  # fmt: skip
def x0_weight(sheet: Calculation) -> None:
    r"""Let the network predict the data instead. With the posterior variance the weight is half the signal-to-noise ratio that step $t$
    destroys: the bound spends its effort where information is lost."""
    facts = schedule_facts()
    weight = alpha_bar(t - 1) * beta(t) ** 2 / (2 * sigma2 * (1 - alpha_bar(t)) ** 2)
    sheet.start(norm2(mu_tilde(x_t, x_0) - mu_tilde(x_t, x0_hat)) / (2 * sigma2))
    sheet.to(weight * norm2(x_0 - x0_hat), by=(MU_TILDE, *facts), because=r"The two means differ in the data only, by the factor $\sqrt{\bar\alpha_{t-1}}\beta_t/(1-\bar\alpha_t)$.")
    sheet.qed("weight")
    tilde = (1 - alpha_bar(t - 1)) / (1 - alpha_bar(t)) * beta(t)
    sheet.start(alpha_bar(t - 1) * beta(t) ** 2 / (2 * tilde * (1 - alpha_bar(t)) ** 2))
    snr = alpha_bar(t - 1) / (1 - alpha_bar(t - 1)) - alpha_bar(t) / (1 - alpha_bar(t))
    sheet.to(half * snr, by=facts, because=r"For $\sigma_t^2=\tilde\beta_t$, with $\mathrm{SNR}_t=\bar\alpha_t/(1-\bar\alpha_t)$.",
             asks="Is the weight positive?", answer="Yes: each step destroys signal, so the ratio falls.")  # fmt: skip
    sheet.qed("posterior variance")


SIMPLE: Theorem = define(
    "L_simple", (T, d),
    sum_(t, 1, T, integral(x_0, expect(eps, normal(eps, zero(d), I), norm2(eps - eps_theta(sqrt(alpha_bar(t)) * x_0 + sqrt(1 - alpha_bar(t)) * eps, t))), data)) / T,
)  # fmt: skip
L_simple = opaque("L_simple", r"L_{{\mathrm{{simple}}}}")


@chapter.definition("loss.simple", "The simple loss", sources=("DDPM, equation (14)",),
                    notes="The weights of loss.eps_weight are dropped. This is not the bound; it counts noisy steps more than the bound does.")  # fmt: skip
def simple(sheet: Calculation) -> None:
    r"""Draw a step uniformly, noise the data, predict the noise. All weights are set to one: the loss is no longer the variational
    bound, but samples look better."""
    sheet.fact(SIMPLE, because="The mean over the steps, the data and the noise of the squared error of the predicted noise.")

