"""A statement about R^d as its case d = 1, in scalars only: where it fails, the statement fails.

Vectors and matrices become numbers: <u, v> is u v, |u|^2 is u^2, the identity is 1, the trace is the number
itself, the log-determinant its logarithm, the gradient a derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import REAL, Term, diff, div, is_scalar, log, mul, num, power, sym


def one_dimensional(t: Term) -> Term:
    """The term at d = 1. Raises ValueError when a vector and a number in it have one name."""
    names = {s.args[0] for s in t.free if is_scalar(s)} & {s.args[0] for s in t.free if not is_scalar(s)}
    if names:
        raise ValueError(f"{', '.join(sorted(names))} names both a number and a vector")
    return substitute(_scalars(t), {size: num(1) for size in _dimensions(t)})


@lru_cache(maxsize=1 << 12)
def _scalars(t: Term) -> Term:
    if t.op == "sym":
        return t if is_scalar(t) or t.sort[0] == "measure" else sym(t.args[0])
    if t.op in ("eye", "zero"):
        return num(1 if t.op == "eye" else 0)
    if t.op in ("diag", "comps"):
        i, body = t.args
        return _scalars(substitute(body, {i: num(1)}))
    args = tuple(_scalars(a) if isinstance(a, Term) else a for a in t.args)
    if t.op in _IN_SCALARS:
        return _IN_SCALARS[t.op](*args)
    return Term(t.op, args, REAL if t.sort[0] in ("vec", "mat") else t.sort)


_IN_SCALARS: dict[str, Callable[..., Term]] = {
    "inner": lambda u, v: mul(u, v), "norm2": lambda u: power(u, 2), "inv": lambda m: div(1, m),
    "T": lambda m: m, "tr": lambda m: m, "logdet": log, "grad": diff, "divg": diff, "jac": diff,
}  # fmt: skip


def _dimensions(t: Term) -> set[Term]:
    """The symbols that are dimensions of a vector or matrix somewhere in the term."""
    here = {p for p in t.sort[1:] if isinstance(p, Term) and p.op == "sym"}
    return here.union(*(_dimensions(a) for a in t.args if isinstance(a, Term)))
