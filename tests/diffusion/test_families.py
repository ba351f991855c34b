"""Objectives: an oracle has no (excess) loss under any of them, weights are what they are called, mutants are seen."""

import math

import pytest
import torch
from torch import nn

from diffusion import config
from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.families import FAMILIES, make
from diffusion.families.vdm import WithSchedule
from diffusion.gaussian import LOG_2PI
from diffusion.worlds import Gaussian, GaussianMixture
from tests.diffusion.oracles import Oracle

F64 = torch.float64
POINT = torch.tensor([0.3, -0.4], dtype=F64)
SETTINGS = {
    "ddpm": {"T": 100},
    "iddpm": {"T": 100},
    "ddim": {"T": 100},
    "edm": {"sigma_data": 0.6},
    "reflow": {"reflow_from": "runs/a"},
}
REGRESSIONS = ("ddpm", "iddpm", "ddim", "ncsn", "vp", "ve", "subvp", "edm", "vdm", "flow", "otcfm", "reflow")


def family(name: str, **more):
    made = make(config.build({"family": name, "data": "8gaussians", **SETTINGS.get(name, {}), **more}), Kind((2,)))
    # The tables of the chain in float64: what is tested here is the mathematics.
    if hasattr(made, "table"):
        made.table = made.table.to(dtype=F64)
    return made


def draws(made, n: int, seed: int = 0) -> dict[str, torch.Tensor]:
    drawn = made.draw(n, torch.Generator().manual_seed(seed))
    return {k: v.double() if v.is_floating_point() else v for k, v in drawn.items()}


def point_world() -> GaussianMixture:
    return GaussianMixture(torch.ones(1, dtype=F64), POINT[None], torch.zeros(1, dtype=F64))


def excess(name: str, wrong: str = "", n: int = 256) -> torch.Tensor:
    """The losses of the oracle of a point: all of them excess, but for the constant parts of a bound."""
    made = family(name)
    model, drawn, x_0 = Oracle(made, point_world(), wrong), draws(made, n), POINT.expand(n, 2)
    with torch.no_grad():
        if name == "vdm":
            return made.parts(model, x_0, None, drawn).diffusion
        losses = made.loss(model, x_0, None, drawn)
    return losses[drawn["t"] > 1] if name == "iddpm" else losses


def test_every_family_has_settings_and_a_test_here():
    assert list(FAMILIES) == list(config.FAMILIES)
    assert {*REGRESSIONS, "classifier"} == set(FAMILIES)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_an_oracle_of_a_point_has_no_loss(name):
    """Given x_t the noise is known, so the best loss is 0 at every level, up to the rounding of float32 tables."""
    losses = excess(name)
    assert losses.shape[0] >= 240 and float(losses.abs().max()) < 1e-5


@pytest.mark.parametrize("wrong", ["sign", "time"])
@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_wrong_oracle_has_a_loss(name, wrong):
    """The zero above can fail: a wrong sign and a time off by one sample are both seen."""
    assert float(excess(name, wrong).mean()) > 0.05


@pytest.mark.parametrize("name", ["ddpm", "vp", "ve", "subvp", "edm", "flow"])
def test_no_change_of_the_oracle_has_less_loss(name):
    """On a mixture the loss is least at the oracle: along a direction h(x_t) it grows by shift^2 E h^2, no less."""
    world = GaussianMixture(
        torch.tensor([0.3, 0.7], dtype=F64),
        torch.tensor([[-1.0, 0.2], [0.8, -0.5]], dtype=F64),
        torch.tensor([0.04, 0.2], dtype=F64),
    )
    made, n = family(name), 40_000
    oracle, drawn = Oracle(made, world), draws(made, n)
    x_0 = world.sample(n, torch.Generator().manual_seed(1))

    def losses(shift: float) -> torch.Tensor:
        with torch.no_grad():
            return made.loss(lambda x, t, labels=None: oracle(x, t) + shift * torch.cos(2 * x), x_0, None, drawn)

    slope = (losses(0.1) - losses(-0.1)) / 0.2
    band = 4 * (slope.std() / n**0.5).item()
    assert abs(slope.mean().item()) < band
    growth = 0.5 * (losses(0.3) + losses(-0.3)) - losses(0.0)
    assert growth.mean().item() > 0.09 * 0.2 and (losses(0.3) - losses(0.0)).mean().item() > 0.09 * 0.2 - 0.3 * band


def test_the_loss_of_edm_is_the_weighted_denoising_loss():
    """|F - F_target|^2 = lambda(sigma) |D - x_0|^2 with lambda = (sigma^2 + s^2) / (sigma s)^2, for any network."""
    made, n = family("edm"), 50
    drawn, x_0 = draws(made, n), torch.randn(n, 2, dtype=F64, generator=torch.Generator().manual_seed(2))

    def network(x, t, labels=None):
        return 0.3 * x + 0.1

    sigma, s = drawn["sigma"][:, None], 0.6
    x_t = x_0 + sigma * drawn["eps"]
    root = (sigma**2 + s**2).sqrt()
    denoised = s**2 / root**2 * x_t + sigma * s / root * network(x_t / root, None)
    weight = (sigma**2 + s**2) / (sigma * s) ** 2
    want = (weight * (denoised - x_0) ** 2).mean(1)
    torch.testing.assert_close(made.loss(network, x_0, None, drawn), want)


@pytest.mark.parametrize("name", ["vp", "ve", "subvp", "ncsn"])
def test_the_loss_of_score_models_is_score_matching_weighted_with_the_variance(name):
    """sigma^2 |s - (-eps / sigma)|^2 for s = -eps_theta / sigma."""
    made, n = family(name), 50
    drawn, x_0 = draws(made, n), torch.randn(n, 2, dtype=F64, generator=torch.Generator().manual_seed(2))
    seen = {}

    def network(x, t, labels=None):
        seen["answer"] = torch.sin(x)
        return seen["answer"]

    loss = made.loss(network, x_0, None, drawn)
    sigma = drawn["sigma"][:, None]
    score, conditional = -seen["answer"] / sigma, -drawn["eps"] / sigma
    torch.testing.assert_close(loss, (sigma**2 * (score - conditional) ** 2).mean(1))


