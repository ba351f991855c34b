"""What the tests of `derive` share: a way to run it in this process, and chapters made for a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from derivations.cli import main
from derivations.kernel.terms import lt, sqrt, sym
from derivations.language.calculation import Calculation
from derivations.language.entry import Chapter
from derivations.records import lock, store


class Run(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _apart(tmp_path, monkeypatch):
    """Keep the real cache and the real lock out of the tests, and colours out of the texts."""
    monkeypatch.setattr(store, "FOLDER", tmp_path / "cache")
    monkeypatch.setattr(lock, "LOCK", tmp_path / "formulas.lock")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def derive(capsys) -> Callable[..., Run]:
    """Run `derive` with these arguments, in this process."""

    def run(*arguments: str) -> Run:
        capsys.readouterr()
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run


a, b = sym("a"), sym("b")


def chapter(key: str = "demo") -> Chapter:
    """An empty chapter."""
    return Chapter(key, "A chapter for a test", "Short.", "Long.")


def square(entry_id: str = "demo.square", wrong: bool = False, **details: Any) -> Chapter:
    """A chapter with one entry: the root of a square, for a positive number; wrong on request."""
    made = chapter()

    @made.theorem(entry_id, "The root of a square", given=(lt(0, a),), **details)
    def root(sheet: Calculation) -> None:
        """A root undoes a square."""
        sheet.start(sqrt(a**2) + b)
        sheet.to(a - b if wrong else a + b, because="The number is positive.")
        sheet.qed()

    return made
