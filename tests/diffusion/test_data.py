"""Data sets: ranges, moments, the same on every call; and an order that can be taken up again."""

import math

import pytest
import torch

from diffusion import data
from diffusion.data.toys import TOYS, eight_gaussians_world


def test_digits_are_images_between_minus_one_and_one():
    digits = data.load("digits")
    assert digits.x.shape == (1437, 1, 8, 8) and digits.x.dtype == torch.float32
    assert digits.shape == (1, 8, 8)
    assert digits.x.min() == -1 and digits.x.max() == 1
    # 17 grey levels, so that nothing was lost.
    assert len(digits.x.unique()) == 17 and bool((digits.x.unique().diff() == digits.bin_width).all())
    assert digits.classes == 10 and digits.labels.shape == (1437,)


def test_the_digits_are_cut_in_two_parts_without_a_common_image():
    train, test, every = data.digits("train"), data.digits("test"), data.digits("all")
    assert (len(train.x), len(test.x), len(every.x)) == (1437, 360, 1797)
    rows = torch.cat([train.x, test.x]).flatten(1).tolist()
    assert sorted(rows) == sorted(every.x.flatten(1).tolist())
    assert bool((torch.bincount(test.labels, minlength=10) > 20).all())


@pytest.mark.parametrize("name", TOYS)
def test_points_have_mean_zero_and_variance_one(name):
    points = data.load(name)
    n = len(points.x)
    assert points.shape == (2,)
    assert bool((points.x.mean(0).abs() < 4 / n**0.5).all())
    torch.testing.assert_close(points.x.var(0), torch.ones(2), rtol=0.03, atol=0)
    assert torch.equal(points.x, data.load(name).x)
    assert not torch.equal(points.x, data.load(name, "test").x)
    assert torch.equal(points.labels.unique(), torch.arange(points.classes)) and points.bin_width == 0


def test_eight_gaussians_lie_on_the_circle_in_equal_parts():
    x = data.load("8gaussians").x
    sector = (torch.atan2(x[:, 1], x[:, 0]) / (math.pi / 4)).round().long() % 8
    counts = torch.bincount(sector, minlength=8)
    assert bool(((counts / len(x) - 1 / 8).abs() < 5 * (1 / 8 * 7 / 8 / len(x)) ** 0.5).all())


def test_the_labels_of_points_say_which_part_they_come_from():
    x, labels = data.load("8gaussians").x, data.load("8gaussians").labels
    sector = (torch.atan2(x[:, 1], x[:, 0]) / (math.pi / 4)).round().long() % 8
    assert (sector == labels).double().mean() > 0.999
    board = data.load("checkerboard")
    cell = (board.x / (math.sqrt(3) / 2)).floor() + 2
    assert torch.equal(cell[:, 0].long(), board.labels) and bool(((cell.sum(1) % 2) == 0).all())


def test_the_exact_law_of_the_eight_gaussians_is_that_of_its_points():
    """Its entropy, by the points and by draws of the world itself, within four standard errors."""
    world, x = eight_gaussians_world(), data.load("8gaussians").x.double()
    ours, theirs = world.log_prob(x), world.log_prob(world.sample(len(x), torch.Generator().manual_seed(0)))
    spread = (ours.var() / len(x) + theirs.var() / len(x)).sqrt()
    assert abs(ours.mean() - theirs.mean()) < 4 * spread


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
