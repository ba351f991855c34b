"""A family's loss as a module, and the ways to its gradient: through autograd, as recorded operations, or compiled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad

from diffusion.families import Draws, Family
from diffusion.recording import record


class Objective(nn.Module):
    """A family's loss as a module: what DistributedDataParallel wraps."""

    def __init__(self, family: Family, model: nn.Module) -> None:
        super().__init__()
        self.family, self.model = family, model

    def forward(self, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """The loss of each sample, (n,)."""
        return self.family.loss(self.model, x_0, labels, draws)


class Backward:
    """Called with a batch, it gives the losses (n,) and their mean, and leaves its gradient in the parameters."""

    def __init__(self, objective: nn.Module, around: Callable[[], AbstractContextManager[Any]]) -> None:
        """`around` gives the context of a forward pass: its precision, and the random stream of dropout."""
        self.objective, self.around = objective, around
        self._parameters = list(objective.parameters())

    def __call__(self, x_0: Tensor, labels: Tensor | None, draws: Draws) -> tuple[Tensor, Tensor]:
        """The losses and their mean, without a graph."""
        for parameter in self._parameters:
            parameter.grad = None
        with self.around():
            losses = self.objective(x_0, labels, draws)
        loss = losses.mean()
        loss.backward()
        return losses.detach(), loss.detach()


class CompiledBackward(Backward):
    """The same with loss, forward and backward pass traced as one function of the weights, and compiled.

    Compiling the network alone leaves the loss and the bookkeeping of autograd to Python, step by step.
    """

    def __init__(self, objective: nn.Module, around: Callable[[], AbstractContextManager[Any]]) -> None:
        super().__init__(objective, around)
        self._named = dict(objective.named_parameters())
        self._weights = {name: parameter.detach() for name, parameter in self._named.items()}
        self._function = torch.compile(self._gradients)

    def __call__(self, x_0: Tensor, labels: Tensor | None, draws: Draws) -> tuple[Tensor, Tensor]:
        """The losses and their mean, without a graph."""
        with self.around():
            gradients, (loss, losses) = self._function(self._weights, x_0, labels, draws)
        for name, parameter in self._named.items():
            parameter.grad = gradients[name]
        return losses, loss

    def _gradients(
        self, weights: dict[str, Tensor], x_0: Tensor, labels: Tensor | None, draws: Draws
    ) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor]]:
        def mean_loss(weights: dict[str, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
            losses = functional_call(self.objective, weights, (x_0, labels, draws))
            loss = losses.mean()
            return loss, (loss, losses)

        return grad(mean_loss, has_aux=True)(weights)


class RecordedBackward(Backward):
    """The same as a list of operations, recorded from the first batch and run again for every other.

    The operations are those of autograd, and so are the numbers, bit for bit. Nothing is compiled: recording takes as
    long as a hundred steps. A batch of another shape is recorded anew.
    """

    _kind: tuple[Any, ...] | None = None

    def __call__(self, x_0: Tensor, labels: Tensor | None, draws: Draws) -> tuple[Tensor, Tensor]:
        """The losses and their mean, without a graph."""
        told = () if labels is None else (labels,)
        given = (*self._parameters, x_0, *told, *draws.values())
        kind = (x_0.shape, len(told), *draws)
        with torch.no_grad():
            if kind != self._kind:
                self._operations, self._kind = self._record(given, len(told), tuple(draws)), kind
            *gradients, loss, losses = self._operations(*given)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient
        return losses, loss

    def _record(self, given: tuple[Tensor, ...], labelled: int, drawn: tuple[str, ...]) -> Callable[..., list[Tensor]]:
        """The operations, as a function of weights, x_0, labels where there are any, and draws, in this order."""
        names, first = [name for name, _ in self.objective.named_parameters()], len(self._parameters)
        # The derivative of the mean in each loss, as autograd makes it.
        n = len(given[first])
        share = torch.ones(n) / n

        def flat(*given: Tensor) -> list[Tensor]:
            x_0, labels = given[first], given[first + 1] if labelled else None
            draws = dict(zip(drawn, given[first + 1 + labelled :], strict=True))
            with torch.enable_grad(), self.around():
                weights = [weight.detach().requires_grad_() for weight in given[:first]]
                named = dict(zip(names, weights, strict=True))
                losses = functional_call(self.objective, named, (x_0, labels, draws))
            gradients = torch.autograd.grad(losses, weights, share)
            return [*gradients, losses.detach().mean(), losses.detach()]

        return record(flat, given)
