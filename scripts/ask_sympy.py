"""Ask SymPy's own functions about every equation of the corpus, and write their answers to docs/sympy.json.

    python scripts/ask_sympy.py

Each question has two seconds of processor time in a process of its own. What was answered by the same version of
SymPy is kept, so a run that was stopped goes on; delete the file to ask everything again.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from derivations.evidence.opinions import SLOW
from derivations.registry.questions import RECORD, questions, record
from derivations.worker import Limit, Limits, Worker

SECONDS = 2


def main() -> None:
    """Ask what was not asked yet."""
    kept = record()
    answers = dict(kept["answers"]) if kept.get("sympy") == version("sympy") else {}
    asked = list(questions())
    with Worker(Limits(seconds=SECONDS, megabytes=2048)) as worker:
        for question in asked:
            if question.key not in answers:
                found = worker.submit(
                    "derivations.registry.questions:ask_plain", question.id, question.part, question.method
                )
                answers[question.key] = {"word": SLOW, "said": found.reason} if isinstance(found, Limit) else found
                print(f"{question.key}: {answers[question.key]['word']}", file=sys.stderr)
                write({q.key: answers[q.key] for q in asked if q.key in answers})


def write(answers: dict[str, dict[str, str]]) -> None:
    """Write the record."""
    made = {"sympy": version("sympy"), "seconds": SECONDS, "answers": answers}
    RECORD.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
