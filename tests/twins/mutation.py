"""Wrong versions of a function, made from its source: the mistakes that people make in formulas.

Each result of a calculation is off by one part in a million, a root is left out, a sign is turned, or two inputs of one
shape (t and t - 1, the two variances) are exchanged.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

SLIGHTLY = 1 + 1e-6
Function = Callable[..., Any]


class Change(ast.NodeTransformer):
    """Change the n-th place at which `rule` gives another node; `what` then says what was changed."""

    def __init__(self, rule: Callable[[ast.AST], ast.AST | None], n: int) -> None:
        self.rule, self.left, self.what = rule, n, ""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        other = self.rule(node)
        if other is None:
            return node
        self.left -= 1
        if self.left != -1:
            return node
        self.what = ast.unparse(node)
        return ast.copy_location(other, node)


def scaled(node: ast.AST) -> ast.AST | None:
    """A calculated number, slightly off."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow):
        return ast.BinOp(node, ast.Mult(), ast.Constant(SLIGHTLY))
    return None


def no_root(node: ast.AST) -> ast.AST | None:
    """Something without its square root."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sqrt":
        return node.func.value
    return None


def other_sign(node: ast.AST) -> ast.AST | None:
    """A sum for a difference and the other way round."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    return None


RULES = {"1 + 1e-6 times": scaled, "no root in": no_root, "the other sign in": other_sign}


def mutants(function: Function) -> Iterator[tuple[str, Function]]:
    """(what is wrong, the wrong function) for every place in the source of the function."""
    source = textwrap.dedent(inspect.getsource(function))
    for name, rule in RULES.items():
        n = 0
        while True:
            tree = ast.parse(source)
            definition = tree.body[0]
            assert isinstance(definition, ast.FunctionDef)
            definition.decorator_list, definition.returns = [], None
            change = Change(rule, n)
            definition.body = [change.visit(statement) for statement in definition.body]
            if not change.what:
                break
            scope = dict(function.__globals__)
            exec(compile(ast.fix_missing_locations(tree), "<mutant>", "exec"), scope)
            yield f"{name} {change.what}", scope[definition.name]
            n += 1


def exchanged(function: Function, shapes: Mapping[str, Any], alike: tuple[frozenset[str], ...]) -> Iterator[tuple[str, Function]]:
    """The function, called with inputs in order, with two inputs of one shape exchanged, unless they are alike."""
    names = list(shapes)
    for a, b in combinations(range(len(names)), 2):
        if shapes[names[a]] != shapes[names[b]] or any({names[a], names[b]} <= group for group in alike):
            continue

        def wrong(*arguments: Any, a: int = a, b: int = b) -> Any:
            given = list(arguments)
            given[a], given[b] = given[b], given[a]
            return function(*given)

        yield f"{names[a]} and {names[b]} exchanged", wrong


def off(function: Function) -> Function:
    """The function with every answer slightly off."""

    def wrong(*arguments: Any) -> Any:
        out = function(*arguments)
        return tuple(x * SLIGHTLY for x in out) if isinstance(out, tuple) else out * SLIGHTLY

    return wrong
