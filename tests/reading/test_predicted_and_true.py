"""The noise that a network predicts and the true one: one written for the other accuses nobody, and slips stay slips."""

import pytest

from tests.reading.asked import last, verdict

CHAIN = (
    "$$q(x_t | x_0) = N(x_t; \\sqrt{\\bar\\alpha_t} x_0, (1 - \\bar\\alpha_t) I)$$ with $\\alpha_t = 1 - \\beta_t$ and "
    "$\\bar\\alpha_t = \\prod_{s=1}^t \\alpha_s$.\n\n"
)
LEVEL = r"\alpha_t"
MEAN = r"\frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{\beta_t}{\sqrt{1-%s}} %s\right)"


@pytest.mark.parametrize("noise", [r"\epsilon", r"\epsilon_t", r"\epsilon_\theta(x_t, t)"])
def test_what_a_model_makes_of_a_bare_noise(noise):
    assert verdict(r"\mu_\theta(x_t, t) = " + MEAN % (r"\bar\alpha_t", noise), CHAIN) == "proved"
    false = last(f"{CHAIN}$$\\mu_\\theta(x_t, t) = {MEAN % (LEVEL, noise)}$$")
    assert false.verdict == "refuted"
    assert "it is true with ᾱ_t in place of α_t" in false.message


def test_an_estimate_of_the_data_by_a_bare_noise():
    estimate = r"\hat x_0 = \frac{x_t - %s \epsilon}{\sqrt{\bar\alpha_t}}"
    assert verdict(estimate % r"\sqrt{1-\bar\alpha_t}", CHAIN) == "proved"
    assert verdict(estimate % r"(1-\bar\alpha_t)", CHAIN) == "refuted"


PERFECT = [
    r"\tilde\mu_t(x_t, x_0) = " + MEAN % (r"\bar\alpha_t", r"\epsilon_\theta(x_t, t)"),
    r"\epsilon = \frac{x_t - \sqrt{\bar\alpha_t} \hat x_0}{\sqrt{1-\bar\alpha_t}}",
    r"s_\theta(x_t, t) = -\frac{\epsilon}{\sqrt{1-\bar\alpha_t}}",
]


@pytest.mark.parametrize("tex", PERFECT)
def test_what_holds_for_a_perfect_network_is_open(tex):
    said = last(f"{CHAIN}$${tex}$$")
    assert said.verdict == "undecided"
    assert "holds with the true noise for the predicted one" in said.message


def test_a_slip_beside_a_predicted_noise():
    assert verdict(PERFECT[0].replace(r"1-\bar\alpha_t", r"1-\alpha_t"), CHAIN) not in ("proved", "convention")


# ---- laws that are given more than one state


def test_conditions_behind_a_comma():
    law = r"x_{t-1} | x_t, x_0 \sim N(\tilde\mu_t(x_t, x_0), %s I)"
    assert verdict(law % r"\tilde\beta_t", CHAIN) == "proved"
    assert verdict(law % r"\beta_t", CHAIN) == "refuted"
    assert (
        verdict(r"x_T \sim N(0, I), x_{t-1} | x_t, x_0 \sim N(\mu_\theta(x_t, x_0), \sigma_t^2 I)", CHAIN) != "refuted"
    )


def test_the_law_says_what_it_is_given():
    assert verdict(r"x_{t-1} | x_t \sim N(\tilde\mu_t(x_t, x_0), \tilde\beta_t I)", CHAIN) == "proved"
    assert verdict(r"x_t | x_{t-1} \sim N(\sqrt{\beta_t} x_{t-1}, \beta_t I)", CHAIN) == "refuted"


def test_the_variable_of_a_law_is_no_condition():
    assert verdict(r"x_t \sim N(x_t | \sqrt{\bar\alpha_t} x_0, (1-\bar\alpha_t) I)", CHAIN) == "proved"
