"""A claim from print that is false: it is evaluated at its point in ball arithmetic, and both sides must certainly differ."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, lift
from derivations.language.entry import Entry
from derivations.registry.numeric import NoValue, Point, ball, differ, holds, shown, value
from derivations.registry.verdicts import Outcome


def refute(entry: Entry) -> Outcome:
    """Refuted with the numbers when the claim certainly fails at its point and every hypothesis holds there."""
    claim = entry.claim
    if claim is None:
        return Outcome(
            "undecided",
            f"{entry.id}: a refutation needs the false claim: pass claim=Claim(lhs, rhs, at={{...}})",
        )
    try:
        point = values({key: lift(v) for key, v in claim.at.items()})
        broken = [h for h in entry.given if holds(h, point) is False]
        if broken:
            text = "; ".join(plain(h) for h in broken)
            return Outcome(
                "undecided", f"{entry.id}: the claim's point does not satisfy {text}; choose one that does"
            )
        left, right = value(claim.lhs, point), value(claim.rhs, point)
    except NoValue as error:
        return Outcome("undecided", f"{entry.id}: the claim cannot be evaluated at its point: {error}")
    numbers = {
        "at": {plain(k): plain(lift(v)) for k, v in claim.at.items()},
        "lhs": shown(left),
        "rhs": shown(right),
    }
    if not differ(left, right):
        said = f"at the claim's point both sides are {numbers['lhs']}: this point refutes nothing"
        return Outcome("undecided", f"{entry.id}: {said}", numbers)
    return Outcome("refuted", counterexample=numbers)


def values(at: dict[Term, Term]) -> Point:
    """A point of terms as a point of balls. A scalar given to a vector is its value in one dimension."""
    from flint import arb_mat

    found: dict[Term, Any] = {}
    for key, given in at.items():
        number = ball(Fraction(given.args[0])) if given.op == "num" else value(given, found)
        found[key] = arb_mat(1, 1, [number]) if key.sort[0] == "vec" else number
    if any(key.sort[0] == "vec" for key in at):
        for key in at:
            if key.sort[0] == "vec" and key.sort[1].op == "sym":
                found.setdefault(key.sort[1], ball(1))
    return found
