"""Bounds in bits per dimension where the truth is known: independent pixels, each with a law over its grey levels.

The best denoiser is then a sum over the levels, pixel by pixel, and no model has fewer bits than the entropy.
"""

import math

import pytest
import torch
from torch import nn

from diffusion import config
from diffusion.commands import likelihood
from diffusion.data import Dataset, Kind
from diffusion.families import make
from diffusion.families.iddpm import IDDPM
from diffusion.networks import UNet, UNetConfig
from diffusion.trained import Trained

F64 = torch.float64
LEVELS, WIDTH, SIDE = 17, 1 / 8, 4
GREY = torch.arange(LEVELS, dtype=F64) * WIDTH - 1
LAWS = {"uniform": torch.ones(LEVELS, dtype=F64) / LEVELS, "dark": 0.5 ** torch.arange(1, LEVELS + 1, dtype=F64)}


def entropy(law: torch.Tensor) -> float:
    """Bits per pixel."""
    law = law / law.sum()
    return -(law * law.log2()).sum().item()


class Exact(nn.Module):
    """E[eps | x_t] of a law over the grey levels, with v = -1 for families that ask for a variance too.

    With `blind` it is the best linear prediction, which knows mean and variance and no levels.
    """

    def __init__(self, family, law: torch.Tensor, blind: bool = False) -> None:
        super().__init__()
        self.family, self.law, self.blind = family, law / law.sum(), blind
        self.path = family.path if family.config.family == "vdm" else None
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x_t, time, labels=None):
        if self.family.config.family == "vdm":
            gamma = self.family.low + time.double() / 1000 * (self.family.config.gamma_max - self.family.low)
            alpha, sigma = torch.sigmoid(-gamma).sqrt(), torch.sigmoid(gamma).sqrt()
        else:
            level = self.family.level(time.double() / self.family.config.T)
            alpha, sigma = level.alpha, level.sigma
        alpha, sigma, x = alpha.view(-1, 1, 1, 1), sigma.view(-1, 1, 1, 1), x_t.double()
        mean = (self.law * GREY).sum()
        if self.blind:
            variance = (self.law * (GREY - mean).square()).sum()
            eps = sigma * (x - alpha * mean) / (alpha.square() * variance + sigma.square())
        else:
            scores = self.law.log() - 0.5 * ((x.unsqueeze(-1) - alpha.unsqueeze(-1) * GREY) / sigma.unsqueeze(-1)).square()
            eps = (x - alpha * (scores.softmax(-1) * GREY).sum(-1)) / sigma
        return torch.cat([eps, -torch.ones_like(eps)], 1) if self.family.outputs == 2 else eps


def bits(name: str, law: torch.Tensor, n: int = 256, blind: bool = False, **settings) -> tuple[float, float]:
    """(bits per dimension of the bound, its standard error)."""
    kind = Kind((1, SIDE, SIDE), 0, WIDTH)
    made = make(config.build({"family": name, "data": "digits", **settings}), kind)
    if hasattr(made, "table"):
        made.table = made.table.to(dtype=F64)
    index = torch.multinomial(law, n * SIDE * SIDE, replacement=True, generator=torch.Generator().manual_seed(0))
    data = Dataset("digits", GREY[index].view(n, 1, SIDE, SIDE), bin_width=WIDTH)
    run = Trained(made.config, made, Exact(made, law, blind), 1)
    nats = likelihood.log_probabilities(run, data, n, "bound")
    found = likelihood.summary(run, data, nats, "bound")["bits per dimension"]
    return found.value, found.error


@pytest.mark.parametrize("name", LAWS)
def test_the_bound_of_vdm_is_the_entropy_of_the_grey_levels(name):
    """For the best denoiser, at the ends that learning starts from: nothing is lost below a sixth of a grey level."""
    found, error = bits("vdm", LAWS[name])
    assert abs(found - entropy(LAWS[name])) < 4 * error + 0.01


@pytest.mark.parametrize("name", LAWS)
def test_the_bound_of_iddpm_comes_down_to_the_entropy_with_the_steps(name):
    """Its variance is not the best one here, so a gap is left, which halves with the step."""
    gaps = [bits("iddpm", LAWS[name], 64, T=T)[0] - entropy(LAWS[name]) for T in (250, 1000)]
    assert 0 < gaps[1] < 0.4 * gaps[0] < 0.3


