"""From the rows of a solver to the one table that a run multiplies with.

A network answers in some parameterization; at each level N = u x + w answer, with (u, w) from there. Put into a
row, everything becomes three linear combinations of the same operands: the next x, the next anchor, and N
where a later row needs it. Coefficients that are zero are dropped, so DDIM costs two operations a step. They
are computed in float64, and rounded once, when the table moves to the device and dtype of x.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from diffusion.parameterizations import EPS, Parameterization
from diffusion.paths import Level, Path
from diffusion.solvers.ddim import DDIM
from diffusion.solvers.plan import CLEAN, Grid, Point, Row, Solver, Update

# Operands of a combination, by position: x, the network's answer, the anchor, noise, then N_1, N_2, ...
X, ANSWER, ANCHOR, NOISE, HISTORY = range(5)

# (operand, index into the table) pairs. A combination that is one operand as it is has the index UNCHANGED.
Terms: TypeAlias = tuple[tuple[int, int], ...]
UNCHANGED = -1


@dataclass(frozen=True)
class Instruction:
    """One row, compiled. `x` is the score in a Langevin row; `value` is empty where N is not needed later."""

    x: Terms
    anchor: Terms
    value: Terms
    lift: Terms
    noisy: bool
    to: Point | None
    langevin: float | None


# (operand, coefficient) pairs on a device. AS_IS, compared by identity, stands where an operand is taken as it is.
Bound: TypeAlias = tuple[tuple[int, Tensor], ...]
AS_IS = torch.ones(())


class Program(NamedTuple):
    """An instruction with its coefficients on the device; `to` is the time that x reaches, None inside a step."""

    x: Bound
    anchor: Bound
    value: Bound
    lift: Bound
    noisy: bool
    to: float | None
    langevin: float | None


@dataclass(frozen=True, eq=False)
class Plan:
    """A run without its data: instructions, the table (m,) of coefficients and the times (rows,), float64."""

    instructions: tuple[Instruction, ...]
    table: Tensor
    times: Tensor
    depth: int
    _moved: dict[tuple[torch.device, torch.dtype], tuple[tuple[Program, ...], Tensor]] = field(
        default_factory=dict, repr=False
    )

    @property
    def evaluations(self) -> int:
        """How often the denoiser is asked."""
        return len(self.instructions)

    def on(self, device: torch.device, dtype: torch.dtype) -> tuple[tuple[Program, ...], Tensor]:
        """(programs, times (rows, 1)) on a device and in a dtype, made once for each."""
        if (device, dtype) not in self._moved:
            coefficients = self.table.to(device, dtype).unbind()
            programs = tuple(_program(instruction, coefficients) for instruction in self.instructions)
            self._moved[device, dtype] = programs, self.times.to(device, dtype).unsqueeze(1)
        return self._moved[device, dtype]


class _Table:
    """Collects the coefficients that are not zero."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def terms(self, coefficients: dict[int, float]) -> Terms:
        kept = {operand: value for operand, value in coefficients.items() if value != 0}
        if list(kept.values()) == [1.0]:
            return ((next(iter(kept)), UNCHANGED),)
        start = len(self.values)
        self.values.extend(kept.values())
        return tuple((operand, start + i) for i, operand in enumerate(kept))


def plan(
    solver: Solver,
    path: Path,
    times: Tensor,
    parameterization: Parameterization = EPS,
    denoise: bool = True,
) -> Plan:
    """The plan of a run. With denoise, a path that still has noise at the last time ends with x = E[x_0 | x].

    Raises ValueError when the times are not those of a run, and when a coefficient is not finite, as for a
    prediction of eps where there is no signal.
    """
    grid = Grid(path, times)
    rows = list(solver.rows(grid))
    end = rows[-1].to
    if denoise and end is not None and end.sigma > 0:
        rows.append(_denoise(end, solver))
    used = _used(rows)
    table = _Table()
    instructions = []
    for k, row in enumerate(rows):
        start = len(table.values)
        instructions.append(_instruction(row, _answer(row.at, solver, parameterization), used[k], table))
        if not all(map(math.isfinite, table.values[start:])):
            raise ValueError(_not_finite(row, solver, path, parameterization))
    depth = max((len(n) - 1 for row in rows for n in _predictions(row)), default=0)
    at = torch.tensor([row.at.t for row in rows], dtype=torch.float64)
    return Plan(tuple(instructions), torch.tensor(table.values, dtype=torch.float64), at, depth)


