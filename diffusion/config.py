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

FAMILIES = {
    "ddpm": "denoising diffusion: predict the noise, sample with the ancestral chain",
    "iddpm": "improved DDPM: learned variance, hybrid loss, times drawn by importance",
    "ddim": "trained as DDPM, sampled without noise in few steps (--eta adds noise)",
    "ncsn": "noise-conditional score network: denoising score matching, annealed Langevin",
    "vp": "score SDE, variance preserving: Euler-Maruyama, predictor-corrector, probability flow",
    "ve": "score SDE, variance exploding",
    "subvp": "score SDE, sub-VP",
    "edm": "preconditioned denoiser, log-normal noise levels, Heun with churn",
    "vdm": "variational diffusion: the schedule is learned, the loss is bits per dimension",
    "flow": "flow matching on straight paths; --source joins two data sets",
    "otcfm": "flow matching with minibatch optimal transport coupling",
    "reflow": "rectified flow: straightens the paths of the flow in --reflow-from",
    "classifier": "a classifier of noised samples, for classifier guidance (sample --classifier)",
}
DATA = {
    "digits": "1,797 handwritten digits of 8 x 8 pixels, from scikit-learn, in [-1, 1]; 360 are kept for tests",
    "mnist": "70,000 handwritten digits of 28 x 28 pixels, from IDX files (--data-dir) or fetch_openml",
    "folder:PATH": "every image under a folder, cropped to --image-size; subfolders are classes",
    "8gaussians": "eight Gaussians on a circle in the plane, variance 1 per coordinate",
    "moons": "two interleaved half circles in the plane, variance 1 per coordinate",
    "checkerboard": "the black squares of a 4 x 4 board in the plane, variance 1 per coordinate",
    "spirals": "two spirals in the plane, variance 1 per coordinate",
}
SCHEDULES = {
    "linear": "beta_t grows linearly from 1e-4 to 0.02 at T = 1000, and is scaled by 1000 / T otherwise",
    "cosine": "alpha_bar_t falls like a squared cosine; keeps more signal in the middle",
}
SWITCH = {"off": "", "on": ""}
CHAIN = ("ddpm", "iddpm", "ddim", "classifier")
SDE = ("vp", "ve", "subvp")
FLOW = ("flow", "otcfm", "reflow")


def _option(
    default: Any, help: str, choices: dict[str, str] | None = None, families: tuple[str, ...] = ()
) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices, "families": families})


