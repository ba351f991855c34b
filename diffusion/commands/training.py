"""`diffuse train`: begin or resume a run, with progress, checkpoints and pictures, in one process or many."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from diffusion import checkpoint, config, runs
from diffusion.commands.machine import StopRequest, pick_device, progress, say, set_threads
from diffusion.commands.sampling import draw, picture
from diffusion.config import TrainConfig
from diffusion.data import Dataset
from diffusion.distributed import Processes, processes
from diffusion.errors import UserError
from diffusion.families import measured
from diffusion.families.flow import Flow, with_source
from diffusion.families.reflow import pairs
from diffusion.runs import RunFolder
from diffusion.train import Trainer, train
from diffusion.trained import Trained, dataset, open_run

# Steps between two looks at what the other processes want: each look waits for the device.
LOOK_EVERY = 10


def train_run(
    out: Path, asked: dict[str, Any], device: str, threads: int | None = None, tensorboard: bool = False
) -> int:
    """Begin or resume the run in `out`; returns the exit code. Raises UserError."""
    with processes(device) as group:
        where = pick_device(device, group.local_rank)
        run = RunFolder(out)
        settings, data = _settle(run, asked, group, where)
        trainer = Trainer(settings, data, where, group)
        with contextlib.ExitStack() as stack:
            if group.first:
                run.create()
                stack.enter_context(run.locked())
                run.write_config(settings)
                checkpoint.remove_leftovers(run.checkpoints)
            group.wait()
            tell = say if group.first else _silent
            if runs.restore(run, trainer, tell):
                tell(f"resuming {out} at step {trainer.steps_done} of {settings.steps}")
            size = set_threads(threads, trainer.model)
            many = f", {group.size} processes" if group.size > 1 else ""
            tell(f"{settings.family} on {settings.data}, {size:,} weights, on {trainer.device}{many}")
            code = _finish(run, trainer, stack.enter_context(_log(run, tensorboard and group.first)))
            group.wait()
            return code


def _settle(
    run: RunFolder, asked: dict[str, Any], group: Processes, device: torch.device
) -> tuple[TrainConfig, Dataset]:
    """The settings of the run, what they leave open measured on the data, and the data."""
    settings = config.resume(run.read_config(), asked, run.path) if run.exists() else config.build(asked)
    if settings.family == "reflow":
        return settings, _pairs(run, settings, group, device)
    data = dataset(settings)
    if settings.source != "noise":
        data = with_source(data, settings.source)
    return measured(settings, data), data


def _pairs(run: RunFolder, settings: TrainConfig, group: Processes, device: torch.device) -> Dataset:
    """The pairs that a reflow trains on: drawn once by the first process, and kept in the run's folder."""
    teacher = open_run(Path(settings.reflow_from), device, say)
    if not isinstance(teacher.family, Flow) or teacher.family.classes or teacher.config.data != settings.data:
        raise UserError(
            f"--reflow-from must be a run of flow, otcfm or reflow on the same data, without labels; "
            f"{settings.reflow_from} is {teacher.title}, labels {teacher.config.labels}"
        )
    if group.first and not run.pairs.exists():
        run.create()
        run.write_config(settings)
        say(f"drawing {settings.reflow_pairs} pairs from {settings.reflow_from}")
        c = settings
        x_1, x_0 = pairs(teacher.family, teacher.model, c.reflow_pairs, c.reflow_steps, c.seed, device)
        checkpoint.write_atomically(run.pairs, safetensors.torch.save({"x_1": x_1, "x_0": x_0}))
    group.wait()
    try:
        kept = safetensors.torch.load(run.pairs.read_bytes())
    except (OSError, safetensors.SafetensorError) as error:
        raise UserError(f"cannot read {run.pairs}: {error}; delete it, and the pairs are drawn again") from error
    return Dataset(settings.data, kept["x_0"], start=kept["x_1"], paired=True)


def _silent(message: str) -> None:
    """What the processes beside the first have to say."""


class _NoLog:
    def add_scalar(self, name: str, value: float, step: int) -> None:
        """Keep nothing."""


@contextlib.contextmanager
def _log(run: RunFolder, wanted: bool) -> Iterator[Any]:
    """A TensorBoard writer for the run, or nothing. Raises ModuleNotFoundError when tensorboard is absent."""
    if not wanted:
        yield _NoLog()
        return
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(run.path / "tensorboard")) as writer:
        yield writer


def _finish(run: RunFolder, trainer: Trainer, log: Any) -> int:
    """Train to the last step, then draw the pictures; or stop early and say how to go on."""
    fresh, first = trainer.steps_done < trainer.config.steps, trainer.processes.first
    with StopRequest() as stop:
        stopped = _train_loop(run, trainer, stop, log) if fresh else None
    if not first:
        return 0 if stopped is None else 128 + stopped
    from diffusion import plots

    title = f"{trainer.config.family} on {trainer.config.data}"
    plots.loss_curve(trainer.losses(), run.loss_picture, title)
    if stopped is not None:
        say(
            f"stopped at step {trainer.steps_done} of {trainer.config.steps}; everything is saved in "
            f"{run.path}. To go on: diffuse train {trainer.config.family} --out {run.path}"
        )
        return 128 + stopped
    samples = bool(trainer.family.samplers)
    if samples and (fresh or not run.sample_picture.exists()):
        average = trainer.average
        trained = Trained(trainer.config, trainer.family.bound(average), average, trainer.steps_done)
        picture(draw(trained), run.sample_picture, title)
    elif not fresh:
        say(f"{run.path} is already trained to step {trainer.steps_done}; a larger --steps trains on")
    say(f"loss curve: {run.loss_picture}")
    if samples:
        say(f"samples: {run.sample_picture}\nmore samples: diffuse sample {run.path}")
    return 0


def _train_loop(run: RunFolder, trainer: Trainer, stop: StopRequest, log: Any) -> int | None:
    """Train with a bar; returns the signal that stopped it, or None at the last step."""
    steps, group = trainer.config.steps, trainer.processes
    mean: float | None = None
    with progress(
        total=steps, initial=trainer.steps_done, unit="it", smoothing=0.1, disable=not group.first
    ) as bar:  # fmt: skip
        for report in train(trainer):
            bar.update()
            look = report.step % LOOK_EVERY == 0
            if look:
                loss = report.loss.item()
                mean = loss if mean is None else 0.9 * mean + 0.1 * loss
                bar.set_postfix(loss=f"{mean:.4f}", refresh=False)
                log.add_scalar("loss", loss, report.step)
                if report.grad_norm is not None:
                    log.add_scalar("gradient norm", report.grad_norm.item(), report.step)
            wish = _wish(group, stop, trainer.device) if group.size == 1 or look else None
            if wish is not None or report.step % trainer.config.save_every == 0 or report.step == steps:
                if group.first:
                    runs.save(run, trainer)
                group.wait()
            if wish is not None:
                return wish
    return None


def _wish(group: Processes, stop: StopRequest, device: torch.device) -> int | None:
    """The signal on which all processes stop: each must stop at the same step, or the others wait for it."""
    if group.size == 1:
        return stop.signal
    wishes = group.together(torch.tensor([stop.signal or 0], device=device))
    return int(wishes.max()) or None
