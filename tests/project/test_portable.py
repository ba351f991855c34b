"""No tracked file depends on the machine it was written on."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Absolute folders that exist on one machine only. In parts, so that this file passes itself.
SINGLE_MACHINE = [
    "/" + "work/", "/" + "root/", "/" + r"home/\w+/", "/" + "Users/", "/tmp/" + r"\w", "/opt/" + r"\w",
    "file:" + "///",
]  # fmt: skip
PATTERN = re.compile(r"(?<![\w.~-])(?:" + "|".join(SINGLE_MACHINE) + ")")


def machine_names(text):
    """The lines that name one machine's things, each with its number."""
    numbered = enumerate(text.splitlines(), 1)
    return [f"{number}: {line.strip()[:120]}" for number, line in numbered if PATTERN.search(line)]


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so there are no tracked files to read")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_tracked_file_names_one_machine():
    found = []
    for path in tracked_files():
        if not path.is_file():  # deleted in the working tree, or a link
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a font or a picture
        found += [f"{path.relative_to(ROOT)}:{line}" for line in machine_names(text)]
    assert found == []


@pytest.mark.parametrize("line", [
    "see /" + "work/main/notes", "/" + "home/ada/x.py", "path = '/" + "root/.venv'", "x @ file:" + "///a.whl",
    "read /" + "tmp/x", "/" + "opt/x", "/" + "Users/ada",
])  # fmt: skip
def test_meta_a_planted_name_is_found(line):
    assert machine_names(f"fine\n{line}\n") == [f"2: {line}"]


@pytest.mark.parametrize("line", ["../shared/data", "docs/work/x", "https://example.org/home/a", "a work/"])
def test_ordinary_paths_pass(line):
    assert machine_names(line) == []
