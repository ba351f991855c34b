"""What one entry of a chapter depends on: its own function, and what that can reach by the names that it reads.

A module of a chapter is taken apart into its top-level statements. The function of an entry stands apart, with its
decorator; everything else of the module is its rest. The key of an entry is made of

    the rest of its module, and of every module of the chapters that this one imports, directly or not;
    its own function;
    the functions of the entries that it reaches: from a name to the statement that binds it, from there to the names
    that this one reads, and so on; names that are read while a module is imported are reached by everybody.

So a changed proof makes stale the entry and what builds on it; a changed helper, constant or order makes stale the
whole module and what imports it. A module that might reach entries in another way (`globals`, `exec`,
`chapter.entries`, ...) cannot be taken apart. An entry that defines something, or binds another name of its module,
stands in the rest; who reads a definition reaches the entry to which it belongs. What this does not see is a proof that
changes an object which another one reads: no chapter has such a thing, and the key of a whole chapter does not see it
between chapters either.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

PACKAGE = "derivations.chapters"
KINDS = ("theorem", "definition", "refutation")
# By these a module may reach what it does not name.
OPEN = {
    "globals", "locals", "vars", "eval", "exec", "compile", "setattr", "delattr", "sys", "inspect", "gc", "importlib",
    "import_module", "registry", "OWNER", "entries", "blocks", "__dict__", "__globals__", "__import__", "__closure__",
}  # fmt: skip
# What a function does with these is seen by entries that do not name it.
SHARED = {"define", "declare_function", "declare_timed"}


@dataclass(frozen=True)
class Part:
    """A top-level statement: the names that it reads, the ID of an entry, and the source of one that stands apart."""

    names: frozenset[str]
    entry: str = ""
    source: str = ""


@dataclass
class Module:
    """A module taken apart.

    rest: its text without the functions of entries, of which the IDs remain. bound: the statements that bind a name.
    loose: those that are run for their own sake. imports: where an imported name comes from, module and name there.
    closed: whether its parts are all that it can reach.
    """

    rest: str = ""
    bound: dict[str, list[Part]] = field(default_factory=dict)
    loose: list[Part] = field(default_factory=list)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    closed: bool = True

    @property
    def parts(self) -> Iterator[Part]:
        """Every part, some of them more than once."""
        yield from self.loose
        for parts in self.bound.values():
            yield from parts


@cache
def take_apart(text: str) -> Module:
    """The parts of a module; one that is no Python has none, and is not closed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return Module(text, closed=False)
    made, lines = Module(), text.splitlines()
    owned: list[tuple[str, Part]] = []
    for node in tree.body:
        inside = list(ast.walk(node))
        made.closed = made.closed and _closed(inside) and _imports(inside, made)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        entry, source, owns = _entry(node), "", _owns(node)
        reads, names = _names(inside, ast.Load), _binds(node, inside)
        if entry and not owns and not reads & SHARED and len(names) == 1:
            first, last = min(d.lineno for d in node.decorator_list) - 1, node.end_lineno or 0  # type: ignore[attr-defined]
            source = "\n".join(lines[first:last])
            lines[first:last] = [f"@{entry}"] + [""] * (last - first - 1)
        part = Part(reads, entry, source)
        owned += [(name, part) for name in owns - {"chapter"}]
        for name in names:
            made.bound.setdefault(name, []).append(part)
        if not names or isinstance(node, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
            made.loose.append(part)
    for name, part in owned:
        made.bound.setdefault(name, []).append(part)
    made.rest = "\n".join(line for line in lines if line)
    return made


def _entry(node: ast.stmt) -> str:
    """The ID of the entry whose function this is; empty when it is none."""
    if not isinstance(node, ast.FunctionDef) or len(node.decorator_list) != 1:
        return ""
    (made,) = node.decorator_list
    given = made.args if isinstance(made, ast.Call) and _of_chapter(made, KINDS) else []
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""


def _owns(node: ast.stmt) -> frozenset[str]:
    """The names of the definitions that belong to an entry: who reads them rests on it."""
    for made in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
        if _of_chapter(made, ("definition",)):
            return _names(ast.walk(node), ast.Load)
        for given in getattr(made, "keywords", ()):
            if given.arg == "defines":
                return _names(ast.walk(given), ast.Load)
    return frozenset()


def _names(nodes: Iterable[ast.AST], how: type[ast.expr_context]) -> frozenset[str]:
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, how))


def _of_chapter(call: ast.AST, kinds: tuple[str, ...]) -> bool:
    """Whether this is `chapter.theorem(...)`, or another of the kinds."""
    f = call.func if isinstance(call, ast.Call) else None
    if not isinstance(f, ast.Attribute) or not isinstance(f.value, ast.Name):
        return False
    return f.value.id == "chapter" and f.attr in kinds


