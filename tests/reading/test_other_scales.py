r"""Quantities with another sign or on another scale than most have, where a document says so: the velocity, the score of
a network, the ratio of signal and noise, g as a variance, steps counted from the state before them.
"""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged
from tests.reading.test_meant_otherwise import CHAIN

LEVELS = (r"x_t = \alpha_t x_0 + \sigma_t\epsilon", r"\alpha_t^2 + \sigma_t^2 = 1")
VELOCITY = r"v_t := \sigma_t x_0 - \alpha_t\epsilon"


def test_a_velocity_with_the_opposite_sign():
    assert judged(*LEVELS, VELOCITY).verdict == "definition"
    assert judged(*LEVELS, VELOCITY.replace("- ", "+ ")).verdict == "refuted"
    data = r"x_0 = \alpha_t x_t %s \sigma_t v_t"
    assert judged(*LEVELS, VELOCITY, data % "+").verdict == "proved"
    assert judged(*LEVELS, VELOCITY, data % "-").verdict == "refuted"
    assert judged(*LEVELS, data % "-").verdict == "proved"


STATED = (r"s_\theta(x_t,t) = -\epsilon_\theta(x_t,t)", r"s_\theta(x_t,t) \approx \sigma_t\nabla\log q(x_t)")


@pytest.mark.parametrize("stated", STATED)
def test_a_network_that_gives_minus_the_noise(stated):
    data = r"\hat x_0 = \frac{x_t + \sigma_t%s s_\theta(x_t,t)}{\alpha_t}"
    assert judged(*LEVELS, stated, data % "").verdict == "proved"
    assert judged(*LEVELS, stated, data % "^2").verdict == "refuted"
    assert judged(*LEVELS, data % "^2").verdict == "proved"
    assert judged(*LEVELS, data % "").verdict == "refuted"


def test_a_ratio_of_amplitudes_where_words_say_so():
    text = r"""$$x_t = \alpha_t x_0 + \sigma_t\epsilon$$ %s $$\mathrm{SNR}(t) = \frac{\alpha_t}{\sigma_t}$$ so that
    $$\log\mathrm{SNR}(t) = %s\log\alpha_t - %s\log\sigma_t.$$"""
    said = "Here we take the ratio of amplitudes,"
    for words, factor, verdicts in (
        (said, "", ["definition", "proved"]),
        (said, "2", ["definition", "undecided"]),
        ("Then", "2", ["refuted", "proved"]),
        ("Then", "", ["refuted", "undecided"]),
    ):
        found = [e.judgement.verdict for e in audit_text(text % (words, factor, factor)).equations][1:]
        assert found[0] == verdicts[0] and (found[1] == "proved") == (verdicts[1] == "proved"), (words, factor, found)


def test_a_flow_of_an_equation_with_the_root_of_g():
    forward = r"dx = f(x,t)\,dt + %s\,dw"
    flow = r"\frac{dx}{dt} = f(x,t) - \frac12 g(t)%s\nabla_x\log p_t(x)"
    for noise, right, wrong in ((r"\sqrt{g(t)}", "", "^2"), ("g(t)", "^2", "")):
        assert judged(forward % noise, flow % right).verdict == "proved"
        assert judged(forward % noise, flow % wrong).verdict == "refuted"


STEPS = (
    r"\bar\alpha_{t+1} = \alpha_t\bar\alpha_t",
    r"\bar\alpha_t - \bar\alpha_{t+1} = \bar\alpha_t\beta_t",
    r"\tilde\beta_t = \frac{1-\bar\alpha_t}{1-\bar\alpha_{t+1}}\beta_t",
    r"\tilde\beta_{t+1} = \frac{1-\bar\alpha_t}{1-\bar\alpha_{t+1}}\beta_t",
    r"\tilde\mu_t(x_{t+1},x_0) = \frac{\sqrt{\bar\alpha_t}\beta_t}{1-\bar\alpha_{t+1}}x_0 + \frac{\sqrt{\alpha_t}(1-\bar\alpha_t)}{1-\bar\alpha_{t+1}}x_{t+1}",
    r"\mu_\theta(x_{t+1},t) = \frac{1}{\sqrt{\alpha_t}}\left(x_{t+1}-\frac{\beta_t}{\sqrt{1-\bar\alpha_{t+1}}}\epsilon_\theta(x_{t+1},t)\right)",
)


@pytest.mark.parametrize("step", STEPS)
def test_steps_that_are_named_after_the_state_before_them(step):
    found = judged(*CHAIN, step)
    assert (found.verdict, found.message) == (
        "convention",
        "true with the schedule of a step counted from the earlier state",
    )


def test_a_step_is_not_named_in_two_ways():
    assert judged(*CHAIN, r"\bar\alpha_t = \alpha_{t-1}\bar\alpha_{t-1}").verdict == "refuted"
    assert judged(*CHAIN, r"\bar\alpha_{t+1} = \alpha_t\bar\alpha_{t-1}").verdict != "convention"


def test_a_second_example_of_a_schedule():
    text = r"""Take $x_t = \alpha_t x_0 + \beta_t x_1 + \gamma_t z$ with $\gamma_t = \sqrt{2t(1-t)}$, for which
    $\gamma_t\dot\gamma_t = 1-2t$, or $\gamma_t = \sqrt{t(1-t)}$, for which $\gamma_t\dot\gamma_t = %s$."""
    right, wrong = (audit_text(text % last).equations[-1].judgement for last in (r"\frac12-t", "1-2t"))
    assert right.verdict != "refuted" and wrong.verdict != "proved"


def test_an_estimate_by_a_hat_is_no_noise_of_its_own():
    pythagoras = r"\mathbb E\|\epsilon-\hat\epsilon\|^2 = \mathbb E\|\epsilon\|^2 - \mathbb E\|\hat\epsilon\|^2"
    means = r"\hat\epsilon = \mathbb E[\epsilon|x_\sigma]"
    assert judged(means, pythagoras).verdict != "refuted"
    assert judged(r"\mathbb E\|\epsilon-\xi\|^2 = \mathbb E\|\epsilon\|^2 - \mathbb E\|\xi\|^2").verdict == "refuted"


def test_a_rescaled_state_is_a_name():
    text = r"""Let $x = x_0 + \sigma n$. A sample $x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}n$ is mapped to it by
    $$\sigma = \sqrt{\frac{1-\bar\alpha}{\bar\alpha}}, \qquad x = \frac{x_t}{\sqrt{\bar\alpha}} = \sqrt{1+\sigma^2}\,x_t.$$"""
    assert audit_text(text).equations[-1].judgement.verdict != "refuted"
