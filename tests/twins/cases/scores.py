"""Cases of the chapter on scores: any law of the data is, here, a law on finitely many points."""

from __future__ import annotations

from typing import Any

import torch
from flint import fmpq
from hypothesis import strategies as st

from derivations.evidence import arithmetic as numbers
from derivations.kernel.terms import Term
from derivations.language.notation import x_0 as CLEAN
from derivations.language.notation import x_t as NOISY
from tests.twins.cases.common import at, twin
from tests.twins.cases.quoting import meanings, part_of, stated
from tests.twins.points import Kind, positive, real, reals, table, vector
from tests.twins.reference import Finite, Normal, Reference, Value, scale

LAW = {"points": table(reals, "n", "d"), "log_weights": table(st.floats(-4, 0), "n"), "alpha_t": positive, "sigma_t": positive}
SIZES = {"n": (1, 2, 3), "d": (1, 2)}


def known() -> dict[str, Any]:
    """The noisy density and the law of the clean point as functions, from the hypotheses of Tweedie's formula."""
    out = meanings("score.tweedie")
    return {**out, "q_kernel": ((NOISY, CLEAN), part_of(out["q_noisy"][1], "normal"))}


def world(*formulas: Term, x_t: Value, law: Any, alpha_t: Value, sigma_t: Value, functions: Any = None, **more: Any) -> Reference:
    """The evaluator for noisy data of a law."""
    functions = {**known(), **(functions or {})}
    noisy, posterior = functions["q_noisy"][1], [body for _, body in known().values()]
    return at(
        *formulas, *posterior, functions=functions, measures={part_of(noisy, "int").args[1]: law},
        x_t=x_t, alpha=alpha_t, sigma=sigma_t, d=len(x_t), **more,
    )  # fmt: skip


def weighted_points(points: list[Value], log_weights: list[Value]) -> Finite:
    """The law with these points and weights in proportion."""
    weights = [numbers.exp(v) for v in log_weights]
    total = sum(weights)
    return Finite(tuple((w / total, p) for w, p in zip(weights, points, strict=True)))


def two_points(n: int) -> Finite:
    """Some law of the data, where any will do."""
    return Finite(((fmpq(1, 3), [fmpq(1, 2)] * n), (fmpq(2, 3), [fmpq(-1)] * n)))


@twin("score.posterior_expectation", x_t=vector, **LAW, sizes=SIZES)
def marginal_score(bench, x_t, points, log_weights, alpha_t, sigma_t):
    theorem = stated("score.posterior_expectation")
    ev = world(theorem, x_t=x_t, law=weighted_points(points, log_weights), alpha_t=alpha_t, sigma_t=sigma_t)
    return [bench.right(ev, theorem)]


@twin("score.eps", eps_mean=vector, sigma_t=positive)
def score_from_eps(bench, eps_mean, sigma_t):
    """At a law of the data both sides are compared; then the right side is taken for any expected noise."""
    theorem, n = stated("score.eps"), len(eps_mean)
    noise = {"noise": lambda x, clean: scale(numbers.inverse(sigma_t), [a - b for a, b in zip(x, clean, strict=True)])}
    given = {"x_t": eps_mean, "law": two_points(n), "alpha_t": fmpq(1), "sigma_t": sigma_t, "functions": noise}
    bench.right(world(theorem, **given), theorem)
    return [world(theorem, **given, instead={part_of(theorem.args[1], "int"): eps_mean})(theorem.args[1])]


@twin("score.tweedie", x_t=vector, score=vector, alpha_t=positive, sigma_t=positive)
def tweedie(bench, x_t, score, alpha_t, sigma_t):
    """At a law of the data both sides are compared; then the right side is taken for any score."""
    theorem, n = stated("score.tweedie"), len(x_t)
    given = {"x_t": x_t, "law": two_points(n), "alpha_t": alpha_t, "sigma_t": sigma_t}
    bench.right(world(theorem, **given), theorem)
    return [world(theorem, **given, instead={part_of(theorem.args[1], "grad"): score})(theorem.args[1])]


def _at_plus_one(function, alpha_t, sigma_t, eps):
    """The function for data at +1 and -1 with equal weights, from the point +1."""
    one = torch.ones_like(eps)
    return function(one, eps, torch.stack([one, -one]), torch.zeros(2).to(eps).log_softmax(0), alpha_t, sigma_t)


line = Kind(lambda draw, sizes, drawn: [draw(reals)])


@twin("score.not_conditional", alpha_t=positive, sigma_t=positive, eps=line, call=_at_plus_one)
def marginal_and_conditional_score(bench, alpha_t, sigma_t, eps):
    theorem = stated("score.not_conditional", "average")
    ev = at(theorem, x=alpha_t + sigma_t * eps[0], alpha=alpha_t, sigma=sigma_t)
    marginal = bench.right(ev, theorem)
    towards_plus_one = theorem.args[1].args[0].args[1]
    return [marginal, ev(towards_plus_one)]


@twin("dsm.equivalence", s=vector, x_t=vector, **LAW, sizes=SIZES, cost=4)
def dsm_terms(bench, s, x_t, points, log_weights, alpha_t, sigma_t):
    """The theorem with the counting measure on one x_t in place of Lebesgue's, per unit of the density there."""
    theorem = stated("dsm.equivalence", "explicit")
    ev = world(
        theorem, x_t=x_t, law=weighted_points(points, log_weights), alpha_t=alpha_t, sigma_t=sigma_t,
        functions={"s_theta": lambda x, theta: s}, theta=fmpq(0), ranges={NOISY: [x_t]},
    )  # fmt: skip
    bench.right(ev, theorem)
    density = ev(known()["q_noisy"][1])
    denoising, constant = theorem.args[1].args
    return [v / density for v in (ev(theorem.args[0]), ev(denoising), -ev(constant))]


@twin("dsm.equivalence", "gaussian", k=real, s_0=positive, sigma=positive, cost=6)
def dsm_terms_gaussian(bench, k, s_0, sigma):
    theorem = stated("dsm.equivalence", "explicit")
    ev = world(
        theorem, x_t=[fmpq(0)], law=Normal([fmpq(0)], [[s_0 * s_0]]), alpha_t=fmpq(1), sigma_t=sigma,
        functions={"s_theta": lambda x, theta: scale(-k, x)}, theta=fmpq(0),
    )  # fmt: skip
    bench.right(ev, theorem)
    denoising, constant = theorem.args[1].args
    return [ev(theorem.args[0]), ev(denoising), -ev(constant)]


