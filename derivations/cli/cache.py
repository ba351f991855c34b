"""Reports of entries that were proved before, kept beside the byte code: `derive show` answers at
once.

A report counts only for the sources that it was made from: the key is a hash of every source file of this
package, of Python's version and of the installed python-flint. Whoever can write into this folder can
change the checker itself, so the cache asks for no more trust than the package does. `derive check` never
reads it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent
CACHE = PACKAGE / "__pycache__" / "reports.json"
APART = {"book", "__pycache__"}  # folders that have no part in a verdict


def key() -> str:
    """The hash of everything that a report depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for folder, folders, files in os.walk(PACKAGE):
        folders[:] = sorted(set(folders) - APART)
        for name in sorted(files):
            if name.endswith((".py", ".json")):
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    content = file.read()
                digest.update(f"{path}:{len(content)}:".encode())
                digest.update(content)
    flint = find_spec("flint")
    if flint is not None and flint.origin is not None:
        found = os.stat(flint.origin)
        digest.update(f"{flint.origin}:{found.st_size}:{found.st_mtime_ns}".encode())
    return digest.hexdigest()


def read(entry_id: str) -> dict[str, Any] | None:
    """The report of an entry, when it was proved before from these very sources; None otherwise."""
    kept = _load()
    if kept.get("key") != key():
        return None
    found: dict[str, Any] | None = kept["reports"].get(entry_id)
    return found


def write(reports: list[dict[str, Any]]) -> None:
    """Keep these reports, beside others of the same sources; where the folder is read-only, do nothing."""
    made = key()
    kept = _load()
    known = kept["reports"] if kept.get("key") == made else {}
    known.update({report["id"]: report for report in reports if report["verdict"] != "undecided"})
    beside = CACHE.with_name(f"{CACHE.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        CACHE.parent.mkdir(exist_ok=True)
        beside.write_text(json.dumps({"key": made, "reports": known}, ensure_ascii=False), encoding="utf-8")
        os.replace(beside, CACHE)


def _load() -> dict[str, Any]:
    """What the file holds; nothing when it is missing or damaged."""
    try:
        kept = json.loads(CACHE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and isinstance(kept.get("reports"), dict) else {}
