"""Dormand and Prince's pair of orders 5 and 4, with a step size that adapts.

The two results of a step share six evaluations and a seventh that the next step reuses; their difference
estimates the error. One step size serves the whole batch. The state stays on its device; one number a step,
the size of the error, comes to the host to decide.

Reference: Dormand and Prince 1980; Hairer, Norsett and Wanner 1993, section II.4 (control of the step).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Field = Callable[[float, Tensor], Tensor]

NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
# Order 5 minus order 4, over all seven evaluations. The last stage above is the result of order 5.
ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)

SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0


def integrate(
    field: Field,
    y: Tensor,
    start: float,
    end: float,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-6,
    first_step: float | None = None,
    max_steps: int = 10_000,
) -> tuple[Tensor, int]:
    """(y at `end`, number of evaluations) for dy / ds = field(s, y), from y at `start`, in either direction.

    A step is accepted when the root mean square of error / (atol + rtol |y|) over the whole batch is at most 1.
    Raises ValueError for tolerances that are not positive, ArithmeticError when the steps run out or shrink to
    nothing.
    """
    if not (rtol > 0 and atol > 0):
        raise ValueError(f"tolerances must be positive; got rtol = {rtol} and atol = {atol}")
    s, span = start, end - start
    step = span / 50 if first_step is None else first_step * (1 if span > 0 else -1)
    slope, evaluations = field(s, y), 1
    for _ in range(max_steps):
        step = min(abs(step), abs(end - s)) * (1 if span > 0 else -1)
        new_y, slopes = _stages(field, s, y, step, slope)
        evaluations += len(NODES)
        error = step * _weighted(ERROR, slopes)
        scale = atol + rtol * torch.maximum(y.abs(), new_y.abs())
        size = (error / scale).square().mean().sqrt().item()
        if size <= 1:
            s, y, slope = s + step, new_y, slopes[-1]
            if abs(end - s) <= 1e-14 * abs(span):
                return y, evaluations
        elif not abs(step) > 1e-13 * abs(span):
            break
        step *= _factor(size)
    raise ArithmeticError(
        f"the adaptive solver stopped at {s:.6g} on its way from {start:.6g} to {end:.6g}, after {evaluations} "
        f"evaluations, with a step of {abs(step):.3g}: the field is not smooth there, or is not finite, or the "
        f"tolerances (rtol {rtol:g}, atol {atol:g}) are below what {y.dtype} can tell. Loosen them, or end "
        "further from the singular end of the path"
    )


def _factor(size: float) -> float:
    """How much longer the next step may be. A size that is not a number counts as an enormous one."""
    if size == 0:
        return GROW
    return min(GROW, max(SHRINK, SAFETY * size**-0.2)) if math.isfinite(size) else SHRINK


def _stages(field: Field, s: float, y: Tensor, step: float, slope: Tensor) -> tuple[Tensor, list[Tensor]]:
    """The result of order 5 and the seven slopes, the last of them at the result."""
    slopes, at = [slope], y
    for node, weights in zip(NODES, STAGES, strict=True):
        at = y + step * _weighted(weights, slopes)
        slopes.append(field(s + node * step, at))
    return at, slopes


def _weighted(weights: tuple[float, ...], slopes: list[Tensor]) -> Tensor:
    total = weights[0] * slopes[0]
    for weight, slope in zip(weights[1:], slopes[1:], strict=True):
        if weight:
            total = total + weight * slope
    return total
