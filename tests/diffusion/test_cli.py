"""The command `diffuse`, run in this process: what it writes, what it says, and how it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.image import imread

from diffusion import checkpoint
from diffusion.cli import main

ROOT = Path(__file__).parents[2]
TINY = [
    "--data",
    "8gaussians",
    "--hidden",
    "16",
    "--layers",
    "1",
    "--T",
    "40",
    "--batch",
    "32",
    "--steps",
    "30",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run; tests that change it copy what they need."""
    out = tmp_path_factory.mktemp("runs") / "eight"
    assert main(["train", "ddpm", *TINY, "--save-every", "10", "--out", str(out)]) == 0
    return out


def fails(capsys, *arguments: str) -> str:
    """The one message of a command that must refuse with exit code 2."""
    capsys.readouterr()
    try:
        code = main(list(arguments))
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    assert code == 2 and out == ""
    assert "Traceback" not in err and err.startswith("diffuse") and len(err.strip().splitlines()) == 1, err
    return err


def test_a_run_holds_config_checkpoints_and_pictures(run):
    assert sorted(p.name for p in run.iterdir() if p.name != ".lock") == [
        "checkpoints",
        "config.json",
        "loss.png",
        "samples.png",
    ]
    assert checkpoint.steps(run / "checkpoints") == [20, 30]
    assert json.loads((run / "config.json").read_text())["T"] == 40
    for name in ("loss.png", "samples.png"):
        picture = imread(run / name)
        assert picture.shape[0] > 100 and picture.std() > 0.01


def test_progress_shows_speed_and_loss(tmp_path, capsys):
    assert main(["train", "ddpm", *TINY, "--out", str(tmp_path / "a")]) == 0
    err = capsys.readouterr().err
    assert "30/30" in err and "it/s" in err and "loss=" in err and "sampling: 100%" in err
    assert f"more samples: diffuse sample {tmp_path / 'a'}" in err


def test_the_same_command_again_has_nothing_to_do(run, capsys):
    before = (run / "checkpoints" / "step-00000030.json").read_bytes()
    assert main(["train", "ddpm", *TINY, "--out", str(run)]) == 0
    assert "is already trained to step 30; a larger --steps trains on" in capsys.readouterr().err
    assert (run / "checkpoints" / "step-00000030.json").read_bytes() == before


def test_training_further_equals_training_long(tmp_path):
    short, long = tmp_path / "short", tmp_path / "long"
    assert main(["train", "ddpm", *TINY, "--out", str(short)]) == 0
    assert main(["train", "ddpm", "--steps", "45", "--out", str(short)]) == 0
    assert main(["train", "ddpm", *TINY[:-1], "45", "--out", str(long)]) == 0
    a, b = (checkpoint.load(path / "checkpoints", 45) for path in (short, long))
    assert a.state == b.state and all(torch.equal(value, b.tensors[name]) for name, value in a.tensors.items())


