"""Densities and functions under derivatives, as in the equation of Fokker and Planck: an equation that is meant for all
of them fails when it fails for Gaussian densities and polynomials. They refute, and prove nothing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from derivations.formats.plain import plain
from derivations.kernel.definitions import PI
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import REAL, Term, TermError, add, div, is_scalar, mul, neg, num, power, sqrt
from derivations.reading.equations import hints
from derivations.reading.equations.compare import agrees, equal, renamed
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import canonical
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement
from derivations.registry.one_dimension import one_dimensional

DERIVED = frozenset({"diff", "grad", "divg"})
BEYOND = frozenset({"int", "sum", "prod", "E", "jac", "E|", "KL", "score"})  # what no instance gives a value
MOST = 120  # how many changes are tried


class Beyond(Exception):
    """The term has something in it that no instance gives a value."""


def refuted(lhs: Term, rhs: Term, domains: Mapping[str, str], granted: Sequence[Term]) -> Judgement | None:
    """The refutation of lhs = rhs by an instance; None when there is none, or when no single change makes of it an
    equation that holds for all densities and functions: then it may be a property of some of them.
    """
    if not any(p.op in DERIVED for t in (lhs, rhs) for p in walk(t)):
        return None
    try:
        model = Instance((lhs, rhs), domains)
        sides = [model.value(t) for t in (lhs, rhs)]
    except (Beyond, TermError, ValueError, UnreadError):
        return None
    answer = equal(sides[0], sides[1], domains, granted)
    if answer.status != "refuted":
        return None

    def true(a: Term, b: Term) -> bool:
        try:
            here = [model.value(t) for t in (a, b)]
        except Beyond:
            return False
        return agrees(here[0], here[1], domains) and equal(a, b, domains).status == "proved"

    near = hints.nearest(lhs, rhs, true, MOST, both=True, all_=True)
    if not near:
        return None
    witness = {**model.described, **(answer.witness or {})}
    return Judgement("refuted", message=f"{answer.reason}{hints.SLIP}{near}", witness=witness, values=answer.values)


class Instance:
    """A Gaussian for each density, and a polynomial for each function that is differentiated. Raises Beyond."""

    def __init__(self, terms: Sequence[Term], domains: Mapping[str, str]) -> None:
        self.domains = domains
        self.described: dict[str, str] = {}
        self.names: set[str] = set()
        self.valued: dict[Term, Term] = {}  # a change leaves most of an equation as it is
        self.kept: dict[Term, Term] = {}
        for t in map(_scalars, terms):
            for p in walk(t):
                if p.op in BEYOND or (p.op == "app" and p.args[0] in BEYOND):
                    raise Beyond
                if p.op == "diff":
                    self.names |= {str(q.args[0]) for q in walk(p.args[1]) if q.op == "app" and len(q.args) > 1}
        if not self.names:
            raise Beyond
        self._consistent({n for n in self.names if n[:1] in "pq" and "(" in n})

    @staticmethod
    def _consistent(densities: set[str]) -> None:
        """Refuse what Bayes' rule binds together: a variable of one density that is a condition of another."""
        shapes = [n.rstrip(")@").partition("(") for n in densities]
        above = {(owner, v) for owner, _, shape in shapes for v in shape.partition("|")[0].split(",")}
        below = {(owner, v) for owner, _, shape in shapes for v in shape.partition("|")[2].split(",")}
        if above & below or any("," in shape.partition("|")[0] or "*" in shape for _, _, shape in shapes):
            raise Beyond

    def value(self, t: Term) -> Term:
        """The term in one dimension, with densities and functions as they are here."""
        if t not in self.valued:
            self.valued[t] = self._put(_scalars(t))
        return self.valued[t]

    def _put(self, t: Term) -> Term:
        if t not in self.kept:
            self.kept[t] = self._new(t)
        return self.kept[t]

    def _new(self, t: Term) -> Term:
        args = tuple(self._put(a) if isinstance(a, Term) else a for a in t.args)
        if t.op == "diff" and t.args[0] not in t.args[1].free:
            raise Beyond  # it is written without its variable
        if t.op != "app" or t.args[0] not in self.names:
            return t if args == t.args else rebuild(t, args)
        if is_density(t):
            return self._gaussian(str(t.args[0]), *args[1:])
        return self._polynomial(str(t.args[0]), *args[1:])

    def _gaussian(self, name: str, x: Term, *others: Term) -> Term:
        """N(x; m, v) with a mean linear in the time or the condition c; given c it is narrower than without, as it must
        be when c is integrated out.
        """
        rng = random.Random(name.split("(")[0])
        given = "|" in name
        mean = add(num(rng.randint(-2, 2)), *(mul(num(rng.choice((2, 3))), u) for u in others))
        spread = num(Fraction(1, 2)) if given else add(num(2), *(power(u, 2) for u in others))
        gap = div(power(add(x, neg(mean)), 2), mul(2, spread))
        self._describe(name, (x, *others), f"N({plain(mean)}, {plain(spread)})")
        return div(Term("exp", (neg(gap),), REAL), sqrt(mul(2, PI, spread)))

    def _polynomial(self, name: str, *at: Term) -> Term:
        """A polynomial of degree two, a positive one, or the inverse of one above 1, as the name's domain asks for."""
        if not all(map(is_scalar, at)):
            raise Beyond
        rng, word = random.Random(name), self.domains.get(name, "real")
        value = num(rng.randint(1, 3))
        for u in at:
            first = [] if word != "real" else [mul(num(Fraction(rng.randint(1, 3), 2)), u)]
            value = add(value, *first, mul(num(rng.randint(1, 2)), power(u, 2)))
        value = div(1, add(value, 1)) if word == "unit" else value
        self._describe(name, at, plain(value))
        return value

    def _describe(self, name: str, at: tuple[Term, ...], said: str) -> None:
        if all(u.op == "sym" for u in at):
            shown = ", ".join(str(u.args[0]).strip("∂\u20d7") for u in at)
            shown = shown.replace(", ", " | ") if "|" in name else shown
            self.described.setdefault(f"{name.split('(')[0]}({shown})", said.replace("∂", "").replace("\u20d7", ""))


def _scalars(t: Term) -> Term:
    return canonical(one_dimensional(renamed(t)))


__all__ = ["Instance", "refuted"]
