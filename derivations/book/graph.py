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
# The part of a row that nodes may fill; the rest is for the lines that pass between them.
FILLED = 0.8
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
    room: float = 1e9,
    gap: float = 14.0,
    row: float = 64.0,
) -> Placed:
    """Lay a graph out.

    Args:
        parents: for each node, the nodes it rests on; they are drawn above it.
        sizes: width of each node.
        room: how wide a row of nodes may be, as far as that can be kept; a fuller row is broken into several.
        gap: least distance between two neighbours in a row.
        row: distance between two rows.
    """
    rank = _ranks(parents, sizes, FILLED * room, gap)
    rows, chains = _with_bends(parents, rank)
    up, down = _neighbours(chains)
    _arrange(rows, up, down)
    width = {name: sizes.get(name, BEND) for line in rows for name in line}
    full = max(sum(width[name] for name in line) + gap * (len(line) - 1) for line in rows)
    x = _positions(rows, up, down, width, gap, max(full, room))
    level = {name: i for i, line in enumerate(rows) for name in line}
    left = min(x[name] - width[name] / 2 for name in x)
    at = {name: (x[name] - left, level[name] * row + row / 2) for name in x}
    return Placed(
        centres={name: at[name] for name in parents},
        paths={edge: [at[name] for name in chain] for edge, chain in chains.items()},
        width=max(x[name] + width[name] / 2 for name in x) - left,
        height=len(rows) * row,
    )


def _ranks(parents: Mapping[str, Sequence[str]], sizes: Mapping[str, float], room: float, gap: float) -> dict[str, int]:
    """Rows by longest path; nodes slide to where most edges are short; full rows overflow downwards."""
    nodes = order(parents)
    children: dict[str, list[str]] = {node: [] for node in nodes}
    for node in nodes:
        for parent in parents[node]:
            children[parent].append(node)
    least = dict.fromkeys(nodes, 0)
    rank = _lowest(parents, nodes, least)
    for node in reversed(nodes):
        if children[node] and len(children[node]) >= len(parents[node]):
            rank[node] = min(rank[child] for child in children[node]) - 1
    level = 0
    while level <= max(rank.values()):
        line = [node for node in nodes if rank[node] == level]
        if len(line) > 1 and sum(sizes[node] + gap for node in line) > room:
            # What carries least goes: a node without children, else the one whose children are far below.
            slack = {n: min((rank[child] for child in children[n]), default=10**6) for n in line}
            moved = max(line, key=lambda n: (slack[n], -len(parents[n])))
            least = {node: max(rank[node], least[node]) for node in nodes}
            least[moved] = level + 1
            rank = _lowest(parents, nodes, least)
        else:
            level += 1
    return rank


def _lowest(parents: Mapping[str, Sequence[str]], nodes: Sequence[str], least: Mapping[str, int]) -> dict[str, int]:
    """The first row that is below every parent, and not above the one that is asked for."""
    rank: dict[str, int] = {}
    for node in nodes:
        rank[node] = max(least[node], *(rank[parent] + 1 for parent in parents[node]), 0)
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
        _exchange(rows, up, down)
        crossings = _crossings(rows, down)
        if crossings < fewest:
            best, fewest = [list(line) for line in rows], crossings
    rows[:] = best


def _exchange(rows: list[list[str]], up: Mapping[str, list[str]], down: Mapping[str, list[str]]) -> None:
    """Swap two neighbours in a row wherever that leaves fewer crossings."""
    for number, line in enumerate(rows):
        beside = [rows[k] for k in (number - 1, number + 1) if 0 <= k < len(rows)]
        place_of = {name: i for other in beside for i, name in enumerate(other)}
        for i in range(len(line) - 1):
            ends = [[[place_of[n] for n in way.get(name, [])] for way in (up, down)] for name in line[i : i + 2]]
            kept = sum(a > b for left, right in zip(*ends, strict=True) for a in left for b in right)
            swapped = sum(a < b for left, right in zip(*ends, strict=True) for a in left for b in right)
            if swapped < kept:
                line[i], line[i + 1] = line[i + 1], line[i]


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
    room: float,
) -> dict[str, float]:
    """Pull each row towards its neighbours' mean, then push it apart from the middle of its wishes."""
    x: dict[str, float] = {}
    for line in rows:
        x.update(_spread(line, dict.fromkeys(line, 0.0), width, gap, room))
    for sweep in range(SWEEPS):
        towards = (up, down, {name: up.get(name, []) + down.get(name, []) for name in x})[sweep % 3]
        for line in rows if sweep % 2 == 0 else list(reversed(rows)):
            wish = {
                name: sum(x[n] for n in near) / len(near) if (near := towards.get(name, [])) else x[name]
                for name in line
            }
            x.update(_spread(line, wish, width, gap, room))
    return x


def _spread(
    line: Sequence[str], wish: Mapping[str, float], width: Mapping[str, float], gap: float, room: float
) -> dict[str, float]:
    """The positions nearest to the wishes, in the sense of least squares, that keep order, distance and room.

    With the widths taken off, the positions must only grow: pooling neighbours that want to pass each other
    gives the exact answer, and cutting it off at the ends keeps it exact inside the room.
    """
    offsets = [0.0]
    for left, right in itertools.pairwise(line):
        offsets.append(offsets[-1] + (width[left] + width[right]) / 2 + gap)
    pools: list[tuple[float, float, int]] = []  # place, weight, number of members
    for name, shift in zip(line, offsets, strict=True):
        # A bend insists on its place more than a box does, so that long lines run straight.
        pools.append((wish[name] - shift, 6.0 if ">" in name else 1.0, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, weight_a, many_a), (b, weight_b, many_b) = pools.pop(), pools.pop()
            weight = weight_a + weight_b
            pools.append(((a * weight_a + b * weight_b) / weight, weight, many_a + many_b))
    low = (width[line[0]] - room) / 2
    high = (room - width[line[-1]]) / 2 - offsets[-1]
    settled = [min(max(place_of, low), high) for place_of, _, many in pools for _ in range(many)]
    return {name: place_of + shift for name, place_of, shift in zip(line, settled, offsets, strict=True)}
