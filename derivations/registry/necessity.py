"""Is every hypothesis needed? Each is dropped in turn, and two questions are asked.

Does the author's derivation go through without it? If so, it is redundant. Where the kernel refuses, this proof needs
the hypothesis. An error of the author's own Python says nothing about the mathematics, and is told apart.

Is there a model in which all other hypotheses hold, this one fails, and the conclusion fails too, in numbers? Then the
statement itself needs it, whatever the proof. Where none is found nothing is said: the models are few, they are chosen
so that hypotheses hold, and a conclusion without a value is no counterexample. A redundant hypothesis with a
counterexample is an alarm: then the kernel has proved something false.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derivations.evidence.conditions import FAILS, HOLDS, settle
from derivations.evidence.evaluation import spent
from derivations.evidence.models import GAUSSIAN, Model, build, integers, kinds, operators
from derivations.formats.plain import plain
from derivations.kernel import RuleError, Theorem
from derivations.kernel.terms import REAL, Like, Term, TermError, show
from derivations.kernel.theorem import same
from derivations.language.calculation import Calculation, DerivationError
from derivations.language.entry import Entry
from derivations.registry.trials import described, prepared

NEEDED, REDUNDANT, BROKEN = "needed", "redundant", "broken"
DRAWS = 6  # how often the letters of a model are drawn
# A sum over a grid comes close to an integral that converges: where a hypothesis fails it may not.
SUMMED = {"int", "E", "KL", "integrable", "conditional", "vanishes", "dominated"}
EDGES = (0, 1, -1, 2)  # what a letter of a range is set to
STEPS = (1, 0, 2, -1)  # what an integer letter is, the usual values and those that a range leaves out


@dataclass(frozen=True)
class Dropped:
    """A hypothesis that was dropped: the word, what the kernel said, and a counterexample if there is one."""

    hypothesis: Term
    word: str
    why: str = ""
    counterexample: str = ""

    @property
    def text(self) -> str:
        """The hypothesis for a reader."""
        return plain(self.hypothesis)


def drop_each(entry: Entry) -> list[Dropped]:
    """Every hypothesis of the entry, dropped in turn."""
    return [_dropped(entry, k) for k in range(len(entry.given))]


def _dropped(entry: Entry, k: int) -> Dropped:
    dropped, found = entry.given[k], counterexample(entry, entry.given[k])
    fewer = entry.given[:k] + entry.given[k + 1 :]
    try:
        entry.author(Calculation(entry.id, fewer))
    except (DerivationError, RuleError, TermError) as refusal:
        return Dropped(dropped, NEEDED, " ".join(str(refusal).split())[:300], found)
    except Exception as error:
        return Dropped(dropped, BROKEN, f"{type(error).__name__}: {error}", found)
    return Dropped(dropped, REDUNDANT, "", found)


def counterexample(entry: Entry, dropped: Term) -> str:
    """A model of the other hypotheses in which this one fails and the conclusion too; empty when none is found."""
    for part in entry.results:
        theorem = part.theorem
        if theorem.rule == "define" or not any(same(h, dropped) for h in theorem.hypotheses):
            continue
        others = [h for h in theorem.hypotheses if not same(h, dropped)]
        for model in _models(entry, theorem, dropped, others):
            said = _fails(theorem, dropped, others, model)
            if said:
                return said
    return ""


def _models(entry: Entry, theorem: Theorem, dropped: Term, others: list[Term]) -> Iterator[Model]:
    """Models of the other hypotheses. What the dropped one speaks of is drawn from all numbers, and set to a few."""
    everything = (*theorem.hypotheses, theorem.conclusion)
    letters, functions = {s.args[0] for s in dropped.free}, _functions(dropped)
    given = {key: value for key, value in entry.witness.items() if key.args[0] not in letters | functions}
    numbers = sorted((s for s in dropped.free if s.sort == REAL), key=show)
    edges: list[dict[Term, Like]] = [{s: value} for s in numbers for value in EDGES]
    for kind in kinds(*everything):
        if kind == GAUSSIAN and operators(*everything) & SUMMED:
            continue
        for step in STEPS if integers(*everything) else STEPS[:1]:
            for seed, more in [*((k, {}) for k in range(DRAWS)), *((0, edge) for edge in edges)]:
                model = build(kind, others, 1, step, seed, {**given, **more})
                model.words |= {name: "real" for name in functions if name not in model.words}
                yield model


def _functions(t: Term) -> set[str]:
    """The names of the functions in a formula."""
    found = {t.args[0]} if t.op == "app" else set()
    return found.union(*(_functions(a) for a in t.args if isinstance(a, Term)))


def _fails(theorem: Theorem, dropped: Term, others: list[Term], model: Model) -> str:
    """What fails in the model, if it is a counterexample."""
    prepared(model, theorem)
    if settle(dropped, model).word != FAILS:
        return ""
    for h in sorted(others, key=lambda h: h.size):
        if settle(h, model).word != HOLDS or spent(model):
            return ""
    found = settle(theorem.conclusion, model)
    return f"{described(model)}: {found.why}" if found.word == FAILS and not found.undefined else ""
