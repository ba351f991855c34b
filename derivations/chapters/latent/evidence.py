"""A model with something unseen: the evidence, Bayes' rule, the evidence lower bound and its gap."""

from __future__ import annotations

from derivations.chapters.latent.about import chapter
from derivations.chapters.latent.divergence import everywhere, total
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand, sum_integrable
from derivations.kernel.equality import algebra, combine, convert, log_bound, order, symmetric
from derivations.kernel.integrals import exchange, has_integral, integral_below, joint_swap, split, tonelli
from derivations.kernel.logic import assume, cut, specialize, weaken
from derivations.kernel.sums import under
from derivations.kernel.terms import Term, eq, expect, forall, integrable, integral, kl, le, log, lt, neg, num
from derivations.language.calculation import Calculation
from derivations.language.notation import m, opaque, vector

x, z = vector("x"), vector("z", dim=m)
prior, likelihood = opaque("p_z", "p({0})"), opaque("p_x_given_z", r"p({0}\mid {1})")
joint, evidence = opaque("p_xz", "p({0},{1})"), opaque("p_x", "p({0})")
posterior, encoder = opaque("p_z_given_x", r"p({0}\mid {1})"), opaque("q_z_given_x", r"q({0}\mid {1})")
p_z, p_xz, p_x, q_z = prior(z), joint(x, z), evidence(x), encoder(z, x)
elbo = expect(z, q_z, log(p_xz / q_z))

sum_rule = eq(p_x, integral(z, p_xz))
product_rule = forall(z, eq(p_xz, likelihood(x, z) * p_z))
other_rule = forall(z, eq(p_xz, posterior(z, x) * p_x))
finite = integrable(z, q_z * log(p_xz / q_z))
an_encoder = ((everywhere(z, q_z), ""), (total(z, q_z), r"$q(\mathbf{z}\mid\mathbf{x})$ is any density over the latents"))

chapter.prose(r"""
A picture $\mathbf{x}$ was made by something that we do not see, $\mathbf{z}$: in a diffusion model, by all the noisier versions
of itself. A model says how probable a latent is, $p(\mathbf{z})$, and how probable the picture is given the latent,
$p(\mathbf{x}\mid\mathbf{z})$. Training should make the observed pictures probable, so we need $p(\mathbf{x})$ alone.
""")


@chapter.theorem("lvm.marginal", "The evidence is the likelihood, averaged over the prior", given=(
    (forall(x, forall(z, le(0, likelihood(x, z)))), ""), (forall(z, le(0, p_z)), ""),
    (forall(z, total(x, likelihood(x, z))), "the likelihood is a density of the picture, for every latent"),
    (total(z, p_z), "the prior is a density of the latent"),
    (forall(x, forall(z, eq(p_xz, likelihood(x, z) * p_z))), "the product rule"),
    (forall(x, sum_rule), "the sum rule"),
), no_twin="the densities are unspecified")  # fmt: skip
def marginal(sheet: Calculation) -> None:
    r"""Short run: what a latent variable model says about the data. Long run: this integral is why bounds are needed at all; in
    high dimension nobody can compute it, and almost every latent contributes nothing."""
    *_, rule, summed = (assume(h) for h in sheet.given)
    sheet.start(p_x)
    sheet.to(integral(z, p_xz), by=(summed,), because="The latent is not observed, so it is summed out.")
    sheet.to(integral(z, likelihood(x, z) * p_z), by=(rule,), because="The joint density is prior times likelihood.")
    average = expect(z, p_z, likelihood(x, z))
    sheet.to(average, asks="Why not estimate it by drawing latents from the prior?",
             answer="One may; but the likelihood is negligible for all but a few of them, and the average is carried by draws that never come.")  # fmt: skip
    formula = sheet.qed("average")
    swap = exchange(integral(x, integral(z, likelihood(x, z) * p_z)))
    sheet.settle(*_pair_integrable(sheet))
    sheet.start(integral(x, p_x)).to(swap.conclusion.args[0], by=under(integral(x, p_x), formula))
    sheet.to(swap.conclusion.args[1], by=swap, because="Nothing here is negative, so the order of integration does not matter.")
    product = p_z * integral(x, likelihood(x, z))
    each = algebra(product, p_z, (), (specialize(assume(sheet.given[2]), z),))
    sheet.to(integral(z, product)).to(integral(z, p_z), by=under(integral(z, product), each), because="For each latent the likelihood is a density.")
    sheet.to(1, by=(assume(sheet.given[3]),), because="So the evidence is a density of the picture.")
    sheet.qed("density")


