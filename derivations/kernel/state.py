"""What one decision knows: its field, its facts, its equations, and what it owes."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import ref

from derivations.kernel import radicals
from derivations.kernel.field import Element, Field, Generator
from derivations.kernel.polynomials import Poly
from derivations.kernel.signs import PARTS, Sign, Signs
from derivations.kernel.terms import Term, show

if TYPE_CHECKING:
    from derivations.kernel.normal import Normalizer

Letter = tuple[Hashable, bool, bool]  # key, inverted, transposed
Word = tuple[Letter, ...]
Matrix = dict[Word, Element]
Vector = dict[tuple[Word, Hashable], Element]
Rebuild = Callable[[Term, Term], Element]


@dataclass(frozen=True)
class LetterInfo:
    """What is known of a letter: its term and whether it is symmetric positive definite."""

    term: Term
    spd: bool


class Owing(Exception):
    """Something is owed in an attempt that may not owe anything."""


class State:
    """The generators, facts and debts of one decision."""

    signs_of: type[Signs] = Signs

    def __init__(self) -> None:
        self.field = Field()
        self.signs = self.signs_of(self.field)
        owner = ref(self)  # a cycle would be left to the collector, which costs more than the decision
        self.field.nonzero = lambda p: (n := owner()) is not None and n.nonzero(p)
        self.owed: dict[str, None] = {}
        self.letters: dict[Hashable, LetterInfo] = {}
        self.vectors: dict[Hashable, Term] = {}
        self.word_rules: list[tuple[Word, Matrix]] = []
        self._scalar_rules: dict[Hashable, Element] = {}
        self._vector_rules: dict[Hashable, Vector] = {}
        self._function_rules: list[tuple[tuple[Term, ...], Term, Term]] = []
        self.sizes: set[Term] = set()  # the symbols of the dimensions at which functions were unfolded
        self._universals: list[Term] = []
        self._instantiated: set[tuple[Hashable, int]] = set()
        self._deep = 0  # how many universal hypotheses are being used within one another
        self._free: dict[int, frozenset[Term]] = {}  # place of an atom -> the symbols on which it depends
        self._free_below: dict[int, frozenset[Term]] = {}  # the same of the others; forgotten when an atom gets more
        self._levels: dict[int, int] = {}
        self._rebuild: dict[int, tuple[Rebuild, Term]] = {}
        self._inside: dict[int, tuple[Term, Element]] = {}  # what a sum, product or integral binds, and is made of
        self.stuck: set[int] = set()  # atoms that contain a vector integral: their bound variables keep their names
        self._active: list[Term] = []
        self._cache: dict[Any, Any] = {}  # the normal form of a term: an element, a vector or a matrix
        self._nonzero: list[Poly] = []
        self._trying = False  # whether a debt ends what is being done
        self.defined = False  # whether a derivative owes that what it is taken of is defined
        self.absolute = False  # whether the root of p^2 is |p| where the sign of p is open; otherwise that sign is owed

    @property
    def whole(self) -> Normalizer:
        """This decision with all that its subclasses add: what `linear`, `binders` and `radicals` work on."""
        return self  # type: ignore[return-value]

    # ---- obligations

    def owe(self, poly: Poly, relation: str, what: str) -> None:
        """Note that poly `relation` 0 is not proved."""
        self.owe_text(f"{self.text(poly)} {relation} 0", what)

    def owe_text(self, text: str, what: str) -> None:
        """Note an obligation in words."""
        self.owed.setdefault(f"{text} (for {what})")
        if self._trying:
            raise Owing

    @contextmanager
    def apart(self) -> Iterator[dict[str, None]]:
        """An attempt: it ends at the first thing that is owed, which is kept apart, and its values are forgotten.

        What comes after a debt would be built on a wrong value, and leave its symbols behind.
        """
        kept, known, trying = self.owed, len(self._cache), self._trying
        owed: dict[str, None] = {}
        self.owed, self._trying = owed, True
        try:
            yield owed
        except Owing:
            pass
        finally:
            self.owed, self._trying = kept, trying
            while owed and len(self._cache) > known:
                self._cache.popitem()  # the newest first

    def text(self, poly: Poly) -> str:
        """A polynomial in the author's names."""
        return re.sub(r"\bg(\d+)\b", lambda m: self._name(self.field.generators[int(m[1])]), str(poly))

    def texts(self, elements: Iterable[Element]) -> str:
        """The numerators of what is left of a difference; "0" when nothing is."""
        return "; ".join(self.text(e.num) for e in elements) or "0"

    def _name(self, g: Generator) -> str:
        return show(g.data) if isinstance(g.data, Term) else self._inner_text(g.kind, g.data)

    def _inner_text(self, kind: str, data: Any) -> str:
        if kind == "root":
            return f"root{data[0]}({self.text(data[1])})"
        if kind == "log":
            return f"log({self.text(data)})"
        if isinstance(data, Element):
            return f"{kind}(({self.text(data.num)})/({self.text(data.den)}))"
        return str(data)

    # ---- signs of elements

    def inverse(self, e: Element, what: Term | str) -> Element:
        """1/e, where e is `what` in the messages; owes that no factor of e vanishes."""
        f = self.field
        if f.is_zero(e):
            self.owe_text(f"{show(what)} != 0", "a division")
            return f.zero
        self._owe_factors(e.num)
        return f.invert(e)

    def nonzero(self, poly: Poly) -> bool:
        """Whether poly is proved not to vanish: by its sign, or since a hypothesis says so of a multiple of it."""
        if self.signs.nonzero(poly):
            return True
        poly = self.field.up(poly)
        if poly.is_zero():  # a multiple of everything
            return False
        given = [self.field.up(p) for p in self._nonzero]
        return any(p.leading_coefficient() * poly == poly.leading_coefficient() * p for p in given)

    def settle(self, e: Element) -> None:
        """Owe what an element rests on: that no denominator vanishes, and the signs under its roots and logarithms.

        What was made inside the range of a bound variable and moves out has to make sense where that range is empty.
        """
        generators = [self.field.generators[k] for k in self.field.places_in(*self.field.parts(e))]
        for g in generators:
            if g.kind == "atom" and isinstance(g.data, Term) and g.data.op == "app":
                self.whole._instantiate(g.data)  # what was said of it inside was forgotten
            elif isinstance(g.data, Element):
                self.settle(g.data)
        for g in generators:
            if g.kind == "root" and g.place not in self.field.absolutes:
                self._settle_under(g.data[1], ">=", "a root")
            elif g.kind == "log":
                self._settle_under(g.data, ">", "a logarithm")
        self._owe_factors(self.field.up(e.den))

    def _settle_under(self, poly: Poly, relation: str, what: str) -> None:
        self.settle(self.field.poly(self.field.up(poly)))
        s = self.signs.sign(poly)
        if s is None or s.value < 0 or (relation == ">" and not s.strict):
            self.owe(self.field.up(poly), relation, what)

    def _owe_factors(self, poly: Poly) -> None:
        """Owe that no factor of a polynomial vanishes."""
        for factor in self.doubtful(poly):
            self.owe(factor, "!=", "a division")

    def doubtful(self, poly: Poly) -> list[Poly]:
        """The factors of a polynomial that are not proved to be nonzero; none when the whole is."""
        if self.nonzero(poly):
            return []
        return [factor for factor, _ in radicals.factors(self.whole, poly)[1] if not self.nonzero(factor)]

    def sign_of(self, e: Element) -> Sign | None:
        """The proved sign of an element: as a whole, or factor by factor."""
        value, strict = 1, True
        for poly in (e.num, e.den):
            whole = self.signs.sign(poly)
            if whole is None or not whole.strict:
                split = self._sign_by_factors(poly)
                whole = split if whole is None or (split is not None and split.strict) else whole
            if whole is None:
                return None
            value, strict = value * whole.value, strict and whole.strict
        return Sign(value, strict, PARTS)

    def _sign_by_factors(self, poly: Poly) -> Sign | None:
        if poly.is_zero():
            return None
        c, factors = radicals.factors(self.whole, poly)
        value, strict = 1 if c > 0 else -1, True
        for factor, k in factors:
            if k % 2 == 0:
                strict = strict and self.nonzero(factor)
                continue
            s = self.signs.sign(factor)
            if s is None:
                return None
            value, strict = value * s.value, strict and s.strict
        return Sign(value, strict, PARTS)
