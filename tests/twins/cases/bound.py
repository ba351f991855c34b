"""Cases of the variational bound of a chain, for a reverse chain that is linear and Gaussian.

The theorem speaks of any path law and any model. Here it is instantiated: the path law is the chain's, put on finitely
many paths that have its mean and covariance (what is averaged is quadratic), and the model's steps are
N(m_t x_t + c_t, s_t^2 I).
"""

from __future__ import annotations

import itertools
from typing import Any

from flint import fmpq

from derivations.evidence import arithmetic as numbers
from derivations.kernel.definitions import log_normal
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, app, comps, eye, integral, normal, num, zero
from derivations.language.notation import T, d, j, scalar, x, x_0, x_prev, x_t
from derivations.language.notation import t as step
from tests.twins.cases.common import Addends, at, log_terms, schedule_of, twin, unfolded, unit
from tests.twins.cases.forward import known_laws
from tests.twins.cases.quoting import stated
from tests.twins.points import reals_table, scales_table, shares_table, vector
from tests.twins.reference import MINUS, Finite, Reference, plus, scale

DENSITY = normal(x_0, x_t, scalar("v") * eye(d))
ID = "elbo.ddpm.decomposition"
CHAIN = {"x_0": vector, "alpha": shares_table, "m": reals_table, "c": reals_table, "s": scales_table}
SIZES = {"T": (1, 2, 3), "d": (1, 2)}


def model(at_step: Term, to: Term, given: Term) -> Term:
    """The density of the model's step from x_t to x_{t-1}."""
    mean = app("m_of", at_step) * given + comps(j, app("c_of", at_step), d)
    return normal(to, mean, app("s_of", at_step) ** 2 * eye(d))


def paths(start: list[Any], alpha: list[Any]) -> Finite:
    """2 N paths with the mean and covariance of the chain, for its N noises: one of them is sqrt(N) or -sqrt(N), the others 0."""
    n, count = len(start), len(start) * len(alpha)
    size, out = numbers.root(fmpq(count), 2), []
    for place, sign in itertools.product(range(count), (fmpq(1), fmpq(-1))):
        state, states = start, []
        for k, share in enumerate(alpha):
            spread = numbers.root(plus(fmpq(1), scale(MINUS, share)), 2)
            noise = scale(numbers.mul(sign, size), unit(n, place - k * n))
            state = plus(scale(numbers.root(share, 2), state), scale(spread, noise))
            states.append(state)
        out.append((fmpq(1, 2 * count), states))
    return Finite(tuple(out))


def instance(theorem: Term, x_0: Any, alpha: Any, m: Any, c: Any, s: Any) -> Reference:
    """The evaluator of the theorem for this chain and this model."""
    laws = known_laws()
    (at_t, now, start, before), posterior = laws["posterior"]
    densities = {
        "q_from": laws["q_from"], "q_posterior": ((at_t, before, now, start), posterior),
        "p_theta": ((step, x_prev, x_t), model(step, x_prev, x_t)), "p_prior": ((x,), normal(x, zero(d), eye(d))),
        "p_decoder": ((x_prev, x_t), model(num(1), x_prev, x_t)),
    }  # fmt: skip
    tables = {name: (lambda k, row=row: row[int(k) - 1]) for name, row in (("m_of", m), ("c_of", c), ("s_of", s))}
    functions = {**densities, **tables, **schedule_of(alpha), "x_at": lambda k, w: w[int(k) - 1]}
    law = theorem.args[0].args[1]
    return at(theorem, functions=functions, measures={law: paths(x_0, alpha)}, T=len(alpha), x_0=x_0, d=len(x_0))


@twin(ID, **CHAIN, sizes=SIZES, cost=3)
def bound_terms(bench, x_0, alpha, m, c, s):
    theorem = stated(ID)
    ev = instance(theorem, x_0, alpha, m, c, s)
    bench.checks.append(lambda: (ev(theorem.args[0]), ev(theorem.args[1])))
    end, steps, reconstruction = theorem.args[1].args
    each = Addends([ev.within({steps.args[0]: fmpq(k)}, steps.args[3]) for k in range(2, len(alpha) + 1)] or [fmpq(0)])
    decoder = reconstruction.args[0].args[2].args[0]
    return [ev(end), each, Addends(average_log(ev, theorem, decoder))]


def average_log(ev: Reference, theorem: Term, density: Term) -> list[Any]:
    """The average over the path of log of a density, as its three terms."""
    w, law, _ = theorem.args[0].args
    return [ev(integral(w, a, law)) for a in log_normal(*unfolded(ev, density).args).args]


@twin(ID, "direct", **CHAIN, sizes=SIZES, cost=3)
def negative_elbo(bench, x_0, alpha, m, c, s):
    """The left side, as the terms of the logarithms of all its factors."""
    theorem = stated(ID)
    ev = instance(theorem, x_0, alpha, m, c, s)
    terms = []
    for k, side in ((1, theorem.args[0].args[2].args[0].args[0]), (-1, theorem.args[0].args[2].args[0].args[1])):
        for factor in _factors(side, len(alpha)):
            terms += scale(fmpq(k), average_log(ev, theorem, factor))
    bench.checks.append(lambda: (sum(map(numbers.ball, terms)), ev(theorem.args[0])))
    return [Addends(terms)]


def _factors(product: Term, n: int) -> list[Term]:
    """The factors of a product, with products over t = 2..T written out."""
    out: list[Term] = []
    for factor in product.args:
        if factor.op == "prod":
            factors = [substitute(factor.args[3], {factor.args[0]: num(k)}) for k in range(2, n + 1)]
            out += [substitute(f, {T: num(n)}) for f in factors]
        else:
            out.append(substitute(factor, {T: num(n)}))
    return out


@twin(ID, "log_likelihood", x_0=vector, m=reals_table, c=reals_table, s=scales_table, sizes={"T": (1, 2, 3), "d": (1, 2)})
def log_likelihood(bench, x_0, m, c, s):
    """What the bound bounds: the model's density with the latents integrated out, one by forward.convolution at a time."""
    theorem, n = stated("forward.convolution"), len(x_0)
    mean, spread = [fmpq(0)] * n, fmpq(1)
    for m_t, c_t, s_t in zip(reversed(m), reversed(c), reversed(s), strict=True):
        ev = at(theorem, a=m_t, v=s_t * s_t, w=spread, mu=mean, y=x_0, d=n)
        bench.right(ev, theorem)
        _, moved, cov = theorem.args[1].args
        mean, spread = plus(ev(moved), [c_t] * n), ev(cov)[0][0]
    return [log_terms(at(DENSITY, x_0=x_0, x_t=mean, v=spread, d=n), DENSITY)]
