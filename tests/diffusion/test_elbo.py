"""The measured bound of an exact world: below the exact log-likelihood, by the gap that the theorem predicts.

Write q for the true chain and p for the model's. Averaged over data, log q(x_0) - ELBO(x_0) is the divergence
of the two laws of the whole path, which by the chain rule of KL is
D(q(x_T) || p(x_T)) + sum_t E D(q(x_{t-1} | x_t) || p(x_{t-1} | x_t)). The oracle's mean is exact, so each
term is known from variances alone.
"""

import math

import pytest
import torch

from diffusion import chain_elbo, elbo, posterior
from diffusion.families import ddpm
from diffusion.schedules import Schedule, cosine, linear
from diffusion.worlds import Gaussian, GaussianMixture, eps_oracle

F64 = torch.float64


def gaussian_2d() -> Gaussian:
    return Gaussian(torch.tensor([0.4, -0.2], dtype=F64), torch.tensor([[0.9, 0.75], [0.75, 0.8]], dtype=F64))


def mixture_1d() -> GaussianMixture:
    return GaussianMixture(
        torch.tensor([0.3, 0.7], dtype=F64),
        torch.tensor([[-1.3], [0.7]], dtype=F64),
        torch.tensor([0.09, 0.25], dtype=F64),
    )


def model_variance(schedule: Schedule, sigma: str) -> torch.Tensor:
    """sigma_t^2 of the reverse chain at t = 1..T; the decoder has beta_1."""
    if sigma == "beta":
        return schedule.beta[1:]
    variance = posterior.variance(schedule.alpha[1:], schedule.alpha_bar[:-1])
    variance[0] = schedule.beta[1]
    return variance


def gap_of_a_gaussian(world: Gaussian, schedule: Schedule, sigma: str) -> float:
    """Per eigenvalue: variances of q(x_t) and of q(x_{t-1} | x_t) are closed forms."""
    values = torch.linalg.eigvalsh(world.cov())
    marginal = schedule.alpha_bar[:, None] * values + schedule.variance[:, None]
    beta, alpha = schedule.beta[1:, None], schedule.alpha[1:, None]
    true = marginal[:-1] * beta / (alpha * marginal[:-1] + beta)
    ratio = true / model_variance(schedule, sigma)[:, None]
    steps = 0.5 * (ratio - 1 - ratio.log()).sum()
    mean = schedule.alpha_bar[-1].sqrt() * world.mean()
    end = 0.5 * (marginal[-1] - 1 - marginal[-1].log()).sum() + 0.5 * mean.square().sum()
    return (steps + end).item()


def gap_of_a_mixture(world: GaussianMixture, schedule: Schedule, sigma: str) -> float:
    """In one dimension, from entropies and mean posterior variances by quadrature.

    E D(q(x_{t-1}|x_t) || N(mean, s^2)) = -H(x_{t-1}|x_t) + log(2 pi s^2)/2 + E Var(x_{t-1}|x_t) / (2 s^2),
    and H(x_{t-1}|x_t) = H(x_{t-1}) + H(x_t|x_{t-1}) - H(x_t), so that the entropies telescope.
    """
    grid = torch.linspace(-9, 9, 4001, dtype=F64)[:, None]
    cell = (grid[1] - grid[0]).item()
    log_2pi = math.log(2 * math.pi)

    def entropy(t: int) -> float:
        log_p = world.log_prob(grid, schedule.alpha_bar[t].sqrt(), schedule.variance[t].sqrt())
        return -(log_p.exp() * log_p).sum().item() * cell

    chosen = model_variance(schedule, sigma)
    second_moment = schedule.alpha_bar[-1] * (world.cov() + world.mean() ** 2) + schedule.variance[-1]
    total = -entropy(schedule.T) + 0.5 * log_2pi + 0.5 * second_moment.item()
    total += entropy(schedule.T) - entropy(0)
    for t in range(1, schedule.T + 1):
        alpha, prev = schedule.alpha[t], schedule.alpha_bar[t - 1]
        level = schedule.alpha_bar[t].sqrt(), schedule.variance[t].sqrt()
        from_x_0, _ = posterior.mean_coefficients(alpha, prev)
        spread = (world.log_prob(grid, *level).exp() * world.posterior_cov(grid, *level).flatten()).sum() * cell
        true = posterior.variance(alpha, prev) + from_x_0**2 * spread
        s2 = chosen[t - 1]
        total += (0.5 * torch.log(s2 / schedule.beta[t]) - 0.5 + true / (2 * s2)).item()
    return total


