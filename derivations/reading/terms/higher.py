r"""Derivatives of higher order, \partial_x^2 and \ddot x(t), and gradients that are transposed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, app, is_scalar
from derivations.reading.terms import binders
from derivations.reading.text.syntax import Item, Row, UnreadError, show

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

MOST = 4  # the highest order


def repeated(el: Elaborator, item: Item, at: Term, body: Term) -> Term:
    """The derivative of the order that stands above a curved d; one of an order by name is opaque."""
    if not item.sup:
        return binders.derivative(el, at, body, item)
    if not (is_scalar(at) and is_scalar(body)):
        raise UnreadError("the kinds do not fit: a derivative in a vector of an order", show(item.sup), item.at)
    order = el.expr(item.sup)
    if order.op != "num":
        return app("derivative[]", body, at, order)
    if order.args[0] not in range(1, MOST + 1):
        raise UnreadError("a derivative of an order that has no meaning here", show(item.sup), item.at)
    for _ in range(int(order.args[0])):
        body = binders.derivative(el, at, body, item)
    return body


def bent(el: Elaborator, t: Term, first: Term | None, item: Item) -> Term:
    """The second derivative of a function in time, of which the first one is given; of a name it is opaque."""
    if first is None:
        return app("rate", app("rate", t, sort=t.sort), sort=t.sort)
    return binders.derivative(el, t.args[1], first, item)


def turned(el: Elaborator, item: Item, rest: Row) -> Term | None:
    r"""\nabla \log p(x)^\top, where the gradient is turned and not the number behind it; None for another row."""
    last = rest[-1]
    called = last.kind == "bracket" and rest[0].kind in ("func", "name")
    if item.text != "nabla" or not called or show(last.sup) != "top":
        return None
    whole = binders.nabla(el, item, (*rest[:-1], replace(last, sup=())))
    el.use_all(last.sup)
    return app("row", whole, sort=whole.sort) if whole.sort[0] == "vec" else whole


__all__ = ["bent", "repeated", "turned"]
