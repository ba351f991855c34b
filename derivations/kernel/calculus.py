"""Derivatives of terms, by the rules of the calculus, with the conditions under which they hold.

Each function returns a term in the bound variable and appends to `conditions` what must hold at the point: a pair
(relation, term), meaning term > 0, term != 0, or that a matrix is positive definite. `Opaque` says that the rules do
not reach: the caller keeps an atom.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.definitions import unfold_density
from derivations.kernel.smooth import is_smooth
from derivations.kernel.substitution import fresh, substitute
from derivations.kernel.terms import (
    Term,
    add,
    app,
    diff,
    div,
    exp,
    eye,
    grad,
    inner,
    inv,
    is_scalar,
    jacobian,
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
    if x not in t.free or (t.op == "pow" and t.args[1] == num(0)):
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
    if t.op == "int" and is_scalar(x):
        return _moving_end(t, x, conditions)
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


def _moving_end(t: Term, x: Term, conditions: Conditions) -> Term:
    """d/dx of the integral of a smooth f(y) from lo to hi(x) is hi'(x) f(hi(x)), where lo < hi(x); lo is fixed."""
    y, measure, body = t.args
    lo, hi = measure.args if measure.op == "interval" else (None, None)
    if not isinstance(lo, Term) or not isinstance(hi, Term) or not is_smooth(body, frozenset((y,))):
        raise Opaque("an integral that may not have a smooth integrand and two ends")
    if x in lo.free or (x in body.free and x != y):
        raise Opaque("an integral in which more moves than its upper end")
    conditions.append(("gt", add(hi, neg(lo))))
    return mul(derivative(hi, x, conditions), substitute(body, {y: hi}))


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
    if u.op == "int":
        return _moving_end(u, x, conditions)
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
    if u.op == "app":
        return mul(jacobian_of_application(u, x, conditions).T, v)
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
            parts.append(_through_vector(body, hole, a, x, conditions))
        elif is_scalar(a) and a.sort[0] == "real":
            slope = diff(hole, body, a)
            if is_scalar(x):
                parts.append(mul(derivative(a, x, conditions), slope))
            else:
                parts.append(mul(slope, gradient(a, x, conditions)))
        else:
            raise Opaque("an argument that is not real")
    return add(*parts)


def _through_vector(body: Term, hole: Term, a: Term, x: Term, conditions: Conditions) -> Term:
    """The chain rule through one vector argument: a gradient of a scalar, a Jacobian of a field."""
    if body.sort[0] == "mat":
        raise Opaque("a matrix that depends on a vector")
    if not is_scalar(body):
        return mul(jacobian(hole, body, a), vector_derivative(a, x, conditions))
    slope = grad(hole, body, a)
    if is_scalar(x):
        return inner(slope, vector_derivative(a, x, conditions))
    return pull_back(a, x, slope, conditions)


def jacobian_of(u: Term, x: Term, conditions: Conditions) -> Term:
    """The Jacobian of the vector term u in the vector symbol x."""
    if x not in u.free:
        raise Opaque("no matrix of zeros between two spaces")
    if u == x:
        return eye(x.sort[1])
    if u.op == "add":
        return add(*[jacobian_of(a, x, conditions) for a in u.args if x in a.free])
    if u.op == "neg":
        return neg(jacobian_of(u.args[0], x, conditions))
    if u.op == "div" and x not in u.args[1].free:
        conditions.append(("ne", u.args[1]))
        return mul(div(1, u.args[1]), jacobian_of(u.args[0], x, conditions))
    if u.op == "mul":
        scale, matrices, base = split_product(u)
        if x in scale.free or any(x in m.free for m in matrices):
            raise Opaque("a factor that depends on x")
        return mul(scale, *matrices, jacobian_of(base, x, conditions))
    if u.op == "app":
        return jacobian_of_application(u, x, conditions)
    raise Opaque(u.op)


def jacobian_of_application(u: Term, x: Term, conditions: Conditions) -> Term:
    """The Jacobian of an opaque field of one argument that moves: its own, times that of the argument."""
    moving = [k for k, a in enumerate(u.args[1:], 1) if x in a.free]
    if len(moving) != 1 or u.args[moving[0]].sort[0] != "vec":
        raise Opaque("several arguments that depend on x")
    k = moving[0]
    hole = sym(fresh("#y", {s.args[0] for s in u.free}), u.args[k].sort)
    outer = jacobian(hole, app(u.args[0], *u.args[1:k], hole, *u.args[k + 1 :], sort=u.sort), u.args[k])
    return outer if u.args[k] == x else mul(outer, jacobian_of(u.args[k], x, conditions))
