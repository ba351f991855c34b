"""A folder of image files as a data set: cropped to squares, resized, with one class per subfolder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from diffusion.errors import UserError

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"}


def image_files(folder: Path) -> list[Path]:
    """The image files in a folder and its subfolders, sorted. Raises UserError when there are none."""
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}; write --data folder:PATH with the folder of your images")
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not found:
        raise UserError(f"{folder} holds no image: none of its files ends in {', '.join(sorted(SUFFIXES))}")
    return found


def read_images(folder: Path, side: int, channels: int) -> tuple[np.ndarray, np.ndarray | None]:
    """(images (n, channels, side, side) uint8, labels (n,) int64 or None) of every image under a folder.

    Each is cropped to its central square and resized; channels is 1 for grey or 3 for colour. The labels
    number the subfolders by name; they are None when all images lie in one folder. Raises UserError that
    names a file which is no readable image.
    """
    from PIL import Image, ImageOps

    files = image_files(folder)
    images = np.empty((len(files), channels, side, side), np.uint8)
    for i, path in enumerate(files):
        try:
            with Image.open(path) as opened:
                picture = opened.convert("L" if channels == 1 else "RGB")
        except (OSError, ValueError) as error:
            raise UserError(f"cannot read the image {path}: {error}. Take it out of the folder") from error
        fitted = ImageOps.fit(picture, (side, side), method=Image.Resampling.LANCZOS)
        pixels = np.asarray(fitted).reshape(side, side, channels)
        images[i] = pixels.transpose(2, 0, 1)
    parents = [path.relative_to(folder).parent for path in files]
    names = sorted(set(parents))
    labels = np.array([names.index(parent) for parent in parents]) if len(names) > 1 else None
    return images, labels
