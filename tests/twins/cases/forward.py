"""Cases of the forward chain."""

from __future__ import annotations

from flint import fmpq

from derivations.kernel.terms import Term
from tests.twins.cases.common import (
    STEP,
    Addends,
    at,
    chain,
    draw_from,
    log_terms,
    mean_and_variance,
    schedule_of,
    signal,
    twin,
    unit,
)
from tests.twins.cases.quoting import stated
from tests.twins.points import definite, near, path, share, shares_table, vector
from tests.twins.reference import MINUS, Normal, scale


def meaning(id: str, label: str = "") -> tuple[tuple[Term, ...], Term]:
    """A theorem that says what a function is, as (parameters, term)."""
    call, value = stated(id, label).args
    return call.args[1:], value


def known_laws() -> dict[str, tuple[tuple[Term, ...], Term]]:
    """The marginals and the posterior, as their theorems give them."""
    previous, mean, _ = stated("posterior.mean", "density").args[1].args
    posterior = (*mean.args[1:], previous), stated("posterior.mean", "density").args[1]
    return {"q_from": meaning("forward.marginal"), "posterior": posterior}


@twin("forward.step", x_prev=vector, beta_t=share)
def step(bench, x_prev, beta_t):
    density = stated("forward.step").args[1]
    return mean_and_variance(at(density, functions={"beta": lambda s: beta_t}, t=1, y=x_prev, d=len(x_prev)), density)


@twin("forward.step", "sample", x_prev=vector, beta_t=share, eps=vector)
def take_step(bench, x_prev, beta_t, eps):
    density = stated("forward.step").args[1]
    return [draw_from(at(density, functions={"beta": lambda s: beta_t}, t=1, y=x_prev, d=len(x_prev)), density, eps)]


@twin("forward.two_step", x_prev_2=vector, eps=vector, alpha_t=share, alpha_prev=share,
      symmetric=(("alpha_t", "alpha_prev"),))  # fmt: skip
def two_steps(bench, x_prev_2, eps, alpha_t, alpha_prev):
    theorem, n = stated("forward.two_step"), len(eps)
    given = {"x_t-2": x_prev_2, "x_t": [fmpq(k, 3) for k in range(n)], "t": 2, "d": n}
    ev = at(theorem, functions=schedule_of([alpha_prev, alpha_t]), **given)
    bench.right(ev, theorem)
    return [draw_from(ev, theorem.args[1], eps)]


@twin("forward.marginal", x_0=vector, alpha_bar_t=share)
def marginal(bench, x_0, alpha_bar_t):
    density = stated("forward.marginal").args[1]
    return mean_and_variance(at(density, functions=signal(alpha_bar_t), t=1, x_0=x_0, d=len(x_0)), density)


@twin("forward.marginal", "sample", x_0=vector, eps=vector, alpha_bar_t=share)
def noise(bench, x_0, eps, alpha_bar_t):
    density = stated("forward.marginal").args[1]
    return [draw_from(at(density, functions=signal(alpha_bar_t), t=1, x_0=x_0, d=len(x_0)), density, eps)]


@twin("forward.telescoping_variance", alpha=shares_table, sizes={"T": (1, 4, 9)})
def accumulated_variance(bench, alpha):
    theorem = stated("forward.telescoping_variance")
    return [bench.right(at(theorem, functions=schedule_of(alpha), t=len(alpha)), theorem)]


@twin("forward.variance_preserving", cov_0=definite(), alpha_bar_t=share)
def covariance(bench, cov_0, alpha_bar_t):
    theorem, n = stated("forward.variance_preserving", "covariance"), len(cov_0)
    measures = {theorem.args[0].args[1]: Normal([fmpq(k, 2) for k in range(n)], cov_0)}
    entries = []
    for i in range(n):
        given = {"u": unit(n, i), "t": 1, "d": n, "C": cov_0, "m_0": [fmpq(k, 2) for k in range(n)], "measures": measures}
        rows = [at(theorem, functions=signal(alpha_bar_t), **given, b=unit(n, j)) for j in range(n)]
        entries.append([bench.right(ev, theorem) if i == j == 0 else ev(theorem.args[1]) for j, ev in enumerate(rows)])
    return [entries]


