"""DEIS (tAB): eps is extrapolated by a polynomial in the time t, not in lambda.

In y = x / alpha and r = sigma / alpha the flow is dy / dr = eps, so
x_t = alpha_t [x_s / alpha_s + sum_j eps_j int l_j(t(r)) dr], with the Lagrange basis l_j of the last times.
The integrals are taken in r, where they stay smooth up to the clean end. Order 1 is DDIM.

No formulas are registered here; deis.ab and ddim.euler_in_sigma are those in the catalogue.
Reference: Zhang and Chen 2023, equation 14 and its multistep coefficients.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from diffusion.solvers.plan import Grid, Point, Row, Solver, Update
from diffusion.solvers.quadrature import Array, interpolation_weights


class DEIS(Solver):
    """Order 1 to 4, one evaluation a step; where the order is 3 or more, one more in the first step."""

    predicts = "noise"

    def __init__(self, order: int = 3) -> None:
        if order < 1:
            raise ValueError(f"DEIS needs an order of at least 1; got {order}")
        self.name, self.order, self.degree = f"deis_{order}", order, order

    def rows(self, grid: Grid) -> list[Row]:
        """One row a step, and one more for the start."""
        rows: list[Row] = []
        nodes: list[float] = []
        for s, t in grid.steps:
            if not rows and self.degree >= 3:
                middle = grid.at_time(0.5 * (s.t + t.t))
                rows.append(Row(s, None, _update(grid, s, middle, [s.t])))
                rows.append(Row(middle, t, _update(grid, s, t, [middle.t, s.t]), anchor="kept"))
                nodes = [middle.t, s.t]
                continue
            nodes = [s.t, *nodes][: self.degree]
            rows.append(Row(s, t, _update(grid, s, t, nodes)))
        return rows


def _update(grid: Grid, s: Point, t: Point, nodes: list[float]) -> Update:
    """The step from s to t through predictions at the times `nodes`, latest first."""
    if s.alpha == 0:
        return Update(math.inf)

    def time_of(r: Array) -> Array:
        with torch.no_grad():
            return grid.path.time_of(-torch.from_numpy(r).log()).numpy()

    weights = interpolation_weights(nodes, s.sigma / s.alpha, t.sigma / t.alpha, np.ones_like, time_of)
    return Update(t.alpha / s.alpha, tuple(t.alpha * w for w in weights))
