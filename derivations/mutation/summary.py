"""The figures of a campaign, always with their denominators, and what there is to read: equivalents and survivors."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from typing import Any

from derivations.mutation.edits import EDITS
from derivations.mutation.trial import OUTCOMES

DEMANDED = 99  # per cent of the mutants of the book that must be refuted or refused


def summary(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The figures as plain data; the order of the rows does not matter."""
    ordered = sorted(rows, key=lambda row: (row["file"], row["entry"], row["part"], row["line"]))
    every = [(row, mutant) for row in ordered for mutant in row["mutants"]]
    total = Counter(mutant["outcome"] for _, mutant in every)
    return {
        "date": date.today().isoformat(), "versions": versions(),
        "entries": len({(row["file"], row["entry"]) for row in ordered}),
        "lines": sum(row["line"] >= 0 for row in ordered), "statements": sum(row["line"] < 0 for row in ordered),
        "mutants": len(every), "outcomes": {word: total[word] for word in OUTCOMES},
        "seconds": round(sum(row["seconds"] for row in ordered), 1),
        "edits": {name: _counted(m for _, m in every if m["edit"] == name) for name in EDITS},
        "by_entry": {row["entry"]: _counted(m for r, m in every if r["entry"] == row["entry"]) for row in ordered},
        "equivalent": [_shown(row, m) for row, m in every if m["outcome"] == "equivalent"],
        "survived": [_shown(row, m) for row, m in every if m["outcome"] == "survived"],
        "crashed": [_shown(row, m) for row, m in every if m["outcome"] == "crashed"],
    }  # fmt: skip


def _counted(mutants: Iterable[dict[str, Any]]) -> dict[str, int]:
    count = Counter(m["outcome"] for m in mutants)
    return {word: count[word] for word in OUTCOMES}


def _shown(row: dict[str, Any], mutant: dict[str, Any]) -> dict[str, Any]:
    place = {name: row[name] for name in ("entry", "part", "line", "original")}
    return {**place, "edit": mutant["edit"], "mutant": mutant["mutant"], "why": mutant["why"]}


def versions() -> dict[str, str]:
    """What the figures were measured with."""
    return {"python": platform.python_version(), **{name: version(name) for name in ("python-flint", "sympy")}}


def stopped(figures: dict[str, Any]) -> int:
    """How many mutants were refuted or refused."""
    return int(figures["outcomes"]["refuted"]) + int(figures["outcomes"]["refused"])


def passes(figures: dict[str, Any], demanded: int = DEMANDED) -> bool:
    """Whether so many per cent of the mutants were stopped, nothing survived or crashed, and something was tried."""
    bad = figures["survived"] or figures["crashed"]
    return figures["mutants"] > 0 and figures["mutants"] * demanded <= 100 * stopped(figures) and not bad
