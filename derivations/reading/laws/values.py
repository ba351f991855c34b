"""Equations of densities as numbers: expectations, divergences, integrals and logarithms in finite models.

What is no linear combination of log-densities, as log p(x) = E_q[p(x, z) / q(z | x)] with its logarithm lost, has a
value in a finite model all the same. It refutes, and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from flint import arb, fmpq

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.averages.products import BeyondError, density_of
from derivations.reading.equations.naming import is_density
from derivations.reading.laws import bare, bayes
from derivations.reading.laws.finite import ANY, STEPS, Model
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import split_index
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

MODELS, MOST = {"=": 2, ":=": 2, "<=": 12, ">=": 12}, 4
RANGE = re.compile(r"(?P<letter>[a-zA-Z]+)_(?P<low>\d):(?P<high>T|\d)")
Point = Mapping[str, int]


class Beyond(Exception):
    """The term has something in it that no finite model gives a value."""


def judge(lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The refutation of lhs = rhs, <= or >= in a finite model; None when there is none, when it is beyond them, when it
    may define a density, or when it holds with q for p.
    """
    if "num" in (lhs.op, rhs.op) or not any(is_density(p) for t in (lhs, rhs) for p in walk(t)):
        return None
    ways = (*bare.readings(lhs, rhs), *bare.given(lhs, rhs))
    found = [f for a, b in ways if (f := _fails(a, b, relation)) is not None]
    if not found or not all(found):
        return None
    (difference, model), *_ = [f for f in found if f]
    what = "the two sides differ" if relation in ("=", ":=") else "the inequality fails"
    said = f"left - right = {difference.str(8, radius=False)}"
    return Judgement("refuted", "", f"{what} in a finite model", witness=model, values=(said, ""))


