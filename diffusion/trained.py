"""A trained run, ready to be sampled or measured: its settings, its family, and the average of its weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from diffusion import checkpoint
from diffusion.config import TrainConfig
from diffusion.data import Dataset, Kind, load
from diffusion.errors import UserError
from diffusion.families import Family, make
from diffusion.networks import build_network
from diffusion.runs import RunFolder


@dataclass(frozen=True, eq=False)
class Trained:
    """A network with the recipe that it was trained by, at a step of its run."""

    config: TrainConfig
    family: Family
    model: nn.Module
    step: int

    @property
    def title(self) -> str:
        """For a picture: the family and the data."""
        return f"{self.config.family} on {self.config.data}"

    def data(self, part: str) -> Dataset:
        """The data of the run: 'train' or 'test'."""
        return dataset(self.config, part)


def dataset(config: TrainConfig, part: str = "train") -> Dataset:
    """The data set that a configuration names. Raises UserError when it cannot be read."""
    return load(config.data, part, config.data_dir, config.image_size, config.image_channels)


def open_run(path: Path, device: torch.device | str, warn: Callable[[str], None]) -> Trained:
    """The newest whole checkpoint of a run. Raises UserError when there is none, or it does not fit."""
    run = RunFolder(path)
    settings = run.read_config()
    found = checkpoint.load_latest(run.checkpoints, warn)
    if found is None:
        raise UserError(f"{path} has no checkpoint yet; train it first: diffuse train {settings.family} --out {path}")
    try:
        kind = Kind.from_json(found.state["data"])
        family = make(settings, kind)
        network = build_network(settings, kind.shape, family.outputs, family.classes, family.frequencies)
        model = family.model(network)
        weights = {
            name.removeprefix("average/"): value for name, value in found.tensors.items() if name.startswith("average/")
        }
        model.load_state_dict(weights)
    except (RuntimeError, KeyError) as error:
        raise UserError(
            f"the checkpoint of step {found.step} does not fit the network of this run: {str(error).splitlines()[0]}"
        ) from error
    family.to(device)
    model = model.to(device).requires_grad_(False).eval()
    return Trained(settings, family.bound(model), model, found.step)
