"""The posterior and the DDPM bound, in reading order: the reverse step, the bound, the losses, sampling."""

from derivations.chapters.posterior.about import chapter

from derivations.chapters.posterior import reverse_step, bound, losses, sampling  # isort: skip

__all__ = ["bound", "chapter", "losses", "reverse_step", "sampling"]
