"""Points at which theorems and functions are compared: drawn from the hypotheses, spread in log-SNR.

A kind of input knows how to be drawn, how to be made fit again after rounding to a dtype (0 < share < 1), and how far
each entry moves when the input is known to one unit of rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from flint import arb, fmpq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from torch import Tensor

Drawn = dict[str, Any]
STRATA = range(-15, 15, 3)
# The log-SNR: a stratum and a place in it, so that few examples still reach both ends.
log_snr = st.builds(float.__add__, st.sampled_from([float(k) for k in STRATA]), st.floats(0, 3))


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), the share of signal at the log-SNR x."""
    return 1 / (1 + math.exp(-x))


shares = log_snr.map(sigmoid)
# A scale is the root of a signal-to-noise ratio.
scales = log_snr.map(lambda x: math.exp(x / 2))
magnitudes = st.one_of(st.floats(0.5, 2), st.floats(-4, 4).map(math.exp))
reals = st.one_of(
    st.just(0.0), st.builds(lambda sign, size: sign * size, st.sampled_from([-1.0, 1.0]), magnitudes)
)
nearby = st.floats(-12, -1).map(lambda k: 1 + 10.0**k)


def _same(tensor: Tensor) -> Tensor:
    return tensor


def _inside(tensor: Tensor) -> Tensor:
    """Shares that rounding has moved to 0 or 1, moved back inside."""
    return tensor.clamp(torch.finfo(tensor.dtype).tiny, 1 - torch.finfo(tensor.dtype).eps / 2)


Moves = Iterator[tuple[list[tuple[tuple[int, ...], float]], None]]


@dataclass(frozen=True)
class Kind:
    """A kind of input. `draw(draw, sizes, drawn)` gives nested lists of floats, or a number that is no tensor."""

    draw: Callable[[DrawFn, dict[str, int], Drawn], Any]
    fit: Callable[[Tensor], Tensor] = _same
    tensor: bool = True  # whether the function gets it as a tensor; otherwise it is an integer of the theorem
    passed: bool = True  # whether the function gets it at all
    definite: bool = False  # a symmetric matrix, whose entries move in pairs, by the scale of their diagonal
    low: bool = True  # whether a function of it exists in bfloat16 (matrix factorizations do not)
    dims: tuple[str, ...] = ()  # its shape, in letters
    below: float = math.inf  # what every entry is less than

    def exact(self, tensor: Any) -> Any:
        """The value of the rounded input, exactly."""
        if not self.tensor:
            return fmpq(tensor)
        return _exact(tensor.double().tolist())

    def moves(self, value: Any, by_norm: bool = False) -> Iterator[list[tuple[tuple[int, ...], arb]]]:
        """The independent ways in which the input may be off by one unit, as lists of (place, size).

        `by_norm` is for functions that mix the entries: each may then be off by a unit of the largest.
        """
        if not self.tensor:
            return
        if self.definite:
            for i in range(len(value)):
                for j in range(i + 1):
                    size = (value[i][i] * value[j][j]).sqrt()
                    yield [((i, j), size)] + [((j, i), size)] * (i != j)
            return
        sizes = {place: abs(entry) for place, entry in entries(value)}
        largest = max(sizes.values(), key=lambda v: v.mid())
        for place, size in sizes.items():
            if (largest if by_norm else size) != 0:
                yield [(place, largest if by_norm else size)]


def _exact(value: Any) -> Any:
    return [_exact(v) for v in value] if isinstance(value, list) else arb(value)


