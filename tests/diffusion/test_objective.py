"""A compiled gradient is the gradient of autograd, and a family whose hooks a trace would lose is not traced."""

import functools

import pytest
import torch

from diffusion import config, data, objective
from diffusion.families import FAMILIES
from diffusion.objective import Backward, CompiledBackward, Objective, RecordedBackward
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


@pytest.mark.parametrize("family", SETTINGS)
def test_recorded_operations_take_the_steps_of_autograd_bit_for_bit(family):
    by_autograd, recorded = trainer(family, False), trainer(family, False)
    by_autograd._backward = Backward(Objective(by_autograd.family, by_autograd.model), by_autograd._forward)
    assert isinstance(recorded._backward, RecordedBackward) == (family != "vdm")
    for _ in range(4):
        one, other = by_autograd.step(), recorded.step()
        assert torch.equal(one.loss, other.loss) and not other.loss.requires_grad
    pairs = list(zip(by_autograd.parameters, recorded.parameters, strict=True))
    assert all(torch.equal(a, b) for a, b in pairs)
    # In-place clipping must not reach another gradient: none share their memory.
    places = [p.grad.untyped_storage().data_ptr() for p in recorded.parameters]
    assert len(set(places)) == len(places)


def test_another_kind_of_batch_is_recorded_anew():
    made = trainer("ddpm", False)
    x_0, labels, draws = made._next()
    made._backward(x_0, labels, draws)
    for given in ((x_0[:5], labels[:5], {k: v[:5] for k, v in draws.items()}), (x_0, None, draws)):
        losses, loss = made._backward(*given)
        found = [p.grad.clone() for p in made.parameters]
        want, _ = Backward(Objective(made.family, made.model), made._forward)(*given)
        assert torch.equal(losses, want) and torch.equal(loss, want.mean())
        for a, p in zip(found, made.parameters, strict=True):
            assert torch.equal(a, torch.zeros_like(a) if p.grad is None else p.grad)


def test_images_and_half_precision_are_left_to_autograd():
    settings = {"family": "flow", "data": "moons", "precision": "bf16"}
    assert type(Trainer(config.build(settings), data.load("moons"))._backward) is Backward
    settings = {"family": "ddpm", "channels": 8, "heads": 2}
    assert type(Trainer(config.build(settings), data.load("digits"))._backward) is Backward


@pytest.fixture
def traced(monkeypatch):
    """torch.compile without its code generator, which needs a C++ compiler and a long time: all that traces stays."""
    quick = functools.partial(torch.compile, backend="aot_eager")
    monkeypatch.setattr(objective.torch, "compile", quick)
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: None)


# The losses of OT-CFM and NCSN are those of flow matching and VP.
@pytest.mark.parametrize("family", [name for name in SETTINGS if name not in ("otcfm", "ncsn")])
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
