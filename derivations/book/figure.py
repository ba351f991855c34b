"""The picture of the first page: a law on the line becomes noise. Computed here, exactly, and drawn as SVG.

The data are a mixture of Gaussians, so the law at every time is a mixture too: means shrink by
sqrt(alpha_bar), and variances become alpha_bar s^2 + 1 - alpha_bar. The thin lines follow quantiles; in one
dimension they are the paths of the probability flow.
"""

from __future__ import annotations

import math

from derivations.book.model import Book
from derivations.book.paths import Paths

# Weight, mean and standard deviation of each part of the data law; its mean is 0 and its variance near 1.
PARTS = ((0.3, -1.35, 0.16), (0.45, 0.05, 0.22), (0.25, 1.5, 0.13))
WIDTH, HEIGHT, TOP = 690.0, 250.0, 3.0
PROFILES, QUANTILES, INSTANTS = 9, 19, 60
_LEFT, _RIGHT, _BASE = 14.0, 616.0, 214.0


def picture(book: Book, paths: Paths) -> str:
    """The forward process on one page width: density profiles at nine times, and nineteen quantile paths."""
    lines = "\n".join(_quantile_path((k + 1) / (QUANTILES + 1)) for k in range(QUANTILES))
    shapes = "\n".join(_profile(k / (PROFILES - 1)) for k in range(PROFILES))
    return (
        f'<figure class="picture"><svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" '
        'aria-label="A density with three peaks becomes one Gaussian bell as time runs from left to right">\n'
        f'<g class="flow">{lines}</g>\n<g class="profiles">{shapes}</g>\n'
        f'<g class="axis"><path d="M{_LEFT},{_BASE + 12}H{_RIGHT + 58}"/>'
        f'<text x="{_LEFT}" y="{_BASE + 30}">data, t = 0</text>'
        f'<text x="{_RIGHT + 58}" y="{_BASE + 30}" text-anchor="end">noise, t = T</text></g></svg></figure>'
    )


def alpha_bar(time: float) -> float:
    """A cosine schedule on [0, 1]: how much of the data's variance is left."""
    return math.cos(0.5 * math.pi * time) ** 2


def density(x: float, time: float) -> float:
    """The density of x_t at x."""
    return sum(
        weight * math.exp(-0.5 * ((x - mean) / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
        for weight, mean, spread in _law(time)
    )


def quantile(probability: float, time: float) -> float:
    """The point below which x_t lies with the given probability, by bisection."""
    low, high = -8.0, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        below = sum(w * 0.5 * (1 + math.erf((middle - m) / (s * math.sqrt(2)))) for w, m, s in _law(time))
        low, high = (middle, high) if below < probability else (low, middle)
    return (low + high) / 2


def _law(time: float) -> list[tuple[float, float, float]]:
    a = alpha_bar(time)
    return [(w, math.sqrt(a) * m, math.sqrt(a * s * s + 1 - a)) for w, m, s in PARTS]


def _across(time: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * time


def _up(x: float) -> float:
    return _BASE / 2 + 4 - x * (_BASE / 2 - 4) / TOP


def _quantile_path(probability: float) -> str:
    points = [
        f"{_across(k / INSTANTS):.1f},{_up(quantile(probability, k / INSTANTS)):.1f}" for k in range(INSTANTS + 1)
    ]
    return f'<polyline points="{" ".join(points)}"/>'


def _profile(time: float) -> str:
    """A density as a shape that stands on its instant and bulges to the right."""
    xs = [TOP * (k / 60 - 1) for k in range(121)]
    points = [f"{_across(time) + 74 * density(x, time):.1f},{_up(x):.1f}" for x in xs]
    base = f"{_across(time):.1f}"
    return f'<path d="M{base},{_up(-TOP):.1f}L{" ".join(points)}L{base},{_up(TOP):.1f}Z"/>'
