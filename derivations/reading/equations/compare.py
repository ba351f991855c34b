"""Are two terms equal? The kernel proves in every dimension, numbers refute in one, everything else is undecided.

What may differ only because two functions were written with different arguments is never refuted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from derivations.deciding import Verdict, decide
from derivations.evidence.refute import examine
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import INT, Term, TermError, is_scalar, le, lt, ne, num, sym, zero
from derivations.reading.equations import allowance, antiderivatives, integrals, series
from derivations.reading.equations.samples import differ
from derivations.reading.equations.slopes import unwritten
from derivations.reading.notation.coordinates import (
    bound_schedule,
    pretty,
    products,
    schedule,
    sums,
    unrolled,
    walk,
    whole,
)
from derivations.reading.notation.worlds import COMMON_DOMAINS
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.registry.one_dimension import one_dimensional
from derivations.registry.two_dimensions import NoCoordinates, two_dimensional

MAX_SIZE, MAX_FACTS, MAX_TERMS = 3_000, 10, 1_500
KEPT = 4_096  # answers that are kept
TRIES = 24  # how many points are tried for three in the domain


@dataclass(frozen=True)
class Answer:
    """status: "proved", "refuted" or "undecided"; why; the witness, and both values there; and whether a part of what
    is refuted is as it should be, as the mean of a law with another variance.
    """

    status: str
    reason: str = ""
    witness: Mapping[str, str] | None = None
    values: tuple[str, str] | None = None
    part: bool = False


def equal(lhs: Term, rhs: Term, domains: Mapping[str, str], granted: Sequence[Term] = ()) -> Answer:
    """Decide lhs = rhs for all values of what is free in them. A witness against it satisfies what is granted; no
    proof rests on that. A document is read in several notations, and asks the same again and again.
    """
    if allowance.spent():
        return Answer("undecided", allowance.SPENT)
    return _equal(lhs, rhs, tuple(sorted(domains.items())), tuple(granted), allowance.trying())


@lru_cache(maxsize=KEPT)
def _equal(
    lhs: Term, rhs: Term, known: tuple[tuple[str, str], ...], conditions: tuple[Term, ...], trying: bool
) -> Answer:
    # what is tried is told sooner that it is false, in _decided, and with fewer reasons: its answers are kept apart
    if lhs.size + rhs.size > MAX_SIZE:
        return Answer("undecided", "the formula is too large")
    loose = unwritten(lhs, rhs)
    if loose:
        return Answer("undecided", loose)
    if towers(lhs, rhs) and expanded(lhs) + expanded(rhs) > MAX_TERMS:
        return Answer("undecided", "exponentials of exponentials with too many terms when it is multiplied out")
    try:
        (lhs, rhs, *granted), units = charted(lhs, rhs, *conditions)
        words = {**COMMON_DOMAINS, **dict(known), **units}

        def same(a: Term, b: Term) -> bool:
            return _decided(a, b, words).status == "proved"

        if any(p.op == "int" for t in (lhs, rhs) for p in walk(t)):
            lhs, rhs = (integrals.carried_out(series.integrated(t, same), same) for t in (lhs, rhs))
        answer = _decided(lhs, rhs, words, granted)
        if answer.status == "undecided" and any(p.op == "int" for t in (lhs, rhs) for p in walk(t)):
            open_ = answer
            answer = _by_antiderivatives(lhs, rhs, words, granted, same) or open_
            answer = (_by_lines(lhs, rhs, words, granted, same) or answer) if answer == open_ else answer
        if answer.status == "undecided" and any(p.op == "sum" for t in (lhs, rhs) for p in walk(t)):
            return Answer("proved", "by induction on the last index") if series.by_induction(lhs, rhs, same) else answer
        return answer
    except (TermError, ValueError, UnreadError) as reason:
        return Answer("undecided", str(reason))


def _by_antiderivatives(
    lhs: Term, rhs: Term, words: Mapping[str, str], granted: Sequence[Term], same: Callable[[Term, Term], bool]
) -> Answer | None:
    """The answer with integrals over time as antiderivatives; None when that shows nothing."""
    found = antiderivatives.named(lhs, rhs, words, same)
    if found is None:
        return None
    a, b, grows = found
    answer = _decided(a, b, {**words, **grows}, granted)
    if answer.status == "proved":
        return replace(answer, reason="with an antiderivative for the integral")
    return answer if answer.status == "refuted" and antiderivatives.free_values(a, b) else None


def _by_lines(
    lhs: Term, rhs: Term, words: Mapping[str, str], granted: Sequence[Term], same: Callable[[Term, Term], bool]
) -> Answer | None:
    """The refutation with straight lines for the functions that are integrated over time; None when there is none."""
    found = antiderivatives.instance(lhs, rhs, words)
    if found is None:
        return None
    a, b = (integrals.carried_out(series.integrated(t, same), same) for t in found[:2])
    if any(p.op == "int" for t in (a, b) for p in walk(t)):
        return None
    times = {str(s.args[0]): "positive" for t in (a, b) for s in t.free if is_scalar(s)}
    answer = _decided(a, b, {**times, **words}, granted)
    return replace(answer, witness={**found[2], **(answer.witness or {})}) if answer.status == "refuted" else None


def towers(*terms: Term) -> bool:
    """Whether an exponential stands in the exponent of another."""
    return any(p.op == "exp" and any(q.op == "exp" for q in walk(p.args[0])) for t in terms for p in walk(t))


def expanded(t: Term) -> int:
    """How many terms there are at most when products and whole powers of sums are multiplied out."""
    parts = [expanded(a) for a in t.args if isinstance(a, Term)]
    if t.op == "add":
        return sum(parts)
    if t.op == "pow" and t.args[1].op == "num" and t.args[1].args[0].denominator == 1:
        n, k = parts[0], int(abs(t.args[1].args[0]))
        return math.comb(min(n, MAX_TERMS) + k - 1, k)
    if t.op in ("mul", "div"):
        return math.prod(min(n, MAX_TERMS) for n in parts)
    return max(parts, default=1)


def charted(*terms: Term) -> tuple[list[Term], dict[str, str]]:
    """The sides with the schedule in free coordinates: neighbouring steps, or all alphas where a sum runs over steps;
    a vector s beside an index s is another name. Raises ValueError when there are none.
    """
    terms = tuple(whole(*terms))
    named = [{s.args[0] for t in terms for s in t.free if is_scalar(s) == number} for number in (True, False)]
    if named[0] & named[1]:
        terms = tuple(map(renamed, terms))
    folded = tuple(sums(products(t)) for t in terms)
    return ([unrolled(t) for t in terms], {}) if bound_schedule(*folded) else schedule(*folded)


def agrees(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> bool:
    """Whether numbers agree at a few points, in one dimension; a quick sieve, and no proof."""
    return not allowance.spent() and _agrees(lhs, rhs, tuple(sorted(domains.items())))


def sifted(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Answer:
    """The answer on lhs = rhs where only a proof is of use: numbers first, for they are quick."""
    return equal(lhs, rhs, domains) if agrees(lhs, rhs, domains) else Answer("refuted", "numbers differ")


@lru_cache(maxsize=KEPT)
def _agrees(lhs: Term, rhs: Term, known: tuple[tuple[str, str], ...]) -> bool:
    try:
        (lhs, rhs), units = charted(lhs, rhs)
        words = {**COMMON_DOMAINS, **dict(known), **units}
        (lhs, rhs), names, _ = _atoms(*(one_dimensional(renamed(t)) for t in (lhs, rhs)))
    except (TermError, ValueError, UnreadError):
        return False
    words = {**words, **{s.args[0]: words.get(t.args[0], "positive") for t, s in names.items()}}
    facts = _ranges(lhs, rhs)
    domain = {k: w if w != "real" else "positive" for k, w in _domain((lhs, rhs, *facts), words).items()}
    seen = examine(lhs, rhs, facts, domain, 3, tries=TRIES)
    return seen.witness is None and seen.equal > 0


def _alike(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides with a 0 of the kind of the other side."""
    for a, b in ((lhs, rhs), (rhs, lhs)):
        if a.op == "zero" and is_scalar(b):
            return (num(0), rhs) if a is lhs else (lhs, num(0))
        if a == num(0) and b.sort[0] == "vec":
            return (zero(DIMENSION), rhs) if a is lhs else (lhs, zero(DIMENSION))
    return lhs, rhs


