"""Rules that the source must keep, each a function from a source tree to the list of its violations.

They read the syntax tree, so an import inside a function, a relative import and a module named by a string
count like any other. `test_wall.py` applies them to this checkout and to planted violations.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("derivations", "diffusion")
LONGEST_FILE = 400

# Functions that take the name of a module.
IMPORTERS = {"import_module", "__import__", "find_spec", "importorskip", "run_module", "resolve_name"}
# What runs a string or a file as code. `torch.load` and `pickle` run what a weights file tells them to.
EXECUTORS = {
    "eval", "exec", "builtins.eval", "builtins.exec",
    "torch.load", "torch.serialization.load", "joblib.load",
    "pickle.load", "pickle.loads", "pickle.Unpickler", "_pickle.load", "_pickle.loads",
}  # fmt: skip
# SymPy's doors to eval, under whatever module they are reached.
SYMPY_EXECUTORS = {"sympify", "parse_expr", "_sympify"}


def python_files(root: Path, *folders: str) -> list[Path]:
    """The Python files in these folders of `root`, sorted; a folder that is absent has none."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def text_prefix(node: ast.expr | None) -> str | None:
    """The text that the value of `node` surely begins with, or None if nothing is known of it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and node.values:
        return text_prefix(node.values[0])
    if isinstance(node, ast.BinOp):
        return text_prefix(node.left)
    return None


def absolute(module: str, level: int, package: list[str]) -> str:
    """The absolute name of a module that a file in `package` imports with `level` leading dots."""
    if level == 0:
        return module
    base = package[: len(package) - (level - 1)]
    return ".".join([*base, *([module] if module else [])])


def imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """The line and the absolute dotted name of everything that a file imports.

    `from a import b` gives "a.b". A module named by text of which only the beginning is known gives that.
    """
    package = list(path.relative_to(root).parent.parts)
    tree = parse(path)
    aliases = import_aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node.module or "", node.level, package)
            for alias in node.names:
                yield node.lineno, ".".join(part for part in (module, alias.name) if part and part != "*")
        elif isinstance(node, ast.Call) and dotted(node.func, aliases).split(".")[-1] in IMPORTERS:
            named = next((k.value for k in node.keywords if k.arg == "name"), None)
            name = text_prefix(node.args[0] if node.args else named)
            if name is not None:
                level = len(name) - len(name.lstrip("."))
                yield node.lineno, absolute(name.lstrip("."), level, package)


def within(name: str, module: str) -> bool:
    """Whether a dotted name is `module` or lies in it."""
    return name == module or name.startswith(module + ".")


def wall(root: Path) -> list[str]:
    """The two packages are strangers; only tests/twins knows both."""
    found = []
    forbidden = {"derivations": ("torch", "diffusion"), "diffusion": ("derivations",)}
    for package, strangers in forbidden.items():
        for path in python_files(root, package):
            for line, name in imports(path, root):
                if any(within(name, stranger) for stranger in strangers):
                    found.append(f"{path.relative_to(root)}:{line}: {package} imports {name}")
    for path in python_files(root, "tests", "docs", "scripts"):
        if (root / "tests" / "twins") in path.parents:
            continue
        seen = {package for _, name in imports(path, root) for package in PACKAGES if within(name, package)}
        if len(seen) == 2:
            found.append(f"{path.relative_to(root)}: imports both packages; only tests/twins may")
    return found


def sealed_kernel(root: Path) -> list[str]:
    """The kernel imports the standard library, flint and itself."""
    found = []
    for path in python_files(root, "derivations/kernel"):
        for line, name in imports(path, root):
            top = name.split(".")[0]
            if not (within(name, "derivations.kernel") or top == "flint" or top in sys.stdlib_module_names):
                found.append(f"{path.relative_to(root)}:{line}: the kernel imports {name}")
    return found


def kernel_asserts(root: Path) -> list[str]:
    """The kernel has no assert statement: `python -O` removes them."""
    return [
        f"{path.relative_to(root)}:{node.lineno}: assert vanishes under -O; raise an error"
        for path in python_files(root, "derivations/kernel")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Assert)
    ]


def dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """The dotted name that an expression spells, local names replaced by what they were imported as."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value, aliases)}.{node.attr}"
    return "?"


def import_aliases(tree: ast.Module) -> dict[str, str]:
    """What each imported local name stands for."""
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases.update({a.asname: a.name for a in node.names if a.asname})
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            aliases.update({a.asname or a.name: f"{node.module}.{a.name}" for a in node.names})
    return aliases


def code_from_text(root: Path) -> list[str]:
    """Nothing in the packages runs text or a data file as code, or takes hold of a function that does."""
    found = []
    for path in python_files(root, *PACKAGES):
        tree = parse(path)
        aliases = import_aliases(tree)
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call)
            expression = node.func if called else node
            if not isinstance(expression, (ast.Name, ast.Attribute)):
                continue
            name = dotted(expression, aliases)
            if called:
                forbidden = name == "sympy.S"  # S(text) evaluates; S.Half is a constant
            else:
                forbidden = name in EXECUTORS or name.split(".")[-1] in SYMPY_EXECUTORS
            if forbidden:
                found.append(f"{path.relative_to(root)}:{node.lineno}: {name} can run what it is given")
    return found


def long_files(root: Path) -> list[str]:
    """No file is longer than `LONGEST_FILE` lines."""
    found = []
    for path in python_files(root, *PACKAGES, "tests"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            found.append(f"{path.relative_to(root)}: {lines} lines; expected at most {LONGEST_FILE}")
    return found


def contents(root: Path) -> list[str]:
    """Every package of the reader is opened by a table of contents, which names each of its modules."""
    found = []
    for path in python_files(root, "derivations/reading"):
        if path.name == "__init__.py":
            continue
        opening = path.with_name("__init__.py")
        told = ast.get_docstring(parse(opening)) or "" if opening.exists() else ""
        if path.stem not in re.findall(r"\w+", told):
            found.append(f"{path.relative_to(root)}: not named in {opening.relative_to(root)}")
    return found


RULES = (wall, sealed_kernel, kernel_asserts, code_from_text, long_files, contents)
