"""Terms with a bound variable, and formulas: sums, integrals, derivatives, densities, relations, conditions."""

from __future__ import annotations

from derivations.kernel.term import (
    BOOL,
    INT,
    MEASURE,
    REAL,
    RELATIONS,
    Like,
    Mat,
    Term,
    TermError,
    Vec,
    _no_kind,
    _of,
    _scalar,
    is_scalar,
    lift,
    show,
)


def diag(i: Term, body: Term, dim: Term) -> Term:
    """The diagonal matrix with entries body(i), i = 1..dim."""
    return Term("diag", (i, body), Mat(dim, dim))


def comps(i: Term, body: Term, dim: Term) -> Term:
    """The vector with components body(i), i = 1..dim."""
    return Term("comps", (i, body), Vec(dim))


def _variable(v: Term, op: str) -> Term:
    if v.op != "sym":
        raise TermError(f"{op}: the bound variable must be a symbol, got {show(v)}")
    if v.args[0] == "pi":
        raise TermError(f"{op}: pi is a constant and cannot be a bound variable")
    return v


def _index(i: Term, lo: Like, hi: Like, op: str) -> tuple[Term, Term, Term]:
    i, lo, hi = _variable(i, op), lift(lo), lift(hi)
    for t in (i, lo, hi):
        if t.sort != INT:
            raise TermError(f"{op}: index and its ends must be integers, got {show(t)} of sort {t.sort[0]}")
    return i, lo, hi


def _continuous(x: Term, op: str) -> Term:
    if _variable(x, op).sort != REAL and x.sort[0] != "vec":
        raise TermError(f"{op}: {show(x)} must be a real number or a vector, but has the sort {x.sort[0]}")
    return x


def _against(x: Term, measure: Term, op: str) -> tuple[Term, Term]:
    """A variable and the measure over which it runs."""
    _variable(x, op)
    if measure.sort != MEASURE:
        raise TermError(f"{op}: {show(measure)} is not a measure")
    if measure.op == "interval" and x.sort != REAL:
        raise TermError(f"{op}: an interval needs a real variable, got {show(x)} of sort {x.sort[0]}")
    if measure.op == "lebesgue":
        _continuous(x, op)
    return x, measure


def _formula(t: Term, op: str) -> Term:
    if t.sort != BOOL:
        raise TermError(f"{op}: {show(t)} is not a formula")
    return t


def _value(t: Like, op: str) -> Term:
    t = lift(t)
    if not is_scalar(t) and t.sort[0] not in ("vec", "mat"):
        raise TermError(f"{op}: needs a number, a vector or a matrix, got {show(t)} of sort {t.sort[0]}")
    return t


def sum_(i: Term, lo: Like, hi: Like, body: Like) -> Term:
    """The sum of body over the integers lo..hi; empty when hi < lo."""
    return Term("sum", (*_index(i, lo, hi, "sum"), _scalar(body, "sum")), REAL)


def prod_(i: Term, lo: Like, hi: Like, body: Like) -> Term:
    """The product of body over the integers lo..hi; 1 when hi < lo."""
    return Term("prod", (*_index(i, lo, hi, "prod"), _scalar(body, "prod")), REAL)


LEBESGUE = Term("lebesgue", (), MEASURE)


def interval(lo: Like | str, hi: Like | str) -> Term:
    """Lebesgue measure on an interval of the line; "-oo" and "oo" are allowed ends."""
    if (isinstance(lo, str) and lo != "-oo") or (isinstance(hi, str) and hi != "oo"):
        raise TermError(f"interval: the ends are numbers, -oo below or oo above; got {lo} and {hi}")
    return Term("interval", tuple(e if isinstance(e, str) else _scalar(e, "interval") for e in (lo, hi)), MEASURE)


def weighted(x: Term, weight: Like, measure: Term = LEBESGUE) -> Term:
    """The measure that has the density `weight`, a term in x, with respect to another measure. Where the weight may be
    negative it is some measure, of which nothing is known: every rule about the weight demands that it is >= 0.
    """
    x, measure = _against(x, measure, "weighted")
    return Term("weighted", (x, _scalar(weight, "weighted"), measure), MEASURE)