def entries(value: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Every number in nested lists, with its place."""
    if isinstance(value, list):
        for k, v in enumerate(value):
            yield from entries(v, (*place, k))
    else:
        yield place, value


def moved(value: Any, place: tuple[int, ...], by: arb) -> Any:
    """Nested lists with one number moved."""
    if not place:
        return value + by
    return [moved(v, place[1:], by) if k == place[0] else v for k, v in enumerate(value)]


def _scalar(strategy: st.SearchStrategy[float], **more: Any) -> Kind:
    return Kind(lambda draw, sizes, drawn: draw(strategy), **more)


def _many(strategy: st.SearchStrategy[float], *dims: str, **more: Any) -> Kind:
    def build(draw: DrawFn, sizes: dict[str, int], left: tuple[str, ...]) -> Any:
        if not left:
            return draw(strategy)
        return [build(draw, sizes, left[1:]) for _ in range(sizes[left[0]])]

    return Kind(lambda draw, sizes, drawn: build(draw, sizes, dims), dims=dims, **more)


real = _scalar(reals)
positive = _scalar(scales)
moderate = _scalar(magnitudes)  # positive too, and no exponential of it overflows
share = _scalar(shares, fit=_inside, below=1.0)
one = _scalar(st.just(1.0))
steps = Kind(lambda draw, sizes, drawn: draw(st.sampled_from([2, 3, 7])), tensor=False, passed=False)
vector, co_vector = _many(reals, "d"), _many(reals, "m")
path = _many(reals, "T", "d")
shares_table = _many(shares, "T", fit=_inside, below=1.0)
reals_table, scales_table = _many(reals, "T"), _many(st.floats(-3, 3).map(math.exp), "T")
scales_vector = _many(scales, "d")
matrix = _many(reals, "m", "d")


def near(kind: Kind, other: str) -> Kind:
    """Another input of this kind, often close to one that is drawn already: there naive forms cancel."""

    def draw_(draw: DrawFn, sizes: dict[str, int], drawn: Drawn) -> Any:
        if not draw(st.booleans()):
            return kind.draw(draw, sizes, drawn)
        return _scaled(drawn[other], draw(nearby))

    return replace(kind, draw=draw_)


def _scaled(value: Any, factor: float) -> Any:
    return [_scaled(v, factor) for v in value] if isinstance(value, list) else value * factor


def definite(dim: str = "d") -> Kind:
    """A symmetric positive definite matrix, of a condition number up to some hundreds."""

    def draw_(draw: DrawFn, sizes: dict[str, int], drawn: Drawn) -> Any:
        n = sizes[dim]
        size = draw(st.floats(-3, 3).map(math.exp))
        low = [
            [draw(st.floats(-1, 1)) if j < i else draw(st.floats(-1.5, 1).map(math.exp)) * (i == j) for j in range(n)]
            for i in range(n)
        ]
        return [[size * sum(a * b for a, b in zip(low[i], low[j], strict=True)) for j in range(n)] for i in range(n)]

    return Kind(draw_, definite=True, low=False, dims=(dim, dim))


def table(strategy: st.SearchStrategy[float], *dims: str) -> Kind:
    """A vector or a table of numbers."""
    return _many(strategy, *dims)


def probabilities(*dims: str, near: str = "", parts: int = 256) -> Kind:
    """A law as a table of multiples of 1/parts, exact in every dtype, none of them 0, of sum 1; uneven ones included.

    With `near` it is often the law of that name, with 1/parts moved from one point to another.
    """

    def draw_(draw: DrawFn, sizes: dict[str, int], drawn: Drawn) -> Any:
        shape = [sizes[name] for name in dims]
        n = math.prod(shape)
        if near and draw(st.booleans()):
            flat = [int(v * parts) for _, v in entries(drawn[near])]
            giver, taker = (draw(st.integers(0, n - 1)) for _ in range(2))
            if flat[giver] > 1:
                flat[giver] -= 1
                flat[taker] += 1
        else:
            cuts = sorted(draw(st.lists(st.integers(1, parts - 1), min_size=n - 1, max_size=n - 1, unique=True)))
            flat = [b - a for a, b in zip([0, *cuts], [*cuts, parts], strict=True)]
        law = [v / parts for v in flat]
        return law if len(shape) == 1 else [law[k * shape[1] : (k + 1) * shape[1]] for k in range(shape[0])]

    return Kind(draw_, dims=dims)


@st.composite
def points(draw: DrawFn, kinds: dict[str, Kind], sizes: dict[str, tuple[int, ...]]) -> Drawn:
    """A value for every input, with the sizes (dimensions, numbers of steps) that they share."""
    chosen = {name: draw(st.sampled_from(values)) for name, values in sizes.items()}
    drawn: Drawn = {}
    for name, kind in kinds.items():
        drawn[name] = kind.draw(draw, chosen, drawn)
    return drawn
