"""A false claim from print, evaluated at its point in ball arithmetic: both sides must certainly differ."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from derivations.evidence import balls
from derivations.evidence.arithmetic import TooWide, rational
from derivations.formats.plain import plain
from derivations.kernel.terms import Like, Term, is_scalar, lift, sym
from derivations.language.entry import Entry
from derivations.registry.one_dimension import one_dimensional
from derivations.registry.verdicts import Outcome


def refute(entry: Entry) -> Outcome:
    """Refuted, with the numbers, when the claim fails at its point and no hypothesis does."""
    claim = entry.claim
    if claim is None:
        said = "a refutation needs the false claim: pass claim=Claim(lhs, rhs, at={...})"
        return Outcome("undecided", f"{entry.id}: {said}")
    try:
        point, table = values(claim.at)
        lhs, rhs = one_dimensional(claim.lhs), one_dimensional(claim.rhs)
    except (ValueError, balls.NoOpinion) as error:
        return Outcome("undecided", f"{entry.id}: the claim's point cannot be used: {error}")
    outside = [h for h in entry.given if fails(one_dimensional(h), point, table)]
    if outside:
        said = f"the claim's point does not satisfy {'; '.join(map(plain, outside))}; choose one that does"
        return Outcome("undecided", f"{entry.id}: {said}")
    found = balls.compare(lhs, rhs, point, table)
    if found.opinion in ("none", "undefined"):
        said = f"the claim cannot be evaluated at its point: {found.reason}"
        return Outcome("undecided", f"{entry.id}: {said}")
    numbers = {
        "at": {plain(key): plain(lift(number)) for key, number in claim.at.items()},
        "lhs": shown(lhs, point, table),
        "rhs": shown(rhs, point, table),
    }
    if found.opinion == "equal":
        said = f"at the claim's point both sides are {numbers['lhs']}: this point refutes nothing"
        return Outcome("undecided", f"{entry.id}: {said}", numbers)
    return Outcome("refuted", counterexample=numbers)


def values(at: Mapping[Term, Like]) -> tuple[dict[Term, fmpq], balls.Table]:
    """A stored point: rationals for the symbols, and a table for the functions. Raises ValueError."""
    point: dict[Term, fmpq] = {}
    functions: dict[Term, fmpq] = {}
    for key, number in at.items():
        given = lift(number)
        if given.op != "num":
            raise ValueError(f"{plain(key)} is given {plain(given)}, not a rational number")
        if key.op == "sym":
            point[key if is_scalar(key) else sym(key.args[0])] = rational(given.args[0])
        elif key.op == "app":
            functions[key] = rational(given.args[0])
        else:
            raise ValueError(f"{plain(key)} is neither a symbol nor a function")
    named = {
        (key.args[0], tuple(balls.evaluate(one_dimensional(a), point) for a in key.args[1:])): number
        for key, number in functions.items()
    }

    def table(t: Term, arguments: tuple[fmpq, ...]) -> fmpq:
        if (t.args[0], arguments) not in named:
            raise balls.NoOpinion(f"the point gives no value to {t.args[0]} at {', '.join(map(str, arguments))}")
        return named[t.args[0], arguments]

    return point, table


def fails(h: Term, point: Mapping[Term, fmpq], table: balls.Table) -> bool:
    """Whether a hypothesis certainly fails at the point; one that numbers cannot judge does not."""
    if h.op == "and":
        return any(fails(part, point, table) for part in h.args)
    if h.op not in ("lt", "le", "eq", "ne"):
        return False
    try:
        return not balls.holds(h, point, table)
    except (balls.NoOpinion, TooWide):
        return False


def shown(t: Term, point: Mapping[Term, fmpq], table: balls.Table) -> str:
    """The value of a scalar term in at most twelve digits, all of them certain; a rational as it is."""
    value = balls.at_some_precision(lambda bits: balls.evaluate(t, point, table, bits))
    if isinstance(value, fmpq):
        return str(value)
    text: str = value.str(balls.DIGITS, radius=False)
    return text
