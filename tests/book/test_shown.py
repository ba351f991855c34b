"""The files that the trust page names: each with its figure and the date, and none that does not exist."""

import json
import os
import re
import subprocess
import sys

import pytest
from mkdocs.exceptions import Abort

from derivations.book import shown, trust
from derivations.book.model import BookError
from derivations.book.paths import Paths
from tests import measured


class Root(Paths):
    """The paths from a page at the root."""

    def __init__(self):
        self.page, self.root = "trust.html", ""


@pytest.fixture
def record(tmp_path, monkeypatch):
    """An empty record of runs."""
    monkeypatch.setattr(shown, "RUN", tmp_path / "tests.json")
    monkeypatch.setattr(measured, "RUNS", tmp_path / "tests.json")
    return tmp_path / "tests.json"


HERE = "tests/book/test_shown.py"


def test_a_figure_has_a_date_and_says_when_the_file_has_changed(record):
    assert shown.figure(HERE) == ""
    row = {"passed": 3, "failed": 0, "skipped": 0, "on": "2026-01-02", "hash": measured.digest(shown.ROOT / HERE)}
    record.write_text(json.dumps({HERE: row}))
    assert shown.figure(HERE) == "3 of 3 passed, 2026-01-02"
    record.write_text(json.dumps({HERE: {**row, "failed": 1, "skipped": 2, "hash": "0"}}))
    assert shown.figure(HERE) == "3 of 6 passed, 2 skipped, 2026-01-02; the file has changed since"
    assert "3 of 6 passed, 2 skipped, 2026-01-02" in trust.tests(None, Root())


CONFTEST = """
from pathlib import Path
from tests import measured
from tests.conftest import pytest_addoption, pytest_configure
measured.ROOT = Path(__file__).parent
measured.RUNS = measured.ROOT / "tests.json"
"""
TESTS = """
import pytest
def test_passes(): pass
def test_fails(): assert False
@pytest.mark.skip
def test_waits(): pass
@pytest.fixture
def broken(): raise ValueError
def test_has_no_fixture(broken): pass
"""


def test_pytest_keeps_what_came_out_of_whole_files(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_a.py").write_text(TESTS)
    (tmp_path / "tests.json").write_text(json.dumps({"test_gone.py": {}}))

    def run(*options):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--keep-figures", *options]
        environment = {**os.environ, "PYTHONPATH": str(shown.ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    run()
    kept = json.loads((tmp_path / "tests.json").read_text())
    assert list(kept) == ["test_a.py"]
    assert [kept["test_a.py"][word] for word in measured.OUTCOMES] == [1, 2, 1]
    assert kept["test_a.py"]["hash"] == measured.digest(tmp_path / "test_a.py")
    for part in (["-k", "passes"], ["-m", "slow"], ["test_a.py::test_passes"]):
        refused = run(*part)
        assert refused.returncode == 4 and "--keep-figures is for whole files" in refused.stderr


def test_the_figure_of_a_campaign_names_its_file():
    named = {shown.campaign(row) for row in shown.measured().values()} - {""}
    assert named and all((shown.ROOT / name).is_file() for name in named)
    shown.pages_made.update(named)
    try:
        html = trust.measured(None, Root())
        assert all(f'href="{name}.html"' in html for name in named)
    finally:
        shown.pages_made.clear()


@pytest.mark.parametrize("command", ["python -m tests.kernel.no_such_file --seed 1", "python scripts/no_such_file.py"])
def test_a_figure_of_a_file_that_does_not_exist_stops_the_build(tmp_path, monkeypatch, build, caplog, command):
    row = {"what": "A thing.", "figure": "1 of 1", "command": command, "on": "2026-01-02", "with": "a machine"}
    (tmp_path / "measured.json").write_text(json.dumps({"a": row}))
    monkeypatch.setattr(shown, "MEASURED", tmp_path / "measured.json")
    with pytest.raises(BookError, match="and there is no such file"):
        shown.pages(True)
    with pytest.raises(Abort):
        build(tests=True)
    assert re.search(r"The book cannot be built: .*no_such_file.py, and there is no such file", caplog.text)


@pytest.mark.parametrize("named", ["tests/kernel/no_such_file.py", "tests/kernel/no_such_folder", "tests/book/fixture/none"])
def test_a_corpus_that_does_not_exist_stops_the_build(monkeypatch, build, caplog, named):
    monkeypatch.setattr(shown, "CORPORA", ("tests/kernel/accept", named))
    with pytest.raises(Abort):
        build(tests=True)
    assert f"The book cannot be built: the trust page names {named}, and there is no such file" in caplog.text


def test_a_build_does_not_link_the_pages_of_the_build_before(build):
    shown.pages(True)  # what a build of the whole book leaves behind
    trust_page = (build() / "trust.html").read_text(encoding="utf-8")
    assert "tests/kernel/test_rules.py" not in re.findall(r'href="([^"]*)\.html"', trust_page)


def test_where_the_repository_is_not_at_hand_nothing_is_shown(monkeypatch, tmp_path):
    monkeypatch.setattr(shown, "ROOT", tmp_path)
    assert shown.pages(True) == {} and shown.tests() == [] == shown.corpora()
    assert "not part of this installation" in trust.tests(None, None) and trust.corpora(None, None) == ""


def test_a_page_begins_with_what_the_file_says_and_its_figure(record):
    page = shown._page("tests/decide/fuzz.py")
    head, _, code = page.partition("~~~ python")
    assert "# fuzz.py" in head and "120,000 pairs" in head and "Measured 2026-" in head
    assert code.lstrip().startswith('"""') and code.rstrip().endswith("~~~")


def test_a_fence_is_longer_than_any_in_the_text(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.md").write_text("~~~~ python\nx\n~~~~\n")
    monkeypatch.setattr(shown, "ROOT", tmp_path)
    monkeypatch.setattr(shown, "MEASURED", tmp_path / "none")
    assert "~~~~~~~ markdown\n~~~~ python" in shown._page("tests/a.md")