def integral(x: Term, body: Like, measure: Term = LEBESGUE) -> Term:
    """The integral of a scalar or vector body over all values of the symbol x against a measure."""
    body = _value(body, "int")
    return Term("int", (*_against(x, measure, "int"), body), REAL if is_scalar(body) else _no_kind(body.sort))


def diff(x: Term, body: Like, at: Term | None = None) -> Term:
    """The derivative of a scalar, vector or matrix body in the scalar x, at x or at another point."""
    if _variable(x, "diff").sort != REAL:
        raise TermError(f"diff: the variable must be real, got {show(x)} of sort {x.sort[0]}")
    body = _value(body, "diff")
    sort = REAL if is_scalar(body) else _no_kind(body.sort)
    return Term("diff", (x, body, x if at is None else _scalar(at, "diff")), sort)


def grad(x: Term, body: Term, at: Term | None = None) -> Term:
    """The gradient of a scalar body in the vector x."""
    return Term(
        "grad", (_of("vec", _variable(x, "grad"), "grad"), _scalar(body, "grad"), _place(x, at, "grad")), x.sort
    )


def _place(x: Term, at: Term | None, op: str) -> Term:
    if at is not None and at.sort != x.sort:
        raise TermError(f"{op}: {show(at)} is not a point of the space of {show(x)}")
    return x if at is None else at


def divergence(x: Term, body: Term, at: Term | None = None) -> Term:
    """The divergence of a vector field body in the vector x."""
    if _of("vec", _variable(x, "divg"), "divg").sort != _of("vec", body, "divg").sort:
        raise TermError(f"divg: {show(body)} is not a field on the space of {show(x)}")
    return Term("divg", (x, body, _place(x, at, "divg")), REAL)


def jacobian(x: Term, body: Term, at: Term | None = None) -> Term:
    """The Jacobian matrix of a vector body in the vector x; its trace is the divergence of a field on x's own space."""
    rows, columns = _of("vec", body, "jac").sort[1], _of("vec", _variable(x, "jac"), "jac").sort[1]
    return Term("jac", (x, body, _place(x, at, "jac")), Mat(rows, columns))


def normal(x: Term, mean: Like, cov: Like) -> Term:
    """The Gaussian density at x: a variance for a scalar x, a covariance matrix for a vector x."""
    mean, cov = lift(mean), lift(cov)
    if x.sort[0] != "vec" and not all(map(is_scalar, (x, mean, cov))):
        raise TermError(f"normal: {show(x)} needs a mean and a variance that are numbers")
    if x.sort[0] == "vec" and (mean.sort != x.sort or cov.sort[:3] != Mat(x.sort[1], x.sort[1])[:3]):
        raise TermError(f"normal: {show(x)} needs a mean vector and a square covariance of its dimension")
    return Term("normal", (x, mean, cov), REAL)


def expect(x: Term, density: Term, body: Like) -> Term:
    """The expectation of body under a density of x: the integral of their product."""
    body = _value(body, "E")
    return Term(
        "E", (_continuous(x, "E"), _scalar(density, "E"), body), REAL if is_scalar(body) else _no_kind(body.sort)
    )


def kl(x: Term, p: Term, q: Term) -> Term:
    """The Kullback-Leibler divergence of the density p from q, both as terms in x."""
    return Term("KL", (_continuous(x, "KL"), _scalar(p, "KL"), _scalar(q, "KL")), REAL)


# ---- formulas


def relation(op: str, a: Like, b: Like) -> Term:
    """A relation between two terms of one sort: eq, ne, lt or le."""
    a, b = lift(a), lift(b)
    if op in RELATIONS and is_scalar(a) and is_scalar(b):
        return Term(op, (a, b), BOOL)
    if BOOL in (a.sort, b.sort):
        raise TermError(f"{op}: a relation is between values, not between formulas: {show(a)} and {show(b)}")
    if op not in RELATIONS:
        raise TermError(f"unknown relation {op!r}")
    if is_scalar(a) or is_scalar(b) or a.sort[:3] != b.sort[:3]:
        raise TermError(f"{op}: different sorts in {show(a)} and {show(b)}")
    if op in ("lt", "le"):
        raise TermError(f"{op}: only scalars are ordered")
    return Term(op, (a, b), BOOL)


def eq(a: Like, b: Like) -> Term:
    """a = b."""
    return relation("eq", a, b)


