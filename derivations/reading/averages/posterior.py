r"""Means given a value as integrals over the posterior: E[f(z) | x] = \int f(z) p(z|x) dz.

Both sides become sums of integrals over z of products. By Bayes' rule p(x|z) p(z) is p(z|x) p(x), and p(z|x) integrates
to 1. The gradient of p(x|z) = N(x; a z, c I) in x is p(x|z) (a z - x) / c, and with
it follows that of the marginal (Tweedie). The integrals are taken to exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, div, eye, is_scalar, mul, neg, num, power
from derivations.reading.averages import tweedie
from derivations.reading.averages.conditional import GIVEN, random_as
from derivations.reading.averages.products import BeyondError, Product, Reader, Sum, simple
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.laws.laws import at_index
from derivations.reading.notation.arguments import DATA
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import variance
from derivations.reading.notation.notation import Notation, state_coefficients
from derivations.reading.notation.unfolding import canonical, replaced, squares
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SAID = "a mean given a value is the integral over its posterior; the integrals are taken to exist"
UNLIKE = "the two sides differ where the data are standard Gaussian"
POSTERIOR, MARGINAL = "p(z|x)", "p(x)"  # the names of these densities here, whatever the document calls them
# Which of x and z are variables and conditions, and what powers of the posterior and the marginal that makes:
KERNEL, LAW, OUTCOME = (True, False, False, True), (False, True, False, False), (True, False, False, False)
KINDS: dict[tuple[bool, bool, bool, bool], tuple[int, int]] = {
    OUTCOME: (0, 1), (False, True, True, False): (1, 0), (True, True, False, False): (1, 1),
}  # fmt: skip


@dataclass(frozen=True)
class _Pair:
    """The value x that is given, the variable z that is averaged, and the law N(a z, C) of x given z where one is."""

    x: Term
    z: Term
    law: tweedie.Law | None
    told: bool  # whether the document gives this law, and not its notation

    def kind(self, density: Term) -> tuple[bool, bool, bool, bool] | None:
        """Where x and z stand in a density; None for a density of anything else."""
        found = variables_of(density)
        if found is None or not (found[0] | found[1]) <= {self.x, self.z}:
            return None
        above, below = found
        return self.x in above, self.z in above, self.x in below, self.z in below

    def integrals(self, t: Term) -> Term:
        """The term with means given x as integrals over the posterior, and gradients in x of the known kernel and of
        the marginal that belongs to it.
        """
        args = tuple(self.integrals(a) if isinstance(a, Term) else a for a in t.args)
        t = t if args == t.args else rebuild(t, args)
        if t.op == "normal" and t.args[0] == self.x and self.law is not None and _is_law(t, self.law):
            return _density(self.x, self.z)
        if t.op == "app" and t.args[0] == GIVEN and len(t.args) == 3 and t.args[2] == self.x:
            return self._mean(random_as(self.z, t.args[1]))
        return self._slope(t) if t.op == "grad" and t.args[2] == self.x else t

    def _mean(self, t: Term) -> Term:
        return app("integral", mul(t, app(POSTERIOR, self.z, self.x)), self.z, sort=t.sort)

    def _slope(self, t: Term) -> Term:
        """The gradient in x of the kernel, of its product with what is free of x, of the marginal, or of a logarithm of
        these; any other one as it is.
        """
        bound, body, _ = t.args
        body = self.integrals(replaced(body, bound, self.x))
        whole = body.args[0] if body.op == "log" else body
        over = whole.args[2] if whole.op == "app" and whole.args[0] == "integral" else None
        if over == self.z:
            inside = whole.args[1]
            slope = self._slope(Term("grad", (self.x, inside, self.x), self.x.sort))
            moved = app("integral", slope, self.z, sort=self.x.sort)
            return t if slope.op == "grad" else div(moved, whole) if body.op == "log" else moved
        factors = whole.args if whole.op == "mul" else (whole,)
        moving = [f for f in factors if self.x in walk(f)]
        kind = self.kind(moving[0]) if len(moving) == 1 and is_density(moving[0]) else None
        if self.law is None or kind not in (KERNEL, OUTCOME):
            return t
        data, a, spread = self.law[0], self.law[1], _spread(self.law)
        mean = mul(a, data) if kind == KERNEL else mul(a, self._mean(data))
        slope = div(add(mean, neg(self.x)), spread)
        return slope if body.op == "log" else mul(whole, slope)

    def by_bayes(self, p: Product) -> Product:
        """The product with its densities of x and z as powers of the posterior and of the marginal. Raises
        BeyondError.
        """
        kernel = law = posterior = marginal = 0
        rest: dict[Term, int] = {}
        for f, k in p.factors:
            kind = self.kind(f) if is_density(f) else None
            if kind == KERNEL:
                kernel += k
            elif kind == LAW:
                law += k
            elif kind in KINDS:
                posterior, marginal = posterior + k * KINDS[kind][0], marginal + k * KINDS[kind][1]
            else:
                rest[f] = k
        if kernel != law:
            raise BeyondError
        powers = {app(POSTERIOR, self.z, self.x): posterior + kernel, app(MARGINAL, self.x): marginal + kernel}
        return Product(p.variables, frozenset((f, k) for f, k in {**rest, **powers}.items() if k))

    def read(self, t: Term) -> Sum:
        """A side as a sum of integrals over the posterior. Raises BeyondError and UnreadError."""
        reader = Reader({})
        out: Sum = {}
        for p, c in reader.value(self.integrals(t)).items():
            q = self.by_bayes(p)
            out[q] = out.get(q, Fraction(0)) + c
        return simple(reader, out)

    def where_gaussian(self, side: Sum) -> Term | None:
        """A side where z is standard Gaussian and x given z has the known law; None where it has another part."""
        if self.law is None or not self.told:
            return None
        a, spread = self.law[1], _spread(self.law)
        mean = mul(div(a, add(power(a, 2), spread)), self.x)
        terms: list[Term] = []
        for p, c in side.items():
            factors = dict(p.factors)
            averaged = {app(POSTERIOR, self.z, self.x): 1, self.z: 1}
            if p.variables and (p.variables != {self.z} or not averaged.items() <= factors.items()):
                return None
            rest = {f: k for f, k in factors.items() if not p.variables or f not in averaged}
            if any(f.op == "grad" or is_density(f) or self.z in walk(f) for f in rest):
                return None
            vectors = [mean] if p.variables else []
            terms.append(mul(num(c), *(power(f, k) if k != 1 else f for f, k in rest.items()), *vectors))
        return add(*terms) if len(terms) > 1 else terms[0] if terms else None


def _spread(law: tweedie.Law) -> Term:
    """The variance c of a law N(a z, c I)."""
    return variance(law[2]) or num(1)


def _is_law(t: Term, law: tweedie.Law) -> bool:
    """Whether a Gaussian density is that of the law N(a z, C)."""
    data, a, covariance = law
    c = variance(t.args[2])
    spreads = {str(p.args[0]): "positive" for p in walk(covariance) if p.op in ("sym", "app") and is_scalar(p)}
    pairs = [(t.args[1], mul(a, data)), (c or num(0), _spread(law))]
    same = (equal(canonical(u), canonical(v), spreads).status == "proved" for u, v in pairs)
    return c is not None and all(same)


def _density(x: Term, z: Term) -> Term:
    """The density of x given z by its name."""
    letters = "|".join(str(v.args[0]) for v in (x, z))
    return app(f"p({letters})", *(a for v in (x, z) for a in (v, *v.args[1:])))


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation between means given a value and integrals over a posterior; None for another one, and
    where nothing is shown.
    """
    pair = _pair(notation, lhs, rhs)
    if pair is None:
        return None
    try:
        sides = [pair.read(t) for t in (lhs, rhs)]
    except (BeyondError, UnreadError):
        return None
    if sides[0] == sides[1]:
        return Judgement("proved", "lvm.bayes", SAID)
    return _refuted(notation, pair, sides)


