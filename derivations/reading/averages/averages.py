"""Expectations over everything random: by linearity, and by the moments of standard noise.

What stands outside every expectation of an equation is a constant, for the equation says nothing otherwise; what stands
inside only is random. A variance is E[X^2] - E[X]^2. What is left is proved equal by the kernel, with every remaining
expectation an opaque number, or refuted by a law of three equally likely outcomes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, div, inner, is_scalar, mul, neg, norm2, num, power, sym
from derivations.reading.equations import hints
from derivations.reading.equations.compare import equal
from derivations.reading.laws.laws import is_noise, parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

VARIANCES = frozenset({"Var[]", "bb V[]", "Cov[]"})
SMALL = frozenset("a b c k m alpha beta gamma lambda mu sigma".split())
RANDOM = frozenset("X Y Z U V W".split())  # the letters of random variables and functions of them: no constants
FUNCTIONS = frozenset("f g h phi psi".split())
ESTIMATE = re.compile(r"_(?:hat|theta|phi|star)\b")
OUTCOMES = 3


class Beyond(Exception):
    """The expectation is not one of these."""


def judge(lhs: Term, rhs: Term, noises: Collection[str], domains: Mapping[str, str]) -> Judgement | None:
    """The verdict on an equation with expectations over everything; None when it is not decided here.

    A small letter inside an expectation may be a constant too, and a constant is a law: what fails for it is refuted.
    """
    lhs, rhs = _lawless(lhs, rhs)
    found = [p for t in (lhs, rhs) for p in walk(t) if _is_average(p)]
    constants = set(_outside(lhs)) | set(_outside(rhs))
    loose = {c for c in constants if c.args[0] in RANDOM or (c.op == "sym" and c.args[0] in FUNCTIONS)}
    if not found or loose or any(is_noise(c, noises) for c in constants) or any(map(_is_estimate, found)):
        return None
    small = {p for t in found for p in walk(t) if p.op == "sym" and p.args[0] in SMALL} - constants
    verdicts = []
    for fixed in (constants, constants | small) if small else (constants,):
        one = _judge(lhs, rhs, found, fixed, noises, domains)
        if one is not None and one.verdict == "proved":
            return one
        verdicts.append(one)
    return verdicts[-1]


def _is_estimate(average: Term) -> bool:
    """Whether an estimate of a noise by a hat or its parameters stands in an average: that is no other noise."""
    return any(p.op in ("sym", "app") and ESTIMATE.search(str(p.args[0])) for p in walk(average))


def _lawless(*sides: Term) -> tuple[Term, ...]:
    """The sides without the one law of all their expectations, where it is a mere name, as in E_P[X]."""
    laws = {p.args[2:] for t in sides for p in walk(t) if p.op == "app" and p.args[0] == "E"}
    if len(laws) != 1 or any(len(law) != 1 or law[0].op != "sym" for law in laws):
        return sides

    def bare(t: Term) -> Term:
        args = tuple(bare(a) if isinstance(a, Term) else a for a in t.args)
        args = args[:2] if t.op == "app" and t.args[0] == "E" else args
        return t if args == t.args else rebuild(t, args)

    return tuple(map(bare, sides))


def _judge(
    lhs: Term, rhs: Term, found: list[Term], constants: set[Term], noises: Collection[str], domains: Mapping[str, str]
) -> Judgement | None:
    try:
        if any(len(p.args) > (3 if p.args[0] == "Cov[]" else 2) for p in found):
            return None
        if not all(any(_random(q, constants) for q in p.args[1:]) for p in found):
            return None
        a, b = (_carried_out(t, constants, noises) for t in (lhs, rhs))
    except (Beyond, UnreadError):
        return None
    answer = equal(a, b, domains)
    if answer.status == "proved":
        names = ", ".join(sorted({str(c.args[0]) for c in constants} - {"d", "pi"}))
        given = f", {names} being constant" if names else ""
        return Judgement("proved", message=f"by linearity and the moments of standard noise{given}")
    if not _is_identity(lhs, rhs, a, b, constants):
        return None
    laws = [[_outcomes(t, centred) for t in (a, b)] for centred in (True, False)]
    answers = [equal(left, right, domains) for left, right in laws]
    near = ""
    if any(one.status != "refuted" for one in answers):
        near = _nearest(lhs, rhs, constants, noises, domains) if answers[-1].status == "refuted" else ""
        if not near:
            return None  # what holds for every centred law may be said of one
    answer, drawn = answers[-1], laws[-1] != [a, b]
    said = f"for a law of {OUTCOMES} equally likely outcomes: {answer.reason}" if drawn else answer.reason
    said += f"; it is true {near}" if near else ""
    return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)


def _nearest(lhs: Term, rhs: Term, constants: set[Term], noises: Collection[str], domains: Mapping[str, str]) -> str:
    """The change of a sign that makes an equation true for every law, where it speaks of a mean; "" without one."""

    def true(left: Term, right: Term) -> bool:
        try:
            a, b = (_carried_out(t, constants, noises) for t in (left, right))
        except (Beyond, UnreadError):
            return False
        return left != right and equal(a, b, domains).status == "proved"

    means = [p for t in (lhs, rhs) for p in walk(t) if _is_average(p) and p.args[1].op == "sym"]
    near = hints.nearest(lhs, rhs, true, hints.OTHER, both=True) if means else ""
    return near if "sign" in near else ""


def _is_identity(lhs: Term, rhs: Term, a: Term, b: Term, constants: Collection[Term]) -> bool:
    """Whether an equation that fails is wrong, and no condition on a law: the right side names nothing that the left
    side does not, at most one random number is left, and it is left on both sides; E[X] = 0 is a condition.
    """
    left, right = ({p for p in walk(t) if p.op in ("sym", "app") and not _is_average(p)} for t in (lhs, rhs))
    drawn = [{q for p in walk(t) if _is_average(p) for q in walk(p.args[1]) if q.op in ("sym", "app")} for t in (a, b)]
    loose = [{q for q in names if q not in constants} for names in drawn]
    plain_ = all(q.op == "sym" for q in loose[0] | loose[1])
    both = not (loose[0] | loose[1]) or any(_random(p, constants) for p in right)
    return right <= left | {DIMENSION} and len(loose[0] | loose[1]) <= 1 and plain_ and both


def _is_average(t: Term) -> bool:
    return t.op == "app" and (t.args[0] == "E" or t.args[0] in VARIANCES)


def _outside(t: Term) -> Iterator[Term]:
    """The names of a term outside its expectations."""
    if _is_average(t):
        return
    if t.op in ("sym", "app"):
        yield t
    for a in t.args:
        if isinstance(a, Term):
            yield from _outside(a)


def _random(t: Term, constants: Collection[Term]) -> bool:
    """Whether something in a term is no constant; an expectation over everything is one."""
    if t in constants or _is_average(t):
        return False
    if t.op == "sym" or (t.op == "app" and not _is_average(t)):
        return t not in (DIMENSION, sym("pi"))
    return any(_random(a, constants) for a in t.args if isinstance(a, Term))


def _carried_out(t: Term, constants: Collection[Term], noises: Collection[str]) -> Term:
    """The term with its expectations and variances carried out as far as linearity goes."""
    args = tuple(_carried_out(a, constants, noises) if isinstance(a, Term) else a for a in t.args)
    if not _is_average(t):
        return t if args == t.args else rebuild(t, args)

    def mean(body: Term) -> Term:
        return _mean(body, constants, noises)

    if t.args[0] == "E":
        return mean(args[1])
    u, v = args[1], args[-1]
    if not is_scalar(u) or not is_scalar(v):
        raise Beyond
    return add(mean(mul(u, v)), neg(mul(mean(u), mean(v))))


def _mean(t: Term, constants: Collection[Term], noises: Collection[str]) -> Term:
    if not _random(t, constants):
        return t
    if t.op == "add":
        return add(*(_mean(a, constants, noises) for a in t.args))
    if t.op == "neg":
        return neg(_mean(t.args[0], constants, noises))
    if t.op == "div" and not _random(t.args[1], constants):
        return div(_mean(t.args[0], constants, noises), t.args[1])
    if t.op == "pow" and t.args[1] == num(2):
        return _mean(mul(t.args[0], t.args[0]), constants, noises)
    if t.op == "norm2" and (t.args[0].op in ("add", "mul", "neg", "div")):
        return _square(t.args[0], constants, noises)
    if t.op == "mul":
        return _product(t, constants, noises)
    if is_noise(t, noises):
        return mul(num(0), t)
    if t.op == "norm2" and is_noise(t.args[0], noises):
        return DIMENSION
    if t.op == "inner" and any(is_noise(a, noises) for a in t.args):
        first, second = t.args
        return DIMENSION if first == second else _uncorrelated(first, second, constants, noises)
    if any(is_noise(p, noises) for p in walk(t)):
        raise Beyond
    if t.op == "inner" and sum(_random(a, constants) for a in t.args) == 1:
        return inner(*(_mean(a, constants, noises) for a in t.args))
    return app("E", t, sort=t.sort)


def _uncorrelated(u: Term, v: Term, constants: Collection[Term], noises: Collection[str]) -> Term:
    """0, for a noise and a constant or another noise. Raises Beyond for anything else."""
    if all(is_noise(a, noises) or a in constants for a in (u, v)):
        return num(0)
    raise Beyond


def _square(u: Term, constants: Collection[Term], noises: Collection[str]) -> Term:
    """The expectation of |u|^2, multiplied out."""
    found = list(parts(u).items())
    terms = []
    for i, (a, c) in enumerate(found):
        if _random(c, constants):
            raise Beyond
        terms.append(mul(power(c, 2), _mean(norm2(a), constants, noises)))
        terms += [mul(num(2), c, k, _mean(inner(a, b), constants, noises)) for b, k in found[i + 1 :]]
    return add(num(0), *terms)


def _product(t: Term, constants: Collection[Term], noises: Collection[str]) -> Term:
    """Constants before the expectation; a product of sums multiplied out."""
    kept = [a for a in t.args if not _random(a, constants)]
    rest = [a for a in t.args if _random(a, constants)]
    if kept:
        inside = _mean(mul(*rest) if len(rest) > 1 else rest[0], constants, noises)
        return mul(*kept, inside)
    flat = [f for a in rest for f in (a.args if a.op == "mul" else (a,))]
    at = next((k for k, a in enumerate(flat) if a.op in ("add", "neg")), None)
    if at is not None:
        pieces = flat[at].args if flat[at].op == "add" else (mul(num(-1), flat[at].args[0]),)
        return add(num(0), *(_mean(mul(*flat[:at], p, *flat[at + 1 :]), constants, noises) for p in pieces))
    if flat != rest:
        return _product(mul(*flat), constants, noises)
    if any(is_noise(p, noises) for p in walk(t)):
        raise Beyond
    return app("E", mul(*sorted(flat, key=repr)), sort=t.sort)


def _outcomes(t: Term, centred: bool) -> Term:
    """The term with every remaining expectation of numbers as a mean over equally likely outcomes, of mean 0 or any."""
    args = tuple(_outcomes(a, centred) if isinstance(a, Term) else a for a in t.args)
    if t.op != "app" or t.args[0] != "E":
        return t if args == t.args else rebuild(t, args)
    total = []
    for k in range(1, OUTCOMES + 1):
        body = args[1]
        for p in {p for p in walk(t.args[1]) if p.op == "sym"}:
            values = [sym(f"{p.args[0]}_{j}", p.sort) for j in range(1, OUTCOMES + 1)]
            last = centred and k == OUTCOMES
            body = replaced(body, p, neg(add(*values[:-1])) if last else values[k - 1])
        total.append(body)
    return div(add(*total), OUTCOMES)


__all__ = ["judge"]
