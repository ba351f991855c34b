"""DDIM: other chains with the same marginals, which may skip steps and need no noise."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.conventions import alpha_bar_range, schedule_facts
from derivations.chapters.forward import convolve
from derivations.chapters.gaussian.moments import gaussian_law, law
from derivations.chapters.posterior.losses import eps_hat
from derivations.chapters.posterior.reverse_step import BETA_TILDE, MU_TILDE, beta_tilde, mu_tilde, weak_facts
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, combine, order
from derivations.kernel.logic import assume, conjunct, cut, generalize, induction, instantiate, specialize, table
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    INT,
    REAL,
    Like,
    Term,
    conj,
    eq,
    exp,
    forall,
    inner,
    integral,
    le,
    lt,
    norm2,
    normal,
    num,
    sqrt,
    sym,
    weighted,
    zero,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.latex import declare_timed
from derivations.language.notation import (
    I,
    Opaque,
    T,
    alpha_bar,
    d,
    eps,
    i,
    opaque,
    s,
    scalar,
    schedule,
    t,
    u,
    vector,
    x,
    x_0,
    x_t,
    y,
)

chapter = Chapter(
    "ddim",
    "Skipping steps: DDIM",
    "Sample with fewer steps than the chain was trained with, and without noise if one likes.",
    "The training loss knows the marginals of the chain and nothing else of it. So every chain with these marginals may be used to sample. "
    "This chapter has a family of them; the one without noise is Euler's method, in the right variables.",
)

half = num(Fraction(1, 2))
sigma = scalar("sigma")
levels = (schedule, le(1, s), le(1, t))
room = le(sigma**2, 1 - alpha_bar(s))


def pointing(at: Like, point: Term, clean: Term) -> Term:
    """The noise that leads from the clean point to the point at step `at`."""
    return (point - sqrt(alpha_bar(at)) * clean) / sqrt(1 - alpha_bar(at))


def center(to: Like, noise: Term, clean: Term, level: Term = sigma) -> Term:
    """The mean of a step to `to`: the clean point, and the part of the noise that is kept."""
    return sqrt(alpha_bar(to)) * clean + sqrt(1 - alpha_bar(to) - level**2) * noise


def marginal(at: Like, point: Term) -> Term:
    """The law of the noisy point given the data, in closed form."""
    return normal(point, sqrt(alpha_bar(at)) * x_0, (1 - alpha_bar(at)) * I)


def ranges(*steps: Term) -> tuple[Theorem, ...]:
    """0 < alpha_bar < 1 at these steps."""
    return tuple(alpha_bar_range.at({t: at}, "range") for at in steps)


chapter.prose(r"""
A network that predicts noise was trained on pairs $(\mathbf{x}_0,\mathbf{x}_t)$, one step $t$ at a time. How $\mathbf{x}_t$ and $\mathbf{x}_{s}$ hang together was never
shown to it. So we may choose: remember the noise that leads from $\mathbf{x}_0$ to $\mathbf{x}_t$, keep a part of it, and fill up with fresh noise of
variance $\sigma^2$ until the variance at $s$ is right.
""")


a_t, a_s, b_t, b_s, c = scalar("alpha_t"), scalar("alpha_s"), scalar("sigma_t"), scalar("sigma_s"), scalar("c")
fits = (lt(0, b_t), lt(0, c), (le(c, b_s), "not more fresh noise than there is room for"))


@chapter.theorem("ddim.coefficients", "From any levels to any others", given=fits, witness={c: Fraction(1, 9), b_s: Fraction(1, 2)},
                 no_twin="the law does not depend on the way; ddim.forms computes the step without fresh noise")  # fmt: skip
def coefficients(sheet: Calculation) -> None:
    r"""Signal and noise levels may be any. The clean point is known, so the noise that leads to $\mathbf{x}$ is known as well: keep the part
    $\sqrt{\sigma_s^2-c^2}$ of it, and add fresh noise of variance $c^2$. Then the law at the other levels is what it should be."""
    kept = sqrt(b_s**2 - c**2) / b_t
    rest = a_s * x_0 - kept * a_t * x_0
    before = normal(x, a_t * x_0, b_t**2 * I)
    sheet.start(integral(x, normal(y, a_s * x_0 + sqrt(b_s**2 - c**2) * ((x - a_t * x_0) / b_t), c**2 * I) * before))
    sheet.to(integral(x, normal(y, kept * x + rest, c**2 * I) * before), because=r"Collect what depends on $\mathbf{x}$ and what does not.")
    both = convolve(kept, c**2, b_t**2, a_t * x_0, y, sheet.given, shift=rest)
    sheet.to(both.conclusion.args[1], by=both, because="A Gaussian seen through a Gaussian step (forward.convolution).")
    sheet.to(normal(y, a_s * x_0, b_s**2 * I), because=r"The kept noise has the variance $\sigma_s^2-c^2$, and the fresh noise $c^2$.",
             asks="Why do variances add, and not deviations?", answer="The fresh noise is independent of the noise that is kept.")  # fmt: skip
    sheet.qed()


@chapter.theorem("ddim.subsequence", "From any step to any other", given=(*levels, lt(0, sigma), (room, "not more fresh noise than there is room for")),
                 sources=("DDIM, appendix C.1",), witness={s: 1, sigma: Fraction(1, 9)}, no_twin="the law does not depend on the way; forward.marginal computes it")  # fmt: skip
def subsequence(sheet: Calculation) -> None:
    r"""Go from step $t$ to any other step $s$: if the law at $t$ is that of the forward chain, so is the law at $s$. The amount of fresh noise is free.
    Short run: steps may be skipped. Long run: one trained network serves a family of samplers."""
    facts = ranges(s, t)
    start = integral(x, normal(y, center(s, pointing(t, x, x_0), x_0), sigma**2 * I) * marginal(t, x))
    roots = {a_t: sqrt(alpha_bar(t)), a_s: sqrt(alpha_bar(s)), b_t: sqrt(1 - alpha_bar(t)), b_s: sqrt(1 - alpha_bar(s)), c: sigma}
    general = coefficients.at(roots)
    for h in general.hypotheses:
        general = cut(general, order(h, sheet.given, facts) if h.op == "lt" else _below_the_root(h, 1 - alpha_bar(s)))
    sheet.settle(*facts)
    sheet.start(start)
    sheet.to(general.conclusion.args[0], by=facts, because=r"DDPM's levels are $\sqrt{\bar\alpha}$ and $\sqrt{1-\bar\alpha}$.")
    sheet.to(general.conclusion.args[1], by=general, because="From any levels to any others (ddim.coefficients).")
    sheet.to(marginal(s, y), by=facts, asks="Is it the same chain then?", answer="No. The laws of pairs of steps are others. Only the law at each step, given the data, is the same.")
    sheet.qed()


def _below_the_root(goal: Term, square: Term) -> Theorem:
    """c <= sqrt(v) from c^2 <= v, for positive c and v."""
    v = scalar("v")
    small = combine(le(c, sqrt(v)), (assume(le(c**2, v)),), (1 / (sqrt(v) + c),), (lt(0, v), lt(0, c)))
    return instantiate(small, table({c: goal.args[0], v: square}))


level, q_ddim = opaque("sigma_step", r"\sigma_{{{0}}}"), Opaque("q_ddim", REAL)
declare_timed("q_ddim", r"q_\sigma({1}\mid {2})", r"q_{{\sigma,{0}}}({1}\mid {2})")
at_end = forall(x, eq(q_ddim(T, x, x_0), marginal(T, x)))
some_noise = forall(i, conj(lt(0, level(i)), le(level(i) ** 2, 1 - alpha_bar(i))), le(1, i))


def from_later(at: Term) -> Term:
    """The law at a step is the later law, seen through a step of the family."""
    kernel = normal(y, center(at, pointing(at + 1, x, x_0), x_0, level(at)), level(at) ** 2 * I)
    return forall(y, eq(q_ddim(at, y, x_0), integral(x, kernel * q_ddim(at + 1, x, x_0))))


backwards = forall(i, from_later(i), conj(le(1, i), le(i + 1, T)))
n = sym("n", INT)


@chapter.theorem("ddim.marginals", "Every chain of the family has the same marginals", given=(
    schedule, (at_end, "the chain begins with the forward chain's law at $T$"), (backwards, "it is a chain of the family"),
    (some_noise, r"its $\sigma_t$ are positive, and there is room for them"), le(1, t), le(t, T)),
    sources=("DDIM, lemma 1",), no_twin="forward.marginal computes the law")  # fmt: skip
def marginals(sheet: Calculation) -> None:
    r"""The chain is built from the end: first $\mathbf{x}_T$, then each step from the one after it. Down to $t=1$ its laws are those of the forward chain,
    though forwards it need not be a Markov chain. So the training loss, which sees single steps only, cannot tell them apart."""
    given = sheet.given
    everywhere = specialize(induction(_at_the_end(), _one_step_down(sheet), n, num(0)), x_t)
    sheet.given = given
    at = instantiate(everywhere, table({n: T - t}))
    sheet.start(q_ddim(t, x_t, x_0)).to(at.conclusion.args[1], by=at, because="By induction on the number of steps from the end.")
    sheet.to(marginal(t, x_t), by=ranges(t))
    sheet.qed()


claim = forall(x, eq(q_ddim(T - n, x, x_0), marginal(T - n, x)), le(n + 1, T))


def _at_the_end() -> Theorem:
    """The claim at n = 0."""
    _, guard, body = substitute(claim, {n: num(0)}).args
    begins = algebra(*body.args, (), (assume(at_end), *ranges(T)))
    return generalize(cut(begins, order(le(1, T), (guard,))), x, guard)


def _one_step_down(sheet: Calculation) -> Theorem:
    """If the claim holds n steps from the end, it holds n + 1 steps from the end."""
    now, (_, guard, body) = T - n, substitute(claim, {n: n + 1}).args
    to = body.args[0].args[1]
    sheet.given = (schedule, backwards, some_noise, le(0, n), guard, claim)
    known = generalize(cut(specialize(assume(claim), x), order(le(n + 1, T), sheet.given)), x)
    average = specialize(specialize(assume(backwards), to), y)
    positive = order(le(1, to), sheet.given)
    noise = [cut(conjunct(specialize(assume(some_noise), to), k), positive) for k in (0, 1)]
    facts = [cut(r, order(le(1, at), sheet.given)) for r, at in zip(ranges(to, now), (to, now), strict=True)]
    jump = subsequence.at({t: now, s: to, sigma: level(to)})
    sheet.settle(*noise)
    sheet.start(q_ddim(to, y, x_0)).to(average.conclusion.args[1], by=average, because="The chain is one of the family.")
    sheet.to(jump.conclusion.args[0], by=(known, *facts, *noise), because="By the induction hypothesis.")
    sheet.to(marginal(to, y), by=jump, because="From any step to any other (ddim.subsequence).")
    return generalize(instantiate(sheet.qed("down", lemma=True), table({y: x})), x, guard)


estimate = (x_t - sqrt(1 - alpha_bar(t)) * eps_hat) / sqrt(alpha_bar(t))
z = vector("z")
unit = gaussian_law(z, ((z, law("z")),), u, zero(d), I)


@chapter.theorem("ddim.step", "The DDIM step", sources=("DDIM, equation (12)",),
                 given=(*levels, room, (unit, r"$\mathbf{z}$ is standard Gaussian")), witness={s: 1, sigma: Fraction(1, 9), law("z"): weighted(z, normal(z, zero(d), I))})  # fmt: skip
def step(sheet: Calculation) -> None:
    r"""The sampler does not know the data, so it puts its estimate in their place; then the noise that leads there is the predicted noise.
    Its law is the step of the family. Long run: the only line that a program needs."""
    facts, given = ranges(s, t), sheet.given
    sheet.given = given[:-1]
    sheet.start(center(s, pointing(t, x_t, estimate), estimate))
    mean = center(s, eps_hat, estimate)
    sheet.to(mean, by=facts, because=r"From the estimated data to $\mathbf{x}_t$ leads the predicted noise.",
             asks=r"Why $\sigma^2$ under the root, and not $\sigma$?", answer="Variances add up to what the forward chain has at $s$, not deviations.")  # fmt: skip
    sheet.qed("mean")
    sheet.given = given
    draw = mean + sigma * z
    inside = specialize(assume(unit), sigma * u)
    sheet.start(integral(z, exp(inner(u, draw)), law("z")))
    sheet.to(exp(inner(u, mean)) * inside.conclusion.args[0], by=facts, because="The mean is not random.")
    sheet.to(exp(inner(u, mean)) * inside.conclusion.args[1], by=[inside], because="The law of standard noise.")
    sheet.to(exp(inner(u, mean) + half * sigma**2 * norm2(u)), by=facts, because=r"So the step has the law $\mathcal{N}(\boldsymbol{\mu},\sigma^2\mathbf{I})$.")
    sheet.qed("law", then=lambda th: generalize(th, u))


eta = scalar("eta")


def eta_level(at: Term = t) -> Term:
    """DDIM's sigma for a share eta."""
    before = alpha_bar(at - 1)
    return eta * sqrt((1 - before) / (1 - alpha_bar(at))) * sqrt(1 - alpha_bar(at) / before)


