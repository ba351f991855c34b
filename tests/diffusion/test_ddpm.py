"""The ancestral sampler against the exact law of a mixture, and the parts of DDPM against naive code."""

import collections
import dataclasses
import itertools
import math

import pytest
import torch

from diffusion import posterior
from diffusion.families import ddpm
from diffusion.schedules import Schedule, cosine, linear
from diffusion.worlds import Gaussian, GaussianMixture, eps_oracle

F64 = torch.float64


def mixture_1d() -> GaussianMixture:
    """Two unequal modes, of mean 0.1 and variance about 1."""
    return GaussianMixture(
        torch.tensor([0.3, 0.7], dtype=F64),
        torch.tensor([[-1.3], [0.7]], dtype=F64),
        torch.tensor([0.04, 0.25], dtype=F64),
    )


def cdf(world: GaussianMixture, x: torch.Tensor) -> torch.Tensor:
    weights, means, sds = world._log_weights.exp(), world._means[:, 0], world._variances[:, 0].sqrt()
    return (weights * torch.special.ndtr((x[:, None] - means) / sds)).sum(-1)


def last(states) -> torch.Tensor:
    final = collections.deque(states, maxlen=1).pop()
    assert final.t == 0
    return final.x_t


def ks_distance(world: GaussianMixture, x: torch.Tensor) -> float:
    """Kolmogorov-Smirnov distance of draws (n, 1) to the data law."""
    x = x.flatten().sort().values
    n, F = len(x), cdf(world, x)
    above = torch.arange(1, n + 1, dtype=F64) / n - F
    return torch.maximum(above.max(), (F - torch.arange(n, dtype=F64) / n).max()).item()


def exact_sampler_law(world: GaussianMixture, table: ddpm.Coefficients, schedule: Schedule, grid: torch.Tensor):
    """Density on a grid of the sampler's x_1: the Markov chain's own transition, without random draws.

    Stopped at t = 1, for the last step is a deterministic map.
    """
    cell, columns = grid[1] - grid[0], table.columns
    density = torch.exp(-0.5 * grid**2) / math.sqrt(2 * math.pi)
    for t in range(schedule.T, 1, -1):
        level = schedule.alpha_bar[t].sqrt(), schedule.variance[t].sqrt()
        eps = world.eps(grid[:, None], *level).flatten()
        x_0_hat = columns.x_0_from_x_t[t] * grid + columns.x_0_from_eps[t] * eps
        mean = columns.mean_from_x_0[t] * x_0_hat + columns.mean_from_x_t[t] * grid
        kernel = torch.exp(-0.5 * ((grid[:, None] - mean) / columns.sigma[t]) ** 2)
        density = (kernel / (columns.sigma[t] * math.sqrt(2 * math.pi))) @ density * cell
    return density


@pytest.mark.parametrize("sigma", ddpm.SIGMAS)
def test_law_error_of_the_sampler_falls_with_the_number_of_steps(sigma):
    """Total variation between the sampler's law and the true one at t = 1, exact up to the grid.

    It falls as the steps get finer, near first order (0.5 for sigma^2 = beta_t; the first steps of the chain
    slow beta_tilde_t down), and is below 2.5% at T = 160.
    """
    world, grid = mixture_1d(), torch.linspace(-5, 5, 801, dtype=F64)
    errors = []
    for T in (40, 80, 160):
        # beta_t stays below 0.2 and alpha_bar_T is the same for every T, so that only the step changes.
        schedule = linear(T)
        table = ddpm.coefficients(schedule, sigma)
        truth = world.log_prob(grid[:, None], schedule.alpha_bar[1].sqrt(), schedule.variance[1].sqrt()).exp()
        density = exact_sampler_law(world, table, schedule, grid)
        assert (density.sum() * (grid[1] - grid[0])).item() == pytest.approx(1, abs=1e-3)
        errors.append(0.5 * ((density - truth).abs().sum() * (grid[1] - grid[0])).item())
    assert errors[2] < 0.025
    for coarse, fine in itertools.pairwise(errors):
        assert 0.45 < fine / coarse < 0.62


@pytest.mark.parametrize("sigma", ddpm.SIGMAS)
def test_draws_of_the_sampler_have_the_data_law(sigma):
    """Mean, variance and Kolmogorov-Smirnov distance within 99.9% bands plus the 2% of discretisation."""
    world, schedule, n = mixture_1d(), linear(200), 20_000
    table = ddpm.coefficients(schedule, sigma)
    x = last(ddpm.sample(eps_oracle(world, schedule), (n, 1), table, generator=torch.Generator().manual_seed(0)))
    variance = world.cov().item()
    assert abs(x.mean() - world.mean()).item() < 3.3 * (variance / n) ** 0.5 + 0.02
    assert x.var().item() == pytest.approx(variance, rel=3.3 * (2 / n) ** 0.5 + 0.02)
    assert ks_distance(world, x) < 1.95 / n**0.5 + 0.02


