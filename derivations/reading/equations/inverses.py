"""The inverse of a function that the document defines: psi^{-1}(y) = e says that psi(e) = y."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, app
from derivations.reading.equations.compare import equal
from derivations.reading.notation.cancelling import INVERSE
from derivations.reading.text.syntax import Item, show
from derivations.reading.verdict import Judgement

if TYPE_CHECKING:
    from derivations.reading.notation.notation import Notation

FUNCTIONS = frozenset({"phi", "psi", "Phi", "Psi", "f", "g", "h", "F", "G", "T"})


def inverted(item: Item, following: Item | None) -> bool:
    """Whether a name is the inverse of a function, as in psi_t^{-1}(y)."""
    called = following is not None and following.text == "()" and len(following.cells) == 1
    return item.kind == "name" and item.text in FUNCTIONS and not item.marks and show(item.sup) == "- 1" and called


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on an inverse that is written out; None for another equation, and where the function is not known."""
    if lhs.op != "app" or not str(lhs.args[0]).endswith(INVERSE) or lhs.args[-1].sort != rhs.sort:
        return None
    y = lhs.args[-1]
    there = app(str(lhs.args[0]).removesuffix(INVERSE), *lhs.args[1:-1], rhs, sort=lhs.sort)
    if rhs.op == "sym" and rhs not in lhs.args:
        return Judgement("definition", message=f"{rhs.args[0]} is the point from which it comes")
    if not notation.has_rule(there):
        return None
    answer = equal(notation.unfolded(there), y, notation.domains)
    if answer.status == "undecided":
        return None
    said = "the function of the right side is its argument"
    if answer.status == "refuted":
        said = f"the function of the right side must be its argument: {answer.reason}"
    return Judgement(answer.status, message=said, witness=dict(answer.witness or {}), values=answer.values)


__all__ = ["INVERSE", "inverted", "judge"]
