"""Recorded results in a hand-written page: `<!-- book: results NAME -->` shows docs/results/NAME.json.

A record has `about`, `tables` (caption, columns, rows), `pictures` (file, caption) and `cells`, each of which
says when, where and with what it was made. The page says so too, once for each different way.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from derivations.book.model import BookError

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "results"


def results(name: str, up: str, folder: Path = FOLDER) -> str:
    """The Markdown of a record.

    Args:
        name: the file's name without its suffix.
        up: the way from the page to the root of the site, such as `../`.
        folder: where the records are.

    A measurement that was not made says how to make it, and a picture that is not there that it is missing.

    Raises:
        BookError: the record is none, or there is neither a record nor a script that makes it.
    """
    path = folder / f"{name}.json"
    script = folder.parents[1] / "scripts" / f"{name}.py"
    if not path.is_file() and script.is_file():
        return f"There is no record of this measurement. `python scripts/{name}.py` makes it."
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        parts = [record["about"], *map(_table, record["tables"])]
        parts += [_picture(picture, up, folder) for picture in record["pictures"]]
        made = dict.fromkeys(cell["made"] for cell in record["cells"].values())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BookError(f"the results {name!r} cannot be shown: {path}: {type(error).__name__}: {error}") from error
    return "\n\n".join([*parts, "Measured: " + "; ".join(made) + "."])


def _picture(picture: dict[str, str], up: str, folder: Path) -> str:
    file, caption = picture["file"], picture["caption"]
    if not (folder / file).is_file():
        return f"The picture `results/{file}` is missing. *{caption}*"
    return f"![{caption}]({up}results/{file})\n\n*{caption}*"


def _table(table: dict[str, Any]) -> str:
    head = [table["columns"], ["---"] * len(table["columns"])]
    rows = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in [*head, *table["rows"]]]
    return f"*{table['caption']}*\n\n" + "\n".join(rows)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|")
