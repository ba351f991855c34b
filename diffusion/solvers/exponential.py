"""Exponential Adams-Bashforth steps in lambda = log(alpha / sigma): what DDIM, DPM-Solver and UniPC share.

The probability-flow equation, and the family of stochastic equations with the same marginals, are linear but
for the prediction. Solved over a step from s to t, h = lambda_t - lambda_s, k = 1 + eta^2:

    data    x_t = (sigma_t / sigma_s) e^(-eta^2 h) x_s + k alpha_t int_0^h e^(-k (h - u)) x_0(lambda_s + u) du
                  + sigma_t sqrt(1 - e^(-2 eta^2 h)) z
    noise   x_t = (alpha_t / alpha_s) x_s - sigma_t int_0^h e^(h - u) eps(lambda_s + u) du       (eta = 0)

The prediction is replaced by the polynomial through its last `order` values, and integrated exactly. eta = 0 is
the flow, eta = 1 the reverse equation of the forward one.

No formulas are registered here; dpm.exact_solution, dpmpp.exact, dpmpp.sde1 and sde.reverse_family are those in the
catalogue. References: Hochbruck and Ostermann 2010; Lu et al. 2022, 2023; Zhang and Chen 2023.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from diffusion.solvers.plan import Grid, Point, Prediction, Row, Solver, Update, finite
from diffusion.solvers.quadrature import interpolation_weights


def exponential_update(s: Point, t: Point, nodes: Sequence[float], predicts: Prediction, eta: float = 0.0) -> Update:
    """The step from s to t; nodes are the half log-SNRs of the predictions, latest first.

    With one node the closed form is used, which holds at both ends of the path too (h infinite).
    """
    h = t.half_log_snr - s.half_log_snr
    if predicts == "noise":
        base = t.alpha / s.alpha if s.alpha > 0 else math.inf
        if len(nodes) > 1:
            return Update(base, _integrals(s, t, nodes, rate=-1.0, scale=-t.sigma))
        return Update(base, (-t.sigma * math.expm1(h) if math.isfinite(h) else t.sigma - base * s.sigma,))
    decay = eta**2 * h if eta > 0 else 0.0
    base, noise = t.sigma / s.sigma * math.exp(-decay), t.sigma * math.sqrt(-math.expm1(-2 * decay))
    if len(nodes) > 1:
        k = 1 + eta**2
        return Update(base, _integrals(s, t, nodes, rate=k, scale=k * t.alpha), noise)
    return Update(base, (-t.alpha * math.expm1(-(h + decay)),), noise)


def _integrals(s: Point, t: Point, nodes: Sequence[float], rate: float, scale: float) -> tuple[float, ...]:
    """scale times the integral of e^(-rate (h - u)) times each member of the basis."""
    h = t.half_log_snr - s.half_log_snr
    shifted = [node - s.half_log_snr for node in nodes]
    return interpolation_weights(shifted, 0.0, h, lambda u: scale * np.exp(-rate * (h - u)), lambda u: u)


class Exponential(Solver):
    """Order `order` in lambda, with a two-stage first step where the order is 3 or more.

    Started with a step of order 1, a multistep method of order 3 has order 2: the error of the first step stays. So
    the first step asks once more, halfway in lambda. A stochastic run (eta > 0) starts at order 1. At an end of
    the path, where lambda is infinite, a step has order 1.
    """

    def __init__(self, name: str, order: int, predicts: Prediction, eta: float = 0.0) -> None:
        if order < 1 or eta < 0:
            raise ValueError(f"{name} needs order >= 1 and eta >= 0; got {order} and {eta}")
        if eta > 0 and predicts == "noise":
            raise ValueError(f"{name} is stochastic (eta = {eta}) only when it predicts 'data'")
        self.name, self.degree, self.predicts, self.eta = name, order, predicts, eta
        self.order = order if eta == 0 else None

    def rows(self, grid: Grid) -> list[Row]:
        """One row a step, and one more for the start."""
        rows: list[Row] = []
        nodes: list[float] = []
        for s, t in grid.steps:
            if not rows and self.degree >= 3 and self.eta == 0 and finite(s, t):
                rows += two_stages(s, t, grid, self.predicts)
                nodes = [row.at.half_log_snr for row in reversed(rows)]
                continue
            nodes = usable([s.half_log_snr, *nodes], t, self.degree)
            rows.append(Row(s, t, exponential_update(s, t, nodes, self.predicts, self.eta)))
        return rows


def two_stages(s: Point, t: Point, grid: Grid, predicts: Prediction) -> list[Row]:
    """A step of order 2 by itself: order 1 to the middle in lambda, then the line through both predictions."""
    middle = grid.at_half_log_snr(0.5 * (s.half_log_snr + t.half_log_snr))
    nodes = [middle.half_log_snr, s.half_log_snr]
    return [
        Row(s, None, exponential_update(s, middle, nodes[1:], predicts)),
        Row(middle, t, exponential_update(s, t, nodes, predicts), anchor="kept"),
    ]


def usable(nodes: Sequence[float], t: Point, most: int) -> list[float]:
    """The latest nodes that a polynomial can go through: finite ones, and one alone where the step has no end."""
    if not math.isfinite(t.half_log_snr):
        most = 1
    kept = list(nodes[:1])
    for node in nodes[1:most]:
        if not (math.isfinite(node) and math.isfinite(kept[0])):
            break
        kept.append(node)
    return kept
