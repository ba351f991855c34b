"""The probability flow with an adaptive step, in the path's own time: sampling, encoding, and everything between."""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.parameterizations import EPS, VELOCITY, Parameterization, convert
from diffusion.paths import Level, Path
from diffusion.solvers.dormand_prince import integrate
from diffusion.solvers.sampling import Denoiser


@torch.no_grad()
def probability_flow(
    denoiser: Denoiser,
    path: Path,
    x: Tensor,
    start: float = 1.0,
    end: float = 0.0,
    *,
    parameterization: Parameterization = EPS,
    rtol: float = 1e-5,
    atol: float = 1e-5,
) -> tuple[Tensor, int]:
    """(x at the time `end`, number of evaluations), from x (n, ...) at the time `start`; either direction.

    The velocity must be finite between the two, ends included. On the straight path with a network that predicts the
    velocity, 1 and 0 are fine; elsewhere stop short of an end where alpha or sigma is 0. Raises ArithmeticError
    when it is not.
    """

    def velocity(t: float, x: Tensor) -> Tensor:
        level = Level(*(column.to(x) for column in path.level(torch.tensor(t, dtype=torch.float64))))
        return convert(denoiser(x, level.t.expand(x.shape[0])), x, parameterization, VELOCITY, level)

    return integrate(velocity, x, start, end, rtol=rtol, atol=atol)
