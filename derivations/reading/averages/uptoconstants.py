"""Losses equal up to a constant free of the network: E|s_theta - grad log p|^2 and E[2 div s_theta + |s_theta|^2].

Both sides are carried out by linearity and by parts. What is left of their difference must not change with the averages
that speak of the network: with each of these set to 0 it must be the same. So the constant is an average of the data.
Where one of these averages is left, alone and with a number before it, no constant makes up for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from derivations.formats.plain import plain
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, is_scalar, neg, num
from derivations.reading.averages import denoised
from derivations.reading.averages.lawful import BY_PARTS, Beyond, Carrier, time_of
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import Unfolder, replaced
from derivations.reading.terms.signature import PARAMETERS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

UP_TO = "up to a constant free of the network"
MORE = f"it holds {UP_TO}; '=' says more than that"
UNLIKE = PARAMETERS | {"data"}  # labels of owners: a model's density, and that of the clean data
CONSTANTS = frozenset({"const", "C", "c", "constant", "Const", "C_1", "C_2", "C_3", "K"})


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation of averages with a constant added, the losses that the document names put in; open
    where no constant is written, and one is needed. None of another equation, and where nothing is shown.
    """
    free = [without(t) for t in (lhs, rhs)]
    opened = [unnamed(notation, t) for t in free]
    loose = free == [lhs, rhs]
    if loose and opened == free:
        return None
    opened = _plain_labels([without(t) for t in opened])
    spelled = [_data_as_q(_with_densities(t, (opened[0], opened[1]))) for t in opened]
    written, spelled = spelled, [denoised.marginal(t, (spelled[0], spelled[1])) for t in spelled]
    carrier = Carrier([])
    try:
        gap = add(carrier.value(spelled[0]), neg(carrier.value(spelled[1])))
    except (Beyond, UnreadError):
        return None
    found = _of_gap(gap, notation.domains, loose)
    if found is not None and loose and spelled != written:  # of the score of one draw the square was left out
        return replace(found, verdict="undecided", message=MORE)
    if found is None or found.verdict != "proved":
        return found
    used = f", {carrier.used}" if carrier.used == BY_PARTS else ""
    return replace(found, formula=denoised.ID if spelled != written else "", message=f"{found.message}{used}")


def _of_gap(gap: Term, domains: Mapping[str, str], loose: bool) -> Judgement | None:
    """The verdict on the difference of two losses: a proof where it is free of the network."""
    moving = set(_outermost(gap))
    if not moving or any(_trained(p) for p in walk(_at_zero(gap, moving)) if p.op in ("app", "sym")):
        return None
    answer = equal(gap, _at_zero(gap, moving), domains)
    if answer.status != "proved":
        return None if loose else _left_over(gap, moving, domains)
    if not loose or equal(gap, num(0), domains).status == "proved":
        return Judgement("proved", message=UP_TO)
    return Judgement("undecided", message=MORE)


def _outermost(t: Term) -> Iterator[Term]:
    """The averages of a network that stand in no other one."""
    if _is_average(t) and _trained(t):
        yield t
        return
    for a in t.args:
        if isinstance(a, Term):
            yield from _outermost(a)


def unnamed(notation: Notation, t: Term) -> Term:
    """The term with the losses that the document has named, alone or in a sum, as the averages that they are."""
    parts = [a.args[-1] if a.op in ("neg", "mul") else a for a in (t.args if t.op == "add" else (t,))]
    names = {p.args[0] for p in parts if p.op in ("app", "sym") and is_scalar(p)}
    rules = [r for r in notation.own if r.left.args[0] in names and any(map(_is_average, walk(r.right)))]
    return Unfolder(rules, scores=False)(t) if rules else t


def _is_average(t: Term) -> bool:
    return t.op == "app" and t.args[0] == "E"


def _plain_labels(sides: list[Term]) -> list[Term]:
    """The sides with p_sigma(y) as p(y), where no other p is a density of this shape."""
    names = {str(p.args[0]) for t in sides for p in walk(t) if is_density(p)}
    for name in names:
        owner, _, shape = name.partition("(")
        letter, _, label = owner.partition("_")
        plain_ = f"{letter}({shape}"
        if letter in ("p", "q") and label and label not in UNLIKE and not _owners(names - {name}, letter, shape):
            sides = [_renamed(t, name, plain_) for t in sides]
    return sides


def _owners(names: set[str], letter: str, shape: str) -> bool:
    return any(re.fullmatch(rf"{letter}(_\w+)?\({re.escape(shape)}", n) for n in names)


def _renamed(t: Term, name: str, other: str) -> Term:
    args = tuple(_renamed(a, name, other) if isinstance(a, Term) else a for a in t.args)
    args = (other, *args[1:]) if t.op == "app" and args[0] == name else args
    return t if args == t.args else rebuild(t, args)


