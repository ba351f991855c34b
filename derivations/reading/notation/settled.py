"""What holds whatever a function is: f^{-1}(f(x)) = x, and its rate at a point that stands still is the plain rate."""

from __future__ import annotations

from derivations.kernel.terms import Term, app

INVERSE = "_inv"


def settled(t: Term) -> Term:
    """A function of its own inverse as the point; a rate at a point that does not move as the plain rate."""
    if t.op != "app" or len(t.args) < 2:
        return t
    last = t.args[-1]
    if isinstance(last, Term) and last.op == "app" and t.args[1:-1] == last.args[1:-1] and t.sort == last.args[-1].sort:
        names = (str(t.args[0]), str(last.args[0]))
        if names[0] == names[1] + INVERSE or names[1] == names[0] + INVERSE:
            return last.args[-1]
    return _still(t) if t.args[0] == "at[]" else t


def _still(t: Term) -> Term:
    """The rate of f(u, x) in u, at u = t, where x is free of t."""
    rate, u, at = t.args[1:]
    moved = rate.args[1] if rate.op == "app" and rate.args[0] == "rate" and rate.args[-1] == u else None
    if moved is None or moved.op != "app" or len(moved.args) < 2 or moved.args[1] != u:
        return t
    rest = moved.args[2:]
    if any({u, at} & a.free for a in rest) or at.op != "sym":
        return t
    return app("rate", app(moved.args[0], at, *rest, sort=moved.sort), at, sort=t.sort)


__all__ = ["INVERSE", "settled"]
