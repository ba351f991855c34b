"""What binds or is applied: functions, brackets, norms, Gaussians, expectations, divergences, densities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.kernel.definitions import PI
from derivations.kernel.terms import (
    Term,
    TermError,
    add,
    app,
    div,
    exp,
    eye,
    function,
    inner,
    is_scalar,
    log,
    logdet,
    mul,
    neg,
    norm2,
    normal,
    num,
    power,
    sqrt,
    trace,
    zero,
)
from derivations.reading.notation.coordinates import walk
from derivations.reading.terms import binders, entries, evaluated, underneath
from derivations.reading.terms.brackets import OPEN
from derivations.reading.terms.calls import timed
from derivations.reading.terms.signature import DIMENSION, MATRIX, VECTOR, is_index
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show, shown

if TYPE_CHECKING:
    from derivations.reading.terms.elaborate import Elaborator

Named = Callable[["Elaborator", Row, int], tuple[Term, int]]


def fits(make: Callable[[], Term]) -> Term:
    """What the constructor makes, or the reason why the sorts do not fit."""
    from derivations.reading.terms.elaborate import fits as checked

    return checked(make)


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
    if nxt.kind == "frac" and binders.is_derivative(nxt) and not nxt.sup:
        row = (*row[: k + 1], Item("bracket", "()", -nxt.at, cells=((nxt,),)), *row[k + 2 :])
        nxt = row[k + 1]
    argument, end = el.factor(row, k + 1) if nxt.kind != "bracket" else (bracket(el, replace(nxt, sup=())), k + 2)
    _refuse_number(el, item, argument)
    value = named_function(item.text, argument, item)
    if item.sup and nxt.kind == "bracket" and nxt.sup:
        raise UnreadError("two powers on one function", item.text, item.at)
    power_ = item.sup or (nxt.sup if nxt.kind == "bracket" else ())
    return el.raised(value, replace(item, sup=power_)), end


def _refuse_number(el: Elaborator, item: Item, t: Term) -> None:
    """Refuse the trace or determinant of letters that are read as numbers: they stand for matrices."""
    if item.text in (*TRACES, "det") and is_scalar(t) and not el.signature.scalar_world and _has_letters(t):
        raise UnreadError("a trace or determinant of what is not known to be a matrix", item.text, item.at)


def _has_letters(t: Term) -> bool:
    """Whether a bare letter is left by sums and products; a second derivative is a matrix whose trace is taken."""
    return t.op == "sym" or (t.op in ("add", "mul", "neg", "div", "pow") and any(map(_has_letters, t.args)))


def is_turned(el: Elaborator, item: Item) -> bool:
    """Whether in more than one dimension a T above an item would turn a vector or a matrix: in one it does nothing. Of
    what is no matrix here it is a power, but not of a gradient. Raises UnreadError for that.
    """
    if show(item.sup) not in ("top", "T"):
        return False
    turned = any(i.kind == "nabla" for i in leaves((item,)))
    if not el.signature.scalar_world:
        if turned:
            raise UnreadError("a gradient is turned that is no matrix here", shown(item)[:60], item.at)
        return False
    try:
        t = type(el)(replace(el.signature, scalar_world=False), el.integers).product((item.bare(),))
        turned = turned or not is_scalar(t)
    except (UnreadError, TermError):
        pass
    el.signature.doubts |= {"turned"} if turned else set()
    return turned


def number(t: Term, item: Item) -> Term:
    """The term, which must be a number."""
    if not is_scalar(t):
        raise UnreadError("a function of a number is applied to a vector", item.text, item.at)
    return t


def named_function(name: str, u: Term, item: Item) -> Term:
    """A function by its name."""
    if name == "det" and u.sort[0] == "mat":
        return exp(logdet(u))
    if name == "det" and u.op == "app" and u.args[0] == "jacobian":
        return app("det[]", *u.args[1:])  # of which nothing is known
    number(u, item)
    table: dict[str, Callable[[Term], Term]] = {
        "tan": lambda u: div(function("sin", u), function("cos", u)),
        "cot": lambda u: div(function("cos", u), function("sin", u)),
        "sinh": lambda u: div(add(exp(u), neg(exp(neg(u)))), 2),
        "cosh": lambda u: div(add(exp(u), exp(neg(u))), 2),
        "tanh": lambda u: div(add(exp(u), neg(exp(neg(u)))), add(exp(u), exp(neg(u)))),
        "sigmoid": lambda u: div(1, add(1, exp(neg(u)))),
        "softplus": lambda u: log(add(1, exp(u))),
        "expm1": lambda u: add(exp(u), -1), "det": lambda u: u,
    }  # fmt: skip
    if name in table:
        return table[name](u)
    if name in ("log", "exp", "sin", "cos", "atan"):
        return function(name, u)
    raise UnreadError("a function that has no meaning here", name, item.at)


def bracket(el: Elaborator, item: Item) -> Term:
    """A bracket in an expression: a group, a norm, an absolute value, an inner product."""
    if evaluated.between(item):
        return evaluated.value(el, el.expr(item.cells[0]), item)
    el.use(item)
    if item.text == "NN":
        return _norm(el, item, el.expr(item.cells[0]))
    if item.text == "||":
        inside = el.expr(item.cells[0])
        if inside.sort[0] == "mat":
            return el.raised(exp(logdet(inside)), item)
        return _norm(el, item, inside) if not is_scalar(inside) else el.raised(sqrt(power(inside, 2)), item)
    if item.text == "<>" and len(item.cells) == 2:
        a, b = (el.expr(c) for c in item.cells)
        el.signature.doubts |= {"variance"} if show(item.cells[0]) == show(item.cells[1]) else set()
        if item.sub:  # in a metric of its own
            el.use_all(item.sub)
            return el.raised(app(f"inner_{show(item.sub)}", a, b), item)
        return el.raised(fits(lambda: inner(a, b) if not is_scalar(a) else mul(a, b)), item)
    if show(item.sup) in ("T", "top") and set(item.seps) == {","} and not item.sub and not el.signature.scalar_world:
        el.use_all(item.sup)
        return app("column[]", *(number(el.expr(c), item) for c in item.cells), sort=VECTOR)
    if len(item.cells) == 1 and item.text in ("()", "[]") and _is_place(item.sub):
        return _entry(el, item)
    if len(item.cells) != 1 or item.text not in ("()", "[]", "{}") or item.sub:
        raise UnreadError("a list or an interval where a value is expected", shown(item)[:60], item.at)
    return el.raised(el.expr(item.cells[0]), item)


def _is_place(sub: Row) -> bool:
    """Whether a script says which entry is meant, as in (D(x))_{ij} and [Q]_{i,j}."""
    names = [i for i in sub if (i.kind, i.text) != ("sep", ",")]
    return bool(names) and len(names) < 3 and all(i.kind == "name" and i.text in "ijkl" and not i.sub for i in names)


def _entry(el: Elaborator, item: Item) -> Term:
    """An entry of a vector or a matrix, a number of which nothing else is known."""
    whole = el.expr(item.cells[0])
    if is_scalar(whole):
        raise UnreadError("an entry of a number", shown(item)[:60], item.at)
    places = [el.index((i,)) for i in item.sub if i.kind == "name"]
    el.use_all(tuple(i for i in item.sub if i.kind == "sep"))
    return el.raised(app("entry", whole, *places), replace(item, sub=()))


def _norm(el: Elaborator, item: Item, inside: Term) -> Term:
    if item.sub:
        el.use_all(item.sub)
        if show(item.sub) != "2":  # of another norm nothing is known
            return el.raised(app(f"norm_{show(item.sub)}", inside), item)
    squared = norm2(inside) if not is_scalar(inside) else power(inside, 2)
    if inside.sort[0] == "mat":
        raise UnreadError("a norm of a matrix", shown(item)[:60], item.at)
    if show(item.sup) == "2":
        el.use_all(item.sup)
        return squared
    return el.raised(sqrt(squared), item)


def entrywise(a: Term, b: Term) -> Term:
    """The product of two vectors entry by entry, an opaque vector; with a number it is the multiple."""
    if is_scalar(a) or is_scalar(b):
        return mul(a, b)
    return app("entrywise", *sorted((a, b), key=repr), sort=a.sort)


def extremum(el: Elaborator, item: Item, following: Item) -> Term:
    """min(a, b) or max(a, b), of numbers: an opaque number."""
    el.use(item, following)
    cells = [number(el.expr(c), item) for c in following.cells]
    return el.raised(app(item.text, *sorted(cells, key=repr)), following)


# ---- names with a meaning of their own


TRACES = ("tr", "Tr", "trace")


def _in_brackets(row: Row, k: int) -> Item:
    """The name behind a trace that has no brackets. Raises UnreadError where more may belong to it."""
    after = row[k + 1 : k + 2]
    if row[k].kind != "name" or (after and after[0].kind not in ("op", "rel", "sep", "text")):
        raise UnreadError("a trace without brackets", show(row[k : k + 2]), row[k].at)
    return Item("bracket", "()", -row[k].at - 1, cells=((row[k],),))


def special(el: Elaborator, row: Row, k: int) -> tuple[Term, int] | None:
    """A name that the field has given a meaning: e, pi, I, N, E, KL, tr, Var."""
    item = row[k]
    nxt = row[k + 1] if k + 1 < len(row) and row[k + 1].kind == "bracket" else None
    bold = "bold" in item.marks
    if item.text == "e" and item.sup and not item.sub and not bold and not item.marks:
        el.use(item)
        return exp(number(el.expr(item.sup), item)), k + 1
    if item.text == "pi" and not item.sub and not item.marks and nxt is None:
        el.use(item)
        return el.raised(PI, item), k + 1
    if (
        item.text in ("I", "bb I", "Id")
        and not item.marks[1:]
        and (nxt is None or not nxt.cells[0])
        and (not item.sub or (is_index(item.sub) and show(item.sub) not in ("t", "s")) or show(item.sub) == "d")
    ):
        el.use(item)
        el.use_all(item.sub)
        unit = num(1) if el.signature.scalar_world else eye(DIMENSION)
        return el.raised(unit, item), k + 1
    if item.text in ("cal N", "N") and nxt is not None and len(nxt.cells) > 1:
        el.use(item, nxt)
        return el.raised(_gaussian(el, nxt), nxt), k + 2
    if item.text == "Norm" and item.sub and nxt is not None and nxt.text == "[]" and len(nxt.cells) == 2:
        el.use(item, nxt)  # the density of what stands below, as in Norm_x[m, C]
        return el.raised(_gaussian(el, replace(nxt, cells=(item.sub, *nxt.cells), seps=(";", ","))), nxt), k + 2
    averaged = item.text == "bb E" or (item.text in ("E", "cal E") and nxt is not None and nxt.text == "[]")
    if nxt is not None and averaged and (item.text != "cal E" or item.sub):
        return _expectation(el, item, nxt), k + 2
    if (
        nxt is not None
        and ("||" in nxt.seps or (item.text in ("KL", "DKL") and nxt.seps == (",",)))
        and len(nxt.cells) == 2
        and item.text in ("D", "KL", "cal D", "bb D", "DKL")
    ):
        el.use(item, nxt)
        el.use_all(item.sub)
        return el.raised(app("KL", *(el.expr(c) for c in nxt.cells)), nxt), k + 2
    if item.text in TRACES and nxt is None and row[k + 1 :]:
        return special(el, (*row[: k + 1], _in_brackets(row, k + 1), *row[k + 2 :]), k)
    if item.text in TRACES and nxt is not None and len(nxt.cells) == 1 and _is_jacobian(nxt.cells[0]):
        return _of_jacobian(el, item, nxt), k + 2
    if nxt is not None and item.text == "diag" and len(nxt.cells) == 1 and not el.signature.scalar_world:
        return entries.diagonal(el, item, nxt), k + 2
    if nxt is not None and len(nxt.cells) == 1 and _is_function(el, item, nxt):
        el.use(item)
        return el.raised(_function(el, item, bracket(el, replace(nxt, sup=()))), nxt), k + 2
    if item.text in ("Var", "Cov", "Std", "bb V", "cal H", "H", "Ent") and nxt is not None and "||" not in nxt.seps:
        el.use(item, nxt)
        el.use_all(item.sub)
        return el.raised(app(item.text + "[]", *(el.expr(_named_cell(el, c)) for c in nxt.cells)), nxt), k + 2
    if item.text in ("infinity", "bullet", "star", "top", "dagger"):
        raise UnreadError("a sign that has no meaning here", item.text, item.at)
    return None


def _is_function(el: Elaborator, item: Item, nxt: Item) -> bool:
    """Whether a name in front of a bracket is a trace or a function of numbers; sigma is one where it is declared."""
    logistic = item.text == "sigma" and el.signature.sigmoid and not item.sub and not timed(nxt)
    return logistic or item.text in TRACES or item.text in ("sigmoid", "softplus", "det", "expm1")


def _is_jacobian(row: Row) -> bool:
    """Whether a row is J_x s(x): the Jacobian of what follows."""
    return len(row) > 1 and row[0].kind == "name" and row[0].text == "J" and show(row[0].sub) in ("x", "x_{t}")


def _of_jacobian(el: Elaborator, item: Item, nxt: Item) -> Term:
    """tr(J_x s(x)), the divergence of s."""
    first, *rest = nxt.cells[0]
    el.use(item, nxt, first)
    return binders.divergence_of(el, el.expr(first.sub), el.product(tuple(rest)))


def outer(factors: list[Term]) -> list[Term]:
    """The factors with a vector before a transposed one as their matrix. Raises UnreadError for one that meets none."""
    out: list[Term] = []
    for t in factors:
        if t.op == "app" and t.args[0] == "row":
            if not out or out[-1].sort[0] != "vec":
                raise UnreadError("a transposed vector that meets no vector", repr(factors)[:80])
            out[-1] = app("outer", out[-1], t.args[1], sort=MATRIX)
        else:
            out.append(t)
    return out


def _trace(el: Elaborator, inside: Term) -> Term:
    """A trace; of the Jacobian of a field at a point it is the divergence."""
    if inside.op == "app" and inside.args[0] == "jacobian" and inside.args[2] in walk(inside.args[1]):
        return binders.divergence_of(el, inside.args[2], inside.args[1])
    if inside.op == "app" and inside.args[0] == "outer":
        return fits(lambda: inner(*inside.args[1:]))
    return inside if is_scalar(inside) else fits(lambda: trace(inside))


def _function(el: Elaborator, item: Item, inside: Term) -> Term:
    _refuse_number(el, item, inside)
    if item.text in TRACES:
        return _trace(el, inside)
    return named_function("sigmoid" if item.text == "sigma" else item.text, inside, item)


def _gaussian(el: Elaborator, nxt: Item) -> Term:
    """N(x; m, C) as a density, N(m, C) as a law."""
    rows = [_named_cell(el, c) for c in nxt.cells]
    if len(rows) == 3 and show(rows[0]) == OPEN:
        el.use_all(rows.pop(0))
    cells = [el.expr(c) for c in rows]
    if len(cells) == 3 and nxt.seps[0] in (";", "|", ","):
        return fits(lambda: gaussian(*cells))
    if len(cells) == 2:
        mean, spread = cells
        if spread.sort[0] == "mat" and mean == num(0):
            mean = zero(DIMENSION)
        return app("law N", mean, spread if is_scalar(mean) else _covariance(mean, spread))
    raise UnreadError("a Gaussian with other than a variable, a mean and a covariance", shown(nxt)[:60], nxt.at)


def gaussian(x: Term, mean: Term, spread: Term) -> Term:
    """N(x; m, C); of a vector, a mean 0 is the zero vector, and a number in the place of C a multiple of I. Raises
    TermError when the kinds do not fit.
    """
    mean = zero(DIMENSION) if not is_scalar(x) and mean == num(0) else mean
    return normal(x, mean, _covariance(x, spread))


def _named_cell(el: Elaborator, row: Row) -> Row:
    """What stands behind the name in a cell like `mu = ...`."""
    at = next((k for k, i in enumerate(row) if i.kind == "rel" and i.text == "="), None)
    if at is None:
        return row
    el.use_all(row[: at + 1])
    return row[at + 1 :]


def _covariance(x: Term, spread: Term) -> Term:
    return spread if is_scalar(x) or not is_scalar(spread) else mul(spread, eye(DIMENSION))


def _expectation(el: Elaborator, item: Item, nxt: Item) -> Term:
    el.use(nxt)
    if "|" in nxt.seps:
        at = nxt.seps.index("|")
        body = el.expr(nxt.cells[0])
        if at != 0:
            raise UnreadError("an expectation of a list", shown(nxt)[:60], nxt.at)
        conditions = [el.argument(_named_cell(el, c), "|") for c in nxt.cells[1:]]
        value = expected(el, item, body, tuple(conditions))
    elif len(nxt.cells) == 1:
        value = expected(el, item, el.expr(nxt.cells[0]), ())
    else:
        raise UnreadError("an expectation of a list", shown(nxt)[:60], nxt.at)
    return el.raised(value, replace(nxt, primes=0))


def expected(el: Elaborator, item: Item, body: Term, conditions: tuple[Term, ...]) -> Term:
    """E or E| with its laws, each a density or the text of what the author wrote under the sign."""
    el.use(item)
    laws = underneath.laws(el, item.sub)
    name = "E|" if conditions else "E"
    return app(name, body, *conditions, *laws, sort=body.sort)

