"""UniPC: an exponential Adams predictor, corrected with the prediction made at its own end.

The prediction at the end of a step serves twice: it corrects the step (the polynomial through one more node)
and it is the latest node of the next. So the corrector costs no evaluation and raises the order by one. Its
coefficients solve R a B(h) = phi(h), whose solution does not depend on B: it is the exact integral of the
polynomial. (The authors' code rounds a to 1/2 at order 2, which keeps the order.)

No formulas are registered here; unipc.order is the entry of the catalogue. Reference: Zhao et al. 2023, theorem 3.1.
"""

from __future__ import annotations

from typing import Literal

from diffusion.solvers.exponential import exponential_update, usable
from diffusion.solvers.plan import Grid, Point, Prediction, Row, Solver, Update


class UniPC(Solver):
    """UniPC-p: a predictor of order p and a corrector of order p + 1, one evaluation a step.

    It begins with p = 1, whose corrected step has order 2; so a run has order p + 1 up to p = 2, and 3 above.
    The last step is not corrected.
    """

    def __init__(self, p: int = 2, predicts: Prediction = "data") -> None:
        if p < 1:
            raise ValueError(f"UniPC needs p >= 1; got {p}")
        self.name, self.p, self.predicts = f"unipc_{p}", p, predicts
        self.order = min(p + 1, 3)

    def rows(self, grid: Grid) -> list[Row]:
        """Each row corrects the step that led to it, then predicts the next."""
        rows: list[Row] = []
        known: list[float] = []
        before: Point | None = None
        for s, t in grid.steps:
            corrector = usable([s.half_log_snr, *known], s, self.p + 1)
            known = [s.half_log_snr, *known][: self.p]
            anchor: Update | Literal["here"] = "here"
            if before is not None and len(corrector) > 1:
                anchor = exponential_update(before, s, corrector, self.predicts)
            update = exponential_update(s, t, usable(known, t, self.p), self.predicts)
            rows.append(Row(s, t, update, anchor))
            before = s
        return rows
