"""`diffuse evaluate`: distances between samples of a run and its test data, each with a standard error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from diffusion.checkpoint import write_atomically
from diffusion.commands.machine import made, pick_device, say, set_threads
from diffusion.commands.sampling import Wishes, draw
from diffusion.data import Dataset
from diffusion.errors import UserError
from diffusion.metrics import Estimate, frechet, jackknife, mmd, precision, recall, sliced_wasserstein, wasserstein
from diffusion.metrics.features import Trained as Classifier
from diffusion.metrics.features import features, train_classifier
from diffusion.trained import open_run

FEWEST, FEW = 40, 1000


def evaluate_run(path: Path, n: int, wishes: Wishes, device: str, threads: int | None = None) -> int:
    """Print the distances of n samples to the test data and write them down; returns the exit code."""
    if n < FEWEST:
        raise UserError(f"--n must be at least {FEWEST}, for a standard error; got {n}")
    trained = open_run(path, pick_device(device), say)
    set_threads(threads, trained.model)
    test = trained.data("test")
    x = draw(trained, n, wishes)
    images = len(trained.family.shape) == 3 and test.labels is not None
    classifier = train_classifier(trained.data("train"), test, pick_device(device)) if images else None
    distances, notes = measure(x, test, classifier)
    for name, estimate in distances.items():
        print(f"{name:32} {estimate}")
    for name, note in notes.items():
        print(f"{name:32} {note}")
    record = {
        **notes,
        "samples": n,
        "step": trained.step,
        "distances": {name: estimate._asdict() for name, estimate in distances.items()},
        "made": made(device),
    }
    write_atomically(path / "evaluation.json", json.dumps(record, indent=1).encode())
    say(f"written to {path / 'evaluation.json'}")
    return 0


def measure(x: Tensor, test: Dataset, classifier: Classifier | None) -> tuple[dict[str, Estimate], dict[str, Any]]:
    """(distances by name, notes by name) of samples x to as many rows of the test data.

    Images are compared in the features of the classifier, or as they are where there is none.
    """
    # The rows of a data set may be sorted; the jackknife wants them in random order.
    order = torch.randperm(len(test.x), generator=torch.Generator().manual_seed(0))
    y = test.x[order[: len(x)]]
    if x.ndim == 2:
        return distances_of(x, y), {"test data": len(y)}
    if classifier is None:
        say(f"the data {test.name!r} has no classes to train a classifier on, so pixels are compared")
        return distances_of(x.flatten(1), y.flatten(1)), {"test data": len(y), "compared in": "pixels"}
    notes = {
        "test data": len(y),
        "compared in": "features of a small classifier trained on the data",
        "accuracy of the classifier": round(classifier.accuracy, 4),
    }
    f_x, f_y = features(classifier.network, x), features(classifier.network, y)
    return {"frechet distance": jackknife(frechet, f_x, f_y), **distances_of(f_x, f_y)}, notes


def distances_of(x: Tensor, y: Tensor) -> dict[str, Estimate]:
    """Every distance between two samples of points or features (n, d) and (m, d).

    Exact transport and the discrepancy, whose time grows fastest, take the first 1,000 rows of each.
    """
    few_x, few_y = x[:FEW], y[:FEW]
    return {
        "2-wasserstein": jackknife(wasserstein, few_x, few_y),
        "sliced 2-wasserstein": jackknife(sliced_wasserstein, x, y),
        "squared mmd": jackknife(mmd, few_x, few_y),
        "precision": jackknife(precision, x, y),
        "recall": jackknife(recall, x, y),
    }