@dataclass(frozen=True)
class TrainConfig:
    """All that decides the result of a run. Defaults train the digits in a few minutes on two cores."""

    family: str = _option("ddpm", "model family", FAMILIES)
    data: str = _option("digits", "data set", DATA)
    data_dir: str = _option("", "mnist: the folder of its four IDX files")
    image_size: int = _option(32, "folder:PATH: side that images are cropped and resized to")
    image_channels: int = _option(3, "folder:PATH: 3 for colour, 1 for grey")
    dequantise: str = _option("off", "add uniform noise of one grey level, for bits per dimension", SWITCH)
    labels: str = _option("off", "tell the network the class of each sample, for guidance", SWITCH)
    label_dropout: float = _option(0.1, "with labels: how often the class is withheld, for classifier-free guidance")
    steps: int = _option(2500, "optimiser steps in all; may be raised later to train on")
    batch: int = _option(64, "samples per step, over all processes")
    lr: float = _option(1e-3, "learning rate of AdamW")
    warmup: int = _option(100, "steps over which the learning rate rises from 0")
    weight_decay: float = _option(0.0, "weight decay of AdamW")
    clip_norm: float = _option(1.0, "the gradient is scaled down to this norm when it is longer; 0 for never")
    ema: float = _option(0.998, "decay of the moving average of the weights, which samples are drawn with")
    seed: int = _option(0, "seed of the weights, the data order and the noise")
    precision: str = _option("fp32", "numbers of the network", {"fp32": "", "bf16": ""})
    compile: str = _option("off", "compile the network with torch.compile", SWITCH)
    save_every: int = _option(500, "steps between checkpoints")
    schedule: str = _option("linear", "noise schedule", SCHEDULES, CHAIN)
    T: int = _option(1000, "steps of the noise schedule", None, CHAIN)
    times: str = _option("importance", "how t is drawn", {"uniform": "", "importance": ""}, ("iddpm",))
    vlb_weight: float = _option(1e-3, "weight of the variational bound in the hybrid loss", None, ("iddpm",))
    beta_min: float = _option(0.1, "beta(0) of the SDE", None, ("vp", "subvp"))
    beta_max: float = _option(20.0, "beta(1) of the SDE", None, ("vp", "subvp"))
    sigma_min: float = _option(0.01, "smallest noise level", None, ("ncsn", "ve", "edm"))
    sigma_max: float = _option(20.0, "largest noise level", None, ("ncsn", "ve", "edm"))
    levels: int = _option(50, "number of noise levels", None, ("ncsn",))
    sigma_data: float = _option(0.0, "standard deviation of the data; 0: measure it", None, ("edm",))
    P_mean: float = _option(-1.2, "mean of log sigma in training", None, ("edm",))
    P_std: float = _option(1.2, "standard deviation of log sigma in training", None, ("edm",))
    gamma_min: float = _option(
        0.0, "-log SNR at t = 0, where learning starts; 0: noise of a sixth of a grey level", None, ("vdm",)
    )
    gamma_max: float = _option(5.0, "-log SNR at t = 1, where learning starts", None, ("vdm",))
    source: str = _option("noise", "what the paths start from: noise, or a data set", None, ("flow", "otcfm"))
    reflow_from: str = _option("", "run of the flow whose paths are straightened", None, ("reflow",))
    reflow_pairs: int = _option(10_000, "pairs drawn from it", None, ("reflow",))
    reflow_steps: int = _option(100, "Euler steps by which they are drawn", None, ("reflow",))
    channels: int = _option(16, "U-Net: channels of the first level")
    multipliers: tuple[int, ...] = _option((1, 2), "U-Net: channels of each level, as multiples, e.g. 1,2")
    blocks: int = _option(1, "U-Net: residual blocks per level")
    attention: tuple[int, ...] = _option((1,), "U-Net: levels with self-attention, e.g. 1")
    heads: int = _option(4, "U-Net: attention heads")
    dropout: float = _option(0.0, "U-Net: dropout inside residual blocks")
    fourier: str = _option("off", "U-Net: show it waves of the grey levels' period too, for likelihood", SWITCH)
    network: str = _option("residual", "MLP (points): kind", {"residual": "", "plain": ""})
    hidden: int = _option(128, "MLP (points): width")
    layers: int = _option(3, "MLP (points): hidden layers")


# What may differ when a run is resumed: it changes how long, how safely or from where, not what we compute.
RESUMABLE = ("steps", "save_every", "data_dir")
FIELDS = {f.name: f for f in dataclasses.fields(TrainConfig)}
# Where a family departs from the defaults above.
FAMILY_DEFAULTS: dict[str, dict[str, Any]] = {
    "iddpm": {"schedule": "cosine", "fourier": "on"},
    "ncsn": {"sigma_max": 10.0},
    "edm": {"sigma_min": 0.002, "sigma_max": 80.0},
    "vdm": {"fourier": "on"},
}


def build(choices: dict[str, Any]) -> TrainConfig:
    """A checked config from some of its fields. Raises UserError for unknown names, types and ranges."""
    for name in choices:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the names are: {', '.join(FIELDS)}"
            raise UserError(f"unknown setting {name!r}; {hint}")
    typed = {name: _typed(name, value) for name, value in choices.items()}
    defaults = FAMILY_DEFAULTS.get(typed.get("family", TrainConfig.family), {})
    config = TrainConfig(**{**defaults, **typed})
    _check_choices(config)
    _check_family(config, defaults)
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
    # YAML 1.1 reads a bare on or off as a truth value.
    words = {True: "on", False: "off"}
    return {str(name): words[value] if isinstance(value, bool) else value for name, value in loaded.items()}


