r"""Tweedie's formula for a law that a document states: where y ~ N(a x, C) given x, a E[x|y] = y + C grad log p(y).

With the score of y as a name of any value, the mean given y is what the formula says, and both sides are compared
(score.tweedie). A name that has had several laws is left to others.
"""

from __future__ import annotations

from derivations.kernel.terms import Term, add, app, div, eye, is_scalar, mul, num, power, sym
from derivations.reading.averages import conditional
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.densities import variables_of
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import variance
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.standing import holds
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

ID = "score.tweedie"
SAID = "the mean given a noisy value is made of its score, by the law that was stated before"
OWNERS = frozenset({"p", "q"})
Law = tuple[Term, Term, Term]  # what the mean is a multiple of, the multiple, and the covariance


def learn(notation: Notation, value: Term, mean: Term, covariance: Term) -> None:
    """Keep a law N(a x, C) of a value; a second one of the same value makes it open."""
    law = _law(value, mean, covariance)
    if law is not None and is_fixed(value):
        notation.drawn[value] = law if notation.drawn.get(value, law) == law else None


def is_fixed(value: Term) -> bool:
    """Whether a vector has no time that runs: those with one follow from the chain or the path they belong to."""
    return not is_scalar(value) and (value.op == "sym" or value.args[-1].op == "num")


def _law(value: Term, mean: Term, covariance: Term) -> Law | None:
    try:
        found = parts(mean)
    except UnreadError:
        return None
    ((data, a),) = found.items() if len(found) == 1 else ((num(0), num(0)),)
    named = data.op in ("sym", "app") and data != value and not is_scalar(data) and is_scalar(a)
    if not named or any(p.op in ("int", "grad", "diff") for p in walk(covariance)):
        return None
    spread = variance(covariance)
    return data, a, covariance if spread is None else mul(spread, eye(DIMENSION))


def known(notation: Notation) -> dict[Term, Law]:
    """The laws of the values that have one: those that were drawn, and those of which the density was written out."""
    out = {value: law for value, law in notation.drawn.items() if law is not None}
    for density, form in (*((r.left, r.right) for r in notation.own), *notation.stated.items()):
        found = variables_of(density) if form.op == "normal" and is_density(density) else None
        if found is None or len(found[0]) != 1 or len(found[1]) != 1 or form.args[0] not in found[0]:
            continue
        law = _law(form.args[0], form.args[1], form.args[2])
        if law is not None and law[0] in found[1] and is_fixed(form.args[0]):
            out.setdefault(form.args[0], law)
    for rule in notation.own:
        law = _noised(notation, rule.right) if not is_scalar(rule.left) and is_fixed(rule.left) else None
        if law is not None:
            out.setdefault(rule.left, law)
    return out


def _noised(notation: Notation, t: Term) -> Law | None:
    """The law of a x + c n, where n was drawn from N(0, s I) before; None of another term."""
    try:
        found = parts(t)
    except UnreadError:
        return None
    drawn = [n for n in found if n in notation.places.spreads]
    if len(found) != 2 or len(drawn) != 1:
        return None
    ((data, a),) = ((v, c) for v, c in found.items() if v != drawn[0])
    return _law(t, mul(a, data), canonical(mul(power(found[drawn[0]], 2), notation.places.spreads[drawn[0]])))


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an equation between the mean given a noisy value and its score; None for another equation."""
    if is_scalar(lhs) or is_scalar(rhs) or not holds(ID):
        return None
    given = conditional.conditions(lhs, rhs)
    scores = {p.args[2] for t in (lhs, rhs) for p in walk(t) if p.op == "grad"}
    if len(given) != 1 or not scores <= given:
        return None
    value = given.pop()
    law = known(notation).get(value)
    if law is None:
        return None
    score = sym("score of " + str(value.args[0]), value.sort)
    try:
        sides = [with_score(conditional.opened(t), value, law, score) for t in (lhs, rhs)]
    except UnreadError:
        return None
    if not all(is_plain(t) for t in sides):
        return None
    spreads = {str(p.args[0]): "positive" for p in walk(law[2]) if p.op in ("sym", "app") and is_scalar(p)}
    left, right = map(canonical, sides)
    answer = equal(left, right, {**spreads, **notation.domains}, notation.conditions())
    if answer.status == "proved":
        return Judgement("proved", ID, SAID)
    if answer.status == "refuted" and scores:  # without a score the law of the data may say what the mean is
        at = conditional.shown(answer.witness or {})
        return Judgement("refuted", ID, answer.reason, witness=at, values=answer.values)
    return None


def with_score(t: Term, value: Term, law: Law, score: Term) -> Term:
    """The term with the score as a name, and the mean given the value made of it."""
    data, a, covariance = law
    for p in list(walk(t)):
        if p.op == "grad" and _is_score(p, value):
            t = replaced(t, p, score)
    c = variance(covariance)
    spread = mul(covariance if c is None else c, score)
    mean = mul(div(num(1), a), add(value, spread))
    if data.op == "sym":
        t = replaced(t, app(conditional.GIVEN, sym(str(data.args[0]).upper(), data.sort), value, sort=data.sort), mean)
    return replaced(t, app(conditional.GIVEN, data, value, sort=data.sort), mean)


def _is_score(t: Term, value: Term) -> bool:
    """Whether a gradient is that of the logarithm of the marginal density of a value."""
    bound, body, at = t.args
    density = body.args[0] if body.op == "log" else body
    if at != value or body.op != "log" or not is_density(density) or "|" in str(density.args[0]):
        return False
    owner = str(density.args[0]).partition("(")[0]
    plain = owner in OWNERS or owner.removeprefix("p_").removeprefix("q_") in ("sigma", "Y", "y")
    return plain and density.args[1] == bound and all(map(is_scalar, density.args[2:]))


def is_plain(t: Term) -> bool:
    """Whether a side is made of vectors by name, numbers and sums and products of them."""
    named = ("sym", "num", "app", "add", "mul", "neg", "div", "pow", "sqrt", "eye")
    return all(p.op in named and not (p.op == "app" and p.args[0] == conditional.GIVEN) for p in walk(t))


__all__ = ["ID", "Law", "is_plain", "judge", "known", "learn", "with_score"]
