"""A model with something unseen: the evidence, Bayes' rule, the evidence lower bound and its gap."""

from __future__ import annotations

from itertools import pairwise

from derivations.chapters.latent.about import chapter
from derivations.chapters.latent.support import (
    as_average,
    as_integrand,
    averages_equal,
    by_support,
    covers,
    of_mass_one,
    total,
    weak,
    weighted_equal,
    zero,
)  # fmt: skip
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand, sum_integrable
from derivations.kernel.equality import (
    algebra,
    chain,
    combine,
    congruence,
    convert,
    log_bound,
    order,
    symmetric,
    unfolded,
)
from derivations.kernel.integrals import exchange, has_integral, integral_below, joint_swap, split, tonelli
from derivations.kernel.logic import assume, cut, instantiate, specialize, table, weaken
from derivations.kernel.sums import under
from derivations.kernel.terms import Term, eq, expect, forall, integrable, integral, kl, le, log, lt, neg, num, sym
from derivations.language.calculation import Calculation
from derivations.language.letters import carried
from derivations.language.notation import m, opaque, vector

x, z = vector("x"), vector("z", dim=m)
prior, likelihood = opaque("p_z", "p({0})"), opaque("p_x_given_z", r"p({0}\mid {1})")
joint, evidence = opaque("p_xz", "p({0},{1})"), opaque("p_x", "p({0})")
posterior, encoder = opaque("p_z_given_x", r"p({0}\mid {1})"), opaque("q_z_given_x", r"q({0}\mid {1})")
p_z, p_x_given_z, p_xz, p_x = prior(z), likelihood(x, z), joint(x, z), evidence(x)
p_z_given_x, q_z = posterior(z, x), encoder(z, x)
elbo, ratio = expect(z, q_z, log(p_xz / q_z)), log(p_xz / q_z)

sum_rule = eq(p_x, integral(z, p_xz))
product_rule = forall(z, eq(p_xz, p_x_given_z * p_z))
other_rule = forall(z, eq(p_xz, p_z_given_x * p_x))
unit, possible, finite = total(z, q_z), lt(0, p_x), integrable(z, q_z * ratio)
an_encoder = ((weak(z, q_z), ""), (unit, r"$q(\mathbf{z}\mid\mathbf{x})$ is any density over the latents"))

chapter.prose(r"""
A picture $\mathbf{x}$ was made by something that we do not see, $\mathbf{z}$: in a diffusion model, by all the noisier versions
of itself. A model says how probable a latent is, $p(\mathbf{z})$, and how probable the picture is given the latent,
$p(\mathbf{x}\mid\mathbf{z})$. Training should make the observed pictures probable, so we need $p(\mathbf{x})$ alone.
""")


weak_likelihood, unit_likelihood = forall(x, forall(z, le(0, p_x_given_z))), forall(z, total(x, p_x_given_z))


@chapter.theorem("lvm.marginal", "The evidence is the likelihood, averaged over the prior", given=(
    (weak_likelihood, ""), (weak(z, p_z), ""), (unit_likelihood, "the likelihood is a density of the picture, for every latent"),
    (total(z, p_z), "the prior is a density of the latent"), (forall(x, product_rule), "the product rule"), (forall(x, sum_rule), "the sum rule"),
))  # fmt: skip
def marginal(sheet: Calculation) -> None:
    r"""Short run: what a latent variable model says about the data. Long run: this integral is why bounds are needed at all; in
    high dimension nobody can compute it, and almost every latent contributes nothing."""
    nested = integral(x, integral(z, p_x_given_z * p_z))
    sheet.start(p_x)
    sheet.to(integral(z, p_xz), by=(assume(forall(x, sum_rule)),), because="The latent is not observed, so it is summed out.")
    sheet.to(nested.args[2], by=(assume(forall(x, product_rule)),), because="The joint density is prior times likelihood.")
    sheet.to(expect(z, p_z, p_x_given_z), asks="Why not estimate it by drawing latents from the prior?",
             answer="One may; but the likelihood is negligible for all but a few of them, and the average is carried by draws that never come.")  # fmt: skip
    formula, swap = sheet.qed("average"), exchange(nested)
    sheet.settle(_pair_integrable())
    sheet.start(integral(x, p_x)).to(nested, by=under(integral(x, p_x), formula))
    sheet.to(swap.conclusion.args[1], by=swap, because="Nothing here is negative, so the order of integration does not matter.")
    product = p_z * integral(x, p_x_given_z)
    each = algebra(product, p_z, (), (specialize(assume(unit_likelihood), z),))
    sheet.to(integral(z, product)).to(integral(z, p_z), by=under(integral(z, product), each), because="For each latent the likelihood is a density.")
    sheet.to(1, by=(assume(total(z, p_z)),), because="So the evidence is a density of the picture.")
    sheet.qed("density")


