"""Vectors that are random: sums of states, networks and independent standard noise, compared as laws.

x_t = a x_s + b eps says that x_t given x_s has the mean a x_s and the variance b^2. Two such sums are equal in law when
their means agree and the squares of their noise coefficients add up to the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import REAL, Term, add, app, diff, div, is_scalar, mul, neg, num, power
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, bare_noise, put, state_coefficients
from derivations.reading.notation.unfolding import split_index
from derivations.reading.text.syntax import UnreadError

MATRIX = "a matrix in front of a vector"
Parts = dict[Term, Term]


def parts(t: Term, factor: Term | None = None) -> Parts:
    """A vector as coefficients of its atoms. Raises UnreadError for a matrix in front of a vector."""
    factor = num(1) if factor is None else factor
    if t.op == "add":
        out: Parts = {}
        for a in t.args:
            for atom, c in parts(a, factor).items():
                out[atom] = add(out[atom], c) if atom in out else c
        return out
    if t.op == "neg":
        return parts(t.args[0], neg(factor))
    if t.op == "div":
        return parts(t.args[0], div(factor, t.args[1]))
    if t.op == "mul":
        vectors = [a for a in t.args if not is_scalar(a)]
        if len(vectors) != 1 or vectors[0].sort[0] != "vec":
            raise UnreadError(MATRIX, repr(t)[:60])
        scalars = [a for a in t.args if is_scalar(a)]
        return parts(vectors[0], mul(factor, *scalars) if scalars else factor)
    if t.op == "zero" or t == num(0):
        return {}
    return {t: factor}


def rates(t: Term, current: Term) -> Term:
    """The term with the time derivatives of sums of fixed vectors carried out."""
    args = tuple(rates(a, current) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "rate":
        return t
    time = t.args[2] if len(t.args) > 2 else current
    if time.op != "sym" or time.sort != REAL:
        return t
    try:
        found = parts(t.args[1])
    except UnreadError:
        return t
    if list(found) == [t.args[1]]:
        return t
    return add(*(p for a, c in found.items() for p in _rate(a, c, time)))


def _rate(atom: Term, c: Term, time: Term) -> list[Term]:
    """The rate of a coefficient times a vector, which may move itself."""
    moving = [mul(c, app("rate", atom, time, sort=atom.sort))] if time in atom.free else []
    return [mul(diff(time, c), atom), *moving]


def is_noise(t: Term, noises: Collection[str]) -> bool:
    """Whether an atom is a standard noise: its letter says so."""
    return t.op in ("sym", "app") and str(t.args[0]).split("_")[0] in noises and (t.op == "sym" or len(t.args) == 2)


def mean_and_variance(t: Term, noises: Collection[str]) -> tuple[Term, Term, int]:
    """The mean, the variance of each coordinate, and how many noises there are."""
    mean: list[Term] = []
    variance: list[Term] = []
    for atom, c in parts(t).items():
        if is_noise(atom, noises):
            variance.append(power(c, 2))
        else:
            mean.append(mul(c, atom))
    zero = mul(num(0), t)
    return add(*mean) if mean else zero, add(*variance) if variance else num(0), len(variance)


def equal_in_law(lhs: Term, rhs: Term, noises: Collection[str], domains: Mapping[str, str]) -> Answer:
    """Whether two sums have one law, given everything in them that is no noise."""
    (m1, v1, n1), (m2, v2, n2) = mean_and_variance(lhs, noises), mean_and_variance(rhs, noises)
    if not n1 or not n2:
        return Answer("undecided", "only one side is random")
    means = equal(m1, m2, domains)
    if means.status != "proved":
        return _about(means, "the means")
    return _about(equal(v1, v2, domains), "the variances")


def _about(a: Answer, what: str) -> Answer:
    return Answer(a.status, f"{what}: {a.reason}" if a.status != "proved" else "equal in law", a.witness, a.values)


def forward(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> tuple[Term, Term] | None:
    """Mean and variance of the state lhs given the one earlier state in rhs; None when it is not about that."""
    coefficients = state_coefficients(notation.world.name)
    if coefficients is None or lhs.op != "app" or lhs.args[0] != "x" or len(lhs.args) != 2:
        return None
    try:
        atoms = [a for a in parts(rhs) if not is_noise(a, noises)]
        count = sum(is_noise(a, noises) for a in parts(rhs))
    except UnreadError:
        return None
    if len(atoms) != 1 or not count or atoms[0].op != "app" or atoms[0].args[0] != "x" or len(atoms[0].args) != 2:
        return None
    here, before = split_index(lhs.args[1]), split_index(atoms[0].args[1])
    if (
        here is None
        or before is None
        or (here[0] is None and (here[1] == 0 or before[0] is not None))
        or (here[0] == before[0] and before[1] >= here[1])
    ):
        return None
    if here[0] is not None and before[0] is not None and here[0] != before[0] and here[0].args[0] < before[0].args[0]:
        return None
    a, b = (notation.unfolded(at_index(c, lhs.args[1])) for c in coefficients)
    if before == (None, Fraction(0)):
        mean, variance = mul(a, atoms[0]), power(b, 2)
    else:
        a_before, b_before = (notation.unfolded(at_index(c, atoms[0].args[1])) for c in coefficients)
        ratio = div(a, a_before)
        mean, variance = mul(ratio, atoms[0]), add(power(b, 2), neg(mul(power(ratio, 2), power(b_before, 2))))
    return mean, variance


def one_step(notation: Notation, terms: tuple[Term, Term], noises: Collection[str]) -> tuple[Term, Term] | None:
    """The terms with the later of two neighbouring states made of the earlier one and of the one noise beside them;
    None when they are about other states.
    """
    found = {p for t in terms for p in walk(t) if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    steps = {p: split_index(p.args[1]) for p in found}
    bare = bare_noise(terms, noises)
    if len(steps) != 2 or len(bare) != 1 or any(k is None or k[0] is None for k in steps.values()):
        return None
    early, late = sorted(steps, key=lambda p: steps[p][1])  # type: ignore[index]
    (noise,) = bare
    given = forward(notation, late, add(early, noise), noises)
    if given is None or steps[late][1] - steps[early][1] != 1:  # type: ignore[index]
        return None
    value = add(given[0], mul(Term("sqrt", (given[1],), REAL), noise))
    return put(terms[0], late, value), put(terms[1], late, value)


def at_index(t: Term, index: Term) -> Term:
    """A coefficient of the state at another index."""
    if t.op == "sym" and t.args[0] == "t":
        return index
    return rebuild(t, tuple(at_index(a, index) if isinstance(a, Term) else a for a in t.args))
