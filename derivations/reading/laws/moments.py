"""Variances of sums of independent standard noises: the sum of the squares of their coefficients."""

from __future__ import annotations

from collections.abc import Collection

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import REAL, Term, add, is_scalar, mul, num, power, sym
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.text.syntax import UnreadError

NAMES = ("Var[]", "bb V[]")


def variances(t: Term, noises: Collection[str]) -> Term:
    """The term with every variance of a linear combination of noises carried out."""
    args = tuple(variances(a, noises) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] not in NAMES or len(t.args) != 2:
        return t
    found = _variance(t.args[1], noises)
    return t if found is None else found


def _variance(t: Term, noises: Collection[str]) -> Term | None:
    if t.op == "sum":
        inside = _variance(t.args[3], noises)
        return None if inside is None or not is_scalar(t) else Term("sum", (*t.args[:3], inside), REAL)
    named = [p for p in walk(t) if p.op in ("sym", "app") and len(p.args) <= 2]
    atoms = {p for p in named if letter(p) in ("z", "xi")} or {p for p in named if letter(p) in noises}
    if not is_scalar(t):
        return _of_vector(t, noises)
    if not atoms:
        return None
    total: list[Term] = []
    rest = t
    for k, atom in enumerate(sorted(atoms, key=repr)):
        one = sym(f"noise {k}", REAL)
        rest = replaced(rest, atom, one)
    names = [sym(f"noise {k}", REAL) for k in range(len(atoms))]
    for name in names:
        coefficient = _coefficient(rest, name, names)
        if coefficient is None:
            return None
        total.append(power(coefficient, 2))
    return add(num(0), *total)


def _of_vector(t: Term, noises: Collection[str]) -> Term | None:
    """The variance of every coordinate of a combination of vector noises."""
    try:
        found = parts(t)
    except UnreadError:
        return None
    if not found or any(letter(a) not in noises for a in found if a.op in ("sym", "app")):
        return None
    return add(num(0), *(power(c, 2) for c in found.values()))


def letter(t: Term) -> str:
    """The letter of a name without its label."""
    return str(t.args[0]).split("_")[0]


def _coefficient(t: Term, name: Term, names: list[Term]) -> Term | None:
    """The coefficient of a name in a term that is linear in the names; None when it is not."""
    if not t.free & set(names):
        return num(0)
    if t == name:
        return num(1)
    if t in names:
        return num(0)
    if t.op == "add":
        parts = [_coefficient(a, name, names) for a in t.args]
        return None if None in parts else add(*(p for p in parts if p is not None))
    if t.op == "neg":
        inside = _coefficient(t.args[0], name, names)
        return None if inside is None else mul(num(-1), inside)
    if t.op == "mul":
        noisy = [a for a in t.args if a.free & set(names)]
        inside = _coefficient(noisy[0], name, names) if len(noisy) == 1 else None
        return None if inside is None else mul(inside, *(a for a in t.args if not a.free & set(names)))
    if t.op == "div" and not t.args[1].free & set(names):
        inside = _coefficient(t.args[0], name, names)
        return None if inside is None else inside / t.args[1]
    return None
