"""The latest figures of the long campaigns, for the trust page: `docs/measured.json`, written by the campaigns alone."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs" / "measured.json"


def rows() -> dict[str, dict[str, str]]:
    """Each campaign's latest figure, by its name."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def keep(name: str, what: str, figure: str, command: str) -> None:
    """Keep a campaign's figure in place of the one before.

    what: what was tried, in a sentence. figure: what came out, with its denominator. command: how to measure it again.
    """
    row = {"what": what, "figure": figure, "command": command, "on": datetime.date.today().isoformat()}
    text = json.dumps({**rows(), name: row}, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")
