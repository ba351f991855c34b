"""A layered layout of a directed graph without cycles: who rests on whom, from top to bottom.

Four classical passes: rows by longest path, shortened where an edge can be; a bend for every row that an edge
crosses; order inside a row by the median of the neighbours; positions pulled towards the neighbours without
overlap. No drawing here: `svg` draws.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 24
BEND = 10.0


@dataclass(frozen=True)
class Placed:
    """A laid-out graph: centres by node, and for each edge the points that it passes through."""

    centres: Mapping[str, tuple[float, float]]
    paths: Mapping[tuple[str, str], Sequence[tuple[float, float]]]
    width: float
    height: float


def reduce(parents: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Drop every edge that a longer path already implies, so that a picture shows as few lines as it can."""
    above: dict[str, set[str]] = {}
    for node in order(parents):
        above[node] = set(parents[node]).union(*(above[parent] for parent in parents[node]))
    return {
        node: [p for p in named if not any(p in above[other] for other in named if other != p)]
        for node, named in parents.items()
    }


def order(parents: Mapping[str, Sequence[str]]) -> list[str]:
    """The nodes with every parent before its children, otherwise in the order given.

    Raises:
        ValueError: the graph has a cycle; the message names it.
    """
    done: dict[str, None] = {}

    def visit(node: str, trail: tuple[str, ...]) -> None:
        if node in trail:
            raise ValueError("a circle of dependencies: " + " -> ".join([*trail[trail.index(node) :], node]))
        if node not in done:
            for parent in parents[node]:
                visit(parent, (*trail, node))
            done[node] = None

    for node in parents:
        visit(node, ())
    return list(done)


def place(
    parents: Mapping[str, Sequence[str]],
    sizes: Mapping[str, float],
    gap: float = 14.0,
    row: float = 64.0,
) -> Placed:
    """Lay a graph out.

    Args:
        parents: for each node, the nodes it rests on; they are drawn above it.
        sizes: width of each node.
        gap: least distance between two neighbours in a row.
        row: distance between two rows.
    """
    rank = _ranks(parents)
    rows, chains = _with_bends(parents, rank)
    up, down = _neighbours(chains)
    _arrange(rows, up, down)
    width = {name: sizes.get(name, BEND) for line in rows for name in line}
    x = _positions(rows, up, down, width, gap)
    level = {name: i for i, line in enumerate(rows) for name in line}
    left = min(x[name] - width[name] / 2 for name in x)
    at = {name: (x[name] - left, level[name] * row + row / 2) for name in x}
    return Placed(
        centres={name: at[name] for name in parents},
        paths={edge: [at[name] for name in chain] for edge, chain in chains.items()},
        width=max(x[name] + width[name] / 2 for name in x) - left,
        height=len(rows) * row,
    )


def _ranks(parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Rows by longest path; then each node slides to where most of its edges are short."""
    nodes = order(parents)
    children: dict[str, list[str]] = {node: [] for node in nodes}
    rank: dict[str, int] = {}
    for node in nodes:
        rank[node] = 1 + max((rank[parent] for parent in parents[node]), default=-1)
        for parent in parents[node]:
            children[parent].append(node)
    for node in reversed(nodes):
        if children[node] and len(children[node]) >= len(parents[node]):
            rank[node] = min(rank[child] for child in children[node]) - 1
    return rank


def _with_bends(
    parents: Mapping[str, Sequence[str]], rank: Mapping[str, int]
) -> tuple[list[list[str]], dict[tuple[str, str], list[str]]]:
    rows: list[list[str]] = [[] for _ in range(1 + max(rank.values(), default=0))]
    for node in parents:
        rows[rank[node]].append(node)
    chains: dict[tuple[str, str], list[str]] = {}
    for node, above in parents.items():
        for parent in above:
            bends = [f"{parent}>{node}>{level}" for level in range(rank[parent] + 1, rank[node])]
            for level, bend in enumerate(bends, rank[parent] + 1):
                rows[level].append(bend)
            chains[parent, node] = [parent, *bends, node]
    return rows, chains


def _neighbours(
    chains: Mapping[tuple[str, str], Sequence[str]],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for chain in chains.values():
        for above, below in itertools.pairwise(chain):
            down.setdefault(above, []).append(below)
            up.setdefault(below, []).append(above)
    return up, down


def _arrange(rows: list[list[str]], up: Mapping[str, list[str]], down: Mapping[str, list[str]]) -> None:
    """Order every row by the median place of its neighbours, sweeping down and up; keep the best order."""
    best, fewest = [list(line) for line in rows], _crossings(rows, down)
    for sweep in range(SWEEPS):
        towards = up if sweep % 2 == 0 else down
        for line in rows if sweep % 2 == 0 else reversed(rows):
            place_of = {name: i for other in rows for i, name in enumerate(other)}
            line.sort(key=lambda name: _median([place_of[n] for n in towards.get(name, [])], place_of[name]))
        crossings = _crossings(rows, down)
        if crossings < fewest:
            best, fewest = [list(line) for line in rows], crossings
    rows[:] = best


def _median(values: list[int], otherwise: float) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2 if ordered else otherwise


def _crossings(rows: Sequence[Sequence[str]], down: Mapping[str, list[str]]) -> int:
    total = 0
    for above, below in itertools.pairwise(rows):
        place_of = {name: i for i, name in enumerate(below)}
        ends = [place_of[n] for name in above for n in sorted(down.get(name, []), key=place_of.__getitem__)]
        total += sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])
    return total


def _positions(
    rows: Sequence[Sequence[str]],
    up: Mapping[str, list[str]],
    down: Mapping[str, list[str]],
    width: Mapping[str, float],
    gap: float,
) -> dict[str, float]:
    """Pull each row towards its neighbours' mean, then push it apart from the middle of its wishes."""
    x: dict[str, float] = {}
    for line in rows:
        _spread(line, dict.fromkeys(line, 0.0), width, gap, x)
    for sweep in range(SWEEPS):
        towards = (up, down, {name: up.get(name, []) + down.get(name, []) for name in x})[sweep % 3]
        for line in rows if sweep % 2 == 0 else list(reversed(rows)):
            wish = {
                name: sum(x[n] for n in near) / len(near) if (near := towards.get(name, [])) else x[name]
                for name in line
            }
            _spread(line, wish, width, gap, x)
    return x


def _spread(
    line: Sequence[str],
    wish: Mapping[str, float],
    width: Mapping[str, float],
    gap: float,
    x: dict[str, float],
) -> None:
    """The positions nearest to the wishes, in the sense of least squares, that keep order and distance.

    With the widths taken off, the positions must only grow: pooling neighbours that want to pass each other
    gives the exact answer.
    """
    offset, offsets = 0.0, []
    for i, name in enumerate(line):
        if i:
            offset += (width[line[i - 1]] + width[name]) / 2 + gap
        offsets.append(offset)
    pools: list[list[float]] = []
    for name, shift in zip(line, offsets, strict=True):
        pools.append([wish[name] - shift, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            total, count = pools.pop()
            before, many = pools.pop()
            pools.append([(total * count + before * many) / (count + many), count + many])
    settled = [mean for mean, count in pools for _ in range(int(count))]
    for name, place_of, shift in zip(line, settled, offsets, strict=True):
        x[name] = place_of + shift
