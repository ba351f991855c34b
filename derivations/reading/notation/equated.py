"""What a condition makes equal under which a formula stands: put in for the names that it is solved for."""

from __future__ import annotations

from derivations.kernel.terms import Term, is_scalar, lt, num
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import Notation
from derivations.reading.notation.unfolding import BOUND, Rule, Unfolder, canonical, replaced
from derivations.reading.terms.signature import INDICES
from derivations.reading.text.syntax import UnreadError


def equate(notation: Notation, name: Term, value: Term) -> bool:
    """Take a name for what a condition makes of it, at every step where it is said of one; False where that cannot be
    done. A number has the sign that is usual for it.
    """
    rule = Rule(name, value, "", "definition")
    if _at_every_step(rule):
        notation.own.insert(0, rule)
        try:
            notation.unfolder(num(0))(name)
        except UnreadError:
            notation.own.remove(rule)
            return False
    elif notation.knows(name) or name.args[0] in notation.known():
        return False
    notation.equated.append(rule)
    word = notation.domains.get(str(name.args[0]), "positive")
    other = _on_circle(value)
    if other is not None and {word, notation.domains.get(str(other.args[0]))} <= {"positive", "unit"}:
        notation.ranges[str(other.args[0])] = "unit"
    if is_scalar(name) and word != "real":
        notation.granted += [lt(0, value), *([lt(value, 1)] if word == "unit" else [])]
    return True


def put_in(notation: Notation, t: Term) -> Term:
    """The term with what is equal under the condition at hand."""
    for rule in notation.equated:
        if _at_every_step(rule):
            t = Unfolder([rule], scores=False)(t)
            continue
        bound = {p.args[0] for p in walk(t) if p.op in BOUND and isinstance(p.args[0], Term)}
        if bound & (rule.left.free | rule.right.free):
            raise UnreadError("a condition on one step, under a sum over steps")
        t = replaced(t, rule.left, rule.right)
    return canonical(t) if notation.equated else t


def _on_circle(value: Term) -> Term | None:
    """The name a in sqrt(1 - a^2); None for another value."""
    parts = value.args[0].args if value.op == "sqrt" and value.args[0].op == "add" else ()
    powers = [p.args[0] for p in parts if p.op == "neg" and p.args[0].op == "pow" and p.args[0].args[1] == num(2)]
    names = [p.args[0] for p in powers if p.args[0].op in ("sym", "app")]
    return names[0] if len(parts) == 2 and num(1) in parts and names else None


def _at_every_step(rule: Rule) -> bool:
    """Whether an equation has no index but those of the name that it gives a value: then it holds at each step."""
    return {s for s in rule.right.free if s.args[0] in INDICES} <= rule.left.free


__all__ = ["equate", "put_in"]
