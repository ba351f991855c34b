"""Names that stand for the mean and the variance of a law that is known: what they are nobody is free to choose."""

import pytest

from derivations.reading import audit_text

CHAIN = r"""$$q(x_t|x_{t-1}) = \mathcal N(x_t; \sqrt{1-\beta_t}x_{t-1}, \beta_t I)$$

with $\alpha_t = 1-\beta_t$ and $\bar\alpha_t = \prod_{s=1}^t\alpha_s$.

$$q(x_{t-1}|x_t,x_0) = \mathcal N(x_{t-1}; m_t, v_t I)$$

"""
LEVELS = r"""The kernel is $q(z_t|x) = \mathcal N(\alpha_t x, \sigma_t^2 I)$.

$$q(z_s|z_t,x) = \mathcal N(\mu_Q(z_t,x;s,t), \sigma_Q^2(s,t)I)$$

"""
CHOSEN = CHAIN.replace("v_t I", r"\sigma_t^2 I")
MEAN = r"m_t = \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t + \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0"
NOISE = r"m_t = \frac{1}{\sqrt{\alpha_t}}\left(x_t - \frac{\beta_t}{\sqrt{1-\bar\alpha_t}}\epsilon\right)"
VARIANCE = r"v_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
BETWEEN = r"\mu_Q(z_t,x;s,t) = \frac{\alpha_{t|s}\sigma_s^2}{\sigma_t^2}z_t + \frac{\alpha_s\sigma_{t|s}^2}{\sigma_t^2}x"


def last(text):
    return audit_text(text).equations[-1].judgement


@pytest.mark.parametrize(
    "before, tex, old, new",
    [
        (CHAIN, MEAN, r"\sqrt{\alpha_t}(", r"\alpha_t("),
        (CHAIN, MEAN, "x_t + ", "x_t - "),
        (CHAIN, MEAN, r"\sqrt{\bar\alpha_{t-1}}", r"\sqrt{\bar\alpha_t}"),
        (CHAIN, NOISE, r"\frac{\beta_t}", r"\frac{\sqrt{\beta_t}}"),
        (CHAIN, VARIANCE, r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}", r"\frac{1-\bar\alpha_t}{1-\bar\alpha_{t-1}}"),
        (CHAIN, VARIANCE, r"\beta_t", r"\alpha_t"),
        (LEVELS, BETWEEN, r"\sigma_s^2", r"\sigma_s"),
        (LEVELS, BETWEEN, "z_t + ", "z_t - "),
    ],
)
def test_the_names_of_a_known_law_have_its_mean_and_variance(before, tex, old, new):
    assert old in tex
    assert last(before).message.endswith("are given their meaning here")
    assert last(f"{before}$${tex}$$").verdict == "proved"
    assert last(f"{before}$${tex.replace(old, new, 1)}$$").verdict == "refuted"


def test_beside_a_deviation_that_may_be_chosen_the_mean_is_left_open():
    drawn = r"m_t = \sqrt{\bar\alpha_{t-1}}x_0 + \sqrt{1-\bar\alpha_{t-1}-\sigma_t^2}\,\frac{x_t-\sqrt{\bar\alpha_t}x_0}{\sqrt{1-\bar\alpha_t}}"
    assert last(f"{CHOSEN}$${drawn}$$").verdict == "definition"


def test_a_law_that_is_not_known_names_nothing():
    text = r"$$r(y|x) = \mathcal N(y; m_t, v_t I)$$" + "\n\n"
    assert last(text + "$$v_t = 2$$").verdict == "definition"
