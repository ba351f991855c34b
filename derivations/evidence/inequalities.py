"""Inequalities, by the best certificate that there is: signs of coefficients, then sums of squares, then z3's word."""

from __future__ import annotations

from derivations.evidence.smt import PREFIX, by_z3
from derivations.evidence.squares import by_squares
from derivations.kernel import RuleError, Theorem
from derivations.kernel.equality import order
from derivations.kernel.terms import Term

SIGNS, SQUARES, TANGENT, Z3 = "signs of coefficients", "sum of squares", "tangent of the logarithm", "z3, on trust"


def inequality(goal: Term, hypotheses: tuple[Term, ...] = (), trust_z3: bool = False) -> Theorem:
    """H |- a < b or a <= b, by signs of coefficients, else by a sum of squares, else, if that is wanted, by z3.

    What rests on z3 rests on an axiom. Raises RuleError, which says what was tried.
    """
    tried = []
    for attempt in (order, by_squares, by_z3) if trust_z3 else (order, by_squares):
        try:
            return attempt(goal, hypotheses)
        except RuleError as refusal:
            tried.append(str(refusal))
    raise RuleError("; ".join(tried))


def certificate(theorem: Theorem) -> str:
    """Which certificate an inequality was proved by, itself and not its premises; "" for what is no such theorem."""
    if theorem.rule == "axiom" and theorem.arguments[0].startswith(PREFIX):
        return Z3
    if theorem.rule == "order":
        return SIGNS
    if theorem.rule == "log_bound":
        return TANGENT
    if theorem.rule == "combine" and theorem.conclusion.op != "eq":
        return SQUARES if all(_is_square(part) for part in theorem.arguments[1]) else ""
    return ""


def _is_square(part: Theorem) -> bool:
    """0 <= q^2 g, or 0 <= |v|^2, proved by its sign."""
    low, high = part.conclusion.args[-2:]
    length = part.rule == "instantiate" and part.arguments[0].rule == "order" and high.op == "norm2"
    return (part.rule == "order" or length) and low.op == "num" and low.args[0] == 0
