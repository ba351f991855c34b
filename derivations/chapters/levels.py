"""Levels: the step between any two levels of signal and noise, its posterior, and what it costs in the bound."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.conventions import schedule_facts
from derivations.chapters.forward import convolve
from derivations.chapters.gaussian.divergence import kl_same_cov, mu_0, mu_1
from derivations.chapters.gaussian.divergence import v as variance
from derivations.chapters.posterior.reverse_step import BETA_TILDE, MU_TILDE, beta_tilde, mu_tilde
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain, combine, congruence, from_logs, order
from derivations.kernel.logic import assume, instantiate, table
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, eq, exp, integral, kl, le, log, lt, ne, norm2, normal, num, sqrt
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.notation import I, alpha_bar, eps, scalar, schedule, t, vector, x_0, x_t

chapter = Chapter(
    "levels",
    "Between any two levels",
    "Go from one noise level to any other, and back, in one step of any length.",
    "Time only says in which order the levels come. Whoever knows the levels of signal and noise at two times knows the step between them, "
    "its reversal and its part of the bound; DDPM's chain is the case of neighbouring steps.",
)

half = num(Fraction(1, 2))
a_t, a_s, a_r = scalar("alpha_t"), scalar("alpha_s"), scalar("alpha_r")
b_t, b_s, b_r = scalar("sigma_t"), scalar("sigma_s"), scalar("sigma_r")
x_s, x_r = vector("x_s"), vector("x_r")
Level = tuple[Term, Term]  # signal and noise
now, before, first = (a_t, b_t), (a_s, b_s), (a_r, b_r)


def fresh_noise(to: Level = now, start: Level = before) -> Term:
    """The variance that comes in between two levels: sigma_t^2 less what is left of sigma_s^2."""
    return to[1] ** 2 - (to[0] / start[0]) ** 2 * start[1] ** 2


def step(to: Level, point: Term, start: Level, origin: Term) -> Term:
    """The step between two levels: the density at the point, given the point from which it starts."""
    return normal(point, to[0] / start[0] * origin, fresh_noise(to, start) * I)


def from_data(at: Level, point: Term) -> Term:
    """The density of the noisy point at a level, given the data."""
    return normal(point, at[0] * x_0, at[1] ** 2 * I)


def grows(to: Level = now, start: Level = before) -> Term:
    """Noise comes in: sigma / alpha is larger at the end, cleared of quotients."""
    return lt(to[0] * start[1], start[0] * to[1])


kept, added = scalar("a"), scalar("v")
falling = {a_s: 1, a_t: half, b_s: half, b_t: 1}
ordered = ((le(0, a_t), "at the end there may be no signal left"), lt(0, a_s), lt(0, b_s), (grows(), "noise comes in: the signal-to-noise ratio falls"))


def noisy(given: tuple[Term, ...], to: Level = now, start: Level = before) -> tuple[Theorem, Theorem]:
    """There is noise at the later level, and the fresh noise has a positive variance."""
    above, old = assume(grows(to, start)), order(le(0, to[0] * start[1]), given)
    level = combine(lt(0, to[1]), (above, old), (1 / start[0], 1 / start[0]), given)
    return level, order(lt(0, fresh_noise(to, start)), given, (level,))

chapter.prose(r"""
A path of noise has a signal level $\alpha$ and a noise level $\sigma$ at each time, and $\mathbf{x}_t=\alpha_t\mathbf{x}_0+\sigma_t\boldsymbol\epsilon$. Take two times,
$s$ before $t$, as far apart as you like. The levels are all that is asked for: they need not add up to one in any sense.
""")


@chapter.theorem("vdm.transition", "The step between two levels", given=ordered, sources=("VDM, appendix A",),
                 witness={**falling, a_r: 1, b_r: num(Fraction(1, 4)), kept: half, added: num(Fraction(15, 16))})  # fmt: skip
def transition(sheet: Calculation) -> None:
    r"""What must be done to a point of level $s$, so that it is one of level $t$? Shrink it by $\alpha_{t|s}=\alpha_t/\alpha_s$ and add noise of variance
    $\sigma_{t|s}^2=\sigma_t^2-\alpha_{t|s}^2\sigma_s^2$. Long run: a chain with any number of steps, and the limit of infinitely many."""
    given = sheet.given
    sheet.settle(*noisy(given))
    sheet.start(integral(x_s, step(now, x_t, before, x_s) * from_data(before, x_s)))
    through = convolve(a_t / a_s, fresh_noise(), b_s**2, a_s * x_0, x_t, given, noisy(given))
    sheet.to(through.conclusion.args[1], by=through, because="A Gaussian seen through a Gaussian step (forward.convolution).")
    sheet.to(from_data(now, x_t), by=noisy(given), because="Both levels are those of $t$.")
    sheet.qed("marginal")
    _in_two_steps(sheet)
    _what_fits(sheet)


def _what_fits(sheet: Calculation) -> None:
    """The factor and the variance of the step are determined by the levels."""
    hole = scalar("hole")
    signal, noise = eq(kept * a_s, a_t), eq(added + kept**2 * b_s**2, b_t**2)
    sheet.given = (signal, lt(0, a_s))
    solved = congruence(hole / a_s, hole, assume(signal))
    sheet.start(kept).to(solved.conclusion.args[0]).to(a_t / a_s, by=solved, because="The signal must fit.")
    shrinks = sheet.qed("factor")
    sheet.given = (signal, noise, lt(0, a_s))
    rest = congruence(hole - kept**2 * b_s**2, hole, assume(noise))
    sheet.start(added).to(rest.conclusion.args[0])
    sheet.to(rest.conclusion.args[1], by=rest, because="The variances must fit: the old noise is shrunk with the point, and fresh noise is added.")
    sheet.to(fresh_noise(), by=(shrinks,), asks="Must it be positive?", answer="Yes. So the quotient of noise and signal has to grow: no step takes noise away.")
    sheet.qed("variance")


def _in_two_steps(sheet: Calculation) -> None:
    """From r to s and from s to t is from r to t."""
    sheet.given = (*sheet.given, lt(0, a_r), le(0, b_r), grows(before, first))
    earlier = noisy(sheet.given, before, first)
    steps = assume(grows()), assume(grows(before, first))
    both = combine(grows(now, first), steps, (a_r / a_s, a_t / a_s), sheet.given)
    whole = order(lt(0, fresh_noise(now, first)), sheet.given, (both, *noisy(sheet.given)))
    facts = (*noisy(sheet.given), *earlier, both, whole)
    sheet.settle(*facts)
    sheet.start(integral(x_s, step(now, x_t, before, x_s) * step(before, x_s, first, x_r)))
    through = convolve(a_t / a_s, fresh_noise(), fresh_noise(before, first), a_s / a_r * x_r, x_t, sheet.given, facts)
    sheet.to(through.conclusion.args[1], by=through, because="The same, with a step in the place of the data.")
    sheet.to(step(now, x_t, first, x_r), by=facts, because=r"$\sigma_s^2$ cancels: where one stops on the way does not matter.")
    sheet.qed("in two steps")


share = fresh_noise() / b_t**2
narrow = share * b_s**2


def center(point: Term, data: Term) -> Term:
    """The mean of q(x_s | x_t, x_0)."""
    return a_t / a_s * (b_s**2 / b_t**2) * point + a_s * share * data


@chapter.theorem("vdm.posterior", "Back to any earlier level, if the data are known", given=ordered,
                 sources=("VDM, appendix A",), witness=falling)  # fmt: skip
def posterior(sheet: Calculation) -> None:
    r"""Where was the noisy point at the level $s$, if we know where it is at $t$, and the data? Between the two, and narrower than either of them
    says. Short run: ancestral sampling with steps of any length. Long run: what the model of a step should be, hence its loss."""
    facts = noisy(sheet.given)
    sheet.settle(*facts)
    flipped = step(now, x_t, before, x_s) * from_data(before, x_s) / from_data(now, x_t)
    sheet.start(log(flipped))
    sheet.to(log(step(now, x_t, before, x_s)) + log(from_data(before, x_s)) - log(from_data(now, x_t)), by=facts, because="Bayes' rule, as logarithms.",
             asks=r"Why may the step forget $\mathbf{x}_0$?", answer="Its noise is fresh: given the point at $s$, the data say nothing more about it.")  # fmt: skip
    sheet.to(log(normal(x_s, center(x_t, x_0), narrow * I)), by=facts, because=r"Complete the square in $\mathbf{x}_s$, in any dimension.")
    sheet.qed("density", then=from_logs)
    given = sheet.given
    sheet.start(1 / narrow).to(1 / b_s**2 + (a_t / a_s) ** 2 / fresh_noise(), by=facts, because="Precisions add: that of the level $s$, and that of the step, seen from its start.")
    sheet.qed("precision")
    sheet.given = (*given, lt(0, a_t))
    sheet.start(center(x_t, (x_t - b_t * eps) / a_t))
    sheet.to(a_s / a_t * (x_t - fresh_noise() / b_t * eps), by=facts, because=r"The coefficient of $\mathbf{x}_t$ is $\alpha_s/\alpha_t$: the signal is scaled back to the level $s$.",
             asks="Is this DDIM's step?", answer="No, it takes away more noise. Fresh noise of the variance above is added afterwards.")  # fmt: skip
    sheet.qed("noise")
    _is_ddpm(sheet)


def _is_ddpm(sheet: Calculation) -> None:
    """With DDPM's levels at neighbouring steps it is DDPM's posterior."""
    sheet.given = (schedule, le(2, t))
    facts = (BETA_TILDE, MU_TILDE, *schedule_facts())
    bar, earlier = alpha_bar(t), alpha_bar(t - 1)
    fresh = 1 - bar - bar / earlier * (1 - earlier)
    roots = {a_t: sqrt(bar), b_t: sqrt(1 - bar), a_s: sqrt(earlier), b_s: sqrt(1 - earlier)}
    sheet.start(sqrt(bar) / sqrt(earlier) * ((1 - earlier) / (1 - bar)) * x_t + sqrt(earlier) * (fresh / (1 - bar)) * x_0)
    sheet.to(substitute(center(x_t, x_0), roots), by=facts, because=r"DDPM's levels are $\sqrt{\bar\alpha}$ and $\sqrt{1-\bar\alpha}$; take $s=t-1$.")
    sheet.to(mu_tilde(x_t, x_0), by=facts, because="It is DDPM's posterior mean.")
    sheet.qed("ddpm mean")
    sheet.start(fresh / (1 - bar) * (1 - earlier)).to(substitute(narrow, roots), by=facts).to(beta_tilde(t), by=facts, because="And its variance.")
    sheet.qed("ddpm variance")


data_guess, noise_guess = vector("x_0hat", r"\hat{\mathbf{x}}_0"), vector("eps_hat", r"\hat{\boldsymbol\epsilon}")


def snr(at: Level) -> Term:
    """The ratio of signal to noise at a level."""
    return at[0] ** 2 / at[1] ** 2


@chapter.theorem("vdm.discrete_loss", "What a step costs is a drop in signal-to-noise", given=ordered,
                 sources=("VDM, equations (13) and (14)",), witness=falling)  # fmt: skip
def discrete_loss(sheet: Calculation) -> None:
    r"""A model that knows everything but the data puts its guess in their place. Its divergence from the posterior is the squared error of the guess,
    weighed by half of the signal-to-noise ratio that the step destroys. So the bound depends on the levels through these ratios only."""
    facts = noisy(sheet.given)
    positive = order(lt(0, narrow), sheet.given, facts)
    sheet.settle(*facts, positive)
    truth, model = normal(x_s, center(x_t, x_0), narrow * I), normal(x_s, center(x_t, data_guess), narrow * I)
    at = kl_same_cov.at({variance: narrow, mu_0: center(x_t, x_0), mu_1: center(x_t, data_guess)})
    drop = snr(before) - snr(now)
    cost = kl(x_s, truth, model)
    gap = norm2(center(x_t, x_0) - center(x_t, data_guess)) / (2 * narrow)
    ends = (algebra(a, b, sheet.given, facts) for a, b in ((cost, at.conclusion.args[0]), (at.conclusion.args[1], gap)))
    sheet.start(cost).to(gap, by=chain(next(ends), at, next(ends)), because="Two Gaussians of one covariance: what is left is a squared distance of means.")
    sheet.to(half * drop * norm2(x_0 - data_guess), by=facts, because=r"The means differ in the data only, by the factor $\alpha_s\sigma_{t|s}^2/\sigma_t^2$.",
             asks="Where did the length of the step go?", answer="Nowhere: it is the drop of the ratio. Many short steps add up to one long one, if the guess is equally good.")  # fmt: skip
    by_data = sheet.qed("data")
    sheet.given = (*sheet.given, lt(0, a_t))
    wrong = instantiate(by_data, table({x_0: (x_t - b_t * eps) / a_t, data_guess: (x_t - b_t * noise_guess) / a_t}))
    weight = half * (snr(before) / snr(now) - 1)
    sheet.start(wrong.conclusion.args[0]).to(wrong.conclusion.args[1], by=wrong, because="Write the data and their guess with the noise.")
    sheet.to(weight * norm2(eps - noise_guess), by=facts, because=r"An error of the noise is $\alpha_t/\sigma_t$ times one of the data.")
    sheet.qed("noise")


late, early = scalar("e_t"), scalar("e_s")


def part_of_bound(start: Level, to: Level, error: Term) -> Term:
    """What a step costs, when the mean squared error of the guess at its noisy end is this."""
    return half * (snr(start) - snr(to)) * error


@chapter.theorem("vdm.more_steps", "A stop on the way does not make the bound worse", given=(
    lt(0, a_s), lt(0, a_r), lt(0, b_r), (grows(before, first), r"noise comes in from $r$ to $s$"), ne(b_t, 0), (le(early, late), "with less noise the guess is better")),
    sources=("VDM, appendix F",), no_twin="its terms are those of vdm.discrete_loss")  # fmt: skip
def more_steps(sheet: Calculation) -> None:
    r"""Put a level $s$ between $r$ and $t$. The drop of signal-to-noise is divided between two steps, and the first of them is charged with the error at $s$, which is the smaller one.
    Long run: the bound falls when the steps are halved, and the limit of infinitely many steps is the best."""
    weak = order(le(0, a_s * b_r), sheet.given)
    noise = combine(lt(0, b_s), (assume(grows(before, first)), weak), (1 / a_r, 1 / a_r), sheet.given)
    fall, better = half * (snr(first) - snr(before)), assume(le(early, late))
    detour = part_of_bound(first, before, early) + part_of_bound(before, now, late)
    sheet.start(detour - part_of_bound(first, now, late))
    sheet.to(fall * (early - late), by=(noise,), because="What is charged with the error at $t$ both times cancels.",
             asks="What if the guess is worse with less noise?", answer="Then the bound grows. A network may do that at some levels; the mean of the data, given the point, does not.")  # fmt: skip
    sheet.qed("change")
    below = combine(le(detour, part_of_bound(first, now, late)), (better,), (fall,), (*sheet.given, noise.conclusion))
    sheet.settle(noise)
    sheet.fact(below, "not worse", "The ratio falls from $r$ to $s$, and the error at $s$ is not the larger one.")


def gamma(at: Level) -> Term:
    """Minus the log signal-to-noise ratio."""
    return log(at[1] ** 2 / at[0] ** 2)


preserving = eq(a_t**2 + b_t**2, 1)


@chapter.theorem("vdm.sigmoid_param", "Both levels from one number", given=(lt(0, a_t), lt(0, b_t), (preserving, "variance preserving")),
                 sources=("VDM, equations (3) to (5)",), witness={a_t: num(Fraction(3, 5)), b_t: num(Fraction(4, 5))})  # fmt: skip
def sigmoid_param(sheet: Calculation) -> None:
    r"""If the squares of the levels add up to one, then $\gamma=-\log\mathrm{SNR}$ tells both: they are the sigmoid of $\gamma$ and of $-\gamma$. A network can
    learn $\gamma$ as a function of time, and no constraint is left over."""
    whole = assume(preserving)
    for level, power, name in ((b_t, -gamma(now), "noise"), (a_t, gamma(now), "signal")):
        sheet.start(1 / (1 + exp(power)))
        sheet.to(level**2 / (b_t**2 + a_t**2), because="An exponential of a logarithm.")
        other = congruence(level**2 / scalar("hole"), scalar("hole"), whole)
        sheet.to(level**2, by=other, because="The squares add up to one.")
        sheet.qed(name)


@chapter.theorem("vdm.expm1", "The fresh noise, without cancellation", given=(lt(0, a_s), lt(0, a_t), lt(0, b_s), lt(0, b_t)),
                 sources=("VDM, appendix A",))  # fmt: skip
def fresh_share(sheet: Calculation) -> None:
    r"""The share of the variance at $t$ that came in since $s$ depends on $\gamma_t-\gamma_s$ only. For short steps it is small, and the difference of two
    variances loses all digits; `expm1` loses none."""
    sheet.start(fresh_noise() / b_t**2)
    sheet.to(1 - snr(now) / snr(before), because="What is left of the old noise is a quotient of two ratios.")
    sheet.to(1 - exp(gamma(before) - gamma(now)), because=r"$\mathrm{SNR}=e^{-\gamma}$.",
             asks="Which levels are needed?", answer=r"Any. That $\alpha^2+\sigma^2=1$ is not used.")  # fmt: skip
    sheet.qed()
