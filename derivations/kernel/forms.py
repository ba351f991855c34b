"""What makes sense: the sort of every operator, and whether a term handed to a rule is built as it should be.

`Term` itself builds anything, so that the kernel's own working terms cost little. The gate of the rules
lets in only terms that the constructors of `terms` would have made: an integer that is really 1/2, a sum over
a real index or a "definite" matrix that is -I would each prove something false.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

from derivations.kernel import terms as build
from derivations.kernel.terms import (
    BOOL,
    INT,
    MEASURE,
    REAL,
    SCALAR_FUNCTIONS,
    Mat,
    Sort,
    Term,
    TermError,
    Vec,
    show,
)  # fmt: skip

TEXT_PLACES = {"sym": (0,), "app": (0,), "interval": (0, 1), "limit": (1,)}  # the arguments that may be text

_MAKE: dict[str, Callable[..., Term]] = {
    "add": build.add, "neg": build.neg, "mul": build.mul, "div": build.div, "pow": build.power,
    "inner": build.inner, "norm2": build.norm2, "T": build.transpose, "inv": build.inv, "tr": build.trace,
    "logdet": build.logdet, "eye": build.eye, "zero": build.zero, "sum": build.sum_, "prod": build.prod_,
    "diff": build.diff, "grad": build.grad, "divg": build.divergence, "jac": build.jacobian, "bigo": build.bigo,
    "normal": build.normal, "E": build.expect,
    "KL": build.kl, "eqmod": build.eqmod, "and": build.conj, "vanishes": build.vanishes, "limit": build.limit,
    "weighted": build.weighted, "interval": build.interval,
    "true": lambda: build.TRUE,
    "lebesgue": lambda: build.LEBESGUE,
    "all": lambda x, guard, body: build.forall(x, body, guard),
    "int": lambda x, m, b: build.integral(x, b, m),
    "aeq": lambda x, m, a, b: build.aeq(x, a, b, m),
    "integrable": lambda x, m, b: build.integrable(x, b, m),
    "jointly": lambda x, m, inside: build.jointly(x, inside.args[0], inside.args[2], m, inside.args[1]),
    "dominated": lambda x, inside: build.dominated(x, inside.args[0], inside.args[2], inside.args[1]),
    "conditional": lambda w, m, u, inside: build.conditional_density(w, m, u, inside.args[0], inside.args[2]),
    **{name: partial(build.function, name) for name in SCALAR_FUNCTIONS},
    **{op: partial(build.relation, op) for op in build.RELATIONS},
}  # fmt: skip
_COMPUTED = {"add", "neg", "mul", "div", "pow", "T", "inv", "E", "int", "diff", "jac"}


def sort_of(op: str, args: tuple[Any, ...], declared: Sort) -> Sort:
    """The sort of the operator over these arguments; the declared one where they do not decide it."""
    return _MAKE[op](*args).sort if op in _COMPUTED else declared


_PASSED: set[Term] = set()  # terms that passed; an equal one, made of parts that passed, need not be built again
_MOST = 50_000


def check(t: Term) -> None:
    """Refuse a term with an ill-formed part. A part that passed is not looked at again."""
    if not t.formed:
        for a in t.args:
            if isinstance(a, Term):
                check(a)
        _check_kinds(t)
        if t not in _PASSED:
            _check_one(t)
            if len(_PASSED) >= _MOST:
                _PASSED.clear()
            _PASSED.add(t)
        object.__setattr__(t, "formed", True)


def _check_kinds(t: Term) -> None:
    if type(t) is not Term or type(t.op) is not str or type(t.args) is not tuple:
        raise TermError(f"not a term of the kernel: {type(t).__name__}")
    if type(t.sort) is not tuple or any(type(part) not in (str, Term) for part in t.sort):
        raise TermError(f"a sort is a tuple of texts and dimensions, not {t.sort!r}")
    if t.op == "num" and (len(t.args) != 1 or type(t.args[0]) is not Fraction):
        raise TermError(f"a number holds one Fraction, got {t.args!r}")
    for k, a in enumerate(t.args):
        if type(a) is not Term and not (t.op == "num" or (type(a) is str and k in TEXT_PLACES.get(t.op, ()))):
            raise TermError(f"{t.op}: argument {k} is no term but a {type(a).__name__}: {a!r}")


def _check_one(t: Term) -> None:
    if t.op in build.BINDERS and t.args[0].op != "sym":
        raise TermError(f"{t.op}: the bound variable must be a symbol, got {show(t.args[0])}")
    if t.op in build.BINDERS and t.op != "all" and t.args[0] in t.dims:
        raise TermError(f"{t.op}: the bound variable {show(t.args[0])} is a dimension in {show(t)}")
    if t.op == "all":
        sized = [
            s for a in t.args[1:] for s in a.free if s != t.args[0] and any(t.args[0] in d.free for d in s.sort[1:3])
        ]
        if sized:
            raise TermError(f"all: {show(t.args[0])} is the dimension of {show(sized[0])}, which is fixed outside")
    right = checked_sort(_expected(t))
    if right != t.sort:
        raise TermError(f"{show(t)} is built with the sort {t.sort}, but it has the sort {right}")


def _expected(t: Term) -> Sort:
    if t.op == "num":
        return INT if t.args[0].denominator == 1 else REAL
    if t.op in ("sym", "app"):
        if not t.args or type(t.args[0]) is not str or not t.args[0] or (t.op == "sym" and len(t.args) != 1):
            raise TermError(f"{t.op}: needs a name, got {t.args!r}")
        if t.args[0].startswith("#"):
            raise TermError(f"the name {t.args[0]} is reserved: names with a # stand for bound variables")
        if t.sort == BOOL:  # what a rule refuses of some formulas it could not refuse of a letter for them
            raise TermError(f"no letter stands for a formula: {show(t)}")
        return t.sort
    if t.op in ("diag", "comps"):
        return _entries(t)
    if t.op not in _MAKE:
        raise TermError(f"unknown operator {t.op!r}")
    try:
        built = _MAKE[t.op](*t.args)
    except (TypeError, IndexError, AttributeError):
        raise TermError(f"{t.op} over {len(t.args)} arguments makes no sense: {show(t)}") from None
    if t.op in ("jointly", "dominated", "conditional") and built.args[-1] != t.args[-1]:
        raise TermError(f"{t.op}: {show(t.args[-1])} is no {built.args[-1].op} as it is meant there")
    return built.sort


def _entries(t: Term) -> Sort:
    dim = t.sort[1] if t.sort[:1] in (("vec",), ("mat",)) else None
    if dim is None or len(t.args) != 2 or t.args[0].sort != INT or not build.is_scalar(t.args[1]):
        raise TermError(f"{t.op}: needs an integer index and scalar entries, got {show(t)}")
    return Mat(dim, dim) if t.op == "diag" else Vec(dim)


def checked_sort(sort: Sort) -> Sort:
    """The sort, if it is one. A dimension is an integer of at least 1, and no function is in it."""
    if sort in (REAL, INT, BOOL, MEASURE):
        return sort
    vector = sort[:1] == ("vec",) and len(sort) == 2
    matrix = sort[:1] == ("mat",) and len(sort) == 4 and (not sort[3] or (sort[3] == "spd" and sort[1] == sort[2]))
    if not vector and not matrix:
        raise TermError(f"not a sort: {sort!r}")
    for d in sort[1:3]:
        if type(d) is not Term or not is_dimension(d):
            raise TermError(f"a dimension is made of positive integers and integer symbols by + and *, not {show(d)}")
        check(d)
    return sort


def is_dimension(d: Term) -> bool:
    """Whether the term is at least 1 whenever its symbols are: those of a dimension always are."""
    if d.op == "num":
        return d.sort == INT and d.args[0] >= 1
    return d.sort == INT and (d.op == "sym" or (d.op in ("add", "mul") and all(is_dimension(a) for a in d.args)))
