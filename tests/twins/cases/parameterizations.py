"""Cases of the chapters on parameterizations and on preconditioning."""

from __future__ import annotations

from flint import fmpq

from tests.twins.cases.common import at, twin
from tests.twins.cases.quoting import hypothesis, part_of, stated, subterms
from tests.twins.cases.scores import two_points, world
from tests.twins.points import Kind, positive, real, scales, vector
from tests.twins.reference import MINUS, Value, plus, scale, times

negative = Kind(lambda draw, sizes, drawn: -draw(scales))
LEVEL = {"alpha": positive, "sigma": positive}
PAIR = {"a": negative, "b": positive}  # of one sign the determinant: where it nearly vanishes nothing is predicted
SLOPES = {"d_alpha": negative, "d_sigma": positive}


def solved(bench, id: str, labels: tuple[str, ...], x_t: Value, prediction: Value, name: str, **numbers: Value) -> list[Value]:
    """The left sides of the parts; at a noisy point and a prediction that belong together they are the right sides."""
    out, n = [], len(x_t)
    clean, noise = [fmpq(k + 1, 3) for k in range(n)], [fmpq(2 - k, 5) for k in range(n)]
    for label in labels:
        theorem = stated(id, label)
        meant = {h.args[0].args[0]: h.args[1] for h in (hypothesis(id, label, k) for k in range(2))}
        drawn = at(*meant.values(), x_0=clean, eps=noise, d=n, **numbers)
        together = at(theorem, **{letter: drawn(value) for letter, value in meant.items()}, x_0=clean, eps=noise, d=n, **numbers)
        bench.checks.append(lambda ev=together, th=theorem: (ev(th.args[0]), ev(th.args[1])))
        out.append(at(theorem, x_t=x_t, **{name: prediction}, d=n, **numbers)(theorem.args[0]))
    return out


@twin("param.linear_map", x_t=vector, prediction=vector, **LEVEL, **PAIR)
def data_and_noise(bench, x_t, prediction, **numbers):
    return solved(bench, "param.linear_map", ("data", "noise"), x_t, prediction, "p", **numbers)


@twin("param.v_inverse", x_t=vector, v=vector, **LEVEL)
def data_and_noise_from_v(bench, x_t, v, **numbers):
    return solved(bench, "param.v_inverse", ("data", "noise"), x_t, v, "v", **numbers)


@twin("param.v", x_0=vector, eps=vector, **LEVEL)
def v_target(bench, x_0, eps, **level):
    theorem = stated("param.v", "name")
    return [at(theorem, x_0=x_0, eps=eps, d=len(eps), **level)(theorem.args[1])]


@twin("param.v", "noise", x_t=vector, eps=vector, **LEVEL)
def v_from_noise(bench, x_t, eps, **level):
    theorem = stated("param.v", "from noise")
    return [bench.right(at(theorem, x_t=x_t, eps=eps, d=len(eps), **level), theorem)]


@twin("param.v", "data", x_t=vector, x_0=vector, **LEVEL)
def v_from_data(bench, x_t, x_0, **level):
    theorem = stated("param.v", "from data")
    return [bench.right(at(theorem, x_t=x_t, x_0=x_0, d=len(x_0), **level), theorem)]


@twin("param.eps_score_x0", x_t=vector, score=vector, **LEVEL)
def noise_and_data_from_score(bench, x_t, score, alpha, sigma):
    """At a law of the data both sides are compared; then the right sides are taken for any score."""
    out, given = [], {"x_t": x_t, "law": two_points(len(x_t)), "alpha_t": alpha, "sigma_t": sigma}
    for label in ("noise", "data"):
        theorem = stated("param.eps_score_x0", label)
        bench.right(world(theorem, **given), theorem)
        out.append(world(theorem, **given, instead={part_of(theorem.args[1], "grad"): score})(theorem.args[1]))
    return out


@twin("param.score_velocity", x_t=vector, velocity=vector, **LEVEL, **SLOPES)
def score_from_velocity(bench, x_t, velocity, alpha, sigma, d_alpha, d_sigma):
    """At a law of the data both sides are compared; then the left side is taken for any velocity."""
    theorem = stated("param.score_velocity")
    given = {"x_t": x_t, "law": two_points(len(x_t)), "alpha_t": alpha, "sigma_t": sigma, "alpha_dot": d_alpha, "sigma_dot": d_sigma}
    bench.right(world(theorem, **given), theorem)
    left = theorem.args[0]
    return [world(theorem, **given, instead={part_of(left, "int"): velocity})(left)]


@twin("param.loss_weight", **LEVEL, **PAIR, symmetric=(("alpha", "b"),))
def loss_weight(bench, **numbers):
    theorem = stated("param.loss_weight", "loss")
    return [bench.right(at(theorem, x_0=[fmpq(1)], x_0hat=[fmpq(0)], x_t=[fmpq(1, 3)], d=1, **numbers), theorem)]


@twin("param.affine_equivalence", **LEVEL, d_alpha=real, d_sigma=real)
def straight_path(bench, alpha, sigma, d_alpha, d_sigma):
    """The levels are lines in time, which start at alpha and sigma."""
    point, velocity = stated("param.affine_equivalence", "point"), stated("param.affine_equivalence", "velocity")
    lines = {
        "alpha_at": lambda time: plus(alpha, times(d_alpha, time)),
        "sigma_at": lambda time: plus(sigma, times(d_sigma, time)),
    }
    ev = at(point, velocity, functions=lines, tau=fmpq(0), x_0=[fmpq(1)], eps=[fmpq(1, 3)], d=1)
    bench.right(ev, point)
    scale_, line = point.args[1].args[:2]
    share = next(t for t in subterms(line) if t.op == "div")
    slopes = [t for t in subterms(velocity.args[1]) if t.op == "diff"]
    return [ev(scale_), ev(share), *(ev(t) for t in slopes)]


def four_numbers(bench, id: str, **given: Value) -> list[Value]:
    """Scale of the input, share that is skipped, scale of the output, weight."""
    parts = {label: stated(id, label) for label in ("input", "skip", "output", "weight")}
    ev = at(*parts.values(), c=fmpq(0), **given)
    bench.right(ev, parts["skip"])
    less = parts["skip"].args[1].args[0].args[1].args[0]  # c less its best value, at c = 0
    return [ev(parts["input"].args[1]), scale(MINUS, ev(less)), ev(parts["output"].args[1]), ev(parts["weight"].args[1])]


@twin("edm.general_precond", **LEVEL, sigma_data=positive)
def general_preconditioning(bench, **given):
    return four_numbers(bench, "edm.general_precond", **given)


@twin("edm.preconditioning", sigma=positive, sigma_data=positive)
def preconditioning(bench, **given):
    return four_numbers(bench, "edm.preconditioning", **given)


@twin("edm.precond_is_v", x_0=vector, eps=vector, **LEVEL, sigma_data=positive)
def network_target(bench, x_0, eps, **given):
    theorem = stated("edm.precond_is_v", "sum")
    return [bench.right(at(theorem, x_0=x_0, eps=eps, d=len(eps), **given), theorem)]
