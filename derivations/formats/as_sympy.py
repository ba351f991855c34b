"""A statement as Python text that builds it in SymPy. SymPy itself is not needed to write the text.

Vectors of R^d become d x 1 matrix symbols. What SymPy has no faithful object for (integrals and gradients
over R^d, equality up to a constant, conditions) has no SymPy form, and the text says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from textwrap import indent

from derivations.formats.code import ATOM, MUL, POW, Code
from derivations.formats.names import NoForm, identifier
from derivations.formats.plain import under
from derivations.kernel.definitions import PI, unfold
from derivations.kernel.terms import BOOL, INT, Term, is_scalar, num
from derivations.language.calculation import Part
from derivations.language.entry import Entry

WIDTH = 80
HELPERS = {
    "normal": (
        "exp pi sqrt",
        "def normal(x, mean, variance):\n"
        "    return exp(-((x - mean) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)\n\n",
    ),
    "normal_d": (
        "Determinant Inverse exp pi sqrt",
        "def normal_d(x, mean, covariance):\n"
        "    square = ((x - mean).T * Inverse(covariance) * (x - mean))[0, 0]\n"
        "    return exp(-square / 2) / sqrt(Determinant(2 * pi * covariance))\n\n",
    ),
}


def sympy(entry: Entry, parts: list[Part]) -> str:
    """The statement as SymPy code; a comment saying why, when SymPy cannot carry it."""
    if entry.claim is not None:
        formulas = [Term("ne", (entry.claim.lhs, entry.claim.rhs), BOOL)]
    else:
        formulas = [part.theorem.conclusion for part in parts]
    if not formulas:
        return f"# {entry.id} has no SymPy form: it is not established."
    given = [h for part in parts for h in part.theorem.hypotheses]
    code = SymPy(frozenset(h.args[1] for h in given if h.op == "lt" and h.args[0] == num(0)))
    try:
        return code.program(formulas, ["" if entry.claim else under(entry, part).lstrip(", ") for part in parts])
    except NoForm as error:
        return f"# {entry.id} has no SymPy form: {error}."


class SymPy(Code):
    """Prints with SymPy's constructors; equations are built unevaluated."""

    matmul = " * "

    def __init__(self, positive: frozenset[Term] = frozenset()) -> None:
        super().__init__()
        self.positive = positive
        self.declarations: dict[str, str] = {}

    def program(self, formulas: list[Term], conditions: Iterable[str] = ()) -> str:
        """Imports, helpers, symbols, and the statement; a condition is a comment above what stands under it."""
        texts = [self.text(f) for f in formulas]
        if len(texts) > 1:
            heads = [f"# {condition}:\n" if condition else "" for condition in conditions] or [""] * len(texts)
            texts = [indent(head + text, "    ") for head, text in zip(heads, texts, strict=True)]
        helpers = [HELPERS[name] for name in sorted(self.helpers)]
        self.imports |= {word for words, _ in helpers for word in words.split()}
        clash = self.imports & set(self.declarations)
        if clash:
            raise NoForm(f"a symbol of it is called like SymPy's {', '.join(sorted(clash))}")
        value = texts[0] if len(texts) == 1 else "[\n" + "".join(f"{text},\n" for text in texts) + "]"
        head = f"from sympy import {', '.join(sorted(self.imports))}\n\n" if self.imports else ""
        source = "".join(f"\n{text}" for _, text in helpers) + ("\n" if helpers else "")
        return head + source + "".join(f"{line}\n" for line in self.declarations.values()) + f"statement = {value}"

    def declare(self, spelled: str, kind: str, arguments: str = "") -> str:
        """Declare a name before the statement, once."""
        line = f'{spelled} = {self.need(kind)}("{spelled}"{arguments})'
        self.declarations.setdefault(spelled, line)
        return spelled

    def _sym(self, t: Term) -> tuple[str, int]:
        return (self.need("pi") if t == PI else self.symbol(t)), ATOM

    def symbol(self, t: Term) -> str:
        """A declared symbol for a term: a scalar, or a matrix of symbolic shape."""
        spelled = self.spell(t)
        if not is_scalar(t):
            shape = ", ".join(self.text(n) for n in t.sort[1:3]) + (", 1" if t.sort[0] == "vec" else "")
            return self.declare(spelled, "MatrixSymbol", f", {shape}")
        facts = ["integer"] * (t.sort == INT) + ["positive"] * (t in self.positive)
        return self.declare(spelled, "Symbol", ", " + ", ".join(f"{fact}=True" for fact in facts or ["real"]))

    def _app(self, t: Term) -> tuple[str, int]:
        function, *args = t.args
        if not is_scalar(t):
            if self.depends(t):
                raise NoForm(f"SymPy has no unspecified function with values in R^d, such as {function}")
            return self.symbol(t), ATOM
        spelled = identifier(function)
        if self.names.setdefault(spelled, (function, len(args))) != (function, len(args)):
            raise NoForm(f"two things in it would both be called {spelled}")
        return f"{self.declare(spelled, 'Function')}({', '.join(self.text(a) for a in args)})", ATOM

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
        if len(a) + len(b) > WIDTH:
            return f"{self.need(function)}(\n    {a},\n    {b},\n    evaluate=False,\n)", ATOM
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
