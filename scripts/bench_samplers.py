"""What a sampler costs beside the network: CPU time per step, ours and that of other libraries, in one run.

    python scripts/bench_samplers.py          print the figures
    python scripts/bench_samplers.py --keep   put them into docs/results/overhead.json and on the page

The network is free (it answers with a tensor that is there already), the tensor tiny (4, 1, 8, 8), the thread one:
what is left is the sampler. Each contender makes runs of 100 steps, five in a turn, in turns with all the others, and
its fastest run counts. Libraries that are not installed are named and left out. None of them is a dependency; to have
them all:

    python -m venv peers && peers/bin/pip install -e '.[models]' diffusers azula flow-matching torchcfm torchdiffeq
    peers/bin/pip install torchsde torchvision && peers/bin/pip install --no-deps k-diffusion
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from diffusion.commands.machine import made
from diffusion.families import ddpm
from diffusion.parameterizations import VELOCITY, X_0
from diffusion.paths import path, times
from diffusion.schedules import linear
from diffusion.solvers import last, plan, run, solver
from scripts import charts

DOCS = Path(__file__).resolve().parent.parent / "docs"
RESULTS, PAGE = DOCS / "results" / "overhead.json", DOCS / "solvers.md"
SHAPE, STEPS, RUNS, ROUNDS = (4, 1, 8, 8), 100, 5, 12

# Ours to what does the same elsewhere: the pairs that are compared.
PAIRS = {
    "exegesis ddim": ["diffusers DDIM", "azula DDIM", "k-diffusion Euler"],
    "exegesis ddpm": ["diffusers DDPM", "azula DDPM", "k-diffusion Euler ancestral"],
    "exegesis euler": ["diffusers flow Euler", "flow_matching Euler", "torchcfm (torchdyn Euler)", "torchdiffeq Euler"],
    "exegesis dpm_solver_pp_2m": ["diffusers DPM-Solver++ 2M", "k-diffusion DPM-Solver++ 2M"],
    "exegesis unipc_2": ["diffusers UniPC"],
}

X = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))
ANSWER = torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))
Work = Callable[[], Any]


def answer(*_: Any, **__: Any) -> Tensor:
    """A network that costs nothing."""
    return ANSWER


class Free(nn.Module):
    """The same as a module, for libraries that ask for one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, *_: Any, **__: Any) -> Tensor:
        """The same tensor, whatever it is asked."""
        return ANSWER


def ours() -> dict[str, Work]:
    """Plans are made before the run, as every library makes its tables."""
    kinds = {"ddim": ("linear", "eps"), "heun": ("flow", "velocity"), "euler": ("flow", "velocity")}
    kinds |= {"dpm_solver_pp_2m": ("linear", "x_0"), "unipc_2": ("linear", "x_0"), "ancestral": ("linear", "eps")}
    found: dict[str, Work] = {}
    for name, (along, kind) in kinds.items():
        parameterization = {"velocity": VELOCITY, "x_0": X_0}.get(kind)
        more = (parameterization,) if parameterization else ()
        made_plan = plan(solver(name), path(along), times(path(along), STEPS), *more)
        found[f"exegesis {name.replace('ancestral', 'ddpm')}"] = lambda p=made_plan: last(run(p, answer, X))
    table = ddpm.coefficients(linear(STEPS)).to(dtype=torch.float32)
    found["exegesis ddpm, discrete family"] = lambda: list(ddpm.sample(answer, SHAPE, table, x_T=X))
    return found


def diffusers() -> dict[str, Work]:
    """Schedulers of diffusers, called as its pipelines call them."""
    import diffusers as d

    def loop(scheduler: Any) -> Work:
        def work() -> Tensor:
            scheduler.set_timesteps(STEPS)
            x = X
            for t in scheduler.timesteps:
                x = scheduler.step(answer(x, t), t, x).prev_sample
            return x

        return work

    return {
        "diffusers DDIM": loop(d.DDIMScheduler(clip_sample=False)),
        "diffusers DDPM": loop(d.DDPMScheduler(clip_sample=False)),
        "diffusers DPM-Solver++ 2M": loop(d.DPMSolverMultistepScheduler()),
        "diffusers UniPC": loop(d.UniPCMultistepScheduler()),
        "diffusers flow Euler": loop(d.FlowMatchEulerDiscreteScheduler()),
    }


def k_diffusion() -> dict[str, Work]:
    """The sampling module alone: the package's __init__ imports its training code, whose needs are many."""
    spec = importlib.util.find_spec("k_diffusion")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("No module named 'k_diffusion'", name="k_diffusion")
    bare = types.ModuleType("k_diffusion")
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules["k_diffusion"] = bare
    # Its image helpers want torchvision; the samplers do not use them.
    absent = importlib.util.find_spec("torchvision") is None
    names = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional") if absent else ()
    sys.modules.update({name: types.ModuleType(name) for name in names})
    if absent:
        sys.modules["torchvision.transforms"].functional = sys.modules["torchvision.transforms.functional"]
    from k_diffusion import sampling as k

    for name in names:
        del sys.modules[name]
    sigmas = k.get_sigmas_karras(STEPS, 0.002, 80.0)
    return {
        f"k-diffusion {name}": lambda f=f: f(answer, X, sigmas, disable=True)
        for name, f in {
            "Euler": k.sample_euler,
            "Euler ancestral": k.sample_euler_ancestral,
            "DPM-Solver++ 2M": k.sample_dpmpp_2m,
        }.items()
    }


