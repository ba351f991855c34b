"""Data sets: ranges, moments, the same on every call; and an order that can be taken up again."""

import math

import pytest
import torch

from diffusion import data


def test_digits_are_images_between_minus_one_and_one():
    digits = data.load("digits")
    assert digits.x.shape == (1797, 1, 8, 8) and digits.x.dtype == torch.float32
    assert digits.shape == (1, 8, 8)
    assert digits.x.min() == -1 and digits.x.max() == 1
    # 17 grey levels, so that nothing was lost.
    assert len(digits.x.unique()) == 17


@pytest.mark.parametrize("name", ["8gaussians", "moons"])
def test_points_have_mean_zero_and_variance_one(name):
    points = data.load(name)
    n = len(points.x)
    assert points.shape == (2,)
    assert bool((points.x.mean(0).abs() < 4 / n**0.5).all())
    torch.testing.assert_close(points.x.var(0), torch.ones(2), rtol=0.03, atol=0)
    assert torch.equal(points.x, data.load(name).x)


def test_eight_gaussians_lie_on_the_circle_in_equal_parts():
    x = data.load("8gaussians").x
    sector = (torch.atan2(x[:, 1], x[:, 0]) / (math.pi / 4)).round().long() % 8
    counts = torch.bincount(sector, minlength=8)
    assert bool(((counts / len(x) - 1 / 8).abs() < 5 * (1 / 8 * 7 / 8 / len(x)) ** 0.5).all())


def test_each_pass_shows_every_sample_once():
    order = data.DataOrder(10, seed=3)
    drawn = torch.cat([order.next(4) for _ in range(5)])
    assert torch.equal(drawn[:10].sort().values, torch.arange(10))
    assert torch.equal(drawn[10:].sort().values, torch.arange(10))
    assert not torch.equal(drawn[:10], drawn[10:])
    assert len(data.DataOrder(3, seed=0).next(10)) == 10


def test_an_order_continues_from_its_state():
    order = data.DataOrder(10, seed=3)
    order.next(17)
    state, rest = order.state(), order.next(25)
    again = data.DataOrder(10, seed=3)
    again.restore(state)
    assert torch.equal(again.next(25), rest)


def test_seeds_differ_by_purpose():
    seeds = {data.seed_for(seed, purpose) for seed in range(50) for purpose in ("a", "b", "epoch 1")}
    assert len(seeds) == 150
