"""Likelihood against exact densities, Dormand and Prince against SciPy's table, bits per dimension by hand."""

import math

import mpmath
import numpy as np
import pytest
import scipy.integrate
import torch

from diffusion import likelihood
from diffusion.families.likelihoods import discrete_log_prob
from diffusion.likelihood import bits_per_dimension, dequantize, log_likelihood
from diffusion.numerics import normal_cdf
from diffusion.parameterizations import PARAMETERIZATIONS, X_0
from diffusion.paths import PATHS, path
from diffusion.solvers import dormand_prince
from diffusion.solvers.dormand_prince import integrate
from diffusion.worlds import Gaussian, GaussianMixture, oracle
from tests.diffusion.exact_flow import F64

MIXTURE = GaussianMixture(
    torch.tensor([0.2, 0.5, 0.3], dtype=F64),
    torch.tensor([[-1.0, 0.5], [0.7, 0.2], [2.0, -1.5]], dtype=F64),
    torch.tensor([0.04, 0.25, 0.3], dtype=F64),
)
X = MIXTURE.sample(6, torch.Generator().manual_seed(0))


def exact_prior(along, world):
    at = along.level(torch.ones(()))
    if not bool(at.half_log_snr.isfinite()):
        return None
    return lambda x: world.log_prob(x, at.alpha.item(), at.sigma.item())


def exact_density(along, world, x):
    """log p of alpha x_0 at the data end of the path, as a density of x_0: what is left of the noise is part of it."""
    at = along.level(torch.zeros(()))
    alpha, sigma = at.alpha.item(), at.sigma.item()
    return world.log_prob(alpha * x, alpha, sigma) + x.shape[1] * math.log(alpha)


@pytest.mark.parametrize("name", PATHS)
def test_error_against_the_exact_mixture_is_under_a_ten_thousandth_of_a_nat(name):
    """Where signal is left at the noise end, the law there is the exact one; elsewhere it is the standard Gaussian."""
    with torch.no_grad():
        along = path(name)
        # The Laplace path ends, in float64, where a hundredth of a percent of the signal is left.
        world = MIXTURE if name != "laplace" else centred()
        found = log_likelihood(oracle(world, along), along, X, prior=exact_prior(along, world), rtol=1e-7, atol=1e-7)
        error = (found.nats - exact_density(along, world, X)).abs().max().item()
    assert error < 1e-4
    assert found.standard_error.abs().max() == 0 and found.evaluations < 400


def centred() -> GaussianMixture:
    """The mixture with mean 0 and variance near 1."""
    return GaussianMixture(
        MIXTURE._log_weights.exp(), (MIXTURE._means - MIXTURE.mean()) / 1.2, torch.tensor([0.04, 0.25, 0.3], dtype=F64) / 1.44
    )


