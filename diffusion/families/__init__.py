"""Model families, one module each: coefficients, loss, sampler, and the formula IDs it implements."""

from __future__ import annotations

import dataclasses

from diffusion.config import TrainConfig
from diffusion.data import Dataset, Kind
from diffusion.families.base import Draws, Family, Sampling, State, Told
from diffusion.families.classifier import Classifier
from diffusion.families.ddim import DDIM
from diffusion.families.ddpm import DDPM
from diffusion.families.edm import EDM
from diffusion.families.flow import OTCFM, Flow
from diffusion.families.iddpm import IDDPM
from diffusion.families.ncsn import NCSN
from diffusion.families.reflow import Reflow
from diffusion.families.score_sde import VE, VP, SubVariancePreserving
from diffusion.families.vdm import VDM

__all__ = ["FAMILIES", "Draws", "Family", "Sampling", "State", "Told", "make", "measured"]

# In reading order; the names are those of `diffusion.config.FAMILIES`.
FAMILIES: dict[str, type[Family]] = {
    "ddpm": DDPM,
    "iddpm": IDDPM,
    "ddim": DDIM,
    "ncsn": NCSN,
    "vp": VP,
    "ve": VE,
    "subvp": SubVariancePreserving,
    "edm": EDM,
    "vdm": VDM,
    "flow": Flow,
    "otcfm": OTCFM,
    "reflow": Reflow,
    "classifier": Classifier,
}


def make(config: TrainConfig, kind: Kind) -> Family:
    """The family that a configuration names, for samples of a kind."""
    return FAMILIES[config.family](config, kind)


def measured(config: TrainConfig, data: Dataset) -> TrainConfig:
    """The configuration with what it leaves to the data measured: sigma_data, the root mean square about the mean."""
    if config.family != "edm" or config.sigma_data > 0:
        return config
    spread = (data.x - data.x.mean(0)).square().mean().sqrt()
    return dataclasses.replace(config, sigma_data=round(spread.item(), 6))
