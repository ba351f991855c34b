"""An entry tried in models: whether its hypotheses can hold at all, whether its conclusions then hold, and whether
single edits of them fail.

A statement with integer letters is tried at 1, 2 and 3; one about R^d at d = 1, 2 and 3, as far as its integrals can be
summed; one about unspecified densities on finite models with rational tables, drawn three times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derivations.evidence.conditions import FAILS, HOLDS, OPEN, Finding, settle
from derivations.evidence.evaluation import spent
from derivations.evidence.models import FINITE, GAUSSIAN, Model, build, integers, kinds, nested
from derivations.evidence.perturb import edits
from derivations.formats.plain import plain
from derivations.kernel import RuleError, Theorem
from derivations.kernel.equality import algebra
from derivations.kernel.terms import Term, TermError
from derivations.language.calculation import Part
from derivations.language.entry import Entry

SEEDS = 3  # how often a finite model is drawn
TOGETHER = 3  # the dimensions over which nested integrals may run in all, beyond the line


@dataclass(frozen=True)
class Trial:
    """One model of a part: whether the hypotheses hold in it, and then whether the conclusion does."""

    model: Model
    name: str
    hypotheses: Finding
    conclusion: Finding


@dataclass
class Tried:
    """A part of an entry after its trials.

    Attributes:
        label: the part's label.
        defined: whether the part fixes a meaning, so that nothing can fail.
        trials: the models in which every hypothesis holds.
        without: why the other models were left out, by the model's name.
        refuted: the names of the edits that fail in some model.
        same: the names of the edits that the kernel proves to change nothing.
        survived: the edits that fail nowhere, with what was met.
    """

    label: str
    defined: bool = False
    trials: list[Trial] = field(default_factory=list)
    without: dict[str, str] = field(default_factory=dict)
    refuted: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    survived: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> list[Trial]:
        """Trials in which the hypotheses hold and the conclusion fails."""
        return [t for t in self.trials if t.conclusion.word == FAILS]

    @property
    def supported(self) -> list[Trial]:
        """Trials in which both hold."""
        return [t for t in self.trials if t.conclusion.word == HOLDS]


def described(model: Model) -> str:
    """A model in a few words."""
    said = [model.kind]
    if model.kind == FINITE:
        said.append(f"{model.size} points")
    elif model.dimensions:
        said.append(f"d = {model.dimension}")
    if model.stepped:
        said.append(f"{model.step} step" + "s" * (model.step > 1))
    return ", ".join([*said, f"draw {model.seed + 1}", *(["all densities alike"] if model.plain else [])])


def plan(hypotheses: Sequence[Term], conclusion: Term) -> Iterator[tuple[str, int, int, int]]:
    """Kind, dimension, step and seed of the models to try, the simplest first."""
    everything = (*hypotheses, conclusion)
    possible = kinds(*everything)
    steps = (1, 2, 3) if integers(*everything) else (1,)
    spacious = any(f.dims for f in everything)
    if FINITE in possible:
        yield from ((FINITE, 1, step, seed) for seed in range(SEEDS) for step in steps)
        yield from ((GAUSSIAN, 1, step, 0) for step in steps[:2])
        return
    (kind,), depth = possible, max(map(nested, everything))
    yield from ((kind, 1, step, seed) for seed in range(1 if depth else 2) for step in steps)
    if spacious:
        yield from ((kind, d, steps[-1] - 1 or 1, 0) for d in (2, 3) if depth * d <= TOGETHER)


Models = dict[tuple[object, ...], Model]  # those of one entry: parts with the same hypotheses share what is computed


def try_entry(entry: Entry) -> list[Tried]:
    """Try every part of an entry's statement."""
    models: Models = {}
    return [try_part(entry, part, models) for part in entry.results]


def try_part(entry: Entry, part: Part, models: Models) -> Tried:
    """Try one part of an entry in every model of the plan, then its edits."""
    theorem = part.theorem
    out = Tried(part.label, defined=theorem.rule == "define")
    if out.defined:
        return out
    for kind, dimension, step, seed in plan(theorem.hypotheses, theorem.conclusion):
        for alike in (False, True):
            key = (frozenset(theorem.hypotheses), kind, dimension, step, seed, alike)
            if key not in models:
                models[key] = build(kind, theorem.hypotheses, dimension, step, seed, entry.witness, alike)
            trial = attempt(theorem, models[key])
            if trial.hypotheses.word == HOLDS:
                out.trials.append(trial)
                break
            out.without[trial.name] = trial.hypotheses.why
            if trial.hypotheses.word == OPEN and spent(trial.model):
                break
    _try_edits(theorem, out)
    return out


def prepared(model: Model, theorem: Theorem) -> Model:
    """The model, told which letters of the theorem are dimensions, and whether others are integers."""
    model.dimensions |= {s.args[0] for s in theorem.conclusion.dims | theorem.dimensions}
    model.stepped = integers(*theorem.hypotheses, theorem.conclusion)
    return model


def attempt(theorem: Theorem, model: Model) -> Trial:
    """The hypotheses in a model, the shortest first, and the conclusion if all hold."""
    name = described(prepared(model, theorem))
    for h in sorted(theorem.hypotheses, key=lambda h: h.size):
        found = settle(h, model)
        if found.word != HOLDS:
            return Trial(model, name, Finding(found.word, f"{plain(h)}: {found.why}"), Finding(OPEN))
    return Trial(model, name, Finding(HOLDS), settle(theorem.conclusion, model))


def _try_edits(theorem: Theorem, out: Tried) -> None:
    """Every edit of the conclusion, in the models in which the hypotheses and the conclusion hold."""
    for edit in edits(theorem.conclusion):
        met = "no model holds the hypotheses"
        for trial in out.supported:
            found = settle(edit.formula, trial.model)
            if found.word == FAILS:
                out.refuted.append(edit.name)
                break
            met = f"it {found.word} in the model: {trial.name}"
        else:
            if _says_the_same(theorem, edit.formula):
                out.same.append(edit.name)
            else:
                out.survived[edit.name] = met


def _says_the_same(theorem: Theorem, edited: Term) -> bool:
    """Whether the kernel proves that the edit changes nothing."""
    before, after = theorem.conclusion, edited
    while before.op == "all":
        before, after = before.args[2], after.args[2]
    if before.op not in ("eq", "eqmod", "aeq"):
        return False
    try:
        algebra(before.args[-1], after.args[-1], theorem.hypotheses)
    except (RuleError, TermError):
        return False
    return True
