"""The sealed Theorem: hypotheses |- conclusion, made by the kernel's rules and by nothing else.

`rule` is the only place where a theorem is made. A rule is a function from theorems, terms and formulas to a `Sequent`;
the decorator collects the axioms of the premises, seals the result and keeps the trace: rule, arguments, conclusion.
After the kernel is loaded `seal` closes the table, and no further rule can be added.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn
from weakref import WeakSet

from derivations.kernel.forms import check
from derivations.kernel.smooth import differentiated
from derivations.kernel.substitution import alpha
from derivations.kernel.terms import BOOL, Term, show


class RuleError(ValueError):
    """A rule refuses: the message says what it expected and what it got."""


class Sequent(NamedTuple):
    """What a rule hands over to be sealed."""

    hypotheses: tuple[Term, ...]
    conclusion: Term
    axioms: frozenset[str] = frozenset()
    dimensions: frozenset[Term] = frozenset()
    smooth: frozenset[str] = frozenset()


class Theorem:
    """A proved sequent: read `hypotheses`, `conclusion`, `axioms`, `rule` and `arguments`; nothing can be set.

    `dimensions` are the integer symbols that were a dimension somewhere in the proof: the theorem holds where they are
    at least 1, and keeps to that when they are instantiated. `smooth` are the opaque functions that were differentiated
    somewhere in the proof: it holds for differentiable ones.
    """

    __slots__ = ("__weakref__", "arguments", "axioms", "conclusion", "dimensions", "hypotheses", "rule", "smooth")
    hypotheses: tuple[Term, ...]
    conclusion: Term
    axioms: frozenset[str]
    rule: str
    arguments: tuple[Any, ...]
    dimensions: frozenset[Term]
    smooth: frozenset[str]

    def __new__(cls, *args: Any, **kwargs: Any) -> Theorem:
        raise TypeError("a Theorem is made by the kernel's rules only; call a rule of derivations.kernel.rules")

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Theorem cannot be subclassed")

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a Theorem cannot be changed, copied or pickled; it is made by the kernel's rules only")

    __setattr__ = __delattr__ = __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = __setstate__ = __getstate__ = (
        _refuse
    )
    __replace__ = _refuse

    def __repr__(self) -> str:
        given = ", ".join(map(show, self.hypotheses))
        return f"{given} |- {show(self.conclusion)}" if given else f"|- {show(self.conclusion)}"


RULES: dict[str, Callable[..., Theorem]] = {}
_MADE: WeakSet[Theorem] = WeakSet()  # the theorems that rules have made
_open = True


def merge(*groups: Iterable[Term]) -> tuple[Term, ...]:
    """Hypotheses in order of first appearance, equal ones (up to bound names) once."""
    seen: dict[Term, Term] = {}
    for group in groups:
        for h in group:
            if h.op != "true":
                seen.setdefault(alpha(h), h)
    return tuple(seen.values())


def same(a: Term, b: Term) -> bool:
    """Equality of terms up to bound names."""
    return a == b or alpha(a) == alpha(b)


def rule(function: Callable[..., Sequent]) -> Callable[..., Theorem]:
    """Make a rule of the kernel: its result is sealed as a theorem, with the axioms of every premise."""
    if not _open:
        raise TypeError("the kernel is sealed: no rule can be added")

    parameters = list(inspect.signature(function).parameters.values())

    @functools.wraps(function)
    def apply(*arguments: Any) -> Theorem:
        arguments = tuple(_admit(a, function.__name__) for a in arguments)
        _need_theorems(parameters, arguments, function.__name__)
        sequent = function(*arguments)
        for f in (*sequent.hypotheses, sequent.conclusion):
            if not isinstance(f, Term) or f.sort != BOOL:
                raise RuleError(f"{function.__name__}: not a formula: {show(f)}")
            check(f)
        theorem: Theorem = object.__new__(Theorem)
        axioms = sequent.axioms.union(*(t.axioms for t in premises(arguments)))
        everything = (*arguments, *sequent.hypotheses, sequent.conclusion)
        dimensions = _dimensions(everything, sequent.dimensions)
        parts = {
            "hypotheses": merge(sequent.hypotheses), "conclusion": sequent.conclusion, "axioms": axioms,
            "rule": function.__name__, "arguments": arguments, "dimensions": dimensions,
            "smooth": _smooth(everything) | sequent.smooth,
        }  # fmt: skip
        for name, part in parts.items():
            object.__setattr__(theorem, name, part)
        _MADE.add(theorem)
        return theorem

    RULES[function.__name__] = apply
    return apply


def _need_theorems(parameters: list[inspect.Parameter], arguments: tuple[Any, ...], who: str) -> None:
    """Refuse something else where the rule is declared to take a theorem, and none where it takes some."""
    for k, p in enumerate(parameters):
        if p.annotation in (Theorem, "Theorem"):
            several = p.kind is inspect.Parameter.VAR_POSITIONAL
            given = arguments[k:] if several else arguments[k : k + 1]
            if several and not given:
                raise RuleError(f"{who}: needs at least one theorem")
            for a in given:
                if type(a) is not Theorem:
                    raise RuleError(f"{who}: {p.name} must be a theorem, not {show(a)}")


def _admit(a: Any, who: str) -> Any:
    """An argument as a rule may keep it: well-formed terms, genuine theorems, and tuples of such, read once."""
    if type(a) is Term:
        check(a)
    elif type(a) is Theorem:
        if a not in _MADE:
            raise RuleError(f"{who}: an empty shell of a theorem, which no rule has made")
    elif type(a) in (tuple, list):
        return tuple(_admit(x, who) for x in a)
    elif a is not None and type(a) not in (str, int, Fraction):
        kinds = "a term, a theorem, a number, a text or a tuple of these"
        raise RuleError(f"{who}: an argument must be {kinds}, not a {type(a).__name__}")
    return a


def _dimensions(arguments: Iterable[Any], found: frozenset[Term]) -> frozenset[Term]:
    """The symbols that are dimensions in the terms, or in what the theorems were made of."""
    for a in arguments:
        if isinstance(a, Term):
            found |= a.dims
        elif isinstance(a, Theorem):
            found |= a.dimensions
        elif isinstance(a, tuple):
            found = _dimensions(a, found)
    return found


def _smooth(arguments: Iterable[Any]) -> frozenset[str]:
    """The opaque functions that are differentiated in the terms, or in what the theorems were made of."""
    found: frozenset[str] = frozenset()
    for a in arguments:
        if isinstance(a, Term):
            found |= differentiated(a)
        elif isinstance(a, Theorem):
            found |= a.smooth
        elif isinstance(a, tuple):
            found |= _smooth(a)
    return found


def premises(arguments: Any) -> list[Theorem]:
    """The theorems among the arguments, at any depth of tuples and lists."""
    out: list[Theorem] = []
    for a in arguments:
        if isinstance(a, Theorem):
            out.append(a)
        elif isinstance(a, (tuple, list)):
            out.extend(premises(a))
    return out


def seal() -> None:
    """Close the table of rules."""
    global _open
    _open = False
