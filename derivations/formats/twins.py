"""Which function of `diffusion` computes a formula: a table, because neither package imports the other.

`twins.json` is kept true by a test that sees both packages; `python -m tests.twins.test_twin_table` writes
it anew.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("twins.json")


@cache
def table() -> dict[str, str]:
    """Formula ID to the dotted name of the function that computes it."""
    found: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def twin(entry_id: str) -> str:
    """The dotted name of the function that computes a formula; empty when there is none."""
    return table().get(entry_id, "")
