"""What SymPy's own functions say of the corpus: recorded opinions, which no verdict ever sees.

Each scalar equation of the corpus is asked at d = 1, with what is defined written out and with the signs that SymPy can
be told. Three functions are asked: `simplify` of the difference, `equals`, and, where there is an integral, a sum or a
derivative, `doit`, whose value is then compared with the other side at the point of the witness.

    agrees       it says that the two sides are equal
    cannot tell  it says neither
    denies       it says that they differ, though they are proved to be equal: SymPy is wrong
    raises       it breaks off with an error
    too slow     it did not answer within the limit
    cannot say   SymPy has no such expression
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from derivations.kernel.terms import INT, Term

AGREES, OPEN, DENIES = "agrees", "cannot tell", "denies"
RAISES, SLOW, UNSAID = "raises", "too slow", "cannot say"
CLOSE = 1e-6  # relative: two floating-point values that count as equal


def ask(lhs: Term, rhs: Term, words: Mapping[str, str], point: Mapping[str, str], method: str) -> tuple[str, str]:
    """A word of the list above, and what SymPy said.

    Args:
        lhs: a scalar term without opaque functions of vectors.
        rhs: the other side.
        words: "positive" for the letters that are, by name.
        point: rational values of the letters, as texts, by name.
        method: "simplify", "equals" or "doit".
    """
    from derivations.language.sympy_bridge import to_sympy
    from derivations.language.sympy_reading import Unread

    letters = lhs.free | rhs.free
    symbols = {s.args[0]: _symbol(s, words) for s in letters if s.args[0] != "pi"}
    try:
        left, right = (to_sympy(side, symbols) for side in (lhs, rhs))
    except (Unread, NotImplementedError, TypeError) as error:
        return UNSAID, str(error)[:200]
    values = {symbols[name]: value for name, value in point.items() if name in symbols}
    try:
        return METHODS[method](left, right, values)
    except Exception as error:  # whatever SymPy makes of it is its opinion
        return RAISES, f"{type(error).__name__}: {error}"[:200]


def _symbol(s: Term, words: Mapping[str, str]) -> Any:
    import sympy

    positive = True if words.get(s.args[0]) in ("positive", "unit") else None
    if s.sort == INT:
        return sympy.Symbol(s.args[0], integer=True, positive=positive)
    return sympy.Symbol(s.args[0], real=True, positive=positive)


def _simplify(left: Any, right: Any, values: Mapping[Any, str]) -> tuple[str, str]:
    import sympy

    rest = sympy.simplify(left - right)
    if rest == 0:
        return AGREES, "0"
    known = rest.is_number and not rest.has(sympy.Integral, sympy.Sum, sympy.Product, sympy.Derivative)
    return (DENIES if known and rest.equals(0) is False else OPEN), str(rest)[:200]


def _equals(left: Any, right: Any, values: Mapping[Any, str]) -> tuple[str, str]:
    said = left.equals(right)
    return {True: AGREES, False: DENIES}.get(said, OPEN), str(said)


def _doit(left: Any, right: Any, values: Mapping[Any, str]) -> tuple[str, str]:
    """Evaluate, then compare numbers: an antiderivative can be wrong by more than its form."""
    import sympy

    done = left.doit()
    if done.has(sympy.Integral, sympy.Sum, sympy.Product, sympy.Derivative):
        return OPEN, f"left as it is: {str(done)[:200]}"
    if (done - right).atoms(sympy.core.function.AppliedUndef):
        return OPEN, f"{str(done)[:160]}: a function that is not specified has no value"
    point = {s: sympy.Rational(v) for s, v in values.items()}
    here, there = (complex(sympy.N(side.subs(point).doit())) for side in (done, right))
    said = f"{str(done)[:120]}: {here:.6g} at the point, where the other side is {there:.6g}"
    return (AGREES if abs(here - there) <= CLOSE * (1 + abs(there)) else DENIES), said


METHODS: dict[str, Callable[[Any, Any, Mapping[Any, str]], tuple[str, str]]] = {
    "simplify": _simplify, "equals": _equals, "doit": _doit,
}  # fmt: skip
