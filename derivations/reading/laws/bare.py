"""Laws that an author abbreviates: E_q and KL(q || p) beside q(z | x), or beside q(x_{0:T}), mean that density.

What is abbreviated is a guess, so every reading is tried: one that proves is enough; false is what fails in all.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.terms import Term
from derivations.reading.laws import bayes
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced

MOST = 4


def readings(lhs: Term, rhs: Term) -> Iterator[tuple[Term, Term]]:
    """The two sides as they are, and with every abbreviated law of q as each density of q that the equation names."""
    yield lhs, rhs
    short = sorted({p for t in (lhs, rhs) for p in walk(t) if _is_short(p)}, key=repr)
    if not short:
        return
    for density in _densities(lhs, rhs)[:MOST]:
        a, b = lhs, rhs
        for law in short:
            a, b = replaced(a, law, density), replaced(b, law, density)
        yield a, b


def _is_short(t: Term) -> bool:
    name = str(t.args[0]) if t.op == "sym" else ""
    return name == "q" or (name.startswith("law q") and not name.startswith("law q("))


def _densities(*terms: Term) -> list[Term]:
    """The densities of q under an expectation or in a divergence; and those in logarithms that name no steps."""
    parts = [p for t in terms for p in walk(t)]
    laws = [p.args[-1] for p in parts if p.op == "app" and p.args[0] == "E" and len(p.args) == 3]
    laws += [p.args[1] for p in parts if p.op == "app" and p.args[0] == "KL"]
    laws += [p for p in parts if p.op == "app" and all(isinstance(a, str) or a.op == "sym" for a in p.args)]
    found = [(p, bayes.split(p)) for p in laws if p.op == "app"]
    return list(dict.fromkeys(p for p, s in found if s is not None and s[0] == "q" and (s[2] or p in laws)))


__all__ = ["readings"]
