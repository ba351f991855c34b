"""Latent variables, in reading order: the divergence, the model and its bound, Gaussian latents."""

from derivations.chapters.latent.about import chapter

from derivations.chapters.latent import divergence, evidence, gaussian  # isort: skip

__all__ = ["chapter", "divergence", "evidence", "gaussian"]
