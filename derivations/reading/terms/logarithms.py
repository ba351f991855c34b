"""How far a logarithm or an exponential without brackets of its own reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.kernel.terms import Term, function
from derivations.reading.terms import operators
from derivations.reading.terms.signature import DENSITIES, Signature
from derivations.reading.text.syntax import Item, Row, UnreadError

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator


def is_open(signature: Signature, item: Item, rest: Row) -> bool:
    """Whether a function has no brackets of its own; log (a)/(b) and log (a)^{1/2} may be of all, or of a alone."""
    if not rest or rest[0].kind != "bracket":
        return True
    wider = item.text == "log" and bool(rest[0].sup or (len(rest) > 2 and (rest[1].kind, rest[1].text) == ("op", "/")))
    signature.doubts |= {"whole"} if wider else set()
    return wider and signature.logs == "whole"


def opened(el: Elaborator, item: Item, rest: Row) -> Term:
    """log u v w: the logarithm of the rest, up to the next function or dot; log p(x) int ... is a product."""
    if not rest:
        raise UnreadError("a function of nothing", item.text, item.at)
    el.use(item)
    end = _reach(el.signature, rest) if item.text == "log" else _up_to_a_function(rest)
    value = function(item.text, operators.number(el.product(rest[:end]), item))
    value = el.raised(value, item)
    if end == len(rest):
        return value
    tail = rest[end + 1 :] if rest[end].kind == "op" else rest[end:]
    if rest[end].kind == "op":
        el.use(rest[end])
    return el.multiplied([value, el.product(tail)])


def _up_to_a_function(rest: Row) -> int:
    return next((j for j in range(1, len(rest)) if _ends_function(rest, j)), len(rest))


def _reach(signature: Signature, rest: Row) -> int:
    """How much of a product a logarithm without brackets is of; notes in which other ways it may be read."""
    end = _up_to_a_function(rest)
    density = len(rest) > 2 and rest[0].text in DENSITIES and rest[1].kind == "bracket"
    if density and rest[2].kind == "big" and rest[2].text == "int":
        end = 2
    signature.doubts |= {"narrow"} if density and end > 2 else set()
    signature.doubts |= {"wide"} if rest[end : end + 1] and rest[end].text == "exp" else set()
    if signature.logs == "narrow" and density:
        return 2
    return len(rest) if signature.logs == "wide" else end


def _ends_function(rest: Row, j: int) -> bool:
    """Whether the argument of an open logarithm ends here: at the next function, or at a dot, unless the dot is between
    two quotients of densities.
    """
    dot = rest[j].kind == "op" and rest[j].text == "*"
    called = rest[j].kind == "func" and all(i.kind != "big" for i in rest[:j])  # what is summed is no factor
    return called or (dot and not all(map(_of_densities, (rest[j - 1 : j], rest[j + 1 : j + 2]))))


def _of_densities(row: Row) -> bool:
    """Whether a row is a quotient of densities, and of nothing else, or dots between such."""
    if len(row) == 1 and row[0].kind == "dots":
        return True
    inside = [i for c in row[0].cells for i in c] if len(row) == 1 and row[0].kind == "frac" else []
    named = [i for i in inside if i.kind == "name"]
    dense = [i for i in named if i.text in ("p", "q")]
    return bool(named) and dense == named and all(i.kind in ("name", "bracket", "op") for i in inside)
