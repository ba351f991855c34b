"""The reverse step when the data point is known."""

from __future__ import annotations

from derivations.chapters.conventions import ALPHA, alpha_bar_range, alpha_bar_step, alpha_bar_zero, schedule_facts
from derivations.chapters.forward import STEP, leap, marginal, markov, q_from, q_step, start_law
from derivations.chapters.posterior.about import chapter
from derivations.kernel import Theorem
from derivations.kernel.equality import from_logs, order
from derivations.kernel.logic import define, specialize, weaken
from derivations.kernel.terms import Term, Vec, grad, le, log, lt, normal, num, sqrt
from derivations.language.calculation import Calculation
from derivations.language.notation import I, alpha, alpha_bar, beta, d, eps, opaque, schedule, t, x, x_0, x_prev, x_t, y

beta_tilde = opaque("beta_tilde", r"\tilde\beta_{{{0}}}")
BETA_TILDE: Theorem = define("beta_tilde", (t,), (1 - alpha_bar(t - 1)) / (1 - alpha_bar(t)) * beta(t))


def weights(a: Term, b: Term, at: Term = t) -> Term:
    """The weighted sum of x_t = a and x_0 = b that is the posterior mean."""
    bar, before = alpha_bar(at), alpha_bar(at - 1)
    return sqrt(before) * beta(at) / (1 - bar) * b + sqrt(alpha(at)) * (1 - before) / (1 - bar) * a


mean_of = opaque("mu_tilde", r"\tilde{{\boldsymbol{{\mu}}}}_{{{0}}}({1},{2})", Vec(d))
MU_TILDE: Theorem = define("mu_tilde", (t, x_t, x_0), weights(x_t, x_0))


def mu_tilde(a: Term, b: Term, at: Term = t) -> Term:
    """The posterior mean for x_t = a and x_0 = b."""
    return mean_of(at, a, b)


def forward_density(t_: Term, x: Term) -> Term:
    """q(x_t | x_0) in closed form."""
    return normal(x, sqrt(alpha_bar(t_)) * x_0, (1 - alpha_bar(t_)) * I)


STEP_DENSITY = normal(x_t, sqrt(alpha(t)) * x_prev, beta(t) * I)


@chapter.theorem("posterior.variance", "The posterior variance", given=(schedule, le(2, t)), defines=(BETA_TILDE,), sources=("DDPM, equation (7)", "LUO22, equation (85)"))
def variance(sheet: Calculation) -> None:
    r"""Two Gaussian opinions about $x_{t-1}$: the marginal, which knows the data, and the step, which knows $x_t$. Precisions add, so the
    posterior is narrower than either."""
    facts = schedule_facts()
    sheet.fact(BETA_TILDE, "name", r"A name for the variance of the reverse step; the next lines say why it is this.")
    sheet.start(beta_tilde(t))
    sheet.to((1 - alpha_bar(t - 1)) / (1 - alpha_bar(t)) * beta(t), by=(BETA_TILDE, *facts), because="This is the definition.")
    sheet.to((1 - alpha_bar(t - 1)) * beta(t) / (alpha(t) * (1 - alpha_bar(t - 1)) + beta(t)), by=facts,
             because=r"The denominator is $1-\bar\alpha_t=\alpha_t-\bar\alpha_t+1-\alpha_t$.")  # fmt: skip
    sheet.to(1 / (alpha(t) / beta(t) + 1 / (1 - alpha_bar(t - 1))), by=facts, because="One over the sum of the two precisions.",
             asks=r"Why is the step's precision $\alpha_t/\beta_t$?", answer=r"As a function of $x_{t-1}$ the step has the variance $\beta_t/\alpha_t$.")  # fmt: skip
    sheet.qed("precision")


@chapter.theorem(
    "posterior.mean", "The posterior mean interpolates between the two ends", defines=(MU_TILDE,), sources=("DDPM, equations (6) and (7)", "LUO22, equation (84)"),
    given=(schedule, (start_law, "the chain starts at the data point"), (markov, "the chain is Markov"), le(2, t)),
    witness={q_from(t, x, y): leap},
)  # fmt: skip
def mean(sheet: Calculation) -> None:
    r"""Where was the chain one step ago, if we know both ends? Short run: the target of the network. Long run: the only place where the
    data enter the sampler. The answer is a Gaussian whose mean is a weighted sum of $x_0$ and $x_t$."""
    facts = schedule_facts()
    sheet.fact(MU_TILDE, "weights", r"A name for the weighted sum: the first weight belongs to the data, the second to the noisy point.")
    flipped = q_step(t, x_t, x_prev) * q_from(t - 1, x_prev, x_0) / q_from(t, x_t, x_0)
    gaussians = log(STEP_DENSITY) + log(forward_density(t - 1, x_prev)) - log(forward_density(t, x_t))
    answer = normal(x_prev, mu_tilde(x_t, x_0), beta_tilde(t) * I)
    now, before = marginal.theorem, marginal.at({t: t - 1, x_t: x_prev})
    signs = (*_positive(), *(f for f in facts if f.conclusion.op == "and"))
    sheet.settle(*facts, *signs)
    sheet.start(log(flipped))
    sheet.to(gaussians, by=(*facts, STEP, now, before), because="Bayes' rule, as logarithms, with the step and the two marginals put in.",
             asks=r"Why may the first factor forget $x_0$?", answer="The chain is Markov: given the state before, the data do not matter (elbo.ddpm.markov_trick).")  # fmt: skip
    sheet.to(log(answer), by=(BETA_TILDE, MU_TILDE, *facts), because=r"Complete the square in $x_{t-1}$, in any dimension.",
             asks="Why must $t$ be at least 2?", answer=r"At $t=1$ the state before is the data point itself: the variance $\tilde\beta_1$ is zero, and there is no density.")  # fmt: skip
    sheet.qed("density", then=lambda th: from_logs(weaken(th, *(f.conclusion for f in signs))))


