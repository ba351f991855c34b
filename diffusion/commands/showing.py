"""`diffuse show` and `diffuse list --samplers`: what a run is and how far it is; which samplers go with what."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

from diffusion import checkpoint, config
from diffusion.families import FAMILIES
from diffusion.families.flow import Flow
from diffusion.families.on_path import deterministic_first
from diffusion.runs import RunFolder

VELOCITY_ALONE = "of the velocity alone: noise and data are joined, so no score goes with it"
WHY_ONE = {"annealed_langevin": "alone: it visits the levels that the network was trained at"}


def list_samplers() -> int:
    """Print the samplers with the options they take, and which of them each family offers; returns the exit code."""
    every, flow = Flow.samplers, deterministic_first("euler")
    print("samplers, each with the options it takes")
    print(_wrapped(name + _bracketed(options) for name, options in every.items()))
    print("those that follow the velocity alone")
    print(_wrapped(flow))
    print("families, each with its default; 'any' is any of the samplers, from the very end of the path")
    for name, family in FAMILIES.items():
        first, *others = family.samplers.items() or [("none", ())]
        offered = "" if not others else "any" if set(family.samplers) == set(every) else VELOCITY_ALONE
        print(f"  {name:12} {first[0] + _bracketed(first[1]):42} {offered or WHY_ONE.get(first[0], '')}".rstrip())
    return 0


def _wrapped(names: Iterable[str]) -> str:
    return textwrap.fill(", ".join(names), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _bracketed(options: tuple[str, ...]) -> str:
    return f" ({' '.join('--' + option for option in options)})" if options else ""


def show_run(path: Path) -> int:
    """Print what a run is, how far it is and whether its checkpoints are whole; returns the exit code."""
    run = RunFolder(path)
    settings = run.read_config()
    print(f"{path}: {settings.family} on {settings.data}")
    for name, value in config.to_json(settings).items():
        families = config.FIELDS[name].metadata["families"]
        if not families or settings.family in families:
            print(f"  {name:13} {value}")
    found = checkpoint.steps(run.checkpoints)
    print("checkpoints" if found else "no checkpoint yet")
    newest = None
    for step in found:
        try:
            newest = checkpoint.load(run.checkpoints, step)
            print(f"  step {step} of {settings.steps}: whole")
        except checkpoint.CheckpointError as error:
            print(f"  step {step} of {settings.steps}: refused: {error}")
    if newest is not None:
        recent = newest.tensors["losses"][-100:]
        print(f"loss          {recent.mean():.4f}, the mean of the last {len(recent)} steps to step {newest.step}")
    for file in (run.loss_picture, run.sample_picture):
        print(f"{file.name:13} {file if file.exists() else 'not drawn yet'}")
    return 0
