"""Guidance: leaning towards a condition, what is followed then, and what is not sampled."""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.equality import combine, congruence, symmetric
from derivations.kernel.logic import assume, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import Like, Term, Vec, diff, eq, forall, grad, le, log, lt, normal, num, zero
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter, Claim
from derivations.language.notation import I, d, opaque, scalar, x

chapter = Chapter(
    "guidance",
    "Guidance",
    "Make a sampler lean towards a condition, and say what it follows when it does.",
    "Every text-to-image sampler is guided, and one number decides how much. Two conventions for it differ by one, and a common belief about what "
    "is sampled is false.",
)

half, omega, sigma, w = num(Fraction(1, 2)), scalar("omega"), scalar("sigma"), scalar("w")
p, p_c, classifier = opaque("rho", r"p({0})"), opaque("p_given_c", r"p({0}\mid c)"), opaque("p_of_c", r"p(c\mid {0})")
eps_none, eps_c = opaque("eps_none", r"\boldsymbol\epsilon_\varnothing({0})", Vec(d)), opaque("eps_given_c", r"\boldsymbol\epsilon_c({0})", Vec(d))
share, Z = scalar("p_c", "p(c)"), scalar("Z")
positive = forall(x, lt(0, p(x))), forall(x, lt(0, p_c(x)))
score, score_c = grad(x, log(p(x))), grad(x, log(p_c(x)))
unconditional = forall(x, eq(score, -(eps_none(x) / sigma)))
conditional = forall(x, eq(score_c, -(eps_c(x) / sigma)))
bayes = forall(x, eq(classifier(x), p_c(x) * share / p(x)))
predicted = ((unconditional, "the expected noise tells the score (score.eps)"), (conditional, "the same, given the condition"))
narrow = {p(x): normal(x, zero(d), I), p_c(x): normal(x, zero(d), half * I), eps_none(x): sigma * x, eps_c(x): 2 * sigma * x}


@chapter.theorem("cfg.score", "The guided score", given=(*predicted, lt(0, sigma)), sources=("Classifier-free guidance, equation (6)",), witness=narrow)
def guided_score(sheet: Calculation) -> None:
    r"""Mixing two predictions of noise mixes two scores with the same weights, which add up to one. Short run: a program mixes what its network predicts.
    Long run: guidance can be written with scores, and does not depend on what the network was trained to predict."""
    guided = (1 - omega) * eps_none(x) + omega * eps_c(x)
    names = [symmetric(specialize(assume(law), x)) for law in (unconditional, conditional)]
    sheet.start(-(guided / sigma))
    sheet.to((1 - omega) * -(eps_none(x) / sigma) + omega * -(eps_c(x) / sigma))
    sheet.to((1 - omega) * score + omega * score_c, by=names, because="The scores.",
             asks=r"Is $\omega$ the $w$ of the paper?", answer=r"No, $\omega=1+w$ (conv.cfg_w): without guidance $\omega=1$ and $w=0$.")  # fmt: skip
    sheet.qed()


@chapter.theorem("cfg.implicit_classifier", "A classifier that nobody trained", given=(
    (bayes, "Bayes' rule"), (positive[0], ""), (positive[1], ""), lt(0, share), *predicted, lt(0, sigma)),
    sources=("Classifier-free guidance, section 3.2",), witness=narrow)  # fmt: skip
def implicit_classifier(sheet: Calculation) -> None:
    r"""The difference of the two predictions is, up to $\sigma$, the slope of $\log p(c\mid\mathbf{x})$. Short run: two calls of one network replace a
    classifier of noisy images. Long run: to guide is to walk uphill in how sure that classifier is."""
    sheet.start(grad(x, log(classifier(x))))
    ratio, place = p_c(x) * share / p(x), scalar("hole")
    sheet.to(grad(x, log(ratio)), by=under(grad(x, log(classifier(x))), congruence(log(place), place, specialize(assume(bayes), x))), because="Bayes' rule.")
    sheet.to(score_c - score, by=(assume(positive[0]), assume(positive[1])), because="The share of the condition does not depend on the point.")
    sheet.to((eps_none(x) - eps_c(x)) / sigma, by=(specialize(assume(unconditional), x), specialize(assume(conditional), x)),
             because="The scores are minus the noise, so the difference turns around.",
             asks="Is it the classifier of a consistent model?", answer="Only if both predictions are exact. Two networks need not be the two scores of any law.")  # fmt: skip
    sheet.qed()


tilted = p(x) ** (1 - omega) * p_c(x) ** omega


