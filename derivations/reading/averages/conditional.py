"""Conditional expectations: linear in what is averaged, and what is known under the condition comes out.

E[c x_0 - y | y] = c E[x_0 | y] - y. What a document's y is made of is not put in where y is a condition: then y is
known, and the parts that it was made of are not.
"""

from __future__ import annotations

from collections.abc import Mapping

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, num, sym
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import NOISE, Notation
from derivations.reading.notation.unfolding import Unfolder, canonical, replaced
from derivations.reading.text.syntax import UnreadError

GIVEN, KEPT = "E|", "\u200bgiven"  # a condition under its own name, which no document can write


def conditions(*terms: Term) -> set[Term]:
    """What the conditional expectations in terms are given, where each has one condition."""
    return {p.args[2] for t in terms for p in walk(t) if p.op == "app" and p.args[0] == GIVEN and len(p.args) == 3}


def unnamed(t: Term) -> Term:
    """The term with the variable under the sign of E_{x}[... | y] left out: the condition says what is averaged."""
    args = tuple(unnamed(a) if isinstance(a, Term) else a for a in t.args)
    named = t.op == "app" and t.args[0] == GIVEN and len(args) == 4 and args[3].op == "sym"
    if named and str(args[3].args[0]).startswith("law "):
        return app(GIVEN, args[1], args[2], sort=t.sort)
    return t if args == t.args else rebuild(t, args)


def opened(t: Term) -> Term:
    """The term with its conditional expectations taken apart by linearity."""
    args = tuple(opened(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != GIVEN or len(t.args) != 3 or is_scalar(t):
        return t
    body, given = t.args[1:]
    if given.op not in ("sym", "app"):
        return t
    try:
        found = parts(body)
    except UnreadError:
        return t
    if any(not _fixed(c) for c in found.values()):
        return t
    if list(found.items()) == [(body, num(1))] and not _known(body, given):
        return t
    means = {a: a if _known(a, given) else app(GIVEN, a, given, sort=t.sort) for a in found}
    terms = [means[a] if c == num(1) else mul(c, means[a]) for a, c in found.items()]
    return add(*terms) if len(terms) > 1 else terms[0] if terms else num(0)


def random_as(value: Term, t: Term) -> Term:
    """What is averaged, with the random variable X as its value x: E[X | y] is the mean of x under p(x | y)."""
    if value.op != "sym":
        return t
    return replaced(t, sym(str(value.args[0]).upper(), value.sort), value)


def unknown(lhs: Term, rhs: Term) -> bool:
    """Whether one side alone has the mean of something that is neither the data nor the noise: that may have any value,
    or one that another law gives, like E[x_t | x_0].
    """
    left, right = ({p for p in walk(t) if p.op == "app" and p.args[0] == GIVEN} for t in (lhs, rhs))
    return any(p.args[1].op not in ("sym", "app") or not _first(p.args[1]) for p in left ^ right)


def _first(t: Term) -> bool:
    """Whether a name is the data, or has no step of its own."""
    return t.op == "sym" or t.args[1:] == (num(0),)


def _fixed(c: Term) -> bool:
    """Whether a coefficient is made of numbers alone, none of which depends on a vector."""
    return all(is_scalar(p) for p in walk(c))


def _known(a: Term, given: Term) -> bool:
    """Whether a vector is a function of the condition alone."""
    if a == given:
        return True
    if a.op != "app" or a.args[0] in (GIVEN, "E", "rate") or "(" in str(a.args[0]):  # a rate knows more than the state
        return False
    vectors = [p for p in a.args[1:] if isinstance(p, Term) and not is_scalar(p)]
    return bool(vectors) and all(_known(p, given) for p in vectors)


def read(notation: Notation, lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides with what the document defines as conditional expectations put in, these taken apart, and their
    conditions kept as they are.
    """
    means = [r for r in notation.own if any(p.op == "app" and p.args[0] == GIVEN for p in walk(r.right))]
    if means:
        lhs, rhs = (canonical(Unfolder(means, scores=False)(canonical(t))) for t in (lhs, rhs))
    return kept(notation, *(opened(unnamed(t)) for t in (lhs, rhs)))


def kept(notation: Notation, lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides with a condition that the document has made of other names as a name of its own; the mean of the noise
    in it follows from those of the others.
    """
    for rule in notation.own:
        given = rule.left
        if given.op not in ("sym", "app") or given not in conditions(lhs, rhs):
            continue
        own = sym(f"{given.args[0]}{KEPT}", given.sort)
        mean = _mean_of_noise(own, rule.right)
        for old, new in ((given, own), *([mean] if mean else [])):
            lhs, rhs = (replaced(t, old, new) for t in (lhs, rhs))
    return lhs, rhs


def _mean_of_noise(given: Term, made_of: Term) -> tuple[Term, Term] | None:
    """E[eps | y] for y = a x + b eps: (y - a E[x | y]) / b; of two ends without a noise, the first by the other."""
    try:
        found = parts(made_of)
    except UnreadError:
        return None
    noise = next((a for a in found if a.args[0] == NOISE), next(iter(found)) if len(found) > 1 else None)
    if noise is None or any(not _fixed(c) or a.op not in ("sym", "app") for a, c in found.items()):
        return None
    rest = [mul(num(-1), c, app(GIVEN, a, given, sort=given.sort)) for a, c in found.items() if a != noise]
    return app(GIVEN, noise, given, sort=given.sort), div(add(given, *rest), found[noise])


def shown(witness: Mapping[str, str]) -> dict[str, str]:
    """A witness with the names as the document writes them."""
    return {name.replace(KEPT, ""): value for name, value in witness.items()}


__all__ = ["conditions", "kept", "opened", "random_as", "read", "shown", "unknown", "unnamed"]
