"""Linear stochastic equations dx = (f x + b) dt + g dw as a document has written them, and which of them it speaks of.

What a document says of one of them follows from it: a law or a solution that is proved by any of them is proved. It is
false only where it is false of each that is made of the same quantities, and where the latest one is the equation at
hand: the only one of the document, or one under the same heading with no word between that begins something else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import REAL, Term, add, diff, is_scalar, mul, num, sym
from derivations.reading.dynamics.examples import equal
from derivations.reading.dynamics.sde import Equation
from derivations.reading.equations.compare import Answer
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.places import Places
from derivations.reading.verdict import Judgement

T = sym("t", REAL)
BEFORE = "by the linear stochastic equation before"
STATES = ("x", "X", "z", "y", "Y")
CONSTANTS = frozenset({"pi", "d", "n", "N", "T"})
Condition = tuple[Term, Term, str]


@dataclass(frozen=True)
class Linear:
    """f, b and g of dx = (f x + b) dt + g dw, functions of t; b by its vectors, or by 1 of numbers."""

    f: Term
    b: dict[Term, Term]
    g: Term
    written: Equation

    @property
    def names(self) -> set[str]:
        """The quantities that it is made of."""
        return names(self.f, self.g, *self.b, *self.b.values())

    def mean(self, mean: Term, start: Term) -> Iterator[Condition]:
        """What the mean of the state at t is, given where it started: m(0) = start, m' = f m + b."""
        if is_scalar(mean):
            pull = add(num(0), *(mul(c, a) for a, c in self.b.items()))
            yield substitute(mean, {T: num(0)}), start, "the mean does not begin at the start"
            yield diff(T, mean), add(mul(self.f, mean), pull), "the mean does not solve its equation"
            return
        found = parts(mean)
        for a in {start: num(0), **found, **self.b}:
            c = found.get(a, num(0))
            first = num(1) if a == start else num(0)
            yield substitute(c, {T: num(0)}), first, "the mean does not begin at the start"
            yield _rate(c), add(mul(self.f, c), self.b.get(a, num(0))), "the mean does not solve its equation"


def _rate(c: Term) -> Term:
    return diff(T, c) if T in c.free else num(0)


def linear(equation: Equation) -> Iterator[Linear]:
    """The equation as a linear one, if it is one."""
    own = [a for a in equation.drift if a.op in ("app", "sym") and a.args[0] in STATES]
    g = equation.diffusion
    if g is None or not is_scalar(g) or len(own) > 1:
        return
    f = equation.drift[own[0]] if own else num(0)
    b = {a: c for a, c in equation.drift.items() if a not in own and c != num(0)}
    constant = all(a == num(1) or (a.op == "sym" and not is_scalar(a)) for a in b)
    functions = [f, g, *b.values()]
    timed = all(s == T or s.args[0] not in ("u", "s", "tau", "x") for c in functions for s in c.free)
    if constant and timed and all(map(is_scalar, functions)):
        yield Linear(f, b, g, equation)


def names(*terms: Term) -> set[str]:
    """The quantities of terms: functions, with their brackets, and free letters, but times, states and constants. The
    letter of a constant is not that of a function: sigma is not sigma_t.
    """
    parts = [(t, p) for t in terms for p in walk(t) if p.op in ("app", "sym") and p.args[0] not in ("t", *STATES)]
    found = {f"{p.args[0]}()" if p.op == "app" else str(p.args[0]) for t, p in parts if p.op == "app" or p in t.free}
    return found - CONSTANTS


def first_open(conditions: Iterable[Condition], domains: Mapping[str, str]) -> tuple[Answer, str]:
    """The answer on the first of some conditions that is not proved, and what it says; that on the last one else."""
    found = Answer("undecided"), ""
    for a, b, said in conditions:
        found = equal(a, b, domains), said
        if found[0].status != "proved":
            break
    return found


def refuted(
    failed: Sequence[tuple[Linear, Answer, str]], used: Collection[str], places: Places, id_: str = ""
) -> Judgement | None:
    """The refutation of what no linear equation makes true, the latest one first; None where it may be about another
    equation, or is open.
    """
    own = [(e, answer) for e, answer, _ in failed if e.names == used]
    latest, answer, said = failed[0]
    if latest.names != used or any(a.status != "refuted" for _, a in own):
        return None
    if len(failed) > 1 and not (used and places.is_near(latest.written.place)):
        return None
    said = f"{BEFORE}, {said}: {answer.reason}"
    return Judgement("refuted", id_, said, "", dict(answer.witness or {}), answer.values)


__all__ = ["BEFORE", "STATES", "Condition", "Linear", "T", "first_open", "linear", "names", "refuted"]
