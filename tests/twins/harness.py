"""Running a case at points that Hypothesis draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import Phase, given, settings

from diffusion.formula import find
from tests.twins.band import Case, describe, judge
from tests.twins.points import points


def at_points(case: Case, examples: int, body: Callable[[dict[str, Any]], None]) -> None:
    """Call the body at as many drawn points as the case's cost allows; the dev profile draws more."""
    more = max(1, settings().max_examples // 100)

    # A failure names its point already; to look for a simpler one would take minutes.
    @settings(max_examples=max(1, examples * more // case.cost), phases=(Phase.explicit, Phase.generate))
    @given(points(case.kinds, case.sizes))
    def run(drawn: dict[str, Any]) -> None:
        body(drawn)

    run()


def worst(case: Case, dtype: torch.dtype, examples: int, device: str = "cpu") -> float:
    """The worst error of the case's function, in units. Raises AssertionError at a point where it is over the limit."""
    function, seen = find(case.id, case.variant), [0.0]

    def body(drawn: dict[str, Any]) -> None:
        units = judge(case, function, drawn, dtype, device)
        seen.append(units)
        assert units <= case.limit, describe(case, drawn, units, dtype)

    at_points(case, examples, body)
    return max(seen)
