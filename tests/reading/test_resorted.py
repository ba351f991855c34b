"""Formulas whose kinds do not fit as they were read, and what is read beside them: with another kind for one name,
without a parameter that all densities have, with notes in brackets.
"""

import pytest

from tests.reading.asked import judged, verdicts

NOISY = r"x\sim p(x)\qquad y = x + \eta\quad \eta\sim\mathcal{N}(0, I\sigma^2)"


def test_one_letter_as_a_number() -> None:
    drift = r"d x_t = [f(t) x_t - \frac12 g^2(t)\nabla_{x_t}\log p_t(x_t)]\,dt"
    forward = r"dx = f(x,t)\,dt + g(t)\,dw"
    assert verdicts(forward, drift)[-1] == "proved"
    assert verdicts(forward, drift.replace(r"\frac12 ", ""))[-1] not in ("proved", "convention", "definition")


def test_one_letter_as_a_vector_keeps_its_kind() -> None:
    path = r"I_t = \alpha_t x_0 + \beta_t x_1 + \gamma_t z"
    assert verdicts(path, r"\dot I_t = \dot\alpha_t x_0 + \dot\beta_t x_1 + \dot\gamma_t z") == ["definition", "proved"]
    assert verdicts(path, r"I_t = \alpha_t x_1 + \beta_t x_0 + \gamma_t z")[-1] != "proved"


def test_nothing_is_called_false_with_another_kind() -> None:
    """u is a velocity, and not known to be a number where that makes the formula false."""
    assert judged(r"u x + x = 2 u x").verdict != "refuted"
    assert judged(r"h(x) = \|x\|^2").verdict == "definition"


@pytest.mark.parametrize("tex", [r"dx = b^f_t(x)\,dt + \sigma\,dW_t", r"p(x_t^i | x_0^i) = p(x_t^j | x_0^j)"])
def test_letters_above_a_state_count_and_are_no_powers(tex: str) -> None:
    assert judged(tex).verdict in ("definition", "undecided")


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"p(y;\sigma^2) = \int p(y|x;\sigma^2)p(x)\,dx = \int\mathcal{N}(y| x, I\sigma^2)p(x)\,dx", "proved"),
        (r"\nabla_y\log p(y;\sigma^2) = \frac{\mathbb{E}[x|y] - y}{\sigma^2}", "proved"),
        (r"\nabla_y\log p(y;\sigma^2) = \frac{\mathbb{E}[x|y] + y}{\sigma^2}", "refuted"),
        (r"\nabla_y\log p(y;\sigma^2) = \frac{1}{p(y;\sigma^2)}\frac{\partial}{\partial y}\int\mathcal{N}(y| x, I\sigma^2)p(x)\,dx", "proved"),
        (r"\nabla_y\log p(y;\sigma^2) = \frac{1}{p(y;\sigma^2)}\int p(x)\frac{\partial}{\partial y}\mathcal{N}(y| x, I\sigma^2)\,dx", "proved"),
        (r"\nabla_y\log p(y;\sigma^2) = \frac{1}{\sigma^2}\int\frac{p(x)\mathcal{N}(y| x, I\sigma^2)}{p(y;\sigma^2)}[x-y]\,dx", "proved"),
        (r"\nabla_y\log p(y;\sigma^2) = \frac{1}{\sigma}\int\frac{p(x)\mathcal{N}(y| x, I\sigma^2)}{p(y;\sigma^2)}[x-y]\,dx", "refuted"),
    ],
)  # fmt: skip
def test_a_parameter_that_all_densities_have(tex: str, wanted: str) -> None:
    assert verdicts(NOISY, tex) == ["definition", wanted]


def test_a_law_of_two_levels_keeps_its_parameter() -> None:
    assert judged(r"p(y;\sigma^2) = \int p(y|x;\tau^2)p(x)\,dx").verdict != "proved"


def test_the_mean_given_a_value_is_of_the_owner_beside_it() -> None:
    score = r"\nabla_{\tilde x}\log q_\sigma(\tilde x) = \mathbb{E}_{x|\tilde x}[\nabla_{\tilde x}\log q_\sigma(\tilde x|x)]"
    assert judged(score).verdict == "proved"
    assert judged(score.replace("= ", "= -")).verdict != "proved"


def test_what_is_measured_on_the_data() -> None:
    through = r"p(y|x_t) = \int p(y|x_0)\,p(x_0|x_t)\,dx_0"
    assert judged(through).verdict == "convention"
    assert "through x[0] alone" in judged(through).message
    assert judged(through.replace("p(x_0|x_t)", "p(x_t|x_0)")).verdict == "undecided"
    assert judged(through.replace("p(x_0|x_t)", "p(x_0|x_{t-1})")).verdict == "undecided"


def test_a_state_with_levels_that_are_named_here() -> None:
    product = r"\bar\alpha_t = \prod_{s=1}^t \alpha_s"
    assert verdicts(product, r"x_t = \gamma_t x_0 + \nu_t\epsilon")[-1] == "definition"
    assert verdicts(product, r"x_t = \sqrt{\bar\alpha_t} x_0 + (1-\bar\alpha_t)\epsilon")[-1] == "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"∴x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon\quad(\alpha_t = 1-\beta_t)", "proved"),
        (r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon (\epsilon\sim\mathcal{N}(0, I))", "proved"),
        (r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon　…①", "proved"),
        (r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon (\epsilon 〜 N(0, I))", "proved"),
        (r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon \quad \because \bar\alpha_t = \prod_{s=1}^t \alpha_s\ \&\ \alpha_t = 1-\beta_t", "proved"),
        (r"x_t = \sqrt{\bar\alpha_t}x_0 + \sqrt{\bar\alpha_t}\epsilon (\epsilon\sim\mathcal{N}(0, I))", "refuted"),
    ],
)  # fmt: skip
def test_signs_and_notes_beside_a_formula(tex: str, wanted: str) -> None:
    assert verdicts(r"\bar\alpha_t = \prod_{s=1}^t \alpha_s", tex)[-1] == wanted


def test_a_letter_of_fields_as_the_rate_of_a_linear_drift() -> None:
    """Beside mu_t(x), a drift -mu X_t has a number by this name."""
    drift = r"dX_t = -\mu X_t\,dt + \sigma_t\,dW_t"
    assert verdicts(r"dX_t = \mu_t(X_t)\,dt + \sigma_t\,dW_t", drift)[-1] == "definition"
    assert verdicts(r"p(x) = \mathcal{N}(x; \mu, \sigma^2 I)", drift)[-1] == "definition"
