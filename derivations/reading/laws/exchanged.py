"""Derivatives of mixtures: d/dt of p_t(x) = int p_t(x|z) q(z) dz goes under the integral, and so does a divergence.

A document that has said how its conditional densities are carried, d/dt p_t(x|z) = - div(u_t(x|z) p_t(x|z)), and what
the field of the mixture is, may carry the mixture. The integrals are taken to exist, and may be exchanged.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.formats.plain import plain
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, diff, div, divergence, is_scalar, mul, neg, num
from derivations.reading.averages import mixtures
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.verdict import Judgement

INTEGRAL = "integral"
TURNED = "the left side is minus the right side, by what the document says of how its densities are carried"
SAID = "the derivative goes under the integral; the integrals are taken to exist"
MADE = "as the document has made the mixture"
CARRIES = "the divergence goes under the integral, where {} carries {}"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on derivatives of integrals over what is given, and on the field of a mixture as a quotient; None for
    another equation, and where it is not proved.
    """
    _note(notation, lhs, rhs)
    if not any(_integrates(p) for t in (lhs, rhs) for p in walk(t)):
        return None
    if lhs.op == rhs.op == "diff" and (lhs.args[0], lhs.args[2]) == (rhs.args[0], rhs.args[2]):
        return mixtures.stated(notation, lhs.args[1], rhs.args[1])
    made = notation.mixtures.get(lhs, rhs)
    if made != rhs and _same(notation, *(_inside(notation, t) for t in (made, rhs))):
        return Judgement("proved", "", MADE)
    if lhs.op == "app" and rhs.op == "div" and _integrates(rhs.args[0]):
        return mixtures.stated(notation, lhs, _inside(notation, rhs))
    if lhs.op == "mul" and _integrates(rhs):
        return _weighed(notation, lhs, rhs)
    if not any(p.op in ("diff", "divg") for t in (lhs, rhs) for p in walk(t)):
        return None
    sides = [_inside(notation, canonical(t)) for t in (lhs, rhs)]
    if _same(notation, *sides):
        return Judgement("proved", "", SAID)
    if _same(notation, sides[0], neg(sides[1])) and not _same(notation, sides[1], num(0)):
        return Judgement("refuted", "", TURNED, witness={"the right side": "1"}, values=("-1", "1"))
    return _mixed(notation, lhs, rhs) or _carrying(notation, lhs, rhs) or _field(notation, lhs, rhs)