def _decided(lhs: Term, rhs: Term, words: Mapping[str, str], granted: Sequence[Term] = ()) -> Answer:
    lhs, rhs = _alike(lhs, rhs)
    if is_scalar(lhs) != is_scalar(rhs) or (not is_scalar(lhs) and lhs.sort[0] != rhs.sort[0]):
        return Answer("undecided", f"the two sides are of different kinds: a {_kind(lhs)} and a {_kind(rhs)}")
    facts = _ranges(lhs, rhs)
    units = {name for name, word in words.items() if word == "unit"}
    if allowance.trying() and differ(lhs, rhs, units):
        return Answer("refuted", "the sides have other values")
    found = decide(lhs, rhs, domain=_domain((lhs, rhs, *facts), words), facts=facts)
    if found.status == "proved":
        return Answer("proved", found.reason)
    if found.owed:
        defined = [*facts, *_defined(lhs, rhs)]
        sensible = decide(lhs, rhs, domain=_domain((lhs, rhs, *defined), words), facts=defined)
        if sensible.status == "proved":
            return Answer("proved", "wherever both sides are defined")
        declared = words
        words = {
            **{
                name: "positive"
                for name, word in _domain((lhs, rhs), words).items()
                if word == "real" and name not in words
            },
            **words,
        }
        again = decide(lhs, rhs, domain=_domain((lhs, rhs, *facts), words), facts=facts)
        if again.status == "proved":
            sides = [t if not _has_vectors(t) else one_dimensional(renamed(t)) for t in (lhs, rhs)]
            if _by_numbers(sides[0], sides[1], declared, found).status == "refuted":
                return Answer("undecided", "it holds for positive values of what is not declared, and not for all")
            return Answer("proved", "for positive values of what is not declared")
    if not _has_vectors(lhs) and not _has_vectors(rhs):
        return _by_numbers(lhs, rhs, words, found, granted)
    in_one = _by_numbers(one_dimensional(renamed(lhs)), one_dimensional(renamed(rhs)), words, found, granted)
    return _in_two(lhs, rhs, words, found) if in_one.status == "proved" else in_one


