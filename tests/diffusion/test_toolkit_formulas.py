"""Formulas of the toolkit against independent routes: quadrature, torch.distributions, enumeration.

The twin tests compare each function with its theorem; these compare the functions with each other and with
numerical truth, so that the package stands on its own.
"""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from diffusion import conventions, gaussian, latent, linear_gaussian, numerics

F64 = torch.float64


def tensor(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=F64)


def covariance(d: int, seed: int) -> torch.Tensor:
    a = torch.randn(d, d, dtype=F64, generator=torch.Generator().manual_seed(seed))
    return a @ a.T + 0.1 * torch.eye(d, dtype=F64)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=F64, generator=torch.Generator().manual_seed(seed))


# Numerics


@pytest.mark.parametrize("x", [-0.999, -0.51, -0.5, -1e-3, -1e-9, 0.0, 1e-12, 1e-5, 0.3, 1.0, 1.01, 50.0])
def test_x_minus_log1p_keeps_its_digits(x):
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(60):
        exact = float(mpmath.mpf(x) - mpmath.log1p(mpmath.mpf(x)))
    value = numerics.x_minus_log1p(tensor(x))
    assert value.item() == pytest.approx(exact, rel=4e-15, abs=0)


def test_one_minus_product_where_the_plain_form_fails():
    a, b = torch.tensor(1 - 1e-9, dtype=F64), torch.tensor(1 - 3e-9, dtype=F64)
    exact = (1 - a) + (1 - b) - (1 - a) * (1 - b)
    assert abs(numerics.one_minus_product(a, b) / exact - 1) < 1e-15
    assert abs((1 - a * b) / exact - 1) > 1e-10


def test_x_minus_log1p_has_finite_gradients():
    x = tensor(-0.9, -0.1, 0.0, 0.5, 3.0).requires_grad_()
    numerics.x_minus_log1p(x).sum().backward()
    torch.testing.assert_close(x.grad, (x / (1 + x)).detach())


# Conventions


def test_two_conventions_of_guidance_and_of_log_snr_agree():
    c, u = normal(5), normal(5, seed=1)
    torch.testing.assert_close(
        conventions.guided_eps_by_weight(c, u, tensor(2.5)),
        conventions.guided_eps_by_scale(c, u, tensor(3.5)),
    )
    alpha, sigma = conventions.variance_preserving(tensor(0.1, 0.5, 0.999))
    torch.testing.assert_close(alpha**2 + sigma**2, torch.ones(3, dtype=F64))
    torch.testing.assert_close(conventions.log_snr(alpha, sigma), torch.logit(tensor(0.1, 0.5, 0.999)))
    x_0, eps = normal(3), normal(3, seed=2)
    alpha_bar = tensor(0.3)
    torch.testing.assert_close(
        conventions.perturb(x_0, eps, *conventions.variance_preserving(alpha_bar)),
        conventions.perturb_ddpm(x_0, eps, conventions.alpha_ddim(alpha_bar)),
    )
    assert conventions.flow_matching(tensor(0.25)) == (0.75, 0.25)
    assert conventions.variance_exploding(tensor(7.0)) == (1, 7)


# Gaussians


def test_densities_against_torch_and_quadrature():
    x = torch.linspace(-40, 40, 200_001, dtype=F64)
    density = gaussian.log_density(x, tensor(1.5), tensor(2.0)).exp()
    assert torch.trapezoid(density, x).item() == pytest.approx(1, abs=1e-12)
    for order in range(7):
        numeric = torch.trapezoid(density * (x - 1.5) ** order, x)
        torch.testing.assert_close(numeric, gaussian.central_moment(order, tensor(2.0))[0], rtol=1e-10, atol=1e-10)
    y, mu, Sigma = normal(4, 3), normal(3, seed=1), covariance(3, 2)
    torch.testing.assert_close(gaussian.log_normal_matrix(y, mu, Sigma), MultivariateNormal(mu, Sigma).log_prob(y))
    torch.testing.assert_close(gaussian.log_normal(y, mu, tensor(0.3)), Normal(mu, 0.3**0.5).log_prob(y).sum(-1))
    with pytest.raises(ValueError, match=r"the order of a moment is 0, 1, 2, ...; got -2"):
        gaussian.central_moment(-2, tensor(1.0))


def test_isserlis_reduces_to_the_fourth_moment():
    Sigma = covariance(2, 5)
    torch.testing.assert_close(gaussian.isserlis(Sigma, 1, 1, 1, 1), gaussian.central_moment(4, Sigma[1, 1].sqrt()))
    x = MultivariateNormal(torch.zeros(2, dtype=F64), Sigma)
    torch.manual_seed(0)
    draws = x.sample((400_000,))
    estimate = (draws[:, 0] ** 2 * draws[:, 1] ** 2).mean()
    torch.testing.assert_close(gaussian.isserlis(Sigma, 0, 0, 1, 1), estimate, rtol=0.02, atol=0)


