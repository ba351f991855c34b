"""Sides as sums of integrals, each over its variables of a product of factors.

E_p[f] is the integral of f p. A density whose variables are integrated and stand nowhere else is 1, and a mixture is
taken for what it is. The integrals are taken to exist, and may be exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derivations.kernel.terms import Term, app, inner, norm2, num, sym
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.signature import TIMELIKE, VECTOR

WORDS = re.compile(r"law (?P<var>\w+?)(?:_\{(?P<index>\w+)\})?~(?P<owner>[pq])(?:_\{(?P<label>\w+)\})?")
AGAIN = "'"  # marks a variable of integration that is told apart from another one of its name
MOST = 60  # terms of a side


class BeyondError(Exception):
    """The term is no sum of integrals of products."""


@dataclass(frozen=True)
class Product:
    """A number times the integral, over variables, of factors to whole powers."""

    variables: frozenset[Term]
    factors: frozenset[tuple[Term, int]]


Sum = dict[Product, Fraction]
ONE = Product(frozenset(), frozenset())


def above(density: Term) -> set[Term]:
    """The variables of a density."""
    return _variables(density)[0]


def below(density: Term) -> set[Term]:
    """The conditions of a density."""
    return _variables(density)[1]


def _variables(density: Term) -> tuple[set[Term], set[Term]]:
    found = variables_of(density)
    if found is None:
        raise BeyondError
    return found


@dataclass
class Reader:
    """Reads a side, and notes whether a mixture was used."""

    known: Mapping[Term, Term]
    used: bool = field(default=False)
    count: int = 0

    def value(self, t: Term) -> Sum:
        """A scalar or vector term as a sum of integrals. Raises BeyondError."""
        if t.op == "num":
            return {ONE: t.args[0]}
        if t.op == "add":
            return total((self.value(a), Fraction(1)) for a in t.args)
        if t.op == "neg":
            return total([(self.value(t.args[0]), Fraction(-1))])
        if t.op == "mul":
            out: Sum = {ONE: Fraction(1)}
            for a in t.args:
                out = _times(out, self.value(a))
            return out
        if t.op == "div":
            below = self.value(t.args[1])
            numbers = len(below) > 1 and not any(p.variables for p in below)  # a sum of numbers is one number
            return _times(self.value(t.args[0]), _inverse(_atom(t.args[1]) if numbers else below))
        if t.op == "pow" and t.args[1] == num(2):
            return _times(self.value(t.args[0]), self.value(t.args[0]))
        if t.op in ("norm2", "inner"):
            return self._bilinear(t.args[0], t.args[-1])
        if t.op == "app" and t.args[0] == "integral":
            return _integrated(self.value(t.args[1]), {t.args[2]})
        if t.op == "int" and t.args[1].op == "lebesgue":
            return _integrated(self.value(t.args[2]), {t.args[0]})
        if t.op == "int" and t.args[1].op == "interval" and t.args[1].args == (num(0), num(1)):
            law = sym(f"law {t.args[0].args[0]}~U(0,1)")  # the mean over a time of the unit interval
            return _integrated(_times(_atom(law), self.value(t.args[2])), {law})
        if t.op == "app" and t.args[0] == "E":
            return self._average(t)
        if t.op in ("app", "sym", "sqrt", "exp", "grad", "divg", "diff"):
            if t.op == "app" and str(t.args[0]) in ("KL", "E|", "optimum", "lim", "rate"):
                raise BeyondError
            return _atom(t)
        raise BeyondError

    def _average(self, t: Term) -> Sum:
        laws = [density_of(law) for law in t.args[2:]]
        if not laws:
            raise BeyondError
        out = self.value(t.args[1])
        over: set[Term] = set()
        for law in laws:
            out = _times(out, _atom(law))
            over |= above(law) if is_density(law) else {law}
        return _integrated(out, over)

    def _bilinear(self, u: Term, v: Term) -> Sum:
        """<u, v> by the parts of both; a mixture beside another vector is what it is, and integrals are taken out."""
        out: Sum = {}
        for a, ka in parts(u).items():
            for b, kb in parts(v).items():
                one, other = self._opened(a, b), self._opened(b, a)
                whole = _times(self.value(ka), self.value(kb))
                for x, kx in one:
                    for y, ky in other:
                        if _captured(x, ky) or _captured(y, kx):
                            raise BeyondError
                        found = _times(_times(_times(kx, ky), whole), _atom(_pair(x, y)))
                        out = total([(out, Fraction(1)), (found, Fraction(1))])
        return out

    def _opened(self, atom: Term, beside: Term) -> list[tuple[Term, Sum]]:
        """A vector under its integral sign, with the coefficient that stands there; any other vector by itself."""
        if atom in self.known and beside not in self.known:
            self.used = True
            atom = self.known[atom]
        if atom.op != "app" or atom.args[0] != "integral":
            return [(atom, {ONE: Fraction(1)})]
        out: list[tuple[Term, Sum]] = []
        body, over = atom.args[1:]
        if over.op == "sym":  # a variable of its own, beside averages over one of this name
            self.count += 1
            over = sym(f"{over.args[0]}{AGAIN}{self.count}", over.sort)
            body = replaced(body, atom.args[2], over)
        for part, c in parts(body).items():
            for inside, k in self._opened(part, beside):
                out.append((inside, _integrated(_times(self.value(c), k), {over})))
        return out


def _atom(t: Term) -> Sum:
    """A term as one factor."""
    return {Product(frozenset(), frozenset({(t, 1)})): Fraction(1)}


def _captured(t: Term, coefficient: Sum) -> bool:
    """Whether a vector speaks of a variable over which the coefficient beside it is integrated."""
    return any(v in walk(t) for p in coefficient for v in p.variables)


def _pair(a: Term, b: Term) -> Term:
    return norm2(a) if a == b else inner(*sorted((a, b), key=repr))


def total(sums: Iterable[tuple[Sum, Fraction]]) -> Sum:
    """Sums of integrals, each times a number, added up. Raises BeyondError of too many."""
    out: Sum = {}
    for one, k in sums:
        for product, c in one.items():
            out[product] = out.get(product, Fraction(0)) + k * c
    if len(out) > MOST:
        raise BeyondError
    return {p: c for p, c in out.items() if c}


def _times(a: Sum, b: Sum) -> Sum:
    return total((({_joined(p, q): x * y}, Fraction(1)) for p, x in a.items() for q, y in b.items()))


def _joined(p: Product, q: Product) -> Product:
    """The product of two integrals; of the same variable it would be another one."""
    if p.variables & q.variables:
        raise BeyondError
    for one, other in ((p, q), (q, p)):
        if any(v in walk(f) for v in one.variables for f, _ in other.factors) and not _vector_inside(other):
            raise BeyondError
    powers = dict(p.factors)
    for f, k in q.factors:
        powers[f] = powers.get(f, 0) + k
    return Product(p.variables | q.variables, frozenset((f, k) for f, k in powers.items() if k))


def _vector_inside(p: Product) -> bool:
    """Whether a product is the inner product that belongs inside an integral of vectors."""
    return not p.variables and all(f.op in ("inner", "norm2") for f, _ in p.factors)


def _inverse(a: Sum) -> Sum:
    if len(a) != 1:
        raise BeyondError
    ((p, c),) = a.items()
    if p.variables or not c:
        raise BeyondError
    return {Product(frozenset(), frozenset((f, -k) for f, k in p.factors)): 1 / c}


def _integrated(a: Sum, over: set[Term]) -> Sum:
    out: Sum = {}
    for p, c in a.items():
        if p.variables & over:
            raise BeyondError
        q = Product(p.variables | over, p.factors)
        out[q] = out.get(q, Fraction(0)) + c
    return out


def density_of(law: Term) -> Term:
    """A law under an expectation sign as the density of its variable; a time or a noise by its name alone."""
    if law.op == "normal" or is_density(law):
        return law
    words = str(law.args[0]) if law.op == "sym" else ""
    m = WORDS.fullmatch(words)
    if m is not None:
        letter, index, label = m["var"], m["index"], m["label"]
        x = app(letter, _index(index), sort=VECTOR) if index else sym(letter, VECTOR)
        times = (_index(index),) if index else ()
        if label and label in TIMELIKE:
            return app(f"{m['owner']}({letter}{'' if index else '@'})", x, *(times or (_index(label),)))
        return app(f"{m['owner']}{'_' + label if label else ''}({letter})", x, *times)
    if words.startswith("law ") and words[4:].split("~")[0] in TIMELIKE:
        return sym(re.sub(r"~(cal )?(U|Unif|Uniform)[\[(]0,1[\])]$", "~U(0,1)", words))
    raise BeyondError


def _index(text: str) -> Term:
    return num(int(text)) if text.isdigit() else sym(text)


def simple(reader: Reader, a: Sum) -> Sum:
    """The sum with every density that integrates to 1 gone, and every mixture for what it mixes."""
    out: Sum = {}
    for p, c in a.items():
        q = _first_names(_mixed(reader, _reduced(p)))
        out[q] = out.get(q, Fraction(0)) + c
    return {p: c for p, c in out.items() if c}


def _first_names(p: Product) -> Product:
    """The product with each variable that had to be told apart under the name that it had, where that is free."""
    for v in sorted(p.variables, key=repr):
        name = str(v.args[0]).partition(AGAIN)[0] if v.op == "sym" else ""
        first = sym(name, v.sort) if name else v
        if first != v and first not in p.variables and not any(first in walk(f) for f, _ in p.factors):
            p = Product(p.variables - {v} | {first}, frozenset((replaced(f, v, first), k) for f, k in p.factors))
    return p


def _reduced(p: Product) -> Product:
    """A density whose variables are integrated and stand nowhere else is 1."""
    for f, k in p.factors:
        if k != 1 or not is_density(f):
            continue
        mine = frozenset(above(f))
        others = [g for g, _ in p.factors if g != f]
        if mine <= p.variables and not any(v in walk(g) for v in mine for g in others):
            return _reduced(Product(p.variables - mine, p.factors - {(f, k)}))
    return p


def _mixed(reader: Reader, p: Product) -> Product:
    """int p(x | x_1) q(x_1) dx_1 as p(x), where the document says so and nothing else speaks of x_1."""
    factors = dict(p.factors)
    for whole, integral in reader.known.items():
        if not is_density(whole):
            continue
        over = integral.args[2]
        mixing = [f for f, k in factors.items() if k == 1 and is_density(f) and over in walk(f)]
        joint = {f for q in Reader({}).value(integral) for f, _ in q.factors}
        if over in p.variables and set(mixing) == joint and not any(over in walk(f) for f in factors if f not in joint):
            reader.used = True
            rest = {f: k for f, k in factors.items() if f not in joint}
            rest[whole] = rest.get(whole, 0) + 1
            kept = frozenset((f, k) for f, k in rest.items() if k)
            return _mixed(reader, _reduced(Product(p.variables - {over}, kept)))
    return p


def averages_something(t: Term) -> bool:
    """Whether a term has an expectation or an integral over a law in it."""
    return any(p.op == "app" and p.args[0] in ("E", "integral") for p in walk(t))


__all__ = [
    "BeyondError",
    "Product",
    "Reader",
    "Sum",
    "above",
    "averages_something",
    "below",
    "density_of",
    "simple",
    "total",
]
