"""A Gaussian data law N(mean, cov) in R^d, and what noising does to it.

With x_t = alpha_t x_0 + sigma_t eps everything stays Gaussian, and one eigendecomposition of cov serves every
noise level: along an eigenvector of variance v the noised variance is alpha_t^2 v + sigma_t^2.

No formula IDs: this world is built on gauss.affine and gauss.linear_bayes and serves to test the others.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.gaussian import LOG_2PI
from diffusion.worlds.levels import Level, as_levels, checked_covariances


class Gaussian:
    """N(mean, cov) with mean (d,) and cov (d, d), symmetric positive semidefinite.

    A noise level is a pair (alpha_t, sigma_t) of signal and noise scale, each a number or a tensor that
    broadcasts to x.shape[:-1]; the default (1, 0) is the data itself. Densities and scores need the noised
    covariance to be positive definite. Raises ValueError when the shapes disagree or cov is not
    symmetric positive semidefinite.
    """

    def __init__(self, mean: Tensor, cov: Tensor) -> None:
        if mean.dim() != 1 or cov.shape != (mean.shape[0], mean.shape[0]):
            raise ValueError(
                f"a Gaussian needs a mean (d,) and a covariance (d, d); got {tuple(mean.shape)} and {tuple(cov.shape)}"
            )
        self._mean = mean
        self._variances, self._basis = checked_covariances(cov.to(mean))

    @property
    def dimension(self) -> int:
        """d."""
        return self._mean.shape[0]

    def to(self, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> Gaussian:
        """The same law with its tensors on another device or in another dtype."""
        moved = Gaussian.__new__(Gaussian)
        moved._mean = self._mean.to(device=device, dtype=dtype)
        moved._variances = self._variances.to(device=device, dtype=dtype)
        moved._basis = self._basis.to(device=device, dtype=dtype)
        return moved

    def mean(self) -> Tensor:
        """Mean of the data, (d,)."""
        return self._mean

    def cov(self) -> Tensor:
        """Covariance of the data, (d, d)."""
        return self._rotated(self._variances)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws from the data law, (n, d)."""
        z = torch.randn(n, self.dimension, generator=generator, dtype=self._mean.dtype, device=self._mean.device)
        return self._mean + (z * self._variances.sqrt()) @ self._basis.mT

    def log_prob(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0) -> Tensor:
        """log density of x_t at x (..., d), in nats, shape (...)."""
        alpha, sigma = as_levels(x, alpha_t, sigma_t)
        variances = self._noised(alpha, sigma)
        y = (x - alpha * self._mean) @ self._basis
        return -0.5 * (y.square() / variances + variances.log() + LOG_2PI).sum(-1)

    def score(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0) -> Tensor:
        """Gradient of log_prob in x, shape (..., d)."""
        alpha, sigma = as_levels(x, alpha_t, sigma_t)
        y = (x - alpha * self._mean) @ self._basis
        return -(y / self._noised(alpha, sigma)) @ self._basis.mT

    def posterior_mean(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[x_0 | x_t], shape (..., d)."""
        alpha, sigma = as_levels(x_t, alpha_t, sigma_t)
        y = (x_t - alpha * self._mean) @ self._basis
        gain = alpha * self._variances / self._noised(alpha, sigma)
        return self._mean + (gain * y) @ self._basis.mT

    def posterior_cov(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """Cov[x_0 | x_t], shape (..., d, d); it does not depend on the value of x_t."""
        alpha, sigma = as_levels(x_t, alpha_t, sigma_t)
        variances = self._variances * (sigma.square() / self._noised(alpha, sigma))
        return self._rotated(variances.expand(x_t.shape))

    def eps(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[eps | x_t] = -sigma_t score, shape (..., d)."""
        _, sigma = as_levels(x_t, alpha_t, sigma_t)
        return -sigma * self.score(x_t, alpha_t, sigma_t)

    def flow_map(self, x: Tensor, start: tuple[Level, Level], end: tuple[Level, Level]) -> Tensor:
        """Where the probability flow takes x (..., d) from one level (alpha, sigma) to another.

        Along each eigenvector the distance to the mean scales with the standard deviation: the map is
        m_end + sqrt(V_end / V_start) (x - m_start).
        """
        (a, s), (b, r) = as_levels(x, *start), as_levels(x, *end)
        stretch = (self._noised(b, r) / self._noised(a, s)).sqrt()
        return b * self._mean + (stretch * ((x - a * self._mean) @ self._basis)) @ self._basis.mT

    def _noised(self, alpha: Tensor, sigma: Tensor) -> Tensor:
        return alpha.square() * self._variances + sigma.square()

    def _rotated(self, variances: Tensor) -> Tensor:
        return (self._basis * variances.unsqueeze(-2)) @ self._basis.mT
