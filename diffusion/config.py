"""What a training run is: every choice that decides its numbers, and where choices may come from.

A field of `TrainConfig` is at once a command line flag, a key of a YAML file and an entry of the run's
config.json. This module imports no PyTorch, so that --help is quick.
"""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diffusion.errors import UserError

FAMILIES = {"ddpm": "denoising diffusion: predict the noise, sample with the ancestral chain"}
DATA = {
    "digits": "1,797 handwritten digits of 8 x 8 pixels, from scikit-learn, in [-1, 1]",
    "8gaussians": "eight Gaussians on a circle in the plane, variance 1 per coordinate",
    "moons": "two interleaved half circles in the plane, variance 1 per coordinate",
}
SCHEDULES = {
    "linear": "beta_t grows linearly from 1e-4 to 0.02 at T = 1000, and is scaled by 1000 / T otherwise",
    "cosine": "alpha_bar_t falls like a squared cosine; keeps more signal in the middle",
}


def _option(default: Any, help: str, choices: dict[str, str] | None = None) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices})


@dataclass(frozen=True)
class TrainConfig:
    """All that decides the result of a run. Defaults train the digits in a few minutes on two cores."""

    family: str = _option("ddpm", "model family", FAMILIES)
    data: str = _option("digits", "data set", DATA)
    steps: int = _option(2500, "optimiser steps in all; may be raised later to train on")
    batch: int = _option(64, "samples per step")
    lr: float = _option(1e-3, "learning rate of AdamW")
    warmup: int = _option(100, "steps over which the learning rate rises from 0")
    weight_decay: float = _option(0.0, "weight decay of AdamW")
    clip_norm: float = _option(1.0, "the gradient is scaled down to this norm when it is longer")
    ema: float = _option(0.998, "decay of the moving average of the weights, which samples are drawn with")
    seed: int = _option(0, "seed of the weights, the data order and the noise")
    schedule: str = _option("linear", "noise schedule", SCHEDULES)
    T: int = _option(1000, "steps of the noise schedule")
    channels: int = _option(16, "U-Net: channels of the first level")
    multipliers: tuple[int, ...] = _option((1, 2), "U-Net: channels of each level, as multiples, e.g. 1,2")
    blocks: int = _option(1, "U-Net: residual blocks per level")
    attention: tuple[int, ...] = _option((1,), "U-Net: levels with self-attention, e.g. 1")
    heads: int = _option(4, "U-Net: attention heads")
    dropout: float = _option(0.0, "U-Net: dropout inside residual blocks")
    hidden: int = _option(128, "MLP (points): width")
    layers: int = _option(3, "MLP (points): residual layers")
    save_every: int = _option(500, "steps between checkpoints")


# What may differ when a run is resumed: it changes how long or how safely we train, not what we compute.
RESUMABLE = ("steps", "save_every")
FIELDS = {f.name: f for f in dataclasses.fields(TrainConfig)}


def build(choices: dict[str, Any]) -> TrainConfig:
    """A checked config from some of its fields. Raises UserError for unknown names, types and ranges."""
    for name in choices:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the names are: {', '.join(FIELDS)}"
            raise UserError(f"unknown setting {name!r}; {hint}")
    config = TrainConfig(**{name: _typed(name, value) for name, value in choices.items()})
    _check_ranges(config)
    return config


def read_yaml(path: Path) -> dict[str, Any]:
    """The settings in a YAML file, unchecked. Raises UserError when it is not a readable mapping."""
    import yaml

    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"cannot read the config file {path}: {_first_line(error)}") from error
    if not isinstance(loaded, dict):
        raise UserError(f"the config file {path} must be a list of 'name: value' lines, for example 'steps: 2500'")
    return {str(name): value for name, value in loaded.items()}


def to_json(config: TrainConfig) -> dict[str, Any]:
    """The config as JSON values; `build` reads it back."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(config).items()}


def resume(stored: TrainConfig, asked: dict[str, Any], where: Path) -> TrainConfig:
    """The stored config with what was asked for now. Raises UserError when that would change the result."""
    wanted = build({**to_json(stored), **asked})
    changed = [
        f"{name} was {getattr(stored, name)}, now {getattr(wanted, name)}"
        for name in FIELDS
        if name not in RESUMABLE and getattr(stored, name) != getattr(wanted, name)
    ]
    if changed:
        raise UserError(
            f"the run in {where} was started with other settings: {'; '.join(changed)}. Leave those out to "
            "resume it, or give another --out to start a new run"
        )
    return wanted


def _typed(name: str, value: Any) -> Any:
    """A value of the field's type, from a flag, YAML or JSON."""
    default = _default(name)
    try:
        if isinstance(default, tuple):
            parts = value.split(",") if isinstance(value, str) else value
            parts = [parts] if isinstance(parts, int) else parts
            return tuple(int(part) for part in parts if str(part).strip())
        if isinstance(value, bool) or (isinstance(default, str) and not isinstance(value, str)):
            raise TypeError
        if isinstance(default, int) and int(value) != float(value):
            raise ValueError
        return type(default)(value)
    except (TypeError, ValueError) as error:
        kinds = {int: "a whole number", float: "a number", str: "a word", tuple: "whole numbers such as 1,2"}
        raise UserError(f"setting {name!r} must be {kinds[type(default)]}; got {value!r}") from error


def _default(name: str) -> Any:
    return getattr(TrainConfig(), name)


def _check_ranges(config: TrainConfig) -> None:
    for name, f in FIELDS.items():
        choices = f.metadata["choices"]
        if choices and getattr(config, name) not in choices:
            raise UserError(f"unknown {name} {getattr(config, name)!r}; choose one of: {', '.join(choices)}")
    for name in ("steps", "batch", "T", "channels", "blocks", "heads", "hidden", "layers", "save_every"):
        if getattr(config, name) < 1:
            raise UserError(f"setting {name!r} must be at least 1; got {getattr(config, name)}")
    if not 0 < config.lr < 10:
        raise UserError(f"setting 'lr' must be a positive number such as 0.001; got {config.lr}")
    for name, top in (("ema", 1.0), ("dropout", 1.0)):
        if not 0 <= getattr(config, name) < top:
            raise UserError(f"setting {name!r} must be at least 0 and below 1; got {getattr(config, name)}")
    if config.clip_norm <= 0 or config.warmup < 0 or config.weight_decay < 0 or config.seed < 0:
        raise UserError("clip_norm must be positive; warmup, weight_decay and seed must not be negative")
    if not config.multipliers or min(config.multipliers) < 1:
        raise UserError(f"setting 'multipliers' must be whole numbers from 1 up; got {config.multipliers}")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
