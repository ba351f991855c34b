r"""The variable of the gradients of a formula that name none, and how far a gradient reaches.

In \nabla\log p(y|x) = \nabla\log p(x|y) - \nabla\log p(x) every gradient is in x: an author who leaves the variable out
means one, which the densities share. A class is never the variable where there is another one.

In \nabla\log p(x)\cdot v the gradient is of what stands before the dot, and the dot an inner product.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.terms import REAL, Term, is_scalar, sym
from derivations.reading.terms.calls import cells_of, is_density
from derivations.reading.terms.signature import DENSITIES, TIMELIKE, VECTOR, Signature
from derivations.reading.text.syntax import Item, Row, show

CLASSES = frozenset({"y", "c", "l"})
MEASURED = DENSITIES | {"rho"}
ENDS = frozenset({"rel", "sep", "text"})


def variable_of(body: Term, signature: Signature) -> Term:
    """The variable of a gradient that names none: the first variable of the density inside, and none that is integrated
    over.
    """
    stack = [body]
    bound: set[Term] = set()
    while stack:
        t = stack.pop()
        if t.op == "app" and t.args[0] == "integral":
            bound.add(t.args[2])
            stack.append(t.args[1])
            continue
        if t.op == "normal":
            return t.args[0]
        if t.op in ("grad", "divg", "diff") and len(t.args) == 3:
            return t.args[2]  # and no variable that is bound inside
        if t.op == "app" and len(t.args) > 1 and "(" in t.args[0] and t.args[1] not in bound:
            return t.args[1]
        vectors = [a for a in t.args if isinstance(a, Term) and not is_scalar(a)] if t.op == "app" else []
        vectors = [a for a in vectors if a not in bound]
        if vectors and t not in bound and (len(t.args) > 2 or not is_scalar(t.args[-1])):
            return vectors[-1]
        stack.extend(a for a in t.args if isinstance(a, Term))
    return sym("x", REAL if signature.scalar_world else VECTOR)


def variable(row: Row) -> Row:
    """The variable that most of the densities behind a bare gradient have, of several the first; none is empty."""
    bodies = [list(_arguments(body)) for body in _bodies(row)]
    seen: dict[str, tuple[int, Row]] = {}
    for body in bodies:
        for key, argument in {show(a): a for a in body}.items():
            seen[key] = (seen.get(key, (0, argument))[0] + 1, argument)
    ranked = [(argument[0].text not in CLASSES, count, argument) for count, argument in seen.values()]
    return max(ranked, key=lambda r: r[:2])[2] if ranked else ()


def reach(signature: Signature, item: Item, rest: Row) -> int:
    """How much of a product a gradient is of: what stands before a dot, log p(x|z) alone where logarithms are read to
    be of less, or all. Notes where a dot that no density stands before may belong to what the gradient is of.
    """
    log = rest[0].text == "log"
    density = len(rest) > 1 + log and rest[log].text in MEASURED and rest[1 + log].kind == "bracket"
    if density and log and len(rest) > 3 and signature.logs == "narrow":
        return 3
    if density and [i.kind for i in rest[2 + log : 3 + log]] == ["nabla"]:
        return 2 + log  # a product of two gradients
    dot = next((k for k, i in enumerate(rest) if (i.kind, i.text) == ("op", "*")), 0)
    sure = density and dot == 2 + log
    called = not item.sub and [i.kind for i in rest[:dot]] == ["name", "bracket"]
    if not dot or dot + 1 == len(rest) or item.text != "nabla" or not (sure or called or _varies(rest[:dot], item.sub)):
        return len(rest)
    signature.doubts |= set() if sure else {"dot"}
    return len(rest) if signature.logs == "dot" and not sure else dot


def _varies(row: Row, variable: Row) -> bool:
    """Whether a variable of one letter stands in a row."""
    return len(variable) == 1 and any(
        (i.kind, i.text, i.sub) == ("name", variable[0].text, variable[0].sub)
        or any(_varies(part, variable) for part in (*i.cells, i.sub, i.sup))
        for i in row
    )


def _bodies(row: Row) -> Iterator[Row]:
    """What stands behind each gradient without a variable, up to the next sign or relation."""
    start: int | None = None
    for k, item in enumerate(row):
        if start is not None and (item.kind in ENDS or (item.kind == "op" and item.text in "+-")):
            yield row[start:k]
            start = None
        if item.kind == "nabla" and item.text == "nabla" and not item.sub and start is None:
            start = k + 1
        for part in (*item.cells, item.sub, item.sup):
            yield from _bodies(part)
    if start is not None:
        yield row[start:]


def _arguments(body: Row) -> Iterator[Row]:
    """The variables of the densities in a row, one name each."""
    for k, item in enumerate(body):
        following = body[k + 1] if k + 1 < len(body) else None
        if following is not None and following.kind == "bracket" and _is_density(item, following):
            for cell in following.cells[:1] if item.text == "cal N" else following.cells:
                for argument in cells_of(cell):
                    if len(argument) == 1 and argument[0].kind == "name" and argument[0].text not in TIMELIKE:
                        yield argument
        for part in (*item.cells, item.sup):
            yield from _arguments(part)


def _is_density(item: Item, following: Item) -> bool:
    return item.kind == "name" and (item.text == "cal N" or is_density(item, following))


__all__ = ["reach", "variable"]
