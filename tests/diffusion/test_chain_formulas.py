"""Formulas of the chain and of scores against independent routes: Bayes' rule, enumeration, autodiff.

The twin tests compare each function with its theorem; these compare the functions with each other and with
numerical truth, so that the package stands on its own.
"""

import math

import pytest
import torch
from torch.distributions import Normal

from diffusion import chain_elbo, forward, gaussian, linear_gaussian, losses, numerics, posterior, score

F64 = torch.float64
# Steps spread in log-SNR, as (alpha_t, alpha_bar_prev): tiny first steps, the middle, the noisy end.
STEPS = [(1 - 1e-4, 1 - 2e-4), (0.9999, 0.9), (0.99, 0.5), (0.5, 0.3), (0.98, 4e-5), (1e-3, 1e-6)]


def tensor(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=F64)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=F64, generator=torch.Generator().manual_seed(seed))


def step(alpha_t: float, alpha_bar_prev: float) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(alpha_t, dtype=F64), torch.tensor(alpha_bar_prev, dtype=F64)


# The chain


@pytest.mark.parametrize("pair", STEPS)
def test_posterior_against_linear_bayes(pair):
    """x_{t-1} | x_0 is the prior, x_t = sqrt(alpha_t) x_{t-1} + noise the observation."""
    alpha_t, prev = step(*pair)
    x_0, x_t = tensor(0.8), tensor(-0.3)
    one = torch.ones(1, 1, dtype=F64)
    _, cov_t, mean, S = linear_gaussian.linear_bayes(
        prev.sqrt() * x_0, (1 - prev) * one, alpha_t.sqrt() * one, 0 * x_0, (1 - alpha_t) * one, x_t
    )
    torch.testing.assert_close(posterior.mean(x_t, x_0, alpha_t, prev), mean, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(posterior.variance(alpha_t, prev), S[0, 0], rtol=1e-9, atol=0)
    torch.testing.assert_close(numerics.one_minus_product(alpha_t, prev), cov_t[0, 0], rtol=1e-12, atol=0)


@pytest.mark.parametrize("pair", STEPS)
def test_three_forms_of_the_posterior_mean_agree(pair):
    alpha_t, prev = step(*pair)
    x_0, eps = normal(4), normal(4, seed=1)
    variance_t = numerics.one_minus_product(alpha_t, prev)
    x_t = (alpha_t * prev).sqrt() * x_0 + variance_t.sqrt() * eps
    mean = posterior.mean(x_t, x_0, alpha_t, prev)
    conditional = score.conditional_score(x_t, x_0, (alpha_t * prev).sqrt(), variance_t.sqrt())
    torch.testing.assert_close(posterior.mean_from_eps(x_t, eps, alpha_t, prev), mean, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(posterior.mean_from_score(x_t, conditional, alpha_t), mean, rtol=1e-9, atol=1e-9)
    low, beta_tilde, beta = posterior.variance_bounds(alpha_t, prev)
    assert low <= beta_tilde <= beta


def test_first_step_is_exactly_the_data():
    x_0, x_1 = normal(5), normal(5, seed=1)
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        mean, variance = posterior.first_step(x_1.to(dtype), x_0.to(dtype), torch.tensor(0.97, dtype=dtype))
        assert torch.equal(mean, x_0.to(dtype)) and variance == 0


@pytest.mark.parametrize("pair", STEPS)
def test_step_density_by_bayes_and_by_the_markov_property(pair):
    alpha_t, prev = step(*pair)
    x_0, noise, noise_t = normal(3), normal(3, seed=1), normal(3, seed=2)
    x_prev = prev.sqrt() * x_0 + (1 - prev).sqrt() * noise
    x_t = forward.take_step(x_prev, 1 - alpha_t, noise_t)
    mean, variance = forward.step(x_prev, 1 - alpha_t)
    want = Normal(mean, variance.sqrt()).log_prob(x_t).sum(-1)
    torch.testing.assert_close(forward.log_step_by_bayes(x_t, x_prev, x_0, alpha_t, prev), want, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(forward.log_step_given_x_0(x_t, x_prev, x_0, alpha_t, prev), want, rtol=1e-7, atol=1e-7)


def test_many_steps_are_one_step():
    alpha = tensor(0.999, 0.9, 0.5)
    mean, variance = tensor(1.3), tensor(0.0)
    for a in alpha:
        mean, _ = forward.step(mean, 1 - a)
        variance = a * variance + 1 - a
    law = forward.marginal(tensor(1.3), alpha.prod())
    torch.testing.assert_close(law, (mean, variance.squeeze()))
    torch.testing.assert_close(forward.accumulated_variance(alpha), variance.squeeze())
    x_0, eps = normal(4), normal(4, seed=1)
    torch.testing.assert_close(
        forward.two_steps(x_0, eps, alpha[0], alpha[1]), forward.noise(x_0, eps, alpha[0] * alpha[1])
    )
    torch.testing.assert_close(forward.covariance(torch.eye(3, dtype=F64), tensor(0.2)), torch.eye(3, dtype=F64))


def test_prior_kl_against_the_gaussian_divergence():
    x_0, alpha_bar = normal(4), tensor(0.3)
    want = gaussian.kl_isotropic(alpha_bar.sqrt() * x_0, (1 - alpha_bar).sqrt(), 0 * x_0, tensor(1.0))
    torch.testing.assert_close(forward.prior_kl(x_0, alpha_bar), want)


def test_telescoping():
    alpha_bar = tensor(0.99, 0.8, 0.4, 0.1)
    x_0, path = normal(2, 3), normal(4, 2, 3, seed=1)
    torch.testing.assert_close(
        forward.telescoped_log_ratio(path, x_0, alpha_bar),
        forward.log_ratio_of_ends(path[0], path[-1], x_0, alpha_bar[0], alpha_bar[-1]),
    )


def test_sampling_step_adds_no_noise_at_the_end():
    x_t, eps, z = normal(4), normal(4, seed=1), normal(4, seed=2)
    alpha_t, prev = step(0.9, 0.5)
    sigma = tensor(0.3)
    mean = posterior.mean_from_eps(x_t, eps, alpha_t, prev)
    torch.testing.assert_close(posterior.sampling_step(x_t, eps, z, alpha_t, prev, sigma), mean + sigma * z)
    one = torch.ones_like(prev)
    first = posterior.sampling_step(x_t, eps, z, alpha_t, one, sigma)
    assert torch.equal(first, posterior.mean_from_eps(x_t, eps, alpha_t, one))


@pytest.mark.parametrize("pair", STEPS)
def test_noise_free_ddpm_is_not_ddim(pair):
    alpha_t, prev = step(*pair)
    x_t, eps = normal(3), normal(3, seed=1)
    difference = posterior.mean_from_eps(x_t, eps, alpha_t, prev) - posterior.ddim_step(x_t, eps, alpha_t, prev)
    got = posterior.sigma_zero_minus_ddim(eps, alpha_t, prev)
    torch.testing.assert_close(got, difference, rtol=1e-6, atol=1e-11)
    assert bool((got != 0).all())


# Losses


@pytest.mark.parametrize("pair", STEPS)
def test_loss_weights_are_one_loss(pair):
    """The mean regression equals the weighted eps and x_0 regressions for any prediction."""
    alpha_t, prev = step(*pair)
    sigma_t, variance_t = tensor(0.2), numerics.one_minus_product(alpha_t, prev)
    x_0, eps, eps_theta = normal(4), normal(4, seed=1), normal(4, seed=2)
    x_t = (alpha_t * prev).sqrt() * x_0 + variance_t.sqrt() * eps
    x_theta = (x_t - variance_t.sqrt() * eps_theta) / (alpha_t * prev).sqrt()
    mu_tilde = posterior.mean(x_t, x_0, alpha_t, prev)
    mu_theta = posterior.mean_from_eps(x_t, eps_theta, alpha_t, prev)
    want = losses.mean_loss(mu_tilde, mu_theta, sigma_t)
    by_eps = losses.eps_weight(alpha_t, prev, sigma_t) * losses.simple_loss(eps, eps_theta)
    by_x_0 = losses.x0_weight(alpha_t, prev, sigma_t) * (x_0 - x_theta).square().sum(-1)
    torch.testing.assert_close(by_eps.squeeze(), want, rtol=1e-6, atol=0)
    torch.testing.assert_close(by_x_0.squeeze(), want, rtol=1e-6, atol=0)


@pytest.mark.parametrize("pair", STEPS)
def test_named_weights_are_the_general_one_at_their_variance(pair):
    alpha_t, prev = step(*pair)
    beta_tilde = posterior.variance(alpha_t, prev)
    for weight, short in [
        (losses.eps_weight, losses.eps_weight_beta_tilde),
        (losses.x0_weight, losses.x0_weight_beta_tilde),
    ]:
        torch.testing.assert_close(weight(alpha_t, prev, beta_tilde.sqrt()), short(alpha_t, prev))
    beta = (1 - alpha_t).sqrt()
    torch.testing.assert_close(losses.eps_weight(alpha_t, prev, beta), losses.eps_weight_beta(alpha_t, prev))
    snr_prev, snr_t = prev / (1 - prev), alpha_t * prev / numerics.one_minus_product(alpha_t, prev)
    half_drop = 0.5 * (snr_prev - snr_t)
    torch.testing.assert_close(losses.x0_weight_beta_tilde(alpha_t, prev), half_drop, rtol=1e-8, atol=0)


# The bound of a linear Gaussian chain


def test_decomposition_equals_the_direct_bound_and_lies_below_the_likelihood():
    alpha = tensor(0.95, 0.9, 0.7, 0.4, 0.1)
    T = alpha.numel()
    m, c = 0.9 + 0.1 * normal(T), 0.2 * normal(T, seed=1)
    s = 0.3 + normal(T, seed=2).abs()
    x_0 = normal(6, 3, seed=3)
    prior, steps, reconstruction = chain_elbo.bound_terms(x_0, alpha, m, c, s)
    negative = chain_elbo.negative_elbo(x_0, alpha, m, c, s)
    torch.testing.assert_close(prior + steps - reconstruction, negative)
    assert bool((-negative < chain_elbo.log_likelihood(x_0, m, c, s)).all())


def test_the_bound_is_tight_for_the_exact_reverse_chain():
    """Data N(0, 1) makes every x_t N(0, 1); the reverse chain m = sqrt(alpha), s^2 = beta is then exact."""
    alpha = tensor(0.95, 0.9, 0.7, 0.4, 0.1)
    x_0 = normal(200, 2)
    zero = torch.zeros_like(alpha)
    m, s = alpha.sqrt(), (1 - alpha).sqrt()
    torch.testing.assert_close(chain_elbo.log_likelihood(x_0, m, zero, s), Normal(0.0, 1.0).log_prob(x_0).sum(-1))
    # The whole path then has the same law forwards and backwards, so the gap is 0 at every x_0.
    gap = chain_elbo.log_likelihood(x_0, m, zero, s) + chain_elbo.negative_elbo(x_0, alpha, m, zero, s)
    torch.testing.assert_close(gap, torch.zeros_like(gap), rtol=0, atol=1e-12)


# Scores of finite data


def test_marginal_score_against_autodiff_and_tweedie():
    points, log_weights = normal(7, 2), torch.log_softmax(normal(7, seed=1), 0)
    alpha_t, sigma_t = tensor(0.8), tensor(0.6)
    x_t = normal(5, 2, seed=2).requires_grad_()
    densities = gaussian.log_normal(x_t.unsqueeze(-2), alpha_t * points, sigma_t**2)
    (grad,) = torch.autograd.grad(torch.logsumexp(log_weights + densities, -1).sum(), x_t)
    got = score.marginal_score(x_t, points, log_weights, alpha_t, sigma_t)
    torch.testing.assert_close(got, grad)
    weights = score.posterior_weights(x_t, points, log_weights, alpha_t, sigma_t)
    torch.testing.assert_close(score.tweedie(x_t, got, alpha_t, sigma_t), weights @ points)
    eps_mean = (weights.unsqueeze(-1) * (x_t.unsqueeze(-2) - alpha_t * points) / sigma_t).sum(-2)
    torch.testing.assert_close(score.score_from_eps(eps_mean, sigma_t), got)


def test_scores_accept_a_noise_level_per_sample():
    points, log_weights = normal(7, 2), torch.full((7,), -math.log(7), dtype=F64)
    x_t, alpha, sigma = normal(3, 2, seed=1), tensor(0.9, 0.5, 0.1)[:, None], tensor(0.2, 0.7, 0.99)[:, None]
    together = score.marginal_score(x_t, points, log_weights, alpha, sigma)
    for i in range(3):
        alone = score.marginal_score(x_t[i], points, log_weights, alpha[i], sigma[i])
        torch.testing.assert_close(together[i], alone)


def test_marginal_score_is_not_the_conditional_one():
    points, log_weights = tensor(-1.0, 1.0)[:, None], torch.full((2,), -math.log(2), dtype=F64)
    marginal, conditional = score.marginal_and_conditional_score(
        points[:1], tensor(0.7)[:, None], points, log_weights, tensor(0.6), tensor(0.8)
    )
    assert abs(marginal - conditional).item() > 0.1


def test_denoising_score_matching_differs_by_a_constant():
    points, log_weights = normal(7, 2), torch.log_softmax(normal(7, seed=1), 0)
    alpha_t, sigma_t = tensor(1.0), tensor(0.5)
    x_t = normal(5, 2, seed=2)
    constants = []
    for seed in (3, 4):
        s = normal(5, 2, seed=seed)
        explicit, denoising, constant = score.dsm_terms(s, x_t, points, log_weights, alpha_t, sigma_t)
        torch.testing.assert_close(explicit, denoising - constant)
        constants.append(constant)
    assert torch.equal(*constants)
    explicit, denoising, constant = score.dsm_terms_gaussian(tensor(0.3), tensor(1.5), tensor(0.4))
    torch.testing.assert_close(explicit, denoising - constant)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_low_precision_is_as_good_as_its_inputs(dtype):
    """Coefficient functions evaluated in low precision stay within a few rounding units."""
    for pair in STEPS[1:5]:
        low = [torch.tensor(v, dtype=dtype) for v in pair]
        exact = [v.to(F64) for v in low]
        for function in (posterior.variance, losses.eps_weight_beta, losses.eps_weight_beta_tilde):
            want = function(*exact)
            if want.isfinite() and want < torch.finfo(dtype).max and exact[0] < 1 and exact[1] < 1:
                error = (function(*low).to(F64) / want - 1).abs()
                assert error <= 6 * torch.finfo(dtype).eps, (function.__name__, pair)
