"""Scores, in reading order: the score of a mixture, Tweedie's formula, denoising score matching."""

from derivations.chapters.scores.about import chapter

from derivations.chapters.scores import marginal, tweedie, denoising  # isort: skip

__all__ = ["chapter", "denoising", "marginal", "tweedie"]
