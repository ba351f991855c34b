"""A normalizer whose every answer is checked again, as it is given, on SymPy's polynomial ring.

The kernel's element for a term is a certificate: the check looks at the elements of the term's parts and asks whether
they fit together, with other arithmetic and by other means. A quotient is multiplied back, a root is raised to its
power, a logarithm and an exponential are compared through the factors they are made of, a derivative is taken in the
tower instead of in the term, a sum is split again, an integral is multiplied back, words are multiplied out again.

The certificate of a sign is followed. Taken from the kernel as they are: which terms are atoms and under which key,
substitution, which hypotheses become facts, derivatives where they meet opaque functions, and what an integral of a
vector gives up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any, NoReturn, TypeVar

from derivations.evidence import ring_words
from derivations.evidence.arithmetic import to_fraction
from derivations.evidence.ring_binders import integral_fits, product_fits, sum_fits
from derivations.evidence.ring_signs import WatchedSigns
from derivations.evidence.ring_table import Frac, Poly, Table, TableFull
from derivations.evidence.ring_tower import cosine_and_sine, derivative, exponential
from derivations.kernel import calculus, fields, radicals
from derivations.kernel.field import Element
from derivations.kernel.normal import Normalizer
from derivations.kernel.signs import Sign
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    Term,
    add,
    div,
    exp,
    inner,
    integral,
    inv,
    is_scalar,
    log,
    logdet,
    mul,
    neg,
    num,
    show,
    sym,
)  # fmt: skip

T = TypeVar("T")
FIRST_SIZE = 16  # generators of the first ring; a larger one costs more at every product


class Disagreement(Exception):
    """The second opinion differs from the kernel's: at which term, and how."""