def test_iddpm_bound_of_a_wrong_variance_is_the_divergence():
    """With the right mean, the term is D(N(0, beta_tilde) || N(0, beta)) per dimension: written out again here."""
    made = family("iddpm")
    t = torch.tensor([2, 50, 100])
    x_0, eps = POINT.expand(3, 2), torch.randn(3, 2, dtype=F64, generator=torch.Generator().manual_seed(0))
    x_t = made.table.columns.signal[t][:, None] * x_0 + made.table.columns.noise[t][:, None] * eps
    got = made.bound_term(x_0, x_t, t, eps, torch.ones_like(eps))
    bar, beta = made.schedule.alpha_bar, made.schedule.beta[t]
    tilde = beta * (1 - bar[t - 1]) / (1 - bar[t])
    want = 0.5 * (tilde / beta - 1 - (tilde / beta).log()) / math.log(2)
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-6)
    assert float(made.bound_term(x_0, x_t, t, eps, -torch.ones_like(eps)).abs().max()) < 1e-6


def test_importance_sampling_keeps_the_mean_and_lowers_the_variance():
    made = make(config.build({"family": "iddpm", "T": 20, "times": "importance", "data": "moons"}), Kind((2,)))
    generator = torch.Generator().manual_seed(0)
    size = 0.1 + torch.arange(1, 21).double() / 5  # The loss at time t, free of noise.
    for _ in range(40):
        drawn = made.draw(64, generator)
        made.observe(drawn, drawn["weight"] * size[drawn["t"] - 1].float())
    drawn = made.draw(20_000, generator)
    weighted = drawn["weight"].double() * size[drawn["t"] - 1]
    assert not torch.equal(drawn["weight"], torch.ones(20_000))
    assert weighted.mean().item() == pytest.approx(size.mean().item(), rel=0.01)
    assert weighted.std() < 0.1 * size.std()
    again = make(made.config, Kind((2,)))
    again.restore(made.state())
    assert torch.equal(again.seen, made.seen) and torch.equal(again.counts, made.counts)


def gaussian_vdm(gamma_min: float, gamma_max: float, n: int):
    """VDM's parts for N(0, 0.5^2) data and its oracle, with the entropy of the data in nats."""
    made = family("vdm", gamma_min=gamma_min, gamma_max=gamma_max)
    world = Gaussian(torch.zeros(2, dtype=F64), 0.25 * torch.eye(2, dtype=F64))
    x_0 = world.sample(n, torch.Generator().manual_seed(3))
    with torch.no_grad():
        parts = made.parts(Oracle(made, world), x_0, None, draws(made, n))
    return parts, 1 + LOG_2PI + 2 * math.log(0.5)


def test_the_bound_of_vdm_is_the_entropy_for_an_oracle():
    """In continuous time the bound of the exact denoiser is tight, up to what the ends of gamma leave."""
    parts, entropy = gaussian_vdm(-12.0, 10.0, 60_000)
    total = sum(parts)
    assert abs(total.mean() - entropy) < 4 * total.std() / 60_000**0.5 + 1e-3
    coarse, _ = gaussian_vdm(-12.0, 0.0, 60_000)
    assert sum(coarse).mean() - entropy > 0.1  # With half the noise left at t = 1, the prior does not fit.


def test_the_inside_of_the_learned_schedule_gets_the_gradient_of_the_squared_loss():
    made = make(TrainConfig(family="vdm", data="moons"), Kind((2,)))
    network = nn.Sequential(nn.Linear(2, 2))
    model = WithSchedule(network, made.path)
    object.__setattr__(model, "forward", lambda x, t, labels=None: network(x))
    x_0 = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
    drawn = made.draw(64, torch.Generator().manual_seed(1))
    inside = [p for name, p in made.path.named_parameters() if name not in ("gamma_0", "log_span")]
    made.parts(model, x_0, None, drawn).diffusion.mean().backward()
    got = torch.cat([p.grad.flatten() for p in inside])
    for p in inside:
        p.grad = None

    # Written again: gamma differentiated in full, with the squared loss as the objective.
    gamma, slope = made.path.gamma(drawn["t"]), -2 * made.path.d_half_log_snr(drawn["t"])
    x_t = torch.sigmoid(-gamma).sqrt()[:, None] * x_0 + torch.sigmoid(gamma).sqrt()[:, None] * drawn["eps"]
    diffusion = 0.5 * slope * (drawn["eps"] - network(x_t)).square().sum(1)
    (0.5 * diffusion.square().mean() / diffusion.mean().detach()).backward()
    want = torch.cat([p.grad.flatten() for p in inside])
    torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-6)
    assert float(want.abs().max()) > 1e-4


def test_the_coupling_of_ot_cfm_is_the_cheapest_of_all():
    import itertools

    made = family("otcfm")
    generator = torch.Generator().manual_seed(0)
    x_0, eps = torch.randn(6, 2, generator=generator), torch.randn(6, 2, generator=generator)
    joined = made.couple(x_0, eps)
    assert sorted(joined.tolist()) == sorted(eps.tolist())
    cheapest = min(
        (x_0 - eps[list(order)]).square().sum().item() for order in itertools.permutations(range(6))
    )
    assert (x_0 - joined).square().sum().item() == pytest.approx(cheapest, rel=1e-6)
    assert (x_0 - eps).square().sum().item() > 1.2 * cheapest
