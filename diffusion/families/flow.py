"""Flow matching on straight paths, with independent or optimal-transport couplings. Coefficients, loss, sampler.

Coefficients: x_t = (1 - t) x_0 + t x_1, with x_0 a sample of the data and x_1 one of the noise, or of another
data set. Loss: |v_theta(x_t, t) - (x_1 - x_0)|^2. Sampler: dx / dt = v_theta from t = 1 to t = 0, by any solver.
OT-CFM joins each batch of data to its noise by the exact assignment of least squared distance, so that paths
hardly cross and few steps suffice. Noise and data are then not independent, so no score follows from the velocity,
and only deterministic solvers sample it; and so where paths start from a data set. Time runs from data to noise;
papers of flow matching count it the other way, and their velocity is minus ours.

No formulas are defined here; this module runs loss.simple from `losses`, the parameterization `velocity` and
the path `ConditionalOT`. References: Lipman et al. 2023; Liu et al. 2023; Tong et al. 2024 (OT-CFM).
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import torch
from torch import Tensor, nn

from diffusion.config import TrainConfig
from diffusion.data import Dataset, Kind, load
from diffusion.errors import UserError
from diffusion.families.base import Draws, Samplers
from diffusion.families.on_path import OnPath, deterministic_first, samplers_first
from diffusion.families.score_sde import TIME_SCALE
from diffusion.losses import simple_loss
from diffusion.parameterizations import VELOCITY
from diffusion.paths import ConditionalOT
from diffusion.transport import assignment


class Flow(OnPath):
    """The family 'flow': independent coupling, times uniform on [0, 1]."""

    samplers: ClassVar[Samplers] = samplers_first("euler")
    parameterization = VELOCITY

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.path = ConditionalOT()
        # The plain MLP takes t as a coordinate, the others through an embedding.
        self.time_scale = 1.0 if config.network == "plain" and len(kind.shape) == 1 else TIME_SCALE

    @property
    def steps(self) -> int:
        """Enough for Euler on straight paths."""
        return 100

    @property
    def usable(self) -> Samplers:
        """Those that follow the velocity alone, where the paths start from a data set."""
        return self.samplers if self.config.source == "noise" else deterministic_first("euler")

    @property
    def clip(self) -> float | None:
        """None: the velocity is finite everywhere, and clipping would bend the flow."""
        return None

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """t (n,) uniform, and the noise end "eps" (n, ...)."""
        return {"t": torch.rand(n, generator=generator), "eps": self.noise(n, generator)}

    def network_time(self, t: Tensor) -> Tensor:
        """t, in thousandths for an embedding."""
        return t if self.time_scale == 1 else self.time_scale * t

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """|v_theta - (x_1 - x_0)|^2 per dimension, (n,)."""
        t, eps = draws["t"], draws["eps"]
        x_t = torch.lerp(x_0, eps, t.view(-1, *[1] * (x_0.dim() - 1)))
        velocity = model(x_t, self.network_time(t), labels)
        return simple_loss((eps - x_0).flatten(1), velocity.flatten(1)) / eps[0].numel()

    def start(self, n: int, generator: torch.Generator) -> Tensor:
        """Noise, or samples of the source."""
        if self.config.source == "noise":
            return super().start(n, generator)
        source = load(self.config.source, "test", self.config.data_dir).x
        index = torch.randint(len(source), (n,), generator=generator, device=generator.device)
        return source.to(generator.device)[index]


class OTCFM(Flow):
    """The family 'otcfm': minibatch optimal transport coupling."""

    samplers: ClassVar[Samplers] = deterministic_first("euler")
    couples: ClassVar[bool] = True

    def couple(self, x_0: Tensor, eps: Tensor) -> Tensor:
        """eps in the order that joins it to x_0 at the least sum of squared distances, exactly."""
        # |x - e|^2 and -2 x . e differ by what every assignment shares.
        cost = torch.mm(x_0.flatten(1), eps.to(x_0).flatten(1).mT).neg_()
        return eps[assignment(cost).to(eps.device)]


def with_source(data: Dataset, name: str) -> Dataset:
    """The data set with another one as the start of its paths. Raises UserError when their shapes differ."""
    source = load(name)
    if source.shape != data.shape:
        raise UserError(
            f"paths from {name!r} to {data.name!r} need samples of one shape; got {source.shape} and {data.shape}"
        )
    return dataclasses.replace(data, start=source.x)
