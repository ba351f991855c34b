"""DPM-Solver of order 1, 2 and 3: one-step methods on the prediction of eps, in lambda.

With h = lambda_t - lambda_s and stages at lambda_s + r h:

    1   x_t = (alpha_t / alpha_s) x_s - sigma_t (e^h - 1) eps_s, which is DDIM
    2   r_1 = 1/2: order 1 to the stage, then eps_s + (eps_1 - eps_s) / (2 r_1) in place of eps_s
    3   r_1 = 1/3, r_2 = 2/3: order 1 to the first stage, then two updates with slopes
        (eps_1 - eps_s) / (r_1 h) and (eps_2 - eps_s) / (r_2 h)

No formulas are registered here; dpm.solver1_is_ddim, dpm.solver2 and dpm.solver3 are those in the catalogue.
Reference: Lu et al. 2022, *DPM-Solver*, equation 4.1 and algorithms 1 and 2.
"""

from __future__ import annotations

import math

from diffusion.solvers.exponential import Exponential, exponential_update
from diffusion.solvers.plan import Grid, Point, Row, Solver, Update, finite


class DPMSolver1(Exponential):
    """Order 1, one evaluation a step."""

    def __init__(self) -> None:
        super().__init__("dpm_solver_1", 1, "noise")


class DPMSolver2(Solver):
    """Order 2, two evaluations a step."""

    name, predicts, order = "dpm_solver_2", "noise", 2

    def __init__(self, r_1: float = 0.5) -> None:
        _check_stages(r_1)
        self.r_1 = r_1

    def rows(self, grid: Grid) -> list[Row]:
        """Two rows a step, one where h is infinite."""
        rows = []
        for s, t in grid.steps:
            if not finite(s, t):
                rows.append(_first_order(s, t))
                continue
            (first,) = _stages(s, t, grid, self.r_1)
            rows.append(Row(s, None, _first_order(s, first).update))
            whole = _first_order(s, t).update
            share = whole.n[0] / (2 * self.r_1)
            rows.append(Row(first, t, Update(whole.base, (share, whole.n[0] - share)), anchor="kept"))
        return rows


class DPMSolver3(Solver):
    """Order 3, three evaluations a step."""

    name, predicts, order = "dpm_solver_3", "noise", 3

    def __init__(self, r_1: float = 1 / 3, r_2: float = 2 / 3) -> None:
        _check_stages(r_1, r_2)
        self.r_1, self.r_2 = r_1, r_2

    def rows(self, grid: Grid) -> list[Row]:
        """Three rows a step, one where h is infinite."""
        rows = []
        for s, t in grid.steps:
            if not finite(s, t):
                rows.append(_first_order(s, t))
                continue
            h = t.half_log_snr - s.half_log_snr
            first, second = _stages(s, t, grid, self.r_1, self.r_2)
            rows.append(Row(s, None, _first_order(s, first).update))
            base, n = _first_order(s, second).update[:2]
            share = -second.sigma * (self.r_2 / self.r_1) * _phi(self.r_2 * h)
            rows.append(Row(first, None, Update(base, (share, n[0] - share)), anchor="kept"))
            base, n = _first_order(s, t).update[:2]
            share = -t.sigma / self.r_2 * _phi(h)
            rows.append(Row(second, t, Update(base, (share, 0.0, n[0] - share)), anchor="kept"))
        return rows


def _first_order(s: Point, t: Point) -> Row:
    return Row(s, t, exponential_update(s, t, [s.half_log_snr], "noise"))


def _stages(s: Point, t: Point, grid: Grid, *fractions: float) -> list[Point]:
    h = t.half_log_snr - s.half_log_snr
    return [grid.at_half_log_snr(s.half_log_snr + r * h) for r in fractions]


def _phi(h: float) -> float:
    """(e^h - 1) / h - 1 = h / 2 + h^2 / 6 + ..., by its series where the closed form cancels."""
    if h > 0.5:
        return math.expm1(h) / h - 1
    term, total = 0.5 * h, 0.0
    for k in range(3, 24):
        total += term
        term *= h / k
    return total


def _check_stages(*fractions: float) -> None:
    if not all(0 < r <= 1 for r in fractions):
        raise ValueError(f"the stages of DPM-Solver lie inside the step, 0 < r <= 1; got {fractions}")
