"""Orders of convergence on exact worlds: 1, 2, 3 are measured as 1, 2, 3; a planted mistake is measured as what it is."""

import math

import pytest
import torch

from diffusion.paths import PATHS, path
from diffusion.solvers import SOLVERS, Exponential, Row, Solver, Update, last, sample, solver
from diffusion.solvers.exponential import exponential_update
from diffusion.worlds import oracle
from tests.diffusion.exact_flow import F64, WORLDS, exact_flow, measured_order, scales

DETERMINISTIC = [name for name in SOLVERS if solver(name).order is not None]


@pytest.mark.parametrize("name", DETERMINISTIC)
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("along", ["linear", "flow"])
def test_measured_order_is_the_stated_order(name, world, along):
    recipe = solver(name)
    assert measured_order(recipe, WORLDS[world], path(along)) == pytest.approx(recipe.order, abs=0.15)


@pytest.mark.parametrize("along", [name for name in PATHS if name not in ("linear", "flow")])
@pytest.mark.parametrize("name", ["ddim", "euler", "heun", "dpm_solver_3", "deis_3", "unipc_2"])
def test_every_path_carries_every_order(name, along):
    """The six differ in what they ask of a path: levels, derivatives, levels between, times between."""
    recipe = solver(name)
    assert measured_order(recipe, WORLDS["gaussian"], path(along), steps=32) == pytest.approx(recipe.order, abs=0.2)


MUTATED = ["ddim", "heun", "edm_heun", "dpm_solver_2", "dpm_solver_3", "dpm_solver_pp_2m", "unipc_2", "deis_3"]


class Mutant(Solver):
    """A solver with one planted mistake in its rows."""

    name = "mutant"

    def __init__(self, base: Solver, change) -> None:
        self.base, self.change, self.predicts = base, change, base.predicts

    def rows(self, grid):
        return [self.change(k, row) for k, row in enumerate(self.base.rows(grid))]


def scaled(index: int, factor: float):
    """The coefficient of the index-th prediction, changed by a factor; one that is 0 becomes a share of the first."""

    def change(k: int, row: Row) -> Row:
        n = row.update.n
        if len(n) <= index:
            return row
        changed = n[index] + (factor - 1) * (n[index] or n[0])
        wrong = Update(row.update.base, (*n[:index], changed, *n[index + 1 :]), row.update.noise)
        return Row(row.at, row.to, wrong, row.anchor, row.lift, row.langevin)

    return change


@pytest.mark.parametrize("name", MUTATED)
@pytest.mark.parametrize("factor", [1.05, -1.0], ids=["wrong coefficient", "wrong sign"])
def test_a_wrong_weight_destroys_the_order(name, factor):
    stages = {"ddim": 1, "dpm_solver_3": 3, "deis_3": 3}.get(name, 2)
    for index in range(stages):
        mutant = Mutant(solver(name), scaled(index, factor))
        order = measured_order(mutant, WORLDS["gaussian"], path("linear"))
        assert order < solver(name).order - 0.8, (name, index)


def test_a_start_of_order_one_makes_order_three_two():
    class Unstarted(Exponential):
        """Adams-Bashforth of order 3 whose first step has order 1."""

        def rows(self, grid):
            ramp = [Exponential("", k, self.predicts).rows(grid)[k - 1] for k in (1, 2)]
            nodes = [point.half_log_snr for point in grid.points]
            rows = list(ramp)
            for k in range(2, len(grid.points) - 1):
                update = exponential_update(*grid.points[k : k + 2], nodes[k - 2 : k + 1][::-1], self.predicts)
                rows.append(Row(grid.points[k], grid.points[k + 1], update))
            return rows

    started = measured_order(Exponential("", 3, "noise"), WORLDS["mixture"], path("linear"))
    unstarted = measured_order(Unstarted("", 3, "noise"), WORLDS["mixture"], path("linear"), steps=80)
    assert started == pytest.approx(3, abs=0.15)
    assert unstarted == pytest.approx(2, abs=0.25)


def test_the_common_third_order_formula_is_of_second_order():
    """Half of the second difference in place of the whole: what several released 3M solvers compute."""

    class Halved(Exponential):
        def rows(self, grid):
            rows = super().rows(grid)
            lower = Exponential("", 2, "data").rows(grid)
            for k in range(2, len(rows)):
                right, linear = rows[k].update.n, (*lower[k - 1].update.n, 0.0)
                halved = tuple(b + 0.5 * (a - b) for a, b in zip(right, linear, strict=True))
                rows[k] = Row(rows[k].at, rows[k].to, Update(rows[k].update.base, halved))
            return rows

    assert measured_order(Halved("", 3, "data"), WORLDS["mixture"], path("linear"), steps=80) < 2.4
    assert measured_order(solver("dpm_solver_pp_3m"), WORLDS["mixture"], path("linear"), steps=80) > 2.85


@pytest.mark.parametrize("name", ["dpm_solver_pp_2m", "dpm_solver_pp_3m", "unipc_2", "deis_3", "adams_bashforth_3"])
def test_uneven_steps_keep_the_order(name):
    errors = [uneven_error(solver(name), steps) for steps in (40, 80)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(solver(name).order, abs=0.3)


def uneven_error(recipe: Solver, steps: int) -> float:
    """The error over a stretch of the path in which every other step is twice as long."""
    world, along = WORLDS["gaussian"], path("linear")
    lengths = torch.tensor([1.0, 2.0], dtype=F64).repeat(steps // 2)
    position = torch.cat([torch.zeros(1, dtype=F64), lengths.cumsum(0)]) / lengths.sum()
    grid = along.time_of(-1.0 + 1.6 * position)
    start, end = scales(along, grid[0].item()), scales(along, grid[-1].item())
    x = torch.randn(16, 2, dtype=F64, generator=torch.Generator().manual_seed(0))
    reached = last(sample(recipe, oracle(world, along), along, grid, x, denoise=False))
    return (reached - exact_flow(world, x, start, end)).square().mean().sqrt().item()
