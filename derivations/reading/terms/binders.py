"""What takes the rest of a product: sums, products, integrals, derivatives, open logarithms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.terms import (
    LEBESGUE,
    REAL,
    Sort,
    Term,
    app,
    diff,
    div,
    divergence,
    grad,
    integral,
    interval,
    is_scalar,
    prod_,
    sum_,
    sym,
)
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced
from derivations.reading.terms import differential, gradients, higher, listed, logarithms, measures, operators, sums
from derivations.reading.terms.signature import DIMENSION, VECTOR, Signature, key_of
from derivations.reading.text.syntax import Item, Row, UnreadError, show, shown

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

Named = Callable[["Elaborator", Row, int], tuple[Term, int]]


def fits(make: Callable[[], Term]) -> Term:
    """What the constructor makes, or the reason why the sorts do not fit."""
    from derivations.reading.terms.elaborate import fits as checked

    return checked(make)


# ---- prefix operators, which take the rest of the product


def prefix(el: Elaborator, row: Row, k: int) -> Term | None:
    """The term of row[k:], when an operator that takes the rest of the product stands at k."""
    item = row[k]
    rest = row[k + 1 :]
    if item.kind == "big":
        if item.text in ("min", "max") and not item.sub and rest and len(rest[0].cells) > 1:
            return None
        if item.text in OPTIMA and rest:
            return _optimum(el, item, rest)
        if item.text == "lim" and rest:
            return _limit(el, item, rest)
        if item.text in ("sum", "prod"):
            return _total(el, item, rest)
        if item.text == "int":
            return _integral(el, item, rest)
        raise UnreadError("an operator that has no meaning here", item.text, item.at)
    if item.kind == "nabla":
        return nabla(el, item, rest)
    if differential.begins(item, rest):
        return differential.value(el, item, rest)
    if item.kind == "frac" and measures.is_quotient(item):
        return measures.quotient(el, item, rest)
    if item.kind == "frac" and is_derivative(item):
        return quotient_derivative(el, item, rest)
    if item.kind == "func" and item.text in ("log", "exp") and logarithms.is_open(el.signature, item, rest):
        return logarithms.opened(el, item, rest)
    if (
        item.kind == "name"
        and item.text == "bb E"
        and not (rest and rest[0].kind == "bracket" and rest[0].text[0] in "[({")
    ):
        if not rest:
            raise UnreadError("an expectation of nothing", shown(item), item.at)
        return operators.expected(el, item, el.product(rest), ())
    return None


OPTIMA = frozenset({"argmin", "argmax", "min", "max", "arg", "sup", "inf"})


def _optimum(el: Elaborator, item: Item, rest: Row) -> Term:
    """An optimum: an opaque value of the body, and of what stands below the sign."""
    el.use(item)
    el.use_all(item.sub)
    kind, over = item.text, item.sub
    if rest[0].kind == "big" and rest[0].text in ("min", "max") and len(rest) > 1:
        kind, over = kind + rest[0].text, over or rest[0].sub
        el.use(rest[0])
        el.use_all(rest[0].sub)
        rest = rest[1:]
    if len(rest) == 1 and rest[0].text == "{}" and len(rest[0].cells) > 1:  # the least of a set: {F(x); x > 0}
        el.use(rest[0])
        for condition in rest[0].cells[1:]:
            el.use_all(condition)
            over = (*over, *condition)
        rest = rest[0].cells[0]
    body = el.expr(rest) if rest[0].kind == "op" else el.product(rest)
    return app("optimum", body, sym(f"{kind} {show(over)}"))


def _limit(el: Elaborator, item: Item, rest: Row) -> Term:
    """A limit: an opaque value of the body and of what stands below the sign."""
    el.use(item)
    el.use_all(item.sub)
    body = el.product(rest)
    return app("lim", body, sym("lim " + show(item.sub)), sort=body.sort)


def _total(el: Elaborator, item: Item, rest: Row) -> Term:
    """A sum or a product over an index; one of vectors is opaque."""
    if not rest:
        raise UnreadError("a sum or product of nothing", shown(item), item.at)
    el.use(item)
    spread = any(i.kind == "op" and i.text in "+-" for i in rest)
    state = sums.over_values(item)
    if state is not None:
        el.use_all(item.sub[1:])
        el.signature.doubts |= {"summed"}
        name, body = el.expr(state), el.expr(rest) if spread else el.product(rest)
        if len(item.sub) > 1 and item.sub[1].text == "!=":
            return app("sum[]", body, name, el.aside(item.sub[2:]), sort=body.sort)  # over all values but one
        return app("integral", body, name, sort=body.sort)  # over the counting measure
    comma = next((k for k, i in enumerate(item.sub) if i.kind == "sep" and i.text == ","), 0)
    if comma and not item.sup:
        later = replace(item, sub=item.sub[comma + 1 :], at=item.sub[comma].at)
        return _total(el, replace(item, sub=item.sub[:comma], at=-1 - item.sub[comma].at), (later, *rest))
    index, first, last = sums.ends(el, item)
    kept = set(el.coordinates)
    el.coordinates |= {index} if last == DIMENSION or last.args[0] in sums.DIMENSIONS else set()
    body = el.expr(rest) if spread else el.product(rest)
    el.coordinates = kept
    if not is_scalar(body):
        if item.text == "prod" or not el.signature.vector_sums:
            raise UnreadError("a sum of vectors", show(rest)[:60], item.at)
        return app("sum[]", body, index, first, last, sort=body.sort)
    if last == sums.WITHOUT_END:
        return app("sum[]" if item.text == "sum" else "prod[]", body, index, first, last)
    make = sum_ if item.text == "sum" else prod_
    return fits(lambda: make(index, first, last, body))


def _integral(el: Elaborator, item: Item, rest: Row) -> Term:
    """An integral: over the line or an interval for a number, an opaque one over vectors."""
    el.use(item)
    spread, rest = rest, listed.differentials(rest)
    kept = {i.at for i in rest}
    el.use(*(i for i in spread if i.at not in kept))
    pairs = [j for j in range(len(rest) - 1) if _is_d(rest[j]) and rest[j + 1].kind == "name"]
    if not pairs:
        raise UnreadError("an integral without its differential", show(rest)[:60], item.at)
    start = pairs[-1] if any(i.kind == "big" and i.text == "int" for i in rest) else pairs[0]
    end = start
    variables: list[Row] = []
    while end in pairs:
        el.use(rest[end])
        variables.append((rest[end + 1],))
        end += 2
    inside = rest[:start] if start else rest[end:]
    tail: Row = rest[end:] if start else ()
    kept_signature = el.signature
    el.signature = _with_numbers(el, variables) if item.sub and item.sup else el.signature
    names = [el.expr(v) for v in variables]
    body = el.expr(inside)
    el.signature = kept_signature
    for name in reversed(names):
        body = _integrated(el, item, name, body)
    return el.multiplied([body, el.product(tail)]) if tail else body


def _integrated(el: Elaborator, item: Item, name: Term, body: Term) -> Term:
    ends = [e for e in (item.sub, item.sup) if e]
    el.signature.doubts |= {"integrated"}
    if len(ends) == 1 and sums.over_a_part(ends[0]):
        el.use_all(ends[0])
        return app("integral[]", body, name, sym(f"over {show(ends[0])}"), sort=body.sort)
    if name.op == "sym" and name.sort == REAL and is_scalar(body):
        measure = LEBESGUE
        if not ends and name.args[0] in TIMES:
            raise UnreadError("an integral over time without its ends", shown(item), item.at)
        if len(ends) == 2:
            measure = fits(lambda: interval(_end(el, item.sub), _end(el, item.sup)))
        elif ends:
            el.use_all(ends[0])
        return fits(lambda: integral(name, body, measure))
    if len(ends) == 2:  # along a path, as dW_s
        return app("integral[]", body, name, *(el.expr(e) for e in ends), sort=body.sort)
    for e in ends:
        el.use_all(e)
    return app("integral", body, name, sort=body.sort)


def _with_numbers(el: Elaborator, variables: list[Row]) -> Signature:
    """What is declared where variables run from one value to another: they are numbers."""
    plain = {key_of(v[0]) for v in variables if not v[0].sub and "bold" not in v[0].marks}
    return replace(el.signature, scalars=el.signature.scalars | plain)


TIMES = frozenset({"t", "s", "tau"})


def _end(el: Elaborator, row: Row) -> Term | str:
    text = show(row).replace(" ", "")
    if text in ("infinity", "+infinity", "-infinity"):
        el.use_all(row)
        return "-oo" if text[0] == "-" else "oo"
    return el.expr(row)


def _is_d(item: Item) -> bool:
    return item.kind == "name" and item.text == "d" and "bold" not in item.marks and not item.sub


# ---- derivatives


def nabla(el: Elaborator, item: Item, rest: Row) -> Term:
    """What a gradient or a curved d makes of the rest. Raises UnreadError."""
    if item.text == "Delta" or not rest:
        raise UnreadError("an operator that has no meaning here", item.text, item.at)
    turned = higher.turned(el, item, rest)
    if turned is not None:
        return turned
    end = gradients.reach(el.signature, item, rest)
    if end < len(rest):
        tail = rest[end + 1 :] if rest[end].kind == "op" else rest[end:]
        el.use_all(rest[end : len(rest) - len(tail)])
        return el.multiplied([nabla(el, item, rest[:end]), el.product(tail)])
    el.use(item)
    if item.text == "partial":
        if not item.sub:
            raise UnreadError("a derivative without its variable", item.text, item.at)
        return higher.repeated(el, item, el.expr(item.sub), el.product(rest))
    order = 1
    if item.sup:
        if show(item.sup) != "2":
            raise UnreadError("a power of the gradient", show(item.sup), item.at)
        el.use_all(item.sup)
        order = 2
    dotted = rest[0].kind == "op" and rest[0].text == "*"
    if dotted:
        el.use(rest[0])
        rest = rest[1:]
    body = el.product(rest)
    at = el.expr(item.sub) if item.sub else _shared(el, body)
    if not is_scalar(body) and higher.is_energy(body) and not dotted:
        body = app(*body.args)  # the gradient of an energy
    if dotted:
        return divergence_of(el, at, body)
    if order == 2:
        return divergence_of(el, at, derivative(el, at, body, item))
    return derivative(el, at, body, item)


def _shared(el: Elaborator, body: Term) -> Term:
    """The variable of a gradient that names none: what the formula's densities share, unless this one is of others."""
    own = gradients.variable_of(body, el.signature)
    if not el.signature.gradient:
        return own
    shared = el.aside(el.signature.gradient)
    return shared if _occurs(shared, body) or own.args[0] in gradients.CLASSES else own


