"""A run in its own process, killed or interrupted, and taken up again: the end is the same, bit for bit."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from diffusion import checkpoint
from diffusion.cli import main
from diffusion.runs import RunFolder

ROOT = Path(__file__).parents[2]
# A U-Net with dropout: convolutions, attention and every random stream take part.
SETTINGS = [
    "--channels",
    "8",
    "--heads",
    "2",
    "--dropout",
    "0.1",
    "--batch",
    "8",
    "--T",
    "25",
    "--steps",
    "60",
]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def start(out: Path, *more: str) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "diffusion",
        "train",
        "ddpm",
        *SETTINGS,
        "--threads",
        "1",
        "--out",
        str(out),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([*command, *more], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def wait_for_step(process: subprocess.Popen, out: Path, step: int) -> None:
    """Until the run has a checkpoint at or after a step."""
    deadline = time.monotonic() + 300
    while max(checkpoint.steps(out / "checkpoints"), default=0) < step:
        assert process.poll() is None, f"ended early with {process.returncode}: {process.stderr.read()}"
        assert time.monotonic() < deadline, "no checkpoint after five minutes"
        time.sleep(0.002)


def here(out: Path, *settings: str) -> None:
    """Train in this process, to the end."""
    threads = torch.get_num_threads()
    try:
        assert main(["train", "ddpm", *settings, "--threads", "1", "--out", str(out)]) == 0
    finally:
        torch.set_num_threads(threads)


def final(out: Path) -> checkpoint.Checkpoint:
    return checkpoint.load(out / "checkpoints", 60)


def assert_identical(a: checkpoint.Checkpoint, b: checkpoint.Checkpoint) -> None:
    assert a.state == b.state and a.tensors.keys() == b.tensors.keys()
    for name, value in a.tensors.items():
        assert torch.equal(value, b.tensors[name]), name


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> checkpoint.Checkpoint:
    out = tmp_path_factory.mktemp("runs") / "undisturbed"
    here(out, *SETTINGS)
    return final(out)


def test_killed_and_resumed_by_the_same_command_ends_bit_identical(undisturbed, tmp_path):
    out = tmp_path / "killed"
    process = start(out, "--save-every", "3")
    wait_for_step(process, out, 9)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert max(checkpoint.steps(out / "checkpoints")) < 60
    process = start(out, "--save-every", "3")
    _, err = process.communicate(timeout=600)
    assert process.returncode == 0 and f"resuming {out} at step" in err
    assert_identical(final(out), undisturbed)
    leftovers = [p.name for p in (out / "checkpoints").iterdir() if not p.name.startswith("step-")]
    assert leftovers == []


def test_ctrl_c_saves_says_how_to_go_on_and_resumes_bit_identical(undisturbed, tmp_path):
    out = tmp_path / "interrupted"
    process = start(out, "--save-every", "5")
    wait_for_step(process, out, 10)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 128 + signal.SIGINT and "Traceback" not in err, err
    stopped = max(checkpoint.steps(out / "checkpoints"))
    assert "stopping after this step, and saving; once more stops at once" in err
    assert f"stopped at step {stopped} of 60; everything is saved in {out}" in err
    assert f"To go on: diffuse train ddpm --out {out}" in err
    assert (out / "loss.png").exists() and stopped < 60
    here(out)
    assert_identical(final(out), undisturbed)


def test_two_processes_cannot_train_one_run(tmp_path, capsys):
    out = tmp_path / "busy"
    out.mkdir()
    # A lock belongs to an open file, so this process can be the other one too.
    with RunFolder(out).locked():
        assert main(["train", "ddpm", *SETTINGS, "--out", str(out)]) == 2
    message = capsys.readouterr().err
    assert f"another process is training {out} now; wait for it, stop it, or give another --out" in message
    assert not (out / "config.json").exists()