@chapter.theorem("ddim.eta", "How much fresh noise: from none to DDPM's", sources=("DDIM, equation (16)",),
                 given=(schedule, le(1, t), le(0, eta), le(eta, 1)))  # fmt: skip
def eta_is_share(sheet: Calculation) -> None:
    r"""One number for every step: $\eta$ is the share of the posterior's *deviation*, so the variance is $\eta^2\tilde\beta_t$. In print one finds
    $\eta\tilde\beta_t$; at $\eta=1$ and $\eta=0$ the two agree, which hides the slip."""
    facts, given = (BETA_TILDE, *weak_facts()), sheet.given
    sheet.given = given[:2]
    sheet.start(eta_level() ** 2)
    sheet.to(eta**2 * ((1 - alpha_bar(t - 1)) / (1 - alpha_bar(t))) * (1 - alpha_bar(t) / alpha_bar(t - 1)), by=facts, because="The square of the roots.")
    sheet.to(eta**2 * beta_tilde(t), by=facts, because=r"$\bar\alpha_t/\bar\alpha_{t-1}=\alpha_t=1-\beta_t$.")
    sheet.qed("variance")
    sheet.given = given
    sheet.fact(order(le(eta**2 * beta_tilde(t), 1 - alpha_bar(t - 1)), sheet.given, facts), "room", "There is room for it: the root in the step is one of a number that is not negative.")


