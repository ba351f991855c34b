r"""What is evaluated at a point or between two: f(t)|_{t=0}, [F(s)]_{s=a}^{s=b}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.kernel.substitution import substitute
from derivations.kernel.terms import Term, TermError, add, app, neg, num, zero
from derivations.reading.equations.naming import OPAQUE
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms.signature import DIMENSION
from derivations.reading.text.syntax import Item, Row, UnreadError, show, shown

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator


def is_bar(item: Item) -> bool:
    """Whether an item is a bar of evaluation."""
    return item.kind == "at"


def between(item: Item) -> bool:
    """Whether a bracket has a lower and an upper value: [F(s)]_a^b."""
    return item.text in ("[]", "()") and len(item.cells) == 1 and bool(item.sub and item.sup)


def value(el: Elaborator, body: Term, item: Item) -> Term:
    """The body where the scripts of the bar, or of the bracket, say. Raises UnreadError."""
    el.use(item)
    low_name, low = _said(el, item.sub)
    high_name, high = _said(el, item.sup)
    name = low_name or high_name
    if name is None or (low_name and high_name and low_name != high_name):
        name = _only(body, item)
    if high is None:
        if low is None:
            raise UnreadError("a bar without a value", shown(item), item.at)
        return _at(body, name, low, item)
    if low is None:
        raise UnreadError("a bar without its lower value", shown(item), item.at)
    return add(_at(body, name, high, item), neg(_at(body, name, low, item)))


def _said(el: Elaborator, row: Row) -> tuple[Term | None, Term | None]:
    """The variable, where it is named, and its value."""
    if not row:
        return None, None
    at = next((k for k, i in enumerate(row) if i.kind == "rel"), None)
    if at is None:
        return None, el.expr(row)
    if row[at].text != "=":
        raise UnreadError("a value by another relation than =", show(row), row[at].at)
    el.use(row[at])
    return el.expr(row[:at]), el.expr(row[at + 1 :])


def _only(body: Term, item: Item) -> Term:
    names = [s for s in body.free if s.sort[0] in ("real", "int")]
    if len(names) != 1:
        raise UnreadError("a value of a variable that is not named", shown(item), item.at)
    return names[0]


def _at(body: Term, name: Term, at: Term, item: Item) -> Term:
    """The body with the value for the variable; opaque where something hides it, or it is no variable."""
    at = zero(DIMENSION) if at == num(0) and name.sort[0] == "vec" else at
    hidden = any(p.op == "app" and (p.args[0] in OPAQUE or p.args[0] == "E|") and name in p.free for p in walk(body))
    if name.op != "sym" or hidden:
        return app("at[]", body, name, at, sort=body.sort)
    try:
        return substitute(body, {s: at for s in body.free if s.args[0] == name.args[0]})
    except TermError as reason:
        raise UnreadError(f"a value that does not fit: {reason}", shown(item), item.at) from None


__all__ = ["between", "is_bar", "value"]
