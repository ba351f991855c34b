"""What pip sees: the pins cover everything, and the base dependencies are enough for `derive check`."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins():
    """The constraints that hold for the running Python: canonical name to requirement."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                found[canonicalize_name(requirement.name)] = requirement
    return found


def closure(requirements):
    """Every installed distribution that these requirements bring, directly or not."""
    seen, waiting = set(), [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        seen.add(name)
        waiting += [Requirement(text) for text in distribution.requires or []]
    return seen


def test_every_installed_dependency_has_an_exact_pin():
    extras = PROJECT["optional-dependencies"]
    needed = closure(PROJECT["dependencies"] + extras["models"] + extras["docs"] + extras["tests"] + extras["cluster"] + extras["smt"])
    assert {"sympy", "torch", "mkdocs", "pytest"} <= needed
    # PyTorch pins the packages of its CUDA build itself.
    needed = {name for name in needed if not name.startswith(("nvidia-", "cuda-", "triton"))}
    assert sorted(needed - pins().keys()) == []


def test_the_pins_are_what_is_installed():
    wrong = [
        f"{name}: pinned {requirement.specifier}, installed {installed}"
        for name, requirement in pins().items()
        for installed in [d.version for d in importlib.metadata.distributions(name=name)][:1]
        if Version(installed) not in requirement.specifier
    ]
    assert wrong == []


def test_the_pins_are_versions_and_nothing_else():
    exact = re.compile(r'[A-Za-z0-9._-]+==[0-9.]+(post[0-9]+)?(; python_full_version [<>]=? "3\.11\.\d+")?')
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#") and not exact.fullmatch(line)] == []


def test_the_pins_lie_in_the_ranges():
    pinned = pins()
    for text in chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        requirement = Requirement(text)
        version = str(pinned[canonicalize_name(requirement.name)].specifier).removeprefix("==")
        assert Version(version) in requirement.specifier, f"{text}: pinned at {version}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The folder that a wheel of this checkout unpacks to."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (archive,) = folder.glob("*.whl")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "unpacked")
    return folder / "unpacked"


def metadata(wheel, name):
    (path,) = wheel.glob(f"exegesis-*.dist-info/{name}")
    return path.read_text()


def test_the_base_dependencies_are_two(wheel):
    lines = metadata(wheel, "METADATA").splitlines()
    base = [line for line in lines if line.startswith("Requires-Dist") and "extra ==" not in line]
    assert [Requirement(line.split(": ", 1)[1]).name for line in base] == ["python-flint", "sympy"]


def test_the_wheel_holds_the_two_packages_and_their_commands(wheel):
    folders = {path.name for path in wheel.iterdir() if path.suffix != ".dist-info"}
    assert folders == {"derivations", "diffusion"}
    commands = metadata(wheel, "entry_points.txt")
    assert "derive = derivations.cli:main" in commands and "diffuse = diffusion.cli:main" in commands


# Runs `derive` from the unpacked wheel as if only the base dependencies were installed.
BARE = """
import sys

folder, *arguments = sys.argv[1:]
allowed = set(sys.stdlib_module_names) | {"derivations", "flint", "mpmath", "sympy"}

class OnlyTheBase:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"No module named {name!r} without extras", name=name)
        return None

sys.meta_path.insert(0, OnlyTheBase())
sys.path.insert(0, folder)
import derivations.cli
if not derivations.cli.__file__.startswith(folder):
    sys.exit(f"not the wheel: {derivations.cli.__file__}")
sys.argv = ["derive", *arguments]
sys.exit(derivations.cli.main())
"""


def run_bare(wheel, cwd, *arguments):
    command = [sys.executable, "-I", "-c", BARE, str(wheel), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_derive_check_needs_no_extra(wheel, tmp_path):
    run = run_bare(wheel, tmp_path, "check")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "posterior.mean" in run.stdout


def test_meta_an_import_beyond_the_base_is_caught(wheel, tmp_path):
    package = tmp_path / "derivations"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "cli.py").write_text("import numpy\ndef main(): return 0\n")
    run = run_bare(tmp_path, tmp_path, "check")
    assert run.returncode != 0
    assert "No module named 'numpy' without extras" in run.stderr
