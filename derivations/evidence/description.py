"""A model for a reader: the values of the letters, functions and laws of a statement, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from flint import fmpq

from derivations.evidence import balls, laws
from derivations.evidence.arithmetic import TooWide, Undefined
from derivations.evidence.balls import NoOpinion
from derivations.evidence.conditions import text
from derivations.evidence.evaluation import BITS, Evaluator
from derivations.evidence.models import FINITE, Model
from derivations.formats.plain import plain
from derivations.kernel.definitions import PI
from derivations.kernel.logic import DEFINED
from derivations.kernel.terms import INT, MEASURE, Term, app, is_scalar, num, sym

TABLE = "a table of rational numbers"


def values(formulas: Iterable[Term], model: Model) -> dict[str, str]:
    """What the letters, the unspecified functions and the laws of some formulas stand for in a model, by name."""
    formulas = list(formulas)
    with balls.precision(BITS):
        ev = Evaluator(model)
        out = {plain(s): _letter(ev, s) for s in _letters(formulas)}
        for t in _applications(formulas):
            with suppress(NoOpinion, TooWide, Undefined, RecursionError):
                for name, said in _function(ev, t):
                    out.setdefault(name, said)
    return {name: said for name, said in sorted(out.items()) if said}


def _letters(formulas: list[Term]) -> list[Term]:
    free = frozenset[Term]().union(*(f.free for f in formulas)) - {PI}
    return sorted((s for s in free if s.sort != MEASURE), key=lambda s: (s.sort != INT, not is_scalar(s), plain(s)))


def _letter(ev: Evaluator, s: Term) -> str:
    with suppress(NoOpinion, TooWide, Undefined, RecursionError):
        return text(ev(s))
    return ""


def _applications(formulas: list[Term]) -> list[Term]:
    """One application of each function that is not defined, in order of appearance."""
    found: dict[str, Term] = {}
    stack = formulas[::-1]
    while stack:
        t = stack.pop()
        if t.op == "app" and t.args[0] not in DEFINED:
            found.setdefault(t.args[0] if t.sort != MEASURE else str(t), t)
        stack.extend(a for a in reversed(t.args) if isinstance(a, Term))
    return list(found.values())


def _function(ev: Evaluator, t: Term) -> list[tuple[str, str]]:
    """The name and the meaning of a function or a law; of a function of an index, each of its values."""
    model, name = ev.model, t.args[0]
    if t.sort == MEASURE:
        return [(plain(t), _law(ev, t))]
    if name in model.chosen:
        params, body = model.chosen[name]
        return [(plain(app(name, *params, sort=t.sort)), plain(body))]
    if len(t.args) == 2 and t.args[1].sort == INT:
        at = [app(name, num(k), sort=t.sort) for k in range(1, model.step + 1)]
        return [(plain(a), text(ev(a))) for a in at]
    generic = app(name, *(_generic(a, k) for k, a in enumerate(t.args[1:])), sort=t.sort)
    if any(rule.right.op != "num" for rule in model.rules.get(name, [])):
        said = "as the hypotheses define it"
    elif _of_path(ev, t):
        said = "the variables of the path"
    elif all(a.sort == INT for a in t.args[1:]):
        said = TABLE
    else:
        said = _table(ev, t, generic) if model.kind == FINITE else _formula(ev, t, generic)
    return [(plain(generic), said)]


def _generic(a: Term, k: int) -> Term:
    return a if a.op == "sym" else sym(("t" if a.sort == INT else "xyz"[k % 3]), a.sort)


def _of_path(ev: Evaluator, t: Term) -> bool:
    """Whether the function is a variable of a law that is told part by part."""
    return any(told.args[2].args[0] == t.args[0] for name in ev.model.sequences for _, told in laws.parts(ev, name))


def _table(ev: Evaluator, t: Term, generic: Term) -> str:
    """The values of a density at the points of a finite model, condition by condition."""
    free = [a for a in generic.args[1:] if a.sort != INT]
    if len(free) > 2 or len(free) < len(t.args) - 1 or not is_scalar(t):
        return f"{TABLE}; for each condition they add up to 1" if is_scalar(t) else TABLE

    def row(*given: Any) -> str:
        bound = [dict(zip(free, (p, *given), strict=True)) for p in _points(ev, free[0])]
        return ", ".join(text(ev.within_all(b, partial(ev, generic))) for b in bound)

    if len(free) == 1:
        return row()
    return "; ".join(f"{row(p)} given {text(p)}" for p in _points(ev, free[1]))


def _points(ev: Evaluator, a: Term) -> list[Any]:
    """The points of a finite model as values of a variable."""
    return [p[0] if is_scalar(a) else p for p in ev.model.points]


def _formula(ev: Evaluator, t: Term, generic: Term) -> str:
    """A density or a field of a linear-Gaussian model as a formula in its arguments."""
    places = [plain(a) for a in generic.args[1:] if a.sort != INT]
    fixed = [text(ev(a)) for a in t.args[1:] if a.sort == INT and not a.free & ev.scope.keys() and _known(ev, a)]
    at = f" at t = {', '.join(fixed)}" if fixed else ""
    if is_scalar(t):
        mean = _linear(ev, t.args[0], places[1:], fixed)
        variance = laws.variance(ev.model, "" if ev.model.plain else t.args[0], fixed)
        return f"normal({places[0]}; {mean}, {variance}){at}"
    if t.sort[0] == "vec":
        return _linear(ev, t.args[0], places, fixed) + at
    return "a matrix of rational numbers"


def _known(ev: Evaluator, a: Term) -> bool:
    with suppress(NoOpinion, TooWide, Undefined):
        return isinstance(ev(a), fmpq)
    return False


def _linear(ev: Evaluator, name: str, places: list[str], fixed: list[str]) -> str:
    name = "" if ev.model.plain else name
    constant, slopes = laws.coefficients(ev.model, name, len(places), fixed, 1)
    return " + ".join([text(constant[0]), *(f"{text(c)}*{p}" for c, p in zip(slopes, places, strict=True))])


def _law(ev: Evaluator, t: Term) -> str:
    """A law: what the author gives, what the hypotheses say, or its atoms."""
    model = ev.model
    if t in model.laws:
        return plain(model.laws[t])
    if t.args[0] in model.sequences:
        return "the law that the hypotheses tell, variable by variable"
    if t.args[0] in model.rules:
        return "as the hypotheses define it"
    weights = ", ".join(map(text, laws.Atoms((t.args[0],)).weights(model)))
    return f"atoms of weight {weights}"
