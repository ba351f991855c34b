"""AdamW as one fused kernel over all parameters, and nothing around it.

`torch.optim.AdamW` computes the same numbers. For a network of a few ten thousand weights its bookkeeping in every
step takes longer than the kernel does.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

BETA_1, BETA_2, EPS = 0.9, 0.999, 1e-8
MEAN, SQUARE, STEP = "exp_avg", "exp_avg_sq", "step"


class AdamW:
    """Adam with decoupled weight decay on fixed parameters. One without a gradient is left out of a step.

    Reference: Loshchilov and Hutter 2019, *Decoupled Weight Decay Regularization*.
    """

    def __init__(self, parameters: Sequence[Tensor], weight_decay: float = 0.0) -> None:
        self.parameters, self.weight_decay = list(parameters), weight_decay
        self._means = [torch.zeros_like(p) for p in self.parameters]
        self._squares = [torch.zeros_like(p) for p in self.parameters]
        # The steps that each parameter has taken, and each count by itself as a view.
        self._taken = torch.zeros(len(self.parameters), device=self.parameters[0].device)
        self._counts = list(self._taken.unbind())

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """One step at a learning rate, by the gradients that the parameters have."""
        moved = [i for i, p in enumerate(self.parameters) if p.grad is not None]
        if len(moved) == len(self.parameters):
            self._taken += 1
        else:
            self._taken[moved] += 1
        parameters, means, squares, counts = (
            [column[i] for i in moved] for column in (self.parameters, self._means, self._squares, self._counts)
        )
        gradients = [p.grad for p in parameters if p.grad is not None]
        torch._fused_adamw_(
            parameters, gradients, means, squares, [], counts,
            lr=lr, beta1=BETA_1, beta2=BETA_2, weight_decay=self.weight_decay, eps=EPS, amsgrad=False, maximize=False,
        )  # fmt: skip

    def state(self) -> dict[str, Tensor]:
        """What a step depends on beside the parameters, by names 'index/slot'."""
        slots = {MEAN: self._means, SQUARE: self._squares, STEP: self._counts}
        return {f"{i}/{name}": column[i] for i in range(len(self.parameters)) for name, column in slots.items()}

    @torch.no_grad()
    def restore(self, state: dict[str, Tensor]) -> None:
        """Continue from what `state` returned. Raises KeyError or RuntimeError for that of other parameters."""
        for name, mine in self.state().items():
            mine.copy_(state[name])