def test_complete_square():
    a, b, c, x = tensor(-3.0), tensor(0.7), tensor(2.0), tensor(1.3)
    centre, rest = gaussian.complete_square(a, b, c)
    torch.testing.assert_close(a / 2 * (x - centre) ** 2 + rest, a / 2 * x**2 - b * x + c)


def test_product_of_densities_at_every_point():
    a, b, A, B = normal(3), normal(3, seed=1), covariance(3, 2), covariance(3, 3)
    log_scale, c, C = gaussian.product(a, A, b, B)
    x = normal(6, 3, seed=4)
    left = MultivariateNormal(a, A).log_prob(x) + MultivariateNormal(b, B).log_prob(x)
    torch.testing.assert_close(left, log_scale + MultivariateNormal(c, C).log_prob(x))
    scalar = gaussian.product_isotropic(a, tensor(0.5), b, tensor(2.0))
    eye = torch.eye(3, dtype=F64)
    for got, want in zip(scalar[:2], gaussian.product(a, 0.5 * eye, b, 2 * eye)[:2], strict=True):
        torch.testing.assert_close(got, want)
    torch.testing.assert_close(scalar[2] * eye, gaussian.product(a, 0.5 * eye, b, 2 * eye)[2])


def test_linear_bayes_against_the_printed_form_and_conjugacy():
    mu, b, y = normal(3), normal(2, seed=1), normal(2, seed=2)
    A, Lambda, L = normal(2, 3, seed=3), covariance(3, 4), covariance(2, 5)
    mean_y, cov_y, mean_x, S = linear_gaussian.linear_bayes(mu, Lambda, A, b, L, y)
    torch.testing.assert_close(mean_y, A @ mu + b)
    torch.testing.assert_close(cov_y, L + A @ Lambda @ A.T)
    printed_S = (Lambda.inverse() + A.T @ L.inverse() @ A).inverse()
    torch.testing.assert_close(S, printed_S)
    torch.testing.assert_close(mean_x, printed_S @ (A.T @ L.inverse() @ (y - b) + Lambda.inverse() @ mu))
    one = torch.ones(1, 1, dtype=F64)
    _, _, m, v = linear_gaussian.linear_bayes(tensor(0.4), 2.25 * one, one, tensor(0.0), 0.25 * one, tensor(1.7))
    mean, variance = gaussian.conjugate_posterior(tensor(1.7), tensor(0.4), tensor(1.5), tensor(0.5))
    torch.testing.assert_close((m, v[0]), (mean, variance))


def test_affine_and_sum():
    mu, Sigma, A, b = normal(3), covariance(3, 1), normal(2, 3, seed=2), normal(2, seed=3)
    law = MultivariateNormal(mu, Sigma)
    torch.manual_seed(1)
    draws = law.sample((200_000,)) @ A.T + b
    mean, cov = linear_gaussian.affine(mu, Sigma, A, b)
    torch.testing.assert_close(draws.mean(0), mean, atol=0.03, rtol=0)
    torch.testing.assert_close(draws.T.cov(), cov, atol=0.15, rtol=0.02)
    torch.testing.assert_close(gaussian.add_independent(mu, Sigma, mu, Sigma), (2 * mu, 2 * Sigma))


def test_scores_against_autodiff():
    x, mu, Sigma = normal(4, 3).requires_grad_(), normal(3, seed=1), covariance(3, 2)
    (grad,) = torch.autograd.grad(gaussian.log_normal_matrix(x, mu, Sigma).sum(), x)
    torch.testing.assert_close(gaussian.score(x, mu, Sigma), grad)
    (grad,) = torch.autograd.grad(gaussian.log_normal(x, mu, tensor(0.49)).sum(), x)
    torch.testing.assert_close(gaussian.score_isotropic(x, mu, tensor(0.7)), grad)


def test_divergences_against_torch():
    mu_0, mu_1, S_0, S_1 = normal(3), normal(3, seed=1), covariance(3, 2), covariance(3, 3)
    want = kl_divergence(MultivariateNormal(mu_0, S_0), MultivariateNormal(mu_1, S_1))
    torch.testing.assert_close(gaussian.kl(mu_0, S_0, mu_1, S_1), want)
    want = kl_divergence(Normal(mu_0, 0.3), Normal(mu_1, 1.7)).sum()
    torch.testing.assert_close(gaussian.kl_isotropic(mu_0, tensor(0.3), mu_1, tensor(1.7)), want)
    want = kl_divergence(Normal(mu_0, 0.6), Normal(mu_1, 0.6)).sum()
    torch.testing.assert_close(gaussian.kl_same_covariance(mu_0, mu_1, tensor(0.6)), want)
    sigma = tensor(0.1, 1.0, 3.0)
    want = kl_divergence(Normal(mu_0, sigma), Normal(0.0, 1.0)).sum()
    torch.testing.assert_close(gaussian.kl_to_standard_normal(mu_0, sigma), want)


