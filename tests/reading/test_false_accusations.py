"""What was once taken for an error and is none: found in documents that nobody had seen."""

import pytest

from tests.reading.asked import judged, last, verdicts

FORWARD = r"x_t = \sqrt{1-\beta_t}\, x_{t-1} + \sqrt{\beta_t}\, \epsilon_t"


def test_a_condition_is_not_lost_from_one_side() -> None:
    guided = r"\nabla_{x_t}\ln p(x_t|y) = -\frac{\epsilon_\theta(x_t,t,y)}{\sqrt{1-\bar\alpha_t}}"
    plain = r"s(x_t,t) = -\frac{\epsilon_\theta(x_t,t)}{\sqrt{1-\bar\alpha_t}}"
    bayes = (
        r"\sqrt{1-\bar\alpha_t}\,\nabla_{x_t}\ln p(y|x_t)"
        r"= -(\epsilon_\theta(x_t,t,y) - \epsilon_\theta(x_t,t,\emptyset))"
    )
    assert verdicts(plain, guided, bayes) == ["definition", "proved", "proved"]
    assert verdicts(plain, guided, bayes.replace("= -", "= "))[-1] not in ("proved", "definition")


@pytest.mark.parametrize("way", [r"d\log\alpha_t/dt", r"\frac{d\log\alpha_t}{dt}", r"d\log\frac{\alpha_t}{1}/dt"])
def test_a_derivative_in_a_line_is_of_the_whole_logarithm(way: str) -> None:
    found = last(rf"$$f(t) = \frac{{d\log\alpha_t}}{{dt}}$$ and $$f(t) = {way}$$")
    assert found.verdict in ("proved", "definition")


def test_a_coefficient_that_is_set_to_nothing_is_a_case() -> None:
    assert last(r"Without noise ($\sqrt{2} = 0$) it descends.").verdict == "undecided"
    assert last("$$2 - 2 = 0$$").verdict == "proved"
    assert last("$$1 = 0$$").verdict == "refuted"


@pytest.mark.parametrize("z", [r"Z(\theta)", r"Z_\theta", "Z"])
def test_an_unnormalised_density_has_the_same_score(z: str) -> None:
    density = rf"p(x;\theta) = \frac{{1}}{{{z}}} q(x;\theta)"
    scores = r"\nabla_x\log p(x;\theta) = \nabla_x\log q(x;\theta)"
    assert verdicts(density, scores) == ["definition", "proved"]
    assert verdicts(density, scores.replace("= ", "= 2"))[-1] not in ("proved", "definition")


def test_two_laws_by_two_letters_may_be_one() -> None:
    assert last(r"$$\nabla_x\log p(x) = \nabla_x\log q(x)$$").verdict == "undecided"


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (r"x_t(1 + \frac12\beta_t) + \beta_t s_\theta(x_t,t) + \sqrt{\beta_t}\,\epsilon", "proved"),
        (r"x_t(1 + \frac12\beta_t) + \frac12\beta_t s_\theta(x_t,t)", "proved"),
        (r"\frac{1}{\sqrt{1-\beta_t}} x_t + \beta_t s_\theta(x_t,t) + \sqrt{\beta_t}\,\epsilon", "proved"),
        (r"x_t(1 - \frac12\beta_t) + \beta_t s_\theta(x_t,t) + \sqrt{\beta_t}\,\epsilon", "refuted"),
        (r"x_t(1 + \beta_t) + \beta_t s_\theta(x_t,t) + \sqrt{\beta_t}\,\epsilon", "refuted"),
        (r"x_t(1 + \frac12\beta_t) + \frac12\beta_t s_\theta(x_t,t) + \sqrt{\beta_t}\,\epsilon", "refuted"),
    ],
)
def test_steps_of_the_reverse_equation_to_first_order(step: str, wanted: str) -> None:
    assert verdicts(FORWARD, f"x_{{t-1}} = {step}")[-1] == wanted


def test_a_denoiser_may_be_one_for_the_noise() -> None:
    path = r"x_t = \alpha_t x_0 + \sigma_t\varepsilon"
    loss = r"\mathcal{L}(\theta) = \mathbb{E}\big[\lambda(t)\|D_\theta(x_t,t) - \varepsilon\|^2\big]"
    assert verdicts(path, loss)[-1] == "definition"
    assert verdicts(path, loss.replace("D_", r"\hat x_"))[-1] != "proved"


