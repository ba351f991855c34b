"""A residual MLP that denoises points in R^d."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from diffusion.networks.embedding import TimeEmbedding


@dataclass(frozen=True)
class MLPConfig:
    """Sizes of the MLP: d, hidden width, residual layers, and features of the time embedding (even).

    The network sees every coordinate x and also sin(k x) and cos(k x) for each frequency k, in radians per
    unit of x. Without them it is slow to learn what varies quickly with x, and at low noise the best
    denoiser of separate clusters does.
    """

    dimension: int = 2
    hidden: int = 128
    layers: int = 3
    time_features: int = 64
    frequencies: tuple[float, ...] = (1.0, 2.0, 4.0)


class MLP(nn.Module):
    """x_t (n, d) and t (n,) to a prediction (n, d); every layer sees the time."""

    def __init__(self, config: MLPConfig) -> None:
        super().__init__()
        if min(config.dimension, config.hidden, config.layers) < 1:
            raise ValueError(f"every size of an MLP must be at least 1; got {config}")
        self.config = config
        self.time = TimeEmbedding(config.time_features, config.hidden)
        self.first = nn.Linear(config.dimension * (1 + 2 * len(config.frequencies)), config.hidden)
        self.layers = nn.ModuleList(_Layer(config.hidden) for _ in range(config.layers))
        self.last = nn.Sequential(nn.SiLU(), nn.Linear(config.hidden, config.dimension))

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        """The prediction at x_t (n, d) and t (n,), of the shape of x_t."""
        features = [x_t]
        for k in self.config.frequencies:
            features += [torch.sin(k * x_t), torch.cos(k * x_t)]
        time, h = self.time(t), self.first(torch.cat(features, dim=-1))
        for layer in self.layers:
            h = layer(h, time)
        return self.last(h)


class _Layer(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(nn.SiLU(), nn.Linear(hidden, hidden))
        self.time = nn.Linear(hidden, hidden)
        self.leave = nn.Sequential(nn.SiLU(), nn.Linear(hidden, hidden))

    def forward(self, h: Tensor, time: Tensor) -> Tensor:
        return h + self.leave(self.enter(h) + self.time(time))
