"""Instances: jointly Gaussian densities and quadratic functions in one dimension. They refute, and prove nothing.

An equation that holds for all densities and functions holds for these, and there every expectation, divergence and
gradient of a log-density is a rational expression.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from fractions import Fraction

from derivations.kernel.definitions import PI
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, div, is_scalar, log, mul, neg, normal, num, power
from derivations.reading.equations.compare import equal
from derivations.reading.equations.integrals import moment
from derivations.reading.equations.naming import OPAQUE, is_density
from derivations.reading.equations.series import polynomial
from derivations.reading.laws import bayes
from derivations.reading.notation.coordinates import walk
from derivations.reading.verdict import Judgement
from derivations.registry.one_dimension import one_dimensional

SEEDS, MOST = 2, 3
OPEN = frozenset({"E", "E|", "KL"})


class Beyond(Exception):
    """The term has something in it that no instance gives a value."""


def refuted(lhs: Term, rhs: Term, noises: Collection[str], domains: Mapping[str, str]) -> Judgement | None:
    """The refutation of lhs = rhs by an instance; None when there is none, or when the equation may be a property of
    one density or function, which others do not have.
    """
    if not _is_identity(lhs, rhs) or names(lhs) & set(noises):
        return None
    if (names(lhs) | names(rhs)) & OPAQUE:
        return None  # an operator like a gradient in parameters is no function of its argument
    found = []
    try:
        for seed in range(SEEDS):
            model = Model((lhs, rhs), seed)
            found.append((model, [model.value(one_dimensional(t)) for t in (lhs, rhs)]))
        answers = [equal(a, b, domains) for _, (a, b) in found]
        if not laws(rhs) and equal(found[0][1][0], found[1][1][0], domains).status != "proved":
            return None  # what it comes to depends on the density
    except (Beyond, ValueError):
        return None
    if any(a.status != "refuted" for a in answers):
        return None
    model, answer = found[-1][0], answers[-1]
    said = f"for Gaussian densities and quadratic functions: {answer.reason}"
    witness = {**model.described, **(answer.witness or {})}
    return Judgement("refuted", message=said, witness=witness, values=answer.values)


def _is_identity(lhs: Term, rhs: Term) -> bool:
    """Whether an equation speaks of the same names on both sides, and of the same densities if of any on the right:
    then it is no property of a density, as E[x] = 0 is, nor of a function, as E|s|^2 = E|grad log q|^2 is.
    """
    if lhs.op in ("sym", "num") or is_density(lhs) or not laws(lhs) or names(lhs) != names(rhs):
        return False
    alone = [a for t in (lhs, rhs) for a in (t.args if t.op == "add" else (t,))]
    return not any(a.op == "num" for a in alone) and (not laws(rhs) or laws(lhs) == laws(rhs) or laws(rhs) == {"given"})


def laws(t: Term) -> set[str]:
    """The owners of the densities of a term, and "given" for an expectation given something."""
    owners = {str(p.args[0]).split("(")[0] for p in walk(t) if is_density(p)}
    return owners | ({"given"} if any(p.op == "app" and p.args[0] == "E|" for p in walk(t)) else set())


def names(t: Term) -> set[str]:
    """The names in a term that are no densities and no notions."""
    found = (str(p.args[0]) for p in walk(t) if p.op in ("sym", "app") and not is_density(p))
    return {n.removeprefix("∂") for n in found if n not in OPEN and n != "pi"}


def key(t: Term) -> str:
    """A variable as a key; the bound one of a gradient is the one that it is taken in."""
    return str(t.args[0]).removeprefix("∂") if t.op == "sym" else repr(t)


class Model:
    """A Gaussian law of all variables for each owner, and a quadratic for each function. Raises Beyond."""

    def __init__(self, terms: Collection[Term], seed: int) -> None:
        self.rng = random.Random(seed)
        self.described: dict[str, str] = {}
        found: dict[str, set[str]] = {}
        for p in (p for t in terms for p in walk(t) if is_density(p)):
            parts = bayes.split(p)
            if parts is None or any(len(v) > 1 for v in (*parts[1], *parts[2])):
                raise Beyond
            found.setdefault(parts[0], set()).update(key(v[0]) for v in (*parts[1], *parts[2]))
        if not found or any(len(v) > MOST for v in found.values()):
            raise Beyond
        self.laws = {owner: self._law(owner, sorted(v)) for owner, v in sorted(found.items())}

    def _rational(self, low: int = -3) -> Fraction:
        return Fraction(self.rng.choice([k for k in range(low, 4) if k]), self.rng.choice((1, 2, 3)))

    def _law(self, owner: str, variables: list[str]) -> tuple[dict[str, Fraction], dict[tuple[str, str], Fraction]]:
        """Means and covariances: each variable is a combination of those before it and a noise of its own."""
        mean: dict[str, Fraction] = {}
        cov: dict[tuple[str, str], Fraction] = {}
        for n, v in enumerate(variables):
            weights = {u: self._rational() for u in variables[:n]}
            mean[v] = self._rational() + sum((w * mean[u] for u, w in weights.items()), Fraction(0))
            for u in variables[:n]:
                cov[u, v] = cov[v, u] = sum((w * cov[u, o] for o, w in weights.items()), Fraction(0))
            cov[v, v] = self._rational(1) + sum((w * cov[v, o] for o, w in weights.items()), Fraction(0))
            self.described[f"{owner}: E[{v}]"] = str(mean[v])
            self.described |= {f"{owner}: Cov[{u},{v}]": str(cov[u, v]) for u in variables[: n + 1]}
        return mean, cov

    def conditional(self, owner: str, variable: str, given: Mapping[str, Term]) -> tuple[Term, Term]:
        """The mean and the variance of a variable given values of others. Raises Beyond without a law of them."""
        if owner not in self.laws or any(v not in self.laws[owner][0] for v in (variable, *given)):
            raise Beyond
        mean, cov = self.laws[owner]
        centre, rest = {v: num(m) for v, m in mean.items()}, dict(cov)
        for u, value in given.items():  # one after the other
            gap, spread = add(value, neg(centre[u])), rest[u, u]
            centre = {v: add(m, mul(num(rest[v, u] / spread), gap)) for v, m in centre.items()}
            rest = {(a, b): c - rest[a, u] * rest[u, b] / spread for (a, b), c in rest.items()}
        return centre[variable], num(rest[variable, variable])

    # ---- values

    def value(self, t: Term) -> Term:
        """The term with densities, expectations, divergences and functions as they are here."""
        if t.op == "app" and t.args[0] in ("E", "E|"):
            return self._expectation(t)
        if t.op == "app" and t.args[0] == "KL" and len(t.args) == 3:
            if not all(map(is_density, t.args[1:])):
                raise Beyond
            gap = add(Term("log", (t.args[1],), t.sort), neg(Term("log", (t.args[2],), t.sort)))
            return self._under(t.args[1], self.value(gap))
        if is_density(t):
            x, mean, spread = self._density(t)
            return normal(x, mean, spread)
        if t.op == "log":
            return self._log(t.args[0])
        if t.op == "diff":
            return self._slope(t)
        if t.op == "app" and t.args[0] not in ("x", "z", "y") and len(t.args) > 1:
            return self._function(t)
        if t.op == "app":
            raise Beyond
        return rebuild(t, tuple(self.value(a) if isinstance(a, Term) else a for a in t.args))

    def _density(self, t: Term) -> tuple[Term, Term, Term]:
        parts = bayes.split(t)
        if parts is None or len(parts[1]) != 1:
            raise Beyond
        owner, ((x,),), below = parts
        mean, spread = self.conditional(owner, key(x), {key(v[0]): v[0] for v in below})
        return x, mean, spread

    def _under(self, law: Term, body: Term) -> Term:
        x, mean, spread = self._density(law)
        return _averaged(body, x, mean, spread)

    def _expectation(self, t: Term) -> Term:
        if len(t.args) != 3:
            raise Beyond
        body = self.value(t.args[1])
        if is_density(t.args[2]):
            return self._under(t.args[2], body)
        owners = list(self.laws)
        if t.args[0] != "E|" or len(owners) != 1 or t.args[1].op != "sym" or t.args[2].op != "sym":
            raise Beyond
        mean, spread = self.conditional(owners[0], key(t.args[1]), {key(t.args[2]): t.args[2]})
        return _averaged(body, t.args[1], mean, spread)

    def _log(self, u: Term) -> Term:
        if u.op in ("mul", "div"):
            sign = 1 if u.op == "mul" else -1
            return add(self._log(u.args[0]), *(mul(num(sign), self._log(a)) for a in u.args[1:]))
        if is_density(u):
            x, mean, spread = self._density(u)
            gap = power(add(x, neg(mean)), 2)
            return add(neg(div(gap, mul(2, spread))), neg(div(log(mul(2, PI, spread)), 2)))
        return log(self.value(u))

    def _slope(self, t: Term) -> Term:
        x, body, at = t.args
        slope = _derivative(self.value(body), x)
        return _put(slope, x, self.value(at))

    def _function(self, t: Term) -> Term:
        """A quadratic of the first argument; other arguments are indices or conditions."""
        inside = self.value(t.args[1])
        name = str(t.args[0])
        if not is_scalar(t) or len(t.args) > 2:
            raise Beyond
        same = random.Random(name)  # of every instance, which differ in their densities
        c = [Fraction(same.randint(1, 3), same.randint(1, 3)) for _ in range(3)]
        self.described[f"{name}(x)"] = f"{c[0]} + {c[1]} x + {c[2]} x^2"
        return add(num(c[0]), mul(num(c[1]), inside), mul(num(c[2]), power(inside, 2)))


def _averaged(body: Term, x: Term, mean: Term, spread: Term) -> Term:
    found = polynomial(body, x)
    if found is None:
        raise Beyond
    return add(num(0), *(mul(c, moment(n, mean, spread)) for n, c in found.items()))


def _derivative(t: Term, x: Term) -> Term:
    """The derivative of sums and multiples of polynomials and logarithms of polynomials. Raises Beyond."""
    if x not in t.free:
        return num(0)
    found = polynomial(t, x)
    if found is not None:
        return add(num(0), *(mul(num(n), c, power(x, n - 1)) if n > 1 else c for n, c in found.items() if n))
    if t.op == "add":
        return add(*(_derivative(a, x) for a in t.args))
    if t.op == "neg":
        return neg(_derivative(t.args[0], x))
    if t.op == "log":
        return div(_derivative(t.args[0], x), t.args[0])
    if t.op == "mul" and sum(x in a.free for a in t.args) == 1:
        return mul(*(_derivative(a, x) if x in a.free else a for a in t.args))
    raise Beyond


def _put(t: Term, old: Term, new: Term) -> Term:
    return new if t == old else rebuild(t, tuple(_put(a, old, new) if isinstance(a, Term) else a for a in t.args))


__all__ = ["Model", "refuted"]
