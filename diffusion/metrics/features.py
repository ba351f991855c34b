"""Features of images: the last hidden layer of a small classifier that is trained on the data set itself.

Distances in these features see what tells the classes apart and little else. They compare runs on one data
set; they are not FID, which uses an Inception network trained on ImageNet, and not comparable with it.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffusion.data import DataOrder, Dataset, seed_for
from diffusion.errors import UserError

WIDTH = 64
STEPS, BATCH, LEARNING_RATE = 600, 128, 2e-3
CHUNK = 512


class SmallClassifier(nn.Module):
    """Images (n, channels, side, side) in [-1, 1] to class scores (n, classes); `features` stops one layer before."""

    def __init__(self, channels: int, side: int, classes: int) -> None:
        super().__init__()
        halvings = 2 if side >= 16 else 1
        layers: list[nn.Module] = [nn.Conv2d(channels, 32, 3, padding=1), nn.SiLU()]
        width = 32
        for _ in range(halvings):
            layers += [nn.Conv2d(width, WIDTH, 3, stride=2, padding=1), nn.SiLU()]
            width = WIDTH
        small = -(-side // 2**halvings)
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(WIDTH * small**2, WIDTH))
        self.last = nn.Linear(WIDTH, classes)

    def features(self, x: Tensor) -> Tensor:
        """Features (n, 64), before the last non-linearity."""
        return self.body(x)

    def forward(self, x: Tensor) -> Tensor:
        """Class scores (n, classes)."""
        return self.last(F.silu(self.features(x)))


class Trained(NamedTuple):
    """A classifier and the share of the test images that it gets right."""

    network: SmallClassifier
    accuracy: float


def train_classifier(train: Dataset, test: Dataset, device: torch.device | str = "cpu") -> Trained:
    """The classifier of a data set, the same on every call on one machine. Raises UserError without classes."""
    if train.labels is None or test.labels is None:
        raise UserError(f"the data {train.name!r} has no classes, so no classifier can be trained to give features")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_for(0, "features"))
        network = SmallClassifier(train.shape[0], train.shape[-1], train.classes).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-2, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, STEPS)
    order = DataOrder(len(train.x), seed_for(0, "features order"))
    x, labels = train.x.to(device), train.labels.to(device)
    for _ in range(STEPS):
        index = order.next(BATCH).to(device)
        loss = F.cross_entropy(network(x[index]), labels[index])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    network.eval().requires_grad_(False)
    scores = torch.cat([network(part.to(device)).cpu() for part in test.x.split(CHUNK)])
    return Trained(network, (scores.argmax(1) == test.labels).double().mean().item())


def features(network: SmallClassifier, x: Tensor) -> Tensor:
    """Features (n, 64) of images (n, ...), float64 on the CPU; predicted images are first put in [-1, 1]."""
    device = next(network.parameters()).device
    with torch.no_grad():
        parts = [network.features(part.to(device).clamp(-1, 1)).double().cpu() for part in x.split(CHUNK)]
    return torch.cat(parts)
