"""Every family from the command line: trained, sampled, plotted, measured; and the guidance of those that have it."""

import json

import numpy as np
import pytest
import torch
from matplotlib.image import imread

from diffusion import config
from diffusion.cli import main
from diffusion.commands.sampling import Wishes, draw
from diffusion.data.toys import eight_gaussians_world
from diffusion.metrics import Estimate
from diffusion.trained import open_run

POINTS = ["--data", "8gaussians", "--hidden", "16", "--layers", "1", "--batch", "32", "--steps", "8", "--threads", "1"]
IMAGES = ["--channels", "8", "--heads", "2", "--batch", "8", "--steps", "2", "--threads", "1"]
MORE = {
    "ddpm": ["--T", "40"],
    "iddpm": ["--T", "40"],
    "ddim": ["--T", "40"],
    "classifier": ["--T", "40"],
    "ncsn": ["--levels", "4"],
}
FAMILIES = [name for name in config.FAMILIES if name not in ("reflow", "classifier")]


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    """A short run of every family on points, but for reflow."""
    folder = tmp_path_factory.mktemp("runs")
    for name in [*FAMILIES, "classifier"]:
        assert main(["train", name, *POINTS, *MORE.get(name, []), "--out", str(folder / name)]) == 0
    return folder


@pytest.mark.parametrize("name", FAMILIES)
def test_points(points, name, tmp_path):
    run, file = points / name, tmp_path / "x.npy"
    steps = [] if name == "ncsn" else ["--steps", "4"]
    for extra in ([], ["--sampler", "dpm_solver_pp_2m"] if name != "ncsn" else []):
        assert main(["sample", str(run), "--n", "7", "--out", str(file), *steps, *extra, "--threads", "1"]) == 0
        x = np.load(file)
        assert x.shape == (7, 2) and x.dtype == np.float32 and np.isfinite(x).all()


@pytest.mark.parametrize("name", ["edm", "iddpm"])
def test_images(name, tmp_path):
    run = tmp_path / name
    settings = [*IMAGES, *MORE.get(name, []), "--labels", "on", "--dequantise", "on"]
    assert main(["train", name, "--data", "digits", *settings, "--precision", "bf16", "--out", str(run)]) == 0
    assert main(["plot", str(run), "--steps", "3", "--pixel", "2,5", "--threads", "1"]) == 0
    for picture in ("loss.png", "samples.png", "trajectories.png", "pixel.png"):
        assert imread(run / picture).std() > 0.01
    command = ["sample", str(run), "--n", "3", "--label", "7", "--guidance", "2.5", "--steps", "3", "--threads", "1"]
    assert main([*command, "--out", str(tmp_path / "x.npy")]) == 0
    assert np.load(tmp_path / "x.npy").shape == (3, 1, 8, 8)


def test_trajectories_of_points(points):
    assert main(["plot", str(points / "otcfm"), "--steps", "4"]) == 0
    assert imread(points / "otcfm" / "trajectories.png").std() > 0.01
    assert not (points / "otcfm" / "pixel.png").exists()


def test_evaluate_writes_every_distance_with_its_error_and_how_it_was_made(points, capsys):
    capsys.readouterr()
    assert main(["evaluate", str(points / "edm"), "--n", "60", "--steps", "4"]) == 0
    out = capsys.readouterr().out
    record = json.loads((points / "edm" / "evaluation.json").read_text())
    assert list(record["distances"]) == ["2-wasserstein", "sliced 2-wasserstein", "squared mmd", "precision", "recall"]
    for name, found in record["distances"].items():
        assert f"{name:32} {Estimate(**found)}" in out
        assert np.isfinite(found["value"]) and found["error"] >= 0
    assert record["made"]["torch"] == torch.__version__ and record["made"]["date"] and record["made"]["device"]
    assert main(["evaluate", str(points / "edm"), "--n", "39"]) == 2
    assert "--n must be at least 40, for a standard error; got 39" in capsys.readouterr().err


