"""Two processes train as one: the same losses and the same weights, up to the order of sums."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from diffusion import checkpoint, config, data
from diffusion.distributed import Processes
from diffusion.errors import UserError
from diffusion.train import Trainer

ROOT = Path(__file__).parents[2]
STEPS = 12


def command(out: Path, *more: str, family: str = "otcfm") -> list[str]:
    return [
        "train", family, "--data", "8gaussians", "--hidden", "16", "--layers", "1", "--batch", "32", "--device", "cpu",
        "--threads", "1", "--save-every", "6", "--steps", str(STEPS), "--out", str(out), *more,
    ]  # fmt: skip


def torchrun(processes: int, arguments: list[str]) -> subprocess.CompletedProcess:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = [*launch, "-m", "diffusion", *arguments]
    return subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "two"
    done = torchrun(2, command(out))
    assert done.returncode == 0, done.stderr
    return out, done.stderr


def test_two_processes_have_the_loss_curve_of_one(together):
    out, err = together
    settings = {"family": "otcfm", "data": "8gaussians", "hidden": 16, "layers": 1, "batch": 32, "steps": STEPS}
    alone = Trainer(config.build(settings), data.load("8gaussians"))
    for _ in range(STEPS):
        alone.step()
    found = checkpoint.load(out / "checkpoints", STEPS)
    torch.testing.assert_close(found.tensors["losses"], alone.losses(), rtol=1e-5, atol=1e-6)
    for name, value in alone.model.state_dict().items():
        torch.testing.assert_close(found.tensors[f"network/{name}"], value, rtol=1e-4, atol=1e-6)
    assert "2 processes" in err and err.count("loss curve: ") == 1
    # A run whose processes saw other noise would differ: this is how much another seed moves the losses.
    other = Trainer(config.build({**settings, "seed": 1}), data.load("8gaussians"))
    for _ in range(STEPS):
        other.step()
    assert not torch.allclose(other.losses(), alone.losses(), rtol=1e-2)


def test_a_run_of_two_goes_on_as_one(together, tmp_path, capsys):
    from diffusion.cli import main

    out, _ = together
    assert main(command(out, "--steps", str(STEPS + 2))) == 0
    assert f"resuming {out} at step {STEPS} of {STEPS + 2}" in capsys.readouterr().err


def test_shares_are_equal_parts_in_order_or_refused():
    shares = [Processes(rank, 4).share(32) for rank in range(4)]
    assert [index for share in shares for index in range(32)[share]] == list(range(32))
    with pytest.raises(UserError, match="the batch of 30 cannot be shared equally by 4 processes; change --batch"):
        Processes(0, 4).share(30)


def test_a_refusal_ends_every_process(tmp_path):
    done = torchrun(2, command(tmp_path / "a", "--batch", "33"))
    assert done.returncode != 0 and "the batch of 33 cannot be shared equally by 2 processes" in done.stderr
