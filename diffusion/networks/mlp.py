"""Networks that denoise points in R^d: a residual MLP, and the plain one that benchmarks of flow matching use."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from diffusion.networks.embedding import ClassEmbedding, TimeEmbedding


@dataclass(frozen=True)
class MLPConfig:
    """Sizes of the MLP: d, hidden width, residual layers, and features of the time embedding (even).

    The network sees every coordinate x and also sin(k x) and cos(k x) for each frequency k, in radians per
    unit of x. Without them it is slow to learn what varies quickly with x, and at low noise the best
    denoiser of separate clusters does. `outputs` is the number of predictions per sample, each of d numbers;
    `classes` is 0 for a network that is told no class.
    """

    dimension: int = 2
    hidden: int = 128
    layers: int = 3
    time_features: int = 64
    frequencies: tuple[float, ...] = (1.0, 2.0, 4.0)
    outputs: int = 1
    classes: int = 0


class MLP(nn.Module):
    """x_t (n, d), t (n,) and perhaps labels (n,) to predictions (n, outputs d); every layer sees time and class."""

    def __init__(self, config: MLPConfig) -> None:
        super().__init__()
        _check(config)
        self.config = config
        self.time = TimeEmbedding(config.time_features, config.hidden)
        self.label = ClassEmbedding(config.classes, config.hidden) if config.classes else None
        self.first = nn.Linear(config.dimension * (1 + 2 * len(config.frequencies)), config.hidden)
        self.layers = nn.ModuleList(_Layer(config.hidden) for _ in range(config.layers))
        self.last = nn.Sequential(nn.SiLU(), nn.Linear(config.hidden, config.outputs * config.dimension))

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """The predictions at x_t (n, d) and t (n,), shape (n, outputs d)."""
        features = [x_t]
        for k in self.config.frequencies:
            features += [torch.sin(k * x_t), torch.cos(k * x_t)]
        time, h = self.time(t), self.first(torch.cat(features, dim=-1))
        if self.label is not None:
            time = time + self.label(labels, len(x_t))
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


class PlainMLP(nn.Module):
    """Linear layers with SELU between them, on x_t with t (in 0..1) as one more coordinate.

    `layers` counts the hidden layers. Time features and frequencies of the config are not used, and it is told
    no class: raises ValueError for a config with classes.
    """

    def __init__(self, config: MLPConfig) -> None:
        super().__init__()
        _check(config)
        if config.classes:
            raise ValueError("the plain MLP cannot be told a class; use the residual one")
        self.config = config
        sizes = [config.dimension + 1, *[config.hidden] * config.layers]
        hidden: list[nn.Module] = []
        for before, after in pairwise(sizes):
            hidden += [nn.Linear(before, after), nn.SELU(inplace=True)]
        self.body = nn.Sequential(*hidden, nn.Linear(config.hidden, config.outputs * config.dimension))

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """The predictions at x_t (n, d) and t (n,), shape (n, outputs d)."""
        return self.body(torch.cat([x_t, t[:, None].to(x_t.dtype)], dim=1))


def _check(config: MLPConfig) -> None:
    if min(config.dimension, config.hidden, config.layers, config.outputs) < 1:
        raise ValueError(f"every size of an MLP must be at least 1; got {config}")
