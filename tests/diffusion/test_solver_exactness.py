"""Polynomial exactness: a step of k predictions integrates degree k - 1 exactly. The reference has 40 digits."""

import mpmath
import pytest
import torch

from diffusion.parameterizations import X_0
from diffusion.paths import PATHS, path, times
from diffusion.solvers import (
    DEIS,
    SOLVERS,
    AdamsBashforth,
    DPMSolverPP3M,
    Exponential,
    Grid,
    UniPC,
    last,
    sample,
    solver,
)

mpmath.mp.dps = 40
GRIDS = {
    "long steps": times(path("linear"), 6, first=0.9, last=0.05),
    "short steps": times(path("linear"), 400, first=0.9, last=0.05)[:8],
}


def integral(s, t, degree: int, predicts: str, eta: float = 0.0) -> mpmath.mpf:
    """What a step from s to t adds when the prediction is (lambda - lambda_s)^degree: the exact solution."""
    h = mpmath.mpf(t.half_log_snr) - mpmath.mpf(s.half_log_snr)
    if predicts == "noise":
        return -t.sigma * mpmath.quad(lambda u: mpmath.exp(h - u) * u**degree, [0, h])
    k = 1 + mpmath.mpf(eta) ** 2
    return k * t.alpha * mpmath.quad(lambda u: mpmath.exp(-k * (h - u)) * u**degree, [0, h])


def ratio(weights, nodes, s, exact: mpmath.mpf, degree: int) -> float:
    """What the weights make of the same polynomial, over the exact integral."""
    got = sum(mpmath.mpf(w) * (mpmath.mpf(node) - mpmath.mpf(s)) ** degree for w, node in zip(weights, nodes, strict=True))
    return float(got / exact)


def last_row(solver, grid_name: str):
    """(weights, nodes, s, t) of the last row: the prediction nodes are where the rows before were evaluated."""
    grid = Grid(path("linear"), GRIDS[grid_name])
    rows = solver.rows(grid)
    n = rows[-1].update.n
    return n, [row.at.half_log_snr for row in rows[::-1][: len(n)]], rows[-1].at, rows[-1].to


CASES = [
    *[pytest.param(AdamsBashforth(k, predicts), k, 0.0, id=f"{predicts}-{k}") for k in (1, 2, 3, 4) for predicts in ("data", "noise")],
    *[pytest.param(Exponential("sde", k, "data", eta), k, eta, id=f"sde-{k}-{eta}") for k in (1, 2, 3) for eta in (0.5, 1.0)],
    pytest.param(DPMSolverPP3M(), 3, 0.0, id="dpm_solver_pp_3m"),
    *[pytest.param(UniPC(p, predicts), p, 0.0, id=f"unipc-{p}-{predicts}") for p in (1, 2, 3) for predicts in ("data", "noise")],
]  # fmt: skip


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("solver, order, eta", CASES)
def test_degree_below_the_order_is_integrated_exactly(solver, order, eta, grid):
    weights, nodes, s, t = last_row(solver, grid)
    assert len(weights) == order
    for degree in range(order):
        exact = integral(s, t, degree, solver.predicts, eta)
        # At short steps each weight is h times a number of order 1, and the sum cancels to h^(degree + 1).
        assert ratio(weights, nodes, s.half_log_snr, exact, degree) == pytest.approx(1, abs=1e-9), degree
    beyond = integral(s, t, order, solver.predicts, eta)
    assert abs(ratio(weights, nodes, s.half_log_snr, beyond, order) - 1) > 0.1


@pytest.mark.parametrize("predicts", ["data", "noise"])
@pytest.mark.parametrize("p", [1, 2, 3])
def test_the_corrector_of_unipc_is_exact_to_one_degree_more(p, predicts):
    grid = Grid(path("linear"), GRIDS["long steps"])
    rows = UniPC(p, predicts).rows(grid)
    anchor, s, t = rows[-1].anchor, rows[-2].at, rows[-1].at
    nodes = [row.at.half_log_snr for row in rows[::-1][: len(anchor.n)]]
    assert len(nodes) == p + 1
    for degree in range(p + 1):
        exact = integral(s, t, degree, predicts)
        assert ratio(anchor.n, nodes, s.half_log_snr, exact, degree) == pytest.approx(1, abs=1e-9)
    base = t.sigma / s.sigma if predicts == "data" else t.alpha / s.alpha
    assert anchor.base == pytest.approx(base, rel=1e-14)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_deis_is_exact_for_polynomials_in_time(order):
    """On the straight path sigma / alpha = t / (1 - t): the integral of t^m d(sigma / alpha) by quadrature in t."""
    grid = Grid(path("flow"), times(path("flow"), 6, first=0.9, last=0.1))
    rows = DEIS(order).rows(grid)
    s, t, n = rows[-1].at, rows[-1].to, rows[-1].update.n
    nodes = [row.at.t for row in rows[::-1][: len(n)]]
    for degree in range(order):
        exact = t.alpha * mpmath.quad(lambda u, m=degree: u**m / (1 - u) ** 2, [s.t, t.t])
        assert ratio(n, nodes, 0.0, exact, degree) == pytest.approx(1, abs=1e-12)


def test_a_weight_that_is_off_by_a_millionth_is_noticed():
    weights, nodes, s, t = last_row(AdamsBashforth(3), "long steps")
    wrong = (weights[0] * (1 + 1e-6), *weights[1:])
    assert abs(ratio(wrong, nodes, s.half_log_snr, integral(s, t, 0, "noise"), 0) - 1) > 1e-7


def test_a_constant_prediction_is_carried_exactly_by_every_path_and_step():
    """x_0 constant: every solver that is exact for constants ends at alpha x_0 + sigma eps, whatever the steps."""
    x_0, eps = torch.tensor([[0.7, -1.2]], dtype=torch.float64), torch.tensor([[-0.3, 0.4]], dtype=torch.float64)
    inexact = {"euler", "heun"}
    for name in PATHS:
        along = path(name)
        grid = times(along, 5, first=0.95, last=0.1)
        with torch.no_grad():
            start, end = along.level(grid[0]), along.level(grid[-1])
        x = start.alpha * x_0 + start.sigma * eps
        for kind in SOLVERS:
            if solver(kind).order is None or kind in inexact:
                continue
            got = last(sample(solver(kind), lambda x, t: x_0, along, grid, x, parameterization=X_0, denoise=False))
            torch.testing.assert_close(got, end.alpha * x_0 + end.sigma * eps, rtol=1e-9, atol=1e-9, msg=f"{kind} {name}")
