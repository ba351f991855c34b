"""Averages over conditional densities: a mixture is the integral of what it mixes.

A document that has said p_t(x) = int p_t(x | x_1) q(x_1) dx_1, and what the marginal field is, may exchange averages
over p_t(x) and over q(x_1) p_t(x | x_1). Both sides become sums of integrals of products (products.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from derivations.formats.plain import plain
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, app, is_scalar, mul, num
from derivations.reading.averages.products import BeyondError, Reader, Sum, above, averages_something, below, simple
from derivations.reading.equations.naming import is_density
from derivations.reading.laws import densities
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SAID = "by the definition of an expectation; the integrals are taken to exist"
OTHER_TIME = "what is mixed is a density at another time: where p_t(x|z) = N(x; t, 1), the means are t and t - 1"
MEAN = "the field of a mixture is the mean of the fields, given where one is"
THROUGH = "by the law of total probability, where {} depends on the other states through {} alone"
MIXED = "by the definition of an expectation and of the mixture; the integrals are taken to exist"


def stated(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """Keep the mixture that a document makes of conditional densities, or of conditional fields; None for another
    equation.
    """
    if lhs.op != "app" or rhs.op != "app" or rhs.args[0] != "integral":
        return None
    if lhs in notation.mixtures:
        again = notation.mixtures[lhs] == rhs and not is_density(lhs)
        return Judgement("definition", message="as it was defined before") if again else None
    try:
        return _stated(notation, lhs, rhs)
    except (BeyondError, UnreadError):
        return None


def _stated(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    over = rhs.args[2]
    found = Reader(notation.mixtures).value(rhs)
    if len(found) != 1 or next(iter(found.values())) != 1:
        return None
    ((product, _),) = found.items()
    factors = dict(product.factors)
    through = _through_the_data(lhs, factors, over)
    if through is not None:
        return through
    given = [p for p in factors if is_density(p) and above(p) and over not in above(p) and over in below(p)]
    prior = [p for p in factors if is_density(p) and above(p) == {over} and not below(p)]
    if len(given) != 1 or len(prior) != 1 or factors[given[0]] != 1 or factors[prior[0]] != 1:
        return Judgement("definition", message=MEAN) if _is_mean(lhs, factors, over) else None
    rest = {p: k for p, k in factors.items() if p not in (given[0], prior[0])}
    if is_density(lhs):
        if rest or above(lhs) != above(given[0]):
            return None
        if densities.of_other_times(lhs, given[0]):
            return Judgement("refuted", "lvm.marginal", OTHER_TIME, witness={"t": "1"}, values=("1", "0"))
        notation.mixtures[lhs] = rhs
        said = "a marginal density is the integral of the joint one"
        return Judgement("definition", "lvm.marginal", said, checked=True)
    weights = [p for p, k in rest.items() if k == -1 and is_density(p) and above(p) == above(given[0])]
    fields = [p for p, k in rest.items() if k == 1 and p.op == "app" and p.args[0] == lhs.args[0]]
    if len(rest) != 2 or len(weights) != 1 or len(fields) != 1:
        return None
    of_one = weights[0].args[0].partition("(")[0] == given[0].args[0].partition("(")[0]
    if weights[0] not in notation.mixtures and (not of_one or notation.knows(weights[0]) or below(weights[0])):
        return None
    notation.mixtures.setdefault(weights[0], app("integral", mul(given[0], prior[0]), over))  # as its weights say
    notation.mixtures[lhs] = rhs
    return Judgement("definition", message=MEAN)


def _through_the_data(lhs: Term, factors: Mapping[Term, int], over: Term) -> Judgement | None:
    """The verdict on p(y | x_t) as the integral of p(y | x_0) p(x_0 | x_t): y is measured on the data, and what it
    depends on else is not said. None for another mixture.
    """
    if not is_density(lhs) or len(factors) != 2 or set(factors.values()) != {1} or not all(map(is_density, factors)):
        return None
    measured, given = above(lhs), below(lhs)
    kernel = [p for p in factors if above(p) == measured and below(p) == {over}]
    weight = [p for p in factors if above(p) == {over} and below(p) == given]
    owners = {str(p.args[0]).partition("(")[0] for p in (lhs, *factors)}
    states = all(s.op == "app" and s.args[0] == over.args[0] for s in given) and over.op == "app" and len(given) == 1
    if not kernel or not weight or len(owners) != 1 or not states or over.args[1:] != (num(0),):
        return None
    if len(measured) != 1 or next(iter(measured)).args[0] == over.args[0]:
        return None
    said = THROUGH.format(plain(next(iter(measured))), plain(over))
    return Judgement("convention", "", said)


def _is_mean(lhs: Term, factors: Mapping[Term, int], over: Term) -> bool:
    """Whether a field is made the mean of the field given z, over the density of z given where one is."""
    weights = [p for p in factors if is_density(p) and above(p) == {over}]
    fields = [p for p in factors if p.op == "app" and p.args == (*lhs.args, over)]
    if len(weights) != 1 or len(fields) != 1 or factors != {weights[0]: 1, fields[0]: 1}:
        return False
    return not is_scalar(lhs) and bool(below(weights[0])) and below(weights[0]) <= set(lhs.args[1:])


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation of averages and integrals; None when nothing is shown."""
    speaks = any(p.op == "app" and p.args[0] in ("E", "integral") for t in (lhs, rhs) for p in walk(t))
    if not speaks or not is_scalar(lhs) or not is_scalar(rhs):
        return None
    lhs, rhs = _factored(lhs, rhs)
    own = {**_marginals(lhs, rhs), **notation.mixtures}
    for known in ({}, own) if own else ({},):
        reader = Reader(known)
        try:
            sides = [simple(reader, reader.value(t)) for t in (lhs, rhs)]
        except (BeyondError, UnreadError):
            return None
        if sides[0] == sides[1]:
            return Judgement("proved", "", MIXED if known else SAID)
    factor = _factor(*sides) if all(map(averages_something, (lhs, rhs))) else None
    if factor is None:
        return None
    at = {"the right side": "1"}
    return Judgement("refuted", "", f"the left side is {factor} times the right side", "", at, (str(factor), "1"))