def _occurs(part: Term, t: Term) -> bool:
    return t == part or any(_occurs(part, a) for a in t.args if isinstance(a, Term))


ENERGIES = frozenset({"f_theta", "f", "U", "V", "E_theta", "h", "F", "G"})


def derivative(el: Elaborator, at: Term, body: Term, item: Item) -> Term:
    """The derivative or gradient of the body in what the author differentiates by, a symbol or a state x_t."""
    if at.op == "sym" and at.args[0] in ("theta", "phi") and not _is_angle(at, body):
        return app(f"grad_{at.args[0]}", body, sort=VECTOR)
    if at.op not in ("sym", "app") and not _is_moved(at):
        raise UnreadError("a derivative in something that is no variable", repr(at)[:60], item.at)
    if is_scalar(at):
        if not is_scalar(body):
            return app("rate", body, at, sort=body.sort)
        if at.op == "sym" and at.sort == REAL:
            return fits(lambda: diff(at, body))
        x = sym("∂" + repr(at), REAL)
        return fits(lambda: diff(x, replaced(body, at, x), at))
    at = _only_state(at, body)
    if body.sort == VECTOR:
        return app("jacobian", body, at, sort=REAL)
    x = sym("∂" + repr(at), at.sort)
    return fits(lambda: grad(x, replaced(body, at, x), at))


