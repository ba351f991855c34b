"""The Kullback-Leibler divergence of two densities that nobody has specified."""

from __future__ import annotations

from derivations.chapters.latent.about import chapter
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, sum_integrable
from derivations.kernel.equality import (
    algebra, chain, combine, congruence, convert, log_bound, log_bound_equality, order, symmetric, unfolded,
)  # fmt: skip
from derivations.kernel.integrals import almost_everywhere, has_integral, integral_ae, integral_below, split, zero_integral
from derivations.kernel.logic import assume, cases, cut, instantiate, specialize, table
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Term, aeq, eq, expect, forall, integrable, integral, kl, le, log, lt, neg, num, sym,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.notation import m, opaque, vector

x, y = vector("x"), vector("y", dim=m)
density_p, density_q = opaque("p", "p({0})"), opaque("q", "q({0})")
p, q = density_p(x), density_q(x)
divergence = kl(x, p, q)
ratio = log(p / q)


def total(variable: Term, density: Term) -> Term:
    """The formula: the density integrates to one."""
    return eq(integral(variable, density), 1)


def everywhere(variable: Term, density: Term) -> Term:
    """The formula: the density is positive everywhere."""
    return forall(variable, lt(0, density))


weak = forall(x, le(0, p)), forall(x, le(0, q))
covered = forall(x, eq(p, 0), eq(q, 0))
two_densities = (
    (weak[0], ""), (weak[1], ""),
    (total(x, p), "$p$ is a probability density"), (total(x, q), "so is $q$"),
    (covered, r"$p$ puts no mass where $q$ has none, written $p\ll q$"),
    (integrable(x, p * ratio), "the divergence is finite"),
)  # fmt: skip
bar = sym("L")  # stands for log(p/q), which means nothing where p is zero
excess = p * ratio - p + q

chapter.prose(r"""
How wrong is it to believe in $q$ when the truth is $p$? Each observation $x$ costs $\log p(x)-\log q(x)$ nats too many, and the
divergence is the average cost under the truth. Everything about it follows from one inequality, that of a concave function and
its tangent: $\log u\le u-1$, with equality at $u=1$ only.
""")


def covered_cases(at_zero: Theorem, positive: Theorem) -> Theorem:
    """A statement about p(x) and q(x), from the case p = 0 and the case p, q > 0, because p vanishes where q does."""
    q_positive = cases(at_zero, positive, num(0), p)
    vanishes = cut(specialize(assume(covered), x), symmetric(assume(eq(0, q))))
    q_zero = cut(at_zero, symmetric(vanishes))
    whole = cases(q_zero, q_positive, num(0), q)
    for h in weak:
        whole = cut(whole, specialize(assume(h), x))
    return whole


def tangent() -> Theorem:
    """0 <= p log(p/q) - p + q at every x."""
    zero = symmetric(assume(eq(0, p)))
    at_zero = instantiate(order(le(0, p * bar - p + q), (le(0, q),), (zero,)), table({bar: ratio}))
    positive = combine(le(0, excess), (log_bound(q / p),), (p,), (lt(0, p), lt(0, q)))
    at_zero = cut(at_zero, specialize(assume(weak[1]), x))
    return covered_cases(at_zero, cut(positive, order(lt(0, q / p), (lt(0, p), lt(0, q)))))


def integrable_parts() -> list[Theorem]:
    """0, p log(p/q), -p, q and p log(p/q) - p + q are integrable."""
    of_p, of_q = (has_integral(assume(total(x, f)), order(lt(0, num(1)))) for f in (p, q))
    nothing = convert(free_integrable(of_p, num(0)), integrable(x, num(0)))
    minus_p = convert(free_integrable(of_p, num(-1)), integrable(x, neg(p)))
    return [nothing, minus_p, of_q, sum_integrable(assume(integrable(x, p * ratio)), minus_p, of_q)]


@chapter.theorem("kl.nonneg", "The divergence is never negative, and zero only for equal densities", given=two_densities,
                 no_twin="the densities are unspecified; its instance gauss.kl has a twin")  # fmt: skip
