r"""Means and variances of a noisy state: given an earlier one, as in E[x_t | x_0] = \sqrt{\bar\alpha_t} x_0, and beside
those of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from derivations.kernel.terms import REAL, Term, add, app, eye, is_scalar, mul, norm2, num, power, sqrt, sym
from derivations.reading.laws import laws
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

MEANS, SPREADS = frozenset({"E|"}), frozenset({"Var[]", "Cov[]", "Std[]", "bb V[]"})
TRUE = ("proved", "convention", "refuted")


def judge(
    notation: Notation, lhs: Term, rhs: Term, noises: Collection[str], link: Callable[[Term, Term], Judgement]
) -> Judgement | None:
    """The verdict on what a mean or a variance of the state given an earlier state is said to be; None for another
    equation, and where the law of the state is not known.
    """
    if lhs.op != "app" or lhs.args[0] not in MEANS | SPREADS or len(lhs.args) not in (2, 3):
        return None
    if len(lhs.args) == 2:
        return _of_all_data(notation, lhs, rhs, noises, link)
    squared = lhs.args[0] in MEANS and lhs.args[1].op == "norm2"
    moments = _moments(notation, lhs.args[1].args[0] if squared else lhs.args[1], lhs.args[2], noises)
    if moments is None:
        return None
    mean, variance = moments
    if lhs.args[0] in MEANS:
        found = link(add(norm2(mean), mul(variance, DIMENSION)) if squared else mean, rhs)
    else:
        said = _of_a_coordinate(rhs)
        level = said.op in ("app", "sym") and said.args[0] == "sigma" and "sigma" in notation.world.free
        if not is_scalar(said) or level:
            return None  # a level that is free is what this says
        value = sqrt(variance) if lhs.args[0] == "Std[]" else variance
        found = link(mul(value, lhs.args[2]), mul(said, lhs.args[2]))  # a bare name would be given its meaning
    return found if found.verdict in TRUE else None


def _of_all_data(
    notation: Notation, lhs: Term, rhs: Term, noises: Collection[str], link: Callable[[Term, Term], Judgement]
) -> Judgement | None:
    """The verdict on a variance of the noisy state, made of that of the data: Var(x_t) = a^2 Var(x_0) + b^2 I."""
    name, state = lhs.args
    data = next((p.args[1] for p in walk(rhs) if p.op == "app" and p.args[0] == name and len(p.args) == 2), None)
    if data is None or data.op != "app" or len(data.args) != 2 or data == state or name == "Std[]":
        return None
    moments = _moments(notation, state, data, noises)
    if moments is None:
        return None
    spread = sym("v", REAL)
    before = replaced(replaced(rhs, app(name, data, sort=rhs.sort), spread), app(name, data), spread)
    said = _as_numbers(before)
    if said is None or any(p.op == "app" and p.args[0] in SPREADS for p in walk(said)):
        return None
    number = replaced(moments[0], data, num(1))
    found = link(mul(add(mul(power(number, 2), spread), moments[1]), data), mul(said, data))
    return found if found.verdict in TRUE else None


def _as_numbers(t: Term) -> Term | None:
    """A sum of numbers and of multiples of the identity as a number: it holds in every direction, or in none."""
    terms = [_of_a_coordinate(a) for a in (t.args if t.op == "add" else (t,))]
    return add(num(0), *terms) if all(map(is_scalar, terms)) else None


def _of_a_coordinate(t: Term) -> Term:
    """The number v of a covariance v I."""
    if t == eye(DIMENSION):
        return num(1)
    rest = [a for a in t.args if a != eye(DIMENSION)] if t.op == "mul" else []
    return (mul(*rest) if len(rest) > 1 else rest[0]) if rest and len(rest) == len(t.args) - 1 else t


def _moments(notation: Notation, state: Term, given: Term, noises: Collection[str]) -> tuple[Term, Term] | None:
    """The mean and the variance of every coordinate: by the notation, or by what the document makes the state of."""
    if given.op != "app" or len(given.args) != 2 or state.op != "app":
        return None
    own = next((r.right for r in notation.own if r.left == state), None)
    if own is None:
        return laws.forward(notation, state, add(given, sym("eps", state.sort)), {"eps"})
    try:
        found = laws.parts(canonical(own))
    except UnreadError:
        return None
    drawn = {a: c for a, c in found.items() if laws.is_noise(a, noises)}
    if set(found) - set(drawn) != {given} or len(drawn) != 1:
        return None
    spread = next(iter(drawn.values()))
    return mul(found[given], given), mul(spread, spread)


__all__ = ["judge"]
