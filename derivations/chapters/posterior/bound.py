"""The variational bound of DDPM, for every number of steps and every model of the reverse steps."""

from __future__ import annotations

from derivations.chapters.forward import leap, q_from, q_step
from derivations.chapters.posterior.about import chapter
from derivations.kernel import Theorem
from derivations.kernel.equality import algebra, chain
from derivations.kernel.integrals import split, split_sum, tower
from derivations.kernel.logic import assume, cut, specialize
from derivations.kernel.substitution import substitute
from derivations.kernel.sums import log_product, telescope, under
from derivations.kernel.terms import (
    MEASURE,
    REAL,
    Term,
    app,
    conditional_density,
    conj,
    div,
    eq,
    forall,
    integrable,
    integral,
    kl,
    le,
    log,
    lt,
    num,
    prod_,
    sum_,
    sym,
)  # fmt: skip
from derivations.language.calculation import Calculation
from derivations.language.latex import declare_function, declare_timed
from derivations.language.notation import Opaque, T, opaque, t, x, x_0, x_prev, x_t, y

w = sym("omega")
declare_function("path", "q")
Q = app("path", sort=MEASURE)  # the law of the whole noisy path, given the data
along = opaque("x_at", r"\mathbf{{x}}_{{{0}}}", x.sort)
declare_timed("q_posterior", r"q({1}\mid {2},{3})", r"q_{{{before}\mid {0}}}({1}\mid {2},{3})")
declare_timed("p_theta", r"p_\theta({1}\mid {2})", r"p_{{\theta,{0}}}({1}\mid {2})")
posterior, model = Opaque("q_posterior", REAL), Opaque("p_theta", REAL)
prior = opaque("p_prior", r"p({0})")
decoder = opaque("p_decoder", r"p_\theta({0}\mid {1})")
full, marginal_pair = opaque("q_triple", r"q({0},{1},{2})"), opaque("q_pair", r"q({0},{1})")
data_density = opaque("q_data", r"q({0})")

chapter.prose(r"""
The bound compares two ways of writing the law of a whole path. The chain writes it forwards, the model backwards. Turned around with
the data known, the chain also runs backwards, and the two can be compared step by step.
""")


@chapter.theorem(
    "elbo.ddpm.markov_trick", "Conditioning a forward step on the data changes nothing", sources=("LUO22, equations (47) to (50)",),
    given=((forall(x, eq(full(x_0, x_prev, x), data_density(x_0) * q_from(t - 1, x_prev, x_0) * q_step(t, x, x_prev))), "the chain is Markov"),
           (eq(marginal_pair(x_0, x_prev), integral(x, full(x_0, x_prev, x))), "a marginal is an integral"),
           (eq(integral(x, q_step(t, x, x_prev)), num(1)), "the step is a density"),
           lt(0, data_density(x_0)), lt(0, q_from(t - 1, x_prev, x_0))),
)  # fmt: skip
def markov_trick(sheet: Calculation) -> None:
    r"""The step $q(x_t\mid x_{t-1})$ is already the conditional density given $x_{t-1}$ and $x_0$. This lets Bayes' rule be applied
    with the data known."""
    joint, pair, mass = (assume(g) for g in sheet.given[:3])
    sheet.start(full(x_0, x_prev, x_t) / marginal_pair(x_0, x_prev))
    expanded = data_density(x_0) * q_from(t - 1, x_prev, x_0) * q_step(t, x_t, x_prev)
    below = integral(x, data_density(x_0) * q_from(t - 1, x_prev, x_0) * q_step(t, x, x_prev))
    sheet.to(full(x_0, x_prev, x_t) / integral(x, full(x_0, x_prev, x)), by=[pair], because="This is the conditional density, by definition.")
    inside = under(integral(x, full(x_0, x_prev, x)), specialize(joint, x))
    sheet.to(expanded / below, by=[specialize(joint, x_t), inside], because="Put in the Markov factorization, above and below.")
    sheet.to(q_step(t, x_t, x_prev), by=(mass,), because=r"The factors free of $x_t$ cancel, and the step integrates to one.",
             asks="What if the chain had a memory?", answer="Then the last factor would still contain the data, and would not cancel.")  # fmt: skip
    sheet.qed()


def ratio(at: Term) -> Term:
    """log q(x_{t-1} | x_t, x_0) / p_theta(x_{t-1} | x_t) along the path."""
    return log(div(posterior(at, along(at - 1, w), along(at, w), x_0), model(at, along(at - 1, w), along(at, w))))


in_range = conj(le(2, t), le(t, T))


