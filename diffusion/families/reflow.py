"""Rectified flow: train again on the pairs that a flow has made, and its paths become straighter.

Coefficients, loss and sampler are those of `flow`. The pairs are (x_1, x_0) with x_1 noise and x_0 where the
flow in --reflow-from carries it; they replace the data, each x_0 joined to its own x_1. Reflowing does not
increase transport cost, and a straight flow is exact in one Euler step.

No formulas are defined here. Reference: Liu, Gong, Liu 2023, *Flow Straight and Fast*.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from diffusion import solvers
from diffusion.data import seed_for
from diffusion.families.base import Samplers
from diffusion.families.flow import Flow
from diffusion.families.guidance import tell
from diffusion.families.on_path import deterministic_first
from diffusion.solvers import Euler

CHUNK = 512


class Reflow(Flow):
    """The family 'reflow'."""

    samplers: ClassVar[Samplers] = deterministic_first("euler")

    @property
    def steps(self) -> int:
        """Few: the paths are nearly straight."""
        return 8


def pairs(
    teacher: Flow, model: nn.Module, n: int, steps: int, seed: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """n pairs (x_1, x_0) of a trained flow, each (n, ...) float32 on the CPU: starts, and where they arrive."""
    generator = torch.Generator(device).manual_seed(seed_for(seed, "pairs"))
    plan = solvers.plan(Euler(), teacher.path, teacher.times(steps), teacher.parameterization)
    starts, ends = [], []
    for first in range(0, n, CHUNK):
        x_1 = teacher.start(min(CHUNK, n - first), generator)
        starts.append(x_1.cpu())
        ends.append(solvers.last(solvers.run(plan, teacher.denoiser(tell(model)), x_1)).cpu())
    return torch.cat(starts), torch.cat(ends)
