r"""Tweedie's formula for the state of the example at hand: what the document says of it there is its law.

x_t = a x_0 + b z, or p(x_t | x_0) = N(a x_0, b^2 I), makes a E[x_0 | x_t] = x_t + b^2 grad log p_t(x_t), whatever the
letters mean elsewhere. Where the example gives the state two laws, nothing is said. A law of another chapter in the
same letters serves where it makes a part of the formula true.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, app, eye, is_scalar, mul, power, sym
from derivations.reading.averages import conditional, paths, tweedie
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.laws.laws import is_noise, parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.places import Heard
from derivations.reading.notation.standing import holds
from derivations.reading.notation.unfolding import canonical
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

OTHERWISE = "what the document says of {} before makes it another mean: {}"


def judge(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The verdict on the mean of what a state was made of, given the state, with its score; None for another one."""
    if is_scalar(lhs) or is_scalar(rhs) or not holds(tweedie.ID):
        return None
    given = conditional.conditions(lhs, rhs)
    scores = {p for t in (lhs, rhs) for p in walk(t) if p.op == "grad"}
    means = {p.args[1] for t in (lhs, rhs) for p in walk(t) if p.op == "app" and p.args[0] == conditional.GIVEN}
    if len(given) != 1 or len(scores) != 1 or len(means) != 1:
        return None
    value, data = given.pop(), means.pop()
    near = [law for h in notation.places.near() if (law := _law(notation, h, value, data, noises)) is not None]
    used = _names(lhs, rhs)
    everywhere = (_law(notation, h, value, data, noises) for h in reversed(notation.places.heard))
    found = near or [law for law in everywhere if law is not None and used and _names(law[0], law[1]) == used]
    if not found or any(not _same(notation, found[0], other) for other in found[1:]):
        return None
    a, v, heard = found[0]
    score = sym("score of the state", value.sort)
    try:
        mean = tweedie.with_score(app(conditional.GIVEN, data, value, sort=data.sort), value, (data, a, _of(v)), score)
        left, right = (
            canonical(tweedie.with_score(conditional.opened(t), value, (data, a, _of(v)), score)) for t in (lhs, rhs)
        )
    except UnreadError:
        return None
    if not all(map(tweedie.is_plain, (left, right))) or score not in left.free | right.free:
        return None
    spreads = {str(p.args[0]): "positive" for p in walk(v) if p.op in ("sym", "app") and is_scalar(p)}
    domains = {**spreads, **notation.domains}
    answer = equal(left, right, domains, notation.conditions())
    if answer.status == "proved":
        return Judgement("proved", tweedie.ID, tweedie.SAID)
    if answer.status != "refuted" or used != _names(a, v) or not (near or _in_part(mean, right, domains)):
        return None
    if paths.may_be_chosen(notation, left, right):
        return None
    at = conditional.shown(answer.witness or {})
    said = OTHERWISE.format(plain(heard.left), answer.reason)
    return Judgement("refuted", tweedie.ID, said, witness=at, values=answer.values)


def _of(v: Term) -> Term:
    return mul(v, eye(DIMENSION))


def _names(*terms: Term) -> set[str]:
    """The numbers of which terms are made, but times."""
    found = {str(p.args[0]) for t in terms for p in walk(t) if p.op in ("sym", "app") and is_scalar(p)}
    return {n for n in found if "(" not in n} - {"t", "d", "1"}


def _in_part(mean: Term, written: Term, domains: Mapping[str, str]) -> bool:
    """Whether one of the two coefficients is as it should be: the letters mean what they mean in the law elsewhere."""
    try:
        wanted, own = parts(canonical(mean)), parts(written)
    except UnreadError:
        return False
    return any(a in own and equal(c, own[a], domains).status == "proved" for a, c in wanted.items())


def proved(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The proof of such an equation; None where it is not proved."""
    found = judge(notation, lhs, rhs, noises)
    return found if found is not None and found.verdict == "proved" else None


def _same(notation: Notation, one: tuple[Term, Term, Heard], other: tuple[Term, Term, Heard]) -> bool:
    """Whether two laws are one."""
    return all(equal(a, b, notation.domains).status == "proved" for a, b in zip(one[:2], other[:2], strict=True))


def _law(
    notation: Notation, h: Heard, value: Term, data: Term, noises: Collection[str]
) -> tuple[Term, Term, Heard] | None:
    """The a and the v of N(a x, v I), the law of a value given the data, where an equation says it."""
    try:
        if h.right.op == "normal" and is_density(h.left):
            found = variables_of(h.left)
            if found is None or found[1] != {data} or h.right.args[0] not in found[0] or len(found[0]) != 1:
                return None
            state, v = h.right.args[0], isotropic(h.right.args[2])
            made = parts(h.right.args[1])
            return (made[data], v, h) if set(made) == {data} and v is not None and _is(value, state) else None
        if not _is(value, h.left):
            return None
        made = parts(h.right)
    except UnreadError:
        return None
    drawn = [p for p in made if p != data]
    if data not in made or len(drawn) != 1:
        return None
    (noise,) = drawn
    spread = notation.places.spreads.get(noise)
    if spread is not None:
        return made[data], mul(power(made[noise], 2), spread), h
    return (made[data], power(made[noise], 2), h) if is_noise(noise, {*noises, "z"}) else None


def _is(value: Term, state: Term) -> bool:
    """Whether a value is one of a state: itself, or its letter, x for x_t and y for Y."""
    if value == state:
        return True
    return value.op == "sym" and str(state.args[0]).lower() == str(value.args[0]).lower()


__all__ = ["judge", "proved"]