def positive(density: Term, *states: Term, first: int = 2) -> Term:
    """For every t >= first and all states, 0 < density."""
    body = lt(0, density)
    for state in reversed(states):
        body = forall(state, body)
    return forall(t, body, le(first, t)) if t in density.free else body


marginal_positive = positive(q_from(t, x, x_0), x, first=1)


@chapter.theorem(
    "elbo.ddpm.telescoping", "The ratios of marginals telescope", sources=("DDPM, appendix A",),
    given=(le(1, T), (marginal_positive, "the marginals are positive")),
)  # fmt: skip
def telescoping(sheet: Calculation) -> None:
    r"""Turning every step around leaves a ratio of neighbouring marginals at each step. In the sum of their logarithms everything
    cancels but the two ends."""
    def marginal(at: Term) -> Term:
        return q_from(at, along(at, w), x_0)

    total = sum_(t, 2, T, log(marginal(t) / marginal(t - 1)))
    difference = log(marginal(t)) - log(marginal(t - 1))
    pointwise = algebra(log(marginal(t) / marginal(t - 1)), difference, (*sheet.given, le(2, t), le(t, T)))
    sheet.start(total)
    sheet.to(sum_(t, 2, T, difference), by=under(total, pointwise), because="The logarithm of a quotient is a difference, both being positive.")
    sheet.to(log(marginal(T)) - log(marginal(num(1))), by=telescope(t, num(2), T, log(marginal(t))), because="Neighbours cancel.",
             asks=r"What if $T=1$?", answer="Then the sum is empty, and both sides are zero.")  # fmt: skip
    sheet.to(log(marginal(T) / marginal(num(1))))
    sheet.qed()


def along_path(density: Term) -> Term:
    """A density of x (the state at t) and y (the state before) as a function of the path."""
    return substitute(density, {x: along(t, w), y: along(t - 1, w)})


step_, post_, model_ = q_step(t, x, y), posterior(t, y, x, x_0), model(t, y, x)
bayes = forall(t, forall(x, forall(y, eq(step_, post_ * q_from(t, x, x_0) / q_from(t - 1, y, x_0)))), le(2, t))
first_marginal = forall(x, eq(q_from(1, x, x_0), q_step(1, x, x_0)))
last, first = along(T, w), along(num(1), w)
prior_ratio = log(q_from(T, last, x_0) / prior(last))
chain_density = q_step(1, first, x_0) * prod_(t, 2, T, along_path(step_))
model_density = prior(last) * decoder(x_0, first) * prod_(t, 2, T, along_path(model_))
laws = (
    (conditional_density(w, Q, last, y, q_from(T, y, x_0)), r"under the chain, $x_T$ has the density $q(x_T\mid x_0)$"),
    (forall(t, conditional_density(w, Q, along(t - 1, w), y, posterior(t, y, along(t, w), x_0)), in_range),
     r"and $x_{t-1}$ given $x_t$ has the density $q(x_{t-1}\mid x_t,x_0)$"),
    (eq(integral(w, num(1), Q), num(1)), "the law of the path is a probability"),
)  # fmt: skip
existence = (
    (integrable(w, prior_ratio, Q), "the expectations of the bound exist"),
    integrable(w, sum_(t, 2, T, ratio(t)), Q), forall(t, integrable(w, ratio(t), Q), in_range), integrable(w, -log(decoder(x_0, first)), Q),
)  # fmt: skip
everywhere_positive = (
    (marginal_positive, "all densities are positive"), positive(step_, x, y, first=1), positive(post_, x, y), positive(model_, x, y),
    positive(prior(x), x), positive(decoder(x_0, x), x),
)  # fmt: skip


