"""Preconditioning: how a network's input, output and loss are scaled, each number from what is asked of it."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from derivations.chapters.gaussian.moments import S, moments, mu, normalization_at
from derivations.chapters.gaussian.moments import a as first
from derivations.chapters.gaussian.moments import b as second
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand
from derivations.kernel.equality import algebra, chain, congruence, order, positive_root, symmetric
from derivations.kernel.integrals import has_integral, split
from derivations.kernel.logic import assume, cut, instantiate, table
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    MEASURE,
    Term,
    app,
    eq,
    expect,
    inner,
    integrable,
    integral,
    le,
    lt,
    norm2,
    normal,
    num,
    sqrt,
    weighted,
    zero,
)
from derivations.language.calculation import Calculation
from derivations.language.densities import equal
from derivations.language.entry import Chapter
from derivations.language.latex import declare_function
from derivations.language.notation import I, d, eps, scalar, u, vector, x_0

chapter = Chapter(
    "preconditioning",
    "Scaling what a network sees and says",
    "Choose the four numbers of EDM, one for each level, so that the network's task has the same size at every level.",
    "Networks learn badly from inputs and targets whose size changes by orders of magnitude. The scale of the input, of the output and of the loss, and how much of the noisy "
    "point is passed on, follow from three demands. None of them is a matter of taste once the demands are made.",
)

declare_function("data", r"q(\mathbf{{x}}_0)")
data, mean = app("data", sort=MEASURE), vector("m_0")
gap, bell = x_0 - mean, normal(eps, zero(d), I)
wide, k, k_2 = scalar("sigma_data", r"\sigma_{\mathrm{data}}"), scalar("k"), scalar("l")
along, noise = inner(u, gap), inner(u, eps)
unit_mass, spread = eq(integral(x_0, 1, data), 1), eq(integral(x_0, along**2, data), wide**2 * norm2(u))
centered = eq(integral(x_0, along, data), 0)
finite = integrable(x_0, along**2, data)
some_data = (
    (unit_mass, "the data have a probability law"), (centered, r"$\mathbf{m}_0$ is their mean, in the direction $\mathbf{u}$"),
    (spread, r"in this direction they have the variance $\sigma_{\mathrm{data}}^2$"), (finite, "it exists"),
)  # fmt: skip


def among(given: tuple[Term, ...], *wanted: Term) -> tuple[Term, ...]:
    """Those of the given hypotheses that a part of an entry rests on."""
    return tuple(h for h in given if h in wanted)


def average(body: Term) -> Term:
    """Over the data and, independently, over standard Gaussian noise."""
    return integral(x_0, expect(eps, bell, body), data)


def squared(of_data: Term, of_noise: Term) -> Term:
    """The square of how far a sum of data and noise is from its mean, in the direction u."""
    return (of_data * along + of_noise * noise) ** 2


chapter.prose(r"""
Take any law of the data, in any dimension, and look in one direction $\mathbf{u}$; with a coordinate vector that is one coordinate. All that is used of the data is their
variance in this direction, $\sigma_{\mathrm{data}}^2$ per square length of $\mathbf{u}$.
""")


@chapter.theorem("edm.variance", "The variance of data with noise", given=some_data,
                 witness={data: weighted(x_0, normal(x_0, mean, wide**2 * I))}, no_twin="edm.general_precond, which rests on it, has a twin")  # fmt: skip
def variance(sheet: Calculation) -> None:
    r"""A sum of data and noise with any two numbers in front: it has mean zero once the mean of the data is taken off, and its variance is the sum of the two variances. Whatever
    a network sees or should say is such a sum."""
    one = has_integral(assume(unit_mass), order(lt(0, num(1))))
    facts, linear, square = _noise_moments(), k * along + k_2 * noise, squared(k, k_2)
    parts = k**2 * along**2 + 2 * k * k_2 * along * noise + k_2**2 * noise**2
    given = sheet.given
    for body, whole, settled, label in ((linear, linear, k * along, "mean"), (square, parts, k**2 * along**2 + k_2**2 * norm2(u), "square")):
        sheet.given = among(given, centered) if label == "mean" else among(given, unit_mass, spread, finite)
        inside = expect(eps, bell, whole)
        sheet.start(expect(eps, bell, body)).to(inside).to(split(inside).conclusion.args[1], by=split(inside)).to(settled, by=facts)
        fixed = sheet.qed(f"{label}, over the noise", lemma=True)
        sheet.start(average(body)).to(integral(x_0, settled, data), by=under(average(body), fixed), because="Over the noise first: it has mean zero and variance one.")
        if label == "mean":
            sheet.to(k * integral(x_0, along, data)).to(0, by=(assume(centered),), because="So the squares below are variances.")
        else:
            sheet.settle(free_integrable(assume(finite), k**2), same_integrand(free_integrable(one, k_2**2 * norm2(u)), algebra(k_2**2 * norm2(u) * 1, k_2**2 * norm2(u))))
            pieces = split(integral(x_0, settled, data))
            sheet.to(pieces.conclusion.args[1], by=pieces)
            sheet.to((k**2 * wide**2 + k_2**2) * norm2(u), by=(assume(spread), assume(unit_mass)), because="The variance of the data, and the law has mass one.",
                     asks="Where is the mixed term?", answer="The noise does not know the data, and has mean zero.")  # fmt: skip
        sheet.qed({"mean": "mean", "square": "variance"}[label])


def _noise_moments() -> tuple[Theorem, ...]:
    """Mass, mean and variance of standard Gaussian noise in the direction u."""
    out = []
    for label, pairs, body in (("pair", {first: u, second: u}, noise**2), ("mean", {first: u}, noise)):
        th = instantiate(moments.part(label), table({mu: zero(d), S: I, **pairs}))
        out.append(chain(equal(expect(eps, bell, body), th.conclusion.args[0], ()), th))
    return normalization_at(zero(d), I, eps), *reversed(out)


alpha, sigma, c = scalar("alpha"), scalar("sigma"), scalar("c")
c_in, c_skip, c_out, weight = scalar("c_in", r"c_{\mathrm{in}}"), scalar("c_skip", r"c_{\mathrm{skip}}"), scalar("c_out", r"c_{\mathrm{out}}"), scalar("lambda")
size = alpha**2 * wide**2 + sigma**2
best, least = alpha * wide**2 / size, (sigma * wide) ** 2 / size
length, hole = norm2(u), scalar("hole")


def missed(skip: Term, signal: Term = alpha) -> Term:
    """The variance of what is left of the data when the noisy point, times a number, is taken off."""
    return (1 - skip * signal) ** 2 * wide**2 + skip**2 * sigma**2


def unit_input(signal: Term = alpha) -> Term:
    """The demand on the input."""
    return eq(average(squared(c_in * signal, c_in * sigma)), length)


def unit_target(skip: Term, signal: Term = alpha) -> Term:
    """The demand on what the network should say, (x_0 - c_skip x_t) / c_out."""
    return eq(average(squared((1 - skip * signal) / c_out, -(skip * sigma / c_out))), length)


def variance_of(of_data: Term, of_noise: Term, given: tuple[Term, ...] = ()) -> Theorem:
    """The variance of this sum of data and noise (edm.variance), with the average spelled as in the demands."""
    th = variance.at({k: of_data, k_2: of_noise}, "variance")
    return chain(equal(average(squared(of_data, of_noise)), th.conclusion.args[0], given), th)


used = (unit_mass, spread, finite, lt(0, length))
positive = lt(0, sigma), lt(0, wide)
even, passed = eq(weight * c_out**2, 1), eq(c_skip, best)
world = {data: weighted(x_0, normal(x_0, mean, wide**2 * I)), c_in: 1 / sqrt(size), c_skip: best, c_out: sigma * wide / sqrt(size), weight: size / (sigma * wide) ** 2}

chapter.prose(r"""
The denoiser is $D(\mathbf{x}_t)=c_{\mathrm{skip}}\,\mathbf{x}_t+c_{\mathrm{out}}\,F(c_{\mathrm{in}}\,\mathbf{x}_t)$, and $F$ is the network. For $D$ to be the data, $F$ must be
$(\mathbf{x}_0-c_{\mathrm{skip}}\,\mathbf{x}_t)/c_{\mathrm{out}}$. The demands: the input has unit variance; the target has unit variance; an error of the network is amplified as little as
possible; every level counts the same in the loss of the network.
""")


@chapter.theorem("edm.general_precond", "The four numbers, for any levels", given=(
    (unit_mass, "the data have a probability law"), (spread, r"in the direction $\mathbf{u}$ they have the variance $\sigma_{\mathrm{data}}^2$"), (finite, "it exists"),
    (lt(0, length), ""), *((h, "") for h in positive), lt(0, c_in), (unit_input(), "the input has unit variance"),
    lt(0, c_out), (unit_target(c_skip), "the target has unit variance"), (passed, "errors are amplified as little as possible: the second and the fourth line"), (even, "errors of the network weigh the same at every level")),
    sources=("EDM, appendix B.6",), witness=world)  # fmt: skip
def general_precond(sheet: Calculation) -> None:
    r"""Each number from its demand, for $\mathbf{x}_t=\alpha\mathbf{x}_0+\sigma\boldsymbol\epsilon$. Short run: how a program scales its network. Long run: what the network is asked for
    turns into the noise, the data or $\mathbf{v}$ by itself, as the level requires."""
    given, demands = sheet.given, (unit_input(), unit_target(c_skip))
    sheet.given = among(given, *used, *positive, lt(0, c_in), demands[0])
    seen = variance_of(c_in * alpha, c_in * sigma)
    sheet.start(c_in**2).to(seen.conclusion.args[1] / (size * length), because=r"The variance of the input is $c_{\mathrm{in}}^2(\alpha^2\sigma_{\mathrm{data}}^2+\sigma^2)$ (edm.variance).")
    asked = chain(symmetric(seen), assume(demands[0]))
    one = congruence(hole / (size * length), hole, asked)
    sheet.to(one.conclusion.args[1], by=one, because="It is to be one.").to(1 / size)
    square = sheet.qed("square of the input's", lemma=True)
    sheet.start(c_in).to(sqrt(1 / size), by=positive_root(c_in, 1 / size, square)).to(1 / sqrt(size), because="The positive root.")
    sheet.qed("input")
    sheet.given = among(given, *positive)
    sheet.start(missed(c)).to(size * (c - best) ** 2 + least, because=r"Complete the square in $c_{\mathrm{skip}}$.",
                              asks="Why is it the amplification?", answer=r"$c_{\mathrm{out}}^2$ is this variance, by the second demand; and $c_{\mathrm{out}}$ multiplies the network's errors.")  # fmt: skip
    parabola = sheet.qed("skip")
    sheet.given = among(given, *used, *positive, lt(0, c_out), demands[1])
    amplified = _amplification(sheet)
    sheet.fact(chain(_least(parabola, c_skip), symmetric(amplified)), "least", r"So the output scale is never smaller than at $c_{\mathrm{skip}}=\alpha\sigma_{\mathrm{data}}^2/(\alpha^2\sigma_{\mathrm{data}}^2+\sigma^2)$.")
    sheet.given = among(given, *used, *positive, lt(0, c_out), demands[1], passed)
    sheet.start(c_out**2).to(missed(c_skip), by=amplified, because="The amplification, as before.")
    sheet.to(least, by=(assume(passed),), because="The least one.")
    at_best = sheet.qed("square of the output's", lemma=True)
    sheet.start(c_out).to(sqrt(least), by=positive_root(c_out, least, at_best)).to(sigma * wide / sqrt(size))
    output = sheet.qed("output")
    sheet.given = (*sheet.given, *among(given, even))
    solved = congruence(hole / c_out**2, hole, assume(even))
    sheet.start(weight).to(solved.conclusion.args[0]).to(1 / c_out**2, by=solved, because="The network's error is multiplied by the output scale, and its square by the square.")
    sheet.to(size / (sigma * wide) ** 2, by=(output,))
    sheet.qed("weight")


def _amplification(sheet: Calculation) -> Theorem:
    """c_out^2 is the variance of what the skipped point misses."""
    target = variance_of((1 - c_skip * alpha) / c_out, -(c_skip * sigma / c_out), sheet.given)
    sheet.start(missed(c_skip)).to(target.conclusion.args[1] * c_out**2 / length, because="The variance of the target, with its scale taken off (edm.variance).")
    asked = chain(symmetric(target), assume(unit_target(c_skip)))
    one = congruence(hole * c_out**2 / length, hole, asked)
    sheet.to(one.conclusion.args[1], by=one, because="It is to be one.").to(c_out**2)
    return symmetric(sheet.qed("amplification"))


def _least(parabola: Theorem, at: Term) -> Theorem:
    """The lowest value of the parabola is below every other."""
    there = instantiate(parabola, table({c: at}))
    below = order(le(least, there.conclusion.args[1]), positive)
    return chain(below, symmetric(there))


level_one = {alpha: num(1)}
edm_size = sigma**2 + wide**2
edm_skip = wide**2 / edm_size
edm_passed = eq(c_skip, edm_skip)
edm_input = eq(average(squared(c_in, c_in * sigma)), length)


edm_target = eq(average(squared((1 - c_skip) / c_out, -(c_skip * sigma / c_out))), length)


@cache
def level_one_demands() -> tuple[Theorem, ...]:
    """The demands of the general theorem at signal level one, from those that are spelled without that factor."""
    share, met = substitute(best, level_one), []
    for demand, plain in ((unit_input(), edm_input), (unit_target(c_skip), edm_target)):
        left = substitute(demand, level_one).args[0]
        met.append(chain(equal(left, plain.args[0], (lt(0, c_out),)), assume(plain)))
    return *met, chain(assume(edm_passed), algebra(edm_skip, share, positive))


def spelled(label: str) -> Theorem:
    """A part of the general theorem at signal level one, with the demands spelled without that factor."""
    t = instantiate(general_precond.part(label), table(level_one))
    for demand in level_one_demands():
        t = cut(t, demand) if demand.conclusion in t.hypotheses else t
    return t


@chapter.theorem("edm.preconditioning", "EDM's four numbers", given=(
    (unit_mass, "the data have a probability law"), (spread, r"in the direction $\mathbf{u}$ they have the variance $\sigma_{\mathrm{data}}^2$"), (finite, "it exists"),
    (lt(0, length), ""), *((h, "") for h in positive), lt(0, c_in), (edm_input, "the input has unit variance"),
    lt(0, c_out), (edm_target, "the target has unit variance"), (edm_passed, "errors are amplified as little as possible: the second line"), (even, "errors of the network weigh the same at every level")),
    sources=("EDM, table 1 and appendix B.6",), witness={letter: substitute(value, level_one) for letter, value in world.items()})  # fmt: skip
def preconditioning(sheet: Calculation) -> None:
    r"""EDM adds noise and shrinks nothing: $\alpha=1$. With little noise the noisy point is passed on nearly whole and the network corrects it; with much noise nothing is passed on,
    and the network has to say the data. In between it says both, and always with unit variance."""
    given = sheet.given
    at_one = {label: spelled(label) for label in ("weight", "output", "skip", "input")}  # the last first: what comes before it is derived on the way
    sheet.start(c_in).to(1 / sqrt(edm_size), by=at_one["input"], because=r"The general number at $\alpha=1$ (edm.general_precond).")
    sheet.qed("input")
    sheet.given = among(given, *positive)
    sheet.start((1 - c) ** 2 * wide**2 + c**2 * sigma**2)
    sheet.to(edm_size * (c - edm_skip) ** 2 + (sigma * wide) ** 2 / edm_size, by=at_one["skip"], because=r"The least amplification is at $\sigma_{\mathrm{data}}^2/(\sigma^2+\sigma_{\mathrm{data}}^2)$.",
             asks="What is passed on?", answer="The best linear guess of the data, when their mean is zero. The network adds what is not linear.")  # fmt: skip
    sheet.qed("skip")
    sheet.given = given
    sheet.start(c_out).to(sigma * wide / sqrt(edm_size), by=at_one["output"], because="The general number again; it is the deviation of what the skipped point misses.")
    sheet.qed("output")
    sheet.start(weight).to(edm_size / (sigma * wide) ** 2, by=at_one["weight"], because=r"One over $c_{\mathrm{out}}^2$.")
    sheet.qed("weight")


point = alpha * x_0 + sigma * eps
scaled = (x_0 - best * point) / (sigma * wide / sqrt(size))


@chapter.theorem("edm.precond_is_v", "EDM's network predicts v, up to its sign", given=positive, witness={alpha: num(Fraction(3, 5)), sigma: num(Fraction(4, 5))},
                 sources=("EDM, appendix B.6", "Salimans and Ho 2022"))  # fmt: skip
def precond_is_v(sheet: Calculation) -> None:
    r"""What does the network say, in the end? A sum of data and noise like every other prediction. For data of unit variance, and levels whose squares add up to one, it is
    $-\mathbf{v}$: two papers that began with different questions train the same network."""
    sheet.start(scaled).to((sigma / wide * x_0 - alpha * wide * eps) / sqrt(size), because="Collect data and noise.",
                           asks="Where is it the noise, and where the data?", answer="With little noise it is minus the noise; with little signal it is the data.")  # fmt: skip
    sheet.qed("sum")
    preserving, unit = eq(alpha**2 + sigma**2, 1), instantiate(sheet.parts[0].theorem, table({wide: num(1)}))
    sheet.given = (*among(sheet.given, lt(0, sigma)), preserving)
    one = congruence((sigma * x_0 - alpha * eps) / sqrt(hole), hole, assume(preserving))
    around = alpha**2 + sigma**2
    sheet.start((x_0 - alpha / around * point) / (sigma / sqrt(around)))
    sheet.to(one.conclusion.args[0], by=unit, because=r"The case of data of unit variance, $\sigma_{\mathrm{data}}=1$.")
    sheet.to(-(alpha * eps - sigma * x_0), by=one, because="Variance preserving.")
    sheet.qed("v")