def test_without_noise_the_law_collapses():
    """The same check fails when sigma_t = 0: unit Gaussian data is multiplied by sqrt(alpha_t) each step."""
    schedule, n = linear(200), 2000
    world = Gaussian(torch.zeros(1, dtype=F64), torch.eye(1, dtype=F64))
    table = ddpm.coefficients(schedule)
    quiet = dataclasses.replace(table, table=table.table * torch.tensor([1.0] * 6 + [0.0], dtype=F64)[:, None])
    x_T = torch.randn(n, 1, dtype=F64, generator=torch.Generator().manual_seed(0))
    x = last(ddpm.sample(eps_oracle(world, schedule), (n, 1), quiet, x_T=x_T))
    torch.testing.assert_close(x, schedule.alpha_bar[-1].sqrt() * x_T, rtol=1e-9, atol=0)
    assert x.var().item() == pytest.approx(schedule.alpha_bar[-1].item(), rel=0.1)
    mixture = mixture_1d()
    x = last(ddpm.sample(eps_oracle(mixture, schedule), (n, 1), quiet, x_T=x_T))
    assert ks_distance(mixture, x) > 0.2


def test_unit_gaussian_keeps_unit_variance_exactly_with_sigma_beta():
    """For N(0, 1) data the exact reverse variance is beta_t: only the noise-free last step loses beta_1."""
    schedule, variance = linear(200), torch.ones((), dtype=F64)
    columns = ddpm.coefficients(schedule, "beta").columns
    for t in range(schedule.T, 0, -1):
        # E[eps | x_t] = sqrt(1 - alpha_bar_t) x_t for this data.
        x_0 = columns.x_0_from_x_t[t] + columns.x_0_from_eps[t] * columns.noise[t]
        factor = columns.mean_from_x_0[t] * x_0 + columns.mean_from_x_t[t]
        variance = factor**2 * variance + columns.sigma[t] ** 2
    assert variance.item() == pytest.approx(1 - schedule.beta[1].item(), rel=1e-12)


