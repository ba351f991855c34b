"""The law that a stochastic solver draws from, exactly: on Gaussian data every step is linear in x and its noise.

The batch holds what the sample depends on: row 0 the constant part, row 1 the factor of the start, row 2 + k that of
the k-th noise. The loop itself is run on it, so its law is known without a single random draw.
"""

import itertools
import math

import pytest
import torch

from diffusion.parameterizations import X_0
from diffusion.paths import path, times
from diffusion.solvers import (
    DDIM,
    SOLVERS,
    Ancestral,
    EulerMaruyama,
    PredictorCorrector,
    Row,
    Solver,
    last,
    plan,
    run,
    sample,
    solver,
)
from diffusion.worlds import GaussianMixture, oracle
from tests.diffusion.exact_flow import F64, scales

MEAN, VARIANCE = 0.6, 0.5
STOCHASTIC = [
    "ddim_eta_1", "ancestral", "ancestral_beta", "euler_maruyama", "dpm_solver_pp_1_sde", "dpm_solver_pp_2m_sde",
    "dpm_solver_pp_3m_sde", "edm_heun_churn",
]  # fmt: skip


def output_law(recipe: Solver, along, grid) -> tuple[float, float]:
    """(mean, variance) of the solver's x at the last time, for N(MEAN, VARIANCE) and a true start."""
    made = plan(recipe, along, grid, X_0, denoise=False)
    draws = sum(i.noisy + bool(i.lift) for i in made.instructions)
    x = torch.zeros(2 + draws, 1, dtype=F64)
    alpha, sigma = scales(along, grid[0].item())
    x[0], x[1] = alpha * MEAN, math.sqrt(alpha**2 * VARIANCE + sigma**2)
    count = itertools.count(2)

    def noise(x: torch.Tensor) -> torch.Tensor:
        z = torch.zeros_like(x)
        z[next(count)] = 1
        return z

    def posterior_mean(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        a, s = scales(along, t[0].item())
        gain = a * VARIANCE / (a**2 * VARIANCE + s**2)
        constant = torch.zeros_like(x)
        constant[0] = (1 - gain * a) * MEAN
        return gain * x + constant

    factors = last(run(made, posterior_mean, x, noise=noise)).flatten()
    assert next(count) == 2 + draws
    return factors[0].item(), factors[1:].square().sum().item()


def law_error(recipe: Solver, along, steps: int) -> float:
    """2-Wasserstein distance of the sampler's law to the true one at the last time: both are Gaussian."""
    first, final = along.time_of(torch.tensor([-2.0, 1.2], dtype=F64)).tolist()
    grid = times(along, steps, "log_snr", first=first, last=final)
    mean, variance = output_law(recipe, along, grid)
    alpha, sigma = scales(along, final)
    return math.hypot(mean - alpha * MEAN, math.sqrt(variance) - math.sqrt(alpha**2 * VARIANCE + sigma**2))


@pytest.mark.parametrize("along", ["linear", "ve", "flow", "sub_vp"])
@pytest.mark.parametrize("name", STOCHASTIC)
def test_the_law_error_falls_with_the_steps(name, along):
    """At least in first order, and to under a hundredth."""
    coarse, fine = (law_error(solver(name), path(along), steps) for steps in (100, 200))
    assert fine < 0.012
    assert fine < 0.56 * coarse


@pytest.mark.parametrize("eta", [0.0, 0.3, 1.0, 1.7])
def test_every_member_of_the_family_has_the_marginals(eta):
    coarse, fine = (law_error(EulerMaruyama(eta), path("linear"), steps) for steps in (100, 200))
    assert fine < 0.02 and fine < 0.56 * coarse


def test_high_order_means_small_error():
    """The stochastic solvers of order 2 and 3 beat order 1 by far at the same steps."""
    errors = [law_error(solver(f"dpm_solver_pp_{k}_sde"), path("linear"), 60) for k in ("1", "2m", "3m")]
    assert errors[1] < 0.2 * errors[0] and errors[2] < 0.2 * errors[0]


class WrongNoise(Solver):
    """A solver whose noise is multiplied by a factor."""

    name = "wrong_noise"

    def __init__(self, base: Solver, factor: float) -> None:
        self.base, self.factor, self.predicts = base, factor, base.predicts

    def rows(self, grid):
        return [
            Row(r.at, r.to, r.update._replace(noise=self.factor * r.update.noise), r.anchor, r.lift) for r in self.base.rows(grid)
        ]


@pytest.mark.parametrize("factor", [1.05, 0.9, 0.0])
@pytest.mark.parametrize("name", ["ddim_eta_1", "ancestral_beta", "euler_maruyama", "dpm_solver_pp_2m_sde"])
def test_wrong_noise_is_seen_in_the_law(name, factor):
    wrong = law_error(WrongNoise(solver(name), factor), path("linear"), 200)
    assert wrong > 2.5 * law_error(solver(name), path("linear"), 200)


def test_ddim_with_eta_one_is_ancestral_sampling_and_the_first_order_sde_solver():
    along = path("linear")
    grid = times(along, 12, first=0.9, last=0.1)
    tables = [plan(recipe, along, grid).table for recipe in (DDIM(1.0), Ancestral(), solver("dpm_solver_pp_1_sde"))]
    torch.testing.assert_close(tables[0], tables[1], rtol=1e-14, atol=0)
    torch.testing.assert_close(tables[0], tables[2], rtol=1e-10, atol=1e-12)


def mixture() -> GaussianMixture:
    return GaussianMixture(
        torch.tensor([0.3, 0.7], dtype=F64), torch.tensor([[-1.3], [0.7]], dtype=F64), torch.tensor([0.04, 0.25], dtype=F64)
    )


def kolmogorov_smirnov(x: torch.Tensor) -> float:
    x = x.sort(dim=0).values
    n, F = len(x), mixture().cdf(x)
    above = torch.arange(1, n + 1, dtype=F64) / n - F
    return torch.maximum(above.max(), (1 / n - above).max()).item()


CORRECTED = {
    "corrected": (PredictorCorrector(Ancestral(), snr=0.1), "linear", 60),
    "corrected_euler": (PredictorCorrector(EulerMaruyama(), snr=0.1, corrections=2), "linear", 100),
    "churn": (solver("edm_heun_churn"), "edm", 30),
    "ancestral": (Ancestral(), "ve", 100),
}


@pytest.mark.parametrize("case", CORRECTED)
def test_draws_have_the_law_of_a_mixture(case):
    """Kolmogorov-Smirnov distance within its 99.9% band of 0.019 plus 0.02 of discretisation."""
    recipe, along, steps = CORRECTED[case]
    n, along = 10_000, path(along)
    generator = torch.Generator().manual_seed(0)
    x = scales(along, 1.0)[1] * torch.randn(n, 1, generator=generator, dtype=F64)
    last_time = along.time_of(torch.tensor(6.0, dtype=F64)).clamp(min=0).item()
    grid = times(along, steps, "karras", last=last_time) if along.name != "linear" else times(along, steps, last=last_time)
    drawn = last(sample(recipe, oracle(mixture(), along), along, grid, x, generator))
    assert kolmogorov_smirnov(drawn) < 1.95 / n**0.5 + 0.02


def test_annealed_langevin_draws_a_mixture():
    along = path("ve")
    generator = torch.Generator().manual_seed(0)
    n = 4000
    x = scales(along, 0.75)[1] * torch.randn(n, 1, generator=generator, dtype=F64)
    grid = times(along, 9, first=0.75, last=0.25)
    recipe = solver("annealed_langevin")
    recipe.step, recipe.inner = 0.1 * along.sigma(grid[-1]).item() ** 2, 30
    drawn = last(sample(recipe, oracle(mixture(), along), along, grid, x, generator))
    assert kolmogorov_smirnov(drawn) < 1.95 / n**0.5 + 0.03


def test_a_langevin_corrector_that_is_too_bold_is_seen():
    recipe = PredictorCorrector(Ancestral(), snr=1.0)
    along = path("linear")
    x = torch.randn(4000, 1, generator=torch.Generator().manual_seed(0), dtype=F64)
    drawn = last(sample(recipe, oracle(mixture(), along), along, times(along, 60, last=1e-4), x, torch.Generator().manual_seed(1)))
    assert kolmogorov_smirnov(drawn) > 0.1


def test_all_stochastic_solvers_are_tested_here():
    tested = {*STOCHASTIC, "ancestral_corrected", "euler_maruyama_corrected", "annealed_langevin"}
    assert {name for name in SOLVERS if solver(name).order is None} == tested