def test_divergence_of_near_equal_gaussians_is_not_lost():
    zero, h = tensor(0.0), 1e-7
    kl = gaussian.kl_isotropic(zero, tensor(1 + h), zero, tensor(1.0))
    assert kl.item() == pytest.approx(h * h, rel=1e-5)
    assert gaussian.kl_isotropic(zero, tensor(1.0), zero, tensor(1.0)).item() == 0


def test_consistency_term_claim_is_false_by_the_predicted_amount():
    values = [tensor(v) for v in (1.7, 0.8, 0.5, 1.3, 0.4, -0.6, 0.9)]
    left, right = linear_gaussian.kl_form_sides(*values)
    _, _, q_1, d, _, c, r = values
    torch.testing.assert_close(left - right, -c * d * q_1 / r)
    second, a, _, _, q_2, _, _ = values
    torch.manual_seed(0)
    n = 400_000
    z_0 = torch.randn(n, dtype=F64) * second.sqrt()
    z_1 = a * z_0 + torch.randn(n, dtype=F64) * q_1.sqrt()
    z_2 = d * z_1 + torch.randn(n, dtype=F64) * q_2.sqrt()
    sampled = Normal(a * z_0, q_1.sqrt()).log_prob(z_1) - Normal(c * z_2, r.sqrt()).log_prob(z_1)
    assert abs(sampled.mean() - left) < 5 * sampled.std() / n**0.5
    divergence = kl_divergence(Normal(a * z_0, q_1.sqrt()), Normal(c * z_2, r.sqrt()))
    assert abs(divergence.mean() - right) < 5 * divergence.std() / n**0.5


# Finite latent variable models


def test_finite_divergences():
    p, q = torch.softmax(normal(50, 4), -1), torch.softmax(normal(50, 4, seed=1), -1)
    naive = (p * (p.log() - q.log())).sum(-1)
    torch.testing.assert_close(latent.kl(p, q), naive)
    torch.testing.assert_close(latent.kl_by_cross_entropy(p, q), naive)
    assert bool((latent.kl(p, q) > 0).all()) and bool((latent.kl(p, p) == 0).all())
    edge_p, edge_q = tensor(0.5, 0.5, 0.0), tensor(0.5, 0.0, 0.5)
    assert latent.kl(edge_p, edge_q).item() == math.inf
    assert latent.kl(tensor(1.0, 0.0), tensor(0.5, 0.5)).item() == pytest.approx(math.log(2), rel=1e-15)


def test_divergence_of_near_equal_laws_is_not_lost():
    h = 2.0**-27
    p, q = tensor(0.5 + h, 0.5 - h), tensor(0.5, 0.5)
    assert latent.kl(p, q).item() == pytest.approx(2 * h * h, rel=1e-6)


def test_chain_rule_of_divergence():
    p = torch.softmax(normal(20, 12), -1).view(20, 3, 4)
    q = torch.softmax(normal(20, 12, seed=1), -1).view(20, 3, 4)
    p[0, 1] = 0
    p[0] /= p[0].sum()
    rows, within = latent.kl_chain(p, q)
    torch.testing.assert_close(rows + within, latent.kl(p.flatten(1), q.flatten(1)))


def test_evidence_and_its_lower_bound():
    log_p_z = torch.log_softmax(normal(5), -1)
    log_p_x_given_z = normal(5, seed=1)
    q = torch.softmax(normal(5, seed=2), -1)
    log_p_xz = log_p_z + log_p_x_given_z
    evidence = latent.log_marginal(log_p_x_given_z, log_p_z)
    by_bayes = latent.log_marginal_by_bayes(log_p_xz, torch.log_softmax(log_p_xz, -1))
    torch.testing.assert_close(by_bayes, evidence.expand(5))
    bound = latent.elbo(q, log_p_xz)
    reconstruction, divergence = latent.elbo_terms(q, log_p_x_given_z, log_p_z)
    torch.testing.assert_close(bound, reconstruction - divergence)
    torch.testing.assert_close(evidence - bound, latent.elbo_gap(q, log_p_xz))
    assert bound < evidence
    exact = torch.softmax(log_p_xz, -1)
    torch.testing.assert_close(latent.elbo(exact, log_p_xz), evidence)
