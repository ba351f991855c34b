"""The Kullback-Leibler divergence of two densities that nobody has specified."""

from __future__ import annotations

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
    zero,
)
from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, sum_integrable
from derivations.kernel.equality import (
    algebra,
    chain,
    combine,
    congruence,
    convert,
    log_bound,
    log_bound_equality,
    order,
    symmetric,
    unfolded,
)  # fmt: skip
from derivations.kernel.integrals import almost_everywhere, integral_ae, integral_below, split, zero_integral
from derivations.kernel.logic import assume, cases, cut, instantiate, specialize, table
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    Term,
    aeq,
    eq,
    expect,
    forall,
    integrable,
    integral,
    kl,
    le,
    log,
    lt,
    neg,
    num,
    sym,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.letters import carried
from derivations.language.notation import m, opaque, vector

x, y = vector("x"), vector("y", dim=m)
p, q = opaque("p", "p({0})")(x), opaque("q", "q({0})")(x)
divergence, ratio = kl(x, p, q), log(p / q)
excess = p * ratio - p + q
unit_p, unit_q, covered = total(x, p), total(x, q), covers(x, p, q)
finite = integrable(x, p * ratio)
two_densities = (
    (weak(x, p), ""), (weak(x, q), ""), (unit_p, "$p$ is a probability density"), (unit_q, "so is $q$"),
    (covered, r"$p$ puts no mass where $q$ has none, written $p\ll q$"), (finite, "the divergence is finite"),
)  # fmt: skip
bar = sym("L")  # stands for log(p/q), which means nothing where p is zero

chapter.prose(r"""
How wrong is it to believe in $q$ when the truth is $p$? Each observation $x$ costs $\log p(x)-\log q(x)$ nats too many, and the
divergence is the average cost under the truth. Everything about it follows from one inequality, that of a concave function and
its tangent: $\log u\le u-1$, with equality at $u=1$ only.
""")


def tangent() -> Theorem:
    """0 <= p log(p/q) - p + q at every x."""
    at_zero = instantiate(order(le(0, p * bar - p + q), (le(0, q),), (zero(p),)), table({bar: ratio}))
    at_zero = cut(at_zero, specialize(assume(weak(x, q)), x))
    positive = combine(le(0, excess), (log_bound(q / p),), (p,), (lt(0, p), lt(0, q)))
    return by_support(x, p, (q,), at_zero, cut(positive, order(lt(0, q / p), (lt(0, p), lt(0, q)))))


def integrable_parts() -> list[Theorem]:
    """0, -p, q and p log(p/q) - p + q are integrable."""
    of_p, of_q = of_mass_one(unit_p), of_mass_one(unit_q)
    nothing = convert(free_integrable(of_p, num(0)), integrable(x, num(0)))
    minus_p = convert(free_integrable(of_p, num(-1)), integrable(x, neg(p)))
    return [nothing, minus_p, of_q, sum_integrable(assume(finite), minus_p, of_q)]


@chapter.theorem("kl.nonneg", "The divergence is never negative, and zero only for equal densities", given=two_densities)
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
    _, *rest = line.args
    place = sym("D")
    whole = congruence(sum((t for t in rest), place), place, symmetric(unfolded(divergence)))
    units = algebra(sum((t for t in rest), place), place, (), (assume(unit_p), assume(unit_q)))
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
    sheet.fact(almost_everywhere(vanishing, _touching()), "only_if", r"The tangent touches the logarithm at $u=1$ only, so $q/p=1$.")


def _touching() -> Theorem:
    """p log(p/q) - p + q = 0 gives p = q."""
    level = assume(eq(p * bar - p + q, 0))
    at_zero = instantiate(combine(eq(p, q), (level, zero(p)), (num(-1), bar)), table({bar: ratio}))
    given = (lt(0, p), lt(0, q))
    tight = combine(eq(log(q / p), q / p - 1), (assume(eq(excess, 0)),), (-1 / p,), given)
    one = cut(cut(log_bound_equality(q / p), tight), order(lt(0, q / p), given))
    return by_support(x, p, (q,), at_zero, combine(eq(p, q), (one,), (-p,), given))


def _if(sheet: Calculation) -> None:
    """p = q for almost every x gives D = 0."""
    agree = aeq(x, p, q)
    sheet.given = (weak(x, p), agree)
    at_zero = carried(p * ratio, num(0), (), (zero(p),))
    positive = algebra(p * ratio, num(0), (lt(0, p),), (symmetric(assume(eq(p, q))),))
    pointwise = cut(cases(at_zero, positive, num(0), p), specialize(assume(weak(x, p)), x))
    sheet.start(divergence)
    sheet.to(integral(x, p * ratio), by=unfolded(divergence))
    sheet.to(integral(x, num(0)), by=integral_ae(almost_everywhere(assume(agree), pointwise), x),
             because="Where the densities agree, the ratio is one and its logarithm zero.")  # fmt: skip
    sheet.to(0)
    sheet.qed("if")


cross, entropy = neg(expect(x, p, log(q))), neg(expect(x, p, log(p)))
finite_entropy, finite_cross = integrable(x, p * log(p)), integrable(x, p * log(q))


@chapter.theorem("kl.cross_entropy", "Divergence is cross-entropy minus entropy", given=(
    (weak(x, p), ""), (weak(x, q), ""), (covered, r"$p\ll q$"), (finite_entropy, "the entropy is finite"), (finite_cross, "so is the cross-entropy")))  # fmt: skip
