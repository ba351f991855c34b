"""Noising paths: x_t = alpha(t) x_0 + sigma(t) eps, t from 0 (data) to 1 (noise), in one interface.

    path            the interface: alpha, sigma, their derivatives, log-SNR and its inverse, f and g^2
    variance_preserving, zero_terminal, sub_vp, variance_exploding, flow, learned
    discrete        a schedule of DDPM as a path
    times           the grids that samplers visit
"""

from __future__ import annotations

from collections.abc import Callable

from diffusion.paths.discrete import Discrete
from diffusion.paths.flow import ConditionalOT, Trigonometric
from diffusion.paths.learned import Learned
from diffusion.paths.path import Level, Path
from diffusion.paths.sub_vp import SubVP
from diffusion.paths.times import SPACINGS, times
from diffusion.paths.variance_exploding import EDM, Geometric
from diffusion.paths.variance_preserving import Cosine, Laplace, Linear, LinearLogSNR, Sigmoid
from diffusion.paths.zero_terminal import ZeroTerminal

PATHS: dict[str, Callable[[], Path]] = {
    "linear": Linear,
    "cosine": Cosine,
    "sigmoid": Sigmoid,
    "linear_log_snr": LinearLogSNR,
    "laplace": Laplace,
    "zero_terminal_linear": lambda: ZeroTerminal(Linear()),
    "sub_vp": SubVP,
    "ve": Geometric,
    "edm": EDM,
    "flow": ConditionalOT,
    "trigonometric": Trigonometric,
    "learned": Learned,
}


def path(name: str) -> Path:
    """A path by name, with its default settings. Raises ValueError for an unknown name."""
    if name not in PATHS:
        raise ValueError(f"unknown path {name!r}; choose one of: {', '.join(PATHS)}")
    return PATHS[name]()


__all__ = [
    "Level", "Path", "PATHS", "path", "SPACINGS", "times",
    "Linear", "Cosine", "Sigmoid", "LinearLogSNR", "Laplace", "ZeroTerminal", "SubVP",
    "Geometric", "EDM", "ConditionalOT", "Trigonometric", "Learned", "Discrete",
]  # fmt: skip
