"""Densities that are no densities: what a density is set equal to must add up to 1 over its variables.

p(x, y) = p(x | y) p(x) defines no joint density, and p(x) = int p(x | z) dz no marginal one: for tables of numbers the
right side does not add up to 1. It refutes, and proves nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, is_scalar
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.notation.coordinates import walk
from derivations.reading.verdict import Judgement

TABLES, MOST = 2, 4
FREE = ("tilde", "hat", "star", "*", "check", "prime")  # what a letter wears that need not be normalised
WEIGHTS = range(1, 17)
Point = Mapping[Term, int]
Variables = tuple[frozenset[Term], frozenset[Term]]


class Beyond(Exception):
    """The side is not made of densities alone."""


def judge(lhs: Term, rhs: Term) -> Judgement | None:
    """The refutation of an equation between a density and what is made of densities; None where that adds up to 1,
    whatever the conditional densities are or for those of one law.
    """
    for density, other in ((lhs, rhs), (rhs, lhs)):
        if is_density(density) and not is_density(other) and not _unnormalised(density):
            try:
                return _judge(density, other)
            except Beyond:
                return None
    return None


def _unnormalised(density: Term) -> bool:
    return any(word in str(density.args[0]).partition("(")[0] for word in FREE)


def _judge(density: Term, other: Term) -> Judgement | None:
    above, below = _variables(density)
    parts = [p for p in walk(other) if is_density(p)]
    if not parts:
        raise Beyond
    names = set().union(above, below, *(v for p in parts for v in _variables(p)))
    if len(names) > MOST or any(":" in plain(v) for v in names) or not all(v in walk(other) for v in above):
        raise Beyond
    if len(names) > 2 and sum(v.op == "app" for v in names) > 1:
        raise Beyond  # of a chain, which is Markov: given x_{t-1}, nothing else tells more of x_t
    rest = sorted(names - above, key=repr)
    found = None
    for kind in (Kernels, OneLaw, Joint):
        found = _first(other, above, rest, [kind(seed, names) for seed in range(TABLES)])
        if found is None:
            return None
    assert found is not None
    tables, point, total = found
    at = {plain(v): str(point[v]) for v in rest}
    over = ", ".join(sorted(map(plain, above)))
    said = f"over {over} the right side adds up to {total}, and a density to 1, where each variable is 0 or 1"
    return Judgement("refuted", "", said, witness={**at, **tables.described(parts)}, values=(str(total), "1"))


def _variables(density: Term) -> Variables:
    found = variables_of(density)
    shape = str(density.args[0]).partition("(")[2].rstrip(")@")
    whole = found is not None and found[0] and sum(map(len, found)) == shape.replace("|", ",").count(",") + 1
    if found is None or not whole or any(is_scalar(v) for group in found for v in group):
        raise Beyond
    return frozenset(found[0]), frozenset(found[1])


def _first(
    t: Term, above: frozenset[Term], rest: list[Term], models: Sequence[Tables]
) -> tuple[Tables, Point, Fraction] | None:
    """Tables and conditions under which a side does not add up to 1, and what it adds up to; None without such."""
    for tables in models:
        for point in _points(rest):
            values = (_value(t, {**point, **p}, tables) for p in _points(sorted(above, key=repr)))
            total = sum(values, Fraction(0))
            if total != 1:
                return tables, point, total
    return None


def _points(variables: list[Term]) -> Iterator[dict[Term, int]]:
    for values in product((0, 1), repeat=len(variables)):
        yield dict(zip(variables, values, strict=True))


def _value(t: Term, at: Point, tables: Tables) -> Fraction:
    """A product or quotient of densities, or an integral or a mean of such, where its variables have values."""
    if is_density(t):
        return tables.density(t, at)
    if t.op == "num":
        return Fraction(t.args[0])
    if t.op == "neg":
        return -_value(t.args[0], at, tables)
    if t.op == "add":
        return sum((_value(a, at, tables) for a in t.args), Fraction(0))
    if t.op == "mul":
        return prod((_value(a, at, tables) for a in t.args), start=Fraction(1))
    if t.op == "div":
        return _value(t.args[0], at, tables) / _value(t.args[1], at, tables)
    if t.op == "app" and t.args[0] == "integral" and len(t.args) == 3:
        return sum((_value(t.args[1], {**at, **p}, tables) for p in _points([t.args[2]])), Fraction(0))
    if t.op == "app" and t.args[0] == "E" and len(t.args) == 3 and is_density(t.args[2]):
        law: Term = t.args[2]
        over = [{**at, **p} for p in _points(sorted(_variables(law)[0], key=repr))]
        return sum((_value(t.args[1], p, tables) * tables.density(law, p) for p in over), Fraction(0))
    raise Beyond


class Tables:
    """Numbers for conditional densities of variables that are 0 or 1."""

    def __init__(self, seed: int, names: set[Term]) -> None:
        self.names = sorted(names, key=repr)
        self.pool = list(WEIGHTS)
        random.Random(seed).shuffle(self.pool)

    def weight(self) -> int:
        """A weight that is no other's while there are such: two equal numbers hide what is wrong."""
        self.pool.append(self.pool.pop(0))
        return self.pool[-1]

    def density(self, t: Term, at: Point) -> Fraction:
        """The value of a density at a point. Raises Beyond where a variable has no value."""
        owner = str(t.args[0]).partition("(")[0]
        above, below = _variables(t)
        if not above | below <= set(at):
            raise Beyond
        return self.conditional(owner, {v: at[v] for v in above}, {v: at[v] for v in below})

    def conditional(self, owner: str, above: Point, below: Point) -> Fraction:
        """The value of an owner's density of variables given others."""
        raise NotImplementedError

    def described(self, parts: list[Term]) -> dict[str, str]:
        """The values of the densities that an equation names."""
        out: dict[str, str] = {}
        for t in parts:
            above, below = (sorted(v, key=repr) for v in _variables(t))
            for given in _points(below):
                said = ", ".join(f"{plain(v)} = {given[v]}" for v in below)
                values = " ".join(str(self.density(t, {**given, **p})) for p in _points(above))
                name = f"{str(t.args[0]).partition('(')[0]}({','.join(map(plain, above))}{' | ' if said else ''}{said})"
                out[name] = values
        return out


