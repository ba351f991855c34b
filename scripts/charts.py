"""Charts as SVG text in the colour of the text around them, and the marked parts of a page that hold them.

A page marks a part with <!-- measured: NAME --> and <!-- /measured -->; `refresh` puts what was measured between.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

Curve = Sequence[tuple[float, float]]

_PANEL, _GAP, _COLUMNS = (150.0, 120.0), (16.0, 34.0), 4
_LEFT, _TOP, _BOTTOM = 38.0, 22.0, 40.0


def small_multiples(
    curves: Mapping[str, Curve], title: str, x_label: str, y_label: str, floor: float | None = None
) -> str:
    """One small log-log panel for each curve, drawn strongly before all the others, faint.

    floor draws a dashed line at a value that no curve can be told from. Points must be positive.
    """
    points = [point for curve in curves.values() for point in curve]
    x_ends, y_ends = _decades([x for x, _ in points]), _decades([y for _, y in points])
    rows = math.ceil(len(curves) / _COLUMNS)
    width = _LEFT + _COLUMNS * (_PANEL[0] + _GAP[0])
    height = _TOP + rows * (_PANEL[1] + _GAP[1]) + _BOTTOM - _GAP[1]
    faint = "".join(_polyline(curve, x_ends, y_ends) for curve in curves.values())
    panels = []
    for i, (name, curve) in enumerate(curves.items()):
        column, row = i % _COLUMNS, i // _COLUMNS
        left, top = _LEFT + column * (_PANEL[0] + _GAP[0]), _TOP + row * (_PANEL[1] + _GAP[1])
        parts = [
            f'<g transform="translate({left:.0f},{top:.0f})">',
            f'<text x="0" y="-6" font-size="11">{escape(name)}</text>',
            _axes(x_ends, y_ends, labels=(column == 0, row == rows - 1 or i + _COLUMNS >= len(curves))),
            f'<g fill="none" stroke="currentColor" stroke-width="0.8" opacity="0.16">{faint}</g>',
        ]
        if floor is not None:
            y = _place(floor, y_ends, _PANEL[1], up=True)
            line = f'<path d="M0,{y:.1f}H{_PANEL[0]}" stroke="currentColor" stroke-dasharray="3 3" opacity="0.6"/>'
            parts.append(line)
        dots = "".join(
            f'<circle cx="{_place(x, x_ends, _PANEL[0]):.1f}" cy="{_place(y, y_ends, _PANEL[1], up=True):.1f}" r="2"/>'
            for x, y in curve
        )
        strong = _polyline(curve, x_ends, y_ends)
        parts.append(f'<g fill="none" stroke="currentColor" stroke-width="1.8">{strong}</g>')
        parts.append(f'<g fill="currentColor">{dots}</g></g>')
        panels.append("".join(parts))
    says = f"{escape(y_label)}, against {escape(x_label)}"
    legend = f'<text x="{_LEFT}" y="{height - 4:.0f}" font-size="11" font-style="italic">{says}</text>'
    return _svg(width, height, title, "".join(panels) + legend)


def bars(values: Mapping[str, float], title: str, unit: str, strong: Sequence[str] = ()) -> str:
    """Horizontal bars, each with its value; those named in `strong` are filled darker."""
    label, room, line = 230.0, 400.0, 20.0
    parts = []
    for i, (name, value) in enumerate(values.items()):
        y, length = 6 + i * line, room * value / max(values.values())
        shade = 0.85 if name in strong else 0.35
        parts += [
            f'<text x="{label - 8:.0f}" y="{y + 11:.0f}" text-anchor="end" font-size="11">{escape(name)}</text>',
            f'<rect x="{label:.0f}" y="{y:.0f}" width="{length:.1f}" height="14" opacity="{shade}"/>',
            f'<text x="{label + length + 6:.1f}" y="{y + 11:.0f}" font-size="11">{value:.3g} {escape(unit)}</text>',
        ]
    return _svg(label + room + 70, 12 + len(values) * line, title, "".join(parts))


def refresh(page: Path, name: str, html: str) -> None:
    """Put html into the part of the page that is marked with this name. Raises ValueError where there is none."""
    text = page.read_text(encoding="utf-8")
    found = _part(name).search(text)
    if found is None:
        raise ValueError(f"{page} has no part <!-- measured: {name} --> ... <!-- /measured -->; add it there")
    page.write_text(text[: found.start(1)] + html + text[found.end(1) :], encoding="utf-8")


def shown(page: Path, name: str) -> str:
    """What the part of the page holds. Raises ValueError where there is none."""
    found = _part(name).search(page.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{page} has no part <!-- measured: {name} -->")
    return found[1]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An HTML table with numbers to the right."""
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide numbers"><table><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table></div>'


def figure(svg: str, caption: str) -> str:
    """A picture with its caption, as one block of HTML."""
    return f'<figure class="picture">{svg}<figcaption>{escape(caption)}</figcaption></figure>'


def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- measured: {re.escape(name)} -->\n(.*?)\n<!-- /measured -->", re.S)


def _svg(width: float, height: float, title: str, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(title, quote=True)}" fill="currentColor" font-family="inherit">{body}</svg>'
    )


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """Powers of ten around the values."""
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _place(value: float, ends: tuple[float, float], room: float, up: bool = False) -> float:
    share = (math.log10(value) - ends[0]) / (ends[1] - ends[0])
    return room * (1 - share if up else share)


def _polyline(curve: Curve, x_ends: tuple[float, float], y_ends: tuple[float, float]) -> str:
    at = " ".join(
        f"{_place(x, x_ends, _PANEL[0]):.1f},{_place(y, y_ends, _PANEL[1], up=True):.1f}" for x, y in curve
    )
    return f'<polyline points="{at}"/>'


def _axes(x_ends: tuple[float, float], y_ends: tuple[float, float], labels: tuple[bool, bool]) -> str:
    """A frame with a tick at each decade; labels of the vertical and the horizontal axis where asked for."""
    width, height = _PANEL
    parts = [f'<rect width="{width}" height="{height}" fill="none" stroke="currentColor" opacity="0.3"/>']
    for ends, upward in ((y_ends, True), (x_ends, False)):
        step = max(1, round((ends[1] - ends[0]) / 4))
        for decade in range(int(ends[0]), int(ends[1]) + 1, step):
            place = _place(10.0**decade, ends, height if upward else width, up=upward)
            mark = f"M0,{place:.1f}h4" if upward else f"M{place:.1f},{height}v-4"
            parts.append(f'<path d="{mark}" stroke="currentColor" opacity="0.5"/>')
            if upward and labels[0]:
                at = f'x="-4" y="{place + 4:.1f}" text-anchor="end"'
            elif not upward and labels[1]:
                side = {ends[0]: "start", ends[1]: "end"}.get(decade, "middle")
                at = f'x="{place:.1f}" y="{height + 13}" text-anchor="{side}"'
            else:
                continue
            parts.append(f'<text {at} font-size="10">{_power(decade)}</text>')
    return "".join(parts)


def _power(decade: int) -> str:
    return str(10**decade) if 0 <= decade <= 3 else f'10<tspan dy="-4" font-size="7">{decade}</tspan>'
