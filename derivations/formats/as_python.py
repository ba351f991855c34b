"""A closed form as the source of a Python function, on floats and on NumPy arrays."""

from __future__ import annotations

import textwrap

from derivations.formats.code import ADD, ATOM, MUL, Code
from derivations.formats.names import NoForm, identifier, name
from derivations.formats.plain import plain
from derivations.kernel.definitions import PI
from derivations.kernel.terms import INT, Term
from derivations.language.calculation import Part
from derivations.language.entry import Entry

WIDTH = 100


def python(entry: Entry, parts: list[Part]) -> str:
    """One function per closed form that the entry states; a comment saying why, when it states none."""
    found, reasons, imports = [], [], set[str]()
    several = len(parts) > 1
    for part in parts:
        title = identifier("_".join([entry.id, part.label] if several and part.label else [entry.id]))
        try:
            source, needed = function(title, entry, part.theorem.conclusion)
        except NoForm as error:
            reasons.append(str(error))
            continue
        found.append(source)
        imports |= needed
    if not found:
        why = "; ".join(dict.fromkeys(reasons)) or "it is not established"
        return f"# {entry.id} has no Python form: {why}."
    return "\n\n\n".join((["import numpy as np"] if imports else []) + found)


def function(title: str, entry: Entry, conclusion: Term) -> tuple[str, set[str]]:
    """The source of one function and what it imports. Raises NoForm when the statement is no closed form."""
    formula = conclusion
    while formula.op == "all":
        formula = formula.args[2]
    if formula.op != "eq":
        raise NoForm("it is not an equation, so there is nothing to compute")
    lhs, rhs = formula.args
    code = Python()
    lines = code.returned(rhs if rhs.op not in ("sym", "app", "num") or lhs.op in ("sym", "app") else lhs)
    if code.loops & set(code.parameters.values()):
        raise NoForm("one of its symbols is called like the index of a sum in it")
    said = textwrap.wrap(plain(formula), WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    if code.tables:
        said.append(
            f"Indexed by the step, the first being {' and '.join(f'{x}[1]' for x in sorted(code.tables))}."
        )
    doc = [
        f'    """{entry.title} ({entry.id}, revision {entry.revision}).',
        "",
        *(f"    {s}" for s in said),
        '    """',
    ]
    return "\n".join([f"def {title}({', '.join(code.parameters.values())}):", *doc, *lines]), code.imports


class Python(Code):
    """Prints with NumPy; symbols, and opaque functions at their arguments, become parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.parameters: dict[Term, str] = {}
        self.tables: set[str] = set()
        self.loops: set[str] = set()

    def returned(self, t: Term) -> list[str]:
        """The return statement, broken at the outermost sum when it is long."""
        line = f"    return {self.text(t)}"
        if len(line) <= WIDTH or t.op != "add":
            return [line]
        rows = [self.text(t.args[0], ADD)]
        for a in t.args[1:]:
            minus = a.op == "neg"
            rows.append(("- " if minus else "+ ") + self.text(a.args[0] if minus else a, MUL))
        return ["    return (", *(f"        {row}" for row in rows), "    )"]

    def parameter(self, t: Term, spelled: str) -> str:
        """The parameter that stands for a term; two terms never share one."""
        if (
            self.parameters.setdefault(t, spelled) != spelled
            or list(self.parameters.values()).count(spelled) > 1
        ):
            raise NoForm(f"two of its symbols would both be called {spelled}")
        return spelled

    def _sym(self, t: Term) -> tuple[str, int]:
        if t == PI:
            return self.need("np.pi"), ATOM
        if t in self.bound:
            return identifier(t.args[0]), ATOM
        return self.parameter(t, name(t)), ATOM

    def _app(self, t: Term) -> tuple[str, int]:
        if not self.depends(t):
            return self.parameter(t, name(t)), ATOM
        if len(t.args) != 2 or t.args[1].sort != INT:
            raise NoForm(f"{plain(t)} depends on a variable that is summed over")
        table = Term("app", t.args[:1], t.sort)
        self.tables.add(identifier(t.args[0]))
        return f"{self.parameter(table, identifier(t.args[0]))}[{self.text(t.args[1])}]", ATOM

    def _sum(self, t: Term) -> tuple[str, int]:
        return self._loop("sum", t)

    def _prod(self, t: Term) -> tuple[str, int]:
        return self._loop(self.need("np.prod"), t)

    def _loop(self, function: str, t: Term) -> tuple[str, int]:
        i, lo, hi, body = t.args
        self.loops.add(identifier(i.args[0]))
        first, last = self.text(lo), self.text(hi, ADD)
        inside = f"{self.within(i, body)} for {identifier(i.args[0])} in range({first}, {last} + 1)"
        return (f"{function}([{inside}])" if function != "sum" else f"sum({inside})"), ATOM

    def _exp(self, t: Term) -> tuple[str, int]:
        return self.call("np.exp", *t.args)

    def _log(self, t: Term) -> tuple[str, int]:
        return self.call("np.log", *t.args)

    def _sqrt(self, t: Term) -> tuple[str, int]:
        return self.call("np.sqrt", *t.args)

    def _sin(self, t: Term) -> tuple[str, int]:
        return self.call("np.sin", *t.args)

    def _cos(self, t: Term) -> tuple[str, int]:
        return self.call("np.cos", *t.args)

    def _atan(self, t: Term) -> tuple[str, int]:
        return self.call("np.arctan", *t.args)

    def _inner(self, t: Term) -> tuple[str, int]:
        return self.call("np.dot", *t.args)

    def _norm2(self, t: Term) -> tuple[str, int]:
        return f"{self.need('np.sum')}({self.text(t.args[0], ATOM)} ** 2)", ATOM

    def _tr(self, t: Term) -> tuple[str, int]:
        return self.call("np.trace", *t.args)

    def _logdet(self, t: Term) -> tuple[str, int]:
        return self.call("np.linalg.slogdet", *t.args)[0] + "[1]", ATOM

    def _inv(self, t: Term) -> tuple[str, int]:
        return self.call("np.linalg.inv", *t.args)

    def _T(self, t: Term) -> tuple[str, int]:
        return self.text(t.args[0], ATOM) + ".T", ATOM

    def _eye(self, t: Term) -> tuple[str, int]:
        return self.call("np.eye", *t.args)

    def _zero(self, t: Term) -> tuple[str, int]:
        return self.call("np.zeros", *t.args)