@chapter.theorem("cfg.tilted_density", "The density whose score it is", given=((positive[0], ""), (positive[1], ""), lt(0, Z)),
                 sources=("Classifier-free guidance, section 3.2",), witness=narrow, no_twin="its score is that of cfg.score")  # fmt: skip
def tilted_density(sheet: Calculation) -> None:
    r"""At one noise level, the guided score is the score of $p(\mathbf{x})^{1-\omega}p(\mathbf{x}\mid c)^{\omega}$, made to integrate to one by some $Z$. By
    Bayes' rule that is $p(\mathbf{x})\,p(c\mid\mathbf{x})^\omega$ up to a factor: the condition counts $\omega$ times."""
    sheet.start(grad(x, log(tilted / Z)))
    sheet.to((1 - omega) * score + omega * score_c, by=(assume(positive[0]), assume(positive[1])), because="The logarithm of a product of powers; $Z$ has no slope.",
             asks="Is there such a $Z$?", answer=r"Not always: for $\omega>1$ the first factor grows far away, and the integral may diverge (cfg.gaussian).")  # fmt: skip
    sheet.qed()


m_c, m_u, v_c, v_u, spot, tau = scalar("mu_c"), scalar("mu_u"), scalar("v_c"), scalar("v_u"), scalar("x_1", "x"), scalar("tau")
precision, bottom = omega / v_c + (1 - omega) / v_u, omega * v_u + (1 - omega) * v_c
center = (omega * m_c / v_c + (1 - omega) * m_u / v_u) / precision
variances = (lt(0, v_c), lt(0, v_u), (lt(0, bottom), "the tilted density can be normalised"))


@chapter.theorem("cfg.gaussian", "Guided Gaussians", given=variances)
def gaussian(sheet: Calculation) -> None:
    r"""On the line, with Gaussians for both densities, the tilted density is a Gaussian again. Precisions are mixed, and the mean overshoots: for equal
    variances it is $\mu_c+(\omega-1)(\mu_c-\mu_u)$."""
    mixed = (1 - omega) * log(normal(spot, m_u, v_u)) + omega * log(normal(spot, m_c, v_c))
    sheet.start(diff(spot, mixed))
    sheet.to(-(precision * (spot - center)), because="A sum of two lines is a line.",
             asks="When is it no density?", answer=r"When the mixed precision is not positive: $\omega$ large, and the unconditional density narrower than the conditional one.")  # fmt: skip
    sheet.to(diff(spot, log(normal(spot, center, 1 / precision))), because="The score of one Gaussian.")
    sheet.qed("law")
    sheet.given = (lt(0, v_c),)
    equal = (omega * m_c / v_c + (1 - omega) * m_u / v_c) / (omega / v_c + (1 - omega) / v_c)
    sheet.start(equal).to(m_c + (omega - 1) * (m_c - m_u), because="Equal variances cancel.")
    sheet.qed("overshoot")


def variance_at(noise: Like) -> Term:
    """The variance of the tilted Gaussian after noise of this variance was added to both densities."""
    return 1 / (omega / (v_c + noise) + (1 - omega) / (v_u + noise))


at_level = (*variances[:2], (lt(0, bottom), ""), le(0, tau))


@chapter.refutation("cfg.not_forward_consistent", "Tilted densities are not tilted data with noise", given=at_level,
                    sources=("met in tutorials: guided samples follow the tilted law of the data",),
                    claim=Claim(variance_at(tau), variance_at(0) + tau, {omega: 2, v_c: 1, v_u: 2, tau: 1}))  # fmt: skip
def not_forward_consistent(sheet: Calculation) -> None:
    r"""At each noise level the guided score is that of a tilted density. If these densities were the tilted data with noise added, a sampler that follows
    them would end in the tilted data. They are not: on the line, with variances $v_c$ and $v_u$, adding noise and tilting do not commute."""
    exact = tau * omega * (1 - omega) * (v_u - v_c) ** 2 / (bottom * (bottom + tau))
    positive_at_level = combine(lt(0, bottom + tau), (assume(lt(0, bottom)), assume(le(0, tau))), (num(1), num(1)))
    sheet.start(variance_at(tau) - (variance_at(0) + tau))
    sheet.to((v_c + tau) * (v_u + tau) / (bottom + tau) - v_c * v_u / bottom - tau, by=(positive_at_level,), because="One fraction for each mixed precision.")
    sheet.to(exact, by=(positive_at_level,), because=r"It is zero only without noise, without guidance ($\omega=0$ or $1$), or for equal variances.",
             asks="In which direction is it off?", answer=r"For $\omega>1$ the tilted density at a noise level is narrower than tilted data with noise.")  # fmt: skip
    sheet.qed()
