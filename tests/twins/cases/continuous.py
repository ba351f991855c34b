"""Cases of the chapter on continuous time: drifts are read off the equations that the densities satisfy."""

from __future__ import annotations

from flint import fmpq

from derivations.kernel.terms import Term, mul
from tests.twins.cases.common import at, twin, unit
from tests.twins.cases.quoting import part_of, stated
from tests.twins.points import positive, real, vector
from tests.twins.reference import Normal, Value, plus, times


def velocity(id: str, label: str = "", side: int = 1) -> Term:
    """The field that carries the density, read off the divergence of their product."""
    return mul(*part_of(stated(id, label).args[side], "divg").args[1].args[1:])


def carried(field: Term, score: Value, x: Value = None, **functions: Value) -> Value:
    """The field where the score, the point, the drift and the functions of time have these values."""
    rules = {name: (lambda *_, value=value: value) for name, value in functions.items()}
    times_ = dict.fromkeys({s.args[0] for s in field.free} & {"time", "time_back", "horizon"}, fmpq(1))
    ev = at(field, functions=rules, x=score if x is None else x, d=len(score), instead={part_of(field, "grad"): score}, **times_)
    return ev(field)


@twin("sde.fg_from_kernel", alpha=positive, sigma=positive, d_alpha=real, d_sigma=real)
def drift_and_diffusion(bench, alpha, sigma, d_alpha, d_sigma):
    """The levels are lines in time, which start at alpha and sigma."""
    drift, diffusion = stated("sde.fg_from_kernel", "drift"), stated("sde.fg_from_kernel", "diffusion")
    lines = {
        "alpha_at": lambda time: plus(alpha, times(d_alpha, time)),
        "sigma_at": lambda time: plus(sigma, times(d_sigma, time)),
    }
    ev = at(drift, diffusion, functions=lines, time=fmpq(0))
    bench.checks.append(lambda: (ev(drift.args[0]), ev(drift.args[1])))
    return [ev(drift.args[0].args[0]), bench.right(ev, diffusion)]


@twin("sde.vp", x_0=vector, integral=positive)
def vp_kernel(bench, x_0, integral):
    mean, variance = stated("sde.vp", "mean"), stated("sde.vp", "variance")
    ev = at(mean, variance, functions={"B_at": lambda t: integral}, x_0=x_0, d=len(x_0), time=fmpq(1))
    return [ev(mean.args[1]), ev(variance.args[1])]


@twin("sde.subvp", integral=positive)
def subvp_variance(bench, integral):
    theorem = stated("sde.subvp", "variance")
    return [at(theorem, functions={"B_at": lambda t: integral}, time=fmpq(1))(theorem.args[1])]


@twin("sde.ve", sigma_t=positive, sigma_0=positive)
def ve_variance(bench, sigma_t, sigma_0):
    theorem = stated("sde.ve")
    level = {"v_at": lambda t: times(*[sigma_t if t == 1 else sigma_0] * 2)}
    return [at(theorem, functions=level, time=fmpq(1))(theorem.args[1])]


@twin("em.scheme", x=vector, drift=vector, g=real, delta=positive, z=vector)
def euler_maruyama_step(bench, x, drift, g, delta, z):
    theorem, n = stated("em.scheme", "law"), len(x)
    integral = theorem.args[0]
    u, draw = integral.args[2].args[0].args
    ev = at(
        theorem, functions={"drift": lambda x, t: drift, "g_at": lambda t: g}, x=x, Delta=delta, time=fmpq(1), d=n,
        measures={integral.args[1]: Normal([fmpq(0)] * n, [unit(n, k) for k in range(n)])},
    )  # fmt: skip
    bound = [fmpq(k + 1, 3) for k in range(n)]
    bench.checks.append(lambda: tuple(ev.within({u: bound}, side) for side in theorem.args))
    return [ev.within({integral.args[0]: z}, draw)]


@twin("langevin.stationary", score=vector, g=real)
def langevin_drift(bench, score, g):
    return [carried(velocity("langevin.stationary", "any schedule", 0), score, g_at=g)]


@twin("pfode.fokker_planck", drift=vector, score=vector, g=real)
def flow_velocity(bench, drift, score, g):
    return [carried(velocity("pfode.fokker_planck", "general"), score, drift=drift, g_at=g)]


@twin("pfode.fokker_planck", "variance_preserving", x=vector, score=vector, beta=positive, symmetric=(("x", "score"),))
def flow_velocity_vp(bench, x, score, beta):
    return [carried(velocity("pfode.fokker_planck", "variance preserving"), score, x=x, beta_at=beta)]


@twin("pfode.fokker_planck", "variance_exploding", score=vector, sigma=positive, d_sigma=positive, symmetric=(("sigma", "d_sigma"),))
def flow_velocity_ve(bench, score, sigma, d_sigma):
    """The level is a line in time, which starts at sigma and has the slope d_sigma."""
    field, n = velocity("pfode.fokker_planck", "variance exploding"), len(score)
    level = {"sigma_at": lambda time: plus(sigma, times(d_sigma, time))}
    return [at(field, functions=level, time=fmpq(0), d=n, instead={part_of(field, "grad"): score})(field)]


@twin("pfode.not_sde_drift", x=real, beta=positive)
def density_change_without_half(bench, x, beta):
    theorem = stated("pfode.not_sde_drift", "change")
    return [bench.right(at(theorem, x_1=x, beta=beta), theorem)]


@twin("sde.reverse", drift=vector, score=vector, g=real)
def reverse_drift(bench, drift, score, g):
    """The drift in the direction of s is minus the drift with dt < 0."""
    return [carried(velocity("sde.reverse", "general").args[0], score, drift=drift, g_at=g)]


@twin("sde.reverse", "variance_preserving", x=vector, score=vector, beta=positive)
def reverse_drift_vp(bench, x, score, beta):
    return [carried(velocity("sde.reverse", "variance preserving").args[0], score, x=x, beta_at=beta)]


@twin("sde.reverse_family", drift=vector, score=vector, g=real, psi=real, symmetric=(("g", "psi"),))
def reverse_drift_with_noise(bench, drift, score, g, psi):
    return [carried(velocity("sde.reverse_family").args[0], score, drift=drift, g_at=g, psi_at=psi)]
