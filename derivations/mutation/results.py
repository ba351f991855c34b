"""A file of results that a campaign goes on from: one line of JSON for each piece of work that is done.

The first line says what the results were made from; results of something else are never mixed in. Every other line is
written in one piece, so that a campaign that is killed loses nothing but what was in the air.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from derivations.errors import RequestError


class Results:
    """What is known so far, in memory and, with a path, in a file.

    Raises RequestError for a file that holds anything else than results made from `header`.
    """

    def __init__(self, path: Path | None, header: dict[str, Any]) -> None:
        self.path, self.header = path, header
        self.rows: list[dict[str, Any]] = []
        if path is not None and path.exists():
            self._read(path)
        elif path is not None:
            self._write(header)

    def add(self, row: dict[str, Any]) -> None:
        """Keep a result."""
        self.rows.append(row)
        self._write(row)

    def _write(self, row: dict[str, Any]) -> None:
        if self.path is None:
            return
        line = json.dumps(row, ensure_ascii=False) + "\n"
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(handle, line.encode())
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise RequestError(f"{self.path} cannot be written: {error.strerror}") from None

    def _read(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise RequestError(f"{path} cannot be read: {error.strerror}") from None
        whole = content[: content.rfind(b"\n") + 1]
        try:
            first, *rest = [json.loads(line) for line in whole.decode().splitlines()] or [None]
        except ValueError:
            raise RequestError(f"{path} is not a file of results; name another file") from None
        if first is None and not whole:  # killed while the first line was written
            os.truncate(path, 0)
            self._write(self.header)
            return
        if first != self.header:
            differs = [k for k in self.header if not isinstance(first, dict) or first.get(k) != self.header[k]]
            raise RequestError(
                f"{path} holds results of something else ({', '.join(differs)} differs); "
                "name another file, or delete it to begin anew"
            )
        if len(whole) < len(content):  # killed while a line was written
            os.truncate(path, len(whole))
        self.rows = rest
