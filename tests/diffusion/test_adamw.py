"""The optimiser computes what torch.optim.AdamW computes, and goes on from its state bit for bit."""

import pytest
import torch

from diffusion.adamw import KERNEL, AdamW
from diffusion.errors import UserError

SHAPES = ((3, 5), (7,), (2, 2, 3))


def parameters() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator).requires_grad_() for shape in SHAPES]


def pull(tensors: list[torch.Tensor], step: int, without: int | None = None) -> None:
    """Gradients for a step; one parameter may get none."""
    for i, tensor in enumerate(tensors):
        generator = torch.Generator().manual_seed(100 * step + i)
        tensor.grad = None if i == without else torch.randn(tensor.shape, generator=generator)


@pytest.mark.parametrize("weight_decay", [0.0, 0.01])
def test_it_takes_the_steps_of_torch_and_leaves_out_what_has_no_gradient(weight_decay):
    ours, theirs = parameters(), parameters()
    mine, other = AdamW(ours, weight_decay), torch.optim.AdamW(theirs, lr=1.0, weight_decay=weight_decay, fused=True)
    for step in range(12):
        for side in (ours, theirs):
            # In every third step the second parameter has no gradient: its own count must then stand still.
            pull(side, step, without=1 if step % 3 == 2 else None)
        mine.step(0.1 / (1 + step))
        other.param_groups[0]["lr"] = 0.1 / (1 + step)
        other.step()
        for a, b in zip(ours, theirs, strict=True):
            assert torch.equal(a, b)
    assert [int(mine.state()[f"{i}/step"]) for i in range(3)] == [12, 8, 12]


def test_it_goes_on_from_its_state_and_refuses_that_of_other_parameters():
    straight, split = parameters(), parameters()
    first, second = AdamW(straight), AdamW(split)
    for step in range(4):
        for side, optimizer in ((straight, first), (split, second)):
            pull(side, step)
            optimizer.step(0.1)
    kept = {name: value.clone() for name, value in second.state().items()}
    resumed = AdamW(split)
    resumed.restore(kept)
    for side, optimizer in ((straight, first), (split, resumed)):
        pull(side, 4)
        optimizer.step(0.1)
    assert all(torch.equal(a, b) for a, b in zip(straight, split, strict=True))
    with pytest.raises(KeyError, match="2/exp_avg"):
        AdamW(split).restore({k: v for k, v in kept.items() if not k.startswith("2/")})
    with pytest.raises(RuntimeError, match="must match the size"):
        AdamW([torch.zeros(2), *split[1:]]).restore(kept)


def test_a_pytorch_without_the_kernel_is_refused_when_the_optimiser_is_made(monkeypatch):
    monkeypatch.delattr(torch, KERNEL)
    with pytest.raises(UserError, match="has no _fused_adamw_, by which training takes its steps; install the version"):
        AdamW(parameters())
