"""Recorded operations give what the function gives, also where a shortcut would not."""

import pytest
import torch

from diffusion.recording import record

HELD = torch.arange(1.0, 5.0)


def scaled(x):
    """What no input reaches is computed once: a chain of operations on a tensor that the function holds."""
    return [x * (HELD.cos() + 2).exp().unsqueeze(0), x.t().t() ** 1.0, *(HELD * 2).reshape(2, 2).unbind()]


def written_in_place(x):
    """A scratch tensor that is written to begins anew in every run."""
    scratch = HELD * 1
    scratch.view(2, 2).add_(x.sum())
    return [scratch + x]


def drawn(x):
    """Random numbers are not constants."""
    return [x + torch.rand_like(HELD)]


@pytest.mark.parametrize("function", [scaled, written_in_place, drawn])
def test_every_run_is_the_function(function):
    run = record(function, (torch.ones(3, 4),))
    for seed in range(3):
        x = torch.randn(3, 4, generator=torch.Generator().manual_seed(seed))
        torch.manual_seed(seed)
        found = [value.clone() for value in run(x)]
        torch.manual_seed(seed)
        for a, b in zip(found, function(x), strict=True):
            assert torch.equal(a, b)


def test_what_no_input_reaches_is_computed_once():
    code = record(scaled, (torch.ones(3, 4),)).__self__.code
    assert "mul" in code and not any(name in code for name in ("cos", "exp", "pow", "unsqueeze", "torch.t("))