def test_bold_letters_of_many_spellings() -> None:
    step = (
        r"\vecx_t = \vecx_{t-1} + h\nabla_{\vecx}\log{p(\vecx_{t-1};\vectheta)} + \sqrt{2h}\,\veceta_t, "
        r"\quad \veceta_t \sim N(\veczero, \vecI)"
    )
    assert last(f"$${step}$$").verdict == "proved"


def test_a_variance_that_explodes_and_its_beginning() -> None:
    """Many write sigma(t)^2 for sigma(t)^2 - sigma(0)^2; another power of it is no solution."""
    exploding = r"dx = \sqrt{\frac{d\sigma^2(t)}{dt}}\,dw"
    assert verdicts(exploding, r"x(t) = x_0 + \sigma(t)\,z")[-1] == "convention"
    assert verdicts(exploding, r"x(t) = x_0 + \sigma(t)^2\,z")[-1] == "refuted"


def test_a_constant_with_the_index_0_is_no_value_of_the_function() -> None:
    choice = (r"\sigma_t^2 = \int_0^t g(s)^2 ds", r"g(t) = \sigma_0\sqrt{1-t}")
    assert verdicts(*choice, r"\sigma_t^2 = \int_0^t \sigma_0^2(1-s)\,ds")[-1] != "refuted"
    fresh = (r"\sigma_t = \sigma_{max} t", r"h(t) = \sigma_0 (1 - t)", r"\sigma_t + h(t) = \sigma_{max} t + \sigma_0 (1-t)")
    assert verdicts(*fresh)[-1] == "proved"


def test_the_data_with_and_without_their_index() -> None:
    error = r"\|x - \hat x\|^2 = \|x_0 - \hat x\|^2"
    assert last(f"$${error}$$").verdict == "undecided"
    assert last(r"$$\|x - \hat x\|^2 = 2\|x - \hat x\|^2$$").verdict == "refuted"


@pytest.mark.parametrize(
    ("posterior", "wanted"),
    [
        (r"q(x_t|x_{t-1})\frac{q(x_{t-1}|x_0)}{q(x_t|x_0)}", "definition"),
        (r"q(x_t|x_{t-1})\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)}", "undecided"),
    ],
)
def test_a_law_p_that_is_made_of_laws_q_may_be_one_of_them(posterior: str, wanted: str) -> None:
    assert verdicts(r"q(x_t|x_0) = \mathcal{N}(a_t x_0, b_t I)", rf"p(x_{{t-1}}|x_t,x_0) = {posterior}")[-1] == wanted


DENOISING = r"L = \mathbb{E}_{p(x)}\mathbb{E}_{q_\sigma(\tilde x|x)}[\|s_\theta(\tilde x) %s \nabla_{\tilde x}\log q_\sigma(\tilde x|x)\|^2]"


def test_a_score_may_have_the_other_sign_and_its_loss_too() -> None:
    turned = r"The score $s(x) = -\nabla\log p(x)$."
    assert last(turned).verdict == "undecided"
    assert last(f"{turned}\n\n$${DENOISING % '+'}$$").verdict == "definition"
    found = last(f"The score is $s(x) = \\nabla\\log p(x)$.\n\n$${DENOISING % '+'}$$")
    assert found.verdict == "refuted" and "with the opposite sign before" in found.message
    assert last(f"{turned}\n\n$${DENOISING % '-'}$$").verdict == "definition"


def test_a_name_with_two_times_of_which_nothing_is_known_is_no_slip() -> None:
    """The noise that leads from X_0 to X_t is given its meaning by the equation that has it."""
    found = verdicts(r"X_t = \alpha_t X_0 + \sigma_t\varepsilon", r"X_t = \alpha_t X_0 + \sigma_t\varepsilon_t(X_0, X_t)")
    assert found[-1] != "refuted"


@pytest.mark.parametrize(("tex", "wanted"), [("t-1 = 99", "definition"), ("t + 1 = t", "refuted"), ("T - 2 = 8", "definition")])
def test_a_step_may_be_set_to_a_number(tex: str, wanted: str) -> None:
    assert last(f"We take $t=100$ and then ${tex}$.").verdict == wanted


def test_a_choice_in_plain_letters_below_which_its_variable_stands() -> None:
    law = r"\underset{\theta}{argmin}\ D_{KL}(q(x)\|p_\theta(x)) = \underset{\theta}{argmin}\ %s\mathbb{E}_{q(x)}[-\log p_\theta(x)]"
    assert judged("a = b", law % r"\frac12").verdict == "proved"
    assert judged("a = b", law % "-").verdict != "proved"
