r"""Names that are drawn: what a document said of z is not put in where z is the variable of a density.

`z = f(x)` on one page and `q(z | x)` on the next are about two things. Only what is true with the definition put in, as
where `x = a x_0 + s eps` turns a score into a noise, is taken that way. So it is with what was said in terms of which
nothing is known, as u_t(x) = \dot\psi_t(\psi_t^{-1}(x)): the name is clearer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from derivations.kernel.terms import Term
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

DARK = frozenset({"at[]", "det[]", "lim"})
BY_LAWS = frozenset({"lvm.bayes", "score.tweedie"})  # what the law of a value given another one refutes


def variables(terms: Iterable[Term]) -> set[Term]:
    """The bare names that are variables or conditions of densities in terms."""
    parts = [p for t in terms for p in walk(t)]
    named = [a for p in parts if is_density(p) for a in p.args[1:]] + [p.args[0] for p in parts if p.op == "normal"]
    return {a for a in named if isinstance(a, Term) and a.op == "sym"}


def is_dark(t: Term) -> bool:
    """Whether a term is made of values of which nothing is known."""
    return any(p.op == "app" and p.args[0] in DARK for p in walk(t))


def _is_divided(t: Term) -> bool:
    """Whether a term is divided by something with a name, as a density is by what makes it integrate to 1."""
    return any(p.op == "div" and any(a.op in ("app", "sym", "int") for a in walk(p.args[1])) for p in walk(t))


def judged(
    notation: Notation, terms: Sequence[Term], judge: Callable[[], Judgement], unfolding: bool = True
) -> Judgement:
    """The verdict on an equation, the names in it that are drawn taken as they are; with what they were defined as,
    where only that is true and `unfolding` is allowed.
    """
    veiled = [r for r in notation.own if is_density(r.left) and _is_divided(r.right)]
    if veiled:  # what holds of any density first
        whole, notation.own = list(notation.own), [r for r in notation.own if r not in veiled]
        former, known = list(notation.former), {r.left for r in veiled}
        found = _unveiled(notation, terms, judge, unfolding)
        if any(r.left in known for r in notation.own):  # given a meaning again: compared with the one that it has
            notation.own, notation.former = whole, former
            return _unveiled(notation, terms, judge, unfolding)
        fresh = [r for r in notation.own if r not in whole]
        notation.own = [*whole, *fresh]
        if found.verdict == "definition" and fresh:
            return found  # what is defined now proves nothing of itself
        if found.verdict == "proved" or (found.verdict == "definition" and not any(map(is_density, terms))):
            return found
    return _unveiled(notation, terms, judge, unfolding)


def _unveiled(notation: Notation, terms: Sequence[Term], judge: Callable[[], Judgement], unfolding: bool) -> Judgement:
    """The verdict with the densities as the document says that they are."""
    names = variables(terms)
    hidden = [r for r in notation.own if r.left in names or is_dark(r.right)]
    if not hidden:
        return judge()
    if len(terms) == 2 and notation.said(*terms):
        return Judgement("definition", message="as it was defined before")
    notation.own = [r for r in notation.own if r not in hidden]
    found = judge()
    notation.own = [*hidden, *notation.own]
    if not unfolding or found.verdict not in ("refuted", "undecided", "unread"):
        return found
    whole = judge()
    by_its_law = whole.verdict == "refuted" and whole.formula in BY_LAWS and found.verdict == "undecided"
    return whole if whole.verdict in ("proved", "convention") or by_its_law else found
