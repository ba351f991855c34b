"""The layout of the dependency graph: rows, room, and lines that meet their boxes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.book import graph


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"n{i}" for i in range(draw(st.integers(1, 14)))]
    return {
        name: sorted(draw(st.sets(st.sampled_from(names[:i]), max_size=4))) if i else []
        for i, name in enumerate(names)
    }


@settings(max_examples=60, deadline=None)
@given(acyclic())
def test_a_layout_keeps_its_promises(parents: dict[str, list[str]]) -> None:
    sizes = {name: 30.0 + 7 * len(name) for name in parents}
    placed = graph.place(parents, sizes, room=250, gap=14)
    for (above, below), points in placed.paths.items():
        assert points[0] == placed.centres[above]
        assert points[-1] == placed.centres[below]
        assert all(a[1] < b[1] for a, b in itertools.pairwise(points)), "a line runs downwards only"
    rows: dict[float, list[str]] = {}
    for name, (x, y) in placed.centres.items():
        rows.setdefault(y, []).append(name)
        assert x - sizes[name] / 2 + 1e-6 >= 0
        assert x + sizes[name] / 2 <= placed.width + 1e-6
        assert 0 < y < placed.height
    for names in rows.values():
        assert sum(sizes[name] + 14 for name in names) <= 250, "a row is fuller than it may be"
        names.sort(key=lambda name: placed.centres[name][0])
        for left, right in itertools.pairwise(names):
            room = placed.centres[right][0] - placed.centres[left][0] - (sizes[left] + sizes[right]) / 2
            assert room >= 14 - 1e-6, f"{left} and {right} overlap"


@settings(max_examples=60, deadline=None)
@given(acyclic())
def test_reducing_keeps_who_rests_on_whom(parents: dict[str, list[str]]) -> None:
    def above(named: dict[str, list[str]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for node in graph.order(parents):
            found[node] = set(named[node]).union(*(found[parent] for parent in named[node]))
        return found

    reduced = graph.reduce(parents)
    assert above(reduced) == above(parents)
    for node, named in reduced.items():
        for parent in named:
            fewer = {**reduced, node: [other for other in named if other != parent]}
            assert above(fewer)[node] != above(reduced)[node], "an implied line is left"


def test_a_circle_is_named() -> None:
    with pytest.raises(ValueError, match="a circle of dependencies: a -> b -> a"):
        graph.order({"a": ["b"], "b": ["a"]})
