"""What a solver is: rows of numbers. Each row says where to ask the denoiser, and what to make of the answer.

One row evaluates the denoiser once, at x and the level `at`. Its answer becomes N, the prediction that the
solver works with: x_0 ('data') or eps ('noise'). Then

    anchor = x, or the anchor as it was, or base * anchor + n_0 N + n_1 N_1 + ...    (`anchor`)
    x = base * anchor + n_0 N + n_1 N_1 + n_2 N_2 + ... + noise * z                  (`Update`)

where N_1, N_2, ... are the predictions of the rows before, latest first, and z is standard noise. A row with
`to` ends a step: x then stands at that level. That is enough for one-step, multistep, multistage and
predictor-corrector methods alike.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from diffusion.paths import Path

Prediction = Literal["data", "noise"]


class Point(NamedTuple):
    """A noise level in Python floats (float64): what coefficients are computed from."""

    t: float
    alpha: float
    sigma: float
    d_alpha: float
    d_sigma: float
    half_log_snr: float


def finite(*points: Point) -> bool:
    """Whether the log-SNR is finite at all of them."""
    return all(math.isfinite(point.half_log_snr) for point in points)


CLEAN = Point(0.0, 1.0, 0.0, math.nan, math.nan, math.inf)


class Update(NamedTuple):
    """base * anchor + sum_j n_j N_j + noise * z, with n listed from the latest prediction back."""

    base: float
    n: tuple[float, ...] = ()
    noise: float = 0.0


@dataclass(frozen=True)
class Row:
    """One evaluation at `at`. `to` is None for an inner stage.

    anchor: 'here' (the x that was evaluated), 'kept' (that of the row before), or an Update of the one before.
    lift: (p, q) replaces x by p x + q z before the evaluation. langevin: a signal-to-noise ratio; the row is then
    a Langevin step at `at`, whose size the loop finds, and `update` is not used.
    """

    at: Point
    to: Point | None
    update: Update
    anchor: Update | Literal["here", "kept"] = "here"
    lift: tuple[float, float] | None = None
    langevin: float | None = None


class Grid:
    """The levels at the times of a run, from noise to data, and those at times between.

    Raises ValueError unless times is (N + 1,) with N >= 1, inside [0, 1] and strictly falling.
    """

    def __init__(self, path: Path, times: Tensor) -> None:
        times = times.detach().to("cpu", torch.float64)
        if times.dim() != 1 or times.numel() < 2:
            raise ValueError(f"a sampler needs at least two times, shape (N + 1,); got shape {tuple(times.shape)}")
        if not (bool((times.diff() < 0).all()) and times[0] <= 1 and times[-1] >= 0):
            raise ValueError(
                "times fall strictly from noise to data, inside [0, 1]; got "
                f"{[round(t, 6) for t in times[:4].tolist()]} ... {times[-1].item():.6g}. "
                "`diffusion.paths.times` makes such a grid"
            )
        self.path = path
        self.points = self._points(times)
        self.end_half_log_snr = self.at_time(1.0).half_log_snr

    @property
    def steps(self) -> Iterator[tuple[Point, Point]]:
        """(from, to) of every step."""
        return zip(self.points[:-1], self.points[1:], strict=True)

    def at_half_log_snr(self, value: float) -> Point:
        """The level at which log(alpha / sigma) has this value."""
        with torch.no_grad():
            return self._points(self.path.time_of(torch.tensor([value], dtype=torch.float64)))[0]

    def at_time(self, t: float) -> Point:
        """The level at this time."""
        return self._points(torch.tensor([t], dtype=torch.float64))[0]

    @torch.no_grad()
    def _points(self, times: Tensor) -> list[Point]:
        columns = [column.detach().tolist() for column in self.path.level(times)]
        return [Point(*values) for values in zip(*columns, strict=True)]


class Solver(ABC):
    """A recipe for rows. `order` is the order of convergence for smooth problems, None where there is none."""

    name: str
    predicts: Prediction = "data"
    order: int | None = 1

    @property
    def needs_signal(self) -> bool:
        """Whether no step can begin where alpha = 0: eps says nothing of x_0 there."""
        return self.predicts == "noise"

    @abstractmethod
    def rows(self, grid: Grid) -> Sequence[Row]:
        """The rows of a run over the grid, whose last row ends at the last time."""

    def __repr__(self) -> str:
        settings = ", ".join(f"{k}={v!r}" for k, v in vars(self).items() if k not in ("name", "order"))
        return f"{type(self).__name__}({settings})"
