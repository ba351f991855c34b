"""Make `.venv` and install the project into it, once.

Run by `make setup` with the Python that `find_python.sh` chose; standard library only. A stamp file in
`.venv` holds a digest of everything that decides what is installed, so a second run does nothing.

Which PyTorch. On Linux the default build brings several gigabytes of CUDA. Without a GPU the CPU build
is taken from PyTorch's own CPU index; when that index does not answer within `PROBE_SECONDS`, from
wherever pip is configured to look, always at the exact version in `constraints.txt`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = "models,docs,tests,cluster,smt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_SECONDS = 3.0


class SetupError(Exception):
    """Set-up cannot go on; the text says what was expected, what was found and what to do."""


@dataclass(frozen=True)
class TorchPlan:
    """What the user is told about the choice, the options for `pip install`, and whether CUDA is unwanted."""

    reason: str
    options: tuple[str, ...] = ()
    wants_cpu: bool = False


def has_gpu() -> bool:
    """Whether an NVIDIA driver answers on this machine."""
    if Path("/proc/driver/nvidia/version").exists():
        return True
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    try:
        return subprocess.run([tool, "-L"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def answers(url: str, seconds: float = PROBE_SECONDS) -> bool:
    """Whether `url` answers within `seconds`, the time of the name look-up included.

    The request runs in a daemon thread: a resolver that hangs ignores socket timeouts.
    """
    outcome: list[bool] = []

    def ask() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")
            with urllib.request.urlopen(request, timeout=seconds) as response:
                outcome.append(response.status == 200)
        except Exception:  # whatever goes wrong here, the answer is no
            outcome.append(False)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome == [True]


def plan_torch(
    choice: str, system: str, gpu: Callable[[], bool], cpu_index_answers: Callable[[], bool]
) -> TorchPlan:
    """Where PyTorch comes from.

    Args:
        choice: "auto", "cpu" (as if there were no GPU) or "default" (pip's own sources, always).
        system: `sys.platform`; only Linux has separate CPU and CUDA builds under one name.
        gpu: tells whether there is a GPU; asked only when that matters.
        cpu_index_answers: tells whether PyTorch's CPU index can be reached; asked only when that matters.

    Raises:
        SetupError: if `choice` is another word.
    """
    if choice not in ("auto", "cpu", "default"):
        raise SetupError(f"TORCH={choice} is unknown; expected auto, cpu or default, as in: make TORCH=cpu")
    if not system.startswith("linux"):
        return TorchPlan("PyTorch: the only build for this system, from pip's own sources")
    if choice == "default":
        return TorchPlan("PyTorch: from pip's own sources, as asked")
    if choice == "auto" and gpu():
        return TorchPlan("PyTorch: the default build, because this machine has a GPU")
    if cpu_index_answers():
        options = ("--index-url", CPU_INDEX)
        return TorchPlan("PyTorch: the CPU build, from PyTorch's own CPU index", options, wants_cpu=True)
    reason = "PyTorch: its CPU index does not answer from here, so pip's own sources are used"
    return TorchPlan(reason, wants_cpu=True)


def torch_pin(constraints: str) -> str:
    """The exact requirement for PyTorch, like "torch==2.13.0", from the text of the constraints file."""
    for line in constraints.splitlines():
        if line.startswith("torch=="):
            return line.split(";")[0].strip()
    raise SetupError("constraints.txt has no line 'torch==VERSION'; run 'git checkout constraints.txt'")


def digest(root: Path, version: str, choice: str) -> str:
    """What decides the content of `.venv`, as one hexadecimal number."""
    sha = hashlib.sha256(f"{root}|{version}|{choice}|{EXTRAS}".encode())
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup_env.py"):
        sha.update((root / name).read_bytes())
    return sha.hexdigest()


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / ".venv"
        self.python = self.path / "bin" / "python"
        self.stamp = self.path / "exegesis.stamp"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the environment's own Python and capture what it says."""
        return subprocess.run([str(self.python), *arguments], capture_output=True, text=True)

    def usable(self) -> bool:
        """Whether its Python starts, is of the running version, has pip, and was made in this folder."""
        pip = self.path / "bin" / "pip"
        if not (self.python.exists() and pip.exists()):
            return False
        if f"{self.path}/bin/" not in pip.read_text():  # the folder was moved: its commands point elsewhere
            return False
        running = "{}.{}.{}".format(*sys.version_info[:3])
        probe = self.run("-c", "import sys, pip; print('{}.{}.{}'.format(*sys.version_info[:3]))")
        return probe.returncode == 0 and probe.stdout.strip() == running

    def create(self) -> None:
        """Make the environment with the running Python, in the place of a broken or differing one."""
        if self.path.exists() and not (self.path / "pyvenv.cfg").exists() and any(self.path.iterdir()):
            raise SetupError(f"{self.path} is not a virtual environment; move it away and try again")
        if find_spec("venv") is None:
            raise SetupError(missing_venv())
        bundled_pip = find_spec("ensurepip") is not None
        command = [sys.executable, "-m", "venv", "--clear"]
        if not bundled_pip:
            command.append("--without-pip")
        made = subprocess.run([*command, str(self.path)], capture_output=True, text=True)
        if made.returncode != 0:
            raise SetupError(f"{missing_venv()}\n{made.stdout}{made.stderr}".rstrip())
        if not bundled_pip:
            self.borrow_pip()

    def borrow_pip(self) -> None:
        """Install pip with the running Python's own pip: some distributions split ensurepip off."""
        command = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "pip"]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode != 0:
            raise SetupError(f"{missing_venv()}\n{made.stderr}".rstrip())

    def try_install(self, *arguments: str) -> bool:
        """Run `pip install` under the constraints; whether it succeeded."""
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        if not sys.stdout.isatty():
            command.append("-qq")  # errors still show
        command += ["--constraint", str(self.root / "constraints.txt"), *arguments]
        # PIP_USER=1 in the caller's shell would make pip refuse to install into an environment.
        return subprocess.run(command, cwd=self.root, env={**os.environ, "PIP_USER": "0"}).returncode == 0

    def install(self, *arguments: str) -> None:
        """Run `pip install` under the constraints, and stop the set-up if it fails."""
        if not self.try_install(*arguments):
            raise SetupError(
                f"pip could not install {arguments[-1]}; it says why above. Check the network, then try again"
            )

    def compile(self, *packages: str) -> None:
        """Compile packages of the checkout, as pip does with what it copies: where Python is told to write no bytecode
        (PYTHONDONTWRITEBYTECODE), every command would compile them again, and take twice as long.
        """
        self.run("-m", "compileall", "-q", *(str(self.root / name) for name in packages))

    def installed_torch(self) -> tuple[str, bool]:
        """The version of PyTorch, "" if none, without its local tag; and whether it requires CUDA."""
        code = (
            "import importlib.metadata as m\n"
            "d = next(iter(m.distributions(name='torch')), None)\n"
            "needs = (d and d.requires) or ()\n"
            "cuda = any(n.startswith(('nvidia', 'cuda')) for n in needs)\n"
            "print(d.version.split('+')[0] if d else '', cuda, sep='|')"
        )
        version, _, cuda = self.run("-c", code).stdout.strip().partition("|")
        return version, cuda == "True"


