"""Other readings of a formula that fails as it was read: another reach of a logarithm or of a slash, a line that goes
on, x for x_t.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.reading.equations import abbreviated
from derivations.reading.equations.certain import OF_DENSITIES
from derivations.reading.equations.hints import SLIP
from derivations.reading.notation.standing import TRUE
from derivations.reading.terms import given, quotients
from derivations.reading.terms.statements import gone_on
from derivations.reading.text.syntax import Row
from derivations.reading.verdict import Judgement

BACK = "a function of its own inverse is the point itself, and no name is given a meaning here"
FEW = "it fails, and may hold once there are as many terms as are written out before the dots"

if TYPE_CHECKING:
    from derivations.reading.judge import Judge


def judged(judge: Judge, found: Judgement, row: Row, display: bool, context: str) -> Judgement:
    """The verdict on a formula that is not proved, in the light of its other readings."""
    if found.verdict in ("refuted", "undecided", "unread"):
        found = _with_other_logs(judge, found, row, display, context)
        found = _with(quotients.otherwise(row), "how far a slash reaches", judge, found, display, context)
        found = _with(gone_on(row), "whether a line goes on with the one before it", judge, found, display, context)
    if found.verdict == "definition" and "cancelled" in judge.signature.doubts:
        return Judgement("undecided", found.formula, BACK, found.reading)
    if found.verdict == "refuted" and "listed" in judge.signature.doubts:
        return Judgement("undecided", found.formula, FEW, found.reading)
    if found.verdict == "undecided" and not found.formula:
        found = _of_every_law(judge, row, display) or _of_one_law(judge, row, display, context) or found
    if found.verdict != "refuted":
        return found
    return _with_parameters(judge, row, display) or _with_index(judge, row, display) or found


def _with_other_logs(judge: Judge, found: Judgement, row: Row, display: bool, context: str) -> Judgement:
    """The verdict where a logarithm without brackets may be of less, or of more, than was read: log p(x|z) p(z); and
    where a gradient may be of what stands behind a dot too.
    """
    if found.verdict == "refuted" and "variance" in judge.signature.doubts:
        why = "the product of something with itself may be its variance, which adds up where inner products do not"
        found = Judgement("undecided", found.formula, why, found.reading)
    for reach in sorted(judge.signature.doubts & {"narrow", "whole", "wide", "dot"}):
        other = judge.apart()
        other.signature.logs = reach
        said = other.as_read(row, display, context)
        if said.verdict in TRUE:
            judge.signature.logs = reach
            said = judge.as_read(row, display, context)
            judge.signature.logs = ""
            return said
        if found.verdict == "refuted" and said.verdict != "refuted":
            why = f"how far a logarithm or a gradient reaches is not clear: {said.message}"
            found = Judgement("undecided", found.formula, why, found.reading)
    return found


def _with(other: Row | None, what: str, judge: Judge, found: Judgement, display: bool, context: str) -> Judgement:
    r"""The verdict where a formula may be read in another way, like a/2b: as it was, or as the other way decides it."""
    if other is None or found.verdict not in ("refuted", "undecided"):
        return found
    said = judge.apart().as_read(other, display, context)
    if said.verdict in TRUE:
        return judge.as_read(other, display, context)
    if found.verdict == "refuted" and said.verdict != "refuted":
        return Judgement("undecided", found.formula, f"{what} is not clear: {said.message}", found.reading)
    return found


def _with_parameters(judge: Judge, row: Row, display: bool) -> Judgement | None:
    """The verdict where a formula is true with what it has among conditions, and elsewhere beside a variable, as the
    parameters of its laws; None elsewhere.
    """
    other = given.as_parameters(row)
    said = None if other is None else judge.apart().as_read(other, display, "")
    if said is None or said.verdict not in TRUE:
        return None
    why = "it fails as it is written, and holds where a Greek letter that a density is given is a parameter of the law"
    return Judgement("undecided", said.formula, why, said.reading)


def _of_every_law(judge: Judge, row: Row, display: bool) -> Judgement | None:
    """The verdict on densities of one law with a label, as on those of any law; None where it says more of them."""
    other = given.of_one_law(row)
    said = None if other is None else judge.apart().as_read(other, display, "")
    return said if said is not None and said.verdict in ("proved", "refuted") and said.formula in OF_DENSITIES else None


def _of_one_law(judge: Judge, row: Row, display: bool, context: str) -> Judgement | None:
    """The verdict where a formula is true, a slip away from that, or a definition, without the parameter that all its
    densities have, or with means over the law that its densities are of; None elsewhere.
    """
    for other in (given.without_fixed(row), given.with_owners(row)):
        if other is None:
            continue
        said = judge.apart().as_read(other, display, context)
        slip = said.verdict == "refuted" and SLIP in said.message
        if said.verdict in TRUE or (said.verdict == "definition" and said.formula) or slip:
            return judge.as_read(other, display, context)
    return None


def _with_index(judge: Judge, row: Row, display: bool) -> Judgement | None:
    """The verdict where a formula is true, or a definition, with x_t for the x in it; None elsewhere."""
    full = abbreviated.indexed(row)
    if full is None:
        return None
    said = judge.apart().as_read(full, display, "")
    if said.verdict not in (*TRUE, "definition"):
        return None
    why = "it fails as it is written, and holds where x stands for the state beside it"
    return Judgement("undecided", said.formula, why, said.reading)


__all__ = ["judged"]
