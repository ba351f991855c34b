"""A classifier of noised samples, for classifier guidance. Coefficients, loss; it has no sampler.

Coefficients: DDPM's chain. Loss: cross entropy of the class given x_t, at t uniform on 1..T. The network is that
of the denoisers with several outputs, averaged over the pixels and read by one linear layer.

No formulas are defined here. Reference: Dhariwal, Nichol 2021, *Diffusion Models Beat GANs*, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.data.order import seed_for
from diffusion.errors import UserError
from diffusion.families.base import Draws, Samplers, Sampling, State, Told
from diffusion.families.ddpm import Chain


class Pooled(nn.Module):
    """Class scores (n, classes) of x_t (n, ...) and t (n,): outputs of a network, pooled over pixels, then linear."""

    def __init__(self, network: nn.Module, features: int, classes: int) -> None:
        super().__init__()
        self.network = network
        self.last = nn.Linear(features, classes)

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """Class scores, before the softmax."""
        h = self.network(x_t, t)
        return self.last(F.silu(h.flatten(2).mean(2) if h.dim() > 2 else h))


class Classifier(Chain):
    """The family 'classifier'."""

    outputs: ClassVar[int] = 32
    samplers: ClassVar[Samplers] = {}

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        if kind.classes == 0:
            raise UserError(f"the data {config.data!r} has no classes to tell apart")
        super().__init__(config, kind)
        self.data_classes, self.classes, self.sees_labels = kind.classes, 0, True

    def model(self, network: nn.Module) -> nn.Module:
        """The network with a linear layer that reads it."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed_for(self.config.seed, "head"))
            return Pooled(network, self.outputs * self.shape[0], self.data_classes)

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """Cross entropy in nats, (n,)."""
        wide = (-1, *[1] * (x_0.dim() - 1))
        columns, t = self.table.columns, draws["t"]
        x_t = columns.signal[t].view(wide) * x_0 + columns.noise[t].view(wide) * draws["eps"]
        assert labels is not None
        return F.cross_entropy(model(x_t, t).float(), labels, reduction="none")

    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """Refused: a classifier makes no samples."""
        raise UserError("a classifier makes no samples; guide a run with it: diffuse sample RUN --classifier THIS")
