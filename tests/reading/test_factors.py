"""Notations and densities that were misread once: a true formula is not accused, and a false one beside it is found."""

import pytest

from derivations.reading import audit_text

STEP = r"$$x_t = \alpha_t x_{t-1} + \beta_t\epsilon_t, \quad \alpha_t^2 + \beta_t^2 = 1$$"
GOOD = ("proved", "definition", "convention")


def verdict(*formulas, before=STEP):
    """The verdict on the last of some displays."""
    return audit_text("\n\n".join([before, *(f"$${f}$$" for f in formulas)])).equations[-1].judgement


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"x_t = \alpha_t(\alpha_{t-1}x_{t-2}+\beta_{t-1}\epsilon_{t-1})+\beta_t\epsilon_t",
         r"x_t = \alpha_t(\alpha_{t-1}x_{t-2}+\beta_t\epsilon_{t-1})+\beta_t\epsilon_t"),
        (r"x_t = \bar\alpha_t x_0 + \bar\beta_t\bar\epsilon_t", r"x_t = \bar\alpha_t x_0 + \bar\beta_{t-1}\bar\epsilon_t"),
        (r"\hat\beta_t = \sqrt{1-\hat\alpha_t^2}", r"\hat\beta_t = \sqrt{1-\hat\alpha_t}"),
        (r"p(x_t|x_{t-1}) = \mathcal N(x_t;\alpha_t x_{t-1},\beta_t^2 I)", r"p(x_t|x_{t-1}) = \mathcal N(x_t;\sqrt{\alpha_t} x_{t-1},\beta_t^2 I)"),
    ],
)  # fmt: skip
def test_alpha_and_beta_as_the_factors_of_a_step(true, false):
    assert verdict(true).verdict == "convention"
    assert verdict(false).verdict == "refuted"


def test_a_step_with_a_root_is_no_step_by_factors():
    root = r"$$x_t = \sqrt{\alpha_t} x_{t-1} + \sqrt{\beta_t}\epsilon_t$$"
    assert audit_text(root).notation == "ddpm"


def test_the_later_state_may_be_made_of_the_earlier_one_and_of_the_noise_beside_it():
    ddpm = r"$$\bar\alpha_t = \prod_{s=1}^t\alpha_s$$"
    left = r"\|x_{t-1} - \frac{1}{\sqrt{\alpha_t}}(x_t - \sqrt{1-\alpha_t}\epsilon_\theta(x_t,t))\|^2"
    found = verdict(left + r" = \frac{1-\alpha_t}{\alpha_t}\|\epsilon_t - \epsilon_\theta(x_t,t)\|^2", before=ddpm)
    assert (found.verdict, found.message) == ("proved", "with the later state made of the earlier one")
    wrong = verdict(
        left + r" = \frac{1-\alpha_t}{\sqrt{\alpha_t}}\|\epsilon_t - \epsilon_\theta(x_t,t)\|^2", before=ddpm
    )
    assert wrong.verdict == "undecided" and "hang together" in wrong.message


@pytest.mark.parametrize("density", [r"p_0(\cdot|z)", "p_0(x|z)"])
def test_what_a_density_leaves_open_is_its_variable(density):
    assert verdict(density + r" = \mathcal N(0, 1)", before="").verdict == "definition"


def test_an_open_density_is_that_of_the_gaussian():
    ddpm = r"$$\bar\alpha_t = \prod_{s=1}^t\alpha_s$$"
    assert (
        verdict(r"q(\cdot|x_0) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)", before=ddpm).verdict in GOOD
    )
    assert (
        verdict(r"q(\cdot|x_0) = \mathcal N(x_t;\bar\alpha_t x_0,(1-\bar\alpha_t)I)", before=ddpm).verdict == "refuted"
    )


@pytest.mark.parametrize(
    ("true", "false", "wrong"),
    [(r"\epsilon_\theta(x_t,t)", r"\sqrt{1-\bar\alpha_t}", "refuted"), (r"\epsilon_\theta", r"\sqrt{1-\bar\alpha_t}", "refuted"),
     (r"\hat\epsilon", r"\sqrt{1-\bar\alpha_t}", "refuted"), (r"\epsilon", r"\sqrt{1-\bar\alpha_t}", "undecided")],
)  # fmt: skip
def test_a_step_with_the_predicted_noise_however_it_is_called(true, false, wrong):
    ddpm = r"$$\bar\alpha_t = \prod_{s=1}^t\alpha_s$$"
    step = r"x_{t-1} = \sqrt{\bar\alpha_{t-1}}\hat x_0 + \sqrt{1-\bar\alpha_{t-1}}" + true
    assert verdict(step, before=ddpm).verdict == "proved"
    assert verdict(step.replace(r"\sqrt{1-\bar\alpha_{t-1}}", false), before=ddpm).verdict == wrong
