"""Precision and recall of samples: which share of them lies where the data is, and the other way round.

Each sample of a set stands for a ball that reaches to its k-th neighbour in the set; the union of the balls
stands for the support. Precision is the share of generated samples inside the support of the data, recall
the share of the data inside the support of the generated samples.

No formula IDs. Reference: Kynkäänniemi et al. 2019, *Improved Precision and Recall Metric*.
"""

from __future__ import annotations

import torch
from torch import Tensor

NEIGHBOURS = 3


def precision(x: Tensor, y: Tensor, k: int = NEIGHBOURS) -> float:
    """Share of the generated x (n, d) within the balls of the data y (m, d), in [0, 1]."""
    return covered(x, y, k).double().mean().item()


def recall(x: Tensor, y: Tensor, k: int = NEIGHBOURS) -> float:
    """Share of the data y (m, d) within the balls of the generated x (n, d), in [0, 1]."""
    return covered(y, x, k).double().mean().item()


def covered(points: Tensor, support: Tensor, k: int = NEIGHBOURS) -> Tensor:
    """Which points (n, d) lie in the ball of some row of support (m, d), m > k; bool (n,)."""
    if len(support) <= k:
        raise ValueError(f"balls that reach to the {k}-th neighbour need more than {k} rows; got {len(support)}")
    support = support.double()
    # The nearest row is the row itself, at distance 0.
    radius = torch.cdist(support, support).kthvalue(k + 1, dim=1).values
    return (torch.cdist(points.double(), support) <= radius).any(dim=1)
