"""What a network may predict: eps, x_0, v, the score, the velocity, or F of EDM; and how each becomes the others.

Every one of them is a x_0 + b eps at the noise level (alpha, sigma) of x_t = alpha x_0 + sigma eps, so a
parameterization is a pair of numbers (a, b) for each level:

    eps       0                  1
    x_0       1                  0
    v         -sigma             alpha
    score     0                  -1 / sigma
    velocity  alpha'             sigma'                                    dx_t / dt at fixed x_0 and eps
    F         sigma / (s R)      -alpha s / R,  R = sqrt(alpha^2 s^2 + sigma^2), s the data's std

With the determinant D = alpha b - sigma a, prediction p and x_t give x_0 = (b x_t - sigma p) / D and
eps = (alpha p - a x_t) / D. An error of p is D / sigma times one of x_0 and D / alpha times one of eps, up to sign.
The same holds for the best predictions, which are expectations given x_t.

No formulas are registered here; `diffusion.predictions` has the formulas for one pair (a, b), and tests compare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from diffusion.paths.path import Level


@dataclass(frozen=True)
class Parameterization:
    """A kind of prediction: its name, (a, b) and the determinant alpha b - sigma a, each from a level."""

    name: str
    pair: Callable[[Level], tuple[Tensor, Tensor]]
    determinant: Callable[[Level], Tensor]

    def target(self, x_0: Tensor, eps: Tensor, level: Level) -> Tensor:
        """What the network should predict, for x_0 and eps (n, ...) and a level of tensors (n,) or ()."""
        a, b = (_wide(c, x_0) for c in self.pair(level))
        return a * x_0 + b * eps

    def to_x_0(self, level: Level) -> tuple[Tensor, Tensor]:
        """(c, d) with x_0 = c x_t + d prediction. Infinite where the prediction does not determine x_0."""
        d = self.determinant(level)
        return self.pair(level)[1] / d, -level.sigma / d

    def to_eps(self, level: Level) -> tuple[Tensor, Tensor]:
        """(c, d) with eps = c x_t + d prediction. Infinite where the prediction does not determine eps."""
        d = self.determinant(level)
        return -self.pair(level)[0] / d, level.alpha / d

    def loss_weight(self, level: Level) -> Tensor:
        """w with |prediction error|^2 = w |x_0 error|^2: (D / sigma)^2."""
        return (self.determinant(level) / level.sigma).square()


def _zero(level: Level) -> Tensor:
    return torch.zeros_like(level.alpha)


def _one(level: Level) -> Tensor:
    return torch.ones_like(level.alpha)


EPS = Parameterization("eps", lambda at: (_zero(at), _one(at)), lambda at: at.alpha)
X_0 = Parameterization("x_0", lambda at: (_one(at), _zero(at)), lambda at: -at.sigma)
V = Parameterization("v", lambda at: (-at.sigma, at.alpha), lambda at: at.alpha.square() + at.sigma.square())
SCORE = Parameterization("score", lambda at: (_zero(at), -1 / at.sigma), lambda at: -at.alpha / at.sigma)
VELOCITY = Parameterization(
    "velocity",
    lambda at: (at.d_alpha, at.d_sigma),
    lambda at: at.alpha * at.d_sigma - at.sigma * at.d_alpha,
)


def edm(sigma_data: float = 0.5) -> Parameterization:
    """F of EDM for data of standard deviation sigma_data: x_0 = c_skip x_t + c_out F, of unit variance.

    On any path c_skip = alpha s^2 / R^2, c_out = sigma s / R and c_in = 1 / R. Raises ValueError unless
    sigma_data > 0.
    """
    if not sigma_data > 0:
        raise ValueError(f"sigma_data is a standard deviation and must be positive; got {sigma_data}")

    def pair(at: Level) -> tuple[Tensor, Tensor]:
        root = _norm(at, sigma_data)
        return at.sigma / (sigma_data * root), -at.alpha * sigma_data / root

    return Parameterization("F", pair, lambda at: -_norm(at, sigma_data) / sigma_data)


def input_scale(level: Level, sigma_data: float = 0.5) -> Tensor:
    """c_in of EDM: what x_t is multiplied with to have unit variance."""
    return 1 / _norm(level, sigma_data)


def convert(
    prediction: Tensor, x_t: Tensor, source: Parameterization, target: Parameterization, level: Level
) -> Tensor:
    """The same prediction in another parameterization; prediction and x_t are (n, ...), level (n,) or ()."""
    if source.name == target.name:
        return prediction
    d = source.determinant(level)
    (a, b), (p, q) = source.pair(level), target.pair(level)
    from_x_t = (p * b - q * a) / d
    from_prediction = target.determinant(level) / d
    return _wide(from_x_t, x_t) * x_t + _wide(from_prediction, x_t) * prediction


PARAMETERIZATIONS: dict[str, Parameterization] = {
    p.name: p for p in (EPS, X_0, V, SCORE, VELOCITY, edm())
}  # fmt: skip


def _norm(level: Level, sigma_data: float) -> Tensor:
    return (level.alpha.square() * sigma_data**2 + level.sigma.square()).sqrt()


def _wide(coefficient: Tensor, x: Tensor) -> Tensor:
    """A coefficient (n,) or () in the dtype and on the device of x, broadcasting against x (n, ...)."""
    coefficient = coefficient.to(x)
    return coefficient.view(-1, *[1] * (x.dim() - 1)) if coefficient.dim() else coefficient
