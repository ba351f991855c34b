"""Cases of the forward chain, the posterior, the losses and the sampling step."""

from __future__ import annotations

from derivations.kernel.terms import Term, grad, log
from derivations.language.notation import T, eps_theta, x_t
from flint import fmpq

from tests.twins.cases.common import (
    MINUS, Addends, at, chain, draw_from, law_from_mgf, log_terms, mean_and_variance, part_of, schedule_of, signal,
    stated, twin, unfolded, unit,
)  # fmt: skip
from tests.twins.points import (
    definite, near, one, path, positive, real, reals_table, share, shares_table, steps, vector,
)  # fmt: skip
from tests.twins.reference import Finite, Normal, Reference, plus, scale, times

STEP = {"alpha_t": share, "alpha_bar_prev": share, "t": steps}


def meaning(id: str, label: str = "") -> tuple[tuple[Term, ...], Term]:
    """A theorem that says what a function is, as (parameters, term)."""
    call, value = stated(id, label).args
    return call.args[1:], value


def known_laws() -> dict[str, tuple[tuple[Term, ...], Term]]:
    """The marginals and the posterior, as their theorems give them."""
    previous, mean, cov = stated("posterior.mean", "density").args[1].args
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
    (at_t, at_x_t, at_x_0, at_prev), posterior = laws["posterior"]
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
        ev.scope[step_of] = ev.root[step_of] = fmpq(k)
        above, below = (log_terms(ev, q) for q in ratio.args[0].args)
        terms += [*above, *scale(MINUS, list(below))]
    return [Addends(terms or [fmpq(0)])]


@twin("elbo.ddpm.telescoping", "ends", x_1=vector, x_T=vector, x_0=vector, alpha_bar_1=share, alpha_bar_T=share)
def log_ratio_of_ends(bench, x_1, x_T, x_0, alpha_bar_1, alpha_bar_T):
    ev, theorem = _telescoping(bench, [x_1, x_T], x_0, [alpha_bar_1, alpha_bar_T])
    above, below = (log_terms(ev, q) for q in theorem.args[1].args[0].args)
    return [Addends([*above, *scale(MINUS, list(below))])]


@twin("posterior.variance", **STEP, symmetric=(("alpha_t", "alpha_bar_prev"),))
def variance(bench, alpha_t, alpha_bar_prev, t):
    theorem = stated("posterior.variance")
    return [bench.right(at(theorem, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t)), theorem)]


@twin("posterior.mean", x_t=vector, x_0=vector, **STEP)
def mean(bench, x_t, x_0, alpha_t, alpha_bar_prev, t):
    theorem, n = stated("posterior.mean", "density"), len(x_t)
    functions = {**chain(t, alpha_t, alpha_bar_prev), "q_from": known_laws()["q_from"]}
    ev = at(theorem, functions=functions, t=int(t), x_t=x_t, x_0=x_0, x_prev=[fmpq(k, 3) for k in range(n)], d=n)
    bench.right(ev, theorem)
    return [ev(theorem.args[1].args[1])]


@twin("posterior.mean", "coefficients", **STEP)
def mean_coefficients(bench, alpha_t, alpha_bar_prev, t):
    weights = stated("posterior.mean", "weights").args[1]
    given = {"functions": chain(t, alpha_t, alpha_bar_prev), "t": int(t), "d": 1}
    on, off = [fmpq(1)], [fmpq(0)]
    return [at(weights, **given, x_0=on, x_t=off)(weights)[0], at(weights, **given, x_0=off, x_t=on)(weights)[0]]


@twin("posterior.eps_form", x_t=vector, eps=vector, **STEP)
def mean_from_eps(bench, x_t, eps, alpha_t, alpha_bar_prev, t):
    theorem = stated("posterior.eps_form")
    return [bench.right(at(theorem, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t), x_t=x_t, eps=eps, d=len(eps)), theorem)]


