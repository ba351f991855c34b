"""Likelihoods of trained runs: with an oracle for the network they are the exact world's."""

import math

import pytest
import torch

from diffusion import config
from diffusion.commands import likelihood
from diffusion.data import Dataset, Kind
from diffusion.errors import UserError
from diffusion.families import make
from diffusion.families.likelihoods import discrete_log_prob
from diffusion.trained import Trained
from diffusion.worlds import Gaussian, GaussianMixture
from tests.diffusion.oracles import Oracle

F64 = torch.float64


class Listening(Oracle):
    """An oracle with a parameter, from which a run's device is read."""

    def __init__(self, made, world) -> None:
        super().__init__(made, world)
        self.weight = torch.nn.Parameter(torch.zeros(1))


def trained(family: str, world, kind: Kind, **settings) -> Trained:
    made = make(config.build({"family": family, **settings}), kind)
    if hasattr(made, "table"):
        made.table = made.table.to(dtype=F64)
    return Trained(made.config, made, Listening(made, world), 1)


def plane() -> Gaussian:
    return Gaussian(torch.zeros(2, dtype=F64), torch.tensor([[0.5, 0.2], [0.2, 0.8]], dtype=F64))


@pytest.mark.parametrize(
    ("family", "settings", "tolerance"),
    [
        ("vp", {}, 5e-3),
        ("ve", {"sigma_max": 60.0, "sigma_min": 1e-3}, 2e-3),
        ("edm", {"sigma_data": 0.8}, 2e-3),
        ("flow", {}, 2e-3),
        ("ddim", {"T": 100}, 2e-2),
    ],
)
def test_the_flow_of_an_oracle_has_the_likelihood_of_the_world(family, settings, tolerance):
    world = plane()
    x = world.sample(20, torch.Generator().manual_seed(0))
    run = trained(family, world, Kind((2,)), data="moons", **settings)
    nats = likelihood.log_probabilities(run, Dataset("moons", x), 20, "flow")
    order = torch.randperm(20, generator=torch.Generator().manual_seed(likelihood.seed_for(0, "which")))
    torch.testing.assert_close(nats, world.log_prob(x[order]), rtol=0, atol=tolerance)


def test_the_bound_of_vdm_is_below_and_near():
    world = plane()
    x = world.sample(400, torch.Generator().manual_seed(0))
    run = trained("vdm", world, Kind((2,)), data="moons", gamma_min=-12.0, gamma_max=9.0)
    nats = likelihood.log_probabilities(run, Dataset("moons", x), 400, "bound")
    order = torch.randperm(400, generator=torch.Generator().manual_seed(likelihood.seed_for(0, "which")))
    gap = world.log_prob(x[order]) - nats
    assert abs(gap.mean()) < 4 * gap.std() / 20 + 2e-3


def test_bits_per_dimension_of_the_uniform_law_are_those_of_counting():
    """A uniform density over all grey levels is log2(levels) bits, whatever the scale: 8 for bytes, log2 17 here."""
    for levels in (256, 17):
        width = 2 / (levels - 1)
        data = Dataset("digits", torch.zeros(5, 1, 4, 4), bin_width=width)
        nats = torch.full((5,), -16 * math.log(levels * width), dtype=F64)
        run = trained("flow", plane(), Kind((1, 4, 4), 0, width))
        assert likelihood.summary(run, data, nats, "flow")["bits per dimension"].value == pytest.approx(math.log2(levels))


def test_the_discrete_decoder_gives_all_its_mass_to_the_grey_levels():
    levels = torch.linspace(-1, 1, 17, dtype=F64)
    for mean, log_variance in ((0.1, -3.0), (-0.95, -9.0), (1.4, 0.0), (0.02, -14.0)):
        log_p = discrete_log_prob(levels, torch.tensor(mean, dtype=F64), torch.tensor(log_variance, dtype=F64), 1 / 8)
        near = abs(log_variance) < 10  # Beyond, most levels are in the tail that the density stands for.
        assert log_p.exp().sum().item() == pytest.approx(1, abs=1e-9 if near else 1e-6)
    far = discrete_log_prob(torch.zeros(1), torch.tensor(30.0), torch.tensor(0.0), 1 / 8)
    assert bool(far.isfinite().all()) and far.item() < -400


def test_the_bound_of_iddpm_for_a_point_of_grey_is_no_bits_at_all():
    """One image is all the data: an oracle's divergences vanish, and the decoder is sure of every grey level."""
    image = (torch.arange(4, dtype=F64) / 2 - 1).clamp(max=1).view(1, 1, 2, 2)
    world = GaussianMixture(torch.ones(1, dtype=F64), image.flatten(1), torch.zeros(1, dtype=F64))

    class Flat(Listening):
        def forward(self, seen, time, labels=None):
            answer = super().forward(seen.flatten(1), time).unflatten(1, (2, 4))
            return answer.flatten(0, 0).reshape(len(seen), 2, 2, 2)

    made = make(config.build({"family": "iddpm", "T": 200}), Kind((1, 2, 2), 0, 1 / 8))
    made.table = made.table.to(dtype=F64)
    run = Trained(made.config, made, Flat(made, world), 1)
    data = Dataset("digits", image.expand(3, 1, 2, 2), bin_width=1 / 8)
    nats = likelihood.log_probabilities(run, data, 3, "bound")
    bits = likelihood.summary(run, data, nats, "bound")["bits per dimension"]
    assert abs(bits.value) < 1e-3


def test_a_run_from_another_data_set_has_no_likelihood():
    run = trained("flow", plane(), Kind((2,)), data="moons", source="8gaussians")
    assert likelihood.methods(run) == {}
    with pytest.raises(UserError, match="--n must be at least 2, for a standard error; got 1"):
        likelihood.likelihood_run(None, 1, "test", None, 0, "cpu")
