"""Pictures of a run, as PNG files: loss curve, grids of images, clouds of points, ways from noise to data."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from diffusion.checkpoint import write_atomically

DPI = 120
# From this value on a pixel's way is drawn on a scale that is logarithmic outside of -1..1.
TALL = 6.0


def loss_curve(losses: Tensor, path: Path, title: str) -> None:
    """The loss of every step (pale) and its running mean, losses (steps,); logarithmic where all are positive."""
    values = losses.double().numpy()
    step = np.arange(1, len(values) + 1)
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(step, values, color="tab:blue", alpha=0.2, linewidth=0.6, label="each step")
    window = max(1, len(values) // 50)
    smooth = np.convolve(values, np.ones(window) / window, mode="valid")
    middle = window // 2
    axes.plot(
        step[middle : middle + len(smooth)],
        smooth,
        color="tab:blue",
        linewidth=1.6,
        label=f"mean of {window} steps",
    )
    scale = "log" if values.min() > 0 else "linear"
    axes.set(xscale="log", yscale=scale, xlabel="step", ylabel="loss", title=title)
    axes.grid(alpha=0.3, which="both", linewidth=0.4)
    axes.legend()
    _write(figure, path)


def image_grid(x: Tensor, path: Path, scale: int = 6, columns: int | None = None) -> None:
    """Images (n, channels, side, side) in [-1, 1] as one picture, each pixel `scale` pixels wide."""
    from matplotlib.image import imsave

    n, channels, side, _ = x.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    gap = 1
    canvas = np.full((rows * (side + gap) + gap, columns * (side + gap) + gap, 3), 0.35)
    # Grey is repeated to three channels; of more than three, the first three are shown.
    pixels = ((x.float().clamp(-1, 1) + 1) / 2).permute(0, 2, 3, 1).cpu().numpy()
    pixels = np.repeat(pixels, 3, axis=3) if channels < 3 else pixels[..., :3]
    for i in range(n):
        top, left = (i // columns) * (side + gap) + gap, (i % columns) * (side + gap) + gap
        canvas[top : top + side, left : left + side] = pixels[i, :, :, :3]
    buffer = io.BytesIO()
    imsave(buffer, canvas.repeat(scale, axis=0).repeat(scale, axis=1), format="png")
    write_atomically(path, buffer.getvalue())


def point_cloud(x: Tensor, path: Path, title: str) -> None:
    """Points (n, d) by their first two coordinates, on equal axes."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    points = x.float().cpu().numpy()
    axes.scatter(points[:, 0], points[:, 1], s=3, alpha=0.5, linewidths=0)
    axes.set(aspect="equal", title=title)
    axes.grid(alpha=0.3, linewidth=0.4)
    _write(figure, path)


def point_trajectories(x: Tensor, path: Path, title: str) -> None:
    """The ways of points x (times, n, d) from noise (grey) to data (blue), by their first two coordinates."""
    walks = x[..., :2].float().cpu().numpy()
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.add_subplot()
    for i in range(walks.shape[1]):
        axes.plot(walks[:, i, 0], walks[:, i, 1], color="tab:gray", alpha=0.35, linewidth=0.6)
    axes.scatter(walks[0, :, 0], walks[0, :, 1], s=6, color="tab:gray", linewidths=0, label="noise")
    axes.scatter(walks[-1, :, 0], walks[-1, :, 1], s=8, color="tab:blue", linewidths=0, label="samples")
    axes.set(aspect="equal", title=title)
    axes.legend(loc="upper right")
    _write(figure, path)


def image_trajectories(x: Tensor, guesses: Tensor, path: Path) -> None:
    """Two rows for each sample, x and guesses (times, n, channels, side, side): x_t above the predicted x_0.

    Time runs to the right, from noise to data; every x_t is scaled to its own range.
    """
    peak = x.abs().flatten(2).amax(2)[..., None, None, None].clamp(min=1)
    rows = torch.stack([x / peak, guesses], dim=2)
    times, n = x.shape[:2]
    image_grid(rows.permute(1, 2, 0, 3, 4, 5).reshape(2 * n * times, *x.shape[2:]), path, columns=times)


def pixel_journey(t: Tensor, x: Tensor, guesses: Tensor, path: Path, title: str) -> None:
    """The value of one pixel in several samples as t falls: x (times, n) as lines, predicted x_0 dashed for one."""
    values = x.float().cpu().numpy()
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for i in range(values.shape[1]):
        axes.plot(t, values[:, i], linewidth=0.8, alpha=0.5)
    axes.plot(t, values[:, 0], color="black", linewidth=1.4, label="x_t of the first sample")
    axes.plot(t, guesses[:, 0].float().cpu(), color="black", linewidth=1, linestyle="--", label="its predicted x_0")
    axes.set(xlabel="t, from noise to data", ylabel="value of the pixel", title=title)
    if abs(values).max() > TALL:
        # Noise far larger than the data would hide the data: logarithmic beyond the data's range.
        axes.set_yscale("symlog", linthresh=1)
    axes.invert_xaxis()
    axes.grid(alpha=0.3, linewidth=0.4)
    axes.legend()
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    write_atomically(path, buffer.getvalue())
