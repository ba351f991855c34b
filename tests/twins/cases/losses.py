"""Cases of the losses and their weights."""

from __future__ import annotations

from flint import fmpq

from tests.twins.cases.common import STEP, at, chain, schedule_of, signal, twin
from tests.twins.cases.quoting import part_of, stated
from tests.twins.points import near, positive, share, steps, vector
from tests.twins.reference import Finite


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
