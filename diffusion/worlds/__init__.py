"""Exact worlds: data laws whose noised density, score and posterior are known in closed form.

In an exact world the best possible denoiser is a formula, so a sampler, a loss or a likelihood can be
checked against the truth and not against a trained network.
"""

from diffusion.worlds.gaussian import Gaussian
from diffusion.worlds.mixture import GaussianMixture
from diffusion.worlds.oracle import World, eps_oracle, oracle, velocity
from diffusion.worlds.points import Points
from diffusion.worlds.quantile import quantile_map

__all__ = ["Gaussian", "GaussianMixture", "Points", "World", "eps_oracle", "oracle", "quantile_map", "velocity"]
