"""The sanity of an entry: is it about something, does it hold where it is tried, is each hypothesis needed, does each
edit of it fail?

None of this proves anything. It tells a statement that is true but empty, or true and badly written, from one that says
what it should; and where a conclusion fails in a model of its hypotheses, the kernel itself is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from derivations.evidence.models import FINITE
from derivations.language.entry import Entry
from derivations.registry.example import example
from derivations.registry.necessity import BROKEN, NEEDED, REDUNDANT, Dropped, drop_each
from derivations.registry.trials import Tried, try_entry
from derivations.registry.vacuity import flags
from derivations.registry.verdicts import judge

DEFINED, WITNESSED, UNCHECKED = "by definition", "witnessed", "not checked"


@dataclass(frozen=True)
class Sanity:
    """What was found about an entry.

    Attributes:
        id: the entry.
        tried: its parts, in the models.
        dropped: its hypotheses, each dropped in turn; of a definition none, since nothing rests on them.
        flags: what makes the statement empty.
        witness: the name of the model that is shown as its witness; "" where there is none.
    """

    id: str
    tried: list[Tried]
    dropped: list[Dropped]
    flags: list[str]
    witness: str

    def word(self, part: Tried) -> str:
        """Whether a part has a model in which all its hypotheses hold."""
        return DEFINED if part.defined else WITNESSED if part.trials else UNCHECKED

    @property
    def problems(self) -> list[str]:
        """What must be repaired, a sentence each."""
        return [
            *self.flags, *self._unwitnessed(), *self._wrong(), *self._survivors(), *self._broken(), *self._false(),
        ]  # fmt: skip

    @property
    def notes(self) -> list[str]:
        """What is worth knowing, a sentence each."""
        return [f"redundant: {d.text}" for d in self.dropped if d.word == REDUNDANT]

    def _unwitnessed(self) -> list[str]:
        out = []
        for part in self.tried:
            if self.word(part) == UNCHECKED:
                met = [f"{name}: {why}" for name, why in part.without.items()]
                out.append(f"not checked{_of(part)}: no model satisfies every hypothesis. {'; '.join(met[:2])}")
            elif not part.defined and not part.supported:
                met = [f"{t.name}: {t.conclusion.why}" for t in part.trials]
                out.append(f"not checked{_of(part)}: no model decides the conclusion. {'; '.join(met[:2])}")
        stated = next((part for part in self.tried if not part.defined), None)
        if stated is not None and stated.trials and self.witness not in {t.name for t in stated.trials}:
            why = stated.without.get(self.witness, "it is not one of the models that were tried")
            out.append(f"the witness that is shown ({self.witness or 'none'}) does not satisfy the hypotheses: {why}")
        return out

    def _wrong(self) -> list[str]:
        return [
            f"ALARM{_of(part)}: every hypothesis holds and the conclusion fails in the model: {t.name}; "
            f"{t.conclusion.why}. The kernel has proved something false, or the model is wrong: report it"
            for part in self.tried
            for t in part.wrong
        ]

    def _survivors(self) -> list[str]:
        return [
            f"an edit of the conclusion survives{_of(part)}: {name}; {why}"
            for part in self.tried
            for name, why in part.survived.items()
        ]

    def _broken(self) -> list[str]:
        return [
            f"without the hypothesis {d.text} the author's Python fails, and the kernel is not asked: {d.why}"
            for d in self.dropped
            if d.word == BROKEN
        ]

    def _false(self) -> list[str]:
        return [
            f"ALARM: the proof goes through without the hypothesis {d.text}, and there is a counterexample to that: "
            f"{d.counterexample}. The kernel has proved something false, or the model is wrong: report it"
            for d in self.dropped
            if d.word == REDUNDANT and d.counterexample
        ]

    def plain(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "id": self.id, "witness": self.witness, "problems": self.problems, "notes": self.notes,
            "parts": [_part(self.word(part), part) for part in self.tried],
            "hypotheses": [
                {"plain": d.text, "word": d.word, "why": d.why, "counterexample": d.counterexample}
                for d in self.dropped
            ],
        }  # fmt: skip


def _of(part: Tried) -> str:
    return f" ({part.label})" if part.label else ""


def _part(word: str, part: Tried) -> dict[str, Any]:
    return {
        "label": part.label, "word": word,
        "models": [
            {"model": t.name, "kind": t.model.kind, "word": t.conclusion.word, "why": t.conclusion.why}
            for t in part.trials
        ],
        "edits": {"refuted": part.refuted, "same": part.same, "survived": part.survived},
    }  # fmt: skip


def sanity(entry: Entry) -> Sanity:
    """Everything about an entry's sanity; of an undecided one nothing is known."""
    if judge(entry).verdict == "undecided":
        return Sanity(entry.id, [], [], [], "")
    shown = example(entry)
    dropped = [] if entry.kind == "definition" else drop_each(entry)
    flagged = [f for part in entry.results for f in flags(part.theorem)]
    return Sanity(entry.id, try_entry(entry), dropped, list(dict.fromkeys(flagged)), shown.name if shown else "")


def totals(reports: Iterable[dict[str, Any]]) -> dict[str, int]:
    """The figures of many reports, each with its denominator."""
    reports = list(reports)
    parts = [p for r in reports for p in r["parts"]]
    models = [m for p in parts for m in p["models"]]
    words = Counter(p["word"] for p in parts)
    hypotheses = [h for r in reports for h in r["hypotheses"]]
    dropped = Counter(h["word"] for h in hypotheses)
    edits = {kind: sum(len(p["edits"][kind]) for p in parts) for kind in ("refuted", "same", "survived")}
    return {
        "entries": len(reports), "statements": len(parts) - words[DEFINED], "witnessed": words[WITNESSED],
        "not_checked": words[UNCHECKED], "models": len(models), "finite": sum(m["kind"] == FINITE for m in models),
        "held": sum(m["word"] == "holds" for m in models), "failed": sum(m["word"] == "fails" for m in models),
        "hypotheses": sum(dropped.values()), "needed": dropped[NEEDED], "redundant": dropped[REDUNDANT],
        "counterexamples": sum(h["word"] == NEEDED and h["counterexample"] != "" for h in hypotheses),
        "edits": sum(edits.values()), **edits, "problems": sum(len(r["problems"]) for r in reports),
    }  # fmt: skip
