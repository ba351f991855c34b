"""The tutorial shows what happens: its code is the example's, and its output is what `derive check` prints."""

import re
from pathlib import Path

import pytest

from derivations.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "examples"


def block(title: str) -> str:
    """The fenced block with this title."""
    found = re.search(rf'```\w+ title="{re.escape(title)}"\n(.*?)```', PAGE, re.DOTALL)
    assert found, f"the tutorial has no block titled {title!r}"
    return found[1]


def test_the_code_on_the_page_is_the_example() -> None:
    assert block("shrinking.py") == (EXAMPLES / "shrinking.py").read_text(encoding="utf-8")


def test_the_wrong_example_differs_in_the_line_that_the_page_shows() -> None:
    right = (EXAMPLES / "shrinking.py").read_text(encoding="utf-8").splitlines()
    wrong = (EXAMPLES / "shrinking_wrong.py").read_text(encoding="utf-8").splitlines()
    changed = [w for r, w in zip(right, wrong, strict=True) if r != w]
    assert changed == ["        (1 - beta(t)) + beta(t) ** 2,"]
    assert changed[0] in PAGE


def printed(path: Path, capsys: pytest.CaptureFixture[str], code: int) -> str:
    """What `derive check` prints, standard output and error together."""
    assert main(["check", str(path)]) == code
    out = capsys.readouterr()
    return out.out + out.err


def test_the_right_example_is_proved(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(EXAMPLES / "shrinking.py", capsys, 0)
    assert block("proved").strip() in text


def test_the_refusal_is_the_one_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(EXAMPLES / "shrinking_wrong.py", capsys, 1)
    assert block("refused").strip() in text
