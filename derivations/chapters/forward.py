"""The forward chain: noise is added step by step, and all of it can be added at once."""

from __future__ import annotations

from fractions import Fraction

from derivations.chapters.conventions import (
    ALPHA,
    ALPHA_BAR,
    alpha_bar_range,
    alpha_bar_step,
    alpha_bar_zero,
    schedule_facts,
)
from derivations.chapters.gaussian.combination import G, linear_bayes, noise, prior
from derivations.chapters.gaussian.combination import S as S_posterior
from derivations.chapters.gaussian.divergence import S_0, S_1, kl_general, mu_0, mu_1
from derivations.chapters.gaussian.moments import S as covariance
from derivations.chapters.gaussian.moments import a as first
from derivations.chapters.gaussian.moments import b as second
from derivations.chapters.gaussian.moments import moments, mu, normalization_at
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand
from derivations.kernel.equality import algebra, chain, congruence, order, symmetric
from derivations.kernel.integrals import split
from derivations.kernel.logic import assume, cut, define, generalize, induction, instantiate, specialize, table, weaken
from derivations.kernel.sums import peel_first, telescope, under
from derivations.kernel.terms import (
    MEASURE,
    REAL,
    Mat,
    Term,
    app,
    div,
    eq,
    expect,
    forall,
    inner,
    integrable,
    integral,
    kl,
    le,
    log,
    lt,
    norm2,
    normal,
    num,
    prod_,
    sqrt,
    sum_,
    sym,
    weighted,
    zero,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.latex import declare_function, declare_timed
from derivations.language.notation import (
    I,
    Opaque,
    T,
    alpha,
    alpha_bar,
    beta,
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
    x_prev,
    x_t,
    y,
)  # fmt: skip

chapter = Chapter(
    "forward",
    "The forward chain",
    "Destroy an image in small Gaussian steps, and find the law after any number of them in one formula.",
    "Training needs a noisy image at a random step, at once. The closed form of the marginal gives it; the posterior of the next chapter "
    "and every loss are built on it.",
)
half = num(Fraction(1, 2))

declare_timed("q_step", r"q({1}\mid {2})", r"q_{{{0}\mid {before}}}({1}\mid {2})")
declare_timed("q_from", r"q({1}\mid {2})", r"q_{{{0}}}({1}\mid {2})")
q_step, q_from = Opaque("q_step", REAL), Opaque("q_from", REAL)
leap = normal(x, sqrt(alpha_bar(t)) * y, (1 - alpha_bar(t)) * I)  # all steps at once; forward.marginal proves it
STEP: Theorem = define("q_step", (t, x, y), normal(x, sqrt(1 - beta(t)) * y, beta(t) * I))


@chapter.definition("forward.step", "One noising step", sources=("DDPM, equation (2)",))
def step(sheet: Calculation) -> None:
    r"""Shrink the point a little and add a little Gaussian noise. The shrinking is chosen so that unit variance stays unit variance."""
    sheet.fact(STEP, because=r"The mean shrinks by $\sqrt{1-\beta_t}$, the noise has the variance $\beta_t$ in every coordinate.")


a_, v_, w_, b_ = scalar("a"), scalar("v"), scalar("w"), vector("b")


@chapter.theorem("forward.convolution", "A Gaussian seen through a Gaussian step", given=(lt(0, v_), lt(0, w_)),
                 no_twin="a lemma; forward.two_step and forward.marginal, which rest on it, have twins")  # fmt: skip
def convolution(sheet: Calculation) -> None:
    r"""The isotropic case of Bayes' rule for linear-Gaussian models: pass $\mathcal{N}(\mu, wI)$ through the step $y=ax+\text{noise}$ of
    variance $v$. Everything in this chapter is this lemma with letters filled in."""
    cov = w_ * v_ / (v_ + a_**2 * w_)
    pairs = {G: a_ * I, sym("m", ("int",)): d, noise: v_ * I, prior: w_ * I, S_posterior: cov * I}
    general = weaken(linear_bayes.part("evidence"), *sheet.given)
    # y and b have the dimension m: after m := d they are the symbols y and b of R^d
    at = instantiate(general, table(pairs))
    owed = next(h for h in at.hypotheses if h.op == "eq")
    at = cut(at, algebra(*owed.args, sheet.given))
    seen, was = normal(y, a_ * x + b_, v_ * I), normal(x, mu, w_ * I)
    sheet.start(integral(x, seen * was))
    sheet.to(normal(y, a_ * mu + b_, (v_ + a_**2 * w_) * I), by=at, because="Bayes' rule for linear-Gaussian models with multiples of the identity.")
    moved = instantiate(sheet.qed("shifted", lemma=True), table({b_: zero(d)}))
    sheet.start(integral(x, normal(y, a_ * x, v_ * I) * was))
    sheet.to(normal(y, a_ * mu, (v_ + a_**2 * w_) * I), by=moved, because="The case without a shift.")
    sheet.qed("plain")


def convolve(
    a: Term, v: Term, w: Term, mean: Term, out: Term, given: tuple[Term, ...], facts: tuple[Theorem, ...] = (), shift: Term | None = None,
) -> Theorem:  # fmt: skip
    """int N(out; a z + shift, v I) N(z; mean, w I) dz = N(out; a mean + shift, (v + a^2 w) I)."""
    pairs = {a_: a, v_: v, w_: w, mu: mean, y: out}
    at = convolution.at(pairs, "plain") if shift is None else convolution.at(pairs | {b_: shift}, "shifted")
    for h in (lt(0, v), lt(0, w)):
        at = cut(at, order(h, given, facts))
    return at


x_pp = vector("x_t-2", r"\mathbf{x}_{t-2}")


@chapter.theorem("forward.two_step", "Two steps are one step", sources=("LUO22, equations (61) to (66)",), given=(schedule, le(2, t)))
def two_step(sheet: Calculation) -> None:
    r"""Before the general case: what do two noising steps do together? The signal shrinks by both factors. The first noise is shrunk by
    the second step, and then the variances add up."""
    here, before = specialize(ALPHA, t), specialize(ALPHA, t - 1)
    facts = (here, before)
    start = integral(x_prev, q_step(t, x_t, x_prev) * q_step(t - 1, x_prev, x_pp))
    sheet.start(start)
    gaussians = normal(x_t, sqrt(alpha(t)) * x_prev, (1 - alpha(t)) * I) * normal(x_prev, sqrt(alpha(t - 1)) * x_pp, (1 - alpha(t - 1)) * I)
    sheet.to(integral(x_prev, gaussians), by=(STEP, *facts), because=r"Write $\alpha_t$ for $1-\beta_t$.")
    both = convolve(sqrt(alpha(t)), 1 - alpha(t), 1 - alpha(t - 1), sqrt(alpha(t - 1)) * x_pp, x_t, sheet.given, facts)
    sheet.to(both.conclusion.args[1], by=both, because="A Gaussian seen through a Gaussian step.")
    product = alpha(t) * alpha(t - 1)
    sheet.to(normal(x_t, sqrt(product) * x_pp, (1 - product) * I), by=facts, because=r"$1-\alpha_t+\alpha_t(1-\alpha_{t-1})=1-\alpha_t\alpha_{t-1}$.",
             asks="Why do variances add, and not deviations?", answer="The two noises are independent, so the cross term has expectation zero.")  # fmt: skip
    sheet.qed()


def chapman(at: Term) -> Term:
    """q(x | x_0) at a step is the step's kernel averaged over the step before: the Markov property."""
    return forall(x, eq(q_from(at, x, x_0), integral(y, q_step(at, x, y) * q_from(at - 1, y, x_0))))


start_law = forall(x, eq(q_from(1, x, x_0), q_step(1, x, x_0)))
markov = forall(s, chapman(s), le(2, s))


def closed(at: Term) -> Term:
    """The claim of the marginal at a step, for every x."""
    return forall(x, eq(q_from(at, x, x_0), normal(x, sqrt(alpha_bar(at)) * x_0, (1 - alpha_bar(at)) * I)))


@chapter.theorem(
    "forward.marginal", "All steps at once", sources=("DDPM, equation (4)", "LUO22, equation (70)"),
    given=(schedule, (start_law, "the chain starts at the data point"), (markov, "the chain is Markov"), le(1, t)),
    witness={q_from(t, x, y): leap},
)  # fmt: skip
def marginal(sheet: Calculation) -> None:
    r"""The law of $x_t$ given the data is one Gaussian, for every $t$. Short run: sample $x_t$ without running the chain. Long run: this
    is the only way in which the forward process enters training."""
    stated = sheet.given
    given = tuple(h for h in stated if h != le(1, t))  # what holds at every step of the induction
    base = _base(given)
    step_up = _induction_step(sheet, given)
    sheet.given = stated
    everywhere = induction(base, step_up, t, num(1))
    at_x_t = specialize(everywhere, x_t)
    sheet.fact(at_x_t, "marginal", r"By induction on $t$: the base case is one step from the data point, the induction step is the chain of lines above.")


def _base(given: tuple[Term, ...]) -> Theorem:
    """The claim at t = 1."""
    one = alpha_bar_step.at({t: num(1)})
    facts = (specialize(ALPHA, num(1)), alpha_bar_zero.theorem, one)
    body = closed(num(1)).args[2].args
    first_step = chain(specialize(assume(start_law), x), algebra(q_step(1, x, x_0), body[1], given, (STEP, *facts)))
    base = generalize(first_step, x)
    for h in base.hypotheses:
        if h.op == "le":
            base = cut(base, order(h))
    return base


def _induction_step(sheet: Calculation, given: tuple[Term, ...]) -> Theorem:
    """The claim at t gives the claim at t + 1, shown on the sheet."""
    hypothesis = assume(closed(t))
    facts = schedule_facts(t + 1, before=False)
    now = alpha_bar_range.at({t: t}, "range")
    sheet.given = (*given, le(1, t), closed(t))
    kernel = normal(x, sqrt(alpha(t + 1)) * y, (1 - alpha(t + 1)) * I)
    before = normal(y, sqrt(alpha_bar(t)) * x_0, (1 - alpha_bar(t)) * I)
    average = specialize(specialize(assume(markov), t + 1), x)
    sheet.start(q_from(t + 1, x, x_0))
    sheet.to(integral(y, q_step(t + 1, x, y) * q_from(t, y, x_0)), by=average, because=r"Average over where the chain was at step $t$.")
    sheet.to(integral(y, kernel * before), by=(STEP, hypothesis, specialize(ALPHA, t + 1), now),
             because="Put in the step and, by the induction hypothesis, the law at step $t$.")  # fmt: skip
    both = convolve(sqrt(alpha(t + 1)), 1 - alpha(t + 1), 1 - alpha_bar(t), sqrt(alpha_bar(t)) * x_0, x, sheet.given, (*facts, now))
    sheet.to(both.conclusion.args[1], by=both, because="A Gaussian seen through a Gaussian step.")
    end = closed(t + 1).args[2].args[1]
    sheet.to(end, by=(*facts[:2], now), because=r"$\sqrt{\alpha_{t+1}}\sqrt{\bar\alpha_t}=\sqrt{\bar\alpha_{t+1}}$, and the variances telescope.",
             asks="Where do the schedule's bounds enter?", answer=r"In the roots and in the two variances: all of them must be positive.")  # fmt: skip
    sheet.qed("step", then=lambda th: generalize(th, x), lemma=True)
    return sheet.parts[-1].theorem


def tail(at: Term) -> Term:
    """The product of alpha_s for s = at+1 .. t."""
    return prod_(s, at + 1, t, alpha(s))


@chapter.theorem("forward.telescoping_variance", "Where the variance comes from", given=(le(1, t),))
def telescoping_variance(sheet: Calculation) -> None:
    r"""Each step adds variance $1-\alpha_i$, and every later step shrinks it. The sum of what is left is $1-\bar\alpha_t$: nothing is lost
    in the induction."""
    shrink = peel_first(prod_(s, i, t, alpha(s)))
    pointwise = chain(
        algebra((1 - alpha(i)) * tail(i), tail(i) - alpha(i) * tail(i)),
        congruence(tail(i) - sym("hole"), sym("hole"), algebra(alpha(i) * tail(i), shrink.conclusion.args[1])),
        congruence(tail(i) - sym("hole"), sym("hole"), symmetric(shrink)),
        algebra(tail(i) - prod_(s, i, t, alpha(s)), tail(i) - tail(i - 1)),
    )
    total = sum_(i, 1, t, (1 - alpha(i)) * tail(i))
    sheet.start(total)
    sheet.to(sum_(i, 1, t, tail(i) - tail(i - 1)), by=under(total, pointwise), because=r"$\alpha_i$ times the tail from $i+1$ is the tail from $i$.",
             asks="Why is this a difference?", answer="The noise of step $i$ is what the signal loses in step $i$.")  # fmt: skip
    sum_up = telescope(i, num(1), t, tail(i))
    sheet.to(tail(t) - tail(num(0)), by=sum_up, because="Neighbouring terms cancel.")
    sheet.to(1 - alpha_bar(t), by=(ALPHA_BAR,), because="The last tail is empty, the first is the whole product.")
    sheet.qed()


data = app("data", sort=MEASURE)
declare_function("data", r"q(\mathbf{{x}}_0)")
mean_0, C_0 = vector("m_0"), sym("C", Mat(d, d))
gap = x_0 - mean_0
unit_mass = eq(integral(x_0, num(1), data), num(1))
first_law = forall(first, forall(second, eq(integral(x_0, inner(first, gap) * inner(second, gap), data), inner(first, C_0 * second))))
exists = forall(first, forall(second, integrable(x_0, inner(first, gap) * inner(second, gap), data)))


@chapter.theorem(
    "forward.variance_preserving", "Unit covariance stays unit covariance", sources=("DDPM, section 2",),
    given=(schedule, le(1, t), (unit_mass, "the data law is a probability"), (first_law, "the data have mean $m_0$ and covariance $C$"),
           (exists, "their second moments exist"), integrable(x_0, num(1), data)),
    witness={C_0: covariance, data: weighted(x_0, normal(x_0, mean_0, covariance))},
)  # fmt: skip
def variance_preserving(sheet: Calculation) -> None:
    r"""The covariance of $x_t$ is a mixture of the data's covariance and the identity. It is the identity for every $t$ exactly when the
    data have unit covariance; in general it only tends to it."""
    a, w = sqrt(alpha_bar(t)), 1 - alpha_bar(t)
    ranges = (alpha_bar_range.at({}, "range"),)
    sheet.settle(*ranges)
    unit = normal(eps, zero(d), I)
    moved = a * gap + sqrt(w) * eps
    inside = expect(eps, unit, inner(u, moved) * inner(second, moved))
    parts = alpha_bar(t) * (inner(u, gap) * inner(second, gap)) + a * sqrt(w) * inner(u, gap) * inner(second, eps) \
        + a * sqrt(w) * inner(second, gap) * inner(u, eps) + w * (inner(u, eps) * inner(second, eps))  # fmt: skip
    noise_moments = _unit_moments()
    sheet.start(inside).to(expect(eps, unit, parts), by=ranges)
    sheet.to(split(expect(eps, unit, parts)).conclusion.args[1], by=split(expect(eps, unit, parts)))
    inner_value = alpha_bar(t) * (inner(u, gap) * inner(second, gap)) + w * inner(u, second)
    sheet.to(inner_value, by=(*noise_moments, *ranges))
    fixed = sheet.qed("inner", lemma=True)
    outer = integral(x_0, inside, data)
    pieces = integral(x_0, inner_value, data)
    sheet.start(outer).to(pieces, by=under(outer, fixed), because="Average over the noise first: it has mean zero and unit covariance.")
    split_up = split(pieces)
    pair = specialize(specialize(assume(exists), u), second)
    sheet.settle(free_integrable(pair, alpha_bar(t)), _constant_integrable(w * inner(u, second)))
    covariance_0 = specialize(specialize(assume(first_law), u), second)
    sheet.to(split_up.conclusion.args[1], by=split_up)
    sheet.to(inner(u, (alpha_bar(t) * C_0 + w * I) * second), by=(covariance_0, assume(unit_mass)), because="This is the data's covariance, and the law has mass one.",
             asks="Where did the cross terms go?", answer="The noise is independent of the data and has mean zero.")  # fmt: skip
    sheet.qed("covariance")
    mixture = alpha_bar(t) * C_0 + w * I
    sheet.given = (schedule, le(1, t), eq(C_0, I))
    sheet.start(mixture).to(I, by=(assume(eq(C_0, I)),))
    sheet.qed("if")
    sheet.given = (schedule, le(1, t), eq(mixture, I))
    hole = sym("hole", C_0.sort)
    solve = congruence((hole - w * I) / alpha_bar(t), hole, assume(eq(mixture, I)))
    sheet.start(C_0).to(solve.conclusion.args[0], by=ranges, because=r"Solve for the data's covariance; $\bar\alpha_t>0$ for every $t$.")
    sheet.to(solve.conclusion.args[1], by=solve, because="The mixture is the identity, by assumption.")
    sheet.to(I, by=ranges)
    sheet.qed("only if")


def _unit_moments() -> tuple[Theorem, ...]:
    """Mass, mean and covariance of standard Gaussian noise, for linear forms in u and b."""
    at = {mu: zero(d), covariance: I}
    mass = normalization_at(zero(d), I, eps)
    out = [mass]
    for label, pairs in (("mean", {first: u}), ("mean", {first: second}), ("pair", {first: u, second: second})):
        th = instantiate(moments.part(label), table(at | pairs))
        forms = [inner(f, eps) for f in pairs.values()] if label == "pair" else [inner(next(iter(pairs.values())), eps)]
        body = forms[0] if len(forms) == 1 else forms[0] * forms[1]
        left = expect(eps, normal(eps, zero(d), I), body)
        out.append(chain(algebra(left, th.conclusion.args[0]), th))
    return tuple(out)


def _constant_integrable(value: Term) -> Theorem:
    """A constant is integrable against the data law."""
    scaled = free_integrable(assume(integrable(x_0, num(1), data)), value)
    return same_integrand(scaled, algebra(value * num(1), value))


@chapter.theorem("forward.prior_kl", "How much of the data is left at the end", given=(schedule, le(1, T)), sources=("DDPM, the term L_T",))
def prior_kl(sheet: Calculation) -> None:
    r"""The last marginal is not exactly the prior. The divergence between them is the part of the bound that training cannot touch, and
    it is tiny when $\bar\alpha_T$ is."""
    bar = alpha_bar(T)
    ranges = (alpha_bar_range.at({t: T}, "range"),)
    end = normal(x, sqrt(bar) * x_0, (1 - bar) * I)
    below = weaken(kl_general.theorem, lt(0, 1 - bar))
    at = instantiate(below, table({mu_0: sqrt(bar) * x_0, mu_1: zero(d), S_0: (1 - bar) * I, S_1: I}))
    at = cut(at, order(lt(0, 1 - bar), sheet.given, ranges))
    sheet.start(kl(x, end, normal(x, zero(d), I)))
    sheet.to(at.conclusion.args[1], by=at, because="The divergence of two Gaussians.")
    sheet.to(half * (bar * norm2(x_0) - d * bar - d * log(1 - bar)), by=ranges, because=r"The trace is $d(1-\bar\alpha_T)$, the log-determinant $d\log(1-\bar\alpha_T)$.",
             asks="What if the chain ran forever?", answer=r"Then $\bar\alpha_T\to0$, and every term vanishes.")  # fmt: skip
    sheet.qed()


q_joint, q_markov = opaque("q_joint", r"q({0},{1}\mid {2})"), opaque("q_given_both", r"q({0}\mid {1},{2})")
posterior_def = eq(q_markov(x_prev, x_t, x_0), div(q_joint(x_t, x_prev, x_0), q_from(t, x_t, x_0)))
product_rule = eq(q_joint(x_t, x_prev, x_0), app("q_full", x_t, x_prev, x_0) * q_from(t - 1, x_prev, x_0))
declare_function("q_full", r"q({0}\mid {1},{2})")
memory = eq(app("q_full", x_t, x_prev, x_0), q_step(t, x_t, x_prev))
positive_t, positive_prev = lt(0, q_from(t, x_t, x_0)), lt(0, q_from(t - 1, x_prev, x_0))


@chapter.theorem(
    "forward.bayes_flip", "Turning a forward step around", sources=("LUO22, equation (46)",),
    given=((posterior_def, "the definition of a conditional density"), (product_rule, "the product rule"),
           (memory, r"the chain is Markov: given $x_{t-1}$, the past does not matter"), positive_t, positive_prev),
)  # fmt: skip
def bayessymmetric(sheet: Calculation) -> None:
    r"""A forward step is the reverse step times a ratio of marginals. Short run: Bayes' rule. Long run: the ratios telescope in the
    variational bound, and what remains compares reverse steps."""
    sheet.start(q_step(t, x_t, x_prev))
    sheet.to(app("q_full", x_t, x_prev, x_0), by=symmetric(assume(memory)), because="Conditioning on the data as well changes nothing.",
             asks="Why would one condition on the data?", answer="Without it the reverse step is not Gaussian and not known; with it, it is.")  # fmt: skip
    sheet.to(q_joint(x_t, x_prev, x_0) / q_from(t - 1, x_prev, x_0), by=(assume(product_rule),))
    sheet.to(q_markov(x_prev, x_t, x_0) * q_from(t, x_t, x_0) / q_from(t - 1, x_prev, x_0), by=(assume(posterior_def),))
    sheet.qed()

