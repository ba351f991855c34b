"""The latest figures of the long campaigns, for the trust page: `docs/measured.json`, written by the campaigns alone."""

from __future__ import annotations

import datetime
import json
import platform
from importlib.metadata import version
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs" / "measured.json"


def rows() -> dict[str, dict[str, str]]:
    """Each campaign's latest figure, by its name."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def keep(name: str, what: str, figure: str, command: str) -> None:
    """Keep a campaign's figure in place of the one before.

    what: what was tried, in a sentence. figure: what came out, with its denominator. command: how to measure it again.
    The date, the machine and the versions are added.
    """
    today = datetime.date.today().isoformat()
    row = {"what": what, "figure": figure, "command": command, "on": today, "with": surroundings()}
    text = json.dumps({**rows(), name: row}, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")


def surroundings() -> str:
    """The machine and the versions that a figure depends on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("python-flint", "sympy"))
    return f"{processor()}, Python {platform.python_version()}, {libraries}"


def processor() -> str:
    """The name of the processor, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()
