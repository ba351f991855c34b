"""Numbers in a user's file: a power, product or shift beyond the kernel's cap is refused before it is computed.

Python's own arithmetic has no cap, and nothing interrupts 9**9**9 but the end of the process. So the operators of the
file are called through functions that look at the size first; on everything else they do what they did.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import partial
from importlib.machinery import SourceFileLoader
from numbers import Integral, Rational
from types import CodeType, ModuleType
from typing import Any

from derivations.kernel.polynomials import MAX_BITS, TooLarge

Sized = Callable[[Any, Any], int]


def _bits(a: Any) -> int:
    """The size of a rational number; 0 for anything else."""
    if not isinstance(a, Rational):
        return 0
    return max(int(a.numerator).bit_length(), int(a.denominator).bit_length())


def _power(a: Any, b: Any) -> int:
    known = isinstance(b, Integral) and _bits(a) and a not in (-1, 0, 1)
    return _bits(a) * abs(int(b)) if known else 0


def _product(a: Any, b: Any) -> int:
    return _bits(a) + _bits(b) if isinstance(a, Rational) and isinstance(b, Rational) else 0


def _shift(a: Any, b: Any) -> int:
    return _bits(a) + int(b) if isinstance(a, Integral) and isinstance(b, Integral) and a else 0


# operator -> name in the file, how large the result is, what makes it, what makes it in place
OPERATORS: dict[type[ast.operator], tuple[str, Sized, Callable[..., Any], Callable[..., Any]]] = {
    ast.Pow: ("#power", _power, operator.pow, operator.ipow),
    ast.Mult: ("#product", _product, operator.mul, operator.imul),
    ast.LShift: ("#shift", _shift, operator.lshift, operator.ilshift),
}


def _guard(size: Sized, make: Callable[..., Any], a: Any, b: Any, line: int) -> Any:
    """The result, unless it would be too large. Raises TooLarge."""
    bits = size(a, b)
    if bits > MAX_BITS:
        raise TooLarge(f"a number of about {bits:,} bits in line {line}; the cap is {MAX_BITS:,}")
    return make(a, b)


def _pow(a: Any, b: Any, mod: Any = None) -> Any:
    """Python's pow under the cap."""
    if mod is None and (bits := _power(a, b)) > MAX_BITS:
        raise TooLarge(f"pow makes a number of about {bits:,} bits; the cap is {MAX_BITS:,}")
    return pow(a, b, mod)


class _Guarded(ast.NodeTransformer):
    """Puts a call of the guard in the place of each operator; what is assigned to an attribute or item stays."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return self._call(node, node.left, node.right) if type(node.op) in OPERATORS else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) not in OPERATORS or not isinstance(node.target, ast.Name):
            return node
        before = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        return ast.copy_location(ast.Assign([node.target], self._call(node, before, node.value, "=")), node)

    def _call(self, node: ast.BinOp | ast.AugAssign, a: ast.expr, b: ast.expr, more: str = "") -> ast.Call:
        name = ast.copy_location(ast.Name(OPERATORS[type(node.op)][0] + more, ast.Load()), node)
        return ast.copy_location(ast.Call(name, [a, b, ast.copy_location(ast.Constant(node.lineno), node)], []), node)


class GuardedLoader(SourceFileLoader):
    """Loads a Python file so that its operators are guarded. Bytecode made elsewhere is not used."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the file, its operators replaced."""
        path = self.get_filename(fullname)
        tree = ast.fix_missing_locations(_Guarded().visit(ast.parse(self.get_data(path), path)))
        code: CodeType = compile(tree, path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Run the file."""
        module.__dict__["pow"] = _pow
        for name, size, make, in_place in OPERATORS.values():
            module.__dict__[name] = partial(_guard, size, make)
            module.__dict__[name + "="] = partial(_guard, size, in_place)
        super().exec_module(module)
