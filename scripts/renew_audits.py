"""Audit the documents that the book's page on audits shows, and keep the results in docs/audits/.

    python scripts/renew_audits.py [readable_guide.md ...]     documents by path; their results take their names
    python scripts/renew_audits.py --errata                    printed and corrected forms of located faults
    python scripts/renew_audits.py --mutants FILE ...          single-token mistakes planted in what is proved
    python scripts/renew_audits.py --chapters                  the same in what the chapters prove

A result holds the formulas and the verdicts, and none of the prose.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from derivations.cli.show import fetch
from derivations.reading import audit_file, audit_text
from derivations.reading.audit import prepared
from derivations.reading.mutants import judged
from derivations.reading.notation.declaration import declaration
from derivations.reading.text import documents
from derivations.registry import entries

RANGE = re.compile(r"[^=]*(?:<|\\le)[^=]*")  # a hypothesis like 0 < \sigma, and no definition
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "audits"


def document(path: Path) -> dict[str, Any]:
    """The audit of a document as it is kept."""
    data = audit_file(path).data()
    return {**data, "file": path.name}


def errata(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The verdicts on the printed and on the corrected form of each case."""
    out = []
    for case in cases:
        given = case["given"] and (case["given"] if "$" in case["given"] else f"$${case['given']}$$") + "\n\n"
        row: dict[str, Any] = {key: case[key] for key in ("id", "line", "about", "given")}
        for form in ("printed", "corrected"):
            e = audit_text(f"{given}$$\n{case[form]}\n$$\n").equations[-1].data()
            row[form] = {key: e[key] for key in ("tex", "verdict", "formula", "message", "witness")}
        out.append(row)
    return out


def mutants(paths: list[Path]) -> dict[str, Any]:
    """How many planted mistakes have each verdict, in the proved formulas of documents."""
    docs = [documents.load(path) for path in paths]
    return {"documents": [path.name for path in paths], **_planted([(doc.name, doc) for doc in docs])}


def printed(report: dict[str, Any]) -> str:
    """An entry as a document: the ranges among its hypotheses, then every line of its conclusion."""
    ranges = [h["tex"] for h in report["hypotheses"] if RANGE.fullmatch(h["tex"])]
    lines = report["formats"]["tex"].split(" \\\\\n")
    return "\n\n".join([*(f"Let \\({tex}\\)." for tex in ranges), *(f"$$\n{line}\n$$" for line in lines)])


def chapters(every: int = 1) -> dict[str, Any]:
    """The formulas that the chapters prove, as the book prints them, each entry a document: the verdicts on them, and
    on the mistakes planted in those that are proved, or in those of every so many entries.
    """
    docs = []
    verdicts, open_ = Counter[str](), []
    for entry_id in proved():
        doc = documents.document(printed(fetch(entry_id)), entry_id)
        docs.append((entry_id, doc))
        for e in prepared(doc, declaration("")).audit().equations:
            if e.formula.kind == "inline":
                continue  # a hypothesis
            verdicts[e.judgement.verdict] += 1
            if e.judgement.verdict in ("refuted", "unread", "undecided"):
                open_.append({"id": entry_id, "tex": e.formula.tex, "verdict": e.judgement.verdict})
    originals = {"entries": len(docs), "formulas": verdicts.total(), "verdicts": dict(verdicts), "open": open_}
    return {"originals": originals, **_planted(docs[::every])}


def proved() -> list[str]:
    """The IDs of the entries that the chapters prove or define, in their order."""
    return [entry_id for entry_id in entries() if fetch(entry_id)["verdict"] in ("proved", "defined")]


def _planted(docs: list[tuple[str, documents.Document]]) -> dict[str, Any]:
    """The mistakes planted in documents by kind and verdict, and each one that was not refuted."""
    by_kind: dict[str, Counter[str]] = {}
    formulas, survivors = 0, []
    for name, doc in docs:
        for read, found in judged(prepared(doc, declaration(doc.front))):
            formulas += 1
            for mutant in found:
                by_kind.setdefault(mutant.kind, Counter())[mutant.verdict] += 1
                if mutant.verdict != "refuted":
                    survivors.append({"in": Path(name).name, "line": read.formula.line, **vars(mutant)})
    total = sum(by_kind.values(), Counter[str]())
    return {
        "formulas": formulas, "mutants": total.total(), "verdicts": dict(total),
        "kinds": {kind: dict(count) for kind, count in sorted(by_kind.items())}, "survivors": survivors,
    }  # fmt: skip


def keep(name: str, data: Any) -> None:
    """Write one result."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Renew what is asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--errata", action="store_true")
    options.add_argument("--mutants", action="store_true")
    options.add_argument("--chapters", action="store_true")
    chosen = options.parse_args()
    if chosen.errata:
        keep("errata", errata(json.loads((FOLDER / "errata_cases.json").read_text(encoding="utf-8"))))
    if chosen.chapters:
        keep("chapters", chapters())
    if chosen.mutants:
        keep("mutants", mutants(chosen.files))
    else:
        for path in chosen.files:
            keep(path.stem, document(path))


if __name__ == "__main__":
    main()
