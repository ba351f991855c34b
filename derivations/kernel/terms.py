"""Terms: what is written, kept in the order in which the author wrote it.

A term is an operator and its arguments, immutable and hashable, with a sort: a real, an integer, a vector of R^d, a
matrix, a measure, or a formula. Nothing is rewritten on construction, so what is printed is what was checked.
Binders (sum, prod, int, diff, grad, divg, diag, comps, all, aeq, integrable, E, KL) name the variable that they bind;
`substitute` never captures one.

Semantics: every operator is a total function. Outside its natural domain (1/0, log of a negative number, an integral
that does not converge) it has some value of which the kernel knows nothing; rules demand the domain where they use it.
The integral is Bochner's with the convention that a function that is not integrable has integral 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Union

Sort = tuple
REAL: Sort = ("real",)
INT: Sort = ("int",)
BOOL: Sort = ("bool",)
MEASURE: Sort = ("measure",)

MAX_NODES, MAX_DEPTH = 50_000, 400

# operator -> positions of the arguments in which the bound variable (argument 0) is visible
BINDERS = {
    "sum": (3,), "prod": (3,), "int": (2,), "diff": (1,), "grad": (1,), "divg": (1,),
    "diag": (1,), "comps": (1,), "all": (1, 2), "aeq": (2, 3), "integrable": (2,), "E": (1, 2), "KL": (1, 2),
    "jointly": (2,), "dominated": (1,), "vanishes": (1,), "limit": (2,), "conditional": (2, 3), "weighted": (1,),
}  # fmt: skip
SCALAR_FUNCTIONS = ("exp", "log", "sin", "cos", "sqrt", "atan")
RELATIONS = ("eq", "ne", "lt", "le")


class TermError(ValueError):
    """A term that makes no sense: sorts that do not fit, or a size beyond the caps."""


def Vec(dim: Term) -> Sort:
    """The sort of vectors of R^dim."""
    return ("vec", dim)


def Mat(rows: Term, cols: Term, kind: str = "") -> Sort:
    """The sort of rows x cols matrices; kind "spd" declares a symmetric positive definite one."""
    return ("mat", rows, cols, kind)


class Term:
    """One node: `op`, `args`, `sort`. Equality is structural; `alpha` decides equality up to bound names."""

    __slots__ = ("op", "args", "sort", "size", "depth", "free", "dims", "formed", "_hash")
    op: str
    args: tuple[Any, ...]
    sort: Sort
    free: frozenset[Term]
    dims: frozenset[Term]  # the symbols that are dimensions in it: integers that are at least 1
    formed: bool  # whether `forms.check` has passed it

    def __init__(self, op: str, args: tuple[Any, ...], sort: Sort) -> None:
        put = object.__setattr__
        put(self, "op", op)
        put(self, "args", args)
        put(self, "sort", sort)
        put(self, "formed", False)
        inner = [a for a in args if isinstance(a, Term)]
        size, depth = 1, 0
        for a in inner:
            size += a.size
            depth = max(depth, a.depth)
        if size > MAX_NODES or depth >= MAX_DEPTH:
            raise TermError(f"too large: a term of {size} nodes and depth {depth + 1} (caps {MAX_NODES}, {MAX_DEPTH})")
        put(self, "size", size)
        put(self, "depth", depth + 1)
        put(self, "_hash", hash((op, args, sort)))
        put(self, "free", _free(self, inner))
        put(self, "dims", _dims(self, inner))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a term is immutable")

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined,no-any-return]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term) or self._hash != other._hash:  # type: ignore[attr-defined]
            return False
        return self.op == other.op and self.sort == other.sort and self.args == other.args

    def __repr__(self) -> str:
        return show(self)

    def __add__(self, other: Like) -> Term:
        return add(self, other)

    def __radd__(self, other: Like) -> Term:
        return add(other, self)

    def __sub__(self, other: Like) -> Term:
        return add(self, neg(other))

    def __rsub__(self, other: Like) -> Term:
        return add(other, neg(self))

    def __mul__(self, other: Like) -> Term:
        return mul(self, other)

    def __rmul__(self, other: Like) -> Term:
        return mul(other, self)

    def __matmul__(self, other: Like) -> Term:
        return mul(self, other)

    def __truediv__(self, other: Like) -> Term:
        return div(self, other)

    def __rtruediv__(self, other: Like) -> Term:
        return div(other, self)

    def __pow__(self, other: Like) -> Term:
        return power(self, other)

    def __neg__(self) -> Term:
        return neg(self)

    @property
    def T(self) -> Term:
        """The transpose of a matrix."""
        return transpose(self)


Like = Union[Term, int, Fraction]
EMPTY: frozenset[Term] = frozenset()


def _free(t: Term, inner: list[Term]) -> frozenset[Term]:
    """The free symbols, dimensions in sorts included."""
    out: frozenset[Term] = frozenset((t,)) if t.op == "sym" else EMPTY
    for part in t.sort[1:]:
        if isinstance(part, Term):
            out |= part.free
    if t.op in BINDERS:
        scope = BINDERS[t.op]
        for part in t.args[0].sort[1:]:
            if isinstance(part, Term):
                out |= part.free
        for k, a in enumerate(t.args):
            if k and isinstance(a, Term):
                out |= a.free - {t.args[0]} if k in scope else a.free
        return out
    for a in inner:
        if a.free is not out:
            out = out | a.free if out else a.free
    return out


def _dims(t: Term, inner: list[Term]) -> frozenset[Term]:
    out = EMPTY
    for part in t.sort[1:]:
        if isinstance(part, Term):
            out |= part.free
    for a in inner:
        if a.dims:
            out |= a.dims
    return out - {t.args[0]} if t.op == "all" else out


def show(t: Any) -> str:
    """A plain one-line text of a term, for messages."""
    if not isinstance(t, Term):
        return str(t)
    infix = {"add": " + ", "mul": "*", "div": "/", "pow": "**", "eq": " = ", "ne": " != ", "lt": " < ", "le": " <= "}
    if t.op in ("num", "sym"):
        return str(t.args[0])
    if t.op == "app":
        return f"{t.args[0]}({', '.join(map(show, t.args[1:]))})"
    if t.op == "neg":
        return f"-{show(t.args[0])}"
    if t.op in infix:
        text = infix[t.op].join(show(a) for a in t.args)
        return text if t.sort == BOOL else f"({text})".replace("+ -", "- ")
    return f"{t.op}({', '.join(map(show, t.args))})"


# ---- constructors

def num(q: int | Fraction) -> Term:
    """A rational number."""
    if isinstance(q, bool) or not isinstance(q, (int, Fraction)):
        raise TermError(f"a number must be an int or a Fraction, not {type(q).__name__}: {q!r}")
    f = Fraction(q)
    return Term("num", (f,), INT if f.denominator == 1 else REAL)


def lift(x: Like) -> Term:
    """A term as it is; an int or Fraction as a number."""
    return x if isinstance(x, Term) else num(x)


def sym(name: str, sort: Sort = REAL) -> Term:
    """A symbol (a variable) of the given sort."""
    return Term("sym", (name,), sort)


def app(name: str, *args: Like, sort: Sort = REAL) -> Term:
    """An opaque function applied to its arguments."""
    return Term("app", (name, *map(lift, args)), sort)


def is_scalar(t: Term) -> bool:
    """Whether the term is a real or an integer."""
    return t.sort in (REAL, INT)


def _join(sorts: list[Sort], op: str) -> Sort:
    if all(s == INT for s in sorts):
        return INT
    if all(s in (INT, REAL) for s in sorts):
        return REAL
    shapes = {s[:3] for s in sorts}
    if len(shapes) != 1:
        raise TermError(f"{op}: the terms have different sorts: {', '.join(sorted(map(str, shapes)))}")
    return next(iter(shapes)) + (("",) if sorts[0][0] == "mat" else ())


def add(*terms: Like) -> Term:
    """A sum of scalars, of vectors of one dimension, or of matrices of one shape; nested sums are flattened."""
    flat: list[Term] = []
    for t in map(lift, terms):
        flat.extend(t.args if t.op == "add" else (t,))
    return flat[0] if len(flat) == 1 else Term("add", tuple(flat), _join([t.sort for t in flat], "add"))


def neg(t: Like) -> Term:
    """The negative."""
    t = lift(t)
    return Term("neg", (t,), _join([t.sort], "neg"))


def _product_sort(a: Sort, b: Sort) -> Sort:
    if a in (REAL, INT) or b in (REAL, INT):
        return INT if a == b == INT else (b if a in (REAL, INT) else a) if (a, b) != (REAL, INT) else REAL
    if a[0] == "mat" and b[0] in ("mat", "vec") and a[2] == b[1]:
        return Mat(a[1], b[2]) if b[0] == "mat" else Vec(a[1])
    raise TermError(f"mul: sorts {a} and {b} do not fit")


def mul(*terms: Like) -> Term:
    """A product, left to right: scalars, a scalar and a vector or matrix, matrices, a matrix and a vector."""
    flat: list[Term] = []
    for t in map(lift, terms):
        flat.extend(t.args if t.op == "mul" else (t,))
    sort = flat[0].sort
    for t in flat[1:]:
        sort = _product_sort(sort, t.sort)
    if sort[0] == "mat":
        sort = Mat(sort[1], sort[2])
    return flat[0] if len(flat) == 1 else Term("mul", tuple(flat), sort)


def _scalar(t: Like, op: str) -> Term:
    t = lift(t)
    if not is_scalar(t):
        raise TermError(f"{op}: needs a scalar, got the sort {t.sort[0]} in {show(t)}")
    return t


def _no_kind(sort: Sort) -> Sort:
    """The sort without the promise that a matrix is definite."""
    return Mat(sort[1], sort[2]) if sort[0] == "mat" else sort


def div(a: Like, b: Like) -> Term:
    """A quotient; the denominator is a scalar. The kernel owes that it is not zero."""
    a, b = lift(a), _scalar(b, "div")
    return Term("div", (a, b), REAL if is_scalar(a) else _no_kind(a.sort))


def power(a: Like, b: Like) -> Term:
    """A power of scalars; with an exponent that is not an integer the base must be positive."""
    a, b = _scalar(a, "pow"), _scalar(b, "pow")
    return Term("pow", (a, b), INT if a.sort == INT and b.op == "num" and b.sort == INT and b.args[0] >= 0 else REAL)


def function(name: str, t: Like) -> Term:
    """exp, log, sin, cos, sqrt or atan of a scalar."""
    if name not in SCALAR_FUNCTIONS:
        raise TermError(f"unknown function {name!r}; known: {', '.join(SCALAR_FUNCTIONS)}")
    return Term(name, (_scalar(t, name),), REAL)


def exp(t: Like) -> Term:
    """The exponential."""
    return function("exp", t)


def log(t: Like) -> Term:
    """The natural logarithm; the argument must be positive."""
    return function("log", t)


def sqrt(t: Like) -> Term:
    """The square root; the argument must not be negative."""
    return function("sqrt", t)


def _of(kind: str, t: Term, op: str) -> Term:
    if t.sort[0] != kind:
        raise TermError(f"{op}: needs a {kind}, got the sort {t.sort[0]} in {show(t)}")
    return t


def inner(u: Term, v: Term) -> Term:
    """The inner product of two vectors of one dimension."""
    if _of("vec", u, "inner").sort != _of("vec", v, "inner").sort:
        raise TermError(f"inner: different dimensions in {show(u)} and {show(v)}")
    return Term("inner", (u, v), REAL)


def norm2(u: Term) -> Term:
    """The squared Euclidean norm."""
    return Term("norm2", (_of("vec", u, "norm2"),), REAL)


def transpose(m: Term) -> Term:
    """The transpose."""
    return Term("T", (_of("mat", m, "T"),), Mat(m.sort[2], m.sort[1], m.sort[3]))


def inv(m: Term) -> Term:
    """The inverse of a square matrix; the kernel owes that it exists."""
    _square(m, "inv")
    return Term("inv", (m,), Mat(m.sort[1], m.sort[1], m.sort[3]))


def _square(m: Term, op: str) -> Term:
    if _of("mat", m, op).sort[1] != m.sort[2]:
        raise TermError(f"{op}: {show(m)} is not square")
    return m


def trace(m: Term) -> Term:
    """The trace of a square matrix."""
    return Term("tr", (_square(m, "tr"),), REAL)


def logdet(m: Term) -> Term:
    """The logarithm of the determinant; the kernel owes that the matrix is positive definite."""
    return Term("logdet", (_square(m, "logdet"),), REAL)


def eye(dim: Term) -> Term:
    """The identity matrix."""
    return Term("eye", (dim,), Mat(dim, dim, "spd"))


def zero(dim: Term) -> Term:
    """The zero vector."""
    return Term("zero", (dim,), Vec(dim))


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
    """The measure that has the density `weight`, a term in x, with respect to another measure."""
    x, measure = _against(x, measure, "weighted")
    return Term("weighted", (x, _scalar(weight, "weighted"), measure), MEASURE)


def integral(x: Term, body: Like, measure: Term = LEBESGUE) -> Term:
    """The integral of a scalar or vector body over all values of the symbol x against a measure."""
    body = _value(body, "int")
    return Term("int", (*_against(x, measure, "int"), body), REAL if is_scalar(body) else _no_kind(body.sort))


def diff(x: Term, body: Like, at: Term | None = None) -> Term:
    """The derivative of body in the scalar x, at x or at another point."""
    if _variable(x, "diff").sort != REAL:
        raise TermError(f"diff: the variable must be real, got {show(x)} of sort {x.sort[0]}")
    return Term("diff", (x, _scalar(body, "diff"), x if at is None else _scalar(at, "diff")), REAL)


def grad(x: Term, body: Term, at: Term | None = None) -> Term:
    """The gradient of a scalar body in the vector x."""
    return Term("grad", (_of("vec", _variable(x, "grad"), "grad"), _scalar(body, "grad"), _place(x, at, "grad")), x.sort)


def _place(x: Term, at: Term | None, op: str) -> Term:
    if at is not None and at.sort != x.sort:
        raise TermError(f"{op}: {show(at)} is not a point of the space of {show(x)}")
    return x if at is None else at


def divergence(x: Term, body: Term, at: Term | None = None) -> Term:
    """The divergence of a vector field body in the vector x."""
    if _of("vec", _variable(x, "divg"), "divg").sort != _of("vec", body, "divg").sort:
        raise TermError(f"divg: {show(body)} is not a field on the space of {show(x)}")
    return Term("divg", (x, body, _place(x, at, "divg")), REAL)


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
    return Term("E", (_continuous(x, "E"), _scalar(density, "E"), body), REAL if is_scalar(body) else _no_kind(body.sort))


def kl(x: Term, p: Term, q: Term) -> Term:
    """The Kullback-Leibler divergence of the density p from q, both as terms in x."""
    return Term("KL", (_continuous(x, "KL"), _scalar(p, "KL"), _scalar(q, "KL")), REAL)


# ---- formulas

def relation(op: str, a: Like, b: Like) -> Term:
    """A relation between two terms of one sort: eq, ne, lt or le."""
    a, b = lift(a), lift(b)
    if BOOL in (a.sort, b.sort):
        raise TermError(f"{op}: a relation is between values, not between formulas: {show(a)} and {show(b)}")
    if op not in RELATIONS:
        raise TermError(f"unknown relation {op!r}")
    if (is_scalar(a) != is_scalar(b)) or (not is_scalar(a) and a.sort[:3] != b.sort[:3]):
        raise TermError(f"{op}: different sorts in {show(a)} and {show(b)}")
    if op in ("lt", "le") and not is_scalar(a):
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
    """For every x body is integrable over y and differentiable in x; near every x one integrable function of y bounds the slope."""
    return Term("dominated", (_continuous(x, "dominated"), integrable(y, body, my)), BOOL)


def conditional_density(w: Term, measure: Term, hidden: Term, y: Term, density: Term) -> Term:
    """Under the measure of w, given the other variables that the density sees, `hidden` has this density in y."""
    if y.sort != hidden.sort:
        raise TermError(f"conditional: {show(y)} and {show(hidden)} have different sorts")
    return Term("conditional", (*_against(w, measure, "conditional"), hidden, integral(y, _scalar(density, "conditional"))), BOOL)


def vanishes(x: Term, field: Term) -> Term:
    """The flux of the vector field (the value of the scalar, on the line) through large spheres tends to 0."""
    field = lift(field)
    if is_scalar(_continuous(x, "vanishes")) != is_scalar(field) or (not is_scalar(x) and field.sort != x.sort):
        raise TermError(f"vanishes: {show(field)} is not a field on the space of {show(x)}")
    return Term("vanishes", (x, field), BOOL)


def limit(x: Term, end: str, body: Like, value: Like) -> Term:
    """body tends to value as x tends to the end, "oo" or "-oo"."""
    if _variable(x, "limit").sort != REAL or end not in ("oo", "-oo"):
        raise TermError(f"limit: a real variable tends to oo or -oo, got {show(x)} and {end}")
    return Term("limit", (x, end, _scalar(body, "limit"), _scalar(value, "limit")), BOOL)


def integrable(x: Term, body: Like, measure: Term = LEBESGUE) -> Term:
    """body is integrable over x against the measure."""
    return Term("integrable", (*_against(x, measure, "integrable"), _value(body, "integrable")), BOOL)
