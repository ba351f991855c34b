"""Integrals over time of functions that nothing is known of, like that of beta(s) from 0 to t, by an antiderivative B:
the integral is B(t) - B(0), the function is its slope, and exp(c B(s)) beta(s) has the antiderivative exp(c B(s)) / c.

So exponents that authors write in several ways become one, and the solutions of linear equations can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derivations.kernel.substitution import rebuild, substitute
from derivations.kernel.terms import REAL, Term, add, app, diff, div, exp, is_scalar, mul, neg, num, sym
from derivations.reading.equations.series import polynomial
from derivations.reading.notation.coordinates import walk

Equal = Callable[[Term, Term], bool]
POINT = sym("·", REAL)


@dataclass
class Names:
    """The antiderivatives that stand for integrals: the integrand at a point, and the name."""

    known: dict[Term, str] = field(default_factory=dict)

    def of(self, integrand: Term, x: Term) -> str:
        """The name of the antiderivative of an integrand in x."""
        key = substitute(integrand, {x: POINT})
        return self.known.setdefault(key, f"∫{len(self.known)}")

    def slope(self, t: Term) -> Term:
        """The term with functions whose antiderivative has a name as the slopes of that."""
        args = tuple(self.slope(a) if isinstance(a, Term) else a for a in t.args)
        t = t if args == t.args else rebuild(t, args)
        for key, name in self.known.items():
            if t.op == key.op == "app" and t.args[0] == key.args[0] and len(t.args) == 2 and key.args[1] == POINT:
                u = sym("∂u", REAL)
                return diff(u, app(name, u), t.args[1])
        return t


def named(lhs: Term, rhs: Term, domains: Mapping[str, str], equal: Equal) -> tuple[Term, Term, dict[str, str]] | None:
    """The sides with such integrals by antiderivatives, and the domains of these; None when there are none."""
    if not any(p.op == "int" and p.args[1].op == "interval" for t in (lhs, rhs) for p in walk(t)):
        return None
    names = Names()
    a, b = (_put(t, names, equal) for t in (lhs, rhs))
    if not names.known:
        return None
    if any(p.op == "diff" for t in (a, b) for p in walk(t)):
        a, b = (names.slope(t) for t in (a, b))
    grows = {n: "positive" for k, n in names.known.items() if domains.get(str(k.args[0]), "") in ("positive", "unit")}
    return a, b, grows


def free_values(*terms: Term) -> bool:
    """Whether antiderivatives occur at one time only, so that their values there may be any."""
    at = {p.args[1] for t in terms for p in walk(t) if p.op == "app" and str(p.args[0]).startswith("∫")}
    return len(at) <= 1 and not any(p.op in ("int", "diff") for t in terms for p in walk(t))


def instance(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> tuple[Term, Term, dict[str, str]] | None:
    """The sides with a straight line for every function under an integral over time, a constant for one below 1, and
    which; None when there are none.
    """
    parts = [p for t in (lhs, rhs) for q in walk(t) if q.op == "int" and q.args[1].op == "interval" for p in walk(q)]
    found = {str(p.args[0]) for p in parts if p.op == "app" and len(p.args) == 2 and is_scalar(p)}
    if not found:
        return None
    below = {n for n in found if domains.get(n) == "unit"}

    def lined(t: Term) -> Term:
        args = tuple(lined(a) if isinstance(a, Term) else a for a in t.args)
        if t.op == "app" and t.args[0] in found and len(t.args) == 2:
            return num(Fraction(1, 2)) if t.args[0] in below else add(num(1), div(args[1], 2))
        return t if args == t.args else rebuild(t, args)

    said = {f"{n}(s)": "1/2" if n in below else "1 + s/2" for n in sorted(found)}
    return lined(lhs), lined(rhs), said


def _put(t: Term, names: Names, equal: Equal) -> Term:
    args = tuple(_put(a, names, equal) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "int" or t.args[1].op != "interval" or any(isinstance(e, str) for e in t.args[1].args):
        return t
    x, measure, body = t.args
    fixed, moving = _apart(body, x)
    if len(moving) == 1 and moving[0].op == "app" and moving[0].args[1:] == (x,):
        return mul(*fixed, _between(names.of(moving[0], x), measure))
    found = _exponential(moving, x, names, equal)
    if found is None:
        return t
    lo, hi = measure.args
    return mul(*fixed, add(_at(found, x, hi), neg(_at(found, x, lo))))


def _between(name: str, measure: Term) -> Term:
    lo, hi = measure.args
    high, low = (num(0) if e == num(0) else app(name, e) for e in (hi, lo))
    return high if low == num(0) else add(high, neg(low))


def _at(t: Term, x: Term, point: Term) -> Term:
    """The antiderivative at a point; those that are counted from 0 are 0 there."""
    return _zeroed(substitute(t, {x: point}))


def _zeroed(t: Term) -> Term:
    if t.op == "app" and str(t.args[0]).startswith("∫") and t.args[1] == num(0):
        return num(0)
    return rebuild(t, tuple(_zeroed(a) if isinstance(a, Term) else a for a in t.args))


def _apart(t: Term, x: Term) -> tuple[list[Term], list[Term]]:
    """The factors without x, and those with it; an exponential of a sum is a product."""
    fixed: list[Term] = [num(1)]
    moving: list[Term] = []
    stack = [t]
    while stack:
        f = stack.pop()
        if x not in f.free:
            fixed.append(f)
        elif f.op == "mul":
            stack.extend(f.args)
        elif f.op == "neg":
            fixed.append(num(-1))
            stack.append(f.args[0])
        elif f.op == "pow" and f.args[1] == num(2) and f.args[0].op == "sqrt":
            stack.append(f.args[0].args[0])
        elif f.op == "div" and x not in f.args[1].free:
            fixed.append(div(1, f.args[1]))
            stack.append(f.args[0])
        else:
            moving.append(f)
    return fixed, moving


def _exponential(moving: list[Term], x: Term, names: Names, equal: Equal) -> Term | None:
    """The antiderivative of exp(c B(x) + d) b(x), where b is the slope of B; None for anything else."""
    powers = [f for f in moving if f.op == "exp"]
    rest = [f for f in moving if f.op != "exp"]
    if len(powers) != 1 or len(rest) != 1 or rest[0].op != "app" or rest[0].args[1:] != (x,):
        return None
    name = names.known.get(substitute(rest[0], {x: POINT}))
    if name is None:
        return None
    here = sym("here", REAL)
    exponent = polynomial(_replaced(powers[0].args[0], app(name, x), here), here)
    if exponent is None or set(exponent) - {0, 1} or 1 not in exponent or any(x in c.free for c in exponent.values()):
        return None
    found = div(exp(powers[0].args[0]), exponent[1])
    return found if equal(names.slope(diff(x, found)), names.slope(mul(powers[0], rest[0]))) else None


def _replaced(t: Term, old: Term, new: Term) -> Term:
    return new if t == old else rebuild(t, tuple(_replaced(a, old, new) if isinstance(a, Term) else a for a in t.args))


__all__ = ["free_values", "named"]
