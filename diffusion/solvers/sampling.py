"""The one loop that runs every solver, as a generator.

    for step in sample(DDIM(), denoiser, path, times(path, 50), x): ...

Each row costs one call of the denoiser and a few fused operations. All coefficients lie on the device of x
before the loop begins, and nothing in it waits for the device.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from diffusion.parameterizations import EPS, Parameterization
from diffusion.paths import Path
from diffusion.solvers.compile import AS_IS, Bound, Plan, plans
from diffusion.solvers.plan import Solver

# Predicts, in some parameterization, from x_t (n, ...) and t (n,), the times being in [0, 1]. The answer is a tensor
# of its own, not a buffer that the next call fills: multistep solvers keep it.
Denoiser: TypeAlias = Callable[[Tensor, Tensor], Tensor]
# Standard noise of the shape of x.
Noise: TypeAlias = Callable[[Tensor], Tensor]


class Step(NamedTuple):
    """The state after a step: its number from 1, the time t that it reached, and x there."""

    number: int
    t: float
    x: Tensor


def sample(
    solver: Solver,
    denoiser: Denoiser,
    path: Path,
    times: Tensor,
    x: Tensor,
    generator: torch.Generator | None = None,
    *,
    parameterization: Parameterization = EPS,
    denoise: bool = True,
    noise: Noise | None = None,
) -> Iterator[Step]:
    """Walk x (n, ...), float32 or float64, from times[0] to times[-1] and yield every step.

    x is a draw at times[0]: sigma(times[0]) times standard noise where the signal has vanished. denoiser answers in
    `parameterization`. generator draws the noise of stochastic solvers, or `noise` does, which takes x and answers with
    noise like it. With denoise, a path that still has noise at the last time takes one more step, to E[x_0 | x],
    which stands at t = 0. Any solver may begin where the path has no signal, as `plans` says. Yielded tensors are not
    written to afterwards. Raises ValueError as `plan` does, and for an x of another dtype.
    """
    return _walk(plans(solver, path, times, parameterization, denoise), denoiser, x, generator, noise)


def _walk(
    parts: Sequence[Plan], denoiser: Denoiser, x: Tensor, generator: torch.Generator | None, noise: Noise | None
) -> Iterator[Step]:
    number = 0
    for part in parts:
        for step in run(part, denoiser, x, generator, noise):
            number, x = number + 1, step.x
            yield Step(number, step.t, x)


def run(
    plan: Plan,
    denoiser: Denoiser,
    x: Tensor,
    generator: torch.Generator | None = None,
    noise: Noise | None = None,
) -> Iterator[Step]:
    """The same for a plan made before: one plan can serve any number of runs."""

    def gaussian(x: Tensor) -> Tensor:
        # The numbers of torch.randn, which takes longer to read its options than to draw a few of them.
        return torch.empty_like(x, memory_format=torch.contiguous_format).normal_(generator=generator)

    if x.dtype not in (torch.float32, torch.float64):
        raise ValueError(
            f"the state of a sampler is float32 or float64; got {x.dtype}. A network may run in bf16 inside the "
            "denoiser, but steps are differences that bf16 cannot hold"
        )
    noise = noise or gaussian
    programs, times = plan.on(x.device, x.dtype)
    history: deque[Tensor] = deque([_NOTHING] * plan.depth, maxlen=plan.depth)
    anchor, number, no_gradients = x, 0, torch.no_grad()
    for program, t in zip(programs, times.expand(-1, x.shape[0]).unbind(), strict=True):
        with no_gradients:
            if program.lift:
                x = _combine(program.lift, (x, _NOTHING, _NOTHING, noise(x)))
            answer = denoiser(x, t)
            operands = (x, answer, anchor, noise(x) if program.noisy else _NOTHING, *history)
            new_x = _combine(program.x, operands)
            if plan.depth:
                history.appendleft(_combine(program.value, operands) if program.value else _NOTHING)
            anchor = _combine(program.anchor, operands) if program.anchor else x
            x = new_x if program.langevin is None else langevin_step(x, new_x, noise(x), program.langevin)
        if program.to is not None:
            number += 1
            yield Step(number, program.to, x)


def langevin_step(x: Tensor, score: Tensor, z: Tensor, snr: float) -> Tensor:
    """x + e score + sqrt(2 e) z with e = 2 (snr |z| / |score|)^2, norms averaged over the n samples of x (n, ...).

    The entry sampler.corrector of the catalogue. Reference: Song et al. 2021, algorithms 4 and 5.
    """
    e = 2 * (snr * z.flatten(1).norm(dim=1).mean() / score.flatten(1).norm(dim=1).mean()).square()
    return x + e * score + (2 * e).sqrt() * z


def last(steps: Iterable[Step]) -> Tensor:
    """The x of the last step: the samples. Raises ValueError when there was no step."""
    final = deque(steps, maxlen=1)
    if not final:
        raise ValueError("there was no step to take the last of; was the generator used before?")
    return final[0].x


# Stands where a row has no operand, and fits no shape.
_NOTHING = torch.empty(0)


def _combine(terms: Bound, operands: Sequence[Tensor]) -> Tensor:
    """The sum of coefficient times operand: one fresh tensor, unless it is an operand as it is."""
    operand, c = terms[0]
    if c is AS_IS:
        return operands[operand]
    total = operands[operand] * c
    for operand, c in terms[1:]:
        total.addcmul_(operands[operand], c)
    return total