@pytest.mark.parametrize("kind", PARAMETERIZATIONS.values(), ids=PARAMETERIZATIONS)
def test_every_parameterization_gives_the_same(kind):
    along = path("flow")
    found = log_likelihood(oracle(MIXTURE, along, kind), along, X, parameterization=kind, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(found.nats, MIXTURE.log_prob(X), rtol=0, atol=1e-4)


def test_hutchinson_is_unbiased_with_an_honest_standard_error():
    """Over 40 repetitions the standardised error has mean near 0 and size near 1 (t with 15 degrees of freedom)."""
    world = Gaussian(torch.tensor([0.5, -0.2, 0.1], dtype=F64), torch.tensor([[0.5, 0.3, 0], [0.3, 0.7, -0.2], [0, -0.2, 0.6]], dtype=F64))
    along, repeats = path("flow"), 60
    x = torch.tensor([[0.1, 0.4, -0.3]], dtype=F64).expand(repeats, 3)
    found = log_likelihood(
        oracle(world, along, X_0), along, x, parameterization=X_0, probes=16, generator=torch.Generator().manual_seed(0), rtol=1e-5, atol=1e-5
    )
    error = (found.nats - world.log_prob(x)) / found.standard_error
    assert abs(error.mean()) < 3.5 / repeats**0.5
    assert 0.75 < error.square().mean().sqrt() < 1.4
    assert bool((found.standard_error > 0.01).all())


def test_images_keep_their_shape():
    along, seen = path("flow"), []
    best = oracle(Gaussian(torch.zeros(4, dtype=F64), 0.3 * torch.eye(4, dtype=F64)), along)

    def denoiser(x, t):
        seen.append((x.shape, t.shape))
        return best(x, t)

    x = torch.full((3, 1, 2, 2), 0.4, dtype=F64)
    found = log_likelihood(denoiser, along, x)
    assert set(seen) == {(x.shape, (3,))}
    want = 4 * (-0.5 * (0.16 / 0.3 + math.log(0.3 * 2 * math.pi)))
    torch.testing.assert_close(found.nats, torch.full((3,), want, dtype=F64), rtol=0, atol=1e-4)


def test_a_wrong_divergence_would_be_seen(monkeypatch):
    right = likelihood._Field._traces
    monkeypatch.setattr(likelihood._Field, "_traces", lambda self, answer, u: 1.001 * right(self, answer, u))
    along = path("flow")
    found = log_likelihood(oracle(MIXTURE, along), along, X, rtol=1e-7, atol=1e-7)
    assert (found.nats - MIXTURE.log_prob(X)).abs().max() > 1e-3


def test_the_table_is_that_of_scipy():
    reference = scipy.integrate.RK45
    for stage, row in enumerate(dormand_prince.STAGES[:-1], start=1):
        np.testing.assert_allclose(row, reference.A[stage][: len(row)], rtol=1e-15)
    np.testing.assert_allclose(dormand_prince.STAGES[-1], reference.B, rtol=1e-15)
    np.testing.assert_allclose(dormand_prince.NODES[:-1], reference.C[1:], rtol=1e-15)
    # SciPy keeps the error with the other sign.
    np.testing.assert_allclose(dormand_prince.ERROR, -reference.E, rtol=1e-14, atol=1e-17)


@pytest.mark.parametrize("rtol", [1e-4, 1e-7, 1e-10])
def test_the_error_follows_the_tolerance(rtol):
    y = torch.tensor([1.0, 0.0], dtype=F64)

    def circle(s, y):
        return torch.stack([-y[1], y[0]])

    for end in (6.0, -6.0):
        got, evaluations = integrate(circle, y, 0.0, end, rtol=rtol, atol=rtol)
        assert (got - torch.tensor([math.cos(end), math.sin(end)], dtype=F64)).abs().max() < 30 * rtol
        assert evaluations < 60 * (1e-4 / rtol) ** 0.2 + 100


def test_a_sharp_bend_costs_steps_and_not_accuracy():
    def field(s, y):
        return -50 * (y - math.cos(s))

    got, _ = integrate(field, torch.zeros(1, dtype=F64), 0.0, 2.0, rtol=1e-8, atol=1e-8)
    want = (2500 * math.cos(2) + 50 * math.sin(2)) / 2501
    assert got.item() == pytest.approx(want, abs=1e-6)


def test_bits_per_dimension_of_uniform_noise_is_the_number_of_bits():
    """A uniform density on [-1, 1]^d has log p = -d log 2: 8 bits per dimension with 256 levels."""
    assert bits_per_dimension(torch.tensor(-12 * math.log(2)), 12, 256).item() == pytest.approx(8, abs=1e-6)
    assert bits_per_dimension(torch.tensor(0.0), 5, 256).item() == pytest.approx(7)
    assert bits_per_dimension(torch.tensor(-64 * math.log(2)), 64, 17).item() == pytest.approx(math.log2(17), abs=1e-6)


def test_dequantization_fills_the_levels_evenly():
    k = torch.arange(256).repeat(200)
    x = dequantize(k, 256, torch.Generator().manual_seed(0))
    assert x.min() >= -1 and x.max() < 1
    assert torch.equal(((x + 1) / 2 * 256).floor().long(), k)
    share = (x + 1) / 2 * 256 - k
    assert share.mean().item() == pytest.approx(0.5, abs=0.01) and share.var().item() == pytest.approx(1 / 12, abs=0.002)


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 2e-6), (torch.float64, 1e-14)])
def test_the_tail_of_the_normal_keeps_its_digits(dtype, tolerance):
    z = torch.tensor([-12.0, -8.0, -5.5, -3.0, -1.0, 0.0, 2.0], dtype=dtype)
    want = [float(mpmath.ncdf(value)) for value in z.tolist()]
    torch.testing.assert_close(normal_cdf(z).double(), torch.tensor(want, dtype=F64), rtol=30 * tolerance, atol=0)


def test_the_mass_of_a_grey_level_far_out_is_right_in_float32():
    """Against 30 digits: a level of width 1/8 whose centre lies up to eight standard deviations from the mean."""
    for mean in (0.05, 0.3, 0.5, 0.62, 0.8):
        got = discrete_log_prob(torch.zeros(1), torch.tensor([mean]), torch.tensor([-4.6]), 0.125).item()
        sigma = math.exp(-2.3)
        lower, upper = (mpmath.ncdf((edge - mean) / sigma) for edge in (-0.0625, 0.0625))
        assert got == pytest.approx(float(mpmath.log(upper - lower)), abs=1e-3), mean


def test_clear_errors():
    along = path("flow")
    best = oracle(MIXTURE, along)
    with pytest.raises(ValueError, match=r"probes must be 0 \(exact trace\) or at least 2, for the standard error; got 1"):
        log_likelihood(best, along, X, probes=1)
    with pytest.raises(ValueError, match=r"'flow' has log\(alpha / sigma\) = inf at t_min = 0 .* leave t_min and t_max out"):
        log_likelihood(best, along, X, t_min=0.0)
    with pytest.raises(ValueError, match=r"needs integers in 0..15; got torch.int64 from 0 to 16"):
        dequantize(torch.arange(17), 16)
    with pytest.raises(ValueError, match="tolerances must be positive; got rtol = 0 and atol = 1e-06"):
        integrate(lambda s, y: y, torch.ones(1), 0.0, 1.0, rtol=0)
    with pytest.raises(ArithmeticError, match=r"stopped at .* from 0 to 2, .* the field is not smooth there, or is not finite"):
        integrate(lambda s, y: y / (1 - s) ** 2, torch.ones(1, dtype=F64), 0.0, 2.0)
