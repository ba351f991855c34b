"""A question lhs = rhs as it is asked, made into terms: the words of the domain, the sides, the facts.

Misuse is told at once, by a ValueError that says what to write instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from derivations.evidence.refute import WORDS
from derivations.kernel.definitions import PI
from derivations.kernel.forms import check
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import (
    BOOL,
    INT,
    MEASURE,
    REAL,
    Term,
    app,
    conj,
    forall,
    is_scalar,
    le,
    lift,
    lt,
    show,
    sym,
)
from derivations.language.sympy_bridge import is_sympy, to_formula, to_term
from derivations.language.sympy_reading import Known, float_message, text

ENDS: dict[str | None, Callable[[Term], list[Term]]] = {
    "unit": lambda t: [lt(0, t), lt(t, 1)], "positive": lambda t: [lt(0, t)], "nonnegative": lambda t: [le(0, t)],
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """The two sides, the facts as formulas, the words of the domain, and what the words say as hypotheses."""

    lhs: Term
    rhs: Term
    facts: tuple[Term, ...]
    words: Mapping[str, str]

    @cached_property
    def hypotheses(self) -> list[Term]:
        """What the words say of the symbols, and of the values of opaque functions."""
        terms = [self.lhs, self.rhs, *self.facts]
        free = frozenset[Term]().union(*(t.free for t in terms))
        out = [h for s in sorted(free - {PI}, key=show) for h in _within(s, self.words)]
        for t in _applications(terms):
            out += _values(t, free, self.words)
        return list(dict.fromkeys(out))


def ask(lhs: Any, rhs: Any, domain: Mapping[str, str] | None, facts: Iterable[Any]) -> Question:
    """The question in terms. Raises ValueError on misuse, and what the bridge to SymPy raises."""
    words = read_words(domain)
    if is_sympy(facts) or isinstance(facts, (str, Term)) or not isinstance(facts, Iterable):
        raise ValueError(f"facts must be a list of expressions or relations, got {type(facts).__name__}: {text(facts)}")
    known: Known = {}
    sides = read_side(lhs, words, "lhs", known), read_side(rhs, words, "rhs", known)
    kinds = [s.sort[:1] if is_scalar(s) else s.sort[:3] for s in sides]
    if not all(map(is_scalar, sides)) and kinds[0] != kinds[1]:
        raise ValueError(f"the sides are of different kinds: lhs is a {sides[0].sort[0]}, rhs is a {sides[1].sort[0]}")
    facts = tuple(facts)
    formulas = tuple(read_fact(f, words, known) for f in facts)
    if facts or any(e.is_Dummy for e, _ in known.values()):
        _tell_apart(v for v in (lhs, rhs, *facts) if is_sympy(v))
    names = {s.args[0] for t in (*sides, *formulas) for s in t.free - t.dims if is_scalar(s) and s != PI}
    missing = sorted(names - set(words))
    if missing:
        example = ", ".join(f"{name!r}: 'real'" for name in missing)
        raise ValueError(
            f"the domain does not declare {', '.join(missing)}; say where each lives, like domain={{{example}}}"
        )
    return Question(*sides, formulas, words)


def _tell_apart(expressions: Iterable[Any]) -> None:
    """Refuse a Dummy beside another symbol of its name: it was made to be told apart, and a symbol is its name here."""
    seen: dict[str, Any] = {}
    for s in (s for e in expressions for s in e.free_symbols if s.is_Symbol):
        other = seen.setdefault(s.name, s)
        if other != s and (s.is_Dummy or other.is_Dummy):
            raise ValueError(f"two symbols are named {s.name}, and one of them is a Dummy; give it a name of its own")


def read_words(domain: Mapping[str, str] | None) -> dict[str, str]:
    """The domain, with every name and word checked."""
    if domain is not None and not isinstance(domain, Mapping):
        raise ValueError(f"domain must map names to words, like {{'a': 'unit'}}; got a {type(domain).__name__}")
    out = {}
    for name, word in (domain or {}).items():
        if not isinstance(name, str) or not name or name.startswith("#") or name == PI.args[0]:
            raise ValueError(
                f"domain: {name!r} cannot be declared; a name is text, not empty, not pi, and without a leading #"
            )
        if word not in WORDS:
            raise ValueError(
                f"domain: unknown word {word!r} for {name}; the words are unit (0,1), positive (0,oo), "
                "nonnegative [0,oo), real, integer"
            )
        out[name] = word
    return out


def read_side(side: Any, words: Mapping[str, str], which: str, known: Known | None = None) -> Term:
    """A SymPy expression, a term or a number as a term; `known` is what was read of SymPy's objects before."""
    if is_sympy(side):
        if _is_boolean(side):
            raise ValueError(f"{which} must be an expression, got the relation {text(side)}")
        return to_term(side, _integers(words), known)
    if isinstance(side, float):
        raise ValueError(f"{which}: {float_message(repr(side))}")
    if isinstance(side, bool) or not isinstance(side, (Term, int, Fraction)):
        raise ValueError(
            f"{which} must be a SymPy expression, a term, an int or a Fraction, got a {type(side).__name__}: "
            f"{str(side)[:80]!r}; text is never read as mathematics"
        )
    t = _sorted(lift(side), words)
    if t.sort in (BOOL, MEASURE):
        kind = "formula" if t.sort == BOOL else "measure"
        raise ValueError(f"{which} must have a value, but {show(t)[:80]} is a {kind}")
    return t


