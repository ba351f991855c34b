"""Capital letters that may be matrices: what is proved of numbers alone is not said of them."""

from __future__ import annotations

import re

from derivations.deciding import decide
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import REAL, Mat, Term, TermError, inv, is_scalar, mul, neg, num, sym
from derivations.reading.terms.signature import DIMENSION, key_of
from derivations.reading.text.syntax import Row, leaves

COUNTS = frozenset("TNKLD")
LETTER = re.compile(r"[A-Z](_\w+)?")


def commuting(lhs: Term, rhs: Term) -> bool:
    """Whether a proof of lhs = rhs for numbers needs that two capital letters commute: as matrices it is not proved."""
    letters = {s for t in (lhs, rhs) for s in t.free if s.sort == REAL and LETTER.fullmatch(s.args[0])}
    letters = {s for s in letters if s.args[0] not in COUNTS}
    if len(letters) < 2:
        return False
    try:
        a, b = (_word(t, letters) for t in (lhs, rhs))
    except TermError:
        return False  # used as numbers
    if is_scalar(a) or is_scalar(b):
        return False
    domain = {s.args[0]: "real" for t in (a, b) for s in t.free if s.sort == REAL}
    return decide(a, b, domain).status != "proved"


def capital(row: Row) -> bool:
    """Whether a formula has a capital letter in it that may be a matrix, beside vectors that are turned."""
    names = (key_of(i) for i in leaves(row) if i.kind == "name")
    return any(LETTER.fullmatch(name) and name not in COUNTS | {"I"} for name in names)


def _word(t: Term, letters: set[Term]) -> Term:
    """The term with the letters as square matrices. Raises TermError where they cannot be."""
    if t in letters:
        return sym(t.args[0], Mat(DIMENSION, DIMENSION))
    args = tuple(_word(a, letters) if isinstance(a, Term) else a for a in t.args)
    if t.op == "pow" and not is_scalar(args[0]):
        if args[1] in (num(-1), neg(num(1))):
            return inv(args[0])
        if args[1].op == "num" and args[1].args[0] in (2, 3):
            return mul(*[args[0]] * int(args[1].args[0]))
        raise TermError("a power of a matrix")
    if t.op in ("add", "mul", "neg", "div"):
        return Term(t.op, args, t.sort) if args == t.args else rebuild(t, args)
    if args != t.args:
        raise TermError("no operation on matrices")
    return t


__all__ = ["commuting"]
