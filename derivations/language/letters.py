"""Algebra in which every logarithm is a letter, for densities that may vanish.

A logarithm of zero means nothing, so the kernel asks for a sign before it touches one. Where the logarithm is only
carried along, as in 0 log u = 0 or in the linearity of an integral, its meaning does not matter: any number would do.
"""

from __future__ import annotations

from derivations.kernel import Theorem
from derivations.kernel.equality import algebra
from derivations.kernel.logic import instantiate_function
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, app


def carried(a: Term, b: Term, hypotheses: tuple[Term, ...] = (), using: tuple[Theorem, ...] = ()) -> Theorem:
    """a = b by algebra that does not look into the logarithms. Raises RuleError when it must."""
    letters: dict[Term, Term] = {}
    theorem = algebra(_hidden(a, letters), _hidden(b, letters), hypotheses, using)
    for log, letter in letters.items():
        theorem = instantiate_function(theorem, letter.args[0], letter.args[1:], log)
    return theorem


def _hidden(t: Term, letters: dict[Term, Term]) -> Term:
    """The term with an unspecified function of the same symbols in place of each logarithm."""
    if t.op != "log":
        return rebuild(t, tuple(_hidden(a, letters) if isinstance(a, Term) else a for a in t.args))
    if t not in letters:
        symbols = sorted(t.free - t.dims, key=lambda s: str(s.args[0]))
        letters[t] = app(f"letter {len(letters)}", *symbols)
    return letters[t]
