"""Parameterizations: what a network may predict, how each prediction becomes the others, and what their errors weigh."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.scores.marginal import bayes_rule, clean, data, noisy_positive, q, score
from derivations.chapters.scores.tweedie import (
    alpha,
    expected,
    gaussian,
    gaussian_data,
    noise_density,
    settled,
    sigma,
    tweedie,
    whole,
    with_gaussian_noise,
)
from derivations.chapters.scores.tweedie import eps as expected_noise
from derivations.kernel import Theorem
from derivations.kernel.decay import gaussian_against
from derivations.kernel.equality import algebra, congruence, convert, symmetric
from derivations.kernel.integrals import split, weighted_integrable
from derivations.kernel.logic import assume, cut, define, generalize, instantiate_function, specialize
from derivations.kernel.sums import under
from derivations.kernel.term import function
from derivations.kernel.terms import (
    Like,
    Term,
    Vec,
    diff,
    eq,
    exp,
    forall,
    integrable,
    integral,
    lt,
    ne,
    norm2,
    num,
    weighted,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.notation import d, eps, opaque, scalar, vector, x_0, x_t

chapter = Chapter(
    "parameterizations",
    "What a network predicts",
    "Turn every prediction (the noise, the data, $v$, the score, a velocity) into every other, and compare their errors.",
    "A network sees the noisy point and predicts one more vector. Which one it is changes no law and no sampler, only the numbers that the "
    "network must output and the weight of its errors. So papers with different losses often train the same thing.",
)

a, b, p, hole = scalar("a"), scalar("b"), vector("p"), scalar("hole")
a_2, b_2 = scalar("a_2", "a'"), scalar("b_2", "b'")
determinant, size = alpha * b - sigma * a, alpha**2 + sigma**2
noisy, predicted = eq(x_t, alpha * x_0 + sigma * eps), eq(p, a * x_0 + b * eps)
preserving, circle = eq(size, 1), {alpha: num(Fraction(3, 5)), sigma: num(Fraction(4, 5))}

chapter.prose(r"""
Write $\alpha$ and $\sigma$ for the levels at one time, so that $\mathbf{x}_t=\alpha\mathbf{x}_0+\sigma\boldsymbol\epsilon$. Whatever a network predicts is a sum
$a\,\mathbf{x}_0+b\,\boldsymbol\epsilon$ with two numbers that depend on the levels. With the noisy point it makes two equations for two unknown vectors.
""")


@chapter.theorem("param.linear_map", "The noisy point and one prediction tell everything", given=(
    (noisy, "the noisy point"), (predicted, "what is predicted"), (ne(determinant, 0), "it is no multiple of the noisy point")),
    sources=("Salimans and Ho 2022, section 4",))  # fmt: skip
def linear_map(sheet: Calculation) -> None:
    r"""Two equations, two unknown vectors, and a determinant. Short run: any prediction can be turned into data and noise. Long run: a sampler may be
    written with one of them, and a network may predict another."""
    facts = assume(noisy), assume(predicted)
    sheet.start((b * x_t - sigma * p) / determinant)
    sheet.to(x_0, by=facts, because=r"The noise cancels, and $\mathbf{x}_0$ has the determinant in front.",
             asks="When is the determinant zero?", answer="When the prediction is a multiple of the noisy point, which is known already.")  # fmt: skip
    sheet.qed("data")
    sheet.start((alpha * p - a * x_t) / determinant).to(eps, by=facts, because="Now the data cancel.")
    sheet.qed("noise")
    sheet.start(((a_2 * b - b_2 * a) * x_t + (alpha * b_2 - sigma * a_2) * p) / determinant)
    sheet.to(a_2 * x_0 + b_2 * eps, by=facts, because="Any other prediction is a sum of the noisy point and the first one.")
    sheet.qed("any other")
    sheet.given = (noisy, ne(alpha, 0))
    sheet.start((x_t - sigma * eps) / alpha).to(x_0, by=facts[:1], because="The case $a=0$ and $b=1$: the noise is predicted.")
    sheet.qed("data from noise")
    sheet.given = (noisy, ne(sigma, 0))
    sheet.start((x_t - alpha * x_0) / sigma).to(eps, by=facts[:1], because="The case $a=1$ and $b=0$: the data are predicted.")
    sheet.qed("noise from data")


v_of, v = opaque("v_of_levels", r"\mathbf{{v}}_{{{0},{1}}}\left({2},{3}\right)", Vec(d)), vector("v")
V: Theorem = define("v_of_levels", (alpha, sigma, x_0, eps), alpha * eps - sigma * x_0)


def v_at(signal: Like, noise_level: Like, clean_point: Term, noise: Term) -> Theorem:
    """What v is at these levels, for this data point and noise."""
    return specialize(specialize(specialize(specialize(V, signal), noise_level), clean_point), noise)


def with_unit_size(formula: Term) -> Theorem:
    """The formula's hole, filled with alpha^2 + sigma^2, may be filled with 1."""
    return congruence(formula, hole, assume(preserving))


