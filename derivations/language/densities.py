"""Equality of terms that are built alike from Gaussian densities: by algebra in what the densities are given."""

from __future__ import annotations

from derivations.kernel import RuleError, Theorem
from derivations.kernel.equality import algebra, chain, congruence
from derivations.kernel.logic import instantiate, instantiate_function, table
from derivations.kernel.substitution import fresh, mentions
from derivations.kernel.sums import under
from derivations.kernel.terms import Term, app, integral, is_scalar, mul, sym
from derivations.kernel.theorem import same


class Unlike(Exception):
    """No error: the two sides are not built alike, and algebra has to look at the whole of them."""


def equal(a: Term, b: Term, given: tuple[Term, ...], using: tuple[Theorem, ...] = ()) -> Theorem:
    """given |- a = b by algebra. Raises RuleError as `algebra` does.

    Where both are products, averages and integrals that are built alike from Gaussian densities, what stands in them is
    compared, so that no exponential is written out.
    """
    try:
        return _built_alike(a, b, given, using)
    except (Unlike, RuleError):
        return algebra(a, b, given, using)


def _built_alike(a: Term, b: Term, given: tuple[Term, ...], using: tuple[Theorem, ...]) -> Theorem:
    if a.op == "int" and b.op == "mul":
        return _taken_out(a, b)
    if a.op != b.op or len(a.args) != len(b.args):
        raise Unlike
    if a.op in ("int", "E") and a.args[:2] == b.args[:2]:
        return under(a, equal(a.args[2], b.args[2], given, using))
    if a.op not in ("normal", "mul") or any(old.sort != new.sort for old, new in zip(a.args, b.args, strict=True)):
        raise Unlike
    links = []
    for k, (old, new) in enumerate(zip(a.args, b.args, strict=True)):
        if not same(old, new):
            step = equal(old, new, given, using)
            hole = sym(fresh("hole", {s.args[0] for s in a.free | b.free}), old.sort)
            context = Term(a.op, (*b.args[:k], hole, *a.args[k + 1 :]), a.sort)
            links.append(congruence(context, hole, step))
    if not links:
        raise Unlike
    return chain(*links)


def _taken_out(a: Term, b: Term) -> Theorem:
    """int c f dx = c int f dx, as a case of this equation for letters c and f."""
    x, measure, body = a.args
    c, inner = b.args if len(b.args) == 2 else (b, b)
    if inner.op != "int" or body != mul(c, inner.args[2]) or inner.args[:2] != (x, measure) or x in c.free:
        raise Unlike
    if mentions(a, "f") or not is_scalar(inner):
        raise Unlike
    factor, f = sym(fresh("c", {s.args[0] for s in a.free})), app("f", x)
    general = algebra(integral(x, factor * f, measure), factor * integral(x, f, measure))
    return instantiate(instantiate_function(general, "f", (x,), inner.args[2]), table({factor: c}))
