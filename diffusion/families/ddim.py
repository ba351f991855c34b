"""DDIM: trained as DDPM, sampled by a process that may add no noise at all.

Coefficients and loss are those of `ddpm`. The sampler draws x_{t-1} given x_t and the predicted x_0 with any
share eta of the posterior's variance: eta = 0 is a deterministic map from noise to data, eta = 1 is DDPM with
beta_tilde. Fewer steps are taken than the chain has.

No formulas are defined here; this module runs loss.simple from `losses` and the solver `DDIM`.
Reference: Song, Meng, Ermon 2021, *Denoising Diffusion Implicit Models*.
"""

from __future__ import annotations

from typing import ClassVar

from diffusion.families.base import Samplers
from diffusion.families.ddpm import DDPM
from diffusion.families.on_path import samplers_first


class DDIM(DDPM):
    """The family: the loss of DDPM, and by default 50 steps without noise."""

    samplers: ClassVar[Samplers] = {**samplers_first("ddim", without="ancestral"), "ancestral": ("sigma",)}

    @property
    def steps(self) -> int:
        """50, or T if that is less."""
        return min(50, self.config.T)
