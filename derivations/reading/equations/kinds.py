"""What the kinds of the two sides of an equation settle: a setting, a transition, a joint density."""

from __future__ import annotations

from derivations.kernel.terms import Term, app, is_scalar, num, sym
from derivations.reading.dynamics import transitions
from derivations.reading.equations import asymptotics, naming
from derivations.reading.equations.hints import SLIP
from derivations.reading.laws import bounds, normalised, values
from derivations.reading.notation.arguments import DATA
from derivations.reading.notation.coordinates import pretty, walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.standing import matched
from derivations.reading.terms.signature import INDICES
from derivations.reading.verdict import Judgement


def settled(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """What the kinds of the two sides settle: a setting, a transition, densities; None when they do not."""
    defining = relation in ("=", ":=")
    if relation == "=" and naming.is_number(lhs) and not naming.is_number(rhs):
        lhs, rhs = rhs, lhs  # alpha_0 = 0 = sigma_1
    named_ = is_scalar(lhs) and naming.may_name(lhs, ()) and "(" not in lhs.args[0]
    if relation == "=" and naming.is_number(rhs) and _is_time(lhs):
        return Judgement("definition", message="a setting")  # t - 1 = 99
    if defining and named_ and naming.is_number(rhs):
        return _impossible(notation, lhs, rhs) or Judgement("definition", message="a setting")
    if defining and {lhs, rhs} == {app(DATA, num(0), sort=lhs.sort), sym(DATA, lhs.sort)}:
        return Judgement("definition", message="the state before all noise is the data")
    if defining and naming.is_sampled(lhs, rhs):
        return Judgement("definition", message="the steps of a schedule are taken from one in continuous time")
    written = asymptotics.judge(lhs, rhs, notation.domains) if defining else None
    if written is not None:
        return written
    kernel = transitions.judge(lhs, rhs)
    if kernel is not None:
        return matched(kernel)
    unlike = normalised.judge(lhs, rhs) if defining else None
    if unlike is not None:
        return unlike
    stepped = values.of_the_chain(notation, lhs, rhs) if defining else None
    if stepped is not None:
        return stepped
    if defining and naming.of_densities(lhs, rhs):
        found = bounds.judge(lhs, rhs, relation)
        if found is not None and found.verdict == "proved" and any(p.op == "prod" for p in walk(rhs)):
            return Judgement("definition", "conv.ddpm", "the joint density of a Markov chain")
        if found is not None and found.verdict in ("proved", "refuted"):
            return found
    return None


def _is_time(t: Term) -> bool:
    """Whether a term is a time or a step, plus or minus a number."""
    moved = t.op == "add" and all(naming.is_number(a) or (a.op == "sym" and a.args[0] in INDICES) for a in t.args)
    return moved and len(t.free) == 1


def _impossible(notation: Notation, lhs: Term, value: Term) -> Judgement | None:
    """The refutation of a setting that no schedule has: a signal level outside [0, 1], or none left before the first
    step. None for any other setting.
    """
    if lhs.op != "app" or lhs.args[0] != "alpha_bar" or notation.world.domains.get("alpha_bar") != "unit":
        return None
    if value.op != "num":
        return None
    start, name = lhs.args[1] == value == num(0), pretty("alpha_bar", lhs.args[1])
    if 0 <= value.args[0] <= 1 and not start:
        return None
    said, real = ("no step has been taken", "1") if start else ("it lies between 0 and 1", "1/2")
    said = f"{name} cannot be {value.args[0]}: {said}{SLIP}with {'1' if start else 'such a number'} in its place"
    return Judgement("refuted", "conv.ddpm", said, witness={name: real}, values=(real, str(value.args[0])))
