"""The trust page: what must be believed is complete and in order, and the figures are those that were measured."""

import re

import pytest

from derivations.book import shown, trust
from tests import measured

# Folders of the package on which no verdict of the book rests; the page says so of those that a reader may wonder about.
APART = {"book", "chapters", "cli", "mutation", "reading", "sanity", "__pycache__"}


@pytest.fixture(autouse=True)
def _no_pages(monkeypatch):
    """No file has a page here, whichever book was built in this process before: there are no paths to link with."""
    monkeypatch.setattr(shown, "pages_made", set())


def rows(html):
    """The cells of a table, row by row, without tags."""
    found = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in html.split("<tr>")]
    return [[re.sub(r"<.*?>", "", cell) for cell in row] for row in found if row]


def sizes(html):
    return [int(row[1].replace(",", "")) for row in rows(html) if row[1] != "not counted"]


def test_what_must_be_believed_is_in_the_order_of_its_size():
    for html in (trust.believed(None, None), trust.kernel_parts(None, None)):
        assert sizes(html) == sorted(sizes(html), reverse=True) and min(sizes(html)) > 0
    assert rows(trust.believed(None, None))[0][0] == "The kernel"


def test_no_folder_is_forgotten():
    folders = {path.name for path in trust.PACKAGE.iterdir() if path.is_dir()}
    assert folders - set(trust.OWN) - APART == set(), "list it in trust.OWN, or here if no verdict rests on it"
    assert set(trust.OWN) <= folders


def test_the_kernel_is_shown_whole():
    whole = sum(sizes(trust.kernel_parts(None, None))) + trust.lines_of_code(trust.PACKAGE / "kernel" / "__init__.py")
    assert f"The {whole:,} lines of the kernel" in trust.replayed(None, None)


def test_the_reader_of_traces_is_small():
    reader = int(re.search(r"the (\d+) lines of the reader", trust.replayed(None, None))[1])
    assert reader == sum(trust.lines_of_code(trust.PACKAGE / name) for name in trust.READER) < 300


def test_every_figure_says_how_to_measure_it_again():
    kept = measured.rows()
    shown = rows(trust.measured(None, None))
    assert len(shown) == len(kept) > 0
    for row in kept.values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["on"]) and row["what"].endswith(".")
        assert re.search(r"\d", row["figure"]), "a figure has a number"
        module = re.search(r"python -m ([\w.]+)", row["command"])
        if module:
            assert (trust.PACKAGE.parent / (module[1].replace(".", "/") + ".py")).is_file()


def test_a_figure_replaces_the_one_before(monkeypatch, tmp_path):
    monkeypatch.setattr(measured, "FILE", tmp_path / "measured.json")
    monkeypatch.setattr(shown, "MEASURED", tmp_path / "measured.json")
    assert "not part of this installation" in trust.measured(None, None)
    measured.keep("a", "Something was tried.", "1 of 2", "derive a")
    measured.keep("b", "Another thing.", "3 of 4", "derive b")
    measured.keep("a", "Something was tried.", "0 of 9", "derive a")
    found = rows(trust.measured(None, None))
    assert [row[0] for row in found] == ["Something was tried.", "Another thing."]
    assert re.fullmatch(r"0 of 9\d{4}-\d\d-\d\d, .*: derive a", found[0][1])
    assert re.fullmatch(r"3 of 4\d{4}-\d\d-\d\d, .*: derive b", found[1][1])


@pytest.mark.parametrize(("source", "lines"), [
    ('"""Text."""\n\n# a comment\nx = 1\n', 1), ("def f():\n    'text'\n    return (1,\n            2)\n", 3), ("", 0),
])  # fmt: skip
def test_lines_of_code_are_lines_that_hold_code(tmp_path, source, lines):
    (tmp_path / "a.py").write_text(source)
    assert trust.lines_of_code(tmp_path) == trust.lines_of_code(tmp_path / "a.py") == lines
