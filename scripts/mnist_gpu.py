"""MNIST on one GPU: DDPM, EDM, flow matching, VDM; samples, distances, bits per dimension.

    python scripts/mnist_gpu.py               four runs of seven minutes of training each
    python scripts/mnist_gpu.py --only edm    one of them

Without a GPU it says so and ends. MNIST is found as `diffuse train --data mnist` finds it: --data-dir, the variable
EXEGESIS_MNIST, data/mnist, or fetch_openml. Runs are kept under runs/mnist and go on where they stopped; finished
measurements are kept in docs/results/mnist_gpu.json, with the pictures beside it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from diffusion import checkpoint, config, runs
from diffusion.commands.evaluating import measure
from diffusion.commands.likelihood import log_probabilities, summary
from diffusion.commands.machine import say
from diffusion.commands.sampling import Wishes, draw, picture
from diffusion.data import Dataset, load
from diffusion.families import measured
from diffusion.metrics import Estimate
from diffusion.metrics.features import Trained as Classifier
from diffusion.metrics.features import train_classifier
from diffusion.runs import RunFolder
from diffusion.train import Trainer
from diffusion.trained import open_run
from scripts.record import RESULTS, ROOT, Record

DEVICE = "cuda"
MINUTES = 7.0
SAMPLES, TEST = 5000, 2000
NETWORK = {"channels": 64, "multipliers": (1, 2, 2), "blocks": 2, "attention": (1, 2), "dropout": 0.1}
SHARED: dict[str, Any] = {
    "data": "mnist", "batch": 256, "lr": 4e-4, "warmup": 500, "ema": 0.9995, "precision": "bf16", "steps": 10**6,
    "save_every": 2000, **NETWORK,
}  # fmt: skip
# Name of the run: its settings, and how its likelihood is measured.
RUNS: dict[str, tuple[dict[str, Any], str]] = {
    "ddpm": ({"family": "ddpm", "schedule": "cosine"}, ""),
    "edm": ({"family": "edm"}, ""),
    "flow": ({"family": "flow", "dequantise": "on"}, "flow"),
    "vdm": ({"family": "vdm", "dropout": 0.0}, "bound"),
}


def train(name: str, data: Dataset, data_dir: str, minutes: float) -> tuple[Path, dict[str, Any]]:
    """Train a run until its minutes are over, whatever the step; what it trained before counts."""
    run = RunFolder(ROOT / "runs" / "mnist" / name)
    settings = measured(config.build({**SHARED, **RUNS[name][0], "data_dir": data_dir}), data)
    trainer = Trainer(settings, data, DEVICE)
    run.create()
    spent_file = run.path / "seconds.txt"
    with run.locked():
        run.write_config(settings)
        checkpoint.remove_leftovers(run.checkpoints)
        spent = float(spent_file.read_text()) if runs.restore(run, trainer, say) and spent_file.is_file() else 0.0
        begun, losses = time.perf_counter() - spent, 0.0
        while time.perf_counter() - begun < 60 * minutes:
            report = trainer.step()
            if report.step % 200 == 0:
                losses = report.loss.item()  # Waits for the device, so that the clock is right.
                print(f"\r{name}: step {report.step}, loss {losses:.4f}", end="", file=sys.stderr, flush=True)
            if report.step % settings.save_every == 0:
                runs.save(run, trainer)
                checkpoint.write_atomically(spent_file, str(time.perf_counter() - begun).encode())
        runs.save(run, trainer)
        checkpoint.write_atomically(spent_file, str(time.perf_counter() - begun).encode())
    print(file=sys.stderr)
    return run.path, {"steps": trainer.steps_done, "minutes": (time.perf_counter() - begun) / 60, "loss": losses}


def cell(
    name: str, data_dir: str, minutes: float, classifier: Classifier, data: Dataset, test: Dataset
) -> dict[str, Any]:
    """Train, sample, measure."""
    path, values = train(name, data, data_dir, minutes)
    trained = open_run(path, DEVICE, say)
    x = draw(trained, SAMPLES, Wishes())
    picture(x[:64], RESULTS / f"mnist-{name}.png", "")
    found, notes = measure(x, test, classifier)
    values |= {"distances": {key: list(value) for key, value in found.items()}, "notes": notes}
    method = RUNS[name][1]
    if method:
        nats = log_probabilities(trained, test, TEST, method)
        values["bits"] = list(summary(trained, test, nats, method)["bits per dimension"])
        values["method"] = method
    return values


def tables(record: Record) -> list[dict[str, Any]]:
    """What the page shows."""
    rows = []
    for name, found in record.data["cells"].items():
        distances = [str(Estimate(*found["distances"][d])) for d in ("frechet distance", "precision", "recall")]
        bits = f"{Estimate(*found['bits'])} ({found['method']})" if "bits" in found else ""
        rows.append([name, found["steps"], f"{found['minutes']:.1f}", *distances, bits])
    return [
        {
            "caption": f"{SAMPLES} samples beside as many test images, in the features of a small classifier; bits per "
            f"dimension of {TEST} test images; standard errors.",
            "columns": ["run", "steps", "minutes", "Fréchet distance", "precision", "recall", "bits per dimension"],
            "rows": rows,
        }
    ]


def main() -> int:
    """Measure what is not yet measured, and write the record."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="runs by name, with commas")
    options.add_argument("--minutes", type=float, default=MINUTES, help="of training for each run")
    options.add_argument("--data-dir", default="", help="folder of MNIST's four IDX files")
    chosen = options.parse_args()
    if not torch.cuda.is_available():
        print(
            "mnist_gpu: PyTorch sees no GPU here, and these runs are made for one. Nothing was measured. "
            "On a CPU: diffuse train ddpm --data mnist --out runs/mnist, or python scripts/digits.py",
            file=sys.stderr,
        )
        return 2
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    data, test = (load("mnist", part, chosen.data_dir) for part in ("train", "test"))
    classifier = train_classifier(data, test, DEVICE)
    record = Record(RESULTS / "mnist_gpu.json", "MNIST, a U-Net of 64, 128 and 128 channels.")
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in filter(None, chosen.only.split(",")) if chosen.only else RUNS:
        record.cell(name, lambda n=name: cell(n, chosen.data_dir, chosen.minutes, classifier, data, test))
        pictures = [{"file": f"mnist-{n}.png", "caption": n} for n in record.data["cells"]]
        record.show(tables(record), pictures)
    print(RESULTS / "mnist_gpu.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
