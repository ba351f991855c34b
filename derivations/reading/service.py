"""The audit as a worker does it: one document is opened, then judged formula by formula, all in plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from derivations.reading.audit import Reading, prepared
from derivations.reading.notation.declaration import Declaration, declaration
from derivations.reading.notation.worlds import WORLDS
from derivations.reading.text.documents import document

_open: list[Reading] = []


def begin(
    name: str, text: str, suffix: str, notation: str, names: dict[str, list[str]], trying: bool = True
) -> dict[str, Any]:
    """Read a document and choose its notation. The result: how many formulas, and the notation's name and kind."""
    doc = document(text, name, suffix)
    settings = Declaration(notation, {k: tuple(v) for k, v in names.items()}) if names else declaration(doc.front)
    reading = prepared(doc, settings, notation or settings.notation, trying)
    _open[:] = [reading]
    return {"formulas": len(reading.reads), "notation": reading.world.name, "deviation": reading.world.deviation}


def judge(k: int) -> dict[str, Any] | None:
    """The verdict on the formula number k; None for one that only names something."""
    reading = _open[0]
    e = reading.equation(reading.reads[k])
    if e is None:
        return None
    return {**asdict(e.judgement), "repairs": list(e.repairs), "lints": list(e.lints), "notation": e.notation}


__all__ = ["WORLDS", "begin", "judge"]
