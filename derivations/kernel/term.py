"""Terms: what is written, kept in the order in which the author wrote it.

A term is an operator and its arguments, immutable and hashable, with a sort: a real, an integer, a vector of R^d, a
matrix, a measure, or a formula. Nothing is rewritten on construction, so what is printed is what was checked.
Binders (sum, prod, int, diff, grad, divg, jac, diag, comps, all, aeq, integrable, E, KL) name the variable that they
bind; `substitute` never captures one.

Semantics: every operator is a total function. Outside its natural domain (1/0, log of a negative number, an integral
that does not converge) it has some value of which the kernel knows nothing; rules demand the domain where they use it.
The integral is Bochner's with the convention that a function that is not integrable has integral 0. A measure is
sigma-finite; an opaque function that is differentiated is smooth.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

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
    "jac": (1,), "bigo": (2,),
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

    __slots__ = ("_hash", "args", "depth", "dims", "formed", "free", "op", "size", "slopes", "sort")
    op: str
    args: tuple[Any, ...]
    sort: Sort
    size: int
    depth: int
    free: frozenset[Term]
    dims: frozenset[Term]  # the symbols that are dimensions in it: integers that are at least 1
    _hash: int
    slopes: frozenset[str] | None  # the opaque functions that are differentiated in it, once that was asked
    formed: bool  # whether `forms.check` has passed it

    def __init__(self, op: str, args: tuple[Any, ...], sort: Sort) -> None:
        put = object.__setattr__
        put(self, "op", op)
        put(self, "args", args)
        put(self, "sort", sort)
        put(self, "formed", False)
        put(self, "slopes", None)
        size, depth, free, dims = 1, 0, EMPTY, EMPTY
        for a in args:
            if isinstance(a, Term):
                size += a.size
                if a.depth > depth:
                    depth = a.depth
                if a.free is not free:
                    free = free | a.free if free else a.free
                if a.dims:
                    dims = dims | a.dims
        if size > MAX_NODES or depth >= MAX_DEPTH:
            raise TermError(f"too large: a term of {size} nodes and depth {depth + 1} (caps {MAX_NODES}, {MAX_DEPTH})")
        put(self, "size", size)
        put(self, "depth", depth + 1)
        put(self, "_hash", hash((op, args, sort)))
        if len(sort) > 1:
            sizes = EMPTY.union(*(part.free for part in sort if isinstance(part, Term)))
            free, dims = free | sizes, dims | sizes
        if op == "sym":
            free = free | {self}
        elif op in BINDERS:
            free = _free_of_binder(self)
            dims = dims - {args[0]} if op == "all" else dims
        put(self, "free", free)
        put(self, "dims", dims)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a term is immutable")

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term) or self._hash != other._hash:
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


Like = Term | int | Fraction
EMPTY: frozenset[Term] = frozenset()


def _free_of_binder(t: Term) -> frozenset[Term]:
    """The free symbols of a binder, dimensions in sorts included."""
    out = EMPTY
    for part in (*t.sort[1:], *t.args[0].sort[1:]):
        if isinstance(part, Term):
            out |= part.free
    scope = BINDERS[t.op]
    for k, a in enumerate(t.args):
        if k and isinstance(a, Term):
            out |= a.free - {t.args[0]} if k in scope else a.free
    return out


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
    if type(q) is not int and (isinstance(q, bool) or not isinstance(q, (int, Fraction))):
        raise TermError(f"a number must be an int or a Fraction, not {type(q).__name__}: {q!r}")
    f = Fraction(q)  # the term's own: what is done to one that was given, or to another term's, is not done to this
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


def _join(sorts: set[Sort], op: str) -> Sort:
    if sorts <= {INT, REAL}:
        return REAL if REAL in sorts else INT
    shapes = {s[:3] for s in sorts}
    if len(shapes) != 1:
        raise TermError(f"{op}: the terms have different sorts: {', '.join(sorted(map(str, shapes)))}")
    shape = next(iter(shapes))
    return (*shape, "") if shape[0] == "mat" else shape


def add(*terms: Like) -> Term:
    """A sum of scalars, of vectors of one dimension, or of matrices of one shape; nested sums are flattened."""
    flat: list[Term] = []
    for t in map(lift, terms):
        if t.op == "add":
            flat += t.args
        else:
            flat.append(t)
    return flat[0] if len(flat) == 1 else Term("add", tuple(flat), _join({t.sort for t in flat}, "add"))


def neg(t: Like) -> Term:
    """The negative."""
    t = lift(t)
    return Term("neg", (t,), _join({t.sort}, "neg"))


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
        if t.op == "mul":
            flat += t.args
        else:
            flat.append(t)
    sort = flat[0].sort
    for t in flat[1:]:
        if sort is not REAL or t.sort is not REAL:  # nearly all are real
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
    """The logarithm of the determinant, where that is positive; the kernel owes more: a positive definite matrix."""
    return Term("logdet", (_square(m, "logdet"),), REAL)


def eye(dim: Term) -> Term:
    """The identity matrix."""
    return Term("eye", (dim,), Mat(dim, dim, "spd"))


def zero(dim: Term) -> Term:
    """The zero vector."""
    return Term("zero", (dim,), Vec(dim))
