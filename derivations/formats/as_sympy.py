"""A statement as Python text that builds it in SymPy. SymPy itself is not needed to write the text.

Vectors of R^d become d x 1 matrix symbols. What SymPy has no faithful object for (integrals and gradients
over R^d, equality up to a constant, conditions) has no SymPy form, and the text says so.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.formats.code import ATOM, MUL, POW, Code
from derivations.formats.names import NoForm, identifier, name
from derivations.kernel.definitions import PI, unfold
from derivations.kernel.terms import INT, Term, is_scalar, num
from derivations.language.calculation import Part
from derivations.language.entry import Entry


def sympy(entry: Entry, parts: list[Part]) -> str:
    """The statement as SymPy code; a comment saying why, when SymPy cannot carry it."""
    if entry.claim is not None:
        formulas = [Term("ne", (entry.claim.lhs, entry.claim.rhs), ("bool",))]
    else:
        formulas = [part.theorem.conclusion for part in parts]
    if not formulas:
        return f"# {entry.id} has no SymPy form: it is not established."
    given = [h for part in parts for h in part.theorem.hypotheses]
    code = SymPy(frozenset(h.args[1] for h in given if h.op == "lt" and h.args[0] == num(0)))
    try:
        texts = [code.text(f) for f in formulas]
    except NoForm as error:
        return f"# {entry.id} has no SymPy form: {error}."
    value = texts[0] if len(texts) == 1 else "[\n" + "".join(f"    {text},\n" for text in texts) + "]"
    head = f"from sympy import {', '.join(sorted(code.imports))}\n\n" if code.imports else ""
    return head + "".join(f"{line}\n" for line in code.declarations.values()) + f"statement = {value}"


class SymPy(Code):
    """Prints with SymPy's constructors; equations are built unevaluated."""

    matmul = " * "

    def __init__(self, positive: frozenset[Term] = frozenset()) -> None:
        super().__init__()
        self.positive = positive
        self.declarations: dict[str, str] = {}
        self._meaning: dict[str, object] = {}

    def declare(self, spelled: str, meaning: object, line: str) -> str:
        """Declare a name before the statement; two things never share one."""
        if self._meaning.setdefault(spelled, meaning) != meaning or spelled in self.imports:
            raise NoForm(f"two things in it would both be called {spelled}")
        self.declarations.setdefault(spelled, line)
        return spelled

    def _sym(self, t: Term) -> tuple[str, int]:
        if t == PI:
            return self.need("pi"), ATOM
        return self.symbol(t, name(t)), ATOM

    def symbol(self, t: Term, spelled: str) -> str:
        """A declared symbol for a term: a scalar or a matrix with symbolic shape."""
        if spelled in self._meaning:
            return self.declare(spelled, t, "")
        if is_scalar(t):
            kinds = (["integer=True"] if t.sort == INT else []) + (
                ["positive=True"] if t in self.positive else []
            )
            kind = ", ".join(kinds or ["real=True"])
            return self.declare(spelled, t, f'{spelled} = {self.need("Symbol")}("{spelled}", {kind})')
        shape = ", ".join(self.text(n) for n in t.sort[1:3]) + (", 1" if t.sort[0] == "vec" else "")
        return self.declare(spelled, t, f'{spelled} = {self.need("MatrixSymbol")}("{spelled}", {shape})')

    def _app(self, t: Term) -> tuple[str, int]:
        function, *args = t.args
        if not is_scalar(t) or any(not is_scalar(a) for a in args):
            if self.depends(t):
                raise NoForm(f"SymPy has no unspecified function of vectors, such as {function}")
            return self.symbol(t, name(t)), ATOM
        spelled = identifier(function)
        line = f'{spelled} = {self.need("Function")}("{spelled}")'
        return (
            f"{self.declare(spelled, (function, len(args)), line)}({', '.join(self.text(a) for a in args)})",
            ATOM,
        )

    def fraction(self, q: Fraction) -> tuple[str, int]:
        return f"{self.need('Rational')}({q.numerator}, {q.denominator})", ATOM

    def exact(self, t: Term, level: int) -> str:
        """A term that is not left to Python's own arithmetic, where 1/2 would become a float."""
        if t.op == "num" and t.args[0].denominator == 1:
            return f"{self.need('Integer')}({t.args[0]})"
        return self.text(t, level)

    def _div(self, t: Term) -> tuple[str, int]:
        return f"{self.exact(t.args[0], MUL)}/{self.text(t.args[1], POW)}", MUL

    def _pow(self, t: Term) -> tuple[str, int]:
        return f"{self.exact(t.args[0], ATOM)}**{self.text(t.args[1], ATOM)}", POW

    def _sum(self, t: Term) -> tuple[str, int]:
        return self._big("Sum", t)

    def _prod(self, t: Term) -> tuple[str, int]:
        return self._big("Product", t)

    def _big(self, function: str, t: Term) -> tuple[str, int]:
        i, lo, hi, body = t.args
        inside = self.within(i, body)
        return f"{self.need(function)}({inside}, ({self.text(i)}, {self.text(lo)}, {self.text(hi)}))", ATOM

    def _int(self, t: Term) -> tuple[str, int]:
        x, measure, body = t.args
        if not is_scalar(x) or not is_scalar(body) or measure.op not in ("lebesgue", "interval"):
            raise NoForm("it contains an integral over R^d, or against a measure, which SymPy does not have")
        ends = measure.args if measure.op == "interval" else ("-oo", "oo")
        limits = ", ".join(self.end(e) for e in ends)
        return f"{self.need('Integral')}({self.within(x, body)}, ({self.text(x)}, {limits}))", ATOM

    def end(self, e: Term | str) -> str:
        """The end of an interval."""
        if isinstance(e, Term):
            return self.text(e)
        self.need("oo")
        return e

    def _E(self, t: Term) -> tuple[str, int]:
        return self._int(unfold(t))

    def _KL(self, t: Term) -> tuple[str, int]:
        return self._int(unfold(t))

    def _diff(self, t: Term) -> tuple[str, int]:
        x, body, at = t.args
        derivative = f"{self.need('Derivative')}({self.within(x, body)}, {self.text(x)})"
        if at == x:
            return derivative, ATOM
        return f"{self.need('Subs')}({derivative}, {self.text(x)}, {self.text(at)})", ATOM

    def _eq(self, t: Term) -> tuple[str, int]:
        return self.relation("Eq", t)

    def _ne(self, t: Term) -> tuple[str, int]:
        return self.relation("Ne", t)

    def _lt(self, t: Term) -> tuple[str, int]:
        return self.relation("Lt", t)

    def _le(self, t: Term) -> tuple[str, int]:
        return self.relation("Le", t)

    def relation(self, function: str, t: Term) -> tuple[str, int]:
        """A relation that SymPy does not evaluate."""
        a, b = (self.exact(x, 0) for x in t.args)
        return f"{self.need(function)}({a}, {b}, evaluate=False)", ATOM

    def _and(self, t: Term) -> tuple[str, int]:
        inside = ", ".join(self.text(a) for a in t.args)
        return f"{self.need('And')}({inside}, evaluate=False)", ATOM

    def _all(self, t: Term) -> tuple[str, int]:
        return self.text(t.args[2]), ATOM

    def _eqmod(self, t: Term) -> tuple[str, int]:
        raise NoForm("it is an equality up to a constant, which SymPy does not have")

    def _exp(self, t: Term) -> tuple[str, int]:
        return self.call("exp", *t.args)

    def _log(self, t: Term) -> tuple[str, int]:
        return self.call("log", *t.args)

    def _sqrt(self, t: Term) -> tuple[str, int]:
        return self.call("sqrt", *t.args)

    def _sin(self, t: Term) -> tuple[str, int]:
        return self.call("sin", *t.args)

    def _cos(self, t: Term) -> tuple[str, int]:
        return self.call("cos", *t.args)

    def _atan(self, t: Term) -> tuple[str, int]:
        return self.call("atan", *t.args)

    def _inner(self, t: Term) -> tuple[str, int]:
        u, v = t.args
        return f"({self.text(u, ATOM)}.T*{self.text(v, ATOM)})[0, 0]", ATOM

    def _norm2(self, t: Term) -> tuple[str, int]:
        u = self.text(t.args[0], ATOM)
        return f"({u}.T*{u})[0, 0]", ATOM

    def _tr(self, t: Term) -> tuple[str, int]:
        return self.call("Trace", *t.args)

    def _logdet(self, t: Term) -> tuple[str, int]:
        return f"{self.need('log')}({self.need('Determinant')}({self.text(t.args[0])}))", ATOM

    def _inv(self, t: Term) -> tuple[str, int]:
        return self.call("Inverse", *t.args)

    def _T(self, t: Term) -> tuple[str, int]:
        return self.text(t.args[0], ATOM) + ".T", ATOM

    def _eye(self, t: Term) -> tuple[str, int]:
        return self.call("Identity", *t.args)

    def _zero(self, t: Term) -> tuple[str, int]:
        return f"{self.need('ZeroMatrix')}({self.text(t.args[0])}, 1)", ATOM
