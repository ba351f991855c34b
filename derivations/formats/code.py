"""Terms as Python expressions: what the NumPy form and the SymPy form have in common.

Brackets are put by precedence, and operands stay in the order in which they were written. A printer
collects what its text needs: names, imports, and helper functions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NoReturn

from derivations.formats.names import NoForm, long_name, name
from derivations.kernel.terms import INT, REAL, Term, is_scalar

ADD, MUL, NEG, POW, ATOM = 1, 2, 3, 4, 5

WORDS = {
    "int": "an integral", "E": "an expectation", "KL": "a KL divergence", "diff": "a derivative",
    "grad": "a gradient", "divg": "a divergence", "diag": "a matrix given by its entries",
    "comps": "a vector given by its components", "sum": "a sum", "prod": "a product",
}  # fmt: skip


class Code:
    """Prints one statement; a subclass says how symbols, functions and matrices are spelled."""

    def __init__(self) -> None:
        self.bound: list[Term] = []
        self.imports: set[str] = set()
        self.helpers: set[str] = set()
        self.names: dict[str, object] = {}

    def text(self, t: Term, level: int = 0) -> str:
        """The expression of a term. Raises NoForm when the language has none."""
        method: Callable[[Term], tuple[str, int]] = getattr(self, f"_{t.op}", None) or self._no_form
        out, mine = method(t)
        return f"({out})" if mine < level else out

    def _no_form(self, t: Term) -> NoReturn:
        raise NoForm(f"it contains {WORDS.get(t.op, f'what the kernel calls {t.op!r}')}")

    def spell(self, t: Term) -> str:
        """A name for a symbol, or for a function at its arguments; two terms never share one."""
        for spelled in (name, long_name):
            if self.names.setdefault(spelled(t), t) == t:
                return spelled(t)
        raise NoForm(f"two of its symbols would both be called {name(t)}")

    def need(self, name: str) -> str:
        """The name of a library, noted as one to import."""
        self.imports.add(name)
        return name

    def call(self, name: str, *terms: Term) -> tuple[str, int]:
        """A function of the library, applied."""
        return f"{self.need(name)}({', '.join(self.text(t) for t in terms)})", ATOM

    def _num(self, t: Term) -> tuple[str, int]:
        q: Fraction = t.args[0]
        if q.denominator == 1:
            return str(q), ATOM if q >= 0 else ADD
        return self.fraction(q)

    def fraction(self, q: Fraction) -> tuple[str, int]:
        """A number that is not an integer."""
        return f"{q.numerator} / {q.denominator}", MUL if q > 0 else ADD

    def _add(self, t: Term) -> tuple[str, int]:
        out = self.text(t.args[0], ADD)
        for a in t.args[1:]:
            if a.op == "neg":
                out += " - " + self.text(a.args[0], MUL)
            elif a.op == "num" and a.args[0] < 0:
                out += " - " + self.text(Term("num", (-a.args[0],), a.sort), MUL)
            else:
                out += " + " + self.text(a, MUL if a.op == "add" else ADD)
        return out, ADD

    def _neg(self, t: Term) -> tuple[str, int]:
        return "-" + self.text(t.args[0], MUL), ADD

    def _mul(self, t: Term) -> tuple[str, int]:
        first, *rest = t.args
        out, sort = self.text(first, MUL), first.sort
        for a in rest:
            matrices = sort[0] == "mat" and not is_scalar(a)
            out += (self.matmul if matrices else " * ") + self.text(a, NEG)
            if matrices or sort in (REAL, INT):
                sort = a.sort
        return out, MUL

    matmul = " @ "

    def _div(self, t: Term) -> tuple[str, int]:
        return f"{self.text(t.args[0], MUL)} / {self.text(t.args[1], POW)}", MUL

    def _pow(self, t: Term) -> tuple[str, int]:
        return f"{self.text(t.args[0], ATOM)} ** {self.text(t.args[1], ATOM)}", POW

    def _normal(self, t: Term) -> tuple[str, int]:
        self.helpers.add("normal" if is_scalar(t.args[0]) else "normal_d")
        return (
            f"{'normal' if is_scalar(t.args[0]) else 'normal_d'}({', '.join(self.text(a) for a in t.args)})",
            ATOM,
        )

    def within(self, variable: Term, body: Term, level: int = 0) -> str:
        """The body of a binder, in which the variable is bound."""
        self.bound.append(variable)
        out = self.text(body, level)
        self.bound.pop()
        return out

    def depends(self, t: Term) -> bool:
        """Whether a term depends on a variable that is bound here."""
        return any(v in t.free for v in self.bound)
