"""The audit of a document: every formula that claims something, judged in order, in the notation that fits it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from derivations.reading import documents
from derivations.reading.documents import Document, Formula
from derivations.reading.grammar import parse
from derivations.reading.judge import Judge
from derivations.reading.lexer import repair, tokenize
from derivations.reading.macros import Macro, common, definitions_removed, expand
from derivations.reading.notation import Notation
from derivations.reading.signature import SCALARS, Signature, is_index, key_of, label
from derivations.reading.statements import claims
from derivations.reading.syntax import Row, UnreadError, leaves, show
from derivations.reading.verdict import VERDICTS, Judgement
from derivations.reading.worlds import WORLDS, World

MAX_FORMULAS = 4_000


@dataclass(frozen=True)
class Equation:
    """A formula of a document and the verdict on it."""

    formula: Formula
    judgement: Judgement
    repairs: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The equation as plain data; see the page on `derive audit` for what each key means."""
        j = self.judgement
        left, right = j.values or ("", "")
        out: dict[str, Any] = {
            "line": self.formula.line, "tex": self.formula.tex, "kind": self.formula.kind, "verdict": j.verdict,
            "formula": j.formula, "message": j.message, "reading": j.reading,
            "witness": None if not j.witness else {"at": dict(j.witness), "left": left, "right": right},
        }  # fmt: skip
        if self.repairs:
            out["repairs"] = list(self.repairs)
        if self.formula.cell is not None:
            out["cell"] = self.formula.cell
        return out


@dataclass
class Audit:
    """The audit of one document: its equations, the notation it was read in, and how many formulas only name things."""

    file: str
    notation: str
    equations: list[Equation] = field(default_factory=list)
    mentions: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many equations have each verdict, undecided and unread first."""
        count = Counter(e.judgement.verdict for e in self.equations)
        order = ("undecided", "unread", "refuted", "convention", "proved", "definition")
        return {v: count[v] for v in order}

    def data(self) -> dict[str, Any]:
        """The audit as plain data."""
        counts: dict[str, Any] = {**self.counts, "equations": len(self.equations), "mentions": self.mentions}
        return {
            "file": self.file,
            "notation": self.notation,
            "equations": [e.data() for e in self.equations],
            "counts": counts,
        }


@dataclass(frozen=True)
class Read:
    """A formula as rows, or the reason why it has none."""

    formula: Formula
    row: Row = ()
    repairs: tuple[str, ...] = ()
    error: UnreadError | None = None


def read(formula: Formula, macros: Mapping[str, Macro]) -> Read:
    """The row of a formula: repaired, expanded, parsed."""
    tex, notes = repair(formula.tex)
    repairs = (*formula.repairs, *notes)
    try:
        return Read(formula, parse(tokenize(expand(definitions_removed(tex), macros))), repairs)
    except UnreadError as error:
        return Read(formula, (), repairs, error)
    except RecursionError:
        return Read(formula, (), repairs, UnreadError("nested too deeply"))


def audit_file(path: Path, notation: str = "") -> Audit:
    """The audit of a file. Raises RequestError when it cannot be read."""
    return audit(documents.load(path), notation)


def audit_text(text: str, suffix: str = ".md", notation: str = "", name: str = "<text>") -> Audit:
    """The audit of a text."""
    return audit(documents.document(text, name, suffix), notation)


def audit(doc: Document, notation: str = "") -> Audit:
    """The audit of a document in a notation by name, or in the one that fits it best."""
    macros = {**common(), **doc.macros}
    reads = [read(f, macros) for f in doc.formulas[:MAX_FORMULAS]]
    signature = _signature(reads)
    worlds = [WORLDS[notation]] if notation else candidates(reads)
    best: Audit | None = None
    for world in worlds:
        found = _judged(doc, reads, world, signature)
        if best is None or _score(found) > _score(best):
            best = found
    assert best is not None
    return best


def _score(a: Audit) -> tuple[int, int]:
    counts = a.counts
    return 2 * counts["proved"] + counts["convention"] - counts["refuted"], -counts["refuted"]


def candidates(reads: list[Read]) -> list[World]:
    """The notations that a document may be written in, the usual one first."""
    names = names_of(reads)
    return [w for w in WORLDS.values() if w.needs <= names and not w.refuses & names]


def names_of(reads: list[Read]) -> frozenset[str]:
    """Every name that a document uses, with and without its label."""
    out: set[str] = set()
    for r in reads:
        for i in leaves(r.row):
            if i.kind == "name":
                out.add(key_of(i))
                if i.sub and not is_index(i.sub):
                    out.add(f"{key_of(i)}_{label(i.sub)}")
    return frozenset(out)


def _signature(reads: list[Read]) -> Signature:
    """What the document's way of writing declares: a letter that is bold somewhere is a vector, unless the field
    uses it for numbers too.
    """
    out = Signature()
    for r in reads:
        for i in leaves(r.row):
            if i.kind == "name" and "bold" in i.marks and key_of(i) not in SCALARS:
                out.vectors.add(key_of(i))
    everything = [i for r in reads for i in leaves(r.row) if i.kind == "name"]
    steps = any(i.text == "z" and show(i.sub) == "t" for i in everything)
    out.latent = steps and not any(i.text == "x" and is_index(i.sub) for i in everything)
    out.data_x = not any(i.text == "z" and show(i.sub) == "0" for i in everything)
    return out


def _judged(doc: Document, reads: list[Read], world: World, signature: Signature) -> Audit:
    names = names_of(reads)
    judge = Judge(Notation(world, names=names), replace(signature))
    out = Audit(doc.name, world.name)
    for r in reads:
        display = r.formula.kind == "display"
        if r.error is not None:
            if display or re.search(r"=|\\approx|\\sim|<|>|\\le|\\ge", r.formula.tex):
                out.equations.append(Equation(r.formula, Judgement("unread", message=str(r.error)), r.repairs))
            else:
                out.mentions += 1
        elif not claims(r.row) and not display:
            out.mentions += 1
        elif r.row:
            out.equations.append(Equation(r.formula, judge.formula(r.row, display, r.formula.before), r.repairs))
    return out


__all__ = ["VERDICTS", "Audit", "Equation", "audit", "audit_file", "audit_text"]
