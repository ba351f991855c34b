r"""Derivatives of higher order, \partial_x^2 and \ddot x(t), and of brackets; gradients that are transposed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, app, is_scalar
from derivations.reading.terms import binders
from derivations.reading.terms.signature import VECTOR
from derivations.reading.text.syntax import Item, Row, UnreadError, show, shown

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

MOST = 4  # the highest order
TIMES = frozenset({"t", "s", "tau", "u", "r"})


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


def primed(el: Elaborator, base: Term, item: Item) -> Term:
    r"""(\log\alpha_t)' as the derivative in t, the only time that stands in it."""
    times = [s for s in base.free if s.op == "sym" and s.args[0] in TIMES and is_scalar(s)]
    if item.kind not in ("bracket", "frac") or item.primes > 1 or len(times) != 1 or not is_scalar(base):
        raise UnreadError("a prime that has no meaning here", shown(item), item.at)
    return binders.derivative(el, times[0], base, item)


def turned(el: Elaborator, item: Item, rest: Row) -> Term | None:
    r"""\nabla \log p(x)^\top v, where the gradient is turned and not the number behind it; None for another row."""
    at = next((k for k, i in enumerate(rest) if show(i.sup) == "top"), -1)
    if item.text != "nabla" or item.sup or at < 0 or any(i.kind == "op" for i in rest[:at]):
        return None
    end = at + 1 + (at + 1 < len(rest) and rest[at].kind == "name" and rest[at + 1].kind == "bracket")
    operand = (*rest[:at], replace(rest[at], sup=()), *rest[at + 1 : end])
    called = operand[-1].kind == "bracket" and operand[0].kind in ("func", "name")
    if not called or (end < len(rest) and not is_energy(el.aside(operand))):
        return None
    el.use_all(rest[at].sup)
    whole = binders.nabla(el, item, operand)
    row = app("row", whole, sort=whole.sort) if whole.sort[0] == "vec" else whole
    return el.multiplied([row, el.product(rest[end:])]) if end < len(rest) else row


def is_energy(body: Term) -> bool:
    """Whether a gradient may be of a term: a number, or one of the functions that are energies unless bold."""
    return is_scalar(body) or (body.op == "app" and body.sort == VECTOR and body.args[0] in binders.ENERGIES)


__all__ = ["bent", "is_energy", "primed", "repeated", "turned"]
