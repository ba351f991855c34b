"""Exact worlds: scores against autodiff, posteriors against quadrature, one world in two implementations."""

import math

import pytest
import torch

from diffusion.parameterizations import X_0
from diffusion.paths import path
from diffusion.schedules import linear
from diffusion.score import marginal_score
from diffusion.worlds import Gaussian, GaussianMixture, Points, eps_oracle, oracle, quantile_map, velocity

F64 = torch.float64
LEVELS = [(1.0, 0.05), (0.9, 0.436), (0.3, 0.95), (0.006, 0.99998)]


def mixture(kind: str) -> GaussianMixture:
    weights = torch.tensor([0.2, 0.5, 0.3], dtype=F64)
    means = torch.tensor([[-1.0, 0.5], [0.7, 0.2], [2.0, -1.5]], dtype=F64)
    if kind == "isotropic":
        return GaussianMixture(weights, means, torch.tensor([0.1, 0.4, 0.9], dtype=F64))
    root = torch.randn(3, 2, 2, dtype=F64, generator=torch.Generator().manual_seed(1))
    return GaussianMixture(weights, means, root @ root.mT + 0.05 * torch.eye(2, dtype=F64))


def gaussian() -> Gaussian:
    return Gaussian(torch.tensor([0.4, -1.0], dtype=F64), torch.tensor([[1.5, 0.6], [0.6, 0.5]], dtype=F64))