@twin("forward.prior_kl", x_0=vector, alpha_bar_T=share)
def prior_kl(bench, x_0, alpha_bar_T):
    theorem = stated("forward.prior_kl")
    return [bench.right(at(theorem, functions=signal(alpha_bar_T), T=1, x_0=x_0, d=len(x_0)), theorem)]


ENDS = {"x_t": vector, "x_prev": near(vector, "x_t"), "x_0": vector}


@twin("forward.bayes_flip", **ENDS, **STEP)
def log_step_by_bayes(bench, x_t, x_prev, x_0, alpha_t, alpha_bar_prev, t):
    theorem, laws = stated("forward.bayes_flip"), known_laws()
    (_, at_x_t, at_x_0, at_prev), posterior = laws["posterior"]
    functions = {**chain(t, alpha_t, alpha_bar_prev), "q_from": laws["q_from"],
                 "q_given_both": ((at_prev, at_x_t, at_x_0), posterior)}  # fmt: skip
    ev = at(theorem, functions=functions, t=int(t), x_t=x_t, x_prev=x_prev, x_0=x_0, d=len(x_t))
    bench.right(ev, theorem)
    (backward, now), before = theorem.args[1].args[0].args, theorem.args[1].args[1]
    minus = Addends(scale(MINUS, list(log_terms(ev, before))))
    return [Addends([*log_terms(ev, backward), *log_terms(ev, now), *minus])]


@twin("elbo.ddpm.markov_trick", **ENDS, **STEP)
def log_step_given_x_0(bench, x_t, x_prev, x_0, alpha_t, alpha_bar_prev, t):
    density = stated("elbo.ddpm.markov_trick").args[1]
    ev = at(density, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t), x_t=x_t, x_prev=x_prev, d=len(x_t))
    return [log_terms(ev, density)]


def _telescoping(bench, states, x_0, alpha_bar):
    theorem, n = stated("elbo.ddpm.telescoping"), len(alpha_bar)
    shares = [a / b for a, b in zip(alpha_bar, [fmpq(1), *alpha_bar[:-1]], strict=True)]
    functions = {**schedule_of(shares), "q_from": known_laws()["q_from"], "x_at": lambda s, w: w[int(s) - 1]}
    ev = at(theorem, functions=functions, T=n, omega=states, x_0=x_0, d=len(x_0))
    bench.right(ev, theorem)
    return ev, theorem


@twin("elbo.ddpm.telescoping", x_path=path, x_0=vector, alpha_bar=shares_table, sizes={"T": (1, 2, 4), "d": (1, 2)})
def telescoped_log_ratio(bench, x_path, x_0, alpha_bar):
    """The left side: what is summed are the logarithms of all marginals, and so are the units."""
    ev, theorem = _telescoping(bench, x_path, x_0, alpha_bar)
    step_of, _, _, ratio = theorem.args[0].args
    terms = []
    for k in range(2, len(alpha_bar) + 1):
        ev.let({step_of: fmpq(k)})
        above, below = (log_terms(ev, q) for q in ratio.args[0].args)
        terms += [*above, *scale(MINUS, list(below))]
    return [Addends(terms or [fmpq(0)])]


@twin("elbo.ddpm.telescoping", "ends", x_1=vector, x_T=vector, x_0=vector, alpha_bar_1=share, alpha_bar_T=share)
def log_ratio_of_ends(bench, x_1, x_T, x_0, alpha_bar_1, alpha_bar_T):
    ev, theorem = _telescoping(bench, [x_1, x_T], x_0, [alpha_bar_1, alpha_bar_T])
    above, below = (log_terms(ev, q) for q in theorem.args[1].args[0].args)
    return [Addends([*above, *scale(MINUS, list(below))])]
