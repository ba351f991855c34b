"""The corpus, in reading order: this file is the table of contents.

A chapter is a module with a module-level `chapter`. `families` are the first words of the IDs that it holds;
they let `derive show ID` open one chapter instead of all; a whole ID is the family of one. They are a hint: an ID
that is not where they say is still found.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from derivations.language.entry import Chapter


class Listing(NamedTuple):
    """One line of the table of contents."""

    module: str
    families: tuple[str, ...]
    gloss: str


CONTENTS = (
    Listing("conventions", ("conv",), "one notation, and how other papers' notations map to it"),
    Listing("probability", ("prob",), "squared error, and Jensen's inequality, for averages of any law"),
    Listing("gaussian", ("gauss",), "integrals, moments, products and divergences of Gaussians, in every dimension"),
    Listing("latent", ("kl", "lvm", "elbo", "vae", "hvae"), "the divergence, latent variables, the bound and its gap"),
    Listing("forward", ("forward",), "noise, step by step and in one leap"),
    Listing("posterior", ("posterior", "elbo.ddpm", "loss", "ddpm"), "the reverse step, the bound, the losses, sampling"),
    Listing("scores", ("score", "dsm"), "scores, Tweedie's formula, denoising score matching"),
    Listing("levels", ("vdm",), "the step between any two levels, its posterior, and its part of the bound"),
    Listing("parameterizations", ("param",), "noise, data, v, score or velocity: what a network predicts, and what its errors weigh"),
    Listing("preconditioning", ("edm",), "the scales of a network's input, output and loss, each from what is asked of it"),
    Listing("sde", ("sde",), "noise in continuous time: signal level and variance as solutions of their equations"),
    Listing("continuous", ("fp", "em", "langevin", "pfode", "sde.reverse", "sde.reverse_family"), "reverse equations and the probability flow"),
    Listing("solvers", ("solver", "dpm"), "the exact solution, one step of it, and the order of its error"),
    Listing("ddim", ("ddim",), "chains with the same marginals: skipped steps, and no noise"),
    Listing("guidance", ("cfg",), "the score that a guided sampler follows, and whose score it is"),
)  # fmt: skip


def load(listing: Listing) -> Chapter:
    """The chapter of one line of the table of contents; its module is imported now, if it was not before."""
    chapter: Chapter = import_module(f"derivations.chapters.{listing.module}").chapter
    return chapter