def of_the_chain(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The refutation of what a density of q, of the states of a chain that the notation knows, is set equal to: it is
    no choice. None for another equation, and for what holds of every Markov chain.
    """
    parts = [p for t in (lhs, rhs) for p in walk(t) if is_density(p)]
    chained = [p for p in parts if p.op == "app" and re.fullmatch(r"q\([x\d_:T,|]*\)", str(p.args[0]))]
    if notation.world.state is None or not is_density(lhs) or rhs.op not in ("app", "mul", "prod") or chained != parts:
        return None
    states = {a for p in parts for a in p.args[1:] if isinstance(a, Term) and not is_scalar(a)}
    return judge(lhs, rhs, "=") if len(states) > 2 else None


def _fails(lhs: Term, rhs: Term, relation: str) -> tuple[arb, Mapping[str, str]] | tuple[()] | None:
    """How far apart the sides are, and where; empty when they are not, None when that is beyond finite models."""
    try:
        names, chain = _names(lhs, rhs)
        for seed in range(MODELS[relation]):
            values = Values(Model(names, chain, seed), chain)
            for bits in ((0,) * len(names), tuple((seed + k) % 2 for k in range(len(names)))):
                at = dict(zip(names, bits, strict=True))
                gap = values.value(lhs, at) - values.value(rhs, at)
                wrong = {"<=": gap > 0, ">=": gap < 0}.get(relation, not gap.contains(0))
                if wrong and not (relation in ("=", ":=") and _may_hold(values, lhs, rhs, at)):
                    return gap, values.described(lhs, rhs, at)
    except (Beyond, BeyondError, UnreadError, ValueError, ZeroDivisionError):
        return None
    return ()


def _may_hold(values: Values, lhs: Term, rhs: Term, at: Point) -> bool:
    """Whether an equation may define the density on its left, or holds where p and q are names of one law."""
    if lhs.op == "log" and is_density(lhs.args[0]):
        over = values.variables(lhs.args[0])[0]
        total = sum((values.value(rhs, {**at, **p}).exp() for p in _points(over)), arb(0))
        if total.contains(1):
            return True
    one = Values(values.model, values.chain, one=True)
    return bool((one.value(lhs, at) - one.value(rhs, at)).contains(0))


def _points(names: tuple[str, ...]) -> Iterator[dict[str, int]]:
    for bits in product((0, 1), repeat=len(names)):
        yield dict(zip(names, bits, strict=True))


def _names(*terms: Term) -> tuple[tuple[str, ...], bool]:
    """The variables of a model for terms, and whether they are the states of a chain."""
    found: set[Term] = set()
    for p in (p for t in terms for p in walk(t) if is_density(p)):
        parts = bayes.split(p)
        if parts is None:
            raise Beyond
        found |= {v[0] for group in parts[1:] for v in group}
    chained = [v for v in found if v.op == "app" or ":" in str(v.args[0])]
    letters = {str(v.args[0]).split("_")[0] for v in chained}
    if chained and (len(chained) < len(found) or len(letters) > 1):
        raise Beyond
    names = tuple(sorted({str(v.args[0]) for v in found}))
    if chained:
        (letter,) = letters
        return tuple(f"{letter}_{k}" for k in range(STEPS + 1)), True
    if len(names) > MOST:
        raise Beyond
    return names, False


class Values:
    """The values of terms in a model; `one`: with the law of p for that of q too."""

    def __init__(self, model: Model, chain: bool, one: bool = False) -> None:
        self.model, self.chain, self.one = model, chain, one
        self.steps: dict[str, int] = {"T": STEPS, "t": ANY}

    def value(self, t: Term, at: Point) -> arb:
        """The value of a number where the variables have these values. Raises Beyond."""
        if t.op == "num":
            return arb(fmpq(t.args[0].numerator, t.args[0].denominator))
        if is_density(t):
            return self._density(t, at)
        if t.op in ("add", "mul", "neg", "div", "log", "exp"):
            args = [self.value(a, at) for a in t.args]
            if t.op in ("log", "div") and not (args[-1] > 0 or (t.op == "div" and args[-1] < 0)):
                raise Beyond
            return _combined(t.op, args)
        if t.op == "pow" and t.args[1].op == "num" and t.args[1].args[0].denominator == 1:
            return self.value(t.args[0], at) ** int(t.args[1].args[0])
        if t.op in ("sum", "prod"):
            return self._stepped(t, at)
        if t.op == "app" and t.args[0] == "integral" and len(t.args) == 3:
            over = self._places(t.args[2])
            return sum((self.value(t.args[1], {**at, **p}) for p in _points(over)), arb(0))
        if t.op == "app" and t.args[0] == "E" and len(t.args) == 3:
            return self._mean(t.args[1], density_of(t.args[2]), at)
        if t.op == "app" and t.args[0] == "KL" and len(t.args) == 3 and all(map(is_density, t.args[1:])):
            a, b = t.args[1:]
            if self.variables(a)[0] != self.variables(b)[0]:
                raise Beyond
            return self._mean(Term("log", (Term("div", (a, b), a.sort),), a.sort), a, at)
        raise Beyond

    def _mean(self, body: Term, law: Term, at: Point) -> arb:
        if not is_density(law):
            raise Beyond
        over = self.variables(law)[0]
        points = [{**at, **p} for p in _points(over)]
        return sum((self._density(law, p) * self.value(body, p) for p in points), arb(0))

    def _density(self, t: Term, at: Point) -> arb:
        above, below = self.variables(t)
        owner = "p" if self.one else str(t.args[0])[0]
        point = tuple(at[n] for n in self.model.names)
        places = [tuple(sorted(self.model.names.index(n) for n in {*part})) for part in ((*above, *below), below)]
        value = self.model.marginal(owner, places[0], point) / self.model.marginal(owner, places[1], point)
        return arb(fmpq(value.numerator, value.denominator))

    def variables(self, density: Term) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of the variables and of the conditions of a density."""
        parts = bayes.split(density)
        if parts is None:
            raise Beyond
        above, below = (tuple(n for v in group for n in self._places(v[0])) for group in parts[1:])
        return above, below

    def _places(self, v: Term) -> tuple[str, ...]:
        m = RANGE.fullmatch(str(v.args[0])) if v.op == "sym" else None
        if m is not None:
            high = STEPS if m["high"] == "T" else int(m["high"])
            found = tuple(f"{m['letter']}_{k}" for k in range(int(m["low"]), high + 1))
        elif v.op == "app" and len(v.args) == 2:
            found = (f"{v.args[0]}_{self._step(v.args[1])}",)
        else:
            found = (str(v.args[0]).removeprefix("∂"),)
        if not set(found) <= set(self.model.names):
            raise Beyond
        return found

    def _step(self, index: Term) -> int:
        parts = split_index(index)
        if parts is None or parts[1].denominator != 1:
            raise Beyond
        base = 0 if parts[0] is None else self.steps.get(str(parts[0].args[0]))
        if base is None:
            raise Beyond
        return base + int(parts[1])

    def _stepped(self, t: Term, at: Point) -> arb:
        name = str(t.args[0].args[0])
        before, values = self.steps.get(name), []
        for k in range(self._step(t.args[1]), self._step(t.args[2]) + 1):
            self.steps[name] = k
            values.append(self.value(t.args[3], at))
        self.steps.pop(name)
        if before is not None:
            self.steps[name] = before
        return _combined("add" if t.op == "sum" else "mul", values)

    def described(self, lhs: Term, rhs: Term, at: Point) -> dict[str, str]:
        """The model in words: the variables, the values of those that are not averaged, and the tables of its laws."""
        names = ",".join(self.model.names)
        kind = f"a chain {names}" if self.chain else names
        owners = sorted({str(p.args[0])[0] for t in (lhs, rhs) for p in walk(t) if is_density(p)})
        tables = {f"{o}({names})": " ".join(map(str, self.model.tables[o].values())) for o in owners}
        free = ", ".join(f"{n} = {k}" for n, k in at.items())
        return {"model": f"{kind}, each 0 or 1; {free} where it is not averaged", **tables}


def _combined(op: str, args: list[arb]) -> arb:
    if op == "add":
        return sum(args, arb(0))
    if op == "mul":
        out = arb(1)
        for a in args:
            out *= a
        return out
    if op == "div":
        return args[0] / args[1]
    return -args[0] if op == "neg" else args[0].log() if op == "log" else args[0].exp()


__all__ = ["Values", "judge"]