def _pair_integrable(sheet: Calculation) -> list[Theorem]:
    """Likelihood times prior is integrable over both variables."""
    positive = order(lt(0, num(1)))
    f = likelihood(x, z) * p_z
    unit = specialize(assume(sheet.given[2]), z)
    inside = convert(free_integrable(has_integral(unit, positive), p_z), integrable(x, f))
    of_prior = has_integral(assume(sheet.given[3]), positive)
    outside = same_integrand(of_prior, algebra(p_z, integral(x, f), (), (unit,)))
    return [joint_swap(tonelli(z, x, f, inside, weaken(outside, *sheet.given[:2])))]


@chapter.theorem("lvm.bayes", "Bayes' rule, read as a formula for the evidence", given=(
    (other_rule, "the product rule"), (lt(0, posterior(z, x)), "the latent is possible, given the picture")),
    sources=("Luo 2022, equation (2)",), no_twin="the densities are unspecified")  # fmt: skip
def bayes(sheet: Calculation) -> None:
    r"""The quotient on the right contains $\mathbf{z}$, and its value does not depend on it. Short run: we may choose the latent
    that suits us. Long run: the evidence lower bound averages this line over a convenient choice."""
    sheet.start(p_x).to(posterior(z, x) * p_x / posterior(z, x), because="Divide and multiply by a positive number.")
    sheet.to(p_xz / posterior(z, x), by=(assume(other_rule),), because="The joint density, factored with the picture first.",
             asks="So why is the evidence hard to compute?", answer=r"Because the posterior $p(\mathbf{z}\mid\mathbf{x})$ in the denominator is.")  # fmt: skip
    sheet.qed()


chapter.prose(r"""
The way out is to replace the unknown posterior by a density $q(\mathbf{z}\mid\mathbf{x})$ of our own choice, the *encoder*, and to pay for
the difference. The price is a divergence; it is never negative, so what we can compute is a lower bound.
""")


@chapter.theorem("elbo.jensen", "The evidence lower bound", given=(
    (everywhere(z, p_xz), ""), *an_encoder, (sum_rule, "the sum rule"), (lt(0, p_x), ""), (finite, "the bound is finite")),
    sources=("Kingma and Welling 2014", "Luo 2022, equation (8)"),
    no_twin="the densities are unspecified; elbo.ddpm.decomposition is computed")  # fmt: skip
def jensen(sheet: Calculation) -> None:
    r"""The logarithm of an average is at least the average of the logarithms. Short run: a bound that needs no posterior. Long run:
    the loss of every model in this book is its negative."""
    signs = (everywhere(z, p_xz), everywhere(z, q_z), lt(0, p_x))
    weight = p_xz / (q_z * p_x)
    line = q_z * log(p_x) + p_xz / p_x - q_z
    touch = combine(le(q_z * log(p_xz / q_z), line), (log_bound(weight),), (q_z,), signs)
    touch = cut(touch, order(lt(0, weight), signs))
    parts = split(integral(z, line))
    sheet.settle(*_line_integrable(sheet, line))
    sheet.start(elbo).to(integral(z, q_z * log(p_xz / q_z)))
    sheet.to(integral(z, line), by=integral_below(touch, z), because=r"The tangent of the logarithm: $\log u\le u-1$ at $u=p(\mathbf{x},\mathbf{z})/(q(\mathbf{z}\mid\mathbf{x})\,p(\mathbf{x}))$.",
             asks="Where is Jensen's inequality?", answer="Here. A concave function lies below its tangent at the mean; averaging that is Jensen's inequality.")  # fmt: skip
    sheet.to(parts.conclusion.args[1], by=parts, because="Each part is integrable.")
    sheet.to(integral(z, q_z) * log(p_x) + integral(z, p_xz) / p_x - integral(z, q_z))
    sheet.to(log(p_x), by=(assume(total(z, q_z)), symmetric(assume(sum_rule))), because="The encoder integrates to one, the joint density to the evidence.")
    sheet.qed()


def _line_integrable(sheet: Calculation, line: Term) -> list[Theorem]:
    """Each part of the tangent line, and the line, are integrable over the latent."""
    of_q = has_integral(assume(total(z, q_z)), order(lt(0, num(1))))
    of_p = has_integral(symmetric(assume(sum_rule)), assume(lt(0, p_x)))
    signs = (lt(0, p_x),)
    made = (free_integrable(of_q, log(p_x)), free_integrable(of_p, 1 / p_x), free_integrable(of_q, num(-1)))
    parts = [convert(t, integrable(z, body), signs) for t, body in zip(made, line.args, strict=True)]
    return [*parts, sum_integrable(*parts)]