def read_fact(fact: Any, words: Mapping[str, str], known: Known | None = None) -> Term:
    """A fact as a formula; a mere expression is said to be > 0. `known` is as for a side."""
    if is_sympy(fact) and _is_boolean(fact):
        if fact in (True, False):  # SymPy has decided the relation while it was written, by its own assumptions
            return lt(-1, 0) if fact else lt(0, 0)
        formula = to_formula(fact, _integers(words), known)
    elif isinstance(fact, Term) and fact.sort == BOOL:
        formula = _sorted(fact, words)
    else:
        value = read_side(fact, words, "a fact", known)
        if not is_scalar(value):
            raise ValueError(f"a fact must be a number or a relation, got a {value.sort[0]}")
        formula = lt(0, value)
    if formula.op not in ("lt", "le", "ne") or not is_scalar(formula.args[0]):
        raise ValueError(
            f"a fact must be an inequality between numbers, got {show(formula)[:80]}; put an equation into the sides"
        )
    return formula


def _is_boolean(value: Any) -> bool:
    return bool(getattr(value, "is_Relational", False) or getattr(value, "is_Boolean", False))


def _integers(words: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name, word in words.items() if word == "integer")


def _sorted(t: Term, words: Mapping[str, str]) -> Term:
    """A term in which each declared name has the sort of its word."""
    check(t)
    table = {}
    for s in t.free:
        word = words.get(s.args[0])
        if word == "integer" and s.sort == REAL:
            table[s] = sym(s.args[0], INT)
        elif word is not None and word != "integer" and s.sort != REAL:
            raise ValueError(f"{show(s)} is declared {word!r}, but in the term it is of the sort {s.sort[0]}")
    return substitute(t, table)


def _within(t: Term, words: Mapping[str, str]) -> list[Term]:
    """What the word of a symbol or function says of the term; of a vector it says nothing."""
    if not is_scalar(t):
        return []
    ends = ENDS.get(words.get(t.args[0], ""))
    return ends(t) if ends else []


def _values(t: Term, free: frozenset[Term], words: Mapping[str, str]) -> list[Term]:
    """What the word of a function says of this application; for all arguments where they are bound inside."""
    loose = {k: sym(f"u{k}'", a.sort) for k, a in enumerate(t.args[1:], 1) if not a.free <= free}
    if not loose or not _within(t, words):
        return _within(t, words)
    anywhere = app(t.args[0], *(loose.get(k, a) for k, a in enumerate(t.args[1:], 1)), sort=t.sort)
    formula = conj(*_within(anywhere, words))
    for u in loose.values():
        formula = forall(u, formula)
    return [formula]


def _applications(terms: Iterable[Term]) -> list[Term]:
    """Every application of an opaque function, each once."""
    found: dict[Term, None] = {}
    stack, seen = list(terms), set[int]()
    while stack:
        t = stack.pop()
        if t.op == "app":
            found[t] = None
        if id(t) not in seen:  # the two sides share what they have in common
            seen.add(id(t))
            stack += [a for a in t.args if isinstance(a, Term) and (a.depth > 1 or a.op == "app")]
    return list(found)
