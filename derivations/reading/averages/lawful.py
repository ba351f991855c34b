"""Expectations under a law: by linearity, by the moments of a Gaussian, and by integration by parts.

Under a density every expectation of what cannot be taken apart stays, as one number or vector. Under N(m, C) the
variable is m and a centred part, whose moments are known. E_q[div f] = -E_q[<f, grad log q>] where the boundary terms
vanish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import (
    Term,
    add,
    app,
    div,
    exp,
    grad,
    inner,
    is_scalar,
    log,
    mul,
    neg,
    norm2,
    num,
    sym,
    trace,
    zero,
)
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws import bayes
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.signature import DIMENSION, TIMELIKE
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

LINEAR = "by linearity of expectation; the integrals are taken to exist"
GAUSSIAN = "by linearity of expectation and the moments of a Gaussian"
BY_PARTS = "by integration by parts; the boundary terms are taken to vanish"


class Beyond(Exception):
    """The expectation is not one of these."""


@dataclass
class Carrier:
    """Carries expectations out, and notes what it used."""

    laws: list[Term] = field(default_factory=list)
    used: str = LINEAR
    count: int = 0

    def value(self, t: Term) -> Term:
        """The term with its expectations under laws carried out. Raises Beyond."""
        args = tuple(self.value(a) if isinstance(a, Term) else a for a in _times_outside(t).args)
        if t.op != "app" or t.args[0] not in ("E", "E|"):
            return t if args == t.args else rebuild(t, args)
        at = time_of(args[2]) if len(args) == 3 else None
        if at is not None:
            return self.mean(args[1], Scope({at}, args[2], timed=True))
        if len(args) != 3:
            raise Beyond
        law = args[2] if t.args[0] == "E" else self._conditional(args[1], args[2])
        if law.op == "normal":
            return self._gaussian(args[1], law)
        if not is_density(law):
            raise Beyond
        found = bayes.split(law)
        if found is None:
            raise Beyond
        return self.mean(args[1], Scope({v[0] for v in found[1]}, law))

    def _conditional(self, body: Term, condition: Term) -> Term:
        """The law of E[x | y], where the equation names it. Raises Beyond."""
        for law in self.laws:
            found = bayes.split(law)
            if found is not None and [v[0] for v in found[1]] == [body] and [v[0] for v in found[2]] == [condition]:
                return law
        raise Beyond

    def _gaussian(self, body: Term, law: Term) -> Term:
        x, mean, cov = law.args
        self.used, self.count = GAUSSIAN if self.used == LINEAR else self.used, self.count + 1
        centred = sym(f"centred {self.count}", x.sort)
        return self.mean(replaced(body, x, add(mean, centred)), Scope({centred}, law, centred, cov))

    # ---- linearity

    def mean(self, t: Term, s: Scope) -> Term:
        """The expectation of a term in a scope."""
        if not s.random(t):
            return t
        if t.op == "add":
            return add(*(self.mean(a, s) for a in t.args))
        if t.op == "neg":
            return neg(self.mean(t.args[0], s))
        if t.op == "div" and not s.random(t.args[1]):
            return div(self.mean(t.args[0], s), t.args[1])
        if t.op == "norm2":
            return self._bilinear(t.args[0], t.args[0], s)
        if t.op == "inner":
            return self._bilinear(t.args[0], t.args[1], s)
        if t.op == "pow" and t.args[1] == num(2):
            return self.mean(mul(t.args[0], t.args[0]), s)
        if t.op == "divg" and s.centred is None and not s.timed:
            return self._by_parts(t, s)
        if t.op == "mul":
            return self._product(t, s)
        if t.op == "grad" and t.args[2] in s.names and s.centred is None and t == s.score(t.args[0], t.args[2]):
            self.used = BY_PARTS  # of the constant 1
            return num(0) if is_scalar(t) else zero(DIMENSION)
        return s.kept(t)

    def _bilinear(self, u: Term, v: Term, s: Scope) -> Term:
        try:
            left, right = parts(u), parts(v)
        except UnreadError:
            return s.kept(inner(u, v))
        terms = [
            self.mean(mul(c, k, s.atom(inner(a, b))), s)
            if s.random(c) or s.random(k)
            else mul(c, k, self._pair(a, b, s))
            for a, c in left.items()
            for b, k in right.items()
        ]
        return add(num(0), *terms)

    def _pair(self, a: Term, b: Term, s: Scope) -> Term:
        if s.random(a) and s.random(b):
            return s.kept(norm2(a) if a == b else inner(*sorted((a, b), key=repr)))
        if s.random(a):
            return inner(s.kept(a), b)
        return inner(a, s.kept(b)) if s.random(b) else inner(a, b)

    def _product(self, t: Term, s: Scope) -> Term:
        flat = [f for a in t.args for f in _factors(a)]
        fixed, rest = [a for a in flat if not s.random(a)], [a for a in flat if s.random(a)]
        sums = next((k for k, a in enumerate(rest) if a.op in ("add", "neg")), None)
        if sums is not None:
            pieces = rest[sums].args if rest[sums].op == "add" else (mul(num(-1), rest[sums].args[0]),)
            inside = add(num(0), *(self.mean(_times([*rest[:sums], p, *rest[sums + 1 :]]), s) for p in pieces))
        elif len(rest) == 1:
            inside = self.mean(rest[0], s)
        else:
            expanded = self._expanded(rest, s)
            inside = s.kept(_times(sorted(rest, key=repr))) if expanded is None else expanded
        return mul(*fixed, inside) if fixed else inside

    def _expanded(self, rest: list[Term], s: Scope) -> Term | None:
        """A product of two inner products with the centred part, expanded; None for anything else."""
        if len(rest) != 2 or s.centred is None or any(a.op != "inner" for a in rest):
            return None
        total = []
        for a, c in _linear(rest[0], s).items():
            for b, k in _linear(rest[1], s).items():
                both = s.random(a) and s.random(b)
                total.append(mul(c, k, s.second(a, b)) if both else mul(c, k, self.mean(mul(a, b), s)))
        return add(num(0), *total)

    def _by_parts(self, t: Term, s: Scope) -> Term:
        bound, field_, at = t.args
        found = bayes.split(s.law)
        if found is None or at not in s.names or len(s.names) > 1:
            raise Beyond
        self.used = BY_PARTS
        return neg(self.mean(inner(replaced(field_, bound, at), s.score(bound, at)), s))


@dataclass
class Scope:
    """What is random under a law; for a Gaussian its centred part and its covariance; whether it is only a time."""

    names: set[Term]
    law: Term
    centred: Term | None = None
    cov: Term | None = None
    timed: bool = False

    def random(self, t: Term) -> bool:
        """Whether a name that is averaged occurs in the term, outside an expectation that has averaged it."""
        if t in self.names:
            return True
        if t.op == "app" and t.args[0] == "E" and not self.timed:
            return any(self.random(a) for v in (bayes.split(t.args[2]) or ("", [], []))[2] for a in v)
        return any(self.random(a) for a in t.args if isinstance(a, Term))

    def score(self, bound: Term, at: Term) -> Term:
        """The gradient of the logarithm of the law in one of its variables."""
        return grad(bound, log(replaced(self.law, at, bound)), at)

    def atom(self, t: Term) -> Term:
        """An inner product in its canonical form."""
        a, b = t.args
        return norm2(a) if a == b else inner(*sorted((a, b), key=repr))

    def kept(self, t: Term) -> Term:
        """The expectation of what cannot be taken apart: a moment of the Gaussian, or one number or vector."""
        if self.centred is None:
            return app("E", t, self.law, sort=t.sort)
        if t == self.centred:
            return mul(num(0), t)
        if t.op == "norm2" and t.args[0] == self.centred:
            return self._trace(None)
        if t.op == "inner":
            matrices = [a for a in t.args if a.op == "mul" and len(a.args) == 2 and a.args[1] == self.centred]
            if self.centred in t.args and matrices and not self.random(matrices[0].args[0]):
                return self._trace(matrices[0].args[0])
            if sum(map(self.random, t.args)) == 1 and self.centred in t.args:
                return num(0)
        if t.op == "exp":
            return self._generating(t.args[0])
        raise Beyond

    def _generating(self, u: Term) -> Term:
        """E exp(<u, z> + c) = exp(<u, C u> / 2 + c)."""
        slopes = {a: c for a, c in _linear(u, self).items() if self.random(a)}
        rest = [mul(c, a) for a, c in _linear(u, self).items() if not self.random(a)]
        total = add(num(0), *rest)
        for a, c in slopes.items():
            for b, k in slopes.items():
                total = add(total, div(mul(c, k, self.second(a, b)), 2))
        return exp(total)

    def second(self, a: Term, b: Term) -> Term:
        """E <u, z><v, z> = <u, C v>. Raises Beyond."""
        u, v = (self._other(t) for t in (a, b))
        assert self.cov is not None
        return inner(u, mul(self.cov, v)) if not is_scalar(u) else mul(u, self.cov, v)

    def _other(self, t: Term) -> Term:
        if t == self.centred and is_scalar(t):
            return num(1)
        if t.op != "inner" or self.centred not in t.args:
            raise Beyond
        other = t.args[1] if t.args[0] == self.centred else t.args[0]
        if self.random(other):
            raise Beyond
        return other

    def _trace(self, m: Term | None) -> Term:
        assert self.cov is not None and self.centred is not None
        if is_scalar(self.centred):
            return self.cov if m is None else mul(m, self.cov)
        return trace(self.cov if m is None else mul(m, self.cov))


def time_of(law: Term) -> Term | None:
    """The time or step that a law is of, by its name alone: t of t ~ U(0, 1); None of another law."""
    words = str(law.args[0]) if law.op == "sym" else ""
    drawn = words.removeprefix("law ").partition("~")[0]
    return sym(drawn) if words.startswith("law ") and drawn in TIMELIKE else None


def _times_outside(t: Term) -> Term:
    """An expectation over times and states as one over the states inside one for each time; any other term itself."""
    if t.op != "app" or t.args[0] != "E" or len(t.args) < 4:
        return t
    times = [law for law in t.args[2:] if time_of(law) is not None]
    rest = [law for law in t.args[2:] if law not in times]
    if not times:
        return t
    inside = app("E", t.args[1], *rest) if rest else t.args[1]
    for law in times:
        inside = app("E", inside, law)
    return inside


def _factors(t: Term) -> list[Term]:
    """The factors of a product, with a division as a factor."""
    if t.op == "mul":
        return [f for a in t.args for f in _factors(a)]
    return [*_factors(t.args[0]), div(1, t.args[1])] if t.op == "div" else [t]


def _times(factors: list[Term]) -> Term:
    return factors[0] if len(factors) == 1 else mul(*factors)


def _linear(t: Term, s: Scope, factor: Term | None = None) -> dict[Term, Term]:
    """A number as coefficients of inner products with the centred part, and what is free of it. Raises Beyond."""
    factor = num(1) if factor is None else factor
    if not s.random(t):
        return {t: factor}
    out: dict[Term, Term] = {}

    def put(found: Mapping[Term, Term]) -> None:
        for a, c in found.items():
            out[a] = add(out[a], c) if a in out else c

    if t.op == "add":
        for a in t.args:
            put(_linear(a, s, factor))
    elif t.op == "neg":
        put(_linear(t.args[0], s, neg(factor)))
    elif t.op == "div" and not s.random(t.args[1]):
        put(_linear(t.args[0], s, div(factor, t.args[1])))
    elif t.op == "mul" and sum(map(s.random, t.args)) == 1:
        (moving,) = (a for a in t.args if s.random(a))
        put(_linear(moving, s, mul(factor, *(a for a in t.args if not s.random(a)))))
    elif t.op == "inner":
        try:
            left, right = (parts(a) for a in t.args)
        except UnreadError:
            raise Beyond from None
        for a, c in left.items():
            for b, k in right.items():
                put({inner(a, b): mul(factor, c, k)})
    elif t == s.centred:
        put({t: factor})
    else:
        raise Beyond
    return out


def judge(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    """The proof of an equation with expectations under laws, or the refutation of one under Gaussians that is about the
    same numbers on both sides; None when there is neither.
    """
    found = [p for t in (lhs, rhs) for p in walk(t) if p.op == "app" and p.args[0] in ("E", "E|")]
    if not found:
        return None
    carrier = Carrier([p.args[2] for p in found if p.args[0] == "E" and len(p.args) == 3])
    try:
        a, b = carrier.value(lhs), carrier.value(rhs)
    except (Beyond, UnreadError):
        return None
    answer = equal(a, b, domains)
    if answer.status == "proved":
        return Judgement("proved", message=carrier.used)
    names = [{p.args[0] for p in walk(t) if p.op in ("sym", "app")} - {"pi", "d"} for t in (a, b)]
    if answer.status != "refuted" or carrier.used != GAUSSIAN or not names[0] or names[0] != names[1]:
        return None
    return Judgement("refuted", message=answer.reason, witness=dict(answer.witness or {}), values=answer.values)


__all__ = ["judge", "time_of"]