def plans(
    solver: Solver,
    path: Path,
    times: Tensor,
    parameterization: Parameterization = EPS,
    denoise: bool = True,
) -> tuple[Plan, ...]:
    """The plans of a run, one after the other: one for most, and two where a solver that needs signal begins with none.

    At alpha = 0 every x has the same law given x_0: it is pure noise, and the start is exact. DDIM takes the first step
    from there, which is finite and as good as any (the derivative of what the others extrapolate vanishes with alpha);
    the solver goes on from its end. Raises ValueError as `plan` does.
    """
    if not (solver.needs_signal and Grid(path, times).points[0].alpha == 0):
        return (plan(solver, path, times, parameterization, denoise),)
    if len(times) == 2:
        return (plan(DDIM(), path, times, parameterization, denoise),)
    first = plan(DDIM(), path, times[:2], parameterization, denoise=False)
    return first, plan(solver, path, times[1:], parameterization, denoise)


def _program(instruction: Instruction, coefficients: Sequence[Tensor]) -> Program:
    def bind(terms: Terms) -> Bound:
        return tuple((operand, AS_IS if i == UNCHANGED else coefficients[i]) for operand, i in terms)

    i = instruction
    to = None if i.to is None else i.to.t
    return Program(bind(i.x), bind(i.anchor), bind(i.value), bind(i.lift), i.noisy, to, i.langevin)


def _denoise(at: Point, solver: Solver) -> Row:
    """The last row where noise is left: x becomes the prediction of x_0."""
    if solver.predicts == "data":
        return Row(at, CLEAN, Update(0.0, (1.0,)))
    return Row(at, CLEAN, Update(1 / at.alpha, (-at.sigma / at.alpha,)))


def _answer(at: Point, solver: Solver, parameterization: Parameterization) -> tuple[float, float]:
    """(u, w) with N = u x + w answer."""
    level = Level(*(torch.tensor(value, dtype=torch.float64) for value in at))
    pair = parameterization.to_x_0(level) if solver.predicts == "data" else parameterization.to_eps(level)
    u, w = (value.item() for value in pair)
    return u, w


def _predictions(row: Row) -> list[tuple[float, ...]]:
    if row.langevin is not None:
        return []
    return [row.update.n] + ([row.anchor.n] if isinstance(row.anchor, Update) else [])


def _used(rows: list[Row]) -> list[bool]:
    """Whether a later row uses the prediction of each row."""
    used = [False] * len(rows)
    for k, row in enumerate(rows):
        for n in _predictions(row):
            for j, value in enumerate(n[1:], start=1):
                used[k - j] |= value != 0
    return used


def _instruction(row: Row, answer: tuple[float, float], used: bool, table: _Table) -> Instruction:
    u, w = answer
    if row.langevin is not None:
        # The score is (alpha x_0 - x) / sigma^2, and N is x_0 here.
        alpha, variance = row.at.alpha, row.at.sigma**2
        score = table.terms({X: (alpha * u - 1) / variance, ANSWER: alpha * w / variance})
        return Instruction(score, (), (), (), False, row.to, row.langevin)
    anchor = row.anchor
    if isinstance(anchor, Update):
        new_anchor = _expand(anchor, {ANCHOR: 1.0}, u, w)
    else:
        new_anchor = {X: 1.0} if anchor == "here" else {ANCHOR: 1.0}
    return Instruction(
        x=table.terms(_expand(row.update, new_anchor, u, w)),
        anchor=() if anchor == "here" else table.terms(new_anchor),
        value=table.terms({X: u, ANSWER: w}) if used else (),
        lift=() if row.lift is None else table.terms({X: row.lift[0], NOISE: row.lift[1]}),
        noisy=row.update.noise != 0,
        to=row.to,
        langevin=None,
    )


def _expand(update: Update, anchor: dict[int, float], u: float, w: float) -> dict[int, float]:
    """An update as coefficients of the operands, the anchor being a combination of them itself."""
    out = {operand: update.base * value for operand, value in anchor.items()} if update.base else {}
    if update.n:
        out[X] = out.get(X, 0.0) + update.n[0] * u
        out[ANSWER] = out.get(ANSWER, 0.0) + update.n[0] * w
    for j, value in enumerate(update.n[1:]):
        out[HISTORY + j] = out.get(HISTORY + j, 0.0) + value
    out[NOISE] = update.noise
    return out


def _not_finite(row: Row, solver: Solver, path: Path, parameterization: Parameterization) -> str:
    at, to = row.at, row.to.t if row.to else row.at.t
    return (
        f"{solver.name} on the path {path.name!r} has no finite step from t = {at.t:.6g} to {to:.6g} with a "
        f"network that predicts {parameterization.name}: alpha = {at.alpha:.4g} and sigma = {at.sigma:.4g} at "
        "the start. Where there is no signal, eps and the score say nothing of x_0: begin at a time below 1, "
        "e.g. times(path, steps, first=0.999), or use a network that predicts v, x_0 or the velocity"
    )
