"""`diffuse plot`: the loss curve, samples, and the ways that samples take from noise to data."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from diffusion import checkpoint, plots
from diffusion.commands.machine import pick_device, say, set_threads
from diffusion.commands.sampling import Wishes, draw, guided, picture, states
from diffusion.errors import UserError
from diffusion.runs import RunFolder
from diffusion.trained import open_run

WALKS, STRIPS, COLUMNS, PIXEL_WALKS = 200, 6, 12, 40


def plot_run(path: Path, pixel: str | None, wishes: Wishes, device: str, threads: int | None = None) -> int:
    """Draw every picture of a run into its folder; returns the exit code. Raises UserError."""
    run = RunFolder(path)
    trained = open_run(path, pick_device(device), say)
    set_threads(threads, trained.model)
    found = checkpoint.load_latest(run.checkpoints, say)
    if found is not None:
        plots.loss_curve(found.tensors["losses"], run.loss_picture, trained.title)
        say(f"loss curve: {run.loss_picture}")
    if not trained.family.samplers:
        return 0
    shape = trained.family.shape
    images = len(shape) == 3
    row, column = _pixel(pixel, shape) if images else (0, 0)
    picture(draw(trained, None, wishes), run.sample_picture, trained.title)
    n = max(STRIPS, PIXEL_WALKS) if images else WALKS
    walk = list(states(trained, n, wishes))
    family, told = guided(trained, n, wishes)
    with torch.no_grad():
        guesses = torch.stack([family.guess(told, state).float().cpu() for state in walk])
    t, x = torch.tensor([state.t for state in walk]), torch.stack([state.x_t.float().cpu() for state in walk])
    trajectories = path / "trajectories.png"
    if images:
        shown = torch.linspace(0, len(walk) - 1, min(COLUMNS, len(walk))).round().long()
        plots.image_trajectories(x[shown, :STRIPS], guesses[shown, :STRIPS], trajectories)
        journey = path / "pixel.png"
        title = f"{trained.title}: the pixel in row {row}, column {column}"
        plots.pixel_journey(t, _at(x, row, column), _at(guesses, row, column), journey, title)
        say(f"one pixel's way: {journey}")
    else:
        plots.point_trajectories(x, trajectories, trained.title)
    say(f"samples: {run.sample_picture}\ntrajectories: {trajectories}")
    return 0


def _at(x: Tensor, row: int, column: int) -> Tensor:
    """One pixel of the first channel, (times, PIXEL_WALKS)."""
    return x[:, :PIXEL_WALKS, 0, row, column]


def _pixel(text: str | None, shape: tuple[int, ...]) -> tuple[int, int]:
    _, height, width = shape
    if text is None:
        return height // 2, width // 2
    try:
        row, column = (int(part) for part in text.split(","))
    except ValueError:
        raise UserError(f"--pixel must be two whole numbers such as 4,4; got {text!r}") from None
    if not (0 <= row < height and 0 <= column < width):
        raise UserError(f"--pixel must lie in the {height} x {width} image; got {text}")
    return row, column
