"""What a record depends on, as a hash.

The key of a chapter is made of the sources that its entries can see: its own files and those of the chapters that
they import, directly or not; the whole package but for the book and the commands; Python, python-flint and SymPy. So a
change in the kernel makes all records stale. After a change in a chapter an entry still counts if its own key, made of
the parts that it can reach (see `parts`), is the same as it was. Imports are read from the text: nothing is run.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from derivations.chapters import CONTENTS
from derivations.records.parts import Parts

PACKAGE = Path(__file__).resolve().parent.parent
CHAPTERS = "chapters/"
CONTENTS_FILE = "chapters/__init__.py"  # what depends on it depends on the whole package: it is part of the base
APART = ("book/", "cli/")  # folders that have no part in a verdict
IMPORT = re.compile(
    r"^\s*(?:from derivations\.chapters([.\w]*) import (\([^)]*\)|.*)|import derivations\.chapters([.\w]*))", re.M
)
# What a chapter could reach another one by that `IMPORT` does not see; then it may depend on all of them.
HIDDEN = re.compile(
    r"import_module|__import__|importlib|derivations\.registry|from derivations import|import derivations\b(?!\.)"
    r"|^\s*from \.", re.M
)  # fmt: skip


class Sources:
    """The files of the package as they are now, and the keys of the chapters and of their entries.

    Args:
        package: where they are.
        earlier: instead, what `kept` gave of them at another time.
    """

    def __init__(self, package: Path | None = None, earlier: Mapping[str, Any] | None = None) -> None:
        if earlier is None:
            self.files = _read(package or PACKAGE)
        else:
            self.files = {name: text.encode("utf-8", "surrogateescape") for name, text in earlier["chapters"].items()}
            self.__dict__["base"] = earlier["base"]
        self._known: dict[str, str] = {}  # chapter -> its key
        self._imports: dict[str, list[str]] = {}  # file of a chapter -> the files of chapters that it imports itself

    def same_as(self, other: Sources) -> bool:
        """Whether every key is the same, since all that the keys are made of is."""
        return self.files == other.files and self._libraries == other._libraries

    def kept(self) -> dict[str, Any]:
        """What it takes to have these sources again."""
        return {"base": self.base, "chapters": self._texts}

    @cached_property
    def base(self) -> str:
        """The hash of everything on which every record depends."""
        digest = hashlib.sha256(sys.version.encode())
        for name, content in self.files.items():
            if not name.startswith(APART) and (not name.startswith(CHAPTERS) or name == CONTENTS_FILE):
                _add(digest, name, content)
        for library, version in self._libraries.items():
            _add(digest, library, version)
        return digest.hexdigest()

    @cached_property
    def _libraries(self) -> dict[str, bytes]:
        return {name: _library(name) for name in ("flint", "sympy")}

    @cached_property
    def chapters(self) -> dict[str, str]:
        """The key of each chapter, by the name of its module."""
        return {listing.module: self.key(listing.module) for listing in CONTENTS}

    def entry(self, entry_id: str) -> str:
        """The key of an entry; empty for one that depends on more than its own function and what this can reach."""
        if entry_id not in self._parts.entries:
            return ""
        name, part = self._parts.entries[entry_id]
        return self._parts.key(name, part, self._reached([name]) & self._parts.files.keys(), self.base)

    @cached_property
    def _parts(self) -> Parts:
        return Parts({name: text for name, text in self._texts.items() if name != CONTENTS_FILE})

    @cached_property
    def _texts(self) -> dict[str, str]:
        chapters = ((name, content) for name, content in self.files.items() if name.startswith(CHAPTERS))
        return {name: content.decode("utf-8", "surrogateescape") for name, content in chapters}

    def key(self, module: str) -> str:
        """The key of one chapter."""
        if module not in self._known:
            self._known[module] = self._hashed(module)
        return self._known[module]

    def _hashed(self, module: str) -> str:
        digest = hashlib.sha256(self.base.encode())
        for name in sorted(self._seen_by(module)):
            _add(digest, name, self.files[name])
        return digest.hexdigest()

    def _seen_by(self, module: str) -> set[str]:
        """The files of chapters that the entries of this one can see."""
        own = f"{CHAPTERS}{module}"
        return self._reached(name for name in self.files if name == f"{own}.py" or name.startswith(f"{own}/"))

    def _reached(self, names: Iterable[str]) -> set[str]:
        """These files, and those that they import, directly or not."""
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                if name not in self._imports:
                    self._imports[name] = self._imported(name)
                waiting += self._imports[name]
        return seen

    def _imported(self, name: str) -> list[str]:
        text = self.files[name].decode("utf-8", "replace")
        if HIDDEN.search(text):
            return [other for other in self.files if other.startswith(CHAPTERS)]
        found: list[str] = []
        for origin, names, plain in IMPORT.findall(text):
            path = CHAPTERS.rstrip("/") + (origin or plain).replace(".", "/")
            found += self._module(path)
            for imported in re.findall(r"\w+", names):
                found += self._module(f"{path}/{imported}")
        return found

    def _module(self, path: str) -> list[str]:
        return [name for name in (f"{path}.py", f"{path}/__init__.py") if name in self.files]


def _read(package: Path) -> dict[str, bytes]:
    """Every source file of the package, by its path in it, in a fixed order."""
    found = {}
    for folder, folders, files in os.walk(package):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        for name in sorted(files):
            if name.endswith((".py", ".json")):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, package).replace(os.sep, "/")] = file.read()
    return found


def _add(digest: hashlib._Hash, name: str, content: bytes) -> None:
    digest.update(f"{name}:{len(content)}:".encode())
    digest.update(content)


def _library(name: str) -> bytes:
    """What tells one installed version of a library from another, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return b""
    release = Path(spec.origin).with_name("release.py")  # where SymPy keeps its version
    found = os.stat(spec.origin)
    return release.read_bytes() if release.is_file() else f"{spec.origin}:{found.st_size}:{found.st_mtime_ns}".encode()
