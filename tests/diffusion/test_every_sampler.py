"""Every sampler that a family lists runs, and those that need signal leave a start of pure noise exactly."""

import pytest
import torch

from diffusion import config
from diffusion.data import Kind
from diffusion.families import FAMILIES, Sampling, make
from diffusion.parameterizations import VELOCITY
from diffusion.paths import path, times
from diffusion.solvers import SOLVERS, AnnealedLangevin, Grid, last, plan, plans, run, sample, solver
from diffusion.worlds import Gaussian, oracle

F64 = torch.float64
# N(1.5, 0.3^2): along the straight path the flow takes z to 1.5 + 0.3 z.
WORLD = Gaussian(torch.tensor([1.5], dtype=F64), torch.tensor([[0.09]], dtype=F64))
STRAIGHT = path("flow")
NEEDS_SIGNAL = [name for name in SOLVERS if solver(name).needs_signal]
RANDOM = [name for name in NEEDS_SIGNAL if solver(name).order is None]


def family(name: str, **settings):
    own = {"reflow": {"reflow_from": "a"}, "ncsn": {"levels": 4}}.get(name, {})
    made = make(config.build({"family": name, "data": "8gaussians", **own, **settings}), Kind((2,)))
    made.to("cpu")
    return made


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "classifier"])
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_every_sampler_runs_with_any_number_of_steps(name, steps):
    """On a network that is far from right: a sampler must not rest on an oracle to stay finite."""
    made = family(name)

    def told(x, t):
        return torch.cat([0.1 * x] + [torch.zeros_like(x)] * (made.outputs - 1), 1)

    for sampler in made.samplers:
        states = list(made.sample(told, 8, Sampling(sampler, steps, torch.Generator().manual_seed(0))))
        assert all(bool(state.x_t.isfinite().all()) for state in states), sampler
        assert states[0].t == 1 and states[-1].t == 0, sampler


def reached(recipe, steps: int, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(where a run from t = 1 ends, where the probability flow takes the same noise)."""
    z = torch.randn(n, 1, generator=torch.Generator().manual_seed(0), dtype=F64)
    best, generator = oracle(WORLD, STRAIGHT, VELOCITY), torch.Generator().manual_seed(1)
    walk = list(sample(recipe, best, STRAIGHT, times(STRAIGHT, steps), z, generator, parameterization=VELOCITY))
    assert [step.number for step in walk] == list(range(1, len(walk) + 1)) and walk[-1].t == 0
    return walk[-1].x, 1.5 + 0.3 * z


@pytest.mark.parametrize("name", [name for name in NEEDS_SIGNAL if name not in RANDOM])
def test_a_start_without_signal_is_left_along_the_flow(name):
    """The error falls with the steps, by the order at least."""
    errors = [(a - b).abs().max().item() for a, b in (reached(solver(name), steps, 64) for steps in (50, 200))]
    assert errors[1] < 0.35 * errors[0] and errors[1] < 0.01


@pytest.mark.parametrize("name", RANDOM)
def test_a_start_without_signal_is_left_by_stochastic_solvers(name):
    recipe = AnnealedLangevin(size=0.1, inner=20) if name == "annealed_langevin" else solver(name)
    drawn, _ = reached(recipe, 100, 4000)
    assert abs(drawn.mean() - 1.5) < 0.03 and abs(drawn.std() / 0.3 - 1) < 0.15


def test_noise_in_the_place_of_a_later_start_is_seen():
    """At t = 0.98 the mean is 0.02 x 1.5 already; noise alone lacks it, however many steps follow."""
    grid, recipe = times(STRAIGHT, 200, first=0.98), solver("deis_3")
    z = torch.randn(64, 1, generator=torch.Generator().manual_seed(0), dtype=F64)
    x = last(run(plan(recipe, STRAIGHT, grid, VELOCITY), oracle(WORLD, STRAIGHT, VELOCITY), 0.98 * z))
    right, want = reached(recipe, 200, 64)
    assert (x - want).abs().max() > 5e-3 and (right - want).abs().max() < 1e-5


def test_one_step_is_that_of_ddim_and_a_solver_that_needs_no_signal_has_one_plan():
    one, flow = reached(solver("dpm_solver_3"), 1, 4)[0], times(STRAIGHT, 1)
    assert torch.allclose(one, torch.full_like(one, 1.5))
    assert len(plans(solver("heun"), STRAIGHT, times(STRAIGHT, 9), VELOCITY)) == 1
    assert len(plans(solver("deis_2"), path("linear"), flow, VELOCITY)) == 1


def test_where_noise_and_data_are_joined_only_the_velocity_is_followed():
    """An optimal coupling has no score of Gaussian noise: what draws noise by one is not offered."""
    stochastic = {name for name in SOLVERS if solver(name).order is None}
    for made in (family("otcfm"), family("reflow"), family("flow", source="moons")):
        assert made.usable and not stochastic & set(made.usable) and not any(made.usable.values())
    assert stochastic < set(family("flow").usable)


def test_annealed_langevin_takes_steps_that_suit_the_level_wherever_the_grid_ends():
    """The paper's step is over the last sigma squared: 2e-5 on a grid that ends at 0.001 is twenty times the width."""
    rows = [AnnealedLangevin(inner=2).rows(_grid(last))[0] for last in (0.1, 1e-3)]
    assert rows[0].update.base == rows[1].update.base == 0.9
    assert AnnealedLangevin(step=2e-5, inner=2).rows(_grid(1e-3))[0].update.base == pytest.approx(1 - 10)
    with pytest.raises(ValueError, match=r"size in \(0, 4\)"):
        AnnealedLangevin(size=4.0)


def _grid(last: float) -> Grid:
    return Grid(STRAIGHT, times(STRAIGHT, 3, first=0.9, last=last))
