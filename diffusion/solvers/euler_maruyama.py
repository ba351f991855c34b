"""Euler-Maruyama on the reverse equation, and on the family with the same marginals.

dx = [f x - (1 + eta^2) / 2 g^2 score] dt + eta g dW, backwards in time. eta = 1 is the reverse equation of the
forward one, eta = 0 the probability flow. A step to sigma = 0 adds no noise.

No formulas are registered here; em.scheme, sde.reverse and sde.reverse_family are those in the catalogue.
Reference: Song et al. 2021, equations 6 and 13.
"""

from __future__ import annotations

import math

from diffusion.solvers.plan import Grid, Point, Row, Solver, Update


class EulerMaruyama(Solver):
    """x - [f x - (1 + eta^2) / 2 g^2 score] (s - t) + eta g sqrt(s - t) z from s to t, in the path's own time."""

    def __init__(self, eta: float = 1.0) -> None:
        if eta < 0:
            raise ValueError(f"eta must not be negative; got {eta}")
        self.name = "euler_maruyama" if eta == 1 else f"euler_maruyama_eta_{eta:g}"
        self.eta = eta
        self.order = 1 if eta == 0 else None

    @property
    def needs_signal(self) -> bool:
        """True: the drift alpha' / alpha is infinite where alpha = 0."""
        return True

    def rows(self, grid: Grid) -> list[Row]:
        """One row a step; score = (alpha x_0 - x) / sigma^2."""
        return [Row(s, t, self._update(s, t)) for s, t in grid.steps]

    def _update(self, s: Point, t: Point) -> Update:
        step = s.t - t.t
        f = s.d_alpha / s.alpha if s.alpha > 0 else -math.inf
        g_squared = 2 * s.sigma * (s.d_sigma - f * s.sigma)
        pull = 0.5 * (1 + self.eta**2) * g_squared * step / s.sigma**2
        noise = self.eta * math.sqrt(g_squared * step) if t.sigma > 0 else 0.0
        return Update(1 - f * step - pull, (pull * s.alpha,), noise)