@chapter.theorem(
    "elbo.ddpm.decomposition", "The bound is a sum of divergences, one for each step", sources=("DDPM, equation (5)", "LUO22, equation (58)"),
    given=(le(1, T), (bayes, r"the reverse step is defined by Bayes' rule (forward.bayes_flip)"), first_marginal, *laws, *existence, *everywhere_positive),
    witness={q_from(t, x, y): leap, posterior(t, y, x, x_0): q_step(t, x, y) * q_from(t - 1, y, x_0) / q_from(t, x, x_0)},
)  # fmt: skip
def decomposition(sheet: Calculation) -> None:
    r"""The negative bound is the expected log-ratio of the chain's path law to the model's. It is a sum: how far the end is from the prior,
    how far each reverse step of the model is from the posterior, and how badly the last step reconstructs. Short run: each part can be
    computed. Long run: training may pick one step at random."""
    body = log(chain_density / model_density)
    terms = prior_ratio + sum_(t, 2, T, ratio(t)) + -log(decoder(x_0, first))
    pointwise = _pointwise(sheet, body, terms)
    start = integral(w, body, Q)
    sheet.start(start)
    sheet.to(integral(w, terms, Q), by=under(start, pointwise), because="Path by path, the log-ratio is a sum, as shown above.")
    parts = split(integral(w, terms, Q))
    sheet.to(parts.conclusion.args[1], by=parts, because="The expectation of a sum is the sum of expectations, when they exist.")
    end = kl(y, q_from(T, y, x_0), prior(y))
    by_end = tower(Q, w, y, last, q_from(T, y, x_0), prior_ratio)
    by_sum = split_sum(integral(w, sum_(t, 2, T, ratio(t)), Q))
    middle = by_sum.conclusion.args[1]
    step_kl = kl(y, posterior(t, y, along(t, w), x_0), model(t, y, along(t, w)))
    by_steps = under(middle, _one_step(sheet.given, step_kl))
    mass = assume(eq(integral(w, num(1), Q), num(1)))
    rest = integral(w, -log(decoder(x_0, first)), Q)
    sheet.to(by_end.conclusion.args[1] + middle + rest, by=[by_end, by_sum], because="The tower property at the last state; and a finite sum leaves the expectation.")
    sheet.to(by_end.conclusion.args[1] + sum_(t, 2, T, integral(w, step_kl, Q)) + rest, by=[by_steps],
             because=r"The tower property at each step: average over $x_{t-1}$ first, $x_t$ held fixed. The inner average is a divergence.",
             asks="Why is the outer expectation still there?", answer=r"The divergence depends on $x_t$, which is random.")  # fmt: skip
    sheet.to(end + sum_(t, 2, T, integral(w, step_kl, Q)) - integral(w, log(decoder(x_0, first)), Q), by=(mass,),
             because="The first divergence does not depend on the path, and the law of the path has mass one.")  # fmt: skip
    sheet.qed()


def _one_step(given: tuple[Term, ...], step_kl: Term) -> Theorem:
    """2 <= t <= T |- E_Q ratio(t) = E_Q KL(t)."""
    law = specialize(assume(laws[1][0]), t)
    exists = specialize(assume(forall(t, integrable(w, ratio(t), Q), in_range)), t)
    by = tower(Q, w, y, along(t - 1, w), posterior(t, y, along(t, w), x_0), ratio(t))
    by = cut(cut(by, law), exists)
    return chain(by, algebra(by.conclusion.args[1], integral(w, step_kl, Q), (*given, le(2, t), le(t, T))))


def _pointwise(sheet: Calculation, body: Term, terms: Term) -> Theorem:
    """log(chain / model) as a sum, along any path."""
    given = sheet.given
    chain_product, model_product = prod_(t, 2, T, along_path(step_)), prod_(t, 2, T, along_path(model_))
    marginals = along_path(q_from(t, x, x_0)) / along_path(q_from(t - 1, y, x_0))
    flip = specialize(specialize(specialize(assume(bayes), t), along(t, w)), along(t - 1, w))
    logs = log_product(chain_product, given), log_product(model_product, given)
    log_steps = logs[0].conclusion.args[1]
    turned = algebra(log_steps.args[3], log(along_path(post_)) + log(marginals), (*given, le(2, t), le(t, T)), (flip,))
    ends = log(q_step(1, first, x_0)) - log(prior(last)) - log(decoder(x_0, first))
    sheet.start(body)
    sheet.to(ends + log(chain_product) - log(model_product), because="The logarithm of a product is a sum; every factor is positive.")
    sheet.to(ends + log_steps - logs[1].conclusion.args[1], by=[*logs])
    turned_sum = under(log_steps, turned)
    sheet.to(ends + turned_sum.conclusion.args[1] - logs[1].conclusion.args[1], by=[turned_sum], because="Turn each step around (Bayes' rule with the data known).")
    cancelled = sum_(t, 2, T, log(marginals))
    split_up = ends + sum_(t, 2, T, ratio(t)) + cancelled
    sheet.to(split_up, because="Pair each posterior with the model's step.")
    telescoped = telescoping.theorem
    sheet.to(ends + sum_(t, 2, T, ratio(t)) + telescoped.conclusion.args[1], by=[telescoped], because="The ratios of marginals telescope.")
    sheet.to(terms, by=(specialize(assume(first_marginal), first),), because="At the first step the marginal is the step itself.")
    return sheet.qed("along a path", lemma=True)
