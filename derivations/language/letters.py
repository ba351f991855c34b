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


def carried(
    a: Term,
    b: Term,
    hypotheses: tuple[Term, ...] = (),
    using: tuple[Theorem, ...] = (),
    kinds: tuple[str, ...] = ("log",),
) -> Theorem:
    """a = b by algebra that does not look into the logarithms (or into other kinds of terms). Raises RuleError when
    it must.
    """
    letters: dict[Term, Term] = {}
    theorem = algebra(_hidden(a, kinds, letters), _hidden(b, kinds, letters), hypotheses, using)
    for term, letter in letters.items():
        theorem = instantiate_function(theorem, letter.args[0], letter.args[1:], term)
    return theorem


def _hidden(t: Term, kinds: tuple[str, ...], letters: dict[Term, Term]) -> Term:
    """The term with an unspecified function of the same symbols in place of each part of one of the kinds."""
    if t.op not in kinds:
        return rebuild(t, tuple(_hidden(a, kinds, letters) if isinstance(a, Term) else a for a in t.args))
    if t not in letters:
        symbols = sorted(t.free - t.dims, key=lambda s: str(s.args[0]))
        letters[t] = app(f"letter {len(letters)}", *symbols)
    return letters[t]