def test_yaml_settings_and_flags_that_override_them(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text("data: moons\nhidden: 16\nlayers: 1\nT: 40\nsteps: 5\nlr: 5e-4\n")
    out = tmp_path / "a"
    assert main(["train", "ddpm", "--config", str(file), "--lr", "0.002", "--out", str(out)]) == 0
    stored = json.loads((out / "config.json").read_text())
    assert (stored["data"], stored["steps"], stored["lr"]) == ("moons", 5, 0.002)


def test_samples_depend_on_the_seed_and_on_nothing_else(run, tmp_path):
    arrays = []
    for i, seed in enumerate(("1", "1", "2")):
        file = tmp_path / f"{i}.npy"
        assert main(["sample", str(run), "--n", "9", "--seed", seed, "--out", str(file)]) == 0
        arrays.append(np.load(file))
    assert arrays[0].shape == (9, 2) and arrays[0].dtype == np.float32
    assert np.array_equal(arrays[0], arrays[1]) and not np.array_equal(arrays[0], arrays[2])


def test_sample_writes_a_picture_into_the_run(run, capsys):
    assert main(["sample", str(run), "--n", "5", "--seed", "7", "--steps", "10", "--sigma", "beta"]) == 0
    assert (run / "samples-seed7.png").exists()
    assert f"5 samples of step 30: {run / 'samples-seed7.png'}" in capsys.readouterr().err
    (run / "samples-seed7.png").unlink()


def test_digits_end_to_end(tmp_path):
    out = tmp_path / "digits"
    arguments = ["--channels", "8", "--heads", "2", "--T", "30", "--batch", "8", "--steps", "6"]
    assert main(["train", "ddpm", *arguments, "--out", str(out)]) == 0
    assert imread(out / "samples.png").shape[:2] == (438, 438)
    file = tmp_path / "x.npy"
    assert main(["sample", str(out), "--n", "3", "--out", str(file)]) == 0
    x = np.load(file)
    assert x.shape == (3, 1, 8, 8) and abs(x).max() <= 1


def test_show_and_list(run, capsys):
    capsys.readouterr()
    assert main(["show", str(run)]) == 0
    out = capsys.readouterr().out
    assert "ddpm on 8gaussians" in out and "step 30 of 30: whole" in out and "the mean of the last 30 steps" in out
    assert main(["list", str(run.parent)]) == 0
    assert f"{run}: ddpm on 8gaussians, 30 steps, seed 0" in capsys.readouterr().out
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("ddpm", "digits", "8gaussians", "moons", "linear", "cosine"))
    assert main(["list", "--samplers"]) == 0
    lines = {line.split()[0]: line.partition(line.split()[0])[2].strip() for line in capsys.readouterr().out.splitlines()}
    assert lines["ddpm"].split() == ["ancestral", "(--sigma)", "any"] and lines["classifier"] == "none"
    assert lines["edm"].split() == ["edm_heun", "(--churn)", "any"] and lines["flow"].split() == ["euler", "any"]
    assert "no score goes with it" in lines["otcfm"] and "no score goes with it" in lines["reflow"]
    assert "the levels that the network was trained at" in lines["ncsn"]
    assert main(["list", str(run / "checkpoints")]) == 0
    assert "begin one with: diffuse train ddpm --out" in capsys.readouterr().out


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(tmp_path, capsys):
    out = tmp_path / "a"
    arguments = ["train", "ddpm", *TINY, "--save-every", "10", "--out", str(out)]
    assert main(arguments) == 0
    untouched = checkpoint.load(out / "checkpoints", 30).tensors
    newest = out / "checkpoints" / "step-00000030.safetensors"
    newest.write_bytes(newest.read_bytes()[:-100])
    capsys.readouterr()
    assert main(["show", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "step 20 of 30: whole" in shown and "step 30 of 30: refused: " in shown and "is truncated" in shown
    assert main(arguments) == 0
    err = capsys.readouterr().err
    assert "refused a checkpoint: " in err and "is truncated" in err and "Using the one of step 20 instead" in err
    assert f"resuming {out} at step 20 of 30" in err
    healed = checkpoint.load(out / "checkpoints", 30).tensors
    assert all(torch.equal(value, healed[name]) for name, value in untouched.items())


def test_all_checkpoints_damaged(tmp_path, capsys):
    out = tmp_path / "a"
    assert main(["train", "ddpm", *TINY, "--out", str(out)]) == 0
    for path in (out / "checkpoints").glob("*.json"):
        path.write_text("{")
    for command in (["sample", str(out)], ["train", "ddpm", "--out", str(out)]):
        capsys.readouterr()
        assert main(command) == 2
        err = capsys.readouterr().err
        assert "no checkpoint in" in err and "train again with another --out" in err and "Traceback" not in err


def test_missing_and_unreadable_run_folders(tmp_path, capsys):
    absent = str(tmp_path / "absent")
    for command in ("sample", "show"):
        assert f"there is no folder {absent}; give the folder that 'diffuse train --out' wrote" in fails(
            capsys, command, absent
        )
        assert f"{tmp_path} is not a run: it has no config.json" in fails(capsys, command, str(tmp_path))
    (tmp_path / "config.json").write_text("{not json")
    for command in ("sample", "show"):
        assert f"cannot read {tmp_path / 'config.json'}: " in fails(capsys, command, str(tmp_path))
    (tmp_path / "config.json").write_text('{"stepps": 3}')
    assert "unknown setting 'stepps'; did you mean 'steps'?" in fails(capsys, "show", str(tmp_path))
    assert f"cannot list {absent}: No such file or directory" in fails(capsys, "list", absent)


def test_a_run_without_a_checkpoint(tmp_path, capsys):
    (tmp_path / "config.json").write_text('{"T": 40}')
    assert "has no checkpoint yet; train it first: diffuse train ddpm --out" in fails(capsys, "sample", str(tmp_path))
    assert main(["show", str(tmp_path)]) == 0
    assert "no checkpoint yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gan"], "unknown family 'gan'; choose one of: ddpm"),
        (["ddpm", "--data", "faces"], "unknown data 'faces'; choose one of: digits, mnist, folder:PATH, 8gaussians, moons"),
        (["ddpm", "--schedule", "sine"], "unknown schedule 'sine'; choose one of: linear, cosine"),
        (["ddpm", "--steps", "x"], "setting 'steps' must be a whole number; got 'x'"),
        (
            ["ddpm", "--heads", "5"],
            "these network sizes do not work: level 1 has attention over 32 channels, which 5",
        ),
        (
            ["ddpm", "--T", "5"],
            "this noise schedule does not work: every beta_t must lie strictly between 0 and 1",
        ),
        (["ddpm", "--device", "abacus"], "cannot use the device 'abacus': "),
        (["ddpm", "--threads", "0"], "--threads must be at least 1; got 0"),
        (["ddpm", "--config", "absent.yaml"], "cannot read the config file absent.yaml: "),
        (["ddpm", "--frobnicate"], "diffuse: unrecognized arguments: --frobnicate. See: diffuse --help"),
        ([], "diffuse train: the following arguments are required: FAMILY. See: diffuse train --help"),
    ],
)
def test_training_refuses_and_leaves_no_folder(tmp_path, capsys, arguments, message):
    out = tmp_path / "new"
    assert message in fails(capsys, "train", *arguments, "--out", str(out))
    assert not out.exists()


