"""The second opinion: every algebraic step of a proof, verified again on SymPy's polynomial ring.

    second_opinion(theorem)        "agrees", "disagrees" or "not asked", for the whole proof
    second_opinion_step(theorem)   the same for one application of the rule `algebra`
    confirm(theorem)               raises Alarm, with both opinions, at the first disagreement

An opinion can raise an alarm; it cannot make a theorem, and no vote is taken between the two.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from derivations.evidence import Alarm
from derivations.evidence.ring_check import Disagreement, Witness
from derivations.evidence.ring_signs import SignDisagreement
from derivations.kernel.equality import is_equation
from derivations.kernel.terms import lift, show
from derivations.kernel.theorem import Theorem, premises

AGREES, DISAGREES, NOT_ASKED = "agrees", "disagrees", "not asked"


@dataclass
class Opinion:
    """What SymPy's ring says of one step: the verdict, what it rests on or why it fails, and the time it took."""

    verdict: str
    why: str
    milliseconds: float = 0.0


@dataclass
class Report:
    """The opinions on every algebraic step of a proof."""

    opinions: dict[Theorem, Opinion] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """disagrees when any step does, agrees when all do, not asked when there is none."""
        verdicts = {o.verdict for o in self.opinions.values()} - {NOT_ASKED}
        return DISAGREES if DISAGREES in verdicts else AGREES if verdicts else NOT_ASKED


_known: WeakKeyDictionary[Theorem, Opinion] = WeakKeyDictionary()


def opinion(theorem: Theorem) -> Opinion:
    """SymPy's opinion of one step; formed once for each theorem."""
    found = _known.get(theorem)
    if found is None:
        begin = time.perf_counter()
        found = _known[theorem] = _form(theorem)
        found.milliseconds = 1000 * (time.perf_counter() - begin)
    return found


def second_opinion_step(theorem: Theorem) -> str:
    """Whether SymPy's ring agrees with one application of the rule `algebra`; other rules are not asked about."""
    return opinion(theorem).verdict


def second_opinion(theorem: Theorem) -> str:
    """Whether SymPy's ring agrees with every algebraic step of a proof, lemmas included."""
    return report(theorem).verdict


def report(theorem: Theorem) -> Report:
    """The opinions on all algebraic steps of a proof, each step once."""
    out, stack, seen = Report(), [theorem], set()
    while stack:
        t = stack.pop()
        if id(t) not in seen:
            seen.add(id(t))
            stack.extend(premises(t.arguments))
            if t.rule == "algebra":
                out.opinions[t] = opinion(t)
    return out


def confirm(theorem: Theorem) -> None:
    """Raise Alarm when SymPy's ring disagrees with a step of the proof."""
    for t, o in report(theorem).opinions.items():
        if o.verdict == DISAGREES:
            raise Alarm(f"the kernel proved {show(t.conclusion)}, but the second opinion on SymPy's ring is: {o.why}")


def _form(theorem: Theorem) -> Opinion:
    if theorem.rule != "algebra":
        return Opinion(NOT_ASKED, f"the rule {theorem.rule} is not arithmetic")
    a, b, *rest = theorem.arguments
    hypotheses = rest[0] if rest else ()
    using = tuple(t.conclusion for t in rest[1]) if len(rest) > 1 else ()
    try:
        w = Witness((*hypotheses, *using), [c for c in using if is_equation(c)])
        equal = w.same(lift(a), lift(b))
    except (Disagreement, SignDisagreement) as e:
        return Opinion(DISAGREES, str(e))
    except (ValueError, ArithmeticError) as e:
        return Opinion(DISAGREES, f"the step cannot be done again: {type(e).__name__}: {e}")
    if w.owed:
        return Opinion(DISAGREES, "owes " + "; ".join(w.owed))
    if not equal:
        return Opinion(DISAGREES, f"left minus right is not 0 for {show(theorem.conclusion)[:300]}")
    return Opinion(AGREES, f"{w.checked} values checked")
