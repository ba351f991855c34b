"""Single edits of a term: the slips of a pen from which wrong formulas come, as a table.

An edit is a function from a part of a term, and the place where it stands, to what may stand there instead. Only
well-formed terms count as mutants, each once. Edits that no reader would call a change are left out where their shape
shows it: a sign under a square, the order of a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from derivations.kernel.forms import check
from derivations.kernel.substitution import alpha, rebuild
from derivations.kernel.terms import BINDERS, INT, MEASURE, REAL, Term, TermError, add, is_scalar, mul, neg, num, sqrt

HALF, TWO = num(Fraction(1, 2)), num(2)
LINEAR = frozenset("mul div neg inner int E sum diff grad divg T tr inv comps diag sqrt".split())
SCHEDULE = {
    "alpha": ("alpha_bar", "beta"), "alpha_bar": ("alpha", "beta"), "beta": ("alpha", "alpha_bar"),
    "beta_tilde": ("beta",),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a part stands: the operator above it ("" at the top) and which argument of it the part is."""

    above: Term | None
    position: int

    @property
    def op(self) -> str:
        """The operator above."""
        return "" if self.above is None else self.above.op


@dataclass(frozen=True)
class Mutant:
    """A term with one edit, and the name of the edit."""

    edit: str
    term: Term


Edit = Callable[[Term, Place], Iterator[Term]]


def mutants(term: Term) -> list[Mutant]:
    """Every well-formed term that differs from this one by one edit, each once, in the order of the table."""
    seen = {alpha(term)}
    found = []
    for name, edit in EDITS.items():
        for mutant in _everywhere(term, Place(None, 0), edit):
            try:
                check(mutant)
            except TermError:
                continue
            fits = mutant.sort == term.sort or (is_scalar(mutant) and is_scalar(term))
            if fits and alpha(mutant) not in seen:
                seen.add(alpha(mutant))
                found.append(Mutant(name, mutant))
    return found


def _everywhere(t: Term, place: Place, edit: Edit) -> Iterator[Term]:
    """The term with the edit at one of its parts, outermost first."""
    yield from edit(t, place)
    for k, part in enumerate(t.args):
        if isinstance(part, Term) and not (k == 0 and t.op in BINDERS):
            for new in _everywhere(part, Place(t, k), edit):
                try:
                    yield rebuild(t, (*t.args[:k], new, *t.args[k + 1 :]))
                except TermError:
                    continue


def _valued(t: Term) -> bool:
    """Whether a sign or a factor before the part changes it: a real, a vector or a matrix that is not just 0."""
    return t.sort != INT and t.sort[0] in ("real", "vec", "mat") and not _nothing(t)


def _nothing(t: Term) -> bool:
    """Whether the part is 0 or the identity as it is written, so that nothing changes when it is left out."""
    return t.op in ("zero", "eye") or (t.op in ("neg", "inv") and _nothing(t.args[0]))


def _free_of_signs(t: Term, place: Place) -> bool:
    """Whether a sign at this place differs from one further out, and is not squared away."""
    if place.op in LINEAR or place.op == "norm2" or (place.op == "normal" and place.position == 0):
        return False
    return not (place.op == "pow" and place.above is not None and place.above.args[1] == TWO)


def sign(t: Term, place: Place) -> Iterator[Term]:
    """+ for -, or - for +."""
    if _valued(t) and _free_of_signs(t, place):
        yield t.args[0] if t.op == "neg" else neg(t)


def index(t: Term, place: Place) -> Iterator[Term]:
    """t + 1 or t - 1 for an index t, a bound of a sum, a number of steps or of dimensions."""
    bound = place.op in ("sum", "prod") and place.position in (1, 2)
    if t.sort == INT and (bound or place.op == "app" or (t.op == "sym" and place.op not in ("add", "sum", "prod"))):
        yield _shifted(t, 1)
        yield _shifted(t, -1)


def _shifted(t: Term, by: int) -> Term:
    """t + by, written as a person would."""
    *rest, last = t.args if t.op == "add" else (t,)
    value = last.args[0] if last.op == "num" else -last.args[0].args[0] if _minus_number(last) else None
    if value is None:
        return add(t, by) if by > 0 else add(t, neg(-by))
    new = value + by
    if not rest:
        return num(new)
    return add(*rest) if new == 0 else add(*rest, num(new) if new > 0 else neg(num(-new)))


