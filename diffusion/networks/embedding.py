"""Embeddings of what a network is told beside x_t: the time, and the class of the sample."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class TimeEmbedding(nn.Module):
    """Maps t (n,), any number type, to features (n, width) through a sinusoid and two linear layers.

    `dimension` is the number of sinusoidal features; it must be even. The frequencies fall from 1 to about
    1 / max_period radians per unit of t.
    """

    def __init__(self, dimension: int, width: int, max_period: float = 10_000.0) -> None:
        super().__init__()
        if dimension < 2 or dimension % 2:
            raise ValueError(f"a time embedding needs an even number of features; got {dimension}")
        self.pairs, self.log_period = dimension // 2, math.log(max_period)
        self.first = nn.Linear(dimension, width)
        self.last = nn.Linear(width, width)

    def forward(self, t: Tensor) -> Tensor:
        """Features (n, width) of the times t (n,)."""
        # In float32 whatever the network runs in: bfloat16 cannot tell t = 513 from t = 512.
        k = torch.arange(self.pairs, device=t.device, dtype=torch.float32)
        angle = t.float()[:, None] * torch.exp(-self.log_period / self.pairs * k)
        features = torch.cat([angle.cos(), angle.sin()], dim=1)
        return self.last(nn.functional.silu(self.first(features.to(self.first.weight.dtype))))


class ClassEmbedding(nn.Module):
    """Maps labels (n,), int64 in 0..classes, to features (n, width); the label `classes` means "not told".

    It starts at zero, so that an untrained network ignores the class.
    """

    def __init__(self, classes: int, width: int) -> None:
        super().__init__()
        if classes < 1:
            raise ValueError(f"a class embedding needs at least one class; got {classes}")
        self.classes = classes
        self.table = nn.Embedding(classes + 1, width)
        nn.init.zeros_(self.table.weight)

    def forward(self, labels: Tensor | None, n: int) -> Tensor:
        """Features (n, width) of the labels; None tells no class to any of the n samples."""
        if labels is None:
            return self.table.weight[self.classes].expand(n, -1)
        return self.table(labels)
