"""Derivatives of terms, by the rules of the calculus, with the conditions under which they hold.

Each function returns a term in the bound variable and appends to `conditions` what must hold at the point: a pair
(relation, term), meaning term > 0, term != 0, or that a matrix is positive definite. `Opaque` says that the rules do
not reach: the caller keeps an atom.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.definitions import unfold_density
from derivations.kernel.substitution import fresh, substitute
from derivations.kernel.terms import (
    Term,
    add,
    app,
    diff,
    div,
    divergence,
    exp,
    grad,
    inner,
    inv,
    is_scalar,
    log,
    mul,
    neg,
    num,
    power,
    sqrt,
    sum_,
    sym,
    trace,
    transpose,
    zero,
)  # fmt: skip

Conditions = list[tuple[str, Term]]
Derive = Callable[[Term], Term]


class Opaque(Exception):
    """No rule differentiates this term."""


def derivative(t: Term, x: Term, conditions: Conditions) -> Term:
    """d t / d x for a scalar term and a scalar symbol."""
    return _chain(t, x, conditions, num(0), lambda u: derivative(u, x, conditions))


def gradient(t: Term, x: Term, conditions: Conditions) -> Term:
    """The gradient of a scalar term in a vector symbol."""
    return _chain(t, x, conditions, zero(x.sort[1]), lambda u: gradient(u, x, conditions))


def _chain(t: Term, x: Term, conditions: Conditions, nothing: Term, go: Derive) -> Term:
    """Every rule that a derivative and a gradient share; `go` differentiates a scalar sub-term."""
    if x not in t.free:
        return nothing
    args = t.args
    if t.op == "sym":
        return num(1)
    if t.op == "add":
        return add(*[go(a) for a in args])
    if t.op == "neg":
        return neg(go(args[0]))
    if t.op == "mul":
        parts = [mul(*args[:k], *args[k + 1 :], go(a)) for k, a in enumerate(args) if x in a.free]
        return add(*parts)
    if t.op == "div":
        conditions.append(("ne", args[1]))
        first = div(go(args[0]), args[1])
        if x not in args[1].free:
            return first
        return add(first, neg(mul(div(args[0], power(args[1], 2)), go(args[1]))))
    if t.op == "pow":
        return _power(t, x, conditions, go)
    if t.op in ("exp", "log", "sqrt", "sin", "cos", "atan"):
        return mul(_outer(t, conditions), go(args[0]))
    if t.op in ("inner", "norm2"):
        u, v = (args[0], args[0]) if t.op == "norm2" else args
        return _inner(u, v, x, conditions)
    if t.op in ("tr", "logdet") and is_scalar(x):
        return _of_matrix(t, x, conditions)
    if t.op == "normal":
        return go(unfold_density(t))
    if t.op == "sum" and x not in args[1].free | args[2].free and is_scalar(x):
        return _sum(t, conditions, go)
    if t.op == "app":
        return _application(t, x, conditions)
    if t.op == "diff":
        return _second(t, x, conditions, go)
    raise Opaque(t.op)


def opaque_slope(t: Term) -> bool:
    """Whether t is a derivative, of any order, of an opaque function in one bare argument: an atom, not a thing to
    compute.
    """
    x, body, _ = t.args
    if body.op in ("diff", "grad"):
        return body.args[2] == x and x not in body.args[1].free - {body.args[0]} and opaque_slope(body)
    if body.op != "app":
        return False
    return sum(a == x for a in body.args[1:]) == 1 and all(a == x or x not in a.free for a in body.args[1:])


def _second(t: Term, x: Term, conditions: Conditions, go: Derive) -> Term:
    """The derivative of a derivative: of what it is when the rules reach it, by the chain rule where it is opaque."""
    y, body, at = t.args
    if opaque_slope(t):
        if x in body.free - {y}:
            raise Opaque("a mixed derivative")
        hole = sym(fresh("#y", {s.args[0] for s in t.free | body.free}), y.sort)
        return mul(go(at), diff(hole, diff(y, body, hole), at))
    inside: Conditions = []
    slope = substitute(rate(body, y, inside), {y: at})
    conditions += [
        (relation, substitute(c, {y: at})) for relation, c in inside
    ]  # open conditions: they hold nearby too
    return go(slope)


def _sum(t: Term, conditions: Conditions, go: Derive) -> Term:
    """Term by term. What must not vanish stands under a fraction in the result, and is owed there, within the range."""
    i, lo, hi, body = t.args
    mark = len(conditions)
    out = sum_(i, lo, hi, go(body))
    inside = [c for c in conditions[mark:] if i in c[1].free]
    if any(relation != "ne" for relation, _ in inside):
        raise Opaque("a sign that is needed for every term of a sum")
    conditions[mark:] = [c for c in conditions[mark:] if c not in inside]
    return out


def _power(t: Term, x: Term, conditions: Conditions, go: Derive) -> Term:
    base, e = t.args
    if x in e.free:
        conditions.append(("gt", base))
        return go(exp(mul(e, log(base))))
    whole = e.op == "num" and e.args[0].denominator == 1
    if not whole:
        conditions.append(("gt", base))
    elif e.args[0] < 1:
        conditions.append(("ne", base))
    return mul(e, power(base, e - 1 if not (whole and e.args[0] >= 1) else num(e.args[0] - 1)), go(base))


def _outer(t: Term, conditions: Conditions) -> Term:
    u = t.args[0]
    if t.op == "exp":
        return t
    if t.op == "log":
        conditions.append(("gt", u))
        return div(1, u)
    if t.op == "sqrt":
        conditions.append(("gt", u))
        return div(1, mul(2, sqrt(u)))
    if t.op == "sin":
        return Term("cos", (u,), t.sort)
    if t.op == "cos":
        return neg(Term("sin", (u,), t.sort))
    return div(1, add(1, power(u, 2)))


def _inner(u: Term, v: Term, x: Term, conditions: Conditions) -> Term:
    if is_scalar(x):
        return add(inner(vector_derivative(u, x, conditions), v), inner(u, vector_derivative(v, x, conditions)))
    if u == v:
        return mul(2, pull_back(u, x, u, conditions))
    return add(pull_back(u, x, v, conditions), pull_back(v, x, u, conditions))


def _of_matrix(t: Term, x: Term, conditions: Conditions) -> Term:
    """(tr M)' = tr M', and Jacobi's formula (log det M)' = tr(M^-1 M')."""
    m = t.args[0]
    slope = matrix_derivative(m, x, conditions)
    if t.op == "tr":
        return trace(slope)
    conditions.append(("spd", m))
    return trace(mul(inv(m), slope))


def vector_derivative(u: Term, x: Term, conditions: Conditions) -> Term:
    """du/dx for a vector u and a scalar x."""
    return _curve(u, x, conditions, zero(u.sort[1]))


def matrix_derivative(m: Term, x: Term, conditions: Conditions) -> Term:
    """dM/dx for a matrix M and a scalar x."""
    if x in m.free and m.op == "T":
        return transpose(matrix_derivative(m.args[0], x, conditions))
    if x in m.free and m.op == "inv":
        return neg(mul(m, matrix_derivative(m.args[0], x, conditions), m))
    return _curve(m, x, conditions, mul(0, m))


def _curve(u: Term, x: Term, conditions: Conditions, nothing: Term) -> Term:
    """The derivative in the scalar x of a scalar, vector or matrix: what all three share."""
    if x not in u.free:
        return nothing
    if is_scalar(u):
        return derivative(u, x, conditions)
    go = vector_derivative if u.sort[0] == "vec" else matrix_derivative
    if u.op == "add":
        return add(*[go(a, x, conditions) for a in u.args])
    if u.op == "neg":
        return neg(go(u.args[0], x, conditions))
    if u.op == "div":
        conditions.append(("ne", u.args[1]))
        return go(mul(div(1, u.args[1]), u.args[0]), x, conditions)
    if u.op == "mul":
        return add(*[
            mul(*u.args[:k], rate(a, x, conditions), *u.args[k + 1 :]) for k, a in enumerate(u.args) if x in a.free
        ])  # fmt: skip
    if u.op in ("diag", "comps"):
        return _entries(u, x, conditions)
    if u.op == "app":
        return _application(u, x, conditions)
    if u.op == "diff":
        return _second(u, x, conditions, lambda v: rate(v, x, conditions))
    raise Opaque(u.op)


def rate(u: Term, x: Term, conditions: Conditions) -> Term:
    """The derivative in the scalar x of a scalar, a vector or a matrix."""
    if is_scalar(u):
        return derivative(u, x, conditions)
    return (vector_derivative if u.sort[0] == "vec" else matrix_derivative)(u, x, conditions)


def _entries(u: Term, x: Term, conditions: Conditions) -> Term:
    """Entry by entry; a condition on an entry would have to hold for every one of them."""
    mark = len(conditions)
    body = derivative(u.args[1], x, conditions)
    if any(u.args[0] in c.free for _, c in conditions[mark:]):
        raise Opaque("a condition that is needed for every entry")
    return Term(u.op, (u.args[0], body), (*u.sort[:3], "")) if u.op == "diag" else Term(u.op, (u.args[0], body), u.sort)


def pull_back(u: Term, x: Term, v: Term, conditions: Conditions) -> Term:
    """J^T v, where J is the Jacobian of the vector term u in the vector symbol x."""
    if x not in u.free:
        return zero(x.sort[1])
    if u == x:
        return v
    if u.op == "add":
        return add(*[pull_back(a, x, v, conditions) for a in u.args])
    if u.op == "neg":
        return neg(pull_back(u.args[0], x, v, conditions))
    if u.op == "div":
        conditions.append(("ne", u.args[1]))
        return pull_back(mul(div(1, u.args[1]), u.args[0]), x, v, conditions)
    if u.op == "mul":
        scale, matrices, base = split_product(u)
        if any(x in m.free for m in matrices):
            raise Opaque("a matrix that depends on x")
        back = v
        for m in matrices:
            back = mul(m.T, back)
        out = mul(scale, pull_back(base, x, back, conditions))
        if x in scale.free:
            out = add(out, mul(inner(mul(*matrices, base), v), gradient(scale, x, conditions)))
        return out
    raise Opaque(u.op)


def split_product(u: Term) -> tuple[Term, list[Term], Term]:
    """A product with a vector as (its scalars, its matrices in order, the vector)."""
    args = u.args if u.op == "mul" else (u,)
    scale = [a for a in args if is_scalar(a)]
    matrices = [a for a in args if a.sort[0] == "mat"]
    vectors = [a for a in args if a.sort[0] == "vec"]
    return (mul(*scale) if scale else num(1)), matrices, vectors[0]


def _application(t: Term, x: Term, conditions: Conditions) -> Term:
    """The chain rule through an opaque function of differentiable arguments."""
    parts = []
    for k, a in enumerate(t.args[1:], 1):
        if x not in a.free:
            continue
        hole = sym(fresh("#y", {s.args[0] for s in t.free}), a.sort)
        body = app(t.args[0], *t.args[1:k], hole, *t.args[k + 1 :], sort=t.sort)
        if a.sort[0] == "vec":
            if not is_scalar(t):
                raise Opaque("a vector field of a vector")
            slope = grad(hole, body, a)
            parts.append(
                pull_back(a, x, slope, conditions)
                if not is_scalar(x)
                else inner(slope, vector_derivative(a, x, conditions))
            )
        elif is_scalar(a) and a.sort[0] == "real":
            slope = diff(hole, body, a)
            if is_scalar(x):
                parts.append(mul(derivative(a, x, conditions), slope))
            else:
                parts.append(mul(slope, gradient(a, x, conditions)))
        else:
            raise Opaque("an argument that is not real")
    return add(*parts)


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
    if not matrices and base.op == "app":
        hole = sym(fresh("#y", {s.args[0] for s in base.free}), x.sort)
        where = [k for k, a in enumerate(base.args[1:], 1) if a == x]
        if len(where) == 1 and all(x not in a.free for k, a in enumerate(base.args[1:], 1) if k not in where):
            k = where[0]
            return divergence(hole, app(base.args[0], *base.args[1:k], hole, *base.args[k + 1 :], sort=base.sort), x)
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


def is_smooth(t: Term, variables: frozenset[Term]) -> bool:
    """Whether t is built so that it is differentiable everywhere in the real and vector symbols among the variables.

    Opaque functions stand for smooth functions. A root, a logarithm or a quotient is smooth only when it is free of
    the variables; so is an integral, which would need a rule.
    """
    moving = frozenset(v for v in variables if v.sort[0] in ("real", "vec")) & t.free
    if not moving or t.op == "sym":
        return True
    if t.op in ("div", "pow"):
        whole = t.op == "div" or (
            t.args[1].op == "num" and t.args[1].args[0].denominator == 1 and t.args[1].args[0] >= 0
        )
        return whole and not moving & t.args[1].free and is_smooth(t.args[0], variables)
    if t.op == "normal":
        return not moving & t.args[2].free and all(is_smooth(a, variables) for a in t.args[:2])
    if t.op in ("sum", "prod"):
        return not moving & (t.args[1].free | t.args[2].free) and is_smooth(t.args[3], variables)
    plain = ("add", "neg", "mul", "exp", "sin", "cos", "atan", "inner", "norm2", "app")
    return t.op in plain and all(is_smooth(a, variables) for a in t.args if isinstance(a, Term))


def differentiated(t: Term) -> frozenset[str]:
    """The opaque functions of whose derivatives the term or formula speaks."""
    if t.slopes is None:
        if t.op in ("diff", "grad", "divg", "dominated", "vanishes"):
            found = functions(t)
        else:
            found = frozenset().union(*(differentiated(a) for a in t.args if isinstance(a, Term)))
        object.__setattr__(t, "slopes", found)
    return t.slopes or frozenset()


def functions(t: Term) -> frozenset[str]:
    """The names of the opaque functions in the term or formula."""
    here: frozenset[str] = frozenset((t.args[0],)) if t.op == "app" else frozenset()
    return here.union(*(functions(a) for a in t.args if isinstance(a, Term)))