def _left_over(gap: Term, moving: set[Term], domains: Mapping[str, str]) -> Judgement | None:
    """The refutation where one average of the network is left between the sides, of its square or of its product with
    a score; None elsewhere.
    """
    still = _at_zero(gap, moving)
    left = {}
    for p in moving:
        alone = add(_at_zero(gap, moving - {p}), neg(still))
        factor = add(replaced(alone, p, num(1)), neg(replaced(alone, p, num(0))))
        if equal(alone, num(0), domains).status != "proved":
            left[p] = factor
    if len(left) != 1:
        return None
    ((average, factor),) = left.items()
    size = next((n for n in FACTORS if equal(factor, num(n), domains).status == "proved"), None)
    if size is None or not _varies(average):
        return None
    said = f"the sides differ by {plain(num(size))} times {plain(average)}, which changes with the network"
    return Judgement("refuted", message=said)


FACTORS = [Fraction(n, m) for m in (1, 2) for n in range(-6, 7) if n]


def _varies(average: Term) -> bool:
    """Whether an average is of a network's square, or of its product with the gradient of a logarithm."""
    body, law = average.args[1:] if len(average.args) == 3 else (average, average)
    if time_of(law) is not None:  # a weight times an average, for each time
        factors = body.args if body.op == "mul" else (body,)
        inside = [f for f in factors if _trained(f)]
        return len(inside) == 1 and _is_average(inside[0]) and _varies(inside[0])
    parts = list(body.args) if body.op in ("mul", "inner", "norm2") else []
    networks = [p for p in parts if p.op == "app" and _trained(p)]
    slopes = [p for p in parts if p.op in ("grad", "diff") and p.args[0 if p.op == "grad" else 1].op != "num"]
    whole = len(networks) + len([p for p in slopes if not _trained(p)]) == len(parts)
    return is_density(law) and bool(networks) and whole and len(parts) <= 2


def without(t: Term) -> Term:
    """The side without the constant that is added to it."""
    if t.op != "add":
        return t
    kept = [a for a in t.args if not _is_constant(a.args[0] if a.op == "neg" else a)]
    return add(*kept) if len(kept) > 1 else kept[0] if kept else num(0)


def _is_constant(t: Term) -> bool:
    """Whether a term is a constant by its name, like C and C_1, or C_t, which may change with the time."""
    at = [a for a in t.args[1:] if isinstance(a, Term)] if t.op == "app" else []
    free = all(a.op in ("sym", "num") and (is_scalar(a) or a.args[0] in PARAMETERS) for a in at)
    return t.op in ("sym", "app") and t.args[0] in CONSTANTS and free


def _with_densities(t: Term, sides: tuple[Term, Term]) -> Term:
    """The term with a law that is only named, p or x ~ p_data, as the density of that name in the equation."""
    args = tuple(_with_densities(a, sides) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == "E" and len(args) == 3 and args[2].op == "sym":
        name = re.sub(r"[{}]", "", str(args[2].args[0]).removeprefix("law ").rpartition("~")[2])
        found = {d for s in sides for p in walk(s) if p.op == "grad" for d in _density(p, name)}
        if len(found) == 1:
            args = (*args[:2], found.pop())
    return t if args == t.args else rebuild(t, args)


def _data_as_q(t: Term) -> Term:
    """The term with p_data, which is no p_theta, as q where no other q is meant."""
    if any(p.op == "app" and str(p.args[0]).startswith("q") for p in walk(t)):
        return t
    args = tuple(_data_as_q(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and str(t.args[0]).startswith("p_data("):
        args = (str(t.args[0]).replace("p_data(", "q(", 1), *args[1:])
    return t if args == t.args else rebuild(t, args)


def _density(slope: Term, name: str) -> Iterator[Term]:
    """The density of an owner under a gradient, at the point of the gradient."""
    bound, body, at = slope.args
    inside = body.args[0] if body.op == "log" else body
    if not is_density(inside):
        return
    owner, timed = str(inside.args[0]).partition("(")[0], len(inside.args) == 3 and is_scalar(inside.args[2])
    if len(inside.args) == 2 + timed and name == (f"{owner}_{inside.args[2].args[0]}" if timed else owner):
        yield replaced(inside, bound, at)


def _trained(t: Term) -> bool:
    """Whether a term speaks of a network: a name with a label of parameters."""
    return denoised.speaks_of(PARAMETERS, t)


def _at_zero(t: Term, moving: set[Term]) -> Term:
    if t in moving:
        return num(0)
    return rebuild(t, tuple(_at_zero(a, moving) if isinstance(a, Term) else a for a in t.args))


__all__ = ["judge", "unnamed", "without"]