def _weighed(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The field of a mixture that gets its meaning: p_t(x) u_t(x) = int u p q dz; None for another product."""
    weights = [f for f in lhs.args if is_density(f)]
    fields = [f for f in lhs.args if f not in weights]
    if len(weights) != 1 or len(fields) != 1 or fields[0].op != "app" or is_scalar(fields[0]):
        return None
    if fields[0] not in notation.mixtures and not notation.knows(fields[0]):
        return mixtures.stated(notation, fields[0], _inside(notation, div(rhs, weights[0])))
    return Judgement("proved", "", MADE) if _same(notation, *(_inside(notation, t) for t in (lhs, rhs))) else None


def _mixed(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The mixture that a document states by its rate alone: d/dt p_t(x) = int d/dt p_t(x|z) q(z) dz."""
    rates = {p for p in walk(rhs) if p.op == "diff" and p.args[0] == lhs.args[0] and any(map(is_density, walk(p)))}
    if lhs.op != "diff" or not is_density(lhs.args[1]) or not _integrates(rhs) or len(rates) != 1:
        return None
    rate = rates.pop()
    whole = replaced(rhs, rate, replaced(rate.args[1], rate.args[0], rate.args[2]))
    return mixtures.stated(notation, replaced(lhs.args[1], lhs.args[0], lhs.args[2]), whole)


def _carrying(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict where each conditional field u_t(x|z) is taken to carry the density p_t(x|z) beside it, as fields
    that are given the same do; None where it does not follow.
    """
    parts = [p for p in walk(rhs) if p.op == "app" and p not in notation.carried]
    pairs = [(p, u) for p in parts if is_density(p) and "|" in str(p.args[0]) for u in parts if _is_field_of(u, p)]
    if len(pairs) != 1 or lhs.op != "diff":
        return None
    density, field = pairs[0]
    moved = next((p.args for p in walk(rhs) if p.op == "divg"), None)
    if moved is None:
        return None
    x, _, at = moved
    density, field = (replaced(t, x, at) for t in (density, field))
    notation.carried[density] = neg(divergence(x, replaced(mul(density, field), at, x), at))
    sides = [_inside(notation, canonical(t)) for t in (lhs, rhs)]
    if _same(notation, *sides):
        return Judgement("convention", "", CARRIES.format(plain(field), plain(density)))
    del notation.carried[density]
    return None


def _is_field_of(field: Term, density: Term) -> bool:
    """Whether a vector has the arguments of a conditional density: its time, its variable and what it is given."""
    given = {a for a in field.args[1:] if isinstance(a, Term)}
    own = {a for a in density.args[1:] if isinstance(a, Term)}
    return not is_scalar(field) and len(given) > 2 and given <= own


def _note(notation: Notation, lhs: Term, rhs: Term) -> None:
    """Keep how a conditional density is carried."""
    body = rhs.args[0] if rhs.op == "neg" else rhs
    rate = lhs.op == "diff" and is_density(lhs.args[1]) and "|" in str(lhs.args[1].args[0])
    if rate and rhs.op == "neg" and body.op == "divg":
        notation.carried.setdefault(replaced(lhs.args[1], lhs.args[0], lhs.args[2]), rhs)


def _field(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The field of a mixture that gets its meaning: - div(int u p q dz) = - div(u_t p_t)."""
    if lhs.op == rhs.op == "neg":
        lhs, rhs = lhs.args[0], rhs.args[0]
    if lhs.op != "divg" or rhs.op != "divg" or lhs.args[2] != rhs.args[2]:
        return None
    x, at = rhs.args[0], rhs.args[2]
    whole, product = replaced(lhs.args[1], lhs.args[0], at), replaced(rhs.args[1], x, at)
    factors = list(product.args) if product.op == "mul" and len(product.args) == 2 else []
    weights = [f for f in factors if is_density(f)]
    fields = [f for f in factors if f.op == "app" and not is_scalar(f) and not notation.knows(f)]
    if len(weights) != 1 or len(fields) != 1 or not _integrates(whole):
        return None
    return mixtures.stated(notation, fields[0], _inside(notation, div(whole, weights[0])))


def _integrates(t: Term) -> bool:
    return t.op == "app" and t.args[0] == INTEGRAL


def _inside(notation: Notation, t: Term) -> Term:
    """The term with its derivatives and factors under its integrals, and with what is known of rates and mixtures."""
    if t.op in ("diff", "divg"):
        return _derived(notation, t)
    if _integrates(t):
        return _integral(_inside(notation, t.args[1]), t.args[2])
    if t in notation.mixtures and not is_density(t):
        return _inside(notation, notation.mixtures[t])
    args = tuple(_inside(notation, a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op == "div" and _integrates(t.args[0]) and t.args[0].args[2] not in walk(t.args[1]):
        body, over = t.args[0].args[1:]
        return app(INTEGRAL, div(body, t.args[1]), over, sort=t.sort)
    within = [a for a in t.args if isinstance(a, Term) and _integrates(a)] if t.op == "mul" else []
    others = [a for a in t.args if a not in within]
    if len(within) == 1 and not any(within[0].args[2] in walk(a) for a in others):
        return app(INTEGRAL, mul(*others, within[0].args[1]), within[0].args[2], sort=t.sort)
    return t


def _integral(body: Term, over: Term) -> Term:
    """The integral of each term of a sum."""
    if body.op == "neg":
        return neg(_integral(body.args[0], over))
    if body.op == "add":
        return add(*(_integral(a, over) for a in body.args))
    return app(INTEGRAL, body, over, sort=body.sort)


def _derived(notation: Notation, t: Term) -> Term:
    """A derivative of what stands inside it, under the integrals; the rate of a density that is known to be carried."""
    x, body, at = t.args
    if at.op != "sym":
        return t
    whole = notation.mixtures.get(replaced(body, x, at))
    body = body if whole is None else replaced(whole, at, x)
    make = diff if t.op == "diff" else divergence

    def derived(b: Term) -> Term:
        if t.op == "diff" and b in notation.carried:
            return notation.carried[b]
        return make(x, replaced(b, at, x), at)

    return _linear(_inside(notation, replaced(body, x, at)), derived, at)


def _linear(t: Term, make: Callable[[Term], Term], variable: Term) -> Term:
    """A linear operation on each term, inside its integrals, beside the factors that are free of a variable."""
    if t.op == "neg":
        return neg(_linear(t.args[0], make, variable))
    if t.op == "add":
        return add(*(_linear(a, make, variable) for a in t.args))
    if _integrates(t) and t.args[2] != variable:
        body = _linear(t.args[1], make, variable)
        return app(INTEGRAL, body, t.args[2], sort=body.sort)
    if t.op == "mul":
        free = [a for a in t.args if is_scalar(a) and variable not in walk(a)]
        rest = [a for a in t.args if a not in free]
        if free and len(rest) == 1:
            return mul(*free, _linear(rest[0], make, variable))
    return make(t)


def _same(notation: Notation, a: Term, b: Term) -> bool:
    """Whether two sides are equal, integral by integral over the same variable."""
    own, other = _gathered(a), _gathered(b)
    pairs = [(own.get(v, num(0)), other.get(v, num(0))) for v in (*own, *(v for v in other if v not in own))]
    if any(_integrates(p) for pair in pairs for t in pair for p in walk(t)):
        return False
    return all(equal(x, y, notation.domains).status == "proved" for x, y in pairs)


def _gathered(t: Term, plus: bool = True) -> dict[Term | None, Term]:
    """What is integrated over each variable; what is not, under None."""
    if t.op == "neg":
        return _gathered(t.args[0], not plus)
    if t.op == "add":
        out: dict[Term | None, Term] = {}
        for a in t.args:
            for v, body in _gathered(a, plus).items():
                out[v] = add(out[v], body) if v in out else body
        return out
    over, body = (t.args[2], t.args[1]) if _integrates(t) else (None, t)
    return {over: body if plus else neg(body)}


__all__ = ["judge"]
