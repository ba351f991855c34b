"""Averages: squared error, and Jensen's inequality."""

from __future__ import annotations

from derivations.kernel import Theorem
from derivations.kernel.decay import free_integrable, same_integrand, sum_integrable
from derivations.kernel.equality import algebra, chain, combine, congruence, convert, log_bound, order, symmetric
from derivations.kernel.integrals import (
    almost_everywhere,
    has_integral,
    inner_inside,
    inner_integrable,
    integral_ae,
    integral_below,
    split,
    zero_integral,
)
from derivations.kernel.logic import assume, cases, cut, specialize
from derivations.kernel.sums import under
from derivations.kernel.terms import (
    MEASURE,
    Vec,
    app,
    eq,
    forall,
    inner,
    integrable,
    integral,
    le,
    log,
    lt,
    neg,
    norm2,
    num,
    sym,
)
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.language.latex import declare_function
from derivations.language.notation import d, opaque, vector

chapter = Chapter(
    "probability",
    "What an average says",
    "Collect what holds for the average of anything random, whatever its law is.",
    "A loss is an average, and training moves it. Two facts about averages carry most of the book: how far a guess is from the best one, "
    "and on which side of an average a bent function lies.",
)

declare_function("any_law", r"\mathbb{{P}}")
any_law, y, a = app("any_law", sort=MEASURE), vector("y"), vector("a")
X = opaque("X_of", r"\mathbf{{X}}", Vec(d))(y)
mean = integral(y, X, any_law)
spread = integral(y, norm2(X - mean), any_law)


unit, has_mean, has_variance = eq(integral(y, 1, any_law), 1), integrable(y, X, any_law), integrable(y, norm2(X - mean), any_law)


@chapter.theorem("prob.bias_variance", "Squared error is squared bias plus variance", given=(
    (unit, r"$\mathbb{P}$ is a probability law"), (has_mean, r"$\mathbf{X}$ has a mean"), (has_variance, "and a variance")),
    no_twin="it holds for every law; dsm.equivalence, which uses it, has a twin")  # fmt: skip
def bias_variance(sheet: Calculation) -> None:
    r"""A guess $\mathbf{a}$ of something random errs by its distance from the mean, and by what nobody can know. The second part is
    $\operatorname{tr}\operatorname{Cov}\mathbf{X}$, and no guess changes it. Long run: regression finds the mean, in whatever it is hidden."""
    gap, one = 2 * (a - mean), has_integral(assume(unit), order(lt(0, num(1))))
    fixed = [convert(free_integrable(one, c), integrable(y, c, any_law)) for c in (norm2(a - mean), inner(gap, mean))]
    mixed = convert(free_integrable(inner_integrable(gap, assume(has_mean)), num(-1)), integrable(y, neg(inner(gap, X)), any_law))
    sheet.settle(*fixed, mixed)
    whole, body = integral(y, norm2(a - X), any_law), norm2(a - mean) + inner(gap, mean) - inner(gap, X) + norm2(X - mean)
    parts = split(integral(y, body, any_law))
    sheet.start(whole)
    sheet.to(integral(y, body, any_law), by=under(whole, algebra(norm2(a - X), body)), because="Expand the square around the mean.")
    sheet.to(parts.conclusion.args[1], by=parts, because="Each part is integrable.")
    sheet.to(norm2(a - mean) + inner(gap, mean) - integral(y, inner(gap, X), any_law) + spread, by=(assume(unit),), because="Constants are their own averages.")
    sheet.to(norm2(a - mean) + spread, by=[symmetric(inner_inside(gap, mean))], because="The mean of an inner product with a fixed vector is the inner product with the mean, so the middle terms cancel.")
    sheet.qed("split")
    parts_finite = sum_integrable(*fixed, mixed, assume(has_variance))
    sheet.fact(same_integrand(parts_finite, algebra(body, norm2(a - X))), "finite", "Each part of the expanded square is integrable.")


phi, slope, u = opaque("phi", r"\varphi({0})"), vector("c"), vector("u")
supported = forall(u, le(phi(mean) + inner(slope, u - mean), phi(u)))
has_phi = integrable(y, phi(X), any_law)
line = phi(mean) + inner(slope, X) - inner(slope, mean)
W = opaque("W_of", "W")(y)
average = integral(y, W, any_law)
positive, has_average, has_log = forall(y, lt(0, W)), integrable(y, W, any_law), integrable(y, log(W), any_law)


