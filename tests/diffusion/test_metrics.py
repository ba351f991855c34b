"""Metrics against exact answers: laws whose distance is a formula, and errors against the spread of repetitions."""

import math

import pytest
import torch

from diffusion import metrics, transport
from diffusion.data import Dataset
from diffusion.errors import UserError
from diffusion.metrics import Estimate
from diffusion.metrics.distances import frechet_gaussian
from diffusion.metrics.features import features, train_classifier
from diffusion.metrics.manifold import covered

F64 = torch.float64
SHIFT = torch.tensor([0.6, -0.8], dtype=F64)


def normal(n: int, d: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=F64, generator=torch.Generator().manual_seed(seed))


def test_the_best_transport_of_a_shifted_cloud_is_the_shift():
    """Translations are optimal maps, so W_2 is the length of the shift: here 1, whatever the order of the rows."""
    x = normal(200)
    y = x[torch.randperm(200, generator=torch.Generator().manual_seed(1))] + SHIFT
    assert metrics.wasserstein(x, y) == pytest.approx(1, rel=1e-9)
    assert metrics.wasserstein(x, x.flip(0)) == pytest.approx(0, abs=1e-7)


def test_on_the_line_transport_joins_sorted_points():
    x, y = normal(150, 1), 2 * normal(150, 1, seed=1) + 1
    want = (x.sort(0).values - y.sort(0).values).square().mean().sqrt().item()
    assert metrics.wasserstein(x, y) == pytest.approx(want, rel=1e-9)
    assert metrics.sliced_wasserstein(x, y) == pytest.approx(want, rel=1e-9)


def test_without_pot_rows_beyond_the_smaller_number_are_left_out_and_weights_refused(monkeypatch):
    monkeypatch.setattr(transport, "any_sizes", lambda: False)
    x, y = normal(60), normal(50, seed=1)
    assert metrics.wasserstein(x, y) == metrics.wasserstein(x[:50], y) == metrics.wasserstein(y, x)
    with pytest.raises(ValueError, match=r"with weights, needs POT; run: pip install 'exegesis\[transport\]'"):
        metrics.wasserstein(x, y, torch.ones(60))


def test_pot_and_scipy_agree(monkeypatch):
    pytest.importorskip("ot")
    x, y = normal(120), normal(120, seed=1) + SHIFT
    by_pot = metrics.wasserstein(x, y)
    monkeypatch.setattr(transport, "any_sizes", lambda: False)
    assert metrics.wasserstein(x, y) == pytest.approx(by_pot, rel=1e-12)


def test_pot_carries_unequal_samples_and_weights():
    """A point of weight 2 is that point twice; and on the line transport joins quantiles."""
    pytest.importorskip("ot")
    x, y = normal(40), normal(60, seed=1) + SHIFT
    doubled = metrics.wasserstein(torch.cat([x, x[:20]]), y)
    weights = torch.cat([torch.full((20,), 2.0), torch.ones(20)])
    assert metrics.wasserstein(x, y, weights) == pytest.approx(doubled, rel=1e-9)
    assert metrics.wasserstein(y, x, None, 7 * weights) == pytest.approx(doubled, rel=1e-9)
    a, b = normal(4, 1), normal(6, 1, seed=1)
    levels = (torch.arange(12) + 0.5) / 12
    joined = (a.sort(0).values[(4 * levels).long()] - b.sort(0).values[(6 * levels).long()]).square().mean().sqrt()
    assert metrics.wasserstein(a, b) == pytest.approx(joined.item(), rel=1e-9)
    with pytest.raises(ValueError, match=r"weights of 40 points are 40 positive numbers; got shape \(3,\)"):
        metrics.wasserstein(x, y, torch.ones(3))


def test_sliced_distance_of_a_shift():
    """Every projection moves by its share of the shift: the mean square over directions is |shift|^2 / d."""
    x = normal(300, 5)
    y = x + torch.tensor([3.0, 0, 0, 0, 0], dtype=F64)
    assert metrics.sliced_wasserstein(x, y) == pytest.approx(3 / math.sqrt(5), rel=0.1)
    assert metrics.sliced_wasserstein(x, x) == 0


