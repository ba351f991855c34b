"""What holds whatever a function is: f^{-1}(f(x)) = x, its rate at a point that stands still is the plain rate, and the
limit of a difference quotient is a derivative.
"""

from __future__ import annotations

from derivations.kernel.terms import REAL, Term, app, diff, sym

INVERSE = "_inv"


def cancelled(t: Term) -> Term:
    """A function of its own inverse as the point; a rate at a point that does not move as the plain rate."""
    if t.op != "app" or len(t.args) < 2:
        return t
    last = t.args[-1]
    if isinstance(last, Term) and last.op == "app" and t.args[1:-1] == last.args[1:-1] and t.sort == last.args[-1].sort:
        names = (str(t.args[0]), str(last.args[0]))
        if names[0] == names[1] + INVERSE or names[1] == names[0] + INVERSE:
            return last.args[-1]
    if t.args[0] == "lim":
        return _derivative(t) or t
    return _still(t) if t.args[0] == "at[]" else t


def _derivative(t: Term) -> Term | None:
    """The limit of (f(t + h, x) - f(t, x)) / h at h = 0 as the rate of f in its first argument; None for another."""
    body, below = t.args[1], t.args[2]
    if body.op != "div" or body.args[1].op != "sym":
        return None
    if below.args[0] != f"lim {body.args[1].args[0]} -> 0":
        return None
    h: Term = body.args[1]
    parts: list[Term] = list(body.args[0].args) if body.args[0].op == "add" else []
    if len(parts) != 2 or parts[0].op != "app" or parts[1].op != "neg" or len(parts[0].args) < 2:
        return None
    name, later, *rest = parts[0].args
    if later.op != "add" or len(later.args) != 2 or later.args[1] != h or any(h in a.free for a in rest):
        return None
    now, u = later.args[0], sym("∂u", REAL)
    if now.op != "sym" or cancelled(app(name, now, *rest, sort=t.sort)) != parts[1].args[0]:
        return None
    if t.sort == REAL:
        return diff(u, app(name, u, *rest), now)
    return cancelled(app("at[]", app("rate", app(name, u, *rest, sort=t.sort), u, sort=t.sort), u, now, sort=t.sort))


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


def cancels(before: Term, after: Term) -> bool:
    """Whether an inverse has gone from a term."""
    return _has_inverse(before) and not _has_inverse(after)


def _has_inverse(t: Term) -> bool:
    own = t.op == "app" and str(t.args[0]).endswith(INVERSE)
    return own or any(_has_inverse(a) for a in t.args if isinstance(a, Term))


__all__ = ["INVERSE", "cancelled", "cancels"]