def _pair_integrable() -> Theorem:
    """Likelihood times prior is integrable over both variables."""
    f, each = p_x_given_z * p_z, specialize(assume(unit_likelihood), z)
    inside = convert(free_integrable(has_integral(each, order(lt(0, num(1)))), p_z), integrable(x, f))
    outside = same_integrand(of_mass_one(total(z, p_z)), algebra(p_z, integral(x, f), (), (each,)))
    return joint_swap(tonelli(z, x, f, inside, weaken(outside, weak_likelihood, weak(z, p_z))))


@chapter.theorem("lvm.bayes", "Bayes' rule, read as a formula for the evidence", given=(
    (other_rule, "the product rule"), (lt(0, p_z_given_x), "the latent is possible, given the picture")),
    sources=("Luo 2022, equation (2)",))  # fmt: skip
def bayes(sheet: Calculation) -> None:
    r"""The quotient on the right contains $\mathbf{z}$, and its value does not depend on it. Short run: we may choose the latent
    that suits us. Long run: the evidence lower bound averages this line over a convenient choice."""
    sheet.start(p_x).to(p_z_given_x * p_x / p_z_given_x, because="Multiply and divide by a positive number.")
    sheet.to(p_xz / p_z_given_x, by=(assume(other_rule),), because="The joint density, factored with the picture first.",
             asks="So why is the evidence hard to compute?", answer=r"Because the posterior $p(\mathbf{z}\mid\mathbf{x})$ in the denominator is.")  # fmt: skip
    sheet.qed()


chapter.prose(r"""
The way out is to replace the unknown posterior by a density $q(\mathbf{z}\mid\mathbf{x})$ of our own choice, the *encoder*, and to pay for
the difference. The price is a divergence; it is never negative, so what we can compute is a lower bound.
""")


@chapter.theorem("elbo.jensen", "The evidence lower bound", given=(
    (weak(z, p_xz), ""), *an_encoder, (covers(z, q_z, p_xz), "the encoder proposes no latent that the model excludes"),
    (sum_rule, "the sum rule"), (possible, ""), (finite, "the bound is finite")),
    sources=("Kingma and Welling 2014", "Luo 2022, equation (8)"))  # fmt: skip
def jensen(sheet: Calculation) -> None:
    r"""The logarithm of an average is at least the average of the logarithms. Short run: a bound that needs no posterior. Long run:
    the loss of every model in this book is its negative."""
    line = q_z * log(p_x) + p_xz / p_x - q_z
    parts = split(integral(z, line))
    sheet.settle(*_line_integrable(line))
    sheet.start(elbo).to(integral(z, q_z * ratio), by=unfolded(elbo))
    sheet.to(integral(z, line), by=integral_below(_touch(line), z), because=r"The tangent of the logarithm: $\log u\le u-1$ at $u=p(\mathbf{x},\mathbf{z})/(q(\mathbf{z}\mid\mathbf{x})\,p(\mathbf{x}))$.",
             asks="Where is Jensen's inequality?", answer="Here. A concave function lies below its tangent at the mean; averaging that is Jensen's inequality.")  # fmt: skip
    sheet.to(parts.conclusion.args[1], by=parts, because="Each part is integrable.")
    sheet.to(integral(z, q_z) * log(p_x) + integral(z, p_xz) / p_x - integral(z, q_z))
    sheet.to(log(p_x), by=(assume(unit), symmetric(assume(sum_rule))), because="The encoder integrates to one, the joint density to the evidence.")
    sheet.qed()


def _touch(line: Term) -> Theorem:
    """q log(joint / q) <= q log p(x) + joint / p(x) - q, for every latent."""
    weight, level = p_xz / (q_z * p_x), sym("L")
    signs = (lt(0, p_xz), lt(0, q_z), possible)
    below = combine(le(q_z * ratio, line), (log_bound(weight),), (q_z,), signs)
    at_zero = order(le(q_z * level, line), (le(0, p_xz), possible), (zero(q_z),))
    at_zero = cut(instantiate(at_zero, table({level: ratio})), specialize(assume(weak(z, p_xz)), z))
    return by_support(z, q_z, (p_xz,), at_zero, cut(below, order(lt(0, weight), signs)))


def _line_integrable(line: Term) -> list[Theorem]:
    """Each part of the tangent line, and the line, are integrable over the latent."""
    of_q, of_p = of_mass_one(unit), has_integral(symmetric(assume(sum_rule)), assume(possible))
    made = (free_integrable(of_q, log(p_x)), free_integrable(of_p, 1 / p_x), free_integrable(of_q, num(-1)))
    parts = [convert(t, integrable(z, body), (possible,)) for t, body in zip(made, line.args, strict=True)]
    return [*parts, sum_integrable(*parts)]


gap = kl(z, q_z, p_z_given_x)


