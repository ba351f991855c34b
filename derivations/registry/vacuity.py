"""Statements that say nothing: hypotheses that contradict one another, X = X, a constant that is free to be anything.

That hypotheses can hold together is shown by a model (`trials`); here the kernel is asked for a contradiction, and the
statement is looked at as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.formats.plain import plain
from derivations.kernel import RuleError
from derivations.kernel.equality import algebra, order
from derivations.kernel.substitution import substitute
from derivations.kernel.terms import REAL, Term, TermError, eq, is_scalar, le, lt, show, sym
from derivations.kernel.theorem import Theorem, same


def flags(theorem: Theorem) -> list[str]:
    """What makes the statement say nothing, a sentence each; empty for one that says something."""
    found = [*contradiction(theorem.hypotheses), *trivial(theorem), *free_constant(theorem)]
    return list(dict.fromkeys(found))


def contradiction(hypotheses: tuple[Term, ...]) -> Iterator[str]:
    """A proof of 0 < 0 from the hypotheses."""
    usable = tuple(h for h in hypotheses if h.op in ("lt", "le", "ne", "eq") and is_scalar(h.args[0]))
    for h in usable:
        if h.op == "eq":
            continue
        rest = tuple(other for other in usable if other is not h)
        a, b = h.args
        opposite = le(b, a) if h.op == "lt" else lt(b, a) if h.op == "le" else eq(a, b)
        if rest and _proved(opposite, rest):
            yield f"the hypotheses contradict one another: {plain(h)} is false by the others, so anything would follow"
            return


def _proved(goal: Term, hypotheses: tuple[Term, ...]) -> bool:
    try:
        if goal.op == "eq":
            algebra(*goal.args, hypotheses)
        else:
            order(goal, hypotheses)
    except (RuleError, TermError):
        return False
    return True


def trivial(theorem: Theorem) -> Iterator[str]:
    """X = X, a hypothesis as conclusion, or an equality up to a constant of two sides that do not see the variable."""
    if theorem.rule == "define":
        return
    body = theorem.conclusion
    while body.op == "all":
        body = body.args[2]
    if body.op in ("eq", "le", "aeq") and same(body.args[-2], body.args[-1]):
        yield f"both sides are the same: {plain(body)}"
    if any(same(theorem.conclusion, h) for h in theorem.hypotheses):
        yield f"the conclusion is one of the hypotheses: {plain(theorem.conclusion)}"
    if body.op == "eqmod" and not any(_sees(a, body.args[0]) for a in body.args[1:]):
        yield f"neither side depends on {plain(body.args[0])}, so any two such sides are equal up to a constant"


def _sees(t: Term, theta: Term) -> bool:
    """Whether the variable of an equality up to a constant, a symbol or a function, occurs."""
    if theta.op == "sym":
        return theta in t.free
    return (t.op == "app" and t.args[0] == theta.args[0]) or any(_sees(a, theta) for a in t.args if isinstance(a, Term))


def free_constant(theorem: Theorem) -> Iterator[str]:
    """A hypothesis c = E that defines a letter as just what the conclusion says of it: true of any two sides.

    The conclusion then follows from that one hypothesis by adding and subtracting, whatever its other parts mean.
    """
    conclusion = theorem.conclusion
    if conclusion.op != "eq" or not is_scalar(conclusion.args[0]):
        return
    for h in theorem.hypotheses:
        if h.op != "eq" or h.args[0].op not in ("sym", "app") or not _mentions(conclusion, h.args[0]):
            continue
        letters: dict[Term, Term] = {}
        sides = [_linear(a, letters) for a in conclusion.args]
        meaning, named = _linear(h.args[1], letters), letters.get(h.args[0])
        if named is not None and _proved(eq(*(substitute(s, {named: meaning}) for s in sides)), ()):
            said = f"{plain(h.args[0])} is defined by {plain(h)}, which is what is concluded"
            yield f"{said}: it would hold of any two sides"


def _mentions(t: Term, part: Term) -> bool:
    return t == part or any(_mentions(a, part) for a in t.args if isinstance(a, Term))


def _linear(t: Term, letters: dict[Term, Term]) -> Term:
    """The term with a letter in the place of each part that is no sum, negative or number."""
    if t.op == "num":
        return t
    if t.op in ("add", "neg"):
        return Term(t.op, tuple(_linear(a, letters) for a in t.args), REAL)
    return letters.setdefault(t, sym(f"part {len(letters)}: {show(t)[:20]}"))
