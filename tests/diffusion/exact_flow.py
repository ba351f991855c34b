"""What the tests of solvers share: two exact worlds, a stretch of a path, and the error of a solver on it."""

import math

import torch

from diffusion.paths import Path, times
from diffusion.solvers import Solver, last, sample
from diffusion.worlds import Gaussian, GaussianMixture, oracle, quantile_map

F64 = torch.float64


def mixture_1d() -> GaussianMixture:
    """Two unequal modes that overlap: the probability flow is the quantile map, and not linear."""
    return GaussianMixture(
        torch.tensor([0.4, 0.6], dtype=F64),
        torch.tensor([[-0.8], [0.6]], dtype=F64),
        torch.tensor([0.3, 0.5], dtype=F64),
    )


def gaussian_2d() -> Gaussian:
    """A tilted Gaussian: the probability flow is linear, in closed form."""
    return Gaussian(torch.tensor([0.5, -0.2], dtype=F64), torch.tensor([[0.5, 0.2], [0.2, 0.7]], dtype=F64))


WORLDS = {"gaussian": gaussian_2d(), "mixture": mixture_1d()}


def scales(path: Path, t: float) -> tuple[float, float]:
    """(alpha, sigma) at t."""
    at = path.level(torch.tensor(t, dtype=F64))
    return at.alpha.item(), at.sigma.item()


def exact_flow(world, x: torch.Tensor, start: tuple[float, float], end: tuple[float, float]) -> torch.Tensor:
    """Where the probability flow takes x."""
    return world.flow_map(x, start, end) if isinstance(world, Gaussian) else quantile_map(world, x, start, end)


def flow_error(solver: Solver, world, path: Path, steps: int, half_log_snr=(-1.0, 0.6), n: int = 16) -> float:
    """Root mean square error of the solver over a stretch of the path, even steps in the log-SNR, true draws at the start."""
    first, final = path.time_of(torch.tensor(half_log_snr, dtype=F64)).tolist()
    start, end = scales(path, first), scales(path, final)
    generator = torch.Generator().manual_seed(0)
    x = start[0] * world.sample(n, generator)
    x = x + start[1] * torch.randn(x.shape, generator=generator, dtype=F64)
    grid = times(path, steps, "log_snr", first=first, last=final)
    reached = last(sample(solver, oracle(world, path), path, grid, x, denoise=False))
    return (reached - exact_flow(world, x, start, end)).square().mean().sqrt().item()


def measured_order(solver: Solver, world, path: Path, steps: int = 40) -> float:
    """log2 of the ratio of the errors with `steps` and twice as many."""
    return math.log2(flow_error(solver, world, path, steps) / flow_error(solver, world, path, 2 * steps))