class Kernels(Tables):
    """Every conditional density is a table of its own."""

    def __init__(self, seed: int, names: set[Term]) -> None:
        super().__init__(seed, names)
        self.tables: dict[object, dict[frozenset[tuple[Term, int]], Fraction]] = {}

    def conditional(self, owner: str, above: Point, below: Point) -> Fraction:
        key = (owner, frozenset(above), frozenset(below.items()))
        if key not in self.tables:
            points = [frozenset(p.items()) for p in _points(sorted(above, key=repr))]
            raw = [self.weight() for _ in points]
            self.tables[key] = {p: Fraction(w, sum(raw)) for p, w in zip(points, raw, strict=True)}
        return self.tables[key][frozenset(above.items())]


class Joint(Tables):
    """Every owner has one law of all variables, of which its densities are parts."""

    def __init__(self, seed: int, names: set[Term]) -> None:
        super().__init__(seed, names)
        self.laws: dict[str, list[tuple[Point, int]]] = {}

    def conditional(self, owner: str, above: Point, below: Point) -> Fraction:
        law = self.laws.setdefault(owner, [])
        if not law:
            law += [(p, self.weight()) for p in _points(self.names)]
        both = sum(w for p, w in law if all(p[v] == k for v, k in {**above, **below}.items()))
        return Fraction(both, sum(w for p, w in law if all(p[v] == k for v, k in below.items())))


class OneLaw(Joint):
    """All letters are names of one law, as where an author writes p_theta(x), p(z) and q(x | z) for it."""

    def conditional(self, owner: str, above: Point, below: Point) -> Fraction:
        return super().conditional("p", above, below)


__all__ = ["judge"]
