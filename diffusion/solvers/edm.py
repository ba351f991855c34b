"""EDM's sampler: Heun's method in sigma / alpha, with churn.

In y = x / alpha and r = sigma / alpha the flow is dy / dr = (y - x_0) / r. A step from r to r' is Euler's, then
the trapezoid. A step to r' = 0 stays Euler's, which returns x_0, and so does one from infinite r. Churn first
raises the noise from r to (1 + gamma) r, with gamma = min(churn / steps, sqrt(2) - 1) where r lies in [r_min, r_max].

No formulas are registered here; edm.heun and edm.churn are those in the catalogue.
Reference: Karras et al. 2022, algorithms 1 and 2.
"""

from __future__ import annotations

import math

from diffusion.solvers.plan import Grid, Point, Row, Solver, Update


class EDMHeun(Solver):
    """Order 2, two evaluations a step. Stochastic for churn > 0.

    noise is S_noise, r_min and r_max are S_min and S_max of the paper. No step is raised above the path's end.
    """

    def __init__(self, churn: float = 0.0, r_min: float = 0.0, r_max: float = math.inf, noise: float = 1.0) -> None:
        if churn < 0 or not 0 <= r_min <= r_max or noise < 0:
            raise ValueError(
                f"churn and noise must not be negative and r_min not above r_max; got churn = {churn}, "
                f"r_min = {r_min}, r_max = {r_max}, noise = {noise}"
            )
        self.name = "edm_heun" if churn == 0 else "edm_heun_churn"
        self.churn, self.r_min, self.r_max, self.noise = churn, r_min, r_max, noise
        self.order = 2 if churn == 0 else None

    def rows(self, grid: Grid) -> list[Row]:
        """Two rows a step, one at either end of the path; the first may lift x to more noise."""
        rows = []
        gamma = min(self.churn / (len(grid.points) - 1), math.sqrt(2) - 1)
        for s, t in grid.steps:
            s, lift = self._lifted(s, grid, gamma)
            first = _euler(s, t)
            if t.sigma == 0 or s.alpha == 0:
                rows.append(Row(s, t, first, lift=lift))
                continue
            rows.append(Row(s, None, first, lift=lift))
            ratio = _ratio(t) / _ratio(s)
            # y + (r' - r) (d + d') / 2, where d = (y - x_0) / r, d' = (y' - x_0') / r', y' = ratio y + (1 - ratio) x_0.
            base = 1 + 0.5 * (ratio - 1) + 0.5 * (1 - 1 / ratio) * ratio
            start = -0.5 * (ratio - 1) + 0.5 * (1 - 1 / ratio) * (1 - ratio)
            end = -0.5 * (1 - 1 / ratio)
            update = Update(base * t.alpha / s.alpha, (end * t.alpha, start * t.alpha))
            rows.append(Row(t, t, update, anchor="kept"))
        return rows

    def _lifted(self, s: Point, grid: Grid, gamma: float) -> tuple[Point, tuple[float, float] | None]:
        """The noisier level that a step begins at, and how x gets there."""
        r = _ratio(s)
        if gamma == 0 or not (self.r_min <= r <= self.r_max and math.isfinite(r)):
            return s, None
        raised = -math.log((1 + gamma) * r)
        if raised < grid.end_half_log_snr:
            return s, None
        to = grid.at_half_log_snr(raised)
        return to, (to.alpha / s.alpha, to.alpha * r * self.noise * math.sqrt((1 + gamma) ** 2 - 1))


def _ratio(at: Point) -> float:
    return at.sigma / at.alpha if at.alpha > 0 else math.inf


def _euler(s: Point, t: Point) -> Update:
    """y' = ratio y + (1 - ratio) x_0, in x; where s has no signal it is alpha x_0 + (sigma / sigma_s) x."""
    base = t.sigma / s.sigma
    return Update(base, (t.alpha - base * s.alpha,))
