"""A mixture of Gaussians in R^d, and what noising does to it.

Every component stays Gaussian under x_t = alpha_t x_0 + sigma_t eps, and the weights stay. Given x_t, the
component k has a responsibility r_k, a posterior mean m_k and a posterior covariance C_k; the posterior of
the whole is the mixture of them. Each covariance is diagonalised once, which serves every noise level.

No formula IDs: this world is built on gauss.linear_bayes and serves to test the others.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.gaussian import LOG_2PI
from diffusion.numerics import normal_cdf
from diffusion.worlds.levels import Level, as_levels, checked_covariances


class GaussianMixture:
    """sum_k weights_k N(means_k, covs_k).

    weights (K,) positive with sum 1; means (K, d); covs either (K,), the variances of isotropic components,
    or (K, d, d), full covariances. A noise level is a pair (alpha_t, sigma_t) of signal and noise scale, each
    a number or a tensor that broadcasts to x.shape[:-1]; the default (1, 0) is the data itself. Densities and
    scores need the noised covariances to be positive definite; posteriors allow covs that are not, so a
    mixture of points (covs = 0) is a finite data set. Raises ValueError when the parameters are not of this
    kind.
    """

    def __init__(self, weights: Tensor, means: Tensor, covs: Tensor) -> None:
        _check(weights, means, covs)
        self._log_weights = weights.to(means).log()
        self._means = means
        covs = covs.to(means)
        self._basis: Tensor | None
        if covs.dim() == 1:
            # The eigenvalues of an isotropic component: one column that broadcasts over d, no rotation.
            self._variances, self._basis = covs.unsqueeze(-1), None
        else:
            self._variances, self._basis = checked_covariances(covs)

    @property
    def dimension(self) -> int:
        """d."""
        return self._means.shape[1]

    def to(self, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> GaussianMixture:
        """The same law with its tensors on another device or in another dtype."""
        moved = GaussianMixture.__new__(GaussianMixture)
        moved._log_weights = self._log_weights.to(device=device, dtype=dtype)
        moved._means = self._means.to(device=device, dtype=dtype)
        moved._variances = self._variances.to(device=device, dtype=dtype)
        moved._basis = None if self._basis is None else self._basis.to(device=device, dtype=dtype)
        return moved

    def mean(self) -> Tensor:
        """Mean of the data, (d,)."""
        return self._log_weights.exp() @ self._means

    def cov(self) -> Tensor:
        """Covariance of the data, (d, d): within the components plus between them."""
        weights = self._log_weights.exp()
        within = self._rotated(self._variances.expand(self._means.shape))
        centred = self._means - self.mean()
        return (weights[:, None, None] * (within + centred[:, :, None] * centred[:, None, :])).sum(0)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws from the data law, (n, d)."""
        means, device = self._means, self._means.device
        k = torch.multinomial(self._log_weights.exp(), n, replacement=True, generator=generator)
        z = torch.randn(n, self.dimension, generator=generator, dtype=means.dtype, device=device)
        z = z * self._variances[k].sqrt()
        if self._basis is not None:
            z = (self._basis[k] @ z.unsqueeze(-1)).squeeze(-1)
        return means[k] + z

    def log_prob(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0) -> Tensor:
        """log density of x_t at x (..., d), in nats, shape (...)."""
        alpha, sigma = as_levels(x, alpha_t, sigma_t)
        return torch.logsumexp(self._component_log_prob(*self._residual(x, alpha, sigma)), dim=-1)

    def cdf(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0, upper: bool = False) -> Tensor:
        """P(x_t <= x), or P(x_t > x) with `upper`, in one dimension: x (..., 1), result (...).

        Each tail is a sum of small terms, not one minus the other. Raises ValueError for d > 1.
        """
        if self.dimension != 1:
            raise ValueError(f"a distribution function needs one dimension; this mixture has {self.dimension}")
        y, variances = self._residual(x, *as_levels(x, alpha_t, sigma_t))
        z = (y / variances.sqrt()).squeeze(-1)
        return (self._log_weights.exp() * normal_cdf(-z if upper else z)).sum(-1)

    def responsibilities(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0) -> Tensor:
        """Probability of each component given x_t = x, shape (..., K)."""
        alpha, sigma = as_levels(x, alpha_t, sigma_t)
        return torch.softmax(self._component_log_prob(*self._residual(x, alpha, sigma)), dim=-1)

    def score(self, x: Tensor, alpha_t: Level = 1.0, sigma_t: Level = 0.0) -> Tensor:
        """Gradient of log_prob in x, shape (..., d)."""
        alpha, sigma = as_levels(x, alpha_t, sigma_t)
        y, variances = self._residual(x, alpha, sigma)
        r = torch.softmax(self._component_log_prob(y, variances), dim=-1)
        return -(r.unsqueeze(-1) * self._unrotate(y / variances)).sum(-2)

    def posterior_mean(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[x_0 | x_t], shape (..., d)."""
        r, means, _ = self._posterior(x_t, alpha_t, sigma_t)
        return (r.unsqueeze(-1) * means).sum(-2)

    def posterior_cov(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """Cov[x_0 | x_t], shape (..., d, d)."""
        r, means, variances = self._posterior(x_t, alpha_t, sigma_t)
        centred = means - (r.unsqueeze(-1) * means).sum(-2, keepdim=True)
        within = self._rotated(variances.expand(means.shape))
        between = centred.unsqueeze(-1) * centred.unsqueeze(-2)
        return (r[..., None, None] * (within + between)).sum(-3)

    def eps(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> Tensor:
        """E[eps | x_t] = -sigma_t score, shape (..., d)."""
        _, sigma = as_levels(x_t, alpha_t, sigma_t)
        return -sigma * self.score(x_t, alpha_t, sigma_t)

    def _residual(self, x: Tensor, alpha: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        """x - alpha_t mean_k in each eigenbasis, (..., K, d), and the noised eigenvalues there."""
        alpha, sigma = _over_components(alpha), _over_components(sigma)
        residual = x.unsqueeze(-2) - alpha * self._means
        if self._basis is not None:
            residual = (residual.unsqueeze(-2) @ self._basis).squeeze(-2)
        return residual, alpha.square() * self._variances + sigma.square()

    def _component_log_prob(self, y: Tensor, variances: Tensor) -> Tensor:
        """log of weight times density of each component, (..., K)."""
        return self._log_weights - 0.5 * (y.square() / variances + variances.log() + LOG_2PI).sum(-1)

    def _posterior(self, x_t: Tensor, alpha_t: Level, sigma_t: Level) -> tuple[Tensor, Tensor, Tensor]:
        """Responsibilities (..., K), posterior means (..., K, d), eigenvalues of posterior covariances."""
        alpha, sigma = as_levels(x_t, alpha_t, sigma_t)
        y, noised = self._residual(x_t, alpha, sigma)
        r = torch.softmax(self._component_log_prob(y, noised), dim=-1)
        shrink = self._variances / noised
        means = self._means + self._unrotate(_over_components(alpha) * shrink * y)
        return r, means, shrink * _over_components(sigma).square()

    def _unrotate(self, y: Tensor) -> Tensor:
        return y if self._basis is None else (self._basis @ y.unsqueeze(-1)).squeeze(-1)

    def _rotated(self, variances: Tensor) -> Tensor:
        if self._basis is None:
            return torch.diag_embed(variances)
        return (self._basis * variances.unsqueeze(-2)) @ self._basis.mT


def _over_components(level: Tensor) -> Tensor:
    """A level (..., 1) made to broadcast against (..., K, d)."""
    return level.unsqueeze(-2) if level.dim() else level


def _check(weights: Tensor, means: Tensor, covs: Tensor) -> None:
    if means.dim() != 2:
        raise ValueError(f"the means of a mixture have shape (K, d); got {tuple(means.shape)}")
    K, d = means.shape
    if weights.shape != (K,) or covs.shape not in ((K,), (K, d, d)):
        raise ValueError(
            f"with means of shape {(K, d)} a mixture needs weights of shape {(K,)} and covs of shape "
            f"{(K,)} or {(K, d, d)}; got {tuple(weights.shape)} and {tuple(covs.shape)}"
        )
    if not bool((weights > 0).all()) or abs(float(weights.sum()) - 1) > 1e-5:
        raise ValueError(f"the weights of a mixture are positive and sum to 1; they sum to {float(weights.sum()):.6g}")
    if covs.dim() == 1 and not bool((covs >= 0).all()):
        raise ValueError("the variances of isotropic components must not be negative")
