"""Distances between samples and data, each with a standard error."""

from diffusion.metrics.distances import frechet, mmd, sliced_wasserstein, wasserstein
from diffusion.metrics.errors import Estimate, jackknife, mean
from diffusion.metrics.manifold import precision, recall

__all__ = [
    "Estimate",
    "frechet",
    "jackknife",
    "mean",
    "mmd",
    "precision",
    "recall",
    "sliced_wasserstein",
    "wasserstein",
]
