"""Means and variances of a noisy state given an earlier one."""

import pytest

from tests.reading.asked import verdict

STEPS = r"$\alpha_t = 1 - \beta_t$, $\bar\alpha_t = \prod_{s=1}^t \alpha_s$, $\epsilon \sim N(0, I)$." + "\n\n"
LINE = r"$x_t = (1 - t) x_0 + t \epsilon$ with $\epsilon \sim N(0, I)$." + "\n\n"


@pytest.mark.parametrize(
    ("before", "true", "false"),
    [
        (STEPS, r"\mathbb{E}[x_t | x_0] = \sqrt{\bar\alpha_t} x_0", r"\mathbb{E}[x_t | x_0] = \bar\alpha_t x_0"),
        (STEPS, r"\mathbb{E}[x_t | x_{t-1}] = \sqrt{\alpha_t} x_{t-1}", r"\mathbb{E}[x_t | x_{t-1}] = \alpha_t x_{t-1}"),
        (STEPS, r"\text{Var}[x_t | x_0] = (1 - \bar\alpha_t) I", r"\text{Var}[x_t | x_0] = \sqrt{1 - \bar\alpha_t} I"),
        (STEPS, r"\text{Std}[x_t | x_0] = \sqrt{1 - \bar\alpha_t}", r"\text{Std}[x_t | x_0] = 1 - \bar\alpha_t"),
        (STEPS, r"\mathrm{Cov}(x_t | x_{t-1}) = \beta_t I", r"\mathrm{Cov}(x_t | x_{t-1}) = \alpha_t I"),
        (LINE, r"\mathbb{E}[x_t | x_0] = (1 - t) x_0", r"\mathbb{E}[x_t | x_0] = t x_0"),
        (LINE, r"\text{Var}[x_t | x_0] = t^2 I", r"\text{Var}[x_t | x_0] = t I"),
    ],
)
def test_they_are_those_of_its_law(before, true, false):
    assert verdict(true, before) in ("proved", "convention")
    assert verdict(false, before) == "refuted"


def test_names_of_its_own_accuse_nobody():
    assert verdict(r"\mathbb{E}[x_t | x_0] = \mu(t) x_0", STEPS) != "refuted"
    assert verdict(r"\mathbb{E}[x_{t-1} | x_t] = \alpha_t x_t", STEPS) != "refuted"
    assert verdict(r"\text{Var}[x_t] = \beta_t I", STEPS) != "refuted"


@pytest.mark.parametrize("before", [r"The path is $x_t = \alpha_t x_0 + \sigma_t \epsilon$.", r"$q(x_t | x_0) = N(x_t; \alpha_t x_0, \sigma_t^2 I)$."])
def test_data_that_are_not_scaled_are_another_design(before):
    assert verdict(r"x_t = x_0 + \sigma_t \epsilon", before + "\n\nThe VE process is\n\n") == "undecided"
    assert verdict(r"x_t = x_0 + \alpha_t \epsilon", before + "\n\nThen\n\n") == "undecided"  # two slips
    assert verdict(r"x_t = \sigma_t x_0 + \sigma_t \epsilon", before + "\n\nThen\n\n") == "refuted"
