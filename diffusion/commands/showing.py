"""`diffuse show`: what a run is, how far it is, and whether its checkpoints are whole."""

from __future__ import annotations

from pathlib import Path

from diffusion import checkpoint, config
from diffusion.families import FAMILIES
from diffusion.runs import RunFolder


def list_samplers() -> int:
    """Print the samplers of every family, the default first, each with the options it takes; returns the exit code."""
    for name, family in FAMILIES.items():
        shown = [f"{sampler}{_bracketed(options)}" for sampler, options in family.samplers.items()]
        print(f"{name:12} {', '.join(shown) or 'none'}")
    return 0


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
