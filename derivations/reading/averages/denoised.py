"""Losses against the score of noisy data given clean data, as losses against the score of the noisy data.

E |u(y) + c grad log q(y|x)|^2 over x and y is E |u(y) + c grad log q(y)|^2 and what is free of u: given y, the mean of
the one score is the other. That is dsm.equivalence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, mul, norm2, num, power
from derivations.reading.averages.lawful import time_of
from derivations.reading.equations.naming import is_density
from derivations.reading.laws import bayes
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.signature import PARAMETERS
from derivations.reading.text.syntax import UnreadError

ID = "dsm.equivalence"
BARE = re.compile(r"(?:pi|rho|mu|[pq])(?:_\w+)?(?:\((?P<drawn>\w+)\))?")  # a law of the data, by its name


@dataclass(frozen=True)
class Slope:
    """The gradient of a log-density at a point: the gradient, and owner, variable and conditions of the density."""

    term: Term
    density: Term
    owner: str
    variable: tuple[Term, ...]
    given: tuple[tuple[Term, ...], ...]


def marginal(t: Term, sides: tuple[Term, Term]) -> Term:
    """The term with each loss against a conditional score as one against the score of its variable alone, where the
    equation names that; what is free of the network is left out.
    """
    if t.op == "app" and t.args[0] == "E":
        body, laws = flat(t)
        found = _rewritten(body, laws, sides)
        if found is not None:
            return found
    args = tuple(marginal(a, sides) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def flat(t: Term) -> tuple[Term, list[Term]]:
    """What is averaged, and under which laws, the nested ones too; the times that are drawn come last."""
    body, laws = t.args[1], list(t.args[2:])
    while body.op == "app" and body.args[0] == "E":
        laws += body.args[2:]
        body = body.args[1]
    return body, sorted(laws, key=lambda law: time_of(law) is not None)


def _rewritten(body: Term, laws: list[Term], sides: tuple[Term, Term]) -> Term | None:
    factors = list(body.args) if body.op == "mul" else [body]
    squares = [f for f in factors if f.op == "norm2" or (f.op == "pow" and f.args[1] == num(2))]
    if len(squares) != 1:
        return None
    try:
        inside = parts(squares[0].args[0])
    except UnreadError:
        return None
    kernels = [s for p in inside for s in _slopes(p) if s.given and s.term == p]
    if not kernels:
        return _of_noisy(body, laws, sides)
    if len(kernels) != 1:
        return None
    kernel = kernels[0]
    clean = {v[0] for v in kernel.given}
    alone = [s for side in sides for p in walk(side) for s in _slopes(p) if _is_marginal(s, kernel)]
    alone = [s for s in alone if s.owner == kernel.owner] or alone
    rest = [p for p in inside if p != kernel.term] + [f for f in factors if f is not squares[0]]
    if len(kernel.given) != 1 or len({s.density for s in alone}) != 1 or any(clean & set(walk(p)) for p in rest):
        return None
    noisy, times = alone[0], [law for law in laws if time_of(law) is not None]
    if not _is_joint([law for law in laws if law not in times], kernel, clean):
        return None
    terms = [mul(c, noisy.term if p == kernel.term else p) for p, c in inside.items()]
    whole = add(*terms) if len(terms) > 1 else terms[0]
    square = power(whole, 2) if is_scalar(whole) else norm2(whole)
    weights = [f for f in factors if f is not squares[0]]
    found = app("E", mul(*weights, square) if weights else square, noisy.density)
    return app("E", found, *times) if times else found


def _of_noisy(body: Term, laws: list[Term], sides: tuple[Term, Term]) -> Term | None:
    """An average over clean and noisy data of what does not speak of the clean data, as one over the noisy data alone,
    the density of which the equation names.
    """
    given = [(law, found) for law in laws if (found := bayes.split(law)) is not None and len(found[2]) == 1]
    if len(given) != 1 or len(given[0][1][1]) != 1:
        return None
    kernel, (owner, above, below) = given[0]
    slope = Slope(kernel, kernel, owner, above[0], tuple(below))
    alone = {s.density for side in sides for p in walk(side) for s in _slopes(p) if _is_marginal(s, slope)}
    times = [law for law in laws if time_of(law) is not None]
    if below[0][0] in set(walk(body)) or len(alone) != 1:
        return None
    if not _is_joint([law for law in laws if law not in times], slope, {below[0][0]}):
        return None
    average = app("E", body, alone.pop())
    return app("E", average, *times) if times else average


def _slopes(t: Term) -> Iterator[Slope]:
    """The term as the gradient of a log-density, or nothing."""
    if t.op == "grad":
        bound, body, at = t.args
    elif t.op == "diff":
        at, body = t.args[0], t.args[1]
        bound = at
    else:
        return
    if body.op != "log" or not is_density(body.args[0]):
        return
    density = replaced(body.args[0], bound, at) if bound != at else body.args[0]
    found = bayes.split(density)
    if found is not None and len(found[1]) == 1 and found[1][0][0] == at:
        yield Slope(t, density, found[0], found[1][0], tuple(found[2]))


def _is_marginal(s: Slope, kernel: Slope) -> bool:
    """Whether a score is that of the noisy data alone, under any letter that is no model's."""
    return not s.given and s.variable == kernel.variable and not speaks_of(PARAMETERS, s.density)


def _is_joint(laws: list[Term], kernel: Slope, clean: set[Term]) -> bool:
    """Whether the laws are of the clean and the noisy data: the kernel beside a law of the clean data, their joint
    density, or their bare names.
    """
    data = {str(v.args[0]) if v.op == "sym" else _spelled(v) for v in clean}
    if kernel.density in laws and len(laws) == 2:
        other = laws[1 - laws.index(kernel.density)]
        plain = app(str(other.args[0]).replace("_data(", "("), *other.args[1:]) if is_density(other) else other
        found = bayes.split(plain)
        named = found is not None and [v[0] for v in found[1]] == list(clean) and not found[2]
        return named or variable(other) in (*data, "")
    if len(laws) == 1 and is_density(laws[0]):
        found = bayes.split(laws[0])
        names = {v[0] for v in found[1]} if found is not None and not found[2] else set()
        return found is not None and found[0] == kernel.owner and names == {kernel.variable[0], *clean}
    return len(laws) == 2 and {variable(law) for law in laws} == {_spelled(kernel.variable[0]), *data}


def variable(law: Term) -> str | None:
    """The variable of a law that is only named: x of "law x", of x ~ p, of pi(x); "" of a law without one."""
    if law.op != "sym" or not str(law.args[0]).startswith("law "):
        return None
    words = re.sub(r"(tilde|hat|bar)\((\w+)\)", r"\2_\1", re.sub(r"[{}]", "", str(law.args[0])[4:]))
    drawn, _, of = words.partition("~")
    found = BARE.fullmatch(drawn)
    return drawn if of or found is None else found["drawn"] or ""


def speaks_of(labels: Collection[str], t: Term) -> bool:
    """Whether a term has a name with one of some labels, as s_theta has that of a network."""
    names = [str(p.args[0]) for p in walk(t) if p.op in ("sym", "app")]
    return any(part in labels for n in names for part in re.split(r"[_(]", n))


def _spelled(t: Term) -> str:
    """A state as it is written under an expectation sign."""
    at = t.args[1] if t.op == "app" and len(t.args) == 2 else None
    return f"{t.args[0]}_{at.args[0]}" if at is not None and at.op in ("num", "sym") else str(t.args[0])


__all__ = ["ID", "flat", "marginal", "speaks_of", "variable"]
