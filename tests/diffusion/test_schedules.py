"""Schedules against published facts, against each other's definitions, and at their ends."""

import math
from decimal import Decimal, getcontext

import pytest
import torch

from diffusion.conventions import ddpm_tables
from diffusion.forward import accumulated_variance, prior_kl
from diffusion.schedules import SCHEDULES, Schedule, cosine, linear, schedule


def test_linear_schedule_ends_where_ddpm_ends():
    s = linear(1000)
    assert s.T == 1000
    assert s.beta[1].item() == pytest.approx(1e-4, rel=1e-12)
    assert s.beta[1000].item() == pytest.approx(0.02, rel=1e-12)
    assert s.alpha_bar[1000].item() == pytest.approx(4.0358e-5, rel=2e-5)


def test_prior_kl_of_the_linear_schedule_per_unit_variance_dimension():
    s = linear(1000)
    kl = prior_kl(torch.ones(1, dtype=torch.float64), s.alpha_bar[-1])
    assert kl.item() == pytest.approx(2.0e-5, rel=0.01)


def test_alpha_bar_against_exact_arithmetic():
    getcontext().prec = 60
    s = linear(1000)
    product = Decimal(1)
    for t in range(1, 1001):
        product *= 1 - Decimal(s.beta[t].item())
        assert s.alpha_bar[t].item() == pytest.approx(float(product), rel=2e-15 * math.sqrt(t))
        assert s.variance[t].item() == pytest.approx(float(1 - product), rel=1e-14)


def test_naive_half_precision_product_would_fail_that_test():
    s = linear(1000)
    naive = (1 - s.beta[1:].to(torch.bfloat16)).cumprod(0)
    assert abs(naive[-1].item() / s.alpha_bar[-1].item() - 1) > 0.01


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("T", [25, 100, 1000])
def test_tables_agree_with_each_other(name, T):
    s = schedule(name, T)
    alpha, alpha_bar = ddpm_tables(s.beta[1:])
    assert s.alpha_bar[0] == 1 and s.beta[0] == 0 and s.alpha[0] == 1 and s.variance[0] == 0
    torch.testing.assert_close(alpha, s.alpha[1:], rtol=0, atol=0)
    torch.testing.assert_close(alpha_bar, s.alpha_bar[1:], rtol=1e-13, atol=0)
    torch.testing.assert_close(s.alpha_bar + s.variance, torch.ones_like(s.alpha_bar), rtol=0, atol=1e-15)
    assert bool((s.log_snr.diff() < 0).all()) and s.log_snr[0] == math.inf
    torch.testing.assert_close(accumulated_variance(s.alpha[1:]), s.variance[-1], rtol=1e-13, atol=0)
    assert all(table.dtype == torch.float64 and table.shape == (T + 1,) for table in (s.beta, s.alpha, s.log_snr))


def test_cosine_follows_its_definition_and_is_clipped():
    T, offset = 1000, 0.008
    s = cosine(T, offset)
    f = [math.cos((t / T + offset) / (1 + offset) * math.pi / 2) ** 2 for t in range(T + 1)]
    for t in (1, 10, 500, 900, 990):
        assert s.alpha_bar[t].item() == pytest.approx(f[t] / f[0], rel=1e-10)
    assert s.beta.max().item() == 0.999


@pytest.mark.parametrize("name", SCHEDULES)
def test_respacing_keeps_the_noise_levels(name):
    s = schedule(name, 1000)
    coarse, times = s.respaced(50)
    assert coarse.T == 50 and times[0] == 0 and times[-1] == 1000
    torch.testing.assert_close(coarse.alpha_bar, s.alpha_bar[times], rtol=0, atol=0)
    torch.testing.assert_close(coarse.alpha + coarse.beta, torch.ones_like(coarse.beta), rtol=0, atol=1e-15)
    same, all_times = s.respaced(1000)
    torch.testing.assert_close(all_times, torch.arange(1001))
    torch.testing.assert_close(same.beta[:-1], s.beta[:-1], rtol=1e-9, atol=0)


def test_clear_errors():
    with pytest.raises(ValueError, match="unknown schedule 'sine'; choose one of: linear, cosine"):
        schedule("sine", 10)
    with pytest.raises(ValueError, match=r"every beta_t must lie strictly between 0 and 1; got beta_6 = 1.1"):
        linear(10)
    with pytest.raises(ValueError, match="a schedule needs at least one step; got T = 0"):
        cosine(0)
    with pytest.raises(ValueError, match=r"number of sampling steps must be between 1 and T = 100; got 101"):
        cosine(100).respaced(101)
    with pytest.raises(ValueError, match=r"beta must be a list beta_1..beta_T of shape \(T,\)"):
        Schedule.from_beta(torch.ones(2, 2))
