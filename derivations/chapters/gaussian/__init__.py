"""The Gaussian toolkit, in reading order: the integral, moments, combining two Gaussians, divergence."""

from derivations.chapters.gaussian.about import chapter

from derivations.chapters.gaussian import integral, moments, combination, divergence  # isort: skip

__all__ = ["chapter", "combination", "divergence", "integral", "moments"]
