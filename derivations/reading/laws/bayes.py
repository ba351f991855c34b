"""Conditional densities by their definition: p(a | b) = p(a, b) / p(b), for densities of one owner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, div, grad, is_scalar, log, mul, neg, num
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.text.syntax import UnreadError

_NAME = re.compile(r"(?P<owner>[pq])(?:_(?:theta|phi|psi|t|vartheta))?\((?P<shape>[^()]*)\)")


def joint(t: Term) -> Term:
    """The term with conditional densities as quotients, and gradients of log-densities as sums of atoms."""
    if t.op == "grad" and t.args[1].op in ("add", "neg"):
        return _by_terms(t)
    if t.op == "grad" and t.args[1].op == "log":
        found = _gradient(t)
        if found is not None:
            return found
    if t.op == "grad" and split(t.args[1]) is not None:  # grad p = p grad log p
        x, density_, at = t.args
        return mul(joint(replaced(density_, x, at)), joint(grad(x, log(density_), at)))
    args = tuple(joint(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app":
        return t
    parts = split(t)
    if parts is None:
        return t
    owner, above, below = parts
    whole = density(owner, [*above, *below])
    return div(whole, density(owner, below)) if below else whole


def _by_terms(t: Term) -> Term:
    """The gradient of a sum of multiples of log-densities as the sum of their gradients; itself where it is of more."""
    x, body, at = t.args
    parts = body.args if body.op == "add" else (body,)
    terms = [_multiple(x, a, at) for a in parts if x in a.free]
    kept = [a for a in terms if a is not None]
    if not kept or len(kept) < len(terms):
        return t
    return add(*kept) if len(kept) > 1 else kept[0]


def _multiple(x: Term, a: Term, at: Term) -> Term | None:
    """The gradient of c log p, by that of log p; None of anything else."""
    if a.op == "neg":
        found = _multiple(x, a.args[0], at)
        return None if found is None else neg(found)
    if a.op == "mul":
        inside = [f for f in a.args if x in f.free]
        found = _multiple(x, inside[0], at) if len(inside) == 1 else None
        return None if found is None else mul(*(f for f in a.args if f not in inside), found)
    return joint(grad(x, a, at)) if a.op == "log" else None


def whole(t: Term) -> Term:
    """The term with conditional densities as quotients, where they can be read; itself elsewhere."""
    try:
        return joint(t)
    except UnreadError:
        return t


def at_one_time(*sides: Term) -> tuple[Term, ...]:
    """The sides with p(y | x) as p_t(y | x), where other densities of the state stand at one time t."""
    found = {p for t in sides for p in walk(t) if p.op == "app" and split(p) is not None}
    times = {p.args[-1] for p in found if p.args[0].endswith("@)")}
    if len(times) != 1:
        return sides
    for p in found:
        letters = _letters(p)
        if p.args[0].endswith("@)") or len(letters) != len(p.args) - 1 or not {"x", "z"} & set(letters):
            continue
        named = app(p.args[0].removesuffix(")") + "@)", *p.args[1:], *times)
        sides = tuple(replaced(t, p, named) for t in sides)
    return sides


def untimed(*sides: Term) -> Iterator[tuple[Term, ...]]:
    """The sides as quotients of densities without the one time below all letters that have one: what they are of may
    not move with it, as z of p_t(x | z) p(z). Nothing where there are other times, or this one stands elsewhere too.
    """
    found = {p for t in sides for p in walk(t) if p.op == "app" and str(p.args[0]).endswith("@)")}
    times = {p.args[-1] for p in found}
    for p in found:
        sides = tuple(replaced(t, p, app(str(p.args[0]).replace("@)", ")"), *p.args[1:-1])) for t in sides)
    if len(times) == 1 and not any(p in times for t in sides for p in walk(t)):
        yield tuple(whole(t) for t in sides)


def mixed(*sides: Term) -> bool:
    """Whether some densities stand at a time and others do not: what these have to do with one another is open."""
    found = {p for t in at_one_time(*sides) for p in walk(t) if p.op == "app" and split(p) is not None}
    return len({p.args[0].endswith("@)") for p in found if set(_letters(p)) - {"y"}}) > 1


def _letters(density_: Term) -> list[str]:
    """The letters of the variables and conditions of a density."""
    return re.findall(r"[a-z]+", str(density_.args[0]).partition("(")[2])


def split(t: Term) -> tuple[str, list[tuple[Term, ...]], list[tuple[Term, ...]]] | None:
    """The owner, the variables and the conditions of a density, each with its time; None for anything else."""
    m = _NAME.fullmatch(t.args[0]) if t.op == "app" else None
    if m is None:
        return None
    above, _, below = m["shape"].removesuffix("@").partition("|")
    shown = [[name for name in part.split(",") if name] for part in (above, below)]
    if m["shape"].endswith("@"):
        return _at_one_time(m["owner"], shown, t.args[1:])
    if "*" in m["shape"] or "@" in m["shape"]:
        return None
    values = list(t.args[1:])
    times = len(values) - sum(map(len, shown))  # that stand behind their variables
    groups: list[list[tuple[Term, ...]]] = []
    for names in shown:
        group: list[tuple[Term, ...]] = []
        for _ in names:
            if not values:
                raise UnreadError("a density of fewer variables than it shows", t.args[0])
            v = values.pop(0)
            timed = v.op == "app" and len(v.args) == 2 and is_scalar(v.args[1])
            bound = v.op == "sym" and v.args[0].startswith("∂") and is_scalar(values[0]) if values else False
            takes = values and times > 0 and (timed or bound)
            times -= bool(takes)
            group.append((v, values.pop(0)) if takes else (v,))
        groups.append(group)
    return m["owner"], groups[0], groups[1]


def _at_one_time(
    owner: str, shown: list[list[str]], values: tuple[Term, ...]
) -> tuple[str, list[tuple[Term, ...]], list[tuple[Term, ...]]] | None:
    """The same of p_t(x | y): the time is that of the state x, or of z where there is no x."""
    names = [name for part in shown for name in part]
    if len(values) != len(names) + 1 or any("*" in name for name in names):
        return None
    state = "x" if "x" in names else "z"
    variables: list[tuple[Term, ...]] = []
    for name, value in zip(names, values, strict=False):
        timed = name == state and value.op == "sym"
        variables.append((value, values[-1]) if timed else (value,))
    return owner, variables[: len(shown[0])], variables[len(shown[0]) :]


def density(owner: str, variables: list[tuple[Term, ...]]) -> Term:
    """The joint density of variables, in a canonical order."""
    ordered = sorted(variables, key=lambda v: repr(v[0]))
    return app(f"{owner}({','.join('·' for _ in ordered)})", *(a for v in ordered for a in v))


def _gradient(t: Term) -> Term | None:
    """grad log p(a | b) as grad log p(a, b) - grad log p(b), each an atom, zero where the variable does not occur."""
    x, body, at = t.args
    if body.args[0].op in ("mul", "div"):
        return _of_product(x, body.args[0], at)
    if body.args[0].op == "pow" and x not in body.args[0].args[1].free:
        found = _gradient(grad(x, log(body.args[0].args[0]), at))
        return None if found is None else mul(body.args[0].args[1], found)
    parts = split(body.args[0])
    if parts is None:
        return None
    owner, above, below = parts
    whole = [*above, *below]
    terms = [_atom(owner, whole, x, at)]
    if below:
        inside = _atom(owner, below, x, at)
        terms.append(neg(inside) if inside != num(0) else inside)
    kept = [k for k in terms if k != num(0)]
    if not kept:
        return None
    return add(*kept)


def _of_product(x: Term, t: Term, at: Term) -> Term | None:
    """grad log of a product or quotient of densities: the sum of those of its factors in which x occurs."""
    below = -1 if t.op == "div" else 0
    signed = [(f, k == len(t.args) + below) for k, f in enumerate(t.args) if x in f.free]
    found = [(_gradient(grad(x, log(f), at)), minus) for f, minus in signed]
    slopes = [neg(g) if minus else g for g, minus in found if g is not None]
    return add(*slopes) if slopes and len(slopes) == len(found) else None


def _atom(owner: str, variables: list[tuple[Term, ...]], x: Term, at: Term) -> Term:
    if not any(v[0] == x for v in variables):
        return num(0)
    names = sorted(_named(at if v[0] == x else v[0], v[1:]) for v in variables)
    return app(f"∇log {owner}({','.join(names)})", at, sort=at.sort)


def _named(value: Term, time: tuple[Term, ...]) -> str:
    """A variable as a text, with its time where it does not carry it itself."""
    return repr(value) + (f"@{time[0]!r}" if time and value.op == "sym" else "")


__all__ = ["density", "joint", "log", "split"]