def _densities(*terms: Term) -> dict[tuple[str, frozenset[Term], frozenset[Term]], Term]:
    """The densities of terms by their owner, their variables and their conditions."""
    out = {}
    for p in (p for t in terms for p in walk(t) if is_density(p)):
        found = densities.variables_of(p)
        if found is not None:
            out[str(p.args[0]).partition("(")[0], frozenset(found[0]), frozenset(found[1])] = p
    return out


def _kernels(*terms: Term) -> Iterator[tuple[str, frozenset[Term], frozenset[Term], Term, Term]]:
    """The densities p(u | v) beside which p(v) of one owner stands: owner, u, v and both."""
    found = _densities(*terms)
    for (owner, u, v), kernel in found.items():
        law = found.get((owner, v, frozenset()))
        if len(u) == len(v) == 1 and u != v and law is not None:
            yield owner, u, v, kernel, law


def _marginals(*terms: Term) -> dict[Term, Term]:
    """The marginals p(u) of p(u | v) p(v) and of p(u, v) of one owner, as the integrals that they are."""
    found = _densities(*terms)
    out = {}
    for (owner, above_, given), joint in found.items():
        for one in above_ if len(above_) == 2 and not given else ():
            marginal = found.get((owner, frozenset({one}), given))
            if marginal is not None:
                out[marginal] = app("integral", joint, next(iter(above_ - {one})))
    for owner, u, v, kernel, law in _kernels(*terms):
        marginal = found.get((owner, u, frozenset()))
        if marginal is not None:
            out[marginal] = app("integral", mul(kernel, law), next(iter(v)))
    return out


def _factored(*terms: Term) -> tuple[Term, ...]:
    """The terms with a joint density p(u, v) as p(u | v) p(v), where these stand beside it."""
    found = _densities(*terms)
    for owner, u, v, kernel, law in _kernels(*terms):
        joint = found.get((owner, u | v, frozenset()))
        if joint is not None:
            terms = tuple(replaced(_over(t, joint, law, kernel), joint, mul(kernel, law)) for t in terms)
    return terms


def _over(t: Term, joint: Term, *laws: Term) -> Term:
    """The term with averages over a joint density as averages over the laws that it is made of."""
    args = tuple(_over(a, joint, *laws) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == "E" and joint in args[2:]:
        at = args.index(joint, 2)
        args = (*args[:at], *laws, *args[at + 1 :])
    return t if args == t.args else rebuild(t, args)


def _factor(a: Sum, b: Sum) -> Fraction | None:
    """The number, not 1, that one sum is times another; None when there is none, or when they are 0."""
    if not b or set(a) != set(b):
        return None
    found = {a[p] / b[p] for p in b}
    return found.pop() if len(found) == 1 else None


__all__ = ["judge", "stated"]