gap = kl(z, q_z, posterior(z, x))


@chapter.theorem("elbo.gap", "How far the bound is from the truth", given=(
    (everywhere(z, posterior(z, x)), ""), *an_encoder, (lt(0, p_x), ""), (other_rule, "the product rule"), (finite, "the bound is finite")),
    sources=("Luo 2022, equations (9) to (15)",), no_twin="the densities are unspecified; elbo.ddpm.decomposition is computed")  # fmt: skip
def elbo_gap(sheet: Calculation) -> None:
    r"""The bound misses the log-evidence by exactly one divergence: how badly the encoder guesses the posterior. Short run: the
    bound is tight for the right encoder. Long run: improving the bound improves the model, or the encoder, or both."""
    bayes_rule = assume(other_rule)
    body = log(p_xz / q_z) + log(q_z / posterior(z, x))
    parts = split(expect(z, q_z, body))
    sheet.settle(_gap_integrable(sheet, bayes_rule))
    sheet.start(log(p_x))
    sheet.to(expect(z, q_z, log(p_x)), by=(assume(total(z, q_z)),), because="A constant is its own average.")
    sheet.to(expect(z, q_z, log(p_xz / posterior(z, x))), by=(bayes_rule,), because="Bayes' rule, for every latent at once.")
    sheet.to(expect(z, q_z, body), by=(bayes_rule,), because="Multiply and divide by the encoder.",
             asks="What does the encoder do here?", answer="Nothing yet: it cancels. Any density will do, and that freedom is the method.")  # fmt: skip
    sheet.to(parts.conclusion.args[1], by=parts, because="The average of a sum, with both averages finite.")
    sheet.to(elbo + gap, by=(bayes_rule,), because=r"The second average is the divergence of the encoder from the posterior.")
    sheet.qed()


def _gap_integrable(sheet: Calculation, rule: Theorem) -> Theorem:
    """q log(q / posterior) = q log p(x) - q log(joint / q) is integrable."""
    signs = tuple(h for h in sheet.given if h.op in ("all", "lt") and h != other_rule)
    of_q = has_integral(assume(total(z, q_z)), order(lt(0, num(1))))
    whole = sum_integrable(free_integrable(of_q, log(p_x)), free_integrable(assume(finite), num(-1)))
    return convert(whole, integrable(z, q_z * log(q_z / posterior(z, x))), signs, (rule,))


reconstruction = expect(z, q_z, log(likelihood(x, z)))


@chapter.theorem("elbo.rec_kl", "Reconstruct well, and stay close to the prior", given=(
    (everywhere(z, likelihood(x, z)), ""), (everywhere(z, p_z), ""), (everywhere(z, q_z), ""), (product_rule, "the product rule"),
    (integrable(z, q_z * log(likelihood(x, z))), "the reconstruction term is finite"),
    (integrable(z, q_z * log(q_z / p_z)), "the divergence is finite")),
    sources=("Kingma and Welling 2014", "Luo 2022, equations (17) to (19)"),
    no_twin="the densities are unspecified; elbo.ddpm.decomposition is computed")  # fmt: skip
def rec_kl(sheet: Calculation) -> None:
    r"""The same bound, split by what can be computed: an encoded picture must be decodable, and the code must look like the
    prior. Long run: with a chain of latents the second term becomes one divergence per step."""
    body = log(likelihood(x, z)) - log(q_z / p_z)
    parts = split(expect(z, q_z, body))
    minus = convert(free_integrable(assume(sheet.given[5]), num(-1)), integrable(z, q_z * neg(log(q_z / p_z))), sheet.given[:3])
    sheet.settle(minus)
    sheet.start(elbo)
    sheet.to(expect(z, q_z, body), by=(assume(product_rule),), because="The joint density is likelihood times prior.")
    sheet.to(parts.conclusion.args[1], by=parts, because="Both averages are finite.")
    sheet.to(reconstruction - kl(z, q_z, p_z), because="The second average is a divergence.",
             asks="Why is the sign of the divergence negative?", answer="It is a price. A code that tells more than the prior expects costs nats.")  # fmt: skip
    sheet.qed()
