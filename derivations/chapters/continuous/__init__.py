"""Continuous time, in reading order: what noise does to a density, Langevin, the probability flow, reverse equations."""

from derivations.chapters.continuous.about import chapter

from derivations.chapters.continuous import density, langevin, flow, reverse  # isort: skip

__all__ = ["chapter", "density", "flow", "langevin", "reverse"]
