"""Training throughput of the U-Net beside denoising-diffusion-pytorch, in one run on one machine.

    python scripts/unet_throughput.py            about ten minutes on one core
    python scripts/unet_throughput.py --smoke    a few seconds, into a temporary file

Both networks have the same first channels, the same multiples, two residual blocks per level on the way down, and
attention on the lowest level; parameters and images a second stand side by side, and the throughput for each
parameter too, for the networks are not the same in every layer. A step is DDPM's loss, backward and Adam. Rounds
of both alternate, so that what disturbs the machine disturbs both; the fastest round counts.

Needs denoising-diffusion-pytorch: pip install 'exegesis[peers]'.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import nn

from diffusion import config
from diffusion.data import Dataset
from diffusion.train import Trainer
from scripts.record import RESULTS, Record

SHAPES = {
    "28 x 28, 32 and 64 channels": {"side": 28, "channels": 32, "multipliers": (1, 2), "batch": 32},
    "8 x 8, 32 and 64 channels": {"side": 8, "channels": 32, "multipliers": (1, 2), "batch": 64},
    "32 x 32, 32, 64 and 128 channels": {"side": 32, "channels": 32, "multipliers": (1, 2, 4), "batch": 16},
}


def ours(shape: dict[str, Any]) -> tuple[Callable[[], Any], int]:
    """(one training step, number of parameters) of this package."""
    levels = len(shape["multipliers"])
    settings = {
        "channels": shape["channels"], "multipliers": shape["multipliers"], "blocks": 2, "attention": (levels - 1,),
        "batch": shape["batch"], "clip_norm": 0, "ema": 0,
    }  # fmt: skip
    x = torch.rand(512, 1, shape["side"], shape["side"]) * 2 - 1
    trainer = Trainer(config.build(settings), Dataset("noise", x))
    return trainer.step, size(trainer.model)


def theirs(shape: dict[str, Any]) -> tuple[Callable[[], Any], int]:
    """The same of denoising-diffusion-pytorch: its U-Net, its loss, Adam as its trainer makes it."""
    from denoising_diffusion_pytorch import GaussianDiffusion, Unet

    network = Unet(dim=shape["channels"], dim_mults=shape["multipliers"], channels=1, attn_heads=4)
    model = GaussianDiffusion(network, image_size=shape["side"], objective="pred_noise")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.99))
    x = torch.rand(512, 1, shape["side"], shape["side"])

    def step() -> None:
        batch = x[torch.randint(len(x), (shape["batch"],))]
        loss = model(batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    return step, size(network)


def size(network: nn.Module) -> int:
    """Number of parameters."""
    return sum(p.numel() for p in network.parameters())


def cell(shape: dict[str, Any], rounds: int, steps: int) -> dict[str, Any]:
    """Images a second of both, the fastest of alternating rounds, by the processor's time."""
    made = {"exegesis": ours(shape), "denoising-diffusion-pytorch": theirs(shape)}
    best = dict.fromkeys(made, float("inf"))
    for step, _ in made.values():
        step()
    for _ in range(rounds):
        for name, (step, _) in made.items():
            begun = time.process_time()
            for _ in range(steps):
                step()
            best[name] = min(best[name], (time.process_time() - begun) / steps)
    return {
        name: {"parameters": parameters, "images a second": shape["batch"] / best[name]}
        for name, (_, parameters) in made.items()
    }


def tables(record: Record) -> list[dict[str, Any]]:
    """What the page shows."""
    rows = []
    for name, found in record.data["cells"].items():
        a, b = found["exegesis"], found["denoising-diffusion-pytorch"]
        speed = a["images a second"] / b["images a second"]
        each = speed * a["parameters"] / b["parameters"]
        sizes = f"{a['parameters'] / 1e6:.2f}, {b['parameters'] / 1e6:.2f}"
        rates = f"{a['images a second']:.1f}, {b['images a second']:.1f}"
        rows.append([name, sizes, rates, f"{speed:.2f}", f"{each:.2f}"])
    return [
        {
            "caption": "A training step of exegesis beside denoising-diffusion-pytorch, in this order: millions of "
            "parameters, images a second of processor time, their ratio, and the ratio of images times parameters.",
            "columns": ["images and network", "parameters", "images a second", "ratio", "by parameters"],
            "rows": rows,
        }
    ]


def without_torchvision() -> str:
    """Let the peer be imported where torchvision cannot be; a note about it, empty where it can.

    Its U-Net and its loss use nothing of torchvision, but its module imports it for its data sets.
    """
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError):
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        for name in ("torchvision", "torchvision.transforms", "torchvision.utils"):
            module = types.ModuleType(name)
            module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
            sys.modules[name] = module
        sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]  # type: ignore[attr-defined]
        sys.modules["torchvision"].utils = sys.modules["torchvision.utils"]  # type: ignore[attr-defined]
        return " An empty module stood in for torchvision, which the peer imports and its U-Net does not use."
    return ""


def main() -> None:
    """Measure what is not yet measured, and write the record."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--smoke", action="store_true", help="a short run that shows that everything works")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    note = without_torchvision()
    path = Path(tempfile.mkdtemp()) / "unet_throughput.json" if chosen.smoke else RESULTS / "unet_throughput.json"
    record = Record(path, f"One CPU thread.{note}", ("torch", "denoising-diffusion-pytorch"))
    for name, shape in SHAPES.items():
        if chosen.smoke:
            shape = {**shape, "batch": 4}
        record.cell(name, lambda s=shape: cell(s, *((1, 1) if chosen.smoke else (8, 10))))
        record.show(tables(record))
    print(path)


if __name__ == "__main__":
    main()
