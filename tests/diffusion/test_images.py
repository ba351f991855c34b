"""Image data: MNIST from IDX files, whole or refused; what is said offline; folders of pictures."""

import gzip
import os
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from PIL import Image

from diffusion import data
from diffusion.data import mnist
from diffusion.errors import UserError

ROOT = Path(__file__).parents[2]
# Where the original files may lie: beside the checkout, or where the variable says.
PLACES = (ROOT.parent / "shared/data/mnist", Path(os.environ.get(mnist.VARIABLE, "/absent")))
ORIGINAL = next((place for place in PLACES if place.is_dir()), None)


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder of IDX files like MNIST's, six images a part, whose checksums are recorded."""
    import hashlib

    parts = {}
    for part, stem in (("train", "train"), ("test", "t10k")):
        images = np.arange(6 * 28 * 28).reshape(6, 28, 28) % (251 if part == "train" else 241)
        labels = np.arange(6) % 3
        (tmp_path / f"{stem}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (tmp_path / f"{stem}-labels-idx1-ubyte").write_bytes(idx(labels))
        sums = [hashlib.sha256(a.astype(np.uint8).tobytes()).hexdigest() for a in (images, labels)]
        parts[part] = (stem, 6, *sums)
    monkeypatch.setattr(mnist, "PARTS", parts)
    return tmp_path


def test_idx_files_are_read_gzipped_or_not(tiny):
    train = data.load("mnist", "train", str(tiny))
    assert train.x.shape == (6, 1, 28, 28) and train.labels.tolist() == [0, 1, 2, 0, 1, 2] and train.classes == 3
    # Byte 0 is -1, byte 255 is 1, and neighbouring bytes are bin_width apart.
    grey = ((train.x.flatten() + 1) / train.bin_width).round().long()
    assert torch.equal(grey, torch.arange(6 * 28 * 28) % 251)
    assert not torch.equal(train.x, data.load("mnist", "test", str(tiny)).x)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda content: content[:-1],
            r"is truncated or too long: its header tells of shape \(6,\), which is 14 bytes",
        ),
        (
            lambda content: content[:-1] + b"\x09",
            "the train labels of MNIST from .* are not the original ones: SHA-256",
        ),
        (lambda content: b"\x89PNG" + content[4:], "is not an IDX file of bytes: it begins with 89 50 4e 47"),
    ],
)
def test_damaged_files_are_refused_by_name(tiny, damage, message):
    file = tiny / "train-labels-idx1-ubyte"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(UserError, match=message):
        data.load("mnist", "train", str(tiny))


def test_a_truncated_archive_is_refused(tiny):
    file = tiny / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(UserError, match=r"cannot read .*train-images-idx3-ubyte.gz: .*; fetch the file again"):
        data.load("mnist", "train", str(tiny))


def test_offline_it_says_what_to_do(tmp_path, monkeypatch):
    import sklearn.datasets

    def offline(*_args, **_more):
        raise URLError("Temporary failure in name resolution")

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", offline)
    monkeypatch.setattr(mnist, "FOLDERS", (tmp_path / "a", tmp_path / "b"))
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    with pytest.raises(UserError) as error:
        data.load("mnist")
    text = str(error.value)
    assert f"MNIST is not in {tmp_path / 'a'} or {tmp_path / 'b'}, and fetching it with scikit-learn failed" in text
    assert "URLError" in text and "Offline: put the four IDX files into a folder and give it with --data-dir" in text
    with pytest.raises(UserError, match=r"holds no file train-images-idx3-ubyte or .*; give the folder of the four IDX"):
        data.load("mnist", "train", str(tmp_path))


def test_what_openml_sends_is_checked_and_cut_in_two(tiny, monkeypatch):
    import sklearn.datasets

    train, test = (data.load("mnist", part, str(tiny)) for part in ("train", "test"))
    pixels = torch.cat([train.x, test.x]).flatten(1)
    pixels = ((pixels + 1) / train.bin_width).round().double().numpy()
    labels = np.array([str(label) for label in [*train.labels.tolist(), *test.labels.tolist()]])
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda *_a, **_k: (pixels, labels))
    monkeypatch.setattr(mnist, "FOLDERS", ())
    for part, wanted in (("train", train), ("test", test)):
        assert torch.equal(data.load("mnist", part).x, wanted.x)
        assert torch.equal(data.load("mnist", part).labels, wanted.labels)
    pixels[0, 0] += 1
    with pytest.raises(
        UserError, match=r"the train images of MNIST from fetch_openml\('mnist_784'\) are not the original"
    ):
        data.load("mnist", "train")


@pytest.mark.skipif(ORIGINAL is None, reason=f"MNIST is neither in ../shared/data/mnist nor where {mnist.VARIABLE} says")
def test_the_original_files_have_the_recorded_checksums():
    for part, n in (("train", 60_000), ("test", 10_000)):
        images, labels = mnist.read_mnist(part, str(ORIGINAL))
        assert images.shape == (n, 28, 28) and np.bincount(labels).tolist()[:2] == (
            [5923, 6742] if n == 60_000 else [980, 1135]
        )


def test_a_folder_of_pictures_is_cropped_resized_and_labelled_by_subfolder(tmp_path):
    for name, colour in (("cats/a.png", (255, 0, 0)), ("cats/b.jpg", (250, 5, 5)), ("dogs/deep/c.png", (0, 0, 255))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (30, 20), colour).save(tmp_path / name)
    (tmp_path / "cats" / "notes.txt").write_text("no picture")
    found = data.load(f"folder:{tmp_path}", image_size=8)
    assert found.x.shape == (3, 3, 8, 8) and found.labels.tolist() == [0, 0, 1] and found.classes == 2
    torch.testing.assert_close(found.x[0, :, 4, 4], torch.tensor([1.0, -1.0, -1.0]))
    torch.testing.assert_close(found.x[2, :, 4, 4], torch.tensor([-1.0, -1.0, 1.0]))
    grey = data.load(f"folder:{tmp_path}", image_size=4, channels=1)
    assert grey.shape == (1, 4, 4) and grey.fingerprint != found.fingerprint
    assert data.load(f"folder:{tmp_path / 'cats'}", image_size=8).labels is None


def test_the_middle_of_a_picture_is_kept(tmp_path):
    wide = np.zeros((10, 30), np.uint8)
    wide[:, 10:20] = 255
    Image.fromarray(wide).save(tmp_path / "a.png")
    x = data.load(f"folder:{tmp_path}", image_size=10, channels=1).x
    assert x.min() == 1.0


def test_folders_without_pictures_and_broken_pictures_are_refused(tmp_path):
    with pytest.raises(UserError, match=f"there is no folder {tmp_path / 'absent'}; write --data folder:PATH"):
        data.load(f"folder:{tmp_path / 'absent'}")
    with pytest.raises(UserError, match=r"holds no image: none of its files ends in \.bmp"):
        data.load(f"folder:{tmp_path}")
    (tmp_path / "a.png").write_bytes(b"not a picture")
    with pytest.raises(UserError, match=r"cannot read the image .*a\.png: .* Take it out of the folder"):
        data.load(f"folder:{tmp_path}")
