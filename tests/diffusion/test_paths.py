"""Paths: derivatives against autodiff, inverses, ends, identities, and the definitions in the papers."""

import math

import pytest
import torch

from diffusion.paths import (
    EDM,
    PATHS,
    SPACINGS,
    Cosine,
    Discrete,
    Laplace,
    Learned,
    Linear,
    Sigmoid,
    ZeroTerminal,
    path,
    times,
)
from diffusion.schedules import cosine, linear

F64 = torch.float64
INSIDE = torch.tensor([1e-3, 0.01, 0.11, 0.303, 0.499, 0.501, 0.755, 0.9, 0.99, 0.999], dtype=F64)
ALL = {**{name: make() for name, make in PATHS.items()}, "discrete": Discrete(linear(197))}
PRESERVING = ["linear", "cosine", "sigmoid", "linear_log_snr", "laplace", "zero_terminal_linear", "trigonometric", "learned"]


def derivative(f, t: torch.Tensor) -> torch.Tensor:
    t = t.clone().requires_grad_()
    value = f(t)
    if not value.requires_grad:
        return torch.zeros_like(t)
    return torch.autograd.grad(value.sum(), t)[0]


@pytest.mark.parametrize("name", ALL)
def test_derivatives_are_those_of_autodiff(name):
    p = ALL[name]
    torch.testing.assert_close(p.d_alpha(INSIDE), derivative(p.alpha, INSIDE), rtol=1e-9, atol=1e-12)
    # Autodiff itself loses digits in 1 - alpha^2 where alpha is small.
    torch.testing.assert_close(p.d_sigma(INSIDE), derivative(p.sigma, INSIDE), rtol=1e-8, atol=1e-12)
    torch.testing.assert_close(p.d_half_log_snr(INSIDE), derivative(p.half_log_snr, INSIDE), rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_derivative_is_noticed(name):
    p = ALL[name]
    wrong = p.d_sigma(INSIDE) * (1 + 1e-6)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(wrong, derivative(p.sigma, INSIDE), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_the_log_snr_falls_and_has_an_inverse(name):
    p = ALL[name]
    half = p.half_log_snr(INSIDE).detach()
    assert bool((half.diff() < 0).all()) and bool((p.d_half_log_snr(INSIDE) < 0).all())
    torch.testing.assert_close(p.time_of(half), INSIDE, rtol=1e-9, atol=0)
    torch.testing.assert_close(half, (p.alpha(INSIDE) / p.sigma(INSIDE)).log().detach(), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(p.log_snr(INSIDE).detach(), 2 * half)


@pytest.mark.parametrize("name", ALL)
def test_the_forward_equation_has_the_marginals_of_the_path(name):
    """d(log alpha) / dt = f and d(sigma^2) / dt = 2 f sigma^2 + g^2."""
    p = ALL[name]
    f, g_squared = p.drift(INSIDE), p.diffusion_squared(INSIDE)
    torch.testing.assert_close(f, derivative(lambda t: p.alpha(t).log(), INSIDE), rtol=1e-6, atol=1e-12)
    growth = derivative(lambda t: p.sigma(t).square(), INSIDE)
    torch.testing.assert_close(growth, 2 * f * p.sigma(INSIDE).square() + g_squared, rtol=1e-6, atol=1e-9)
    assert bool((g_squared > 0).all())
    torch.testing.assert_close(g_squared, -2 * p.sigma(INSIDE).square() * p.d_half_log_snr(INSIDE), rtol=1e-9, atol=0)


@pytest.mark.parametrize("name", ALL)
def test_time_runs_from_data_to_noise(name):
    with torch.no_grad():
        at = ALL[name].level(torch.tensor([0.0, 1.0]))
    assert at.sigma[0] < 0.011 and at.alpha[0] == pytest.approx(1, abs=1e-5)
    assert at.sigma[1] / at.alpha[1] > 10
    assert all(column.dtype == F64 for column in at)


@pytest.mark.parametrize("name", PRESERVING)
def test_variance_is_preserved(name):
    p = ALL[name]
    torch.testing.assert_close(p.alpha(INSIDE) ** 2 + p.sigma(INSIDE) ** 2, torch.ones_like(INSIDE), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ALL)
def test_float32_times_answer_in_float32(name):
    at = INSIDE.float()
    for method in ("alpha", "sigma", "d_alpha", "half_log_snr"):
        low = getattr(ALL[name], method)(at)
        assert low.dtype == torch.float32
        torch.testing.assert_close(low.double(), getattr(ALL[name], method)(at.double()), rtol=2e-3, atol=1e-5)


def test_linear_is_the_limit_of_the_schedule_of_ddpm():
    at_the_end = Linear().alpha(torch.ones((), dtype=F64)).item()
    assert at_the_end == pytest.approx(math.exp(-0.25 * 19.9 - 0.05), rel=1e-14)
    fine, t = linear(100_000), torch.tensor([0.1, 0.5, 0.9], dtype=F64)
    want = fine.alpha_bar[(t * 100_000).long()].sqrt()
    torch.testing.assert_close(Linear().alpha(t), want, rtol=1e-3, atol=0)


def test_cosine_is_the_schedule_of_iddpm_before_clipping():
    t = torch.tensor([0.001, 0.25, 0.9], dtype=F64)
    want = cosine(1000).alpha_bar[(t * 1000).long()].sqrt()
    torch.testing.assert_close(Cosine().alpha(t), want, rtol=1e-10, atol=0)
    assert Cosine().alpha(torch.ones((), dtype=F64)) == 0


def test_sigmoid_is_its_definition():
    def logistic(z):
        return 1 / (1 + math.exp(-z))

    for start, end, tau in ((-3.0, 3.0, 1.0), (0.0, 3.0, 0.7)):
        span = logistic(end / tau) - logistic(start / tau)
        for t in (0.1, 0.4, 0.8):
            want = (logistic(end / tau) - logistic((start + t * (end - start)) / tau)) / span
            got = Sigmoid(start, end, tau).alpha(torch.tensor(t, dtype=F64)).item() ** 2
            assert got == pytest.approx(want, rel=1e-12)


def test_the_log_snr_of_a_uniform_time_has_a_laplace_law():
    mu, b = 0.4, 0.7
    t = (torch.arange(200_000, dtype=F64) + 0.5) / 200_000
    log_snr = Laplace(mu, b).log_snr(t)
    assert log_snr.median().item() == pytest.approx(mu, abs=1e-4)
    assert (log_snr - mu).abs().mean().item() == pytest.approx(b, rel=1e-4)
    assert (log_snr - mu).square().mean().item() == pytest.approx(2 * b**2, rel=1e-3)


def test_zero_terminal_is_the_algorithm_of_lin_et_al():
    base = Linear()
    root = base.alpha(INSIDE)
    end = base.alpha(torch.ones((), dtype=F64))
    torch.testing.assert_close(ZeroTerminal(base).alpha(INSIDE), (root - end) / (1 - end), rtol=1e-12, atol=1e-15)
    ends = ZeroTerminal(base).level(torch.tensor([0.0, 1.0]))
    assert ends.alpha.tolist() == [1, 0] and ends.sigma.tolist() == [0, 1]


def test_even_times_of_edm_are_karras_sigmas():
    n, rho, low, high = 18, 7, 0.002, 80.0
    want = [(high ** (1 / rho) + i / (n - 1) * (low ** (1 / rho) - high ** (1 / rho))) ** rho for i in range(n)]
    got = EDM().sigma(times(EDM(), n - 1))
    torch.testing.assert_close(got, torch.tensor(want, dtype=F64), rtol=1e-12, atol=0)
    ve = path("ve")
    karras = ve.sigma(times(ve, 10, "karras")) ** (1 / 7)
    torch.testing.assert_close(karras.diff(), karras.diff().mean().expand(10), rtol=1e-9, atol=0)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("name", ALL)
def test_times_fall_from_first_to_last(name, spacing):
    grid = times(ALL[name], 7, spacing, first=0.97, last=0.02)
    assert grid[0] == 0.97 and grid[-1] == 0.02 and grid.shape == (8,) and bool((grid.diff() < 0).all())
    if spacing == "log_snr":
        steps = ALL[name].half_log_snr(grid).detach().diff()
        torch.testing.assert_close(steps, steps.mean().expand(7), rtol=1e-6, atol=0)


def test_a_discrete_schedule_is_met_at_its_times():
    schedule = linear(100)
    p, t = Discrete(schedule), torch.arange(101, dtype=F64) / 100
    torch.testing.assert_close(p.alpha(t), schedule.alpha_bar.sqrt(), rtol=1e-12, atol=0)
    torch.testing.assert_close(p.sigma(t), schedule.variance.sqrt(), rtol=1e-12, atol=0)
    torch.testing.assert_close(p.network_time(t), torch.arange(101, dtype=F64))


def test_the_learned_path_trains_and_stays_monotone():
    p = Learned(width=8)
    t = torch.linspace(0, 1, 50)
    optimizer = torch.optim.Adam(p.parameters(), lr=0.2)
    start = p.gamma(t).detach()
    for _ in range(20):
        optimizer.zero_grad()
        (p.gamma(t) - 8 * t.square()).square().mean().backward()
        assert all(q.grad is not None for q in p.parameters())
        optimizer.step()
    assert not torch.allclose(p.gamma(t), start, atol=0.5)
    assert bool((p.gamma(t).diff() > 0).all())
    torch.testing.assert_close(p.gamma(torch.tensor([0.0, 1.0])), torch.stack([p.gamma_0, p.gamma_1]))


def test_perturbation_takes_a_time_per_sample():
    x, eps, t = torch.ones(3, 1, 2), torch.full((3, 1, 2), 2.0), torch.tensor([0.0, 0.5, 1.0])
    got = path("flow").perturb(x, eps, t)
    torch.testing.assert_close(got[:, 0, 0], torch.tensor([1.0, 1.5, 2.0]))


def test_clear_errors():
    with pytest.raises(ValueError, match="unknown path 'sine'; choose one of: linear, cosine, sigmoid"):
        path("sine")
    with pytest.raises(ValueError, match="a sampler needs at least one step; got 0"):
        times(path("flow"), 0)
    with pytest.raises(ValueError, match=r"expected 0 <= last < first <= 1; got 0.2 and 0.7"):
        times(path("flow"), 5, first=0.2, last=0.7)
    with pytest.raises(ValueError, match="unknown spacing 'odd'; choose one of: time, quadratic, log_snr, karras"):
        times(path("flow"), 5, "odd")
    with pytest.raises(ValueError, match=r"needs a finite log-SNR at both ends, and the path 'flow' has .*try first=0.999"):
        times(path("flow"), 5, "log_snr")
    with pytest.raises(ValueError, match=r"the noise must grow from sigma_min > 0; got 0.0 and 80.0"):
        EDM(0.0)
    with pytest.raises(ValueError, match=r"needs 0 < beta_0 <= beta_1; got 2.0 and 1.0"):
        Linear(2.0, 1.0)
    with pytest.raises(ValueError, match=r"gamma must grow from data to noise; got gamma_0 = 1.0 and gamma_1 = 1.0"):
        Learned(1.0, 1.0)
