"""How far a function may be from its theorem: a few units of what rounding the inputs alone can do.

The unit at a point is eps (|f| + sum_i |x_i df/dx_i|), with eps of the dtype: the change of the answer when every input
and the answer itself are known to one unit in the last place. The derivatives are those of the theorem, from balls. An
answer that has to be added up from terms (a log density, a bound) is given as its terms, each with its own unit.
Where the theorem loses no digits, the function may not lose any.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from flint import arb, ctx
from torch import Tensor

from derivations.evidence import arithmetic as numbers
from derivations.evidence.arithmetic import TooWide, Undefined
from derivations.kernel.terms import Term
from tests.twins import points
from tests.twins.points import Kind
from tests.twins.reference import Reference, Value, agree

BITS = 256
LIMIT = 4.0  # units


Terms = list[list[arb]]
Move = list[tuple[tuple[int, ...], arb]]


class Addends(list):  # type: ignore[type-arg]
    """One number of the answer, given as the terms of which it is the sum."""


@dataclass
class Bench:
    """What a case works with: `sides` keeps both sides of a theorem, to see that they agree at the point."""

    checks: list[Callable[[], tuple[Value, Value]]] = field(default_factory=list)

    def right(self, ev: Reference, theorem: Term) -> Value:
        """The right side's value; the left side will be compared with it once per point."""
        self.checks.append(lambda: (ev(theorem.args[-2]), ev(theorem.args[-1])))
        return ev(theorem.args[-1])


@dataclass(frozen=True)
class Case:
    """A formula ID (and variant), its inputs, and the answer that the theorem gives for them.

    truth(bench, **exact inputs) gives the numbers that the function returns, in its order: nested lists, or
    `Addends`. `call(function, **tensors)` calls the function where it is not called with the inputs in order.
    """

    id: str
    variant: str
    kinds: Mapping[str, Kind]
    sizes: Mapping[str, tuple[int, ...]]
    truth: Callable[..., list[Any]]
    call: Callable[..., Any] | None = None
    symmetric: tuple[frozenset[str], ...] = ()  # inputs that the formula treats alike
    low: bool = True  # whether the function exists in bfloat16
    cost: int = 1  # how many ordinary points one of its points costs
    limit: float = LIMIT
    by_norm: str = ""  # why a vector is judged by its largest entry, where it is

    @property
    def name(self) -> str:
        """The ID, with the variant."""
        return f"{self.id}[{self.variant}]" if self.variant else self.id

    def tensors(self, drawn: Mapping[str, Any], dtype: torch.dtype, device: str = "cpu") -> dict[str, Any]:
        """The drawn point, rounded to a dtype."""
        return {
            name: kind.fit(torch.tensor(drawn[name], dtype=dtype)).to(device) if kind.tensor else drawn[name]
            for name, kind in self.kinds.items()
        }

    def outputs(self, function: Callable[..., Any], tensors: Mapping[str, Any]) -> tuple[Tensor, ...]:
        """What the function returns, as a tuple."""
        passed = {name: value for name, value in tensors.items() if self.kinds[name].passed}
        out = self.call(function, **passed) if self.call else function(*passed.values())
        return out if isinstance(out, tuple) else (out,)

    def answer(self, function: Callable[..., Any], tensors: Mapping[str, Any]) -> list[float]:
        """What the function says, as a flat list."""
        return [x for part in self.outputs(function, tensors) for x in flat(part)]


def flat(value: Any) -> list[Any]:
    """Numbers (and `Addends`) of nested lists or of a tensor, in order."""
    if isinstance(value, Tensor):
        return list(value.detach().double().cpu().reshape(-1).tolist())
    if isinstance(value, list) and not isinstance(value, Addends):
        return [x for v in value for x in flat(v)]
    return [value]


@dataclass(frozen=True)
class Truth:
    """The exact answer at a point, and its unit without the dtype's eps."""

    values: list[arb]
    units: list[arb]