@chapter.theorem("param.v", "A prediction that is useful at both ends", defines=(V,), sources=("Salimans and Ho 2022, section 4 and appendix D",),
                 given=(ne(alpha, 0), ne(sigma, 0)), witness=circle)  # fmt: skip
def v_prediction(sheet: Calculation) -> None:
    r"""Without noise the data are known and the noise is not; without signal it is the other way round. $\mathbf{v}=\alpha\boldsymbol\epsilon-\sigma\mathbf{x}_0$ is the
    noise at the one end and minus the data at the other: it always asks for what is not known. Long run: samplers with few steps, which begin without signal."""
    sheet.fact(V, "name", r"A name for what is predicted: the noisy point is $(\alpha,\sigma)$ times data and noise, and this is $(-\sigma,\alpha)$ times them.")
    by_noise, by_data = v_at(alpha, sigma, (x_t - sigma * eps) / alpha, eps), v_at(alpha, sigma, x_0, (x_t - alpha * x_0) / sigma)
    sheet.start(by_noise.conclusion.args[0]).to(by_noise.conclusion.args[1], by=by_noise, because="Write the data with the noise.")
    sheet.to((size * eps - sigma * x_t) / alpha)
    general = sheet.qed("from noise")
    sheet.start(by_data.conclusion.args[0]).to(by_data.conclusion.args[1], by=by_data, because="Write the noise with the data.")
    sheet.to((alpha * x_t - size * x_0) / sigma)
    sheet.qed("from data")
    given, plain, point = sheet.given, v_at(alpha, sigma, x_0, eps), alpha * x_0 + sigma * eps
    sheet.given = ()
    sheet.start(norm2(point) + norm2(plain.conclusion.args[0])).to(norm2(point) + norm2(alpha * eps - sigma * x_0), by=(plain,))
    sheet.to(size * (norm2(x_0) + norm2(eps)), because="The mixed terms cancel.", asks="Is it a rotation?",
             answer=r"Of the pair of data and noise, if $\alpha^2+\sigma^2=1$. Then $\mathbf{v}$ is never larger than that pair.")  # fmt: skip
    sheet.qed("length")
    sheet.given = (*given, preserving)
    one = with_unit_size((hole * eps - sigma * x_t) / alpha)
    sheet.start(general.conclusion.args[0]).to(general.conclusion.args[1], by=general)
    sheet.to((eps - sigma * x_t) / alpha, by=one, because="Variance preserving.")
    sheet.qed("variance preserving")


predicted_v = eq(v, alpha * eps - sigma * x_0)


@chapter.theorem("param.v_inverse", "Data and noise from v", given=(
    (noisy, "the noisy point"), (predicted_v, "what is predicted"), ne(size, 0)),
    sources=("Salimans and Ho 2022, appendix D",), witness=circle)  # fmt: skip
def v_inverse(sheet: Calculation) -> None:
    r"""From data and noise to $\mathbf{x}_t$ and $\mathbf{v}$ leads a rotation, scaled. Turn back, and divide by $\alpha^2+\sigma^2$. In print the division is left
    out, which is right only if the squares of the levels add up to one."""
    facts = assume(noisy), assume(predicted_v)
    ends = (("data", alpha * x_t - sigma * v, x_0), ("noise", sigma * x_t + alpha * v, eps))
    for label, top, end in ends:
        sheet.start(top / size).to(end, by=facts, because=r"The determinant of param.linear_map is $\alpha^2+\sigma^2$ here.")
        sheet.qed(label)
    sheet.given = (noisy, predicted_v, preserving)
    for label, top, end in ends:
        one = with_unit_size(hole * end)
        sheet.start(top).to(size * end, by=facts).to(end, by=one, because="Variance preserving: nothing is to be divided.")
        sheet.qed(f"{label}, variance preserving")


phi = scalar("phi", r"\phi")
cos, sin = function("cos", phi), function("sin", phi)


