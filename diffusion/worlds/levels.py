"""What the exact worlds share: noise levels that broadcast, and checked covariance matrices."""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

Level: TypeAlias = Tensor | float


def as_levels(x: Tensor, alpha_t: Level, sigma_t: Level) -> tuple[Tensor, Tensor]:
    """(alpha_t, sigma_t) as tensors that broadcast against x (..., d): scalars, or (..., 1)."""
    return _as_level(x, alpha_t), _as_level(x, sigma_t)


def _as_level(x: Tensor, level: Level) -> Tensor:
    tensor = torch.as_tensor(level, dtype=x.dtype, device=x.device)
    return tensor.unsqueeze(-1) if tensor.dim() else tensor


def checked_covariances(cov: Tensor) -> tuple[Tensor, Tensor]:
    """(eigenvalues, eigenvectors as columns) of covariances (..., d, d).

    Raises ValueError when a matrix is not symmetric or has an eigenvalue that is negative beyond rounding.
    """
    tolerance = 64 * torch.finfo(cov.dtype).eps * cov.abs().amax().clamp(min=torch.finfo(cov.dtype).tiny)
    if bool(((cov - cov.mT).abs() > tolerance).any()):
        raise ValueError("a covariance matrix must be symmetric; use 0.5 * (cov + cov.mT)")
    values, vectors = torch.linalg.eigh(cov)
    if bool((values < -tolerance).any()):
        raise ValueError(
            f"a covariance matrix must have no negative eigenvalue; the smallest is {values.min().item():.6g}"
        )
    return values.clamp(min=0), vectors
