"""What the commands of `diffuse` do, once their arguments are read. Progress goes to stderr."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from diffusion import checkpoint, config, data, ddpm, runs
from diffusion.config import TrainConfig
from diffusion.errors import UserError
from diffusion.runs import RunFolder
from diffusion.schedules import schedule
from diffusion.train import Trainer, build_network, train

# Samples in a picture: a grid of images, a cloud of points.
IMAGES, POINTS = 64, 1000
# Under this many weights a step is too short to be worth sharing among threads.
SMALL_NETWORK = 1_000_000
SAMPLE_STEPS = 250
CHUNK = 512


def say(message: str) -> None:
    """One line to the person who waits, above any progress bar."""
    tqdm.write(message, file=sys.stderr)


class StopRequest:
    """Turns the first Ctrl-C or SIGTERM into a wish that a loop can grant; a second one stops at once.

    Python lets only the main thread receive signals; in another thread this listens to nothing.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        main = threading.current_thread() is threading.main_thread()
        for number in (signal.SIGINT, signal.SIGTERM) if main else ():
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number
        say("stopping after this step, and saving; once more stops at once, without saving")


def train_run(out: Path, asked: dict[str, Any], device: str, threads: int | None = None) -> int:
    """Begin or resume the run in `out`; returns the exit code. Raises UserError."""
    run = RunFolder(out)
    resuming = run.exists()
    settings = config.resume(run.read_config(), asked, out) if resuming else config.build(asked)
    trainer = Trainer(settings, data.load(settings.data), pick_device(device))
    run.create()
    with run.locked():
        run.write_config(settings)
        checkpoint.remove_leftovers(run.checkpoints)
        if runs.restore(run, trainer, say):
            say(f"resuming {out} at step {trainer.steps_done} of {settings.steps}")
        size = set_threads(threads, trainer.network)
        say(f"{settings.family} on {settings.data}, {size:,} weights, on {trainer.device}")
        return _finish(run, trainer)


def _finish(run: RunFolder, trainer: Trainer) -> int:
    """Train to the last step, then draw the pictures; or stop early and say how to go on."""
    fresh = trainer.steps_done < trainer.config.steps
    with StopRequest() as stop:
        if fresh:
            _train_loop(run, trainer, stop)
        from diffusion import plots

        plots.loss_curve(trainer.losses(), run.loss_picture, f"{trainer.config.family} on {trainer.config.data}")
        if stop.signal is not None:
            say(
                f"stopped at step {trainer.steps_done} of {trainer.config.steps}; everything is saved in "
                f"{run.path}. To go on: diffuse train {trainer.config.family} --out {run.path}"
            )
            return 128 + stop.signal
    if fresh or not run.sample_picture.exists():
        x = draw(trainer.average, trainer.config, device=trainer.device)
        picture(x, run.sample_picture, f"{trainer.config.family} on {trainer.config.data}")
    else:
        say(f"{run.path} is already trained to step {trainer.steps_done}; a larger --steps trains on")
    say(f"loss curve: {run.loss_picture}\nsamples: {run.sample_picture}\nmore samples: diffuse sample {run.path}")
    return 0


def _train_loop(run: RunFolder, trainer: Trainer, stop: StopRequest) -> None:
    steps = trainer.config.steps
    mean: float | None = None
    with tqdm(total=steps, initial=trainer.steps_done, unit="it", dynamic_ncols=True, smoothing=0.1) as bar:
        for report in train(trainer):
            bar.update()
            if report.step % 10 == 0:
                loss = report.loss.item()
                mean = loss if mean is None else 0.9 * mean + 0.1 * loss
                bar.set_postfix(loss=f"{mean:.4f}", refresh=False)
            if stop.signal is not None or report.step % trainer.config.save_every == 0 or report.step == steps:
                runs.save(run, trainer)
            if stop.signal is not None:
                return


def sample_run(
    path: Path,
    n: int | None,
    out: Path | None,
    seed: int,
    steps: int | None,
    sigma: str,
    device: str,
    threads: int | None = None,
) -> int:
    """Draw n samples from a run into a picture or an array; returns the exit code. Raises UserError.

    n, steps and out have the defaults of `draw` and RUN/samples-seedS.png.
    """
    run = RunFolder(path)
    settings = run.read_config()
    out = out or path / f"samples-seed{seed}.png"
    if out.suffix not in (".png", ".npy"):
        raise UserError(f"--out must end in .png (a picture) or .npy (an array of numbers); got {out}")
    if n is not None and n < 1:
        raise UserError(f"--n must be at least 1; got {n}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {out.parent}: {error.strerror}. Choose another --out") from error
    where = pick_device(device)
    found = checkpoint.load_latest(run.checkpoints, say)
    if found is None:
        raise UserError(f"{path} has no checkpoint yet; train it first: diffuse train {settings.family} --out {path}")
    network = _average_network(settings, found).to(where)
    set_threads(threads, network)
    x = draw(network, settings, n, seed=seed, steps=steps, sigma=sigma, device=where)
    try:
        picture(x, out, f"{settings.family} on {settings.data}, step {found.step}")
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}. Choose another --out") from error
    say(f"{len(x)} samples of step {found.step}: {out}")
    return 0