def _refuted(notation: Notation, pair: _Pair, sides: list[Sum]) -> Judgement | None:
    """The refutation by a standard Gaussian z, where the law of x given z is known; None without one."""
    left, right = (pair.where_gaussian(s) for s in sides)
    if left is None or right is None or pair.law is None:
        return None
    spreads: Mapping[str, str] = {str(p.args[0]): "positive" for p in walk(pair.law[2]) if p.op in ("sym", "app")}
    answer = equal(canonical(left), canonical(right), {**spreads, **notation.domains})
    if answer.status != "refuted":
        return None
    return Judgement("refuted", "lvm.bayes", UNLIKE, witness=dict(answer.witness or {}), values=answer.values)


def _pair(notation: Notation, lhs: Term, rhs: Term) -> _Pair | None:
    """What an equation averages, and given what; None for one without a mean given a value or an integral beside it,
    and where densities have two owners.
    """
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    over = {p.args[2] for p in parts if p.op == "app" and p.args[0] == "integral"}
    given = {p.args[2] for p in parts if p.op == "app" and p.args[0] == GIVEN and len(p.args) == 3}
    found = [variables_of(p) for p in parts if is_density(p)]
    owners = {str(p.args[0]).partition("(")[0] for p in parts if is_density(p)}
    said = {v for f in found if f is not None for part in f for v in part}
    said = {v for v in said if not (v.op == "sym" and str(v.args[0]).startswith("∂"))}
    if len(over) != 1 or not said or None in found or len(owners) != 1 or len(given) > 1:
        return None
    (z,) = over
    others = given or said - {z}
    if len(others) != 1 or z in others or not said <= {z, *others}:
        return None
    (x,) = others
    law = tweedie.known(notation).get(x)
    if law is None:
        return _Pair(x, z, _by_notation(notation, x, z), told=False)
    isotropic = law[0] == z and variance(law[2]) is not None
    return _Pair(x, z, law if isotropic else None, told=True)


def _by_notation(notation: Notation, x: Term, z: Term) -> tweedie.Law | None:
    """The law of a state x_t given the data x_0 in a notation that has one; None for other values."""
    levels = state_coefficients(notation.world.name)
    moving = x.op == "app" and x.args[0] == DATA and len(x.args) == 2 and z == app(DATA, num(0), sort=x.sort)
    if levels is None or not moving or is_scalar(x):
        return None
    a, b = (at_index(c, x.args[1]) for c in levels)
    return z, a, mul(squares(power(b, 2)), eye(DIMENSION))


__all__ = ["judge"]
