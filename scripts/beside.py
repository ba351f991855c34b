"""Everything that is measured beside other libraries, in one run: samplers, training in the plane, training a U-Net.

    python scripts/beside.py            ten minutes on one core that does nothing else
    python scripts/beside.py --smoke    the same in a minute, into a temporary file

The three measurements are those of `bench_samplers`, `eight_to_moons` and `unet_throughput`, which say what they do;
here they share one process, one machine and one day. Peers that are not installed are left out: see `bench_samplers`
for how to have them, and pip install 'exegesis[peers]' for those of training.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from scripts import bench_samplers, eight_to_moons, unet_throughput
from scripts.record import RESULTS, Record

PACKAGES = (
    "torch", "diffusers", "k-diffusion", "azula", "flow-matching", "torchcfm", "torchdiffeq",
    "denoising-diffusion-pytorch",
)  # fmt: skip
# The ratios that the project promises: ours is so many times as lean, or as fast.
PROMISED = {"diffusers DDIM": 10.0, "diffusers DDPM": 10.0, "flow matching": 1.5, "U-Net": 1.0}


def samplers() -> dict[str, float]:
    """Ours beside theirs: how many times the processor time of a step."""
    with bench_samplers.quiet():
        cost = bench_samplers.microseconds(bench_samplers.contenders()[0])
    pairs = [(own, other) for own, others in bench_samplers.PAIRS.items() for other in others if other in cost]
    return {f"a step of {own.removeprefix('exegesis ')} / {other}": cost[other] / cost[own] for own, other in pairs}


def plane(rounds: int) -> dict[str, float]:
    """Training in the plane beside torchcfm, both with the points that they are given and with those they draw."""
    found: dict[str, float] = {}
    for coupling in eight_to_moons.COUPLINGS:
        took = eight_to_moons.speed(coupling, rounds)["milliseconds a step"]
        for own in eight_to_moons.OURS:
            for peer in eight_to_moons.PEERS:
                ratios = [a / b for a, b in zip(took[peer], took[own], strict=True)]
                how = own.removeprefix("exegesis").removeprefix(", ")
                what = f"flow matching, {coupling}{', ' + how if how else ''} / {peer}"
                found[what] = median(ratios)
    return found


def unet(rounds: int, steps: int) -> dict[str, float]:
    """Images a second beside denoising-diffusion-pytorch."""
    found = {}
    for name, shape in unet_throughput.SHAPES.items():
        rates = unet_throughput.cell(shape, rounds, steps)
        ours, theirs = (rates[who]["images a second"] for who in ("exegesis", "denoising-diffusion-pytorch"))
        found[f"U-Net, {name} / denoising-diffusion-pytorch"] = ours / theirs
    return found


def measure(smoke: bool) -> dict[str, Any]:
    """All ratios, one after the other."""
    rounds = 1 if smoke else eight_to_moons.ROUNDS
    if smoke:
        bench_samplers.ROUNDS, eight_to_moons.TURN = 1, 2
    ratios = samplers()
    if importlib.util.find_spec("torchcfm"):
        ratios |= plane(rounds)
    if importlib.util.find_spec("denoising_diffusion_pytorch"):
        unet_throughput.without_torchvision()
        ratios |= unet(*((1, 1) if smoke else (8, 10)))
    return {"ratios": {what: round(value, 3) for what, value in ratios.items()}}


def tables(ratios: dict[str, float]) -> list[dict[str, Any]]:
    """What the page shows."""
    rows = []
    for what, value in ratios.items():
        promised = next((least for key, least in PROMISED.items() if key in what and "optimal" not in what), None)
        rows.append([*what.split(" / "), f"{value:.2f}", "" if promised is None else f"at least {promised:g}"])
    return [
        {
            "caption": "How many times as lean, or as fast, this package is: processor time on one thread, in one run. "
            "Samplers with a network that costs nothing, on a tensor of 4 x 1 x 8 x 8; training as described above.",
            "columns": ["what", "beside", "ratio", "promised"],
            "rows": rows,
        }
    ]


def main() -> None:
    """Measure, and write the record."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--smoke", action="store_true", help="a short run that shows that everything works")
    smoke = options.parse_args().smoke
    torch.set_num_threads(1)
    path = Path(tempfile.mkdtemp()) / "beside.json" if smoke else RESULTS / "beside.json"
    record = Record(path, "Samplers and training beside other libraries, one after the other in one process.", PACKAGES)
    record.forget(["one run"])
    record.show(tables(record.cell("one run", lambda: measure(smoke))["ratios"]))
    print(path)


if __name__ == "__main__":
    main()
