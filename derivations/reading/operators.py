"""What binds or is applied: sums, integrals, derivatives, logarithms, expectations, divergences, densities, norms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.definitions import PI
from derivations.kernel.terms import (
    INT,
    LEBESGUE,
    REAL,
    Sort,
    Term,
    add,
    app,
    diff,
    div,
    divergence,
    exp,
    eye,
    function,
    grad,
    inner,
    integral,
    interval,
    is_scalar,
    log,
    logdet,
    mul,
    neg,
    norm2,
    normal,
    num,
    power,
    prod_,
    sqrt,
    sum_,
    sym,
    trace,
    zero,
)
from derivations.kernel.substitution import rebuild
from derivations.reading.signature import DIMENSION, VECTOR, is_index, key_of, label
from derivations.reading.syntax import Item, Row, UnreadError, show, shown

if TYPE_CHECKING:
    from derivations.reading.elaborate import Elaborator

Named = Callable[["Elaborator", Row, int], tuple[Term, int]]


def fits(make: Callable[[], Term]) -> Term:
    """What the constructor makes, or the reason why the sorts do not fit."""
    from derivations.reading.elaborate import fits as checked

    return checked(make)


# ---- prefix operators, which take the rest of the product


def prefix(el: Elaborator, row: Row, k: int) -> Term | None:
    """The term of row[k:], when an operator that takes the rest of the product stands at k."""
    item = row[k]
    rest = row[k + 1 :]
    if item.kind == "big":
        if item.text in ("sum", "prod"):
            return _total(el, item, rest)
        if item.text == "int":
            return _integral(el, item, rest)
        raise UnreadError("an operator that has no meaning here", item.text, item.at)
    if item.kind == "nabla":
        return _nabla(el, item, rest)
    if item.kind == "frac" and _derivative_of(item):
        return _quotient_derivative(el, item, rest)
    if item.kind == "func" and not (rest and rest[0].kind == "bracket") and item.text in ("log", "exp"):
        return _open_function(el, item, rest)
    if item.kind == "name" and item.text == "bb E" and not (rest and rest[0].kind == "bracket" and rest[0].text[0] in "[({"):
        if not rest:
            raise UnreadError("an expectation of nothing", shown(item), item.at)
        return _expected(el, item, el.product(rest), ())
    return None


def _open_function(el: Elaborator, item: Item, rest: Row) -> Term:
    """log u v w: the logarithm of the rest, up to the next function or dot."""
    if not rest:
        raise UnreadError("a function of nothing", item.text, item.at)
    el.use(item)
    end = next((j for j, i in enumerate(rest) if j and (i.kind == "func" or (i.kind == "op" and i.text == "*"))), len(rest))
    value = function(item.text, _scalar(el.product(rest[:end]), item))
    value = el.raised(value, item)
    if end == len(rest):
        return value
    tail = rest[end + 1 :] if rest[end].kind == "op" else rest[end:]
    if rest[end].kind == "op":
        el.use(rest[end])
    return el.multiplied([value, el.product(tail)])


def _scalar(t: Term, item: Item) -> Term:
    if not is_scalar(t):
        raise UnreadError("a function of a number is applied to a vector", item.text, item.at)
    return t


def _total(el: Elaborator, item: Item, rest: Row) -> Term:
    """A sum or a product over an index."""
    el.use(item)
    at = next((j for j, i in enumerate(item.sub) if i.kind == "rel"), None)
    if at != 1 or item.sub[0].kind != "name" or item.sub[0].sub or not rest:
        raise UnreadError("a range that does not begin with an index and its first value", show(item.sub), item.at)
    relation = item.sub[1]
    el.use(item.sub[0], relation)
    index = sym(key_of(item.sub[0]), INT)
    first = el.expr(item.sub[2:])
    if relation.text == ">":
        first = add(first, 1)
    elif relation.text not in ("=", ">="):
        raise UnreadError("a range that does not begin with an index and its first value", show(item.sub), item.at)
    if item.sup:
        last = el.expr(item.sup)
    elif relation.text != "=":
        last = sym("T", INT)
    else:
        raise UnreadError("a sum without a last value", show(item.sub), item.at)
    body = el.product(rest)
    if not is_scalar(body):
        raise UnreadError("a sum of vectors", show(rest)[:60], item.at)
    make = sum_ if item.text == "sum" else prod_
    return fits(lambda: make(index, first, last, body))


def _integral(el: Elaborator, item: Item, rest: Row) -> Term:
    """An integral: over the line or an interval for a number, an opaque one over vectors."""
    el.use(item)
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
    if start == 0:
        inside, tail = rest[end:], ()
    else:
        inside, tail = rest[:start], rest[end:]
    names = [el.expr(v) for v in variables]
    body = el.expr(inside)
    for name in reversed(names):
        body = _integrated(el, item, name, body)
    return el.multiplied([body, el.product(tail)]) if tail else body


def _integrated(el: Elaborator, item: Item, name: Term, body: Term) -> Term:
    ends = [e for e in (item.sub, item.sup) if e]
    if name.op == "sym" and name.sort == REAL and is_scalar(body):
        measure = LEBESGUE
        if len(ends) == 2:
            measure = fits(lambda: interval(_end(el, item.sub), _end(el, item.sup)))
        elif ends:
            el.use_all(ends[0])
        return fits(lambda: integral(name, body, measure))
    for e in ends:
        el.use_all(e)
    return app("integral", body, name, sort=body.sort)


def _end(el: Elaborator, row: Row) -> Term | str:
    text = show(row).replace(" ", "")
    if text in ("infinity", "+infinity", "-infinity"):
        el.use_all(row)
        return "-oo" if text[0] == "-" else "oo"
    return el.expr(row)


def _is_d(item: Item) -> bool:
    return item.kind == "name" and item.text == "d" and "bold" not in item.marks and not item.sub


# ---- derivatives


def _nabla(el: Elaborator, item: Item, rest: Row) -> Term:
    if item.text == "Delta" or not rest:
        raise UnreadError("an operator that has no meaning here", item.text, item.at)
    el.use(item)
    if item.text == "partial":
        if not item.sub:
            raise UnreadError("a derivative without its variable", item.text, item.at)
        return derivative(el, el.expr(item.sub), el.product(rest), item)
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
    at = el.expr(item.sub) if item.sub else _variable_of(body, item)
    if dotted:
        return _divergence(el, at, body)
    if order == 2:
        return _divergence(el, at, derivative(el, at, body, item))
    return derivative(el, at, body, item)


def _variable_of(body: Term, item: Item) -> Term:
    """The variable of a gradient that names none: the first variable of the density inside."""
    stack = [body]
    while stack:
        t = stack.pop()
        if t.op == "normal":
            return t.args[0]  # type: ignore[no-any-return]
        if t.op == "app" and "(" in t.args[0] and len(t.args) > 1:
            return t.args[1]  # type: ignore[no-any-return]
        stack.extend(a for a in t.args if isinstance(a, Term))
    raise UnreadError("a gradient without its variable", item.text, item.at)


def derivative(el: Elaborator, at: Term, body: Term, item: Item) -> Term:
    """The derivative or gradient of the body in what the author differentiates by, a symbol or a state x_t."""
    if at.op == "sym" and at.args[0] in ("theta", "phi"):
        return app(f"grad_{at.args[0]}", body, sort=VECTOR)
    if at.op not in ("sym", "app"):
        raise UnreadError("a derivative in something that is no variable", repr(at)[:60], item.at)
    if is_scalar(at):
        if not is_scalar(body):
            return app("rate", body, at, sort=body.sort)
        if at.op == "sym" and at.sort == REAL:
            return fits(lambda: diff(at, body))
        x = sym("∂" + repr(at), REAL)
        return fits(lambda: diff(x, replaced(body, at, x), at))
    if body.sort == VECTOR:
        return app("jacobian", body, at, sort=REAL)
    x = sym("∂" + repr(at), at.sort)
    return fits(lambda: grad(x, replaced(body, at, x), at))


def _divergence(el: Elaborator, at: Term, body: Term) -> Term:
    if is_scalar(at):
        x = sym("∂" + repr(at), REAL)
        return fits(lambda: diff(x, replaced(body, at, x), at))
    x = sym("∂" + repr(at), at.sort)
    return fits(lambda: divergence(x, replaced(body, at, x), at))


def replaced(t: Term, old: Term, new: Term) -> Term:
    """The term with every occurrence of a part replaced."""
    if t == old:
        return new
    return rebuild(t, tuple(replaced(a, old, new) if isinstance(a, Term) else a for a in t.args))


def slope(key: str, arguments: tuple[Term, ...], sort: Sort) -> Term:
    """The derivative in time, the first argument, of a function that is written with a dot or a prime."""
    at, rest = arguments[0], arguments[1:]
    if sort != REAL:
        return app("rate", app(key, *arguments, sort=sort), at, sort=sort)
    u = sym("∂u", REAL)
    return diff(u, app(key, u, *rest), at)


def _derivative_of(item: Item) -> bool:
    """Whether a fraction is d/dt, or d(...)/dt."""
    top, bottom = item.cells
    return bool(top and bottom) and all(_is_d(r[0]) or (r[0].kind == "nabla" and r[0].text == "partial") for r in (top, bottom)) and len(bottom) > 1


def _quotient_derivative(el: Elaborator, item: Item, rest: Row) -> Term:
    top, bottom = item.cells
    el.use(item, top[0], bottom[0])
    order, variable = 1, bottom[1:]
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
    return el.multiplied([body, el.product(rest)]) if rest else body


# ---- functions and brackets


def function_call(el: Elaborator, row: Row, k: int) -> tuple[Term, int]:
    """A named function of the bracket or the item that follows."""
    item = row[k]
    if k + 1 >= len(row):
        raise UnreadError("a function of nothing", item.text, item.at)
    el.use(item)
    nxt = row[k + 1]
    if nxt.kind == "op":
        raise UnreadError("a function of nothing", item.text, item.at)
    argument, end = el.factor(row, k + 1) if nxt.kind != "bracket" else (bracket(el, replace(nxt, sup=())), k + 2)
    value = named_function(item.text, argument, item)
    if item.sup and nxt.kind == "bracket" and nxt.sup:
        raise UnreadError("two powers on one function", item.text, item.at)
    power_ = item.sup or (nxt.sup if nxt.kind == "bracket" else ())
    return el.raised(value, replace(item, sup=power_)), end


def named_function(name: str, u: Term, item: Item) -> Term:
    """A function by its name."""
    if name == "det" and u.sort[0] == "mat":
        return exp(logdet(u))
    _scalar(u, item)
    table: dict[str, Callable[[Term], Term]] = {
        "tan": lambda u: div(function("sin", u), function("cos", u)),
        "cot": lambda u: div(function("cos", u), function("sin", u)),
        "sinh": lambda u: div(add(exp(u), neg(exp(neg(u)))), 2),
        "cosh": lambda u: div(add(exp(u), exp(neg(u))), 2),
        "tanh": lambda u: div(add(exp(u), neg(exp(neg(u)))), add(exp(u), exp(neg(u)))),
        "sigmoid": lambda u: div(1, add(1, exp(neg(u)))),
        "softplus": lambda u: log(add(1, exp(u))),
        "expm": lambda u: add(exp(u), -1), "det": lambda u: u,
    }  # fmt: skip
    if name in table:
        return table[name](u)
    if name in ("log", "exp", "sin", "cos", "atan"):
        return function(name, u)
    raise UnreadError("a function that has no meaning here", name, item.at)


def bracket(el: Elaborator, item: Item) -> Term:
    """A bracket in an expression: a group, a norm, an absolute value, an inner product."""
    el.use(item)
    if item.text == "NN":
        return _norm(el, item)
    if item.text == "||":
        inside = el.expr(item.cells[0])
        if inside.sort[0] == "mat":
            return el.raised(exp(logdet(inside)), item)
        return _norm(el, item) if not is_scalar(inside) else el.raised(sqrt(power(inside, 2)), item)
    if item.text == "<>" and len(item.cells) == 2:
        a, b = (el.expr(c) for c in item.cells)
        return el.raised(fits(lambda: inner(a, b) if not is_scalar(a) else mul(a, b)), item)
    if len(item.cells) != 1 or item.text not in ("()", "[]", "{}") or item.sub:
        raise UnreadError("a list or an interval where a value is expected", shown(item)[:60], item.at)
    return el.raised(el.expr(item.cells[0]), item)


def _norm(el: Elaborator, item: Item) -> Term:
    inside = el.expr(item.cells[0])
    if item.sub:
        if show(item.sub) != "2":
            raise UnreadError("a norm that is not the Euclidean one", show(item.sub), item.at)
        el.use_all(item.sub)
    squared = norm2(inside) if not is_scalar(inside) else power(inside, 2)
    if inside.sort[0] == "mat":
        raise UnreadError("a norm of a matrix", shown(item)[:60], item.at)
    if show(item.sup) == "2":
        el.use_all(item.sup)
        return squared
    return el.raised(sqrt(squared), item)


# ---- names with a meaning of their own


def special(el: Elaborator, row: Row, k: int) -> tuple[Term, int] | None:
    """A name that the field has given a meaning: e, pi, I, N, E, KL, tr, Var."""
    item = row[k]
    nxt = row[k + 1] if k + 1 < len(row) and row[k + 1].kind == "bracket" else None
    bold = "bold" in item.marks
    if item.text == "e" and item.sup and not item.sub and not bold and not item.marks:
        el.use(item)
        return exp(_scalar(el.expr(item.sup), item)), k + 1
    if item.text == "pi" and not item.sub and not item.marks and nxt is None:
        el.use(item)
        return el.raised(PI, item), k + 1
    if item.text in ("I", "bb I", "Id") and not item.marks[1:] and (nxt is None or not nxt.cells[0]) and (not item.sub or is_index(item.sub) or show(item.sub) == "d"):
        el.use(item)
        el.use_all(item.sub)
        unit = num(1) if el.signature.scalar_world else eye(DIMENSION)
        return el.raised(unit, item), k + 1
    if item.text in ("cal N", "N") and nxt is not None and len(nxt.cells) > 1:
        el.use(item, nxt)
        return el.raised(_gaussian(el, nxt), nxt), k + 2
    if item.text == "bb E" and nxt is not None:
        return _expectation(el, item, nxt), k + 2
    if nxt is not None and "||" in nxt.seps and len(nxt.cells) == 2 and item.text in ("D", "KL", "cal D", "bb D", "DKL"):
        el.use(item, nxt)
        el.use_all(item.sub)
        return el.raised(app("KL", *(el.expr(c) for c in nxt.cells)), nxt), k + 2
    if nxt is not None and item.text in ("tr", "Tr", "trace", "sigmoid", "softplus", "det", "expm") and len(nxt.cells) == 1:
        el.use(item)
        inside = bracket(el, replace(nxt, sup=()))
        if item.text in ("tr", "Tr", "trace"):
            value = inside if is_scalar(inside) else fits(lambda: trace(inside))
        else:
            value = named_function(item.text, inside, item)
        return el.raised(value, nxt), k + 2
    if item.text in ("Var", "Cov", "bb V", "cal H", "H", "Ent") and nxt is not None and "||" not in nxt.seps:
        el.use(item, nxt)
        el.use_all(item.sub)
        return el.raised(app(item.text + "[]", *(el.expr(c) for c in nxt.cells)), nxt), k + 2
    if item.text in ("empty", "infinity", "bullet", "star", "top", "dagger") and not (item.text == "empty"):
        raise UnreadError("a sign that has no meaning here", item.text, item.at)
    return None


def _gaussian(el: Elaborator, nxt: Item) -> Term:
    """N(x; m, C) as a density, N(m, C) as a law."""
    cells = [el.expr(c) for c in nxt.cells]
    if len(cells) == 3 and nxt.seps[0] in (";", "|", ","):
        x, mean, spread = cells
        if not is_scalar(x) and mean == num(0):
            mean = zero(DIMENSION)
        return fits(lambda: normal(x, mean, _covariance(x, spread)))
    if len(cells) == 2:
        mean, spread = cells
        if spread.sort[0] == "mat" and mean == num(0):
            mean = zero(DIMENSION)
        return app("law N", mean, spread if is_scalar(mean) else _covariance(mean, spread))
    raise UnreadError("a Gaussian with other than a variable, a mean and a covariance", shown(nxt)[:60], nxt.at)


def _covariance(x: Term, spread: Term) -> Term:
    return spread if is_scalar(x) or not is_scalar(spread) else mul(spread, eye(DIMENSION))


def _expectation(el: Elaborator, item: Item, nxt: Item) -> Term:
    el.use(nxt)
    if "|" in nxt.seps:
        at = nxt.seps.index("|")
        body = el.expr(nxt.cells[0])
        if at != 0:
            raise UnreadError("an expectation of a list", shown(nxt)[:60], nxt.at)
        conditions = [el.argument(c, "|") for c in nxt.cells[1:]]
        value = _expected(el, item, body, tuple(conditions))
    elif len(nxt.cells) == 1:
        value = _expected(el, item, el.expr(nxt.cells[0]), ())
    else:
        raise UnreadError("an expectation of a list", shown(nxt)[:60], nxt.at)
    return el.raised(value, replace(nxt, primes=0))


def _expected(el: Elaborator, item: Item, body: Term, conditions: tuple[Term, ...]) -> Term:
    """E or E| with its laws, each a density or the text of what the author wrote under the sign."""
    el.use(item)
    laws: list[Term] = []
    cells: list[list[Item]] = [[]]
    for i in item.sub:
        if i.kind == "sep" and i.text in (",", ";", "line", "&"):
            cells.append([])
        else:
            cells[-1].append(i)
    for cell in cells:
        if cell:
            laws.append(_law(el, tuple(cell)))
    name = "E|" if conditions else "E"
    return app(name, body, *conditions, *laws, sort=body.sort)


def _law(el: Elaborator, cell: Row) -> Term:
    """What is under an expectation sign: a density where one is written, else the words as they are."""
    at = next((j for j, i in enumerate(cell) if i.kind == "rel" and i.text == "~"), None)
    source = cell if at is None else cell[at + 1 :]
    if len(source) == 2 and source[0].kind == "name" and source[1].kind == "bracket" and source[0].text in ("p", "q"):
        if at is not None:
            el.use_all(cell[: at + 1])
        return el.expr(source)
    el.use_all(cell)
    return sym("law " + show(cell).replace(" ", ""), REAL)


def density(el: Elaborator, owner: str, indices: tuple[Term, ...], nxt: Item) -> Term:
    """q(x_t | x_0): the owner, the shape, then every variable with its time."""
    el.use(nxt)
    shape, arguments, bar = "", [], False
    times: list[Term] = []
    for cell, sep in zip(nxt.cells, ("", *nxt.seps), strict=True):
        if sep in ("|", "||") and not bar:
            shape, bar = shape + "|", True
        if sep == ";" and len(cell) == 1 and cell[0].text in ("theta", "phi"):
            el.use_all(cell)
            continue
        t = el.argument(cell, sep)
        letter = t.args[0] if t.op in ("sym", "app") else "*"
        shape += ("," if shape and shape[-1] not in "|" else "") + letter
        arguments.append(t)
        if t.op == "app" and len(t.args) == 2 and is_scalar(t.args[1]):
            arguments.append(t.args[1])
            times.append(t.args[1])
    if not times and indices:
        arguments += indices
        shape += "@"
    return app(f"{owner}({shape})", *arguments)


__all__ = ["bracket", "density", "function_call", "label", "prefix", "slope", "special"]
