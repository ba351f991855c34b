"""Exponential integrators in closed form: the step with everything frozen but the point, and polynomial predictions.

Formulas: solver.exp_euler, dpm.phi_recursion.

The solvers of `diffusion.solvers` take these steps from tables; there the integrals come by quadrature, which also
serves nodes that are not evenly spaced. Functions are elementwise on tensors that broadcast, in any floating dtype.

Reference: Lu et al. 2022, *DPM-Solver*, appendix B.
"""

from __future__ import annotations

import torch
from torch import Tensor

from diffusion.formula import formula
from diffusion.numerics import exp_remainder


@formula("solver.exp_euler")
def exponential_euler_step(x: Tensor, rest: Tensor, f: Tensor, delta: Tensor) -> Tensor:
    """x at s - delta for dx / ds = f x + rest with both held fixed; f is not 0, delta >= 0."""
    return (-f * delta).exp() * x + torch.expm1(-f * delta) / f * rest


@formula("dpm.phi_recursion")
def polynomial_weights(h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(h phi_1, h^2 phi_2, h^3 phi_3): the integrals of e^(h - tau) times 1, tau and tau^2 / 2 over [0, h], h > 0."""
    return exp_remainder(h, 1), exp_remainder(h, 2), exp_remainder(h, 3)
