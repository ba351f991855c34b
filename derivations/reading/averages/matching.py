"""Losses of one network against a marginal field and against the field given the data: they differ by a constant.

E |u_theta(x) - u(x | z)|^2 over z and x is E |u_theta(x) - u(x)|^2 and what is free of the network where u(x) is the
mean of u(x | z) given x: as the document defines it, or as the two names say where it does not.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.terms import Term, app, div, is_scalar, mul
from derivations.reading.averages.denoised import speaks_of
from derivations.reading.averages.mixtures import MIXED
from derivations.reading.averages.products import (
    BeyondError,
    Product,
    Reader,
    Sum,
    above,
    averages_something,
    below,
    density_of,
    simple,
    total,
)
from derivations.reading.averages.uptoconstants import MORE, UP_TO, unnamed, without
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import Unfolder
from derivations.reading.terms.signature import PARAMETERS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The proof that two losses agree up to a constant, or that their gradients do; None when there is none."""
    if lhs.op == rhs.op == "app" and lhs.args[0] == rhs.args[0] == "grad_theta":
        return _slopes(notation, lhs.args[1], rhs.args[1])
    if _exchanged(lhs, rhs) or _exchanged(rhs, lhs):
        return Judgement("proved", "", "a gradient goes under an expectation whose law is free of the parameters")
    if not is_scalar(lhs) or not is_scalar(rhs):
        return None
    free = [without(t) for t in (lhs, rhs)]
    sides = [without(unnamed(notation, t)) for t in free]
    known, said = notation.mixtures, ""
    if not any(not is_density(k) for k in known):
        known, said = _as_named(sides), f"; {MEAN}"
    gap = _gap(known, sides) if all(map(averages_something, sides)) else None
    if gap is None or (gap and not _is_trained(sides)):
        return None
    if not gap:
        return Judgement("proved", "", MIXED)
    if free == [lhs, rhs]:
        return Judgement("undecided", message=MORE) if sides != free and _is_free(known, gap) else None
    return Judgement("proved", "", f"{UP_TO}{said}") if _is_free(known, gap) else None


MEAN = "the field without the data being the mean of the field given the data"


def _gap(known: dict[Term, Term], sides: list[Term]) -> Sum | None:
    """The difference of two sides as averages, where something is known of what they average; None of others."""
    if not known:
        return None
    reader = Reader(known)
    try:
        one, other = (simple(reader, reader.value(t)) for t in sides)
        return total([(one, Fraction(1)), (other, Fraction(-1))])
    except (BeyondError, UnreadError):
        return None


def _is_trained(sides: list[Term]) -> bool:
    """Whether two sides are of a network."""
    return all(speaks_of(PARAMETERS, t) for t in sides)


def _is_free(known: dict[Term, Term], gap: Sum) -> bool:
    """Whether a difference is made of averages of densities and of known fields alone."""
    fields = {str(k.args[0]) for k in known if not is_density(k)}
    return bool(fields) and all(_fixed(p, fields) for p in gap)


def _as_named(sides: list[Term]) -> dict[Term, Term]:
    """What u(x) and p(x) are where averages speak of u(x | z), of a kernel p(x | z) and of a law of z; {} elsewhere."""
    inside = [p for t in sides for p in walk(t)]
    laws = {law for p in inside if p.op == "app" and p.args[0] == "E" for law in _densities(p)}
    laws |= {p for p in inside if is_density(p)}
    try:
        kernels = [law for law in laws if below(law) and not any(is_scalar(v) for v in below(law))]
        if len(kernels) != 1:
            return {}
        x, z = above(kernels[0]), below(kernels[0])
        priors = [law for law in laws if above(law) == z and not below(law)]
        letter = str(kernels[0].args[0])[0]  # one law by one letter
        marginals = [law for law in laws if above(law) == x and not below(law) and str(law.args[0])[0] == letter]
    except BeyondError:
        return {}
    if len(z) != 1 or not len(priors) == len(marginals) == 1 or not _at_one_time(marginals[0], kernels[0]):
        return {}
    (over,) = z
    joint = mul(kernels[0], priors[0])
    known = {marginals[0]: app("integral", joint, over)}
    fields = {p for p in inside if p.op == "app" and not is_scalar(p) and not speaks_of(PARAMETERS, p)}
    pairs = [(u, p) for u in fields for p in fields if x & set(u.args) and p.args == (*u.args, over)]
    if len(pairs) == 1:
        ((u, given),) = pairs
        known[u] = app("integral", mul(given, div(joint, marginals[0])), over, sort=u.sort)
    return known


def _at_one_time(one: Term, other: Term) -> bool:
    """Whether two densities carry one time, or none."""
    timed = [str(d.args[0]).endswith("@)") for d in (one, other)]
    return timed == [False, False] or (all(timed) and one.args[-1] == other.args[-1])


def _densities(average: Term) -> list[Term]:
    """The densities under an expectation sign."""
    found = []
    for law in average.args[2:]:
        try:
            found.append(density_of(law))
        except BeyondError:
            continue
    return [law for law in found if is_density(law)]


def _slopes(notation: Notation, first: Term, second: Term) -> Judgement | None:
    """The proof that two losses that the document defines have one gradient: they differ by averages of the fields that
    it makes of one another, and these are no networks.
    """
    names = {t.args[0] for t in (first, second)}
    unfold = Unfolder(r for r in notation.own if r.left.args[0] in names)
    losses = [unfold(t) for t in (first, second)]
    gap = _gap(notation.mixtures, losses)
    if losses == [first, second] or gap is None or not _is_free(notation.mixtures, gap):
        return None
    return Judgement("proved", "", "the two losses differ by what does not depend on the network")


def _exchanged(lhs: Term, rhs: Term) -> bool:
    """Whether lhs is the gradient of an expectation in parameters, and rhs the expectation of the gradient."""
    name = str(lhs.args[0]) if lhs.op == "app" else ""
    if not name.startswith("grad_") or lhs.args[1].op != "app" or lhs.args[1].args[0] != "E":
        return False
    parameter, (body, *laws) = name.removeprefix("grad_"), lhs.args[1].args[1:]
    free = all(parameter not in str(p.args[0]) for law in laws for p in walk(law) if p.op in ("sym", "app"))
    if not laws or not free or rhs.op != "app" or rhs.args[0] != "E" or list(rhs.args[2:]) != laws:
        return False
    inside = rhs.args[1]
    under = inside.args[1] if inside.op == "app" and inside.args[0] == name else None
    return under is not None and (under.op, under.args) == (body.op, body.args)


def _fixed(p: Product, fields: set[str]) -> bool:
    """Whether a product is made of densities and of fields of these names alone."""
    inside = [q for f, _ in p.factors if not is_density(f) for q in walk(f) if q.op == "app" and not is_scalar(q)]
    named = all(str(q.args[0]) in fields | {"x", "z", "y"} for q in inside)
    return named and not any(speaks_of(PARAMETERS, f) for f, _ in p.factors)


__all__ = ["judge"]
