"""Wrong versions of a function, made from its source: the mistakes that people make in formulas.

Each result of a calculation is off by one part in a million, a root is left out, a sign is turned, the neighbour of an
entry is taken, or two inputs of one shape (t and t - 1, the two variances) are exchanged.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import torch

from tests.twins import harness
from tests.twins.band import Case, errors, truth

SLIGHTLY = 1 + 1e-6
Function = Callable[..., Any]


class Change(ast.NodeTransformer):
    """Change the n-th place at which `rule` gives another node; `what` then says what was changed."""

    def __init__(self, rule: Callable[[ast.AST], ast.AST | None], n: int) -> None:
        self.rule, self.left, self.what = rule, n, ""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.List):
            return node  # [1] * n is a shape, and no formula
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


def other_index(node: ast.AST) -> ast.AST | None:
    """The neighbour of a place in a table."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load) or not isinstance(node.slice, ast.Constant | ast.UnaryOp):
        return None
    if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
        return None
    place = ast.literal_eval(node.slice)
    return ast.Subscript(node.value, ast.Constant(place + 1 if place >= 0 else place - 1), node.ctx)


RULES = {
    "1 + 1e-6 times": scaled, "no root in": no_root, "the other sign in": other_sign, "another index in": other_index,
}  # fmt: skip


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


def wrong_versions(case: Case, function: Function) -> dict[str, Function]:
    """Every wrong version of the function that the case should tell from the right one, by what is wrong with it."""
    out = {"every answer off": off(function), **dict(mutants(function))}
    if case.call is None:
        shapes = {name: (kind.tensor, kind.dims) for name, kind in case.kinds.items() if kind.passed}
        out |= dict(exchanged(function, shapes, case.symmetric))
    return out


def survivors(case: Case, function: Function, examples: int = 80) -> list[str]:
    """What is wrong with the versions that no drawn point tells from the theorem.

    A version is told apart by a wrong number in float64. One that raises says nothing at that point.
    """
    alive = wrong_versions(case, function)

    def body(drawn: dict[str, Any]) -> None:
        if not alive:
            return
        tensors = case.tensors(drawn, torch.float64)
        true = truth(case, tensors, torch.float64)
        for what, wrong in list(alive.items()):
            try:
                answer = case.answer(wrong, tensors)
            except (RuntimeError, IndexError):  # of torch: a matrix that is not definite, a table that is too short
                continue
            if max(errors(true, answer, torch.float64)) > case.limit:
                del alive[what]

    harness.at_points(case, examples, body)
    return list(alive)
