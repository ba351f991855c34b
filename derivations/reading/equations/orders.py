"""Inequalities between numbers: proved by the kernel's certificates of signs, and refuted where the opposite is proved.

What may be a condition on a schedule is neither: that one number is below another can be asked for. Jensen's inequality
is known for the logarithm, the exponential and squares.
"""

from __future__ import annotations

import re
from fractions import Fraction

from derivations.deciding import decide
from derivations.kernel.equality import order
from derivations.kernel.terms import Term, TermError, add, app, div, is_scalar, le, lt, num, sym
from derivations.kernel.theorem import RuleError
from derivations.language.question import ask
from derivations.reading.equations import distances, norms
from derivations.reading.equations.assumed import is_bound
from derivations.reading.equations.compare import charted, numbered
from derivations.reading.equations.naming import COMPUTED
from derivations.reading.equations.slopes import unwritten
from derivations.reading.laws import bounds
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation, current_index
from derivations.reading.notation.unfolding import canonical, replaced, squares
from derivations.reading.notation.worlds import COMMON_DOMAINS
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

EARLIER = re.compile(r"ᾱ_\{[a-zA-Z]-\d+\}")  # 1 at the start of the chain
MADE = COMPUTED | {"alpha_bar", "beta_tilde"}  # a range of these is no choice
CONCAVE, CONVEX = frozenset({"log", "sqrt"}), frozenset({"exp", "norm2", "pow"})
ONE, ALL = re.compile(r"law x_\{?0\}?~q"), re.compile(r"law x_\{0:T\}~(q(?:_\w|_\{\w+\})?)")
GIVEN = re.compile(r"(q\w*)\(x_1:T\|x\)")
CONSTANTS = frozenset({"C", "L", "M", "K", "B", "G", "c", "kappa", "lambda", "mu", "m", "ell"})
OPEN = Judgement("undecided", message="an inequality that is not decided")


def judge(notation: Notation, lhs: Term, rhs: Term, relation: str) -> Judgement:
    """The verdict on lhs < rhs, <=, > or >=."""
    if not (is_scalar(lhs) and is_scalar(rhs)):
        return Judgement("undecided", message="an order between vectors")
    if unwritten(lhs, rhs):
        return Judgement("undecided", message=unwritten(lhs, rhs))
    low, high = (rhs, lhs) if relation in (">", ">=") else (lhs, rhs)
    name = low if high.op == "num" else high
    if "num" in (low.op, high.op) and name.op in ("sym", "app") and name.args[0] not in MADE:
        return Judgement("definition", message="a setting")
    found = _on_average(notation, low, high, relation) or _jensen(low, high)
    strict = relation in ("<", ">")
    found = found or norms.judge(notation, low, high, strict)
    found = found or (None if strict else distances.judge(notation, low, high))
    if found is not None:
        return found
    if any(_is_regularity(notation, a, b) for a, b in ((low, high), (high, low))):
        notation.assumed += [(low, high)] if (low, high) not in notation.assumed and is_bound(low, high) else []
        return Judgement("definition", message="a condition on a function, with a constant of its own")
    unfold = notation.unfolder(current_index((lhs, rhs)))
    try:
        low, high = (squares(canonical(unfold(t))) for t in (low, high))
        if any(not is_scalar(p) for t in (low, high) for p in walk(t)):
            return OPEN  # what holds of numbers need not hold of vectors
        (low, high, *granted), units = charted(low, high, *notation.conditions())
        (low, high, *granted), words = numbered((low, high, *granted), {**COMMON_DOMAINS, **notation.domains, **units})
        earlier = [n for n in words if EARLIER.fullmatch(n)]
        words |= dict.fromkeys(earlier, "positive")
        facts = [*(le(sym(n), 1) for n in earlier), *(f for f in granted if _is_range(f))]
        if _holds((lt if strict else le)(low, high), facts, words):
            id_ = "conv.alpha_bar_range" if name.op == "app" and name.args[0] == "alpha_bar" else ""
            return Judgement("proved", id_, "by the signs of its factors")
        if _holds((le if strict else lt)(high, low), facts, words):
            return _never(low, high, facts, words)
    except (TermError, ValueError, UnreadError, ZeroDivisionError):
        return OPEN
    return OPEN


def _is_regularity(notation: Notation, bound: Term, other: Term) -> bool:
    """Whether a bound is made of a constant and of points, and bounds values of functions of which nothing is known: a
    function is Lipschitz, grows at most linearly or is strongly convex.
    """
    inside = [p for p in walk(bound) if p.op in ("sym", "app")]
    constants = [p for p in inside if str(p.args[0]).partition("_")[0] in CONSTANTS and is_scalar(p)]
    points = [p for p in inside if p not in constants and not is_scalar(p)]
    told = not all(map(_indexed, inside))
    values = [p for p in walk(other) if p.op == "app" and not _indexed(p)]
    fresh = all(not notation.knows(p) for p in (*constants, *values))
    return bool(constants and points and values) and not told and fresh


def _indexed(t: Term) -> bool:
    """Whether a name has no arguments but an index."""
    return t.op == "sym" or (len(t.args) == 2 and is_scalar(t.args[1]))


