"""Points in the plane, each coordinate of mean 0 and variance 1, so that noising keeps their scale.

Every function takes the number of points and a generator and returns (points (n, 2) float32, labels (n,)
int64); the labels say which part of the figure a point comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from diffusion.worlds import GaussianMixture

NOISE_8GAUSSIANS = 0.1
NOISE_MOONS = 0.05
TURNS = 1.5
NOISE_SPIRALS = 0.02

Draw: TypeAlias = Callable[[int, torch.Generator], tuple[Tensor, Tensor]]


def eight_gaussians_world() -> GaussianMixture:
    """The exact law of `eight_gaussians`: eight equal Gaussians of standard deviation 0.1 on a circle, float64.

    The radius makes the variance of each coordinate 1.
    """
    radius = math.sqrt(2 * (1 - NOISE_8GAUSSIANS**2))
    angle = torch.arange(8, dtype=torch.float64) * (math.pi / 4)
    means = radius * torch.stack([angle.cos(), angle.sin()], dim=1)
    weights = torch.full((8,), 1 / 8, dtype=torch.float64)
    return GaussianMixture(weights, means, torch.full((8,), NOISE_8GAUSSIANS**2, dtype=torch.float64))


def eight_gaussians(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points of an equal mixture of eight Gaussians on a circle, of standard deviation 0.1; eight labels."""
    radius = math.sqrt(2 * (1 - NOISE_8GAUSSIANS**2))
    label = torch.randint(8, (n,), generator=generator)
    angle = label * (math.pi / 4)
    centre = radius * torch.stack([angle.cos(), angle.sin()], dim=1)
    return centre + NOISE_8GAUSSIANS * torch.randn(n, 2, generator=generator), label


def moons(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points of two interleaved half circles with a little noise, standardised; label 0 is the upper one.

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
    return (points - torch.tensor([0.5, 0.25])) / variances.sqrt(), (~upper).long()


def checkerboard(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points uniform on the black squares of a 4 x 4 board of side 2 sqrt(3); the label is the column.

    The side makes the variance of each coordinate 1: every row and every column has two black squares.
    """
    cell = math.sqrt(3) / 2
    column = torch.randint(4, (n,), generator=generator)
    row = 2 * torch.randint(2, (n,), generator=generator) + column % 2
    corner = torch.stack([column, row], dim=1) - 2.0
    return cell * (corner + torch.rand(n, 2, generator=generator)), column


def spirals(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points of two spirals of one and a half turns with a little noise, standardised; the label is the arm.

    The radius of an arm at angle a is a, with a = 3 pi sqrt(u) for u uniform on [0, 1]; one arm is the other
    turned by half a turn, so the mean is 0.
    """
    top = 2 * math.pi * TURNS
    a = top * torch.rand(n, generator=generator).sqrt()
    arm = torch.randint(2, (n,), generator=generator)
    sign = 1.0 - 2.0 * arm
    points = torch.stack([sign * a * a.cos(), sign * a * a.sin()], dim=1)
    # With density 2a / b^2 on [0, b]: E a^2 = b^2 / 2, and E a^2 cos 2a = (2 / b^2) int a^3 cos 2a.
    b, half = top, top**2 / 2
    wave = (2 / b**2) * ((b**3 / 2 - 3 * b / 4) * math.sin(2 * b) + (3 * b**2 / 4 - 3 / 8) * math.cos(2 * b) + 3 / 8)
    scale = torch.tensor([(half + wave) / 2, (half - wave) / 2]).sqrt()
    points = points / scale * math.sqrt(1 - NOISE_SPIRALS**2)
    return points + NOISE_SPIRALS * torch.randn(n, 2, generator=generator), arm


TOYS: dict[str, tuple[Draw, int]] = {
    "8gaussians": (eight_gaussians, 8),
    "moons": (moons, 2),
    "checkerboard": (checkerboard, 4),
    "spirals": (spirals, 2),
}
