"""Audit the documents that the book's page on audits shows, and keep the results in docs/audits/.

    python scripts/renew_audits.py [readable_guide.md ...]     documents by path; their results take their names
    python scripts/renew_audits.py --errata                    printed and corrected forms of located faults
    python scripts/renew_audits.py --mutants FILE ...          single-token mistakes planted in what is proved

A result holds the formulas and the verdicts, and none of the prose.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from derivations.reading import audit_file, audit_text, documents
from derivations.reading.audit import prepared
from derivations.reading.declaration import declaration
from derivations.reading.mutants import judged

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "audits"


def document(path: Path) -> dict[str, Any]:
    """The audit of a document as it is kept."""
    data = audit_file(path).data()
    return {**data, "file": path.name}


def errata(cases: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The verdicts on the printed and on the corrected form of each case."""
    out = []
    for case in cases:
        given = f"$${case['given']}$$\n\n" if case["given"] else ""
        row: dict[str, Any] = {"id": case["id"], "about": case["about"], "given": case["given"]}
        for form in ("printed", "corrected"):
            e = audit_text(f"{given}$$\n{case[form]}\n$$\n").equations[-1].data()
            row[form] = {key: e[key] for key in ("tex", "verdict", "formula", "message", "witness")}
        out.append(row)
    return out


def mutants(paths: list[Path]) -> dict[str, Any]:
    """How many planted mistakes have each verdict, by the kind of mistake, in the proved formulas of documents."""
    by_kind: dict[str, Counter[str]] = {}
    formulas = 0
    for path in paths:
        doc = documents.load(path)
        for _, found in judged(prepared(doc, declaration(doc.front))):
            formulas += 1
            for mutant in found:
                by_kind.setdefault(mutant.kind, Counter())[mutant.verdict] += 1
    total = sum(by_kind.values(), Counter[str]())
    return {
        "documents": [path.name for path in paths], "formulas": formulas, "mutants": total.total(),
        "verdicts": dict(total),
        "kinds": {kind: dict(count) for kind, count in sorted(by_kind.items())},
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
    chosen = options.parse_args()
    if chosen.errata:
        keep("errata", errata(json.loads((FOLDER / "errata_cases.json").read_text(encoding="utf-8"))))
    if chosen.mutants:
        keep("mutants", mutants(chosen.files))
    else:
        for path in chosen.files:
            keep(path.stem, document(path))


if __name__ == "__main__":
    main()
