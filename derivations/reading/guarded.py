"""The audit of a stranger's file in a worker: a formula that takes too much, or on which the checker fails, costs its
own verdict, and nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from derivations.errors import RequestError
from derivations.reading.audit import MAX_FORMULAS, Audit, Equation, beyond
from derivations.reading.notation.declaration import Declaration, declaration
from derivations.reading.notation.worlds import WORLDS
from derivations.reading.text import documents
from derivations.reading.verdict import Judgement
from derivations.worker import Limit, Limits, Worker, WorkerError

FAULT = "is not judged, by a fault of this program, which should be reported with the formula: {}"
OPENING, FORMULA = Limits(seconds=60, megabytes=2048), Limits(seconds=10, megabytes=2048)


def audit_guarded(path: Path, notation: str | Declaration = "", worker: Worker | None = None) -> Audit:
    """The audit of a file, each formula under limits of time and memory. Raises RequestError when it cannot be read."""
    doc = documents.load(path)
    settings = notation if isinstance(notation, Declaration) else declaration(doc.front)
    name = notation if isinstance(notation, str) and notation else settings.notation
    if name and name not in WORLDS:
        raise RequestError(f"{path}: there is no notation {name!r}; there are {', '.join(WORLDS)}")
    with worker or Worker(FORMULA) as hands:
        return _Audit(hands, doc, path.suffix.lower(), settings, name).run()


class _Audit:
    """One document and the worker that judges it; when the worker is replaced, it reads the document again."""

    def __init__(self, worker: Worker, doc: documents.Document, suffix: str, settings: Declaration, name: str) -> None:
        self.worker, self.doc, self.suffix, self.settings, self.name = worker, doc, suffix, settings, name
        self.opened, self.trying = False, True

    def run(self) -> Audit:
        """Every formula in turn."""
        out = Audit(self.doc.name, self.name or "plain", text=self.doc.text)
        refused: set[int] = set()
        for k, formula in enumerate(self.doc.formulas[:MAX_FORMULAS]):
            answer = self._open(k, refused)
            if isinstance(answer, Limit):
                judged: Any = answer
            else:
                out.notation = answer or out.notation
                judged = self._ask("derivations.reading.service:judge", k)
            if isinstance(judged, Limit):
                self.opened = False
                refused.add(k)
                out.equations.append(Equation(formula, Judgement("undecided", message=f"it {judged.reason}")))
            elif judged is None:
                out.mentions += 1
            else:
                repairs, lints = (tuple(judged.pop(key)) for key in ("repairs", "lints"))
                judged["values"] = tuple(judged["values"]) if judged["values"] else None
                chapter = judged.pop("notation")
                out.equations.append(Equation(formula, Judgement(**judged), repairs, lints, chapter))
        out.equations += beyond(self.doc)
        return out

    def _open(self, before: int, refused: set[int]) -> str | Limit | None:
        """Open the document in a fresh worker, and judge again what came before, for its definitions."""
        if self.opened:
            return None
        names = {k: list(v) for k, v in self.settings.names.items()}
        arguments = (self.doc.name, self.doc.text, self.suffix)
        answer = self._begin(arguments, names)
        if isinstance(answer, Limit) and not self.name and self.trying:
            self.trying = False  # choosing takes too much: the likeliest notation
            answer = self._begin(arguments, names)
        if isinstance(answer, Limit):
            return answer
        self.opened = True
        for k in range(before):
            if k not in refused:
                self._ask("derivations.reading.service:judge", k)
        return str(answer["notation"])

    def _begin(self, arguments: tuple[str, str, str], names: dict[str, list[str]]) -> Any:
        begin = "derivations.reading.service:begin"
        return self._ask(begin, *arguments, self.name, names, self.trying, limits=OPENING)

    def _ask(self, function: str, *arguments: Any, limits: Limits | None = None) -> Any:
        """The worker's answer; where its function fails, what is wrong, so that the rest of the document is read."""
        try:
            return self.worker.submit(function, *arguments, limits=limits)
        except WorkerError as error:
            if not error.traceback:  # there is no worker
                raise
            return Limit(FAULT.format(str(error).rpartition("failed with ")[2]), "crash")
