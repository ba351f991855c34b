"""Euler and Heun on the velocity dx / dt = alpha' x_0 + sigma' eps of the probability flow, in the path's own time.

With eps = (x - alpha x_0) / sigma the velocity is p x + q x_0, p = sigma' / sigma and q = alpha' - alpha p. On the
straight path of flow matching Euler is DDIM, and one step to t = 0 gives x_0.

No formulas are registered here; solver.euler_order, solver.heun_order and pfode.eps_x0_forms are those in the
catalogue.
"""

from __future__ import annotations

from diffusion.solvers.plan import Grid, Point, Row, Solver, Update


class Euler(Solver):
    """Order 1, one evaluation a step."""

    name = "euler"

    def rows(self, grid: Grid) -> list[Row]:
        """x + (t - s) velocity."""
        return [Row(s, t, _euler(s, t)) for s, t in grid.steps]


class Heun(Solver):
    """Order 2, two evaluations a step: the mean of the velocities at both ends. A step to sigma = 0 is Euler's."""

    name, order = "heun", 2

    def rows(self, grid: Grid) -> list[Row]:
        """Euler's step, then the trapezoid from the same start."""
        rows = []
        for s, t in grid.steps:
            to_end = _euler(s, t)
            if t.sigma == 0:
                rows.append(Row(s, t, to_end))
                continue
            half = 0.5 * (t.t - s.t)
            (p_s, q_s), (p_t, q_t) = velocity(s), velocity(t)
            # The velocity at the end is p_t (to_end) + q_t x_0(end), and to_end = base x + n x_0(start).
            base = 1 + half * (p_s + p_t * to_end.base)
            from_start = half * (q_s + p_t * to_end.n[0])
            rows.append(Row(s, None, to_end))
            rows.append(Row(t, t, Update(base, (half * q_t, from_start)), anchor="kept"))
        return rows


def velocity(at: Point) -> tuple[float, float]:
    """(p, q) with dx / dt = p x + q x_0."""
    p = at.d_sigma / at.sigma
    return p, at.d_alpha - at.alpha * p


def _euler(s: Point, t: Point) -> Update:
    p, q = velocity(s)
    return Update(1 + (t.t - s.t) * p, ((t.t - s.t) * q,))