def _is_moved(at: Term) -> bool:
    """Whether a point is a state and something added: there the gradient at the point is the one in the state."""
    return at.op == "add" and not is_scalar(at) and any(a.op in ("sym", "app") for a in at.args)


def _is_angle(at: Term, body: Term) -> bool:
    """Whether a term is made of a number phi by sines and the like, and of no function with phi as parameters."""
    inside, named = [body], False
    while inside:
        t = inside.pop()
        if t.op == "app" and at in t.free:
            return False
        named |= t == at
        inside.extend(a for a in t.args if isinstance(a, Term))
    return named and is_scalar(at)


def _only_state(at: Term, body: Term) -> Term:
    """The state x_t for x, of a gradient in x of what has no x but that one state."""
    if at.op != "sym":
        return at
    inside, found = [body], set[Term]()
    while inside:
        t = inside.pop()
        if t == at:
            return at
        if t.op == "app" and t.args[0] == at.args[0] and len(t.args) == 2 and t.sort == at.sort:
            found.add(t)
        inside.extend(a for a in t.args if isinstance(a, Term))
    if len(found) > 1:  # of log p(x_t | x_0) the variable is x_t
        firsts = {p.args[1] for p in walk(body) if p.op == "app" and "(" in p.args[0] and len(p.args) > 1}
        return firsts.pop() if len(firsts) == 1 and firsts <= found else at
    return found.pop() if len(found) == 1 else at