def test_likelihood_names_the_method_and_the_exact_law(points, capsys):
    capsys.readouterr()
    for name, method in (("vdm", "bound"), ("flow", "flow"), ("ddpm", "bound")):
        assert main(["likelihood", str(points / name), "--n", "20"]) == 0
        record = json.loads((points / name / "likelihood.json").read_text())
        assert record["method"] == method
        # What a network loses against the exact law is a divergence: it is positive, and large after eight steps.
        gap = record["likelihood"]["divergence from the exact law, nats"]
        assert gap["value"] > 3 * gap["error"]
    assert main(["likelihood", str(points / "classifier"), "--n", "20"]) == 2
    assert "a run of 'classifier' has no likelihood by None; methods it has: none" in capsys.readouterr().err


def test_reflow_straightens_a_flow_and_keeps_its_pairs(points, tmp_path, capsys):
    run = tmp_path / "straight"
    more = ["--reflow-from", str(points / "flow"), "--reflow-pairs", "64", "--reflow-steps", "5"]
    assert main(["train", "reflow", *POINTS, *more, "--out", str(run)]) == 0
    pairs = (run / "pairs.safetensors").read_bytes()
    assert main(["train", "reflow", *POINTS, *more, "--steps", "9", "--out", str(run)]) == 0
    assert (run / "pairs.safetensors").read_bytes() == pairs
    capsys.readouterr()
    other = ["--reflow-from", str(points / "edm"), "--out", str(tmp_path / "b")]
    assert main(["train", "reflow", *POINTS, *other]) == 2
    assert "--reflow-from must be a run of flow, otcfm or reflow on the same data" in capsys.readouterr().err


def test_a_flow_between_two_data_sets_starts_from_the_first(tmp_path):
    run = tmp_path / "between"
    assert main(["train", "flow", *POINTS, "--data", "moons", "--source", "8gaussians", "--out", str(run)]) == 0
    trained = open_run(run, "cpu", pytest.fail)
    x = trained.family.start(200, torch.Generator().manual_seed(0))
    assert eight_gaussians_world().log_prob(x.double()).mean() > -3


def test_classifier_guidance_moves_samples_and_refuses_strangers(points, tmp_path, capsys):
    for name, sampler in (("ddpm", None), ("ddpm", "ddim"), ("iddpm", None), ("edm", "unipc_2"), ("flow", None)):
        run = open_run(points / name, "cpu", pytest.fail)
        plain = draw(run, 8, Wishes(steps=4, sampler=sampler))
        wishes = Wishes(steps=4, sampler=sampler, classifier=points / "classifier", label=2, guidance=5.0)
        pushed = draw(run, 8, wishes)
        assert plain.shape == pushed.shape and not torch.allclose(plain, pushed) and bool(pushed.isfinite().all())
    capsys.readouterr()
    guided = ["--classifier", str(points / "classifier")]
    other = str(tmp_path / "moons")
    assert main(["train", "flow", *POINTS, "--data", "moons", "--out", other]) == 0
    assert main(["sample", other, *guided]) == 2
    assert "its own data; it was trained on 8gaussians, the run on moons" in capsys.readouterr().err
    assert main(["sample", str(points / "ddpm"), "--classifier", str(points / "edm")]) == 2
    assert "is a run of edm; train one: diffuse train classifier" in capsys.readouterr().err
    assert main(["sample", str(points / "classifier")]) == 2
    assert "a run of the family 'classifier' makes no samples; use it with --classifier" in capsys.readouterr().err
    assert main(["sample", str(points / "ddpm"), *guided, "--label", "8"]) == 2
    assert "--label must be among 0..7; got 8" in capsys.readouterr().err


def test_labels_of_data_without_classes_are_refused(tmp_path, capsys):
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("L", (9, 12), 40).save(folder / "a.png")
    settings = [*IMAGES, "--data", f"folder:{folder}", "--image-size", "8", "--image-channels", "1"]
    assert main(["train", "ddpm", *settings, "--labels", "on", "--out", str(tmp_path / "a")]) == 2
    assert "has no classes, so --labels on has nothing to tell the network" in capsys.readouterr().err
    assert main(["train", "ddpm", *settings, "--T", "40", "--out", str(tmp_path / "b")]) == 0
    Image.new("L", (9, 12), 90).save(folder / "a.png")
    assert main(["train", "ddpm", *settings, "--T", "40", "--steps", "3", "--out", str(tmp_path / "b")]) == 2
    assert "is not what this run began with: its SHA-256 is" in capsys.readouterr().err
