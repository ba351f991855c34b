"""Inequalities between Wasserstein distances: W_p is a metric, and W_p <= W_q for p <= q.

Nothing else is decided of them. Their bounds hang on couplings that a document gives in words.

References: Villani, Optimal Transport (2009), chapter 6: the metric, and remark 6.6 by Jensen's inequality.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derivations.kernel.terms import Term
from derivations.reading.laws.bounds import summands
from derivations.reading.notation.notation import Notation
from derivations.reading.verdict import Judgement

NAMES, MOST = frozenset({"W", "cal W"}), 6
Ends = tuple[str, Fraction, Term, Term]  # which distance, of which order, and between what


def judge(notation: Notation, low: Term, high: Term) -> Judgement | None:
    """The proof of an inequality between distances, by the triangle inequality or the order; None for another one."""
    found, parts = _ends(low), [_ends(t) for t in summands(high)]
    if found is None or None in parts or notation.has_rule(low):
        return None
    steps = [p for p in parts if p is not None]
    if len(steps) == 1 and _is_between(found, steps[0]) and found[1] <= steps[0][1]:
        return Judgement("proved", message="W_p is at most W_q where p is at most q; both are taken to be finite")
    same = all(p[:2] == found[:2] for p in steps)
    if same and len(steps) in range(2, MOST) and found[3] in _reached(found[2], steps):
        return Judgement("proved", message="by the triangle inequality of the Wasserstein distance")
    return None


def _ends(t: Term) -> Ends | None:
    """What a distance is between; None for another number."""
    if t.op != "app" or t.args[0] not in NAMES or len(t.args) != 4 or t.args[1].op != "num" or t.args[1].args[0] < 1:
        return None
    return t.args[0], t.args[1].args[0], t.args[2], t.args[3]


def _is_between(a: Ends, b: Ends) -> bool:
    """Whether two distances of one name are between the same laws."""
    return a[0] == b[0] and {*a[2:]} == {*b[2:]}


def _reached(start: Term, steps: list[Ends]) -> Iterator[Term]:
    """The laws that steps lead to from one, each step taken at most once and either way."""
    yield start
    for k, (_, _, a, b) in enumerate(steps):
        if start in (a, b):
            yield from _reached(b if start == a else a, steps[:k] + steps[k + 1 :])