def nonneg(sheet: Calculation) -> None:
    r"""Short run: every divergence that we throw away makes a bound, and every one that we minimise has its minimum where the two
    densities agree. Long run: this is the inequality in *evidence lower bound*."""
    bound = tangent()
    sheet.fact(bound, "tangent", r"Where $p>0$, this is $\log u\le u-1$ at $u=q/p$, times $p$. Where $p=0$, it says $0\le q$.", lemma=True)
    sheet.settle(*integrable_parts())
    parts = split(integral(x, excess))
    sheet.start(num(0)).to(integral(x, num(0)))
    sheet.to(integral(x, excess), by=integral_below(bound, x), because="Integrate the inequality.",
             asks="Where does the inequality come from?", answer=r"From the tangent of the logarithm at $1$, in the form $\log u\le u-1$ with $u=q/p$.")  # fmt: skip
    sheet.to(parts.conclusion.args[1], by=parts, because="All three parts are integrable.")
    sheet.to(divergence, by=_totals(parts.conclusion.args[1]), because="Both densities integrate to one, and the first part is the divergence.")
    sheet.qed("nonneg")
    _only_if(sheet, bound)
    _if(sheet)


def _totals(line: Term) -> Theorem:
    """int p log(p/q) - int p + int q = D(p || q)."""
    first, *rest = line.args
    named = symmetric(unfolded(divergence))
    place = sym("D")
    whole = congruence(sum((t for t in rest), place), place, named)
    units = algebra(sum((t for t in rest), place), place, (), (assume(total(x, p)), assume(total(x, q))))
    return chain(whole, instantiate(units, table({place: divergence})))


def _only_if(sheet: Calculation, bound: Theorem) -> None:
    """D = 0 leaves p = q for almost every x."""
    none = eq(divergence, 0)
    sheet.given = (*sheet.given, none)
    parts = split(integral(x, excess))
    sheet.start(integral(x, excess)).to(parts.conclusion.args[1], by=parts)
    sheet.to(divergence, by=_totals(parts.conclusion.args[1])).to(0, by=[assume(none)], because="Suppose that the divergence is zero.")
    nothing = sheet.qed("no_excess", lemma=True)
    vanishing = zero_integral(bound, nothing)
    sheet.fact(vanishing, "touching", "A function that is not negative and has integral zero is zero almost everywhere.", lemma=True)
    sheet.fact(almost_everywhere(vanishing, touching()), "only_if", r"The tangent touches the logarithm at $u=1$ only, so $q/p=1$.")


def touching() -> Theorem:
    """p log(p/q) - p + q = 0 gives p = q."""
    level = assume(eq(p * bar - p + q, 0))
    at_zero = combine(eq(p, q), (level, symmetric(assume(eq(0, p)))), (num(-1), bar))
    at_zero = instantiate(at_zero, table({bar: ratio}))
    given = (lt(0, p), lt(0, q))
    tight = combine(eq(log(q / p), q / p - 1), (assume(eq(excess, 0)),), (-1 / p,), given)
    one = cut(cut(log_bound_equality(q / p), tight), order(lt(0, q / p), given))
    positive = combine(eq(p, q), (one,), (-p,), given)
    return covered_cases(at_zero, positive)


def _if(sheet: Calculation) -> None:
    """p = q for almost every x gives D = 0."""
    agree = aeq(x, p, q)
    sheet.given = (weak[0], agree)
    zero = symmetric(assume(eq(0, p)))
    at_zero = instantiate(algebra(p * bar, num(0), (), (zero,)), table({bar: ratio}))
    positive = algebra(p * ratio, num(0), (lt(0, p),), (symmetric(assume(eq(p, q))),))
    pointwise = cut(cases(at_zero, positive, num(0), p), specialize(assume(weak[0]), x))
    sheet.start(divergence)
    sheet.to(integral(x, p * ratio), by=unfolded(divergence))
    sheet.to(integral(x, num(0)), by=integral_ae(almost_everywhere(assume(agree), pointwise), x),
             because="Where the densities agree, the ratio is one and its logarithm zero.")  # fmt: skip
    sheet.to(0)
    sheet.qed("if")


cross, entropy = neg(expect(x, p, log(q))), neg(expect(x, p, log(p)))


@chapter.theorem("kl.cross_entropy", "Divergence is cross-entropy minus entropy", given=(
    (forall(x, lt(0, p)), ""), (forall(x, lt(0, q)), ""),
    (integrable(x, p * log(p)), "the entropy is finite"), (integrable(x, p * log(q)), "the cross-entropy is finite")),
    no_twin="the densities are unspecified; its instance gauss.kl has a twin")  # fmt: skip
