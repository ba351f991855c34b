r"""Bayes' rule at a time: densities p_t(x|y), with the time left out in some, and the letters of p_{t|Y}."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged, verdict

BAYES = [
    r"\nabla\log p_t(x|y) = \nabla\log p_t(y|x)%s\nabla\log p_t(x)",
    r"\nabla_x\log p_t(x|y) = \nabla_x\log p_t(y|x)%s\nabla_x\log p_t(x)",
    r"\nabla\log p_{t|Y}(x|y) = \nabla\log p_{Y|t}(y|x)%s\nabla\log p_t(x)",
    r"\nabla\log p_t(x|y) = \nabla\log p(y|x)%s\nabla\log p_t(x)",
    r"\nabla\log q_t(x|y) = \nabla\log q(y|x)%s\nabla\log q_t(x)",
]


@pytest.mark.parametrize("tex", BAYES)
def test_the_score_given_something(tex):
    assert verdict(tex % "+") == "proved"
    assert verdict(tex % "-") == "refuted"


def test_what_is_given_is_not_what_is_asked_for():
    assert verdict(r"\nabla_x\log p_t(x|y) = \nabla_x\log p_t(x|y)+\nabla_x\log p_t(x)") == "refuted"
    assert verdict(r"\nabla_x\log p_t(x|y) = \nabla_x\log p_t(y|x)+\nabla_x\log p_0(x)") == "refuted"


def test_what_is_given_need_not_move_with_the_time():
    assert verdict(r"p_t(x|x_0)p(x_0) = p_t(x_0|x)p_t(x)") == "proved"
    assert verdict(r"p_t(x|x_0)p(x_0) = p_t(x_0|x)p_s(x)") not in ("proved", "convention")


PATH = r"X_t = \alpha_tX_1+\sigma_tX_0"
KERNEL = r"p_{t|1}(x|x_1) = \mathcal{N}(x|\alpha_tx_1,\sigma_t^2I)"
VELOCITY = r"u_t(x) = \mathbb{E}[\dot\alpha_tX_1+\dot\sigma_tX_0\,|\,X_t=x]"
MEANS = r"x_{1|t}(x)=\mathbb{E}[X_1|X_t=x],\qquad x_{0|t}(x)=\mathbb{E}[X_0|X_t=x]"
MADE = [
    (r"u_t(x) = \dot\alpha_tx_{1|t}(x)+\dot\sigma_tx_{0|t}(x)", r"u_t(x) = \dot\alpha_tx_{1|t}(x)-\dot\sigma_tx_{0|t}(x)"),
    (
        r"u_t(x) = \frac{\dot\sigma_t}{\sigma_t}x+\left[\dot\alpha_t-\alpha_t\frac{\dot\sigma_t}{\sigma_t}\right]x_{1|t}(x)",
        r"u_t(x) = \frac{\dot\sigma_t}{\sigma_t}x+\left[\dot\alpha_t+\alpha_t\frac{\dot\sigma_t}{\sigma_t}\right]x_{1|t}(x)",
    ),
    (r"\nabla\log p_t(x) = -\frac{1}{\sigma_t}x_{0|t}(x)", r"\nabla\log p_t(x) = -\frac{1}{\sigma_t^2}x_{0|t}(x)"),
    (r"\nabla\log p_{t|1}(x|x_1) = -\frac{1}{\sigma_t^2}(x-\alpha_tx_1)", r"\nabla\log p_{t|1}(x|x_1) = -\frac{1}{\sigma_t}(x-\alpha_tx_1)"),
]  # fmt: skip
EXAMPLE = r"\alpha_t=t,\qquad \sigma_t=1-t"


@pytest.mark.parametrize(("true", "false"), MADE)
@pytest.mark.parametrize("between", [[], [EXAMPLE]])
def test_predictions_named_by_two_times_and_the_noise_that_the_kernel_tells(true, false, between):
    before = (PATH, KERNEL, VELOCITY, MEANS, *between)
    assert judged(*before, true).verdict == "proved"
    assert judged(*before, false).verdict in ("refuted", "undecided")


def test_an_equation_beside_forward_equations_may_be_about_a_path_between_ends():
    sde = r"dX_t = f_tX_t\,dt+g_t\,dW_t"
    text = "\n\n".join(f"$${tex}$$" for tex in (PATH, r"u_t(x|x_1) = \dot\alpha_tx_1+\dot\sigma_tx_0", KERNEL, sde))
    assert audit_text(text).equations[0].judgement.verdict == "definition"


STEP = r"z_s = \sqrt{\alpha_s^2/\alpha_t^2}(z_t-\sigma_tc\hat\epsilon_\theta(z_t;t))+\sqrt{(1-\alpha_s^2)c}\,\epsilon"


def test_a_step_of_an_unknown_sampler_is_open_whatever_its_numbers_are():
    levels = r"q(z_t|x) = \mathcal{N}(\alpha_t x,\sigma_t^2I),\qquad \sigma_t^2=1-\alpha_t^2"
    assert judged(levels, STEP).verdict == "undecided"
