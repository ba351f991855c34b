"""The assignment is the least one, whatever the cost: by SciPy on the bare cost, and where Sinkhorn overflows."""

import pytest
import torch
from scipy.optimize import linear_sum_assignment

from diffusion import transport
from diffusion.transport import assignment


def cost(name: str) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(60, 3, generator=generator, dtype=torch.float64) for _ in range(2))
    far = x.clone()
    far[0] += 1e6
    return {
        "data and noise": -(5 * x.sign() + 0.1 * x) @ y.mT,
        "float32": (-x @ y.mT).float(),
        "one point far away": torch.cdist(far, y).square(),
        "no differences": torch.full((7, 7), 3.0),
        "zeros": torch.zeros(5, 5),
        "ties": torch.randint(3, (40, 40), generator=generator).float(),
        "one row": torch.ones(1, 1),
        "large numbers everywhere": 1e12 + torch.cdist(x, y),
    }[name]


NAMES = ("data and noise", "float32", "one point far away", "no differences", "zeros", "ties", "one row",
         "large numbers everywhere")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_total_is_the_least(name):
    c = cost(name)
    columns, rows = assignment(c), torch.arange(len(c))
    assert sorted(columns.tolist()) == rows.tolist()
    want = c.double().numpy()[linear_sum_assignment(c.numpy())].sum()
    assert c.double()[rows, columns].sum().item() == pytest.approx(want, rel=1e-12)


def test_potentials_make_the_reduced_cost_small_and_any_would_do(monkeypatch):
    c = cost("data and noise")
    c = c - c.mean(1, keepdim=True) - c.mean(0) + c.mean()
    least = c[torch.arange(60), assignment(c)].sum()
    rows, columns = transport._potentials(c)
    # Potentials bound the least total from below once the reduced cost is positive; good ones bound it closely.
    reduced = c - rows[:, None] - columns
    rows = rows + reduced.amin(1)
    columns = columns + (c - rows[:, None] - columns).amin(0)
    bound, without = rows.sum() + columns.sum(), c.amin(1).sum()
    assert bound <= least + 1e-9 and least - bound < 0.2 * (least - without)
    monkeypatch.setattr(transport, "_potentials", lambda _: (torch.randn(60).double(), torch.randn(60).double()))
    assert c[torch.arange(60), assignment(c)].sum().item() == pytest.approx(least.item(), rel=1e-12)