def ne(a: Like, b: Like) -> Term:
    """a != b."""
    return relation("ne", a, b)


def lt(a: Like, b: Like) -> Term:
    """a < b."""
    return relation("lt", a, b)


def le(a: Like, b: Like) -> Term:
    """a <= b."""
    return relation("le", a, b)


def eqmod(theta: Term, a: Like, b: Like) -> Term:
    """a = b up to a constant that is free of theta, a symbol or an opaque function."""
    if theta.op not in ("sym", "app"):
        raise TermError(f"eqmod: needs a symbol or a function, got {show(theta)}")
    return Term("eqmod", (theta, *relation("eq", a, b).args), BOOL)


def aeq(x: Term, a: Like, b: Like, measure: Term = LEBESGUE) -> Term:
    """a = b for almost every x."""
    return Term("aeq", (*_against(x, measure, "aeq"), *relation("eq", a, b).args), BOOL)


TRUE = Term("true", (), BOOL)


def forall(x: Term, body: Term, guard: Term = TRUE) -> Term:
    """For every x with the guard, body."""
    return Term("all", (_variable(x, "all"), _formula(guard, "all"), _formula(body, "all")), BOOL)


def conj(*formulas: Term) -> Term:
    """All of the formulas."""
    if not formulas:
        raise TermError("and: needs at least one formula")
    parts = tuple(_formula(f, "and") for f in formulas)
    return parts[0] if len(parts) == 1 else Term("and", parts, BOOL)


def jointly(x: Term, y: Term, body: Term, mx: Term = LEBESGUE, my: Term = LEBESGUE) -> Term:
    """body is integrable over x and y together, so that the order of integration does not matter."""
    return Term("jointly", (*_against(x, mx, "jointly"), integrable(y, body, my)), BOOL)


def dominated(x: Term, y: Term, body: Term, my: Term = LEBESGUE) -> Term:
    """For every x body is integrable over y and differentiable in x; near every x one integrable function of y bounds
    the slope.
    """
    return Term("dominated", (_continuous(x, "dominated"), integrable(y, body, my)), BOOL)


def conditional_density(w: Term, measure: Term, hidden: Term, y: Term, density: Term) -> Term:
    """Under the measure of w, given the other variables that the density sees, `hidden` has this density in y."""
    if y.sort != hidden.sort:
        raise TermError(f"conditional: {show(y)} and {show(hidden)} have different sorts")
    return Term(
        "conditional",
        (*_against(w, measure, "conditional"), hidden, integral(y, _scalar(density, "conditional"))),
        BOOL,
    )


def vanishes(x: Term, field: Term) -> Term:
    """The flux of the vector field (the value of the scalar, on the line) through large spheres tends to 0."""
    field = lift(field)
    if is_scalar(_continuous(x, "vanishes")) != is_scalar(field) or (not is_scalar(x) and field.sort != x.sort):
        raise TermError(f"vanishes: {show(field)} is not a field on the space of {show(x)}")
    return Term("vanishes", (x, field), BOOL)


def limit(x: Term, end: Like | str, body: Like, value: Like) -> Term:
    """body tends to value as the real x tends to the end: a number from both sides, "oo" or "-oo"."""
    if _variable(x, "limit").sort != REAL or (isinstance(end, str) and end not in ("oo", "-oo")):
        raise TermError(f"limit: a real variable tends to a number, oo or -oo; got {show(x)} and {end}")
    place = end if isinstance(end, str) else _scalar(end, "limit")
    return Term("limit", (x, place, _scalar(body, "limit"), _scalar(value, "limit")), BOOL)


def bigo(h: Term, order: Like, body: Like) -> Term:
    """body = O(h^order) as the real h tends to 0: |body| <= C |h|^order for some C and every h != 0 near 0."""
    order, body = lift(order), _value(body, "bigo")
    if _variable(h, "bigo").sort != REAL or order.op != "num" or order.sort != INT or order.args[0] < 0:
        raise TermError(f"bigo: a real variable and a whole order of at least 0, got {show(h)} and {show(order)}")
    return Term("bigo", (h, order, body), BOOL)


def integrable(x: Term, body: Like, measure: Term = LEBESGUE) -> Term:
    """body is integrable over x against the measure."""
    return Term("integrable", (*_against(x, measure, "integrable"), _value(body, "integrable")), BOOL)
