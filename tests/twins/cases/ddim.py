"""Cases of the chapter on DDIM."""

from __future__ import annotations

from flint import fmpq

from derivations.evidence import arithmetic as numbers
from tests.twins.cases.common import STEP, at, chain, twin, unit
from tests.twins.cases.quoting import stated
from tests.twins.points import positive, share, steps, vector
from tests.twins.reference import MINUS, Normal, plus, scale, times

LEVELS = {"alpha_t": positive, "sigma_t": positive, "alpha_s": positive, "sigma_s": positive}


@twin("ddim.step", x_t=vector, eps_theta=vector, z=vector, alpha_t=share, alpha_bar_prev=share, fresh=share, t=steps)
def step(bench, x_t, eps_theta, z, alpha_t, alpha_bar_prev, fresh, t):
    """The law is compared with its other form; then the draw inside is taken at z."""
    theorem, n = stated("ddim.step", "law"), len(x_t)
    integral = theorem.args[0]
    sigma = numbers.root(times(fresh, plus(fmpq(1), scale(MINUS, alpha_bar_prev))), 2)
    ev = at(theorem, functions={**chain(t, alpha_t, alpha_bar_prev), "eps_theta": lambda x, s: eps_theta}, t=int(t), s=int(t) - 1,
            x_t=x_t, sigma=sigma, d=n, measures={integral.args[1]: Normal([fmpq(0)] * n, [unit(n, k) for k in range(n)])})  # fmt: skip
    u, draw = integral.args[2].args[0].args
    bound = [fmpq(k + 1, 3) for k in range(n)]
    bench.checks.append(lambda: tuple(ev.within({u: bound}, side) for side in theorem.args))
    return [ev.within({integral.args[0]: z}, draw)]


@twin("ddim.eta", eta=share, **STEP, symmetric=(("alpha_t", "alpha_bar_prev"),))
def sigma(bench, eta, alpha_t, alpha_bar_prev, t):
    theorem = stated("ddim.eta", "variance")
    ev = at(theorem, functions=chain(t, alpha_t, alpha_bar_prev), t=int(t), eta=eta)
    bench.right(ev, theorem)
    return [ev(theorem.args[0].args[0])]


@twin("ddim.deterministic", x_t=vector, eps_theta=vector, **STEP)
def deterministic(bench, x_t, eps_theta, alpha_t, alpha_bar_prev, t):
    theorem = stated("ddim.deterministic", "step")
    functions = {**chain(t, alpha_t, alpha_bar_prev), "eps_theta": lambda x, s: eps_theta}
    return [bench.right(at(theorem, functions=functions, t=int(t), s=int(t) - 1, x_t=x_t, d=len(x_t)), theorem)]


def _form(bench, label, name, x_t, prediction, levels):
    theorem = stated("ddim.forms", label)
    return [bench.right(at(theorem, x_t=x_t, d=len(x_t), **{name: prediction}, **levels), theorem)]


@twin("ddim.forms", x_t=vector, eps=vector, **LEVELS)
def step_from_eps(bench, x_t, eps, **levels):
    return _form(bench, "noise", "eps", x_t, eps, levels)


@twin("ddim.forms", "data", x_t=vector, x_0=vector, **LEVELS)
def step_from_x_0(bench, x_t, x_0, **levels):
    return _form(bench, "data", "x_0", x_t, x_0, levels)


@twin("ddim.forms", "score", x_t=vector, score=vector, **LEVELS)
def step_from_score(bench, x_t, score, **levels):
    return _form(bench, "score", "score", x_t, score, levels)