class Witness(Normalizer):
    """A normalizer that is watched. Raises Disagreement, and SignDisagreement for a sign."""

    signs_of = WatchedSigns
    signs: WatchedSigns

    def __init__(self, hypotheses: tuple[Term, ...], equations: list[Term]) -> None:
        self._table: Table | None = None
        self._frames: list[Table | None] = []
        self._word_equations: list[tuple[ring_words.Word, ring_words.Matrix]] = []
        self.checked = 0
        self.scopes: dict[Term, tuple[Term, Element]] = {}
        super().__init__(hypotheses, equations)

    @property
    def table(self) -> Table:
        """The kernel's generators over SymPy's ring, as many as there are now."""
        if self._table is None:
            self._table = Table(self.field, FIRST_SIZE)
        if self._frames and self._frames[-1] is not self._table:
            raise TableFull
        self._table.sync()
        return self._table

    @property
    def word_equations(self) -> list[tuple[ring_words.Word, ring_words.Matrix]]:
        """The equations between matrices that are in force: a word, and what it equals."""
        adopt = self.table.adopt
        return [(left, {word: adopt(f) for word, f in right.items()}) for left, right in self._word_equations]

    def _steady(self, work: Callable[[], T]) -> T:
        """The result of some work on one ring: begun again on a larger one when new generators do not fit."""
        while True:
            self._frames.append(self._table)
            try:
                return work()
            except TableFull:
                if self._table is None or len(self.field.generators) > self._table.size:
                    self._table = Table(self.field, 16 * (len(self.field.generators) // 12 + 1))
            finally:
                self._frames.pop()

    def name(self, place: int) -> str:
        """A generator in the author's names."""
        return self._name(self.field.generators[place])

    def disagree(self, t: Term, what: str) -> NoReturn:
        """Raise the alarm."""
        raise Disagreement(f"{what}, at {show(t)[:300]}")

    def value(self, t: Term) -> Frac:
        """The kernel's element for a scalar term, as a fraction over SymPy's ring."""
        e = self.scalar(t)
        return self.table.fraction(e)

    def symbol_value(self, *key: Hashable) -> Frac:
        """The generator with this key, or what an equation puts in its place."""
        if key in self._scalar_rules:
            return self.table.fraction(self._scalar_rules[key])
        if key not in self.field.places:
            raise Disagreement(f"the kernel knows no symbol {key!r}"[:300])
        return self.table.generator(self.field.places[key])

    def scalar(self, t: Term) -> Element:
        """The kernel's element, checked when it is new and owes nothing."""
        hit: Element | None = self._cache.get(t)
        if hit is not None:
            return hit
        e = super().scalar(t)
        if not self.owed:
            self.checked += 1
            if not self._steady(lambda: _CHECKS.get(t.op, _is_atom)(self, t, e)):
                text = f"({self.text(e.num)})/({self.text(e.den)})"
                self.disagree(t, f"the kernel's value {text[:300]} does not fit its parts ({t.op})")
        return e

    def _gap(self, formula: Term) -> Element:
        """Right minus left, from which the kernel makes its facts: checked against the value of that as a term."""
        e, whole = super()._gap(formula), self.scalar(add(formula.args[1], neg(formula.args[0])))
        if not self.owed and not self._agree(e, whole):
            self.disagree(formula, "right minus left is not what the fact is made of")
        return e

    def _agree(self, a: Element, b: Element) -> bool:
        return self._steady(lambda: self.table.equal(self.table.fraction(a), self.table.fraction(b)))

    @contextmanager
    def bound(self, t: Term, level: int | None = None) -> Iterator[tuple[Term, tuple[Any, ...]]]:
        """The scope of a bound variable; what the body was found to be is kept for the check of the whole."""
        with super().bound(t, level) as (x, args):
            yield x, args
            body = self._cache.get(args[-1]) if isinstance(args[-1], Term) else None
            if body is not None:
                self.scopes[t] = x, body

    def scope_of(self, t: Term) -> tuple[Term, Element]:
        """The bound variable of a sum, product or integral under the kernel's name, and the value of the body."""
        if t not in self.scopes:
            self.disagree(t, "the kernel did not look at the body")
        return self.scopes[t]

    def rational(self, e: Element) -> Element:
        """The element with the roots cleared from its denominator, which must not change it."""
        out = self.field.rational(e)
        if not self.table.equal(self.table.fraction(out), self.table.fraction(e)):
            raise Disagreement(f"clearing a root from a denominator changed the value of {self.text(e.num)[:200]}")
        return out

    def _sign_by_factors(self, poly: Any) -> Sign | None:
        """The sign of a product; the factors, whose signs are confirmed, must multiply back."""
        found = super()._sign_by_factors(poly)
        if found is not None:
            c, parts = radicals.factors(self, poly)
            self._steady(partial(self._multiply_back, poly, to_fraction(c), parts))
        return found

    def _multiply_back(self, poly: Any, c: Fraction, parts: radicals.Factors) -> None:
        table = self.table
        powers = [table.power((table.poly(self.field.up(p)), table.unit), k) for p, k in parts]
        if not table.equal(table.multiply([table.constant(c), *powers]), (table.poly(self.field.up(poly)), table.unit)):
            raise Disagreement(f"the factors of {self.text(poly)[:200]} do not multiply back")

    def known_positive(self, place: int) -> bool:
        """Whether a generator was proved not to be negative."""
        sign = self.signs.sign(self.field._gens[place])
        return sign is not None and sign.value > 0

    def exponential(self, exponent: Frac, result: Frac) -> bool:
        """Whether exp(exponent) = result, through their factors; both are known to be positive."""
        return exponential(self.table, exponent, result)

    def _orient(self, equation: Term) -> None:
        """Use an equation from left to right, and check what the kernel makes of it."""
        if equation.op == "all":
            super()._orient(equation)
            return
        left, right = equation.args
        for side in (left, right):  # so that no generator is new below
            self._steady(partial(self._any, side))
        self._steady(partial(self._watch, equation, left, right))

    def _any(self, t: Term) -> object:
        if is_scalar(t):
            return self.scalar(t)
        return (ring_words.vector if t.sort[0] == "vec" else ring_words.matrix)(self, t)

    def _watch(self, equation: Term, left: Term, right: Term) -> None:
        if is_scalar(left):
            known = set(self._scalar_rules)
            a, b = self.scalar(left), self.scalar(right)
            super()._orient(equation)
            for key in set(self._scalar_rules) - known:
                table = self.table
                atom = table.generator(self.field.places[key])
                new = table.fraction(self._scalar_rules[key])
                fits = table.equal(table.mul(new, table.fraction(a)), table.mul(table.fraction(b), atom))
                if not fits and not self.owed:
                    self.disagree(equation, "what the kernel puts in the place of the left side")
        elif left.sort[0] == "vec":
            source, target = ring_words.vector(self, left), ring_words.vector(self, right)
            known = set(self._vector_rules)
            super()._orient(equation)
            for key in set(self._vector_rules) - known:
                factor = source[((), key)]
                put = {k: self.table.fraction(e) for k, e in self._vector_rules[key].items()}
                self._compare(equation, {k: self.table.mul(factor, f) for k, f in put.items()}, target)
        else:
            words, equal_to = ring_words.matrix(self, left), ring_words.matrix(self, right)
            super()._orient(equation)
            self._word_equations.append((next(iter(words)), equal_to))

    def _compare(self, t: Term, ours: dict[Any, Frac], theirs: dict[Any, Frac]) -> None:
        if set(ours) != set(theirs) or not all(self.table.equal(ours[k], theirs[k]) for k in ours):
            self.disagree(t, "the two expansions differ")

    def same(self, a: Term, b: Term) -> bool:
        """Whether a = b: the question that the kernel answered."""
        if is_scalar(a):
            return self._agree(self.scalar(a), self.scalar(b))
        return not self._steady(lambda: self._any(add(a, neg(b))))


Check = Callable[[Witness, Term, Element], bool]


def _is_atom(w: Witness, t: Term, e: Element) -> bool:
    if t.op == "app" and w._function_rules:
        unfolded = w._unfold(t)
        if unfolded is not None:
            return _equals(w, e, unfolded)
    number = w.table.fraction(e)
    if number[1] == w.table.unit and len(number[0]) == 1 and number[0].LC == 1 and sum(number[0].LM) == 1:
        g = w.field.generators[number[0].LM.index(1)]
        if g.kind == "atom" and g.data == t and t.op != "sym":
            return True  # the generator was made for this very term
    key: Any = ("sym", t.args[0], t.sort) if t.op == "sym" else w.atom_key(t)
    return w.table.equal(w.table.fraction(e), w.symbol_value(*key))


def _equals(w: Witness, e: Element, t: Term) -> bool:
    """Whether e is the value of another term."""
    value = w.value(t)
    return w.table.equal(w.table.fraction(e), value)


def _arithmetic(combine: Callable[[Table, list[Frac]], Frac]) -> Check:
    def check(w: Witness, t: Term, e: Element) -> bool:
        elements = [w.scalar(a) for a in t.args]
        table = w.table
        return table.equal(table.fraction(e), combine(table, [table.fraction(x) for x in elements]))

    return check


def _number(w: Witness, t: Term, e: Element) -> bool:
    return w.table.rational(w.table.fraction(e)) == t.args[0]


def _root(w: Witness, e: Element, radicand: Frac, n: int) -> bool:
    """Whether e is the n-th root: its power fits, and the kernel has proved that it is not negative."""
    table = w.table
    return table.equal(table.power(table.fraction(e), n), radicand) and _not_negative(w, e)


def _power(w: Witness, t: Term, e: Element) -> bool:
    base, exponent = (w.scalar(a) for a in t.args)
    table = w.table
    q = table.rational(table.fraction(exponent))
    if q is None:
        logarithm = w.value(log(t.args[0]))
        return _not_negative(w, e) and w.exponential(w.table.mul(w.value(t.args[1]), logarithm), w.table.fraction(e))
    raised = table.power(table.fraction(base), q.numerator)
    if q.denominator > 1:
        return _root(w, e, raised, q.denominator)
    return table.equal(table.fraction(e), raised)


def _not_negative(w: Witness, e: Element) -> bool:
    """Whether e is not negative: by its form, a product of roots, exponentials and such, or by the kernel's proof.

    Where e is an exponential, or has a logarithm, this is enough: a power of it is found to be positive, not 0.
    """
    if all(_plain(w, p) for p in w.table.fraction(e)):
        return True
    sign = w.sign_of(e)
    return sign is not None and sign.value > 0


def _plain(w: Witness, p: Poly) -> bool:
    if len(p) != 1 or p.LC <= 0:
        return False
    odd = [place for place, k in enumerate(p.LM) if k % 2]
    return all(w.field.generators[place].kind in ("exp", "root") or w.known_positive(place) for place in odd)


def _exp(w: Witness, t: Term, e: Element) -> bool:
    exponent = w.value(t.args[0])
    return _not_negative(w, e) and w.exponential(exponent, w.table.fraction(e))


def _log(w: Witness, t: Term, e: Element) -> bool:
    inside = t.args[0]
    if inside.op == "exp":
        return _equals(w, e, inside.args[0])
    if inside.op == "normal":
        return _equals(w, e, log_density(*inside.args))
    if inside.op in ("mul", "div") and all(w.positive(a) for a in inside.args):
        parts = [w.scalar(log(a)) for a in inside.args]
        table = w.table
        values = [table.fraction(x) for x in parts]
        if inside.op == "div":
            values[1] = table.neg(values[1])
        return table.equal(table.fraction(e), table.sum(values))
    argument = w.scalar(inside)
    return _not_negative(w, argument) and w.exponential(w.table.fraction(e), w.table.fraction(argument))


def _trigonometric(w: Witness, t: Term, e: Element) -> bool:
    angle = w.rational(w.scalar(t.args[0]))
    table = w.table
    both = cosine_and_sine(table, table.fraction(angle))
    return both is not None and table.equal(table.fraction(e), both[t.op == "sin"])


def _arc(w: Witness, t: Term, e: Element) -> bool:
    return _equals(w, e, num(0)) if w.table.is_zero(w.value(t.args[0])) else _is_atom(w, t, e)


def _words(expand: Callable[[Witness, Term], Frac]) -> Check:
    def check(w: Witness, t: Term, e: Element) -> bool:
        value = expand(w, t)
        return w.table.equal(w.table.fraction(e), value)

    return check


def _slope(w: Witness, t: Term, e: Element) -> bool:
    """A derivative: in the tower where the body is closed, else through the kernel's term for it."""
    x, body, at = t.args
    known = w._scalar_rules or w._vector_rules  # an equation at one point says nothing of the slope there
    if t.op == "diff" and not known and at.op == "sym" and (at == x or at not in body.free):
        ours = derivative(w, w.scalar(substitute(body, {x: at})), at)
        if ours is not None:
            return w.table.equal(w.table.fraction(e), ours)
    out = (
        None
        if calculus.opaque_slope(t)
        else w._calculus(t, calculus.derivative if t.op == "diff" else fields.div_field)
    )
    return _is_atom(w, t, e) if out is None else _equals(w, e, out)


@lru_cache(maxsize=1024)
def log_density(x: Term, mean: Term, cov: Term) -> Term:
    """The logarithm of the Gaussian density, written down once more."""
    half, pi, gap = num(Fraction(1, 2)), sym("pi"), x - mean
    if is_scalar(x):
        return -(half * log(2 * pi * cov)) + -(gap**2 / (2 * cov))
    size = -(half * x.sort[1] * log(2 * pi))
    return size + -(half * logdet(cov)) + -(half * inner(gap, inv(cov) * gap))


def _notation(w: Witness, t: Term, e: Element) -> bool:
    x, a, b = t.args
    if t.op == "normal":
        return _equals(w, e, exp(log_density(x, a, b)))
    return _equals(w, e, integral(x, mul(a, b if t.op == "E" else log(div(a, b)))))


_CHECKS: dict[str, Check] = {
    "num": _number,
    "add": _arithmetic(lambda table, parts: table.sum(parts)),
    "neg": _arithmetic(lambda table, parts: table.neg(parts[0])),
    "mul": _arithmetic(Table.multiply),
    "div": _arithmetic(lambda table, parts: table.mul(parts[0], table.inverse(parts[1]))),
    "pow": _power,
    "sqrt": lambda w, t, e: _root(w, e, w.value(t.args[0]), 2),
    "exp": _exp, "log": _log, "cos": _trigonometric, "sin": _trigonometric, "atan": _arc,
    "inner": _words(ring_words.inner_product), "norm2": _words(ring_words.inner_product),
    "tr": _words(ring_words.trace), "logdet": _words(ring_words.logdet),
    "sum": sum_fits, "prod": product_fits, "int": integral_fits,
    "diff": _slope, "divg": _slope, "normal": _notation, "E": _notation, "KL": _notation,
}  # fmt: skip