def test_the_bound_of_iddpm_is_that_of_the_sampler_which_keeps_predictions_in_range(monkeypatch):
    """At the last time 0.05 of eps is 500 times the range of x_0: taken as it is, one term of a thousand costs bits."""
    exact = Exact.forward
    monkeypatch.setattr(Exact, "forward", lambda self, x_t, time, labels=None: exact(self, x_t, time) + 0.05)
    kept = bits("iddpm", LAWS["uniform"], 32, T=1000)[0]
    monkeypatch.setattr(IDDPM, "clip", None)
    assert kept < entropy(LAWS["uniform"]) + 0.5 < bits("iddpm", LAWS["uniform"], 32, T=1000)[0] - 0.5


def test_noise_far_below_a_grey_level_costs_a_network_that_sees_no_levels():
    """Half a nat for each unit of log-SNR: from -13.3 instead of the sixth of a grey level, 4 bits in all."""
    near, far = bits("vdm", LAWS["uniform"], blind=True)[0], bits("vdm", LAWS["uniform"], blind=True, gamma_min=-13.3)[0]
    assert far - near == pytest.approx(0.5 * (13.3 + 2 * math.log(WIDTH / 6)) / math.log(2), rel=0.03)
    assert near > entropy(LAWS["uniform"]) + 0.5


def test_learning_starts_at_a_sixth_of_a_grey_level():
    def low(width: float, **settings) -> float:
        return make(config.build({"family": "vdm", **settings}), Kind((1, 8, 8), 0, width)).low

    assert low(1 / 127.5) == pytest.approx(-13.3, abs=0.05)  # the paper's, for bytes
    assert low(WIDTH) == pytest.approx(2 * math.log(1 / 48)) and low(WIDTH, gamma_min=-9) == -9
    assert low(WIDTH, dequantise="on") == low(0.0) == pytest.approx(-13.3, abs=0.05)


def test_waves_of_the_grey_levels_tell_the_noise_below_them():
    """At a tenth of a level, the best linear prediction of the noise from x is no better than 0, from the waves near."""
    made = make(config.build({"family": "vdm"}), Kind((1, 8, 8), 0, WIDTH))
    assert made.frequencies == (math.pi / WIDTH, 2 * math.pi / WIDTH)
    generator = torch.Generator().manual_seed(0)
    x_0 = GREY[torch.randint(LEVELS, (20_000,), generator=generator)]
    eps = torch.randn(20_000, dtype=F64, generator=generator)
    x_t = x_0 + 0.1 * WIDTH * eps
    waves = [wave(k * x_t) for k in made.frequencies for wave in (torch.sin, torch.cos)]

    def left(*features: torch.Tensor) -> float:
        columns = torch.stack([torch.ones_like(x_t), *features], 1)
        return (eps - columns @ torch.linalg.lstsq(columns, eps[:, None]).solution[:, 0]).square().mean().item()

    assert left(x_t) > 0.98 and left(x_t, *waves) < 0.05


def test_a_network_is_shown_the_waves_where_a_family_wants_them():
    plain, waving = UNet(UNetConfig(channels=8, heads=2)), UNet(UNetConfig(channels=8, heads=2, frequencies=(3.0, 6.0)))
    assert plain.first.in_channels == 1 and waving.first.in_channels == 5
    seen = []
    waving.first.register_forward_hook(lambda module, given, out: seen.append(given[0]))
    x = torch.randn(2, 1, 8, 8)
    waving(x, torch.zeros(2))
    want = torch.cat([x, (3 * x).sin(), (3 * x).cos(), (6 * x).sin(), (6 * x).cos()], 1)
    torch.testing.assert_close(seen[0], want)
    kind = Kind((1, 8, 8), 0, WIDTH)
    on = {name for name in config.FAMILIES if name != "reflow" and make_on(name, kind).frequencies}
    assert on == {"vdm", "iddpm"}
    assert make_on("ddpm", kind, fourier="on").frequencies and not make_on("vdm", kind, dequantise="on").frequencies
    assert not make_on("vdm", Kind((2,))).frequencies


def make_on(name: str, kind: Kind, **settings):
    return make(config.build({"family": name, **settings}), kind._replace(classes=10))