def _by_numbers(lhs: Term, rhs: Term, words: Mapping[str, str], found: Verdict, granted: Sequence[Term] = ()) -> Answer:
    """What numbers say of two sides without vectors; `found` is what the kernel said of the sides as they were."""
    (lhs, rhs, *granted), names, distinct = _atoms(lhs, rhs, *granted)
    words = {
        **words,
        **{s.args[0]: words.get(t.args[0], "positive" if "(" in t.args[0] else "real") for t, s in names.items()},
    }
    facts = [*_ranges(lhs, rhs), *_defined(lhs, rhs)] if found.owed else _ranges(lhs, rhs)
    numbers = decide(lhs, rhs, domain=_domain((lhs, rhs, *facts), words), facts=facts)
    granted = [f for f in granted if f.free & (lhs.free | rhs.free)]
    if numbers.status == "refuted" and granted:
        facts = [*facts, *granted]
        numbers = decide(lhs, rhs, domain=_domain((lhs, rhs, *facts), words), facts=facts)
        if numbers.status != "refuted":
            return Answer("undecided", f"it fails in general; under what is granted: {numbers.reason}")
    if numbers.status == "refuted" and distinct:
        return Answer(
            "refuted", numbers.reason, {k: str(v) for k, v in (numbers.witness or {}).items()}, _values(numbers)
        )
    if numbers.status == "refuted":
        return Answer(
            "undecided", "the sides differ, unless one function has equal values at arguments that look different"
        )
    if numbers.status == "proved":
        return Answer("proved", numbers.reason)
    return Answer("undecided", found.reason if found.owed else numbers.reason)


def _in_two(lhs: Term, rhs: Term, words: Mapping[str, str], found: Verdict) -> Answer:
    """What holds for numbers, tried in the plane: it may be refuted there, and is not proved for every dimension."""
    try:
        sides = zip(two_dimensional(renamed(lhs)), two_dimensional(renamed(rhs)), strict=True)
        answers = [_by_numbers(a, b, words, found) for a, b in sides]
    except NoCoordinates:
        return Answer("undecided", "it holds in one dimension; whether in others is open")
    wrong = next((a for a in answers if a.status == "refuted"), None)
    if wrong is not None:
        return replace(wrong, reason=f"it holds in one dimension, not in two: {wrong.reason}")
    tried = "one and two dimensions" if all(a.status == "proved" for a in answers) else "one dimension"
    return Answer("undecided", f"it holds in {tried}; whether in others is open")


def _has_vectors(t: Term) -> bool:
    return any(not is_scalar(p) and p.sort[0] in ("vec", "mat") for p in walk(t))


def _ranges(*terms: Term) -> list[Term]:
    """What every sum and product over a symbolic range assumes: that it is not empty."""
    out: dict[Term, None] = {}
    for t in terms:
        for p in walk(t):
            if (
                p.op in ("sum", "prod")
                and p.args[2].op != "num"
                and not p.args[2].free & {q.args[0] for q in walk(t) if q.op in ("sum", "prod")}
            ):
                out[le(p.args[1], p.args[2])] = None
    return list(out)


def _defined(*terms: Term) -> list[Term]:
    """What the roots, logarithms, quotients and Gaussians of an equation assume, so that it says anything at all."""
    out: dict[Term, None] = {}
    for t in terms:
        bound = {p.args[0] for p in walk(t) if p.op in ("sum", "prod", "int", "diff", "grad", "divg")}
        for p in walk(t):
            inside = p.args[0] if p.op in ("sqrt", "log") else p.args[1] if p.op == "div" else None
            inside = p.args[2] if p.op == "normal" and is_scalar(p.args[2]) else inside
            if inside is None or inside.op == "num" or inside.free & bound or not inside.free:
                continue
            out[{"sqrt": le, "div": ne}.get(p.op, lt)(0, inside)] = None
    return list(out)[:MAX_FACTS]


