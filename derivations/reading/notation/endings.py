"""Where a product ends that does not say it: a_bar_t = prod_s a_s ends at t."""

from __future__ import annotations

from derivations.kernel.terms import Term
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms.sums import LAST


def ended(left: Term, right: Term) -> Term:
    """The product without an end that an accented name at t stands for, with its end; any other term as it is."""
    ends = [p for p in right.free if str(p.args[0]).startswith(LAST)]
    indexed = left.op == "app" and len(left.args) == 2 and left.args[1].op == "sym"
    factors = {q.args[0] for p in walk(right) if p.op == "prod" for q in walk(p.args[3]) if q.op == "app"}
    if len(ends) != 1 or not indexed or not any(str(left.args[0]).startswith(f"{name}_") for name in factors):
        return right
    return replaced(right, ends[0], left.args[1])


__all__ = ["ended"]
