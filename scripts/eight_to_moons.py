"""From eight Gaussians to two moons by flow matching, with and without optimal transport, beside torchcfm.

    python scripts/eight_to_moons.py                     three seeds, 20,000 iterations: hours on one core
    python scripts/eight_to_moons.py --speed             measures only the time of a step again, in some minutes
    python scripts/eight_to_moons.py --smoke             the same in a minute, into a temporary file

The data and the training of figure 1 of C2OT (arXiv 2503.10636), read from the code that comes with the paper:
batches of 256, Adam at 3e-4; eight Gaussians of radius 5 and variance 0.1; moons scaled by 3 and shifted by -1,
both coordinates of a point raised by one uniform number of 0..0.2 before that. The figure's error is the least
mean squared distance of 10,000 transported points to 10,000 fresh points of the moons: the square of the
2-Wasserstein distance, no root taken. Its network is larger, three residual blocks of 128-512-128, and its
couplings are made on 1,024 points; here both libraries have torchcfm's MLP, three hidden layers of 128 with
SELU, and couplings on 256. Both see the same points, made before training begins.

Needs torchcfm and POT: pip install 'exegesis[peers]'. Stopped, it goes on where it was.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor, nn

from diffusion import config
from diffusion.data import Dataset, seed_for
from diffusion.metrics import wasserstein
from diffusion.parameterizations import VELOCITY
from diffusion.paths import ConditionalOT
from diffusion.solvers.adaptive import probability_flow
from diffusion.train import Trainer
from scripts.record import RESULTS, Record, spread

BATCH, HIDDEN, LAYERS, RATE = 256, 128, 3, 3e-4
# Steps of a turn, and rounds of turns, where speed is measured.
TURN, ROUNDS = 100, 25
PUBLISHED = {
    ("independent", "Euler, 1 step"): "6.232 ± 0.186",
    ("optimal transport", "Euler, 1 step"): "0.072 ± 0.025",
    ("independent", "adaptive"): "0.120 ± 0.045",
    ("optimal transport", "adaptive"): "0.050 ± 0.040",
}
COUPLINGS = ("independent", "optimal transport")
OURS = ("exegesis", "exegesis, compiled")
NOTEBOOK = "torchcfm, its notebook"
PEERS = ("torchcfm", NOTEBOOK)
LIBRARIES = (*OURS, "torchcfm")


def eight_gaussians(n: int, generator: torch.Generator) -> Tensor:
    """Eight Gaussians on a circle of radius 5, each of variance 0.1 per coordinate, (n, 2)."""
    angle = torch.randint(8, (n,), generator=generator) * (math.pi / 4)
    centre = 5 * torch.stack([angle.cos(), angle.sin()], dim=1)
    return centre + math.sqrt(0.1) * torch.randn(n, 2, generator=generator)


def moons(n: int, generator: torch.Generator) -> Tensor:
    """Two half circles, each point moved along the diagonal by a uniform number, times 3, minus 1, (n, 2)."""
    a = math.pi * torch.rand(n, generator=generator)
    upper = torch.rand(n, generator=generator) < 0.5
    x = torch.where(upper, a.cos(), 1 - a.cos())
    y = torch.where(upper, a.sin(), 0.5 - a.sin())
    return 3 * (torch.stack([x, y], dim=1) + 0.2 * torch.rand(n, 1, generator=generator)) - 1


def points(purpose: str, seed: int, n: int) -> tuple[Tensor, Tensor]:
    """n points of each law: the start and the end of paths."""
    generator = torch.Generator().manual_seed(seed_for(seed, f"eight to moons {purpose}"))
    return eight_gaussians(n, generator), moons(n, generator)


class Here:
    """Training by this package. Time runs from the moons to the Gaussians."""

    def __init__(self, coupling: str, seed: int, steps: int, compiled: bool) -> None:
        begun = time.process_time()
        start, end = points("training", seed, steps * BATCH)
        # Seconds of processor time for the points of a step.
        self.drawing = (time.process_time() - begun) / steps
        settings: dict[str, Any] = {
            "family": "flow" if coupling == "independent" else "otcfm", "data": "moons", "source": "8gaussians",
            "network": "plain", "hidden": HIDDEN, "layers": LAYERS, "batch": BATCH, "lr": RATE, "warmup": 0,
            "clip_norm": 0, "ema": 0, "steps": steps, "seed": seed, "compile": "on" if compiled else "off",
        }  # fmt: skip
        self.trainer = Trainer(config.build(settings), Dataset("moons", end, start=start))

    def step(self) -> None:
        """One step of the optimiser."""
        self.trainer.step()

    def velocity(self) -> Callable[..., Tensor]:
        """v(x, t) of the trained network."""
        return self.trainer.model


class TorchCFM:
    """The same by torchcfm, written as its notebooks are; its time and its velocity are turned into ours.

    With `draws` every step draws its points by torchcfm's own functions, as the notebooks do; else the points
    are those that this package sees, and drawing them is not counted.
    """

    drawing = 0.0

    def __init__(self, coupling: str, seed: int, steps: int, draws: bool = False) -> None:
        from torchcfm.conditional_flow_matching import (
            ConditionalFlowMatcher,
            ExactOptimalTransportConditionalFlowMatcher,
        )
        from torchcfm.models import MLP

        self.start, self.end = points("training", seed, 1 if draws else steps * BATCH)
        torch.manual_seed(seed)
        kind = ConditionalFlowMatcher if coupling == "independent" else ExactOptimalTransportConditionalFlowMatcher
        self.matcher, self.model = kind(sigma=0.0), MLP(dim=2, time_varying=True, w=HIDDEN)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=RATE)
        self.draws, self.done = draws, 0

    def step(self) -> None:
        """One step of the optimiser."""
        i, self.done = self.done, self.done + 1
        if self.draws:
            from torchcfm.utils import sample_8gaussians, sample_moons

            x0, x1 = sample_8gaussians(BATCH), sample_moons(BATCH)
        else:
            x0, x1 = self.start[i * BATCH : (i + 1) * BATCH], self.end[i * BATCH : (i + 1) * BATCH]
        self.optimizer.zero_grad()
        t, xt, ut = self.matcher.sample_location_and_conditional_flow(x0, x1)
        loss = torch.mean((self.model(torch.cat([xt, t[:, None]], dim=-1)) - ut) ** 2)
        loss.backward()
        self.optimizer.step()

    def velocity(self) -> Callable[..., Tensor]:
        """v(x, t) of the trained network, in our time."""
        return lambda x, t: -self.model(torch.cat([x, (1 - t)[:, None]], dim=1))


def training(library: str, coupling: str, seed: int, steps: int) -> Here | TorchCFM:
    """A run of one of LIBRARIES, or of torchcfm as its notebook does it."""
    if library in OURS:
        return Here(coupling, seed, steps, compiled=library.endswith("compiled"))
    return TorchCFM(coupling, seed, steps, draws=library == NOTEBOOK)


@torch.no_grad()
def errors(velocity: Callable[..., Tensor], seed: int, n: int) -> dict[str, float]:
    """The exact squared 2-Wasserstein distance by each way of solving dx / dt = v from t = 1 to t = 0."""
    if isinstance(velocity, nn.Module):
        velocity.eval()
    start, end = points("test", seed, n)
    one_step = start - velocity(start, torch.ones(n))
    adaptive, _ = probability_flow(velocity, ConditionalOT(), start, parameterization=VELOCITY, rtol=1e-4, atol=1e-4)
    return {"Euler, 1 step": wasserstein(one_step, end) ** 2, "adaptive": wasserstein(adaptive, end) ** 2}


def cell(library: str, coupling: str, seed: int, steps: int, n: int) -> dict[str, Any]:
    """The errors of one training run."""
    run = training(library, coupling, seed, steps)
    for _ in range(steps):
        run.step()
    return {"errors": errors(run.velocity(), seed, n)}


def speed(coupling: str, rounds: int) -> dict[str, Any]:
    """Milliseconds of processor time of a step, round by round: every library takes its turn in each of them.

    So what else the machine does, which changes from minute to minute, falls on all alike.
    """
    runs = {name: training(name, coupling, 0, (rounds + 1) * TURN) for name in (*LIBRARIES, NOTEBOOK)}
    took: dict[str, list[float]] = {name: [] for name in runs}
    for i in range(rounds + 1):
        for name, run in runs.items():
            begun = time.process_time()
            for _ in range(TURN):
                run.step()
            if i:  # The first turn compiles, and allocates.
                took[name].append(1000 * ((time.process_time() - begun) / TURN + run.drawing))
    return {"milliseconds a step": {name: [round(value, 4) for value in values] for name, values in took.items()}}


def floor(seed: int, n: int) -> dict[str, Any]:
    """The distance of two samples of the moons: what no method can beat on average."""
    return {"errors": {"floor": wasserstein(points("test", seed, n)[1], points("floor", seed, n)[1]) ** 2}}


def tables(record: Record, libraries: tuple[str, ...], seeds: int) -> list[dict[str, Any]]:
    """What the page shows."""
    cells = record.data["cells"]
    error_rows, time_rows = [], []
    for coupling in COUPLINGS:
        runs = {lib: [cells[f"{lib} / {coupling} / seed {seed}"] for seed in range(seeds)] for lib in libraries}
        for solver in ("Euler, 1 step", "adaptive"):
            found = [spread([run["errors"][solver] for run in runs[lib]]) for lib in libraries]
            error_rows.append([coupling, solver, *found, PUBLISHED[coupling, solver]])
        took = cells[f"speed / {coupling}"]["milliseconds a step"]
        for name in (*libraries, NOTEBOOK):
            ratios = [_ratio(took[peer], took[name]) if name in OURS else "" for peer in PEERS]
            time_rows.append([coupling, name, f"{median(took[name]):.2f}", *ratios])
    floors = spread([cells[f"floor / seed {seed}"]["errors"]["floor"] for seed in range(seeds)])
    return [
        {
            "caption": f"Squared 2-Wasserstein distance to the moons, {seeds} seeds, mean and standard deviation. Two "
            f"samples of the moons are {floors} apart.",
            "columns": ["coupling", "solver", *libraries, "C2OT, figure 1 (larger network, ten runs)"],
            "rows": error_rows,
        },
        {
            "caption": "Milliseconds of processor time of a training step, and how many times as fast as torchcfm's: "
            f"medians, and quartiles in brackets, of rounds in which each takes its turn of {TURN} steps. torchcfm "
            "draws nothing where it is given the points of this package, and draws them step by step in its notebooks; "
            "the times of this package count the drawing, and no compiling.",
            "columns": ["coupling", "library", "milliseconds", *(f"against {peer}" for peer in PEERS)],
            "rows": time_rows,
        },
    ]


def _ratio(theirs: list[float], ours: list[float]) -> str:
    ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
    low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
    return f"{median(ratios):.2f} ({low:.2f}, {high:.2f})"


def main() -> None:
    """Run what is not yet done, and write the record."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--steps", type=int, default=20_000)
    options.add_argument("--points", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--speed", action="store_true", help="measure again how long a step takes, and keep the rest")
    options.add_argument("--smoke", action="store_true", help="a short run that shows that everything works")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    path = RESULTS / "eight_to_moons.json"
    if chosen.smoke:
        chosen.seeds, chosen.steps, chosen.points, chosen.rounds = 1, 200, 400, 2
        path = Path(tempfile.mkdtemp()) / "eight_to_moons.json"
    about = (
        f"Flow matching from eight Gaussians to two moons: {chosen.steps} iterations of {BATCH} points, an MLP of "
        f"{LAYERS} hidden layers of {HIDDEN}; distances between {chosen.points} points."
    )
    record = Record(path, about, ("torch", "torchcfm", "POT", "scipy"))
    if chosen.speed:
        record.forget(f"speed / {coupling}" for coupling in COUPLINGS)
    for coupling in COUPLINGS:
        record.cell(f"speed / {coupling}", lambda c=coupling: speed(c, chosen.rounds))
    for seed in range(chosen.seeds):
        record.cell(f"floor / seed {seed}", lambda seed=seed: floor(seed, chosen.points))
        for coupling in COUPLINGS:
            for library in LIBRARIES:
                key = f"{library} / {coupling} / seed {seed}"
                record.cell(key, lambda a=(library, coupling, seed): cell(*a, chosen.steps, chosen.points))
        record.show(tables(record, LIBRARIES, seed + 1))
    print(path)


if __name__ == "__main__":
    main()
