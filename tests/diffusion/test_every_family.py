"""Every family from the command line: trained, sampled, plotted, measured; and the guidance of those that have it."""

import json

import numpy as np
import pytest
import torch
from matplotlib.image import imread
from torch import nn

from diffusion import config
from diffusion.cli import main
from diffusion.commands.sampling import Wishes, draw
from diffusion.data.toys import eight_gaussians_world
from diffusion.families.guidance import tell, with_classifier
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
        assert f"{name:32} {found['value']:.4f} ± {found['error']:.4f}" in out
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


def test_classifier_guidance_moves_samples_and_refuses_strangers(points, capsys):
    ddpm = open_run(points / "ddpm", "cpu", pytest.fail)
    plain = draw(ddpm, 8, Wishes(steps=4))
    pushed = draw(ddpm, 8, Wishes(steps=4, classifier=points / "classifier", label=2, guidance=5.0))
    assert plain.shape == pushed.shape and not torch.allclose(plain, pushed)
    capsys.readouterr()
    guided = ["--classifier", str(points / "classifier")]
    assert main(["sample", str(points / "edm"), *guided]) == 2
    assert "a classifier guides ddpm, iddpm and ddim on the same data, schedule and T" in capsys.readouterr().err
    assert main(["sample", str(points / "ddpm"), "--classifier", str(points / "edm")]) == 2
    assert "is a run of edm; train one: diffuse train classifier" in capsys.readouterr().err
    assert main(["sample", str(points / "classifier")]) == 2
    assert "a run of the family 'classifier' makes no samples; use it with --classifier" in capsys.readouterr().err
    assert main(["sample", str(points / "ddpm"), *guided, "--label", "8"]) == 2
    assert "--label must be among 0..7; got 8" in capsys.readouterr().err


class Affine(nn.Module):
    """A network whose answer tells what it was told."""

    def forward(self, x, t, labels=None):
        told = torch.full((len(x),), 3) if labels is None else labels
        return x + told[:, None].to(x.dtype)


def test_classifier_free_guidance_extrapolates():
    """uncond + s (cond - uncond): the label 3 is "not told" here, so that x + 3 + s (label - 3) comes out."""
    x, t, labels = torch.randn(4, 2), torch.arange(4), torch.tensor([0, 1, 2, 0])
    for scale in (0.0, 1.0, 2.5):
        want = x + 3 + scale * (labels - 3)[:, None]
        torch.testing.assert_close(tell(Affine(), labels, scale, classes=3)(x, t), want)
    torch.testing.assert_close(tell(Affine())(x, t), x + 3)


def test_classifier_guidance_of_two_gaussians_is_the_exact_conditional_score():
    """With the posterior of a mixture as classifier, scale 1 turns its score into that of one component."""
    means, sigma = torch.tensor([[-1.0, 0.5], [1.0, 0.0]]), torch.tensor([0.0, 0.7])
    world_var = 0.2

    def log_joint(x, s):
        return -0.5 * (x[:, None] - means).square().sum(-1) / (world_var + s**2)

    def eps(x, t):
        s = sigma[t][:, None]
        r = log_joint(x, s).softmax(-1)
        return s * (x - r @ means) / (world_var + s**2)

    x, t, labels = torch.randn(5, 2), torch.ones(5, dtype=torch.int64), torch.tensor([0, 1, 0, 1, 1])
    guided = with_classifier(eps, lambda x, t: log_joint(x, sigma[t][:, None]), labels, sigma, 1.0)
    s = sigma[1]
    torch.testing.assert_close(guided(x, t), s * (x - means[labels]) / (world_var + s**2))


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
