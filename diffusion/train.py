"""Training as a generator: the caller owns progress, pictures, checkpoints and when to stop.

A `Trainer` holds everything that a run's next step depends on: weights, moving average, optimiser, the
random streams, and the data order. `state` gives all of it and `restore` takes it back, so a run that is
interrupted anywhere continues with the same numbers, bit for bit on a CPU with the same number of threads.
Random numbers are drawn on the CPU whatever the device, so that a seed means the same everywhere.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from diffusion.adamw import AdamW
from diffusion.config import TrainConfig
from diffusion.data import DataOrder, Dataset, seed_for
from diffusion.distributed import Processes
from diffusion.errors import UserError
from diffusion.families import Draws, make
from diffusion.networks import build_network
from diffusion.objective import Backward, CompiledBackward, Objective, RecordedBackward


class Report(NamedTuple):
    """One optimiser step: its number from 1, its loss, and the gradient's norm where that was needed."""

    step: int
    loss: Tensor
    grad_norm: Tensor | None


# A share of a batch: x_0, labels or None, and the numbers drawn for it.
Batch: TypeAlias = tuple[Tensor, Tensor | None, Draws]

# Batches that are joined to their noise while the ones before are trained on.
AHEAD = 2
# Batches of points that are drawn at a time. One by one, each finds the processor's caches full of the network.
AT_ONCE = 16
# What the trainer draws beside the family's own numbers.
DEQUANTISE, WITHHELD = "dequantise", "withheld"


