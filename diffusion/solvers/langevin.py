"""Langevin dynamics: annealed, as NCSN samples, and as the corrector after each step of another solver.

No formulas are registered here; annealed.langevin, ncsn.step_size and sampler.corrector are those in the catalogue.
References: Song and Ermon 2019, algorithm 1; Song et al. 2021, algorithms 1, 4 and 5.
"""

from __future__ import annotations

import math

from diffusion.solvers.plan import Grid, Row, Solver, Update


class AnnealedLangevin(Solver):
    """`inner` steps x + (a_i / 2) score + sqrt(a_i) z at each level, with a_i = size sigma_i^2.

    `step`, where given, is the paper's: size = step / sigma_last^2, 0.2 for its images. A size of its own does not
    depend on where a grid ends; at 4 or more the steps diverge. Between levels x is scaled by alpha_{i+1} / alpha_i,
    which is 1 on a path that explodes. The last level visited is the last with noise. The law is right only as `size`
    goes to 0 and `inner` grows.
    """

    name, order, needs_signal = "annealed_langevin", None, True

    def __init__(self, step: float | None = None, inner: int = 100, size: float = 0.2) -> None:
        if not (step is None or step > 0) or not 0 < size < 4 or inner < 1:
            raise ValueError(
                f"annealed Langevin needs step > 0, inner >= 1 and size in (0, 4); got {step}, {inner} and {size}"
            )
        self.step, self.inner, self.size = step, inner, size

    def rows(self, grid: Grid) -> list[Row]:
        """`inner` rows a level; x moves on to the next level with the last of them."""
        noisy = [point for point in grid.points if point.sigma > 0]
        if noisy[0].alpha == 0:
            raise ValueError(
                f"annealed Langevin has no step from t = {noisy[0].t:.6g}, where there is no signal: begin at a time "
                "below 1, e.g. times(path, steps, first=0.999)"
            )
        rows = []
        # a_i / (2 sigma_i^2), the same at every level.
        pull = 0.5 * (self.size if self.step is None else self.step / noisy[-1].sigma ** 2)
        for i, at in enumerate(noisy):
            update = Update(1 - pull, (pull * at.alpha,), math.sqrt(2 * pull) * at.sigma)
            rows += [Row(at, None, update)] * (self.inner - 1)
            to = noisy[min(i + 1, len(noisy) - 1)]
            scale = to.alpha / at.alpha
            moved = Update(scale * update.base, (scale * update.n[0],), scale * update.noise)
            rows.append(Row(at, to, moved))
        return rows


class PredictorCorrector(Solver):
    """A one-step predictor, followed at each level by `corrections` Langevin steps of signal-to-noise ratio `snr`.

    A level without noise is not corrected. Raises ValueError when the predictor uses earlier predictions.
    """

    order = None

    def __init__(self, predictor: Solver, snr: float = 0.16, corrections: int = 1) -> None:
        if not snr > 0 or corrections < 1 or predictor.predicts != "data":
            raise ValueError(
                f"a corrector needs snr > 0, corrections >= 1 and a predictor of x_0; got {snr}, {corrections} and "
                f"{predictor.name}, which predicts {predictor.predicts}"
            )
        self.name = f"{predictor.name}_corrected"
        self.predictor, self.snr, self.corrections = predictor, snr, corrections

    @property
    def needs_signal(self) -> bool:
        """Where the predictor does: the corrector moves x at the ends of its steps."""
        return self.predictor.needs_signal

    def rows(self, grid: Grid) -> list[Row]:
        """The predictor's rows, whose step ends with the last correction."""
        rows: list[Row] = []
        for row in self.predictor.rows(grid):
            if row.anchor != "here" or row.to is None or any(row.update.n[1:]):
                raise ValueError(f"a predictor must be a one-step method; {self.predictor.name} is not")
            if row.to.sigma == 0:
                rows.append(row)
                continue
            rows.append(Row(row.at, None, row.update))
            for i in range(self.corrections):
                end = row.to if i == self.corrections - 1 else None
                rows.append(Row(row.to, end, Update(1.0), langevin=self.snr))
        return rows
