"""Exact optimal transport between two samples of one size: the assignment of least total cost.

SciPy finds it by shortest augmenting paths, one row after the other, which are short where the cost is reduced
by nearly optimal potentials. A few rounds of Sinkhorn's iteration give such potentials, and make it two to three
times as fast for a few hundred rows of unlike laws, such as data and noise. Potentials shift the total of every
assignment by the same number, so the result is exact whatever they are.
"""

from __future__ import annotations

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

# Sinkhorn's first temperature in units of the mean absolute cost, how many it goes through, each half of the one
# before, and how often the marginals are matched at each.
TEMPERATURE, STAGES, ROUNDS = 0.4, 2, 4


def assignment(cost: Tensor) -> Tensor:
    """The columns (n,) that rows 0 to n - 1 of a cost (n, n) are joined to at the least total, on the CPU."""
    cost = cost.detach().cpu()
    rows, columns = _potentials(cost)
    reduced = cost.double().sub(rows[:, None]).sub_(columns)
    reduced -= reduced.amin(1, keepdim=True)
    reduced -= reduced.amin(0, keepdim=True)
    return torch.from_numpy(linear_sum_assignment(reduced.numpy())[1])


def _potentials(cost: Tensor) -> tuple[Tensor, Tensor]:
    """Potentials of rows and columns, (n,) each, that nearly solve the dual problem; 0 where they overflow."""
    # Sizes that rows or columns share say nothing, and would overflow.
    rows, columns = cost.mean(1), cost.mean(0) - cost.mean()
    cost = cost - rows[:, None] - columns
    temperature = TEMPERATURE * cost.abs().mean().item()
    if temperature == 0:
        return rows, columns
    kernel = torch.exp(cost / -temperature)
    for _ in range(STAGES):
        right = torch.ones_like(columns)
        for _ in range(ROUNDS):
            left = 1 / (kernel @ right)
            right = 1 / (kernel.mT @ left)
        rows += (temperature * left.log()).nan_to_num_(0, 0, 0)
        columns += (temperature * right.log()).nan_to_num_(0, 0, 0)
        # With these potentials taken off the cost, the kernel at half the temperature is the square of this one.
        kernel.mul_(left[:, None]).mul_(right).square_()
        temperature /= 2
    return rows, columns