def _kind(t: Term) -> str:
    return {"real": "number", "int": "number", "vec": "vector", "mat": "matrix"}.get(t.sort[0], t.sort[0])


def _values(v: Verdict) -> tuple[str, str] | None:
    left, _, right = v.reason.removeprefix("the left side is ").partition(", the right side is ")
    return (left, right) if right else None


def _domain(terms: tuple[Term, ...], words: Mapping[str, str]) -> dict[str, str]:
    """A word for every name in the terms."""
    out: dict[str, str] = {}
    for t in terms:
        for p in walk(t):
            if p.op in ("sym", "app") and p.sort[0] in ("real", "int") and p.args[0] != "pi":
                name = p.args[0]
                out[name] = "integer" if p.sort == INT else words.get(name, "positive" if "(" in name else "real")
    for t in terms:
        for s in t.free:
            if s.sort == INT:
                out[s.args[0]] = "integer"
    return {k: v for k, v in out.items() if k and not k.startswith("#")}


@lru_cache(maxsize=1 << 14)
def renamed(t: Term) -> Term:
    """The term with vectors named apart from numbers."""
    if t.op == "sym" and t.sort[0] == "vec":
        return sym(pretty(t.args[0]) + "⃗", t.sort) if len(t.args[0]) == 1 else t
    args = tuple(renamed(a) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def _atoms(*terms: Term) -> tuple[list[Term], dict[Term, Term], bool]:
    """Opaque functions as symbols, so that numbers can give them any value; which; and whether different symbols are
    certainly independent: each function has only one list of arguments that is not made of plain names.
    """
    bound = {p.args[0].args[0] for t in terms for p in walk(t) if p.op in ("sum", "prod", "int", "diff")}
    functions = {
        p.args[0]
        for t in terms
        for p in walk(t)
        if p.op == "app" and len(p.args) == 2 and any(s.args[0] in bound for s in p.args[1].free)
    }  # these have values at all steps, and are no mere numbers
    names: dict[Term, Term] = {}
    odd: dict[str, set[Term]] = {}

    def visit(t: Term) -> Term:
        if (
            t.op == "app"
            and is_scalar(t)
            and t.args[0] not in functions
            and not any(s.args[0] in bound for s in t.free)
        ):
            plain = all(
                a.op in ("sym", "num", "add", "neg") or (a.op == "app" and len(a.args) <= 2) for a in t.args[1:]
            )
            if not plain:
                odd.setdefault(t.args[0], set()).add(t)
            elif t not in odd.get(t.args[0], set()):
                odd.setdefault(t.args[0], set())
            if t not in names:
                title = _title(t)
                taken = any(s.args[0] == title for s in names.values())
                names[t] = sym(f"{title} {t!r}" if taken else title, t.sort)  # two functions are never one number
            return names[t]
        args = tuple(visit(a) if isinstance(a, Term) else a for a in t.args)
        return t if args == t.args else rebuild(t, args)

    out = [visit(t) for t in terms]
    counts: dict[str, int] = {}
    for t in names:
        counts[t.args[0]] = counts.get(t.args[0], 0) + 1
    distinct = all(not odd.get(name) or count == 1 for name, count in counts.items())
    return out, names, distinct


def numbered(terms: Sequence[Term], domains: Mapping[str, str]) -> tuple[list[Term], dict[str, str]]:
    """Terms without vectors, their functions as symbols, and the domain of every name. Raises ValueError where two
    functions may have equal values.
    """
    out, names, distinct = _atoms(*(one_dimensional(renamed(t)) if _has_vectors(t) else t for t in terms))
    if not distinct:
        raise ValueError("one function at arguments that look different")
    given = {s.args[0]: domains.get(t.args[0], "positive" if "(" in t.args[0] else "real") for t, s in names.items()}
    return out, _domain(tuple(out), {**domains, **given})


def _title(t: Term) -> str:
    """What the symbol for an opaque function is called in a witness."""
    if len(t.args) == 2 and is_scalar(t.args[1]):
        return pretty(t.args[0], t.args[1])
    return pretty(t.args[0]) + "(" + ", ".join(_inside(a) for a in t.args[1:]) + ")"


def _inside(t: Term) -> str:
    if t.op == "app" and len(t.args) == 2:
        return pretty(t.args[0], t.args[1])
    return pretty(t.args[0]) if t.op == "sym" else repr(t)
