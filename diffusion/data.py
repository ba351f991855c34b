"""Data sets that need no download: scikit-learn's digits, and points in the plane.

Images are float32 (n, channels, side, side) in [-1, 1]; points are float32 (n, 2) with variance 1 per
coordinate, so that the variance-preserving chain keeps their scale.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.errors import UserError

# The shape of one sample, known without loading the data.
SHAPES: dict[str, tuple[int, ...]] = {"digits": (1, 8, 8), "8gaussians": (2,), "moons": (2,)}
POINTS = 20_000
NOISE_8GAUSSIANS = 0.1
NOISE_MOONS = 0.05


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in memory: its name and x (n, ...), float32."""

    name: str
    x: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample: (channels, side, side) or (d,)."""
        return tuple(self.x.shape[1:])


def digits() -> Dataset:
    """scikit-learn's 1,797 digits, (1797, 1, 8, 8); grey values 0..16 become -1..1."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise UserError(
            "the digits come with scikit-learn, which is not installed; run: pip install 'exegesis[models]'"
        ) from error
    images = torch.from_numpy(load_digits().images).to(torch.float32)
    return Dataset("digits", (images / 8 - 1).unsqueeze(1))


def eight_gaussians(n: int, generator: torch.Generator) -> Tensor:
    """Points of an equal mixture of eight Gaussians on a circle, of standard deviation 0.1, (n, 2).

    The radius makes the variance of each coordinate 1.
    """
    radius = math.sqrt(2 * (1 - NOISE_8GAUSSIANS**2))
    angle = torch.randint(8, (n,), generator=generator) * (math.pi / 4)
    centre = radius * torch.stack([angle.cos(), angle.sin()], dim=1)
    return centre + NOISE_8GAUSSIANS * torch.randn(n, 2, generator=generator)


def moons(n: int, generator: torch.Generator) -> Tensor:
    """Points of two interleaved half circles with a little noise, standardised to mean 0, variance 1, (n, 2).

    Before that: (cos a, sin a) or (1 - cos a, 1/2 - sin a) for a uniform on [0, pi], noise 0.05.
    """
    a = math.pi * torch.rand(n, generator=generator)
    upper = torch.rand(n, generator=generator) < 0.5
    x = torch.where(upper, a.cos(), 1 - a.cos())
    y = torch.where(upper, a.sin(), 0.5 - a.sin())
    points = torch.stack([x, y], dim=1) + NOISE_MOONS * torch.randn(n, 2, generator=generator)
    # E x = 1/2, Var x = 1/2 + 1/4. E y = 1/4, Var y = Var sin + (E sin - 1/4)^2, with E sin = 2 / pi.
    mean_sin = 2 / math.pi
    variances = torch.tensor([0.75, 0.5 - mean_sin**2 + (mean_sin - 0.25) ** 2]) + NOISE_MOONS**2
    return (points - torch.tensor([0.5, 0.25])) / variances.sqrt()


def load(name: str) -> Dataset:
    """A data set by name, the same on every machine. Raises UserError for an unknown name."""
    if name not in SHAPES:
        raise UserError(f"unknown data {name!r}; choose one of: {', '.join(SHAPES)}")
    generator = torch.Generator().manual_seed(seed_for(0, f"data {name}"))
    if name == "digits":
        return digits()
    points = {"8gaussians": eight_gaussians, "moons": moons}[name]
    return Dataset(name, points(POINTS, generator))


class DataOrder:
    """Endless shuffled passes over n samples. Where it stands is two numbers, epoch and position."""

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.seed = n, seed
        self.epoch, self.position = 0, 0
        self._permutation = self._shuffled()

    def next(self, batch: int) -> Tensor:
        """The next `batch` indices, int64; a pass ends where it ends and the next one begins there."""
        parts = []
        while batch > 0:
            part = self._permutation[self.position : self.position + batch]
            parts.append(part)
            batch -= len(part)
            self.position += len(part)
            if self.position == self.n:
                self.epoch, self.position = self.epoch + 1, 0
                self._permutation = self._shuffled()
        return torch.cat(parts)

    def state(self) -> dict[str, int]:
        """Where the order stands, for a checkpoint."""
        return {"epoch": self.epoch, "position": self.position}

    def restore(self, state: dict[str, int]) -> None:
        """Continue from a state that `state` returned."""
        self.epoch, self.position = int(state["epoch"]), int(state["position"])
        self._permutation = self._shuffled()

    def _shuffled(self) -> Tensor:
        generator = torch.Generator().manual_seed(seed_for(self.seed, f"epoch {self.epoch}"))
        return torch.randperm(self.n, generator=generator)


def seed_for(seed: int, purpose: str) -> int:
    """A seed for one purpose: streams of the same run must not repeat each other."""
    return int.from_bytes(hashlib.sha256(f"{seed} {purpose}".encode()).digest()[:7], "big")
