"""The cache: records and reports of entries that were checked before, each in a file of its own.

A file counts only for the sources that it was made from: it holds the key of its chapter (see `keys`), and a seal of
its own content, so that a damaged file is no file. The chapters as they were are kept too: when a chapter has changed
since, an entry still counts of which every part that it can reach is as it was. Only what is as declared is kept: never
an undecided entry, nor one at which a limit was met or SymPy disagreed. Files are replaced as a whole, so that several
commands may write at once.

They lie beside the byte code of the package, or in the user's cache folder where that cannot be written. Whoever can
write there can change the checker itself, or what the user runs: the cache asks for no more trust than they do.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from derivations.chapters import CONTENTS
from derivations.records import record
from derivations.records.keys import PACKAGE, Sources
from derivations.records.record import DISAGREES, Record

FOLDER: Path | None = None  # for tests; otherwise `home` says where
TABLE, CHAPTERS = "contents", "chapters"  # the table of contents, and the sources; no ID is such a name: it has a dot


def home() -> Path:
    """The folder of the cache."""
    if FOLDER is not None:
        return FOLDER
    beside = PACKAGE / "__pycache__"
    if os.access(beside if beside.is_dir() else PACKAGE, os.W_OK):
        return beside / "records"
    user = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    return Path(user) / "exegesis" / hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Kept:
    """What is known of an entry: its record, its report, and whether SymPy was asked about it."""

    record: Record
    report: dict[str, Any]
    asked: bool


class Store:
    """The cache, as far as it holds for the sources as they are now."""

    def __init__(self) -> None:
        self.folder = home()
        self.sources = Sources()  # read before anything is proved: what is kept counts for these

    def contents(self) -> dict[str, tuple[str, str, list[str]]]:
        """Key, title and IDs of each chapter whose sources are unchanged, by the name of its module."""
        table = self._load(TABLE) or {}
        return {
            module: (row["chapter"], row["title"], row["ids"])
            for module, row in table.items()
            if row["key"] == self.sources.chapters.get(module)
        }

    def get(self, entry_id: str, asked: bool = False) -> Kept | None:
        """What is known of an entry; None when its sources changed, or SymPy should have been asked and was not."""
        found = self._load(entry_id)
        if found is None or (asked and not found["asked"]):
            return None
        now = self.sources.key(found["module"]) if found["module"] in modules() else None
        try:
            kept = Kept(record.read(found["record"]), found["report"], found["asked"])
        except (TypeError, KeyError):
            return None
        if found["key"] != now:
            if now is None or not self._same_parts(entry_id, found["module"], found["key"]):
                return None
            self._write(entry_id, {**found, "key": now})
        return kept

    def _same_parts(self, entry_id: str, module: str, key: str) -> bool:
        """Whether the entry depends on the same as when its chapter had this key, although the chapter changed."""
        before = self._before
        if before is None or before.base != self.sources.base or before.chapters.get(module) != key:
            return False
        own = self.sources.entry(entry_id)
        return own != "" and own == before.entry(entry_id)

    @cached_property
    def _before(self) -> Sources | None:
        """The sources at the last check of the whole book."""
        found = self._load(CHAPTERS)
        return Sources(earlier=found) if found is not None else None

    def put(self, module: str, made: Record, report: dict[str, Any], asked: bool) -> None:
        """Keep a record and its report, if they are worth it; where nothing can be written, do nothing."""
        better = not asked and self.get(made.id, asked=True) is not None
        if made.as_declared and made.verdict != "undecided" and DISAGREES not in made.opinions and not better:
            body = {"module": module, "asked": asked, "record": made.plain(), "report": report}
            self._write(made.id, {"key": self.sources.key(module), **body})

    def put_contents(self, rows: Iterable[tuple[str, str, str, list[str]]]) -> None:
        """Keep the table of contents, module, key, title and IDs of each chapter, and the sources of all."""
        keys = self.sources.chapters
        self._write(TABLE, {
            module: {"key": keys[module], "chapter": chapter, "title": title, "ids": ids}
            for module, chapter, title, ids in rows
        })  # fmt: skip
        self._write(CHAPTERS, self.sources.kept())

    def unchanged(self) -> bool:
        """Whether the sources on disk are still those that were read: otherwise nothing made since may be kept."""
        return Sources().same_as(self.sources)

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _load(self, name: str) -> dict[str, Any] | None:
        try:
            kept = json.loads((self.folder / f"{name}.json").read_bytes())
            body: dict[str, Any] = kept["body"]
            return body if kept["seal"] == _seal(name, body) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _write(self, name: str, body: dict[str, Any]) -> None:
        path = self.folder / f"{name}.json"
        beside = path.with_name(f"{name}.{os.getpid()}-{os.urandom(4).hex()}.part")
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({"seal": _seal(name, body), "body": body}, sort_keys=True), encoding="utf-8")
            os.replace(beside, path)


def _seal(name: str, body: dict[str, Any]) -> str:
    """The hash of a file's name and content; any change that was not made here breaks it."""
    return hashlib.sha256(json.dumps([name, body], sort_keys=True).encode()).hexdigest()


def modules() -> list[str]:
    """The modules of the chapters, in reading order."""
    return [listing.module for listing in CONTENTS]
