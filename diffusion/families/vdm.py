"""VDM: variational diffusion models. Coefficients, loss, sampler.

Coefficients: alpha^2 = S(-gamma), sigma^2 = S(gamma) with gamma(t) a monotone network that is learned (path
`Learned`). Loss: the variational bound in continuous time, in bits per dimension, in three parts:
prior D(q(x_1 | x_0) || N(0, I)), reconstruction -log p(x_0 | z_0) and diffusion gamma'(t) |eps - eps_theta|^2 / 2.
The ends of gamma minimise the bound. Between them the bound does not depend on gamma, so what is inside
minimises the variance of the estimate instead: its gradient is that of the squared loss.
Sampler: ancestral, on the learned path.

No formulas are defined here; this module runs forward.prior_kl's Gaussian divergence.
Reference: Kingma, Salimans, Poole, Ho 2021, *Variational Diffusion Models*, equations 11 to 17 and appendix I.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import ClassVar, NamedTuple, cast

import torch
from torch import Tensor, nn

from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.families.base import Draws, Family, Samplers, Sampling, State, Told
from diffusion.families.on_path import OnPath, samplers_first
from diffusion.gaussian import LOG_2PI
from diffusion.numerics import x_minus_log1p
from diffusion.parameterizations import EPS
from diffusion.paths import Learned

# gamma is shown to the network as a time of 0..1000 between the ends that it starts with.
TIME_SCALE = 1000.0
# The parameters of the path that move its ends.
ENDS = ("gamma_0", "log_span")


class WithSchedule(nn.Module):
    """A denoiser and the path that is learned with it; called as the denoiser."""

    def __init__(self, network: nn.Module, path: Learned) -> None:
        super().__init__()
        self.network, self.path = network, path

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """The prediction of eps."""
        return self.network(x_t, t, labels)


class BoundParts(NamedTuple):
    """The parts of the bound in nats, each (n,), summed over the dimensions."""

    prior: Tensor
    reconstruction: Tensor
    diffusion: Tensor


class VDM(OnPath):
    """The family 'vdm'."""

    samplers: ClassVar[Samplers] = samplers_first("ancestral")
    parameterization = EPS
    traceable: ClassVar[bool] = False
    path: Learned

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.low = config.gamma_min or _first_gamma(0.0 if config.dequantise == "on" else kind.bin_width)
        self.path = Learned(self.low, config.gamma_max)

    def model(self, network: nn.Module) -> nn.Module:
        """The network with the learned path."""
        return WithSchedule(network, self.path)

    def bound(self, model: nn.Module) -> Family:
        """The family on the path that this model has learned."""
        bound = copy.copy(self)
        bound.path = cast(WithSchedule, model).path
        return bound

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """t (n,): n evenly spaced times with one common shift, in random order; eps and eps_0, each (n, ...)."""
        shift = torch.rand(1, generator=generator)
        t = ((shift + torch.arange(n) / n) % 1)[torch.randperm(n, generator=generator)]
        return {"t": t, "eps": self.noise(n, generator), "eps_0": self.noise(n, generator)}

    def network_time(self, t: Tensor) -> Tensor:
        """gamma at times of the path, as the network is told it."""
        return self.told_gamma(self.path.gamma(t))

    def told_gamma(self, gamma: Tensor) -> Tensor:
        """gamma scaled to about 0..1000."""
        return TIME_SCALE * (gamma - self.low) / (self.config.gamma_max - self.low)

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """The bound in bits per dimension, (n,)."""
        parts = self.parts(model, x_0, labels, draws)
        return (parts.prior + parts.reconstruction + parts.diffusion) / (x_0[0].numel() * math.log(2))

    def parts(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> BoundParts:
        """The three parts, each an unbiased estimate for every sample."""
        path = cast(WithSchedule, model).path
        x, eps, d = x_0.flatten(1), draws["eps"], x_0[0].numel()
        gamma_0, gamma_1 = path.gamma(x.new_tensor([0.0, 1.0])).unbind()
        variance = torch.sigmoid(gamma_1)
        # The mean's square and, for each dimension, (v - 1 - log v) / 2.
        prior = 0.5 * (torch.sigmoid(-gamma_1) * x.square().sum(1) + d * x_minus_log1p(variance - 1, variance))
        z_0 = x + (0.5 * gamma_0).exp() * draws["eps_0"].flatten(1)
        reconstruction = -self.decoder(x, z_0, gamma_0).sum(1)

        gamma, slope, weigh = _split(path, draws["t"])
        wide = gamma.view(-1, *[1] * (x_0.dim() - 1))
        x_t = torch.sigmoid(-wide).sqrt() * x_0 + torch.sigmoid(wide).sqrt() * eps
        eps_theta = model(x_t, self.told_gamma(gamma), labels)
        diffusion = 0.5 * slope * (eps - eps_theta).flatten(1).square().sum(1)
        weigh(diffusion.detach())
        return BoundParts(prior, reconstruction, diffusion)

    def decoder(self, x: Tensor, z_0: Tensor, gamma_0: Tensor) -> Tensor:
        """log p(x | z_0) of each coordinate, with z_0 scaled to x_0 + noise: (n, d).

        Grey levels get the softmax over all levels of -(level - z_0)^2 / (2 e^gamma_0). Data without levels gets
        the density N(x; z_0, e^gamma_0).
        """
        if self.bin_width == 0 or self.config.dequantise == "on":
            return -0.5 * ((x - z_0).square() * (-gamma_0).exp() + gamma_0 + LOG_2PI)
        levels = torch.arange(round(2 / self.bin_width) + 1, device=x.device) * self.bin_width - 1
        scores = -0.5 * (levels - z_0.unsqueeze(-1)).square() * (-gamma_0).exp()
        index = ((x + 1) / self.bin_width).round().long().clamp(0, len(levels) - 1)
        return scores.log_softmax(-1).gather(-1, index.unsqueeze(-1)).squeeze(-1)

    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """Any solver on the learned path."""
        with torch.no_grad():
            yield from super().sample(told, n, how)


def _first_gamma(bin_width: float) -> float:
    """-log SNR at which the noise is a sixth of the distance of grey levels: less noise tells no more of them.

    Bytes give the -13.3 of the paper, and so does data without levels. From an end that is far off gamma_0 would not
    come back: a step moves it by no more than the learning rate, and all that is lost between costs bits.
    """
    return 2 * math.log((bin_width or 1 / 127.5) / 6)


class _Weigh:
    """Scales a gradient of each sample by its loss over the mean loss, which is known after the forward pass."""

    def __init__(self) -> None:
        self.factor: Tensor | None = None

    def __call__(self, losses: Tensor) -> None:
        self.factor = losses / losses.mean().clamp(min=1e-12)

    def hook(self, gradient: Tensor) -> Tensor:
        return gradient if self.factor is None else gradient * self.factor.to(gradient)


class _Curve(nn.Module):
    """gamma and gamma' of a path as one call, so that it can be made with other parameters."""

    def __init__(self, path: Learned) -> None:
        super().__init__()
        self.path = path

    def forward(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """(gamma, gamma') at t (n,)."""
        return self.path.gamma(t), -2 * self.path.d_half_log_snr(t)


def _split(path: Learned, t: Tensor) -> tuple[Tensor, Tensor, _Weigh]:
    """(gamma, gamma', weigh) at t (n,): the ends get the gradient of the loss, the inside that of its square.

    Both are gamma itself, once with the inside held and once with the ends held; the sum minus one copy has the
    value of gamma and both gradients. d(loss^2) = 2 loss d(loss), so the second gradient is weighed by the loss.
    """
    curve = _Curve(path)
    named = dict(curve.named_parameters())
    ends = {f"path.{name}" for name in ENDS}
    weigh = _Weigh()
    at_ends = torch.func.functional_call(curve, {k: v if k in ends else v.detach() for k, v in named.items()}, (t,))
    inside = torch.func.functional_call(curve, {k: v.detach() if k in ends else v for k, v in named.items()}, (t,))
    for value in inside:
        if value.requires_grad:
            value.register_hook(weigh.hook)
    gamma, slope = (outer + inner - inner.detach() for outer, inner in zip(at_ends, inside, strict=True))
    return gamma, slope, weigh