def cross_entropy(sheet: Calculation) -> None:
    r"""The cross-entropy $H(p,q)=-\mathbb{E}_p[\log q]$ is what coding with the wrong density costs, the entropy $H(p)=H(p,p)$ what it must
    cost. Long run: where the truth is fixed, minimising the divergence and minimising the cross-entropy are one thing."""
    body = log(p) - log(q)
    parts = split(expect(x, p, body))
    signs = sheet.given[:2]
    sheet.settle(convert(free_integrable(assume(sheet.given[3]), num(-1)), integrable(x, p * neg(log(q))), signs))
    sheet.start(divergence)
    sheet.to(expect(x, p, body), because="The logarithm of a quotient.")
    sheet.to(parts.conclusion.args[1], by=parts, because="Both averages are finite.",
             asks="Why must they be?", answer=r"Otherwise the right side could be $\infty-\infty$ where the left is a number.")  # fmt: skip
    sheet.to(cross - entropy, because="$H(p,q)$ carries a minus sign; it is often lost in print.")
    sheet.qed()


p_y, q_y = opaque("p_y_given_x", r"p({0}\mid {1})")(y, x), opaque("q_y_given_x", r"q({0}\mid {1})")(y, x)
p_xy, q_xy = opaque("p_xy", "p({0},{1})")(x, y), opaque("q_xy", "q({0},{1})")(x, y)
inner_divergence = kl(y, p_y, q_y)


def at_all(formula: Term) -> Term:
    """The formula, for every x and y."""
    return forall(x, forall(y, formula))


@chapter.theorem("kl.chain", "The chain rule of the divergence", given=(
    (at_all(eq(p_xy, p * p_y)), "the product rule"), (at_all(eq(q_xy, q * q_y)), ""),
    (forall(x, lt(0, p)), ""), (forall(x, lt(0, q)), ""), (at_all(lt(0, p_y)), ""), (at_all(lt(0, q_y)), ""),
    (forall(x, total(y, p_y)), "the conditional is a density"),
    (forall(x, integrable(y, p_y * log(p_y / q_y))), "the divergences are finite: of the conditionals, for every first variable,"),
    (integrable(x, p * ratio), "of the first variables,"), (integrable(x, p * inner_divergence), "and of the conditionals on average")),
    no_twin="the densities are unspecified; its instance in elbo.ddpm.decomposition is computed")  # fmt: skip
def chain_rule(sheet: Calculation) -> None:
    r"""The left side is the divergence of two joint densities, $D_{\mathrm{KL}}(p(\mathbf{x},\mathbf{y})\,\|\,q(\mathbf{x},\mathbf{y}))$. Short run: a surprise
    about a pair is a surprise about its first part, and then about the second. Long run: the divergence of two Markov chains is
    the sum of the divergences of their steps."""
    body = p * p_y * ratio + p * p_y * log(p_y / q_y)
    steps = (p * ratio, p * inner_divergence)
    sheet.start(integral(x, integral(y, p_xy * log(p_xy / q_xy))))
    sheet.to(integral(x, integral(y, body)), by=(assume(sheet.given[0]), assume(sheet.given[1])), because="The product rule, and the logarithm of a product.")
    sheet.to(integral(x, steps[0] + steps[1]), by=under(integral(x, integral(y, body)), _inner(sheet, body, steps)),
             because="Integrate over the second variable first: the conditional is a density.")  # fmt: skip
    outer = split(integral(x, steps[0] + steps[1]))
    sheet.to(outer.conclusion.args[1], by=outer, because="Both averages are finite.")
    sheet.to(divergence + expect(x, p, inner_divergence),
             asks="What does the last term say?", answer="How far apart the conditionals are, on average over first variables drawn from the truth.")  # fmt: skip
    sheet.qed()


def _inner(sheet: Calculation, body: Term, steps: tuple[Term, Term]) -> Theorem:
    """The integral over y, at one x."""
    signs = sheet.given[2:6]
    unit = specialize(assume(sheet.given[6]), x)
    of_p = has_integral(unit, order(lt(0, num(1))))
    parts = split(integral(y, body))
    made = (free_integrable(of_p, p * ratio), free_integrable(specialize(assume(sheet.given[7]), x), p))
    for h, t in zip(parts.hypotheses, made, strict=True):
        parts = cut(parts, convert(t, h, signs))
    return chain(parts, algebra(parts.conclusion.args[1], steps[0] + steps[1], signs, (unit,)))