def _positive() -> tuple[Theorem, ...]:
    """The three densities of Bayes' rule are positive: each is the Gaussian that it equals."""
    given = (schedule, start_law, markov, le(2, t))
    equal = (*schedule_facts(), STEP, marginal.theorem, marginal.at({t: t - 1, x_t: x_prev}))
    return tuple(order(lt(0, q), given, equal) for q in (q_step(t, x_t, x_prev), q_from(t - 1, x_prev, x_0), q_from(t, x_t, x_0)))


@chapter.theorem("posterior.eps_form", "The posterior mean from the noise", given=(schedule, le(1, t)),
                 sources=("DDPM, equation (10)", "LUO22, equations (116) to (124)"))  # fmt: skip
def eps_form(sheet: Calculation) -> None:
    r"""If we know $x_t$, then knowing the data and knowing the noise are the same thing. Written with the noise, the mean needs only
    $x_t$ and one unknown vector: the one that the network predicts."""
    facts = weak_facts()
    data = (x_t - sqrt(1 - alpha_bar(t)) * eps) / sqrt(alpha_bar(t))
    sheet.start(mu_tilde(x_t, data)).to(weights(x_t, data), by=(MU_TILDE, *facts), because="Put the data, written with the noise, into the mean.")
    sheet.to((x_t - beta(t) / sqrt(1 - alpha_bar(t)) * eps) / sqrt(alpha(t)), by=facts,
             because=r"Collect $x_t$ and $\epsilon$; use $\bar\alpha_t=\alpha_t\bar\alpha_{t-1}$ in both coefficients.",
             asks=r"Where did $\bar\alpha_{t-1}$ go?", answer=r"The coefficient of $x_t$ becomes $\beta_t+\alpha_t-\bar\alpha_t=1-\bar\alpha_t$, and cancels.")  # fmt: skip
    sheet.qed()


def weak_facts(at: Term = t) -> tuple[Theorem, ...]:
    """The schedule's facts for t >= 1: before the step, the signal share is positive and at most 1."""
    return specialize(ALPHA, at), alpha_bar_step.at({t: at}), alpha_bar_range.at({t: at}, "range"), alpha_bar_range.at({t: at - 1}, "weak")


@chapter.theorem("posterior.score_form", "The posterior mean from the score", given=(schedule, le(1, t)), sources=("LUO22, equations (134) to (142)",))
def score_form(sheet: Calculation) -> None:
    r"""The noise is, up to scale, the score of the conditional density. So the mean is a small step uphill in log-density, and DDPM
    and score-based models take the same step."""
    facts = weak_facts()
    inside = (x_t - sqrt(alpha_bar(t)) * x_0) / (1 - alpha_bar(t))
    sheet.start(mu_tilde(x_t, x_0))
    sheet.to((x_t - beta(t) * inside) / sqrt(alpha(t)), by=(MU_TILDE, *facts), because=r"Collect $x_t$ and $x_0$ as before.")
    sheet.to((x_t + beta(t) * grad(x_t, log(forward_density(t, x_t)))) / sqrt(alpha(t)), by=facts,
             because="The score of a Gaussian points to its mean.", asks="Is this the score of the marginal?",
             answer="No. It is the score given $x_0$. The marginal score is its average over what $x_0$ could have been.")  # fmt: skip
    sheet.qed()


@chapter.theorem("posterior.degenerate_t1", "At the first step there is nothing left to guess", given=(schedule,))
def degenerate_t1(sheet: Calculation) -> None:
    r"""For $t=1$ the state before is the data point. The variance is zero and the mean is $x_0$: a sampler must not add noise in its
    last step, and a log-variance of $\tilde\beta_1$ does not exist."""
    one = num(1)
    facts = (specialize(ALPHA, one), alpha_bar_zero.theorem, alpha_bar_step.at({t: one}))
    sheet.settle(order(le(1, one)))
    sheet.start(beta_tilde(1)).to(0, by=(BETA_TILDE, *facts), because=r"$\bar\alpha_0=1$, so the numerator is zero.")
    sheet.qed("variance")
    sheet.start(mu_tilde(x_t, x_0, one)).to(x_0, by=(MU_TILDE, *facts), because=r"The coefficient of $x_t$ is zero, and that of $x_0$ is $\beta_1/(1-\alpha_1)=1$.")
    sheet.qed("mean")


@chapter.theorem("posterior.bounds", "The posterior variance is at most the step's", given=(schedule, le(1, t)), sources=("IDDPM, section 3.1",))
def bounds(sheet: Calculation) -> None:
    r"""Knowing the data can only help: $\tilde\beta_t$ lies between $0$ and $\beta_t$. Learned variances interpolate between these two."""
    facts = (BETA_TILDE, *weak_facts())
    sheet.fact(order(le(0, beta_tilde(t)), sheet.given, facts), "lower", "Numerator and denominator are not negative.")
    sheet.fact(order(le(beta_tilde(t), beta(t)), sheet.given, facts), "upper", r"$\bar\alpha_t\le\bar\alpha_{t-1}$, so the ratio is at most one.")