def _closed(inside: list[ast.AST]) -> bool:
    """Whether a statement reaches nothing but by the names that it reads, and only adds to its chapter."""
    used = adds = 0
    for n in inside:
        if isinstance(n, ast.Attribute) and (n.attr in OPEN or n.attr == "chapter"):
            return False
        if isinstance(n, ast.Name):
            if n.id in OPEN:
                return False
            used += n.id == "chapter" and isinstance(n.ctx, ast.Load)
        adds += _of_chapter(n, (*KINDS, "prose"))
    return used == adds


def _imports(inside: list[ast.AST], made: Module) -> bool:
    """Enter what a statement imports from chapters; whether it is all imported by name."""
    for node in inside:
        if isinstance(node, ast.Import) and any(a.name.split(".")[0] == "derivations" for a in node.names):
            return False
        if not isinstance(node, ast.ImportFrom):
            continue
        origin = node.module or ""
        if node.level or origin == "derivations":
            return False
        if origin == PACKAGE or origin.startswith(PACKAGE + "."):
            path = "chapters" + origin.removeprefix(PACKAGE).replace(".", "/")
            for a in node.names:
                if a.name == "*" or (a.name == "chapter" and a.asname not in (None, "chapter")):
                    return False
                made.imports[a.asname or a.name] = (path, a.name)
    return True


def _binds(node: ast.stmt, inside: list[ast.AST]) -> set[str]:
    """The names that a statement may bind in the module."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        functions = {n.name for n in inside if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        return {*_names(inside, ast.Store), *_names(inside, ast.Del), *functions}
    shared = {name for n in inside if isinstance(n, ast.Global) for name in n.names}
    chosen = {n.target.id for n in inside if isinstance(n, ast.NamedExpr)}
    return {node.name} | shared | chosen


class Parts:
    """The parts of all modules of the chapters, by the name of their file in the package."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    @cached_property
    def entries(self) -> dict[str, tuple[str, Part]]:
        """The file and the function of each entry, by its ID; none of an ID that two have."""
        found: dict[str, set[tuple[str, Part]]] = {}
        for name, text in self.files.items():
            for part in take_apart(text).parts:
                if part.entry:
                    found.setdefault(part.entry, set()).add((name, part))
        return {entry: next(iter(places)) for entry, places in found.items() if len(places) == 1}

    def key(self, name: str, part: Part, seen: set[str], base: str) -> str:
        """The key of an entry; empty when it depends on more than its parts.

        Args:
            name: the file of the entry.
            part: its function.
            seen: the files that this one imports, directly or not, and itself.
            base: the hash of everything else that every entry depends on.
        """
        modules = {other: take_apart(self.files[other]) for other in sorted(seen)}
        if not all(module.closed for module in modules.values()):
            return ""
        sources = sorted((p.entry, p.source) for _, p in self.reached(name, part, seen) if p.source)
        rests = [(other, module.rest) for other, module in modules.items()]
        return hashlib.sha256(repr((base, part.entry, rests, sources)).encode("utf-8", "surrogateescape")).hexdigest()

    def reached(self, name: str, part: Part, seen: set[str]) -> set[tuple[str, Part]]:
        """Every part that an entry can reach, with its file."""
        waiting = [(name, part)] + [(other, loose) for other in seen for loose in take_apart(self.files[other]).loose]
        found: set[tuple[str, Part]] = set()
        while waiting:
            here, met = waiting.pop()
            if (here, met) not in found:
                found.add((here, met))
                for read in met.names:
                    waiting += self._bound(here, read)
        return found

    def _bound(self, name: str, read: str, met: frozenset[tuple[str, str]] = frozenset()) -> list[tuple[str, Part]]:
        """The statements behind a name that is read in a file; of a module, all of them."""
        if (name, read) in met:
            return []
        module, met = take_apart(self.files[name]), met | {(name, read)}
        found = [(name, part) for part in module.bound.get(read, ())]
        if read in module.imports:
            path, original = module.imports[read]
            for whole in self._files(f"{path}/{original}"):
                inside = take_apart(self.files[whole])
                found += [(whole, part) for part in inside.parts]
                found += [got for other in inside.imports for got in self._bound(whole, other, met)]
            found += [got for origin in self._files(path) for got in self._bound(origin, original, met)]
        return found

    def _files(self, path: str) -> list[str]:
        return [name for name in (f"{path}.py", f"{path}/__init__.py") if name in self.files]
