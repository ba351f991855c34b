"""Guidance: one network with and without its condition, mixed. The weights add up to 1, whatever the scale.

Where the condition says nothing the two estimates are equal, and the guided estimate must be that estimate.
"""

from __future__ import annotations

from derivations.kernel.terms import REAL, Term, add, is_scalar, mul, neg, num, sym
from derivations.reading.equations.compare import equal
from derivations.reading.equations.naming import is_density
from derivations.reading.laws.laws import parts
from derivations.reading.notation.coordinates import pretty, walk
from derivations.reading.notation.notation import Notation, state_coefficients
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

MEETS = frozenset({"w", "s", "gamma", "omega", "lambda", "k", "g", "w_cfg", "s_cfg", "kappa", "eta"})
STATES = frozenset({"x", "z", "y"})
NOTHING = frozenset({"empty", "null", "t"})  # what stands last in the estimate without a condition


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on a guided estimate; None when the equation is not about one. Estimates at several states of one
    path are refuted where those at one state are a guided estimate.
    """
    by_a_classifier = _classified(notation, lhs, rhs)
    if by_a_classifier is not None:
        return by_a_classifier
    states = sorted({p for p in walk(rhs) if p.op == "app" and len(p.args) == 2 and not is_scalar(p)}, key=repr)
    states = [p for p in states if p.args[0] in STATES]
    named = [p for p in walk(lhs) if p.op == "app" and len(p.args) == 2 and p.args[0] in STATES and p != lhs]
    states += [p for p in named if states and p not in states and p.args[0] == states[0].args[0]]
    if len(states) != 2 or lhs in states:
        return _judge(lhs, rhs)
    here, there = states if states[0] in walk(lhs) else reversed(states)
    times = [p.args[1] for p in (there, here)]
    found = _judge(lhs, replaced(replaced(rhs, there, here), *times))
    if found is None or found.verdict != "convention":
        return None
    names = [pretty(str(p.args[0]), p.args[1]) for p in (here, there)]
    said = f"the estimates are taken at two states, {names[0]} and {names[1]}"
    return Judgement("refuted", found.formula, said, witness={names[0]: "1", names[1]: "0"}, values=("1", "0"))


def _judge(lhs: Term, rhs: Term) -> Judgement | None:
    try:
        found = parts(rhs)
    except UnreadError:
        return None
    calls = [a for a in found if a.op == "app" and len(a.args) > 2]
    if not calls and set(map(_is_score, found)) == {True}:
        return _scores(lhs, found)
    if len(found) != 2 or len(calls) != 2 or calls[0].args[0] != calls[1].args[0]:
        return None
    names = {p.args[0] for c in found.values() for p in walk(c) if p.op in ("app", "sym")}
    conditioned = len(calls[0].args) != len(calls[1].args) or calls[0].args[1] == calls[1].args[1]
    if not names or not names <= MEETS or not conditioned or lhs in calls:
        return None
    answer = equal(add(*found.values()), num(1), {})
    if answer.status == "proved":
        return _away(found, calls) or Judgement("convention", "conv.cfg_w", _which(found, calls))
    if answer.status == "refuted":
        said = (
            "the weights of the two estimates do not add up to 1: "
            "where they agree, the guided one would differ from both"
        )
        return Judgement("refuted", "conv.cfg_w", said, witness=dict(answer.witness or {}), values=answer.values)
    return None


def _is_score(a: Term) -> bool:
    """Whether a vector is the score of a density in its own variable."""
    density = a.args[1].args[0] if a.op == "grad" and a.args[1].op == "log" else None
    return density is not None and is_density(density) and density.args[1] == a.args[0]


def _scores(lhs: Term, found: dict[Term, Term]) -> Judgement | None:
    """The verdict on a score that is made of one with and one without a condition."""
    given = [a for a in found if "|" in str(a.args[1].args[0].args[0])]
    names = {p.args[0] for c in found.values() for p in walk(c) if p.op in ("app", "sym")}
    guided = str(lhs.args[0]).split("_")[0] in ("s", "score")
    if len(found) != 2 or len(given) != 1 or not names or not names <= MEETS or not guided:
        return None
    answer = equal(add(*found.values()), num(1), {})
    if answer.status == "proved":
        tilted = Judgement("convention", "conv.cfg_w", "the score of a density that is tilted by the condition")
        return _leads_away(found, given[0]) or tilted
    if answer.status != "refuted":
        return None
    said = "the weights of the two scores do not add up to 1: where the condition says nothing, the score would differ"
    return Judgement("refuted", "conv.cfg_w", said, witness=dict(answer.witness or {}), values=answer.values)


def _classified(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on the noise that a classifier guides: the score of p(x) p(y | x)^s is that of p(x) and s times the
    gradient of log p(y | x), and a score is the noise over minus its level. None where no level is written.
    """
    levels = state_coefficients(notation.world.name)
    try:
        found = parts(rhs) if levels is not None and str(lhs.args[0]).split("_")[0] == "eps" else {}
    except UnreadError:
        return None
    slopes = [a for a in found if a.op == "grad" and _is_of_a_class(a)]
    networks = [a for a in found if a.op == "app" and str(a.args[0]).startswith("eps") and a != lhs]
    if len(found) != 2 or len(slopes) != 1 or len(networks) != 1 or found[networks[0]] != num(1) or levels is None:
        return None
    (slope,) = slopes
    index = slope.args[2].args[1] if slope.args[2].op == "app" and len(slope.args[2].args) == 2 else sym("t", REAL)
    level = canonical(replaced(levels[1], sym("t", REAL), index))
    c = notation.unfolded(found[slope])
    scales = {p for p in walk(c) if p.op == "sym" and p.args[0] in MEETS and is_scalar(p)}
    if len(scales) > 1 or not {p.args[0] for p in walk(c) if p.op == "app"} & {"alpha_bar", "sigma", "alpha"}:
        return None
    wanted = neg(mul(*scales, level)) if scales else neg(level)
    answer = equal(c, notation.unfolded(wanted), notation.domains)
    logged = slope.args[1].op == "log"
    if answer.status == "proved" and logged:
        if not notation.knows(lhs):
            notation.define(lhs, rhs, "")
        return Judgement("proved", "score.eps", "the noise that belongs to the score of p(x) p(y | x)^s")
    if answer.status == "proved":
        witness, values = {"p(y | x)": "2 x on (0, 1/2)", "x": "1/4"}, ("2", "4")
        said = "the gradient of a probability stands where that of its logarithm belongs"
        return Judgement("refuted", "score.eps", said, witness=witness, values=values)
    if answer.status != "refuted" or not logged:
        return None
    said = f"the gradient of log p(y | x) must be weighed by minus the level of the noise: {answer.reason}"
    return Judgement("refuted", "score.eps", said, witness=dict(answer.witness or {}), values=answer.values)


