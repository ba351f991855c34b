"""Exact optimal transport between two samples: the assignment of least total cost, and the least cost of any plan.

SciPy finds it by shortest augmenting paths, one row after the other, which are short where the cost is reduced
by nearly optimal potentials. A few rounds of Sinkhorn's iteration give such potentials, and make it two to three
times as fast for a few hundred rows of unlike laws, such as data and noise. Potentials shift the total of every
assignment by the same number, so the result is exact whatever they are.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

# Sinkhorn's first temperature in units of the mean absolute cost, how many it goes through, each half of the one
# before, and how often the marginals are matched at each.
TEMPERATURE, STAGES, ROUNDS = 0.4, 2, 4
# POT's own limit on the pivots of its network simplex is too low for ten thousand points.
MOST_PIVOTS = 1_000_000_000


def assignment(cost: Tensor) -> Tensor:
    """The columns (n,) that rows 0 to n - 1 of a cost (n, n) are joined to at the least total, on the CPU."""
    cost = cost.detach().cpu()
    rows, columns = _potentials(cost)
    reduced = cost.double().sub(rows[:, None]).sub_(columns)
    reduced -= reduced.amin(1, keepdim=True)
    reduced -= reduced.amin(0, keepdim=True)
    return torch.from_numpy(linear_sum_assignment(reduced.numpy())[1])


def any_sizes() -> bool:
    """Whether POT is installed, which carries samples of unequal sizes and weights to each other."""
    return find_spec("ot") is not None


def least_cost(cost: Tensor, a: Tensor | None = None, b: Tensor | None = None) -> float:
    """The least mean cost of carrying n points to m others, for a cost (n, m): by POT where it is installed.

    a (n,) and b (m,) are weights, positive and of any sum; without them all points count the same. Without POT it
    is SciPy's assignment, which needs n = m and no weights. Raises ValueError for that, for weights that do not fit,
    and when POT does not reach the optimum.
    """
    n, m = cost.shape
    masses = [_masses(given, size) for given, size in ((a, n), (b, m))]
    cost_array = cost.detach().double().cpu().numpy()
    if not any_sizes():
        if n != m or a is not None or b is not None:
            raise ValueError(
                f"transport of {n} points to {m}, or with weights, needs POT; run: pip install 'exegesis[transport]'"
            )
        return float(cost_array[linear_sum_assignment(cost_array)].mean())
    import ot

    total, log = ot.emd2(*masses, cost_array, numItermax=MOST_PIVOTS, log=True)
    if log["warning"] is not None:
        raise ValueError(f"POT did not reach the optimum for a cost of shape {n, m}: {log['warning']}")
    return float(total)


def _masses(weights: Tensor | None, n: int) -> Any:
    """Weights (n,) as float64 of sum 1 on the CPU."""
    given = torch.ones(n, dtype=torch.float64) if weights is None else weights.detach().double().cpu()
    if given.shape != (n,) or not bool((given > 0).all()):
        raise ValueError(f"weights of {n} points are {n} positive numbers; got shape {tuple(given.shape)}")
    return (given / given.sum()).numpy()


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
