"""A run folder: config.json, checkpoints/, loss.png, samples.png; and what opens one safely."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from diffusion import config as configs
from diffusion.config import TrainConfig
from diffusion.errors import UserError

if TYPE_CHECKING:
    from diffusion.train import Trainer

CONFIG = "config.json"
LOCK = ".lock"


class RunFolder:
    """The paths of one run. Making the object touches nothing on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_file = path / CONFIG
        self.checkpoints = path / "checkpoints"
        self.loss_picture = path / "loss.png"
        self.sample_picture = path / "samples.png"
        self.pairs = path / "pairs.safetensors"

    def exists(self) -> bool:
        """Whether a run was begun here."""
        return self.config_file.is_file()

    def read_config(self) -> TrainConfig:
        """The settings the run was begun with. Raises UserError when this is no run, or is unreadable."""
        if not self.path.exists():
            raise UserError(
                f"there is no folder {self.path}; give the folder that 'diffuse train --out' wrote, or see "
                "'diffuse list FOLDER' for the runs in a folder"
            )
        if not self.exists():
            raise UserError(
                f"{self.path} is not a run: it has no {CONFIG}. Give the folder that 'diffuse train --out' wrote"
            )
        try:
            stored = json.loads(self.config_file.read_text(encoding="utf-8"))
            if not isinstance(stored, dict):
                raise ValueError("it is not an object")
        except (OSError, ValueError) as error:
            raise UserError(
                f"cannot read {self.config_file}: {error}. Restore it from a copy, or train again with another --out"
            ) from error
        return configs.rebuild(stored)

    def create(self) -> None:
        """Make the folder. Raises UserError when it cannot be made, or holds something that is no run."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            foreign = [entry.name for entry in os.scandir(self.path) if entry.name != LOCK]
        except OSError as error:
            raise UserError(f"cannot make the folder {self.path}: {error.strerror}. Choose another --out") from error
        if foreign and not self.exists():
            raise UserError(
                f"{self.path} is not empty and is not a run: it holds {sorted(foreign)[0]!r}. Choose another --out"
            )

    def write_config(self, config: TrainConfig) -> None:
        """Record the settings. Raises UserError when the folder cannot be written to."""
        from diffusion.checkpoint import write_atomically

        content = json.dumps(configs.to_json(config), indent=1).encode()
        try:
            write_atomically(self.config_file, content)
        except OSError as error:
            raise UserError(f"cannot write to {self.path}: {error}. Choose another --out") from error

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for one process; the system frees it when that process ends, however it ends.

        Raises UserError when another process holds it. Without file locks (Windows) it holds nothing.
        """
        try:
            import fcntl
        except ImportError:
            yield
            return
        with open(self.path / LOCK, "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UserError(
                    f"another process is training {self.path} now; wait for it, stop it, or give another --out"
                ) from error
            yield


def save(run: RunFolder, trainer: Trainer) -> None:
    """Write a checkpoint. Raises UserError, and writes nothing, when the loss is no longer a number."""
    import torch

    from diffusion import checkpoint

    tensors, state = trainer.state()
    bad = (~torch.isfinite(tensors["losses"])).nonzero()
    if len(bad):
        raise UserError(
            f"the loss was not a finite number at step {int(bad[0]) + 1}; the last checkpoint is untouched. "
            "Try a smaller --lr or --clip-norm in another --out"
        )
    try:
        checkpoint.save(run.checkpoints, trainer.steps_done, tensors, state)
    except OSError as error:
        raise UserError(f"cannot write a checkpoint to {run.checkpoints}: {error}; is the disk full?") from error


def restore(run: RunFolder, trainer: Trainer, warn: Callable[[str], None]) -> bool:
    """Continue from the newest whole checkpoint, if there is one; say whether there was."""
    from diffusion import checkpoint

    found = checkpoint.load_latest(run.checkpoints, warn)
    if found is None:
        return False
    trainer.restore(found.tensors, found.state)
    return True


def runs_in(folder: Path) -> list[Path]:
    """The runs directly inside a folder, by name. Raises UserError when it cannot be listed."""
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder) if (Path(entry.path) / CONFIG).is_file())
    except OSError as error:
        raise UserError(f"cannot list {folder}: {error.strerror}. Give a folder that holds runs") from error
