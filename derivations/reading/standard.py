"""Equations of a standard shape: laws that belong to an equation before, optima, divergences, tilts, expansions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derivations.formats.plain import plain
from derivations.kernel.terms import Term
from derivations.reading.averages import inside, tweedie
from derivations.reading.dynamics import along, decays, exponential, kernels
from derivations.reading.equations import approximations, inverses, naming, optima
from derivations.reading.equations.equations import Equations
from derivations.reading.laws import covariances, densities, diagonal, forwarded, proportional, smoothed, written
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.standing import matched, named
from derivations.reading.terms.statements import Statement
from derivations.reading.verdict import Judgement

OF_KINDS = (inverses.judge, covariances.judge, written.judge, smoothed.judge, along.judge, tweedie.judge, inside.judge)

if TYPE_CHECKING:
    from derivations.reading.judge import Judge


def judge(by: Judge, notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on a noise that is set to 0, on the law of a linear equation and on optima; None for another link."""
    if relation in ("=", ":="):
        if naming.is_silenced(lhs, rhs, by.noises | {"z"}):
            return Judgement("definition", message="a setting: no noise")
        if densities.under_weight(lhs, rhs):
            return Judgement("definition", "cfg.tilted_density", "the density under a weight is given its meaning")
        step = exponential.judge(notation, lhs, rhs, by.noises)
        if step is not None:
            return matched(step)
        level = decays.judge(lhs, rhs, by.forward, notation.domains)
        if level is not None:
            return level
        kernel = kernels.judge(lhs, notation.as_defined(rhs), by.forward, by.noises, notation.domains)
        if kernel is not None:
            return matched(kernel)
        moment = forwarded.judge(notation, lhs, rhs, by.noises, lambda a, b: by.link(notation, a, b, "="))
        if moment is not None:
            return moment
    return optima.judge(lhs, rhs, relation, lambda a, b, r: by.link(notation, a, b, r))


def in_turn(stated: list[Statement], judge_one: Callable[[Statement], Judgement]) -> list[Judgement]:
    """The verdicts on statements; what is open is judged again where one behind it says what a name is, as h in b h."""
    found = [judge_one(s) for s in stated]
    for k, j in enumerate(found):
        if j.verdict == "undecided" and any(after.verdict == "definition" for after in found[k + 1 :]):
            found[k] = judge_one(stated[k])
    return found


def in_general(notation: Notation, noises: set[str], lhs: Term, rhs: Term) -> Judgement | None:
    """The proof of an equation that is not about the examples which the document chose for its schedule before."""
    general = notation.general()
    if general is None:
        return None
    found = Equations(general, noises, False).judge(lhs, rhs, hint=False)
    return found if found.verdict == "proved" else None


def over_coordinates(lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on a divergence as a sum over coordinates, whose laws are not written out; None for another link."""
    spread = diagonal.unnamed(lhs, rhs)
    return None if spread is None else matched(spread)


def nearly(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement | None:
    """The verdict on an expansion, or on the law of the last state; None for another link."""
    return approximations.judge(notation, lhs, rhs, relation)


def proportioned(equations: Equations, lhs: Term, rhs: Term, x: Term | None) -> Judgement:
    """The verdict on what is proportional; a tilted density gets its meaning so."""
    found, made = named(proportional.judge(equations, lhs, rhs, x)), densities.is_made(lhs, rhs)
    if made is None or found.verdict == "proved":
        return found
    equations.notation.define(lhs, made, "")
    said = f"{plain(lhs)} is given its meaning, up to what normalises it"
    return Judgement("definition", "cfg.tilted_density", said)


__all__ = ["in_turn", "judge", "nearly", "over_coordinates", "proportioned"]