def _is_of_a_class(a: Term) -> bool:
    """Whether a gradient is one of p(y | x) or of its logarithm, in x."""
    density = a.args[1].args[0] if a.args[1].op == "log" else a.args[1]
    return is_density(density) and "|x" in str(density.args[0]) and density.args[1] != a.args[0]


def _which(found: dict[Term, Term], calls: list[Term]) -> str:
    """Which scale is meant: the one that is 1 without guidance, or the one that is 0."""
    weights = list(found.values())
    scales = [p for p in walk(add(*weights)) if p.op == "sym"]
    if any(equal(w, s, {}).status == "proved" for w in weights for s in scales):
        return "the guidance scale that is 1 without guidance (one more than the scale of Ho and Salimans)"
    return "the guidance scale that is 0 without guidance, as Ho and Salimans write it"


def _away(found: dict[Term, Term], calls: list[Term]) -> Judgement | None:
    """The verdict where the weight of the estimate with the condition falls as the scale grows: -w, where w or 1 + w is
    meant. None elsewhere, and where it is not known which estimate has the condition.
    """
    guided = [a for a in calls if not _without(a, calls)]
    return _leads_away(found, guided[0]) if len(guided) == 1 else None


def _leads_away(found: dict[Term, Term], guided: Term) -> Judgement | None:
    """The verdict where the weight of the estimate with the condition falls as the scale grows."""
    weight = found[guided]
    scales = [p for p in walk(add(*found.values())) if p.op == "sym"]
    if not any(equal(weight, neg(s), {}).status == "proved" for s in scales):
        return None
    answer = equal(weight, neg(weight), {})
    said = "the weight of the estimate with the condition falls as the scale grows, so that it leads away from it"
    return Judgement("refuted", "conv.cfg_w", said, witness=dict(answer.witness or {}), values=answer.values)


def _without(call: Term, calls: list[Term]) -> bool:
    """Whether an estimate is the one without a condition: it has fewer arguments, or the empty one, 0 or the time at
    the end.
    """
    last = call.args[-1]
    fewer = len(call.args) < max(len(a.args) for a in calls)
    return fewer or last == num(0) or (last.op == "sym" and last.args[0] in NOTHING)
