"""A finite set of points as a data law: the exact denoiser of a data set, images included.

Given x_t, each point has a probability of being its origin; the posterior mean is their average. A network that
fits its training set perfectly would answer this. The weights are those of `diffusion.score`, seen from the nearest
point, so they keep their digits far from the data and at low noise.

No formulas are registered here; score.empirical_denoiser is the entry of the catalogue, score.posterior_expectation
the theorem. Reference: Karras et al. 2022, appendix B.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from diffusion.gaussian import LOG_2PI
from diffusion.score import marginal_score, posterior_weights
from diffusion.worlds.levels import Level, as_levels

# x, alpha and sigma of some samples to their results.
_Block: TypeAlias = Callable[[Tensor, Tensor, Tensor], Tensor]

# Numbers in one block of differences between x_t and the points.
_BLOCK = 2**24


class Points:
    """sum_k weights_k delta(points_k): points (K, ...), each flattened to (d,); weights (K,), equal when None.

    A noise level is a pair (alpha_t, sigma_t), each a number or a tensor that broadcasts to x.shape[:-1], with
    sigma_t > 0. Methods take x_t (n, d) or (d,) and work in blocks that fit the memory. Raises ValueError for
    weights that are not positive or do not sum to 1.
    """

    def __init__(self, points: Tensor, weights: Tensor | None = None) -> None:
        if points.dim() < 2 or points.shape[0] == 0:
            raise ValueError(f"points have shape (K, ...) with K >= 1; got {tuple(points.shape)}")
        self._points = points.flatten(1)
        K = points.shape[0]
        weights = torch.full((K,), 1 / K, dtype=torch.float64) if weights is None else weights
        if weights.shape != (K,) or not bool((weights > 0).all()) or abs(float(weights.sum()) - 1) > 1e-5:
            raise ValueError(
                f"{K} points need {K} positive weights that sum to 1; got shape {tuple(weights.shape)} and the sum "
                f"{float(weights.sum()):.6g}"
            )
        self._log_weights = weights.to(self._points).log()

    @property
    def dimension(self) -> int:
        """d."""
        return self._points.shape[1]

    def to(self, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> Points:
        """The same law with its tensors on another device or in another dtype."""
        moved = Points.__new__(Points)
        moved._points = self._points.to(device=device, dtype=dtype)
        moved._log_weights = self._log_weights.to(device=device, dtype=dtype)
        return moved

    def mean(self) -> Tensor:
        """Mean of the data, (d,)."""
        return self._log_weights.exp() @ self._points

    def cov(self) -> Tensor:
        """Covariance of the data, (d, d)."""
        centred = self._points - self.mean()
        return (self._log_weights.exp().unsqueeze(-1) * centred).mT @ centred

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws from the points, (n, d)."""
        return self._points[torch.multinomial(self._log_weights.exp(), n, replacement=True, generator=generator)]

    def log_prob(self, x: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """log density of x_t at x, in nats; sigma_t > 0."""

        def block(x: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
            squares = ((x.unsqueeze(-2) - alpha.unsqueeze(-1) * self._points) / sigma.unsqueeze(-1)).square().sum(-1)
            log_norm = self.dimension * (0.5 * LOG_2PI + sigma.log())
            return torch.logsumexp(self._log_weights - 0.5 * squares - log_norm, dim=-1)

        return self._in_blocks(block, x, alpha_t, sigma_t)

    def score(self, x: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """Gradient of log_prob in x, of the shape of x."""

        def block(x: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
            return marginal_score(x, self._points, self._log_weights, alpha, sigma)

        return self._in_blocks(block, x, alpha_t, sigma_t)

    def eps(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[eps | x_t] = -sigma_t score, of the shape of x_t."""
        return -as_levels(x_t, alpha_t, sigma_t)[1] * self.score(x_t, alpha_t, sigma_t)

    def responsibilities(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """Probability of each point given x_t, (..., K)."""

        def block(x: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
            return posterior_weights(x, self._points, self._log_weights, alpha, sigma)

        return self._in_blocks(block, x_t, alpha_t, sigma_t)

    def posterior_mean(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[x_0 | x_t], of the shape of x_t."""
        return self.responsibilities(x_t, alpha_t, sigma_t) @ self._points

    def posterior_cov(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """Cov[x_0 | x_t], (..., d, d)."""
        weights = self.responsibilities(x_t, alpha_t, sigma_t)
        mean = weights @ self._points
        centred = self._points - mean.unsqueeze(-2)
        return (weights.unsqueeze(-1) * centred).mT @ centred

    def _in_blocks(self, block: _Block, x: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        alpha, sigma = (level.expand(*x.shape[:-1], 1) for level in as_levels(x, alpha_t, sigma_t))
        if x.dim() == 1:
            return block(x, alpha, sigma)
        rows = max(1, _BLOCK // math.prod(self._points.shape))
        parts = zip(x.split(rows), alpha.split(rows), sigma.split(rows), strict=True)
        return torch.cat([block(*part) for part in parts])