def cross_entropy(sheet: Calculation) -> None:
    r"""The cross-entropy $H(p,q)=-\mathbb{E}_p[\log q]$ is what coding with the wrong density costs, the entropy $H(p)=H(p,p)$ what it must
    cost. Long run: where the truth is fixed, minimising the divergence and minimising the cross-entropy are one thing."""
    body = log(p) - log(q)
    quotient = averages_equal(x, p, (q,), algebra(ratio, body, (lt(0, p), lt(0, q))))
    parts = split(expect(x, p, body))
    minus = free_integrable(assume(finite_cross), num(-1))
    sheet.settle(as_integrand(minus, p * neg(log(q))))
    sheet.start(divergence)
    sheet.to(expect(x, p, body), by=chain(symmetric(as_average(x, p, ratio, divergence)), quotient), because="The logarithm of a quotient.")
    sheet.to(parts.conclusion.args[1], by=parts, because="Both averages are finite.",
             asks="Why must they be?", answer=r"Otherwise the right side could be $\infty-\infty$ where the left is a number.")  # fmt: skip
    sheet.to(cross - entropy, by=carried(parts.conclusion.args[1], cross - entropy), because="$H(p,q)$ carries a minus sign; it is often lost in print.")
    sheet.qed()


p_y, q_y = opaque("p_y_given_x", r"p({0}\mid {1})")(y, x), opaque("q_y_given_x", r"q({0}\mid {1})")(y, x)
p_xy, q_xy = opaque("p_xy", "p({0},{1})")(x, y), opaque("q_xy", "q({0},{1})")(x, y)
ratio_y, inner_divergence = log(p_y / q_y), kl(y, p_y, q_y)


def at_all(formula: Term) -> Term:
    """The formula, for every x."""
    return forall(x, formula)


product_p, product_q = at_all(forall(y, eq(p_xy, p * p_y))), at_all(forall(y, eq(q_xy, q * q_y)))
unit_y, covered_y = at_all(total(y, p_y)), at_all(covers(y, p_y, q_y))
finite_y, finite_on_average = at_all(integrable(y, p_y * ratio_y)), integrable(x, p * inner_divergence)
body = p * p_y * ratio + p * p_y * ratio_y


@chapter.theorem("kl.chain", "The chain rule of the divergence", given=(
    (product_p, "the product rule"), (product_q, ""), (weak(x, p), ""), (weak(x, q), ""), (at_all(weak(y, p_y)), ""), (at_all(weak(y, q_y)), ""),
    (unit_y, "the conditional is a density"), (covered, r"$p\ll q$, for the first variables"), (covered_y, "and for the conditionals"),
    (finite_y, "the divergences are finite: of the conditionals,"), (finite, "of the first variables,"), (finite_on_average, "and of the conditionals on average")))  # fmt: skip
def chain_rule(sheet: Calculation) -> None:
    r"""The left side is the divergence of two joint densities, $D_{\mathrm{KL}}(p(\mathbf{x},\mathbf{y})\,\|\,q(\mathbf{x},\mathbf{y}))$. Short run: a surprise
    about a pair is a surprise about its first part, and then about the second. Long run: the divergence of two Markov chains is
    the sum of the divergences of their steps."""
    steps = p * ratio + p * inner_divergence
    start = integral(x, integral(y, p_xy * log(p_xy / q_xy)))
    sheet.start(start)
    pointwise = _two_ratios()
    row = under(start.args[2], pointwise)
    sheet.to(integral(x, integral(y, body)), by=under(start, row), because="The product rule, and the logarithm of a product.")
    sheet.to(integral(x, steps), by=under(integral(x, integral(y, body)), _inner(steps)),
             because="Integrate over the second variable first: the conditional is a density.")  # fmt: skip
    outer = split(integral(x, steps))
    sheet.to(outer.conclusion.args[1], by=outer, because="Both averages are finite.")
    sheet.to(divergence + expect(x, p, inner_divergence), by=[symmetric(unfolded(divergence)), symmetric(unfolded(expect(x, p, inner_divergence)))],
             asks="What does the last term say?", answer="How far apart the conditionals are, on average over first variables drawn from the truth.")  # fmt: skip
    sheet.qed()


def _two_ratios() -> Theorem:
    """p(x, y) log(p(x, y)/q(x, y)) = the two terms of the body, at every x and y."""
    u, v = sym("u"), sym("v")
    rules = [specialize(specialize(assume(rule), x), y) for rule in (product_p, product_q)]
    named = [congruence(u * log(u / q_xy), u, rules[0]), congruence(substitute(u * log(u / v), {u: p * p_y}), v, rules[1])]
    factored = named[1].conclusion.args[1]
    positive = algebra(factored, body, tuple(lt(0, f) for f in (p, q, p_y, q_y)))
    of_y = by_support(y, p_y, (q_y,), carried(factored, body, (), (zero(p_y),)), positive)
    for h in (weak(y, p_y), weak(y, q_y), covers(y, p_y, q_y)):
        of_y = cut(of_y, specialize(assume(at_all(h)), x))
    return chain(*named, by_support(x, p, (q,), carried(factored, body, (), (zero(p),)), of_y))


def _inner(steps: Term) -> Theorem:
    """The integral of the body over y, at one x."""
    unit = specialize(assume(unit_y), x)
    parts = split(integral(y, body))
    made = (free_integrable(of_mass_one(unit.conclusion), p * ratio), free_integrable(specialize(assume(finite_y), x), p))
    for t, term in zip(made, body.args, strict=True):
        parts = cut(parts, as_integrand(t, term))
    parts = cut(parts, unit)
    named = unfolded(inner_divergence)
    factored = carried(parts.conclusion.args[1], p * ratio + p * named.conclusion.args[1], (), (unit,))
    place = sym("D")
    return chain(parts, factored, congruence(p * ratio + p * place, place, symmetric(named)))