@pytest.mark.parametrize("sigma", ddpm.SIGMAS)
@pytest.mark.parametrize("schedule", [linear(100), cosine(100)], ids=["linear", "cosine"])
def test_coefficients_are_the_formulas(schedule, sigma):
    columns = ddpm.coefficients(schedule, sigma).columns
    x_t, x_0 = torch.tensor(0.3, dtype=F64), torch.tensor(-0.7, dtype=F64)
    for t in range(1, schedule.T + 1):
        alpha, prev = schedule.alpha[t], schedule.alpha_bar[t - 1]
        mean = columns.mean_from_x_0[t] * x_0 + columns.mean_from_x_t[t] * x_t
        torch.testing.assert_close(mean, posterior.mean(x_t, x_0, alpha, prev), rtol=1e-12, atol=0)
        want = posterior.variance(alpha, prev) if sigma == "beta_tilde" else schedule.beta[t]
        assert columns.sigma[t].item() == pytest.approx(math.sqrt(want) if t > 1 else 0, rel=1e-12)
        eps = (x_t - columns.signal[t] * x_0) / columns.noise[t]
        recovered = columns.x_0_from_x_t[t] * x_t + columns.x_0_from_eps[t] * eps
        torch.testing.assert_close(recovered, x_0, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("clip", [None, 0.8])
def test_generator_equals_a_naive_loop(clip):
    """Written again from the paper's algorithm, with the same noise in the same order."""
    world, schedule = mixture_1d(), linear(40)
    oracle = eps_oracle(world, schedule)
    table = ddpm.coefficients(schedule)
    generator = torch.Generator().manual_seed(7)
    states = list(ddpm.sample(oracle, (5, 1), table, generator=generator, clip=clip))
    assert [s.t for s in states] == list(range(40, -1, -1))

    generator = torch.Generator().manual_seed(7)
    x = torch.randn(5, 1, dtype=F64, generator=generator)
    for t in range(40, 0, -1):
        torch.testing.assert_close(states[40 - t].x_t, x, rtol=1e-9, atol=1e-9)
        alpha, prev, bar = schedule.alpha[t], schedule.alpha_bar[t - 1], schedule.alpha_bar[t]
        eps = oracle(x, torch.full((5,), t))
        x_0 = (x - (1 - bar).sqrt() * eps) / bar.sqrt()
        if clip is not None:
            x_0 = x_0.clamp(-clip, clip)
            eps = (x - bar.sqrt() * x_0) / (1 - bar).sqrt()
        torch.testing.assert_close(states[40 - t].x_0_hat, x_0, rtol=1e-9, atol=1e-9)
        z = torch.randn(5, 1, dtype=F64, generator=generator) if t > 1 else torch.zeros(5, 1, dtype=F64)
        x = posterior.sampling_step(x, eps, z, alpha, prev, posterior.variance(alpha, prev).sqrt())
    torch.testing.assert_close(states[-1].x_t, x, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("sigma", ddpm.SIGMAS)
def test_last_step_adds_no_noise(sigma):
    world, schedule = mixture_1d(), linear(30)
    states = list(ddpm.sample(eps_oracle(world, schedule), (4, 1), ddpm.coefficients(schedule, sigma)))
    assert torch.equal(states[-1].x_t, states[-1].x_0_hat)
    torch.testing.assert_close(states[-1].x_t, states[-2].x_0_hat, rtol=1e-12, atol=1e-12)


def test_respaced_sampler_shows_the_network_its_own_times():
    schedule = linear(1000)
    coarse, times = schedule.respaced(20)
    seen = []

    def denoiser(x, t):
        seen.append(t.unique().item())
        return torch.zeros_like(x)

    states = list(ddpm.sample(denoiser, (2, 1), ddpm.coefficients(coarse, times=times)))
    assert seen == times.flip(0)[:-1].tolist() == [s.t for s in states][:-1]
    assert states[-1].t == 0


def test_table_moves_once_and_rounds_once():
    table = ddpm.coefficients(linear(1000)).to(dtype=torch.float32)
    exact = ddpm.coefficients(linear(1000))
    assert table.table.dtype == torch.float32
    torch.testing.assert_close(table.table, exact.table.float(), rtol=0, atol=0)
    states = ddpm.sample(lambda x, t: torch.zeros_like(x), (2, 3), table)
    assert next(states).x_t.dtype == torch.float32


def test_oracle_of_a_single_point_has_zero_loss():
    """When the data is one point, eps is known from x_t, and the best loss is 0."""
    point = torch.tensor([[0.3, -0.4]], dtype=F64)
    world = GaussianMixture(torch.ones(1, dtype=F64), point, torch.zeros(1, dtype=F64))
    schedule = linear(100)
    t = torch.arange(1, 101)
    eps = torch.randn(100, 2, dtype=F64, generator=torch.Generator().manual_seed(0))
    loss = ddpm.loss(eps_oracle(world, schedule), point.expand(100, 2), t, eps, ddpm.coefficients(schedule))
    assert loss.shape == (100,)
    torch.testing.assert_close(loss, torch.zeros(100, dtype=F64), rtol=0, atol=1e-20)


def test_loss_of_an_oracle_is_the_posterior_variance_of_the_noise():
    world, schedule, n = mixture_1d(), linear(100), 50_000
    generator = torch.Generator().manual_seed(0)
    x_0, t = world.sample(n, generator), torch.full((n,), 40)
    eps = torch.randn(n, 1, dtype=F64, generator=generator)
    loss = ddpm.loss(eps_oracle(world, schedule), x_0, t, eps, ddpm.coefficients(schedule))
    alpha, sigma = schedule.alpha_bar[40].sqrt(), schedule.variance[40].sqrt()
    spread = world.posterior_cov(alpha * x_0 + sigma * eps, alpha, sigma).flatten() * (alpha / sigma) ** 2
    assert abs(loss.mean() - spread.mean()) < 5 * (loss - spread).std() / n**0.5


def test_gradient_flows_through_the_loss_and_not_through_the_sampler():
    weight = torch.tensor(0.5, requires_grad=True)
    table = ddpm.coefficients(linear(30)).to(dtype=torch.float32)
    x_0 = torch.randn(4, 2)
    ddpm.loss(lambda x, t: weight * x, x_0, torch.tensor([1, 2, 3, 30]), torch.randn(4, 2), table).mean().backward()
    assert weight.grad is not None and weight.grad != 0
    assert not last(ddpm.sample(lambda x, t: weight * x, (2, 2), table)).requires_grad


def test_unknown_sigma_is_refused():
    with pytest.raises(ValueError, match="unknown sigma 'small'; choose one of: beta_tilde, beta"):
        ddpm.coefficients(linear(30), "small")


@pytest.mark.gpu
def test_the_loop_never_waits_for_the_device():
    table = ddpm.coefficients(linear(30)).to("cuda", torch.float32)
    torch.cuda.set_sync_debug_mode("error")
    try:
        states = ddpm.sample(lambda x, t: 0.5 * x, (4, 2), table)
        torch.cuda.set_sync_debug_mode("default")
        next(states)
        torch.cuda.set_sync_debug_mode("error")
        last(states)
    finally:
        torch.cuda.set_sync_debug_mode("default")