@chapter.theorem("prob.jensen", "A convex function of an average is at most the average of the function", given=(
    (unit, r"$\mathbb{P}$ is a probability law"), (has_mean, r"$\mathbf{X}$ has a mean"),
    (supported, r"$\varphi$ is convex: at the mean it has a plane that lies below it, with some slope $\mathbf{c}$"),
    (has_phi, r"$\varphi(\mathbf{X})$ has a mean")),
    witness={phi(u): norm2(u), slope: 2 * mean}, sources=("Jensen 1906",), no_twin="it holds for every convex function and every law; elbo.jensen, a case, has a twin")  # fmt: skip
def jensen(sheet: Calculation) -> None:
    r"""Where does a convex function of something random lie on average? Above its value at the mean. Long run: with the logarithm, which
    is bent the other way, this is the evidence lower bound."""
    one = has_integral(assume(unit), order(lt(0, num(1))))
    level, shift = (convert(free_integrable(one, c), integrable(y, c, any_law)) for c in (phi(mean), neg(inner(slope, mean))))
    sheet.settle(level, inner_integrable(slope, assume(has_mean)), shift)
    sheet.settle(sum_integrable(level, inner_integrable(slope, assume(has_mean)), shift))
    parts, below = split(integral(y, line, any_law)), specialize(assume(supported), X)
    below = chain(algebra(line, below.conclusion.args[0]), below)
    sheet.start(phi(mean)).to(parts.conclusion.args[1], by=(assume(unit), symmetric(inner_inside(slope, mean))), because="The plane through the mean, averaged: its linear part averages to zero.")
    sheet.to(integral(y, line, any_law), by=symmetric(parts), because="Each part is integrable.")
    sheet.to(integral(y, phi(X), any_law), by=integral_below(below, y, any_law), because="The plane lies below the function.",
             asks="Is differentiability needed?", answer="No. A convex function has such a plane at every point, corner or not.")  # fmt: skip
    sheet.qed("jensen")
    _logarithm(sheet)


def _logarithm(sheet: Calculation) -> None:
    """E[log W] <= log E[W], by the tangent of the logarithm at the mean."""
    sheet.given = (unit, positive, has_average, has_log)
    above = _average_is_positive(sheet)
    signs, sign = (positive, lt(0, average)), specialize(assume(positive), y)
    tangent = log(average) + W / average - 1
    bound = combine(le(log(W), tangent), (cut(log_bound(W / average), order(lt(0, W / average), signs)),), (num(1),), signs)
    one = has_integral(assume(unit), order(lt(0, num(1))))
    made = (free_integrable(one, log(average)), free_integrable(assume(has_average), 1 / average), free_integrable(one, num(-1)))
    terms = [convert(th, integrable(y, body, any_law), (lt(0, average),)) for th, body in zip(made, tangent.args, strict=True)]
    parts = split(integral(y, tangent, any_law))
    sheet.settle(above, sign, *terms, sum_integrable(*terms))
    sheet.start(integral(y, log(W), any_law))
    sheet.to(integral(y, tangent, any_law), by=cut(integral_below(bound, y, any_law), above), because=r"The logarithm lies below its tangent at the mean: $\log u\le u-1$.")
    sheet.to(parts.conclusion.args[1], by=parts)
    sheet.to(log(average), by=(assume(unit), above), because="The second and the third part cancel.")
    sheet.qed("logarithm")


def _average_is_positive(sheet: Calculation) -> Theorem:
    """0 < E[W] for a W that is positive everywhere: if the average were zero, then 1 = W/W = 0/W = 0 almost everywhere."""
    none, sign = assume(eq(average, 0)), assume(positive)
    nowhere = zero_integral(order(le(0, W), (positive,)), none)
    one = chain(algebra(num(1), W / W, (), (sign,)), congruence(sym("u") / W, sym("u"), assume(eq(W, 0))), algebra(num(0) / W, num(0), (), (sign,)))
    nothing = integral_ae(almost_everywhere(nowhere, one), y)
    absurd = chain(symmetric(assume(unit)), nothing, algebra(nothing.conclusion.args[1], num(0)))
    zero_below_one = cut(chain(order(lt(0, num(1))), absurd, symmetric(none)), symmetric(assume(eq(0, average))))
    weak = cut(chain(algebra(num(0), integral(y, num(0), any_law)), integral_below(order(le(0, W), (positive,)), y, any_law)), _nothing_integrable())
    inside = cut(cases(zero_below_one, assume(lt(0, average)), num(0), average), weak)
    return sheet.fact(inside, "positive", "The average of something positive is positive.", lemma=True)


def _nothing_integrable() -> Theorem:
    """0 is integrable against the law."""
    return convert(free_integrable(assume(has_average), num(0)), integrable(y, num(0), any_law))
