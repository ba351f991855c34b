"""The front door: `make` lists its targets, and CI runs what everybody runs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments):
    # Without the variables of the make that may be running these tests.
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@needs_make
def test_make_alone_lists_every_target_on_one_line():
    run = make()
    assert run.returncode == 0, run.stderr
    listed = [line.split()[1] for line in run.stdout.splitlines()]
    (declared,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed == declared.split()
    assert all(len(line.split(maxsplit=2)) == 3 for line in run.stdout.splitlines())


@needs_make
@pytest.mark.parametrize("target", ["check", "test", "lint", "book", "serve"])
def test_every_working_target_sets_up_first(target):
    commands = make("--dry-run", target).stdout
    assert commands.splitlines()[0].startswith("python=$(sh scripts/find_python.sh)")


def test_ci_runs_make_test():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111, ".ci/run is not executable"
    assert "exec make test" in script.read_text() and "set -euo pipefail" in script.read_text()
