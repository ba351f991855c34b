"""DDIM with any eta, and ancestral sampling: x_0 is predicted, and x_t is drawn given it and x_s.

On any path, from s (noisier) to t, with h = lambda_t - lambda_s: the posterior q(x_t | x_s, x_0) has variance
sigma_t^2 (1 - e^(-2 h)). DDIM keeps its share eta^2 of it as noise c^2, and the rest along the predicted eps:
x_t = alpha_t x_0 + sqrt(sigma_t^2 - c^2) eps + c z. eta = 0 is deterministic, eta = 1 is DDPM with beta_tilde.

No formulas are registered here; ddim.step and ddim.eta are computed in `diffusion.implicit`, on DDPM's tables, and a
test holds the two together. ddim.coefficients and posterior.general are those in the catalogue.
Reference: Song, Meng, Ermon 2021, equations 12 and 16.
"""

from __future__ import annotations

import math

from diffusion.solvers.plan import Grid, Point, Row, Solver, Update


class DDIM(Solver):
    """Deterministic for eta = 0 (order 1), the posterior's own variance for eta = 1."""

    def __init__(self, eta: float = 0.0) -> None:
        if not 0 <= eta <= 1:
            raise ValueError(f"eta of DDIM lies in [0, 1]; got {eta}")
        self.name = "ddim" if eta == 0 else f"ddim_eta_{eta:g}"
        self.eta = eta
        self.order = 1 if eta == 0 else None

    def rows(self, grid: Grid) -> list[Row]:
        """One row a step; the noise vanishes with sigma_t."""
        return [Row(s, t, ddim_update(s, t, self.eta)) for s, t in grid.steps]


class Ancestral(Solver):
    """DDPM's sampler on any path: the posterior mean, with noise of variance beta_tilde or beta.

    beta is the variance of the forward step from t to s, sigma_s^2 - (alpha_s / alpha_t)^2 sigma_t^2; the step to
    sigma_t = 0 adds no noise.
    """

    order = None

    def __init__(self, variance: str = "beta_tilde") -> None:
        if variance not in ("beta_tilde", "beta"):
            raise ValueError(f"unknown variance {variance!r}; choose one of: beta_tilde, beta")
        self.name = "ancestral" if variance == "beta_tilde" else "ancestral_beta"
        self.variance = variance

    def rows(self, grid: Grid) -> list[Row]:
        """DDIM with eta = 1, and other noise for beta."""
        rows = []
        for s, t in grid.steps:
            update = ddim_update(s, t, 1.0)
            if self.variance == "beta" and t.sigma > 0:
                update = update._replace(noise=s.sigma * math.sqrt(_lost(s, t)))
            rows.append(Row(s, t, update))
        return rows


def ddim_update(s: Point, t: Point, eta: float) -> Update:
    """The step as an update on x_0: eps is (x_s - alpha_s x_0) / sigma_s."""
    lost = _lost(s, t)
    base = t.sigma * math.sqrt(1 - eta**2 * lost) / s.sigma
    return Update(base, (t.alpha - s.alpha * base,), t.sigma * eta * math.sqrt(lost))


def _lost(s: Point, t: Point) -> float:
    """1 - SNR_s / SNR_t = 1 - e^(-2 h), in [0, 1]."""
    return -math.expm1(2 * (s.half_log_snr - t.half_log_snr))
