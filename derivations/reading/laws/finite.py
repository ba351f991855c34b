"""Finite models: states of two values, rational tables, every expectation a finite sum. They refute, and prove nothing.

A claim about all densities must hold for these: for a chain of three steps, or for a handful of variables.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from flint import arb, fmpq

from derivations.reading.laws.forms import DATA, RANDOM_DATA, RANGE_BASE, Atom, Form, Variable, Variables, plus
from derivations.reading.terms.signature import PARAMETERS

STEPS, ANY, MODELS, MOST = 3, 2, 3, 5
MANY = 60  # models for an inequality, which may fail in few
Names = tuple[str, ...]
Table = dict[tuple[int, ...], Fraction]


class Model:
    """Two joint laws, of p and of q, over variables that are 0 or 1."""

    def __init__(self, names: Names, chain: bool, seed: int) -> None:
        self.names, self.rng = names, random.Random(seed)
        self.tables = {owner: self._chain(owner) if chain else self._joint() for owner in ("p", "q")}

    def _weights(self, n: int) -> list[Fraction]:
        raw = [self.rng.randint(1, 9) for _ in range(n)]
        return [Fraction(w, sum(raw)) for w in raw]

    def _joint(self) -> Table:
        points = list(product((0, 1), repeat=len(self.names)))
        return dict(zip(points, self._weights(len(points)), strict=True))

    def _chain(self, owner: str) -> Table:
        """A Markov chain: q from the data on, p from the noise back."""
        order = range(len(self.names)) if owner == "q" else range(len(self.names) - 1, -1, -1)
        first = self._weights(2)
        kernels = [[self._weights(2) for _ in (0, 1)] for _ in self.names]
        table = {}
        for point in product((0, 1), repeat=len(self.names)):
            weight, before = Fraction(1), None
            for k in order:
                weight *= first[point[k]] if before is None else kernels[k][before][point[k]]
                before = point[k]
            table[point] = weight
        return table

    def marginal(self, owner: str, places: tuple[int, ...], point: tuple[int, ...]) -> Fraction:
        """The probability that the variables at these places have their values at the point."""
        return sum(
            (w for other, w in self.tables[owner].items() if all(other[k] == point[k] for k in places)), Fraction(0)
        )

    def value(self, atom: Atom, places: tuple[int, ...], given: tuple[int, ...]) -> arb:
        """The expectation of log p(variables) under the atom's law; conditions and free variables are 0."""
        origin = (0,) * len(self.names)
        if atom.law is None:
            return _log(self.marginal(atom.owner, places, origin))
        law, total = self.tables[atom.law[0]], arb(0)
        weight = self.marginal(atom.law[0], given, origin)
        for point, w in law.items():
            if all(point[k] == 0 for k in given):
                total += _ball(w / weight) * _log(self.marginal(atom.owner, places, point))
        return total


def _ball(q: Fraction) -> arb:
    return arb(fmpq(q.numerator, q.denominator))


def _log(q: Fraction) -> arb:
    return _ball(q).log()


def evaluate(form: Form, models: int = MODELS) -> Iterator[tuple[arb, Mapping[str, str]]]:
    """The value of a normal form in some finite models, each with a description. Nothing when it names too much."""
    chain = any(v[0].endswith("·") for a in form for v in a.variables)
    form = _without_parameters(form) if chain else form
    names = tuple(f"x_{k}" for k in range(STEPS + 1)) if chain else _names(form)
    if names is None or len(names) > MOST:
        return
    for seed in range(models):
        model = Model(names, chain, seed)
        total = arb(0)
        try:
            for atom, k in form.items():
                for one in _expanded(atom):
                    total += _ball(k) * model.value(one, _places(one.variables, names), _given(one, names, chain))
        except (KeyError, ValueError):
            return
        yield total, {**_described(model, chain), **_marginals(form, model, names)}


def _without_parameters(form: Form) -> Form:
    """The form for laws of a chain that do not change with their parameters: what is claimed of all holds for these."""

    def fixed(variables: Variables) -> Variables:
        return frozenset(v for v in variables if v[0] not in PARAMETERS)

    def atom(a: Atom) -> Atom:
        return replace(a, variables=fixed(a.variables), law=a.law and (a.law[0], fixed(a.law[1])))

    return plus(*(({atom(a): Fraction(1)}, k) for a, k in form.items()))


def _marginals(form: Form, model: Model, names: Names) -> Mapping[str, str]:
    """The probabilities that stand in a form outside its expectations, where every variable is 0."""
    out = {}
    for one in (e for atom in form if atom.law is None for e in _expanded(atom)):
        places = _places(one.variables, names)
        said = ", ".join(f"{names[k]} = 0" for k in places)
        out[f"{one.owner}({said})"] = str(model.marginal(one.owner, places, (0,) * len(names)))
    return out


def _names(form: Form) -> Names | None:
    found = {v[0] for a in form for v in (*a.variables, *(a.law[1] if a.law else ())) if v[0] != "data"}
    return None if any(v[1] == RANGE_BASE for a in form for v in a.variables) else tuple(sorted(found))


def _expanded(atom: Atom) -> Iterator[Atom]:
    if not atom.summed:
        yield atom
        return
    for t in range(2, STEPS + 1):
        moved = frozenset(
            (v[0], None, v[2] + t) if v[1] is not None and v[1].args[0] == "step" else v for v in atom.variables
        )
        yield Atom(atom.owner, moved, atom.law)


def _place(v: Variable, names: Names) -> int:
    if not v[0].endswith("·"):
        return names.index(v[0])
    if v[1] is not None and v[1].args[0] not in ("T", "t"):
        raise KeyError("a step that no model knows")
    base = 0 if v[1] is None else STEPS if v[1].args[0] == "T" else ANY  # a claim about every t is one about this one
    return names.index(f"x_{int(v[2]) + base}")


def _places(variables: Variables, names: Names) -> tuple[int, ...]:
    return tuple(sorted(_place(v, names) for v in variables))


def _given(atom: Atom, names: Names, chain: bool) -> tuple[int, ...]:
    if atom.law is None or atom.law[1] == RANDOM_DATA:
        return ()
    return _places(atom.law[1] or (DATA if chain else frozenset()), names)


def _described(model: Model, chain: bool) -> Mapping[str, str]:
    names = ", ".join(model.names)
    what = f"a chain {names}" if chain else names
    return {
        "model": f"{what}, each 0 or 1, at 0 where it is not averaged",
        **{f"{o}({names.replace(' ', '')})": " ".join(str(w) for w in model.tables[o].values()) for o in ("p", "q")},
    }