WORLDS = {"gaussian": (gaussian_2d(), gap_of_a_gaussian), "mixture": (mixture_1d(), gap_of_a_mixture)}


@pytest.mark.parametrize("sigma", ddpm.SIGMAS)
@pytest.mark.parametrize("schedule", [linear(30), cosine(20)], ids=["linear", "cosine"])
@pytest.mark.parametrize("name", WORLDS)
def test_measured_bound_has_the_predicted_gap(name, schedule, sigma):
    world, predicted_gap = WORLDS[name]
    n, generator = 100_000, torch.Generator().manual_seed(1)
    x_0 = world.sample(n, generator)
    bound = elbo.elbo(eps_oracle(world, schedule), x_0, schedule, sigma=sigma, generator=generator)
    gap = world.log_prob(x_0) - bound
    predicted = predicted_gap(world, schedule, sigma)
    error = gap.std().item() / n**0.5
    assert predicted > 0 and gap.mean().item() > 0
    assert abs(gap.mean().item() - predicted) < 4 * error + 1e-6
    assert predicted > 8 * error, "the test could not tell this gap from none"


def test_two_predictions_of_the_gap_agree():
    one = Gaussian(torch.tensor([0.3], dtype=F64), torch.tensor([[0.7]], dtype=F64))
    same = GaussianMixture(torch.ones(1, dtype=F64), one.mean()[None], one.cov()[0])
    for sigma in ddpm.SIGMAS:
        args = linear(40), sigma
        assert gap_of_a_gaussian(one, *args) == pytest.approx(gap_of_a_mixture(same, *args), rel=1e-9)


def test_measured_terms_against_the_closed_form_of_a_linear_chain():
    """For N(0, v) data the oracle is linear, so each side of the decomposition is known at every x_0."""
    v, schedule = 0.6, linear(30)
    world = Gaussian(torch.zeros(1, dtype=F64), torch.full((1, 1), v, dtype=F64))
    columns = ddpm.coefficients(schedule).columns
    gain = columns.signal * v / (columns.signal**2 * v + columns.noise**2)
    m = (columns.mean_from_x_0 * gain + columns.mean_from_x_t)[1:]
    s = model_variance(schedule, "beta_tilde").sqrt()
    x_0 = torch.tensor([[1.1]], dtype=F64)
    prior, steps, reconstruction = chain_elbo.bound_terms(x_0, schedule.alpha[1:], m, 0 * m, s)
    n = 20_000
    sums = {"prior": 0.0, "posterior": 0.0, "reconstruction": 0.0}
    oracle, generator = eps_oracle(world, schedule), torch.Generator().manual_seed(0)
    errors = dict.fromkeys(sums, 0.0)
    terms = list(elbo.bound_terms(oracle, x_0.expand(n, 1), schedule, generator=generator))
    assert [(terms[0].name, terms[0].t), (terms[1].name, terms[1].t)] == [("prior", 30), ("posterior", 30)]
    assert (terms[-1].name, terms[-1].t) == ("reconstruction", 1) and len(terms) == schedule.T + 1
    for name, _, nats in terms:
        sums[name] += nats.mean().item()
        errors[name] += nats.var().item() / n
    for name, want in {"prior": prior, "posterior": steps, "reconstruction": -reconstruction}.items():
        assert abs(sums[name] - want.item()) < 4 * errors[name] ** 0.5 + 1e-12, name


def test_a_worse_denoiser_has_a_worse_bound():
    world, schedule = mixture_1d(), linear(60)
    oracle = eps_oracle(world, schedule)
    x_0 = world.sample(4000, torch.Generator().manual_seed(0))
    best = elbo.elbo(oracle, x_0, schedule, generator=torch.Generator().manual_seed(1)).mean()
    worse = elbo.elbo(lambda x, t: 0.9 * oracle(x, t), x_0, schedule, generator=torch.Generator().manual_seed(1)).mean()
    assert worse < best - 0.05


def test_unknown_sigma_is_refused():
    with pytest.raises(ValueError, match="unknown sigma 'x'; choose one of: beta_tilde, beta"):
        next(elbo.bound_terms(lambda x, t: x, torch.zeros(1, 1), linear(30), sigma="x"))
