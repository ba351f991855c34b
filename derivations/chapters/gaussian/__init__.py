"""The Gaussian toolkit, in reading order: the integral, moments, combining two Gaussians, conditioning, divergence."""

from derivations.chapters.gaussian.about import chapter

from derivations.chapters.gaussian import integral, moments, combination, conditioning, divergence  # isort: skip

__all__ = ["chapter", "combination", "conditioning", "divergence", "integral", "moments"]
