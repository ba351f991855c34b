"""`diffuse sample`: draw from a trained run, with guidance, into a picture or an array."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffusion import checkpoint
from diffusion.commands.machine import pick_device, progress, say, set_threads
from diffusion.data import seed_for
from diffusion.errors import UserError
from diffusion.families import Family, Sampling, State, Told
from diffusion.families.classifier import Classifier
from diffusion.families.guidance import ClassifierPush, tell
from diffusion.families.on_path import OnPath
from diffusion.runs import RunFolder
from diffusion.trained import Trained, open_run

# Samples in a picture: a grid of images, a cloud of points.
IMAGES, POINTS = 64, 1000
CHUNK = 512


@dataclass(frozen=True)
class Wishes:
    """How to sample: what is None or empty takes the default of the family."""

    sampler: str | None = None
    steps: int | None = None
    seed: int = 0
    label: int | None = None
    guidance: float = 1.0
    classifier: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)


def sample_run(
    path: Path, n: int | None, out: Path | None, wishes: Wishes, device: str, threads: int | None = None
) -> int:
    """Draw n samples from a run into a picture or an array; returns the exit code. Raises UserError.

    n and out have the defaults of `draw` and RUN/samples-seedS.png.
    """
    RunFolder(path).read_config()
    out = out or path / f"samples-seed{wishes.seed}.png"
    if out.suffix not in (".png", ".npy"):
        raise UserError(f"--out must end in .png (a picture) or .npy (an array of numbers); got {out}")
    if n is not None and n < 1:
        raise UserError(f"--n must be at least 1; got {n}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {out.parent}: {error.strerror}. Choose another --out") from error
    trained = open_run(path, pick_device(device), say)
    set_threads(threads, trained.model)
    x = draw(trained, n, wishes)
    try:
        picture(x, out, f"{trained.title}, step {trained.step}")
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}. Choose another --out") from error
    say(f"{len(x)} samples of step {trained.step}: {out}")
    return 0


def draw(trained: Trained, n: int | None = None, wishes: Wishes | None = None) -> Tensor:
    """n samples from a trained network, on the CPU, with a progress bar. Raises UserError.

    n is by default 64 images or 1000 points.
    """
    wishes = wishes or Wishes()
    if n is None:
        n = IMAGES if len(trained.family.shape) == 3 else POINTS
    starts = range(0, n, CHUNK)
    moves = trained.family.moves(_checked(trained, wishes)[1])
    drawn = []
    with progress(total=len(starts) * moves, unit="it", desc="sampling") as bar:
        for start in starts:
            walk = states(trained, min(CHUNK, n - start), wishes, first=start)
            last = next(walk)
            for last in walk:  # noqa: B007
                bar.update()
            drawn.append(last.x_t.float().cpu())
    return torch.cat(drawn)


def states(trained: Trained, n: int, wishes: Wishes, first: int = 0) -> Iterator[State]:
    """The states of one batch of n samples, noise to data. `first` is the number of its first sample.

    Without --label, a class-conditional network is told the classes in turn. Raises UserError.
    """
    sampler, steps = _checked(trained, wishes)
    device = next(trained.model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed_for(wishes.seed, f"samples {first}" if first else "samples"))
    family, told = guided(trained, n, wishes, first)
    with torch.no_grad():
        yield from family.sample(told, n, Sampling(sampler, steps, generator, wishes.options))


def _checked(trained: Trained, wishes: Wishes) -> tuple[str, int]:
    """The sampler and its number of steps. Raises UserError for what the family cannot do."""
    family = trained.family
    if not family.samplers:
        raise UserError(f"a run of the family {trained.config.family!r} makes no samples; use it with --classifier")
    sampler = wishes.sampler or next(iter(family.usable))
    if sampler not in family.usable:
        raise UserError(
            f"unknown sampler {sampler!r} for the family {trained.config.family!r}; choose one of: "
            f"{', '.join(family.usable)}"
        )
    taken = family.usable[sampler]
    for name in wishes.options:
        if name not in taken:
            known = f"it takes: {', '.join('--' + option for option in taken)}" if taken else "it takes no options"
            raise UserError(f"the sampler {sampler!r} does not take --{name}; {known}")
    steps = family.steps if wishes.steps is None else wishes.steps
    if steps < 1:
        raise UserError(f"--steps must be at least 1; got {steps}")
    return sampler, steps


def guided(trained: Trained, n: int, wishes: Wishes, first: int = 0) -> tuple[Family, Told]:
    """The family and the network, with the classes and the guidance of n samples; `first` numbers the first of them."""
    family, device = trained.family, next(trained.model.parameters()).device
    if wishes.classifier is None:
        if wishes.guidance != 1 and not family.classes:
            raise UserError("--guidance needs a run trained with --labels on, or a --classifier RUN")
        if wishes.label is not None and not family.classes:
            raise UserError("--label needs a run trained with --labels on, or a --classifier RUN")
        if not family.classes:
            return family, tell(trained.model)
        labels = _labels(wishes.label, n, first, family.classes, device)
        return family, tell(trained.model, labels, wishes.guidance, family.classes)
    classifier = open_run(wishes.classifier, device, say)
    judge = classifier.family
    if not isinstance(judge, Classifier):
        raise UserError(
            f"{wishes.classifier} is a run of {classifier.config.family}; train one: diffuse train classifier"
        )
    if trained.config.data != classifier.config.data or family.shape != judge.shape:
        raise UserError(
            f"a classifier guides runs on its own data; it was trained on {classifier.config.data}, "
            f"the run on {trained.config.data}"
        )
    assert isinstance(family, OnPath)
    labels = _labels(wishes.label, n, first, judge.data_classes, device)
    earliest = 1 / classifier.config.T
    push = ClassifierPush(classifier.model, judge.path, judge.network_time, earliest, labels, wishes.guidance)
    return family.guided_by(push), tell(trained.model)


def _labels(label: int | None, n: int, first: int, classes: int, device: torch.device) -> Tensor:
    if label is None:
        return torch.arange(first, first + n, device=device) % classes
    if not 0 <= label < classes:
        raise UserError(f"--label must be among 0..{classes - 1}; got {label}")
    return torch.full((n,), label, device=device)


def picture(x: Tensor, path: Path, title: str) -> None:
    """Write samples as a PNG (images in a grid, points in the plane), or as a .npy array."""
    if path.suffix == ".npy":
        buffer = io.BytesIO()
        np.save(buffer, x.numpy())
        checkpoint.write_atomically(path, buffer.getvalue())
        return
    from diffusion import plots

    if x.dim() == 4:
        plots.image_grid(x, path)
    else:
        plots.point_cloud(x, path, title)
