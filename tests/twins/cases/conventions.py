"""Cases of the chapter on conventions."""

from __future__ import annotations

from flint import fmpq

from tests.twins.cases.common import at, signal, twin
from tests.twins.cases.quoting import stated
from tests.twins.points import near, positive, real, share, shares_table, vector


@twin("conv.ddpm", beta=shares_table, sizes={"T": (1, 4, 9)})
def ddpm_tables(bench, beta):
    each, product = stated("conv.ddpm", "alpha"), stated("conv.ddpm", "alpha_bar")
    functions = {"beta": lambda s: beta[int(s) - 1]}
    rows = [at(each, product, functions=functions, t=k) for k in range(1, len(beta) + 1)]
    return [[bench.right(ev, each) for ev in rows], [bench.right(ev, product) for ev in rows]]


@twin("conv.ddpm", "x_t", x_0=vector, eps=vector, alpha_bar_t=share)
def perturb_ddpm(bench, x_0, eps, alpha_bar_t):
    point = stated("conv.ddpm", "x_t")
    return [bench.right(at(point, functions=signal(alpha_bar_t), t=1, x_0=x_0, eps=eps, d=len(x_0)), point)]


@twin("conv.ddim", alpha_bar_t=share)
def alpha_ddim(bench, alpha_bar_t):
    theorem = stated("conv.ddim")
    ev = at(theorem, functions=signal(alpha_bar_t), t=1)
    bench.right(ev, theorem)
    # The letter itself: the numerator of the quotient 1 - a_t / a_{t-1}.
    return [ev(theorem.args[0].args[1].args[0].args[0])]


@twin("conv.alpha_sigma", x_0=vector, eps=vector, alpha_t=positive, sigma_t=positive)
def perturb(bench, x_0, eps, alpha_t, sigma_t):
    theorem = stated("conv.alpha_sigma", "levels")
    return [bench.right(at(theorem, alpha=alpha_t, sigma=sigma_t, x_0=x_0, eps=eps, d=len(x_0)), theorem)]


@twin("conv.alpha_sigma", "vp", alpha_bar_t=share)
def variance_preserving(bench, alpha_bar_t):
    theorem = stated("conv.alpha_sigma", "vp")
    ev = at(theorem, functions=signal(alpha_bar_t), t=1)
    bench.right(ev, theorem)
    return [ev(square.args[0]) for square in theorem.args[0].args]


@twin("conv.alpha_sigma", "ve", sigma_t=positive)
def variance_exploding(bench, sigma_t):
    theorem = stated("conv.alpha_sigma", "ve")
    ev = at(theorem, sigma=sigma_t, x_0=[fmpq(3)], eps=[fmpq(5)], d=1)
    bench.right(ev, theorem)
    return [ev(level) for level in theorem.args[0].args[1:3]]


@twin("conv.alpha_sigma", "fm", t=share)
def flow_matching(bench, t):
    theorem = stated("conv.alpha_sigma", "fm")
    ev = at(theorem, tau=t, x_0=[fmpq(3)], eps=[fmpq(5)], d=1)
    bench.right(ev, theorem)
    return [ev(level) for level in theorem.args[0].args[1:3]]


@twin("conv.log_snr", alpha_t=positive, sigma_t=near(positive, "alpha_t"))
def half_log_snr(bench, alpha_t, sigma_t):
    theorem = stated("conv.log_snr")
    ev = at(theorem, alpha=alpha_t, sigma=sigma_t)
    bench.right(ev, theorem)
    return [ev(theorem.args[1].args[1])]


@twin("conv.log_snr", "kingma", alpha_t=positive, sigma_t=near(positive, "alpha_t"))
def log_snr(bench, alpha_t, sigma_t):
    theorem = stated("conv.log_snr")
    ev = at(theorem, alpha=alpha_t, sigma=sigma_t)
    bench.right(ev, theorem)
    return [ev(theorem.args[0])]


@twin("conv.cfg_w", eps_cond=vector, eps_uncond=near(vector, "eps_cond"), w=real)
def guided_eps_by_weight(bench, eps_cond, eps_uncond, w):
    theorem = stated("conv.cfg_w")
    ev = at(theorem, eps_c=eps_cond, eps_u=eps_uncond, w=w, d=len(eps_cond))
    bench.right(ev, theorem)
    return [ev(theorem.args[0])]


@twin("conv.cfg_w", "scale", eps_cond=vector, eps_uncond=near(vector, "eps_cond"), s=real)
def guided_eps_by_scale(bench, eps_cond, eps_uncond, s):
    theorem = stated("conv.cfg_w")
    ev = at(theorem, eps_c=eps_cond, eps_u=eps_uncond, w=s - 1, d=len(eps_cond))
    return [bench.right(ev, theorem)]