@chapter.theorem("ddim.ddpm_special", "With all of the fresh noise it is DDPM", sources=("DDIM, section 4.1",), given=(schedule, le(2, t)),
                 no_twin="it is posterior.mean, which has a twin")  # fmt: skip
def ddpm_special(sheet: Calculation) -> None:
    r"""With $\sigma^2=\tilde\beta_t$ and neighbouring steps, the mean is the posterior mean: the family contains the chain from which it came."""
    facts = (BETA_TILDE, MU_TILDE, *schedule_facts())
    mean = sqrt(alpha_bar(t - 1)) * x_0 + sqrt(1 - alpha_bar(t - 1) - beta_tilde(t)) * pointing(t, x_t, x_0)
    sheet.start(mean)
    sheet.to(mu_tilde(x_t, x_0), by=facts, because=r"$1-\bar\alpha_{t-1}-\tilde\beta_t=\alpha_t(1-\bar\alpha_{t-1})^2/(1-\bar\alpha_t)$ is a square over what stands below.")
    sheet.qed()


@chapter.theorem("ddim.deterministic", "With none of it the sampler is a map", sources=("DDIM, section 4.1",), given=levels, witness={s: 1})
def deterministic(sheet: Calculation) -> None:
    r"""Without fresh noise the noise stays the same and only the levels change. Where the prediction is the noise that is in $\mathbf{x}_t$, the step lands on
    the noisy point of the other level. Long run: an image has a latent, and steps may be long."""
    facts = ranges(s, t)
    sheet.start(center(s, eps_hat, estimate, num(0)))
    sheet.to(sqrt(alpha_bar(s)) * estimate + sqrt(1 - alpha_bar(s)) * eps_hat, by=facts)
    sheet.qed("step")
    noisy = sqrt(alpha_bar(t)) * x_0 + sqrt(1 - alpha_bar(t)) * eps
    sheet.start(sqrt(alpha_bar(s)) * ((noisy - sqrt(1 - alpha_bar(t)) * eps) / sqrt(alpha_bar(t))) + sqrt(1 - alpha_bar(s)) * eps)
    sheet.to(sqrt(alpha_bar(s)) * x_0 + sqrt(1 - alpha_bar(s)) * eps, by=facts, because="The estimate is the data: the same data and the same noise, at another level.",
             asks="Then why are many steps needed?", answer="A network predicts the mean of the noise, given the point (score.eps), and that mean changes on the way.")  # fmt: skip
    sheet.qed("exact")


