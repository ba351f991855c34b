"""The normal form of a term: an element of the tower, with what it owes.

One `Normalizer` serves one decision. Hypotheses become facts about signs; equations replace atoms by what they equal.
Sums are linear and are shifted to start at 0; products split into factors; an integral gives up the factors that do
not depend on its variable and is otherwise an atom: it is never split here, since splitting owes integrability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from derivations.kernel import linear, radicals
from derivations.kernel.binders import integral_atom, product_atom, sum_atom
from derivations.kernel.calculus import Conditions, Opaque, derivative, opaque_slope
from derivations.kernel.definitions import PI, log_normal, unfold
from derivations.kernel.field import Element
from derivations.kernel.fields import div_field
from derivations.kernel.hypotheses import Hypotheses
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, is_scalar, show


class Normalizer(Hypotheses):
    """Facts, equations, generators and obligations of one decision."""

    def __init__(
        self, hypotheses: Iterable[Term] = (), equations: Iterable[Term] = (), absolute: bool = False,
        defined: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.absolute, self.defined = absolute, defined
        hypotheses = list(hypotheses)
        self.signs.pi = min(self.field.places_in(self.scalar(PI).num))  # before an equation says what pi is
        self._assume_all(hypotheses)
        for equation in equations:
            self._orient(equation)
        if self._scalar_rules or self._vector_rules or self.word_rules or self._function_rules:
            self._cache.clear()
            self._assume_all(hypotheses)

    def log(self, e: Element) -> Element:
        """log e, or 0 with the obligation recorded."""
        out = radicals.log(self, e)
        return self.field.zero if out is None else out

    def log_term(self, t: Term) -> Element:
        """log of a term; of a product of positive factors, term by term, so that exponentials are never expanded."""
        if t.op == "exp":
            return self.scalar(t.args[0])
        if t.op == "normal":
            return self.scalar(log_normal(*t.args))
        if t.op in ("mul", "div") and all(self.positive(a) for a in t.args):
            parts = [self.log_term(a) for a in t.args]
            return self.field.sum(parts if t.op == "mul" else [parts[0], self.field.neg(parts[1])])
        unfolded = self._unfold(t) if t.op == "app" else None
        return self.log(self.scalar(t)) if unfolded is None else self.log_term(unfolded)

    def positive(self, t: Term) -> bool:
        """Whether a term is proved positive: an exponential or a Gaussian density is, a product of such, or by its
        sign.
        """
        if t.op in ("exp", "normal"):
            return True
        if t.op in ("mul", "div") and all(self.positive(a) for a in t.args):
            return True
        unfolded = self._unfold(t) if t.op == "app" else None
        if unfolded is not None:
            return self.positive(unfolded)
        s = self.sign_of(self.scalar(t))
        return s is not None and s.strict and s.value > 0

    def scalar(self, t: Term) -> Element:
        """The normal form of a scalar term."""
        hit: Element | None = self._cache.get(t)
        if hit is None:
            hit = self._cache[t] = self._scalar(t)
        return hit

    def _scalar(self, t: Term) -> Element:
        f = self.field
        if t.op == "num":
            return f.constant(t.args[0])
        if t.op == "sym":
            return self.symbol(("sym", t.args[0], t.sort), t)
        if t.op == "add":
            return f.sum([self.scalar(a) for a in t.args])
        if t.op == "neg":
            return f.neg(self.scalar(t.args[0]))
        if t.op == "mul":
            out = f.one
            for a in t.args:
                out = f.mul(out, self.scalar(a))
            return out
        if t.op == "div":
            return f.mul(self.scalar(t.args[0]), self.inverse(self.scalar(t.args[1]), t.args[1]))
        return _TABLE[t.op](self, t) if t.op in _TABLE else self._atom(t)

    def _atom(self, t: Term) -> Element:
        if t.op == "app" and self._function_rules:
            unfolded = self._unfold(t)
            if unfolded is not None:
                return self.scalar(unfolded)
        out = self.symbol(self.atom_key(t), t)
        if t.op == "app":
            self._instantiate(t)
        return out

    def power(self, t: Term) -> Element:
        """A power: an integer exponent is arithmetic, a rational one a root, any other exp(e log b)."""
        base, e = self.scalar(t.args[0]), self.scalar(t.args[1])
        q = self.field.rational_value(e)
        if q is None:
            return radicals.exp(self, self.field.mul(e, self.log(base)))
        if q < 0:
            base, q = self.inverse(base, t.args[0]), -q
        if q.denominator > 1:
            root = radicals.nth_root(self, base, q.denominator)
            base = self.field.zero if root is None else root
        return self.field.power(base, q.numerator)

    def square_root(self, t: Term) -> Element:
        """A square root, or 0 with the obligation recorded."""
        out = radicals.nth_root(self, self.scalar(t.args[0]), 2, "a square root")
        return self.field.zero if out is None else out

    def trigonometric(self, t: Term) -> Element:
        """A cosine or a sine."""
        return radicals.cos_sin(self, self.scalar(t.args[0]))[0 if t.op == "cos" else 1]

    def differential(self, t: Term) -> Element:
        """A derivative or a divergence: computed where the rules reach, an atom where they do not."""
        if not opaque_slope(t):
            out = self._calculus(t, derivative if t.op == "diff" else div_field)
            if out is not None:
                return self.scalar(out)
        return self._atom(t)

    def _calculus(self, t: Term, rule: Callable[[Term, Term, Conditions], Term]) -> Term | None:
        """The derivative of the body, at the point, with the conditions of the rules as obligations."""
        x, body, at = t.args
        conditions: Conditions = []
        try:
            out = substitute(rule(body, x, conditions), {x: at})
        except Opaque:
            return None
        self.need([(relation, substitute(term, {x: at})) for relation, term in conditions])
        if self.defined and is_scalar(body):
            self.scalar(substitute(body, {x: at}))  # for what it owes: what does not depend on x leaves no trace in out
        return out

    def need(self, conditions: Conditions) -> None:
        """Owe the conditions of the calculus that are not proved: a sign, or that a matrix is positive definite."""
        for relation, term in conditions:
            if relation == "spd":
                if not linear.is_spd(self, linear.matrix(self, term)):
                    self.owe_text(f"{show(term)} is positive definite", "a derivative")
                continue
            e = self.scalar(term)
            s = self.sign_of(e)
            if relation == "gt" and not (s is not None and s.strict and s.value > 0):
                self.owe(e.num * e.den, ">", "a derivative")
            elif relation == "ne" and not self.nonzero(e.num):
                self.owe(e.num, "!=", "a derivative")


def _two_vectors(n: Normalizer, t: Term) -> Element:
    u = linear.vector(n, t.args[0])
    return linear.inner_product(n, u, u if t.op == "norm2" else linear.vector(n, t.args[1]))


def _defined(n: Normalizer, t: Term) -> Element:
    return n.scalar(unfold(t))


_TABLE: dict[str, Callable[[Normalizer, Term], Element]] = {
    "pow": Normalizer.power, "sqrt": Normalizer.square_root,
    "cos": Normalizer.trigonometric, "sin": Normalizer.trigonometric,
    "exp": lambda n, t: radicals.exp(n, n.scalar(t.args[0])), "log": lambda n, t: n.log_term(t.args[0]),
    "inner": _two_vectors, "norm2": _two_vectors, "tr": linear.trace, "logdet": linear.logdet,
    "atan": lambda n, t: n.field.zero if n.field.is_zero(n.scalar(t.args[0])) else n._atom(t),
    "sum": sum_atom, "prod": product_atom, "int": integral_atom,
    "diff": Normalizer.differential, "divg": Normalizer.differential,
    "normal": _defined, "E": _defined, "KL": _defined,
}  # fmt: skip