@chapter.theorem("param.v_derivative", "v is a velocity", no_twin="it says what the derivative is; param.v computes it", sources=("Salimans and Ho 2022, appendix D",))
def v_derivative(sheet: Calculation) -> None:
    r"""If the squares of the levels add up to one, the levels are the cosine and the sine of an angle. While the angle grows from $0$ to $\pi/2$ the data turn
    into noise, and $\mathbf{v}$ is how fast the point moves."""
    there = v_at(cos, sin, x_0, eps)
    sheet.start(diff(phi, cos * x_0 + sin * eps)).to(cos * eps - sin * x_0, because="The derivative of the sine is the cosine, and that of the cosine minus the sine.")
    sheet.to(there.conclusion.args[0], by=(there,), asks="Is it the velocity of flow matching?",
             answer="Not this one: there the levels move on a straight line. On a circle they move with unit speed.")  # fmt: skip
    sheet.qed()


noise_of = (x_t - alpha * x_0) / sigma
mean_noise = integral(x_0, noise_of, clean)
best = integral(x_0, a * x_0 + b * noise_of, clean)

chapter.prose(r"""
A network that is trained with squared error predicts a mean: of what it should predict, given the noisy point. Which data and which noise were drawn
is not known any more, so these means are the best that there is. They too are turned into one another, and each is told by the score.
""")


@chapter.theorem("param.eps_score_x0", "The best predictions, from the score", given=((ne(alpha, 0), ""), *gaussian_data))  # fmt: skip
def eps_score_x0(sheet: Calculation) -> None:
    r"""For any law of the data and Gaussian noise. The mean of the noise is minus $\sigma$ times the score, the mean of the data is Tweedie's formula, and any sum of
    the two is the same sum of their means. Long run: one network serves wherever one of them is asked for."""
    positive = sheet.settle(*settled()).close(with_gaussian_noise(noisy_positive.theorem))
    named = generalize(generalize(algebra(noise_of, noise_of, (lt(0, sigma),)), x_0), x_t)
    sheet.settle(positive, named, *_finite(positive))
    by_noise = instantiate_function(expected_noise.theorem, "noise", (x_t, x_0), noise_of)
    sheet.start(score).to(-(mean_noise / sigma), by=by_noise)
    arrow = sheet.qed("arrow", lemma=True)
    sheet.start(mean_noise).to(-(sigma * score), by=(arrow, positive), because="The score is the expected noise (score.eps).")
    noise = sheet.qed("noise")
    sheet.start(expected).to((x_t + sigma**2 * score) / alpha, by=(tweedie.theorem, positive), because="Tweedie's formula (score.tweedie).")
    clean_mean = sheet.qed("data")
    parts = split(best)
    sheet.start(best).to(parts.conclusion.args[1], by=parts, because="Both means exist.", asks="Could the mean of a sum be anything else?",
                         answer="No. That is why all predictions agree when they are exact. Two trained networks need not.")  # fmt: skip
    sheet.to(a * ((x_t + sigma**2 * score) / alpha) - b * (sigma * score), by=(noise, clean_mean, positive))
    sheet.to(a / alpha * x_t + sigma * (sigma * a - alpha * b) / alpha * score, by=(positive,), because="Collect the score.")
    sheet.qed("any")


def _finite(positive: Theorem) -> list[Theorem]:
    """What is averaged is integrable against the law of the clean point."""
    weight, signs = noise_density / q, (lt(0, sigma), lt(0, q), ne(alpha, 0))
    out = []
    for f in (a * x_0, b * noise_of):
        inside = gaussian_against(x_0, weight * f, whole, signs)
        moved = weighted_integrable(inside, weighted(x_0, weight, data), f, signs)
        moved = convert(moved, integrable(x_0, f, clean), (), (assume(gaussian(bayes_rule)),))
        out.append(cut(moved, positive))
    return out


da, db = scalar("alpha_dot", r"\dot\alpha"), scalar("sigma_dot", r"\dot\sigma")
turning = da * sigma - alpha * db
velocity = integral(x_0, da * x_0 + db * noise_of, clean)


@chapter.theorem("param.score_velocity", "The score from the velocity", given=(
    (ne(alpha, 0), ""), *gaussian_data, (ne(turning, 0), "the quotient of the levels is changing")),
    sources=("Lipman et al. 2024",))  # fmt: skip
