"""The dependency graph as SVG with real links. Colours come from the style sheet, so both themes fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derivations.book import graph
from derivations.book.html import escape, link
from derivations.book.model import Book
from derivations.book.paths import Paths

# Widths are reckoned, not measured: a digit or letter of the monospaced 12 px label takes 7.3 px.
_LETTER, _PADDING, _BOX = 7.3, 18.0, 24.0
_MARGIN = 4.0
# The width of the column of text, and of a page without navigation.
_COLUMN, _PAGE = 680.0, 1150.0


def whole_graph(book: Book, paths: Paths) -> str:
    """Every formula and what it rests on."""
    joined = {name for entry in book.entries.values() if entry.uses for name in (entry.id, *entry.uses)}
    parents = {name: list(entry.uses) for name, entry in book.entries.items() if name in joined}
    alone = [name for name in book.entries if name not in joined]
    title = "Every formula of the book and what it rests on"
    picture = _draw(book, parents, paths.formula, title, _PAGE) if parents else ""
    if not alone:
        return picture
    named = ", ".join(link(paths.formula(name), escape(name), "entry-id") for name in alone)
    return f"{picture}\n<p>Not drawn, because they use no other formula and none uses them: {named}.</p>"


def ancestor_graph(book: Book, entry_id: str, paths: Paths) -> str:
    """One formula and everything that it rests on; empty when it rests on nothing."""
    names = [*book.ancestors(entry_id), entry_id]
    if len(names) == 1:
        return ""
    parents = {name: list(book.entries[name].uses) for name in names}
    return _draw(book, parents, paths.formula, f"Everything that {entry_id} rests on", _COLUMN, entry_id)


def graph_as_text(book: Book, paths: Paths) -> str:
    """The graph as a list of sentences with links: the same knowledge without a picture."""
    rows = []
    for entry in book.entries.values():
        used = ", ".join(link(paths.formula(name), escape(name), "entry-id") for name in entry.uses)
        name = link(paths.formula(entry.id), escape(entry.id), "entry-id")
        rows.append(f"<li>{name} {'uses ' + used if used else 'uses no other formula'}</li>")
    return f'<ul class="graph-text">{"".join(rows)}</ul>'


def _draw(
    book: Book,
    parents: Mapping[str, Sequence[str]],
    to: Callable[[str], str],
    title: str,
    room: float,
    chosen: str = "",
) -> str:
    sizes = {name: len(name) * _LETTER + _PADDING for name in parents}
    placed = graph.place(graph.reduce(parents), sizes, room)
    width, height = placed.width + 2 * _MARGIN, placed.height
    edges = "\n".join(
        f'<path data-from="{escape(above)}" data-to="{escape(below)}" d="{_curve(points)}"/>'
        for (above, below), points in placed.paths.items()
    )
    nodes = "\n".join(
        _node(book, name, placed.centres[name], sizes[name], to(name), name == chosen) for name in parents
    )
    return (
        f'<div class="graph wide" data-search-exclude><svg viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="group" aria-label="{escape(title)}">\n'
        f'<g class="edges">\n{edges}\n</g>\n<g class="nodes">\n{nodes}\n</g>\n</svg></div>'
    )


def _node(book: Book, name: str, centre: tuple[float, float], width: float, href: str, chosen: bool) -> str:
    x, y = centre[0] + _MARGIN, centre[1]
    entry = book.entries[name]
    css = f"node {entry.verdict}{' chosen' if chosen else ''}"
    return (
        f'<a href="{escape(href)}" class="{css}" data-id="{escape(name)}">'
        f"<title>{escape(entry.title)} ({entry.verdict})</title>"
        f'<rect x="{x - width / 2:.1f}" y="{y - _BOX / 2:.1f}" width="{width:.1f}" height="{_BOX}" rx="4"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{escape(name)}</text></a>'
    )


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth line down through the points, vertical where it meets a box or passes one."""
    (x, y), last = points[0], len(points) - 1
    x, y = x + _MARGIN, y + _BOX / 2
    path = f"M{x:.1f},{y:.1f}"
    for i, (to_x, centre) in enumerate(points[1:], 1):
        to_x, to_y = to_x + _MARGIN, centre - _BOX / 2
        middle = (y + to_y) / 2
        path += f"C{x:.1f},{middle:.1f} {to_x:.1f},{middle:.1f} {to_x:.1f},{to_y:.1f}"
        x, y = to_x, centre + _BOX / 2
        if i < last:
            path += f"V{y:.1f}"
    return path
