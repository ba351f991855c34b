"""Equations of densities: of two or three variables by their definition, of a chain as those of a Markov chain; and the
densities that an equation cannot mean, or that it may name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, normal, num, power, sym
from derivations.reading.equations import naming
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.laws import bayes, bounds
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced, split_index
from derivations.reading.terms.brackets import OPEN
from derivations.reading.terms.signature import DIMENSION, INDICES, TIMELIKE
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

UNMENTIONED = "which the left side does not mention"


def under_binder(terms: Iterable[Term]) -> bool:
    """Whether a sum or product runs over densities that have no form: they are no independent functions."""
    binders = (p for t in terms for p in walk(t) if p.op in ("sum", "prod"))
    return any(naming.is_density(q) for p in binders for q in walk(p))


def verdict(lhs: Term, rhs: Term, by_numbers: Answer) -> Answer | None:
    """The answer on an equation of densities; None when it is open. Those of three states, and sums over steps, are of
    a Markov chain, which numbers for every joint density do not know.
    """
    parts = [p for t in (lhs, rhs) for p in walk(t)]
    states = {p for p in parts if p.op == "app" and p.args[0] == "x" and len(p.args) == 2}
    chain = len(states) > 2 or any(p.op in ("sum", "prod", "int") for p in parts)
    found = bounds.judge(lhs, rhs, "=") if chain else None
    if found is not None and found.verdict in ("proved", "refuted"):
        return Answer(found.verdict, found.message, dict(found.witness), found.values)
    left, right = ({str(p.args[0])[0] for p in walk(t) if naming.is_density(p)} for t in (lhs, rhs))
    if not left & right or chain or bayes.mixed(lhs, rhs):  # grad log p = -x or = grad log q is a property of p
        return None
    if by_numbers.status == "refuted":
        return replace(by_numbers, reason="by the definition of conditional densities the two sides differ")
    return None


def are_joint(a: Term, b: Term) -> bool:
    """Whether every name is a joint density or its score: then their values are independent. Those of a chain are
    not: a sum over its steps telescopes, and a range of states has parts.
    """
    if any(p.op in ("sum", "prod") or (p.op == "sym" and ":" in str(p.args[0])) for t in (a, b) for p in walk(t)):
        return False
    names = {
        p.args[0]
        for t in (a, b)
        for p in walk(t)
        if p.op == "app" and len(p.args) > 1 and p.args[0] not in ("x", "z", "y")
    }
    return bool(names) and all("·" in n or n.startswith("∇log") for n in names)


def strange(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    """A density that is set equal to a Gaussian of another variable, or that is conditioned on its own variable."""
    if is_own_condition(lhs) and rhs.op != "normal":
        return Judgement("undecided", message="a density is conditioned on its own variable")
    if _is_of_another(lhs, rhs):
        return Judgement("undecided", message="a density is set equal to an exponential without its variable")
    if rhs.op != "normal" or lhs.op != "app" or "(" not in lhs.args[0]:
        return None
    if lhs.args[1] == sym(OPEN):
        return None  # the density of whatever the right side is one of
    states = [a for a in lhs.args[1:] if not is_scalar(a)]
    x, mean, cov = rhs.args
    if states and x not in states:
        at = [normal(num(k) if is_scalar(x) else mul(num(k), x), mean, cov) for k in (0, 1)]
        answer = equal(at[0], at[1], domains)
        why = f"the right side is a density of {plain(x)}, {UNMENTIONED}"
    elif states and states[0] in states[1:]:
        answer = equal(cov, mul(num(0), cov), domains)
        why = f"{plain(states[0])} is conditioned on itself, and then has no variance"
    elif states[:1] == [x] and x in walk(mean):
        return _of_itself(x, mean, domains)
    else:
        return _turned(lhs, rhs, domains)
    if answer.status != "refuted":
        return None
    return Judgement("refuted", message=why, witness=dict(answer.witness or {}), values=answer.values)


def _is_of_another(lhs: Term, rhs: Term) -> bool:
    """Whether a density is set equal to an exponential that another vector stands in, and its own variable not."""
    if not naming.is_density(lhs) or len(lhs.args) < 2 or is_scalar(lhs.args[1]) or lhs.args[1] in walk(rhs):
        return False
    inside = [q for p in walk(rhs) if p.op == "exp" for q in walk(p.args[0])]
    return any(q.op in ("sym", "app") and not is_scalar(q) and q.args[0] in naming.STATES for q in inside)


def under_weight(lhs: Term, rhs: Term) -> bool:
    """Whether a density is one given a number that weighs others on the right side, p(x | c, w): it is named so, and
    obeys no rule of Bayes.
    """
    found = {p for p in walk(lhs) if naming.is_density(p) and "|" in p.args[0]}
    if len(found) != 1 or not any(map(naming.is_density, walk(rhs))):
        return False
    given = {a for a in found.pop().args[2:] if a.op == "sym" and is_scalar(a) and a.args[0] not in INDICES}
    return bool(given & _outside(rhs) - _inside(rhs))


def _outside(t: Term) -> set[Term]:
    """The symbols of a term that stand outside its densities."""
    if naming.is_density(t):
        return set()
    return {t} if t.op == "sym" else set().union(*(_outside(a) for a in t.args if isinstance(a, Term)))


def _inside(t: Term) -> set[Term]:
    return {q for p in walk(t) if naming.is_density(p) for q in walk(p) if q.op == "sym"}


def _of_itself(x: Term, mean: Term, domains: Mapping[str, str]) -> Judgement | None:
    """The refutation of N(x; a x, C): over x that adds up to 1 / |1 - a|^d."""
    try:
        slope = parts(mean).get(x, num(0))
    except UnreadError:
        return None
    answer = equal(power(add(num(1), mul(num(-1), slope)), 2), num(1), domains)
    if answer.status != "refuted" or x in walk(slope):
        return None
    said = f"the mean of {plain(x)} is made of {plain(x)} itself, so that the right side does not add up to 1"
    return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)


def _turned(lhs: Term, rhs: Term, domains: Mapping[str, str]) -> Judgement | None:
    """The refutation of q(u | v) = N(v; a u, C) with v for its variable: over u that adds up to 1 / a^d."""
    found = variables_of(lhs)
    x, mean, cov = rhs.args
    if found is None or len(found[0]) != 1 or x not in found[1]:
        return None
    (u,) = found[0]
    try:
        slope = parts(mean).get(u, num(0))
    except UnreadError:
        return None
    if u in walk(cov) or u in walk(slope) or (slope == num(0) and (u in walk(mean) or u.op != "app")):
        return None
    answer = equal(slope, num(1), domains)
    if answer.status != "refuted":
        return None
    said = f"the right side is a density of {plain(x)}, on which the left side is conditioned: over {plain(u)} it does"
    why = f"{said} not add up to 1, for the factor of {plain(u)} in the mean is not 1"
    return Judgement("refuted", message=why, witness=dict(answer.witness or {}), values=answer.values)


def variables_of(density: Term) -> tuple[set[Term], set[Term]] | None:
    """The variables of a density and its conditions; a time behind "@" is neither. None where they are not named."""
    shape = str(density.args[0]).partition("(")[2].rstrip(")")
    above, _, below = shape.rstrip("@").partition("|")
    counts = [len([n for n in part.split(",") if n]) for part in (above, below)]
    values = [a for a in density.args[1:] if not is_scalar(a) or a.op == "sym"]
    states = [a for a in values if not is_scalar(a)] or values
    if "*" in shape or len(states) < sum(counts):
        return None
    return set(states[: counts[0]]), set(states[counts[0] : sum(counts)])


def is_own_condition(t: Term) -> bool:
    """Whether a term is a density of a variable given that variable."""
    found = variables_of(t) if naming.is_density(t) else None
    return found is not None and any(not is_scalar(v) for v in found[0] & found[1])


def of_other_times(one: Term, other: Term) -> bool:
    """Whether two densities carry times, written below their letters, that are a number of steps apart."""
    if not (str(one.args[0]).endswith("@)") and str(other.args[0]).endswith("@)")):
        return False
    here, there = split_index(one.args[-1]), split_index(other.args[-1])
    return here is not None and there is not None and here[0] == there[0] is not None and here[1] != there[1]


def of_others(lhs: Term, rhs: Term) -> bool:
    """Whether a density is set equal to one of other variables under other conditions, as in p(x | y) = p(y | x): no
    name gets its meaning so.
    """
    found = [variables_of(t) for t in (lhs, rhs) if naming.is_density(t)]
    if len(found) < 2 or found[0] is None or found[1] is None:
        return False
    return all(a != b for a, b in zip(*found, strict=True))


def with_conditions(density: Term, states: Iterable[Term]) -> Term | None:
    """A density under further states as conditions, moving ones before fixed ones; None for one that is not read."""
    try:
        found = bayes.split(density)
    except UnreadError:
        return None
    if found is None:
        return None
    owner, above, below = found
    below = sorted([*below, *((s, s.args[1]) for s in states)], key=lambda v: v[-1].op == "num")
    shown = [",".join(str(v[0].args[0]) for v in group) for group in (above, below)]
    return app(f"{owner}({'|'.join(shown)})", *(a for v in (*above, *below) for a in v), sort=density.sort)


def behind_logs(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """A density and a Gaussian for their logarithms, or for the gradients of these: who writes the score as that of a
    Gaussian says which law it is. Other sides as they are.
    """
    if lhs.op == rhs.op == "grad" and (lhs.args[0], lhs.args[2]) == (rhs.args[0], rhs.args[2]):
        bound, at = lhs.args[0], lhs.args[2]
        inside = [replaced(t.args[1], bound, at) for t in (lhs, rhs)]
    else:
        inside = [lhs, rhs]
    a, b = inside
    named = a.op == b.op == "log" and naming.is_density(a.args[0]) and b.args[0].op == "normal"
    return (a.args[0], b.args[0]) if named else (lhs, rhs)


def opened(lhs: Term, rhs: Term) -> Term:
    """A density like q(. | x_0) that is set equal to a Gaussian, with the variable of the Gaussian for what is open."""
    if rhs.op != "normal" or lhs.op != "app" or lhs.args[1:2] != (sym(OPEN),) or "(" not in str(lhs.args[0]):
        return lhs
    x = rhs.args[0]
    if x.op not in ("sym", "app"):
        return lhs
    index = x.args[1:] if x.op == "app" and len(x.args) == 2 and is_scalar(x.args[1]) else ()
    return app(lhs.args[0].replace(OPEN, str(x.args[0]), 1), x, *index, *lhs.args[2:])


MEASURES = frozenset({"pi", "rho", "mu", "nu"})
TILTED = re.compile(r"[pq](_theta|_phi|_t)?(_(gamma|s|w|lambda|hat|tilde|bar|prime))+(_theta|_phi|_t)?\(")


def is_made(lhs: Term, rhs: Term) -> Term | None:
    """What a tilted density is that is proportional to a product: that, over a number free of its variable; None for
    another density.
    """
    if lhs.op != "app" or not TILTED.match(str(lhs.args[0])) or lhs.args[0] in {p.args[0] for p in walk(rhs)}:
        return None
    return div(rhs, _normaliser(lhs, rhs))


def _normaliser(density: Term, product: Term) -> Term:
    """What makes a product integrate to 1: a number of all that it is made of but the variable of the density."""
    parts = variables_of(density) if naming.is_density(density) else None
    times = {a for a in density.args[1:] if a.op == "num" or str(a.args[0]) in TIMELIKE}
    above = parts[0] if parts is not None else {*density.args[1:]} - times
    free = {s for s in product.free if not str(s.args[0]).startswith("∂") and s != DIMENSION}
    given = sorted((parts[1] if parts is not None else set()) | (free - above), key=repr)
    return app(f"Z({density.args[0]})", *given) if given else sym(f"Z({density.args[0]})")


def is_gibbs(lhs: Term, rhs: Term) -> Term | None:
    """What a density is that is proportional to an exponential, or to a product with one, as exp(-V(x)): that, over a
    number free of its variable; None for another equation, and where the density is made of itself.
    """
    measure = lhs.op == "app" and str(lhs.args[0]).partition("_")[0] in MEASURES
    named = len(lhs.args) > 1 and (measure or naming.is_density(lhs))
    of_time = named and all(a.op == "num" or str(a.args[0]) in TIMELIKE for a in lhs.args[1:])
    if not named or of_time or not any(p.op == "exp" for p in walk(rhs)):
        return None
    if lhs.args[0] in {p.args[0] for p in walk(rhs) if p.op in ("app", "sym")}:
        return None
    return div(rhs, _normaliser(lhs, rhs))


def has_tilted(t: Term) -> bool:
    """Whether a term has a tilted density in it."""
    return any(p.op == "app" and TILTED.match(str(p.args[0])) for p in walk(t))


def are_told(t: Term, stated: Collection[Term]) -> bool:
    """Whether the document has said what a density in a term is."""
    return any(p.op == "app" and any(p.args[0] == s.args[0] for s in stated) for p in walk(t))


def tilted(lhs: Term, rhs: Term) -> str:
    """A tilted density like p_gamma that only the left side mentions, and no notation knows."""
    here = {p.args[0] for p in walk(lhs) if p.op == "app" and TILTED.match(p.args[0])}
    there = {p.args[0] for p in walk(rhs) if p.op == "app"}
    return next(iter(sorted(here - there)), "")
