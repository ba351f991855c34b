"""What the commands know about the terminal: its width, its colours, and a progress bar on stderr."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")
WIDTH = 100
CODES = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "bold": "1", "faint": "2"}
VERDICT = {"undecided": "red", "refuted": "blue", "assumed": "yellow", "proved": "green", "defined": "faint"}
BAR = 24


def width(stream: TextIO) -> int:
    """How many columns to use: at most 100, fewer in a narrower terminal."""
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if stream.isatty() else WIDTH


def coloured(stream: TextIO) -> bool:
    """Whether the stream shows colours: a terminal, unless NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str) -> str:
    """The text in a colour, on a stdout that shows colours."""
    return f"\x1b[{CODES[colour]}m{text}\x1b[0m" if colour and coloured(sys.stdout) else text


def cut(text: str, room: int) -> str:
    """The text in at most `room` characters."""
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…"


def progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yield the items, and show how far they are on stderr when it is a terminal."""
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    drawn = 0.0
    for k, item in enumerate(items):
        if shown and time.monotonic() - drawn > 0.05:
            drawn = time.monotonic()
            full = BAR * k // max(total, 1)
            sys.stderr.write(f"\r{label} [{'#' * full}{' ' * (BAR - full)}] {k}/{total}")
            sys.stderr.flush()
        yield item
    if shown and drawn:
        sys.stderr.write("\r" + " " * (len(label) + BAR + 16) + "\r")
        sys.stderr.flush()
