"""Divergences of vector fields: the trace of a Jacobian, by the product rule and by linearity.

The conventions are those of `calculus`.
"""

from __future__ import annotations

from derivations.kernel.calculus import (
    Conditions,
    Opaque,
    gradient,
    jacobian_of_application,
    opaque_slope,
    split_product,
)
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, add, div, divergence, inner, mul, neg, num, trace


def div_field(u: Term, x: Term, conditions: Conditions) -> Term:
    """The divergence of the vector field u in the vector symbol x."""
    if x not in u.free:
        return num(0)
    if u.op == "add":
        return add(*[div_field(a, x, conditions) for a in u.args])
    if u.op == "neg":
        return neg(div_field(u.args[0], x, conditions))
    if u.op == "div":
        conditions.append(("ne", u.args[1]))
        return div_field(mul(div(1, u.args[1]), u.args[0]), x, conditions)
    scale, matrices, base = split_product(u)
    if any(x in m.free for m in matrices):
        raise Opaque("a matrix that depends on x")
    flow = mul(*matrices, base) if matrices else base
    out = _div_linear(matrices, base, x, conditions)
    if x in scale.free:
        return add(mul(scale, out), inner(gradient(scale, x, conditions), flow))
    return mul(scale, out)


def _div_linear(matrices: list[Term], base: Term, x: Term, conditions: Conditions) -> Term:
    if x not in base.free:
        return num(0)
    if base == x:
        return trace(mul(*matrices)) if matrices else x.sort[1]
    if base.op in ("add", "neg", "div", "mul"):
        if base.op == "add":
            return add(*[div_field(mul(*matrices, a), x, conditions) for a in base.args])
        if base.op == "neg":
            return neg(div_field(mul(*matrices, base.args[0]), x, conditions))
        if base.op == "div":
            return div_field(mul(div(1, base.args[1]), *matrices, base.args[0]), x, conditions)
        inner_scale, more, last = split_product(base)
        return div_field(mul(inner_scale, *matrices, *more, last), x, conditions)
    if not matrices and base.op == "grad" and base.args[2] == x and x not in base.args[1].free - {base.args[0]}:
        return _laplacian(base, x, conditions)
    if base.op == "app":
        slope = jacobian_of_application(base, x, conditions)
        if slope.op == "jac" and not matrices:
            return divergence(slope.args[0], slope.args[1], x)
        return trace(mul(*matrices, slope))
    raise Opaque(base.op)


def _laplacian(u: Term, x: Term, conditions: Conditions) -> Term:
    """The divergence of the gradient u: of what it is when the rules reach it, a Laplacian where it is opaque."""
    y, body, _ = u.args
    if opaque_slope(u):
        return divergence(x, u, x)
    inside: Conditions = []
    field = substitute(gradient(body, y, inside), {y: x})
    conditions += [(relation, substitute(c, {y: x})) for relation, c in inside]
    return div_field(field, x, conditions)
