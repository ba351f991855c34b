"""Laws that an author abbreviates: E_q and KL(q || p) beside q(z | x), or beside q(x_{0:T}), mean that density.

What is abbreviated is a guess, so every reading is tried: one that proves is enough; false is what fails in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, app
from derivations.reading.laws import bayes
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.unfolding import replaced

MOST = 6
SHORT = re.compile(r"[pq](_\{?\\?(?:phi|theta|psi)\}?)?")


def readings(lhs: Term, rhs: Term) -> Iterator[tuple[Term, Term]]:
    """The two sides as they are, and with every abbreviated law of q as each density of q that the equation names, and
    p as the density of the same variables under no condition.
    """
    yield lhs, rhs
    short = sorted({p for t in (lhs, rhs) for p in walk(t) if short_owner(p)}, key=repr)
    if not short:
        return
    outside = {a for t in (lhs, rhs) for a in _arguments(t, True)}
    yield _uncovered(lhs, outside), _uncovered(rhs, outside)
    for density in _densities(lhs, rhs)[:MOST]:
        a, b = lhs, rhs
        for law in short:
            whole = density if short_owner(law) == "q" else _prior(density, law)
            a, b = replaced(a, law, whole), replaced(b, law, whole)
        yield a, b


def given(lhs: Term, rhs: Term) -> Iterator[tuple[Term, Term]]:
    """The sides with q(x_{0:T}) under an expectation as q(x_{1:T} | x_0), where the equation names that and x_0 stands
    outside every expectation: an author who averages over it there as well leaves out the mean of the other side.
    """
    outside = {a for t in (lhs, rhs) for a in _arguments(t, True)}
    parts = [p for t in (lhs, rhs) for p in walk(t) if p.op == "app"]
    joint = {p.args[2] for p in parts if p.args[0] == "E" and len(p.args) == 3 and p.args[2].op == "app"}
    joint = {p for p in joint if re.fullmatch(r"q\([^|]*\)", str(p.args[0]))}
    for kernel in (p for p in dict.fromkeys(parts) if str(p.args[0]).startswith("q(") and "|" in str(p.args[0])):
        split = bayes.split(kernel)
        if split is not None and joint and {v[0] for v in split[2]} <= outside:
            for law in joint:
                yield replaced(lhs, law, kernel), replaced(rhs, law, kernel)


def _arguments(t: Term, outside: bool = False) -> Iterator[Term]:
    """What the densities of a term are densities of; `outside`: of those outside every expectation."""
    if t.op == "app" and bayes.split(t) is not None:
        yield from (a for a in t.args if isinstance(a, Term))
    elif not outside or t.op not in ("app", "sum"):
        for a in t.args:
            if isinstance(a, Term):
                yield from _arguments(a, outside)


def _uncovered(t: Term, outside: set[Term]) -> Term:
    """The term with what an abbreviated law averages nothing of by itself: E_q[log p(x)] of an x that is given."""
    args = tuple(_uncovered(a, outside) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == "E" and len(t.args) == 3 and short_owner(t.args[2]):
        named = set(_arguments(t.args[1]))
        if named and named <= outside:
            return args[1]
    return t if args == t.args else rebuild(t, args)


def short_owner(t: Term) -> str:
    """Whose law a name abbreviates, q or p; "" for any other term."""
    name = str(t.args[0]) if t.op == "sym" else ""
    law = name.removeprefix("law ").rpartition("~")[2]
    if name in ("q", "p") or (name.startswith("law ") and SHORT.fullmatch(law)):
        return law[0]
    return ""


def _prior(density: Term, law: Term) -> Term:
    """The density of p over the variables of another one, under no condition; under the name of what abbreviates it."""
    parts = bayes.split(density)
    above = parts[1] if parts is not None else []
    names = ",".join(_letter(v[0]) for v in above)
    return app(f"{law.args[0] if law.args[0] in ('p', 'q') else 'p'}({names})", *(a for v in above for a in v))


def _letter(t: Term) -> str:
    return str(t.args[0])


def _densities(*terms: Term) -> list[Term]:
    """The densities of q under an expectation or in a divergence, and those in logarithms that name no steps; where
    there is none, q is that of the variables of a conditional density of p.
    """
    parts = [p for t in terms for p in walk(t)]
    laws = [p.args[-1] for p in parts if p.op == "app" and p.args[0] == "E" and len(p.args) == 3]
    laws += [p.args[1] for p in parts if p.op == "app" and p.args[0] == "KL"]
    plain = [p for p in parts if p.op == "app" and all(isinstance(a, str) or a.op == "sym" for a in p.args)]
    found = [(p, bayes.split(p)) for p in (*laws, *plain) if p.op == "app"]
    of_q = [(p, s) for p, s in found if s is not None and s[0] == "q"]
    given = [p for p, s in of_q if s[2] or p in laws]
    alone = [p for p, s in of_q if p not in given]
    other = [_of_q(p) for p, s in found if not of_q and s is not None and s[0] == "p" and s[2]]
    return list(dict.fromkeys([*given, *alone, *other]))


def _of_q(density: Term) -> Term:
    """The density of q with the variables and conditions of one of p."""
    name = str(density.args[0])
    return app("q" + name[name.index("(") :], *density.args[1:])


__all__ = ["given", "readings"]