def divergence_of(el: Elaborator, at: Term, body: Term) -> Term:
    """The divergence of a vector in a variable or a state; of a number in one dimension its derivative."""
    if is_scalar(at):
        x = sym("∂" + repr(at), REAL)
        return fits(lambda: diff(x, replaced(body, at, x), at))
    x = sym("∂" + repr(at), at.sort)
    return fits(lambda: divergence(x, replaced(body, at, x), at))


def slope(key: str, arguments: tuple[Term, ...], sort: Sort) -> Term:
    """The derivative in time, the first argument, of a function that is written with a dot or a prime."""
    at, rest = arguments[0], arguments[1:]
    u = sym("∂u", REAL)
    if sort != REAL and any(at in a.free for a in rest):  # the point moves too, and is not what one differentiates by
        return app("at[]", app("rate", app(key, u, *rest, sort=sort), u, sort=sort), u, at, sort=sort)
    if sort != REAL:
        return app("rate", app(key, *arguments, sort=sort), at, sort=sort)
    return diff(u, app(key, u, *rest), at)


def is_derivative(item: Item) -> bool:
    """Whether a fraction is d/dt, or d(...)/dt."""
    top, bottom = item.cells
    return (
        bool(top and bottom)
        and all(_is_d(r[0]) or (r[0].kind == "nabla" and r[0].text == "partial") for r in (top, bottom))
        and len(bottom) > 1
    )


def quotient_derivative(el: Elaborator, item: Item, rest: Row) -> Term:
    """The derivative that a fraction is, of what stands above its line or else of the rest. Raises UnreadError."""
    top, bottom = item.cells
    el.use(item, top[0], bottom[0])
    order, variable = 1, bottom[1:]
    mixed = next((k for k, i in enumerate(variable) if i.kind == "nabla" and i.text == "partial"), 0)
    if top[0].sup and mixed and show(top[0].sup) == "2" and not top[1:]:
        el.use_all((*top[0].sup, variable[mixed]))
        body = derivative(el, el.expr(variable[mixed + 1 :]), el.product(rest), item)
        return derivative(el, el.expr(variable[:mixed]), body, item)
    if top[0].sup:
        if show(top[0].sup) != "2" or len(variable) != 1 or show(variable[0].sup) != "2":
            raise UnreadError("a derivative of an order that has no meaning here", shown(item)[:60], item.at)
        el.use_all(top[0].sup)
        el.use_all(variable[0].sup)
        order, variable = 2, (replace(variable[0], sup=()),)
    at = el.expr(variable)
    inside = top[1:] or rest
    if not inside:
        raise UnreadError("a derivative of nothing", shown(item), item.at)
    body = el.product(inside)
    for _ in range(order):
        body = derivative(el, at, body, item)
    if not top[1:]:
        return body
    body = el.raised(body, item)
    if len(rest) > 1 and (rest[0].kind, rest[0].text) == ("op", "/"):
        el.use(rest[0])
        below, k = el.factor(rest, 1)
        body, rest = fits(lambda: div(body, below)), rest[k:]
    if len(rest) > 1 and (rest[0].kind, rest[0].text) == ("op", "*"):
        el.use(rest[0])
        rest = rest[1:]
    return el.multiplied([body, el.product(rest)]) if rest else body
