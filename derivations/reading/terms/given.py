r"""What is given: of a state, x_t | x_0, x_1 = \alpha_t x_0 + \sigma_t x_1, and of a mean, E[X_1 | X_t = x].

Beside a state the condition says what is fixed, and no more: the equation is one of the state, and a law is what it is
drawn from. In a mean it gives the state a value, and the equation holds at that: x in it is X_t.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.text.lexer import MAX_LENGTH
from derivations.reading.text.syntax import Item, Row, leaves, show

BOUNDS = frozenset({",", "line", "&", "quad", ";"})
LAWS = frozenset({"cal N", "cal U"})


def without_conditions(row: Row) -> Row:
    """The formula with conditions left out behind a name that an equation is about."""
    out = row
    for k in range(len(row) - 1, -1, -1):
        end = _condition(row, k)
        if end is not None:
            law = len(row) > end + 1 and row[end + 1].text in LAWS
            out = (*out[: k + 1], replace(row[end], text="~") if law else row[end], *out[end + 1 :])
    return out


def _condition(row: Row, k: int) -> int | None:
    """Where the relation behind a name and its condition stands, for a name at the beginning of a clause; None else."""
    before = row[k - 1] if k else None
    begins = before is None or before.kind == "text" or (before.kind == "sep" and before.text in BOUNDS)
    barred = len(row) > k + 2 and row[k].kind == "name" and row[k + 1].kind == "sep" and row[k + 1].text == "|"
    if not begins or not barred:
        return None
    at = k + 2
    while at < len(row) and row[at].kind == "name":
        if at + 1 < len(row) and row[at + 1].kind == "rel":
            return at + 1 if row[at + 1].text == "=" else None
        if at + 1 >= len(row) or row[at + 1].kind != "sep" or row[at + 1].text != ",":
            return None
        at += 2
    return None


def at_its_value(row: Row) -> Row:
    """The formula with the state for its value, where a mean in it is given one: x for X_t in E[X_1 | X_t = x]."""
    found = {(cell[0], cell[2]) for item in leaves(row) for cell in _given(item) if _gives(cell)}
    if len({value.text for _, value in found}) != 1 or len({state.text + show(state.sub) for state, _ in found}) != 1:
        return row
    state, value = min(found, key=lambda pair: pair[0].at)
    return _moved(row, state, value)


def _given(item: Item) -> tuple[Row, ...]:
    """The cells of a bracket behind its bar."""
    at = next((k for k, s in enumerate(item.seps) if s == "|"), None) if item.kind == "bracket" else None
    return () if at is None else item.cells[at + 1 :]


def _gives(cell: Row) -> bool:
    """Whether a condition is a state and its value, the same letter without an index."""
    if len(cell) != 3 or cell[1].text != "=" or {cell[0].kind, cell[2].kind} != {"name"}:
        return False
    state, value = cell[0], cell[2]
    bare = not (value.sub or value.sup or value.primes or state.sup or state.primes)
    return bare and bool(state.sub) and state.sub[0].kind == "name" and state.text.lower() == value.text.lower()


def _moved(row: Row, state: Item, value: Item) -> Row:
    out = []
    for item in row:
        if item.kind == "name" and item.text == value.text and not item.sub and not item.primes:
            index = tuple(replace(i, at=i.at + (item.at + 1) * MAX_LENGTH) for i in state.sub)  # a place of its own
            out.append(replace(state, sub=index, sup=item.sup, at=item.at))
            continue
        cells = tuple((cell[0],) if _gives(cell) else _moved(cell, state, value) for cell in item.cells)
        out.append(replace(item, cells=cells, sub=_moved(item.sub, state, value), sup=_moved(item.sup, state, value)))
    return tuple(out)


__all__ = ["at_its_value", "without_conditions"]
