"""The formula beside the code: a function decorated with `@formula("posterior.mean")` shows that formula.

An extension of Griffe, which reads the packages for mkdocstrings without importing them. The formula and a
link to its page are put at the end of the function's docstring.
"""

from __future__ import annotations

import ast
from typing import Any

from griffe import Docstring, Extension, Function

# LaTeX of every statement by ID. Griffe makes the extension itself, so the hooks leave the corpus here.
STATEMENTS: dict[str, str] = {}


class Formulas(Extension):
    """Shows each function the formula that its decorator names."""

    def on_function(self, *, func: Function, **kwargs: Any) -> None:
        """Extend the docstring of a function that computes a formula of the book."""
        for decorator in func.decorators:
            named = formula_id(str(decorator.value))
            if named in STATEMENTS:
                said = f"Computes [{named}][]:\n\n$$\n{STATEMENTS[named]}\n$$"
                if func.docstring is None:
                    func.docstring = Docstring(said, parent=func)
                else:
                    func.docstring.value = f"{func.docstring.value.rstrip()}\n\n{said}"


def formula_id(decorator: str) -> str:
    """The ID that a decorator's source names, such as `formula("kl.chain", variant="tables")`; or empty."""
    tree = ast.parse(decorator, mode="eval").body
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "formula" and tree.args:
        first = tree.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return ""
