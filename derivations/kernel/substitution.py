"""Substitution that never captures a bound variable, and equality up to bound names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from derivations.kernel.forms import sort_of
from derivations.kernel.terms import BINDERS, Sort, Term, TermError, show, sym

SHORT = 500  # nodes of a term in which a substitution is remembered


def rebuild(t: Term, args: tuple[Any, ...], sort: Sort | None = None) -> Term:
    """The same operator over other arguments; a sort that the arguments decide is decided by them."""
    sort = t.sort if sort is None else sort
    if args == t.args and sort == t.sort:
        return t
    return Term(t.op, args, sort_of(t.op, args, sort))


def fresh(name: str, taken: set[str]) -> str:
    """The name, primed until it is not taken."""
    while name in taken:
        name += "'"
    return name


def substitute(t: Term, table: dict[Term, Term]) -> Term:
    """t with every free symbol of the table replaced at once; bound variables are renamed where they would capture."""
    return _known(t, tuple(table.items())) if t.size <= SHORT else _checked(t, table)


@lru_cache(maxsize=4096)
def _known(t: Term, pairs: tuple[tuple[Term, Term], ...]) -> Term:
    return _checked(t, dict(pairs))


def _checked(t: Term, table: dict[Term, Term]) -> Term:
    for old, new in table.items():
        if old.op != "sym":
            raise TermError(f"only symbols are instantiated, not {show(old)}")
        wanted = _sort(old.sort, {k: v for k, v in table.items() if k != old})
        if wanted[:3] != new.sort[:3] and not (wanted[0] == "real" and new.sort[0] == "int"):
            raise TermError(f"{show(old)} has sort {wanted[:3]}, but {show(new)} has sort {new.sort[:3]}")
    return _substitute(t, table)


def _substitute(t: Term, table: dict[Term, Term]) -> Term:
    table = {k: v for k, v in table.items() if k in t.free}
    if not table:
        return t
    if t.op == "sym":
        hit = table.get(t)
        return hit if hit is not None else Term("sym", t.args, _sort(t.sort, table))
    sort = _sort(t.sort, table)
    if t.op == "eqmod":
        _keep_theta(t, table)
    if t.op not in BINDERS:
        return rebuild(t, tuple(_substitute(a, table) if isinstance(a, Term) else a for a in t.args), sort)
    var, scope = t.args[0], BINDERS[t.op]
    inside = {k: v for k, v in table.items() if k != var}
    taken = {s.args[0] for v in inside.values() for s in v.free}
    taken |= {s.args[0] for k in scope for s in t.args[k].free if s != var}  # of another sort now, of the same later
    new = var
    if var.args[0] in taken:
        taken |= {s.args[0] for a in t.args if isinstance(a, Term) for s in a.free}
        new = sym(fresh(var.args[0], taken), var.sort)
    new = Term("sym", new.args, _sort(new.sort, table))
    if new != var:
        inside[var] = new
    args = (new,) + tuple(
        (_substitute(a, inside if k in scope else table) if isinstance(a, Term) else a)
        for k, a in enumerate(t.args[1:], 1)
    )
    return rebuild(t, args, sort)


def _keep_theta(t: Term, table: dict[Term, Term]) -> None:
    """Refuse to put anything that depends on theta into "= up to a constant free of theta"; theta may be renamed."""
    theta = t.args[0]
    new = _substitute(theta, table)
    if theta.op != new.op:
        raise TermError(f"{show(theta)} is the variable of an equality up to a constant; {show(new)} cannot replace it")
    for s in t.free - {theta}:  # two vectors of one name become one where their dimensions do
        if moves(_substitute(s, table), new):
            raise TermError(f"{show(s)} depends on {show(new)}, so what was a constant would not be one: {show(t)}")


def moves(t: Term, theta: Term) -> bool:
    """Whether a term or formula depends on theta, a symbol or a function that varies."""
    return theta in t.free or (theta.op == "app" and mentions(t, theta.args[0]))


def _sort(sort: Sort, table: dict[Term, Term]) -> Sort:
    if len(sort) == 1:
        return sort
    return tuple(_substitute(p, table) if isinstance(p, Term) else p for p in sort)


def alpha(t: Term) -> Term:
    """The term with its bound variables named by their height, so that equality ignores bound names."""
    return _alpha(t)[0]


@lru_cache(maxsize=100_000)
def _alpha(t: Term) -> tuple[Term, int]:
    parts = [(_alpha(a) if isinstance(a, Term) else (a, 0)) for a in t.args]
    height = max((h for _, h in parts), default=0)
    if t.op not in BINDERS:
        return rebuild(t, tuple(a for a, _ in parts)), height
    var, name = t.args[0], sym(f"#{height}", t.args[0].sort)
    args = (name,) + tuple(
        (_substitute(a, {var: name}) if k in BINDERS[t.op] and isinstance(a, Term) else a)
        for k, (a, _) in enumerate(parts[1:], 1)
    )
    return rebuild(t, args), height + 1


def expand_function(t: Term, name: str, params: tuple[Term, ...], body: Term) -> Term:
    """t with every application name(args) replaced by body[params := args], again without capture."""
    if t.op == "app" and t.args[0] == name:
        if len(t.args) - 1 != len(params):
            raise TermError(f"{name} takes {len(params)} arguments, got {len(t.args) - 1} in {show(t)}")
        for p, a in zip(params, t.args[1:], strict=True):
            if p.sort[-1] == "spd" and a.sort[-1] != "spd":
                raise TermError(f"{name} is given for a positive definite {show(p)}, and {show(a)} is not declared so")
        args = [expand_function(a, name, params, body) for a in t.args[1:]]
        out = substitute(body, dict(zip(params, args, strict=True)))
        if out.sort[:3] != t.sort[:3] and {out.sort[0], t.sort[0]} - {"real", "int"}:
            raise TermError(f"{name} has the sort {t.sort} in {show(t)}, and {show(out)} has the sort {out.sort}")
        return out
    if t.op == "eqmod":
        theta = t.args[0]
        if mentions(theta, name) or moves(body, theta):
            raise TermError(
                f"{name} cannot be replaced: an equality up to a constant depends on {show(theta)}: {show(t)}"
            )
    if t.op in BINDERS:
        loose = {s.args[0] for s in body.free - set(params)}
        if t.args[0].args[0] in loose:
            taken = loose | {s.args[0] for a in t.args if isinstance(a, Term) for s in a.free}
            new = sym(fresh(t.args[0].args[0], taken), t.args[0].sort)
            t = rebuild(t, (new,) + tuple(
                _substitute(a, {t.args[0]: new}) if k in BINDERS[t.op] and isinstance(a, Term) else a
                for k, a in enumerate(t.args[1:], 1)))  # fmt: skip
    new = rebuild(t, tuple(expand_function(a, name, params, body) if isinstance(a, Term) else a for a in t.args))
    if t.op == "all" and t.args[0] in sizes_in(new.args) - sizes_in(t.args):
        raise TermError(f"{name} cannot be replaced: {show(t.args[0])} would be a dimension, and no longer any number")
    return new


def sizes_in(parts: tuple[Any, ...]) -> frozenset[Term]:
    """The symbols that are dimensions in one of the parts: what is said for all of them is said from 1 on."""
    return frozenset().union(*(a.dims for a in parts if isinstance(a, Term)))


def mentions(t: Term, name: str) -> bool:
    """Whether the opaque function `name` occurs."""
    return (t.op == "app" and t.args[0] == name) or any(mentions(a, name) for a in t.args if isinstance(a, Term))


def structural_level(t: Term) -> int:
    """How many binders are nested in the scope of this one, as it is written."""
    return max((height(a) for k, a in enumerate(t.args) if k in BINDERS[t.op] and isinstance(a, Term)), default=0)


def height(t: Term) -> int:
    """How deep binders are nested in the term."""
    if t.op in ("sym", "num"):
        return 0
    inner = max((height(a) for a in t.args if isinstance(a, Term)), default=0)
    return inner + (t.op in BINDERS)


def seen(t: Term, w: Term, bound: frozenset[Term] = frozenset()) -> frozenset[tuple[Term, bool]]:
    """The applications (or w itself) through which t sees w, and whether they run over a bound variable of t.

    Where h(w, x) stands under an integral over x, t sees all of h(w, .), not its value at one x.
    """
    if w not in t.free:
        return frozenset()
    if t == w or (t.op == "app" and w in t.args[1:]):
        return frozenset(((t, bool(t.free & bound)),))
    within = bound | {t.args[0]} if t.op in BINDERS else bound
    return frozenset().union(*(seen(a, w, within) for a in t.args if isinstance(a, Term)))


def conditioned(t: Term) -> list[tuple[Term, Term]]:
    """(w, density) of every conditional density in the formula. What is given there is what the density shows of w, as
    it is written: h(y) + 0 * z is given z, and h(y) is not.
    """
    here = [(t.args[0], t.args[3].args[2])] if t.op == "conditional" else []
    return here + [pair for a in t.args if isinstance(a, Term) for pair in conditioned(a)]


def given_less(old: Term, new: Term, name: str, params: tuple[Term, ...], body: Term) -> bool:
    """Whether a conditional density shows less of its w once the function is replaced, so that less is given."""
    for (w, before), (v, after) in zip(conditioned(old), conditioned(new), strict=True):
        if mentions(before, name):
            parts = [expand_function(s, name, params, body) for s, _ in seen(before, w)]
            if v != w or not frozenset().union(*(seen(s, w) for s in parts)) <= seen(after, w):
                return True
    return False
