"""Numbers at which a refused step fails: rational points that satisfy the hypotheses, tried in a fixed order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from flint import arb_mat

from derivations.formats.plain import plain
from derivations.kernel import Theorem
from derivations.kernel.substitution import expand_function
from derivations.kernel.terms import INT, Term, TermError
from derivations.registry.numeric import NoValue, applications, ball, differ, holds, shown, value

TRIES = 400
NUMBERS = [Fraction(n, m) for m in (1, 2, 3, 4, 5) for n in range(1, 6)]
SHARES = [q for q in NUMBERS if q < 1]
ROUNDS = 4


def witness(
    before: Term, after: Term, given: Iterable[Term], facts: Iterable[Theorem]
) -> dict[str, Any] | None:
    """A point at which the hypotheses and the facts hold and the two lines certainly differ; None when none was found.

    Vectors are tried in one dimension. Equations among the facts are used to replace their left sides, as algebra does.
    """
    theorems = list(facts)
    conclusions = [t.conclusion for t in theorems]
    try:
        lines = [_unfolded(line, conclusions) for line in (before, after)]
        conditions = [
            _unfolded(h, conclusions)
            for h in (*given, *conclusions, *(h for t in theorems for h in t.hypotheses))
        ]
    except TermError:
        return None
    atoms = sorted({a for t in (*lines, *conditions) for a in _atoms(t)}, key=repr)
    dice = random.Random(0)
    for k in range(TRIES):
        pool = SHARES if k % 2 else NUMBERS  # most letters of the field lie between 0 and 1
        chosen = {a: Fraction(dice.randint(2, 6)) if a.sort == INT else dice.choice(pool) for a in atoms}
        found = _try(lines, conditions, chosen)
        if found is not None:
            return found
    return None


def _try(lines: list[Term], conditions: list[Term], chosen: Mapping[Term, Fraction]) -> dict[str, Any] | None:
    point: dict[Term, Any] = {}
    for atom, number in chosen.items():
        point[atom] = arb_mat(1, 1, [ball(number)]) if atom.sort[0] == "vec" else ball(number)
        if atom.sort[0] in ("vec", "mat"):
            point.update({size: ball(1) for size in atom.sort[1:3] if isinstance(size, Term)})
    try:
        if _collide(point) or any(_fails(h, point) for h in conditions):
            return None
        left, right = (value(line, point) for line in lines)
    except (NoValue, ZeroDivisionError, ValueError):
        return None
    if not differ(left, right):
        return None
    at = {plain(atom): str(number) for atom, number in chosen.items()}
    return {"at": at, "lhs": shown(left), "rhs": shown(right)}


def _fails(h: Term, point: Mapping[Term, Any]) -> bool:
    """Whether a condition certainly fails; what cannot be evaluated, as integrability, is passed over."""
    try:
        return holds(h, point) is False
    except NoValue:
        return False


def _collide(point: Mapping[Term, Any]) -> bool:
    """Whether one function was given two values at what is the same step: alpha_bar(t - 1) and alpha_bar(1) at t = 2."""
    seen = set()
    for key in point:
        if key.op == "app":
            steps = tuple(value(a, point).str() if a.sort == INT else a for a in key.args[1:])
            if (key.args[0], steps) in seen:
                return True
            seen.add((key.args[0], steps))
    return False


def _unfolded(line: Term, equations: list[Term]) -> Term:
    """The line with the left sides of the equations replaced by their right sides, as often as that changes it."""
    for _ in range(ROUNDS):
        once = _unfolded_once(line, equations)
        if once == line:
            break
        line = once
    return line


def _unfolded_once(line: Term, equations: list[Term]) -> Term:
    for h in equations:
        params: list[Term] = []
        while h.op == "all":
            params.append(h.args[0])
            h = h.args[2]
        if h.op != "eq" or h.args[0].op != "app":
            continue
        left, right = h.args
        if params and left.args[1:] == tuple(params):
            line = expand_function(line, left.args[0], tuple(params), right)
        elif not params:
            line = _replaced(line, left, right)
    return line


def _replaced(t: Term, part: Term, by: Term) -> Term:
    if t == part:
        return by
    args = tuple(_replaced(a, part, by) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else Term(t.op, args, t.sort)


def _atoms(t: Term) -> set[Term]:
    """What a point gives a value to: functions at their arguments, the other free symbols, and steps."""
    functions = applications(t)
    inside = frozenset().union(*(a.free for a in functions)) if functions else frozenset()
    loose = {s for s in t.free if s.sort == INT or s not in inside or _stands_alone(t, s)}
    return {a for a in functions if a.free <= t.free} | {s for s in loose if s.args[0] not in ("pi", "d")}


def _stands_alone(t: Term, s: Term) -> bool:
    """Whether a symbol occurs outside the arguments of opaque functions."""
    if t == s:
        return True
    return t.op != "app" and any(_stands_alone(a, s) for a in t.args if isinstance(a, Term))
