"""True identities of diffusion mathematics, each with a subtle mutant that is false.

A mutant has a wrong sign, index, factor or square, a missing root, or swapped arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sympy import (
    Derivative,
    Function,
    Integral,
    Product,
    Rational,
    Sum,
    Symbol,
    cos,
    exp,
    log,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tan,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """lhs = rhs is true and lhs = wrong is false, on the domain, where the facts hold."""

    name: str
    lhs: Any
    rhs: Any
    wrong: Any
    domain: dict[str, str]
    facts: list[Any] = field(default_factory=list)


x, x0, eps, eps_hat, x0_hat, v, m, m1, m2, t, w, c, u = symbols("x x0 eps eps_hat x0_hat v m m1 m2 t w c u")
a, p, al, b, eta = symbols("abar_t abar_prev alpha_t beta_t eta")  # alpha_bar_t, alpha_bar_{t-1}, alpha_t, beta_t
s, d, s1, s2, lam, h, r = symbols("sigma sigma_data s1 s2 lambda h rho")
UNIT = {"abar_t": "unit", "abar_prev": "unit", "alpha_t": "unit", "beta_t": "unit", "eta": "unit"}
REALS = dict.fromkeys(["x", "x0", "eps", "eps_hat", "x0_hat", "v", "m", "m1", "m2", "w", "c", "u"], "real")
POSITIVE = dict.fromkeys(["sigma", "sigma_data", "s1", "s2", "rho"], "positive")
ALL = {**UNIT, **REALS, **POSITIVE, "lambda": "real", "h": "real", "t": "positive"}


def case(name: str, lhs: Any, rhs: Any, wrong: Any, *facts: Any, **words: str) -> Case:
    """A case whose domain declares the symbols that occur, by the table above or by `words`."""
    table = {**ALL, **words}
    names = {q.name for e in (lhs, rhs, wrong, *facts) for q in getattr(e, "free_symbols", ())}
    names |= set(words)
    return Case(name, lhs, rhs, wrong, {n: table[n] for n in sorted(names)}, list(facts))


def ddpm() -> Iterator[Case]:
    """The posterior of the forward chain, with alpha_bar_t = alpha_t alpha_bar_{t-1}."""
    at = al * p
    var = 1 / (al / (1 - al) + 1 / (1 - p))
    beta_tilde = (1 - p) / (1 - at) * (1 - al)
    mean = sqrt(al) * (1 - p) / (1 - at) * x + sqrt(p) * (1 - al) / (1 - at) * x0
    yield case("posterior.variance", var, beta_tilde, (1 - p) / (1 - at) * al)
    yield case(
        "posterior.mean",
        var * (sqrt(al) * x / (1 - al) + sqrt(p) * x0 / (1 - p)),
        mean,
        sqrt(al) * (1 - p) / (1 - at) * x + p * (1 - al) / (1 - at) * x0,
    )
    of_eps = mean.subs(x0, (x - sqrt(1 - at) * eps) / sqrt(at))
    yield case(
        "posterior.eps_form",
        of_eps,
        (x - (1 - al) / sqrt(1 - at) * eps) / sqrt(al),
        (x - (1 - al) / (1 - at) * eps) / sqrt(al),
    )
    yield case(
        "posterior.score_form",
        of_eps,
        (x + (1 - al) * (-eps / sqrt(1 - at))) / sqrt(al),
        (x - (1 - al) * (-eps / sqrt(1 - at))) / sqrt(al),
    )
    yield case("posterior.gap", beta_tilde - (1 - al), -p * (1 - al) ** 2 / (1 - at), -p * (1 - al) / (1 - at))
    yield case("posterior.at_ends", mean.subs(x, sqrt(at) * x0), sqrt(p) * x0, sqrt(at) * x0)
    yield case("forward.two_steps", al * (1 - p) + (1 - al), 1 - al * p, 1 - al - p)
    yield case("forward.roots", sqrt(al) * sqrt(p), sqrt(al * p), al * p)
    yield case("forward.inverse", (sqrt(a) * x0 + sqrt(1 - a) * eps - sqrt(1 - a) * eps) / sqrt(a), x0, sqrt(a) * x0)
    variance = eta**2 * (1 - p) / (1 - at) * (1 - at / p)
    ddim = sqrt(p) * (x - sqrt(1 - at) * eps) / sqrt(at) + sqrt(1 - p - variance.subs(eta, 1)) * eps
    yield case(
        "ddim.eta_1_is_ddpm",
        ddim,
        (x - (1 - al) / sqrt(1 - at) * eps) / sqrt(al),
        (x - (1 - al) / sqrt(1 - p) * eps) / sqrt(al),
    )
    yield case(
        "ddim.sigma",
        (eta * sqrt((1 - p) / (1 - a)) * sqrt(1 - a / p)) ** 2,
        eta**2 * (1 - p) / (1 - a) * (1 - a / p),
        eta * (1 - p) / (1 - a) * (1 - a / p),
        p - a,
    )
    yield case(
        "ddim.deterministic",
        sqrt(p) * (x - sqrt(1 - a) * eps) / sqrt(a) + sqrt(1 - p) * eps,
        sqrt(p / a) * x + (sqrt(1 - p) - sqrt(p * (1 - a) / a)) * eps,
        sqrt(p / a) * x + (sqrt(1 - p) + sqrt(p * (1 - a) / a)) * eps,
    )


def parameterizations() -> Iterator[Case]:
    """x_0, eps, v and the score; SNR and log-SNR."""
    xt = sqrt(a) * x0 + sqrt(1 - a) * eps
    vt = sqrt(a) * eps - sqrt(1 - a) * x0
    yield case("v.x0", sqrt(a) * xt - sqrt(1 - a) * vt, x0, eps)
    yield case("v.eps", sqrt(1 - a) * xt + sqrt(a) * vt, eps, -eps)
    yield case("v.angle.x0", cos(u) * (cos(u) * x0 + sin(u) * eps) - sin(u) * (cos(u) * eps - sin(u) * x0), x0, -x0)
    rotated = cos(h) * (cos(u) * x0 + sin(u) * eps) - sin(h) * (cos(u) * eps - sin(u) * x0)
    yield case("v.angle.step", cos(u - h) * x0 + sin(u - h) * eps, rotated, rotated.subs(h, -h))
    yield case(
        "v.weight",
        (vt - vt.subs({x0: x0_hat, eps: (xt - sqrt(a) * x0_hat) / sqrt(1 - a)}, simultaneous=True)) ** 2,
        (1 + a / (1 - a)) * (x0 - x0_hat) ** 2,
        (1 + (1 - a) / a) * (x0 - x0_hat) ** 2,
    )
    yield case("score.eps", -(xt - sqrt(a) * x0) / (1 - a), -eps / sqrt(1 - a), -eps / (1 - a))
    yield case("score.tweedie", (xt + (1 - a) * (-eps / sqrt(1 - a))) / sqrt(a), x0, x0 + eps)
    yield case("snr.log", log(a / (1 - a)), log(a) - log(1 - a), log(1 - a) - log(a))
    yield case("snr.sigmoid", 1 / (1 + exp(-log(a / (1 - a)))), a, 1 - a)
    yield case("snr.sigmoid_noise", 1 / (1 + exp(lam)), 1 - 1 / (1 + exp(-lam)), 1 + 1 / (1 + exp(-lam)))
    yield case("snr.half", sqrt(a / (1 - a)), exp(log(a / (1 - a)) / 2), exp(log(a / (1 - a))))
    yield case(
        "snr.slope",
        Derivative(1 / (1 + exp(-lam)), lam),
        exp(-lam) / (1 + exp(-lam)) ** 2,
        exp(lam) / (1 + exp(-lam)) ** 2,
    )
    yield case("cfg", (1 + w) * c - w * u, u + (1 + w) * (c - u), u + w * (c - u))
    yield case("flow.x1", (1 - t) * x0 + t * x + (1 - t) * (x - x0), x, x0, t="unit")
    yield case(
        "flow.score", -(t * x + (1 - t) * eps - t * x) / (1 - t) ** 2, -eps / (1 - t), -eps / (1 - t) ** 2, t="unit"
    )


def losses() -> Iterator[Case]:
    """Weights of the losses, Kullback-Leibler divergences, Gaussian densities on the line."""
    at, beta_tilde = al * p, (1 - p) / (1 - al * p) * (1 - al)
    gap = ((1 - al) / sqrt(1 - at) * eps - (1 - al) / sqrt(1 - at) * eps_hat) / sqrt(al)
    yield case(
        "loss.eps_weight",
        gap**2 / (2 * beta_tilde),
        (1 - al) / (2 * al * (1 - p)) * (eps - eps_hat) ** 2,
        (1 - al) / (2 * (1 - p)) * (eps - eps_hat) ** 2,
    )
    snr = p / (1 - p) - at / (1 - at)
    yield case("loss.x0_weight", p * (1 - al) ** 2 / (1 - at) ** 2 / (2 * beta_tilde), snr / 2, snr)
    yield case(
        "loss.change",
        a / (1 - a) * (x0 - x0_hat) ** 2,
        ((x - sqrt(a) * x0) / sqrt(1 - a) - (x - sqrt(a) * x0_hat) / sqrt(1 - a)) ** 2,
        ((x - a * x0) / sqrt(1 - a) - (x - a * x0_hat) / sqrt(1 - a)) ** 2,
    )
    kl = log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - Rational(1, 2)
    yield case(
        "kl.forms",
        kl,
        (s1**2 / s2**2 - 1 - log(s1**2 / s2**2)) / 2 + (m1 - m2) ** 2 / (2 * s2**2),
        (s1**2 / s2**2 - 1 + log(s1**2 / s2**2)) / 2 + (m1 - m2) ** 2 / (2 * s2**2),
    )
    yield case("kl.same_variance", kl.subs(s2, s1), (m1 - m2) ** 2 / (2 * s1**2), (m1 - m2) ** 2 / (2 * s1))
    yield case(
        "kl.prior", kl.subs({m2: 0, s2: 1}), (s1**2 + m1**2 - 1 - 2 * log(s1)) / 2, (s1**2 + m1**2 - 1 - log(s1)) / 2
    )

    def density(y: Any, mean: Any, variance: Any) -> Any:
        return exp(-((y - mean) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)

    v1, v2 = s1**2, s2**2
    joint = density(x, x0, v1) * density(x0, m, v2) / density(x, m, v1 + v2)
    post = (v2 * x + v1 * m) / (v1 + v2)
    yield case("gauss.posterior", joint, density(x0, post, v1 * v2 / (v1 + v2)), density(x0, post, v1 + v2))
    yield case(
        "gauss.log",
        log(density(x, m, s)),
        -log(2 * pi * s) / 2 - (x - m) ** 2 / (2 * s),
        -log(2 * pi * s) - (x - m) ** 2 / (2 * s),
    )
    yield case("gauss.score", Derivative(log(density(x, m, s)), x), -(x - m) / s, (x - m) / s)
    yield case("gauss.hessian", Derivative(log(density(x, m, s)), (x, 2)), -1 / s, -1 / s**2)
    yield case(
        "gauss.stein",
        Derivative(density(x, m, s), x),
        -(x - m) / s * density(x, m, s),
        -(x - m) / sqrt(s) * density(x, m, s),
    )
    yield case("gauss.precision", 1 / (1 / s1 + 1 / s2), s1 * s2 / (s1 + s2), s1 * s2 / (s1 + s2) ** 2)
    yield case(
        "gauss.square",
        x**2 / s1 + (x - m) ** 2 / s2,
        (s1 + s2) / (s1 * s2) * (x - s1 * m / (s1 + s2)) ** 2 + m**2 / (s1 + s2),
        (s1 + s2) / (s1 * s2) * (x - s2 * m / (s1 + s2)) ** 2 + m**2 / (s1 + s2),
    )
    yield case("variance.interpolated", exp(w * log(b) + (1 - w) * log(s)), b**w * s ** (1 - w), b ** (1 - w) * s**w)


def edm() -> Iterator[Case]:
    """The preconditioning of the denoiser, and its schedule of noise."""
    total = s**2 + d**2
    c_skip, c_out, c_in = d**2 / total, s * d / sqrt(total), 1 / sqrt(total)
    yield case("edm.c_out_squared", (1 - c_skip) ** 2 * d**2 + c_skip**2 * s**2, c_out**2, c_out)
    yield case("edm.c_out", sqrt((1 - c_skip) ** 2 * d**2 + c_skip**2 * s**2), c_out, s * d / total)
    yield case("edm.c_in", c_in * sqrt(s**2 + d**2), 1 + 0 * s, s)
    yield case("edm.weight", total / (s * d) ** 2 * c_out**2, 1 + 0 * s, s**2)
    yield case("edm.noise", log(s) / 4, log(s ** Rational(1, 4)), log(sqrt(s)) / 4)
    yield case(
        "edm.target",
        (x0 - c_skip * (x0 + s * eps)) / c_out,
        (s * x0 - d**2 * eps) / (d * sqrt(total)),
        (s * x0 + d**2 * eps) / (d * sqrt(total)),
    )
    yield case("edm.schedule_end", (s1 ** (1 / r) + 1 * (s2 ** (1 / r) - s1 ** (1 / r))) ** r, s2, s1)
    seventh = Rational(1, 7)
    yield case("edm.rho_7", (s1**seventh + (s2**seventh - s1**seventh) * w).subs(w, 1) ** 7, s2, s2**seventh)
    yield case("edm.from_vp", 1 / sqrt(1 + (1 - a) / a), sqrt(a), a)
    yield case("edm.sigma", sqrt((1 - a) / a), exp(-log(a / (1 - a)) / 2), exp(log(a / (1 - a)) / 2))


def continuous() -> Iterator[Case]:
    """VP, VE, the cosine schedule, exponential integrators, Fokker-Planck."""
    lo, hi = symbols("beta_min beta_max")
    rates = {"beta_min": "positive", "beta_max": "positive"}
    area = lo * t + (hi - lo) * t**2 / 2
    rate = lo + (hi - lo) * t
    yield case("vp.drift", Derivative(log(exp(-area / 2)), t), -rate / 2, -rate, **rates)
    yield case("vp.preserving", exp(-area / 2) ** 2 + (1 - exp(-area)), 1 + 0 * t, 1 - exp(-area / 2), **rates)
    yield case("vp.variance", Derivative(1 - exp(-area), t), rate * (1 - (1 - exp(-area))), -rate * exp(-area), **rates)
    decay = exp(-lo * t)
    yield case("vp.log_snr", Derivative(log(decay / (1 - decay)), t), -lo / (1 - decay), lo / (1 - decay), **rates)
    ve = s1 * (s2 / s1) ** t
    yield case("ve.diffusion", Derivative(ve**2, t), 2 * ve**2 * log(s2 / s1), 2 * ve * log(s2 / s1))
    yield case("cosine.variance", 1 - cos(pi * t / 2) ** 2, sin(pi * t / 2) ** 2, sin(pi * t / 2))
    yield case("cosine.double", cos(pi * t), 1 - 2 * sin(pi * t / 2) ** 2, 1 - sin(pi * t / 2) ** 2)
    yield case("cosine.log_snr", log(cos(u) ** 2 / sin(u) ** 2), -2 * log(tan(u)), 2 * log(tan(u)), sin(u), cos(u))
    yield case("cosine.slope", Derivative(cos(pi * t / 2) ** 2, t), -pi * sin(pi * t) / 2, -pi * sin(pi * t / 2) / 2)
    density = exp(-(x**2) / 2)
    yield case("ou.stationary", Derivative(x * density, x) + Derivative(density, (x, 2)), 0 * x, density)
    heat = exp(-(x**2) / (2 * t)) / sqrt(2 * pi * t)
    yield case("heat.equation", Derivative(heat, t), Derivative(heat, (x, 2)) / 2, Derivative(heat, (x, 2)))
    a1, a2 = s1, s2  # alpha at two times; the noise levels are sigma and sigma_data
    step = log(a2 / d) - log(a1 / s)
    yield case(
        "dpm_solver.first",
        a2 / a1 * x - d * (exp(step) - 1) * eps,
        a2 * (x - s * eps) / a1 + d * eps,
        a2 * (x - s * eps) / a1 - d * eps,
    )
    yield case(
        "dpm_solver.data",
        d / s * x - a2 * (exp(-step) - 1) * x0,
        d / s * x + (a2 - d * a1 / s) * x0,
        d / s * x + (a2 - d * a2 / s) * x0,
    )
    yield case("dpm_solver.halves", (exp(h / 2) - 1) * (exp(h / 2) + 1), exp(h) - 1, exp(h / 2) - 1)
    yield case(
        "dpm_solver.phi_2",
        (exp(h) - 1 - h) / h**2,
        ((exp(h) - 1) / h - 1) / h,
        ((exp(h) - 1) / h + 1) / h,
        h="positive",
    )
    yield case("dpm_solver.log_snr", exp(step), a2 * s / (a1 * d), a2 * d / (a1 * s))


def structure() -> Iterator[Case]:
    """Roots of roots, sums, products, integrals and opaque functions."""
    T, i = Symbol("T"), Symbol("i")
    f, alpha = Function("f"), Function("alpha")
    integer = {"T": "integer"}
    yield case("root.fourth", s ** Rational(1, 4), exp(log(s) / 4), exp(log(s) / 2))
    yield case("root.of_root", sqrt(sqrt(s)) ** 3, s ** Rational(3, 4), s ** Rational(3, 2))
    yield case(
        "root.product",
        (s * d) ** Rational(1, 4),
        s ** Rational(1, 4) * d ** Rational(1, 4),
        s ** Rational(1, 4) * d ** Rational(1, 2),
    )
    yield case("root.sixth", s ** Rational(1, 6) * s ** Rational(1, 3), sqrt(s), s ** Rational(1, 3))
    yield case("root.orders", sqrt(s ** Rational(1, 3)), sqrt(s) ** Rational(1, 3), s ** Rational(1, 3))
    yield case("root.of_exponential", sqrt(exp(x / 3)), exp(x / 6), exp(x / 3))
    yield case("root.nested", sqrt(3 + 2 * sqrt(2)) + 0 * s, 1 + sqrt(2), 2 + sqrt(2))
    yield case("root.nested_symbols", sqrt(s + d + 2 * sqrt(s * d)), sqrt(s) + sqrt(d), sqrt(s) - sqrt(d))
    yield case("root.reciprocal", 1 / (1 + sqrt(a)), (1 - sqrt(a)) / (1 - a), (1 + sqrt(a)) / (1 - a))
    yield case(
        "sum.linear",
        Sum(2 * f(i) + c, (i, 1, T)),
        2 * Sum(f(i), (i, 1, T)) + c * T,
        2 * Sum(f(i), (i, 1, T)) + c * (T - 1),
        T > 0,
        **integer,
    )
    yield case("sum.shift", Sum(f(i + 1), (i, 0, T - 1)), Sum(f(i), (i, 1, T)), Sum(f(i), (i, 0, T)), T > 0, **integer)
    yield case(
        "product.power",
        Product(alpha(i), (i, 1, T)) ** 2,
        Product(alpha(i) ** 2, (i, 1, T)),
        Product(alpha(i), (i, 1, T)),
        T > 0,
        alpha="unit",
        **integer,
    )
    yield case(
        "product.roots",
        Product(sqrt(alpha(i)), (i, 1, T)),
        sqrt(Product(alpha(i), (i, 1, T))),
        Product(alpha(i), (i, 1, T)),
        T > 0,
        alpha="unit",
        **integer,
    )
    chain, logs = Product(alpha(i), (i, 1, T)), Sum(log(alpha(i)), (i, 1, T))
    unit = {"alpha": "unit", **integer}
    yield case("product.log", log(chain), logs, log(chain) / 2, T > 0, **unit)
    yield case("product.exp_of_logs", exp(logs), chain, exp(-logs), T > 0, **unit)
    yield case("product.log_of_root", log(sqrt(chain)), logs / 2, logs, T > 0, **unit)
    odds = Product(alpha(i) / (1 - alpha(i)), (i, 1, T))
    log_odds = Sum(log(alpha(i)) - log(1 - alpha(i)), (i, 1, T))
    yield case("product.log_odds", log(odds), log_odds, Sum(log(alpha(i)), (i, 1, T)), T > 0, **unit)
    yield case("product.constant", Product(a * alpha(i), (i, 1, T)), a**T * chain, a * chain, T > 1, **unit)
    decays = Product(exp(-x * alpha(i)), (i, 1, T))
    yield case(
        "product.of_exponentials",
        decays,
        exp(-x * Sum(alpha(i), (i, 1, T))),
        exp(-x * chain),
        T > 1,
        **unit,
    )
    yield case("function.chain", Derivative(f(x) ** 2, x), 2 * f(x) * Derivative(f(x), x), 2 * Derivative(f(x), x))
    gaussian = exp(-(x**2))
    yield case(
        "integral.linear",
        Integral(3 * s * gaussian, (x, -oo, oo)),
        3 * s * Integral(gaussian, (x, -oo, oo)),
        s * Integral(gaussian, (x, -oo, oo)),
    )


def identities() -> list[Case]:
    """Every case."""
    return [*ddpm(), *parameterizations(), *losses(), *edm(), *continuous(), *structure()]
