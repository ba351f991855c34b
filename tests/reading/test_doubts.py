"""Nobody is accused because a document has two notations, a choice, an example after another, or sloppy names."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict, verdicts

CHAIN = r"$$q(x_t|x_{t-1}) = \mathcal{N}(x_t; \sqrt{1-\beta_t}x_{t-1}, \beta_t I), \qquad \bar\alpha_t = \prod_{s=1}^t (1-\beta_s)$$"
LEVELS = r"$$x_t = \alpha_t x_0 + \sigma_t\epsilon,\quad \alpha_t^2 + \sigma_t^2 = 1$$"


def test_the_product_of_what_is_kept_in_each_step():
    assert (
        verdicts(
            r"q(x_t|x_{t-1}) = \mathcal{N}(x_t; \sqrt{1-\beta_t}x_{t-1}, \beta_t I)",
            r"\bar\alpha_t = \prod_{s=1}^t (1-\beta_s)",
        )[-1]
        == "definition"
    )
    assert verdicts(r"\bar\alpha_t = \prod_{s=1}^t \alpha_s", r"\sqrt{\bar\alpha_t} = \prod_{s=1}^t \sqrt{1-\beta_s}")[-1] in (
        "proved",
        "definition",
    )
    assert verdicts(r"\bar\alpha_t = \prod_{s=1}^t \alpha_s", r"\bar\alpha_t = \prod_{s=1}^t (1-\beta_s)^2")[-1] == "refuted"


def test_levels_beside_a_chain_are_a_second_notation():
    assert verdicts(CHAIN, LEVELS)[-1] == "proved"
    assert verdicts(CHAIN, LEVELS, r"\hat x_0 = \frac{x_t - \sigma_t\epsilon_\theta(x_t,t)}{\alpha_t}")[-1] == "proved"
    assert verdicts(CHAIN, LEVELS, r"\hat x_0 = \frac{x_t - \alpha_t\epsilon_\theta(x_t,t)}{\sigma_t}")[-1] == "refuted"
    assert verdicts(CHAIN, LEVELS, r"x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\epsilon}{\sqrt{\bar\alpha_t}}")[-1] == "proved"


def test_the_rotation_of_data_and_noise_needs_the_condition_on_the_schedule():
    velocity = r"v = \alpha_t\epsilon - \sigma_t x_0"
    assert verdicts(CHAIN, LEVELS, velocity, r"x_0 = \alpha_t x_t - \sigma_t v")[-1] == "proved"
    assert verdicts(CHAIN, LEVELS, velocity, r"x_0 = \alpha_t x_t + \sigma_t v")[-1] == "refuted"
    assert verdicts(r"x_t = \alpha_t x_0 + \sigma_t\epsilon", velocity, r"x_0 = \alpha_t x_t - \sigma_t v")[-1] != "proved"


def test_a_condition_on_the_schedule_is_no_mistake_and_its_use_is_said():
    assert verdicts(r"z_t = \alpha_t x + \sigma_t\epsilon", r"\alpha_t^2 + \sigma_t^2 = 1")[-1] == "definition"
    text = r"$$z_t = \alpha_t x + \sigma_t\epsilon$$ $$\alpha_t^2 = 1-\sigma_t^2$$ $$\operatorname{SNR}(t) = \frac{1}{\sigma_t^2} - 1$$"
    judgement = audit_text(text).equations[-1].judgement
    assert judgement.verdict == "proved" and judgement.message.startswith("with the schedule that is chosen")


def test_steps_may_be_counted_from_the_earlier_state():
    assert verdicts(CHAIN, r"x_{i+1} = \sqrt{1-\beta_i}x_i + \sqrt{\beta_i}\epsilon_i")[-1] == "convention"
    assert verdicts(CHAIN, r"x_{i+1} = \sqrt{1-\beta_i}x_i + \beta_i\epsilon_i")[-1] == "refuted"
    assert verdicts(CHAIN, r"x_{i+1} = \sqrt{1-\beta_i}x_i + \sqrt{\beta_{i+1}}\epsilon_i")[-1] == "refuted"


def test_a_noise_level_of_its_own_is_another_design():
    assert verdicts(CHAIN, r"x_i = x_{i-1} + \sqrt{\sigma_i^2-\sigma_{i-1}^2}\epsilon")[-1] != "refuted"
    assert verdicts(CHAIN, r"q(x_t|x_0) = \mathcal{N}(x_t; x_0, \sigma_t^2 I)")[-1] != "refuted"
    assert verdicts(CHAIN, r"q(x_t|x_0) = \mathcal{N}(x_t; \sqrt{\bar\alpha_t}x_0, \bar\alpha_t I)")[-1] == "refuted"


@pytest.mark.parametrize("path", [r"x_1", r"\alpha_{1-t}x_1", r"t x_1"])
def test_one_example_after_another_gives_a_name_another_meaning(path):
    first = r"p_t(x|x_1) = \mathcal{N}(x; \mu_t(x_1), \sigma_t(x_1)^2 I)"
    assert verdicts(first, r"\mu_t(x_1) = (1-t)x_1", rf"\mu_t(x_1) = {path}")[-1] != "refuted"
    assert "refuted" not in verdicts(first, r"\sigma_t(x_1) = \sigma_{1-t}", r"\sigma_t(x_1) = \sqrt{1-\alpha_{1-t}^2}")


def test_the_newest_meaning_of_a_name_holds():
    formulas = [r"\psi_t(x) = \sigma_t(x_1)x + \mu_t(x_1)", r"u_t(x|x_1) = x_1 - x", r"\psi_t(x) = (1-t)x + tx_1"]
    assert verdicts(*formulas, r"\psi_t(x_0) = (1-t)x_0 + tx_1")[-1] == "proved"
    assert verdicts(*formulas, r"(1-t)x_0 - tx_1 = \psi_t(x_0)")[-1] != "proved"


def test_random_states_and_their_values_are_one():
    path = r"X_t = e^{-\beta t}X_0 + \sigma_t\epsilon"
    assert verdicts(path, r"e^{-\beta t}x_0 + \sigma_t\epsilon = x_t")[-1] == "proved"
    assert verdicts(path, r"-\frac{x_t - e^{-\beta t}x_0}{\sigma_t^2} = -\frac{\epsilon}{\sigma_t}")[-1] == "proved"
    assert verdicts(path, r"-\frac{x_t - e^{-\beta t}x_0}{\sigma_t^2} = -\frac{\epsilon}{\sigma_t^2}")[-1] == "refuted"


def test_an_estimate_may_be_written_as_what_it_estimates():
    state = r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon"
    assert verdicts(state, r"\epsilon = \sqrt{1-\bar\alpha_t}x_t + \sqrt{\bar\alpha_t}v_\theta")[-1] == "proved"
    assert verdicts(state, r"\epsilon = \sqrt{1-\bar\alpha_t}x_t - \sqrt{\bar\alpha_t}v_\theta")[-1] == "refuted"
    assert verdicts(state, r"\epsilon = \frac{x_t - \sqrt{\bar\alpha_t}x_{0,\theta}}{\sqrt{1-\bar\alpha_t}}")[-1] == "proved"
    assert verdicts(state, r"\epsilon = \frac{x_t - \sqrt{\bar\alpha_t}x_{0,\theta}}{1-\bar\alpha_t}")[-1] == "refuted"


def test_densities_of_two_owners_and_two_bare_names_are_choices():
    assert verdicts(r"q(z) = q(x_0)q(x_1)", r"q(x_0)q(x_1) = p_0(x_0)p_1(x_1)")[-1] != "refuted"
    assert verdicts(r"\hat X_t = s(t)X_t", r"\hat X_0 = X_0")[-1] != "refuted"


def test_the_variance_of_the_data_is_not_known():
    assert verdicts(r"\operatorname{Var}(x_0 + \sigma\epsilon) = 1 + \sigma^2")[-1] != "proved"


def test_an_end_of_a_path_may_be_a_function_of_the_other():
    path = r"Let $x_t = (1-t)x_0+tx_1$ and $T(x) = \mu_1+2x$. Then "
    assert verdict(r"x_t = (1-t)x_0+t\cdot T(x_0)", path) == "undecided"
    assert verdict(r"x_t = (1-t)x_0+tx_0", path) == "refuted"