def test_the_discrepancy_of_two_gaussians_is_the_closed_form():
    """E k(X, X') for N(0, 1) and a kernel of bandwidth h is (1 + 2 / h^2)^(-1/2), and so on, per coordinate."""
    n, h = 800, 1.3
    x, y = normal(n), normal(n, seed=1) + SHIFT
    same = 1 / (1 + 2 / h**2)
    cross = same * math.exp(-0.5 / (h**2 + 2))
    got = metrics.jackknife(lambda a, b: metrics.mmd(a, b, h), x, y)
    assert abs(got.value - 2 * (same - cross)) < 4 * got.error and got.error < 0.2 * got.value
    null = metrics.jackknife(lambda a, b: metrics.mmd(a, b, h), x[: n // 2], x[n // 2 :])
    assert abs(null.value) < 4 * null.error


def test_the_frechet_distance_of_two_gaussians():
    m = torch.zeros(2, dtype=F64)
    a, b = torch.diag(torch.tensor([4.0, 1.0], dtype=F64)), torch.diag(torch.tensor([1.0, 9.0], dtype=F64))
    # Commuting covariances: the squared distance of their roots.
    assert frechet_gaussian(m, a, m + SHIFT, b) == pytest.approx(1 + 1 + 4, rel=1e-12)
    turn = torch.linalg.qr(normal(2)).Q
    assert frechet_gaussian(turn @ m, turn @ a @ turn.T, turn @ (m + SHIFT), turn @ b @ turn.T) == pytest.approx(6)
    x = normal(400, 3)
    assert metrics.frechet(x, x) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet(x, x + 2) == pytest.approx(12, rel=1e-9)


def test_precision_and_recall_see_what_is_missing():
    x, far = normal(300), normal(100, seed=1) + 100
    assert metrics.precision(x, x) == metrics.recall(x, x) == 1
    assert metrics.precision(far, x) == metrics.recall(far, x) == 0
    two_modes = torch.cat([x, x + 100])
    assert metrics.precision(x, two_modes) == 1 and metrics.recall(x, two_modes) == 0.5
    assert bool(covered(torch.zeros(1, 1), torch.tensor([[1.0], [2.0], [3.0]]), 1)) is True
    assert bool(covered(torch.tensor([[-0.01]]), torch.tensor([[1.0], [2.0], [3.0]]), 1)) is False
    with pytest.raises(ValueError, match="balls that reach to the 3-th neighbour need more than 3 rows; got 3"):
        metrics.precision(x, x[:3])


def test_the_jackknife_of_a_difference_of_means_is_its_standard_error():
    x, y = normal(1000, 1), 3 * normal(500, 1, seed=1)
    got = metrics.jackknife(lambda a, b: (a.mean() - b.mean()).item(), x, y, groups=100)
    want = (x.var() / 1000 + y.var() / 500).sqrt().item()
    assert got.error == pytest.approx(want, rel=0.2)
    assert metrics.mean(x[:, 0]).error == pytest.approx((x.var() / 1000).sqrt().item(), rel=1e-12)
    with pytest.raises(ValueError, match="10 groups need at least 20 rows in each sample; got 1000 and 19"):
        metrics.jackknife(metrics.wasserstein, x, y[:19])


@pytest.mark.parametrize("name", ["wasserstein", "sliced_wasserstein", "frechet"])
def test_standard_errors_are_the_spread_over_repetitions(name):
    """Within a factor of two, for a distance that is not near 0."""
    statistic = getattr(metrics, name)
    pairs = [(normal(100, seed=i), normal(100, seed=100 + i) + 2 * SHIFT) for i in range(24)]
    values = torch.tensor([statistic(x, y) for x, y in pairs])
    errors = torch.tensor([metrics.jackknife(statistic, x, y).error for x, y in pairs[:8]])
    assert 0.5 < (errors.mean() / values.std()).item() < 2


def test_the_classifier_learns_the_classes_and_is_the_same_every_time(monkeypatch):
    monkeypatch.setattr("diffusion.metrics.features.STEPS", 40)
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(200) % 2
    x = (2.0 * labels - 1).view(-1, 1, 1, 1) * torch.ones(200, 1, 8, 8) + 0.5 * torch.randn(
        200, 1, 8, 8, generator=generator
    )
    data = Dataset("stripes", x, labels, 2)
    first, second = train_classifier(data, data), train_classifier(data, data)
    assert first.accuracy == 1.0
    f = features(first.network, x)
    assert f.shape == (200, 64) and torch.equal(f, features(second.network, x))
    assert metrics.frechet(f[labels == 0], f[labels == 1]) > 20 * metrics.frechet(f[:100], f[100:])
    with pytest.raises(UserError, match="the data 'bare' has no classes, so no classifier can be trained"):
        train_classifier(Dataset("bare", x), data)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.32871, 0.06204, "0.329 ± 0.062"),
        (3.569, 0.3, "3.57 ± 0.30"),
        (0.00041, 0.00996, "0.000 ± 0.010"),
        (0.0004, 0.00312, "0.0004 ± 0.0031"),
        (-12.918, 1.272, "-12.9 ± 1.3"),
        (-1291.8, 12.72, "-1292 ± 13"),
        (1291.8, 127.2, "1290 ± 130"),
        (1.5, 9.96, "2 ± 10"),
        (1.0, 0.0, "1 ± 0"),
        (0.25, float("nan"), "0.25 ± nan"),
    ],
)
def test_an_error_is_shown_to_two_digits_and_the_value_to_match(value, error, text):
    assert str(Estimate(value, error)) == text
