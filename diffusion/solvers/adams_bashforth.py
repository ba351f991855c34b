"""Exponential Adams-Bashforth of order 1 to 4 on the prediction of eps: the exact integrals of DPM-Solver, multistep.

Order k is exact where eps is a polynomial of degree below k in lambda. The entries dpm.exact_solution and
dpm.phi_recursion of the catalogue give the integrals. Reference: Hochbruck and Ostermann 2010, section 2.5.
"""

from __future__ import annotations

from diffusion.solvers.exponential import Exponential
from diffusion.solvers.plan import Prediction


class AdamsBashforth(Exponential):
    """The exponential Adams-Bashforth method of the given order; `predicts` chooses eps or x_0."""

    def __init__(self, order: int = 3, predicts: Prediction = "noise") -> None:
        super().__init__(f"adams_bashforth_{order}", order, predicts)
