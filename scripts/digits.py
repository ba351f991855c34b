"""Every image family on scikit-learn's digits: sample grids, distances in features, bits per dimension.

    python scripts/digits.py                  every family to convergence: hours on two cores
    python scripts/digits.py --only edm,flow  some of them; with --again also where they have been measured
    python scripts/digits.py --smoke          a few steps of each, into a temporary folder

Runs are kept under runs/digits-results and go on where they stopped; finished measurements are kept in
docs/results/digits.json, with the pictures beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from diffusion import config
from diffusion.commands.evaluating import measure
from diffusion.commands.likelihood import log_probabilities, summary
from diffusion.commands.machine import say
from diffusion.commands.plotting import plot_run
from diffusion.commands.sampling import Wishes, draw, picture
from diffusion.commands.training import train_run
from diffusion.data import Dataset, digits
from diffusion.metrics import Estimate
from diffusion.metrics.features import Trained as Classifier
from diffusion.metrics.features import train_classifier
from diffusion.trained import open_run
from scripts.record import RESULTS, ROOT, Record

STEPS, SAMPLES, TEST = 3000, 1000, 360
REFERENCE = "the training images"


@dataclass(frozen=True)
class Row:
    """One row of the table: which run, how it is trained and sampled, and whether its likelihood is measured."""

    run: str
    family: str
    settings: dict[str, Any] = field(default_factory=dict)
    sampling: dict[str, Any] = field(default_factory=dict)
    method: str = ""


BITS = {"dequantise": "on"}
ROWS = {
    "DDPM, ancestral, 250 steps": Row("ddpm", "ddpm"),
    "DDIM, 50 steps": Row("ddpm", "ddpm", {}, {"sampler": "ddim", "steps": 50}),
    "IDDPM, learned variance, 250 steps": Row("iddpm", "iddpm", method="bound"),
    "NCSN, annealed Langevin, 50 levels of 8 steps": Row("ncsn", "ncsn"),
    "VP, Euler-Maruyama, 250 steps": Row("vp", "vp", BITS, {}, "flow"),
    "VP, predictor-corrector, 250 steps": Row("vp", "vp", BITS, {"sampler": "euler_maruyama_corrected"}),
    "VE, predictor-corrector, 250 steps": Row("ve", "ve"),
    "sub-VP, Euler-Maruyama, 250 steps": Row("subvp", "subvp"),
    "EDM, Heun, 40 steps": Row("edm", "edm"),
    "EDM, Heun with churn, 40 steps": Row("edm", "edm", {}, {"options": {"churn": 20.0}}),
    "VDM, ancestral, 250 steps": Row("vdm", "vdm", method="bound"),
    "flow matching, Euler, 100 steps": Row("flow", "flow", BITS, {}, "flow"),
    "OT-CFM, Euler, 100 steps": Row("otcfm", "otcfm", BITS, {}, "flow"),
    "OT-CFM, Euler, 4 steps": Row("otcfm", "otcfm", BITS, {"steps": 4}),
    "flow matching, Euler, 4 steps": Row("flow", "flow", BITS, {"steps": 4}),
    "rectified flow, Euler, 4 steps": Row("reflow", "reflow", {}, {"steps": 4}),
    "EDM told the class, no guidance": Row("edm-labels", "edm", {"labels": "on"}),
    "EDM told the class, guidance 2": Row("edm-labels", "edm", {"labels": "on"}, {"guidance": 2.0}),
    "DDPM guided by a classifier, scale 2": Row("ddpm", "ddpm", {}, {"guidance": 2.0, "classifier": "classifier"}),
}


def train(runs: Path, row: Row, more: dict[str, Any]) -> Path:
    """The run of a row, trained to its end; what it needs is trained before."""
    out = runs / row.run
    fits = {k: v for k, v in more.items() if row.family in (config.FIELDS[k].metadata["families"] or (row.family,))}
    settings = {"family": row.family, "data": "digits", **row.settings, **fits}
    if row.family == "reflow":
        settings["reflow_from"] = str(train(runs, Row("flow", "flow", BITS), more))
    code = train_run(out, settings, "cpu")
    if code:
        sys.exit(code)
    return out


def reference(train: Dataset, test: Dataset, samples: int) -> dict[str, Any]:
    """The training images in the place of samples: what a perfect model could reach."""
    order = torch.randperm(len(train.x), generator=torch.Generator().manual_seed(1))
    found, notes = measure(train.x[order[:samples]], test, _classifier())
    return {"distances": {name: list(value) for name, value in found.items()}, "notes": notes}


def cell(runs: Path, row: Row, more: dict[str, Any], samples: int, test: int, grid: Path) -> dict[str, Any]:
    """Train, sample, measure: one row of the table."""
    out = train(runs, row, more)
    wishes = dict(row.sampling)
    if "classifier" in wishes:
        wishes["classifier"] = train(runs, Row("classifier", "classifier"), more)
    trained = open_run(out, "cpu", say)
    x = draw(trained, samples, Wishes(**wishes))
    picture(x[:64], grid, "")
    found, notes = measure(x, trained.data("test"), _classifier())
    values = {"distances": {name: list(value) for name, value in found.items()}, "notes": notes, "step": trained.step}
    if row.method:
        data = trained.data("test")
        nats = log_probabilities(trained, data, test, row.method)
        values["bits"] = list(summary(trained, data, nats, row.method)["bits per dimension"])
        values["method"] = row.method
    return values


@cache
def _classifier() -> Classifier:
    return train_classifier(digits("train"), digits("test"))


def tables(record: Record) -> list[dict[str, Any]]:
    """What the page shows."""
    rows, cells = [], record.data["cells"]
    for name in (REFERENCE, *ROWS):
        if name not in cells:
            rows.append([name, "not measured yet", "", "", ""])
            continue
        found = cells[name]
        distances = [str(Estimate(*found["distances"][d])) for d in ("frechet distance", "precision", "recall")]
        bits = f"{Estimate(*found['bits'])} ({found['method']})" if "bits" in found else ""
        rows.append([name, *distances, bits])
    accuracy = cells[REFERENCE]["notes"]["accuracy of the classifier"]
    return [
        {
            "caption": f"{SAMPLES} samples beside {TEST} test images, in the features of a classifier that gets "
            f"{100 * accuracy:.1f}% of them right; each figure with its standard error. The "
            "first row is what a perfect model would reach. Bits per dimension by the flow "
            "or by the bound.",
            "columns": ["family and sampler", "Fréchet distance", "precision", "recall", "bits per dimension"],
            "rows": rows,
        }
    ]


def main() -> None:
    """Measure what is not yet measured, and write the record."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="runs by name, with commas")
    options.add_argument("--again", action="store_true", help="forget what was measured of the runs in --only")
    options.add_argument("--steps", type=int, default=STEPS)
    options.add_argument("--smoke", action="store_true", help="a short run that shows that everything works")
    chosen = options.parse_args()
    more: dict[str, Any] = {"steps": chosen.steps, "channels": 32, "lr": 5e-4, "ema": 0.999}
    runs, results, samples, test = ROOT / "runs" / "digits-results", RESULTS, SAMPLES, TEST
    if chosen.smoke:
        runs, results = (Path(tempfile.mkdtemp()) for _ in range(2))
        more |= {"steps": 3, "channels": 8, "heads": 2, "batch": 8, "T": 60, "levels": 3}
        more |= {"reflow_pairs": 64, "reflow_steps": 2}
        samples, test = 64, 8
    results.mkdir(parents=True, exist_ok=True)
    about = f"Digits: {more['steps']} steps of 64 images, a U-Net of {more['channels']} channels on its first level."
    record = Record(results / "digits.json", about, ("torch", "scikit-learn"))
    wanted = set(filter(None, chosen.only.split(",")))
    if chosen.again:
        record.forget(name for name, row in ROWS.items() if row.run in wanted)
    record.cell(REFERENCE, lambda: reference(digits("train"), digits("test"), samples))
    for name, row in ROWS.items():
        if wanted and row.run not in wanted:
            continue
        grid = results / f"digits-{_slug(name)}.png"
        record.cell(name, lambda a=(runs, row, more, samples, test, grid): cell(*a))
        done = [n for n in ROWS if n in record.data["cells"]]
        pictures = [{"file": f"digits-{_slug(n)}.png", "caption": n} for n in done]
        record.show(tables(record), [*pictures, *_journey(runs, results)])
    print(results / "digits.json")


def _journey(runs: Path, results: Path) -> list[dict[str, str]]:
    """The ways from noise to data of one run, where it has been trained."""
    run = runs / "ddpm"
    if not (run / "checkpoints").is_dir():
        return []
    made = []
    for file, caption in (
        ("pixel.png", "DDPM: the way of one pixel from noise to its value"),
        ("trajectories.png", "DDPM: from noise to digits; each x_t stands above the x_0 predicted from it"),
    ):
        if not (results / f"digits-{file}").is_file():
            if not (run / file).is_file():
                plot_run(run, None, Wishes(), "cpu")
            (results / f"digits-{file}").write_bytes((run / file).read_bytes())
        made.append({"file": f"digits-{file}", "caption": caption})
    return made


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.lower()).replace("--", "-").strip("-")


if __name__ == "__main__":
    main()
