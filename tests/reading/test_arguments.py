"""What networks and means are of: every author has an order of his own, and none of them is wrong."""

import pytest

from tests.reading.asked import judged

CHAIN = [
    r"q(x_t\mid x_{t-1}) = \mathcal{N}(x_t; \sqrt{1-\beta_t}\,x_{t-1}, \beta_t I)",
    r"\alpha_t = 1-\beta_t",
    r"\bar\alpha_t = \prod_{s=1}^t \alpha_s",
    r"x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon",
]
POSTERIOR = r"\frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}%s + \frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}%s"
MEANS = [
    r"\tilde\mu_t(x_t, x_0)",
    r"\tilde\mu_t(x_0, x_t)",
    r"\tilde\mu(x_0, x_t)",
    r"\tilde\mu(x_t, x_0, t)",
    r"\mu_q(x_0, x_t)",
    r"\mu_t(x_0, x_t)",
]


@pytest.mark.parametrize("mean", MEANS)
def test_the_mean_of_the_posterior(mean):
    assert judged(*CHAIN, f"{mean} = {POSTERIOR % ('x_t', 'x_0')}").verdict == "proved"
    exchanged = judged(*CHAIN, f"{mean} = {POSTERIOR % ('x_0', 'x_t')}")
    assert exchanged.verdict == "refuted" and "exchanged" in exchanged.message


def test_the_data_without_an_index():
    chain = [r"q(z_t|z_{t-1}) = \mathcal N(z_t|\sqrt{1-\beta_t}z_{t-1}, \beta_t I)"]
    chain.append(r"q(z_t|x) = \mathcal N(z_t|\sqrt{\bar\alpha_t}x, (1-\bar\alpha_t)I)")
    mean = r"\mu_t(x, z_t) = \frac{(1-\bar\alpha_{t-1})\sqrt{1-\beta_t}%s + \sqrt{\bar\alpha_{t-1}}\beta_t %s}{1-\bar\alpha_t}"
    assert judged(*chain, mean % ("z_t", "x")).verdict == "proved"
    assert judged(*chain, mean % ("x", "z_t")).verdict == "refuted"


NOISES = [
    r"\epsilon_\theta(x_t, t)",
    r"\epsilon_\theta(t, x_t)",
    r"\epsilon_\theta(x_t)",
    r"\epsilon_{\theta,t}(x_t)",
    r"\epsilon_\theta(t; x_t)",
    r"\epsilon_\theta^{(t)}(x_t)",
]


@pytest.mark.parametrize("noise", NOISES)
def test_the_predicted_noise(noise):
    mean = r"\mu_\theta(%s) = \frac{1}{\sqrt{\alpha_t}}\Big(x_t - \frac{\beta_t}{%s}" + noise + r"\Big)"
    for at in ("x_t, t", "t, x_t"):
        assert judged(*CHAIN, mean % (at, r"\sqrt{1-\bar\alpha_t}")).verdict == "proved"
    assert judged(*CHAIN, mean % ("t, x_t", r"1-\bar\alpha_t")).verdict == "refuted"
    score = r"s_\theta(t, x_t) = %s\frac{" + noise + r"}{\sqrt{1-\bar\alpha_t}}"
    assert judged(*CHAIN, score % "-").verdict == "proved"
    assert judged(*CHAIN, score % "").verdict == "refuted"
