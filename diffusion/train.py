"""Training as a generator: the caller owns progress, pictures, checkpoints and when to stop.

A `Trainer` holds everything that a run's next step depends on: weights, moving average, optimiser, the
random streams, and the data order. `state` gives all of it and `restore` takes it back, so
a run that is interrupted anywhere continues with the same numbers, bit for bit on a CPU with the same number
of threads. Random numbers are drawn on the CPU whatever the device, so that a seed means the same everywhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from diffusion import ddpm
from diffusion.config import TrainConfig
from diffusion.data import DataOrder, Dataset, seed_for
from diffusion.errors import UserError
from diffusion.networks import MLP, MLPConfig, UNet, UNetConfig
from diffusion.schedules import schedule


class Report(NamedTuple):
    """One optimiser step: its number from 1, and its loss and gradient norm as tensors on the device."""

    step: int
    loss: Tensor
    grad_norm: Tensor


def build_network(config: TrainConfig, shape: tuple[int, ...]) -> nn.Module:
    """The denoiser for samples of a shape: a U-Net for images, an MLP for points.

    Its weights depend on the seed alone. Raises UserError when the sizes do not fit each other.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_for(config.seed, "weights"))
        try:
            if len(shape) == 1:
                return MLP(MLPConfig(dimension=shape[0], hidden=config.hidden, layers=config.layers))
            return UNet(
                UNetConfig(
                    in_channels=shape[0],
                    image_size=shape[-1],
                    channels=config.channels,
                    multipliers=config.multipliers,
                    blocks=config.blocks,
                    attention=config.attention,
                    heads=config.heads,
                    dropout=config.dropout,
                )
            )
        except ValueError as error:
            raise UserError(f"these network sizes do not work: {error}") from error


class Trainer:
    """One run of training: `step` moves it forward, `state` and `restore` carry it across a restart."""

    def __init__(self, config: TrainConfig, data: Dataset, device: torch.device | str = "cpu") -> None:
        self.config, self.device = config, torch.device(device)
        try:
            self.schedule = schedule(config.schedule, config.T)
        except ValueError as error:
            raise UserError(f"this noise schedule does not work: {error}") from error
        self.table = ddpm.coefficients(self.schedule).to(self.device, torch.float32)
        self.x = data.x.to(self.device)
        self.network = build_network(config, data.shape).to(self.device)
        self.average = deepcopy(self.network).requires_grad_(False).eval()
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
        )
        self.order = DataOrder(len(data.x), seed_for(config.seed, "order"))
        self.noise = torch.Generator().manual_seed(seed_for(config.seed, "noise"))
        self._dropout = _DropoutStream(config, self.device) if config.dropout > 0 else None
        self.steps_done = 0
        self._losses: list[Tensor] = []

    def step(self) -> Report:
        """One optimiser step on the next batch. Nothing here waits for the device."""
        config = self.config
        x_0 = self.x[self.order.next(config.batch).to(self.device, non_blocking=True)]
        t = torch.randint(1, config.T + 1, (config.batch,), generator=self.noise)
        eps = torch.randn(x_0.shape, generator=self.noise)
        t, eps = t.to(self.device, non_blocking=True), eps.to(self.device, non_blocking=True)

        with self._dropout or contextlib.nullcontext():
            loss = ddpm.loss(self.network, x_0, t, eps, self.table).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        grad_norm = nn.utils.clip_grad_norm_(self.network.parameters(), config.clip_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        self.optimizer.step()
        self.steps_done += 1
        self._update_average()
        self._losses.append(loss.detach())
        return Report(self.steps_done, loss.detach(), grad_norm.detach())

    def losses(self) -> Tensor:
        """The loss of every step so far, float32 on the CPU, (steps_done,)."""
        if not self._losses:
            return torch.zeros(0)
        # One tensor again, so that a long run does not keep a million small ones.
        self._losses = [torch.cat([loss.reshape(-1) for loss in self._losses])]
        return self._losses[0].cpu()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """(tensors by name, JSON values) from which `restore` continues exactly."""
        tensors = {f"network/{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"average/{k}": v for k, v in self.average.state_dict().items()}
        for index, slots in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{index}/{k}": v for k, v in slots.items()}
        tensors |= {"rng/noise": self.noise.get_state(), "losses": self.losses()}
        if self._dropout is not None:
            tensors["rng/dropout"] = self._dropout.state
        return tensors, {"steps_done": self.steps_done, "order": self.order.state()}

    def restore(self, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Continue from what `state` returned. Raises UserError when it belongs to another network."""
        try:
            self.network.load_state_dict(_under("network/", tensors))
            self.average.load_state_dict(_under("average/", tensors))
            slots: dict[int, dict[str, Tensor]] = {}
            for name, value in _under("optimizer/", tensors).items():
                index, key = name.split("/")
                slots.setdefault(int(index), {})[key] = value
            groups = self.optimizer.state_dict()["param_groups"]
            self.optimizer.load_state_dict({"state": slots, "param_groups": groups})
            self.noise.set_state(tensors["rng/noise"])
            if self._dropout is not None:
                self._dropout.resume(tensors["rng/dropout"])
            self.order.restore(state["order"])
            self.steps_done = int(state["steps_done"])
            self._losses = [tensors["losses"].to(self.device)] if self.steps_done else []
        except (KeyError, ValueError, RuntimeError) as error:
            raise UserError(
                f"the checkpoint does not fit this run: {str(error).splitlines()[0]}. It was written by "
                "another version or for another network; give another --out to start anew"
            ) from error

    def _learning_rate(self) -> float:
        return self.config.lr * min(1.0, (self.steps_done + 1) / max(1, self.config.warmup))

    @torch.no_grad()
    def _update_average(self) -> None:
        # Short memory at first, or the random start would linger.
        decay = min(self.config.ema, (1 + self.steps_done) / (10 + self.steps_done))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.network.parameters()), 1 - decay)


class _DropoutStream:
    """Lends dropout a random stream of the run's own; it draws from PyTorch's global one, as others do."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self._device = device
        generator = torch.Generator(device).manual_seed(seed_for(config.seed, "dropout"))
        self.state = generator.get_state()

    def resume(self, state: Tensor) -> None:
        """Go on from a saved state; one that another kind of device wrote cannot be used, and is left."""
        if state.shape == self.state.shape:
            self.state = state

    def __enter__(self) -> None:
        self._global = self._get()
        self._set(self.state)

    def __exit__(self, *_: object) -> None:
        self.state = self._get()
        self._set(self._global)

    def _get(self) -> Tensor:
        return torch.cuda.get_rng_state(self._device) if self._device.type == "cuda" else torch.get_rng_state()

    def _set(self, state: Tensor) -> None:
        if self._device.type == "cuda":
            torch.cuda.set_rng_state(state, self._device)
        else:
            torch.set_rng_state(state)


def train(trainer: Trainer) -> Iterator[Report]:
    """Steps until the configured number is done, yielding after each one. Stop it by not asking for more."""
    while trainer.steps_done < trainer.config.steps:
        yield trainer.step()


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}
