"""Random questions to `decide`, and a judge of the answers: a second evaluator, without code in common with the balls.

Wrong is: proved, though the sides differ or one is undefined somewhere in the domain; refuted, though the pair is true
by construction, or with a witness that is none. `fuzz` asks many of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath as mp

from derivations import Verdict
from derivations.kernel.terms import Term, show
from tests.decide import generate, generate_indexed, reference

DIGITS = 60


@dataclass(frozen=True)
class Question:
    """A pair of terms on a domain, how it was made, and the seed of the points at which it is judged."""

    kind: str
    lhs: Term
    rhs: Term
    words: tuple[tuple[str, str], ...]
    facts: tuple[Term, ...]
    seed: int

    @property
    def asked(self) -> tuple[Term, Term, dict[str, str], tuple[Term, ...]]:
        """The arguments of `decide`."""
        return self.lhs, self.rhs, dict(self.words), self.facts

    @property
    def somewhere(self) -> dict[str, Fraction]:
        """A point of the domain."""
        rng = random.Random(self.seed)
        return {name: number(word, rng) for name, word in self.words}

    def __repr__(self) -> str:
        given = ", ".join(map(show, self.facts))
        return f"{self.kind}: {show(self.lhs)} = {show(self.rhs)} given {given or 'nothing'}"


def BASICS(seed: int) -> Question:
    """Roots, logs, exponentials and angles over real, positive and unit symbols."""
    kind, lhs, rhs = generate.pair(random.Random(seed))
    return Question(kind, lhs, rhs, tuple(generate.WORDS.items()), (), seed)


def INDEXED(seed: int) -> Question:
    """Sums and products of symbolic length, values of a function, facts."""
    kind, lhs, rhs, facts = generate_indexed.indexed_pair(random.Random(seed))
    return Question(kind, lhs, rhs, tuple(generate_indexed.WORDS.items()), tuple(facts), seed)


def number(word: str, rng: random.Random) -> Fraction:
    """A number of the domain, drawn otherwise than `decide` draws its own."""
    if word == "integer":
        return Fraction(rng.randint(-3, 6))
    u = Fraction(rng.randint(1, 9_999), 10_000)
    if word == "unit":
        return rng.choice([u, u, u**4, 1 - u**4])
    size = u * Fraction(10) ** rng.randint(-2, 2)
    return size if word == "positive" else rng.choice([-1, 1]) * u * rng.choice([1, 3, 10])


def judge(question: Question, verdict: Verdict) -> str:
    """What is wrong with the verdict, or "" ."""
    if verdict.status == "proved":
        return next(
            (f"proved, but {e}" for p in domain_points(question) if (e := _difference(question, p, DIGITS))), ""
        )
    if verdict.status == "refuted":
        if question.kind == "true":
            return f"refuted at {verdict.witness}, but true by construction"
        return _no_witness(question, verdict.witness or {})
    return ""


def domain_points(question: Question) -> Iterator[dict[str, Any]]:
    """Up to four points of the domain at which the facts hold; functions get values as they are asked."""
    rng, found = random.Random(question.seed + 1), 0
    for _ in range(60):
        values: dict[Any, Any] = {}

        def function(name: str, word: str, values: dict[Any, Any] = values) -> Callable[..., Any]:
            return lambda *at: values.setdefault((name, at), _float(number(word, rng)))

        point = {name: _float(number(word, rng)) for name, word in question.words if name != "alpha"}
        point |= {name: function(name, word) for name, word in question.words if name == "alpha"}
        if _facts_hold(question, point):
            found += 1
            yield point
        if found == 4:
            return


def _float(q: Fraction) -> Any:
    return mp.mpf(q.numerator) / q.denominator


def _facts_hold(question: Question, point: dict[str, Any]) -> bool:
    for fact in question.facts:
        try:
            low, high = (reference.value(side, point) for side in fact.args)
        except reference.NoValue:
            return False
        if not (low < high or (fact.op == "le" and low == high)):
            return False
    return True


def _difference(question: Question, point: dict[str, Any], digits: int) -> str:
    """How the sides differ at the point, beyond the error of floating point; "" when they do not."""
    with mp.workdps(digits):
        try:
            lhs, rhs = (reference.value(side, point) for side in (question.lhs, question.rhs))
        except reference.NoValue:
            return f"a side has no value at {point}"
        except OverflowError:
            return ""
        if max(abs(lhs), abs(rhs)) > mp.mpf(10) ** (digits // 3):
            return ""
        if abs(lhs - rhs) > mp.mpf(10) ** (-digits * 2 // 5) * (1 + abs(lhs) + abs(rhs)):
            return f"the sides are {mp.nstr(lhs, 20)} and {mp.nstr(rhs, 20)} at {point}"
    return ""


def _no_witness(question: Question, witness: dict[str, Fraction]) -> str:
    """Why the witness is none, or ""."""
    words = dict(question.words)
    inside = {"unit": lambda q: 0 < q < 1, "positive": lambda q: q > 0, "integer": lambda q: q.denominator == 1}
    for name, q in witness.items():
        if not inside.get(words[name.split("(")[0]], lambda q: True)(q):
            return f"refuted at {witness}, where {name} is outside its domain"
    with mp.workdps(3 * DIGITS):
        point: dict[str, Any] = {name: _float(q) for name, q in witness.items()}
        point["alpha"] = lambda k: point[f"alpha({int(k)})"]
        if not _facts_hold(question, point):
            return f"refuted at {witness}, where the facts fail"
        try:
            lhs, rhs = (reference.value(side, point) for side in (question.lhs, question.rhs))
        except reference.NoValue:
            return f"refuted at {witness}, where a side has no value"
        if abs(lhs - rhs) <= mp.mpf(10) ** (-2 * DIGITS) * (abs(lhs) + abs(rhs)):
            return f"refuted at {witness}, where the sides are equal"
    return ""
