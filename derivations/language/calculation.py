"""A calculation: one displayed line per step, each line reached by a rule of the kernel.

The author writes `start`, `to`, `qed`; the kernel proves each link and the chain of them. `by` says how a line follows:
nothing (algebra), a tuple of equations (algebra with them), a theorem, applied to the whole line or inside it,
or a list of theorems, each applied inside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from derivations.evidence.squares import by_squares
from derivations.kernel import RuleError, Theorem
from derivations.kernel.decay import gaussian_integrable, gaussian_vanishes
from derivations.kernel.equality import algebra, chain, congruence, order
from derivations.kernel.logic import cut
from derivations.kernel.substitution import fresh
from derivations.kernel.terms import Like, Term, lift, show, sym
from derivations.kernel.theorem import same
from derivations.language.densities import equal

By = Theorem | tuple[Theorem, ...] | list[Theorem] | None


class DerivationError(Exception):
    """A derivation that does not go through: which one, which step, and what the kernel said."""


@dataclass
class Line:
    """One displayed line: the term, how it follows from the line before, and what the reader is told."""

    term: Term
    link: Theorem | None = None
    rule: str = ""
    because: str = ""
    asks: str = ""
    answer: str = ""
    by: By = None  # as the author gave it


@dataclass
class Part:
    """A finished calculation or a single theorem: its lines and what it proves."""

    theorem: Theorem
    lines: list[Line] = field(default_factory=list)
    label: str = ""
    lemma: bool = False  # a step on the way, not part of the entry's statement


class Reached(Exception):
    """No error: the part that was asked for is there, and what the author derives after it is not wanted now."""


class Calculation:
    """The working sheet that an entry's function writes on; it ends at the part that is asked for, if one is."""

    def __init__(self, name: str, given: tuple[Term, ...], until: Callable[[Part], bool] | None = None) -> None:
        self.name, self.given, self.until = name, given, until
        self.parts: list[Part] = []
        self.lines: list[Line] = []
        self._settled: list[Theorem] = []

    def start(self, term: Like) -> Calculation:
        """Begin a chain of lines with this term."""
        self.lines = [Line(lift(term))]
        return self

    def to(self, term: Like, by: By = None, because: str = "", asks: str = "", answer: str = "") -> Calculation:
        """The next line. Raises DerivationError when the kernel refuses the step."""
        if not self.lines:
            raise DerivationError(f"{self.name}: `to` before `start`")
        before, after = self.lines[-1].term, lift(term)
        try:
            link = as_written(connect(before, after, by, self.given), before, after)
        except RuleError as e:
            raise DerivationError(
                f"{self.name}, step {len(self.lines)}: from {show(before)[:300]}\n  to {show(after)[:300]}\n  {e}"
            ) from None
        self.lines.append(Line(after, link, _rule_name(by, link), because, asks, answer, by))
        return self

    def settle(self, *theorems: Theorem) -> Calculation:
        """Theorems whose conclusions discharge hypotheses of the steps (integrability, domination, ...)."""
        self._settled.extend(theorems)
        return self

    def qed(self, label: str = "", then: Callable[[Theorem], Theorem] | None = None, lemma: bool = False) -> Theorem:
        """Join the links, discharge what follows from the given hypotheses, and keep the theorem; `then` is a last
        rule.
        """
        links = [line.link for line in self.lines if line.link is not None]
        if not links:
            raise DerivationError(f"{self.name}: nothing was derived")
        theorem = self.close(chain(*links) if then is None else then(chain(*links)))
        lines, self.lines = self.lines, []
        return self._keep(Part(theorem, lines, label, lemma))

    def fact(self, theorem: Theorem, label: str = "", because: str = "", lemma: bool = False) -> Theorem:
        """Keep a theorem that is one line."""
        rule, theorem = spoken(theorem), self.close(theorem)
        line = Line(theorem.conclusion, theorem, rule, because)
        return self._keep(Part(theorem, [line], label, lemma))

    def _keep(self, part: Part) -> Theorem:
        self.parts.append(part)
        if self.until is not None and self.until(part):
            raise Reached
        return part.theorem

    def close(self, theorem: Theorem) -> Theorem:
        """Discharge every hypothesis that is not among the given ones, or say which cannot be."""
        for _ in range(4):
            open_ = [h for h in theorem.hypotheses if not any(same(h, g) for g in self.given)]
            if not open_:
                return theorem
            for h in open_:
                lemma = self._discharge(h)
                if lemma is not None:
                    theorem = cut(theorem, lemma)
        open_ = [h for h in theorem.hypotheses if not any(same(h, g) for g in self.given)]
        if open_:
            raise DerivationError(
                f"{self.name}: the proof rests on what is not given: " + "; ".join(map(show, open_))
                + ". Declare it in `given`, or settle it with a theorem"
            )  # fmt: skip
        return theorem

    def _discharge(self, h: Term) -> Theorem | None:
        for t in self._settled:
            if same(t.conclusion, h):
                return t
        signs = tuple(t for t in self._settled if t.conclusion.op in ("lt", "le", "ne", "and"))
        known = (*self.given, *(t.conclusion for t in signs))
        attempts: dict[str, list[Callable[[], Theorem]]] = {
            "integrable": [lambda: gaussian_integrable(h.args[0], h.args[2], known, h.args[1])],
            "vanishes": [lambda: gaussian_vanishes(h.args[0], h.args[1], known)],
        }
        by_signs = [lambda: order(h, self.given), lambda: order(h, self.given, signs)]
        by_signs.append(lambda: by_squares(h, self.given))
        for attempt in by_signs if h.op in ("lt", "le", "ne") else attempts.get(h.op, []):
            try:
                return attempt()
            except RuleError:
                continue
        return None