class Trainer:
    """One run of training: `step` moves it forward, `state` and `restore` carry it across a restart.

    With several processes each trains on its share of every batch; all hold the same weights.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: Dataset,
        device: torch.device | str = "cpu",
        processes: Processes | None = None,
    ) -> None:
        self.config, self.data, self.device = config, data, torch.device(device)
        self.processes = processes or Processes()
        self._share = self.processes.share(config.batch)
        self.family = make(config, data.kind)
        self.family.to(self.device)
        self.x = data.x.to(self.device)
        self.start = None if data.start is None else data.start.to(self.device)
        self.labels = data.labels.to(self.device) if self.family.sees_labels and data.labels is not None else None
        family = self.family
        network = build_network(config, data.shape, family.outputs, family.classes, family.frequencies)
        self.model = self.family.model(network).to(self.device)
        self._average = deepcopy(self.model).requires_grad_(False).eval()
        self._backward = self._way_back()
        self.parameters: list[Tensor] = list(self.model.parameters())
        self._averages: list[Tensor] = list(self._average.parameters())
        self.optimizer = AdamW(self.parameters, config.weight_decay)
        self.order = DataOrder(len(data.x), seed_for(config.seed, "order"))
        self.noise = torch.Generator().manual_seed(seed_for(config.seed, "noise"))
        self._threads = ThreadPoolExecutor(AHEAD)
        # Batches that are made, or being made, each with where the streams stood before it was drawn.
        self._ahead: deque[tuple[tuple[dict[str, int], Tensor], Batch | Future[Batch]]] = deque()
        self.steps_done = 0
        self._losses: list[Tensor] = []

    def step(self) -> Report:
        """One optimiser step on the next batch. Nothing here waits for the device, unless the family observes."""
        x_0, labels, draws = self._next()
        losses, loss = self._backward(x_0, labels, draws)
        grad_norm = None
        if self.config.clip_norm > 0:
            grad_norm = nn.utils.clip_grad_norm_(self.parameters, self.config.clip_norm).detach()
        self.optimizer.step(self._learning_rate())
        self.steps_done += 1
        if self.config.ema > 0:
            self._update_average()
        if self.family.observes:
            everyone = {name: self.processes.together(value) for name, value in draws.items()}
            self.family.observe(everyone, self.processes.together(losses))
        loss = self.processes.mean(loss)
        self._losses.append(loss)
        return Report(self.steps_done, loss, grad_norm)

    @property
    def average(self) -> nn.Module:
        """The network with the moving average of its weights: the weights as they are, where its decay is 0."""
        if self.config.ema == 0:
            self._update_average()
        return self._average

    def _next(self) -> Batch:
        """The next batch. Where joining noise to data takes long, threads do it for the batches to come.

        Points are drawn for some batches to come as well, unless what is drawn depends on losses. The streams then
        stand further than the training; `state` gives them as they were before the batches that are not trained on.
        """
        if self.family.couples:
            while len(self._ahead) <= AHEAD:
                self._ahead.append((self._streams(), self._threads.submit(self._coupled, self._drawn())))
        elif not self._ahead:
            for _ in range(1 if self.family.observes or len(self.data.shape) > 1 else AT_ONCE):
                self._ahead.append((self._streams(), self._share_of(self._drawn())))
        batch = self._ahead.popleft()[1]
        return batch.result() if isinstance(batch, Future) else batch

    def _streams(self) -> tuple[dict[str, int], Tensor]:
        """Where the data order and the noise stand."""
        return self.order.state(), self.noise.get_state()

    def _drawn(self) -> tuple[Tensor, Draws]:
        """The indices (batch,) and the random numbers of the whole next batch, whatever this process's share."""
        config, n = self.config, self.config.batch
        index = self.order.next(n)
        draws = self.family.draw(n, self.noise)
        if self.start is not None:
            other = index if self.data.paired else torch.randint(len(self.start), (n,), generator=self.noise)
            draws["eps"] = self.start.index_select(0, other.to(self.device))
        if config.dequantise == "on" and self.data.bin_width > 0:
            draws[DEQUANTISE] = torch.rand(n, *self.data.shape, generator=self.noise) - 0.5
        if self.labels is not None and self.family.classes:
            draws[WITHHELD] = torch.rand(n, generator=self.noise) < config.label_dropout
        return index, draws

    def _coupled(self, drawn: tuple[Tensor, Draws]) -> Batch:
        index, draws = drawn
        draws["eps"] = self.family.couple(self.x[index.to(self.device)], draws["eps"])
        return self._share_of((index, draws))

    def _share_of(self, drawn: tuple[Tensor, Draws]) -> Batch:
        """This process's share of a batch, on the device: x_0, labels, and the numbers drawn for it."""
        index, draws = drawn
        if self.processes.size > 1:
            index, draws = index[self._share], {k: v[self._share] for k, v in draws.items()}
        if self.device.type != "cpu":
            index = index.to(self.device, non_blocking=True)
            draws = {k: v.to(self.device, non_blocking=True) for k, v in draws.items()}
        x_0 = self.x.index_select(0, index)
        labels = None if self.labels is None else self.labels.index_select(0, index)
        if DEQUANTISE in draws:
            x_0 = x_0 + self.data.bin_width * draws.pop(DEQUANTISE)
        if labels is not None and WITHHELD in draws:
            labels = labels.masked_fill(draws.pop(WITHHELD), self.family.classes)
        return x_0, labels, draws

    def losses(self) -> Tensor:
        """The loss of every step so far, float32 on the CPU, (steps_done,)."""
        if not self._losses:
            return torch.zeros(0)
        # One tensor again, so that a long run does not keep a million small ones.
        self._losses = [torch.cat([loss.reshape(-1) for loss in self._losses])]
        return self._losses[0].float().cpu()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """(tensors by name, JSON values) from which `restore` continues exactly."""
        tensors = {f"network/{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"average/{k}": v for k, v in self.average.state_dict().items()}
        tensors |= {f"optimizer/{k}": v for k, v in self.optimizer.state().items()}
        tensors |= {f"family/{k}": v for k, v in self.family.state().items()}
        order, noise = self._ahead[0][0] if self._ahead else self._streams()
        tensors |= {"rng/noise": noise, "losses": self.losses()}
        data = {**self.data.kind.as_json(), "sha256": self.data.fingerprint}
        return tensors, {"steps_done": self.steps_done, "order": order, "data": data}

    def restore(self, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Continue from what `state` returned. Raises UserError when it belongs to other data or weights."""
        try:
            seen = state["data"]["sha256"]
            if seen != self.data.fingerprint:
                raise UserError(
                    f"the data {self.config.data} is not what this run began with: its SHA-256 is "
                    f"{self.data.fingerprint[:12]}..., recorded {seen[:12]}...; restore the data, or give another --out"
                )
            self.model.load_state_dict(_under("network/", tensors))
            self.average.load_state_dict(_under("average/", tensors))
            self.optimizer.restore(_under("optimizer/", tensors))
            self.family.restore(_under("family/", tensors))
            self._ahead.clear()
            self.noise.set_state(tensors["rng/noise"])
            self.order.restore(state["order"])
            self.steps_done = int(state["steps_done"])
            self._losses = [tensors["losses"].to(self.device)] if self.steps_done else []
        except (KeyError, ValueError, RuntimeError) as error:
            raise UserError(
                f"the checkpoint does not fit this run: {str(error).splitlines()[0]}. It was written by "
                "another version or for another network; give another --out to start anew"
            ) from error

    def _way_back(self) -> Backward:
        config, objective = self.config, Objective(self.family, self.model)
        alone, compiled = self.processes.size == 1, config.compile == "on"
        if alone and self.device.type == "cpu" and config.precision == "fp32" and self.family.traceable:
            if compiled:
                return CompiledBackward(objective, self._forward)
            # Images take so long that there is nothing to save.
            if len(self.data.shape) == 1:
                return RecordedBackward(objective, self._forward)
        if compiled:
            self.model.compile()
        # The label of "no class" or a learned schedule may have no gradient in some step.
        whole = objective if alone else DistributedDataParallel(objective, find_unused_parameters=True)
        return Backward(whole, self._forward)

    def _forward(self) -> contextlib.ExitStack:
        """What a forward pass runs in: the precision, and for dropout a random stream of this step and process.

        PyTorch has dropout draw from the global stream.
        """
        around = contextlib.ExitStack()
        if self.config.precision != "fp32":
            around.enter_context(torch.autocast(self.device.type, torch.bfloat16))
        if self.config.dropout > 0:
            around.enter_context(torch.random.fork_rng([self.device] if self.device.type == "cuda" else []))
            torch.manual_seed(seed_for(self.config.seed, f"dropout {self.steps_done} {self.processes.rank}"))
        return around

    def _learning_rate(self) -> float:
        return self.config.lr * min(1.0, (self.steps_done + 1) / max(1, self.config.warmup))

    @torch.no_grad()
    def _update_average(self) -> None:
        # Short memory at first, or the random start would linger.
        decay = min(self.config.ema, (1 + self.steps_done) / (10 + self.steps_done))
        torch._foreach_lerp_(self._averages, self.parameters, 1 - decay)


def train(trainer: Trainer) -> Iterator[Report]:
    """Steps until the configured number is done, yielding after each one. Stop it by not asking for more."""
    while trainer.steps_done < trainer.config.steps:
        yield trainer.step()


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}
