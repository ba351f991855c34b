"""The mutation campaign over the whole book, kept for the trust page.

    python -m tests.mutation.measure --out all.jsonl [--workers N | --scheduler ADDRESS]

runs `derive mutate`, goes on where it was stopped, and keeps the figures in `docs/mutation.json`, by entry and by edit,
with every mutant that is equivalent; and the headline in `docs/measured.json`.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from derivations.cli import main as derive
from derivations.cli.mutate import percent
from derivations.mutation.summary import stopped
from tests import measured

FILE = Path(__file__).resolve().parents[2] / "docs" / "mutation.json"


def kept() -> dict[str, Any]:
    """The figures that are kept."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def headline(figures: dict[str, Any]) -> dict[str, str]:
    """The row of the trust page."""
    total, counted = figures["mutants"], figures["outcomes"]
    return {
        "what": f"Every mutant by a single edit of {figures['lines']:,} lines and {figures['statements']:,} statements of "
        f"{figures['entries']:,} formulas is tried.",
        "figure": f"{stopped(figures):,} of {total:,} ({percent(stopped(figures), total)}) are refuted or refused, "
        f"{counted['refuted']:,} of them by numbers too; {counted['equivalent']:,} are proved equivalent and listed in "
        f"`docs/mutation.json`; {counted['survived']:,} survived, {counted['crashed']:,} made the kernel crash",
        "command": "derive mutate",
    }


def main(arguments: list[str]) -> int:
    """Run `derive mutate` with these arguments, and keep what it says when it passes."""
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        return derive(["mutate", "--help"])
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = derive(["mutate", "--json", *arguments])
    if code == 2:
        return code
    figures = json.loads(said.getvalue())
    row = headline(figures)
    print(f"{row['what']} {row['figure']}.")
    if code == 0:
        FILE.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        measured.keep("mutation", **row)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
