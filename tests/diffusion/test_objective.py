"""A compiled gradient is the gradient of autograd, and a family whose hooks a trace would lose is not traced."""

import functools

import pytest
import torch

from diffusion import config, data, objective
from diffusion.families import FAMILIES
from diffusion.objective import CompiledBackward
from diffusion.train import Trainer

SETTINGS = {
    "flow": {"network": "plain"},
    "otcfm": {"network": "plain"},
    "ddpm": {"T": 50, "labels": "on"},
    "iddpm": {"T": 50},
    "edm": {"sigma_data": 1.0, "clip_norm": 1.0},
    "ncsn": {},
    "vp": {},
    "vdm": {},
}


def trainer(family: str, compiled: bool) -> Trainer:
    shared = {"family": family, "data": "8gaussians", "hidden": 16, "layers": 2, "batch": 32, "warmup": 2}
    settings = {**shared, **SETTINGS[family], "compile": "on" if compiled else "off"}
    return Trainer(config.build(settings), data.load("8gaussians"))


@pytest.fixture
def traced(monkeypatch):
    """torch.compile without its code generator, which needs a C++ compiler and a long time: all that traces stays."""
    quick = functools.partial(torch.compile, backend="aot_eager")
    monkeypatch.setattr(objective.torch, "compile", quick)
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: None)


@pytest.mark.parametrize("family", SETTINGS)
def test_compiled_training_takes_the_steps_of_plain_training(family, traced):
    plain, compiled = trainer(family, False), trainer(family, True)
    assert isinstance(compiled._backward, CompiledBackward) == FAMILIES[family].traceable == (family != "vdm")
    for _ in range(4):
        one, other = plain.step(), compiled.step()
        torch.testing.assert_close(one.loss, other.loss, rtol=1e-5, atol=1e-6)
    for a, b in zip(plain.parameters, compiled.parameters, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
    assert not other.loss.requires_grad


def test_half_precision_keeps_to_the_compiled_network(traced):
    settings = {"family": "flow", "data": "moons", "compile": "on", "precision": "bf16"}
    assert not isinstance(Trainer(config.build(settings), data.load("moons"))._backward, CompiledBackward)
