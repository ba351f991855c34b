r"""The law of a state given another one, beside the laws of both given the data: the mean of the means is the mean.

With x_t = a_t x_0 + b_t z, N(m x_s + k x_0, v) for x_t given x_s and x_0 needs m a_s + k = a_t and
m^2 b_s^2 + v = b_t^2, whatever the process is; without x_0 where x_s is the earlier state. What the document says of
its state in the example at hand is enough to see it fail.
"""

from __future__ import annotations

from collections.abc import Collection

from derivations.formats.plain import plain
from derivations.kernel.terms import REAL, Term, add, app, is_scalar, mul, num, power, sym
from derivations.reading.averages import paths
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.laws import at_index, is_noise, parts
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.places import Heard
from derivations.reading.notation.unfolding import canonical, split_index
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SAID = "{} was said before, and makes the {} another one: {}"
T = sym("t", REAL)


def judge(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The refutation of the law of a state given another one; None where the two laws agree, or none was said."""
    if not is_density(lhs) or rhs.op != "normal" or rhs.args[0] != lhs.args[1]:
        return None
    state, v = lhs.args[1], isotropic(rhs.args[2])
    data = app(str(state.args[0]), num(0), sort=state.sort)
    try:
        found = parts(rhs.args[1])
        laws = [law for h in notation.places.near() if (law := _law(h, data, noises)) is not None]
    except UnreadError:
        return None
    others = [a for a in found if a != data]
    if v is None or len(others) != 1 or not laws or not all(map(_is_state, (state, *others))) or state == others[0]:
        return None
    (other,) = others
    if str(lhs.args[0]).partition("(")[0] not in ("p", "q") or (data not in lhs.args and not _follows(state, other)):
        return None
    m, k, (level, variance, heard) = found[other], found.get(data, num(0)), laws[0]
    here, there = (
        [notation.unfolded(canonical(at_index(c, s.args[1]))) for c in (level, variance)] for s in (state, other)
    )
    m, k, v = map(notation.unfolded, (m, k, v))
    pairs = (("mean", add(mul(m, there[0]), k), here[0]), ("variance", add(mul(power(m, 2), there[1]), v), here[1]))
    for what, own, wanted in pairs:
        answer = equal(own, wanted, notation.domains, notation.conditions())
        if answer.status == "undecided" or paths.may_be_chosen(notation, own, wanted):
            return None
        if answer.status == "refuted":
            said = SAID.format(plain(heard.left), what, answer.reason)
            return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _law(h: Heard, data: Term, noises: Collection[str]) -> tuple[Term, Term, Heard] | None:
    """The level of the data and the variance of the state at t, where an equation says them."""
    density = h.right.op == "normal" and is_density(h.left)
    state = h.right.args[0] if density else h.left
    if not _is_state(state) or state.args != (data.args[0], T):
        return None
    made = parts(h.right.args[1] if density else h.right)
    drawn = [a for a in made if a != data]
    if data not in made:
        return None
    if density:
        v = isotropic(h.right.args[2])
        return (made[data], v, h) if not drawn and v is not None else None
    return (made[data], power(made[drawn[0]], 2), h) if len(drawn) == 1 and is_noise(drawn[0], {*noises, "z"}) else None


def _follows(state: Term, other: Term) -> bool:
    """Whether a state is later than another one, so that beside this one the data say no more of it."""
    here, there = (split_index(s.args[1]) for s in (state, other))
    if here is None or there is None or here[0] is None or there[0] is None:
        return False
    if here[0] == there[0]:
        return here[1] > there[1]
    return (here[0].args[0], there[0].args[0]) == ("t", "s")


def _is_state(t: Term) -> bool:
    return t.op == "app" and len(t.args) == 2 and not is_scalar(t) and is_scalar(t.args[1])


__all__ = ["judge"]