@twin("posterior.score_form", x_t=vector, score=vector, alpha_t=share)
def mean_from_score(bench, x_t, score, alpha_t):
    """At the score that some x_0 has, both sides are compared; then the side with a score is taken at any score."""
    theorem, n = stated("posterior.score_form"), len(x_t)
    given = {"functions": schedule_of([fmpq(3, 4), alpha_t]), "t": 2, "x_t": x_t, "d": n}
    bench.right(at(theorem, **given, x_0=score), theorem)
    side = next(s for s in theorem.args if any(a.op == "grad" for a in _subterms(s)))
    return [at(theorem, **given, instead={part_of(side, "grad"): score})(side)]


def _subterms(t: Term):
    yield t
    for a in t.args:
        if isinstance(a, Term):
            yield from _subterms(a)


@twin("posterior.degenerate_t1", x_1=vector, x_0=vector, alpha_1=share)
def first_step(bench, x_1, x_0, alpha_1):
    mean_, variance_ = stated("posterior.degenerate_t1", "mean"), stated("posterior.degenerate_t1", "variance")
    ev = at(mean_, variance_, functions=schedule_of([alpha_1]), x_t=x_1, x_0=x_0, d=len(x_0))
    return [bench.right(ev, mean_), bench.right(ev, variance_)]


@twin("posterior.bounds", **STEP)
def variance_bounds(bench, alpha_t, alpha_bar_prev, t):
    lower, upper = stated("posterior.bounds", "lower"), stated("posterior.bounds", "upper")
    ev = at(lower, upper, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t))
    out = [ev(lower.args[0]), ev(lower.args[1]), ev(upper.args[1])]
    assert not out[1] < 0 and not out[2] < out[1]
    return out


def _sampling(bench, x_t, eps_hat, z, alpha_t, alpha_bar_prev, sigma_t, t):
    theorem, n = stated("ddpm.sampling_step", "law"), len(x_t)
    integral = theorem.args[0]
    functions = {**chain(t, alpha_t, alpha_bar_prev), "eps_theta": lambda x, s: eps_hat}
    ev = at(theorem, functions=functions, t=int(t), x_t=x_t, sigma_t2=sigma_t * sigma_t, d=n,
            measures={integral.args[1]: Normal([fmpq(0)] * n, [unit(n, k) for k in range(n)])})  # fmt: skip
    u, draw = integral.args[2].args[0].args
    bound = [fmpq(k + 1, 3) for k in range(n)]
    bench.checks.append(lambda: tuple(ev.within({u: bound}, side) for side in theorem.args))
    return ev.within({integral.args[0]: z}, draw), law_from_mgf(ev, u, theorem.args[1], n)


@twin("ddpm.sampling_step", x_t=vector, eps_theta=vector, z=vector, alpha_t=share, alpha_bar_prev=share, sigma_t=positive, t=steps)
def sampling_step(bench, x_t, eps_theta, z, alpha_t, alpha_bar_prev, sigma_t, t):
    return [_sampling(bench, x_t, eps_theta, z, alpha_t, alpha_bar_prev, sigma_t, t)[0]]


@twin("ddpm.sigma_zero_not_ddim", eps_theta=vector, **STEP)
def sigma_zero_minus_ddim(bench, eps_theta, alpha_t, alpha_bar_prev, t):
    theorem = stated("ddpm.sigma_zero_not_ddim", "difference")
    functions = {**chain(t, alpha_t, alpha_bar_prev), "eps_theta": lambda x, s: eps_theta}
    return [bench.right(at(theorem, functions=functions, t=int(t), x_t=eps_theta, d=len(eps_theta)), theorem)]


@twin("ddpm.sigma_zero_not_ddim", "ddim_step", x_t=vector, eps_theta=vector, **STEP)
def ddim_step(bench, x_t, eps_theta, alpha_t, alpha_bar_prev, t):
    side = stated("ddpm.sigma_zero_not_ddim", "difference").args[0]
    ddim = next(a.args[0] for a in side.args if a.op == "neg")
    functions = {**chain(t, alpha_t, alpha_bar_prev), "eps_theta": lambda x, s: eps_theta}
    return [at(ddim, functions=functions, t=int(t), x_t=x_t, d=len(x_t))(ddim)]