WORLDS = {"gaussian": gaussian(), "isotropic": mixture("isotropic"), "full": mixture("full")}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("level", [(1.0, 0.0), *LEVELS])
def test_score_is_the_gradient_of_the_log_density(world, level):
    x = (2 * torch.randn(20, 2, dtype=F64, generator=torch.Generator().manual_seed(0))).requires_grad_()
    (grad,) = torch.autograd.grad(world.log_prob(x, *level).sum(), x)
    torch.testing.assert_close(world.score(x, *level), grad, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(world.eps(x, *level), -level[1] * grad, rtol=1e-9, atol=1e-9)


def on_a_grid(world, span: float = 16.0, n: int = 1001):
    """Points of a fine grid of x_0 and the data density there, times the cell."""
    axis = torch.linspace(-span, span, n, dtype=F64)
    grid = torch.cartesian_prod(axis, axis)
    return grid, world.log_prob(grid) + 2 * math.log(2 * span / (n - 1))


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("level", LEVELS[1:])
def test_density_and_posterior_against_quadrature(world, level):
    """Integrate over x_0 on a grid: nothing but the data density and the noise kernel is used."""
    alpha, sigma = level
    grid, log_cell = on_a_grid(world)
    x_t = torch.tensor([[0.3, -0.4], [1.9, -1.2]], dtype=F64)
    kernel = -0.5 * ((x_t[:, None] - alpha * grid) / sigma).square().sum(-1) - math.log(2 * math.pi * sigma**2)
    log_joint = log_cell + kernel
    torch.testing.assert_close(world.log_prob(x_t, alpha, sigma), torch.logsumexp(log_joint, -1), rtol=0, atol=1e-9)
    weights = torch.softmax(log_joint, -1)
    mean = weights @ grid
    torch.testing.assert_close(world.posterior_mean(x_t, alpha, sigma), mean, rtol=0, atol=1e-8)
    centred = grid - mean[:, None]
    cov = torch.einsum("bn,bni,bnj->bij", weights, centred, centred)
    torch.testing.assert_close(world.posterior_cov(x_t, alpha, sigma), cov, rtol=0, atol=1e-8)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("level", LEVELS)
def test_tweedie_first_and_second_order(world, level):
    """The mean is a gradient and the covariance a Hessian of the log density."""
    alpha, sigma = level
    x_t = torch.tensor([0.3, -0.4], dtype=F64)
    mean = (x_t + sigma**2 * world.score(x_t, alpha, sigma)) / alpha
    torch.testing.assert_close(world.posterior_mean(x_t, alpha, sigma), mean, rtol=1e-7, atol=1e-7)
    hessian = torch.autograd.functional.hessian(lambda x: world.log_prob(x, alpha, sigma), x_t)
    eye = torch.eye(2, dtype=F64)
    cov = (sigma**2 / alpha**2) * (eye + sigma**2 * hessian)
    # Dividing by alpha^2 amplifies rounding at the noisy end.
    torch.testing.assert_close(world.posterior_cov(x_t, alpha, sigma), cov, rtol=1e-6, atol=1e-12 / alpha**2)


def test_two_implementations_agree_on_a_gaussian():
    one = gaussian()
    same = GaussianMixture(torch.tensor([0.25, 0.75], dtype=F64), one.mean().expand(2, 2), one.cov().expand(2, 2, 2))
    x = torch.randn(5, 2, dtype=F64, generator=torch.Generator().manual_seed(3))
    for alpha, sigma in LEVELS:
        for method in ("log_prob", "score", "posterior_mean", "posterior_cov", "eps"):
            torch.testing.assert_close(getattr(one, method)(x, alpha, sigma), getattr(same, method)(x, alpha, sigma))
    torch.testing.assert_close((one.mean(), one.cov()), (same.mean(), same.cov()))


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_draws_have_the_stated_mean_and_covariance(world):
    n = 200_000
    x = world.sample(n, torch.Generator().manual_seed(0))
    standard_error = world.cov().diagonal().sqrt() / n**0.5
    assert bool(((x.mean(0) - world.mean()).abs() < 5 * standard_error).all())
    torch.testing.assert_close(x.T.cov(), world.cov(), rtol=0.03, atol=0.02)
    # The entropy estimated from draws agrees with the density: E log p under p, against quadrature.
    _, log_cell = on_a_grid(world)
    log_p = log_cell - log_cell.max()
    p = torch.softmax(log_p, 0)
    entropy = (p * world.log_prob(on_a_grid(world)[0])).sum()
    estimate = world.log_prob(x)
    assert abs(estimate.mean() - entropy) < 5 * estimate.std() / n**0.5


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_a_noise_level_per_sample(world):
    x = torch.randn(4, 2, dtype=F64, generator=torch.Generator().manual_seed(3))
    alpha, sigma = torch.tensor(LEVELS, dtype=F64).T
    for method in ("log_prob", "score", "posterior_mean", "posterior_cov", "eps"):
        together = getattr(world, method)(x, alpha, sigma)
        alone = torch.stack([getattr(world, method)(x[i], *LEVELS[i]) for i in range(4)])
        torch.testing.assert_close(together, alone)


def test_a_mixture_of_points_is_a_finite_data_set():
    points = torch.tensor([[0.0, 1.0], [2.0, -1.0]], dtype=F64)
    world = GaussianMixture(torch.full((2,), 0.5, dtype=F64), points, torch.zeros(2, dtype=F64))
    x_t = torch.tensor([[0.9, 0.1]], dtype=F64)
    want = marginal_score(x_t, points, torch.full((2,), math.log(0.5), dtype=F64), torch.tensor(0.8), torch.tensor(0.6))
    torch.testing.assert_close(world.score(x_t, 0.8, 0.6), want)
    near = world.posterior_mean(0.999 * points, 0.999, 0.04)
    torch.testing.assert_close(near, points, rtol=0, atol=1e-8)


def test_oracle_has_the_calling_convention_of_a_network():
    world, schedule = WORLDS["full"], linear(100)
    x_t = torch.randn(3, 1, 1, 2, dtype=F64, generator=torch.Generator().manual_seed(0))
    t = torch.tensor([1, 50, 100])
    eps = eps_oracle(world, schedule)(x_t, t)
    assert eps.shape == x_t.shape
    level = schedule.alpha_bar[50].sqrt(), schedule.variance[50].sqrt()
    torch.testing.assert_close(eps[1].flatten(), world.eps(x_t[1].flatten(), *level))


def test_float32_agrees_with_float64():
    x = torch.randn(6, 2, dtype=F64, generator=torch.Generator().manual_seed(0))
    for world in WORLDS.values():
        low = world.to(dtype=torch.float32)
        assert low.score(x.float(), 0.9, 0.436).dtype == torch.float32
        torch.testing.assert_close(
            low.score(x.float(), 0.9, 0.436).double(), world.score(x, 0.9, 0.436), rtol=1e-4, atol=1e-4
        )


def test_clear_errors():
    ones, means = torch.full((2,), 0.5), torch.zeros(2, 3)
    with pytest.raises(ValueError, match=r"the means of a mixture have shape \(K, d\); got \(2,\)"):
        GaussianMixture(ones, torch.zeros(2), torch.ones(2))
    with pytest.raises(ValueError, match=r"needs weights of shape \(2,\) and covs of shape \(2,\) or \(2, 3, 3\); got"):
        GaussianMixture(ones, means, torch.ones(3))
    with pytest.raises(ValueError, match=r"positive and sum to 1; they sum to 2"):
        GaussianMixture(2 * ones, means, torch.ones(2))
    with pytest.raises(ValueError, match="variances of isotropic components must not be negative"):
        GaussianMixture(ones, means, -torch.ones(2))
    with pytest.raises(ValueError, match="must be symmetric"):
        Gaussian(torch.zeros(2), torch.tensor([[1.0, 0.5], [0.0, 1.0]]))
    with pytest.raises(ValueError, match="must have no negative eigenvalue; the smallest is -1"):
        Gaussian(torch.zeros(2), torch.tensor([[1.0, 2.0], [2.0, 1.0]]))
    with pytest.raises(ValueError, match=r"needs a mean \(d,\) and a covariance \(d, d\)"):
        Gaussian(torch.zeros(3), torch.eye(2))


def points_world() -> Points:
    return Points(torch.tensor([[-1.0, 0.5], [0.7, 0.2], [2.0, -1.5]], dtype=F64), torch.tensor([0.2, 0.5, 0.3], dtype=F64))


@pytest.mark.parametrize("level", LEVELS)
def test_points_are_a_mixture_without_spread(level):
    world = points_world()
    same = GaussianMixture(torch.tensor([0.2, 0.5, 0.3], dtype=F64), world._points, torch.zeros(3, dtype=F64))
    x_t = level[0] * world.sample(7, torch.Generator().manual_seed(0))
    x_t = x_t + level[1] * torch.randn(7, 2, dtype=F64, generator=torch.Generator().manual_seed(1))
    for method in ("log_prob", "score", "eps", "posterior_mean", "posterior_cov", "responsibilities"):
        torch.testing.assert_close(getattr(world, method)(x_t, *level), getattr(same, method)(x_t, *level), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close((world.mean(), world.cov()), (same.mean(), same.cov()))
    assert {tuple(x) for x in world.sample(50).tolist()} == {tuple(x) for x in world._points.tolist()}


def test_the_exact_denoiser_of_a_data_set_of_images():
    images = torch.randn(50, 1, 4, 4, generator=torch.Generator().manual_seed(0), dtype=F64)
    world = Points(images)
    x_t = 0.8 * images[:9] + 0.6 * torch.randn(9, 1, 4, 4, generator=torch.Generator().manual_seed(1), dtype=F64)
    distance = (x_t.flatten(1)[:, None] - 0.8 * images.flatten(1)).square().sum(-1)
    weights = torch.softmax(-distance / (2 * 0.36), dim=1)
    want = (weights @ images.flatten(1)).view_as(x_t)
    denoise = oracle(world, path("trigonometric"), X_0)
    t = torch.full((9,), 2 / math.pi * math.asin(0.6), dtype=F64)
    torch.testing.assert_close(denoise(x_t, t), want, rtol=1e-9, atol=1e-12)


def test_blocks_do_not_change_the_result(monkeypatch):
    world = points_world()
    x_t = torch.randn(7, 2, dtype=F64, generator=torch.Generator().manual_seed(1))
    sigma = torch.linspace(0.3, 2.0, 7, dtype=F64)
    whole = [getattr(world, name)(x_t, 0.5, sigma) for name in ("score", "log_prob", "posterior_mean")]
    monkeypatch.setattr("diffusion.worlds.points._BLOCK", 12)
    parts = [getattr(world, name)(x_t, 0.5, sigma) for name in ("score", "log_prob", "posterior_mean")]
    torch.testing.assert_close(parts, whole, rtol=0, atol=0)


def test_points_keep_their_digits_at_low_noise_in_float32():
    low, high = points_world().to(dtype=torch.float32), points_world()
    x_t = torch.tensor([[0.7001, 0.2003]], dtype=F64)
    torch.testing.assert_close(low.eps(x_t.float(), 1.0, 1e-3).double(), high.eps(x_t, 1.0, 1e-3), rtol=2e-3, atol=1e-3)


def test_the_flow_of_a_gaussian_has_its_velocity_and_its_marginals():
    world = WORLDS["gaussian"]
    along = path("flow")
    x = torch.randn(5, 2, dtype=F64, generator=torch.Generator().manual_seed(0))
    start, h = (0.6, 0.4), 1e-5
    slope = (world.flow_map(x, start, (0.6 - h, 0.4 + h)) - world.flow_map(x, start, (0.6 + h, 0.4 - h))) / (2 * h)
    torch.testing.assert_close(velocity(world, x, along.level(torch.tensor(0.4, dtype=F64))), slope, rtol=1e-7, atol=1e-7)
    x = world.sample(100_000, torch.Generator().manual_seed(0))
    noisy = world.flow_map(x, (1.0, 0.0), (0.6, 0.8))
    torch.testing.assert_close(noisy.T.cov(), 0.36 * world.cov() + 0.64 * torch.eye(2, dtype=F64), rtol=0.03, atol=0.02)
    torch.testing.assert_close(world.flow_map(noisy, (0.6, 0.8), (1.0, 0.0)), x)


def test_the_flow_in_one_dimension_is_the_quantile_map():
    world = GaussianMixture(torch.tensor([0.3, 0.7], dtype=F64), torch.tensor([[-1.3], [0.7]], dtype=F64), torch.tensor([0.04, 0.25], dtype=F64))
    along = path("linear")
    x = torch.tensor([[-9.0], [-1.2], [0.0], [0.4], [2.0], [9.0]], dtype=F64)
    t, h = 0.3, 1e-5
    near = [tuple(c.item() for c in along.level(torch.tensor(s, dtype=F64))[1:3]) for s in (t - h, t, t + h)]
    slope = (quantile_map(world, x, near[1], near[2]) - quantile_map(world, x, near[1], near[0])) / (2 * h)
    exact = velocity(world, x, along.level(torch.tensor(t, dtype=F64)))
    torch.testing.assert_close(slope, exact, rtol=1e-5, atol=1e-5)
    there = quantile_map(world, x, near[0], (0.1, 0.99))
    torch.testing.assert_close(quantile_map(world, there, (0.1, 0.99), near[0]), x, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(world.cdf(there, 0.1, 0.99), world.cdf(x, *near[0]), rtol=1e-9, atol=0)
    total = world.cdf(x) + world.cdf(x, upper=True)
    torch.testing.assert_close(total, torch.ones(6, dtype=F64), rtol=0, atol=1e-14)


def test_clear_errors_of_points_and_maps():
    with pytest.raises(ValueError, match=r"2 points need 2 positive weights that sum to 1; got shape \(2,\) and the sum 2"):
        Points(torch.zeros(2, 3), torch.ones(2))
    with pytest.raises(ValueError, match=r"points have shape \(K, ...\) with K >= 1; got \(3,\)"):
        Points(torch.zeros(3))
    with pytest.raises(ValueError, match="needs one dimension; this mixture has 2"):
        quantile_map(mixture("isotropic"), torch.zeros(1, 1, dtype=F64), (1.0, 0.0), (0.6, 0.8))