def _rule_name(by: By, link: Theorem) -> str:
    if isinstance(by, list):
        return spoken(by[0]) if len(by) == 1 else "rewriting"
    return spoken(by) if isinstance(by, Theorem) else ("algebra" if by is None or isinstance(by, tuple) else link.rule)


def spoken(t: Theorem) -> str:
    """The rule to name for a theorem: what it was made by, without the rules that only pass it on."""
    if t.rule in ("cut", "weaken", "symmetric"):
        return spoken(t.arguments[0])
    if t.rule == "congruence":
        return spoken(t.arguments[2])
    if t.rule in ("instantiate", "instantiate_function"):
        return "algebra" if spoken(t.arguments[0]) == "algebra" else t.rule
    if t.rule == "chain":
        names = [spoken(link) for link in t.arguments]
        return next((n for n in names if n not in ("algebra", "unfolded", "specialize", "assume")), names[0])
    return t.rule


def connect(before: Term, after: Term, by: By, given: tuple[Term, ...]) -> Theorem:
    """before R after, by algebra, by algebra with equations, or by a theorem applied to the line or inside it."""
    if by is None or isinstance(by, tuple):
        return equal(before, after, given, by or ())
    if isinstance(by, list):
        return _rewritten(before, after, by, given)
    a = by.conclusion.args[-2]
    if same(a, before):
        return _glued(before, by, after, given)
    hole = sym(fresh("hole", {s.args[0] for s in before.free | by.conclusion.free}), a.sort)
    context = occurrences(before, a, hole)
    if context is not before and by.conclusion.op == "eq":
        return _glued(before, congruence(context, hole, by), after, given)
    return _glued(before, by, after, given)


def as_written(link: Theorem, before: Term, after: Term) -> Theorem:
    """The link with its two ends spelled as the author did: bound variables may have other names in the rule that
    made it.
    """
    a, b = link.conclusion.args[-2:]
    if link.conclusion.op != "eq" or (a == before and b == after):
        return link
    unused = sym(fresh("unused", {s.args[0] for s in before.free | after.free}))
    ends = [congruence(t, unused, link) for t in (before, after)]
    return chain(ends[0], link, ends[1])


def _rewritten(before: Term, after: Term, by: list[Theorem], given: tuple[Term, ...]) -> Theorem:
    """before = after by rewriting inside the line with each theorem in turn, then algebra."""
    links, line = [], before
    for t in by:
        a = t.conclusion.args[-2]
        hole = sym(fresh("hole", {s.args[0] for s in line.free | t.conclusion.free}), a.sort)
        context = occurrences(line, a, hole)
        if context is line:
            raise RuleError(f"nothing to rewrite: {show(a)} does not occur in {show(line)[:400]}")
        links.append(congruence(context, hole, t))
        line = links[-1].conclusion.args[1]
    if not same(line, after):
        links.append(algebra(line, after, given))
    return chain(*links)


def _glued(before: Term, middle: Theorem, after: Term, given: tuple[Term, ...]) -> Theorem:
    a, b = middle.conclusion.args[-2:]
    links = [] if same(a, before) else [equal(before, a, given)]
    links.append(middle)
    if not same(b, after):
        links.append(equal(b, after, given))
    return chain(*links) if len(links) > 1 else middle


def occurrences(t: Term, part: Term, hole: Term) -> Term:
    """t with every occurrence of `part` replaced by the hole; t itself when there is none."""
    if same(t, part):
        return hole
    args = tuple(occurrences(a, part, hole) if isinstance(a, Term) else a for a in t.args)
    return t if all(x is y for x, y in zip(args, t.args, strict=True)) else Term(t.op, args, t.sort)