def test_training_refuses_a_folder_of_something_else(tmp_path, capsys):
    (tmp_path / "thesis.tex").write_text("")
    message = fails(capsys, "train", "ddpm", *TINY, "--out", str(tmp_path))
    assert "is not empty and is not a run: it holds 'thesis.tex'. Choose another --out" in message
    file = str(tmp_path / "thesis.tex")
    assert f"cannot make the folder {file}: " in fails(capsys, "train", "ddpm", *TINY, "--out", file)


def test_resuming_with_other_settings_is_refused(run, capsys):
    message = fails(capsys, "train", "ddpm", "--lr", "0.5", "--batch", "7", "--out", str(run))
    assert "was started with other settings: batch was 32, now 7; lr was 0.001, now 0.5" in message
    assert "Leave those out to resume it, or give another --out" in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--n", "0"], "--n must be at least 1; got 0"),
        (["--out", "a.jpg"], "--out must end in .png (a picture) or .npy (an array of numbers); got a.jpg"),
        (["--steps", "41"], "the number of sampling steps must be between 1 and T = 40; got 41"),
        (["--steps", "0"], "--steps must be at least 1; got 0"),
        (["--sigma", "large"], "unknown sigma 'large'; choose one of: beta_tilde, beta"),
        (["--churn", "1"], "the sampler 'ancestral' does not take --churn; it takes: --sigma"),
        (["--sampler", "heun", "--eta", "1"], "the sampler 'heun' does not take --eta; it takes no options"),
        (["--sampler", "magic"], "unknown sampler 'magic' for the family 'ddpm'; choose one of: ancestral, ddim"),
        (["--sampler", "ddim", "--eta", "2"], "eta of DDIM lies in [0, 1]; got 2.0"),
        (["--guidance", "2"], "--guidance needs a run trained with --labels on, or a --classifier RUN"),
        (["--label", "2"], "--label needs a run trained with --labels on, or a --classifier RUN"),
        (["--n", "few"], "argument --n: invalid int value: 'few'"),
        (["--out", "/dev/null/x.png"], "cannot make the folder /dev/null: File exists. Choose another --out"),
    ],
)
def test_sampling_refuses(run, capsys, arguments, message):
    capsys.readouterr()
    try:
        code = main(["sample", str(run), *arguments])
    except SystemExit as stop:
        code = stop.code
    err = capsys.readouterr().err
    assert code == 2 and message in err and "Traceback" not in err


def test_no_command_and_version(capsys):
    assert "the following arguments are required: COMMAND. See: diffuse --help" in fails(capsys)
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0 and capsys.readouterr().out.startswith("diffuse 0.")


def test_a_missing_package_is_named(monkeypatch, capsys, run):
    monkeypatch.delitem(sys.modules, "diffusion.commands", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    message = fails(capsys, "sample", str(run), "--threads", "1")
    assert "this command needs the package 'torch'; run: pip install 'exegesis[models]'" in message


def test_help_teaches_and_loads_no_torch():
    """In a fresh process, since this one has torch loaded."""
    code = (
        "import contextlib, io, sys\n"
        "import diffusion, diffusion.formula\n"
        "from diffusion.cli import main\n"
        "for words in ([], ['train'], ['sample'], ['show'], ['list']):\n"
        "    text = io.StringIO()\n"
        "    with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):\n"
        "        main([*words, '--help'])\n"
        "    assert len(text.getvalue()) > 200 or words, words\n"
        "    if words in (['train'], ['sample'], []): assert 'diffuse train ddpm' in text.getvalue() or "
        "'diffuse sample runs/digits' in text.getvalue(), words\n"
        "main(['list'])\n"
        "heavy = {'torch', 'numpy', 'yaml', 'matplotlib', 'tqdm', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_log_file_gets_a_line_of_progress_every_ten_seconds_not_one_a_step(tmp_path, capsys):
    assert main(["train", "ddpm", *TINY, "--out", str(tmp_path / "a")]) == 0
    assert capsys.readouterr().err.count("it/s") < 10
