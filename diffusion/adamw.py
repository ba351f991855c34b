"""AdamW as one fused kernel over all parameters, and nothing around it.

`torch.optim.AdamW(fused=True)` computes the same numbers by the same kernel. For a network of a few ten thousand
weights its bookkeeping in every step takes longer than the kernel does: 80 microseconds a step against 33, of the
thousand that a step of training takes. The price is a name that PyTorch does not promise to keep; a version without
it is refused when an optimiser is made, and a test compares every number with the public optimiser.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from diffusion.errors import UserError

BETA_1, BETA_2, EPS = 0.9, 0.999, 1e-8
KERNEL = "_fused_adamw_"
MEAN, SQUARE, STEP = "exp_avg", "exp_avg_sq", "step"


class AdamW:
    """Adam with decoupled weight decay on fixed parameters. One without a gradient is left out of a step.

    Raises UserError where PyTorch lacks the kernel.
    Reference: Loshchilov and Hutter 2019, *Decoupled Weight Decay Regularization*.
    """

    def __init__(self, parameters: Sequence[Tensor], weight_decay: float = 0.0) -> None:
        if not hasattr(torch, KERNEL):
            raise UserError(
                f"PyTorch {torch.__version__} has no {KERNEL}, by which training takes its steps; install the version "
                "that is pinned in constraints.txt"
            )
        self.parameters, self.weight_decay = list(parameters), weight_decay
        self._means = [torch.zeros_like(p) for p in self.parameters]
        self._squares = [torch.zeros_like(p) for p in self.parameters]
        # The steps that each parameter has taken, and each count by itself as a view.
        self._taken = torch.zeros(len(self.parameters), device=self.parameters[0].device)
        self._counts = list(self._taken.unbind())

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """One step at a learning rate, by the gradients that the parameters have."""
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        parameters, means, squares, counts = self.parameters, self._means, self._squares, self._counts
        if len(gradients) == len(parameters):
            self._taken += 1
        else:
            moved = [i for i, p in enumerate(parameters) if p.grad is not None]
            self._taken[moved] += 1
            parameters, means, squares, counts = (
                [column[i] for i in moved] for column in (parameters, means, squares, counts)
            )
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
