"""The set-up: which Python, which PyTorch, when to install again, and what is said when it cannot be done."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def setup_env():
    spec = importlib.util.spec_from_file_location("setup_env", ROOT / "scripts" / "setup_env.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["setup_env"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["setup_env"]


def stub_python(folder, name, version):
    """An executable that answers the two questions of find_python.sh as a Python of this version would."""
    supported = 0 if (3, 11) <= tuple(map(int, version.split(".")))[:2] <= (3, 13) else 1
    path = folder / name
    path.write_text(f'#!/bin/sh\ncase "$2" in *print*) echo {version} ;; *) exit {supported} ;; esac\n')
    path.chmod(0o755)


def find_python(folder, python=""):
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "find_python.sh")], cwd=folder, text=True, capture_output=True,
        env={"PATH": str(folder), "PYTHON": python},
    )  # fmt: skip


@pytest.mark.parametrize("versions, chosen", [
    ({"python3": "3.11.2"}, "python3"),
    ({"python3": "3.9.2", "python3.12": "3.12.0"}, "python3.12"),
    ({"python3": "3.14.1", "python3.13": "3.13.0", "python3.11": "3.11.9"}, "python3.13"),
    ({"python": "3.12.4"}, "python"),
])  # fmt: skip
def test_the_first_suitable_python_is_chosen(tmp_path, versions, chosen):
    for name, version in versions.items():
        stub_python(tmp_path, name, version)
    run = find_python(tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{chosen}\n", "")


def test_an_environment_that_is_there_is_kept(tmp_path):
    stub_python(tmp_path, "python3", "3.12.0")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    stub_python(tmp_path / ".venv" / "bin", "python", "3.11.7")
    assert find_python(tmp_path).stdout == ".venv/bin/python\n"
    assert find_python(tmp_path, "python3").stdout == "python3\n"


def test_no_suitable_python_is_one_clear_message(tmp_path):
    stub_python(tmp_path, "python3", "3.9.2")
    stub_python(tmp_path, "python", "2.7.18")
    run = find_python(tmp_path)
    assert run.returncode == 1
    assert run.stderr == (
        "setup: expected Python 3.11, 3.12 or 3.13 on PATH; found python3 (3.9.2) python (2.7.18).\n"
        "Install one of them, or name it: make check PYTHON=/path/to/python3.12\n"
    )


def test_no_python_at_all(tmp_path):
    assert "on PATH; found no Python at all." in find_python(tmp_path).stderr


def test_a_named_python_of_another_version_is_refused(tmp_path):
    stub_python(tmp_path, "mine", "3.14.0")
    run = find_python(tmp_path, "mine")
    assert run.returncode == 1
    assert run.stderr == "setup: PYTHON=mine is Python 3.14.0; expected 3.11, 3.12 or 3.13.\n"


def test_a_named_python_that_does_not_run_is_refused(tmp_path):
    run = find_python(tmp_path, "nothing-here")
    assert run.returncode == 1
    assert run.stderr.startswith("setup: PYTHON=nothing-here does not run.\nExpected the name or path")


def test_stub_and_script_agree_on_the_real_python(tmp_path):
    os.symlink(sys.executable, tmp_path / "python3")
    assert find_python(tmp_path).stdout == "python3\n"


def never():
    raise AssertionError("this question was not to be asked")


@pytest.mark.parametrize("choice, system, gpu, index, from_cpu_index, wants_cpu", [
    ("auto", "linux", lambda: False, lambda: True, True, True),
    ("auto", "linux", lambda: False, lambda: False, False, True),
    ("auto", "linux", lambda: True, never, False, False),
    ("cpu", "linux", never, lambda: True, True, True),
    ("default", "linux", never, never, False, False),
    ("auto", "darwin", never, never, False, False),
])  # fmt: skip
def test_where_pytorch_comes_from(setup_env, choice, system, gpu, index, from_cpu_index, wants_cpu):
    plan = setup_env.plan_torch(choice, system, gpu, index)
    assert plan.options == (("--index-url", setup_env.CPU_INDEX) if from_cpu_index else ())
    assert plan.wants_cpu is wants_cpu
    assert plan.reason.startswith("PyTorch: ") and "\n" not in plan.reason


def test_an_unknown_pytorch_choice_is_refused(setup_env):
    with pytest.raises(setup_env.SetupError, match="TORCH=gpu is unknown; expected auto, cpu or default"):
        setup_env.plan_torch("gpu", "linux", never, never)


def test_a_server_that_never_answers_counts_as_absent(setup_env):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert setup_env.answers(f"http://127.0.0.1:{port}/", seconds=0.2) is False


def test_a_resolver_that_hangs_counts_as_absent(setup_env, monkeypatch):
    import threading

    released = threading.Event()
    monkeypatch.setattr(setup_env.urllib.request, "urlopen", lambda *a, **k: released.wait(60))
    assert setup_env.answers("http://localhost/", seconds=0.05) is False
    released.set()


class FakeEnvironment:
    """Records what would be installed; `fails` names the pip options that do not work."""

    def __init__(self, root, fails=(), installed=("", False)):
        self.root, self.fails, self.installed, self.calls = root, fails, installed, []

    def try_install(self, *arguments):
        self.calls.append(arguments)
        return not any(option in arguments for option in self.fails)

    def install(self, *arguments):
        assert self.try_install(*arguments)

    def installed_torch(self):
        return self.installed


def install_torch(setup_env, monkeypatch, environment, index_answers):
    monkeypatch.setattr(setup_env, "answers", lambda url: index_answers)
    monkeypatch.setattr(setup_env, "has_gpu", lambda: False)
    monkeypatch.setattr(setup_env, "sys", SimpleNamespace(platform="linux"))
    setup_env.install_torch(environment, "auto")
    return environment.calls


def test_pytorch_is_always_asked_for_at_its_exact_version(setup_env, monkeypatch):
    pin = setup_env.torch_pin((ROOT / "constraints.txt").read_text())
    assert pin.startswith("torch==") and "+" not in pin
    calls = install_torch(setup_env, monkeypatch, FakeEnvironment(ROOT), index_answers=False)
    assert calls == [("--no-deps", pin)]
    calls = install_torch(setup_env, monkeypatch, FakeEnvironment(ROOT), index_answers=True)
    assert calls == [("--no-deps", "--index-url", setup_env.CPU_INDEX, pin)]


def test_an_index_that_cannot_deliver_gives_way(setup_env, monkeypatch, capsys):
    environment = FakeEnvironment(ROOT, fails=("--index-url",))
    calls = install_torch(setup_env, monkeypatch, environment, index_answers=True)
    assert ["--index-url" in call for call in calls] == [True, False]
    assert "its CPU index could not deliver" in capsys.readouterr().out


def test_a_cuda_build_that_nobody_wanted_is_announced(setup_env, monkeypatch, capsys):
    environment = FakeEnvironment(ROOT, installed=("0.0", True))
    install_torch(setup_env, monkeypatch, environment, index_answers=False)
    assert "only a build with CUDA, several gigabytes" in capsys.readouterr().out


def test_the_right_pytorch_is_not_installed_again(setup_env, monkeypatch):
    version = setup_env.torch_pin((ROOT / "constraints.txt").read_text()).removeprefix("torch==")
    environment = FakeEnvironment(ROOT, installed=(version, False))
    assert install_torch(setup_env, monkeypatch, environment, index_answers=True) == []


def test_a_constraints_file_without_pytorch_is_an_error(setup_env):
    with pytest.raises(setup_env.SetupError, match="no line 'torch==VERSION'"):
        setup_env.torch_pin("numpy==2.4.6\n")


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "scripts").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup_env.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "scripts/setup_env.py"])
def test_a_changed_file_changes_the_stamp(setup_env, checkout, name):
    before = setup_env.digest(checkout, "3.11.7", "auto")
    assert setup_env.digest(checkout, "3.11.7", "auto") == before
    assert setup_env.digest(checkout, "3.12.1", "auto") != before
    assert setup_env.digest(checkout, "3.11.7", "cpu") != before
    with (checkout / name).open("a") as file:
        file.write("\n# changed\n")
    assert setup_env.digest(checkout, "3.11.7", "auto") != before


def test_a_second_run_installs_nothing_and_a_changed_pin_does(setup_env, checkout, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(setup_env, "answers", lambda url: False)
    monkeypatch.setattr(setup_env.Environment, "try_install", lambda self, *a: asked.append(a[-1]) or True)
    setup_env.set_up(checkout)
    assert asked == ["hatchling", setup_env.torch_pin((checkout / "constraints.txt").read_text()),
                     ".[models,docs,tests,cluster,smt]"]  # fmt: skip
    assert "setup: done" in capsys.readouterr().out
    setup_env.set_up(checkout)
    assert len(asked) == 3 and capsys.readouterr().out == ""
    with (checkout / "constraints.txt").open("a") as file:
        file.write("\n# another version\n")
    setup_env.set_up(checkout)
    assert len(asked) == 6


def test_the_packages_are_compiled_even_where_python_is_told_to_write_no_bytecode(setup_env, checkout, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(setup_env, "answers", lambda url: False)
    monkeypatch.setattr(setup_env.Environment, "try_install", lambda self, *a: True)
    for name in ("derivations", "diffusion"):
        (checkout / name).mkdir()
        (checkout / name / "one.py").write_text("ONE = 1\n")
    setup_env.set_up(checkout)
    for name in ("derivations", "diffusion"):
        assert list((checkout / name / "__pycache__").glob("one.*.pyc"))


def test_a_moved_environment_is_not_usable(setup_env, tmp_path):
    setup_env.Environment(tmp_path / "a").create()
    assert setup_env.Environment(tmp_path / "a").usable()
    (tmp_path / "a").rename(tmp_path / "b")
    assert not setup_env.Environment(tmp_path / "b").usable()


def test_a_failed_install_leaves_no_stamp(setup_env, checkout, monkeypatch):
    monkeypatch.setattr(setup_env.Environment, "usable", lambda self: True)
    monkeypatch.setattr(setup_env.Environment, "try_install", lambda self, *a: False)
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "exegesis.stamp").write_text("old")
    with pytest.raises(setup_env.SetupError, match="pip could not install hatchling; it says why above"):
        setup_env.set_up(checkout)
    assert not (checkout / ".venv" / "exegesis.stamp").exists()


def test_a_folder_that_is_no_environment_is_left_alone(setup_env, tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "letters.txt").write_text("dear")
    with pytest.raises(setup_env.SetupError, match="is not a virtual environment; move it away"):
        setup_env.Environment(tmp_path).create()
    assert (tmp_path / ".venv" / "letters.txt").read_text() == "dear"


def test_a_python_without_venv_says_what_to_install(setup_env, tmp_path, monkeypatch):
    monkeypatch.setattr(setup_env, "find_spec", lambda name: None)
    with pytest.raises(setup_env.SetupError, match="cannot make a virtual environment") as caught:
        setup_env.Environment(tmp_path).create()
    assert "apt install python3" in str(caught.value)


def test_without_ensurepip_the_callers_pip_is_borrowed(setup_env, tmp_path, monkeypatch):
    borrowed = []
    monkeypatch.setattr(setup_env, "find_spec", lambda name: None if name == "ensurepip" else object())
    monkeypatch.setattr(setup_env.Environment, "borrow_pip", lambda self: borrowed.append(self.path))
    environment = setup_env.Environment(tmp_path)
    environment.create()
    assert borrowed == [tmp_path / ".venv"]
    assert environment.python.exists() and not (tmp_path / ".venv" / "bin" / "pip").exists()
