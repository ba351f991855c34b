"""The latest figures for the trust page: of the long campaigns, which write `docs/measured.json`, and of the files of
tests, which `pytest --keep-figures` writes into `docs/tests.json`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scripts.record import processor

ROOT = Path(__file__).resolve().parents[1]
FILE, RUNS = ROOT / "docs" / "measured.json", ROOT / "docs" / "tests.json"
OUTCOMES = ("passed", "failed", "skipped")


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


class Runs:
    """A plugin of pytest that counts what comes out of each file of tests, and keeps it at the end.

    The hash is that of the file as it was run: the page says where a file has changed since.
    """

    def __init__(self) -> None:
        self.found: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Count a test once: as it ran, or as it failed or was skipped before or after."""
        if report.when == "call" or report.outcome != "passed":
            outcome = "skipped" if report.outcome == "skipped" else report.outcome
            self.found.setdefault(report.nodeid.partition("::")[0], Counter())[outcome] += 1

    def pytest_sessionfinish(self, session: Any) -> None:
        """Write the file, in place of what it said of the same files of tests; forget those that are gone."""
        kept = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.is_file() else {}
        today = datetime.date.today().isoformat()
        for name, count in self.found.items():
            kept[name] = {**{o: count[o] for o in OUTCOMES}, "on": today, "hash": digest(ROOT / name)}
        there = {name: kept[name] for name in sorted(kept) if (ROOT / name).is_file()}
        RUNS.write_text(json.dumps(there, indent=1) + "\n", encoding="utf-8")


def digest(path: Path) -> str:
    """The hash of a text file, whatever ends its lines."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


def surroundings() -> str:
    """The machine and the versions that a figure depends on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("python-flint", "sympy"))
    return f"{processor()}, Python {platform.python_version()}, {libraries}"
