r"""What a state is given, written beside it: x_t | x_0, x_1 = \alpha_t x_0 + \sigma_t x_1, and x_t | x_0 = N(m, C).

The condition says what is fixed, and no more: the equation is one of the state, and a law is what it is drawn from.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.reading.text.syntax import Row

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


__all__ = ["without_conditions"]