@chapter.theorem("ddim.euler_in_sigma", "DDIM is Euler's method", sources=("DDIM, equations (13) and (14)",), given=levels, witness={s: 1},
                 no_twin="ddim.deterministic computes the step")  # fmt: skip
def euler_in_sigma(sheet: Calculation) -> None:
    r"""Divide by the signal level. Then the step is $\bar{\mathbf{x}}_s=\bar{\mathbf{x}}_t+(\bar\sigma_s-\bar\sigma_t)\,\boldsymbol\epsilon_\theta$, with $\bar\sigma=\sqrt{(1-\bar\alpha)/\bar\alpha}$:
    Euler's step of $d\bar{\mathbf{x}}=\boldsymbol\epsilon_\theta\,d\bar\sigma$. Long run: better solvers of this equation are better samplers."""
    facts = ranges(s, t)

    def noise_to_signal(at: Term) -> Term:
        return sqrt((1 - alpha_bar(at)) / alpha_bar(at))

    sheet.start((sqrt(alpha_bar(s)) * estimate + sqrt(1 - alpha_bar(s)) * eps_hat) / sqrt(alpha_bar(s)))
    sheet.to(x_t / sqrt(alpha_bar(t)) + (noise_to_signal(s) - noise_to_signal(t)) * eps_hat, by=facts,
             because="Every term is divided by the signal level of its own step.",
             asks="Where is the linear part of the flow?", answer="Gone: it only changes the signal level, which was divided out.")  # fmt: skip
    sheet.qed()