def _minus_number(t: Term) -> bool:
    return t.op == "neg" and t.args[0].op == "num"


def _coefficient(t: Term) -> bool:
    """Whether the part is a real number by a name: a symbol, or a value of a function of steps."""
    return t.sort == REAL and (t.op == "sym" or (t.op == "app" and all(a.sort == INT for a in t.args[1:])))


def root(t: Term, place: Place) -> Iterator[Term]:
    """A square root added to a coefficient or a sum of scalars, or dropped."""
    if t.op == "sqrt":
        yield t.args[0]
    elif place.op != "sqrt" and (_coefficient(t) or (t.op == "add" and t.sort == REAL and place.op in ("mul", "div"))):
        yield sqrt(t)


def square(t: Term, place: Place) -> Iterator[Term]:
    """A standard deviation for a variance, or a variance for a standard deviation."""
    if t.op == "pow" and t.args[1] == TWO:
        yield t.args[0]
    elif place.op not in ("pow", "sqrt") and _coefficient(t):
        yield t**2


def schedule(t: Term, place: Place) -> Iterator[Term]:
    """One letter of the schedule for another."""
    if t.op == "app":
        for name in SCHEDULE.get(t.args[0], ()):
            yield Term("app", (name, *t.args[1:]), t.sort)


def half(t: Term, place: Place) -> Iterator[Term]:
    """A factor 1/2 added or dropped."""
    if t.op == "mul" and HALF in t.args and len(t.args) > 1:
        k = t.args.index(HALF)
        yield mul(*t.args[:k], *t.args[k + 1 :])
    elif t.op == "div" and t.args[1] == TWO:
        yield t.args[0]
    elif t != HALF and _valued(t) and place.op not in LINEAR and not (place.op == "normal" and place.position == 0):
        yield mul(HALF, t)


def swap(t: Term, place: Place) -> Iterator[Term]:
    """Two arguments exchanged: of a function, a quotient, a divergence, a matrix product, an inequality."""
    first = {"app": 1, "div": 0, "KL": 1, "lt": 0, "le": 0, "mul": 0}.get(t.op)
    if first is None:
        return
    for j, k in combinations(range(first, len(t.args)), 2):
        if t.op == "mul" and k > j + 1:
            continue
        a, b = t.args[j], t.args[k]
        fits = a.sort == b.sort and a.sort[0] == "mat" if t.op == "mul" else is_scalar(a) == is_scalar(b)
        if a != b and fits:
            yield rebuild(t, (*t.args[:j], b, *t.args[j + 1 : k], a, *t.args[k + 1 :]))


def dropped(t: Term, place: Place) -> Iterator[Term]:
    """A term of a sum, a factor of a product, or a denominator left out."""
    if t.op in ("add", "mul") and not (t.sort == INT and place.op == "app"):
        for k, part in enumerate(t.args):
            if _nothing(part):
                continue
            rest = (*t.args[:k], *t.args[k + 1 :])
            try:
                yield add(*rest) if t.op == "add" else mul(*rest)
            except TermError:
                continue
    elif t.op == "div":
        yield t.args[0]


def expectation(t: Term, place: Place) -> Iterator[Term]:
    """The average of something replaced by the thing itself."""
    if t.op in ("E", "int"):
        yield t.args[2]


def conditioning(t: Term, place: Place) -> Iterator[Term]:
    """A density or a law that is given something, as if it were not given the last of it."""
    density = t.op == "app" and t.sort == REAL and sum(a.sort[0] == "vec" for a in t.args[1:]) > 1
    law = t.op == "app" and t.sort == MEASURE and len(t.args) > 1
    if density or law:
        yield Term("app", t.args[:-1], t.sort)
    elif t.op == "weighted":
        yield t.args[2]


EDITS: dict[str, Edit] = {
    "sign": sign, "index": index, "root": root, "square": square, "schedule": schedule, "half": half, "swap": swap,
    "dropped": dropped, "expectation": expectation, "conditioning": conditioning,
}  # fmt: skip