def truth(case: Case, tensors: Mapping[str, Any], dtype: torch.dtype) -> Truth:
    """The theorem's answer at the exact values of the inputs. Raises AssertionError when its two sides differ there."""
    with ctx.workprec(BITS):
        exact = {name: kind.exact(tensors[name]) for name, kind in case.kinds.items()}
        bench = Bench()
        answer = case.truth(bench, **exact)
        base, sizes = _terms(answer), [len(flat(part)) for part in answer]
        for check in bench.checks:
            left, right = check()
            assert agree(left, right), f"{case.name}: the two sides of the theorem differ: {left} and {right}"
        units = [sum((abs(x) for x in terms), arb(0)) for terms in base]
        for name, kind in case.kinds.items():
            for move in kind.moves(exact[name], bool(case.by_norm)):
                change = _change(case, base, exact, name, move, dtype)
                units = [u + c for u, c in zip(units, change, strict=True)]
        if case.by_norm:
            units = [max(part, key=lambda v: v.mid()) for part in _split(units, sizes) for _ in part]
        return Truth([sum(terms, arb(0)) for terms in base], units)


def _split(row: list[arb], sizes: list[int]) -> list[list[arb]]:
    ends = list(itertools.accumulate(sizes))
    return [row[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _change(case: Case, base: Terms, exact: Mapping[str, Any], name: str, move: Move, dtype: torch.dtype) -> list[arb]:
    """How much the answer changes when one input moves by eps of itself, divided by eps.

    A unit of a coarse dtype is no small step: there both directions are tried, and the worse one counts.
    """
    size = arb(torch.finfo(dtype).eps)
    coarse = torch.finfo(dtype).eps > 1e-4
    worst = [arb(0)] * len(base)
    # Towards 0 first: a share of exactly 1 must not leave its range.
    for sign in (-1, 1) if coarse else (-1,):
        there = exact[name]
        for place, unit in move:
            there = points.moved(there, place, sign * unit * size if _at(there, place) > 0 else -sign * unit * size)
        if any(not v < case.kinds[name].below for _, v in points.entries(there)):
            continue
        try:
            other = _terms(case.truth(Bench(), **{**exact, name: there}))
        except (Undefined, TooWide):
            continue  # outside the hypotheses
        for k, (here, terms) in enumerate(zip(base, other, strict=True)):
            change = sum((abs(y - x) for x, y in zip(here, terms, strict=True)), arb(0)) / size
            worst[k] = max(worst[k], change, key=lambda v: v.mid())
    return worst


def _at(value: Any, place: tuple[int, ...]) -> arb:
    for k in place:
        value = value[k]
    return value


def _terms(answer: list[Any]) -> list[list[arb]]:
    return [[numbers.ball(x) for x in (v if isinstance(v, Addends) else [v])] for v in flat(answer)]


def errors(true: Truth, answer: list[float], dtype: torch.dtype) -> list[float]:
    """The error of every number of the answer, in units; infinite for one that is not finite."""
    assert len(answer) == len(true.values), f"the function returns {len(answer)} numbers, the theorem {len(true.values)}"
    info = torch.finfo(dtype)
    out = []
    with ctx.workprec(BITS):
        for got, value, unit in zip(answer, true.values, true.units, strict=True):
            # Below the smallest normal number a dtype has no relative precision.
            band = unit.mid() * info.eps + info.tiny + value.rad()
            out.append(float((abs(arb(got) - value.mid()) / band).mid()) if math.isfinite(got) else math.inf)
    return out


def judge(case: Case, function: Callable[..., Any], drawn: Mapping[str, Any], dtype: torch.dtype, device: str = "cpu") -> float:
    """The worst error of the function at a drawn point, in units."""
    tensors = case.tensors(drawn, dtype, device)
    return max(errors(truth(case, tensors, dtype), case.answer(function, tensors), dtype))


def describe(case: Case, drawn: Mapping[str, Any], units: float, dtype: torch.dtype) -> str:
    """What went wrong, for a person."""
    return (
        f"{case.name} in {str(dtype).removeprefix('torch.')} is {units:.3g} units from the theorem (at most "
        f"{case.limit:g}); a unit is what rounding the inputs can do. Look for a difference that cancels. The point: "
        f"{dict(drawn)}"
    )


__all__ = ["BITS", "LIMIT", "Addends", "Bench", "Case", "Truth", "describe", "errors", "judge", "truth"]
