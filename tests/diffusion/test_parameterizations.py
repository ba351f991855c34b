"""Parameterizations: every conversion, every loss weight, against the definitions and the identities of the papers."""

import itertools

import pytest
import torch

from diffusion.parameterizations import EPS, PARAMETERIZATIONS, SCORE, VELOCITY, X_0, V, convert, edm, input_scale
from diffusion.paths import PATHS, Level, path
from diffusion.predictions import data_and_noise, general_preconditioning, loss_weight
from diffusion.worlds import GaussianMixture, Points, oracle, velocity
from tests.diffusion.exact_flow import F64

INSIDE = torch.tensor([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99], dtype=F64)
GENERATOR = torch.Generator().manual_seed(0)
X0, NOISE = torch.randn(7, 2, dtype=F64, generator=GENERATOR), torch.randn(7, 2, dtype=F64, generator=GENERATOR)


def levels(name: str) -> Level:
    with torch.no_grad():
        return path(name).level(INSIDE)


def column(values: torch.Tensor) -> torch.Tensor:
    return values.unsqueeze(-1)


def by_definition(name: str, at: Level) -> torch.Tensor:
    """The target of each kind, written from its paper."""
    alpha, sigma = column(at.alpha), column(at.sigma)
    x_t = alpha * X0 + sigma * NOISE
    if name == "F":
        spread = (alpha**2 * 0.25 + sigma**2).sqrt()
        c_skip, c_out = alpha * 0.25 / spread**2, sigma * 0.5 / spread
        return (X0 - c_skip * x_t) / c_out
    return {
        "eps": NOISE,
        "x_0": X0,
        "v": alpha * NOISE - sigma * X0,
        "score": (alpha * X0 - x_t) / sigma**2,
        "velocity": column(at.d_alpha) * X0 + column(at.d_sigma) * NOISE,
    }[name]


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("name", PARAMETERIZATIONS)
def test_targets_are_the_definitions(name, along):
    at = levels(along)
    torch.testing.assert_close(PARAMETERIZATIONS[name].target(X0, NOISE, at), by_definition(name, at), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("pair", list(itertools.permutations(PARAMETERIZATIONS, 2)), ids="->".join)
def test_conversions_are_right_and_go_round(pair, along):
    source, target = (PARAMETERIZATIONS[name] for name in pair)
    at = levels(along)
    x_t = column(at.alpha) * X0 + column(at.sigma) * NOISE
    there = convert(source.target(X0, NOISE, at), x_t, source, target, at)
    torch.testing.assert_close(there, target.target(X0, NOISE, at), rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(convert(there, x_t, target, source, at), source.target(X0, NOISE, at), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("name", PARAMETERIZATIONS)
def test_a_prediction_gives_back_x_0_and_eps(name, along):
    kind, at = PARAMETERIZATIONS[name], levels(along)
    x_t, prediction = column(at.alpha) * X0 + column(at.sigma) * NOISE, kind.target(X0, NOISE, at)
    for (c, d), want in ((kind.to_x_0(at), X0), (kind.to_eps(at), NOISE)):
        torch.testing.assert_close(column(c) * x_t + column(d) * prediction, want, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("name", PARAMETERIZATIONS)
def test_the_loss_weight_relates_the_errors(name, along):
    """|p - p_hat|^2 = w |x_0 - x_hat|^2, for any wrong prediction p_hat."""
    kind, at = PARAMETERIZATIONS[name], levels(along)
    x_t, truth = column(at.alpha) * X0 + column(at.sigma) * NOISE, kind.target(X0, NOISE, at)
    wrong = truth + 0.3 * torch.tensor([1.0, -2.0], dtype=F64)
    c, d = (column(value) for value in kind.to_x_0(at))
    miss = (c * x_t + d * wrong - X0).square().sum(1)
    torch.testing.assert_close((wrong - truth).square().sum(1), kind.loss_weight(at) * miss, rtol=1e-6, atol=0)


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("name", PARAMETERIZATIONS)
def test_the_tables_are_the_formulas_at_their_pairs(name, along):
    """What is computed for tables of levels is param.linear_map and param.loss_weight at each level."""
    kind, at = PARAMETERIZATIONS[name], levels(along)
    a, b = kind.pair(at)
    x_t, prediction = column(at.alpha) * X0 + column(at.sigma) * NOISE, kind.target(X0, NOISE, at)
    formulas = data_and_noise(x_t, prediction, *(column(value) for value in (at.alpha, at.sigma, a, b)))
    for (c, d), want in zip((kind.to_x_0(at), kind.to_eps(at)), formulas, strict=True):
        torch.testing.assert_close(column(c) * x_t + column(d) * prediction, want, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(kind.loss_weight(at), loss_weight(at.alpha, at.sigma, a, b))


@pytest.mark.parametrize("along", PATHS)
def test_the_tables_of_edm_are_the_formulas(along):
    at, s = levels(along), torch.tensor(0.5, dtype=F64)
    c_in, c_skip, c_out, weight = general_preconditioning(at.alpha, at.sigma, s)
    torch.testing.assert_close(input_scale(at), c_in)
    for got, want in zip(edm().to_x_0(at), (c_skip, c_out), strict=True):
        torch.testing.assert_close(got, want)
    torch.testing.assert_close(edm().loss_weight(at), weight)


@pytest.mark.parametrize("along", PATHS)
def test_weights_are_those_of_the_papers(along):
    at = levels(along)
    snr = (at.alpha / at.sigma).square()
    torch.testing.assert_close(EPS.loss_weight(at), snr)
    torch.testing.assert_close(X_0.loss_weight(at), torch.ones_like(snr))
    torch.testing.assert_close(V.loss_weight(at), (at.alpha**2 + at.sigma**2) ** 2 / at.sigma**2)
    torch.testing.assert_close(SCORE.loss_weight(at), at.alpha**2 / at.sigma**4)
    # EDM: lambda(sigma) = (sigma^2 + s^2) / (sigma s)^2 for the unscaled x / alpha, whose noise is sigma / alpha.
    ratio = at.sigma / at.alpha
    torch.testing.assert_close(edm(0.5).loss_weight(at), (ratio**2 + 0.25) / (0.5 * ratio) ** 2)
    gap = at.alpha * at.d_sigma - at.sigma * at.d_alpha
    torch.testing.assert_close(SCORE.loss_weight(at) / VELOCITY.loss_weight(at), (at.alpha / (at.sigma * gap)).square())
    if along not in ("sub_vp", "ve", "edm", "flow"):
        torch.testing.assert_close(V.loss_weight(at), snr + 1)


def test_f_of_edm_is_minus_v_where_variance_is_preserved_and_the_data_has_unit_variance():
    at = levels("linear")
    torch.testing.assert_close(edm(1.0).target(X0, NOISE, at), -V.target(X0, NOISE, at), rtol=1e-12, atol=1e-12)


def test_edm_scales_input_and_target_to_unit_variance():
    n, generator = 200_000, torch.Generator().manual_seed(0)
    x_0, eps = 0.5 * torch.randn(n, 1, generator=generator), torch.randn(n, 1, generator=generator)
    for along in ("edm", "flow", "linear"):
        for t in (0.2, 0.6, 0.95):
            at = Level(*(value.float() for value in path(along).level(torch.tensor(t))))
            x_t = at.alpha * x_0 + at.sigma * eps
            assert (input_scale(at) * x_t).var().item() == pytest.approx(1, abs=0.02)
            assert edm().target(x_0, eps, at).var().item() == pytest.approx(1, abs=0.02)


def test_v_is_the_velocity_of_the_quarter_circle():
    at = levels("trigonometric")
    torch.testing.assert_close(VELOCITY.target(X0, NOISE, at), torch.pi / 2 * V.target(X0, NOISE, at))


@pytest.mark.parametrize("along", PATHS)
def test_velocity_is_the_derivative_of_the_noised_point(along):
    t = INSIDE.clone().requires_grad_()
    x_t = path(along).perturb(X0, NOISE, t)
    slope = torch.stack([torch.autograd.grad(x_t[:, i].sum(), t, retain_graph=True)[0] for i in range(2)], dim=1)
    torch.testing.assert_close(VELOCITY.target(X0, NOISE, levels(along)), slope.detach(), rtol=1e-7, atol=1e-9)


def test_an_oracle_answers_in_every_parameterization():
    """Each is the conditional expectation of its target, by quadrature over x_0 in one dimension."""
    world = GaussianMixture(
        torch.tensor([0.3, 0.7], dtype=F64), torch.tensor([[-1.0], [0.8]], dtype=F64), torch.tensor([0.1, 0.3], dtype=F64)
    )
    grid = torch.linspace(-6, 6, 20_001, dtype=F64)
    x_t = torch.tensor([[0.4], [-0.7]], dtype=F64)
    along = path("linear")
    at = along.level(torch.tensor([0.3, 0.6]))
    residual = (x_t - column(at.alpha) * grid) / column(at.sigma)
    weights = torch.softmax(world.log_prob(grid[:, None]) - 0.5 * residual.square(), dim=1)
    for kind in PARAMETERIZATIONS.values():
        a, b = (column(value) for value in kind.pair(at))
        want = (weights * (a * grid + b * residual)).sum(1, keepdim=True)
        torch.testing.assert_close(oracle(world, along, kind)(x_t, at.t), want, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(velocity(world, x_t, at), oracle(world, along, VELOCITY)(x_t, at.t), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("kind", PARAMETERIZATIONS.values(), ids=PARAMETERIZATIONS)
def test_the_oracle_of_one_point_has_no_loss(kind, along):
    point, at = torch.tensor([[0.3, -0.4]], dtype=F64), levels(along)
    x_t = column(at.alpha) * point + column(at.sigma) * NOISE
    miss = oracle(Points(point), path(along), kind)(x_t, INSIDE) - kind.target(point.expand(7, 2), NOISE, at)
    assert (miss.square().sum(1) / kind.loss_weight(at)).max() < 1e-18


def test_a_time_for_the_whole_batch_or_for_each_sample():
    each = levels("linear")
    for i in range(7):
        one = Level(*(value[i] for value in each))
        torch.testing.assert_close(V.target(X0, NOISE, one)[i], V.target(X0, NOISE, each)[i])


def test_clear_errors():
    with pytest.raises(ValueError, match="sigma_data is a standard deviation and must be positive; got 0"):
        edm(0.0)
