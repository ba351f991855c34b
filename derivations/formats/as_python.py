"""A closed form as the source of a Python function, on floats and on NumPy arrays."""

from __future__ import annotations

import textwrap

from derivations.formats.code import ADD, ATOM, MUL, NEG, Code
from derivations.formats.names import NoForm, identifier
from derivations.formats.plain import plain, under
from derivations.kernel.definitions import PI
from derivations.kernel.terms import INT, Term, is_scalar
from derivations.language.calculation import Part
from derivations.language.entry import Entry

WIDTH = 100


ATOMIC, CONSTANT = ("sym", "app"), ("num", "eye", "zero")
NORMAL = '''\
def {name}(x, mean, {cov}):
    """The density at x of the Gaussian with this mean and {words}."""
    return {value}'''
SCALAR = "np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)"
VECTOR = """(
        np.exp(-np.dot(x - mean, np.linalg.solve(covariance, x - mean)) / 2)
        / np.sqrt(np.linalg.det(2 * np.pi * covariance))
    )"""
HELPERS = {
    "normal": NORMAL.format(name="normal", cov="variance", words="variance", value=SCALAR),
    "normal_d": NORMAL.format(name="normal_d", cov="covariance", words="covariance matrix", value=VECTOR),
}


def python(entry: Entry, parts: list[Part]) -> str:
    """One function per closed form that the entry states; a comment saying why, when it states none."""
    found, reasons, imports, helpers = [], [], set[str](), set[str]()
    for part in parts:
        label = part.label if len(parts) > 1 else ""
        title = identifier(f"{entry.id}_{label}" if label else entry.id)
        code = Python()
        try:
            found.append(code.function(title, entry, part.theorem.conclusion, under(entry, part)))
        except NoForm as error:
            reasons.append(str(error))
            continue
        imports |= code.imports
        helpers |= code.helpers
    if not found:
        why = "; ".join(dict.fromkeys(reasons)) or "it is not established"
        return f"# {entry.id} has no Python form: {why}."
    head = ["import numpy as np"] if imports or helpers else []
    return "\n\n\n".join([*head, *(HELPERS[name] for name in sorted(helpers)), *found])


def computed(conclusion: Term) -> tuple[Term, Term]:
    """The equation of a closed form, and the side to compute. Raises NoForm when it is no equation."""
    formula = conclusion
    while formula.op == "all":
        formula = formula.args[2]
    if formula.op != "eq":
        raise NoForm("it is not an equation, so there is nothing to compute")
    lhs, rhs = formula.args
    plain_right = rhs.op in (*ATOMIC, *CONSTANT) and lhs.op not in (*ATOMIC, *CONSTANT)
    return formula, lhs if plain_right else rhs


class Python(Code):
    """Prints with NumPy; symbols, and opaque functions at their arguments, become parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.parameters: dict[Term, str] = {}
        self.tables: set[str] = set()
        self.loops: set[str] = set()

    def function(self, title: str, entry: Entry, conclusion: Term, condition: str = "") -> str:
        """The source of one function; its docstring says the condition. Raises NoForm for what is no closed form."""
        formula, side = computed(conclusion)
        body = self.returned(side)
        if self.loops & set(self.parameters.values()):
            raise NoForm("one of its symbols is called like the index of a sum in it")
        said = textwrap.wrap(plain(formula) + condition, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
        if self.tables:
            first = " and ".join(f"{name}[1]" for name in sorted(self.tables))
            said.append(f"Indexed by the step, the first being {first}.")
        lines = [
            f"def {title}({', '.join(self.parameters.values())}):",
            f'    """{entry.title} ({entry.id}, revision {entry.revision}).',
            "",
            *(f"    {line}" for line in said),
            '    """',
            *body,
        ]
        return "\n".join(lines)

    def returned(self, t: Term) -> list[str]:
        """The return statement; when it is long, broken at the outermost sum or product, also under an exponential, or
        between the arguments of a density.
        """
        line = f"    return {self.text(t)}"
        if len(line) > WIDTH and t.op == "exp" and t.args[0].op == "add":
            first, *rest = self.returned(t.args[0])
            return [first.replace("return (", "return np.exp("), *rest]
        if len(line) > WIDTH and t.op == "normal":
            return [line[: line.index("(") + 1], *(f"        {self.text(a)}," for a in t.args), "    )"]
        scalars = t.op == "mul" and all(is_scalar(a) for a in t.args)
        if len(line) <= WIDTH or not (t.op == "add" or scalars):
            return [line]
        rows = [self.text(t.args[0], MUL if t.op == "mul" else ADD)]
        for a in t.args[1:]:
            minus = t.op == "add" and a.op == "neg"
            sign = "* " if t.op == "mul" else "- " if minus else "+ "
            rows.append(sign + self.text(a.args[0] if minus else a, NEG if t.op == "mul" else MUL))
        return ["    return (", *(f"        {row}" for row in rows), "    )"]

    def parameter(self, t: Term, spelled: str) -> str:
        """The parameter that stands for a term."""
        return self.parameters.setdefault(t, spelled)

    def _sym(self, t: Term) -> tuple[str, int]:
        if t == PI:
            return self.need("np.pi"), ATOM
        if t in self.bound:
            return identifier(t.args[0]), ATOM
        return self.parameter(t, self.spell(t)), ATOM

    def _app(self, t: Term) -> tuple[str, int]:
        if not self.depends(t):
            return self.parameter(t, self.spell(t)), ATOM
        if len(t.args) != 2 or t.args[1].sort != INT:
            raise NoForm(f"{plain(t)} depends on a variable that is summed over")
        table = Term("app", t.args[:1], t.sort)
        self.tables.add(identifier(t.args[0]))
        return f"{self.parameter(table, self.spell(table))}[{self.text(t.args[1])}]", ATOM

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