def show_run(path: Path) -> int:
    """Print what a run is, how far it is and whether its checkpoints are whole; returns the exit code."""
    run = RunFolder(path)
    settings = run.read_config()
    print(f"{path}: {settings.family} on {settings.data}")
    for name, value in config.to_json(settings).items():
        print(f"  {name:13} {value}")
    found = checkpoint.steps(run.checkpoints)
    print("checkpoints" if found else "no checkpoint yet")
    newest = None
    for step in found:
        try:
            newest = checkpoint.load(run.checkpoints, step)
            print(f"  step {step} of {settings.steps}: whole")
        except checkpoint.CheckpointError as error:
            print(f"  step {step} of {settings.steps}: refused: {error}")
    if newest is not None:
        recent = newest.tensors["losses"][-100:]
        print(f"loss          {recent.mean():.4f}, the mean of the last {len(recent)} steps to step {newest.step}")
    for file in (run.loss_picture, run.sample_picture):
        print(f"{file.name:13} {file if file.exists() else 'not drawn yet'}")
    return 0


def draw(
    network: nn.Module,
    settings: TrainConfig,
    n: int | None = None,
    *,
    seed: int = 0,
    steps: int | None = None,
    sigma: str = "beta_tilde",
    device: torch.device | str = "cpu",
) -> Tensor:
    """n samples from a trained network, on the CPU, with a progress bar. Raises UserError.

    n is by default 64 images or 1000 points; steps, the number of sampling steps, 250 or T if that is less.
    """
    full = schedule(settings.schedule, settings.T)
    try:
        coarse, times = full.respaced(min(SAMPLE_STEPS, full.T) if steps is None else steps)
    except ValueError as error:
        raise UserError(str(error)) from error
    table = ddpm.coefficients(coarse, sigma, times).to(device, torch.float32)
    generator = torch.Generator(device).manual_seed(data.seed_for(seed, "samples"))
    shape = data.SHAPES[settings.data]
    if n is None:
        n = IMAGES if len(shape) == 3 else POINTS
    chunks = [min(CHUNK, n - start) for start in range(0, n, CHUNK)]
    drawn = []
    with tqdm(total=len(chunks) * table.T, unit="it", desc="sampling", dynamic_ncols=True) as bar:
        for size in chunks:
            clip = 1.0 if len(shape) == 3 else None
            for state in ddpm.sample(network, (size, *shape), table, generator=generator, clip=clip):
                if state.t > 0:
                    bar.update()
            drawn.append(state.x_t.cpu())
    return torch.cat(drawn)


def picture(x: Tensor, path: Path, title: str) -> None:
    """Write samples as a PNG (images in a grid, points in the plane), or as a .npy array."""
    if path.suffix == ".npy":
        import io

        import numpy as np

        buffer = io.BytesIO()
        np.save(buffer, x.numpy())
        checkpoint.write_atomically(path, buffer.getvalue())
        return
    from diffusion import plots

    if x.dim() == 4:
        plots.image_grid(x, path)
    else:
        plots.point_cloud(x, path, title)


def pick_device(name: str) -> torch.device:
    """A device by name; 'auto' is a GPU when PyTorch sees one. Raises UserError when it cannot be used."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"cannot use the device {name!r}: {reason}. Use --device cpu") from error
    return device


def set_threads(threads: int | None, network: nn.Module) -> int:
    """Use so many CPU threads, or as many as suit the network; returns its number of weights."""
    size = sum(p.numel() for p in network.parameters())
    if threads is not None:
        torch.set_num_threads(threads)
    elif size < SMALL_NETWORK:
        torch.set_num_threads(1)
    return size


def _average_network(settings: TrainConfig, found: checkpoint.Checkpoint) -> nn.Module:
    network = build_network(settings, data.SHAPES[settings.data]).eval()
    weights = {
        name.removeprefix("average/"): value for name, value in found.tensors.items() if name.startswith("average/")
    }
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise UserError(
            f"the checkpoint of step {found.step} does not fit the network of this run: {str(error).splitlines()[0]}"
        ) from error
    return network
