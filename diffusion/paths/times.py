"""The times that a sampler visits, from noise to data: float64, strictly falling, `steps` + 1 of them.

A grid is even in some quantity: the time itself, its square, the log-SNR, or a power of sigma / alpha. The
last time of a path that ends in clean data is 0; grids even in the log-SNR or in sigma must stop before.

No formulas are registered here; sched.karras_rho is the entry of the catalogue.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.paths.path import Path

SPACINGS = ("time", "quadratic", "log_snr", "karras")


def times(
    path: Path, steps: int, spacing: str = "time", first: float = 1.0, last: float = 0.0, rho: float = 7.0
) -> Tensor:
    """Times (steps + 1,) from `first` down to `last`.

    spacing is 'time' (even in t), 'quadratic' (even in the root of t: finer near the data), 'log_snr' (even
    in log(alpha / sigma)) or 'karras' (even in (sigma / alpha)^(1 / rho)). The latter two need a finite
    log-SNR at both ends. Raises ValueError.
    """
    if steps < 1:
        raise ValueError(f"a sampler needs at least one step; got {steps}")
    if not 0 <= last < first <= 1:
        raise ValueError(f"times fall from noise to data: expected 0 <= last < first <= 1; got {first} and {last}")
    if spacing not in SPACINGS:
        raise ValueError(f"unknown spacing {spacing!r}; choose one of: {', '.join(SPACINGS)}")
    ends = torch.tensor([first, last], dtype=torch.float64)
    if spacing == "time":
        return _even(ends, steps)
    if spacing == "quadratic":
        return _pinned(_even(ends.sqrt(), steps).square(), ends)
    with torch.no_grad():
        half_log_snr = path.half_log_snr(ends)
        if not bool(half_log_snr.isfinite().all()):
            raise ValueError(
                f"the spacing {spacing!r} needs a finite log-SNR at both ends, and the path {path.name!r} has "
                f"log(alpha / sigma) = {half_log_snr[0]:.4g} at t = {first:g} and {half_log_snr[1]:.4g} at "
                f"t = {last:g}; try first=0.999 and last=0.001"
            )
        if spacing == "log_snr":
            grid = path.time_of(_even(half_log_snr, steps))
        else:
            grid = path.time_of(-rho * _even((-half_log_snr / rho).exp(), steps).log())
    return _pinned(grid, ends)


def _even(ends: Tensor, steps: int) -> Tensor:
    return torch.linspace(ends[0].item(), ends[1].item(), steps + 1, dtype=torch.float64)


def _pinned(grid: Tensor, ends: Tensor) -> Tensor:
    """The grid with its ends as they were asked for, free of rounding."""
    grid[0], grid[-1] = ends[0], ends[1]
    return grid
