"""Mutants of the checker's own rules, each without one of its checks.

They are made from the source of the rules, and of the functions in which they check, so that a new rule or
check has its mutants at once:

    check        one `raise`, one operand of an `or` before it, or one call that is made only to refuse
    hypotheses   the theorem without its hypotheses
    conclusion   the theorem with one edit of the first accepted conclusion in place of what was proved
    brutal       all checks and hypotheses of the rule, and of what it calls, at once: it returns without checking
"""

from __future__ import annotations
import __future__ as future

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType

from derivations.kernel import RULES
from derivations.kernel.terms import TRUE, Term
from derivations.mutation.edits import mutants as edits

FUTURE = future.annotations.compiler_flag
ROOMS = [sys.modules[name] for name in dict.fromkeys(rule.__module__ for rule in RULES.values())]


@dataclass(frozen=True)
class Mutant:
    """A change of some functions of the kernel: which rule or helper, what is taken away, and the new code."""

    name: str
    kind: str
    what: str
    codes: tuple[tuple[FunctionType, CodeType], ...]

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The kernel with the mutant in it."""
        kept = [(function, function.__code__) for function, _ in self.codes]
        try:
            for function, code in self.codes:
                function.__code__ = code
            yield
        finally:
            for function, code in kept:
                function.__code__ = code


def rules() -> dict[str, FunctionType]:
    """The function under each rule."""
    return {name: apply.__wrapped__ for name, apply in RULES.items()}


def helpers() -> dict[str, FunctionType]:
    """The functions in the rooms of the rules that refuse something themselves."""
    found = {
        name: f for room in ROOMS for name, f in vars(room).items()
        if inspect.isfunction(f) and f.__module__ == room.__name__ and not hasattr(f, "__wrapped__")
    }  # fmt: skip
    return {name: f for name, f in found.items() if any(isinstance(n, ast.Raise) for n in ast.walk(tree(f)))}


def tree(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function, without its decorators."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    return definition


def compiled(function: FunctionType, definition: ast.FunctionDef) -> CodeType:
    """The code of a changed definition, for the same globals."""
    module = ast.fix_missing_locations(ast.Module([definition], []))
    code = compile(module, f"<mutant of {function.__name__}>", "exec", FUTURE)
    return next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == function.__name__)


class Editor(ast.NodeTransformer):
    """Takes away check number `at` of a definition, or every check when `at` is None; `found` names those it passed."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.found: list[str] = []

    def _mine(self, node: ast.AST) -> bool:
        self.found.append(ast.unparse(node)[:100])
        return self.at is None or self.at == len(self.found) - 1

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or) and isinstance(node.body[0], ast.Raise):
            left: list[ast.expr] = [v for v in node.test.values if not self._mine(v)]
            node.test = ast.BoolOp(ast.Or(), [ast.Constant(False), *left]) if left else ast.Constant(False)
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.Pass() if self._mine(node) else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Call) and _refuses(node.value) and self._mine(node) else node


class Returned(ast.NodeTransformer):
    """Replaces one argument of every Sequent that a rule returns."""

    def __init__(self, argument: int, new: Callable[[ast.expr], ast.expr]) -> None:
        self.argument, self.new = argument, new

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if getattr(node.func, "id", "") == "Sequent":
            node.args[self.argument] = self.new(node.args[self.argument])
        return node


def _refuses(call: ast.Call) -> bool:
    """Whether a call whose value is not used is made only to refuse; the others fill a list."""
    return isinstance(call.func, ast.Name) or getattr(call.func, "attr", "") not in ("append", "extend", "add", "remove")


def checks(function: FunctionType) -> list[str]:
    """The checks of a function, in the order of its source."""
    editor = Editor(-1)
    editor.visit(tree(function))
    return editor.found


def changed(function: FunctionType, *transformers: ast.NodeTransformer) -> tuple[FunctionType, CodeType]:
    """A function and its code after these changes."""
    definition = tree(function)
    for transformer in transformers:
        transformer.visit(definition)
    return function, compiled(function, definition)


NO_HYPOTHESES = Returned(0, lambda old: ast.Tuple([], ast.Load()))
WRONG_CONCLUSION = Returned(1, lambda old: ast.Call(ast.parse(
    "__import__('tests.kernel.rule_mutants', fromlist=['wrong']).wrong", mode="eval").body, [old], []))  # fmt: skip


def wrong(conclusion: Term) -> Term:
    """The conclusion with one edit; a truth, where nothing can be edited."""
    return next((m.term for m in edits(conclusion)), TRUE)


def has_hypotheses(function: FunctionType) -> bool:
    """Whether the rule gives its theorem hypotheses of its own, or those of its premises."""
    sequents = [n for n in ast.walk(tree(function)) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Sequent"]
    return any(ast.unparse(call.args[0]) != "()" for call in sequents)


def called(function: FunctionType, known: dict[str, FunctionType]) -> set[str]:
    """The helpers that a function calls, directly or not."""
    found: set[str] = set()
    waiting = [function]
    while waiting:
        for name in _names(waiting.pop().__code__) & known.keys() - found:
            found.add(name)
            waiting.append(known[name])
    return found


def _names(code: CodeType) -> set[str]:
    """The global names of a function, inner functions and comprehensions included."""
    return set(code.co_names).union(*(_names(c) for c in code.co_consts if isinstance(c, CodeType)))


def users(name: str) -> list[str]:
    """The rules whose cases may notice a mutant of this rule or helper."""
    if name in RULES:
        return [name]
    known = helpers()
    return [rule for rule, function in rules().items() if name in called(function, known)]


def mutants(name: str) -> list[Mutant]:
    """Every mutant of a rule, or of a helper."""
    known = helpers()
    function = rules().get(name) or known[name]
    every = checks(function)
    found = [Mutant(name, "check", what, (changed(function, Editor(k)),)) for k, what in enumerate(every)]
    if name not in RULES:
        return found
    if has_hypotheses(function):
        found.append(Mutant(name, "hypotheses", "none", (changed(function, NO_HYPOTHESES),)))
    found.append(Mutant(name, "conclusion", "with one edit", (changed(function, WRONG_CONCLUSION),)))
    inside = [known[helper] for helper in sorted(called(function, known))]
    if every or inside or has_hypotheses(function):
        codes = (changed(function, Editor(None), NO_HYPOTHESES), *(changed(h, Editor(None)) for h in inside))
        found.append(Mutant(name, "brutal", "returns without checking", codes))
    return found
