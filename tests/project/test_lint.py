"""What `make lint` runs is clean, so that one command equals continuous integration."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, **more):
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **more)


def test_ruff_finds_nothing():
    found = run("ruff", "check", ".")
    assert found.returncode == 0, found.stdout


def test_mypy_finds_nothing():
    found = run("mypy")
    assert found.returncode == 0, found.stdout + found.stderr


def test_meta_ruff_finds_a_planted_fault():
    found = run("ruff", "check", "--stdin-filename", "diffusion/planted.py", "-", input="import os\n")
    assert found.returncode == 1
    assert "F401" in found.stdout and "D100" in found.stdout


def test_meta_mypy_finds_a_planted_fault(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text("def f(x: int) -> str:\n    return x\n\n\ndef g(x):\n    return x\n")
    found = run("mypy", "--config-file", "pyproject.toml", str(planted))
    assert found.returncode == 1
    assert "Incompatible return value" in found.stdout and "missing a type annotation" in found.stdout
