"""Data sets: points in the plane, scikit-learn's digits, MNIST, and any folder of images.

Images are float32 (n, channels, side, side) in [-1, 1]; points are float32 (n, 2) with variance 1 per
coordinate, so that the variance-preserving chain keeps their scale.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from diffusion.data import folder as folders
from diffusion.data.mnist import read_mnist
from diffusion.data.order import DataOrder, seed_for
from diffusion.data.toys import TOYS
from diffusion.errors import UserError

__all__ = ["DataOrder", "Dataset", "Kind", "digits", "load", "seed_for"]

POINTS = 20_000
FOLDER_PREFIX = "folder:"
# The last images of the digits are for testing: as many of each digit as chance gives, by a fixed shuffle.
DIGITS_TEST = 360


class Kind(NamedTuple):
    """What a network must know of the data: the shape of a sample, the number of classes, the grey level's width."""

    shape: tuple[int, ...]
    classes: int = 0
    bin_width: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"shape": list(self.shape), "classes": self.classes, "bin_width": self.bin_width}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Kind:
        """What `as_json` gave. Raises KeyError when it is something else."""
        return cls(tuple(stored["shape"]), int(stored["classes"]), float(stored["bin_width"]))


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in memory.

    x is (n, ...) float32; labels (n,) int64 in 0..classes - 1, or None. bin_width is the distance between
    neighbouring grey levels of x, 0 for points. `start` is None, or the ends of paths whose other ends are x,
    of the shape of x: row i belongs to row i of x when `paired`, else any to any.
    """

    name: str
    x: Tensor
    labels: Tensor | None = None
    classes: int = 0
    bin_width: float = 0.0
    start: Tensor | None = None
    paired: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample: (channels, side, side) or (d,)."""
        return tuple(self.x.shape[1:])

    @property
    def kind(self) -> Kind:
        """What a network must know of it."""
        return Kind(self.shape, self.classes, self.bin_width)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of x: a run that is resumed must see the same data."""
        return hashlib.sha256(self.x.numpy().tobytes()).hexdigest()


def digits(part: str = "train") -> Dataset:
    """scikit-learn's 1,797 digits of 8 x 8 pixels; grey values 0..16 become -1..1. part: train, test or all.

    The test part has 360 images, chosen once by a fixed shuffle; the training part has the other 1,437.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise UserError(
            "the digits come with scikit-learn, which is not installed; run: pip install 'exegesis[models]'"
        ) from error
    bundle = load_digits()
    images = torch.from_numpy(bundle.images).to(torch.float32)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed_for(0, "digits split")))
    chosen = {"train": order[DIGITS_TEST:], "test": order[:DIGITS_TEST], "all": torch.arange(len(images))}[part]
    labels = torch.from_numpy(bundle.target).long()[chosen]
    return Dataset("digits", (images[chosen] / 8 - 1).unsqueeze(1), labels, 10, 1 / 8)


def load(name: str, part: str = "train", data_dir: str = "", image_size: int = 32, channels: int = 3) -> Dataset:
    """A data set by name, the same on every machine. Raises UserError for an unknown name.

    part is 'train' or 'test'; the test part of points is a fresh draw, that of a folder is the folder itself.
    data_dir is the folder of MNIST's files; image_size and image channels are for 'folder:PATH'.
    """
    if name in TOYS:
        draw, classes = TOYS[name]
        purpose = f"data {name}" if part == "train" else f"data {name} {part}"
        x, labels = draw(POINTS, torch.Generator().manual_seed(seed_for(0, purpose)))
        return Dataset(name, x, labels, classes)
    if name == "digits":
        return digits(part)
    if name == "mnist":
        images, numbers = read_mnist(part, data_dir)
        return _of_bytes(name, images[:, None], numbers)
    if name.startswith(FOLDER_PREFIX):
        pixels, labels_or_none = folders.read_images(Path(name.removeprefix(FOLDER_PREFIX)), image_size, channels)
        return _of_bytes(name, pixels, labels_or_none)
    known = ", ".join([*TOYS, "digits", "mnist", "folder:PATH"])
    raise UserError(f"unknown data {name!r}; choose one of: {known}")


def _of_bytes(name: str, images: np.ndarray, labels: np.ndarray | None) -> Dataset:
    """Bytes 0..255 as -1..1."""
    x = torch.from_numpy(images.astype(np.float32)) / 127.5 - 1
    if labels is None:
        return Dataset(name, x, bin_width=1 / 127.5)
    return Dataset(name, x, torch.from_numpy(labels.astype(np.int64)), int(labels.max()) + 1, 1 / 127.5)
