"""Pictures of a run, as PNG files: the loss curve, a grid of images, a cloud of points."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from diffusion.checkpoint import write_atomically

DPI = 120


def loss_curve(losses: Tensor, path: Path, title: str) -> None:
    """The loss of every step (pale) and its running mean, on logarithmic axes. losses is (steps,)."""
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
    axes.set(xscale="log", yscale="log", xlabel="step", ylabel="squared error of eps per dimension", title=title)
    axes.grid(alpha=0.3, which="both", linewidth=0.4)
    axes.legend()
    _write(figure, path)


def image_grid(x: Tensor, path: Path, scale: int = 6) -> None:
    """Images (n, channels, side, side) in [-1, 1] as one picture, each pixel `scale` pixels wide."""
    from matplotlib.image import imsave

    n, channels, side, _ = x.shape
    columns = math.ceil(math.sqrt(n))
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


def _write(figure: Figure, path: Path) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    write_atomically(path, buffer.getvalue())