def rebuild(stored: dict[str, Any]) -> TrainConfig:
    """The config that `to_json` gave in this version or an earlier one. Raises UserError as `build` does.

    What has no effect on the family is left out, for its default may be another one now; and a setting that is newer
    than the run takes the plain default, which is how things were before.
    """
    family = stored.get("family", TrainConfig.family)
    known = {name: f.metadata["families"] for name, f in FIELDS.items()}
    kept = {name: value for name, value in stored.items() if family in (known.get(name) or (family,))}
    absent = {name: f.default for name, f in FIELDS.items() if name not in stored and not known[name]}
    return build({**absent, **kept})


def to_json(config: TrainConfig) -> dict[str, Any]:
    """The config as JSON values; `rebuild` reads it back."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(config).items()}


def resume(stored: TrainConfig, asked: dict[str, Any], where: Path) -> TrainConfig:
    """The stored config with what was asked for now. Raises UserError when that would change the result."""
    # Another family brings its own defaults; what matters then is that it is another one.
    if asked.get("family", stored.family) != stored.family:
        asked = {"family": asked["family"]}
        wanted = dataclasses.replace(stored, family=build(asked).family)
    else:
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


def _check_choices(config: TrainConfig) -> None:
    for name, f in FIELDS.items():
        choices, value = f.metadata["choices"], getattr(config, name)
        if choices and value not in choices and not (name == "data" and value.startswith("folder:")):
            raise UserError(f"unknown {name} {value!r}; choose one of: {', '.join(choices)}")
    sources = ["noise", *(name for name in DATA if name != "folder:PATH")]
    if config.source not in sources:
        raise UserError(f"unknown source {config.source!r}; choose one of: {', '.join(sources)}")


def _check_family(config: TrainConfig, defaults: dict[str, Any]) -> None:
    """Refuse a setting that the family does not look at: it would be silently without effect."""
    for name, f in FIELDS.items():
        families = f.metadata["families"]
        if families and config.family not in families and getattr(config, name) != defaults.get(name, f.default):
            raise UserError(
                f"setting {name!r} has no effect on the family {config.family!r}; it is for: {', '.join(families)}"
            )
    if config.family == "reflow" and not config.reflow_from:
        raise UserError("the family 'reflow' needs --reflow-from RUN, the run of a flow whose paths it straightens")


def _check_ranges(config: TrainConfig) -> None:
    at_least_1 = "steps batch T channels blocks heads hidden layers save_every levels image_size reflow_pairs"
    for name in (*at_least_1.split(), "reflow_steps"):
        if getattr(config, name) < 1:
            raise UserError(f"setting {name!r} must be at least 1; got {getattr(config, name)}")
    if not 0 < config.lr < 10:
        raise UserError(f"setting 'lr' must be a positive number such as 0.001; got {config.lr}")
    for name in ("ema", "dropout", "label_dropout"):
        if not 0 <= getattr(config, name) < 1:
            raise UserError(f"setting {name!r} must be at least 0 and below 1; got {getattr(config, name)}")
    if min(config.clip_norm, config.warmup, config.weight_decay, config.seed, config.vlb_weight) < 0:
        raise UserError("clip_norm, warmup, weight_decay, seed and vlb_weight must not be negative")
    if not config.multipliers or min(config.multipliers) < 1:
        raise UserError(f"setting 'multipliers' must be whole numbers from 1 up; got {config.multipliers}")
    if config.image_channels not in (1, 3):
        raise UserError(f"setting 'image_channels' must be 1 or 3; got {config.image_channels}")
    for low, high in (("beta_min", "beta_max"), ("sigma_min", "sigma_max")):
        if not 0 < getattr(config, low) < getattr(config, high):
            raise UserError(
                f"settings {low!r} and {high!r} must be positive and in order; got {getattr(config, low)} and "
                f"{getattr(config, high)}"
            )
    if not config.gamma_min < config.gamma_max:
        raise UserError(f"'gamma_min' must be below 'gamma_max'; got {config.gamma_min} and {config.gamma_max}")
    if config.sigma_data < 0 or config.P_std <= 0:
        raise UserError("sigma_data must not be negative, and P_std must be positive")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
