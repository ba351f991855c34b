r"""Scores of mixtures: \nabla\log p(x) is the mean, given x, of \nabla_x\log p(x|z).

Both sides become sums of integrals over z of the gradient in x of the joint density, times powers of the joint, of the
law of z and of the marginal. The gradient goes under the integral; the integrals are taken to exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from derivations.kernel.terms import Term, is_scalar
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.verdict import Judgement

Powers = tuple[int, int, int]  # of the joint density, of the law of z, of the marginal
Sums = dict[Powers, Fraction]
ONE: Powers = (0, 0, 0)
ID = "score.posterior_expectation"
# The density of N(0, 2) at 1, exp(-1/4) / sqrt(4 pi), lies between these.
DENSITY = (Fraction(2196, 10000), Fraction(2198, 10000))
UNLIKE = "the two sides differ where the data are standard Gaussian, and the noise has variance 1"
SAID = "the score is the mean of the conditional scores given the state; the gradient goes under the integral"


class OtherError(Exception):
    """The side is no such sum."""


@dataclass
class _Mixture:
    """Reads a side about one state x and one variable z that is integrated over."""

    x: Term
    z: Term
    seen: dict[str, Term] = field(default_factory=dict)  # the density of each kind: each kind is one density

    def density(self, t: Term) -> Powers:
        """A density of x and z as powers. Raises OtherError."""
        found = variables_of(t)
        kinds: dict[tuple[bool, bool, bool, bool], tuple[str, Powers]] = {
            (True, False, False, False): ("marginal", (0, 0, 1)), (False, True, False, False): ("law", (0, 1, 0)),
            (True, False, False, True): ("kernel", (1, -1, 0)), (False, True, True, False): ("posterior", (1, 0, -1)),
            (True, True, False, False): ("joint", (1, 0, 0)),
        }  # fmt: skip
        if found is None or not (found[0] | found[1]) <= {self.x, self.z}:
            raise OtherError
        key = (self.x in found[0], self.z in found[0], self.x in found[1], self.z in found[1])
        if key not in kinds:
            raise OtherError
        kind, powers = kinds[key]
        if self.seen.setdefault(kind, t) != t or (kind != "law" and t.args[0][0] != self._letter(t)):
            raise OtherError
        return powers

    def _letter(self, t: Term) -> str:
        return str(next((d.args[0][0] for k, d in self.seen.items() if k != "law"), t.args[0][0]))

    def value(self, t: Term, inside: bool = False) -> Sums:
        """A vector as a sum of integrals; `inside` one, of what is integrated. Raises OtherError."""
        if t.op == "add":
            return _total([self.value(a, inside) for a in t.args])
        if t.op == "neg":
            return {p: -k for p, k in self.value(t.args[0], inside).items()}
        if t.op == "div":
            return _times(self.value(t.args[0], inside), self.factor(t.args[1], inside, -1))
        if t.op == "mul":
            vectors = [a for a in t.args if not is_scalar(a)]
            if len(vectors) != 1:
                raise OtherError
            out = self.value(vectors[0], inside)
            for a in t.args:
                out = _times(out, self.factor(a, inside)) if is_scalar(a) else out
            return out
        if t.op == "grad" and t.args[2] == self.x:
            return self.gradient(t, inside)
        if t.op == "app" and not inside:
            return self.average(t)
        raise OtherError

    def average(self, t: Term) -> Sums:
        """An integral over z, or a mean under its law, or given x."""
        if t.args[0] == "integral" and t.args[2] == self.z:
            return self.value(t.args[1], True)
        if t.args[0] == "E" and len(t.args) == 3 and is_density(t.args[2]):
            return _times(self.value(t.args[1], True), {self.density(t.args[2]): Fraction(1)})
        if t.args[0] == "E|" and len(t.args) == 3 and t.args[2] == self.x:
            return _times(self.value(t.args[1], True), {(1, 0, -1): Fraction(1)})
        raise OtherError

    def gradient(self, t: Term, inside: bool) -> Sums:
        """The gradient of a density, of a product of densities, or of the logarithm of either, as powers beside the
        gradient of the joint density.
        """
        bound, body, at = t.args
        body = replaced(body, bound, at)
        logarithm = body.op == "log"
        whole = body.args[0] if logarithm else body
        if not inside and self.is_marginal(whole):
            return {(0, 0, -1) if logarithm else ONE: Fraction(1)}
        ((powers, k),) = self.factor(whole, inside).items()
        j, r, d = powers
        if (d == 1) == inside or (j, d) not in ((0, 1), (1, 0)):
            raise OtherError  # of the marginal outside an integral, of the kernel or the joint density inside
        return {(-j, 0, -d): Fraction(1)} if logarithm else {(0, r, 0): k}

    def is_marginal(self, t: Term) -> bool:
        """Whether a term is the integral over z of the joint density, however that is made."""
        if t.op != "app" or t.args[0] != "integral" or t.args[2] != self.z:
            return False
        return self.factor(t.args[1], True) == {(1, 0, 0): Fraction(1)}

    def factor(self, t: Term, inside: bool, sign: int = 1) -> Sums:
        """A number, or a product of densities, to the power of a sign; outside the integral of the marginal alone."""
        if t.op == "num" and t.args[0]:
            return {ONE: t.args[0] ** sign}
        if t.op in ("mul", "div"):
            out = self.factor(t.args[0], inside, sign)
            for a in t.args[1:]:
                out = _times(out, self.factor(a, inside, sign if t.op == "mul" else -sign))
            return out
        if not inside and self.is_marginal(t):
            return {(0, 0, sign): Fraction(1)}
        if not is_density(t):
            raise OtherError
        j, r, d = self.density(t)
        if not inside and (j, r) != (0, 0):
            raise OtherError
        return {(sign * j, sign * r, sign * d): Fraction(1)}


def _sum(p: Powers, q: Powers) -> Powers:
    return p[0] + q[0], p[1] + q[1], p[2] + q[2]


def _times(a: Sums, b: Sums) -> Sums:
    return {_sum(p, q): j * k for p, j in a.items() for q, k in b.items()}  # b has one term


def _total(sums: list[Sums]) -> Sums:
    out: Sums = {}
    for s in sums:
        for p, k in s.items():
            out[p] = out.get(p, Fraction(0)) + k
    return {p: k for p, k in out.items() if k}


def judge(_: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The proof of an equation between the score of a mixture and a mean of scores; None for another equation."""
    if is_scalar(lhs) or is_scalar(rhs):
        return None
    states = {p.args[2] for t in (lhs, rhs) for p in walk(t) if p.op == "grad"}
    others = {v for t in (lhs, rhs) for p in walk(t) if is_density(p) for part in variables_of(p) or () for v in part}
    others = {v for v in others if not (v.op == "sym" and str(v.args[0]).startswith("∂"))} - states
    if len(states) != 1 or len(others) != 1:
        return None
    mixture = _Mixture(states.pop(), others.pop())
    try:
        sides = [mixture.value(t) for t in (lhs, rhs)]
    except OtherError:
        return None
    if sides[0] == sides[1]:
        return Judgement("proved", ID, SAID)
    values = [_example(s) for s in sides]
    left, right = values
    if left is None or right is None or (left[0] <= right[1] and right[0] <= left[1]):
        return None
    shown = (f"{float(sum(v) / 2):.3f}" for v in (left, right))
    return Judgement("refuted", ID, UNLIKE, witness={"x": "1"}, values=(next(shown), next(shown)))


def _example(sums: Sums) -> tuple[Fraction, Fraction] | None:
    """The bounds of a side at x = 1 where z is N(0, 1) and x is N(z, 1): there the score is -1/2, and the mean over z
    of grad log p(x|z) is -1; None for other integrals.
    """
    low = high = Fraction(0)
    for (j, r, d), k in sums.items():
        if (j, r) not in ((0, 0), (-1, 1)):
            return None
        power = d + 1 if j == 0 else d
        ends = sorted(k * (Fraction(-1, 2) if j == 0 else -1) * b**power for b in DENSITY)
        low, high = low + ends[0], high + ends[1]
    return low, high


__all__ = ["judge"]
