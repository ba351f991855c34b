"""Recorded results on a page: tables as they were measured, with where and when; refused when they are no record."""

import json
import re
from pathlib import Path

import pytest

from derivations.book.model import BookError
from derivations.book.results import FOLDER, results

RECORD = {
    "about": "What was measured.",
    "tables": [{"caption": "Errors", "columns": ["run", "error"], "rows": [["a|b", "0.1 ± 0.2"]]}],
    "pictures": [{"file": "a.png", "caption": "Samples"}],
    "cells": {"one": {"made": "2026-01-02, a CPU"}, "two": {"made": "2026-01-02, a CPU"}, "three": {"made": "a GPU"}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of records beside a folder of scripts, as in the repository."""
    made = tmp_path / "docs" / "results"
    made.mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    return made


def test_a_record_shows_its_tables_pictures_and_how_it_was_made(folder: Path) -> None:
    (folder / "x.json").write_text(json.dumps(RECORD), encoding="utf-8")
    (folder / "a.png").write_bytes(b"")
    shown = results("x", "../", folder)
    assert "*Errors*\n\n| run | error |\n| --- | --- |\n| a\\|b | 0.1 ± 0.2 |" in shown
    assert "![Samples](../results/a.png)" in shown
    assert shown.endswith("Measured: 2026-01-02, a CPU; a GPU.")


def test_a_picture_that_is_not_there_is_said_to_be_missing(folder: Path) -> None:
    (folder / "x.json").write_text(json.dumps(RECORD), encoding="utf-8")
    shown = results("x", "../", folder)
    assert "The picture `results/a.png` is missing. *Samples*" in shown and "![" not in shown


def test_what_was_not_measured_says_how_to_measure_it(folder: Path) -> None:
    (folder.parents[1] / "scripts" / "x.py").write_text("", encoding="utf-8")
    assert results("x", "", folder) == "There is no record of this measurement. `python scripts/x.py` makes it."


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"about": "a", "tables": [{}]}'])
def test_what_is_no_record_is_refused(folder: Path, content: str | None) -> None:
    if content is not None:
        (folder / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(BookError, match=r"the results 'x' cannot be shown: .*x\.json: \w+Error"):
        results("x", "", folder)


def test_the_records_of_the_repository_can_be_shown() -> None:
    pages = [path.read_text(encoding="utf-8") for path in FOLDER.parent.glob("*.md")]
    named = {name for page in pages for name in re.findall(r"<!-- book: results (\w+) -->", page)}
    assert named
    for path in (FOLDER / f"{name}.json" for name in named):
        if path.is_file():
            assert "Measured: " in results(path.stem, "")
            for picture in json.loads(path.read_text(encoding="utf-8"))["pictures"]:
                assert (FOLDER / picture["file"]).is_file()
