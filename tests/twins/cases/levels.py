"""Cases of the chapter on levels: alpha_t / sigma_t is below alpha_s / sigma_s by a factor that rounding does not undo."""

from __future__ import annotations

from flint import fmpq

from derivations.kernel.terms import Term
from derivations.language.notation import vector as vector_symbol
from tests.twins.cases.common import at, mean_and_variance, twin
from tests.twins.cases.quoting import part_of, stated, subterms
from tests.twins.points import Kind, magnitudes, near, real, vector
from tests.twins.reference import Value

later = Kind(lambda draw, sizes, drawn: drawn["alpha_t"] * drawn["sigma_s"] / drawn["alpha_s"] * (1 + draw(magnitudes)))
moderate = Kind(lambda draw, sizes, drawn: draw(magnitudes))
LEVELS = {"alpha_s": moderate, "sigma_s": moderate, "alpha_t": moderate, "sigma_t": later}
X_S = vector_symbol("x_s")


@twin("vdm.transition", **LEVELS)
def transition(bench, **levels):
    theorem = stated("vdm.transition", "marginal")
    step = part_of(theorem, "normal")
    ev = at(theorem, x_t=[fmpq(1, 3)], x_0=[fmpq(2)], d=1, **levels)
    bench.right(ev, theorem)
    mean, variance = ev.within({X_S: [fmpq(1)]}, step, rule=mean_and_variance)
    return [mean[0], variance]


@twin("vdm.posterior", x_t=vector, x_0=vector, **LEVELS)
def posterior(bench, x_t, x_0, **levels):
    theorem, n = stated("vdm.posterior", "density"), len(x_t)
    ev = at(theorem, x_t=x_t, x_0=x_0, x_s=[fmpq(k, 3) for k in range(n)], d=n, **levels)
    bench.right(ev, theorem)
    return mean_and_variance(ev, theorem.args[1])


@twin("vdm.discrete_loss", x_0=vector, x_0_hat=near(vector, "x_0"), symmetric=(("x_0", "x_0_hat"),), **LEVELS)
def step_loss(bench, x_0, x_0_hat, **levels):
    theorem = stated("vdm.discrete_loss", "data")
    return [bench.right(at(theorem, x_0=x_0, x_0hat=x_0_hat, x_t=x_0, d=len(x_0), **levels), theorem)]


@twin("vdm.discrete_loss", "noise", eps=vector, eps_hat=near(vector, "eps"), symmetric=(("eps", "eps_hat"), ("alpha_s", "sigma_t"), ("sigma_s", "alpha_t")), **LEVELS)
def step_loss_of_noise(bench, eps, eps_hat, **levels):
    theorem = stated("vdm.discrete_loss", "noise")
    return [bench.right(at(theorem, eps=eps, eps_hat=eps_hat, x_t=eps, d=len(eps), **levels), theorem)]


def logarithms(side: Term) -> list[Term]:
    return list(dict.fromkeys(t for t in subterms(side) if t.op == "log"))


def _share(label: str, gamma: Value) -> Value:
    side = stated("vdm.sigmoid_param", label).args[0]
    (log,) = logarithms(side)
    return at(side, instead={log: gamma})(side)


@twin("vdm.sigmoid_param", gamma=real)
def squared_levels(bench, gamma):
    return [_share("signal", gamma), _share("noise", gamma)]


@twin("vdm.expm1", gamma_s=real, gamma_t=near(real, "gamma_s"))
def fresh_share(bench, gamma_s, gamma_t):
    theorem = stated("vdm.expm1")
    bench.right(at(theorem, alpha_s=fmpq(1), sigma_s=fmpq(2), alpha_t=fmpq(1, 3), sigma_t=fmpq(3)), theorem)
    before, after = logarithms(theorem.args[1])
    return [at(theorem.args[1], instead={before: gamma_s, after: gamma_t})(theorem.args[1])]
