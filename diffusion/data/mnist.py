"""MNIST: 70,000 handwritten digits of 28 x 28 pixels, from its IDX files or from scikit-learn's fetch_openml.

Whatever the source, the SHA-256 of the pixels and of the labels must be the recorded one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np

from diffusion.errors import UserError

# Where the IDX files are looked for when no folder is given: the variable, then these folders.
VARIABLE = "EXEGESIS_MNIST"
FOLDERS = (Path("data/mnist"), Path.home() / ".cache" / "exegesis" / "mnist")
SIDE = 28
# Per part: file stem, number of images, SHA-256 of the pixels, SHA-256 of the labels (one byte each).
PARTS = {
    "train": (
        "train",
        60_000,
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    ),
    "test": (
        "t10k",
        10_000,
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
}


def read_mnist(part: str, folder: str = "") -> tuple[np.ndarray, np.ndarray]:
    """(images (n, 28, 28) uint8, labels (n,) uint8) of 'train' or 'test'.

    `folder` holds the four IDX files, gzipped or not; without it the variable EXEGESIS_MNIST and the usual
    folders are tried, then fetch_openml. Raises UserError when none has them or a checksum is wrong.
    """
    given = folder or os.environ.get(VARIABLE, "")
    candidates = [Path(given)] if given else list(FOLDERS)
    stem = PARTS[part][0]
    for candidate in candidates:
        if _idx_file(candidate, f"{stem}-images-idx3-ubyte") is not None:
            images = read_idx(candidate, f"{stem}-images-idx3-ubyte")
            labels = read_idx(candidate, f"{stem}-labels-idx1-ubyte")
            return _checked(part, images, labels, str(candidate))
    if given:
        raise UserError(
            f"{given} holds no file {stem}-images-idx3-ubyte or {stem}-images-idx3-ubyte.gz; give the folder of "
            "the four IDX files of MNIST with --data-dir, or leave it out to fetch them with scikit-learn"
        )
    return _from_openml(part)


def read_idx(folder: Path, name: str) -> np.ndarray:
    """The array of bytes in the IDX file `name` or `name`.gz of a folder. Raises UserError when it is none."""
    path = _idx_file(folder, name)
    if path is None:
        raise UserError(f"{folder} holds no file {name} or {name}.gz")
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise UserError(f"cannot read {path}: {error}; fetch the file again") from error
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise UserError(f"{path} is not an IDX file of bytes: it begins with {content[:4].hex(' ')}, not 00 00 08")
    rank = content[3]
    header = 4 + 4 * rank
    shape = tuple(int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(rank))
    if len(content) != header + int(np.prod(shape)):
        raise UserError(
            f"{path} is truncated or too long: its header tells of shape {shape}, which is "
            f"{header + int(np.prod(shape))} bytes; it has {len(content)}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _idx_file(folder: Path, name: str) -> Path | None:
    # Some mirrors write train-images.idx3-ubyte.
    for spelling in (name, name.replace("-idx", ".idx")):
        for path in (folder / spelling, folder / f"{spelling}.gz"):
            if path.is_file():
                return path
    return None


def _from_openml(part: str) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import fetch_openml

    try:
        pixels, labels = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True, parser="liac-arff")
    except Exception as error:
        # Whatever the network does wrong, what helps is the same.
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UserError(
            f"MNIST is not in {' or '.join(map(str, FOLDERS))}, and fetching it with scikit-learn failed "
            f"({reason}). Offline: put the four IDX files into a folder and give it with --data-dir or in the "
            f"variable {VARIABLE}; or train on --data digits, which needs no download"
        ) from error
    first = PARTS["train"][1]
    rows = slice(None, first) if part == "train" else slice(first, None)
    images = pixels[rows].astype(np.uint8).reshape(-1, SIDE, SIDE)
    return _checked(part, images, labels[rows].astype(np.uint8), "fetch_openml('mnist_784')")


def _checked(part: str, images: np.ndarray, labels: np.ndarray, source: str) -> tuple[np.ndarray, np.ndarray]:
    _, n, pixel_sum, label_sum = PARTS[part]
    if images.shape != (n, SIDE, SIDE) or labels.shape != (n,):
        raise UserError(
            f"the {part} part of MNIST has {n} images of 28 x 28 and as many labels; {source} has "
            f"{images.shape} and {labels.shape}"
        )
    for what, array, recorded in (("images", images, pixel_sum), ("labels", labels, label_sum)):
        digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
        if digest != recorded:
            raise UserError(
                f"the {part} {what} of MNIST from {source} are not the original ones: SHA-256 {digest[:12]}..., "
                f"recorded {recorded[:12]}...; fetch them again"
            )
    return images, labels
