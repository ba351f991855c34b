r"""Documents with several designs accuse nobody: other paths, straight schedules, data by a label, drifts of one's own."""

import pytest

from tests.reading.asked import verdict

VP = r"Write $x_t = \alpha_t x_1 + \sigma_t \epsilon$. For VP, $\sigma_t = \sqrt{1-\bar{\alpha}_t}$, so $\alpha_t^2 + \sigma_t^2 = 1$."
STEPS = r"$\alpha_t = 1 - \beta_t$, $\bar\alpha_t = \prod_{s=1}^t \alpha_s$, $\epsilon \sim N(0, I)$." + "\n\n"
LABELLED = STEPS + r"Let $v := \sqrt{\bar\alpha_t}\epsilon - \sqrt{1-\bar\alpha_t} x_{data}$." + "\n\n"


def test_a_straight_path_beside_one_that_preserves_the_variance():
    before = VP + r" The straight path has $\alpha_t = t$ and $\sigma_t = 1-t$." + "\n\n"
    assert verdict(r"\alpha_t + \sigma_t = 1", before) != "refuted"
    assert verdict(r"\alpha_t^2 + \sigma_t^2 = 2", VP + "\n\n") == "refuted"


def test_a_path_to_another_end_is_the_path_from_there_on():
    before = r"First $x_t = (1-t) x_0 + t x_1$ with $x_0\sim N(0, I)$. Then $x_t = \alpha_t x_1 + \sigma_t\epsilon$." + "\n\n"
    assert verdict(r"x_1 = (x_t - \sigma_t\epsilon)/\alpha_t", before) == "proved"
    assert verdict(r"x_1 = (x_t + \sigma_t\epsilon)/\alpha_t", before) == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"x_t = \sqrt{\bar\alpha_t} x_{data} + \sqrt{1 - \bar\alpha_t}\epsilon",
        r"x_t = x_{data} + \sigma_t\epsilon",
        r"-\frac{x_t - \sqrt{\bar\alpha_t} x_{data}}{1 - \bar\alpha_t} = -\frac{\epsilon}{\sqrt{1 - \bar\alpha_t}}",
    ],
)
def test_data_by_a_label_may_be_the_data(tex):
    assert verdict(tex, LABELLED) != "refuted"


def test_a_drift_with_a_name_of_its_own_beside_the_score():
    drift = r"dX_t = [(a_t + \frac{\sigma_t^2}{2})\nabla_x\log p_t(X_t) + b_t X_t]dt + \sigma_t dW_t"
    assert verdict(drift) == "undecided"
    assert verdict(r"dx = [f(x, t) - 2 g(t)^2\nabla_x\log p_t(x)]dt + g(t)d\bar w") == "refuted"


def test_a_divergence_at_a_point_is_of_what_stands_before():
    assert verdict(r"\operatorname{div}(\nabla_x p_t)(x) = \Delta p_t(x)") == "proved"
    flow = r"-\operatorname{div}[p_t u_t + \frac{g_t^2}{2} p_t\nabla_x\log p_t](x) + \frac{g_t^2}{2}\Delta p_t(x)"
    assert verdict(rf"{flow} = -\operatorname{{div}}(p_t u_t)(x)") == "proved"
    assert verdict(rf"{flow} = \operatorname{{div}}(p_t u_t)(x)") not in ("proved", "convention")


def test_a_score_that_is_written_as_that_of_a_gaussian_says_the_law():
    before = r"$$\nabla_x\log p_t(x|z) = \nabla_x\log N(x; \alpha_t z, \sigma_t^2 I_d)$$" + "\n\n"
    assert verdict(r"\nabla_x\log p_t(x|z) = \frac{\alpha_t}{\sigma_t^2} z - \frac{1}{\sigma_t^2} x", before) == "proved"
    assert verdict(r"\nabla_x\log p_t(x|z) = \frac{\alpha_t}{\sigma_t^2} z - \frac{1}{\sigma_t} x", before) == "refuted"


def test_a_title_above_a_field_is_no_power():
    before = r"Let $u_t^{target}(x) = a_t s(x, t) + b_t x$." + "\n\n"
    assert verdict(r"2 u_t^{target}(x) = 2 a_t s(x, t) + 2 b_t x", before) == "proved"
    assert verdict(r"2 u_t^{target}(x) = a_t s(x, t) + 2 b_t x", before) not in ("proved", "convention")


def test_a_letter_that_is_drawn_is_no_latent_any_more():
    before = STEPS + r"The latent is $z = \mu + \sigma\odot\epsilon$." + "\n\n"
    step = r"x_{t-1} = \frac{1}{\sqrt{\alpha_t}}(x_t %s \frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t, t)) + \sigma_t z"
    assert verdict(step % "-" + r", \quad z\sim N(0, I)", before) == "proved"
    assert verdict(step % "+" + r", \quad z\sim N(0, I)", before) == "refuted"


def test_the_parameters_of_two_networks_are_no_power():
    before = r"Let $\tilde u_t^{\theta, \phi}(x|y) = u_t^\theta(x) + b_t w\nabla\log p_t^\phi(y|x)$." + "\n\n"
    twice = r"2\tilde u_t^{\theta, \phi}(x|y) = %s u_t^\theta(x) + 2 b_t w\nabla\log p_t^\phi(y|x)"
    assert verdict(twice % "2", before) == "proved"
    assert verdict(twice % "", before) == "refuted"


def test_an_equation_may_end_in_a_relation_before_words():
    score = r"\nabla_{x_t}\log q(x_t | x_0) = -(x_t - \sqrt{\bar\alpha_t} x_0)/(%s) ="
    before = STEPS + r"$q(x_t | x_0) = N(x_t; \sqrt{\bar\alpha_t} x_0, (1 - \bar\alpha_t) I)$." + "\n\n"
    assert verdict(score % r"1 - \bar\alpha_t", before) == "proved"
    assert verdict(score % r"1 + \bar\alpha_t", before) == "refuted"
    assert verdict(r"q(x_t | x_0) \equiv") == "unread"


def test_a_score_along_a_path_whose_noise_has_no_law_is_of_any():
    ends = r"$$X_t = \alpha_t X_1 + \sigma_t X_0$$" + "\n\n"
    mean = r"\mathbb{E}[\nabla\log p_{t|1}(X_t|X_1) \mid X_t = x] = \mathbb{E}[-\frac{1}{\sigma_t^2}(X_t - \alpha_t X_1) \mid X_t = x]"
    assert verdict(mean, ends) != "refuted"