def missing_venv() -> str:
    """The message for a Python that cannot make environments."""
    version = "{}.{}".format(*sys.version_info[:2])
    return (
        f"{sys.executable} (Python {version}) cannot make a virtual environment; expected venv, and ensurepip"
        f" or pip.\nOn Debian and Ubuntu: apt install python{version}-venv."
        " Or name another Python: make PYTHON=/path/to/python3"
    )


def install_torch(environment: Environment, choice: str) -> None:
    """Install the pinned PyTorch itself; what it needs comes with the rest of the packages."""
    pin = torch_pin((environment.root / "constraints.txt").read_text())
    if environment.installed_torch()[0] == pin.removeprefix("torch=="):
        return
    plan = plan_torch(choice, sys.platform, has_gpu, lambda: answers(f"{CPU_INDEX}/torch/"))
    say(plan.reason)
    if not (plan.options and environment.try_install("--no-deps", *plan.options, pin)):
        if plan.options:
            say("PyTorch: its CPU index could not deliver, so pip's own sources are used")
        environment.install("--no-deps", pin)
    if plan.wants_cpu and environment.installed_torch()[1]:
        say("PyTorch: pip's sources have only a build with CUDA, several gigabytes; it runs on the CPU too")


def say(line: str) -> None:
    """Print one line at once, so that it precedes pip's output."""
    print(f"setup: {line}", flush=True)


def set_up(root: Path = ROOT, choice: str = "auto") -> None:
    """Bring `.venv` up to date with `pyproject.toml` and `constraints.txt`."""
    environment = Environment(root)
    wanted = digest(root, sys.version, choice)
    usable = environment.usable()
    if usable and environment.stamp.exists() and environment.stamp.read_text() == wanted:
        return
    if not usable:
        say(f"making .venv with Python {sys.version.split()[0]}")
        environment.create()
    environment.stamp.unlink(missing_ok=True)
    say("installing into .venv; the first time this takes a few minutes")
    environment.install("hatchling")  # so that the project itself installs without a build environment
    install_torch(environment, choice)
    environment.install("--no-build-isolation", "--editable", f".[{EXTRAS}]")
    environment.compile("derivations", "diffusion")
    environment.stamp.write_text(wanted)
    say("done")


def main() -> int:
    """Set up and turn every expected failure into one message and exit code 1."""
    try:
        set_up(choice=os.environ.get("TORCH") or "auto")
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
