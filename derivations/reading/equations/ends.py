r"""A function that the document has defined, at a fixed time: \psi_t(x) = (1-t) x + t x_1 says that \psi_0(x) = x.

A value may be a setting of its own, as \sigma_N = 0 behind a grid. It is a claim where its sentence draws a conclusion.
"""

from __future__ import annotations

from derivations.formats.plain import plain
from derivations.kernel.terms import Term, is_scalar
from derivations.reading.equations.compare import equal
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import STATES, Notation
from derivations.reading.notation.unfolding import Rule, split_index
from derivations.reading.verdict import Judgement

SAID = "{} = {} was said before: {}"


def judge(notation: Notation, lhs: Term, rhs: Term) -> Judgement | None:
    """The verdict on what a function is at a fixed time; None for another equation, and where it may be a setting."""
    if lhs.op != "app" or not notation.places.concludes():
        return None
    own = [r for r in notation.own if r.kind == "definition" and not r.id and _is_fixed(lhs, r)]
    if len(own) != 1 or not notation.places.one_example(own[0].left):
        return None
    value = notation.as_defined(lhs)
    rounded = rhs.op == "num" and abs(rhs.args[0]) not in (0, 1)
    if rounded or is_scalar(value) != is_scalar(rhs) or any(p.op == "app" and not _is_end(p) for p in walk(value)):
        return None  # a function that is left, of which a value may be known
    answer = equal(value, notation.as_defined(rhs), notation.domains, notation.conditions())
    if answer.status == "proved":
        return Judgement("proved", message=f"by what {plain(own[0].left)} is")
    if answer.status != "refuted":
        return None
    said = SAID.format(plain(own[0].left), plain(own[0].right), answer.reason)
    return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)


def _is_end(t: Term) -> bool:
    """Whether a term is a state at a fixed time, like x_1."""
    return t.args[0] in STATES and len(t.args) == 2 and t.args[1].op == "num"


def _is_fixed(t: Term, rule: Rule) -> bool:
    """Whether a term is the function of a rule where one index that runs is a number, and all else as it was."""
    if rule.left.op != "app" or rule.left.args[0] != t.args[0] or len(rule.left.args) != len(t.args):
        return False
    changed = [(p, a) for p, a in zip(rule.left.args[1:], t.args[1:], strict=True) if p != a]
    if len(changed) != 1 or not all(isinstance(a, Term) and is_scalar(a) for a in changed[0]):
        return False
    index = split_index(changed[0][1])
    return changed[0][0].op == "sym" and index is not None and index[0] is None


__all__ = ["judge"]