def score_velocity(sheet: Calculation) -> None:
    r"""While the levels change with the speeds $\dot\alpha$ and $\dot\sigma$, the noisy point moves with $\dot\alpha\mathbf{x}_0+\dot\sigma\boldsymbol\epsilon$. Its mean, given the
    point, is what flow matching learns, and it tells the score. Short run: a flow can be sampled with noise. Long run: flow matching and diffusion are one model."""
    positive = sheet.settle(*settled()).close(with_gaussian_noise(noisy_positive.theorem))
    sheet.settle(positive)
    mean = eps_score_x0.at({a: da, b: db}, "any")
    signs = assume(ne(alpha, 0)), assume(ne(turning, 0))
    sheet.start((alpha * velocity - da * x_t) / (sigma * turning))
    sheet.to((alpha * mean.conclusion.args[1] - da * x_t) / (sigma * turning), by=[mean], because="The velocity is one of the best predictions (param.eps_score_x0).")
    sheet.to(score, by=(positive, *signs), because="The point cancels, and the score has the denominator in front.",
             asks="Where is it undefined?", answer="Without noise, and while the levels change in proportion: then the velocity tells nothing that the point does not.")  # fmt: skip
    sheet.qed()


data_guess = vector("x_0hat", r"\hat{\mathbf{x}}_0")
guessed_noise = (x_t - alpha * data_guess) / sigma
off = norm2(x_0 - data_guess)

chapter.prose(r"""
Now the errors. A guess of the data is a guess of everything else, made with the same noisy point. So every squared error is the squared error of the data, times a
number that depends on the levels. To choose what the network predicts is to choose these weights, nothing more.
""")


def guess(first: Term, second: Term) -> tuple[Term, Term]:
    """The prediction with these two numbers: the true one, and the one that is made with the guess of the data."""
    return first * x_0 + second * noise_of, first * data_guess + second * guessed_noise


@chapter.theorem("param.loss_weight", "Every squared error is one squared error", given=(ne(sigma, 0),))
def loss_weight(sheet: Calculation) -> None:
    r"""Whatever is predicted, its error is a multiple of the error of the data, and of that of the noise: the determinant over a level. Short run: losses of different papers can be
    compared. Long run: a weight of time in the loss is a choice of what to predict, and the other way round."""
    true, guessed = guess(a, b)
    factor = determinant / sigma
    sheet.start(true - guessed).to(-(factor * (x_0 - data_guess)), because="The noisy point is the same in both and cancels.",
                                   asks="Which errors do not count?", answer=r"Those at levels where the determinant is zero, and there nothing is predicted either.")  # fmt: skip
    sheet.qed("error")
    sheet.start(norm2(true - guessed)).to(factor**2 * off, because="Squared.")
    sheet.qed("loss")


def weigh(first: Term, second: Term) -> Theorem:
    """The weight for these two numbers."""
    return loss_weight.at({a: first, b: second}, "loss")


@chapter.theorem("param.loss_eps_x0", "Predicting the noise, or the data", given=(ne(sigma, 0),),
                 sources=("Salimans and Ho 2022, section 4",), no_twin="a case of param.loss_weight, which has one")  # fmt: skip
def loss_eps_x0(sheet: Calculation) -> None:
    r"""The error of the noise is the error of the data times the signal-to-noise ratio $\alpha^2/\sigma^2$. Where there is little noise, a small error of the data is a large one
    of the noise; where there is little signal, it is the other way round, and a program that divides by $\alpha$ feels it."""
    sheet.start(norm2(noise_of - guessed_noise))
    sheet.to(alpha**2 / sigma**2 * off, by=weigh(num(0), num(1)), because="The case $a=0$ and $b=1$ of param.loss_weight.")
    sheet.qed("loss")
    noise_guess = vector("eps_hat", r"\hat{\boldsymbol\epsilon}")
    sheet.given = (ne(alpha, 0),)
    sheet.start((x_t - sigma * eps) / alpha - (x_t - sigma * noise_guess) / alpha)
    sheet.to(-(sigma / alpha * (eps - noise_guess)), because="Data that are made from the noise get its error, times $-\\sigma/\\alpha$.",
             asks="Is that a reason not to predict the noise?", answer="At the last levels, yes: without signal the factor is infinite.")  # fmt: skip
    sheet.qed("amplified")


@chapter.theorem("param.loss_v", "Predicting v", given=(ne(sigma, 0),), witness=circle,
                 sources=("Salimans and Ho 2022, section 4",), no_twin="a case of param.loss_weight, which has one")  # fmt: skip
