"""Cases of the posterior and of the sampling step."""

from __future__ import annotations

from flint import fmpq

from tests.twins.cases.common import STEP, at, chain, law_from_mgf, schedule_of, twin, unit
from tests.twins.cases.forward import known_laws
from tests.twins.cases.quoting import part_of, stated, subterms
from tests.twins.points import positive, share, steps, vector
from tests.twins.reference import Normal


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
    side = next(s for s in theorem.args if any(a.op == "grad" for a in subterms(s)))
    return [at(theorem, **given, instead={part_of(side, "grad"): score})(side)]


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
