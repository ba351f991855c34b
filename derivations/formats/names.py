"""ASCII names of symbols and functions, as the code in `diffusion` spells them: alpha_bar_t, x_prev."""

from __future__ import annotations

import keyword
import re
from functools import cache

from derivations.kernel.terms import INT, Term
from derivations.language.notation import TABLE

SHIFTS = {-1: "prev", 1: "next"}


class NoForm(Exception):
    """A statement that a format cannot carry; the message says why."""


@cache
def _declared() -> dict[Term, str]:
    return {row.term: row.ascii for row in TABLE}


def name(term: Term) -> str:
    """The name of a symbol or of an opaque function at its arguments: alpha_bar(t - 1) is alpha_bar_prev."""
    if term in _declared():
        return identifier(_declared()[term])
    if term.op == "sym":
        return identifier(term.args[0])
    if term.op != "app":
        raise NoForm(f"there is no plain name for {term!r}")
    parts = [term.args[0]]
    for a in term.args[1:]:
        # The name tells the step, not the vector arguments: eps_theta(x_t, t - 1) is eps_theta_prev.
        if a.sort == INT:
            parts.append(step(a))
    return identifier("_".join(parts))


def long_name(term: Term) -> str:
    """The name with every argument in it, for when the short name is taken: mu_tilde_t_x_t_x_0."""
    if term.op != "app" or len(term.args) < 2:
        raise NoForm(f"two of its symbols would both be called {name(term)}")
    arguments = [step(a) if a.sort == INT else name(a) for a in term.args[1:]]
    return identifier("_".join([term.args[0], *arguments]))


def step(index: Term) -> str:
    """The suffix for a step: t, prev for t - 1, next for t + 1, a number or a symbol as it is."""
    if index.op in ("num", "sym"):
        return str(index.args[0])
    shift = _shift(index)
    if shift in SHIFTS:
        return SHIFTS[shift]
    raise NoForm(f"there is no plain name for the index {index!r}")


def _shift(index: Term) -> int:
    """k for the index t + k, and 0 for any other."""
    if index.op != "add" or len(index.args) != 2 or index.args[0].op != "sym" or index.args[0].args[0] != "t":
        return 0
    more = index.args[1]
    sign = 1
    if more.op == "neg":
        sign, more = -1, more.args[0]
    return sign * int(more.args[0]) if more.op == "num" else 0


def identifier(text: str) -> str:
    """The text as a Python identifier."""
    out = re.sub(r"\W+", "_", text.replace("'", "_prime"), flags=re.ASCII).strip("_")
    if not out or out[0].isdigit():
        out = "_" + out
    return out + "_" if keyword.iskeyword(out) else out