def loss_v(sheet: Calculation) -> None:
    r"""The weight of the data's error becomes $\mathrm{SNR}+1$ if the squares of the levels add up to one: that of the noise, and at least that of the data. For
    other levels it is larger or smaller by the factor $\alpha^2+\sigma^2$."""
    true, guessed = (alpha * n - sigma * x for n, x in ((noise_of, x_0), (guessed_noise, data_guess)))
    sheet.start(norm2(true - guessed)).to(size**2 / sigma**2 * off, by=weigh(-sigma, alpha), because=r"The case $a=-\sigma$ and $b=\alpha$ of param.loss_weight.")
    general = sheet.qed("loss")
    sheet.given = (*sheet.given, preserving)
    one = with_unit_size(hole * size / sigma**2 * off)
    sheet.start(norm2(true - guessed)).to(general.conclusion.args[1], by=general)
    sheet.to(size / sigma**2 * off, by=one, because="Variance preserving.")
    sheet.to((alpha**2 / sigma**2 + 1) * off, asks="Why one more than the ratio?", answer=r"$\alpha^2/\sigma^2$ is the error of the noise, $1$ that of the data: $\mathbf{v}$ is made of both.")
    sheet.qed("variance preserving")


@chapter.theorem("param.loss_score", "Predicting the score", given=(ne(sigma, 0),),
                 sources=("Song and Ermon 2019",), no_twin="a case of param.loss_weight, which has one")  # fmt: skip
def loss_score(sheet: Calculation) -> None:
    r"""The score of the noise is $-\boldsymbol\epsilon/\sigma$. Its error counts a level with little noise very much, which is why score matching weighs with $\sigma^2$: then it
    is the loss of the noise."""
    true, guessed = -(noise_of / sigma), -(guessed_noise / sigma)
    sheet.start(norm2(true - guessed)).to(norm2(noise_of - guessed_noise) / sigma**2, because="A factor of the vector, and its square of the square.")
    sheet.qed("noise")
    sheet.start(norm2(true - guessed)).to(alpha**2 / sigma**4 * off, by=weigh(num(0), -1 / sigma), because=r"The case $a=0$ and $b=-1/\sigma$ of param.loss_weight.")
    sheet.qed("data")


@chapter.theorem("param.loss_velocity", "Predicting the velocity", given=(ne(sigma, 0), (ne(turning, 0), "the quotient of the levels is changing")),
                 no_twin="a case of param.loss_weight, which has one")  # fmt: skip
def loss_velocity(sheet: Calculation) -> None:
    r"""Flow matching's loss, in the units of the score. For $\alpha=1-t$ and $\sigma=t$ the determinant is $-1$, so the velocity's error is the error of the data over $t^2$:
    flow matching weighs the levels as no loss of the noise or of the data does."""
    true, guessed = guess(da, db)
    sheet.start(norm2(true - guessed)).to(turning**2 / sigma**2 * off, by=weigh(da, db), because=r"The case $a=\dot\alpha$ and $b=\dot\sigma$ of param.loss_weight.")
    moving = sheet.qed("data")
    scores = loss_score.part("data")
    sheet.start(scores.conclusion.args[0]).to(scores.conclusion.args[1], by=scores, because="The loss of the score (param.loss_score).")
    sheet.to((alpha / (sigma * turning)) ** 2 * moving.conclusion.args[1])
    back = congruence((alpha / (sigma * turning)) ** 2 * hole, hole, symmetric(moving))
    sheet.to(back.conclusion.args[1], by=back, because="Put the velocity's error for the data's.")
    sheet.qed("score")


tau = scalar("tau")
signal, noise_at = opaque("alpha_at", r"\alpha({0})"), opaque("sigma_at", r"\sigma({0})")
total, share = signal(tau) + noise_at(tau), noise_at(tau) / (signal(tau) + noise_at(tau))
path = signal(tau) * x_0 + noise_at(tau) * eps
straight = (1 - share) * x_0 + share * eps
some = forall(tau, ne(total, 0))


@chapter.theorem("param.affine_equivalence", "Every path is a straight one in other units", given=((some, "signal and noise do not cancel"),),
                 witness={signal(tau): 1, noise_at(tau): exp(tau)})  # fmt: skip
def affine_equivalence(sheet: Calculation) -> None:
    r"""Divide the point by $c=\alpha+\sigma$ and count time by $u=\sigma/(\alpha+\sigma)$. Then every pair of levels is $1-u$ and $u$, the straight line of flow matching. Long run: a model
    that was trained on one path can be sampled along another."""
    sign = assume(some)
    sheet.start(path).to(total * straight, by=(sign,), because="The two shares add up to one.")
    same = sheet.qed("point")
    sheet.start(diff(tau, path)).to(diff(tau, total * straight), by=under(diff(tau, path), same))
    sheet.to(diff(tau, total) * straight + total * diff(tau, share) * (eps - x_0), by=(sign,), because="The product rule; along the straight line the velocity is $\\boldsymbol\\epsilon-\\mathbf{x}_0$.",
             asks="So are their samplers the same?", answer="Their exact flows are. A step of a solver is not: it depends on what is held fixed during the step.")  # fmt: skip
    sheet.qed("velocity")