@twin("loss.mean", mu_tilde=vector, mu_theta=near(vector, "mu_tilde"), sigma_t=positive, symmetric=(("mu_tilde", "mu_theta"),))
def mean_loss(bench, mu_tilde, mu_theta, sigma_t):
    """The part of the divergence that sees the network, for a path with one state; with the constant both sides agree."""
    full, theorem = stated("loss.mean", "with its constant"), stated("loss.mean", "up to a constant")
    measure = full.args[0].args[1]
    given = {"t": 2, "x_0": mu_tilde, "sigma_t2": sigma_t * sigma_t, "d": len(mu_tilde)}
    functions = {**schedule_of([fmpq(3, 4), fmpq(2, 3)]), "mu_theta": lambda x, s: mu_theta, "mu_tilde": lambda s, x, y: mu_tilde,
                 "x_at": lambda s, w: mu_tilde}  # fmt: skip
    measures = {measure: Finite(((fmpq(1), fmpq(0)),))}
    bench.right(at(full, functions=functions, measures=measures, **given), full)
    return [at(theorem, functions=functions, measures=measures, **given)(theorem.args[2])]




def _eps_weight(bench, label, alpha_t, alpha_bar_prev, t, **more):
    theorem = stated("loss.eps_weight", label)
    functions = {**chain(t, alpha_t, alpha_bar_prev), "eps_theta": lambda x, s: [fmpq(0)]}
    # Noises at the distance 1, so that the loss is its weight.
    return [bench.right(at(theorem, functions=functions, t=int(t), x_t=[fmpq(1, 3)], eps=[fmpq(1)], d=1, **more), theorem)]


@twin("loss.eps_weight", alpha_t=share, alpha_bar_prev=share, sigma_t=positive, t=steps)
def eps_weight(bench, alpha_t, alpha_bar_prev, sigma_t, t):
    return _eps_weight(bench, "weight", alpha_t, alpha_bar_prev, t, sigma_t2=sigma_t * sigma_t)


@twin("loss.eps_weight", "beta_tilde", **STEP)
def eps_weight_beta_tilde(bench, alpha_t, alpha_bar_prev, t):
    return _eps_weight(bench, "posterior variance", alpha_t, alpha_bar_prev, t)


@twin("loss.eps_weight", "beta", **STEP)
def eps_weight_beta(bench, alpha_t, alpha_bar_prev, t):
    return _eps_weight(bench, "step variance", alpha_t, alpha_bar_prev, t)


@twin("loss.x0_weight", alpha_t=share, alpha_bar_prev=share, sigma_t=positive, t=steps)
def x0_weight(bench, alpha_t, alpha_bar_prev, sigma_t, t):
    theorem = stated("loss.x0_weight", "weight")
    given = {"x_0": [fmpq(1)], "x_0hat": [fmpq(0)], "x_t": [fmpq(1, 3)], "d": 1, "sigma_t2": sigma_t * sigma_t}
    return [bench.right(at(theorem, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t), **given), theorem)]


@twin("loss.x0_weight", "beta_tilde", **STEP)
def x0_weight_beta_tilde(bench, alpha_t, alpha_bar_prev, t):
    theorem = stated("loss.x0_weight", "posterior variance")
    return [bench.right(at(theorem, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t)), theorem)]


@twin("loss.simple", eps=vector, eps_theta=near(vector, "eps"), symmetric=(("eps", "eps_theta"),))
def simple_loss(bench, eps, eps_theta):
    square = part_of(stated("loss.simple").args[1], "norm2")
    functions = {**signal(fmpq(1, 2)), "eps_theta": lambda x, s: eps_theta}
    return [at(square, functions=functions, t=1, x_0=eps, eps=eps, d=len(eps))(square)]


