"""Results of long measurements as data: every finished cell is kept, so a script that was stopped goes on.

A record is docs/results/NAME.json: cells by key, the tables that the page shows, and where, when and with what
everything was made. Cells that were made with other versions or on another device say so themselves.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, stdev
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from diffusion.checkpoint import write_atomically  # noqa: E402

RESULTS = ROOT / "docs" / "results"


class Record:
    """One file of results. `packages` are the distributions whose versions matter."""

    def __init__(self, path: Path, about: str, packages: Sequence[str] = ("torch",)) -> None:
        self.path, self.packages = path, tuple(packages)
        self.data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        self.data["about"] = about
        self.data.setdefault("cells", {})

    def cell(self, key: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The values of a cell: as kept, or computed now and kept."""
        cells = self.data["cells"]
        if key not in cells:
            print(f"{key} ...", file=sys.stderr, flush=True)
            cells[key] = {**compute(), "made": made(self.packages)}
            self.save()
        return cells[key]

    def forget(self, keys: Iterable[str]) -> None:
        """Drop cells, so that they are computed again."""
        for key in keys:
            self.data["cells"].pop(key, None)

    def show(self, tables: list[dict[str, Any]], pictures: Sequence[dict[str, str]] = ()) -> None:
        """What the page shows: tables with caption, columns and rows of text; pictures with file and caption."""
        self.data["tables"], self.data["pictures"] = tables, list(pictures)
        self.save()

    def save(self) -> None:
        """Write the file, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path, (json.dumps(self.data, indent=1, ensure_ascii=False) + "\n").encode())


def made(packages: Sequence[str]) -> str:
    """Date, device and versions, in one line."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {_version(name)}" for name in packages)]
    return f"{date.today().isoformat()}, {device()}, {', '.join(versions)}"


def device() -> str:
    """The GPU if there is one, else the processor and the threads in use."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{processor()}, {torch.get_num_threads()} thread{'s' if torch.get_num_threads() > 1 else ''}"


def processor() -> str:
    """The name of the processor, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation of several runs, as text; one run alone has none."""
    from diffusion.metrics import Estimate

    if len(values) == 1:
        return f"{values[0]:.3f}"
    return str(Estimate(mean(values), stdev(values)))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
