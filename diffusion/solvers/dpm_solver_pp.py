"""DPM-Solver++: multistep on the prediction of x_0, of order 2 (2M) and 3 (3M), and their stochastic forms.

2M, as published: with r = h_{i-1} / h_i, D = (1 + 1 / (2 r)) x_0^{i-1} - x_0^{i-2} / (2 r) takes the place of the
prediction in the first-order step. Its stochastic form is the same with the first-order step of eta > 0.

3M: the polynomial through three predictions, integrated exactly. With second differences halved, as often
written, the method has order 2.

No formulas are registered here; dpmpp.2m, dpmpp.order1 and dpmpp.sde1 are those in the catalogue.
Reference: Lu et al. 2023, *DPM-Solver++*, algorithm 2 and section 5.
"""

from __future__ import annotations

import math

from diffusion.solvers.exponential import Exponential, exponential_update
from diffusion.solvers.plan import Grid, Row, Solver, Update


class DPMSolverPP2M(Solver):
    """Order 2 with one evaluation a step. eta = 0 is the flow, eta = 1 the published SDE variant."""

    def __init__(self, eta: float = 0.0) -> None:
        if eta < 0:
            raise ValueError(f"eta must not be negative; got {eta}")
        self.name = "dpm_solver_pp_2m" if eta == 0 else "dpm_solver_pp_2m_sde"
        self.eta = eta
        self.order = 2 if eta == 0 else None

    def rows(self, grid: Grid) -> list[Row]:
        """One row a step; the first step, and one to infinite log-SNR, have order 1."""
        rows: list[Row] = []
        before = math.nan
        for s, t in grid.steps:
            update = exponential_update(s, t, [s.half_log_snr], "data", self.eta)
            h = t.half_log_snr - s.half_log_snr
            if math.isfinite(before) and math.isfinite(h):
                (weight,) = update.n
                share = h / (2 * before)
                update = Update(update.base, (weight * (1 + share), -weight * share), update.noise)
            rows.append(Row(s, t, update))
            before = h
        return rows


class DPMSolverPP3M(Exponential):
    """Order 3 with one evaluation a step. eta = 1 is the SDE variant."""

    def __init__(self, eta: float = 0.0) -> None:
        super().__init__("dpm_solver_pp_3m" if eta == 0 else "dpm_solver_pp_3m_sde", 3, "data", eta)


class DPMSolverPPSDE(Exponential):
    """The first-order stochastic step; eta = 1 equals DDIM with eta = 1."""

    def __init__(self, eta: float = 1.0) -> None:
        super().__init__("dpm_solver_pp_1_sde", 1, "data", eta)