def is_never_zero(notation: Notation, t: Term) -> bool:
    """Whether a number is shown to be positive, or negative, wherever the document's ranges hold."""
    unfold = notation.unfolder(current_index((t,)))
    try:
        (value, *granted), units = charted(squares(canonical(unfold(t))), *notation.conditions())
        (value, *granted), words = numbered((value, *granted), {**COMMON_DOMAINS, **notation.domains, **units})
        facts = [f for f in granted if _is_range(f)]
        return any(_holds(goal, facts, words) for goal in (lt(0, value), lt(value, 0)))
    except (TermError, ValueError, UnreadError, ZeroDivisionError):
        return False


def _is_range(fact: Term) -> bool:
    """Whether an inequality bounds one name by a number."""
    return any(a.op == "sym" and b.op == "num" for a, b in (fact.args, fact.args[::-1]))


def _holds(goal: Term, facts: list[Term], words: dict[str, str]) -> bool:
    question = ask(goal.args[0], goal.args[1], words, facts)
    try:
        order(goal, (*question.hypotheses, *question.facts))
    except RuleError:
        return False
    return True


def _never(low: Term, high: Term, facts: list[Term], words: dict[str, str]) -> Judgement:
    """The refutation of low <= high, or <, where the opposite always holds: at a point where the sides differ."""
    seen = decide(low, high, domain=words, facts=facts)
    if seen.status != "refuted":
        return OPEN
    witness = {k: str(v) for k, v in (seen.witness or {}).items()}
    left, _, right = seen.reason.removeprefix("the left side is ").partition(", the right side is ")
    return Judgement("refuted", message="the opposite always holds", witness=witness, values=(left, right))


def _on_average(notation: Notation, low: Term, high: Term, relation: str) -> Judgement | None:
    """A bound on average over x_0 ~ q, with x_{0:T} ~ q on the side of the bound: what holds given every x_0, and fails
    given some of them in a model, holds or fails on average. None for others.
    """
    if any(t.op != "app" or t.args[0] != "E" or len(t.args) != 3 for t in (low, high)):
        return None
    single = [t for t in (low, high) if ONE.fullmatch(str(t.args[2].args[0]))]
    joint = [t for t in (low, high) if ALL.fullmatch(str(t.args[2].args[0]))]
    if len(single) != 1 or len(joint) != 1:
        return None
    owner = _group(ALL, joint[0].args[2]).replace("{", "").replace("}", "")
    steps = {p for p in walk(joint[0].args[1]) if p.op == "app" and GIVEN.fullmatch(str(p.args[0]))}
    if len(steps) != 1 or {_group(GIVEN, p) for p in steps} != {owner}:
        return None  # x_{0:T} is drawn from another law than that of the steps
    step = steps.pop()
    plain_q = app("q(x_1:T|x)", *step.args[1:])  # whose name says no more than that it is one law
    inner = app("E", replaced(joint[0].args[1], step, plain_q), plain_q)
    given = {id(single[0]): single[0].args[1], id(joint[0]): inner}
    upwards = bounds.judge(given[id(low)], given[id(high)], "<=")
    if upwards is None or upwards.verdict not in ("proved", "refuted"):
        return None
    return upwards if upwards.verdict == "proved" and relation in ("<=", ">=") else _averaged(given, low, high, upwards)


def _group(pattern: re.Pattern[str], t: Term) -> str:
    found = pattern.fullmatch(str(t.args[0]))
    return found[1] if found else ""


def _averaged(given: dict[int, Term], low: Term, high: Term, found: Judgement) -> Judgement | None:
    """The refutation on average: the opposite holds given every x_0, so that the difference has a sign."""
    opposite = bounds.judge(given[id(high)], given[id(low)], "<=")
    return found if found.verdict == "refuted" and opposite is not None and opposite.verdict == "proved" else None


def _jensen(low: Term, high: Term) -> Judgement | None:
    """The verdict on f(E[u]) <= E[f(u)], or the opposite; None for another inequality."""
    for mean, function, above in ((low, high, False), (high, low, True)):
        if mean.op != "app" or mean.args[0] != "E" or function.op not in CONCAVE | CONVEX:
            continue
        body, inside = mean.args[1], function.args[0]
        same = inside.op == "app" and inside.args[0] == "E" and inside.args[2:] == mean.args[2:]
        if not same or body != Term(function.op, (inside.args[1], *function.args[1:]), function.sort):
            continue
        if function.op == "pow" and function.args[1] != num(2):
            continue
        if (function.op in CONVEX) == above:
            return Judgement("proved", "prob.jensen", "by Jensen's inequality; the expectations are taken to exist")
        return _two_values(function)
    return None


def _two_values(function: Term) -> Judgement | None:
    """The refutation of Jensen's inequality turned round: by a variable that is 1 or 4, one as likely as the other."""
    u = sym("u")
    if function.op == "norm2":
        shape = Term("pow", (u, num(2)), u.sort)
    else:
        shape = Term(function.op, (u, *function.args[1:]), function.sort)
    ends = [replaced(shape, u, num(k)) for k in (1, 4)]
    middle = replaced(shape, u, num(Fraction(5, 2)))
    seen = decide(div(add(*ends), 2), middle, domain={})
    if seen.status != "refuted":
        return None
    said = "Jensen's inequality is the other way round: it fails for a variable that is 1 or 4 with probability 1/2"
    left, _, right = seen.reason.removeprefix("the left side is ").partition(", the right side is ")
    return Judgement("refuted", "prob.jensen", said, witness={"P(1)": "1/2", "P(4)": "1/2"}, values=(left, right))


__all__ = ["judge"]