@chapter.theorem("elbo.gap", "How far the bound is from the truth", given=(
    (weak(z, p_z_given_x), ""), *an_encoder, (covers(z, q_z, p_z_given_x), "the encoder proposes no latent that the model excludes"),
    (possible, ""), (other_rule, "the product rule"), (finite, "the bound is finite")),
    sources=("Luo 2022, equations (9) to (15)",))  # fmt: skip
def elbo_gap(sheet: Calculation) -> None:
    r"""The bound misses the log-evidence by exactly one divergence: how badly the encoder guesses the posterior. Short run: the
    bound is tight for the right encoder. Long run: improving the bound improves the model, or the encoder, or both."""
    rule, signs = assume(other_rule), (lt(0, q_z), lt(0, p_z_given_x), possible)
    miss = log(q_z / p_z_given_x)
    forms = [log(p_x), log(p_xz / p_z_given_x), ratio + miss]
    bayes_rule, freedom = (averages_equal(z, q_z, (p_z_given_x,), algebra(a, b, signs, (rule,))) for a, b in pairwise(forms))
    sheet.settle(_miss_integrable(forms, algebra(forms[0], forms[2], signs, (rule,))))
    sheet.start(log(p_x))
    sheet.to(expect(z, q_z, forms[0]), by=(assume(unit),), because="A constant is its own average.")
    sheet.to(expect(z, q_z, forms[1]), by=bayes_rule, because="Bayes' rule, for every latent at once.")
    sheet.to(expect(z, q_z, forms[2]), by=freedom, because="Multiply and divide by the encoder.",
             asks="What does the encoder do here?", answer="Nothing yet: it cancels. Any density will do, and that freedom is the method.")  # fmt: skip
    parts = split(expect(z, q_z, forms[2]))
    sheet.to(parts.conclusion.args[1], by=parts, because="The average of a sum, with both averages finite.")
    sheet.to(elbo + gap, by=[as_average(z, q_z, miss, gap)], because=r"The second average is the divergence of the encoder from the posterior.")
    sheet.qed()


def _miss_integrable(forms: list[Term], positive: Theorem) -> Theorem:
    """q log(q / posterior) = q log p(x) - q log(joint / q) is integrable."""
    whole = sum_integrable(free_integrable(of_mass_one(unit), forms[0]), free_integrable(assume(finite), num(-1)))
    pointwise = weighted_equal(z, q_z, (p_z_given_x,), positive)
    difference = forms[0] * q_z + num(-1) * (q_z * ratio)
    miss = q_z * forms[2].args[1]
    u = sym("u")
    swapped = chain(
        carried(difference, q_z * forms[0] - q_z * ratio), congruence(u - q_z * ratio, u, pointwise), carried(q_z * forms[2] - q_z * ratio, miss),
    )  # fmt: skip
    return same_integrand(whole, swapped)


reconstruction = expect(z, q_z, log(p_x_given_z))
finite_reconstruction, finite_code = integrable(z, q_z * log(p_x_given_z)), integrable(z, q_z * log(q_z / p_z))


@chapter.theorem("elbo.rec_kl", "Reconstruct well, and stay close to the prior", given=(
    (weak(z, p_x_given_z), ""), (weak(z, p_z), ""), (weak(z, q_z), ""), (covers(z, q_z, p_x_given_z), "the encoder proposes no latent that excludes the picture"),
    (covers(z, q_z, p_z), "or that the prior excludes"), (product_rule, "the product rule"),
    (finite_reconstruction, "the reconstruction term is finite"), (finite_code, "the divergence is finite")),
    sources=("Kingma and Welling 2014", "Luo 2022, equations (17) to (19)"))  # fmt: skip
def rec_kl(sheet: Calculation) -> None:
    r"""The same bound, split by what can be computed: an encoded picture must be decodable, and the code must look like the
    prior. Long run: with a chain of latents the second term becomes one divergence per step."""
    price = log(q_z / p_z)
    body = log(p_x_given_z) - price
    signs = (lt(0, q_z), lt(0, p_x_given_z), lt(0, p_z))
    factored = averages_equal(z, q_z, (p_x_given_z, p_z), algebra(ratio, body, signs, (assume(product_rule),)))
    parts = split(expect(z, q_z, body))
    sheet.settle(as_integrand(free_integrable(assume(finite_code), num(-1)), q_z * neg(price)))
    sheet.start(elbo).to(expect(z, q_z, body), by=factored, because="The joint density is likelihood times prior.")
    sheet.to(parts.conclusion.args[1], by=parts, because="Both averages are finite.")
    minus = carried(parts.conclusion.args[1], reconstruction - expect(z, q_z, price))
    place = sym("D")
    named = congruence(reconstruction - place, place, as_average(z, q_z, price, kl(z, q_z, p_z)))
    sheet.to(reconstruction - kl(z, q_z, p_z), by=chain(minus, named), because="The second average is a divergence.",
             asks="Why is the sign of the divergence negative?", answer="It is a price. A code that tells more than the prior expects costs nats.")  # fmt: skip
    sheet.qed()