def azula() -> dict[str, Work]:
    """Samplers of azula with its simple denoiser."""
    from azula.denoise import SimpleDenoiser
    from azula.noise import VPSchedule
    from azula.sample import DDIMSampler, DDPMSampler

    denoiser = SimpleDenoiser(Free(), VPSchedule())
    ddim, ddpm = (kind(denoiser, steps=STEPS, silent=True) for kind in (DDIMSampler, DDPMSampler))
    return {"azula DDIM": lambda: ddim(X), "azula DDPM": lambda: ddpm(X)}


def flow_matching() -> dict[str, Work]:
    """The fixed-step solver of flow_matching."""
    from flow_matching.solver import ODESolver

    flow, grid = ODESolver(velocity_model=lambda x, t: ANSWER), torch.linspace(0, 1, STEPS + 1)
    return {"flow_matching Euler": lambda: flow.sample(X, None, method="euler", time_grid=grid)}


def torchcfm() -> dict[str, Work]:
    """torchcfm has no sampler; its examples integrate with torchdyn's NeuralODE."""
    import torchcfm  # noqa: F401
    from torchdyn.core import NeuralODE

    node, span = NeuralODE(Free(), solver="euler"), torch.linspace(0, 1, STEPS + 1)

    def work() -> Any:
        with torch.no_grad():
            return node.trajectory(X, t_span=span)

    return {"torchcfm (torchdyn Euler)": work}


def torchdiffeq() -> dict[str, Work]:
    """odeint with fixed steps."""
    from torchdiffeq import odeint

    span = torch.linspace(0, 1, STEPS + 1)

    def work() -> Any:
        with torch.no_grad():
            return odeint(lambda t, x: ANSWER, X, span, method="euler")

    return {"torchdiffeq Euler": work}


PEERS = {
    "diffusers": diffusers,
    "k-diffusion": k_diffusion,
    "azula": azula,
    "flow-matching": flow_matching,
    "torchcfm": torchcfm,
    "torchdiffeq": torchdiffeq,
}


def contenders() -> tuple[dict[str, Work], list[str]]:
    """(what to time, the libraries that are there)."""
    works, there = ours(), []
    for name, load in PEERS.items():
        try:
            works |= load()
            there.append(name)
        except ModuleNotFoundError as error:
            print(f"left out: {name}, for {error.name} is not installed")
    return works, there


def microseconds(works: dict[str, Work]) -> dict[str, float]:
    """CPU time per step of each: the fastest of its runs, RUNS in each of ROUNDS turns, after one turn to warm up."""
    best = dict.fromkeys(works, float("inf"))
    for i in range(ROUNDS + 1):
        for name, work in works.items():
            for _ in range(RUNS):
                begin = time.process_time()
                work()
                if i > 0:
                    best[name] = min(best[name], (time.process_time() - begin) / STEPS * 1e6)
    return best


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings of other libraries."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def part(results: dict[str, Any]) -> str:
    """The part of the page: a chart of all, and the ratios."""
    cost = results["microseconds"]
    mine = [name for name in cost if name.startswith("exegesis")]
    chart = charts.bars(dict(sorted(cost.items(), key=lambda item: item[1])), "CPU time per step", "µs", mine)
    rows = [
        [own, other, f"{cost[own]:.1f}", f"{cost[other]:.1f}", f"{cost[other] / cost[own]:.1f}"]
        for own, others in PAIRS.items()
        for other in others
        if other in cost
    ]
    date, device, *versions = results["made"].items()
    made_with = ", ".join([date[1], device[1], *(f"{name} {number}" for name, number in versions)])
    caption = f"CPU time per step in microseconds. Measured: {made_with}."
    return charts.figure(chart, caption) + charts.table(["ours", "other", "ours, µs", "other, µs", "ratio"], rows)


def main() -> int:
    """Time them all; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="write the results and refresh the page")
    keep = parser.parse_args().keep
    torch.set_num_threads(1)
    with quiet():
        works, there = contenders()
        cost = microseconds(works)
    for name, value in sorted(cost.items(), key=lambda item: item[1]):
        print(f"{value:8.1f} µs  {name}")
    with_what = {**made("cpu"), **{name: version(name) for name in there}}
    results: dict[str, Any] = {"made": with_what, "shape": SHAPE, "steps": STEPS, "runs": RUNS * ROUNDS}
    results["microseconds"] = {name: round(value, 2) for name, value in cost.items()}
    if keep:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        charts.refresh(PAGE, "overhead", part(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