arrow = vector("score", r"\mathbf{s}")


@chapter.theorem("ddim.forms", "One step for every prediction", given=(lt(0, a_t), lt(0, b_t)), sources=("DPM-Solver, section 4.1",))
def forms(sheet: Calculation) -> None:
    r"""For any signal and noise levels, with the noise predicted, or the data, or the score. It is one step: whichever of them is held fixed from $t$ to
    $s$, the point lands in the same place."""

    def with_noise(n: Term) -> Term:
        return a_s / a_t * x_t + (b_s - a_s * b_t / a_t) * n

    sheet.start(a_s * ((x_t - b_t * eps) / a_t) + b_s * eps)
    sheet.to(with_noise(eps), because="The estimate of the data, moved to the other level, with the same noise.")
    sheet.qed("noise")
    sheet.start(with_noise((x_t - a_t * x_0) / b_t)).to(b_s / b_t * x_t + (a_s - a_t * b_s / b_t) * x_0, because=r"$\boldsymbol\epsilon=(\mathbf{x}_t-\alpha_t\mathbf{x}_0)/\sigma_t$.")
    sheet.qed("data")
    sheet.start(with_noise(-(b_t * arrow))).to(a_s / a_t * x_t + b_t * (a_s * b_t / a_t - b_s) * arrow, because=r"$\boldsymbol\epsilon=-\sigma_t\mathbf{s}$ (score.eps).",
                                               asks="Is one of them better?", answer="Not for this step. With more stages or fresh noise it matters which one is interpolated.")  # fmt: skip
    sheet.qed("score")
