"""Models: what the letters, functions and laws of a statement may stand for, chosen so that its hypotheses hold.

A finite model has a few points in the place of R^d, and Lebesgue measure counts them: the same numbers belong to
densities that are constant on unit cells. Everything is rational, and integrals are finite sums.
A linear-Gaussian model keeps R^d at d = 1, 2 or 3: an unspecified density is a Gaussian whose mean is linear in what it
is conditioned on, and integrals are sums over a grid, which for Gaussians is close. Where a statement has neither
integrals nor densities its letters are numbers, vectors and matrices, and the model is called so.

What the hypotheses define by an equation has the value that the equation gives; everything else is drawn, from its name
and a seed and nothing else, so that a model is the same each time it is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq

from derivations.kernel.logic import DEFINED
from derivations.kernel.smooth import differentiated
from derivations.kernel.terms import INT, MEASURE, TRUE, Like, Term, lift

FINITE, GAUSSIAN, NUMBERS = "finite", "linear-Gaussian", "numbers"
LAWS = {"int", "E", "KL", "normal", "integrable", "conditional"}
# what finitely many points cannot carry
SMOOTH = {"normal", "grad", "diff", "divg", "jac", "vanishes", "dominated", "limit", "bigo", "exp"}
LEBESGUE_BINDERS = {"E", "KL", "lebesgue", "interval"}
POINTS = {2: (fmpq(-1), fmpq(1)), 3: (fmpq(-1), fmpq(0), fmpq(2))}


@dataclass(frozen=True)
class Rule:
    """A hypothesis that says what a function is: for all variables with the guards, left = right."""

    variables: tuple[Term, ...]
    guards: tuple[Term, ...]
    left: Term
    right: Term


@dataclass
class Model:
    """One model of a statement.

    Attributes:
        kind: FINITE, GAUSSIAN or NUMBERS.
        dimension: what every dimension is.
        step: what every other integer letter is.
        seed: what else the draws depend on.
        size: how many points a finite model has.
        chosen: what the author gives: a term for a letter, or for a function of its variables, by name.
        laws: the laws that the author gives, by the measure.
        rules: what the hypotheses define, by the name of the function, or of the letter, that they define.
        words: the ranges of letters and functions, "unit" or "positive", by name.
        sequences: laws that are known by the hypotheses on their parts, by name.
    """

    kind: str
    dimension: int
    step: int
    seed: int = 0
    size: int = 3
    chosen: dict[str, tuple[tuple[Term, ...], Term]] = field(default_factory=dict)
    laws: dict[Term, Term] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    sequences: dict[str, list[Term]] = field(default_factory=dict)
    dimensions: set[str] = field(default_factory=set)  # the names of integer letters that are dimensions
    stepped: bool = False  # whether there is another integer letter
    steps: int = 0  # how many terms were evaluated: `evaluation` stops where they are too many
    kept: dict[Any, Any] = field(default_factory=dict)  # values that were found already
    plain: bool = False  # whether densities are all alike, and definite matrices are the identity
    again: dict[str, int] = field(default_factory=dict)  # letters and functions that are drawn anew

    @property
    def points(self) -> list[tuple[fmpq, ...]]:
        """The points of a finite model, as vectors; on the line their first components."""
        return [tuple(p + fmpq(k, 2 + k) for k in range(self.dimension)) for p in POINTS[self.size]]

    def number(self, *key: object) -> int:
        """A whole number from 0 to 65,535 that depends on the key and the seed."""
        anew = self.again.get(str(key[0]), 0)
        digest = hashlib.sha256(repr((self.seed, anew, *key)).encode()).digest()
        return digest[0] * 256 + digest[1]

    def rational(self, word: str, *key: object) -> fmpq:
        """A small rational number in the range that the word names."""
        n = self.number(*key)
        if word == "unit":
            return fmpq(4 + n % 17, 23)
        size = fmpq(2 + n % 12, 9)
        return size if word == "positive" or (n // 12) % 2 else -size


def build(
    kind: str, hypotheses: Iterable[Term], dimension: int, step: int, seed: int = 0,
    given: Mapping[Term, Like] | None = None, plain: bool = False,
) -> Model:  # fmt: skip
    """The model of this kind that the hypotheses define, the rest drawn.

    Args:
        kind: FINITE, GAUSSIAN or NUMBERS.
        hypotheses: what is to hold; whether it does, `conditions.examine` says.
        dimension: what every dimension is.
        step: what every other integer letter is.
        seed: another seed gives another model.
        plain: make densities all alike, and definite matrices the identity: what only holds in such a case holds then.
        given: the author's own values: a term for a symbol, for a law, or for a function applied to variables.
    """
    hypotheses = list(hypotheses)
    model = Model(kind, dimension, step, seed, size=2 if step > 1 else 3, plain=plain)
    smooth = any(operators(lift(v)) & SMOOTH for v in (given or {}).values())
    for key, value in ({} if smooth and kind == FINITE else given or {}).items():
        if key.sort == MEASURE:
            model.laws[key] = lift(value)
            continue
        model.chosen[key.args[0]] = (key.args[1:] if key.op == "app" else (), lift(value))
    slopes = {name for h in hypotheses for name in differentiated(h)}
    for h in hypotheses:
        model.dimensions |= {s.args[0] for s in h.dims}
        for variables, guards, body in _flat(h):
            _read(model, variables, guards, body, h, slopes)
    return model


def _read(
    model: Model, variables: tuple[Term, ...], guards: tuple[Term, ...], body: Term, whole: Term, smooth: set[str]
) -> None:
    """Use one part of a hypothesis: a range, an equation that defines something, or a part of a law."""
    if body.op == "conditional":
        model.sequences.setdefault(body.args[1].args[0], []).append(whole)
        return
    if body.op in ("lt", "le"):
        low, high = body.args
        for value, word in ((high, _above(low)), (low, _below(high))):
            if word and value.op in ("app", "sym"):
                model.words[value.args[0]] = "unit" if "unit" in (word, model.words.get(value.args[0])) else word
    if body.op == "aeq":
        variables, body = (*variables, body.args[0]), Term("eq", body.args[2:], body.sort)
    if body.op == "eq":
        left, right = body.args
        target = left.args[0] if left.op == "inv" else left
        if target.op not in ("app", "sym") or target.args[0] in model.chosen:
            return
        if target.op == "app" and target.args[0] in DEFINED and model.kind != FINITE:
            return
        if target.op == "app" and target.args[0] in smooth and not set(target.args[1:]) <= set(variables):
            return  # a value at one place, of a function that is differentiated
        if target.op == "sym" and (target in right.free or target in variables):
            return
        model.rules.setdefault(target.args[0], []).append(Rule(variables, guards, left, right))


def _above(low: Term) -> str:
    return "positive" if low.op == "num" and low.args[0] >= 0 else ""


def _below(high: Term) -> str:
    return "unit" if high.op == "num" and high.args[0] == 1 else ""


def _flat(h: Term, variables: tuple[Term, ...] = (), guards: tuple[Term, ...] = ()) -> Iterator[tuple[Any, Any, Term]]:
    """The parts of a formula under their quantifiers: variables, guards, and what is said."""
    if h.op == "all":
        x, guard, body = h.args
        yield from _flat(body, (*variables, x), guards if guard == TRUE else (*guards, guard))
    elif h.op == "and":
        for part in h.args:
            yield from _flat(part, variables, guards)
    else:
        yield variables, guards, h


def smooth_definition(name: str) -> bool:
    """Whether a defined function is one that finitely many points cannot carry."""
    return bool(operators(DEFINED[name][1]) & SMOOTH)


def operators(*formulas: Term) -> set[str]:
    """Every operator in the formulas, as they are written."""
    found: set[str] = set()
    stack = list(formulas)
    while stack:
        t = stack.pop()
        found.add(t.op)
        stack.extend(a for a in t.args if isinstance(a, Term))
    return found


def kinds(*formulas: Term) -> list[str]:
    """The kinds of models that can carry the formulas, the finite kind first.

    Finitely many points carry neither derivatives nor Gaussian densities.
    """
    found = operators(*formulas)
    if found & LEBESGUE_BINDERS and not found & SMOOTH:
        return [FINITE, GAUSSIAN]
    return [GAUSSIAN if found & LAWS else NUMBERS]


def nested(t: Term) -> int:
    """How many integrals over Lebesgue measure are nested in a term, as it is written."""
    inside = max((nested(a) for a in t.args if isinstance(a, Term)), default=0)
    return inside + (t.op in ("E", "KL") or (t.op == "int" and t.args[1].op == "lebesgue"))


def integers(*formulas: Term) -> bool:
    """Whether an integer letter that is no dimension occurs free."""
    free = frozenset[Term]().union(*(f.free for f in formulas))
    dims = frozenset[Term]().union(*(f.dims for f in formulas))
    return any(s.sort == INT for s in free - dims)
